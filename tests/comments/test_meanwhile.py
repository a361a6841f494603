"""Pages that are read while others write: what happens between two of a page's queries."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client

from comments import bulk, discussions, moderation, threads, voting
from comments.models import Comment
from comments.screening import RefusedError

pytestmark = pytest.mark.django_db

FIRST_DAY = datetime(2026, 1, 8, 10, 28, tzinfo=UTC)
# More than a page shows of a thread, so that it goes on elsewhere.
MANY = discussions.PAGE_SIZE + 20


def at_each_query(read, act, before=lambda: None):
    """``read()`` again and again, with ``act()`` before its first query, its second, and so on.

    Yields what each of them returned. ``before()`` puts everything back where it was.
    """
    number, happened = 0, True
    while happened:
        before()
        meddler = _Meddler(number, act)
        with connection.execute_wrapper(meddler):
            answer = read()
        yield answer
        number, happened = number + 1, meddler.happened


class _Meddler:
    """Acts once before a query, when so many have gone by."""

    def __init__(self, number, act):
        self.left, self.act, self.happened = number, act, False

    def __call__(self, execute, *statement):
        if not self.happened and not self.left:
            self.happened = True
            self.act()
        self.left -= 1
        return execute(*statement)


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def tree(post, reader):
    """A thread with nearly everything under its first reply, which stands in its first half."""
    root = post(reader, "The root")
    branch = post(reader, "Many answer this", parent=root)
    replies = [post(reader, f"Answer {number}", parent=branch) for number in range(MANY)]
    last = post(reader, "The last word", parent=root)
    return root, branch, replies, last


def places():
    return list(Comment.objects.order_by("pk"))


ADDRESSES = (
    "/articles/the-bridge-opens/",
    "/comments/{root}/thread/",
    "/comments/{root}/thread/?from={late}",
    "/comments/{branch}/thread/",
    "/comments/{branch}/thread/?from={late}",
    "/comments/{late}/thread/",
    "/comments/{late}/",
    "/comments/{last}/",
    "/comments/{branch}/",
    "/comments/{late}/discussion/?order=newest",
    "/comments/{last}/discussion/",
    "/comments/{branch}/text/",
    "/comments/{branch}/text/?from={late}",
)


@pytest.mark.parametrize("way", ["spread out", "back"])
def test_a_tree_is_spread_out_meanwhile(tree, way):
    """No page shows that its comments' numbers changed between two of its queries."""
    root, branch, replies, last = tree
    names = {"root": root.pk, "branch": branch.pk, "late": replies[150].pk, "last": last.pk}
    states = [places()]
    with transaction.atomic():
        Comment.objects.respread(root.tree_id)
    states.append(places())
    if way == "back":
        states.reverse()
    first, second = states
    for address in ADDRESSES:
        address = address.format(**names)

        def read(address=address):
            answer = Client().get(address)
            return answer.status_code, answer.get("Location"), answer.content.decode()

        wanted = read()
        answers = at_each_query(
            read,
            act=lambda: Comment.objects.write_places(second),
            before=lambda: Comment.objects.write_places(first),
        )
        for number, answer in enumerate(answers):
            assert answer == wanted, f"{address}, before query {number}"
        assert number > 1


def test_comments_come_to_a_page_meanwhile(discussion, post, reader):
    """They are on it or a link away, and the page is no longer than pages are."""
    small = post(reader, "Small talk")
    for text in ("One", "Two"):
        root = post(reader, text)
        for _ in range(MANY):
            post(reader, "And so on.", parent=root)

    def read():
        discussion.refresh_from_db()
        return discussions.load(discussion)

    came, unknown = [], []
    for page in at_each_query(read, act=lambda: came.append(post(reader, "Now.", parent=small))):
        assert len(page.rows) <= discussions.PAGE_SIZE
        shown = {row.id for row in page.rows}
        further = page.continued.get(small.tree_id)
        left = [each.pk for each in came if each.pk not in shown]
        unknown.append([pk for pk in left if further is None or pk != further[1]])
    # Before the last query the comments have been read, and only who wrote them has not: what
    # comes then is new to the page, as what comes a moment later.
    assert unknown == [*([] for _ in came[:-1]), [came[-1].pk], []]
    assert len(came) > 3


def test_an_import_numbers_the_trees_anew_meanwhile(discussion, reader, make_person):
    """A page with a new thread in front of the known ones, between any two queries of a page."""
    people = [make_person() for _ in range(3)]

    def threads_of(count, ahead=0):
        return [
            bulk.BulkComment(
                people[number % 3].pk,
                FIRST_DAY + timedelta(hours=number),
                [{"type": "text", "text": f"Thread {number}"}],
                [
                    bulk.BulkComment(
                        people[answer % 3].pk,
                        FIRST_DAY + timedelta(hours=number, minutes=answer),
                        [{"type": "text", "text": f"Answer {number}.{answer}"}],
                    )
                    for answer in range(20)
                ],
            )
            for number in range(-ahead, count)
        ]

    ahead = 0
    bulk.merge(discussion, threads_of(30))
    asked = Comment.objects.get(text="Answer 12.15")
    root = Comment.objects.get(text="Thread 12")

    def import_again():
        nonlocal ahead
        ahead += 1
        bulk.merge(discussion, threads_of(30, ahead))

    for address, shown in (
        ("/articles/the-bridge-opens/", None),
        (f"/articles/the-bridge-opens/?from={root.pk}", root),
        ("/articles/the-bridge-opens/?order=discussed", None),
        (f"/comments/{asked.pk}/", asked),
        (f"/comments/{root.pk}/thread/", asked),
        (f"/comments/{root.pk}/thread/?from={asked.pk}", asked),
        (f"/comments/{asked.pk}/discussion/?order=newest", None),
    ):

        def read(address=address):
            return Client().get(address)

        for number, answer in enumerate(at_each_query(read, act=import_again)):
            where = f"{address}, before query {number}"
            assert answer.status_code in (200, 302), where
            if answer.status_code == 200:
                assert b'<article class="comment' in answer.content, where
            if shown is not None:
                assert f'id="c{shown.pk}"' in answer.content.decode(), where
    discussion.refresh_from_db()
    assert threads.check(discussion) == []


@pytest.mark.parametrize("top_level", [True, False])
def test_a_vote_that_meets_the_closing(discussion, post, reader, moderator, make_person, top_level):
    """Whatever comes between, a closed discussion's votes stay as they were left."""
    comment = post(reader)
    if not top_level:
        comment = post(reader, parent=comment)
    voter = make_person()
    refused = counted = 0

    def vote():
        try:
            return voting.agree(by=voter, comment=comment)
        except RefusedError:
            return None

    def open_again():
        moderation.reopen(by=moderator, discussion=discussion)
        voting.withdraw_vote(by=voter, comment=comment)

    for voted in at_each_query(
        vote,
        act=lambda: moderation.close(by=moderator, discussion=discussion, reason="Night"),
        before=open_again,
    ):
        comment.refresh_from_db()
        assert comment.agree_count == comment.votes.count() == (1 if voted else 0)
        refused += voted is None
        counted += voted is not None
    assert refused > 3
    assert counted >= 1
    discussion.refresh_from_db()
    assert threads.check(discussion) == []
