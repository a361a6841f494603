"""READ: what a comment said before, version by version, and what changed between them."""

from dataclasses import dataclass, field
from itertools import pairwise

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.directory import person_url
from comments.differences import render_difference, render_words
from comments.models import Comment, Revision
from comments.wording import count_label, moment_iso, moment_text, reason_text, tombstone_text

# Versions on one page.
PAGE_SIZE = 50
# Long versions are fewer: a page ends with the version that makes it as long as this.
PAGE_TEXT = 100_000


@dataclass(slots=True)
class Version:
    """What a comment said for a while. ``number`` is its revision then, ``place`` counts from 1.

    ``earlier`` is the version that it is compared with: the one before it that is not hidden.
    """

    number: int
    place: int
    written_iso: str
    written_text: str
    words: str
    notice: str = ""
    is_current: bool = False
    earlier: "Version | None" = None

    @property
    def difference(self):
        """Its words as HTML, marked where it differs from ``earlier``."""
        if self.earlier is None or self.notice:
            return mark_safe(render_words(self.words))
        return mark_safe(render_difference(self.earlier.words, self.words))


@dataclass(slots=True)
class History:
    """One page of a comment's versions, the newest first; none where readers see a tombstone.

    ``notice`` says what became of the comment itself, if anything did.
    """

    comment: Comment
    author: str
    author_url: str
    notice: str = ""
    total_label: str = ""
    versions: list[Version] = field(default_factory=list)
    newest_url: str = ""
    older_url: str = ""

    @property
    def has_withdrawal_reason(self):
        comment = self.comment
        return comment.state == Comment.State.WITHDRAWN and bool(comment.state_reason)

    @property
    def version(self):
        """What changes whenever those not signed in are shown something else."""
        return (
            self.comment.discussion.title, self.comment.discussion.url, self.comment.number,
            self.author, self.notice, self.total_label, self.newest_url, self.older_url,
            self.comment.revision,
            *(
                (each.number, each.notice, each.earlier and each.earlier.number)
                for each in self.versions
            ),
        )  # fmt: skip


def load(comment, *, before=None, for_moderators=False):
    """The versions of ``comment`` that are older than revision ``before``; from the current one
    on without it.

    What was taken down has none for readers. Takes two queries, and two more where everything
    that the page's last version could be compared with is further away.
    """
    history = History(comment=comment, author="", author_url="")
    if not comment.is_visible:
        history.notice = tombstone_text(comment.state, comment.state_reason)
    if comment.is_visible or for_moderators:
        history.author = comment.author.handle
        history.author_url = person_url(comment.author_id, comment.author.handle)
        _add_versions(history, before)
    return history


def version_of(comment, number):
    """One earlier version alone, hidden or not; raises ``Revision.DoesNotExist``. Two queries."""
    revisions = Revision.objects.filter(comment_id=comment.pk)
    place = revisions.filter(number__lte=number).count()
    return _earlier(revisions.get(number=number), place)


def _add_versions(history, before):
    comment = history.comment
    revisions = Revision.objects.filter(comment_id=comment.pk).order_by("-number")
    versions = []
    if before is None:
        place = revisions.count() + 1
        history.total_label = count_label(place, "version")
        versions.append(_current(comment, place))
    else:
        revisions = revisions.filter(number__lt=before)
        place = revisions.count() + 1
        history.newest_url = f"/comments/{comment.pk}/history/"
    # One more than is shown: what the last of them is compared with.
    for step, revision in enumerate(revisions[: PAGE_SIZE + 1 - len(versions)], start=1):
        versions.append(_earlier(revision, place - step))
    shown = _as_many_as_fit(versions)
    history.versions = versions[:shown]
    if shown < len(versions):
        history.older_url = f"/comments/{comment.pk}/history/?before={versions[shown - 1].number}"
    _compare(versions, revisions)


def _current(comment, place):
    return Version(
        number=comment.revision,
        place=place,
        words=comment.markdown,
        is_current=True,
        **_written(comment.edited_at or comment.posted_at),
    )


def _earlier(revision, place):
    notice = ""
    if revision.hidden_at is not None:
        notice = _("This version was hidden by a moderator: %(reason)s") % {
            "reason": reason_text(revision.hidden_reason)
        }
    return Version(
        number=revision.number,
        place=place,
        words=revision.markdown,
        notice=notice,
        **_written(revision.written_at),
    )


def _written(moment):
    return {"written_iso": moment_iso(moment), "written_text": moment_text(moment)}


def _as_many_as_fit(versions):
    length = 0
    for shown, version in enumerate(versions[:PAGE_SIZE], start=1):
        length += len(version.words)
        if length >= PAGE_TEXT:
            return shown
    return min(len(versions), PAGE_SIZE)


def _compare(versions, revisions):
    """Says of each version which one it is compared with; hidden ones take no part."""
    seen = [version for version in versions if not version.notice]
    for version, earlier in pairwise(seen):
        version.earlier = earlier
    last = versions[-1] if versions else None
    if last is not None and last.notice and seen and last.place > 1:
        # Everything behind the last one that is seen here was hidden, as far as was read.
        further = revisions.filter(number__lt=last.number, hidden_at=None).first()
        if further is not None:
            place = revisions.filter(number__lte=further.number).count()
            seen[-1].earlier = _earlier(further, place)
