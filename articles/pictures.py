"""READ: pictures as pages show them, and where they are used."""

from django.utils.translation import gettext_lazy

from accounts.statements import Statement, padded
from articles import figures
from articles.figures import Shown
from articles.markup import pictures_in
from articles.models import Article, Picture

# What a list needs of an article's lead picture: behind the columns of its teaser.
TEASER_FIELDS = tuple(
    f"lead_picture__{name}"
    for name in ("id", "folder", "is_complete", "width", "height", "focal_x", "focal_y", "alt")
)
# So wide at most are pictures that other sites show beside a link.
SOCIAL_WIDTH = 1200
# Where a picture is used, as its page at the desk says it.
USES_TOLD = 20
_SHOWN_FIELDS = (
    "id", "folder", "is_complete", "width", "height", "focal_x", "focal_y", "alt",
    "caption", "credit", "licence", "licence_note",
)  # fmt: skip
# What a licence asks to be said beside a picture: its short name, and where it can be read.
_TOLD_LICENCES = {
    "cc-by-4.0": ("CC BY 4.0", "https://creativecommons.org/licenses/by/4.0/"),
    "cc-by-sa-4.0": ("CC BY-SA 4.0", "https://creativecommons.org/licenses/by-sa/4.0/"),
    "cc0-1.0": ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "public-domain": (gettext_lazy("public domain"), ""),
}


def render_teaser(columns, slot):
    """The HTML of a lead picture from its ``TEASER_FIELDS``; "" for an article without one.

    The title beside it says what it is about, so it has no words of its own there.
    """
    return figures.render_picture(Shown(*columns), slot, alt="") if columns[0] else ""


def shown_in(article):
    """{number: ``Shown``} of all pictures of an article; one query at most, asked once."""
    if not hasattr(article, "pictures_shown"):
        numbers = pictures_in(article.blocks)
        # Those of a text that is scheduled, where one was read with it.
        numbers += pictures_in(getattr(getattr(article, "scheduled", None), "blocks", None) or ())
        if article.lead_picture_id:
            numbers.append(article.lead_picture_id)
        article.pictures_shown = _shown(numbers)
    return article.pictures_shown


def shown(number):
    """The picture of this number, None where there is none. One query."""
    return _shown([number]).get(number)


def social_picture(picture):
    """(path, width, height, alternative text) of a ``figures.Shown`` as a JPEG.

    For other sites, which show it beside a link; the caller puts the host before the path.
    """
    width = figures.widest(picture)
    if picture.is_complete:
        width = min(width, SOCIAL_WIDTH)
    return (
        figures.address(picture, width),
        width,
        figures.scaled_height(picture, width),
        picture.alt,
    )


def missing(numbers):
    """Those of ``numbers`` that no picture has, in their order. One query, none for none."""
    if not numbers:
        return []
    found = set(Picture.objects.filter(pk__in=numbers).values_list("pk", flat=True))
    return [number for number in numbers if number not in found]


def uses_of(picture):
    """(title, number of the article) of the newest articles that show a picture. One query."""
    leads = Article.objects.filter(lead_picture=picture)
    within = Article.objects.filter(placements__picture=picture)
    found = leads.union(within).order_by("-id").values_list("title", "id")
    return list(found[:USES_TOLD])


def _shown(numbers):
    if not numbers:
        return {}
    return {row[0]: _make_shown(row) for row in _PICTURES(numbers=padded(numbers))}


def _make_shown(row):
    *plain, licence, note = row
    told, url = (note, "") if licence == "other" else _TOLD_LICENCES.get(licence, ("", ""))
    return Shown(*plain, licence=str(told), licence_url=url)


_PICTURES = Statement(
    lambda *, numbers: Picture.objects.filter(pk__in=numbers).values_list(*_SHOWN_FIELDS)
)
