"""READ and WRITE: the words, hosts and policies by which discussions are run.

Each worker keeps them, compiled, for as long as the version of the rule book stays what it was:
one small query tells. Whatever is written here moves it on.
"""

from dataclasses import dataclass, fields
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.statements import Statement
from comments.models import (
    CannedReason,
    Discussion,
    ModerationEntry,
    Policy,
    RuleBook,
    WatchedHost,
    WatchedWord,
)
from comments.permissions import can_set_rules, require
from comments.wording import CANNED_REASONS, number_text, reason_text
from comments.words import compile_words

# The one row of ``RuleBook``.
_BOOK = 1
# A century: what closes later never does, and its moment has to be a date.
MOST_DAYS = 36_500


@dataclass(frozen=True, slots=True)
class AreaPolicy:
    """How discussions of one part of the site are run; ``Policy`` says what each means."""

    is_premoderated: bool = False
    newcomer_holds: int = 0
    close_after_days: int = 0
    slow_seconds: int = 0
    # Three people without a record, or two who are known to be right.
    cover_weight: float = 3.0


@dataclass(frozen=True, slots=True)
class Rules:
    version: int
    words: object
    blocked_hosts: frozenset
    trusted_hosts: frozenset
    site: AreaPolicy
    areas: dict

    def policy_of(self, area):
        """The ``AreaPolicy`` of a part of the site, where it says nothing the site's."""
        return self.areas.get(area, self.site)


_version = Statement(lambda *, pk: RuleBook.objects.filter(pk=pk).values_list("version"))
_kept = None


def current():
    """The ``Rules`` as they are now. One query, and three more after they were changed."""
    global _kept  # noqa: PLW0603  one for each worker, replaced as a whole
    found = _version(pk=_BOOK)
    version = found[0][0] if found else 0
    if _kept is None or _kept.version != version:
        _kept = _read(version)
    return _kept


def asking_version():
    """The question that ``current`` asks."""
    return _version.asking(pk=_BOOK)


def forget_rules():
    """What this worker keeps; for tests, whose databases begin again at the same version."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read(version):
    watched = WatchedWord.objects.order_by("text").values_list("text", "verdict")
    hosts = {verdict: set() for verdict in WatchedHost.Verdict.values}
    for host, verdict in WatchedHost.objects.values_list("host", "verdict"):
        hosts[verdict].add(host)
    policies = {policy.area: policy for policy in Policy.objects.all()}
    site = _merged(AreaPolicy(newcomer_holds=settings.NEWCOMER_HOLDS), policies.pop("", None))
    words = list(watched)
    return Rules(
        version=version,
        words=compile_words(words) if words else None,
        blocked_hosts=frozenset(hosts[WatchedHost.Verdict.BLOCKED]),
        trusted_hosts=frozenset(hosts[WatchedHost.Verdict.TRUSTED]),
        site=site,
        areas={area: _merged(site, policy) for area, policy in policies.items()},
    )


def _merged(above, policy):
    if policy is None:
        return above
    own = {each.name: getattr(policy, each.name) for each in fields(AreaPolicy)}
    inherited = {name: getattr(above, name) for name, value in own.items() if value is None}
    return AreaPolicy(**(own | inherited))


def canned_reasons():
    """``(words, the rule they rest on)`` in the order in which moderators want them. One query.

    While nobody has written any, what moderators need most.
    """
    written = list(CannedReason.objects.values_list("text", "rule"))
    return written or [(text, "") for text in CANNED_REASONS]


def offered_reasons():
    """``(text, how it reads in the language of the page, the rule it rests on)``: the same."""
    return [(text, reason_text(text), rule) for text, rule in canned_reasons()]


def save_rule(*, by, rule):
    """Saves a watched word or host, a policy or a canned reason, new or changed.

    Raises ``PermissionDenied``, and ``ValueError`` for more than ``MOST_DAYS``. One transaction
    and one row in the log; locks the rule book, and with a policy the discussions by their ids.
    A policy that changes when discussions close is applied to all of its part of the site.
    """
    _require(by, rule)
    if isinstance(rule, Policy) and (rule.close_after_days or 0) > MOST_DAYS:
        raise ValueError(
            _("A discussion closes after at most %(number)s days.")
            % {"number": number_text(MOST_DAYS)}
        )
    with transaction.atomic():
        turn_page()
        before = type(rule).objects.filter(pk=rule.pk).first() if rule.pk else None
        if before is not None:
            _require(by, before)
        rule.save()
        _log(by, rule, before, rule)
        if isinstance(rule, Policy):
            _close_as_changed(before, rule)
    return rule


def _require(by, rule):
    area = getattr(rule, "area", "")
    require(can_set_rules(by, area), _("Only moderators of all of this can change the rules."))


def _close_as_changed(before, after):
    """Follows a policy that says something else of when discussions close, or of other ones."""
    was = before and (before.area, before.close_after_days)
    if was == (after.area, after.close_after_days):
        return
    if before is not None and before.area != after.area:
        close_in_time(area=before.area)
    close_in_time(area=after.area)


def remove_rule(*, by, rule):
    """Removes it, and returns it. Raises, logs and locks as ``save_rule``."""
    _require(by, rule)
    with transaction.atomic():
        turn_page()
        _log(by, rule, rule, None)
        rule.delete()
        if isinstance(rule, Policy):
            close_in_time(area=rule.area)
    return rule


def turn_page():
    """Has every worker read the rules anew. Needs a transaction; locks the rule book's row."""
    if not RuleBook.objects.filter(pk=_BOOK).update(version=F("version") + 1):
        RuleBook.objects.create(pk=_BOOK, version=1)


def _log(by, rule, before, after):
    policy = isinstance(rule, Policy | CannedReason)
    # The log is kept in English, whatever its moderator reads.
    with override("en"):
        reason = f"{rule._meta.verbose_name}: {rule}"
    ModerationEntry.objects.create(
        by=by,
        act=ModerationEntry.Act.POLICY if policy else ModerationEntry.Act.BLOCK,
        reason=reason,
        area=getattr(rule, "area", ""),
        before=_values(before),
        after=_values(after),
    )


def _values(rule):
    if rule is None:
        return {}
    return {field.attname: getattr(rule, field.attname) for field in rule._meta.concrete_fields}


def closing_time(discussion, found=None):
    """When ``discussion`` closes by itself, or None: as its page, its area or the site has it."""
    days = discussion.close_after_days
    if days is None:
        days = (found or current()).policy_of(discussion.area).close_after_days
    if not days or discussion.readable_from is None:
        return None
    return discussion.readable_from + timedelta(days=days)


def close_in_time(*, area):
    """Sets anew when the discussions of a part of the site close, "" for all.

    Those that have days of their own keep them, and those that close as before are left alone.
    The others' versions move on, for readers see it. Locks them in the order of their ids; two
    statements for each part of the site.
    """
    found = _read(0)
    for each in [area] if area else ["", *found.areas]:
        mine = Discussion.objects.filter(close_after_days__isnull=True)
        others = list(found.areas)
        mine = mine.filter(area=each) if each else mine.exclude(area__in=others)
        days = found.policy_of(each).close_after_days
        if days:
            closes_at = F("readable_from") + timedelta(days=days)
            mine = mine.filter(readable_from__isnull=False)
            mine = mine.filter(Q(closes_at__isnull=True) | ~Q(closes_at=closes_at))
        else:
            closes_at = None
            mine = mine.filter(closes_at__isnull=False)
        changed = list(
            mine.order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
        )
        Discussion.objects.filter(pk__in=changed).update(
            closes_at=closes_at, version=F("version") + 1
        )
