"""A comment's text as safe HTML. The one place where what people wrote is escaped.

Pure: strings in, strings out, no setting and no database. Every function takes any `str` and never
raises for what is in it. What `render_markdown` and `render_blocks` return is safe to put into a
page as it stands; the caller marks it safe. Put it into an element with `dir="auto"`, so that a
Hebrew comment reads from the right.

Readers write a small Markdown; imported comments are plain text and are never read as Markdown.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_inline import StateInline

# Levels of quotations and lists (a list and its item are two). Deeper, the marks are shown as
# typed: a phone has no room for more, and the parser works on the call stack.
MAX_NESTING = 16
# Microseconds of parsing, roughly, that one comment may cost; see `_effort`. A long comment of
# prose costs a tenth of it. What is dearer is shown as plain text.
EFFORT_LIMIT = 25_000
# No address a person pastes is longer, and longer ones break mail programs and proxies.
MAX_LINK_LENGTH = 2_048
# A reply quotes a thought, not a page; the whole is one click away.
QUOTE_LENGTH = 600
# What search engines show of a description, and two lines in a list.
EXCERPT_LENGTH = 160

ALLOWED_TAGS = frozenset(
    {"p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
)
# "*" takes away what the cleaner allows on every tag unless told otherwise: "title" and "lang".
ALLOWED_ATTRIBUTES = {"*": set(), "a": {"href"}, "ol": {"start"}}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})
# No rank for spam, no handle on our window.
LINK_REL = "nofollow ugc noopener"

# Absolute with a host, or a path or fragment of this site. Not "//evil.example", and not
# "/\evil.example", which browsers read the same way.
_SAFE_LINK = re.compile(r"https?://[^/\\\s]|mailto:[^\s]|/(?![/\\])|#", re.IGNORECASE)

_LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters draw nothing and break feeds, which are XML. Bidi embeddings, overrides and
# isolates would reorder the page around the comment; letters carry their direction without them.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Neither UTF-8 nor XML can carry these.
_UNENCODABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


# --- Markdown ---------------------------------------------------------------------------------


def render_markdown(text: str) -> str:
    """A reader's comment as HTML: emphasis, links, lists, quotations, code, line breaks.

    No headings, images, tables, rules, raw HTML or entities: their marks are shown as typed. A
    single line break is a `<br>`. Bare http(s) addresses become links. A link that leads to
    anything but http, https, mailto, a path of this site (`/...`) or a fragment (`#...`) is no
    link. The text itself is not changed but for characters that cannot be seen. A comment that
    would be dear to parse is shown as plain text.
    """
    text = _legible(text)
    if _effort(text) > EFFORT_LIMIT:
        return _paragraphs(text)
    return _CLEANER.clean(_MARKDOWN.render(text))


# What one mark costs in the worst text we could build out of it, in microseconds. Everything else
# is read at some 50 characters a microsecond.
_EFFORT = {
    "\n": 20, "- ": 15, "[": 25, "]": 2, "://": 60, "*": 7, "_": 7,
    "`": 4, "<": 4, "\\": 4, ">": 2, "&": 1, ":": 1,
}  # fmt: skip


def _effort(text: str) -> int:
    """An upper bound, in microseconds on a slow core, of what it takes to parse `text`."""
    return sum(text.count(mark) * cost for mark, cost in _EFFORT.items())


_BlockRule = Callable[[StateBlock, int, int, bool], bool]
# "* * *" and "- - -" are how people draw a line, not a list in a list in a list.
_DRAWN_LINE = re.compile(r"([-*])(?:[ \t]*\1){2,}[ \t]*$")


def _bounded(rule: _BlockRule) -> _BlockRule:
    """Let `rule` nest only so far. The parser's own limit would drop the words beyond it."""

    def bounded_rule(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        if state.level >= MAX_NESTING:
            return False
        return rule(state, start, end, silent)

    return bounded_rule


def _list_or_line(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = state.bMarks[start] + state.tShift[start]
    if _DRAWN_LINE.match(state.src, first, state.eMarks[start]):
        return False
    return list_block(state, start, end, silent)


# A host, which has no brackets, and what follows it, which may.
_ADDRESS = re.compile(r"""://[^\W_][^\s<>"`\\^{}|/?#()\[\]]*(?:[/?#][^\s<>"`\\^{}|]*)?""")
_SCHEME_BEFORE = re.compile(r"(?<![A-Za-z0-9])https?\Z", re.IGNORECASE)
# Marks that end a sentence or close an emphasis rather than belong to an address.
_AFTER_ADDRESS = ".,;:!?'*_~…»”\u2019」』。、\uff0c"
_CLOSERS = {")": "(", "]": "["}


def _bare_address(state: StateInline, silent: bool) -> bool:
    """Make a link of an http(s) address that stands in the text as it is.

    Fires at the colon, where the scheme is already in the pending text. Smaller and stricter than
    a linkifier: nothing is a link that does not say http.
    """
    # While the parser looks for the end of a link's label (`silent`), an address may not swallow
    # the bracket it looks for; inside a link's label there can be no link.
    if silent or state.linkLevel > 0 or state.src[state.pos] != ":":
        return False
    address = _ADDRESS.match(state.src, state.pos, state.posMax)
    if not address:
        return False
    scheme = _SCHEME_BEFORE.search(state.src, max(0, state.pos - 6), state.pos)
    if not scheme or not state.pending.endswith(scheme[0]):
        return False
    url = scheme[0] + _without_punctuation(address[0])
    href = state.md.normalizeLink(url)
    state.pos += len(url) - len(scheme[0])
    if not state.md.validateLink(href):
        state.append_pending(url[len(scheme[0]) :])
        return True
    state.pending = state.pending[: -len(scheme[0])]
    state.push("link_open", "a", 1).attrs = {"href": href}
    state.push("text", "", 0).content = url
    state.push("link_close", "a", -1)
    return True


def _without_punctuation(address: str) -> str:
    """Drop what ends the sentence; a bracket belongs to the address if it was opened in it."""
    surplus = {
        closer: address.count(closer) - address.count(opener) for closer, opener in _CLOSERS.items()
    }
    end = len(address)
    while end > 4:
        last = address[end - 1]
        if surplus.get(last, 0) > 0:
            surplus[last] -= 1
        elif last not in _AFTER_ADDRESS:
            break
        end -= 1
    return address[:end]


def _end_of_quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line without ">" ends a quotation, whatever it is; asked (`silent`) of each such line.

    Markdown lets the paragraph in it run on, so that an answer typed right under the quoted words
    becomes one of them. It also reads the rest of the comment again for every quotation.
    """
    return silent


def _is_safe_link(href: str) -> bool:
    return bool(_SAFE_LINK.match(href))


def _markdown_parser() -> MarkdownIt:
    # The parser's own limit comes after ours, with room for a list, its item and a paragraph.
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "maxNesting": MAX_NESTING + 4})
    parser.enable(["blockquote", "list", "fence", "code"])
    parser.enable(["emphasis", "link", "autolink", "backticks", "escape", "newline"])
    # "alt" names the blocks that a rule may end; these are the parser's own.
    parser.block.ruler.at(
        "blockquote", _bounded(blockquote), {"alt": ["paragraph", "blockquote", "list"]}
    )
    parser.block.ruler.at("list", _bounded(_list_or_line), {"alt": ["paragraph", "blockquote"]})
    parser.block.ruler.before(
        "code", "end_of_quotation", _end_of_quotation, {"alt": ["blockquote"]}
    )
    parser.inline.ruler.before("link", "bare_address", _bare_address)
    normalize = parser.normalizeLink
    # Encoding a host name takes quadratic time; an empty link is refused by `validateLink`.
    parser.normalizeLink = lambda url: normalize(url) if len(url) <= MAX_LINK_LENGTH else ""
    parser.validateLink = _is_safe_link
    # An address is shown as typed. Decoding it would bring back the characters we took out.
    parser.normalizeLinkText = lambda url: url
    # Rules are compiled at the first use, and another thread could see them half compiled.
    parser.render("- > `x`")
    return parser


def _safe_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if _is_safe_link(value) else None
    if attribute == "rel":
        # Only ever the cleaner's own.
        return value
    if (tag, attribute) == ("ol", "start"):
        return value if value.isascii() and value.isdecimal() else None
    return None


_MARKDOWN = _markdown_parser()
# The parser escapes already. This is the wall behind it: a mistake above shows as missing markup,
# never as a script.
_CLEANER = nh3.Cleaner(
    tags=ALLOWED_TAGS,
    attributes=ALLOWED_ATTRIBUTES,
    attribute_filter=_safe_attribute,
    url_schemes=ALLOWED_SCHEMES,
    link_rel=LINK_REL,
)


# --- Imported plain text ----------------------------------------------------------------------


def render_blocks(blocks: Iterable[Mapping[str, Any]], permalink: Callable[[int], str]) -> str:
    """An imported comment, the `blocks` of the export schema, as HTML: plain text, plainly shown.

    Blank lines part paragraphs, line breaks and indents are kept, nothing is read as Markdown and
    nothing becomes a link. A quotation is `<blockquote class="quotation">` with the quoted
    person in `<cite>`, then what they quoted, then their words. Where a block has a "source", the
    id of the comment the words come from, the name links to `permalink(source)`.
    """
    parts: list[str] = []
    # A stack, not recursion: files with hundreds of nested quotations exist. Strings on it are
    # ready; blocks are still to be shown.
    waiting: list[Mapping[str, Any] | str] = list(blocks)[::-1]
    while waiting:
        block = waiting.pop()
        if isinstance(block, str):
            parts.append(block)
        elif block["type"] == "text":
            parts.append(_paragraphs(_legible(block["text"])))
        elif block["type"] == "quote":
            parts.append('<blockquote class="quotation">\n')
            parts.append(_cite(block["author"], block.get("source"), permalink))
            waiting += ["</blockquote>\n", _paragraphs(_legible(block["text"]))]
            waiting += list(block.get("inner") or ())[::-1]
        else:
            raise ValueError(f"A comment has blocks of text and quotations, not {block['type']!r}.")
    return "".join(parts)


def _cite(author: str, source: int | None, permalink: Callable[[int], str]) -> str:
    name = html.escape(_one_line(author), quote=False)
    if source is not None and _is_safe_link(href := permalink(source)):
        name = f'<a href="{html.escape(href)}">{name}</a>'
    return f"<cite>{name}</cite>\n"


_BLANK_LINES = re.compile(r"\n(?: *\n)+")
# A browser draws a run of spaces as one, and none at the start of a line.
_SWALLOWED_SPACE = re.compile(r"^ | (?= )", re.MULTILINE)


def _paragraphs(text: str) -> str:
    """Escape legible plain text; blank lines part paragraphs, line breaks and indents stay."""
    # The added line break lets a blank first line be seen as one.
    escaped = "\n" + html.escape(text.expandtabs(4), quote=False)
    pieces = (piece.strip("\n").rstrip() for piece in _BLANK_LINES.split(escaped))
    return "".join(f"<p>{_with_breaks(piece)}</p>\n" for piece in pieces if piece)


def _with_breaks(escaped: str) -> str:
    kept = _SWALLOWED_SPACE.sub("&nbsp;", escaped).replace("\xa0", "&nbsp;")
    return kept.replace("\n", "<br>\n")


# --- Quoting and extracts ---------------------------------------------------------------------

_QUOTED_LINE = re.compile(r" {0,3}>")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")
# In a list or in code, the attribution would become a part of it.
_LIST_OR_CODE = re.compile(r"^(?: {0,3}(?:[-+*]|\d{1,9}[.)]|`{3,}|~{3,})| {4})", re.MULTILINE)
_MARKDOWN_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def quote_markdown(text: str, *, author: str, permalink: str, limit: int = QUOTE_LENGTH) -> str:
    """The beginning of a reply: `text` quoted in Markdown, and a link to where it stands.

    Only the person's own words are quoted, not those they quoted. More than `limit` characters
    are cut at a word. Nothing in the handle `author` acts as Markdown. Ends with a blank line,
    where the answer goes.
    """
    own: list[str] = []
    fence = ""
    for line in _legible(text).split("\n"):
        if not fence and _QUOTED_LINE.match(line):
            # What stood before and after the quotation stays two paragraphs.
            own.append("")
            continue
        fence = _fence_after(line, fence)
        own.append(line.rstrip())
    words = _cut(_MANY_BLANK_LINES.sub("\n\n", "\n".join(own)).strip("\n"), limit)

    lines = words.split("\n") if words else []
    fence = ""
    for line in lines:
        fence = _fence_after(line, fence)
    if fence:
        lines.append(fence)
    if _LIST_OR_CODE.search(words):
        lines.append("")
    name = _MARKDOWN_PUNCTUATION.sub(r"\\\1", _one_line(author))
    lines.append(f"— [{name}]({quote(_legible(permalink), safe='/#?=&%:+,;@~')})")
    return "".join(f"> {line}".rstrip() + "\n" for line in lines) + "\n"


_MANY_BLANK_LINES = re.compile(r"\n{3,}")


def _fence_after(line: str, fence: str) -> str:
    """The fence that is open after `line`, "" for none, when `fence` was open before it."""
    match = _FENCE.match(line)
    if not match:
        return fence
    marks, rest = match.groups()
    if not fence:
        # Backticks after backticks make it inline code.
        return "" if marks[0] == "`" and "`" in rest else marks
    closes = marks[0] == fence[0] and len(marks) >= len(fence) and not rest.strip()
    return "" if closes else fence


_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>")
_BREAKING_TAGS = frozenset({"p", "br", "li", "ul", "ol", "pre", "blockquote"})


def plain_text(rendered: str) -> str:
    """The writer's own words in a rendered comment: no markup, no quotations, one line a line.

    Takes the HTML that `render_markdown` and `render_blocks` return. "" where somebody only
    quoted. The result is text, not HTML: it is to be escaped like any text.
    """
    parts: list[str] = []
    inside = position = 0
    for tag in _TAG.finditer(rendered):
        if not inside:
            parts.append(rendered[position : tag.start()])
        position = tag.end()
        closing, name = tag.groups()
        if name in _BREAKING_TAGS:
            parts.append("\n")
        if name == "blockquote":
            inside = max(0, inside - 1) if closing else inside + 1
    if not inside:
        parts.append(rendered[position:])
    lines = (" ".join(line.split()) for line in _legible(html.unescape("".join(parts))).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(rendered: str, length: int = EXCERPT_LENGTH) -> str:
    """`plain_text` on one line, cut at a word so that it has at most `length` characters."""
    return _cut(" ".join(plain_text(rendered).split()), length)


def _cut(text: str, length: int) -> str:
    """At most `length` characters of `text`; "…" stands for what is missing."""
    if len(text) <= length:
        return text
    if length < 1:
        return ""
    end = length - 1
    # Go back to the last space, unless there is none near: Chinese has none, an address neither.
    for start in range(end, (end - 1) // 2, -1):
        if text[start].isspace():
            return text[:start].rstrip() + "…"
    # Not between a letter and its accents, nor in the middle of a composed emoji.
    while end > 0 and (_joins(text[end]) or text[end - 1] == "\u200d"):
        end -= 1
    return text[:end].rstrip() + "…"


def _joins(char: str) -> bool:
    return unicodedata.category(char).startswith("M") or char == "\u200d" or char in _SKIN_TONES


_SKIN_TONES = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


def _legible(text: str) -> str:
    """`text` with one kind of line break and without what cannot be seen or sent."""
    text = _LINE_BREAK.sub("\n", text)
    return _UNENCODABLE.sub("\ufffd", _UNSEEN.sub("", text))


def _one_line(text: str) -> str:
    return " ".join(_legible(text).split())
