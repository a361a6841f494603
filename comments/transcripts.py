"""READ: a branch as it is printed in plain text, so many comments at a time."""

from dataclasses import dataclass

from comments.models import Comment
from comments.plain_text import Remark
from comments.quoting import blocks_as_text
from comments.wording import moment_text, tombstone_text

# Some sixty printed sheets, and a second at most to make on a slow machine.
AT_MOST = 500
_FIELDS = (
    "id", "level", "number", "posted_at", "edited_at", "state", "state_reason", "text", "blocks",
    "author__handle", "author__real_name", "parent__state", "parent__author__handle",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Transcript:
    """What is printed. ``next_id`` is the comment with which it goes on, or None."""

    title: str
    subtitle: str
    permalink: str
    remarks: tuple[Remark, ...]
    next_id: int | None


def transcript_of(branch, *, start=None):
    """``AT_MOST`` comments of a branch in display order, from the comment ``start`` on.

    ``branch`` is its first comment; a ``start`` that is none of its comments begins there too.
    One query, and one more for ``start``.
    """
    of_branch = Comment.objects.of_branch
    subtitle = f"Comment {branch.number} and the replies to it"
    if start is not None:
        begin = of_branch(branch).filter(pk=start).values_list("number", flat=True).first()
        if begin is None:
            start = None
        else:
            subtitle += f", from {begin} on"
    comments = of_branch(branch, start=start).order_by("lft")
    found = list(comments.values_list(*_FIELDS)[: AT_MOST + 1])
    return Transcript(
        title=branch.discussion.title,
        subtitle=subtitle,
        permalink=branch.get_absolute_url(),
        remarks=tuple(_remark(values, branch.level) for values in found[:AT_MOST]),
        next_id=found[AT_MOST][0] if len(found) > AT_MOST else None,
    )


def _remark(values, lowest):
    (
        _pk, level, number, posted_at, edited_at, state, state_reason, text, blocks,
        handle, real_name, parent_state, parent_handle,
    ) = values  # fmt: skip
    visible = state == Comment.State.VISIBLE
    if not visible:
        handle = real_name = text = ""
    elif blocks is not None:
        text = blocks_as_text(blocks)
    moments = [moment_text(posted_at)]
    if edited_at:
        moments.append(f"edited {moment_text(edited_at)}")
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
