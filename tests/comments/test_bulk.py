"""Whole discussions at once: the first import, and the import of another version of the page."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comments import bulk, moderation, posting, threads
from comments.bulk import BulkComment
from comments.models import Comment, Discussion

START = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def say(reader, make_person):
    """``say("words", ..., replies)`` builds a BulkComment; minutes tell siblings apart."""
    people = {"ada": reader, "bo": make_person("Bo Writer")}

    def make(words, *children, by="ada", minute=0, quote=None):
        blocks = [{"type": "text", "text": words}] if words else []
        if quote is not None:
            author, text, source = quote
            quoted = {"type": "quote", "author": author, "text": text, "inner": [], "of": source}
            blocks.insert(0, quoted)
        return BulkComment(
            author_id=people[by].pk,
            posted_at=START + timedelta(minutes=minute),
            blocks=blocks,
            children=list(children),
        )

    return make


@pytest.fixture
def merge(discussion):
    def run(*comments):
        with transaction.atomic():
            return bulk.merge(discussion, list(comments))

    return run


@pytest.fixture
def shown(discussion):
    def read():
        comments = Comment.objects.filter(discussion=discussion).in_display_order()
        return [f"{comment.number} {comment.text}" for comment in comments]

    return read


def counts(report):
    return (report.added, report.updated, report.unchanged, report.kept)


@pytest.fixture(autouse=True)
def _sound(discussion):
    yield
    assert not threads.check(Discussion.objects.get(pk=discussion.pk))


def test_a_page_comes_in_with_its_order_numbers_and_counters(say, merge, shown, discussion):
    report = merge(say("a", say("b", say("c")), say("d")), say("e", minute=1))
    assert counts(report) == (5, 0, 0, 0)
    assert shown() == ["1 a", "1.1 b", "1.1.1 c", "1.2 d", "2 e"]
    discussion.refresh_from_db()
    assert (discussion.comment_count, discussion.top_level_count) == (5, 2)


def test_one_insert_a_level(say, merge):
    wide = [say(f"w{i}", *[say(f"w{i}.{j}", minute=j) for j in range(4)]) for i in range(40)]
    with CaptureQueriesContext(connection) as queries:
        merge(*wide)
    inserts = [q for q in queries if q["sql"].startswith('INSERT INTO "comments_comment"')]
    assert len(inserts) == 2
    # Four of them keep the threads' rows.
    assert len(queries) - len(inserts) <= 18


def test_a_quotation_links_to_what_it_quotes(say, merge):
    first = say("words to be quoted")
    merge(first, say("yes", by="bo", quote=("Ada Reader", "words to be quoted", first)))
    quoting = Comment.objects.get(text="yes")
    assert quoting.blocks[0]["source"] == first.pk
    assert "of" not in quoting.blocks[0]
    assert f'href="/comments/{first.pk}/"' in quoting.html


def test_the_same_page_again_changes_nothing(say, merge, shown, discussion):
    def page():
        return say("a", say("b"), say("")), say("e", minute=1)

    merge(*page())
    before = list(Comment.objects.order_by("pk").values())
    version = Discussion.objects.get(pk=discussion.pk).version
    assert counts(merge(*page())) == (0, 0, 4, 0)
    assert list(Comment.objects.order_by("pk").values()) == before
    assert Discussion.objects.get(pk=discussion.pk).version == version


def test_a_longer_page_adds_what_is_new(say, merge, shown):
    merge(say("a", say("b")))
    report = merge(say("a", say("b", say("new")), say("new too", minute=2)), say("end", minute=3))
    assert counts(report) == (3, 0, 2, 0)
    assert shown() == ["1 a", "1.1 b", "1.1.1 new", "1.2 new too", "2 end"]


def test_a_new_comment_among_the_old_takes_its_place(say, merge, shown):
    merge(say("a"), say("c", minute=2))
    kept = dict(Comment.objects.values_list("text", "pk"))
    merge(say("a"), say("b", minute=1), say("c", minute=2))
    assert shown() == ["1 a", "2 b", "3 c"]
    assert Comment.objects.get(text="c").pk == kept["c"]


@pytest.mark.parametrize(
    "mended",
    [
        lambda say: say("mended words"),
        lambda say: say("words", minute=9),
        lambda say: say("words", by="bo"),
    ],
    ids=["words", "date", "author"],
)
def test_a_mended_comment_is_updated_in_place(say, merge, mended):
    merge(say("words"))
    (pk,) = Comment.objects.values_list("pk", flat=True)
    assert counts(merge(mended(say))) == (0, 1, 0, 0)
    comment = Comment.objects.get()
    assert (comment.pk, comment.revision) == (pk, 2)


def test_a_mended_parent_moves_the_comment_with_its_replies(say, merge, shown):
    merge(say("a", say("b", say("c"))), say("d", minute=1))
    kept = dict(Comment.objects.values_list("text", "pk"))
    report = merge(say("a"), say("d", say("b", say("c")), minute=1))
    assert counts(report) == (0, 1, 3, 0)
    assert shown() == ["1 a", "2 d", "2.1 b", "2.1.1 c"]
    assert dict(Comment.objects.values_list("text", "pk")) == kept


def test_siblings_that_changed_places_are_updated(say, merge, shown):
    merge(say("a"), say("b", minute=1), say("c", minute=2))
    assert counts(merge(say("b", minute=1), say("a"), say("c", minute=2))) == (0, 2, 1, 0)
    assert shown() == ["1 b", "2 a", "3 c"]


def test_parent_and_child_that_changed_places(say, merge, shown):
    merge(say("a", say("b", by="bo")))
    kept = dict(Comment.objects.values_list("text", "pk"))
    report = merge(say("b", say("a"), by="bo"))
    assert (report.added, report.kept) == (0, 0)
    assert shown() == ["1 b", "1.1 a"]
    assert dict(Comment.objects.values_list("text", "pk")) == kept


def test_what_a_moderator_hid_stays_hidden_when_it_is_moved_and_mended(say, merge, moderator):
    merge(say("a", say("rude wrods", by="bo", minute=5)), say("c", minute=9))
    hidden = Comment.objects.get(text="rude wrods")
    moderation.hide(by=moderator, comment=hidden, reason="Rude")
    merge(say("a"), say("c", say("rude words", by="bo", minute=5), minute=9))
    comment = Comment.objects.get(text="rude words")
    assert (comment.pk, comment.state, comment.number) == (hidden.pk, "hidden", "2.1")


def test_an_edited_comment_is_known_by_what_it_said_before(say, merge, reader, settings):
    # Imported comments are old; what matters here is what an edit leaves behind.
    settings.COMMENT_EDIT_MINUTES = 10_000_000
    merge(say("old words"))
    posting.edit_comment(
        by=reader, comment=Comment.objects.get(), text="new words", seen_revision=1
    )
    report = merge(say("old words", minute=30))
    assert (report.added, report.edited_here) == (0, 1)
    assert [comment.text for comment in Comment.objects.all()] == ["new words"]


def test_what_the_page_lost_is_kept(say, merge, shown):
    merge(say("a", say("b")), say("c", minute=1))
    assert counts(merge(say("a"))) == (0, 0, 1, 2)
    assert shown() == ["1 a", "1.1 b", "2 c"]


def test_readers_comments_are_never_touched(say, merge, shown, reader, discussion):
    merge(say("a", say("b")), say("c", minute=1))
    imported = Comment.objects.get(text="b")
    mine = posting.post_comment(by=reader, discussion=discussion, parent=imported, text="mine")
    top = posting.post_comment(by=reader, discussion=discussion, text="mine at the top")
    mine_before, top_before = (Comment.objects.filter(pk=c.pk).values().get() for c in (mine, top))
    merge(say("a", say("b", say("new"))), say("c", minute=1), say("d", minute=2))
    assert shown() == [
        "1 a", "1.1 b", "1.1.1 mine", "1.1.2 new", "2 c", "3 mine at the top", "4 d",
    ]  # fmt: skip
    for before, comment in ((mine_before, mine), (top_before, top)):
        after = Comment.objects.filter(pk=comment.pk).values().get()
        places = {"lft", "rght", "free_from", "tree_id"}
        assert {k: v for k, v in after.items() if k not in places} == {
            k: v for k, v in before.items() if k not in places
        }


def test_what_its_author_changed_here_is_not_overwritten(say, merge, reader, settings):
    # Imported comments are old; what matters here is what an edit leaves behind.
    settings.COMMENT_EDIT_MINUTES = 10_000_000
    merge(say("words"))
    comment = Comment.objects.get()
    unchanged = posting.edit_comment(by=reader, comment=comment, text="words", seen_revision=1)
    assert unchanged is False
    posting.edit_comment(by=reader, comment=comment, text="my own", seen_revision=1)
    report = merge(say("the page's new words"))
    assert (report.updated, report.edited_here) == (0, 1)
    assert Comment.objects.get().text == "my own"


def test_a_long_chain_comes_in(say, merge):
    chain = say("end")
    for number in range(1500):
        chain = say(f"{number}", chain)
    assert merge(chain).added == 1501


def test_replies_can_be_posted_under_what_was_imported(say, merge, reader, discussion, shown):
    merge(say("a", say("b")))
    root = Comment.objects.get(text="a")
    posting.post_comment(by=reader, discussion=discussion, parent=root, text="c")
    posting.post_comment(by=reader, discussion=discussion, text="d")
    assert shown() == ["1 a", "1.1 b", "1.2 c", "2 d"]
