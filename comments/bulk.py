"""WRITE: whole discussions at once, for importers: one INSERT a tree level, not one a comment.

A first import and the import of a longer version of the same page are the same call: what is
in the portal already is matched, what is new is added, what changed is updated, and what the
portal's own readers wrote is never touched.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.db.models import Max

from comments import markup, ranking, search_index
from comments.hosting import lock_discussion
from comments.matching import Matching
from comments.models import Comment, Discussion, ModerationEntry, Thread
from comments.numbering import number_under
from comments.tree import PLACE_COLUMNS, next_tree_id, spread

_COUNTERS = (
    "comment_count", "top_level_count", "arrival_count", "last_tree_id", "last_posted_at",
    "version",
)  # fmt: skip
_WORDS = ("blocks", "text", "html", "author_id", "posted_at", "revision")


@dataclass(slots=True, eq=False)
class BulkComment:
    """A comment to be imported, with its replies.

    ``blocks`` are the export schema's; a quote in them may carry the key ``"of"`` with the
    BulkComment that it quotes, which becomes a link. ``pk`` is set by ``merge``.
    """

    author_id: int
    posted_at: datetime
    blocks: list
    children: list = field(default_factory=list)
    pk: int | None = None


@dataclass(slots=True)
class MergeReport:
    """What ``merge`` did, in comments. ``kept`` are in the portal but no longer on the page."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    edited_here: int = 0


def merge(discussion, threads):
    """Brings the ``threads`` of a saved page (a list of BulkComment) into ``discussion``.

    Order among the page's comments is the page's; readers' comments stay behind the sibling
    that they stood behind. Needs a transaction; locks the comments' rows in the order of
    their numbers, then the discussion's, as every writer here does. Returns a ``MergeReport``.
    Raises ``OperationalError`` if readers keep posting faster than it can lock.
    """
    discussion, present = lock_discussion(discussion.pk)
    merging = _Merge(discussion, threads, present)
    merging.match()
    merging.assign_ids()
    merging.arrange()
    return merging.write()


def fill(pairs):
    """Brings comments into many discussions that have none yet: ``(discussion, threads)`` each.

    For whole sites, and for demonstrations. Needs the transaction in which the discussions were
    made, so that nobody else knows of them; locks nothing. One INSERT for each level and portion
    of them, and three statements more. Returns how many comments were added.
    """
    merges = [_Merge(discussion, threads, ()) for discussion, threads in pairs]
    ids = iter(_next_ids(sum(len(merging.parents) for merging in merges)))
    levels, threads = defaultdict(list), []
    for merging in merges:
        merging.assign_ids(ids)
        merging.arrange()
        rows, trees = merging.place()
        for row in rows.values():
            levels[row.level].append(row)
        merging.count(trees, len(rows), max((row.posted_at for row in rows.values()), default=None))
        threads += ranking.threads_of(merging.discussion, rows.values())
    for level in sorted(levels):
        Comment.objects.insert_rows(levels[level])
        search_index.index_comments(levels[level])
    Discussion.objects.bulk_update(
        [merging.discussion for merging in merges], [*_COUNTERS, "ranked_from"], batch_size=250
    )
    Thread.objects.bulk_create(threads, batch_size=500)
    return sum(map(len, levels.values()))


def _walk(threads):
    """Every BulkComment with its parent, in page order; iterative, for chains of any length."""
    stack = [(comment, None) for comment in reversed(threads)]
    while stack:
        comment, parent = stack.pop()
        yield comment, parent
        stack.extend((reply, comment) for reply in reversed(comment.children))


@dataclass(slots=True)
class _NewComment:
    """A row to be inserted: a tenth of what it costs to make a model of it."""

    pk: int
    discussion_id: int
    author_id: int = 0
    posted_at: datetime | None = None
    blocks: list | None = None
    text: str = ""
    html: str = ""
    parent_id: int | None = None
    tree_id: int = 0
    lft: int = 0
    rght: int = 0
    free_from: int = 0
    level: int = 0
    reply_count: int = 0
    position: int = 0
    number: str = ""
    arrival: int = 0
    state: str = Comment.State.VISIBLE
    agree_count: int = 0


class _Merge:
    """One run of ``merge``, step by step: match, assign_ids, arrange, write."""

    def __init__(self, discussion, threads, present):
        self.discussion = discussion
        self.threads = threads
        self.present = {row.pk: row for row in present}
        self.before = {
            row.pk: (_values(row, PLACE_COLUMNS), _values(row, _WORDS)) for row in present
        }
        self.parents = dict(_walk(threads))
        self.matched = {}
        self.new = []
        # Ordered ids of replies by parent id; None holds the top level.
        self.children = defaultdict(list)
        self.reordered = set()
        self.moved = set()

    def match(self):
        present = self.present.values()
        edited = [row.pk for row in present if row.is_imported and row.blocks is None]
        self.matched = Matching(
            self.threads, self.parents, present, _first_blocks(edited) if edited else {}
        ).run()

    def assign_ids(self, ids=None):
        """Numbers the new comments ahead, so that parents and quotations are known at once."""
        self.new = [comment for comment in self.parents if comment.pk is None]
        ids = iter(_next_ids(len(self.new))) if ids is None else ids
        for comment in self.new:
            comment.pk = next(ids)

    def arrange(self):
        """Orders every list of replies: the page's order, readers' own behind their neighbour."""
        on_page = defaultdict(list)
        for comment, parent in self.parents.items():
            parent_pk = parent.pk if parent else None
            on_page[parent_pk].append(comment.pk)
            row = self.matched.get(comment)
            if row is not None and row.parent_id != parent_pk:
                self.moved.add(row.pk)
        here = defaultdict(list)
        for row in sorted(self.present.values(), key=lambda each: (each.position, each.pk)):
            here[row.parent_id].append(row.pk)
        for parent_pk in {*on_page, *here}:
            staying = [pk for pk in here[parent_pk] if pk not in self.moved]
            order = _interleave(on_page[parent_pk], staying)
            self.children[parent_pk] = order
            if order != here[parent_pk]:
                self.reordered.add(parent_pk)
                known = set(staying)
                now = (pk for pk in order if pk in known)
                self.moved.update(pk for pk, was in zip(now, staying, strict=True) if pk != was)

    def place(self):
        """Places and numbers everything; returns the rows and the trees' numbers, by id."""
        rows = dict(self.present)
        for arrival, comment in enumerate(self.new, self.discussion.arrival_count + 1):
            rows[comment.pk] = self._new_row(comment, arrival)
        trees = self._tree_ids()
        for position, (root, tree_id) in enumerate(trees.items(), 1):
            self._place_tree(root, position, tree_id, rows)
        return rows, trees

    def write(self):
        """Places, numbers and stores everything; the counters last. Returns the report."""
        rows, trees = self.place()
        report = MergeReport(added=len(self.new))
        self._take_over_words(report)
        imported = sum(row.is_imported for row in self.present.values())
        report.kept = imported - len(self.matched)
        self._store(rows)
        if report.added or report.updated or self.reordered:
            self._count(trees)
            ranking.rank_again(self.discussion, rows.values())
        return report

    def _tree_ids(self):
        """A number for each tree by its root, rising in the order of the page.

        Trees that are here keep theirs as long as new ones only follow behind them; a new
        one among them makes all be numbered anew.
        """
        roots = self.children[None]
        kept = [row.tree_id for pk in roots if (row := self.present.get(pk)) and row.level == 0]
        leading = [
            pk for pk in roots[: len(kept)] if pk in self.present and self.present[pk].level == 0
        ]
        keeps = len(leading) == len(kept) and kept == sorted(kept)
        trees, last = {}, self.discussion.last_tree_id
        for index, pk in enumerate(roots):
            if keeps and index < len(kept):
                trees[pk] = kept[index]
            else:
                last = next_tree_id(discussion_id=self.discussion.pk, after=last)
                trees[pk] = last
        return trees

    def _place_tree(self, root, position, tree_id, rows):
        """Numbers one tree; spreads it out only when something in it is new or moved."""
        grew = False
        stack = [(root, None, position, "", 0)]
        while stack:
            pk, parent_pk, position, above, level = stack.pop()
            row = rows[pk]
            grew = grew or pk not in self.present or pk in self.reordered
            row.parent_id, row.position, row.level = parent_pk, position, level
            row.tree_id = tree_id
            row.number = number_under(above, position)
            replies = self.children.get(pk, ())
            row.reply_count = len(replies)
            stack.extend(
                (reply, pk, place, row.number, level + 1) for place, reply in enumerate(replies, 1)
            )
        if grew:
            for pk, place in spread(self.children, root).items():
                row = rows[pk]
                row.lft, row.rght, row.free_from = place.lft, place.rght, place.free_from

    def _new_row(self, comment, arrival):
        row = _NewComment(comment.pk, self.discussion.pk, arrival=arrival)
        _take_words(row, comment)
        return row

    def _take_over_words(self, report):
        """Takes what the page says now, but not over what its author changed here."""
        for comment, row in self.matched.items():
            if row.edited_at is not None:
                report.edited_here += 1
                continue
            _take_words(row, comment)
            mended = self.before[row.pk][1] != _values(row, _WORDS)
            row.revision += mended
            if mended or row.pk in self.moved:
                report.updated += 1
            else:
                report.unchanged += 1

    def _store(self, rows):
        levels = defaultdict(list)
        for comment in self.new:
            row = rows[comment.pk]
            levels[row.level].append(row)
        for level in sorted(levels):
            Comment.objects.insert_rows(levels[level])
        search_index.index_comments(rows[comment.pk] for comment in self.new)
        before = self.before
        present = self.present.values()
        Comment.objects.write_places(
            [row for row in present if _values(row, PLACE_COLUMNS) != before[row.pk][0]]
        )
        changed = [row for row in present if _values(row, _WORDS) != before[row.pk][1]]
        Comment.objects.write_words(changed)
        moment = _WORDS.index("posted_at")
        search_index.forget_places((before[row.pk][1][moment], row.pk) for row in changed)
        search_index.index_comments(changed)

    def _count(self, trees):
        comments = Comment.objects.filter(discussion_id=self.discussion.pk)
        visible = comments.filter(state=Comment.State.VISIBLE).count()
        self.count(trees, visible, comments.aggregate(last=Max("posted_at"))["last"])
        self.discussion.save()

    def count(self, trees, visible, last_posted_at):
        """Moves the discussion's counters on, not yet in the database."""
        discussion = self.discussion
        discussion.comment_count = visible
        discussion.top_level_count = len(trees)
        discussion.arrival_count += len(self.new)
        discussion.last_tree_id = max(trees.values(), default=discussion.last_tree_id)
        discussion.last_posted_at = last_posted_at
        discussion.version += 1


def _values(row, names):
    return [getattr(row, name) for name in names]


def _first_blocks(pks):
    """What imported comments said before their authors first edited them here, by id."""
    edits = ModerationEntry.objects.filter(comment_id__in=pks, act=ModerationEntry.Act.EDIT)
    first = {}
    for pk, before in edits.order_by("-id").values_list("comment_id", "before"):
        first[pk] = before.get("blocks") or first.get(pk)
    return first


def _interleave(page, here):
    """The page's order; what only stands ``here`` stays behind the sibling it stood behind.

    >>> _interleave(["a", "b", "new"], ["a", "b", "reader"])
    ['a', 'b', 'reader', 'new']
    """
    on_page = set(page)
    behind = defaultdict(list)
    neighbour = None
    for pk in here:
        if pk in on_page:
            neighbour = pk
        else:
            behind[neighbour].append(pk)
    order = list(behind[None])
    for pk in page:
        order.append(pk)
        order.extend(behind.get(pk, ()))
    return order


def _next_ids(count):
    """``count`` unused comment ids, rising. On SQLite the writer's lock makes them ours."""
    table = Comment._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [table, count],
            )
            return sorted(pk for (pk,) in cursor.fetchall())
        cursor.execute("SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s", [table])
        first = cursor.fetchone()[0] + 1
        return range(first, first + count)


def _take_words(row, comment):
    row.author_id = comment.author_id
    row.posted_at = comment.posted_at
    row.blocks = [_stored(block) for block in comment.blocks]
    row.text = "\n\n".join(block["text"] for block in row.blocks if block["type"] == "text")
    row.html = markup.render_blocks(row.blocks, permalink=permalink_of)


def permalink_of(pk):
    return f"/comments/{pk}/"


def _stored(block):
    """A block as it is kept: a quotation's ``"of"`` has become the id of what it quotes."""
    if block["type"] != "quote":
        return block
    stored = {key: block[key] for key in ("type", "author", "text")}
    stored["inner"] = [_stored(each) for each in block.get("inner", ())]
    if block.get("of") is not None:
        stored["source"] = block["of"].pk
    return stored
