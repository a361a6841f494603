"""What an address names: a discussion or a comment that can be read, or 404."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from comments import discussions
from comments.caching import speak

# Numbers beyond a 64-bit key name nothing, and a database may refuse to be asked for them.
_LAST_KEY = 2**63 - 1


def find(read, key):
    """What ``read(key)`` finds, or 404."""
    if isinstance(key, int) and key > _LAST_KEY:
        raise Http404
    try:
        return read(key)
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing


def find_comment(request, pk):
    """A comment whose discussion can be read, or 404; the page is in that one's language."""
    comment = find(discussions.comment_of, pk)
    if not comment.discussion.is_readable():
        raise Http404
    speak(request, comment.discussion.language)
    return comment


def find_discussion(request, pk):
    """A discussion that can be read, or 404; the page is in its language."""
    discussion = find(discussions.discussion_of, pk)
    if not discussion.is_readable():
        raise Http404
    speak(request, discussion.language)
    return discussion
