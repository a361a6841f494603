"""WRITE: single rows that a write begins with, as they stand in its transaction.

Comments are locked before their discussion, and nothing after it (``docs/adr/0002``).
"""

from accounts.statements import Instances
from comments.models import Comment, Discussion


def lock_comment(pk):
    """The comment, its row locked; raises ``Comment.DoesNotExist``."""
    return _one_of(Comment, _COMMENT(pk=pk))


def lock_discussion(pk):
    """The discussion, its row locked; raises ``Discussion.DoesNotExist``."""
    return _one_of(Discussion, _DISCUSSION(pk=pk))


def discussion_now(pk):
    """The discussion as it is stored now, not locked; raises ``Discussion.DoesNotExist``."""
    return _one_of(Discussion, _DISCUSSION_NOW(pk=pk))


def asking_discussion(pk):
    """The question that ``discussion_now`` asks."""
    return _DISCUSSION_NOW.asking(pk=pk)


def _one_of(model, found):
    if not found:
        raise model.DoesNotExist
    return found[0]


_COMMENT = Instances(
    Comment, lambda *, pk: Comment.objects.select_for_update(no_key=True).filter(pk=pk)
)
_DISCUSSION = Instances(
    Discussion, lambda *, pk: Discussion.objects.select_for_update(no_key=True).filter(pk=pk)
)
_DISCUSSION_NOW = Instances(Discussion, lambda *, pk: Discussion.objects.filter(pk=pk))
