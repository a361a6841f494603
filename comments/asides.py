"""READ: what a page's script asks for beside the page: a comment as a card, and who is here."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.directory import person_url
from comments import markup
from comments.models import Comment
from comments.wording import moment_iso, moment_text, tombstone_text

# What a card shows of a comment: enough to know what was said, and no page of its own.
CARD_LENGTH = 600
# The people of a discussion are read off its latest comments, so that it costs the same at any
# size; more names than these nobody completes from.
LATEST_READ = 500
MOST_PEOPLE = 200


@dataclass(frozen=True, slots=True)
class Card:
    """A comment in short. What was taken down has a ``notice``, and neither author nor words."""

    number: str
    permalink: str
    posted_iso: str
    posted_text: str
    author: str = ""
    author_url: str = ""
    words: str = ""
    notice: str = ""


def card_of(comment):
    """The card of a comment that was read with its author; no query."""
    shared = {
        "number": comment.number,
        "permalink": comment.get_absolute_url(),
        "posted_iso": moment_iso(comment.posted_at),
        "posted_text": moment_text(comment.posted_at),
    }
    if not comment.is_visible:
        return Card(**shared, notice=tombstone_text(comment.state, comment.state_reason))
    return Card(
        **shared,
        author=comment.author.handle,
        author_url=person_url(comment.author_id, comment.author.handle),
        words=markup.cut(markup.plain_text(comment.html), CARD_LENGTH)
        or _("Only quotes what somebody else said."),
    )


def people_in(discussion):
    """The handles of those who wrote lately in ``discussion``, the latest first.

    One query over its ``LATEST_READ`` latest comments; who has nothing left there that can be
    read is not named. At most ``MOST_PEOPLE``.
    """
    latest = Comment.objects.filter(
        discussion_id=discussion.pk,
        arrival__gt=max(0, discussion.arrival_count - LATEST_READ),
        state=Comment.State.VISIBLE,
    )
    handles = latest.order_by("-arrival").values_list("author__handle", flat=True)
    return list(dict.fromkeys(handles))[:MOST_PEOPLE]
