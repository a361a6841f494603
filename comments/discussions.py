"""READ: the pages of a discussion: its threads in an order.

The comments of a thread are one sequence, ``(tree_id, lft)``, that never changes its order. A
page shows threads from their beginnings, as much of each as there is room for; where a thread
goes on, a page of its own takes it up at the next comment. So whoever follows the links meets
every comment once, whatever the shape of the trees.
"""

from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.statements import Statement, assemble, columns_of, forget_answers
from comments import orders
from comments.admission import closed_reason_of
from comments.models import Comment, Discussion, Thread
from comments.parts import are_new
from comments.rows import (
    FIELDS,
    FULL_FIELDS,
    OWN_FIELDS,
    OWN_FULL_FIELDS,
    Row,
    asking_full_rows,
    make_rows,
    read_full_rows,
    read_rows,
    with_authors,
)
from comments.wording import count_label

# Comments on one page, whatever it shows: a few screens of talk, and a page that stays light.
PAGE_SIZE = 200


@dataclass(slots=True)
class DiscussionPage:
    """What one page of a discussion shows, and where the pages around it are.

    ``continued`` says where threads go on that the page does not show to their end:
    ``{tree_id: (root id, next comment's id, how many more)}``.
    """

    discussion: Discussion
    rows: list[Row]
    order: orders.Order | None = None
    continued: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    next_url: str = ""
    next_fragment: str = ""
    next_label: str = ""
    previous_url: str = ""
    previous_label: str = ""
    canonical: str = ""
    branch_of: Row | None = None
    target: Row | None = None
    ancestors: list[Row] = field(default_factory=list)

    @property
    def discussion_key(self):
        """The discussion's number as text: a template would ask for its local form."""
        return str(self.discussion.pk)

    @property
    def arrivals_key(self):
        return str(self.discussion.arrival_count)

    @property
    def total(self):
        return self.discussion.comment_count

    @property
    def total_label(self):
        return count_label(self.total, "comment")

    @property
    def is_open(self):
        return self.discussion.is_open

    @property
    def closed_reason(self):
        return closed_reason_of(self.discussion)

    @property
    def frame_version(self):
        """What changes whenever anything but the comments does."""
        return (
            self.discussion.title, self.discussion.url, self.total, self.is_open,
            self.closed_reason, self.discussion.arrival_count, self.order and self.order.name,
            self.next_url, self.next_label, self.previous_url, self.previous_label,
            self.canonical,
        )  # fmt: skip

    @property
    def version(self):
        """What changes whenever those not signed in are shown something else."""
        around = [row for row in (self.branch_of, self.target) if row is not None]
        return (
            *self.frame_version,
            *self.continued.items(),
            *(row.version for row in (*self.rows, *around, *self.ancestors)),
        )


def discussion_of(pk):
    """The discussion with this number; raises ``Discussion.DoesNotExist``."""
    return Discussion.objects.get(pk=pk)


def comment_of(pk):
    """The comment with its author and discussion, in one query; raises ``Comment.DoesNotExist``."""
    found = _COMMENT(pk=pk)
    if not found:
        raise Comment.DoesNotExist
    return assemble(found[0], Comment, **_RELATED)


def _comment_of(*, pk):
    columns = columns_of(Comment)
    for name, model in _RELATED.items():
        columns += columns_of(model, f"{name}__")
    return Comment.objects.filter(pk=pk).values_list(*columns)


_RELATED = {name: Comment._meta.get_field(name).related_model for name in ("author", "discussion")}
_COMMENT = Statement(_comment_of)


def asking_row(pk):
    """The question that ``row_of`` asks."""
    return asking_full_rows([pk])


def row_of(pk):
    """One comment with its words, for a page that shows it alone; one query."""
    (row,) = read_full_rows([pk], timezone.now())
    return row


class MovedMeanwhileError(Exception):
    """What a page was about is no longer where its first query found it."""


# An import that puts new threads among the old ones, and a repair, number trees anew. Who reads
# just then reads once more; more often than this nobody is that unlucky.
_TRIES = 3


def settled(read, again):
    """``read()``; where everything was numbered anew between its queries, ``again()`` first."""
    for _attempt in range(_TRIES - 1):
        try:
            return read()
        except (MovedMeanwhileError, Thread.DoesNotExist):
            forget_answers()
            again()
    return read()


def load(discussion, *, order=orders.DEFAULT, cursor="", says_order=False):
    """A page of threads in one of ``orders.ORDERS``: at most ``PAGE_SIZE`` comments.

    ``cursor`` is where it begins (``orders``), "" for the first page. ``says_order`` makes every
    address name its order: for who is signed in, one without it means the order they like.
    Three queries for a first page and five for another, whatever the size of the discussion.
    """
    order = orders.ORDERS[order]
    return settled(lambda: _load(discussion, order, cursor, says_order), discussion.refresh_from_db)


def _load(discussion, order, cursor, says_order):
    def query(cursor):
        return query_of(order, cursor, says_order)

    def address(cursor):
        return f"{discussion.url}{query(cursor)}#discussion"

    found = orders.thread_slice(discussion, order, cursor)
    room = room_of([size for _, _, size in found.threads])
    rows, continued = _beginnings(found.threads, room)
    page = DiscussionPage(discussion, rows, order, continued)
    page.canonical = discussion.url
    if found.next:
        page.next_url = address(found.next)
        page.next_fragment = f"/discussions/{discussion.pk}/page/{query(found.next)}"
        page.next_label = _("More comments")
    if found.previous is not None:
        page.previous_url = address(found.previous)
        page.previous_label = (
            _("Comments before these") if found.previous else _("The first comments")
        )
        # What ranks changes with the votes; time does not, so those pages can be found again.
        if not order.rank:
            page.canonical = f"{discussion.url}{query_of(order, cursor)}"
    return page


def fits_on_a_page(discussion):
    """Whether the first page shows all of it, tombstones too, in any order."""
    return (
        discussion.arrival_count <= PAGE_SIZE
        and discussion.top_level_count <= orders.THREADS_A_PAGE
    )


def query_of(order, cursor="", says_order=False):
    """The query of a page: nothing for the first one in the order that everybody gets."""
    wanted = {}
    if says_order or order.name != orders.DEFAULT:
        wanted["order"] = order.name
    if cursor:
        wanted["from"] = cursor
    return f"?{urlencode(wanted)}" if wanted else ""


def room_of(sizes):
    """The most comments that each of these threads may show, so that all fit on one page.

    >>> room_of([3, 500, 500])
    98
    """
    left, room = PAGE_SIZE, PAGE_SIZE
    for place, size in enumerate(sorted(sizes)):
        room = left // (len(sizes) - place)
        if size > room:
            return room
        left -= size
    return max(room, 1)


def _beginnings(threads, room):
    """The first ``room`` comments of each thread, in the threads' order, and where they go on."""
    if not threads:
        return [], {}
    long = [root_id for root_id, _, size in threads if size > room]
    cuts = dict(_CUTS(room, roots=long)) if long else {}
    cuts = {tree_id: cut for tree_id, cut in cuts.items() if cut is not None}
    by_tree = {tree_id: [] for _, tree_id, _ in threads}
    if not cuts.keys() <= by_tree.keys():
        raise MovedMeanwhileError
    in_full = are_new(by_tree)
    if cuts:
        whole = [tree_id for tree_id in by_tree if tree_id not in cuts]
        fields = OWN_FULL_FIELDS if in_full else OWN_FIELDS
        found = _BEGINNINGS(fields, whole=whole, cut=list(cuts), at=list(cuts.values()))
        values = with_authors(found)
    else:
        fields = FULL_FIELDS if in_full else FIELDS
        values = _BEGINNINGS(fields, whole=list(by_tree), cut=[], at=[])
    now = timezone.now()
    for row in make_rows(values, now):
        by_tree[row.tree_id].append(row)
    rows, continued = [], {}
    for root_id, tree_id, size in threads:
        found = by_tree[tree_id]
        # What has come since the threads were read is not of the two hundred: it is a link away.
        fitting = min(size, room)
        if len(found) <= fitting < size:
            # Spread out between the two queries: its comments no longer stand where it was cut.
            anew = Comment.objects.filter(tree_id=tree_id).order_by("lft")[: fitting + 1]
            found = read_rows(anew, now)
        if len(found) < fitting:
            raise MovedMeanwhileError
        rows.extend(found[:fitting])
        if len(found) > fitting:
            continued[tree_id] = (root_id, found[fitting].id, max(size - fitting, 1))
    return rows, continued


def _cuts(room, *, roots):
    """Where in each thread the first ``room`` comments end."""
    behind = Comment.objects.filter(tree_id=OuterRef("tree_id")).order_by("lft").values("lft")
    threads = Thread.objects.filter(pk__in=roots).annotate(cut=Subquery(behind[room : room + 1]))
    return threads.values_list("tree_id", "cut")


def _beginning_comments(fields, *, whole, cut, at):
    """These trees as a whole, and of those that are cut one comment more than is shown."""
    shown = Q(tree_id__in=whole)
    for tree_id, lft in zip(cut, at, strict=True):
        shown |= Q(tree_id=tree_id, lft__lte=lft)
    return Comment.objects.filter(shown).order_by("tree_id", "lft").values_list(*fields)


_CUTS = Statement(_cuts)
_BEGINNINGS = Statement(_beginning_comments)


def arrived_since(discussion, arrival, limit):
    """Comments that came after ``arrival``, in the order in which they came: at most ``limit``."""
    came = Comment.objects.filter(discussion_id=discussion.pk, arrival__gt=arrival)
    return read_rows(came.order_by("arrival")[:limit], timezone.now())


def exported(discussion):
    """Every comment in display order, for exporters: yields
    ``(level, handle, real_name, posted_at, state, blocks)`` with the export schema's blocks.

    What was taken down comes without its words. One query, read in portions.
    """
    comments = (
        Comment.objects.filter(discussion_id=discussion.pk)
        .order_by("tree_id", "lft")
        .values_list(
            "level", "author__handle", "author__real_name", "posted_at", "state", "blocks", "text"
        )
    )
    for level, handle, real_name, posted_at, state, blocks, text in comments.iterator():
        if state != Comment.State.VISIBLE:
            blocks = []
        elif blocks is None:
            blocks = [{"type": "text", "text": text}]
        yield level, handle, real_name, posted_at, state, blocks
