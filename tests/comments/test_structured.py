"""What a page tells machines of its comments: read back as they read it."""

import json
import random
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.structured import structured_comments
from tests.xss_vectors import VECTORS

pytestmark = pytest.mark.pure

HERE = "https://news.example"


def row(pk, parent_id=None, *, text="Words.", state="visible", edited="", agreed=0, author="Ada"):
    return SimpleNamespace(
        id=pk,
        parent_id=parent_id,
        author=author,
        author_url="/people/Ada/",
        posted_iso="2026-01-03T10:28:00+00:00",
        edited_iso=edited,
        text=text,
        agree_count=agreed,
        state=state,
    )


def told(rows, **page):
    return json.loads(structured_comments(rows, HERE, **page))


def shape(comments):
    """``{id: shape of the comments in it}``, in order."""
    return {
        int(each["@id"].rstrip("/").rsplit("/", 1)[1]): shape(each.get("comment", ()))
        for each in comments
    }


def every(comments):
    for each in comments:
        yield each
        yield from every(each.get("comment", ()))


def test_the_page():
    assert told([], path="/articles/x/", title='A "page"') == {
        "@context": "https://schema.org",
        "@type": "WebPage",
        "@id": f"{HERE}/articles/x/",
        "url": f"{HERE}/articles/x/",
        "name": 'A "page"',
        "comment": [],
    }


def test_a_comment():
    assert told([row(12, text="Words & *marks*", agreed=3, edited="2026-01-03T11:00:00+00:00")])[
        "comment"
    ] == [
        {
            "@type": "Comment",
            "@id": f"{HERE}/comments/12/",
            "url": f"{HERE}/comments/12/",
            "author": {"@type": "Person", "name": "Ada", "url": f"{HERE}/people/Ada/"},
            "datePublished": "2026-01-03T10:28:00+00:00",
            "dateModified": "2026-01-03T11:00:00+00:00",
            "text": "Words & *marks*",
            "upvoteCount": 3,
            "interactionStatistic": {
                "@type": "InteractionCounter",
                "interactionType": "https://schema.org/LikeAction",
                "userInteractionCount": 3,
            },
        }
    ]


def test_what_did_not_happen_is_not_told():
    comment = told([row(12)])["comment"][0]
    assert comment["upvoteCount"] == 0
    assert not {"dateModified", "interactionStatistic", "parentItem", "comment"} & set(comment)


@pytest.mark.parametrize(
    ("rows", "expected", "parents"),
    [
        ([(1, None), (2, None)], {1: {}, 2: {}}, {}),
        ([(1, None), (2, 1), (3, 2), (4, 1), (5, None)], {1: {2: {3: {}}, 4: {}}, 5: {}}, {}),
        # A page that begins midway in a tree, and comes up out of it.
        ([(7, 6), (8, 7), (9, 5), (10, 1), (11, None)],
         {7: {8: {}}, 9: {}, 10: {}, 11: {}}, {7: 6, 9: 5, 10: 1}),
        # Where a reply's parent is not shown, it lies in nobody else's object.
        ([(1, None), (3, 2), (4, 3), (5, 1)], {1: {}, 3: {4: {}}, 5: {}}, {3: 2, 5: 1}),
    ],
)  # fmt: skip
def test_replies_lie_in_what_they_answer(rows, expected, parents):
    comments = told([row(*each) for each in rows])["comment"]
    assert shape(comments) == expected
    named = {
        int(each["@id"].split("/")[-2]): int(each["parentItem"]["@id"].split("/")[-2])
        for each in every(comments)
        if "parentItem" in each
    }
    assert named == parents


@pytest.mark.parametrize("state", ["hidden", "withdrawn"])
def test_what_was_taken_down_is_told_only_for_its_replies(state):
    gone = {"state": state, "text": "Rude words", "author": "Ruth", "agreed": 7, "edited": "x"}
    text = structured_comments(
        [
            row(1, **gone),
            row(2, 1),
            row(3, **gone),
            row(4, 3, **gone),
            row(5, **gone),
            row(6, 5, **gone),
            row(7, 6),
        ],
        HERE,
    )
    assert "Rude" not in text
    assert "Ruth" not in text
    comments = json.loads(text)["comment"]
    assert shape(comments) == {1: {2: {}}, 5: {6: {7: {}}}}
    first = comments[0]
    del first["comment"]
    assert first == {
        "@type": "Comment",
        "@id": f"{HERE}/comments/1/",
        "url": f"{HERE}/comments/1/",
        "creativeWorkStatus": "Deleted",
    }


def test_a_chain_of_two_hundred():
    comments = told([row(pk, pk - 1 or None) for pk in range(1, 201)])["comment"]
    depth = 0
    while comments:
        assert len(comments) == 1
        depth, comments = depth + 1, comments[0].get("comment")
    assert depth == 200


@pytest.mark.parametrize("text", [*VECTORS, "</script>", "<!--<script>", "]]>", "\u2028\u2029&"])
def test_nothing_ends_the_script_element(text):
    written = structured_comments([row(1, text=text, author=text)], HERE, title=text)
    assert not set("<>&\u2028\u2029") & set(written)
    page = json.loads(written)
    assert page["name"] == page["comment"][0]["author"]["name"] == text
    assert page["comment"][0]["text"] == text


@given(st.lists(st.tuples(st.text(), st.text()), max_size=20), st.randoms(use_true_random=False))
def test_any_words_in_any_tree(said, dice):
    """All that is shown is there once, in the order of the page, with its words."""
    rows, chain = [], []
    for pk, (text, author) in enumerate(said, 1):
        del chain[dice.randint(0, len(chain)) :]
        parent = chain[-1] if chain else dice.choice([None, 1_000 + pk])
        state = dice.choice(["visible", "visible", "hidden"])
        rows.append(row(pk, parent, text=text, author=author, state=state))
        chain.append(pk)
    written = structured_comments(rows, HERE)
    assert not set("<>&\u2028\u2029") & set(written)
    comments = list(every(json.loads(written)["comment"]))
    found = [int(each["@id"].split("/")[-2]) for each in comments]
    assert found == sorted(set(found))
    words = {
        pk: (each["text"], each["author"]["name"])
        for pk, each in zip(found, comments, strict=True)
        if "text" in each
    }
    assert words == {each.id: (each.text, each.author) for each in rows if each.state == "visible"}


@given(st.integers(1, 60), st.integers(0, 10_000))
def test_any_page_of_a_tree_is_nested_as_the_tree_is(size, seed):
    dice = random.Random(seed)
    parents, order, waiting = {}, [], []
    for pk in range(1, size + 1):
        parents[pk] = dice.choice([None, *range(1, pk)])
    waiting = [pk for pk in range(size, 0, -1) if parents[pk] is None]
    while waiting:
        order.append(waiting.pop())
        waiting += [pk for pk in range(size, 0, -1) if parents[pk] == order[-1]]
    start = dice.randrange(size)
    shown = order[start : start + dice.randint(1, size)]

    def walk(comments, enclosing):
        for each in comments:
            pk = int(each["@id"].split("/")[-2])
            if "parentItem" in each:
                assert enclosing is None
                assert each["parentItem"] == {"@id": f"{HERE}/comments/{parents[pk]}/"}
                assert parents[pk] not in shown
            else:
                assert parents[pk] == enclosing
            yield pk
            yield from walk(each.get("comment", ()), pk)

    page = told([row(pk, parents[pk]) for pk in shown])
    assert list(walk(page["comment"], None)) == shown
