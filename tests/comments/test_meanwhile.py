"""Pages that are read while others write: what happens between two of a page's queries."""

import pytest
from django.db import connection, transaction
from django.test import Client

from articles import publishing
from comments import discussions
from comments.models import Comment

pytestmark = pytest.mark.django_db

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
def discussion(db):
    return publishing.create_article(
        section=publishing.open_section("News"),
        title="The bridge opens",
        blocks=[{"type": "paragraph", "text": "At last."}],
        status="published",
    ).discussion


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

    came = []
    for page in at_each_query(read, act=lambda: came.append(post(reader, "Now.", parent=small))):
        assert len(page.rows) <= discussions.PAGE_SIZE
        shown = {row.id for row in page.rows}
        further = page.continued.get(small.tree_id)
        left = [each.pk for each in came if each.pk not in shown]
        assert left == ([] if further is None else [further[1]])
    assert len(came) > 3
