"""An article's body: HTML that can hold nothing but text, and a text form that loses nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import markup
from articles.importer.parser import parse
from articles.importer.records import export_blocks
from tests.articles.generated_pages import TEXTS

TOLD = {"type": "paragraph", "text": "It rained.\nAll day."}
QUOTED = {"type": "quote", "text": "I am wet", "attribution": "says the mayor."}


def test_paragraphs_keep_their_lines_and_quotes_their_speaker():
    assert markup.render_blocks([TOLD, QUOTED]) == (
        "<p>It rained.<br>\nAll day.</p>\n"
        '<figure class="quote"><blockquote><p>I am wet</p></blockquote>'
        "<figcaption>says the mayor.</figcaption></figure>\n"
    )


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", '"><img onerror=x>', "a & b"])
def test_every_word_is_escaped(words):
    blocks = [
        {"type": "paragraph", "text": words},
        {"type": "quote", "text": words, "attribution": words},
    ]
    shown = markup.render_blocks(blocks) + markup.render_credit(
        f"{words} https://a.example/{words}"
    )
    assert words not in shown
    assert "<script" not in shown
    assert "<img" not in shown


@pytest.mark.parametrize(
    ("credit", "shown"),
    [
        ("Ada Lens", "Ada Lens"),
        (
            "https://example.org/a?b=1&c=2",
            (
                '<a href="https://example.org/a?b=1&amp;c=2" rel="nofollow noopener">'
                "https://example.org/a?b=1&amp;c=2</a>"
            ),
        ),
        (
            "Ada (http://example.org).",
            'Ada (<a href="http://example.org" rel="nofollow noopener">http://example.org</a>).',
        ),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("http:// nowhere", "http:// nowhere"),
        ("https://[bad", "https://[bad"),
    ],
)
def test_addresses_in_photo_credits_are_links(credit, shown):
    assert markup.render_credit(credit) == shown


def test_a_summary_is_the_lead_or_the_first_words():
    long = "word " * 100
    assert markup.summary_of("The lead.", [TOLD]) == "The lead."
    assert markup.summary_of("", [TOLD]) == "It rained. All day."
    assert markup.summary_of("", []) == ""
    cut = markup.summary_of("", [{"type": "paragraph", "text": long}])
    assert cut.endswith("word…")
    assert len(cut) <= markup.SUMMARY_LENGTH
    assert len(markup.summary_of("", [{"type": "paragraph", "text": "字" * 500}])) == 240


def test_the_text_form_is_the_notation_of_saved_pages():
    text = "It rained.\nAll day.\n\nI am wet\n\n- says the mayor."
    assert markup.blocks_as_text([TOLD, QUOTED]) == text
    assert markup.blocks_from_text(text.replace("\n", "\r\n") + "  \r\n") == [TOLD, QUOTED]


@pytest.mark.parametrize(
    ("blocks", "text"),
    [
        (
            [TOLD, {"type": "paragraph", "text": "- a list"}],
            "It rained.\nAll day.\n\n<p>- a list</p>",
        ),
        ([{"type": "paragraph", "text": "one\n\ntwo"}], "<p>one<br><br>two</p>"),
        ([{"type": "paragraph", "text": "  indented"}], "<p>  indented</p>"),
        ([{"type": "paragraph", "text": "<p>a</p>"}], "<p>&lt;p&gt;a&lt;/p&gt;</p>"),
    ],
)
def test_what_the_notation_cannot_say_is_written_in_html(blocks, text):
    assert markup.blocks_as_text(blocks) == text
    assert markup.blocks_from_text(text) == blocks


@given(st.lists(TEXTS, max_size=5).map("\n\n".join))
def test_what_text_makes_becomes_the_same_text_again(text):
    blocks = markup.blocks_from_text(text)
    markup.check_blocks(blocks)
    assert markup.blocks_from_text(markup.blocks_as_text(blocks)) == blocks


@given(st.lists(st.sampled_from(["a", "- b", "  - c", "\td", "", "e  "]), max_size=9))
def test_editors_and_saved_pages_write_bodies_the_same_way(lines):
    text = "\n".join(lines)
    blocks = markup.blocks_from_text(text)
    if blocks:
        assert blocks == export_blocks(parse(f"Title\n\n{text}").blocks)


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "list", "text": "a"}],
        [{"type": "paragraph"}],
        [{"type": "paragraph", "text": " "}],
        [{"type": "quote", "text": "a"}],
        [{"type": "paragraph", "text": "a", "html": "<b>"}],
        [{"type": "paragraph", "text": 3}],
    ],
)
def test_what_is_no_block_is_refused(blocks):
    with pytest.raises(markup.BodyError):
        markup.check_blocks(blocks)


PICTURED = {"type": "picture", "picture": 17}


def test_a_picture_has_a_place_that_no_text_can_take():
    spoof = {"type": "paragraph", "text": "<!--picture 17-->\n<!--picture 18-->"}
    rendered = markup.render_blocks([TOLD, PICTURED, spoof])
    shown = markup.place_pictures(rendered, {17: "<figure>17</figure>", 18: "<figure>18</figure>"})
    assert shown.count("<figure>") == 1
    assert "&lt;!--picture 17--&gt;" in shown
    assert "picture" not in markup.place_pictures(markup.render_blocks([PICTURED]), {})


@pytest.mark.parametrize("number", [True, 0, -1, "17", 1.0, None, [17]])
def test_a_picture_is_a_number_and_nothing_else(number):
    with pytest.raises(markup.BodyError):
        markup.check_blocks([{"type": "picture", "picture": number}])
    with pytest.raises(markup.BodyError):
        markup.check_blocks([PICTURED | {"text": "words"}])
    markup.check_blocks([PICTURED])


BLOCKS = st.lists(
    st.one_of(
        st.builds(lambda number: {"type": "picture", "picture": number}, st.integers(1, 99)),
        st.builds(
            lambda text: {"type": "paragraph", "text": text},
            st.sampled_from(["One.", "- a dash", "[picture 3]", "[picture 03]", "x\n[picture 3]"]),
        ),
        st.just(QUOTED),
    ),
    max_size=6,
)


@given(BLOCKS)
def test_a_body_with_pictures_is_written_as_text_or_refused(blocks):
    try:
        text = markup.blocks_as_text(blocks)
    except markup.BodyError:
        assert any(block.get("text") in {"- a dash", "[picture 3]"} for block in blocks)
    else:
        assert markup.blocks_from_text(text) == blocks


@given(BLOCKS, BLOCKS)
def test_pictures_move_with_a_new_text_and_none_is_lost(before, after):
    words = markup.texts_in(after)
    moved = markup.move_pictures(before, words)
    assert markup.texts_in(moved) == words
    pictures = [block for block in before if block["type"] == "picture"]
    assert [block for block in moved if block["type"] == "picture"] == pictures
    assert markup.move_pictures(before, markup.texts_in(before)) == before
