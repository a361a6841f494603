"""PURE: words with their marks: a line of a body as HTML, and the way from any HTML to it.

A mark is a link, strong or emphasis; a line's HTML is spelled in one way alone. What people wrote
is escaped here, for all of articles. White space is the writer's: a line break is ``<br>``, and a
break in the source of the HTML is a blank, as in any HTML.
"""

import html
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import urlsplit

# What is nested deeper than anybody writes is read as if it were not nested any further.
MOST_NESTING = 60
HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
# Where one of these begins or ends, a paragraph does.
PARTS = frozenset(
    {"p", "div", "section", "article", "main", "header", "footer", "nav", "address", "pre", "hr",
     "dl", "dt", "dd", "form", "fieldset", "details", "summary", "center", "li", "tr", "td", "th",
     "tbody", "thead", "tfoot", "caption", "aside", "figure", "figcaption", "blockquote", "ul",
     "ol", "table", *HEADINGS}
)  # fmt: skip
# Marks of a stretch of words: (address of a link or "", strong, emphasis).
PLAIN = ("", False, False)

_BOLD = re.compile(r"font-weight:\s*(bold|[6-9]00)")
_NOT_BOLD = re.compile(r"font-weight:\s*(normal|[1-5]00)")
_SLANTED = re.compile(r"font-style:\s*(italic|oblique)")
_UPRIGHT = re.compile(r"font-style:\s*normal")
_UNFIT_FOR_ADDRESS = re.compile(r"[\s\x00-\x20\x7f\"<>\\`]")
# A line break in the source, until it is known whether a word stands on both of its sides. No
# NUL comes through nh3.
_SOURCE_BREAK = "\0"


def escape(text):
    """The one place in articles where what people wrote becomes HTML."""
    return html.escape(text, quote=True)


def is_web_address(text):
    """Whether ``text`` is an address of the web, with a host, as a link may have it."""
    if not text.lower().startswith(("http://", "https://")) or _UNFIT_FOR_ADDRESS.search(text):
        return False
    return bool(host_of(text))


def host_of(address):
    """The host of an address in small letters; "" where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def text_as_html(text):
    """Plain words inside an element, their line breaks kept."""
    return escape(text).replace("\r", "&#13;").replace("\n", "<br>")


@dataclass(slots=True, eq=False)
class Element:
    tag: str
    attributes: dict = field(default_factory=dict)
    children: list = field(default_factory=list)

    def find(self, tags):
        """The first element below it with one of these tags, in the order of the text."""
        waiting = list(reversed(self.children))
        while waiting:
            each = waiting.pop()
            if isinstance(each, Element):
                if each.tag in tags:
                    return each
                waiting.extend(reversed(each.children))
        return None


class Tree(HTMLParser):
    """What nh3 wrote, which is well formed, as elements."""

    def __init__(self):
        super().__init__()
        self.root = Element("root")
        self.open = [self.root]
        self.too_deep = 0

    def handle_starttag(self, tag, attrs):
        if tag in ("br", "hr"):
            self.open[-1].children.append(Element(tag))
        elif len(self.open) > MOST_NESTING:
            self.too_deep += 1
        else:
            element = Element(tag, dict(attrs))
            self.open[-1].children.append(element)
            self.open.append(element)

    def handle_endtag(self, tag):
        if self.too_deep:
            self.too_deep -= 1
        elif len(self.open) > 1:
            self.open.pop()

    def handle_data(self, data):
        self.open[-1].children.append(data)


class Runs:
    """Words with their marks, one line of them: ``[text, marks]`` in order."""

    def __init__(self):
        self.found = []
        # Whether what comes next stands in another part of the page.
        self.parted = False

    def add(self, text, marks):
        if self.found and self.found[-1][1] == marks:
            self.found[-1][0] += text
        elif text:
            self.found.append([text, marks])

    def gather(self, nodes, marks):
        """Takes the words of ``nodes`` as one line; parts of the page become lines of it."""
        for node in nodes:
            if isinstance(node, str):
                self._add_source(node, marks)
            elif node.tag == "br":
                self.parted = False
                self.add("\n", marks)
            elif node.tag in PARTS:
                self.parted = True
                self.gather(node.children, marks)
                self.parted = True
            else:
                self.gather(node.children, marks_of(node, marks))

    def _add_source(self, text, marks):
        if self.parted and not text.strip():
            return
        if self.parted and has_words(self.found) and not self.found[-1][0].endswith("\n"):
            self.add("\n", PLAIN)
        self.parted = False
        # A pattern for blanks around a break would try each of a million blanks anew.
        first, *others = text.split("\n")
        lines = [first.rstrip(" \t") if others else first]
        lines += [line.strip(" \t") for line in others[:-1]]
        lines += [line.lstrip(" \t") for line in others[-1:]]
        self.add(_SOURCE_BREAK.join(lines), marks)

    def take(self):
        """The words so far as ``[(text, marks)]``, and begins anew."""
        found, self.found, self.parted = self.found, [], False
        if any(_SOURCE_BREAK in text for text, _ in found):
            found = _without_source_breaks(found)
        tidy = Runs()
        for text, marks in found:
            tidy.add(text, marks if text.strip() else PLAIN)
        return [tuple(run) for run in tidy.found if run[0]]


def letters_in(*nodes):
    """How many letters there are in the words of ``nodes``."""
    count, waiting = 0, list(nodes)
    while waiting:
        each = waiting.pop()
        if isinstance(each, str):
            count += len("".join(each.split()))
        else:
            waiting.extend(each.children)
    return count


def _without_source_breaks(found):
    """Breaks in the source as blanks, where words stand on both sides, else as nothing."""
    letters = [(letter, marks) for text, marks in found for letter in text]
    kept = Runs()
    for at, (letter, marks) in enumerate(letters):
        if letter != _SOURCE_BREAK:
            kept.add(letter, marks)
            continue
        before = kept.found[-1][0][-1] if kept.found else "\n"
        behind = letters[at + 1][0] if at + 1 < len(letters) else "\n"
        if before not in " \n" and behind not in "\n" + _SOURCE_BREAK:
            kept.add(" ", marks)
    return kept.found


def marks_of(node, marks):
    link, strong, emphasis = marks
    style = node.attributes.get("style") or ""
    if node.tag == "a":
        link = link_of(node) or link
    # Google Docs wraps all that it copies into a <b> that is not bold.
    if (node.tag in ("b", "strong") and not _NOT_BOLD.search(style)) or _BOLD.search(style):
        strong = True
    if (node.tag in ("i", "em") and not _UPRIGHT.search(style)) or _SLANTED.search(style):
        emphasis = True
    return link, strong, emphasis


def link_of(node):
    address = (node.attributes.get("href") or "").strip()
    if address.startswith("//"):
        address = f"https:{address}"
    if is_web_address(address):
        return address
    if address.startswith(("/", "#", "mailto:")) and not _UNFIT_FOR_ADDRESS.search(address):
        return address
    return ""


def runs_of(node, *, besides=None):
    runs = Runs()
    runs.gather([each for each in node.children if each is not besides], PLAIN)
    return runs.take()


def has_words(runs):
    return any(text.strip() for text, _ in runs)


def block_of(opening, runs):
    if all(marks == PLAIN for _, marks in runs):
        return {"type": "paragraph", "text": "".join(text for text, _ in runs)}
    return {"type": "html", "html": element_of(opening, runs)}


def element_of(opening, runs):
    return f"<{opening}>{inline_of(runs)}</{opening.split()[0]}>"


def inline_of(runs):
    """Words as HTML: link, strong, emphasis from the outside in, so that there is one way."""
    parts = []
    for link, linked in groupby(runs, key=lambda run: run[1][0]):
        parts.append(f'<a href="{escape(link)}">' if link else "")
        for strong, stressed in groupby(linked, key=lambda run: run[1][1]):
            parts.append("<strong>" if strong else "")
            for text, marks in stressed:
                words = text_as_html(text)
                parts.append(f"<em>{words}</em>" if marks[2] else words)
            parts.append("</strong>" if strong else "")
        parts.append("</a>" if link else "")
    return "".join(parts)
