"""READ: what a feed tells: the newest comments of a discussion, of a branch or of one person."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.directory import person_url
from comments import feed_forms
from comments.languages import full_code, spoken
from comments.markup import one_line
from comments.models import Comment, readable

# What a feed reader that asks once a day still meets, and a few hundred kilobytes at most.
FEED_SIZE = 50
_FIELDS = (
    "id", "revision", "author_id", "author__handle", "posted_at", "edited_at", "html",
    "parent_id", "parent__state", "parent__author__handle", "discussion__title",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class CommentFeed:
    """A feed of comments, and what changes whenever it says something else."""

    feed: feed_forms.Feed
    revisions: tuple[int, ...]

    @property
    def version(self):
        entries = zip(self.feed.entries, self.revisions, strict=True)
        return (
            self.feed.title,
            self.feed.page_url,
            self.feed.language,
            *((entry.permalink, revision, entry.title) for entry, revision in entries),
        )

    def told(self):
        return self.feed


def of_discussion(discussion):
    """The newest comments of a discussion that can be read, in the order they came. One query."""
    return _feed(
        title=_("Comments on “%(title)s”") % {"title": one_line(discussion.title)},
        address=f"/discussions/{discussion.pk}/",
        page_url=discussion.url,
        begun_at=discussion.created_at,
        language=full_code(spoken(discussion.language)),
        found=_newest(Comment.objects.filter(discussion_id=discussion.pk), "-arrival"),
    )


def of_branch(comment):
    """The newest of a comment and all that hangs under it, in the order they came. One query.

    Names nobody in its title: the comment may have been taken down.
    """
    comments = Comment.objects.filter(tree_id=comment.tree_id)
    if comment.parent_id is not None:
        comments = comments.filter(lft__gte=comment.lft, lft__lte=comment.rght)
    title = one_line(comment.discussion.title)
    return _feed(
        title=_("Comment %(number)s on “%(title)s” and the replies to it")
        % {"number": comment.number, "title": title},
        address=comment.get_absolute_url(),
        page_url=comment.get_absolute_url(),
        begun_at=comment.posted_at,
        language=full_code(spoken(comment.discussion.language)),
        found=_newest(comments, "-arrival"),
    )


def of_person(person):
    """A person's newest comments in all discussions that can be read. One query."""
    comments = Comment.objects.filter(readable(timezone.now(), "discussion__"), author_id=person.pk)
    return _feed(
        title=_("Comments by %(handle)s") % {"handle": one_line(person.handle)},
        address=person.get_absolute_url(),
        page_url=person.get_absolute_url(),
        begun_at=person.joined_at,
        found=_newest(comments, "-id", everywhere=True),
    )


def _feed(found, **fields):
    revisions, entries = zip(*found, strict=True) if found else ((), ())
    return CommentFeed(feed_forms.Feed(entries=entries, **fields), revisions)


def _newest(comments, order, *, everywhere=False):
    visible = comments.filter(state=Comment.State.VISIBLE).order_by(order)
    return [_entry(values, everywhere) for values in visible.values_list(*_FIELDS)[:FEED_SIZE]]


def _entry(values, everywhere):
    (
        pk, revision, author_id, handle, posted_at, edited_at, html,
        parent_id, parent_state, parent_handle, discussion_title,
    ) = values  # fmt: skip
    author, on = one_line(handle), one_line(discussion_title)
    title = _("%(author)s on “%(title)s”") % {"author": author, "title": on}
    # Who wrote what was taken down is not named.
    if parent_state == Comment.State.VISIBLE:
        said = {"author": author, "answered": one_line(parent_handle), "title": on}
        if everywhere:
            title = _("%(author)s, in answer to %(answered)s, on “%(title)s”") % said
        else:
            title = _("%(author)s, in answer to %(answered)s") % said
    return revision, feed_forms.Entry(
        permalink=f"/comments/{pk}/",
        title=title,
        authors=((author, person_url(author_id, handle)),),
        published_at=posted_at,
        updated_at=edited_at or posted_at,
        html=html,
        answers=f"/comments/{parent_id}/" if parent_id else "",
    )
