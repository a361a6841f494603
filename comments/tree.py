"""A django-mptt tree with gaps: a reply costs the same in a thread of ten and of ten thousand.

Every top-level comment is the root of one tree that spans ``1 .. SPAN``. A reply takes a share
of the free space behind its parent's last reply, so nobody else's numbers change and only the
parent's row has to be locked (docs/adr/0002). Where a parent has no room left, that one tree is
spread out again. Reads are mptt's: a branch is a range of ``lft``, display order is
``(tree_id, lft)``.
"""

import json
import sqlite3
import time
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.models import Subquery
from django.db.models.expressions import RawSQL
from mptt.managers import TreeManager
from mptt.querysets import TreeQuerySet

# Half of what a signed 64-bit column holds, so that sums of two bounds still fit.
SPAN = 2**62
# mptt takes a left edge of 0 for "not placed yet".
ROOT_LFT = 1
# A node needs two numbers of its own.
LEAST_SHARE = 2
# A tree's number is the millisecond it began (41 bits from 2020 on last until 2089) and the
# discussion's number, so it needs no lock across discussions and sorts by time within one.
_TREE_EPOCH_MS = 1_577_836_800_000
_DISCUSSION_BITS = 22
# Where a comment stands, and what is counted and numbered by that.
PLACE_COLUMNS = (
    "parent_id", "tree_id", "lft", "rght", "free_from", "level", "reply_count", "position",
    "number",
)  # fmt: skip


class TreeError(Exception):
    """Something was asked of a tree that would break it."""


class NoTreeError(TreeError):
    """No comment has this tree's number, or no longer."""


class NoRoomError(TreeError):
    """The parent has no free numbers left: its tree has to be spread out first."""

    def __init__(self, parent_id):
        super().__init__(f"its tree has no room left under comment {parent_id}")
        self.parent_id = parent_id


def share_of(*, free, replies):
    """How many numbers the next reply gets of the ``free`` ones, after ``replies`` before it.

    Shares shrink like 1/(2 + replies), so a first reply gets half and ten thousand replies
    still leave room (measured: 10,000 comments in random trees without one respread).
    Raises nothing; a share below ``LEAST_SHARE`` means there is no room.
    """
    return free // (2 + replies)


def next_tree_id(*, discussion_id, after, now_ms=None):
    """A number for a new tree that is greater than ``after``, the discussion's last one.

    Unique across discussions because their numbers are the low bits; the caller holds the
    discussion's row, so it is unique within one.
    """
    now_ms = time.time_ns() // 1_000_000 if now_ms is None else now_ms
    moment = max(now_ms - _TREE_EPOCH_MS, (after >> _DISCUSSION_BITS) + 1)
    return (moment << _DISCUSSION_BITS) | (discussion_id & ((1 << _DISCUSSION_BITS) - 1))


@dataclass(slots=True)
class Place:
    """Where one comment of a tree stands."""

    lft: int
    rght: int
    free_from: int
    level: int


def spread(children, root):
    """Places for a whole tree, every comment with the same free space behind its replies.

    ``children`` maps a key to the ordered keys of its replies. Returns ``{key: Place}``.
    Iterative, so a chain of any length is fine.
    """
    order = []
    stack = [root]
    while stack:
        key = stack.pop()
        order.append(key)
        stack.extend(reversed(children.get(key, ())))
    slack = (SPAN - 2 * len(order)) // len(order)
    places = {}
    counter = ROOT_LFT
    # A negative step in the stack closes the comment that was opened by the positive one.
    walk = [(root, 0, False)]
    while walk:
        key, level, closing = walk.pop()
        if closing:
            place = places[key]
            place.free_from = counter
            counter += slack
            place.rght = counter
            counter += 1
            continue
        places[key] = Place(lft=counter, rght=0, free_from=0, level=level)
        counter += 1
        walk.append((key, level, True))
        walk.extend((reply, level + 1, False) for reply in reversed(children.get(key, ())))
    places[root].rght = SPAN
    return places


class CommentQuerySet(TreeQuerySet):
    """Comments, with the words that readers of this code look for."""

    def visible(self):
        return self.filter(state="visible")

    def in_display_order(self):
        return self.order_by("tree_id", "lft")

    # Where a comment stands is asked in the statement that needs it: its tree may be spread out
    # anew between two.

    def of_branch(self, comment):
        """The comment itself and everything under it, to look something up in it.

        To read it from an end, ``branch_from`` and ``branch_before``.
        """
        return self.filter(tree_id=comment.tree_id).not_before(comment.pk).within(comment.pk)

    def branch_from(self, comment, start, limit):
        """The first ``limit`` comments of the branch from its comment ``start`` (an id) on."""
        tree = self.filter(tree_id=comment.tree_id)
        return tree.not_before(start).order_by("lft").nearest(limit).within(comment.pk)

    def branch_before(self, comment, start, limit):
        """The last ``limit`` comments of the branch before ``start``, the last one first."""
        tree = self.filter(tree_id=comment.tree_id)
        return tree.before(start).order_by("-lft").nearest(limit).not_before(comment.pk)

    def nearest(self, limit):
        """The first ``limit`` in the order of this queryset, to read any columns of.

        They are chosen by one bound on one side and before anything is joined. SQLite reads all
        that lies within the first bound that it is told, and PostgreSQL takes what lies between
        two for much less than it is: either would read a whole branch to sort it.
        """
        chosen = self.values("pk")[:limit]
        return self.model._default_manager.filter(pk__in=chosen).order_by(*self.query.order_by)

    def within(self, pk):
        """Those that do not stand behind the branch of this comment; see ``not_before``."""
        return self.filter(lft__lte=Subquery(self._alone(pk).values("rght")))

    def not_before(self, pk):
        """Those that do not stand before this comment; only within its own tree that means much."""
        return self.filter(lft__gte=Subquery(self._alone(pk).values("lft")))

    def before(self, pk):
        """Those that stand before this comment; see ``not_before``."""
        return self.filter(lft__lt=Subquery(self._alone(pk).values("lft")))

    def lock_in_order(self, rows=()):
        """Locks these comments behind the ``rows`` that are locked already; returns them all.

        Needs the order of ``pk``. Those that come in while it waits are locked as well, so it
        holds what it has and gains on whoever writes, however fast they are.
        """
        rows = list(rows)
        while later := list(
            self.filter(pk__gt=rows[-1].pk if rows else 0).select_for_update(no_key=True)
        ):
            rows += later
        return rows

    def _alone(self, pk):
        return self.model._base_manager.filter(pk=pk).order_by()

    def above(self, comment, *, nearest):
        """The comments that this one hangs under, at most the ``nearest`` so many, topmost first.

        Goes up from parent to parent: a range of ``lft`` would read everything before it.
        """
        table = connections[self.db].ops.quote_name(self.model._meta.db_table)
        # S608, S611: the table's name is ours, the values are parameters.
        sql = f"""
            WITH RECURSIVE path(id, parent_id, steps) AS (
                SELECT id, parent_id, 0 FROM {table} WHERE id = %s
                UNION ALL
                SELECT above.id, above.parent_id, path.steps + 1 FROM {table} AS above
                JOIN path ON above.id = path.parent_id WHERE path.steps < %s
            )
            SELECT id FROM path WHERE steps > 0
        """  # noqa: S608
        path = RawSQL(sql, [comment.pk, nearest])  # noqa: S611
        return self.filter(pk__in=path).order_by("level")


class CommentManager(TreeManager.from_queryset(CommentQuerySet)):
    """mptt's manager with gap numbering in place of dense numbering."""

    def insert_node(
        self,
        node,
        target,
        position="last-child",
        save=False,
        allow_existing_pk=False,
        refresh_target=True,
    ):
        """Places a new ``node`` as the last reply of ``target``, or as a new tree.

        The caller holds the lock: of ``target``'s row for a reply, of the discussion's row for
        a top-level comment. Sets the numbers on ``node`` and moves ``target.free_from`` and
        ``reply_count`` on (in memory and in the database). Raises ``NoRoomError`` before anything
        is written, ``TreeError`` for any position but the last.
        """
        if position != "last-child":
            raise TreeError("A comment is only ever added as the last reply.")
        self.place_node(node, target)
        if target is not None:
            self.filter(pk=target.pk).update(
                free_from=target.free_from, reply_count=target.reply_count
            )
        if save:
            node.save(force_insert=True)
        return node

    def place_node(self, node, target):
        """Sets the numbers that ``insert_node`` writes, on ``node`` and on ``target``.

        For who writes both themselves; the locks and the errors are the same.
        """
        if target is None:
            node.tree_id = next_tree_id(
                discussion_id=node.discussion_id, after=node.discussion.last_tree_id
            )
            node.lft, node.rght, node.free_from, node.level = ROOT_LFT, SPAN, ROOT_LFT + 1, 0
            node.parent = None
        else:
            free = target.rght - target.free_from
            share = share_of(free=free, replies=target.reply_count)
            if share < LEAST_SHARE:
                raise NoRoomError(target.pk)
            node.tree_id = target.tree_id
            node.lft = target.free_from
            node.rght = target.free_from + share - 1
            node.free_from = node.lft + 1
            node.level = target.level + 1
            node.parent = target
            target.free_from = node.rght + 1
            target.reply_count += 1

    def note_inserted(self, node):
        """For who writes both: mptt's notes of a saved node, or its next ``save()`` is a move."""
        node._mptt_saved = True
        self.model._mptt_meta.update_mptt_cached_fields(node)

    def move_node(self, node, target, position="first-child", **_):
        """Always refused: a comment stays where it was written."""
        raise TreeError("Comments are not moved.")

    def rebuild(self, *args, **kwargs):
        """Always refused: mptt would number the tree densely. ``check_threads --repair``."""
        raise TreeError("Use respread(): dense numbering would break the next reply.")

    partial_rebuild, _move_node = rebuild, move_node

    def lock_tree(self, tree_id):
        """Locks every row of one tree, in the order of their numbers, and returns them.

        Call it with no row of the tree locked yet, or two writers could wait for each other.
        Replies that were committed while this waited are locked behind the others: they are
        numbered under the discussion's lock, so theirs are the highest. Once all rows are held
        no reply can come in, for a reply needs its parent's row. Only where trees were numbered
        anew meanwhile, it lets go and begins again.
        """
        members = self.filter(tree_id=tree_id).order_by("pk")
        while True:
            savepoint = transaction.savepoint(using=self.db)
            rows = members.lock_in_order()
            if members.count() == len(rows):
                transaction.savepoint_commit(savepoint, using=self.db)
                return rows
            transaction.savepoint_rollback(savepoint, using=self.db)

    def respread(self, tree_id):
        """Gives every comment of one tree free space again; parents and order stay as they are.

        Needs a transaction, locks the whole tree (see ``lock_tree``), writes every row once.
        """
        rows = self.lock_tree(tree_id)
        children, root = {}, None
        for row in sorted(rows, key=lambda row: (row.position, row.pk)):
            if row.parent_id is None:
                root = row.pk
            else:
                children.setdefault(row.parent_id, []).append(row.pk)
        if root is None:
            raise NoTreeError(f"tree {tree_id} has no root")
        places = spread(children, root)
        if len(places) != len(rows):
            raise TreeError(f"tree {tree_id} has comments that hang under none of its own")
        for row in rows:
            place = places[row.pk]
            row.lft, row.rght, row.free_from = place.lft, place.rght, place.free_from
            row.level = place.level
        self.write_places(rows)

    def write_places(self, rows):
        """Writes ``PLACE_COLUMNS`` of these rows, in one UPDATE for each portion of them."""
        settings = ", ".join(
            # A column that is NULL in all rows has no type of its own on PostgreSQL.
            f"{name} = CAST(place.{name} AS bigint)" if name == "parent_id" else
            f"{name} = place.{name}"
            for name in PLACE_COLUMNS
        )  # fmt: skip
        names = ("id", *PLACE_COLUMNS)
        for part in self._portions(rows, len(names)):
            # S608: the names are ours, the values are parameters.
            self._execute(
                f"WITH place({', '.join(names)}) AS (VALUES {self._marks(part, names)}) "  # noqa: S608
                f"UPDATE {self._table} SET {settings} FROM place "
                f"WHERE {self._table}.id = place.id",
                [value for row in part for value in (row.pk, *_values(row, PLACE_COLUMNS))],
            )

    def write_words(self, rows):
        """Writes what a comment says, who said it and when."""
        adapt = connections[self.db].ops.adapt_datetimefield_value
        with connections[self.db].cursor() as cursor:
            cursor.executemany(
                f"UPDATE {self._table} SET blocks = %s, text = %s, html = %s, "  # noqa: S608
                "author_id = %s, posted_at = %s, revision = %s WHERE id = %s",
                [
                    (
                        None if row.blocks is None else json.dumps(row.blocks), row.text,
                        row.html, row.author_id, adapt(row.posted_at), row.revision, row.pk,
                    )
                    for row in rows
                ],
            )  # fmt: skip

    def insert_rows(self, rows):
        """Inserts imported comments whose ids and places are known: one INSERT.

        More only where the database takes fewer values in a statement (``_portions``).
        """
        adapt = connections[self.db].ops.adapt_datetimefield_value
        names = (
            "id", *PLACE_COLUMNS, "discussion_id", "author_id", "posted_at", "edited_at",
            "revision", "state", "state_reason", "is_imported", "text", "blocks", "html",
            "submission_key", "arrival", "agree_count",
        )  # fmt: skip
        for part in self._portions(rows, len(names)):
            self._execute(
                f"INSERT INTO {self._table} ({', '.join(names)}) "  # noqa: S608
                f"VALUES {self._marks(part, names)}",
                [
                    value
                    for row in part
                    for value in (
                        row.pk, *_values(row, PLACE_COLUMNS), row.discussion_id, row.author_id,
                        adapt(row.posted_at), None, 1, "visible", "", True, row.text,
                        json.dumps(row.blocks), row.html, None, row.arrival, 0,
                    )
                ],
            )  # fmt: skip

    @property
    def _table(self):
        return connections[self.db].ops.quote_name(self.model._meta.db_table)

    def _portions(self, rows, values_a_row):
        connection = connections[self.db]
        most = len(rows) or 1
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            limit = connection.connection.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
            most = limit // values_a_row
        return (rows[start : start + most] for start in range(0, len(rows), most))

    def _marks(self, rows, names):
        return ", ".join([f"({', '.join(['%s'] * len(names))})"] * len(rows))

    def _execute(self, sql, values):
        with connections[self.db].cursor() as cursor:
            cursor.execute(sql, values)


def _values(row, names):
    return [getattr(row, name) for name in names]
