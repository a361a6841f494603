"""PURE: an article's body as HTML for readers and for its editor, and as text.

A body is a list of blocks. Two are the export schema's: ``{"type": "paragraph", "text"}`` and
``{"type": "quote", "text", "attribution"}``. What these cannot say is ``{"type": "html", "html"}``,
one element as ``articles.prose`` spells it, and ``{"type": "embed", "url", "title"}``. Pictures are
kept elsewhere: ``{"type": "picture", "picture": number}``. What people wrote is escaped in
``articles.phrases``, and nowhere else.
"""

import html
import json
import re

from articles import embeds, prose
from articles.phrases import escape, host_of, text_as_html
from articles.sentences import SentenceError, gettext_noop

# What fits into three lines of a list at the portal's measure.
SUMMARY_LENGTH = 240
ATTRIBUTION_DASH = "- "

_BLOCK_KEYS = {
    "paragraph": {"type", "text"},
    "quote": {"type", "text", "attribution"},
    "html": {"type", "html"},
    "embed": {"type", "url", "title"},
}
# No database has a number with more digits than the line below.
MOST_PICTURES = 10**18
_PICTURE_KEYS = {"type", "picture"}
# How an editor writes a picture: a paragraph of its own.
_PICTURE_LINE = re.compile(r"\[picture ([1-9][0-9]{0,17})\]")
# Where it stands in the HTML that is kept; it is put in when the page is read, for its files and
# its caption change. No text can say this, as all text is escaped.
_PICTURE_PLACE = re.compile(r"<!--picture ([0-9]+)-->\n")
# Around a table. What it is called is said when it is read, in the language of the page; what was
# rendered before this was so has an English word for it.
_TABLE = '<div class="table-scroll" role="region" tabindex="0">'
_ANY_TABLE = re.compile(r'<div class="table-scroll" role="region"(?: aria-label="Table")? tabindex')
_LINK_OUTSIDE = re.compile(r'<a href="(?=https?:)', re.IGNORECASE)
# A piece of an editor's text that is HTML: it begins with an element that a body can have.
_HTML_PIECE = re.compile(r"<(?:p|h[2-4]|ul|ol|table|figure|blockquote|div)[ >].*>", re.DOTALL)
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)
# Marks that end a sentence rather than an address.
_AFTER_ADDRESS = ".,;:!?)]}»”’…"
_BLANK_LINES = re.compile(r"\n{2,}")
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)[^<>]*>")
# Everything else begins and ends a line.
_INLINE_TAGS = frozenset(
    {
        "a",
        "abbr",
        "b",
        "bdi",
        "code",
        "em",
        "i",
        "mark",
        "s",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "u",
    }
)


_NO_KIND = gettext_noop("Block %(number)s is of a kind that no body has.")
_KEYS = gettext_noop("Block %(number)s (%(kind)s) needs exactly: %(keys)s.")
_NO_TEXT = gettext_noop("Block %(number)s (%(kind)s) has no text.")
_NO_HTML = gettext_noop("Block %(number)s (html) is not HTML as this portal writes it.")
_NO_NUMBER = gettext_noop("Block %(number)s (picture) needs the number of a picture, nothing else.")


class BodyError(SentenceError):
    """A body that cannot be what it is said to be; the message is a sentence for its editor."""


def check_blocks(blocks):
    """Raises ``BodyError`` unless ``blocks`` is a body: known blocks, with words, nothing else."""
    for number, block in enumerate(blocks, 1):
        kind = block.get("type")
        if kind == "picture":
            _check_picture(number, block)
            continue
        keys = _BLOCK_KEYS.get(kind)
        if keys is None:
            raise BodyError(_NO_KIND, number=number)
        if set(block) != keys or not all(isinstance(block[key], str) for key in keys):
            raise BodyError(_KEYS, number=number, kind=kind, keys=", ".join(sorted(keys)))
        if kind in ("paragraph", "quote") and not block["text"].strip():
            raise BodyError(_NO_TEXT, number=number, kind=kind)
        if kind == "html" and prose.read_html(block["html"]) != [block]:
            raise BodyError(_NO_HTML, number=number)
        if kind == "embed" and (wrong := embeds.fault_in(block)):
            raise BodyError(wrong, number=number, most=embeds.MAX_EMBED_TITLE)


def _check_picture(number, block):
    # True is an int to Python, and no number to anybody else.
    if (
        set(block) != _PICTURE_KEYS
        or type(block["picture"]) is not int
        or not (0 < block["picture"] < MOST_PICTURES)
    ):
        raise BodyError(_NO_NUMBER, number=number)


def pictures_in(blocks):
    """The numbers of the pictures that stand in a body, each once, in their order."""
    return list(dict.fromkeys(block["picture"] for block in blocks if block["type"] == "picture"))


def texts_in(blocks):
    """The blocks of a body that are made of words: what the export schema knows."""
    return [block for block in blocks if block["type"] != "picture"]


def move_pictures(before, blocks):
    """``blocks``, a new text for a body, with the pictures that stood in the one before.

    Each comes behind as many blocks of words as it stood behind, or at the end.
    """
    moved, words = list(blocks), len(texts_in(before))
    for block in reversed(before):
        if block["type"] == "picture":
            moved.insert(min(words, len(blocks)), block)
        else:
            words -= 1
    return moved


def render_blocks(blocks):
    """The body as safe HTML; the line breaks of a paragraph are kept, pictures have a place."""
    return "".join(_render_block(block) for block in blocks)


def place_pictures(rendered, figures, *, table="Table"):
    """The HTML of ``render_blocks`` with its pictures: ``figures`` is {number: safe HTML}.

    One that is not there leaves nothing behind. ``table`` is what a table is called for who does
    not see it.
    """
    named = f'<div class="table-scroll" role="region" aria-label="{escape(table)}" tabindex'
    rendered = _ANY_TABLE.sub(lambda found: named, rendered)
    return _PICTURE_PLACE.sub(lambda found: figures.get(int(found[1]), ""), rendered)


def _render_block(block):
    kind = block["type"]
    if kind == "picture":
        return f"<!--picture {block['picture']}-->\n"
    if kind == "html":
        return f"{_render_html(block['html'])}\n"
    if kind == "embed":
        return embeds.render_embed(block)
    words = _lines_as_html(block["text"])
    if kind == "paragraph":
        return f"<p>{words}</p>\n"
    speaker = _lines_as_html(block["attribution"])
    caption = f"<figcaption>{speaker}</figcaption>" if speaker else ""
    return f'<figure class="quote"><blockquote><p>{words}</p></blockquote>{caption}</figure>\n'


def _render_html(canonical):
    """What only readers need: links that vouch for nothing, tables that a phone can move."""
    shown = _LINK_OUTSIDE.sub('<a rel="nofollow noopener" href="', canonical)
    if shown.startswith("<table>"):
        return f"{_TABLE}{shown}</div>"
    if shown.startswith("<figure"):
        shown = shown.replace("<figcaption></figcaption>", "")
        shown = shown.replace("<blockquote>", "<blockquote><p>")
        return shown.replace("</blockquote>", "</p></blockquote>")
    return shown


def render_credit(credit):
    """One photo credit as safe HTML; addresses of the web in it become links."""
    parts, end = [], 0
    for found in _WEB_ADDRESS.finditer(credit):
        address = found[0].rstrip(_AFTER_ADDRESS)
        if not host_of(address):
            continue
        parts.append(escape(credit[end : found.start()]))
        parts.append(f'<a href="{escape(address)}" rel="nofollow noopener">{escape(address)}</a>')
        end = found.start() + len(address)
    parts.append(escape(credit[end:]))
    return "".join(parts)


def render_note(text):
    """A note of a few lines as safe HTML; line breaks are kept, addresses become links."""
    return render_credit(text).replace("\n", "<br>\n")


def summary_of(lead, blocks):
    """What a list shows under the title: the lead, or the first words of the body, as text."""
    words = " ".join((lead or _first_words(blocks)).split())
    if lead or len(words) <= SUMMARY_LENGTH:
        return words
    # A language without spaces is cut in the middle, any other at a word.
    cut = words.rfind(" ", SUMMARY_LENGTH // 2, SUMMARY_LENGTH)
    return words[: cut if cut > 0 else SUMMARY_LENGTH - 1].rstrip(" ,;:–—-") + "…"


def text_of(rendered):
    """The words of a rendered body as text, a paragraph a line: for who looks for words in it.

    Whatever its blocks are. The result is text, not HTML: it is to be escaped like any text.
    """
    lines = html.unescape(_TAG.sub(_break_at, rendered)).split("\n")
    return "\n".join(words for line in lines if (words := " ".join(line.split())))


def _break_at(tag):
    return "" if tag[1].lower() in _INLINE_TAGS else "\n"


def _first_words(blocks):
    """Of the first block that says something rather than naming or showing it."""
    told = (
        block
        for block in texts_in(blocks)
        if block["type"] in ("paragraph", "quote") or block.get("html", "").startswith("<p>")
    )
    first = next(told, None) or next(iter(texts_in(blocks)), None)
    if first is None:
        return ""
    return first["text"] if first["type"] == "quote" else words_of(first)


def words_of(block):
    """What one block says, without its form, in lines."""
    kind = block["type"]
    if kind == "html":
        return prose.words_of_html(block["html"])
    if kind == "embed":
        return f"{block['title']}\n{block['url']}"
    if kind == "quote":
        return f"{block['text']}\n{block['attribution']}".rstrip("\n")
    return block["text"] if kind == "paragraph" else label_of(block)


def label_of(block):
    """The name of a block that has no words: its kind, and which one."""
    return f"[{block['type']} {block.get(block['type'], '')}".rstrip() + "]"


def blocks_as_html(blocks):
    """The body for an editor of HTML; ``blocks_from_html`` makes the same blocks of it."""
    return "".join(_as_html(block) for block in blocks)


def blocks_from_html(source):
    """The blocks that any HTML stands for, an editor's or pasted; never fails, and is safe."""
    return prose.read_html(source)


def _as_html(block):
    kind = block["type"]
    if kind == "paragraph":
        return f"<p>{text_as_html(block['text'])}</p>"
    if kind == "quote":
        words, speaker = text_as_html(block["text"]), text_as_html(block["attribution"])
        inside = f"<blockquote>{words}</blockquote><figcaption>{speaker}</figcaption>"
        return f'<figure class="quote">{inside}</figure>'
    if kind == "html":
        return block["html"]
    if kind == "embed":
        address, title = escape(block["url"]), escape(block["title"])
        return f'<figure class="embed"><a href="{address}">{title}</a></figure>'
    # Not written in an editor of words: it goes through as it is, under its name.
    told = escape(json.dumps(block, ensure_ascii=False, sort_keys=True))
    return f'<div data-block="{told}">{escape(label_of(block))}</div>'


def blocks_as_text(blocks):
    """The body as an editor writes it without a script: the notation of saved pages.

    Paragraphs are parted by blank lines; a paragraph that begins with ``- `` names the speaker
    of the one before it, and ``[picture 17]`` is a picture. A block that this cannot say is
    written in HTML, as its own paragraph. ``blocks_from_text`` makes the same blocks of it.
    """
    pieces = []
    for number, block in enumerate(blocks):
        plain = block_words(block)
        # What stands right before it decides how it is read, and nothing else does.
        before = pieces[-1:]
        expected = list(blocks[max(number - 1, 0) : number + 1])
        if blocks_from_text("\n\n".join([*before, plain])) != expected:
            plain = _as_html(block)
        pieces.append(plain)
    return "\n\n".join(pieces)


def block_words(block):
    """One block as an editor writes it, wherever that says it."""
    if block["type"] == "picture":
        return f"[picture {block['picture']}]"
    if block["type"] == "paragraph":
        return block["text"]
    if block["type"] == "quote":
        return f"{block['text']}\n\n{ATTRIBUTION_DASH}{block['attribution']}"
    return _as_html(block)


def blocks_from_text(text):
    """The blocks that an editor's text stands for; never fails, loses no word.

    The same notation as in saved pages (``articles.importer.parser``): ``- somebody`` at the
    top, or behind another ``- `` paragraph or a quote, is a paragraph like any other. A
    paragraph that is HTML, and of which no word would be lost, is what it says.
    """
    blocks = []
    for piece in _BLANK_LINES.split(tidy_text(text)):
        if not piece:
            continue
        piece = _without_shared_indent(piece)
        if picture := _PICTURE_LINE.fullmatch(piece):
            blocks.append({"type": "picture", "picture": int(picture[1])})
            continue
        before = blocks[-1] if blocks else None
        if found := _blocks_of_html_piece(piece):
            blocks.extend(found)
        elif (
            piece.startswith(ATTRIBUTION_DASH)
            and before is not None
            and before["type"] == "paragraph"
            and not before["text"].startswith(ATTRIBUTION_DASH)
        ):
            attribution = piece.removeprefix(ATTRIBUTION_DASH).lstrip()
            blocks[-1] = {"type": "quote", "text": before["text"], "attribution": attribution}
        else:
            blocks.append({"type": "paragraph", "text": piece})
    return blocks


def _blocks_of_html_piece(piece):
    if not _HTML_PIECE.fullmatch(piece):
        return []
    found = prose.read_html(piece)
    said = prose.letters_of(blocks_as_html(found))
    return found if said == prose.letters_of(piece) else []


def _without_shared_indent(piece):
    lines = piece.split("\n")
    indents = [line[: len(line) - len(line.lstrip())] for line in lines]
    # What the first and the last in sorted order share, all of them share.
    pairs = zip(min(indents), max(indents), strict=False)
    differing = (at for at, (one, other) in enumerate(pairs) if one != other)
    shared = next(differing, len(min(indents)))
    return "\n".join(line[shared:] for line in lines)


def tidy_text(text):
    """One kind of line break, no blanks at the ends of lines, no blank lines around it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(line.rstrip() for line in lines).strip("\n")


def _lines_as_html(text):
    return escape(text).replace("\n", "<br>\n")
