"""READ: the log of moderators' acts, for those who read it, for everybody, and in figures."""

from collections import Counter
from datetime import datetime

from django.db.models import Count, Q

from comments.models import Appeal, Discussion, ModerationEntry, Report
from comments.wording import moment_iso

Act = ModerationEntry.Act
# Entries on a page of the public log.
PAGE_SIZE = 50
# Rows that are fetched at once for a table of the whole log.
_PORTION = 2_000
# What everybody may read: what was done to comments and discussions, never to a named person.
PUBLIC_ACTS = (
    Act.HIDE, Act.RESTORE, Act.COVER, Act.KEEP, Act.REJECT, Act.CLOSE, Act.REOPEN, Act.UNDO,
    Act.SUSPEND, Act.MUTE, Act.BAN, Act.WARN, Act.GRANT, Act.REFUSE, Act.POLICY,
)  # fmt: skip
_TOLD_TO_ONE = frozenset(
    {Act.REJECT, Act.SUSPEND, Act.MUTE, Act.BAN, Act.WARN, Act.GRANT, Act.REFUSE}
)
COLUMNS = (
    "id", "at", "by", "act", "rule", "area", "comment", "discussion", "person", "reason", "batch",
    "undoes",
)  # fmt: skip


def log_rows(entries):
    """The rows of a table, ``COLUMNS`` first: read in portions, whatever their number.

    ``entries`` is a queryset of ``ModerationEntry``. A cell that a spreadsheet would take for a
    formula begins with an apostrophe.
    """
    yield COLUMNS
    found = entries.order_by("-pk").values_list(
        "pk", "at", "by__handle", "act", "rule", "area", "comment_id", "discussion__url",
        "person__handle", "reason", "batch", "undoes_id",
    )  # fmt: skip
    for pk, at, *rest in found.iterator(chunk_size=_PORTION):
        yield pk, moment_iso(at), *(_cell(each) for each in rest)


def _cell(value):
    if value is None:
        return ""
    text = str(value)
    # CSV injection, as OWASP describes it.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def public_log(*, before=None):
    """``(entries, id to go on before or None)``: what everybody may read, the newest first.

    Each entry is ``(moment, what was done, article's title, address, reason, by a rule)``. Names
    of readers are left out, and pages that cannot be read. One query.
    """
    found = ModerationEntry.objects.filter(act__in=PUBLIC_ACTS)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(
        found.order_by("-pk").values_list(
            "pk", "at", "act", "discussion__title", "discussion__url",
            "discussion__readable_from", "discussion__readable_until", "reason", "by_id",
        )[: PAGE_SIZE + 1]
    )  # fmt: skip
    entries = []
    for _, at, act, title, url, begins, ends, reason, by in rows[:PAGE_SIZE]:
        shown = Discussion(readable_from=begins, readable_until=ends).is_readable()
        entries.append(
            PublicEntry(at, str(Act(act).label), title if shown else "", url if shown else "",
                        _without_names(act, reason), by is None)
        )  # fmt: skip
    return entries, rows[PAGE_SIZE - 1][0] if len(rows) > PAGE_SIZE else None


class PublicEntry:
    """One act as everybody may read it."""

    __slots__ = ("at", "by_rule", "reason", "title", "url", "what")

    def __init__(self, at, what, title, url, reason, by_rule):
        self.at, self.what, self.title, self.url = at, what, title, url
        self.reason, self.by_rule = reason, by_rule


def _without_names(act, reason):
    """What is said to one person, or of one, is not for everybody."""
    return "" if act in _TOLD_TO_ONE else reason


def figures_of(year):
    """What a yearly report of the EU's Digital Services Act asks for (Articles 15 and 24).

    ``{group: {name: number}}`` of the calendar year in UTC: acts by kind and by whether a person
    or a rule of the portal decided, the rules they rest on, reports and their outcomes with the
    median hours to a decision, appeals and their outcomes. Four queries.
    """
    begin, end = _first_of(year), _first_of(year + 1)
    entries = ModerationEntry.objects.filter(at__gte=begin, at__lt=end)
    acts, automatic, rules = Counter(), Counter(), Counter()
    counted = entries.annotate(by_rule=Q(by__isnull=True)).order_by()
    for act, rule, by_rule, number in counted.values_list("act", "rule", "by_rule").annotate(
        Count("pk")
    ):
        acts[Act(act).label] += number
        if by_rule:
            automatic[Act(act).label] += number
        if rule:
            rules[rule] += number
    return {
        "Acts": dict(sorted(acts.items())),
        "Acts that a rule of the portal decided by itself": dict(sorted(automatic.items())),
        "Rules that acts rest on": dict(sorted(rules.items())),
        "Reports": _reports(begin, end),
        "Appeals": _appeals(begin, end),
    }


def _first_of(year):
    return datetime.fromisoformat(f"{year:04d}-01-01T00:00:00+00:00")


def _reports(begin, end):
    reports = Report.objects.filter(at__gte=begin, at__lt=end).order_by()
    outcomes = dict(reports.values_list("outcome").annotate(Count("pk")))
    figures = {
        Report.Outcome(outcome).label: outcomes.get(outcome, 0) for outcome in Report.Outcome.values
    }
    decided = reports.filter(decided_at__isnull=False)
    hours = sorted(
        (decided_at - at).total_seconds() / 3_600
        for at, decided_at in decided.values_list("at", "decided_at").iterator(chunk_size=_PORTION)
    )
    figures["Median hours to a decision"] = round(hours[len(hours) // 2], 1) if hours else 0
    return figures


def _appeals(begin, end):
    appeals = Appeal.objects.filter(at__gte=begin, at__lt=end).order_by()
    states = dict(appeals.values_list("state").annotate(Count("pk")))
    return {Appeal.State(state).label: states.get(state, 0) for state in Appeal.State.values}
