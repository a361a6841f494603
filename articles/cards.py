"""PURE: the picture of an article that other sites show with a link to it."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

# What the large cards of all networks are cut from.
WIDTH, HEIGHT = 1_200, 630
# Grows when cards are drawn in another way, so that the kept ones are drawn anew.
DESIGN = 1
# It draws Latin, Cyrillic and Greek letters; Pillow's own has no more than English ones.
_FONT = Path(__file__).with_name("fonts") / "DejaVuSerif-Bold.ttf"
_PAPER, _INK, _ACCENT, _QUIET = "#fffcf5", "#1c1a17", "#8a1f17", "#625c51"
_MARGIN = 72
# Where the title may stand, between the section above and the paper's name below.
_TITLE_TOP, _TITLE_BOTTOM = 168, 500
# The largest in which a title has room; one that has none in the smallest is cut.
_TITLE_SIZES = (84, 72, 62, 54, 48)
_LINE = 1.18
_SMALL = 34
# An imported title may be a page long; more than this has no room in the smallest size.
_MOST_LETTERS = 300
# A title of which more is missing than a few signs is left out whole.
_MOST_MISSING = 0.2
_ELLIPSIS = "…"


def draw_card(title, section, site_name):
    """A PNG of ``WIDTH`` by ``HEIGHT`` with these three on it, the title in whole lines.

    What the font cannot draw is left out: single signs, or a whole title in another script.
    Takes some hundredths of a second, whatever the words.
    """
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    for top, height in ((0, 14), (24, 4)):
        draw.rectangle((0, top, WIDTH, top + height), fill=_ACCENT)
    room = WIDTH - 2 * _MARGIN
    small = _font(_SMALL)
    draw.line((_MARGIN, 540, WIDTH - _MARGIN, 540), fill=_QUIET, width=2)
    for words, top, colour in ((section, 92, _ACCENT), (site_name, 560, _QUIET)):
        for line in _lines(_drawable(words), small, room, 1)[0]:
            draw.text((_MARGIN, top), line, font=small, fill=colour)
    size, lines = _fit(_drawable(title), room)
    for at, line in enumerate(lines):
        place = (_MARGIN, _TITLE_TOP + round(at * size * _LINE))
        draw.text(place, line, font=_font(size), fill=_INK)
    written = BytesIO()
    # Few colours, so a third of the bytes: what is kept is small, and a network fetches it fast.
    picture.quantize(colors=32).save(written, "PNG", optimize=True)
    return written.getvalue()


def _fit(title, room):
    """``(size, lines)``: the largest size in which the title has room, else the cut title."""
    for size in _TITLE_SIZES:
        most = int((_TITLE_BOTTOM - _TITLE_TOP) / (size * _LINE))
        lines, is_whole = _lines(title, _font(size), room, most)
        if is_whole:
            break
    return size, lines


def _lines(text, font, room, most):
    """(``text`` in at most ``most`` lines no wider than ``room``, whether that is all of it)."""
    lines, words = [], text.split()
    while words and len(lines) < most:
        line = words.pop(0)
        while words and font.getlength(f"{line} {words[0]}") <= room:
            line = f"{line} {words.pop(0)}"
        if font.getlength(line) > room:
            # One word that is wider than a line goes on in the next.
            fits = _letters_that_fit(line, font, room)
            words.insert(0, line[fits:])
            line = line[:fits]
        lines.append(line)
    if words:
        last = lines[-1]
        last = last[: _letters_that_fit(last, font, room - font.getlength(_ELLIPSIS))]
        lines[-1] = last.rstrip(" ,;:–—-") + _ELLIPSIS
    return lines, not words


def _letters_that_fit(line, font, room):
    """How many letters of ``line`` are no wider than ``room``, at least one."""
    low, high = 1, len(line)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if font.getlength(line[:middle]) <= room else (low, middle - 1)
    return low


def _drawable(text):
    """``text`` without what the font has no sign for; "" where that is too much of it."""
    text = " ".join(text.split())[:_MOST_LETTERS]
    kept = "".join(letter for letter in text if letter == " " or _is_drawn(letter))
    return kept if len(text) - len(kept) <= len(text) * _MOST_MISSING else ""


@lru_cache(maxsize=2_048)
def _is_drawn(letter):
    return letter.isprintable() and _picture_of(letter) != _picture_of("\uffff")


@lru_cache(maxsize=2_048)
def _picture_of(letter):
    mask = _font(_SMALL).getmask(letter)
    return mask.size, bytes(mask)


@lru_cache(maxsize=len(_TITLE_SIZES) + 1)
def _font(size):
    # The simpler layout: the other one takes scripts that the font does not draw.
    return ImageFont.truetype(str(_FONT), size, layout_engine=ImageFont.Layout.BASIC)
