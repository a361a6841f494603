"""PURE: an article's body as HTML for readers and as text for editors.

A body is a list of blocks as the export schema has them: ``{"type": "paragraph", "text"}`` and
``{"type": "quote", "text", "attribution"}``. What people wrote is escaped in ``_escape``, and
nowhere else.
"""

import html
import re
from urllib.parse import urlsplit

# What fits into three lines of a list at the portal's measure.
SUMMARY_LENGTH = 240
ATTRIBUTION_DASH = "- "

_BLOCK_KEYS = {"paragraph": {"type", "text"}, "quote": {"type", "text", "attribution"}}
_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)
# Marks that end a sentence rather than an address.
_AFTER_ADDRESS = ".,;:!?)]}»”’…"
_BLANK_LINES = re.compile(r"\n{2,}")


class BodyError(ValueError):
    """A body that cannot be what it is said to be; the message is a sentence for its editor."""


def check_blocks(blocks):
    """Raises ``BodyError`` unless ``blocks`` is a body: known blocks, with text, nothing else."""
    for number, block in enumerate(blocks, 1):
        keys = _BLOCK_KEYS.get(block.get("type"))
        if keys is None:
            raise BodyError(f"Block {number} is neither a paragraph nor a quote.")
        if set(block) != keys or not all(isinstance(block[key], str) for key in keys):
            raise BodyError(f"Block {number} ({block['type']}) needs exactly: {sorted(keys)}.")
        if not block["text"].strip():
            raise BodyError(f"Block {number} ({block['type']}) has no text.")


def render_blocks(blocks):
    """The body as safe HTML; the line breaks of a paragraph are kept."""
    return "".join(_render_block(block) for block in blocks)


def _render_block(block):
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
        parts.append(_escape(credit[end : found.start()]))
        parts.append(f'<a href="{_escape(address)}" rel="nofollow noopener">{_escape(address)}</a>')
        end = found.start() + len(address)
    parts.append(_escape(credit[end:]))
    return "".join(parts)


def summary_of(lead, blocks):
    """What a list shows under the title: the lead, or the first words of the body, as text."""
    words = " ".join((lead or (blocks[0]["text"] if blocks else "")).split())
    if lead or len(words) <= SUMMARY_LENGTH:
        return words
    # A language without spaces is cut in the middle, any other at a word.
    cut = words.rfind(" ", SUMMARY_LENGTH // 2, SUMMARY_LENGTH)
    return words[: cut if cut > 0 else SUMMARY_LENGTH - 1].rstrip(" ,;:–—-") + "…"


def blocks_as_text(blocks):
    """The body as an editor writes it: the notation of saved pages.

    Paragraphs are parted by blank lines; a paragraph that begins with ``- `` names the speaker
    of the one before it. ``blocks_from_text`` makes the same blocks of it; where no text would,
    ``BodyError`` says which block is the reason.
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
            f"and blanks that all lines begin with are dropped."
        )
    return text


def block_words(block):
    """One block as an editor writes it."""
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
    return _escape(text).replace("\n", "<br>\n")


def _escape(text):
    return html.escape(text, quote=True)


def _has_host(address):
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:
        return False
