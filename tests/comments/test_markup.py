"""What a comment's text becomes: one row a rule, and nothing that a browser would run."""

import re
from html.parser import HTMLParser

import nh3
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from comments import markup
from comments.markdown import MAX_LINK_LENGTH
from comments.markup import excerpt, plain_text, quote_markdown, render_blocks, render_markdown
from tests.xss_vectors import VECTORS

ANY_TEXT = st.text(st.characters(exclude_categories=()))
MARKS = [
    *"*_[]()`<>&\\\"'!#:~|=+-\n\t .ab1",
    *("**", "```", "~~~", "> ", "- ", "1. ", "    ", "\n\n", "](", "http://", "https://a.b/"),
    *("javascript:", "mailto:", "<a@b.c>", "&lt;", "&#x202e;", "<script>", "//", "\\\n", "data:"),
    *("\x00", "\u202e", "\u2067", "\ud800", "\u2028", "\xa0", "é", "ф", "\U0001f600"),
]
MARKDOWN_LIKE = st.lists(st.sampled_from(MARKS), max_size=60).map("".join)
PATIENT = settings(deadline=None)

REL = 'rel="nofollow ugc noopener"'


def link(href: str, text: str | None = None) -> str:
    return f'<a href="{href}" {REL}>{href if text is None else text}</a>'


def permalink(comment: int) -> str:
    return f"/comments/{comment}/"


class Audit(HTMLParser):
    """Everything in a piece of HTML that is not allowed to be there."""

    def __init__(self, rendered: str, *, classes: bool = False) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.open: list[str] = []
        self.classes = classes
        self.tags = markup.ALLOWED_TAGS | ({"cite"} if classes else set())
        self.feed(rendered)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.tags:
            self.faults.append(f"<{tag}>")
        if tag != "br":
            self.open.append(tag)
        for name, value in attrs:
            if not self._is_allowed(tag, name, value or ""):
                self.faults.append(f"<{tag} {name}={value!r}>")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")

    def _is_allowed(self, tag: str, name: str, value: str) -> bool:
        match tag, name:
            case "a", "href":
                return bool(re.match(r"(?i)https?://[^/\\]|mailto:.|/(?![/\\])|#", value))
            case "a", "rel":
                return value == "nofollow ugc noopener"
            case "a", "class":
                return value == "mention"
            case "ol", "start":
                return re.fullmatch(r"\d{1,9}", value, re.ASCII) is not None
            case "blockquote", "class":
                return self.classes and value == "quotation"
        return False


def faults(rendered: str, *, classes: bool = False) -> list[str]:
    return Audit(rendered, classes=classes).faults


def cleaned_again(rendered: str) -> str:
    return nh3.clean(
        rendered,
        tags=markup.ALLOWED_TAGS,
        attributes=markup.ALLOWED_ATTRIBUTES,
        url_schemes=markup.ALLOWED_SCHEMES,
        link_rel=markup.LINK_REL,
    )


# --- Markdown ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        (" \n\t\n ", ""),
        ("words", "<p>words</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\r\ntwo\rthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("one\u2028two", "<p>one<br>\ntwo</p>"),
        ("one  \ntwo\\\nthree", "<p>one<br>\ntwo<br>\nthree</p>"),
        ("one\n\n\ntwo", "<p>one</p>\n<p>two</p>"),
        (
            "*a* _b_ **c** __d__",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong></p>",
        ),
        ("***a***", "<p><em><strong>a</strong></em></p>"),
        ("snake_case_name 2*3*4", "<p>snake_case_name 2<em>3</em>4</p>"),
        (r"\*a\* \_b\_", "<p>*a* _b_</p>"),
        ("`a < *b*`", "<p><code>a &lt; *b*</code></p>"),
        ("```\na < b\n  c\n```", "<pre><code>a &lt; b\n  c\n</code></pre>"),
        ("~~~python\nx\n~~~", "<pre><code>x\n</code></pre>"),
        ("    a\n    b", "<pre><code>a\nb\n</code></pre>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("* a\n  * b", "<ul>\n<li>a\n<ul>\n<li>b</li>\n</ul>\n</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("7) a\n8) b", '<ol start="7">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("+1", "<p>+1</p>"),
        ("> a\n> b", "<blockquote>\n<p>a<br>\nb</p>\n</blockquote>"),
        ("> a\nanswer", "<blockquote>\n<p>a</p>\n</blockquote>\n<p>answer</p>"),
        (
            "> > a\n> b",
            "<blockquote>\n<blockquote>\n<p>a</p>\n</blockquote>\n<p>b</p>\n</blockquote>",
        ),
    ],
)
def test_markdown_that_is_read(text: str, expected: str) -> None:
    assert render_markdown(text).strip() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("# a", "<p># a</p>"),
        ("a\n===", "<p>a<br>\n===</p>"),
        ("---", "<p>---</p>"),
        ("* * *", "<p>* * *</p>"),
        ("- - -\na", "<p>- - -<br>\na</p>"),
        ("| a |\n|---|\n| b |", "<p>| a |<br>\n|---|<br>\n| b |</p>"),
        ("~~a~~", "<p>~~a~~</p>"),
        ("- [ ] a", "<ul>\n<li>[ ] a</li>\n</ul>"),
        ("> [!NOTE]\n> a", "<blockquote>\n<p>[!NOTE]<br>\na</p>\n</blockquote>"),
        ("<b>a</b>", "<p>&lt;b&gt;a&lt;/b&gt;</p>"),
        ("<div>\na\n</div>", "<p>&lt;div&gt;<br>\na<br>\n&lt;/div&gt;</p>"),
        ("&copy; &amp; &#60;", "<p>&amp;copy; &amp;amp; &amp;#60;</p>"),
        ("[a]\n\n[a]: http://b.c", f"<p>[a]</p>\n<p>[a]: {link('http://b.c')}</p>"),
        ("![a](/b.png)", f"<p>!{link('/b.png', 'a')}</p>"),
    ],
)
def test_markdown_that_is_shown_as_typed(text: str, expected: str) -> None:
    assert render_markdown(text).strip() == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[a](https://b.c/d?e=1&f=2)", link("https://b.c/d?e=1&amp;f=2", "a")),
        ('[a](https://b.c "title")', link("https://b.c", "a")),
        ("[a](/comments/12/)", link("/comments/12/", "a")),
        ("[a](#c12)", link("#c12", "a")),
        ("[a](mailto:b@c.de)", link("mailto:b@c.de", "a")),
        ("[*a*](https://b.c)", link("https://b.c", "<em>a</em>")),
        ("<https://b.c/%E2%80%AE>", link("https://b.c/%E2%80%AE")),
        ("<b@c.de>", link("mailto:b@c.de", "b@c.de")),
        ("https://b.c", link("https://b.c")),
        ("HTTP://B.C", link("HTTP://B.C")),
        ("a http://b.c/d_e_f. G", f"a {link('http://b.c/d_e_f')}. G"),
        ("(http://b.c/d)", f"({link('http://b.c/d')})"),
        ("http://b.c/d_(e)", link("http://b.c/d_(e)")),
        ("(http://b.c/d_(e)), f", f"({link('http://b.c/d_(e)')}), f"),
        ("«http://b.c/d»…", f"«{link('http://b.c/d')}»…"),
        ("**http://b.c**", f"<strong>{link('http://b.c')}</strong>"),
        ("_http://b.c/d_", f"<em>{link('http://b.c/d')}</em>"),
        ("[a http://b.c d](/e)", link("/e", "a http://b.c d")),
        ("[http://b.c](/e)", link("/e", "http://b.c")),
        ("http://b.c](/d)", f"{link('http://b.c')}](/d)"),
        ("http://b.c/<i>", f"{link('http://b.c/')}&lt;i&gt;"),
        ("`http://b.c`", "<code>http://b.c</code>"),
        (
            "https://пример.рф/путь",
            link(
                "https://xn--e1afmkfd.xn--p1ai/%D0%BF%D1%83%D1%82%D1%8C", "https://пример.рф/путь"
            ),
        ),
        ("xhttp://b.c", "xhttp://b.c"),
        ("http:// b", "http:// b"),
        ("http://", "http://"),
        ("ftp://b.c www.b.c b.c", "ftp://b.c www.b.c b.c"),
        (r"http\://b.c", "http://b.c"),
        ("[a](//b.c)", "[a](//b.c)"),
        ("[a](<///b.c>)", "[a](&lt;///b.c&gt;)"),
        ("[a](b/c)", "[a](b/c)"),
        ("[a](https:b.c)", "[a](https:b.c)"),
        ("[a](ftp://b.c)", "[a](ftp://b.c)"),
        ("[a](<>)", "[a](&lt;&gt;)"),
        ("[a](javascript:b)", "[a](javascript:b)"),
        ("<javascript:b>", "&lt;javascript:b&gt;"),
    ],
)
def test_links(text: str, expected: str) -> None:
    assert render_markdown(text).strip() == f"<p>{expected}</p>"


def test_a_backslash_cannot_turn_a_path_into_another_host() -> None:
    assert 'href="/%5Cb.c"' in render_markdown("[a](/\\b.c)")


def test_an_address_longer_than_any_is_text() -> None:
    address = "http://b.c/" + "d" * MAX_LINK_LENGTH
    assert render_markdown(f"a {address} e") == f"<p>a {address} e</p>\n"
    assert "<a" not in render_markdown(f"[a]({address})")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00b\x08c\x7fd", "abcd"),
        ("a\ud800b\uffffc", "a\ufffdb\ufffdc"),
        ("\u202eevil\u202c \u2067evil\u2069", "evil evil"),
        ("&#x202e;evil", "&amp;#x202e;evil"),
        ("שלום\u200f!", "שלום\u200f!"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
    ],
)
def test_characters_that_cannot_be_seen_or_sent(text: str, expected: str) -> None:
    assert render_markdown(text) == f"<p>{expected}</p>\n"
    assert render_blocks([{"type": "text", "text": text}], permalink) == f"<p>{expected}</p>\n"


@pytest.mark.parametrize("mark", ["> ", "- ", "1. ", "> - "])
def test_too_deep_nesting_loses_no_word(mark: str) -> None:
    rendered = render_markdown(mark * 40 + "words")
    assert "words" in rendered
    assert faults(rendered) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            mark * (20_000 // len(mark))
            for mark in [*MARKS, "![", "[](", "<a ", "*a **a ", "[a](<b"]
        ),
        "\n".join("  " * level + "- a" for level in range(140)),
        "\n".join(">" * level + " a" for level in range(190)),
        "**](\n>~~~\n" * 2_000,
        "".join("`" * length + " " for length in range(190)),
        "http://b.c/" + ")" * 20_000,
        "[a](http://" + "é" * 20_000 + ")",
        "*" * 10_000 + "a" + "*" * 10_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_lengths(text: str) -> None:
    rendered = render_markdown(text)
    assert faults(rendered) == []
    assert len(rendered) < 12 * len(text) + 100


def test_what_would_be_dear_to_parse_is_plain_text() -> None:
    text = "*a* <b>\n\n  [c](/d)\n" * 1_000
    rendered = render_markdown(text)
    assert rendered.startswith("<p>*a* &lt;b&gt;</p>\n<p>&nbsp; [c](/d)<br>\n*a*")
    assert rendered.count("*a*") == 1_000
    assert faults(rendered) == []


def test_a_long_ordinary_comment_is_still_markdown() -> None:
    text = ("Some *words* about this, and more of them.\n\n" * 5 + "https://b.c/d\n\n") * 50
    rendered = render_markdown(text)
    assert rendered.count("<em>") == 250
    assert rendered.count("<a ") == 50


# --- Scripts ----------------------------------------------------------------------------------


def test_there_are_vectors_and_each_can_be_detected() -> None:
    assert len(VECTORS) == len(set(VECTORS)) >= 60
    encoded_alert = ("PHN", "&#97;&#108;", "&lpar;")
    for vector in VECTORS:
        assert any(sign in vector for sign in ("__xss", "alert(1)", *encoded_alert)), vector


@pytest.mark.parametrize("vector", VECTORS)
@pytest.mark.parametrize("frame", ["{}", "a {} b", "> {}", "- {}", "*{}*", "[{}](/a)", "[a]({})"])
def test_no_vector_gets_through_markdown(vector: str, frame: str) -> None:
    rendered = render_markdown(frame.replace("{}", vector))
    assert faults(rendered) == []
    assert cleaned_again(rendered) == rendered


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_gets_through_an_imported_comment(vector: str) -> None:
    quotation = {"type": "quote", "author": vector, "text": vector, "inner": [], "source": 1}
    blocks = [{"type": "text", "text": vector}, {**quotation, "inner": [quotation]}]
    assert faults(render_blocks(blocks, permalink), classes=True) == []
    hostile = render_blocks([quotation], lambda _: f"/{vector}")
    assert faults(hostile, classes=True) == []


@pytest.mark.parametrize("vector", VECTORS)
def test_no_vector_gets_through_a_quotation_in_a_reply(vector: str) -> None:
    quoted = quote_markdown(vector, author=vector, permalink="/comments/1/")
    rendered = render_markdown(quoted)
    assert faults(rendered) == []
    assert re.search(r'— <a href="/comments/1/"', rendered)


# --- Whatever is typed ------------------------------------------------------------------------


@PATIENT
@given(ANY_TEXT | MARKDOWN_LIKE)
@example("[x]()")
@example("- \n  > \n1.")
def test_any_text_becomes_allowed_html_only(text: str) -> None:
    rendered = render_markdown(text)
    assert faults(rendered) == []
    assert cleaned_again(rendered) == rendered
    rendered.encode()
    assert not re.search("[\x00\u202a-\u202e\u2066-\u2069]", rendered)


@PATIENT
@given(MARKDOWN_LIKE, MARKDOWN_LIKE)
def test_any_quotation_stays_a_quotation(text: str, answer: str) -> None:
    quoted = quote_markdown(text, author="a](b)\n*`", permalink="/comments/1/")
    assert all(line.startswith(">") for line in quoted.splitlines() if line)
    assert quoted.endswith("\n\n")
    assert faults(render_markdown(quoted + answer)) == []
    assert plain_text(render_markdown(quoted + "answer")) == "answer"


@PATIENT
@given(ANY_TEXT | MARKDOWN_LIKE, st.integers(-1, 50))
def test_any_extract_keeps_to_its_length(text: str, length: int) -> None:
    for source in (text, render_markdown(text)):
        short = excerpt(source, length)
        assert len(short) <= max(0, length)
        assert "\n" not in short
        short.encode()


@PATIENT
@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT | MARKDOWN_LIKE)))
def test_any_imported_comment_becomes_allowed_html_only(quotations: list[tuple[str, str]]) -> None:
    inner: list[dict] = []
    for author, text in quotations:
        inner = [{"type": "quote", "author": author, "text": text, "inner": inner}]
    assert faults(render_blocks(inner, permalink), classes=True) == []


@PATIENT
@given(st.text(st.sampled_from("ab <&*_\n\t")))
def test_an_imported_text_loses_no_word(text: str) -> None:
    rendered = render_blocks([{"type": "text", "text": text}], permalink)
    assert plain_text(rendered).split() == text.split()


# --- Imported comments ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("\n \n", ""),
        ("a\nb", "<p>a<br>\nb</p>\n"),
        ("a\n\nb\n \n\nc\n", "<p>a</p>\n<p>b</p>\n<p>c</p>\n"),
        ("  \n  a\n\tb", "<p>&nbsp; a<br>\n&nbsp;&nbsp;&nbsp; b</p>\n"),
        ("a   b", "<p>a&nbsp;&nbsp; b</p>\n"),
        ("*a* `b` [c](/d)", "<p>*a* `b` [c](/d)</p>\n"),
        ("http://a.b", "<p>http://a.b</p>\n"),
        ("<b>&amp;\"'", "<p>&lt;b&gt;&amp;amp;\"'</p>\n"),
        ("- a\n1. b\n> c", "<p>- a<br>\n1. b<br>\n&gt; c</p>\n"),
    ],
)
def test_imported_text_is_plain(text: str, expected: str) -> None:
    assert render_blocks([{"type": "text", "text": text}], permalink) == expected


def test_a_quotation_names_the_person_and_holds_what_they_quoted() -> None:
    blocks = [
        {
            "type": "quote",
            "author": "outer <b>",
            "text": "their words",
            "inner": [{"type": "quote", "author": "inner", "text": "first", "inner": []}],
            "source": 12,
        },
        {"type": "text", "text": "answer"},
    ]
    assert render_blocks(blocks, permalink) == (
        '<blockquote class="quotation">\n'
        '<cite><a href="/comments/12/">outer &lt;b&gt;</a></cite>\n'
        '<blockquote class="quotation">\n<cite>inner</cite>\n<p>first</p>\n</blockquote>\n'
        "<p>their words</p>\n</blockquote>\n"
        "<p>answer</p>\n"
    )


def test_a_quotation_without_words_or_inner_ones() -> None:
    block = {"type": "quote", "author": "a", "text": ""}
    assert render_blocks([block], permalink) == (
        '<blockquote class="quotation">\n<cite>a</cite>\n</blockquote>\n'
    )


def test_a_thousand_nested_quotations() -> None:
    block = {"type": "quote", "author": "a", "text": "innermost", "inner": []}
    for depth in range(1_000):
        block = {"type": "quote", "author": "a", "text": str(depth), "inner": [block]}
    rendered = render_blocks([block], permalink)
    assert rendered.count("<blockquote") == rendered.count("</blockquote>") == 1_001
    assert rendered.index("innermost") < rendered.index("<p>999</p>")


def test_an_unknown_block_is_an_error() -> None:
    with pytest.raises(ValueError, match="not 'paragraph'"):
        render_blocks([{"type": "paragraph", "text": "a"}], permalink)


# --- Quoting ----------------------------------------------------------------------------------

BY = "> — [a](/c/1/)\n\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one", "> one\n" + BY),
        ("one\ntwo", "> one\n> two\n" + BY),
        ("one\n\n\n\ntwo\n", "> one\n>\n> two\n" + BY),
        ("> theirs\n\nown", "> own\n" + BY),
        ("one\n> theirs\ntwo", "> one\n>\n> two\n" + BY),
        ("> only theirs", BY),
        ("", BY),
        ("- one\n- two", "> - one\n> - two\n>\n" + BY),
        ("```\n> code\n```", "> ```\n> > code\n> ```\n>\n" + BY),
        ("~~~\nnever closed", "> ~~~\n> never closed\n> ~~~\n>\n" + BY),
        ("one\r\ntwo\x00", "> one\n> two\n" + BY),
    ],
)
def test_quoting_in_a_reply(text: str, expected: str) -> None:
    assert quote_markdown(text, author="a", permalink="/c/1/") == expected


@pytest.mark.parametrize("author", ["a](//evil) [b", "*a*", "`a`", "<a>", "a\\", "a\n\n# b", "![a"])
def test_a_handle_does_nothing_in_a_quotation(author: str) -> None:
    rendered = render_markdown(quote_markdown("x", author=author, permalink="/c/1/"))
    shown = author.replace("\n\n", " ").replace("<", "&lt;").replace(">", "&gt;")
    assert rendered == f"<blockquote>\n<p>x<br>\n— {link('/c/1/', shown)}</p>\n</blockquote>\n"


def test_a_strange_permalink_stays_one_link() -> None:
    assert "](/c/%29%20x/)" in quote_markdown("x", author="a", permalink="/c/) x/")


def test_a_long_quotation_is_cut_at_a_word() -> None:
    assert quote_markdown("one two three", author="a", permalink="/c/1/", limit=9) == (
        "> one two…\n" + BY
    )
    quoted = quote_markdown("word " * 1_000, author="a", permalink="/c/1/")
    assert len(quoted) < markup.QUOTE_LENGTH + 30


# --- Extracts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rendered", "expected"),
    [
        ("", ""),
        ("<p>a <em>b</em>c</p>\n<p>d<br>\ne</p>", "a bc\nd\ne"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "a\nb"),
        ("<blockquote>\n<p>a</p>\n<blockquote>b</blockquote></blockquote>\n<p>c</p>", "c"),
        ('<blockquote class="quotation"><cite>a</cite><p>b</p></blockquote>', ""),
        ("<p>a &lt;b&gt; &amp;amp; c&nbsp;d</p>", "a <b> &amp; c d"),
        (f"<p>{link('https://b.c/?d=1&amp;e=&gt;')}</p>", "https://b.c/?d=1&e=>"),
        ("a < b > c", "a < b > c"),
        ("</blockquote>a", "a"),
    ],
)
def test_own_words(rendered: str, expected: str) -> None:
    assert plain_text(rendered) == expected


@pytest.mark.parametrize(
    ("text", "length", "expected"),
    [
        ("one two three", 13, "one two three"),
        ("one two three", 12, "one two…"),
        ("one two three", 8, "one two…"),
        ("one two three", 7, "one…"),
        ("<p>one</p>\n<p>two</p>", 20, "one two"),
        ("abcdefghij", 5, "abcd…"),
        ("ab cdefghijklmnopq", 10, "ab cdefgh…"),
        ("abce\u0301fgh", 5, "abc…"),
        ("ab\U0001f468\u200d\U0001f469xyz", 5, "ab…"),
        ("abc", 1, "…"),
        ("abc", 0, ""),
    ],
)
def test_extracts_are_cut_at_a_word(text: str, length: int, expected: str) -> None:
    assert excerpt(text, length) == expected
