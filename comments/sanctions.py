"""WRITE: what moderators lay down for a person. Every act is one transaction and a row in the log.

The lightest first: a note, a warning, comments that wait, comments that nobody else sees, no
posting for a while (``suspend``), no sign-in at all (``ban``).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts import barriers, membership
from comments.decisions import tell_authors
from comments.models import ModerationEntry, PersonNote, Standing
from comments.permissions import can_moderate, can_set_rules, require
from comments.wording import moment_iso

Act = ModerationEntry.Act
# A shadow is a trap for machines and for the worst; longer, it is a ban that nobody is told of.
LONGEST_SHADOW = timedelta(days=30)


def suspend(*, by, person, until, reason):
    """Bars a person from posting until a moment in the future; they may still read and sign in.

    Returns the person. Raises ``PermissionDenied`` without the right (staff are suspended by
    administrators only), ``ValueError`` without a reason, for a moment that has passed or is
    over a century away, and for the last administrator. One transaction; locks the person's
    row, with staff the administrators' too.
    """
    reason = _stated(reason)
    if until <= timezone.now():
        raise ValueError("Suspend until a moment that is still to come.")
    with transaction.atomic():
        was = _suspension(person)
        person = membership.suspend_person(by=by, person=person, until=until, reason=reason)
        if person:
            entry = _log(by, person, Act.SUSPEND, reason, was, _suspension(person))
            tell_authors([entry], "You cannot post for a while")
        return person


def lift_suspension(*, by, person, reason=""):
    """Lets a suspended person post again. Returns the person, or False if nothing was to lift."""
    with transaction.atomic():
        was = _suspension(person)
        person = membership.lift_suspension(by=by, person=person)
        if person:
            entry = _log(by, person, Act.LIFT, reason.strip(), was, _suspension(person))
            tell_authors([entry], "You can post again")
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
        entry = _log(by, person, Act.WARN, _stated(reason), {}, {})
        tell_authors([entry], "A warning from the moderators")
        return entry


def watch(*, by, person, holds, reason):
    """Has each comment of a person wait for a moderator, or no longer (``holds``).

    Returns the entry, or False if it is so already. Raises as ``warn``. Locks their standing.
    """
    _require_over(by, person)
    reason = _stated(reason)
    with transaction.atomic():
        row = _standing(person)
        if row.is_premoderated == holds:
            return False
        row.is_premoderated = holds
        row.save(update_fields=["is_premoderated"])
        entry = _log(by, person, Act.WATCH, reason, {"holds": not holds}, {"holds": holds})
        tell_authors(
            [entry],
            "Your comments wait for a moderator" if holds else "Your comments no longer wait",
        )
        return entry


def shadow(*, by, person, until, reason):
    """Keeps what a person posts from everybody else, up to a moment; None ends it.

    They are not told, so it ends by itself after ``LONGEST_SHADOW`` at most, and the log has it.
    Returns the entry, or False if it is so already. Raises as ``warn``, and ``ValueError`` for a
    moment that has passed or is too far away. Locks their standing.
    """
    _require_over(by, person)
    reason = _stated(reason)
    now = timezone.now()
    if until is not None and not now < until <= now + LONGEST_SHADOW:
        raise ValueError(f"Choose a moment within {LONGEST_SHADOW.days} days.")
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
    reason = _stated(reason)
    with transaction.atomic():
        found = membership.allow_sign_in(by=by, person=person, allowed=False)
        if found:
            entry = _log(by, found, Act.BAN, reason, {"may_sign_in": True}, {"may_sign_in": False})
            tell_authors([entry], "You were shut out")
        return found


def note(*, by, person, text):
    """Leaves a note on a person for other moderators. Returns it; raises as ``warn``."""
    require(can_moderate(by), "Only moderators can do this.")
    with transaction.atomic():
        _log(by, person, Act.NOTE, "", {}, {})
        return PersonNote.objects.create(by=by, person=person, text=_stated(text))


def bar(*, by, kind, value, until=None, note=""):
    """Keeps out who comes from a network, or with an e-mail address at a domain.

    ``kind`` is a ``Barrier``'s. Returns the barrier. Raises ``PermissionDenied``, and
    ``ValueError`` for what is no network or domain, or is barred already. The log has its kind
    and value.
    """
    require(can_set_rules(by), "Only moderators can do this.")
    value = barriers.clean_barrier(kind, value)
    with transaction.atomic():
        barrier, is_new = barriers.raise_barrier(kind=kind, value=value, until=until, note=note)
        if not is_new:
            raise ValueError(f"{value} is blocked already.")
        _log(by, None, Act.BLOCK, f"{barrier.get_kind_display()} {value}", {}, {"value": value})
        return barrier


def unbar(*, by, barrier):
    """Lets them in again. Returns the barrier; raises ``PermissionDenied``."""
    require(can_set_rules(by), "Only moderators can do this.")
    with transaction.atomic():
        _log(by, None, Act.BLOCK, f"No longer: {barrier}", {"value": barrier.value}, {})
        barrier.delete()
        return barrier


def _require_over(by, person):
    require(can_moderate(by), "Only moderators can do this.")
    require(
        person.pk != by.pk and (not person.is_staff or by.is_superuser),
        "Only administrators can do this to somebody of the staff, and nobody to themselves.",
    )


def _standing(person):
    Standing.objects.get_or_create(pk=person.pk)
    return Standing.objects.select_for_update(no_key=True).get(pk=person.pk)


def _log(by, person, act, reason, before, after):
    return ModerationEntry.objects.create(
        by=by, act=act, person=person, reason=reason, before=before, after=after
    )


def _stated(reason):
    reason = " ".join(reason.split())
    if not reason:
        raise ValueError("Say why: it is kept in the log, and the person is told.")
    return reason
