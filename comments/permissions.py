"""Who may do what in a discussion. Each question has one answer, asked by pages and by writes."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied

from accounts import directory

# A century: however many are set, the moment that lies so far back is still a date.
_MOST_MINUTES = 52_596_000


def can_moderate(person):
    """Whether ``person`` may hide, restore, close and reopen."""
    return person.is_authenticated and person.has_perm("comments.moderate_comment")


def can_close(person):
    """Whether ``person`` may close and reopen discussions: moderators, and editors too."""
    return person.is_authenticated and person.has_perm("comments.change_discussion")


def is_author(person, comment):
    """Whether ``comment`` is their own."""
    return person.is_authenticated and comment.author_id == person.pk


def can_withdraw(person, comment):
    """Whether ``person`` may withdraw ``comment``: their own, while it is visible."""
    return is_author(person, comment) and comment.is_visible


def can_edit(person, comment, now):
    """Whether ``person`` may edit ``comment``: what they may withdraw, for a while after posting.

    What a closed discussion or a suspension forbids besides is for ``screening`` to say.
    """
    return can_withdraw(person, comment) and comment.posted_at > edit_since(person, now)


def edit_since(person, now):
    """The moment since which what ``person`` posted can still be edited at ``now``."""
    return now - _editing_time(person, now)


def edit_until(person, posted_at, now):
    """Until when ``person`` can edit what they posted at ``posted_at``, as it stands at ``now``."""
    return posted_at + _editing_time(person, now)


def _editing_time(person, now):
    minutes = settings.COMMENT_EDIT_MINUTES
    if directory.is_trusted(person, now):
        minutes = max(minutes, settings.COMMENT_EDIT_MINUTES_TRUSTED)
    return timedelta(minutes=min(minutes, _MOST_MINUTES))


def require(allowed, reason):
    """Raises ``PermissionDenied`` with ``reason``, words for the reader, unless ``allowed``."""
    if not allowed:
        raise PermissionDenied(reason)


def require_own(person, comment, act):
    """Raises ``PermissionDenied`` unless ``comment`` is their own and still there.

    ``act`` is what they want to do with it, "edit" or "withdraw".
    """
    require(is_author(person, comment), f"Only its author can {act} this comment.")
    require(
        can_withdraw(person, comment),
        f"This comment was withdrawn or hidden, so you cannot {act} it any more.",
    )
