"""READ: the threads of a discussion, 25 a page, in four orders, by cursors that stay right.

A cursor is where a page begins. Threads keep their place in "oldest" and "newest" for good, so
there it is a thread's number. In "best" and "discussed" they move as people vote and answer: a
cursor there also says in which version of the discussion the reader began, and every page is
made as the threads ranked in that version, by what ``ThreadMove`` has kept. So nobody who goes
on from page to page misses a thread that was there, or meets one twice (docs/adr/0007).
"""

import re
from dataclasses import dataclass, replace

from django.db.models import BooleanField, F, Func, Min, Subquery
from django.utils.translation import gettext_lazy

from accounts.statements import Statement
from comments.models import Comment, Thread, ThreadMove

# Threads on a page: as many as people read before they choose to go on.
THREADS_A_PAGE = 25
# Threads that moved since a reader began are read again for every page they open. Who comes back
# to a page after more of them have begins with today's order.
MOST_MOVES = 1_000
DEFAULT = "oldest"

# A thread's number; in an order that ranks also its tree, its rank, and the version it had it in.
_CURSOR = re.compile(r"([0-9]{1,18})(?:-([0-9]{1,18})-([0-9]{1,10})-([0-9]{1,18}))?")


@dataclass(frozen=True, slots=True)
class Order:
    """``rank`` is the column of ``Thread`` by which it ranks, or "" for time alone."""

    name: str
    label: str
    rank: str = ""
    newest_first: bool = True

    @property
    def columns(self):
        return (self.rank, "tree_id") if self.rank else ("tree_id",)


ORDERS = {
    order.name: order
    for order in (
        Order("oldest", gettext_lazy("Oldest"), newest_first=False),
        Order("newest", gettext_lazy("Newest")),
        Order("best", gettext_lazy("Best"), "best"),
        Order("discussed", gettext_lazy("Most discussed"), "visible_replies"),
    )
}


@dataclass(slots=True)
class ThreadSlice:
    """The threads of one page: ``(root id, tree_id, size)`` each, and the cursors beside it.

    ``previous`` is None on the first page and "" where the page before is the first one.
    """

    threads: list[tuple[int, int, int]]
    next: str = ""
    previous: str | None = None


def thread_slice(discussion, order, cursor=""):
    """The page of threads that begins at ``cursor``; a cursor never given out begins anew.

    ``order`` is one of ``ORDERS``. One query for a first page, two at most for another,
    whatever the size of the discussion.
    """
    place = _place_of(order, cursor)
    if place is None:
        return _first(discussion, order)
    found = (_ranked if order.rank else _by_time)(discussion, order, place)
    return found if found.threads else _first(discussion, order)


def cursor_of(discussion, order, root_id):
    """The cursor of a page that begins at this thread."""
    if not order.rank:
        return str(root_id)
    thread = Thread.objects.filter(pk=root_id).values_list("tree_id", order.rank).get()
    return _ranked_cursor((root_id, thread[0], 0, thread[1]), discussion.version)


def _ranked_cursor(thread, version):
    return f"{thread[0]}-{thread[1]}-{thread[3]}-{version}"


@dataclass(frozen=True, slots=True)
class _Place:
    root_id: int
    tree_id: int = 0
    value: int = 0
    version: int = 0


def _place_of(order, cursor):
    found = _CURSOR.fullmatch(cursor)
    if not found or bool(order.rank) != bool(found[2]):
        return None
    return _Place(*(int(part) for part in found.groups() if part))


def _first(discussion, order):
    found = _FIRST(order.name, discussion_id=discussion.pk)
    page = ThreadSlice([each[:3] for each in found[:THREADS_A_PAGE]])
    if len(found) > THREADS_A_PAGE:
        following = found[THREADS_A_PAGE]
        page.next = _ranked_cursor(following, following[4]) if order.rank else str(following[0])
    return page


def asking_first(discussion, order):
    """The question that ``thread_slice`` asks for a first page; ``order`` is the name of one."""
    return _FIRST.asking(order, discussion_id=discussion.pk)


def _first_threads(name, *, discussion_id):
    order = ORDERS[name]
    threads = _nearest(Thread.objects.filter(discussion_id=discussion_id), order, "at or after")
    # The version in the same statement: no thread moves between it and the order.
    return threads.values_list(
        "root_id", "tree_id", "size", order.rank or "tree_id", "discussion__version"
    )[: THREADS_A_PAGE + 1]


_FIRST = Statement(_first_threads)


def _by_time(discussion, order, place):
    found = _AROUND_ROOT(order.name, discussion_id=discussion.pk, pk=place.root_id)
    found.sort(key=lambda each: each[1], reverse=order.newest_first)
    # The place itself is the first one at or after it.
    begins = next((at for at, each in enumerate(found) if each[0] == place.root_id), None)
    if begins is None:
        # No top-level comment: the page begins at the thread that it belongs to.
        trees = Comment.objects.filter(pk=place.root_id, discussion_id=discussion.pk)
        tree_id = trees.values_list("tree_id", flat=True).first()
        begins = next((at for at, each in enumerate(found) if each[1] == tree_id), len(found))
    return _slice(found[begins:], found[:begins][::-1], lambda thread: str(thread[0]))


def _ranked(discussion, order, place):
    version = discussion.version
    if discussion.ranked_from <= place.version <= version:
        version = place.version
    here = (place.value, place.tree_id)
    found = _AROUND_RANK(
        order.name,
        discussion_id=discussion.pk,
        version=version,
        value=place.value,
        tree_id=place.tree_id,
    )
    # Read last, so that what moved while this was reading is found here in its old place.
    moved = _first_moves(discussion, order, version)
    if moved is None:
        if version == discussion.version:
            moved = {}
        else:
            return _ranked(discussion, order, replace(place, version=discussion.version))
    by_id = {each[0]: each for each in (*moved.values(), *found)}
    ordered = sorted(by_id.values(), key=lambda each: (each[3], each[1]), reverse=True)
    begins = sum((each[3], each[1]) > here for each in ordered)
    return _slice(
        ordered[begins:],
        ordered[:begins][::-1],
        lambda thread: _ranked_cursor(thread, version),
    )


def _slice(forward, earlier, cursor):
    """A page from what lies at or after its beginning, and before it, the nearest first."""
    page = ThreadSlice([each[:3] for each in forward[:THREADS_A_PAGE]])
    if len(forward) > THREADS_A_PAGE:
        page.next = cursor(forward[THREADS_A_PAGE])
    page.previous = _previous(earlier, cursor)
    return page


def _previous(earlier, cursor):
    """The cursor of the page before, from the threads before this one, the nearest first."""
    if not earlier:
        return None
    if len(earlier) <= THREADS_A_PAGE:
        return ""
    return cursor(earlier[THREADS_A_PAGE - 1])


def _nearest(threads, order, side):
    """The threads in the order, or against it for those that lie "before" a place."""
    sign = "-" if order.newest_first == (side == "at or after") else ""
    return threads.order_by(*(f"{sign}{column}" for column in order.columns))


def _around(threads, order, here):
    """``(root id, tree_id, size, value)``: a page on either side of a place, in no order."""
    operators = ("<=", ">") if order.newest_first else (">=", "<")
    sides = [
        _nearest(threads.filter(RowCompare(order.columns, operator, here)), order, side).values(
            "pk"
        )[: THREADS_A_PAGE + 1]
        for operator, side in zip(operators, ("at or after", "before"), strict=True)
    ]
    # Not ``pk__in`` the one or the other: PostgreSQL goes through all threads for an OR of two.
    columns = ("root_id", "tree_id", "size", order.rank or "discussion_id")
    at_or_after, before = (
        Thread.objects.filter(pk__in=side).values_list(*columns) for side in sides
    )
    return at_or_after.union(before, all=True)


def _around_root(name, *, discussion_id, pk):
    trees = Comment.objects.filter(pk=pk, discussion_id=discussion_id)
    threads = Thread.objects.filter(discussion_id=discussion_id)
    return _around(threads, ORDERS[name], (Subquery(trees.values("tree_id")),))


def _around_rank(name, *, discussion_id, version, value, tree_id):
    unmoved = Thread.objects.filter(discussion_id=discussion_id, moved_in__lte=version)
    return _around(unmoved, ORDERS[name], (value, tree_id))


_AROUND_ROOT, _AROUND_RANK = Statement(_around_root), Statement(_around_rank)


def _first_moves(discussion, order, version):
    """How the threads that moved after ``version`` stood in it, by root id.

    None where more threads have moved than is worth reading. Those that began later are left
    out. A version is of one move, so a thread's first one is told by its number.
    """
    found = _MOVES(order.rank, discussion_id=discussion.pk, version=version)
    return None if len(found) > MOST_MOVES else {move[0]: move for move in found}


def _moves(rank, *, discussion_id, version):
    moves = ThreadMove.objects.filter(discussion_id=discussion_id)
    since = moves.filter(version__gt=version)
    first = since.order_by().values("thread_id").annotate(first=Min("version")).values("first")
    found = moves.filter(version__in=first, thread__began_in__lte=version)
    return found.values_list("thread_id", "thread__tree_id", "thread__size", rank)[: MOST_MOVES + 1]


_MOVES = Statement(_moves)


class RowCompare(Func):
    """``(a, b) <= (1, 2)``: one range of an index over both columns, on both databases."""

    output_field = BooleanField()

    def __init__(self, columns, operator, values):
        self.operator = operator
        self.width = len(columns)
        super().__init__(*map(F, columns), *values)

    def as_sql(self, compiler, connection, **_):
        parts, params = [], []
        for expression in self.get_source_expressions():
            sql, values = compiler.compile(expression)
            parts.append(sql)
            params.extend(values)
        left, right = ", ".join(parts[: self.width]), ", ".join(parts[self.width :])
        return f"({left}) {self.operator} ({right})", params
