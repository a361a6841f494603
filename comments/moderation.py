"""WRITE: what moderators do. Every act is one transaction and one row in the log."""

from django.db import transaction
from django.utils import timezone

from accounts import membership
from comments.models import Comment, Discussion, ModerationEntry
from comments.permissions import can_close, can_moderate, require
from comments.ranking import touch_discussion
from comments.wording import moment_iso

Act = ModerationEntry.Act


class SeenOlderError(Exception):
    """The decision was made on an older revision of the comment, so nothing was done."""


def hide(*, by, comment, reason, seen_revision=None):
    """Hides a comment; its replies stay under a tombstone that shows ``reason``.

    Returns the comment, or False when it is not visible anyway. Raises ``PermissionDenied``
    without the right, ``ValueError`` without a reason, ``SeenOlderError`` when ``seen_revision``
    is given and not the current one. One transaction; locks the comment's row.
    """
    return _move(
        by, comment, Comment.State.VISIBLE, Comment.State.HIDDEN, Act.HIDE, reason, seen_revision
    )


def restore(*, by, comment, reason, seen_revision=None):
    """Shows a hidden comment again. Returns, raises and locks as ``hide`` does.

    What its author has withdrawn is not a moderator's to restore: that returns False.
    """
    return _move(
        by, comment, Comment.State.HIDDEN, Comment.State.VISIBLE, Act.RESTORE, reason, seen_revision
    )


def _move(by, comment, before, after, act, reason, seen_revision):
    require(can_moderate(by), "Only moderators can do this.")
    reason = _stated(reason)
    with transaction.atomic():
        comment = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        if seen_revision is not None and comment.revision != seen_revision:
            raise SeenOlderError(f"Comment {comment.pk} was changed after you saw it.")
        if comment.state != before:
            return False
        was = {"state": comment.state, "reason": comment.state_reason}
        comment.state = after
        comment.state_reason = reason if after == Comment.State.HIDDEN else ""
        comment.revision += 1
        comment.save(update_fields=["state", "state_reason", "revision"])
        ModerationEntry.objects.create(
            by=by,
            act=act,
            comment=comment,
            discussion_id=comment.discussion_id,
            person_id=comment.author_id,
            reason=reason,
            before=was,
            after={"state": comment.state, "reason": comment.state_reason},
        )
        appeared = 1 if after == Comment.State.VISIBLE else -1
        touch_discussion(comment.discussion_id, visible=appeared, comment=comment)
        return comment


def hide_all(*, by, comments, reason):
    """Hides many at once: all or none. Returns those that were hidden.

    One transaction; locks all the comments' rows first, then their discussions', each in the
    order of their numbers, so that it never waits for somebody who waits for it.
    """
    return _move_all(hide, by, comments, reason)


def restore_all(*, by, comments, reason):
    """Restores many at once: all or none, with the locks of ``hide_all``. Returns them."""
    return _move_all(restore, by, comments, reason)


def _move_all(move, by, comments, reason):
    with transaction.atomic():
        held = (
            Comment.objects.filter(pk__in=[comment.pk for comment in comments])
            .order_by("pk")
            .select_for_update(no_key=True)
        )
        by_discussion = sorted(held, key=lambda comment: (comment.discussion_id, comment.pk))
        moved = [move(by=by, comment=comment, reason=reason) for comment in by_discussion]
        return [comment for comment in moved if comment]


def close(*, by, discussion, reason):
    """Closes a discussion: it can be read, not continued. Shows ``reason`` above it.

    Returns the discussion, or False when it is closed already. Raises ``PermissionDenied``
    and ``ValueError`` without a reason. One transaction; locks the discussion's row.
    """
    return _turn(by, discussion, Discussion.State.CLOSED, Act.CLOSE, _stated(reason))


def reopen(*, by, discussion, reason=""):
    """Opens a closed discussion again. Returns, raises and locks as ``close`` does."""
    return _turn(by, discussion, Discussion.State.OPEN, Act.REOPEN, reason.strip())


def _turn(by, discussion, state, act, reason):
    require(can_close(by), "Only moderators and editors can do this.")
    with transaction.atomic():
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=discussion.pk)
        if discussion.state == state:
            return False
        was = {"state": discussion.state, "reason": discussion.closed_reason}
        discussion.state = state
        discussion.closed_reason = reason if state == Discussion.State.CLOSED else ""
        discussion.version += 1
        discussion.save(update_fields=["state", "closed_reason", "version"])
        ModerationEntry.objects.create(
            by=by,
            act=act,
            discussion=discussion,
            reason=reason,
            before=was,
            after={"state": discussion.state, "reason": discussion.closed_reason},
        )
        return discussion


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
            _log_suspension(by, person, Act.SUSPEND, reason, was)
        return person


def lift_suspension(*, by, person, reason=""):
    """Lets a suspended person post again. Returns the person, or False if nothing was to lift."""
    with transaction.atomic():
        was = _suspension(person)
        person = membership.lift_suspension(by=by, person=person)
        if person:
            _log_suspension(by, person, Act.LIFT, reason.strip(), was)
        return person


def _suspension(person):
    until = person.suspended_until
    return {"until": moment_iso(until) if until else None, "reason": person.suspension_reason}


def _log_suspension(by, person, act, reason, was):
    ModerationEntry.objects.create(
        by=by, act=act, person=person, reason=reason, before=was, after=_suspension(person)
    )


def _stated(reason):
    reason = " ".join(reason.split())
    if not reason:
        raise ValueError("Say why: the reason is shown to readers and kept in the log.")
    return reason
