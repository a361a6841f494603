"""How threads rank: Wilson's formula, the rows that follow what happens, and what is kept of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments import bulk, moderation, ranking, threads, voting
from comments.models import Discussion, Thread, ThreadMove


@pytest.mark.pure
@pytest.mark.parametrize(
    ("positive", "total", "bound"),
    # By the formula, z = 1.96: (p + z²/2n - z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    [(0, 0, 0), (0, 10, 0), (1, 1, 0.2065), (2, 2, 0.3424), (10, 10, 0.7225), (100, 100, 0.9630),
     (5, 10, 0.2366), (50, 100, 0.4038), (1, 2, 0.0945), (600, 1_000, 0.5693)],
)  # fmt: skip
def test_wilson(positive, total, bound):
    assert ranking.wilson_lower_bound(positive, total) == pytest.approx(bound, abs=0.00006)


@pytest.mark.pure
def test_more_votes_rank_higher():
    ranks = [ranking.best_of(votes) for votes in (0, 1, 2, 3, 10, 1_000, 100_000)]
    assert ranks == sorted(set(ranks))
    assert ranks[0] == 0
    assert ranks[-1] < 1_000_000_000


def thread_of(root):
    return Thread.objects.get(pk=root.pk)


def test_a_thread_follows_what_happens_in_it(reader, moderator, make_person, post, discussion):
    root = post(reader)
    reply = post(reader, parent=root)
    post(reader, parent=reply)
    thread = thread_of(root)
    assert (thread.size, thread.visible_replies, thread.best) == (3, 2, 0)
    moderation.hide(by=moderator, comment=reply, reason="Off topic")
    assert (thread_of(root).size, thread_of(root).visible_replies) == (3, 1)
    moderation.hide(by=moderator, comment=root, reason="Off topic")
    assert thread_of(root).visible_replies == 1
    moderation.restore(by=moderator, comment=reply, reason="A mistake")
    assert thread_of(root).visible_replies == 2
    moderation.restore(by=moderator, comment=root, reason="A mistake")
    voting.agree(by=make_person(), comment=root)
    assert thread_of(root).best == ranking.best_of(1)
    voting.agree(by=make_person(), comment=reply)
    assert thread_of(root).best == ranking.best_of(1), "a reply's votes rank nothing"
    assert threads.check(Discussion.objects.get(pk=discussion.pk)) == []


def test_moves_are_kept_for_a_while(reader, post, discussion, monkeypatch):
    monkeypatch.setattr(ranking, "_CLEARED_EVERY", 1)
    root = post(reader)
    for _ in range(3):
        post(reader, parent=root)
    assert ThreadMove.objects.count() == 3
    old = ThreadMove.objects.order_by("version").values_list("pk", flat=True)[:2]
    before = timezone.now() - ranking.MOVES_KEPT - timedelta(minutes=1)
    ThreadMove.objects.filter(pk__in=list(old)).update(at=before)
    last_old = ThreadMove.objects.filter(pk__in=list(old)).latest("version").version
    post(reader, parent=root)
    assert ThreadMove.objects.count() == 2
    assert Discussion.objects.get(pk=discussion.pk).ranked_from == last_old


def test_trees_that_change_their_numbers(reader, post, discussion):
    """A page with a new thread in front: every tree behind it is numbered anew."""
    now = timezone.now()

    def page(*texts):
        return [
            bulk.BulkComment(reader.pk, now, [{"type": "text", "text": text}]) for text in texts
        ]

    bulk.merge(discussion, page("second", "third"))
    own = post(reader, "a reader's own")
    trees = dict(Thread.objects.values_list("pk", "tree_id"))
    bulk.merge(discussion, page("first", "second", "third"))
    now_trees = dict(Thread.objects.values_list("pk", "tree_id"))
    assert len(now_trees) == 4
    assert any(now_trees[pk] != trees[pk] for pk in trees)
    assert own.pk in now_trees
    fresh = Discussion.objects.get(pk=discussion.pk)
    assert threads.check(fresh) == []
    assert fresh.ranked_from == fresh.version
