"""What a reply costs, by the size and the shape of the discussion that it goes to."""

import random
import statistics
import time

from django.conf import settings
from django.test import Client, override_settings

from benchmarks import newsroom
from benchmarks.measure import Claim, compare, interleave, settle
from comments import posting
from comments.models import Comment
from comments.tree import CommentManager

LARGE = 10_000
SMALL = 10
ROUNDS = 100
# The issue's: a reply in a thread of 10,000 against one in a thread of 10.
LIMIT = 1.5
CHAIN = 1_000
# Growing a discussion for a measurement is not what the flood check is there to stop.
UNLIMITED = 100_000


def claims():
    # Those who are measured are not those who grew the threads, for posting has its limit.
    crowd, askers = newsroom.make_crowd("reader"), newsroom.make_crowd("asker")
    yield from _random_trees("imported", crowd, askers, newsroom.fill)
    yield from _random_trees("grown by posting", crowd, askers, newsroom.grow)
    yield _wide("reply to one comment", crowd, askers, newsroom.the_first, to_first=True)
    yield _wide("top-level comment", crowd, askers, newsroom.nobody, to_first=False)
    with override_settings(COMMENTS_PER_MINUTE=UNLIMITED):
        yield _chain(crowd)


def _comments(made):
    """Comments as a view has them: read, not just made."""
    pks = [each if isinstance(each, int) else each.pk for each in made]
    return list(Comment.objects.filter(pk__in=pks).select_related("discussion"))


def _threads(size, times, crowd, make, under=newsroom.any_earlier):
    """``times`` threads of ``size`` comments each."""
    made = []
    with override_settings(COMMENTS_PER_MINUTE=UNLIMITED):
        for _ in range(times):
            discussion = newsroom.open_discussion()
            made.append(_comments(make(discussion, size, crowd, under)))
    return made


def _random_trees(name, crowd, askers, make):
    """Each small thread is answered once, for it would not stay small."""
    dice = random.Random(newsroom.SEED)
    small = _threads(SMALL, 2 * ROUNDS, crowd, make)
    (large,) = _threads(LARGE, 1, crowd, make)
    settle()

    def reply_to(comments):
        by, parent, text = next(askers), dice.choice(comments), newsroom.sentence(dice)
        return lambda: posting.post_comment(
            by=by, discussion=parent.discussion, parent=parent, text=text
        )

    calls = {
        f"{LARGE:,}": lambda: reply_to(large),
        f"{SMALL}": lambda: reply_to(small.pop()),
    }
    of, to = calls
    yield compare(
        f"reply in a thread {name}", interleave(ROUNDS, **calls), of=of, to=to, limit=LIMIT
    )

    # One person's requests, at a minute's worth each.
    client = Client()
    client.force_login(next(askers), backend=settings.AUTHENTICATION_BACKENDS[0])

    def send_to(comments):
        parent, text = dice.choice(comments), newsroom.sentence(dice)

        def send():
            answer = client.post(f"/comments/{parent.pk}/reply/", {"text": text})
            assert answer.status_code == 302, answer.status_code

        return send

    calls = {
        f"{LARGE:,}": lambda: send_to(large),
        f"{SMALL}": lambda: send_to(small.pop()),
    }
    with override_settings(COMMENTS_PER_MINUTE=UNLIMITED):
        seconds = interleave(ROUNDS, **calls)
    yield compare(f"the same as a request, {name}", seconds, of=of, to=to, limit=LIMIT)


def _wide(name, crowd, askers, under, *, to_first):
    dice = random.Random(newsroom.SEED)
    small = _threads(SMALL, ROUNDS, crowd, newsroom.fill, under)
    (large,) = _threads(LARGE, 1, crowd, newsroom.fill, under)
    settle()

    def add_to(comments):
        first = min(comments, key=lambda each: each.pk)
        by, text = next(askers), newsroom.sentence(dice)
        return lambda: posting.post_comment(
            by=by, discussion=first.discussion, parent=first if to_first else None, text=text
        )

    calls = {f"{LARGE:,}": lambda: add_to(large), f"{SMALL}": lambda: add_to(small.pop())}
    of, to = calls
    return compare(f"one more {name}", interleave(ROUNDS, **calls), of=of, to=to, limit=LIMIT)


def _chain(crowd):
    """Everybody answers the last word: respreads are part of what a reply costs on average."""
    respreads = []
    respread = CommentManager.respread

    def timed(manager, tree_id):
        start = time.perf_counter()
        respread(manager, tree_id)
        respreads.append(time.perf_counter() - start)

    discussion, dice, seconds = newsroom.open_discussion(), random.Random(newsroom.SEED), []
    CommentManager.respread = timed
    parent = None
    try:
        for _ in range(CHAIN):
            by, text = next(crowd), newsroom.sentence(dice)
            start = time.perf_counter()
            parent = posting.post_comment(by=by, discussion=discussion, parent=parent, text=text)
            seconds.append(time.perf_counter() - start)
    finally:
        CommentManager.respread = respread
    mean, median = statistics.mean(seconds) * 1000, statistics.median(seconds) * 1000
    measured = (
        f"mean {mean:.2f} ms, median {median:.2f} ms; {len(respreads)} respreads, "
        f"the longest {max(respreads, default=0) * 1000:.0f} ms"
    )
    return Claim(f"a chain of {CHAIN:,}: mean to median reply", measured, mean / median)
