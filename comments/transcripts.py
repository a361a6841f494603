"""READ: a branch as it is printed in plain text, so many comments at a time.

How many of them a text has room for, ``plain_text`` knows.
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from comments.models import Comment
from comments.plain_text import Remark
from comments.quoting import blocks_as_text
from comments.wording import moment_text, tombstone_text

# Short ones: a second at most to make on a slow machine.
AT_MOST = 500
# Words last: all that changes with them stands before.
_FIELDS = (
    "id", "revision", "level", "number", "posted_at", "edited_at", "state", "state_reason",
    "author__handle", "author__real_name", "parent__state", "parent__author__handle",
    "text", "blocks",
)  # fmt: skip
_WORDS = 2


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is printed. ``rows`` has one more than that, with which it would go on."""

    title: str
    subtitle: str
    permalink: str
    level: int
    rows: list[tuple]

    @property
    def remarks(self):
        return (_remark(row, self.level) for row in self.rows[:AT_MOST])

    @property
    def version(self):
        """What changes whenever the text does: no words, but the revisions that they have."""
        rows = tuple(row[:-_WORDS] for row in self.rows)
        return self.title, self.subtitle, self.permalink, rows

    def address_after(self, shown):
        """The path at which it goes on after so many remarks, or "" where that is all."""
        if shown >= len(self.rows):
            return ""
        return f"{self.permalink}text/?from={self.rows[shown][0]}"


def transcript_of(branch, *, start=None):
    """``AT_MOST`` comments of a branch in display order, from the comment ``start`` on.

    ``branch`` is its first comment; a ``start`` that is none of its comments begins there too.
    One query, and one more for ``start``.
    """
    subtitle = _("Comment %(number)s and the replies to it") % {"number": branch.number}
    if start is not None:
        begin = (
            Comment.objects.of_branch(branch)
            .filter(pk=start)
            .values_list("number", flat=True)
            .first()
        )
        if begin is None:
            start = None
        else:
            subtitle = _("Comment %(number)s and the replies to it, from %(begin)s on") % {
                "number": branch.number,
                "begin": begin,
            }
    comments = Comment.objects.branch_from(branch, start or branch.pk, AT_MOST + 1)
    return Transcript(
        title=branch.discussion.title,
        subtitle=subtitle,
        permalink=branch.get_absolute_url(),
        level=branch.level,
        rows=list(comments.values_list(*_FIELDS)),
    )


def _remark(values, lowest):
    (
        _pk, _revision, level, number, posted_at, edited_at, state, state_reason,
        handle, real_name, parent_state, parent_handle, text, blocks,
    ) = values  # fmt: skip
    visible = state == Comment.State.VISIBLE
    if not visible:
        handle = real_name = text = ""
    elif blocks is not None:
        text = blocks_as_text(blocks)
    moments = [moment_text(posted_at)]
    if edited_at:
        moments.append(_("edited %(moment)s") % {"moment": moment_text(edited_at)})
    return Remark(
        depth=level - lowest,
        number=number,
        author=handle,
        real_name=real_name,
        moments=tuple(moments),
        # Who wrote what was taken down is not named.
        answers=parent_handle if parent_state == Comment.State.VISIBLE else "",
        text=text,
        notice="" if visible else tombstone_text(state, state_reason),
    )
