"""Who may do what in a discussion. Each question has one answer, asked by pages and by writes."""

from django.core.exceptions import PermissionDenied


def can_moderate(person):
    """Whether ``person`` may hide, restore, close and reopen."""
    return person.is_authenticated and person.has_perm("comments.moderate_comment")


def can_close(person):
    """Whether ``person`` may close and reopen discussions: moderators, and editors too."""
    return person.is_authenticated and person.has_perm("comments.change_discussion")


def can_change(person, comment):
    """Whether ``person`` may edit or withdraw ``comment``: their own, while it is visible."""
    return person.is_authenticated and comment.author_id == person.pk and comment.is_visible


def require(allowed, reason):
    """Raises ``PermissionDenied`` with ``reason``, words for the reader, unless ``allowed``."""
    if not allowed:
        raise PermissionDenied(reason)
