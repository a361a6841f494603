"""Mentions: whom "@" means, and that a link to them is all that comes of it."""

import re
import time
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts import directory, membership
from accounts.models import MAX_HANDLE_LENGTH
from comments import mentions, posting
from comments.markup import legible, render_markdown
from comments.models import Comment
from tests.comments.test_markup import ANY_TEXT, MARKDOWN_LIKE, cleaned_again, faults

HANDLES = (
    "Ada", "Ada Lovelace", "Ada Lovelace King", "J.R.", "J.R.R. Tolkien", "snake_case_name",
    "O'Hara", "Ünï cødé", "小明", "小明你", "철수", "สมชาย", "Рыба", "*star*", "a<b>&\"'", "@at",
    "ends.", "x" * 150, "one two three four five six", "double  space",
)  # fmt: skip
PEOPLE = {handle: f"/people/{quote(handle, safe='')}/" for handle in HANDLES}
MENTION = re.compile(r'<a class="mention" href="([^"]*)" rel="nofollow ugc noopener">@([^<]*)</a>')


def mentioned(text, people=PEOPLE):
    """What became of the mentions in a text: the handles as they are shown."""
    rendered = render_markdown(text, people)
    assert faults(rendered) == []
    return [shown for _, shown in MENTION.findall(rendered)]


@pytest.mark.pure
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@Ada", ["Ada"]),
        ("Hello @Ada, and @Ada.", ["Ada", "Ada"]),
        ("(@Ada) “@Ada” @Ada's @Ada: @Ada? @Ada... @Ada…", ["Ada"] * 7),
        ("@Ada Lovelace said", ["Ada Lovelace"]),
        ("@Ada Lovelace King", ["Ada Lovelace King"]),
        ("@Ada Love", ["Ada"]),
        ("@Ada\nLovelace", ["Ada"]),
        ("@Ada\n\n@Ada Lovelace", ["Ada", "Ada Lovelace"]),
        ("@J.R. said, @J.R.R. Tolkien too", ["J.R.", "J.R.R. Tolkien"]),
        ("@snake_case_name", ["snake_case_name"]),
        ("@O'Hara's", ["O'Hara"]),
        ("@Ünï cødé!", ["Ünï cødé"]),
        ("@小明 @小明说 @小明你好", ["小明", "小明", "小明你"]),
        ("@철수는 @Рыба, @Рыбак", ["철수", "Рыба"]),
        ("@สมชายไป", ["สมชาย"]),
        ("@*star* @@at @ends. @ends", ["*star*", "@at", "ends."]),
        ("@Ada_ @Ada__", ["Ada", "Ada"]),
        ("*@Ada* **@Ada** _@Ada_ __@Ada__ ***@Ada***", ["Ada"] * 5),
        ("> @Ada\n\n- @Ada\n\n1. @Ada", ["Ada"] * 3),
        ("@" + "x" * 150, ["x" * 150]),
        ("@one two three four five six", ["one two three four five six"]),
        ("@double  space, @double space", ["double  space"]),
    ],
)
def test_who_is_meant(text, expected):
    assert mentioned(text) == expected


@pytest.mark.pure
@pytest.mark.parametrize(
    "text",
    [
        "Ada", "@ Ada", "@Adam", "@Ada_x", "@ada", "@Nobody", "@", "@@", "a@", "@Ada1", "@Adá",
        "mail@Ada", "ada@Ada.example.org", "1@Ada", "é@Ada", "e\u0301@Ada", "ф@Ada",
        "@Ada.example.org", "@Ada-style", "@Ada@example.org", "@Ada/core", "medium.com/@Ada",
        "https://medium.com/@Ada", "<https://medium.com/@Ada>", "<mail@Ada.org>", "mailto:x@Ada",
        "`@Ada`", "```\n@Ada\n```", "    @Ada", "[@Ada](/x/)", "[@Ada *x*](/x/)", "\\@Ada",
        "@A\nda", "@A*d*a", "@" + "x" * 151,
    ],
)  # fmt: skip
def test_nobody_is_meant(text):
    assert mentioned(text) == []
    # Nor is anything else changed by who could have been.
    assert render_markdown(text, PEOPLE) == render_markdown(text)


@pytest.mark.pure
def test_a_handle_is_shown_letter_for_letter_and_leads_to_its_page():
    rendered = render_markdown("@a<b>&\"'", PEOPLE)
    href = PEOPLE["a<b>&\"'"]
    assert rendered == (
        f'<p><a class="mention" href="{href}" rel="nofollow ugc noopener">'
        "@a&lt;b&gt;&amp;\"'</a></p>\n"
    )


@pytest.mark.pure
@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "", "people/"])
def test_an_address_that_is_not_ours_makes_no_link(address):
    assert mentioned("@Ada", {"Ada": address}) == []


@pytest.mark.pure
def test_no_more_than_twenty_are_looked_up_and_linked():
    text = " ".join(f"@p{number}" for number in range(30))
    people = {f"p{number}": f"/people/p{number}/" for number in range(30)}
    assert mentioned(text, people) == [f"p{number}" for number in range(mentions.MOST_MENTIONS)]
    assert "p20" not in mentions.candidates(text)


@pytest.mark.pure
def test_any_handle_there_can_be_is_looked_for():
    assert mentions.MOST_CHARACTERS == MAX_HANDLE_LENGTH


@pytest.mark.pure
def test_what_would_be_dear_to_parse_mentions_nobody():
    assert mentioned("@Ada " + "*a* <b>\n\n  [c](/d)\n" * 1_000) == []


@pytest.mark.pure
@pytest.mark.parametrize(
    "text",
    [
        "@" * 10_000, "@ " * 5_000, "@a" * 5_000, "@a " * 3_333, " @" * 5_000, "(@" * 5_000,
        "@" + "." * 9_999, "@" + "_" * 9_999, "@" + "小" * 9_999, "@" + "a." * 4_999,
        ("@" + "小" * 200 + " ") * 49, ("@" + "_" * 200 + "a ") * 49, "@" + "a\u0301" * 4_999,
        "@" + " " * 9_999, "[@Ada](" * 1_400, "@Ada" * 2_500, "@Ada " * 2_000,
    ],
    ids=lambda text: repr(text[:8]),
)  # fmt: skip
def test_hostile_lengths(text):
    """What 10,000 characters may take, with room for a slow machine: quadratic would be seconds."""
    started = time.perf_counter()
    names = mentions.candidates(text)
    rendered = render_markdown(text, PEOPLE)
    assert time.perf_counter() - started < 1
    assert len(names) <= mentions.MOST_MENTIONS * mentions.MOST_ENDS
    assert faults(rendered) == []


@pytest.mark.pure
@given(st.lists(st.sampled_from(["@", "@Ada", " Lovelace", *HANDLES]) | MARKDOWN_LIKE).map("".join))
def test_any_text_with_mentions_becomes_allowed_html_only(text):
    rendered = render_markdown(text, PEOPLE)
    assert faults(rendered) == []
    assert cleaned_again(rendered) == rendered
    # Whatever is linked was looked up: nobody is found by rendering who is not by asking first.
    shown = {name.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
             for _, name in MENTION.findall(rendered)}  # fmt: skip
    assert shown <= PEOPLE.keys()
    if text.count("@") <= mentions.MOST_MENTIONS:
        assert shown <= mentions.candidates(legible(text))


@pytest.mark.pure
@given(ANY_TEXT | st.lists(st.sampled_from("@a. _小\u0301\n\x00\ud800'")).map("".join))
def test_any_text_has_few_candidates_that_a_database_takes(text):
    names = mentions.candidates(text)
    assert len(names) <= mentions.MOST_MENTIONS * mentions.MOST_ENDS
    for name in names:
        assert f"@{name}" in text
        assert 0 < len(name) <= mentions.MOST_CHARACTERS
        assert name == name.strip()
        assert len(name.split()) <= mentions.MOST_WORDS
        name.encode()
        assert "\x00" not in name


def test_people_are_found_letter_for_letter_in_one_query(make_person):
    ada = make_person("Ada Lovelace")
    imported = membership.import_people({"a/b": None, "ADA LOVELACE": None})
    with CaptureQueriesContext(connection) as queries:
        found = directory.people_called(
            ["Ada Lovelace", "ada lovelace", "a/b", "Nobody", "\x00", ""]
        )
    assert len(queries) == 1
    assert found == {
        "Ada Lovelace": ada.get_absolute_url(),
        "a/b": f"/people/~{imported['a/b'].pk}/",
    }
    with CaptureQueriesContext(connection) as queries:
        assert directory.people_called([]) == {}
    assert not queries


def test_a_posted_and_an_edited_comment_link_whom_they_mention(reader, make_person, post):
    make_person("Bo Peep")
    comment = post(reader, "Is that so, @Bo Peep?")
    link = '<a class="mention" href="/people/Bo%20Peep/" rel="nofollow ugc noopener">@Bo Peep</a>'
    assert comment.html == f"<p>Is that so, {link}?</p>\n"
    posting.edit_comment(
        by=reader, comment=comment, text="Is it, @Ada Reader?", seen_revision=comment.revision
    )
    html = Comment.objects.get(pk=comment.pk).html
    assert 'href="/people/Ada%20Reader/"' in html
    assert "Bo Peep" not in html


def test_posting_asks_once_however_many_are_mentioned(reader, make_person, post):
    for number in range(5):
        make_person(f"Person {number}")

    def queries_of(text):
        with CaptureQueriesContext(connection) as queries:
            post(reader, text)
        return len(queries)

    post(reader)
    none = queries_of("Words.")
    assert queries_of("@Person 1") == none + 1
    assert queries_of(" ".join(f"@Person {number}" for number in range(5)) * 6) == none + 1


def test_a_text_that_no_database_takes_is_refused_and_not_an_error(reader, post):
    for text in ("@a\x00b", "@a\ud800b", "@" * 10_001):
        with pytest.raises(posting.RefusedError):
            post(reader, text)
    assert not Comment.objects.exists()
