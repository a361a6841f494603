"""Bodies in an editor of HTML: nothing harmful comes in, nothing that stands there is harmed."""

from collections import Counter
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles import markup
from articles.importer.parser import parse
from articles.importer.records import export_blocks
from articles.prose import letters_of, read_html
from tests.articles.generated_pages import PIECES
from tests.seed import SEED, needs_seed
from tests.xss_vectors import VECTORS

pytestmark = pytest.mark.pure

# Anything but what no database keeps: NUL, and halves of letters.
ODD_TEXTS = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
    | PIECES
    | st.sampled_from(
        [
            "\n",
            "\n\n",
            "  ",
            "\r",
            "\r\n",
            "\ufeff",
            "\u202e",
            "אבג",
            "&amp;",
            "<p>",
            "</p>",
            "<br>",
        ]
    ),
    max_size=6,
).map("".join)
WORDS = ODD_TEXTS.filter(str.strip)
PARAGRAPHS = st.builds(lambda text: {"type": "paragraph", "text": text}, WORDS)
QUOTES = st.builds(
    lambda text, attribution: {"type": "quote", "text": text, "attribution": attribution},
    WORDS,
    ODD_TEXTS,
)
IMPORTED = st.lists(PARAGRAPHS | QUOTES, max_size=5)
SHAPES = [
    "<h2>Results</h2>",
    "<p>a <strong>b <em>c</em></strong></p>",
    '<p>see <a href="https://a.example/?b=1&amp;c">there</a></p>',
    '<p class="pull-quote">It rained, and rained.</p>',
    "<ul><li>one<ul><li>two</li></ul></li></ul>",
    "<ol><li>one</li></ol>",
    '<table><tbody><tr><th>a</th><td colspan="2">b<br>c</td></tr></tbody></table>',
    '<figure class="quote"><blockquote>a <em>b</em></blockquote><figcaption></figcaption></figure>',
]
ANY_BLOCKS = st.lists(
    PARAGRAPHS
    | QUOTES
    | st.sampled_from([{"type": "html", "html": each} for each in SHAPES])
    | st.just({"type": "embed", "url": "https://films.example/1?a=b&c", "title": "A film"})
    | st.just({"type": "picture", "picture": 17}),
    max_size=5,
)


@given(ANY_BLOCKS)
def test_a_body_comes_back_from_either_editor_as_it_went_in(blocks):
    assert markup.blocks_from_html(markup.blocks_as_html(blocks)) == blocks
    text = markup.blocks_as_text(blocks)
    assert markup.blocks_from_text(text) == blocks
    # As a browser sends what stands in a field.
    assert markup.blocks_from_text(text.replace("\n", "\r\n")) == blocks


@given(IMPORTED)
def test_what_imported_words_are_is_never_taken_for_html(blocks):
    for block in markup.blocks_from_html(markup.blocks_as_html(blocks)):
        assert block["type"] in ("paragraph", "quote")
    markup.check_blocks(blocks)


@needs_seed
def test_the_real_page_is_unharmed():
    blocks = export_blocks(parse(SEED.read_bytes()).blocks)
    assert len(blocks) > 5
    assert markup.blocks_from_html(markup.blocks_as_html(blocks)) == blocks
    assert markup.blocks_from_text(markup.blocks_as_text(blocks)) == blocks


TAGS = "p div b i a ul ol li table tr td th blockquote figure figcaption h1 h3 span br cite aside"
BITS = st.sampled_from(
    [f"<{tag}>" for tag in TAGS.split()]
    + [f"</{tag}>" for tag in TAGS.split()]
    + ['<a href="https://a.example/">', '<figure class="embed">', "<p class=pull-quote>", "\n", " "]
) | st.sampled_from(["one", "two ", " three", "&lt;", "&amp;amp;"])


@given(st.lists(BITS, max_size=25).map("".join))
def test_any_html_is_read_once_and_for_all_and_no_word_of_it_is_lost(source):
    blocks = read_html(source)
    markup.check_blocks(blocks)
    again = markup.blocks_as_html(blocks)
    assert read_html(again) == blocks
    lost = Counter(letters_of(source)) - Counter(letters_of(again))
    assert not lost


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_that_runs_comes_in(vector):
    for blocks in (read_html(vector), read_html(f"<p>{vector}</p><h2>{vector}</h2>")):
        markup.check_blocks(blocks)
        shown = markup.render_blocks(blocks) + markup.blocks_as_html(blocks)
        assert not dangers_in(shown), shown


def dangers_in(shown):
    """Elements and attributes that no page of ours has."""
    from html.parser import HTMLParser

    found = []

    class Look(HTMLParser):
        def handle_starttag(self, tag, attrs):
            if tag not in ALLOWED:
                found.append(tag)
            for name, value in attrs:
                if name not in ALLOWED_ATTRIBUTES:
                    found.append(name)
                if name == "href" and not value.startswith(
                    ("http://", "https://", "mailto:", "/", "#")
                ):
                    found.append(value)

    look = Look()
    look.feed(shown)
    look.close()
    return found


ALLOWED = frozenset(
    {"p", "br", "a", "strong", "em", "h2", "h3", "h4", "ul", "ol", "li", "table", "tbody", "tr",
     "td", "th", "figure", "figcaption", "blockquote", "div", "span", "small"}
)  # fmt: skip
ALLOWED_ATTRIBUTES = frozenset(
    {"href", "rel", "class", "colspan", "rowspan", "role", "aria-label", "tabindex", "data-frame"}
)


@pytest.mark.parametrize("tag", ["div", "ul", "blockquote", "b", "table"])
def test_what_is_nested_beyond_reason_is_read_in_time_and_keeps_its_words(tag):
    source = f"<{tag}>word " * 100_000
    begun = perf_counter()
    blocks = read_html(source)
    # Two minutes, without a look at the depth.
    assert perf_counter() - begun < 15
    words = "".join(markup.words_of(block) for block in blocks)
    assert words.count("word") == 100_000
    assert read_html(markup.blocks_as_html(blocks)) == blocks


@pytest.mark.parametrize(
    ("before", "tag", "behind"),
    [
        ("", "<div/>", ""),
        ("<!-->", "<div>", "-->"),
        ("<svg><style>", "<div>", ""),
        ("<![CDATA[>", "<div>", "]]>"),
    ],
)
def test_nor_is_it_where_a_browser_sees_what_is_open_and_others_do_not(before, tag, behind):
    begun = perf_counter()
    read_html(before + tag * 100_000 + behind)
    assert perf_counter() - begun < 15


def test_a_long_text_keeps_its_form():
    source = "<p>a <strong>b</strong></p>" * 20_000
    assert len(read_html(source)) == 20_000
