"""PURE: an article's body as HTML for readers and as text for editors.

A body is a list of blocks as the export schema has them: ``{"type": "paragraph", "text"}`` and
``{"type": "quote", "text", "attribution"}``, and besides pictures, which are kept elsewhere:
``{"type": "picture", "picture": number}``. What people wrote is escaped in ``escape``, and nowhere
else.
"""

import html
import re
from urllib.parse import urlsplit

# What fits into three lines of a list at the portal's measure.
SUMMARY_LENGTH = 240
ATTRIBUTION_DASH = "- "

_BLOCK_KEYS = {"paragraph": {"type", "text"}, "quote": {"type", "text", "attribution"}}
_PICTURE_KEYS = {"type", "picture"}
# How an editor writes a picture: a paragraph of its own.
_PICTURE_LINE = re.compile(r"\[picture ([1-9][0-9]{0,17})\]")
# Where it stands in the HTML that is kept; it is put in when the page is read, for its files and
# its caption change. No text can say this, as all text is escaped.
_PICTURE_PLACE = re.compile(r"<!--picture ([0-9]+)-->\n")
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


class BodyError(ValueError):
    """A body that cannot be what it is said to be; the message is a sentence for its editor."""


def check_blocks(blocks):
    """Raises ``BodyError`` unless ``blocks`` is a body: known blocks, with text, nothing else."""
    for number, block in enumerate(blocks, 1):
        if block.get("type") == "picture":
            _check_picture(number, block)
            continue
        keys = _BLOCK_KEYS.get(block.get("type"))
        if keys is None:
            raise BodyError(f"Block {number} is neither a paragraph, a quote nor a picture.")
        if set(block) != keys or not all(isinstance(block[key], str) for key in keys):
            raise BodyError(f"Block {number} ({block['type']}) needs exactly: {sorted(keys)}.")
        if not block["text"].strip():
            raise BodyError(f"Block {number} ({block['type']}) has no text.")


def _check_picture(number, block):
    # True is an int to Python, and no number to anybody else.
    if set(block) != _PICTURE_KEYS or type(block["picture"]) is not int or block["picture"] < 1:
        raise BodyError(f"Block {number} (picture) needs the number of a picture, nothing else.")


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


def place_pictures(rendered, figures):
    """The HTML of ``render_blocks`` with its pictures: ``figures`` is {number: safe HTML}.

    One that is not there leaves nothing behind.
    """
    return _PICTURE_PLACE.sub(lambda found: figures.get(int(found[1]), ""), rendered)


def _render_block(block):
    if block["type"] == "picture":
        return f"<!--picture {block['picture']}-->\n"
    words = _lines_as_html(block["text"])
    if block["type"] == "paragraph":
        return f"<p>{words}</p>\n"
    return (
        f'<figure class="quote"><blockquote><p>{words}</p></blockquote>'
        f"<figcaption>{_lines_as_html(block['attribution'])}</figcaption></figure>\n"
    )


def render_credit(credit):
    """One photo credit as safe HTML; addresses of the web in it become links."""
    parts, end = [], 0
    for found in _WEB_ADDRESS.finditer(credit):
        address = found[0].rstrip(_AFTER_ADDRESS)
        if not _has_host(address):
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
    first = next((block["text"] for block in texts_in(blocks)), "")
    words = " ".join((lead or first).split())
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


def blocks_as_text(blocks):
    """The body as an editor writes it: the notation of saved pages.

    Paragraphs are parted by blank lines; a paragraph that begins with ``- `` names the speaker
    of the one before it, and ``[picture 17]`` is a picture. ``blocks_from_text`` makes the same
    blocks of it; where no text would, ``BodyError`` says which block is the reason.
    """
    for number, block in enumerate(blocks, 1):
        words = block_words(block)
        if words != tidy_text(words) or len(_BLANK_LINES.split(words)) > len(block) - 1:
            raise BodyError(
                f"Block {number} holds blank lines or trailing blanks, which the text form of a "
                f"body has no way to write."
            )
    text = "\n\n".join(block_words(block) for block in blocks)
    back = blocks_from_text(text)
    if back != list(blocks):
        pairs = enumerate(zip(blocks, back, strict=False), 1)
        shorter = min(len(blocks), len(back))
        number = next((number for number, (one, other) in pairs if one != other), shorter)
        raise BodyError(
            f"Block {number} would be read back as something else: a paragraph that begins with "
            f"“{ATTRIBUTION_DASH}” and follows another one is taken for the speaker of a quote, "
            f"“[picture 1]” for a picture, and blanks that all lines begin with are dropped."
        )
    return text


def loose_text(blocks):
    """The body to look at where ``blocks_as_text`` has no way to write it."""
    return "\n\n".join(block_words(block) for block in blocks)


def block_words(block):
    """One block as an editor writes it."""
    if block["type"] == "picture":
        return f"[picture {block['picture']}]"
    if block["type"] == "paragraph":
        return block["text"]
    return f"{block['text']}\n\n{ATTRIBUTION_DASH}{block['attribution']}"


def blocks_from_text(text):
    """The blocks that an editor's text stands for; never fails, loses no word.

    The same notation as in saved pages (``articles.importer.parser``): ``- somebody`` at the
    top, or behind another ``- `` paragraph or a quote, is a paragraph like any other.
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
        if (
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


def escape(text):
    """``text`` as HTML that says just that, also between quotation marks of an attribute."""
    return html.escape(text, quote=True)


def _has_host(address):
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
