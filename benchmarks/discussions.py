"""Whether a discussion of 100,000 comments is like one of 1,000: pages, writes, a worker.

Trees are made once, the same ones in every run: wild ones of all sizes, and the extreme shapes,
with votes by ``voting.agree``. Pages are compared that show about as many comments; ``forest``
says how they are chosen. The extreme shapes are held against the same shape of 1,000, and
against the wild 1,000. A row tells of the worst of its pages, the larger tree's first, with the
comments that they show.
"""

import gc
import time
from functools import partial
from itertools import chain

from django.db import connection
from django.test import Client

from benchmarks import forest, newsroom, served, writing
from benchmarks.measure import Claim, fastest, interleave, settle, statements_of
from benchmarks.plans import MOST, UNIT, work_of
from benchmarks.urls import forget_pages
from comments import discussions, orders, threads

TINY, SMALL, MIDDLING, LARGE = 10, 1_000, 10_000, 100_000
# The extreme shapes, as large as the issue has them.
FLAT, CHAIN, WIDE = 100_000, 5_000, 50_000
# Pages that show all their comments, to tell what one comment more costs.
FULL, HALF, FEW = discussions.PAGE_SIZE, 100, 3
ROUNDS = 30
# The issue's.
LIMIT = 1.25
MOST_MICROSECONDS = 60
# Votes since a reader began to go through a discussion in an order that they change: less than
# ``orders.MOST_MOVES``, with which the order is made as it was.
STALE = 600
ARTICLE = b'<article class="comment'


def claims():
    trees = Trees()
    yield trees.proof()
    settle()
    yield from _pages(trees)
    yield from _render_cost(trees)
    yield from writing.claims(trees.wild[LARGE], trees.crowd)
    settle()
    yield from served.claims(trees.shown, trees.wild[SMALL], trees.wild[LARGE])


class Trees:
    """All that is measured here, made once."""

    def __init__(self):
        self.crowd, voters = newsroom.make_crowd("speaker"), newsroom.make_crowd("voter")
        began = time.perf_counter()
        self.wild = {
            size: self._plant(size, newsroom.wild) for size in (TINY, SMALL, MIDDLING, LARGE)
        }
        self.flat = self._pair(FLAT, newsroom.nobody)
        self.chain = self._pair(CHAIN, newsroom.the_last)
        self.wide = self._pair(WIDE, newsroom.the_first)
        self.shown = {size: self._plant(size, on_one_page) for size in (FEW, HALF, FULL)}
        self.all = [
            *self.wild.values(), *self.flat, *self.chain, *self.wide, *self.shown.values()
        ]  # fmt: skip
        for tree in (self.wild[SMALL], self.wild[LARGE], *self.flat):
            forest.vote(tree, voters)
        self.seconds = time.perf_counter() - began

    def _plant(self, size, under):
        return forest.plant(size, self.crowd, under)

    def _pair(self, size, under):
        """An extreme shape, and the same one as small as it still fills its pages."""
        return self._plant(size, under), self._plant(SMALL, under)

    def proof(self):
        """That all trees and counters are as they must be."""
        found = sum(len(threads.check(tree.discussion)) for tree in self.all)
        total = sum(tree.size for tree in self.all)
        measured = f"{total:,} comments in {len(self.all)} trees, made in {self.seconds:.0f} s"
        return Claim("trees: findings of check_threads", measured, found, 0)


def on_one_page(dice, number):
    """The shape of a discussion whose first page shows everything: threads of eight or so."""
    return None if number % (FULL // orders.THREADS_A_PAGE) == 0 else dice.randrange(number)


class _Timed:
    """Pages that are asked for in turn, by path.

    Each is put together anew, from parts that were printed just before: what they cost is the
    same for every size, so a ratio with them in it would hide more.
    """

    def __init__(self, paths):
        self.client = Client()
        self.queries, self.comments, self.work = {}, {}, {}
        paths = list(dict.fromkeys(paths))
        for path in paths:
            get = self._ask(path)
            with statements_of() as statements:
                answer = get()
            self.queries[path] = len(statements)
            self.comments[path] = answer.content.count(ARTICLE)
            self.work[path] = max(work_of(*each) for each in statements)
        calls = {path: partial(self._ask, path) for path in paths}
        taken = interleave(ROUNDS, **calls)
        self.milliseconds = {path: fastest(taken[path]) * 1000 for path in paths}

    def _ask(self, path):
        def get():
            answer = self.client.get(path)
            assert answer.status_code in (200, 302), (path, answer.status_code)
            return answer

        get()
        forget_pages()
        return get

    def ratio(self, pair):
        _, one, other = pair
        return self.milliseconds[one.path] / self.milliseconds[other.path]

    def worst(self, name, pairs):
        """The claim that is hardest to keep of ``(what, page of the larger, of the smaller)``."""
        what, *spots = worst = max(pairs, key=self.ratio)
        told = [
            f"{self.milliseconds[spot.path]:.2f} ms ({self.comments[spot.path]})" for spot in spots
        ]
        return Claim(name, f"{what}: {', '.join(told)}", self.ratio(worst), LIMIT)

    def extra_queries(self, pair):
        _, one, other = pair
        return abs(self.queries[one.path] - self.queries[other.path])


def _pages(trees):
    wild = _pairs_of_wild(trees.wild[LARGE], trees.wild[SMALL])
    shapes, against_wild = _pairs_of_shapes(trees)
    by_size = {
        size: tree.page(orders.ORDERS["oldest"], 0).path for size, tree in trees.wild.items()
    }
    stale = _stale(trees.wild[LARGE])
    pairs = list(chain(*wild.values(), *shapes.values()))
    every = chain(pairs, *against_wild.values(), [stale])
    timed = _Timed([*by_size.values(), *(spot.path for _, *spots in every for spot in spots)])
    for name, of_one_kind in (wild | shapes | against_wild).items():
        yield timed.worst(name, of_one_kind)
    measured = ", ".join(
        f"{size:,}: {timed.milliseconds[path]:.2f} ms" for size, path in by_size.items()
    )
    large, small = (timed.milliseconds[by_size[size]] for size in (LARGE, MIDDLING))
    yield Claim(f"first page: {LARGE:,} to {MIDDLING:,}", measured, large / small)
    yield Claim(
        f"page in an order of {STALE} votes ago, to now",
        ", ".join(f"{timed.milliseconds[spot.path]:.2f} ms" for spot in stale[1:]),
        timed.ratio(stale),
    )
    yield from _counted(timed, pairs)


def _counted(timed, pairs):
    """What needs no clock: queries, what they read, and how many comments a page shows."""
    unequal = [pair for pair in pairs if timed.extra_queries(pair)]
    yield Claim(
        f"pages: with other queries than at {SMALL:,}",
        f"of {len(pairs)}, {max(timed.queries.values())} queries at most"
        + "".join(f"; {what} {one.path}" for what, one, _ in unequal[:1]),
        len(unequal),
        0,
    )

    def difference(pair):
        return abs(timed.comments[pair[1].path] - timed.comments[pair[2].path])

    what, *spots = unlike = max(pairs, key=difference)
    yield Claim(
        "pages: comments more on one of a pair",
        f"{what}: {' and '.join(str(timed.comments[spot.path]) for spot in spots)}",
        difference(unlike),
    )
    hardest = max(timed.work, key=timed.work.get)
    yield Claim(
        f"pages: most {UNIT[connection.vendor]} for one statement",
        hardest,
        timed.work[hardest],
        MOST[connection.vendor],
    )
    measured = f"{len(timed.comments)} pages"
    yield Claim("pages: most comments on one", measured, max(timed.comments.values()), FULL)


def _pairs_of_wild(large, small):
    """By name of the claim: ``(what, page of the large tree, page of the small)``."""
    sizes = f"{large.size:,} to {small.size:,}"
    named = {
        f"pages, {order.name}: {sizes}": forest.pages_alike(large, small, order)
        for order in orders.ORDERS.values()
    }
    named[f"pages of one thread: {sizes}"] = forest.thread_pages_alike(large, small)
    named[f"page of one comment: {sizes}"] = [("middle", *forest.permalinks_alike(large, small))]
    named[f"from it to the discussion: {sizes}"] = [
        pair for order in orders.ORDERS.values() for pair in forest.ways_alike(large, small, order)
    ]
    return named


def _pairs_of_shapes(trees):
    """The same for the extreme shapes, against themselves and against the wild small tree."""
    small = trees.wild[SMALL]
    flat = [
        (f"{order.name}, {what}", *pair)
        for order in orders.ORDERS.values()
        for what, *pair in forest.pages_alike(*trees.flat, order)
    ]
    shapes = {f"{FLAT:,} threads": [*flat, ("one", *forest.permalinks_alike(*trees.flat))]}
    oldest = orders.ORDERS["oldest"]
    for name, pair in ((f"chain of {CHAIN:,}", trees.chain), (f"{WIDE:,} replies", trees.wide)):
        shapes[name] = [
            ("first", *(tree.page(oldest, 0) for tree in pair)),
            *forest.thread_pages_alike(*pair),
            ("one", *forest.permalinks_alike(*pair)),
        ]
    return (
        {f"{name}, to {SMALL:,} such": pairs for name, pairs in shapes.items()},
        {
            f"{name}, to the wild {SMALL:,}": [
                (what, one, forest.like(one, small)) for what, one, _ in pairs
            ]
            for name, pairs in shapes.items()
        },
    )


def _stale(tree):
    """A page from the middle of "best", as it was some votes ago and as it is."""
    now = tree.page(orders.ORDERS["best"], len(tree.roots(orders.ORDERS["best"])) // 2)
    path, version = now.path.rsplit("-", 1)
    return "stale", forest.Spot(f"{path}-{int(version) - STALE}", now.shown), now


def _render_cost(trees):
    """CPU of this process per comment that a page shows; PostgreSQL's own is not in it."""
    for name, everything in (("from nothing", True), ("of kept parts", False)):
        cpu = {size: [] for size in trees.shown}
        for size, tree in list(trees.shown.items()) * ROUNDS * 2:
            cpu[size].append(_cpu_of(tree, everything))
        full, few = fastest(cpu[FULL]), fastest(cpu[FEW])
        yield Claim(
            f"microseconds of CPU a comment, {name}",
            f"{FULL} comments {full * 1000:.2f} ms, {FEW} comments {few * 1000:.2f} ms",
            (full - few) * 1e6 / (FULL - FEW),
            MOST_MICROSECONDS,
        )


def _cpu_of(tree, everything):
    client = Client()
    client.get(tree.url)
    forget_pages(everything=everything)
    gc.collect(0)
    start = time.thread_time()
    answer = client.get(tree.url)
    taken = time.thread_time() - start
    assert answer.content.count(ARTICLE) == tree.size
    return taken
