"""WRITE: how threads rank, kept on rows of their own as comments come, go and are voted on.

Whoever calls this holds the discussion's row, so the rows here need no lock of their own, and
the discussion's version says in which order their changes were seen.
"""

from collections import defaultdict
from datetime import timedelta
from math import sqrt

from django.db.models import F, Max
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.statements import Change, Insertion, Instances
from accounts.together import write_together
from comments.locking import lock_discussion
from comments.models import Discussion, Thread, ThreadMove

# 95 % confidence, as Evan Miller's "How not to sort by average rating" and most sites have it.
_Z = 1.96
# "best" is stored in billionths: whole numbers compare alike on every database.
_UNIT = 1_000_000_000
# A reader who goes through a discussion page by page meets the order in which they began for
# this long; nobody reads on for longer without beginning again.
MOVES_KEPT = timedelta(hours=2)
# Old moves are cleared away by every so manieth change: a short delete now and then.
_CLEARED_EVERY = 256
# Rows in one statement of a bulk act: each is a CASE in it, which databases read in quadratic time.
_AT_ONCE = 250


def wilson_lower_bound(positive, total):
    """The lower bound of the Wilson score interval of a share, from 0 to 1.

    With ``positive`` of ``total`` votes, the share of all readers who would agree is, with 95 %
    confidence, at least this (Wilson 1927). 0 without votes.
    """
    if not total:
        return 0.0
    share, z2 = positive / total, _Z * _Z
    centre = share + z2 / (2 * total)
    spread = _Z * sqrt((share * (1 - share) + z2 / (4 * total)) / total)
    return max(0.0, (centre - spread) / (1 + z2 / total))


def best_of(agree_count):
    """What "best" ranks a comment by; whoever votes agrees, so all votes are positive."""
    return round(wilson_lower_bound(agree_count, agree_count) * _UNIT)


def lock(discussion_id):
    """The discussion, its row locked: nothing is locked after it, and comments' rows before."""
    return lock_discussion(discussion_id)


def touch_discussion(discussion_id, *, visible=0, comment=None):
    """Moves a discussion's version on, and its count of visible comments by ``visible``.

    ``comment`` is the one that appeared or went. Locks the discussion's row.
    """
    discussion = lock(discussion_id)
    discussion.version += 1
    discussion.comment_count += visible
    discussion.save(update_fields=["version", "comment_count"])
    if visible and comment.level:
        move_thread(discussion, comment.tree_id, visible_replies=visible)


def shift_visible(changes):
    """Counts comments that appeared or went, many at once, in many discussions.

    ``changes`` are ``(discussion_id, tree_id, is_reply, +1 or -1)``. Locks the discussions in
    the order of their ids; a handful of statements for every few hundred threads.
    """
    by_discussion, by_thread = defaultdict(int), defaultdict(int)
    for discussion_id, tree_id, is_reply, step in changes:
        by_discussion[discussion_id] += step
        if is_reply:
            by_thread[discussion_id, tree_id] += step
    touched = Discussion.objects.filter(pk__in=list(by_discussion)).order_by("pk")
    discussions = {each.pk: each for each in touched.select_for_update(no_key=True)}
    for pk, discussion in discussions.items():
        discussion.version += 1
        discussion.comment_count += by_discussion[pk]
    moved = [
        each
        for each in Thread.objects.filter(
            discussion_id__in=list(by_discussion), tree_id__in=[tree for _, tree in by_thread]
        )
        if by_thread.get((each.discussion_id, each.tree_id))
    ]
    moves = []
    for thread in moved:
        version = discussions[thread.discussion_id].version
        moves.append(
            ThreadMove(
                discussion_id=thread.discussion_id,
                thread=thread,
                version=version,
                visible_replies=thread.visible_replies,
                best=thread.best,
            )
        )
        thread.visible_replies += by_thread[thread.discussion_id, thread.tree_id]
        thread.moved_in = version
        # A version is of one move, so that a thread's first one is told by its number.
        discussions[thread.discussion_id].version += 1
    ThreadMove.objects.bulk_create(moves, batch_size=_AT_ONCE)
    Thread.objects.bulk_update(moved, ["visible_replies", "moved_in"], batch_size=_AT_ONCE)
    Discussion.objects.bulk_update(
        discussions.values(), ["version", "comment_count"], batch_size=_AT_ONCE
    )


def shift_reports(changes):
    """Counts open reports in threads: ``changes`` maps ``(discussion_id, tree_id)`` to a number.

    It is no order that readers see, so it needs no discussion's lock. But whoever has one waits
    for the rows of its threads: without it, nothing may be locked after these.
    """
    for (discussion_id, tree_id), step in sorted(changes.items()):
        threads = Thread.objects.filter(discussion_id=discussion_id, tree_id=tree_id)
        threads.update(open_reports=Greatest(F("open_reports") + step, 0))


def beginning_thread(discussion, root):
    """The row of a new top-level comment, for ``write_together``."""
    thread = Thread(
        root=root,
        discussion=discussion,
        tree_id=root.tree_id,
        began_in=discussion.version,
        moved_in=discussion.version,
    )
    return [_BEGUN.inserting(thread)]


def move_thread(discussion, tree_id, **changes):
    """Counts what changed in a thread, in the version that ``discussion`` has now.

    ``discussion`` is locked and its version has been moved on. Of ``changes`` ``size`` and
    ``visible_replies`` are added; ``agree_count`` is the top-level comment's, if it changed.
    """
    write_together(*moving_thread(discussion, tree_id, **changes))
    clear_moves(discussion)


def moving_thread(discussion, tree_id, *, size=0, visible_replies=0, agree_count=None):
    """What ``move_thread`` writes, for ``write_together``; ``clear_moves`` follows. One query."""
    found = _THREAD(discussion_id=discussion.pk, tree_id=tree_id)
    if not found:
        raise Thread.DoesNotExist
    (thread,) = found
    move = ThreadMove(
        discussion=discussion,
        thread=thread,
        version=discussion.version,
        visible_replies=thread.visible_replies,
        best=thread.best,
    )
    moved = _MOVED.changing(
        pk=thread.pk,
        size=thread.size + size,
        visible_replies=thread.visible_replies + visible_replies,
        best=thread.best if agree_count is None else best_of(agree_count),
        moved_in=discussion.version,
    )
    return [_NOTED.inserting(move), moved]


_THREAD = Instances(
    Thread,
    lambda *, discussion_id, tree_id: Thread.objects.filter(
        discussion_id=discussion_id, tree_id=tree_id
    ),
)
_MOVED = Change(lambda *, pk, **counted: (Thread.objects.filter(pk=pk), counted))
_BEGUN, _NOTED = Insertion(Thread), Insertion(ThreadMove)


def clear_moves(discussion):
    """Forgets, every few hundred versions, how threads ranked long ago."""
    if discussion.version % _CLEARED_EVERY:
        return
    old = ThreadMove.objects.filter(
        discussion=discussion, at__lt=timezone.now() - MOVES_KEPT
    ).aggregate(last=Max("version"))["last"]
    if old is None:
        return
    ThreadMove.objects.filter(discussion=discussion, version__lte=old).delete()
    discussion.ranked_from = old
    discussion.save(update_fields=["ranked_from"])


def rank_rows(rows):
    """What the threads of a whole discussion have to be: ``{root id: Thread}``, unsaved.

    ``rows`` are all its comments, with ``pk``, ``parent_id``, ``tree_id``, ``state`` and
    ``agree_count``.
    """
    roots = {row.tree_id: row for row in rows if row.parent_id is None}
    threads = {
        tree_id: Thread(root_id=root.pk, tree_id=tree_id, size=0, best=best_of(root.agree_count))
        for tree_id, root in roots.items()
    }
    for row in rows:
        thread = threads.get(row.tree_id)
        if thread is not None:
            thread.size += 1
            thread.visible_replies += row.parent_id is not None and row.state == "visible"
    return {thread.root_id: thread for thread in threads.values()}


def rank_again(discussion, rows):
    """Writes the threads of a discussion whose trees were laid out anew; see ``rank_rows``.

    How they ranked before is forgotten: who pages through it begins again.
    """
    wanted = {thread.pk: thread for thread in threads_of(discussion, rows)}
    threads = Thread.objects.filter(discussion_id=discussion.pk)
    present = {thread.pk: thread for thread in threads}
    ThreadMove.objects.filter(discussion_id=discussion.pk).delete()
    if any(pk not in wanted or wanted[pk].tree_id != each.tree_id for pk, each in present.items()):
        # Trees have changed their numbers, and no two threads may have one even for a moment.
        threads.delete()
        present = {}
    changed, new = [], []
    for pk, thread in wanted.items():
        if pk not in present:
            new.append(thread)
        elif any(getattr(present[pk], name) != getattr(thread, name) for name in COUNTED):
            changed.append(thread)
    Thread.objects.bulk_update(changed, [*COUNTED, "began_in", "moved_in"], batch_size=500)
    Thread.objects.bulk_create(new, batch_size=500)
    Discussion.objects.filter(pk=discussion.pk).update(ranked_from=discussion.version)


def threads_of(discussion, rows):
    """What the threads of ``rows``, all comments of a discussion, count: not yet in the database.

    They ranked so from the version on that the discussion has now.
    """
    found = rank_rows(rows)
    for thread in found.values():
        thread.discussion_id = discussion.pk
        thread.began_in = thread.moved_in = discussion.version
    discussion.ranked_from = discussion.version
    return list(found.values())


# What a thread's row counts and follows.
COUNTED = ("tree_id", "size", "visible_replies", "best")
