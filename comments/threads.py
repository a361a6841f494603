"""Proves every tree and every counter of the discussions, and mends what is not as it must be.

The truth is ``parent`` and ``position``; places in the tree, numbers and counters follow from
them. ``check_threads`` is the command.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count

from comments import ranking
from comments.hosting import lock_discussion
from comments.models import Comment, Discussion, Thread, Visit, Vote
from comments.numbering import number_under
from comments.tree import PLACE_COLUMNS, SPAN, next_tree_id, spread

_FIELDS = (
    "pk", "parent_id", "tree_id", "lft", "rght", "free_from", "level", "reply_count",
    "position", "number", "state", "arrival", "agree_count",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it must be. ``comment_id`` is None for a discussion's counter."""

    discussion_id: int
    comment_id: int | None
    what: str

    def __str__(self):
        where = f"discussion {self.discussion_id}"
        if self.comment_id is not None:
            where += f", comment {self.comment_id}"
        return f"{where}: {self.what}"


def check_all():
    """Yields the findings of every discussion, holding one discussion in memory at a time."""
    for discussion in Discussion.objects.order_by("pk").iterator():
        yield from check(discussion)


def check(discussion):
    """The findings of one discussion: a list, empty when all is well. Takes four queries."""
    rows = list(
        Comment.objects.filter(discussion_id=discussion.pk)
        .order_by("tree_id", "lft", "pk")
        .values_list(*_FIELDS, named=True)
    )
    findings = []

    def find(comment_id, what):
        findings.append(Finding(discussion.pk, comment_id, what))

    by_id = {row.pk: row for row in rows}
    replies = defaultdict(list)
    for row in rows:
        replies[row.parent_id].append(row)
        if row.parent_id is None:
            _check_root(row, find)
        elif row.parent_id not in by_id:
            find(row.pk, f"hangs under comment {row.parent_id}, which is not of this discussion")
        else:
            _check_reply(row, by_id[row.parent_id], find)
        if not row.lft < row.free_from <= row.rght:
            find(row.pk, f"free space from {row.free_from} lies outside {row.lft}..{row.rght}")
    for parent_id, siblings in replies.items():
        parent = by_id.get(parent_id)
        if parent_id is None or parent is not None:
            _check_siblings(parent, siblings, find)
    for row in rows:
        if row.reply_count != len(replies.get(row.pk, ())):
            find(row.pk, f"counts {row.reply_count} replies, has {len(replies.get(row.pk, ()))}")
    _check_reached(rows, replies, find)
    _check_counters(discussion, rows, replies, find)
    _check_arrivals(discussion, rows, find)
    _check_votes(discussion, rows, find)
    _check_threads(discussion, rows, find)
    return findings


def _check_root(row, find):
    if row.level != 0:
        find(row.pk, f"is at the top but has level {row.level}")
    if row.rght != SPAN:
        find(row.pk, f"is at the top but ends at {row.rght}")


def _check_reply(row, parent, find):
    if row.tree_id != parent.tree_id:
        find(row.pk, f"is in tree {row.tree_id}, its parent in {parent.tree_id}")
    if row.level != parent.level + 1:
        find(row.pk, f"has level {row.level}, its parent {parent.level}")
    if not parent.lft < row.lft < row.rght < parent.rght:
        find(row.pk, f"{row.lft}..{row.rght} lies outside its parent's {parent.lft}..{parent.rght}")
    elif row.rght >= parent.free_from:
        find(row.pk, f"reaches into its parent's free space from {parent.free_from} on")


def _check_siblings(parent, siblings, find):
    """They follow each other without touching, their positions count from 1, and so on."""
    siblings = sorted(siblings, key=lambda row: (row.position, row.pk))
    previous = None
    for position, row in enumerate(siblings, 1):
        if row.position != position:
            find(row.pk, f"has position {row.position} among its siblings, is number {position}")
        number = number_under(parent.number if parent else "", row.position)
        if row.number != number:
            find(row.pk, f"is numbered {row.number!r}, should be {number!r}")
        if previous is not None:
            if parent is None and row.tree_id <= previous.tree_id:
                find(row.pk, f"has tree {row.tree_id}, not after {previous.tree_id}")
            if parent is not None and row.lft <= previous.rght:
                find(row.pk, f"begins at {row.lft}, before its sibling ends at {previous.rght}")
        previous = row


def _check_reached(rows, replies, find):
    """Every comment hangs, through its parents, under a top-level one: no circles."""
    reached, stack = set(), [row.pk for row in replies.get(None, ())]
    while stack:
        pk = stack.pop()
        reached.add(pk)
        stack.extend(row.pk for row in replies.get(pk, ()))
    for row in rows:
        if row.pk not in reached:
            find(row.pk, "hangs under no top-level comment")


def _check_counters(discussion, rows, replies, find):
    visible = sum(row.state == Comment.State.VISIBLE for row in rows)
    if discussion.comment_count != visible:
        find(None, f"counts {discussion.comment_count} comments, has {visible}")
    if discussion.top_level_count != len(replies.get(None, ())):
        find(
            None,
            f"counts {discussion.top_level_count} top-level comments, "
            f"has {len(replies.get(None, ()))}",
        )
    last = max((row.tree_id for row in rows), default=0)
    if discussion.last_tree_id < last:
        find(None, f"knows trees up to {discussion.last_tree_id}, has {last}")


def _check_arrivals(discussion, rows, find):
    """Each has a number of its own, up to the discussion's; nobody has seen more than came."""
    known = set()
    for row in rows:
        if row.arrival in known or not 0 < row.arrival <= discussion.arrival_count:
            find(row.pk, f"came as number {row.arrival} of {discussion.arrival_count}")
        known.add(row.arrival)
    if discussion.arrival_count != len(rows):
        find(None, f"counts {discussion.arrival_count} arrivals, has {len(rows)} comments")
    ahead = Visit.objects.filter(discussion_id=discussion.pk, latest__gt=discussion.arrival_count)
    for person in ahead.values_list("person_id", flat=True):
        find(None, f"was seen by person {person} beyond its last comment")


def _count_votes(discussion):
    votes = Vote.objects.filter(comment__discussion_id=discussion.pk)
    return dict(votes.values_list("comment_id").annotate(Count("pk")).order_by())


def _check_votes(discussion, rows, find):
    votes = _count_votes(discussion)
    for row in rows:
        if row.agree_count != votes.get(row.pk, 0):
            find(row.pk, f"counts {row.agree_count} votes, has {votes.get(row.pk, 0)}")


def _check_threads(discussion, rows, find):
    """The row of each thread says what its comments say."""
    wanted = ranking.rank_rows(rows)
    present = {each.pk: each for each in Thread.objects.filter(discussion_id=discussion.pk)}
    for pk in wanted.keys() - present.keys():
        find(pk, "is at the top but has no thread")
    for pk in present.keys() - wanted.keys():
        find(pk, "has a thread but is not at the top")
    for pk in present.keys() & wanted.keys():
        for name in ranking.COUNTED:
            was, must = getattr(present[pk], name), getattr(wanted[pk], name)
            if was != must:
                find(pk, f"has a thread with {name} {was}, should be {must}")


def repair(discussion):
    """Works out places, numbers and counters of one discussion again from the parents.

    One transaction; locks the discussion's comments and then its row. A comment whose parent
    is in no tree of this discussion is put at the top level rather than lost. Returns how
    many rows were changed.
    """
    with transaction.atomic():
        discussion, rows = lock_discussion(discussion.pk)
        before = {row.pk: _state(row) for row in rows}
        by_id = {row.pk: row for row in rows}
        children = _children(rows, by_id)
        last = 0
        for position, root in enumerate(children[None], 1):
            row = by_id[root]
            row.parent_id = None
            last = (
                row.tree_id
                if row.tree_id > last
                else next_tree_id(
                    discussion_id=discussion.pk, after=max(last, discussion.last_tree_id)
                )
            )
            _mend_tree(root, position, last, children, by_id)
        changed = [row for row in rows if _state(row) != before[row.pk]]
        Comment.objects.write_places(changed)
        counted = _count_again(discussion, rows)
        discussion.comment_count = sum(row.is_visible for row in rows)
        discussion.top_level_count = len(children[None])
        discussion.last_tree_id = max(last, discussion.last_tree_id)
        discussion.arrival_count = len(rows)
        discussion.version += 1
        discussion.save()
        ranking.rank_again(discussion, rows)
        return len({row.pk for row in (*changed, *counted)})


def _count_again(discussion, rows):
    """Votes and arrivals: who came without a number of their own comes last. Returns the rows."""
    votes = _count_votes(discussion)
    order = sorted(rows, key=lambda row: (row.arrival or len(rows) + 1, row.pk))
    changed = []
    for arrival, row in enumerate(order, 1):
        if (row.arrival, row.agree_count) != (arrival, votes.get(row.pk, 0)):
            row.arrival, row.agree_count = arrival, votes.get(row.pk, 0)
            changed.append(row)
    Comment.objects.bulk_update(changed, ["arrival", "agree_count"], batch_size=500)
    Visit.objects.filter(discussion_id=discussion.pk, latest__gt=len(rows)).update(latest=len(rows))
    Visit.objects.filter(discussion_id=discussion.pk, seen__gt=len(rows)).update(seen=len(rows))
    return changed


def _state(row):
    return [getattr(row, name) for name in PLACE_COLUMNS]


def _children(rows, by_id):
    """Ordered ids of replies by parent id; what hangs in the air or in a circle is at the top."""
    children = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.position, row.pk)):
        children[row.parent_id if row.parent_id in by_id else None].append(row.pk)
    roots = sorted(children[None], key=lambda pk: (by_id[pk].tree_id, pk))
    reached = set()

    def reach(pk):
        stack = [pk]
        while stack:
            pk = stack.pop()
            reached.add(pk)
            stack.extend(reply for reply in children.get(pk, ()) if reply not in reached)

    for root in roots:
        reach(root)
    for row in sorted(rows, key=lambda row: row.pk):
        if row.pk not in reached:
            children[row.parent_id].remove(row.pk)
            roots.append(row.pk)
            reach(row.pk)
    children[None] = roots
    return children


def _mend_tree(root, position, tree_id, children, by_id):
    places = spread(children, root)
    stack = [(root, position, "")]
    while stack:
        pk, position, above = stack.pop()
        row, place, replies = by_id[pk], places[pk], children.get(pk, ())
        row.tree_id, row.level, row.position = tree_id, place.level, position
        row.number, row.reply_count = number_under(above, position), len(replies)
        row.lft, row.rght, row.free_from = place.lft, place.rght, place.free_from
        stack.extend((reply, place, row.number) for place, reply in enumerate(replies, 1))
