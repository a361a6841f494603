"""Discussions of every size and shape, and pages of them that can be compared.

What a page costs follows from what it shows. So a page of one tree is held against the page of
another that shows as many comments, in the same order, if any goes on elsewhere or not, with a
cursor or without. The first page is what it is; one in the middle is looked for from the middle
on, until it is like the other; a last page holds one to 25 threads, by where its reader began,
and those two are taken that are most alike.
"""

import random
from dataclasses import dataclass, field
from itertools import count, islice

from benchmarks import newsroom
from comments import discussions, orders, places, voting
from comments.models import Comment, Discussion, Thread

# So many threads at most get votes: "best" has something to rank.
VOTED = 200
# Those with the most votes stand first in "best", and have so many comments in every tree: else
# that page would show 40 comments here and 200 there.
TOP_SIZES = [1 + place % 4 for place in range(orders.THREADS_A_PAGE)]
TOP_VOTES = 8
# So many pages are read in search of one that is like another.
TRIES = 250
# And so many of the small tree, about its middle, for each of which that is done.
TRIES_OF_SMALL = 20
# All that a comment's own page can show.
ALL_AROUND = places.SHOWN_BEFORE + 1 + places.SHOWN_BEHIND


@dataclass(frozen=True, slots=True)
class Spot:
    """A page: how many comments it shows, what ``kind`` it is, and how to find those like it.

    ``others(tree)`` gives the pages of another tree among which the one most like it is.
    """

    path: str
    shown: int
    kind: tuple = ()
    others: object = None

    def unlike(self, other):
        return self.kind != other.kind, abs(self.shown - other.shown)


ALIKE = (False, 0)


@dataclass(slots=True)
class Tree:
    """A published article with a discussion of ``size`` comments."""

    size: int
    url: str
    discussion: Discussion
    # In the order in which they came.
    ids: list[int]
    _roots: dict = field(default_factory=dict)
    _pages: dict = field(default_factory=dict)
    _longest: list = field(default_factory=list)

    def roots(self, order):
        """The top-level comments in an order."""
        if order.name not in self._roots:
            sign = "-" if order.newest_first else ""
            threads = Thread.objects.filter(discussion_id=self.discussion.pk)
            threads = threads.order_by(*(f"{sign}{column}" for column in order.columns))
            self._roots[order.name] = list(threads.values_list("root_id", flat=True))
        return self._roots[order.name]

    def page(self, order, place):
        """The page of threads that begins at thread number ``place``."""
        if (order.name, place) not in self._pages:
            self._pages[order.name, place] = self._read(order, place)
        return self._pages[order.name, place]

    def _read(self, order, place):
        cursor = self._cursor(order, place)
        page = discussions.load(self.discussion, order=order.name, cursor=cursor)
        return Spot(
            self.path(order, place),
            len(page.rows),
            (bool(cursor), bool(page.continued)),
            lambda tree: tree.pages(order),
        )

    def _cursor(self, order, place):
        if not place:
            return ""
        return orders.cursor_of(self.discussion, order, self.roots(order)[place])

    def path(self, order, place):
        cursor = self._cursor(order, place)
        return f"{self.url}?order={order.name}{cursor and '&from='}{cursor}"

    def pages(self, order):
        return (self.page(order, place) for place in range(len(self.roots(order))))

    def longest_thread(self):
        """The ids of its longest thread, in display order; the first is the top-level comment."""
        if not self._longest:
            threads = Thread.objects.filter(discussion_id=self.discussion.pk).order_by("-size")
            tree_id = threads.values_list("tree_id", flat=True)[0]
            comments = Comment.objects.filter(tree_id=tree_id).order_by("lft")
            self._longest = list(comments.values_list("pk", flat=True))
        return self._longest


def plant(size, crowd, under):
    """A tree that is the same in every run; ``under`` shapes it (``newsroom.fill``)."""
    article = newsroom.make_article()
    ids = newsroom.fill(article.discussion, size, crowd, under)
    discussion = Discussion.objects.get(pk=article.discussion.pk)
    return Tree(size, article.get_absolute_url(), discussion, ids)


def vote(tree, voters):
    """Readers agree with some of the top-level comments, one after the other, as readers do."""
    dice = random.Random(newsroom.SEED)
    threads = Thread.objects.filter(discussion_id=tree.discussion.pk).order_by("tree_id")
    threads = list(threads.values_list("root_id", "size"))
    dice.shuffle(threads)
    by_size, votes = {}, {}
    for root_id, size in threads:
        by_size.setdefault(size, []).append(root_id)
    for size in TOP_SIZES:
        if by_size.get(size):
            votes[by_size[size].pop()] = TOP_VOTES
    for root_id, _ in threads[: min(VOTED, len(threads) // 2)]:
        votes.setdefault(root_id, dice.randrange(1, TOP_VOTES - 1))
    for comment in Comment.objects.filter(pk__in=votes).order_by("pk"):
        for person in islice(voters, votes[comment.pk]):
            voting.agree(by=person, comment=comment)
    tree.discussion.refresh_from_db()


def walk(tree):
    """The paths of all pages of its threads, in all orders, and of the ends of its long ones."""
    tree.discussion.refresh_from_db()
    paths = [
        tree.path(order, place)
        for order in orders.ORDERS.values()
        for place in range(0, len(tree.roots(order)), orders.THREADS_A_PAGE)
    ]
    threads = Thread.objects.filter(discussion_id=tree.discussion.pk)
    for root_id, tree_id in threads.filter(size__gt=discussions.PAGE_SIZE).values_list(
        "root_id", "tree_id"
    ):
        ids = Comment.objects.filter(tree_id=tree_id).order_by("lft").values_list("pk", flat=True)
        paths += [
            f"/comments/{root_id}/thread/?from={pk}"
            for pk in ids[discussions.PAGE_SIZE :: discussions.PAGE_SIZE]
        ]
    return paths


def pages_alike(large, small, order):
    """``[(what, page of the large tree, page of the small)]``: first, middle and last page."""
    return [
        ("first", large.page(order, 0), small.page(order, 0)),
        ("middle", *_middle_pages(large, small, order)),
        ("last", *_last_pages(large, small, order)),
    ]


def _middle_pages(large, small, order):
    """Both are looked for: what stands in the middle of one may be nowhere in the other."""
    places = {tree.size: list(_outward(len(tree.roots(order))))[:TRIES] for tree in (large, small)}
    wanted = (small.page(order, place) for place in places[small.size][:TRIES_OF_SMALL])
    pairs = (
        (_nearest((large.page(order, place) for place in places[large.size]), spot), spot)
        for spot in wanted
    )
    return _best(pairs, lambda pair: pair[0].unlike(pair[1]))


def _last_pages(large, small, order):
    def ending(tree, threads):
        return tree.page(order, len(tree.roots(order)) - threads)

    sizes = range(orders.THREADS_A_PAGE, 0, -1)
    pairs = ((ending(large, threads), ending(small, threads)) for threads in sizes)
    return _best(pairs, lambda pair: pair[0].unlike(pair[1]))


def thread_pages_alike(large, small):
    """The same for the pages of the longest threads, full ones: further down, and the last."""
    return [
        (what, _thread_page(large, what), _thread_page(small, what)) for what in ("thread", "end")
    ]


def _thread_page(tree, what):
    ids = tree.longest_thread()
    start = len(ids) - discussions.PAGE_SIZE
    if what == "thread":
        start //= 2
    return Spot(
        f"/comments/{ids[0]}/thread/?from={ids[start]}",
        discussions.PAGE_SIZE,
        (what,),
        lambda other: [_thread_page(other, what)],
    )


def permalinks_alike(large, small):
    """The pages of two comments, both as near the middle as they show all that they may."""
    full = _nearest(_permalinks(small), Spot("", ALL_AROUND, (0, True, True)))
    return _nearest(_permalinks(large), full), full


def _permalinks(tree):
    """The pages of single comments, that of the one which came in the middle first."""
    for place in _outward(len(tree.ids)):
        pk = tree.ids[place]
        page = places.load_surroundings(discussions.comment_of(pk))
        kind = (len(page.ancestors), bool(page.previous_url), bool(page.next_url))
        yield Spot(f"/comments/{pk}/", len(page.rows), kind, _permalinks)


def ways_alike(large, small, order):
    """``/comments/<id>/discussion/`` of a top-level comment in the middle of an order, which is
    on a page of threads, and of one that has more before it in its thread than a page shows.
    """

    def way(pk):
        return Spot(f"/comments/{pk}/discussion/?order={order.name}", 0)

    def top(tree):
        return way(tree.roots(order)[len(tree.roots(order)) // 2])

    def deep(tree):
        return way(tree.longest_thread()[discussions.PAGE_SIZE + orders.THREADS_A_PAGE])

    return [
        (f"{order.name}, {what}", of(large), of(small))
        for what, of in (("top", top), ("deep", deep))
    ]


def like(spot, tree):
    """The page of ``tree`` that is most like a page of another one, of the same kind."""
    return _nearest(spot.others(tree), spot)


def _nearest(spots, wanted):
    return _best(islice(spots, TRIES), lambda spot: spot.unlike(wanted))


def _best(candidates, unlike):
    """The one with which nothing is ``unlike``, or the one with the least of it."""
    best = None
    for candidate in candidates:
        if best is None or unlike(candidate) < unlike(best):
            best = candidate
        if unlike(best) == ALIKE:
            break
    return best


def _outward(length):
    """The places of a list from its middle on to both sides.

    >>> list(_outward(5))
    [2, 3, 1, 4, 0]
    """
    middle = length // 2
    for step in count():
        if step > middle and middle + step >= length:
            return
        if middle + step < length:
            yield middle + step
        if 0 < step <= middle:
            yield middle - step
