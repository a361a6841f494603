"""The index by itself: what is kept of very long texts, and the same answers by any way."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import bulk, fulltext, posting, search, search_index
from comments.fulltext import GAP, Entry, Match, id_at, place_at, place_of
from comments.lexicon import read_query
from comments.models import Comment

INDEX = search_index.INDEX


def test_places_are_in_the_order_of_time_and_know_their_row():
    moments = [
        datetime(1, 1, 2, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, tzinfo=UTC),
        datetime(2026, 1, 8, 10, 28, 59, tzinfo=UTC),
        datetime(9999, 12, 30, tzinfo=UTC),
    ]
    places = [place_of(moment, pk) for moment in moments for pk in (1, 2_000_000_000)]
    assert places == sorted(places)
    assert all(-(1 << 63) <= place < (1 << 63) for place in places)
    assert {id_at(place) for place in places} == {1, 2_000_000_000}
    assert place_at(moments[2]) <= place_of(moments[2], 1)
    assert place_at(moments[2] + timedelta(minutes=1)) > place_of(moments[2], 2_000_000_000)


def found(match, discussion, **options):
    among = Comment.objects.filter(pk=fulltext.found_row())
    places, _ = INDEX.search(match, readable=among, limit=50, **options)
    return [id_at(place) for place in places]


@pytest.fixture
def rows(discussion, reader):
    """Comments without a word of their own in the index: tests say what is there."""
    start = datetime(2026, 1, 8, tzinfo=UTC)
    bulk.merge(
        discussion,
        [
            bulk.BulkComment(
                reader.pk, start + timedelta(minutes=at), [{"type": "text", "text": "!"}]
            )
            for at in range(12)
        ],
    )
    return list(Comment.objects.order_by("posted_at"))


def index(comment, tokens, labels=()):
    INDEX.put([Entry(place_of(comment.posted_at, comment.pk), tokens, frozenset(labels))])


def test_a_very_long_text_is_found_by_every_word_and_its_beginning_by_phrases(rows, discussion):
    many = [f"w{at}" for at in range(17_000)]
    index(rows[0], ["first", "words", *many, "last", "ones"])
    index(rows[1], ["again", "and"] * 400 + ["over", "again", "end"])
    for phrase in (("first", "words"), ("w7", "w8"), ("last",), ("ones",)):
        assert found(Match(every=(phrase,)), discussion) == [rows[0].pk], phrase
    for phrase in (("again", "and"), ("over",), ("end",)):
        assert found(Match(every=(phrase,)), discussion) == [rows[1].pk], phrase
    # On both databases alike: beyond what either can keep there are no phrases.
    assert found(Match(every=(("last", "ones"),)), discussion) == []
    assert found(Match(every=(("over", "again"),)), discussion) == []


def test_what_weighs_more_than_a_megabyte_is_kept_as_far_as_it_goes(rows, discussion):
    index(rows[0], [f"{at:05}" + "ж" * 35 for at in range(16_000)], {"label"})
    assert found(Match(every=(("label",),)), discussion) == [rows[0].pk]
    assert found(Match(every=(("00001" + "ж" * 35,),)), discussion) == [rows[0].pk]
    assert found(Match(every=(("15999" + "ж" * 35,),)), discussion) == []


def test_gaps_part_phrases_and_labels_are_no_part_of_them(rows, discussion):
    index(rows[0], ["one", GAP, "two", "three"], {"label", "other"})
    for phrase in (("one", "two"), ("three", "label"), ("label", "other")):
        assert found(Match(every=(phrase,)), discussion) == [], phrase
    assert found(Match(every=(("two", "three"), ("label",))), discussion) == [rows[0].pk]


def test_groups_and_what_must_not_be_there(rows, discussion):
    index(rows[0], ["a"], {"x"})
    index(rows[1], ["a", "b"], {"y"})
    index(rows[2], ["a", "b", "c"], {"z"})
    newest_first = [row.pk for row in rows[2::-1]]
    assert found(Match(every=(("a",),)), discussion) == newest_first
    either = Match(every=(("a",),), one_of=((("x",), ("z",)),))
    assert found(either, discussion) == [rows[2].pk, rows[0].pk]
    without = Match(every=(("a",),), never=((("b",), ("c",)),))
    assert found(without, discussion) == [rows[1].pk, rows[0].pk]
    neither = Match(every=(("a",),), never=((("b",),), (("c",),)))
    assert found(neither, discussion) == [rows[0].pk]


@pytest.mark.parametrize("recent", [0, 1, 3, 11, 12, 100])
def test_however_many_are_looked_at_first_the_same_is_found(rows, discussion, recent, monkeypatch):
    monkeypatch.setattr(INDEX, "recent", recent)
    for at, row in enumerate(rows):
        index(row, ["even" if at % 2 == 0 else "odd"])
    even = [row.pk for row in rows[::2]][::-1]
    match = Match(every=(("even",),))
    assert found(match, discussion) == even
    middle = place_of(rows[6].posted_at, rows[6].pk)
    assert found(match, discussion, below=middle) == even[3:]
    assert found(match, discussion, since=middle) == even[:3]
    among = Comment.objects.filter(pk=fulltext.found_row())
    places, more = INDEX.search(match, readable=among, limit=2)
    assert ([id_at(place) for place in places], more) == (even[:2], None)


def test_everything_can_be_indexed_anew(post, reader, rows):
    comment = post(reader, "An aardvark.")
    posting.edit_comment(by=reader, comment=comment, text="An anteater.", seen_revision=1)
    place = place_of(comment.posted_at, comment.pk)
    # As after a restored dump: one missing, one wrong, one that nobody has.
    INDEX.remove([place])
    index(rows[0], ["aardvark"])
    stray = place_of(datetime(2030, 1, 1, tzinfo=UTC), comment.pk)
    nobody = place_of(datetime(2030, 1, 1, tzinfo=UTC), 999_999)
    INDEX.put([Entry(stray, ["anteater"]), Entry(nobody, ["anteater"])])
    seen = []
    assert search_index.rebuild(progress=seen.append) == 13
    assert seen == [13]
    places = INDEX.places(behind=-(1 << 63), limit=100)
    assert len(places) == 13
    assert not {stray, nobody} & set(places)
    entries = search.comments_with(read_query("anteater")).entries
    assert [entry.pk for entry in entries] == [comment.pk]
    assert search.comments_with(read_query("aardvark")).entries == []


def test_a_post_and_an_edit_write_one_row_each(post, reader):
    post(reader, "Warm up.")
    with CaptureQueriesContext(connection) as queries:
        comment = post(reader, "Some words.")
    written = [each["sql"] for each in queries if "comments_search" in each["sql"]]
    assert len(written) == 1
    with CaptureQueriesContext(connection) as queries:
        posting.edit_comment(by=reader, comment=comment, text="Other words.", seen_revision=1)
    written = [each["sql"] for each in queries if "comments_search" in each["sql"]]
    assert len(written) == 1
