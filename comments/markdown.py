"""How a comment's Markdown is read: a small parser, and what it may cost. PURE.

What comes out is not clean yet: ``comments.markup``, the only caller, sends it through the
cleaner.
"""

import re
from collections.abc import Callable, Mapping

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, blockquote, list_block
from markdown_it.rules_inline import StateInline

from comments.mentions import MOST_MENTIONS, is_sign, names_at

# Levels of quotations and lists (a list and its item are two). Deeper, the marks are shown as
# typed: a phone has no room for more, and the parser works on the call stack.
MAX_NESTING = 16
# Microseconds of parsing, roughly, that one comment may cost; see `effort_of`. A long comment of
# prose costs a tenth of it. What is dearer is shown as plain text.
EFFORT_LIMIT = 25_000
# No address a person pastes is longer, and longer ones break mail programs and proxies.
MAX_LINK_LENGTH = 2_048
# By what a mention is told from other links.
MENTION_CLASS = "mention"

# Absolute with a host, or a path or fragment of this site. Not "//evil.example", and not
# "/\evil.example", which browsers read the same way.
_SAFE_LINK = re.compile(r"https?://[^/\\\s]|mailto:[^\s]|/(?![/\\])|#", re.IGNORECASE)


def parse(text: str, people: Mapping[str, str]) -> str:
    """The HTML of a legible text. `people` says where each handle that may be mentioned leads."""
    return _MARKDOWN.render(text, {"people": people, "signs_left": MOST_MENTIONS})


# What one mark costs in the worst text we could build out of it, in microseconds. Everything else
# is read at some 50 characters a microsecond.
_EFFORT = {
    "\n": 20, "- ": 15, "[": 25, "]": 2, "://": 60, "*": 7, "_": 7,
    "`": 4, "<": 4, "\\": 4, ">": 2, "&": 1, ":": 1, "@": 2,
}  # fmt: skip


def effort_of(text: str) -> int:
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


def _mention(state: StateInline, silent: bool) -> bool:
    """Make a link of "@" and the longest handle behind it that belongs to somebody."""
    people = state.env["people"]
    if silent or not people or state.linkLevel > 0 or not is_sign(state.src, state.pos):
        return False
    if not state.env["signs_left"]:
        return False
    state.env["signs_left"] -= 1
    for name in names_at(state.src, state.pos + 1):
        address = people.get(name)
        if address is not None and state.md.validateLink(address):
            break
    else:
        return False
    state.push("link_open", "a", 1).attrs = {"class": MENTION_CLASS, "href": address}
    state.push("text", "", 0).content = f"@{name}"
    state.push("link_close", "a", -1)
    state.pos += 1 + len(name)
    return True


def _end_of_quotation(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A line without ">" ends a quotation, whatever it is; asked (`silent`) of each such line.

    Markdown lets the paragraph in it run on, so that an answer typed right under the quoted words
    becomes one of them. It also reads the rest of the comment again for every quotation.
    """
    return silent


def is_safe_link(href: str) -> bool:
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
    # Before what would read the marks in a handle.
    parser.inline.ruler.before("newline", "mention", _mention)
    normalize = parser.normalizeLink
    # Encoding a host name takes quadratic time; an empty link is refused by `validateLink`.
    parser.normalizeLink = lambda url: normalize(url) if len(url) <= MAX_LINK_LENGTH else ""
    parser.validateLink = is_safe_link
    # An address is shown as typed. Decoding it would bring back the characters we took out.
    parser.normalizeLinkText = lambda url: url
    # Rules are compiled at the first use, and another thread could see them half compiled.
    parser.render("- > `x`", {"people": {}, "signs_left": 0})
    return parser


_MARKDOWN = _markdown_parser()
