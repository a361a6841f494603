"""PURE: a picture as HTML: its formats and widths, its words, and what a browser does with it.

What people wrote goes through ``markup.escape``. The policy forbids styles in attributes, so the
focal point is one of twenty-five places, named by two classes.
"""

from dataclasses import dataclass

from articles.markup import escape
from articles.widths import TYPES, file_name, widths_of

MEDIA = "/media/"
# A step of the focal point for each of the classes fx-0 to fx-4 (and fy-): a quarter.
FOCAL_STEP = 25
# The picture that most of a first screen consists of: fetched at once, before scripts.
_EAGER = ' fetchpriority="high"'
# Others are fetched as they come near, and decoded while the page stays alive.
_LAZY = ' loading="lazy" decoding="async"'


@dataclass(frozen=True, slots=True)
class Slot:
    """A place on a page: how wide it is there, and whether it is seen first."""

    sizes: str
    eager: bool = False


# Above an article's text, and the first story of the front page. Widths are those of portal.css.
LEAD = Slot("(min-width: 78rem) 52rem, (min-width: 62rem) calc(94vw - 22rem), 92vw", eager=True)
# Two or four beside each other.
CARD = Slot("(min-width: 62rem) 25rem, (min-width: 48rem) 45vw, 92vw")
# Beside the words in a list.
ROW = Slot("(min-width: 40rem) 13rem, 28vw")
# In an article's text.
BODY = Slot("(min-width: 48rem) 40rem, 92vw")


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as readers are shown it. ``licence`` is "" where readers need not be told."""

    number: int
    folder: str
    is_complete: bool
    width: int
    height: int
    focal_x: int
    focal_y: int
    alt: str
    caption: str = ""
    credit: str = ""
    licence: str = ""
    licence_url: str = ""


def scaled_height(shown, width):
    return max(1, round(shown.height * width / shown.width))


def address(shown, width, extension="jpg"):
    return MEDIA + file_name(shown.folder, width, extension)


def widest(shown):
    """The width of the file that is there from the beginning, a JPEG."""
    return widths_of(shown.width)[-1]


def render_picture(shown, slot, *, alt=None):
    """A ``<picture>``, or a plain ``<img>`` while its other files are being made.

    ``alt`` stands for the picture's own, as "" where a title beside it says what it is.
    """
    image = _render_image(shown, slot, shown.alt if alt is None else alt)
    if not shown.is_complete:
        return image
    sources = "".join(
        f'<source type="{kind}" srcset="{_srcset(shown, extension)}" sizes="{slot.sizes}">'
        for extension, kind in TYPES.items()
        if extension != "jpg"
    )
    return f"<picture>{sources}{image}</picture>"


def _render_image(shown, slot, alt):
    width = widest(shown)
    chosen = f' srcset="{_srcset(shown, "jpg")}" sizes="{slot.sizes}"' if shown.is_complete else ""
    horizontal, vertical = (
        round(percent / FOCAL_STEP) for percent in (shown.focal_x, shown.focal_y)
    )
    return (
        f'<img class="fx-{horizontal} fy-{vertical}" src="{address(shown, width)}"{chosen}'
        f' width="{width}" height="{scaled_height(shown, width)}"'
        f' alt="{escape(alt)}"{_EAGER if slot.eager else _LAZY}>'
    )


def _srcset(shown, extension):
    return ", ".join(
        f"{address(shown, width, extension)} {width}w" for width in widths_of(shown.width)
    )


def render_figure(shown, slot, *, label="Picture:"):
    """The picture with its caption, its credit and, where it asks to be named, its licence.

    ``label`` stands before the credit, in the language of the page.
    """
    licence = escape(shown.licence)
    if shown.licence_url:
        licence = f'<a rel="license noopener" href="{escape(shown.licence_url)}">{licence}</a>'
    credit = f"{escape(shown.credit)}{', ' if licence else ''}{licence}"
    return (
        f'<figure class="picture">{render_picture(shown, slot)}'
        f'<figcaption><span dir="auto">{escape(shown.caption)}</span> '
        f'<span class="picture-credit">{escape(label)} <bdi>{credit}</bdi></span>'
        f"</figcaption></figure>\n"
    )
