"""READ: one comment as a page shows it, everything worked out, so that a template only prints."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import mark_safe

from accounts.directory import is_online, person_url
from comments.models import Comment
from comments.wording import moment_iso, moment_text

# What a row is made of, in the order that ``make_row`` takes it.
FIELDS = (
    "id", "parent_id", "level", "number", "reply_count", "position", "posted_at", "edited_at",
    "state", "state_reason", "html", "revision", "author_id", "author__handle",
    "author__real_name", "author__role", "author__last_seen", "tree_id", "lft",
)  # fmt: skip
_ROLE_LABELS = {"moderator": "Moderator", "editor": "Editor", "admin": "Administrator"}


@dataclass(slots=True)
class Row:
    """One comment for one reader. What was taken down has neither words nor author."""

    id: int
    # The id as text: a template that prints a number asks for its local form first.
    key: str
    parent_id: int | None
    level: int
    number: str
    reply_count: int
    author_id: int
    author: str
    author_url: str
    real_name: str
    is_online: bool
    role_label: str
    posted_iso: str
    posted_text: str
    edited_text: str
    state: str
    notice: str
    html: str
    revision: int
    tree_id: int
    lft: int
    permalink: str = ""
    depth: int = 0
    parent_url: str = ""
    parent_author: str = ""
    reply_url: str = ""
    quote_url: str = ""
    edit_url: str = ""
    withdraw_url: str = ""
    moderate_url: str = ""
    continue_url: str = ""
    continue_label: str = ""
    opens: str = ""
    closes: str = ""

    @property
    def version(self):
        """What changes whenever this comment is shown differently to those not signed in."""
        return (
            self.id, self.revision, self.number, self.reply_count, self.author, self.real_name,
            self.role_label, self.is_online, self.notice,
        )  # fmt: skip


def role_label(role):
    """What stands beside the name of somebody of the staff, or nothing."""
    return _ROLE_LABELS.get(role, "")


def make_row(values, now):
    """A ``Row`` from the values of ``FIELDS``; ``now`` decides who is online."""
    (
        pk, parent_id, level, number, reply_count, _position, posted_at, edited_at,
        state, state_reason, html, revision, author_id, handle,
        real_name, role, last_seen, tree_id, lft,
    ) = values  # fmt: skip
    visible = state == Comment.State.VISIBLE
    return Row(
        id=pk,
        key=str(pk),
        parent_id=parent_id,
        level=level,
        number=number,
        reply_count=reply_count,
        author_id=author_id,
        author=handle if visible else "",
        author_url=person_url(author_id, handle) if visible else "",
        real_name=real_name if visible else "",
        is_online=visible and is_online(last_seen, now),
        role_label=role_label(role) if visible else "",
        posted_iso=moment_iso(posted_at),
        posted_text=moment_text(posted_at),
        edited_text=f"edited {moment_text(edited_at)}" if edited_at and visible else "",
        state=state,
        notice="" if visible else _tombstone(state, state_reason),
        html=mark_safe(html) if visible else "",  # made by comments.markup alone
        revision=revision,
        tree_id=tree_id,
        lft=lft,
        permalink=f"/comments/{pk}/",
    )


def _tombstone(state, reason):
    if state == Comment.State.WITHDRAWN:
        return "The author has withdrawn this comment."
    return f"Hidden by a moderator: {reason}" if reason else "Hidden by a moderator."


def link_row(row, *, may_post, reader=None):
    """Where a row's links lead, by what its reader (a person, or None) may do."""
    row.opens = mark_safe(f'<div class="branch" id="b{row.id}">')
    visible = row.state == Comment.State.VISIBLE
    if may_post and visible:
        row.reply_url = f"/comments/{row.id}/reply/"
        row.quote_url = f"/comments/{row.id}/reply/?quote=1"
    if reader is None:
        return
    if visible and row.author_id == reader.pk:
        row.edit_url = f"/comments/{row.id}/edit/"
        row.withdraw_url = f"/comments/{row.id}/withdraw/"
    if reader.has_perm("comments.moderate_comment"):
        row.moderate_url = reverse("admin:comments_comment_change", args=[row.id])
