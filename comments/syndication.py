"""READ: what a feed tells: the newest comments of a discussion, of a branch or of one person."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.directory import person_url
from comments.markup import one_line
from comments.models import Comment, readable

# What a feed reader that asks once a day still meets, and a few hundred kilobytes at most.
FEED_SIZE = 50
_FIELDS = (
    "id", "revision", "author_id", "author__handle", "posted_at", "edited_at", "html",
    "parent_id", "parent__state", "parent__author__handle", "discussion__title",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FeedEntry:
    """One comment. Names and titles are on one line and have nothing that XML cannot carry."""

    permalink: str
    revision: int
    title: str
    author: str
    author_url: str
    posted_at: datetime
    edited_at: datetime | None
    html: str
    # Where the comment stands that this one answers; "" for a top-level one.
    answers: str

    @property
    def updated_at(self):
        return self.edited_at or self.posted_at


@dataclass(frozen=True, slots=True)
class Feed:
    """What both forms of a feed say.

    ``address`` is the path under which its forms lie, ``page_url`` the page that it follows.
    """

    title: str
    address: str
    page_url: str
    begun_at: datetime
    entries: tuple[FeedEntry, ...]

    @property
    def updated_at(self):
        return max((entry.updated_at for entry in self.entries), default=self.begun_at)

    @property
    def version(self):
        """What changes whenever the feed says something else."""
        return (
            self.title,
            self.page_url,
            *((entry.permalink, entry.revision, entry.title) for entry in self.entries),
        )


def of_discussion(discussion):
    """The newest comments of a discussion that can be read, in the order they came. One query."""
    return Feed(
        title=f"Comments on “{one_line(discussion.title)}”",
        address=f"/discussions/{discussion.pk}/",
        page_url=discussion.url,
        begun_at=discussion.created_at,
        entries=_newest(Comment.objects.filter(discussion_id=discussion.pk), "-arrival"),
    )


def of_branch(comment):
    """The newest of a comment and all that hangs under it, in the order they came. One query.

    Names nobody in its title: the comment may have been taken down.
    """
    comments = Comment.objects.filter(tree_id=comment.tree_id)
    if comment.parent_id is not None:
        comments = comments.filter(lft__gte=comment.lft, lft__lte=comment.rght)
    title = one_line(comment.discussion.title)
    return Feed(
        title=f"Comment {comment.number} on “{title}” and the replies to it",
        address=comment.get_absolute_url(),
        page_url=comment.get_absolute_url(),
        begun_at=comment.posted_at,
        entries=_newest(comments, "-arrival"),
    )


def of_person(person):
    """A person's newest comments in all discussions that can be read. One query."""
    comments = Comment.objects.filter(readable(timezone.now(), "discussion__"), author_id=person.pk)
    return Feed(
        title=f"Comments by {one_line(person.handle)}",
        address=person.get_absolute_url(),
        page_url=person.get_absolute_url(),
        begun_at=person.joined_at,
        entries=_newest(comments, "-id", everywhere=True),
    )


def _newest(comments, order, *, everywhere=False):
    visible = comments.filter(state=Comment.State.VISIBLE).order_by(order)
    return tuple(_entry(values, everywhere) for values in visible.values_list(*_FIELDS)[:FEED_SIZE])


def _entry(values, everywhere):
    (
        pk, revision, author_id, handle, posted_at, edited_at, html,
        parent_id, parent_state, parent_handle, discussion_title,
    ) = values  # fmt: skip
    author, on_title = one_line(handle), f" on “{one_line(discussion_title)}”"
    title = author + on_title
    # Who wrote what was taken down is not named.
    if parent_state == Comment.State.VISIBLE:
        title = f"{author}, in answer to {one_line(parent_handle)}"
        if everywhere:
            title += f",{on_title}"
    return FeedEntry(
        permalink=f"/comments/{pk}/",
        revision=revision,
        title=title,
        author=author,
        author_url=person_url(author_id, handle),
        posted_at=posted_at,
        edited_at=edited_at,
        html=html,
        answers=f"/comments/{parent_id}/" if parent_id else "",
    )
