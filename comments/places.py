"""READ: one comment in its place, and the way from it to the whole discussion."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import PlannedAnew, Statement
from accounts.together import asked_together
from comments import orders
from comments.branches import ancestors_of, asking_ancestors
from comments.discussions import (
    PAGE_SIZE,
    DiscussionPage,
    MovedMeanwhileError,
    query_of,
    room_of,
    settled,
)
from comments.models import Comment, Thread
from comments.rows import OWN_FIELDS, make_rows, with_authors

# What surrounds a comment on its own page, in the order of its thread.
SHOWN_BEFORE = 5
SHOWN_BEHIND = 40


def load_surroundings(comment):
    """One comment in its place: what it hangs under, and its neighbours in the thread.

    Five queries, whatever the size of the thread.
    """
    return settled(lambda: _load_surroundings(comment), comment.refresh_from_db)


def _load_surroundings(comment):
    now = timezone.now()
    place = {"pk": comment.pk, "tree_id": comment.tree_id}
    # Their authors by themselves: two plain reads of one table are planned in a third of the
    # time that they take with people joined to them, and they are planned each time.
    with asked_together(_BEHIND.asking(**place), _BEFORE.asking(**place)):
        found = [_BEHIND(**place), _BEFORE(**place)]
    shown = make_rows(with_authors([*found[0], *found[1]]), now)
    behind, before = shown[: len(found[0])], shown[len(found[0]) :]
    if not behind or behind[0].id != comment.pk:
        raise MovedMeanwhileError
    rows = [*reversed(before), *behind[: SHOWN_BEHIND + 1]]
    page = DiscussionPage(comment.discussion, rows)
    page.target = behind[0]
    shown = {row.id for row in rows}
    page.ancestors = [row for row in ancestors_of(comment, now) if row.id not in shown]
    root_id = _root_of(comment)
    thread = f"/comments/{root_id}/thread/"
    if root_id not in shown:
        page.previous_url = f"{thread}#discussion"
        page.previous_label = _("This thread from its beginning")
    if len(behind) > SHOWN_BEHIND + 1:
        page.next_url = f"{thread}?from={behind[-1].id}#discussion"
        page.next_label = _("How this thread goes on, from %(number)s") % {
            "number": behind[-1].number
        }
    return page


def asking_surroundings(comment):
    """Questions that ``load_surroundings`` asks, for who asks others with them."""
    return [
        asking_ancestors(comment),
        _ROOT.asking(discussion_id=comment.discussion_id, tree_id=comment.tree_id),
    ]


def _root_of(comment):
    found = _ROOT(discussion_id=comment.discussion_id, tree_id=comment.tree_id)
    if not found:
        raise MovedMeanwhileError
    return found[0][0]


def _tree(tree_id):
    return Comment.objects.filter(tree_id=tree_id)


_BEHIND = PlannedAnew(
    lambda *, pk, tree_id: (
        _tree(tree_id).not_before(pk).order_by("lft").values_list(*OWN_FIELDS)[: SHOWN_BEHIND + 2]
    )
)
_BEFORE = PlannedAnew(
    lambda *, pk, tree_id: (
        _tree(tree_id).before(pk).order_by("-lft").values_list(*OWN_FIELDS)[:SHOWN_BEFORE]
    )
)
_ALL_BEFORE = PlannedAnew(
    lambda *, pk, tree_id: _tree(tree_id).before(pk).order_by("-lft").values_list("pk")[:PAGE_SIZE]
)
_ROOT = Statement(
    lambda *, discussion_id, tree_id: Thread.objects.filter(
        discussion_id=discussion_id, tree_id=tree_id
    ).values_list("pk")
)


def address_of(comment, order=orders.DEFAULT, *, says_order=False):
    """The address of the page of the whole discussion that shows ``comment``, with its anchor.

    In an order: the page of threads, where it is among those that are shown of its thread, else
    the page on which its thread goes on. ``comment`` has its discussion. At most eight queries,
    whatever the size.
    """
    order = orders.ORDERS[order]
    return settled(lambda: _address_of(comment, order, says_order), comment.refresh_from_db)


def _address_of(comment, order, says_order):
    discussion = comment.discussion
    anchor = f"#c{comment.pk}"
    before = [pk for (pk,) in _ALL_BEFORE(pk=comment.pk, tree_id=comment.tree_id)]
    root_id = _root_of(comment)
    if len(before) < PAGE_SIZE:
        cursor = orders.cursor_of(discussion, order, root_id)
        found = orders.thread_slice(discussion, order, cursor)
        if not found.previous:
            cursor = ""
            found = orders.thread_slice(discussion, order, cursor)
        room = room_of([size for _, _, size in found.threads])
        on_page = any(tree_id == comment.tree_id for _, tree_id, _ in found.threads)
        if on_page and len(before) < room:
            return f"{discussion.url}{query_of(order, cursor, says_order)}{anchor}"
    if not before:
        cursor = orders.cursor_of(discussion, order, root_id)
        return f"{discussion.url}{query_of(order, cursor, says_order)}{anchor}"
    # A little before it, so that it is read in its place.
    start = before[min(SHOWN_BEFORE, len(before)) - 1]
    return f"/comments/{root_id}/thread/?from={start}{anchor}"
