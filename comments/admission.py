"""READ: what ``screening`` has to know of a discussion and of whoever wants to take part in it."""

from django.utils import timezone

from accounts import directory
from comments.screening import Context
from comments.wording import moment_text


def doors_of(discussion, now=None):
    """Whether the page can be read and the discussion goes on, as ``discussion`` says it.

    A part of a ``Context``: asked again under the discussion's lock, ``replace`` takes it in.
    """
    return {
        "page_is_readable": discussion.is_readable(now),
        "discussion_is_open": discussion.is_open,
        "closed_reason": discussion.closed_reason,
    }


def context_of(by, discussion, now=None, **known):
    """The ``Context`` in which ``by`` acts in ``discussion`` at ``now``; ``known`` adds to it.

    One query, for a suspension that came after they signed in.
    """
    now = now or timezone.now()
    until, reason = directory.suspension_of(by.pk)
    return Context(
        now=now,
        **doors_of(discussion, now),
        suspended_until=until,
        suspended_until_text=moment_text(until) if until else "",
        suspension_reason=reason,
        **known,
    )
