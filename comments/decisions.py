"""WRITE: how what was decided takes effect on many comments at once: rows, counters, log, letters.

The one place that moves comments between what readers see and what they do not. Rights are
asked by whoever calls it (``moderation``, ``reporting``). Locks, in this order: the comments in
the order of their ids, their discussions, the standing of the people concerned, and their cases.
"""

import uuid
from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop, override

from comments import ranking, standing
from comments.letters import write_letters
from comments.models import Case, Comment, Discussion, Letter, ModerationEntry, Report
from comments.notices import open_again, settle_notices
from comments.wording import TOOK_BACK

Act, State, Outcome = ModerationEntry.Act, Comment.State, Report.Outcome
_SUBJECTS = {
    Act.HIDE: gettext_noop("Your comment was hidden"),
    Act.COVER: gettext_noop("Your comment is hidden until a moderator has looked at it"),
    Act.RESTORE: gettext_noop("Your comment can be read again"),
}


@dataclass
class Decided:
    """What an act has done: the ``comments`` it moved, and the ``batch`` by which it is undone."""

    batch: uuid.UUID
    comments: list = field(default_factory=list)
    # Of comments that wait, the rows that were decided or wait again.
    held: list = field(default_factory=list)
    # Those that somebody else changed or decided meanwhile.
    passed_over: list = field(default_factory=list)

    def __bool__(self):
        return bool(self.comments or self.held)

    def __len__(self):
        return len(self.held or self.comments)


def move_comments(pks, *, by, act, before, after, reason, rule="", seen=None):
    """Moves comments from one of the states ``before`` to ``after``, with all that follows.

    ``seen`` maps ids to the revisions that were seen; who changed meanwhile is passed over.
    ``by`` None is the rule of the portal that ``rule`` names. Needs a transaction. Returns what
    was ``Decided``. At most some twenty statements for each hundred comments, whatever their
    discussions.
    """
    decided = Decided(uuid.uuid4())
    comments = lock_comments(pks)
    for comment in comments:
        fits = comment.state in before
        if fits and seen is not None and seen.get(comment.pk, comment.revision) != comment.revision:
            fits = False
        (decided.comments if fits else decided.passed_over).append(comment)
    if not decided.comments:
        return decided
    _lock_around(decided.comments)
    was = {each.pk: {"state": each.state, "reason": each.state_reason} for each in decided.comments}
    # What its author took away stays away, whatever is decided of its case.
    moved = [each for each in decided.comments if each.state != State.WITHDRAWN]
    set_states(moved, after, reason if after != State.VISIBLE else "")
    settled = settle_cases(decided.comments, act)
    entries = ModerationEntry.objects.bulk_create(
        [
            ModerationEntry(
                by=by,
                act=act,
                comment=each,
                discussion_id=each.discussion_id,
                person_id=each.author_id,
                area=each.discussion.area,
                reason=reason,
                rule=rule,
                batch=decided.batch,
                before=was[each.pk] | settled.get(each.pk, {}),
                after={
                    "state": each.state,
                    "reason": each.state_reason,
                    "revision": each.revision,
                },
            )
            for each in decided.comments
        ],
        batch_size=500,
    )
    if act in _SUBJECTS:
        tell_authors(entries, _SUBJECTS[act])
    elif act == Act.KEEP:
        # Who was told that it is hidden is told that it is not any more.
        covered = [each for each in entries if each.before["state"] == State.COVERED]
        tell_authors(covered, _SUBJECTS[Act.RESTORE])
    return decided


def settle_withdrawn(comment):
    """Its author took a comment away: nothing is left to decide, and whoever reported it is told.

    Needs the comment's lock; locks as ``move_comments`` does.
    """
    if Case.objects.filter(comment_id=comment.pk, is_open=True, appeal__isnull=True).exists():
        _lock_around([comment])
        settle_cases([comment], Act.WITHDRAW)


def lock_comments(pks):
    """These comments with their discussions, locked in the order of their ids."""
    found = Comment.objects.filter(pk__in=list(pks)).order_by("pk")
    return list(found.select_for_update(of=("self",), no_key=True).select_related("discussion"))


def _lock_around(comments):
    """Locks what moving these comments changes besides them. Four queries.

    Their discussions, and the records of who wrote them and of who reported them, each in one
    order: two people report each other, and two moderators decide at once, in two discussions.
    """
    discussions = Discussion.objects.filter(pk__in={each.discussion_id for each in comments})
    list(discussions.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    reports = Report.objects.filter(comment_id__in=[each.pk for each in comments])
    reporters = reports.values_list("reporter_id", flat=True)
    standing.lock_many({each.author_id for each in comments}.union(reporters))


def set_states(comments, state, reason):
    """The state of many comments, and what is counted of them."""
    if not comments:
        return
    visible = {each.pk: each.is_visible for each in comments}
    Comment.objects.filter(pk__in=list(visible)).update(
        state=state, state_reason=reason, revision=F("revision") + 1
    )
    changes, records = [], defaultdict(lambda: defaultdict(int))
    for each in comments:
        for moved_to, step in ((each.state, -1), (state, 1)):
            if moved_to in _COUNTED_AS:
                records[each.author_id][_COUNTED_AS[moved_to]] += step
        each.state, each.state_reason = state, reason
        each.revision += 1
        step = each.is_visible - visible[each.pk]
        changes.append((each.discussion_id, each.tree_id, each.level > 0, step))
    ranking.shift_visible(changes)
    standing.count_many(records)


# What a comment counts as in its author's record; while it waits, as nothing.
_COUNTED_AS = {
    State.VISIBLE: "stood",
    State.HIDDEN: "taken_down",
    State.COVERED: "taken_down",
}


def settle_cases(comments, act):
    """Closes the open cases of what was decided; returns what undoing has to know, by comment.

    Needs the locks of the comments, of their discussions, and of the records of who reported.

    Reports of what was hidden were upheld, of what stays they were dismissed. Of what its author
    took away nothing was decided, and nobody's record says that it was.
    """
    if act == Act.COVER:
        return {}
    pks = [each.pk for each in comments]
    cases = list(Case.objects.filter(comment_id__in=pks, is_open=True, appeal__isnull=True))
    if not cases:
        return {}
    now = timezone.now()
    Case.objects.filter(pk__in=[case.pk for case in cases]).update(
        is_open=False, decided_at=now, taken_by=None, taken_until=None
    )
    settled = {case.comment_id: {"case": case.pk, "reports": []} for case in cases}
    by_outcome = defaultdict(list)
    for each in comments:
        by_outcome[_outcome_of(each)].append(each.pk)
    reports = []
    for outcome, decided in by_outcome.items():
        reports += settle_reports(decided, outcome=outcome, now=now)
        for pk, comment_id in settle_notices(decided, outcome=outcome, now=now):
            settled[comment_id].setdefault("notices", []).append(pk)
    for report in reports:
        settled.setdefault(report.comment_id, {"case": None, "reports": []})
        settled[report.comment_id]["reports"].append(report.pk)
    shift_reports(comments, reports, -1)
    return settled


def _outcome_of(comment):
    if comment.is_visible:
        return Outcome.DISMISSED
    return Outcome.WITHDRAWN if comment.state == State.WITHDRAWN else Outcome.UPHELD


# What a report that came to this counts as in the record of who sent it.
_REPORTS_COUNTED_AS = {
    Outcome.UPHELD: "reports_upheld",
    Outcome.DISMISSED: "reports_dismissed",
}
_TOLD = {
    Outcome.UPHELD: gettext_noop(
        "A moderator looked at it, and the comment was taken down. Thank you."
    ),
    Outcome.DISMISSED: gettext_noop("A moderator looked at the comment and left it where it is."),
    Outcome.WITHDRAWN: gettext_noop(
        "Its author has taken the comment away. Nothing is left to decide."
    ),
}


def settle_reports(comment_ids, *, outcome, now):
    """Decides the open reports of these comments and tells who sent them; returns the reports."""
    if not comment_ids:
        return []
    reports = list(
        Report.objects.filter(comment_id__in=comment_ids, outcome=Outcome.OPEN)
        .order_by("pk")
        .select_for_update(no_key=True)
    )
    if not reports:
        return []
    Report.objects.filter(pk__in=[each.pk for each in reports]).update(
        outcome=outcome, decided_at=now
    )
    counted, told = defaultdict(lambda: defaultdict(int)), []
    for report in reports:
        if outcome in _REPORTS_COUNTED_AS:
            counted[report.reporter_id][_REPORTS_COUNTED_AS[outcome]] += 1
        told.append(
            Letter(
                person_id=report.reporter_id,
                report=report,
                subject=gettext_noop("What came of your report"),
                text=_TOLD[outcome],
            )
        )
    standing.count_many(counted)
    write_letters(told)
    return reports


def shift_reports(comments, reports, step):
    """Counts open reports of threads, ``step`` for each of ``reports`` that weighs anything."""
    thread_of = {each.pk: (each.discussion_id, each.tree_id) for each in comments}
    changes = defaultdict(int)
    for report in reports:
        # Who reports in bad faith slows no discussion down either.
        if report.weight:
            changes[thread_of[report.comment_id]] += step
    ranking.shift_reports(changes)


def tell_authors(entries, subject):
    """A statement of reasons to each person whom these entries of the log concern."""
    write_letters(
        [
            Letter(person_id=entry.person_id, entry=entry, subject=subject, text=entry.reason)
            for entry in entries
            if entry.person_id is not None and entry.person_id != entry.by_id
        ]
    )


def return_comments(entries, *, by):
    """Puts back what ``entries`` of one act on comments did, where nobody did more since.

    Needs a transaction. Returns what was ``Decided``; its comments are as they were before,
    their cases and reports open again, and what nobody has read of it is not told any more.
    """
    decided = Decided(uuid.uuid4())
    comments = {each.pk: each for each in lock_comments([each.comment_id for each in entries])}
    returned, groups = [], defaultdict(list)
    for entry in entries:
        comment = comments[entry.comment_id]
        if (comment.state, comment.revision) == (entry.after["state"], entry.after["revision"]):
            returned.append(entry)
            groups[entry.before["state"], entry.before.get("reason", "")].append(comment)
        else:
            decided.passed_over.append(comment)
    if groups:
        _lock_around([comment for group in groups.values() for comment in group])
    for (state, reason), group in sorted(groups.items()):
        set_states(group, state, reason)
        decided.comments += group
    open_settled({entry.comment_id: entry.before for entry in returned}, comments)
    log_undone(
        returned, by=by, batch=decided.batch,
        after={
            entry.pk: entry.before | {"revision": comments[entry.comment_id].revision}
            for entry in returned
        },
    )  # fmt: skip
    return decided


def _kept_reason(entry):
    """In English, as it is kept; ``wording.reason_text`` says it in others."""
    with override("en"):
        return f"{TOOK_BACK}{entry.get_act_display()}"


def log_undone(entries, *, by, batch, after):
    """The rows of the log that say that ``entries`` were taken back, ``after`` by their ids.

    What nobody has read of them is not told any more; who has is told that it does not hold.
    """
    undone = ModerationEntry.objects.bulk_create(
        [
            ModerationEntry(
                by=by,
                act=Act.UNDO,
                undoes=entry,
                comment_id=entry.comment_id,
                discussion_id=entry.discussion_id,
                person_id=entry.person_id,
                area=entry.area,
                reason=_kept_reason(entry),
                batch=batch,
                before=entry.after,
                after=after[entry.pk],
            )
            for entry in entries
        ],
        batch_size=500,
    )
    letters = Letter.objects.filter(entry__in=entries)
    letters.filter(seen_at__isnull=True).delete()
    read = set(letters.values_list("entry_id", flat=True))
    tell_authors(
        [each for each in undone if each.undoes_id in read],
        gettext_noop("A decision was taken back"),
    )


def open_settled(settled, comments):
    """The cases and reports that ``settle_cases`` settled, as they were.

    ``settled`` is what it returned, by comment, with the ``state`` that the comment had; what its
    author had taken away is left. A comment that was reported again meanwhile has a case already,
    which takes the reports. Needs the locks that ``settle_cases`` needs.
    """
    settled = {pk: each for pk, each in settled.items() if each["state"] != State.WITHDRAWN}
    pks = [pk for each in settled.values() for pk in each.get("reports", ())]
    reports = list(Report.objects.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True))
    _open_cases(settled, reports)
    open_again([pk for each in settled.values() for pk in each.get("notices", ())])
    if not reports:
        return
    counted = defaultdict(lambda: defaultdict(int))
    for report in reports:
        counted[report.reporter_id][_REPORTS_COUNTED_AS[report.outcome]] -= 1
    Report.objects.filter(pk__in=pks).update(outcome=Outcome.OPEN, decided_at=None)
    Letter.objects.filter(report_id__in=pks, seen_at__isnull=True).delete()
    standing.count_many(counted)
    shift_reports(comments.values(), reports, 1)


def _open_cases(settled, reports):
    cases = {pk: each["case"] for pk, each in settled.items() if "case" in each}
    if not cases:
        return
    newer = Case.objects.filter(comment_id__in=list(cases), is_open=True, appeal__isnull=True)
    newer = {case.comment_id: case for case in newer}
    again = [pk for comment_id, pk in cases.items() if comment_id not in newer]
    Case.objects.filter(pk__in=again).update(is_open=True, decided_at=None)
    for report in reports:
        if report.comment_id in newer:
            newer[report.comment_id].weight += report.weight
            newer[report.comment_id].report_count += 1
    for comment_id, case in newer.items():
        if settled[comment_id]["state"] == State.COVERED:
            case.queue = Case.Queue.COVERED
    Case.objects.bulk_update(newer.values(), ["weight", "report_count", "queue"], batch_size=250)
