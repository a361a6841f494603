"""READ and WRITE: somebody's record in discussions, kept on a row as things happen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import directory
from accounts.statements import Change, Statement
from comments.models import Discussion, Standing
from comments.permissions import can_withdraw
from comments.trust import Record, level_of
from comments.wording import moment_text

_COUNTED = ("stood", "taken_down", "rejected", "reports_upheld", "reports_dismissed")
_STANDING = Statement(
    lambda *, pk: Standing.objects.filter(pk=pk).values_list(
        *_COUNTED, "is_premoderated", "shadow_until", "muted"
    )
)

# A century: however many are set, the moment that lies so far back is still a date.
_MOST_MINUTES = 52_596_000


# In so many discussions at once somebody can be muted: each page and each post of theirs reads
# them all, and whoever overheats everywhere is suspended.
MOST_MUTED = 100


@dataclass(frozen=True, slots=True)
class Mute:
    """Somebody cannot take part in one discussion; ``until`` is None until that is lifted."""

    until: datetime | None
    reason: str

    @property
    def until_text(self):
        """``until 3 January 2026, 10:28``, or until what happens."""
        if self.until is None:
            return _("until a moderator lifts it")
        return _("until %(moment)s") % {"moment": moment_text(self.until)}


def in_force(muted, now):
    """What of the ``muted`` of a row holds at ``now``, as it is kept there."""
    return {key: each for key, each in muted.items() if _holds(each["until"], now)}


def _holds(until, now):
    return until is None or datetime.fromisoformat(until) > now


def mute_in(muted, discussion_id, now):
    """The ``Mute`` that a row's ``muted`` has for a discussion, or None."""
    each = muted.get(str(discussion_id))
    if each is None or not _holds(each["until"], now):
        return None
    return Mute(each["until"] and datetime.fromisoformat(each["until"]), each["reason"])


class Known:
    """What discussions know of a person: their ``record``, ``level``, and what is laid down.

    ``muted`` is as their row has it, for ``mute_in`` and ``mutes_of``.
    """

    __slots__ = ("is_premoderated", "level", "muted", "record", "shadow_until")

    def __init__(self, record, now, is_premoderated=False, shadow_until=None, muted=None):
        self.record = record
        self.level = level_of(record, now)
        self.is_premoderated = is_premoderated
        self.shadow_until = shadow_until
        self.muted = muted or {}

    @property
    def editing_time(self):
        """For how long they can edit what they have posted."""
        minutes = settings.COMMENT_EDIT_MINUTES
        if self.level.edits_longer:
            minutes = max(minutes, settings.COMMENT_EDIT_MINUTES_TRUSTED)
        return timedelta(minutes=min(minutes, _MOST_MINUTES))

    def can_edit(self, person, comment, now):
        """Whether ``person`` may edit ``comment``: what they may withdraw, for a while.

        What a closed discussion or a suspension forbids besides is for ``screening`` to say.
        """
        return can_withdraw(person, comment) and comment.posted_at > now - self.editing_time

    def is_shadowed(self, now):
        """Whether only they themselves see what they post."""
        return self.shadow_until is not None and self.shadow_until > now


def known_of(person, now=None):
    """The ``Known`` of a person. One query."""
    now = now or timezone.now()
    found = _STANDING(pk=person.pk)
    nothing = (*(0 for _ in _COUNTED), False, None, {})
    *counts, premoderated, shadow_until, muted = found[0] if found else nothing
    record = Record(
        since=directory.known_since(person),
        is_staff=directory.is_staff(person, now),
        **dict(zip(_COUNTED, counts, strict=True)),
    )
    return Known(record, now, premoderated, shadow_until, muted)


def asking_known(person):
    """The question that ``known_of`` asks."""
    return _STANDING.asking(pk=person.pk)


def mutes_of(known, now):
    """``[(discussion, Mute), ...]`` of somebody's ``Known``, the latest discussion first.

    One query, or none where there are none.
    """
    pks = [int(key) for key in in_force(known.muted, now)]
    found = Discussion.objects.filter(pk__in=pks).order_by("-pk") if pks else ()
    return [(each, mute_in(known.muted, each.pk, now)) for each in found]


def count(person_id, **changes):
    """Adds to somebody's record: ``count(17, stood=1)``. Needs a transaction; locks their row.

    Locked after comments and discussions, and in the order of people's ids where there are many.
    """
    if not _ADDED(pk=person_id, **changes):
        # Two may begin somebody's record at once; both count.
        Standing.objects.bulk_create([Standing(pk=person_id)], ignore_conflicts=True)
        _ADDED(pk=person_id, **changes)


def counting(person_id, **changes):
    """What ``count`` writes for somebody who has a record, for ``write_together``."""
    return _ADDED.changing(pk=person_id, **changes)


def _added(*, pk, **changes):
    # Nobody counts below nothing: what was imported has no record to lose.
    added = {name: Greatest(F(name) + number, 0) for name, number in changes.items()}
    return Standing.objects.filter(pk=pk), added


_ADDED = Change(_added)


def lock_many(person_ids):
    """The records of these people, begun where they had none, locked in the order of their ids.

    Whoever counts several times in a transaction locks all of them first. Two queries.
    """
    pks = sorted(person_ids)
    Standing.objects.bulk_create(
        [Standing(person_id=pk) for pk in pks], ignore_conflicts=True, batch_size=500
    )
    found = Standing.objects.filter(pk__in=pks).order_by("pk")
    return list(found.select_for_update(no_key=True))


def count_many(changes):
    """Adds to the records of many: ``{person id: {"stood": 1, ...}}``. Locks as ``count``.

    Two queries, and one more for every few hundred people.
    """
    changes = {pk: counts for pk, counts in changes.items() if any(counts.values())}
    if not changes:
        return
    rows = lock_many(changes)
    for row in rows:
        for name, number in changes[row.pk].items():
            setattr(row, name, max(0, getattr(row, name) + number))
    Standing.objects.bulk_update(rows, _COUNTED, batch_size=250)
