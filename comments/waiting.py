"""READ: somebody's own comments that wait for a moderator, in their place on a page.

Nobody else is shown them. What a shadowed person posts looks to them as if it had been posted.
"""

from django.utils.translation import gettext as _

from accounts.statements import Statement
from comments.markup import escape
from comments.models import HeldComment
from comments.parts import Part, author_link
from comments.rows import Row
from comments.verdicts import message_of
from comments.wording import moment_iso, moment_text

# More of one person's never wait in one discussion: the limits see to that.
AT_MOST = 50


def waiting_of(person, discussion):
    """What of somebody waits in a discussion, as rows with their parts. One query."""
    found = _WAITING(AT_MOST, author_id=person.pk, discussion_id=discussion.pk)
    # What was approved once, and is looked at again, has a place of its own already.
    return [_row(person, *values) for *values, comment_id in found if comment_id is None]


def asking_waiting(person, discussion):
    """The question that ``waiting_of`` asks."""
    return _WAITING.asking(AT_MOST, author_id=person.pk, discussion_id=discussion.pk)


def _waiting(most, *, author_id, discussion_id):
    found = HeldComment.objects.filter(
        author_id=author_id, discussion_id=discussion_id, state=HeldComment.State.WAITING
    )
    return found.order_by("pk").values_list(
        "pk", "parent_id", "html", "held_at", "is_shadow", "objections", "comment_id"
    )[:most]


_WAITING = Statement(_waiting)


def row_of_held(held):
    """One held comment as its author is shown it."""
    return _row(
        held.author, held.pk, held.parent_id, held.html, held.held_at, held.is_shadow,
        held.objections,
    )  # fmt: skip


def _row(person, pk, parent_id, html, held_at, is_shadow, objections):
    row = Row(
        id=-pk, parent_id=parent_id, tree_id=0, level=0, number="", reply_count=0, arrival=0,
        agree_count=0, state="visible", revision=1, author_id=person.pk, author=person.handle,
        real_name=person.real_name, role=person.role, is_online=True,
    )  # fmt: skip
    row.part = _print_part(row, html, held_at, "" if is_shadow else why_held(objections))
    return row


def why_held(objections):
    """In words for its author what a comment waits for."""
    said = " ".join(dict.fromkeys(message_of(each) for each in objections))
    return said or _("A moderator looks at it first.")


def _print_part(row, html, held_at, why):
    notice, label, online = "", _("Your comment"), _("online")
    if why:
        more = _("More about this, or withdraw it")
        alone = _("Only you see this: it waits for a moderator.")
        notice = (
            f'<p class="held-note"><strong>{escape(alone)}</strong> '
            f'{escape(why)} <a href="/comments/held/{-row.id}/">'
            f"{escape(more)}</a></p>"
        )
    return Part(
        head=f' aria-label="{escape(label)}"><header class="comment-head">'
        f"{author_link(row, escape(row.author))} "
        f'<span class="presence is-online">{escape(online)}</span>'
        f'<span class="where"> <time datetime="{moment_iso(held_at)}">{moment_text(held_at)}'
        "</time>",
        body=f'</span></header>{notice}<div class="comment-body prose" dir="auto">{html}</div>',
        said="",
        posted_at=held_at,
    )


def put_among(rows, waiting, *, newest_first=False, ends=True):
    """``rows`` of a page with those that wait in their places: behind the replies to their parent.

    Those at the top level stand at the end of the last page (``ends``), or at the beginning
    where the newest come first. What answers a comment on another page is left to that page.
    """
    rows = list(rows)
    at_top = [row for row in waiting if row.parent_id is None]
    for row in waiting:
        place = next((at for at, each in enumerate(rows) if each.id == row.parent_id), None)
        if place is None:
            continue
        parent = rows[place]
        row.level, row.tree_id = parent.level + 1, parent.tree_id
        parent.reply_count += 1
        behind = place + 1
        while (
            behind < len(rows)
            and rows[behind].tree_id == parent.tree_id
            and rows[behind].level > parent.level
        ):
            behind += 1
        rows.insert(behind, row)
    for number, row in enumerate(at_top, 1):
        row.tree_id = -number
    if newest_first:
        return [*reversed(at_top), *rows]
    return [*rows, *at_top] if ends else rows


def find_waiting(person, pk):
    """One of somebody's own held comments with its discussion and parent, or None."""
    found = HeldComment.objects.filter(pk=pk, author_id=person.pk, is_shadow=False)
    return found.select_related("discussion", "parent").first()
