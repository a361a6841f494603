"""Every comment is reached by following links, without JavaScript, in every order, once."""

import random
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from accounts import membership
from comments import bulk, discussions, moderation, orders, posting, threads, voting
from comments.models import Comment, Discussion, Thread

pytestmark = pytest.mark.django_db

FIRST_DAY = datetime(2026, 1, 8, 10, 28, tzinfo=UTC)
SIZE = 10_000
COMMENT = re.compile(r'<article class="comment[^"]*" id="c(\d+)"')
MORE = re.compile(r'<p class="more"[^>]*><a href="([^"]+)"')
NEXT = re.compile(r'<a rel="next" href="([^"]+)"')


@pytest.fixture
def people():
    return list(membership.import_people({f"walker {n}": None for n in range(60)}).values())


@pytest.fixture
def grow(make_discussion, people):
    """``grow(size, under)``: a discussion; ``under(dice, number)`` is the parent of a comment."""

    def make(size, under):
        discussion = make_discussion(url="/articles/none/")
        dice = random.Random(20260108)
        made, top = [], []
        for number in range(size):
            comment = bulk.BulkComment(
                author_id=people[number % len(people)].pk,
                posted_at=FIRST_DAY + timedelta(minutes=number),
                blocks=[{"type": "text", "text": f"Comment {number}."}],
            )
            parent = under(dice, number) if number else None
            (top if parent is None else made[parent].children).append(comment)
            made.append(comment)
        bulk.merge(discussion, top)
        return Discussion.objects.get(pk=discussion.pk)

    return make


def wild(dice, number):
    """One comment in six begins a thread, the others answer an earlier one."""
    return None if dice.random() < 0.18 else dice.randrange(number)


SHAPES = {
    "wild": (1_000, wild),
    "all at the top": (300, lambda dice, number: None),
    "one chain": (700, lambda dice, number: number - 1),
    "all under one": (700, lambda dice, number: 0),
    "two long threads": (900, lambda dice, number: None if number == 1 else number % 2),
}


class Walk:
    """Who begins at the first page in an order and follows every link to more comments."""

    def __init__(self, discussion, order):
        self.discussion, self.order = discussion, order
        self.client = Client()
        self.met = Counter()
        self.pages = 0

    def pages_of(self, order):
        """Yields the text of each page; what is written in between is the caller's business."""
        waiting = [f"?order={order}"]
        visited = set()
        while waiting:
            address = waiting.pop(0).partition("#")[0]
            assert address not in visited, f"two links lead to {address}"
            visited.add(address)
            page = self.ask(address)
            waiting += [
                each.replace("&amp;", "&") for each in MORE.findall(page) + NEXT.findall(page)
            ]
            yield page

    def ask(self, address):
        """A page's comments and links, as the article page has them."""
        if address.startswith("/comments/"):
            answer = self.client.get(address)
        else:
            # The page around a discussion is its article's; here there is only the discussion.
            query = address.partition("?")[2]
            answer = self.client.get(
                f"/discussions/{self.discussion.pk}/page/?{query}", headers={"HX-Request": "true"}
            )
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content.decode()

    def run(self, between=lambda: None):
        for page in self.pages_of(self.order):
            shown = COMMENT.findall(page)
            assert len(shown) <= discussions.PAGE_SIZE
            assert shown, "a page without a comment"
            self.met.update(map(int, shown))
            self.pages += 1
            between()
        return self.met


@pytest.mark.parametrize("order", orders.ORDERS)
@pytest.mark.parametrize("shape", SHAPES)
def test_every_comment_once_in_every_shape(grow, shape, order):
    discussion = grow(*SHAPES[shape])
    met = Walk(discussion, order).run()
    assert set(met) == set(Comment.objects.values_list("pk", flat=True))
    assert set(met.values()) == {1}


@pytest.mark.parametrize("order", orders.ORDERS)
def test_every_comment_once_while_people_write(
    grow, order, make_person, moderator, settings, monkeypatch
):
    settings.COMMENTS_PER_MINUTE = 100_000
    monkeypatch.setattr(voting, "MOST_VOTES_A_MINUTE", 100_000)
    discussion = grow(SIZE, wild)
    dice = random.Random(order)
    writers = [make_person() for _ in range(4)]
    there = list(Comment.objects.values_list("pk", flat=True))
    roots = list(Thread.objects.values_list("pk", flat=True))
    # Some rank before the walk begins, so that there is something to move.
    for root in dice.sample(roots, 120):
        voting.agree(by=dice.choice(writers), comment=Comment.objects.get(pk=root))

    def write():
        for _ in range(3):
            by = dice.choice(writers)
            root = Comment.objects.get(pk=dice.choice(roots))
            act = dice.choice(["reply", "deep reply", "top", "vote", "hide"])
            if act == "vote" and root.is_visible:
                voting.agree(by=by, comment=root) or voting.withdraw_vote(by=by, comment=root)
            elif act == "hide":
                reply = Comment.objects.filter(parent=root).first() or root
                moderation.hide(by=moderator, comment=reply, reason="Off topic")
            elif act == "top":
                posting.post_comment(by=by, discussion=discussion, text="A new thread.")
            else:
                parent = root
                if act == "deep reply":
                    parent = Comment.objects.get(pk=dice.choice(there))
                if parent.is_visible:
                    posting.post_comment(
                        by=by, discussion=discussion, parent=parent, text="An answer."
                    )

    discussion.refresh_from_db()
    walk = Walk(discussion, order)
    met = walk.run(write)
    assert walk.pages > SIZE / discussions.PAGE_SIZE
    missed = set(there) - set(met)
    assert not missed, f"{len(missed)} of {len(there)} were never shown"
    assert set(met.values()) == {1}
    discussion.refresh_from_db()
    assert threads.check(discussion) == []


@pytest.mark.parametrize("order", orders.ORDERS)
def test_the_way_back_leads_to_the_first_page(grow, order):
    discussion = grow(800, wild)

    def load(address):
        cursor = parse_qs(urlsplit(address).query).get("from", [""])[0]
        return discussions.load(discussion, order=order, cursor=cursor)

    page = first = load("")
    assert not first.previous_url
    for _ in range(4):
        page = load(page.next_url)
    seen = [row.id for row in page.rows]
    while page.previous_url:
        page = load(page.previous_url)
        seen += [row.id for row in page.rows]
    assert page.rows == first.rows
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("order", orders.ORDERS)
def test_a_comment_is_on_the_page_that_its_address_names(grow, order):
    discussion = grow(1_500, wild)
    walk = Walk(discussion, order)
    dice = random.Random(3)
    for pk in dice.sample(list(Comment.objects.values_list("pk", flat=True)), 40):
        answer = walk.client.get(f"/comments/{pk}/discussion/?order={order}")
        assert answer.status_code == 302
        address, _, anchor = answer["Location"].partition("#")
        assert anchor == f"c{pk}"
        if not address.startswith("/comments/"):
            # The preferred order has no query of its own.
            query = address.partition("?")[2]
            assert (f"order={order}" in query) == (order != orders.DEFAULT)
        assert str(pk) in COMMENT.findall(walk.ask(address))


def test_a_cursor_that_was_never_given_out_begins_anew(grow):
    discussion = grow(200, wild)
    walk = Walk(discussion, "best")
    first = COMMENT.findall(walk.ask("?order=best"))
    for cursor in ("", "x", "-1", "9" * 30, "1-2", "1-2-3-4", "0-0-0", "٣", "1%00"):
        assert COMMENT.findall(walk.ask(f"?order=best&from={cursor}")) == first, cursor


def test_who_comes_back_after_much_has_moved_begins_with_todays_order(
    grow, make_person, monkeypatch
):
    monkeypatch.setattr(orders, "MOST_MOVES", 5)
    discussion = grow(400, wild)
    walk = Walk(discussion, "best")
    page = walk.ask("?order=best")
    later = NEXT.findall(page)[0].replace("&amp;", "&").partition("#")[0]
    person = make_person()
    for pk in list(Thread.objects.order_by("pk").values_list("pk", flat=True))[:20]:
        voting.agree(by=person, comment=Comment.objects.get(pk=pk))
    assert COMMENT.findall(walk.ask(later))


def test_one_person_who_votes_and_takes_it_back_breaks_nobodys_walk(grow, make_person, monkeypatch):
    """What is bounded is how many threads moved, not how often."""
    monkeypatch.setattr(orders, "MOST_MOVES", 5)
    monkeypatch.setattr(voting, "MOST_VOTES_A_MINUTE", 1_000)
    discussion = grow(400, wild)
    walk = Walk(discussion, "best")
    person = make_person()
    last = Comment.objects.get(pk=Thread.objects.order_by("tree_id").first().pk)

    def toggle():
        voting.agree(by=person, comment=last) or voting.withdraw_vote(by=person, comment=last)

    met = walk.run(lambda: [toggle() for _ in range(7)])
    assert set(met) == set(Comment.objects.values_list("pk", flat=True))
    assert set(met.values()) == {1}
