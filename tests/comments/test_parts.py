"""What is kept of printed comments: never out of date, and never too much."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import membership
from comments import moderation, parts, posting, voting

ARTICLE = "/articles/the-bridge-opens/"


@pytest.fixture
def discussion(article):
    return article.discussion


def page():
    return Client().get(ARTICLE).content.decode()


def queries_for_words():
    with CaptureQueriesContext(connection) as queries:
        page()
    return [each["sql"] for each in queries if '"comments_comment"."html"' in each["sql"]]


def test_only_what_is_new_is_read_again(reader, post):
    first = post(reader, "First words")
    assert queries_for_words()
    assert not queries_for_words()
    second = post(reader, "Second words")
    (read,) = queries_for_words()
    assert f"IN ({second.pk})" in read
    assert str(first.pk) in page()


def test_what_was_not_shown_lately_is_read_at_once_with_its_words(reader, post):
    first = post(reader, "First words")
    post(reader, "An answer", parent=first)
    for has_words in (True, False):
        with CaptureQueriesContext(connection) as queries:
            page()
        (read,) = [
            each["sql"]
            for each in queries
            if 'FROM "comments_comment"' in each["sql"].split("WHERE")[0]
        ]
        assert ('"comments_comment"."html"' in read) == has_words


def test_what_is_shown_all_the_time_is_not_taken_for_new(
    reader, post, make_discussion, monkeypatch
):
    monkeypatch.setattr(parts, "MOST_TREES", 3)
    often, once = post(reader, "Shown all the time"), make_discussion()
    others = [
        posting.post_comment(by=reader, discussion=once, parent=None, text=f"Once {number}")
        for number in range(5)
    ]
    page()
    for other in others:
        assert Client().get(f"/comments/{other.pk}/").status_code == 200
        page()
    assert not parts.are_new([often.tree_id])
    assert parts.are_new([others[0].tree_id])


@pytest.mark.parametrize(
    ("change", "shows", "no_longer"),
    [
        (lambda by, comment, mod, other: posting.edit_comment(
            by=by, comment=comment, text="Mended words", seen_revision=1),
         "Mended words", "First words"),
        (lambda by, comment, mod, other: posting.withdraw_comment(
            by=by, comment=comment, reason="Too hasty"),
         "Too hasty", "First words"),
        (lambda by, comment, mod, other: moderation.hide(
            by=mod, comment=comment, reason="Off topic"),
         "Off topic", "First words"),
        (lambda by, comment, mod, other: membership.change_real_name(
            by=by, person=by, real_name="Augusta K."),
         "Augusta K.", None),
        (lambda by, comment, mod, other: voting.agree(by=other, comment=comment),
         '"upvoteCount":1', '"upvoteCount":0'),
        (lambda by, comment, mod, other: posting.post_comment(
            by=other, discussion=comment.discussion, parent=comment, text="An answer"),
         "1 reply", None),
    ],
)  # fmt: skip
def test_nothing_kept_is_out_of_date(
    reader, moderator, make_person, post, change, shows, no_longer
):
    comment = post(reader, "First words")
    page()
    change(reader, comment, moderator, make_person())
    after = page()
    assert shows in after
    assert no_longer is None or no_longer not in after


def test_a_reply_names_whom_it_answers_as_they_are_called_now(reader, moderator, make_person, post):
    comment = post(reader, "First words")
    post(make_person(), "An answer", parent=comment)
    link = f'<a class="parent" dir="auto" href="#c{comment.pk}">to {{}}</a>'
    assert link.format(reader.handle) in page()
    membership.rename_person(by=make_person(role="admin"), person=reader, handle="Somebody Else")
    assert link.format("Somebody Else") in page()
    moderation.hide(by=moderator, comment=comment, reason="Off topic")
    assert f'href="#c{comment.pk}">to {comment.number}</a>' in page()
    moderation.restore(by=moderator, comment=comment, reason="On topic")
    assert link.format("Somebody Else") in page()


def test_memory_is_bounded_by_weight(reader, post, monkeypatch):
    monkeypatch.setattr(parts, "MOST_KEPT", 6_000)
    for number in range(12):
        post(reader, f"{number} " + "long words " * 60)
    first, second = page(), page()
    assert first == second
    memory = parts._memory
    assert 0 < memory.weight <= 6_000
    assert memory.weight == sum(part.weight for part in memory.parts.values())
    parts.forget_parts()
    assert (memory.weight, memory.parts) == (0, {})
