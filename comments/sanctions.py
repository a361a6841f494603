"""WRITE: what moderators lay down for a person. Every act is one transaction and a row in the log.

The lightest first: a note, a warning, comments that wait, no part in one discussion (``mute``),
comments that nobody else sees, no posting for a while (``suspend``), no sign-in at all (``ban``).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import barriers, membership
from comments.decisions import tell_authors
from comments.markup import stated
from comments.models import ModerationEntry, PersonNote, Standing
from comments.permissions import can_moderate, can_set_rules, require
from comments.standing import MOST_MUTED, in_force
from comments.wording import moment_iso

Act = ModerationEntry.Act
_SAY_WHY = gettext_lazy("Say why: it is kept in the log, and the person is told.")
# A shadow is a trap for machines and for the worst; longer, it is a ban that nobody is told of.
LONGEST_SHADOW = timedelta(days=30)


def suspend(*, by, person, until, reason):
    """Bars a person from posting until a moment in the future; they may still read and sign in.

    Returns the person. Raises ``PermissionDenied`` without the right (staff are suspended by
    administrators only), ``ValueError`` without a reason, for a moment that has passed or is
    over a century away, and for the last administrator. One transaction; locks the person's
    row, with staff the administrators' too.
    """
    reason = stated(reason, _SAY_WHY)
    if until <= timezone.now():
        raise ValueError(_("Suspend until a moment that is still to come."))
    with transaction.atomic():
        was = _suspension(person)
        person = membership.suspend_person(by=by, person=person, until=until, reason=reason)
        if person:
            entry = _log(by, person, Act.SUSPEND, reason, was, _suspension(person))
            tell_authors([entry], gettext_noop("You cannot post for a while"))
        return person


def lift_suspension(*, by, person, reason=""):
    """Lets a suspended person post again. Returns the person, or False if nothing was to lift."""
    with transaction.atomic():
        was = _suspension(person)
        person = membership.lift_suspension(by=by, person=person)
        if person:
            entry = _log(by, person, Act.LIFT, reason.strip(), was, _suspension(person))
            tell_authors([entry], gettext_noop("You can post again"))
        return person


def _suspension(person):
    until = person.suspended_until
    return {"until": moment_iso(until) if until else None, "reason": person.suspension_reason}


def warn(*, by, person, reason):
    """Tells a person what they did wrong; nothing else happens. Returns the entry of the log.

    Raises ``PermissionDenied`` without the right or for staff, ``ValueError`` without a reason.
    """
    _require_over(by, person)
    with transaction.atomic():
        entry = _log(by, person, Act.WARN, stated(reason, _SAY_WHY), {}, {})
        tell_authors([entry], gettext_noop("A warning from the moderators"))
        return entry


def watch(*, by, person, holds, reason):
    """Has each comment of a person wait for a moderator, or no longer (``holds``).

    Returns the entry, or False if it is so already. Raises as ``warn``. Locks their standing.
    """
    _require_over(by, person)
    reason = stated(reason, _SAY_WHY)
    with transaction.atomic():
        row = _standing(person)
        if row.is_premoderated == holds:
            return False
        row.is_premoderated = holds
        row.save(update_fields=["is_premoderated"])
        entry = _log(by, person, Act.WATCH, reason, {"holds": not holds}, {"holds": holds})
        tell_authors(
            [entry],
            gettext_noop("Your comments wait for a moderator")
            if holds
            else gettext_noop("Your comments no longer wait"),
        )
        return entry


def mute(*, by, person, discussion, until, reason):
    """Keeps a person from posting, editing and voting in one discussion; elsewhere they go on.

    ``until`` a moment, or None: until ``unmute``. Returns the entry of the log, or False if they
    are muted there until then and for that reason. Raises ``PermissionDenied`` as ``warn``, and
    for who looks after another part of the site; ``ValueError`` without a reason, for a moment
    that has passed or is over a century away, and for more than ``MOST_MUTED`` discussions. One
    transaction; locks their standing.
    """
    _require_in(by, person, discussion)
    reason = stated(reason, _SAY_WHY)
    now = timezone.now()
    if until is not None and until <= now:
        raise ValueError(_("Mute until a moment that is still to come."))
    if until is not None and until > now + membership.LONGEST_SUSPENSION:
        raise ValueError(_("Mute for at most 100 years, or without a moment: until it is lifted."))
    with transaction.atomic():
        row = _standing(person)
        kept = in_force(row.muted, now)
        before = _as_told(kept.pop(str(discussion.pk), None))
        after = {"until": moment_iso(until) if until else None, "reason": reason}
        if before == after:
            return False
        if len(kept) >= MOST_MUTED:
            raise ValueError(
                _("They are muted in %(number)s discussions already: suspend them instead.")
                % {"number": MOST_MUTED}
            )
        entry = _log(by, person, Act.MUTE, reason, before, after, discussion)
        row.muted = {**kept, str(discussion.pk): {**after, "entry": entry.pk}}
        row.save(update_fields=["muted"])
        tell_authors([entry], gettext_noop("You cannot take part in one discussion"))
        return entry


def unmute(*, by, person, discussion, reason=""):
    """Lets a muted person take part in a discussion again.

    Returns the entry of the log, or False if they are not muted there. Raises
    ``PermissionDenied`` and locks as ``mute``.
    """
    _require_in(by, person, discussion)
    with transaction.atomic():
        row = _standing(person)
        kept = in_force(row.muted, timezone.now())
        before = _as_told(kept.pop(str(discussion.pk), None))
        if not before:
            return False
        row.muted = kept
        row.save(update_fields=["muted"])
        entry = _log(by, person, Act.UNMUTE, " ".join(reason.split()), before, {}, discussion)
        tell_authors([entry], gettext_noop("You can take part in the discussion again"))
        return entry


def _as_told(muted):
    """What the log and the person are told of what a standing keeps of a mute."""
    return {"until": muted["until"], "reason": muted["reason"]} if muted else {}


def shadow(*, by, person, until, reason):
    """Keeps what a person posts from everybody else, up to a moment; None ends it.

    They are not told, so it ends by itself after ``LONGEST_SHADOW`` at most, and the log has it.
    Returns the entry, or False if it is so already. Raises as ``warn``, and ``ValueError`` for a
    moment that has passed or is too far away. Locks their standing.
    """
    _require_over(by, person)
    reason = stated(reason, _SAY_WHY)
    now = timezone.now()
    if until is not None and not now < until <= now + LONGEST_SHADOW:
        raise ValueError(_("Choose a moment within %(days)s days.") % {"days": LONGEST_SHADOW.days})
    with transaction.atomic():
        row = _standing(person)
        if row.shadow_until == until:
            return False
        before, row.shadow_until = row.shadow_until, until
        row.save(update_fields=["shadow_until"])
        return _log(
            by,
            person,
            Act.SHADOW,
            reason,
            {"until": moment_iso(before) if before else None},
            {"until": moment_iso(until) if until else None},
        )


def ban(*, by, person, reason):
    """Shuts a person out for good: they are signed out and can sign in no more.

    Returns the person, or False if they are out already. Raises as ``suspend``, with its locks.
    """
    reason = stated(reason, _SAY_WHY)
    with transaction.atomic():
        found = membership.allow_sign_in(by=by, person=person, allowed=False)
        if found:
            entry = _log(by, found, Act.BAN, reason, {"may_sign_in": True}, {"may_sign_in": False})
            tell_authors([entry], gettext_noop("You were shut out"))
        return found


def note(*, by, person, text):
    """Leaves a note on a person for other moderators. Returns it; raises as ``warn``."""
    require(can_moderate(by), _("Only moderators can do this."))
    with transaction.atomic():
        _log(by, person, Act.NOTE, "", {}, {})
        return PersonNote.objects.create(by=by, person=person, text=stated(text, _SAY_WHY))


def bar(*, by, kind, value, until=None, note=""):
    """Keeps out who comes from a network, or with an e-mail address at a domain.

    ``kind`` is a ``Barrier``'s. Returns the barrier. Raises ``PermissionDenied``, and
    ``ValueError`` for what is no network or domain, or is barred already. The log has its kind
    and value.
    """
    require(can_set_rules(by), _("Only moderators can do this."))
    value = barriers.clean_barrier(kind, value)
    with transaction.atomic():
        barrier, is_new = barriers.raise_barrier(kind=kind, value=value, until=until, note=note)
        if not is_new:
            raise ValueError(_("%(value)s is blocked already.") % {"value": value})
        _log(by, None, Act.BLOCK, f"{barrier.get_kind_display()} {value}", {}, {"value": value})
        return barrier


def unbar(*, by, barrier):
    """Lets them in again. Returns the barrier; raises ``PermissionDenied``."""
    require(can_set_rules(by), _("Only moderators can do this."))
    with transaction.atomic():
        _log(by, None, Act.BLOCK, f"No longer: {barrier}", {"value": barrier.value}, {})
        barrier.delete()
        return barrier


def _require_over(by, person):
    require(can_moderate(by), _("Only moderators can do this."))
    require(
        person.pk != by.pk and (not person.is_staff or by.is_superuser),
        _("Only administrators can do this to somebody of the staff, and nobody to themselves."),
    )


def _require_in(by, person, discussion):
    _require_over(by, person)
    require(
        can_moderate(by, discussion.area),
        _("Only moderators of this part of the site can do this."),
    )


def _standing(person):
    Standing.objects.get_or_create(pk=person.pk)
    return Standing.objects.select_for_update(no_key=True).get(pk=person.pk)


def _log(by, person, act, reason, before, after, discussion=None):
    return ModerationEntry.objects.create(
        by=by, act=act, person=person, reason=reason, before=before, after=after,
        discussion=discussion, area=discussion.area if discussion else "",
    )  # fmt: skip
