"""READ: series, and where an article stands in one.

Parts are counted as readers see them: what is not published is no part yet, so "Part 3 of 7" is
the third of the seven that can be read.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import Statement, padded
from articles.bylines import bylines_of
from articles.listings import PAGE_SIZE, TEASER_FIELDS, BadCursorError, make_teaser
from articles.models import Article, Series, SeriesPart
from comments.wording import count_label

# All parts are read to count them: longer is a section, not a series.
MOST_PARTS = 200


@dataclass(frozen=True, slots=True)
class SeriesPlace:
    """Where an article stands in its series; addresses are "" where there is no such part."""

    title: str
    url: str
    label: str
    previous_title: str = ""
    previous_url: str = ""
    next_title: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True)
class SeriesPage:
    """One page of a series: ``parts`` are ``(label, teaser)``."""

    count_label: str
    parts: list
    next_url: str = ""
    next_label: str = ""
    previous_url: str = ""
    previous_label: str = ""

    @property
    def all_teasers(self):
        return [teaser for _, teaser in self.parts]


def place_of(article, now):
    """The ``SeriesPlace`` of an article, or None where it is in none that is shown.

    One query; none for an article that was read together with its part and has none.
    """
    part = getattr(article, "series_part", None)
    # Read in one statement with the article, it is there without any values where there is none.
    if part is None or part.number is None:
        return None
    rows = _PARTS_AROUND(article_id=article.pk, now=now)
    at = next((at for at, row in enumerate(rows) if row[0] == article.pk), None)
    if at is None:
        return None
    before = _named(rows[at - 1], now) if at else ("", "")
    behind = _named(rows[at + 1], now) if at + 1 < len(rows) else ("", "")
    return SeriesPlace(
        rows[at][-2],
        f"/series/{rows[at][-1]}/",
        _("Part %(number)s of %(parts)s") % {"number": at + 1, "parts": len(rows)},
        *before,
        *behind,
    )


def _named(row, now):
    _, slug, title, updated_at, new_title, *_ = row
    if updated_at is not None and updated_at <= now and new_title is not None:
        title = new_title
    return title, f"/articles/{slug}/"


def _parts_around(*, article_id, now):
    mine = SeriesPart.objects.filter(article_id=article_id).values("series_id")
    return _published(SeriesPart.objects.filter(series_id=Subquery(mine)), now).values_list(
        "article_id", "article__slug", "article__title",
        "article__scheduled__takes_effect_at", "article__scheduled__title",
        "series__title", "series__slug",
    )[:MOST_PARTS]  # fmt: skip


_PARTS_AROUND = Statement(_parts_around)


def _published(parts, now):
    seen = Article.objects.published(now).filter(pk=OuterRef("article_id"))
    return parts.filter(Exists(seen)).order_by("number")


def series(slug, now=None):
    """The series at this address; raises ``Series.DoesNotExist``.

    One without a part that readers may see is nothing to them yet: its title may be the news.
    """
    found = Series.objects.get(slug=slug)
    if not _published(found.parts, now).exists():
        raise Series.DoesNotExist
    return found


def series_page(series, *, before=None, after=None, now=None):
    """A page of the parts of a series, in their order; a cursor is the number of a part.

    Three queries. Raises ``BadCursorError``.
    """
    parts = list(
        _published(series.parts, now or timezone.now()).values_list("number", "article_id")[
            :MOST_PARTS
        ]
    )
    first = _first_of(parts, before, after)
    shown = parts[first : first + PAGE_SIZE]
    wanted = [pk for _, pk in shown]
    rows = {}
    if wanted:
        found = Article.objects.filter(pk__in=padded(wanted)).values_list(*TEASER_FIELDS)
        rows = {row[0]: row for row in found}
    bylines = bylines_of(wanted)
    end = first + len(shown)
    address = series.get_absolute_url()
    more, earlier = end < len(parts), first > 0
    return SeriesPage(
        count_label=count_label(len(parts), "part"),
        parts=[
            (_("Part %(number)s") % {"number": at}, make_teaser(rows[pk], bylines, now=now))
            for at, pk in enumerate(wanted, first + 1)
        ],
        next_url=f"{address}?after={shown[-1][0]}" if more else "",
        next_label=_("From part %(number)s on") % {"number": end + 1} if more else "",
        previous_url=f"{address}?before={shown[0][0]}" if earlier and shown else "",
        previous_label=_("Up to part %(number)s") % {"number": first} if earlier and shown else "",
    )


def _first_of(parts, before, after):
    """Where the page begins, as an index into ``parts``."""
    numbers = [number for number, _ in parts]
    if after is not None:
        asked = _read_number(after)
        return sum(number <= asked for number in numbers)
    if before is not None:
        asked = _read_number(before)
        return max(0, sum(number < asked for number in numbers) - PAGE_SIZE)
    return 0


def _read_number(text):
    if text.isascii() and text.isdigit() and len(text) < 6:
        return int(text)
    raise BadCursorError("There is no such page of this series.")
