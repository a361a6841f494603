"""PURE: HTML that somebody wrote or pasted, as blocks of a body. ``articles.markup`` is its door.

nh3 takes away what may not be there; what is left is read as words with their marks
(``articles.phrases``) in a few shapes, and written anew in one spelling. So two people's ways to
make the same heading are the same block, and reading what was written gives the same block again.
"""

import html
import json
import re
from html.parser import HTMLParser

import nh3

from articles.phrases import (
    HEADINGS,
    PARTS,
    PLAIN,
    Element,
    Runs,
    Tree,
    block_of,
    element_of,
    has_words,
    host_of,
    inline_of,
    is_web_address,
    letters_in,
    link_of,
    marks_of,
    runs_of,
    text_as_html,
)

# Deeper lists are read as if they ended here: nobody follows them on a phone.
MOST_LIST_LEVELS = 4
# A cell that spans more is a slip, or somebody who wants to see what happens.
MOST_SPAN = 50
_LISTS = ("ul", "ol")
# Less is read at once in any case; of more, at most so many may be open.
MANY_TAGS = 10_000
MOST_OPEN = 500
# The kinds of block that are written in HTML; any other goes through as it came.
OWN_TYPES = frozenset({"paragraph", "quote", "html", "embed"})

_INLINE = frozenset({"a", "b", "strong", "i", "em", "span", "br", "cite"})
_CLEANER = nh3.Cleaner(
    tags=set(PARTS | _INLINE),
    clean_content_tags={"script", "style", "title", "template", "noscript", "iframe", "object"},
    attributes={
        "a": {"href"},
        "p": {"class"},
        "aside": {"class"},
        "figure": {"class"},
        "div": {"data-block"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan"},
        **{tag: {"style"} for tag in ("b", "strong", "i", "em", "span")},
    },
    filter_style_properties={"font-weight", "font-style"},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_TAG = re.compile(r"<[^>]+>")
_OPENING = re.compile(r"<[A-Za-z]")


def read_html(source):
    """The blocks that any HTML stands for; never fails, and what it gives is safe to show."""
    if _is_too_deep(source):
        source = text_as_html(_words_in(source))
    tree = Tree()
    tree.feed(_CLEANER.clean(source))
    tree.close()
    reader = _Reader()
    reader.read(tree.root.children, PLAIN)
    reader.end_paragraph()
    return reader.blocks


def words_of_html(canonical):
    """The words of an ``html`` block in lines: a list's points, a table's rows."""
    text = re.sub(r"</t[dh]>(?=<t[dh])", " | ", canonical)
    text = re.sub(r"<br>|</tr>|</li>|<[uo]l>|</blockquote>", "\n", text).replace("<li>", "• ")
    lines = (line.strip() for line in html.unescape(_TAG.sub("", text)).splitlines())
    return "\n".join(line for line in lines if line)


def letters_of(source):
    """Every letter of any HTML without its blanks: tells whether words were lost."""
    return "".join(_words_in(source).split())


def _words_in(source):
    found = _Words()
    found.feed(source)
    found.close()
    return "".join(found.parts)


def _is_too_deep(source):
    """Whether more elements are open at once than anybody nests.

    A parser looks through all of them at each tag: 200,000 <div> take nh3 two minutes, and what
    is here is its words alone. Ten thousand are no matter.
    """
    if source.count("<") < MANY_TAGS:
        return False
    depth = _Depth()
    depth.feed(source)
    depth.close()
    return depth.most > MOST_OPEN


class _Depth(HTMLParser):
    """Counts what a browser may have open, which reads some of it otherwise than this parser.

    To a browser ``<div/>`` opens one, and ``<!-->`` and ``<svg><style>`` hide nothing.
    """

    def __init__(self):
        super().__init__()
        self.open = []
        self.hidden = 0
        self.most = 0

    def handle_starttag(self, tag, attrs):
        if tag not in ("br", "hr", "img", "input", "wbr", "col", "meta", "link"):
            self.open.append(tag)
            self.most = max(self.most, len(self.open) + self.hidden)

    handle_startendtag = handle_starttag

    def set_cdata_mode(self, elem, **how):
        """Goes on looking for tags."""

    def handle_comment(self, data):
        self.hidden += len(_OPENING.findall(data))
        self.most = max(self.most, len(self.open) + self.hidden)

    unknown_decl = handle_comment

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()


class _Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.parts = []

    def handle_data(self, data):
        self.parts.append(data)

    def handle_comment(self, data):
        self.parts.append(data)


class _Reader:
    """Reads elements in order; ``blocks`` is what it has found."""

    def __init__(self):
        self.blocks = []
        self.runs = Runs()

    def read(self, nodes, marks):
        for node in nodes:
            if isinstance(node, str) or node.tag == "br":
                self.runs.gather([node], marks)
            elif node.tag in PARTS:
                self.end_paragraph()
                if not self._read_shape(node):
                    self.read(node.children, marks)
                    self.end_paragraph()
            else:
                self.read(node.children, marks_of(node, marks))

    def end_paragraph(self):
        runs = self.runs.take()
        if has_words(runs):
            self.blocks.append(block_of("p", runs))

    def _read_shape(self, node):
        """Whether ``node`` is one of the shapes that a body has; its block is kept then."""
        tag, kind = node.tag, (node.attributes.get("class") or "").split()
        if tag in HEADINGS:
            self._keep_line(HEADINGS[tag], node)
        elif tag in ("ul", "ol"):
            self._keep_html(_list_of(node, 1))
        elif tag == "table":
            return self._keep_html(_table_of(node))
        elif tag == "aside" or (tag == "p" and "pull-quote" in kind):
            self._keep_line('p class="pull-quote"', node)
        elif tag == "figure" and "embed" in kind:
            return self._keep_embed(node)
        elif tag == "blockquote" or (tag == "figure" and node.find({"blockquote"})):
            return self._keep_quote(node)
        elif tag == "div" and "data-block" in node.attributes:
            return self._keep_atom(node)
        else:
            return False
        return True

    def _keep_line(self, opening, node):
        runs = runs_of(node)
        if has_words(runs):
            self._keep_html(element_of(opening, runs))

    def _keep_html(self, canonical):
        if canonical:
            self.blocks.append({"type": "html", "html": canonical})
        return bool(canonical)

    def _keep_embed(self, node):
        link = node.find({"a"})
        address = link_of(link) if link else ""
        if not is_web_address(address) or letters_in(link) != letters_in(node):
            return False
        title = " ".join("".join(text for text, _ in runs_of(link)).split())
        self.blocks.append({"type": "embed", "url": address, "title": title or host_of(address)})
        return True

    def _keep_quote(self, node):
        if node.tag == "blockquote":
            quoted, speakers = node, ("figcaption", "footer", "cite")
        else:
            quoted, speakers = node.find({"blockquote"}), ("figcaption",)
        said_by = next((each for each in node.children if _is_one_of(each, speakers)), None)
        words = runs_of(quoted, besides=said_by)
        speaker = runs_of(said_by) if said_by else []
        beside = letters_in(node) - letters_in(quoted) - letters_in(said_by or "")
        if not has_words(words) or (node is not quoted and beside):
            return False
        if all(marks == PLAIN for _, marks in words + speaker):
            text, attribution = ("".join(text for text, _ in runs) for runs in (words, speaker))
            self.blocks.append({"type": "quote", "text": text, "attribution": attribution})
        else:
            inside = element_of("blockquote", words) + element_of("figcaption", speaker)
            self._keep_html(f'<figure class="quote">{inside}</figure>')
        return True

    def _keep_atom(self, node):
        """A block of a kind that is not written here: it goes through as it came."""
        try:
            block = json.loads(node.attributes["data-block"])
        except (ValueError, RecursionError):
            return False
        kind = block.get("type") if isinstance(block, dict) else None
        if (
            not isinstance(kind, str)
            or kind in OWN_TYPES
            or not all(map(_is_plain, block.values()))
        ):
            return False
        self.blocks.append(block)
        return True


def _is_plain(value):
    """Whether any database keeps it: a number, or a text without control characters."""
    return isinstance(value, int) or (isinstance(value, str) and value.isprintable())


def _list_of(node, level):
    points = []
    for each in node.children:
        may_nest = level < MOST_LIST_LEVELS
        if _is_one_of(each, _LISTS) and points and may_nest:
            # As word processors write it: a list beside the point that it belongs to.
            points[-1][1].append(each)
        elif letters_in(each):
            children = each.children if _is_one_of(each, ("li",)) else [each]
            words, inner = _without_lists_at_end(children) if may_nest else (children, [])
            runs = Runs()
            runs.gather(words, PLAIN)
            points.append((runs.take(), inner))
    written = [
        f"<li>{inline_of(runs)}{''.join(_list_of(each, level + 1) for each in inner)}</li>"
        for runs, inner in points
    ]
    return f"<{node.tag}>{''.join(written)}</{node.tag}>" if written else ""


def _without_lists_at_end(nodes):
    """(what a point says, the lists below it): one in the middle is read as lines of its words."""
    first = len(nodes)
    for at in range(len(nodes) - 1, -1, -1):
        if _is_one_of(nodes[at], _LISTS):
            first = at
        elif letters_in(nodes[at]) or isinstance(nodes[at], Element):
            break
    return nodes[:first], [each for each in nodes[first:] if _is_one_of(each, _LISTS)]


def _is_one_of(node, tags):
    return isinstance(node, Element) and node.tag in tags


def _table_of(node):
    """Without cells, or with words beside them, there is none: its words are paragraphs then."""
    sections = [each for each in node.children if _is_one_of(each, ("thead", "tbody", "tfoot"))]
    rows = [
        [cell for cell in row.children if _is_one_of(cell, ("td", "th"))]
        for section in sections
        for row in section.children
        if _is_one_of(row, ("tr",))
    ]
    cells = [cell for row in rows for cell in row]
    if not letters_in(*cells) or letters_in(*cells) != letters_in(node):
        return ""
    written = "".join(f"<tr>{''.join(map(_cell_of, row))}</tr>" for row in rows if row)
    return f"<table><tbody>{written}</tbody></table>"


def _cell_of(cell):
    spans = "".join(
        f' {name}="{cell.attributes[name]}"'
        for name in ("colspan", "rowspan")
        if re.fullmatch(r"[1-9][0-9]?", cell.attributes.get(name) or "")
        and 1 < int(cell.attributes[name]) <= MOST_SPAN
    )
    return element_of(f"{cell.tag}{spans}", runs_of(cell))
