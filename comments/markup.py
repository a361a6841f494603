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

from comments.markdown import EFFORT_LIMIT, MENTION_CLASS, effort_of, is_safe_link, parse

# A reply quotes a thought, not a page; the whole is one click away.
QUOTE_LENGTH = 600
# What search engines show of a description, and two lines in a list.
EXCERPT_LENGTH = 160

ALLOWED_TAGS = frozenset(
    {"p", "br", "em", "strong", "a", "ul", "ol", "li", "blockquote", "code", "pre"}
)
# "*" takes away what the cleaner allows on every tag unless told otherwise: "title" and "lang".
ALLOWED_ATTRIBUTES = {"*": set(), "a": {"href", "class"}, "ol": {"start"}}
ALLOWED_SCHEMES = frozenset({"http", "https", "mailto"})
# No rank for spam, no handle on our window.
LINK_REL = "nofollow ugc noopener"

_LINE_BREAK = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters draw nothing and break feeds, which are XML. Bidi embeddings, overrides and
# isolates would reorder the page around the comment; letters carry their direction without them.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
# Neither UTF-8 nor XML can carry these.
_UNENCODABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def escape(text: str) -> str:
    """`text` as HTML, for an element or between quotation marks."""
    return html.escape(text)


# --- Markdown ---------------------------------------------------------------------------------


def render_markdown(text: str, people: Mapping[str, str] | None = None) -> str:
    """A reader's comment as HTML: emphasis, links, lists, quotations, code, line breaks.

    No headings, images, tables, rules, raw HTML or entities: their marks are shown as typed. A
    single line break is a `<br>`. Bare http(s) addresses become links. A link that leads to
    anything but http, https, mailto, a path of this site (`/...`) or a fragment (`#...`) is no
    link. `people` says where each handle leads that may be mentioned (`mentions.candidates`): "@"
    and the longest of them behind it is a link, the first twenty times. The text itself is not
    changed but for characters that cannot be seen. A comment that would be dear to parse is shown
    as plain text, mentions and all.
    """
    text = legible(text)
    if effort_of(text) > EFFORT_LIMIT:
        return _paragraphs(text)
    return _CLEANER.clean(parse(text, people or {}))


def _safe_attribute(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "href":
        return value if is_safe_link(value) else None
    if attribute == "rel":
        # Only ever the cleaner's own.
        return value
    if (tag, attribute) == ("a", "class"):
        return value if value == MENTION_CLASS else None
    if (tag, attribute) == ("ol", "start"):
        return value if value.isascii() and value.isdecimal() else None
    return None


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
            parts.append(_paragraphs(legible(block["text"])))
        elif block["type"] == "quote":
            parts.append('<blockquote class="quotation">\n')
            parts.append(_cite(block["author"], block.get("source"), permalink))
            waiting += ["</blockquote>\n", _paragraphs(legible(block["text"]))]
            waiting += list(block.get("inner") or ())[::-1]
        else:
            raise ValueError(f"A comment has blocks of text and quotations, not {block['type']!r}.")
    return "".join(parts)


def _cite(author: str, source: int | None, permalink: Callable[[int], str]) -> str:
    name = html.escape(one_line(author), quote=False)
    if source is not None and is_safe_link(href := permalink(source)):
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
    for line in legible(text).split("\n"):
        if not fence and _QUOTED_LINE.match(line):
            # What stood before and after the quotation stays two paragraphs.
            own.append("")
            continue
        fence = _fence_after(line, fence)
        own.append(line.rstrip())
    words = cut(_MANY_BLANK_LINES.sub("\n\n", "\n".join(own)).strip("\n"), limit)

    lines = words.split("\n") if words else []
    fence = ""
    for line in lines:
        fence = _fence_after(line, fence)
    if fence:
        lines.append(fence)
    if _LIST_OR_CODE.search(words):
        lines.append("")
    name = _MARKDOWN_PUNCTUATION.sub(r"\\\1", one_line(author))
    lines.append(f"— [{name}]({quote(legible(permalink), safe='/#?=&%:+,;@~')})")
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
    lines = (" ".join(line.split()) for line in legible(html.unescape("".join(parts))).split("\n"))
    return "\n".join(line for line in lines if line)


def excerpt(rendered: str, length: int = EXCERPT_LENGTH) -> str:
    """`plain_text` on one line, cut at a word so that it has at most `length` characters."""
    return cut(" ".join(plain_text(rendered).split()), length)


def cut(text: str, length: int) -> str:
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


def legible(text: str) -> str:
    """`text` with one kind of line break and without what cannot be seen or sent."""
    text = _LINE_BREAK.sub("\n", text)
    return _UNENCODABLE.sub("\ufffd", _UNSEEN.sub("", text))


def one_line(text: str) -> str:
    """`legible`, with every run of space as one space."""
    return " ".join(legible(text).split())


def stated(reason: str, or_else: str) -> str:
    """``reason`` as `one_line`; raises ``ValueError`` with the sentence ``or_else`` without one."""
    reason = one_line(reason)
    if not reason:
        raise ValueError(or_else)
    return reason
