"""READ: the front page, lists of articles and single articles, ready for templates.

Every function takes the same few queries whatever the number of articles; what a template
prints is worked out here. Pages of a list are cut by a cursor, the last article's moment and
number (``2026-01-08T10:28:00Z_17``), so a new article never moves the older pages.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, repeat

from django.db.models import OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import npgettext

from articles import editions, figures, pictures
from articles.bylines import bylines_of, first_role
from articles.models import Article, Banner, FrontRow, ScheduledUpdate, Section
from comments import moments, visits
from comments.wording import count_label, day_text, moment_iso, moment_text

# Teasers on one page of a list: three screens on a phone.
PAGE_SIZE = 20
# Beside the lead story of the front page.
SECOND_STORIES = 4
FRONT_LATEST = 8
FRONT_MOST_DISCUSSED = 5
FRONT_STRIP = 4
# Most discussed among the newest this many, so that the list moves on with the paper.
DISCUSSED_AMONG = 200

_CURSOR = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{6})?)Z_([0-9]{1,18})"
)
TEASER_FIELDS = (
    "id", "title", "slug", "summary", "published_at",
    "section__name", "section__slug", "discussion__comment_count",
    "discussion_id", "discussion__arrival_count",
    "scheduled__takes_effect_at", "scheduled__title", "scheduled__summary", "language",
    *pictures.TEASER_FIELDS,
)  # fmt: skip


class BadCursorError(ValueError):
    """A page was asked for by something that this list has never given out."""


@dataclass(slots=True)
class Teaser:
    """An article as lists show it. ``new_label`` is for one reader, see ``mark_new``."""

    title: str
    url: str
    summary: str
    section_name: str
    section_url: str
    published_iso: str
    published_text: str
    comment_count: int
    comments_url: str
    comments_label: str
    authors: str
    authors_label: str
    discussion_id: int
    arrival_count: int
    # "" where the article has no picture.
    picture_html: str = ""
    # What its words are in, where the page around them is in another language; else "".
    lang: str = ""
    new_label: str = ""


@dataclass(frozen=True, slots=True)
class SectionStrip:
    """A section on the front page, with its newest articles; or a block with another heading.

    ``url`` is "" where the heading leads nowhere.
    """

    name: str
    url: str
    teasers: list[Teaser]


@dataclass(frozen=True, slots=True)
class FrontPage:
    """The front page; ``lead`` is None in an edition that has published nothing."""

    lead: Teaser | None
    seconds: list[Teaser]
    latest: list[Teaser]
    most_discussed: list[Teaser]
    sections: list[SectionStrip]
    latest_heading: str = ""
    latest_url: str = "/latest/"

    @property
    def all_teasers(self):
        lead = [self.lead] if self.lead else []
        strips = (strip.teasers for strip in self.sections)
        return [*lead, *self.seconds, *self.latest, *self.most_discussed, *chain(*strips)]


@dataclass(frozen=True, slots=True)
class ListingPage:
    """One page of a list, and where the pages around it are ("" where there is none)."""

    teasers: list[Teaser]
    next_url: str = ""
    next_label: str = ""
    previous_url: str = ""
    previous_label: str = ""

    @property
    def all_teasers(self):
        return self.teasers


def section(slug):
    """The section at this address; raises ``Section.DoesNotExist``."""
    return Section.objects.get(slug=slug)


def next_change(now):
    """When a list of articles changes next because a moment comes, or None. One query.

    So does the front page as it is arranged, and the banner above every page.
    """
    return moments.next_change(now, *_CHANGES)


def asking_next_change(now):
    """The question that ``next_change`` asks."""
    return moments.asking_next_change(now, *_CHANGES)


_CHANGES = (
    (ScheduledUpdate, "takes_effect_at"),
    *((model, name) for model in (FrontRow, Banner) for name in ("starts", "until")),
)


def front_page(now=None, language=""):
    """What stands on an edition's front page at ``now``; the site's. Six queries at most."""
    everything = Article.objects.published(now)
    published = editions.in_edition(everything, language)
    newest = list(
        published.newest_first().values_list(*TEASER_FIELDS)[: 1 + SECOND_STORIES + FRONT_LATEST]
    )
    top = [row[0] for row in newest[: 1 + SECOND_STORIES]]
    # The sections are the edition's; asked twice, the database might take the index by language.
    strips = _strips(everything.exclude(pk__in=top), language)
    discussed = list(
        # What is published is chosen inside: asked twice, SQLite would go through all of it.
        Article.objects.filter(
            pk__in=Subquery(published.newest_first().values("pk")[:DISCUSSED_AMONG]),
            discussion__comment_count__gt=0,
        )
        .order_by("-discussion__comment_count", "-published_at", "-id")
        .values_list(*TEASER_FIELDS)[:FRONT_MOST_DISCUSSED]
    )
    bylines = bylines_of({row[0] for row in chain(newest, discussed, *strips.values())})
    slots = chain([figures.LEAD], repeat(figures.CARD))
    teasers = [
        make_teaser(row, bylines, slot, now=now) for row, slot in zip(newest, slots, strict=False)
    ]
    return FrontPage(
        latest_heading=_("Latest"),
        lead=teasers[0] if teasers else None,
        seconds=teasers[1 : 1 + SECOND_STORIES],
        latest=teasers[1 + SECOND_STORIES :],
        most_discussed=[make_teaser(row, bylines, now=now) for row in discussed],
        sections=[
            SectionStrip(
                name,
                f"/sections/{slug}/",
                [make_teaser(row, bylines, figures.CARD, now=now) for row in rows],
            )
            for (name, slug), rows in strips.items()
        ],
        latest_url=editions.latest_url(language),
    )


def _strips(articles, language):
    """{(name, slug): rows} of the edition's sections that have articles; two queries.

    The newest of each section are looked up one by one in the index, as columns of the
    section's row: numbering the rows of a window would read every article there is.
    """
    of_section = articles.filter(section=OuterRef("pk")).newest_first().values("pk")
    columns = {f"newest_{n}": Subquery(of_section[n : n + 1]) for n in range(FRONT_STRIP)}
    strips = {
        (name, slug): [pk for pk in newest if pk is not None]
        for name, slug, *newest in editions.in_edition(Section.objects, language)
        .annotate(**columns)
        .order_by("position", "name")
        .values_list("name", "slug", *columns)
    }
    wanted = [pk for newest in strips.values() for pk in newest]
    rows = {
        row[0]: row for row in Article.objects.filter(pk__in=wanted).values_list(*TEASER_FIELDS)
    }
    return {key: [rows[pk] for pk in newest] for key, newest in strips.items() if newest}


@dataclass(frozen=True, slots=True)
class Newest:
    """Where a list takes its articles from: published ones, by their own dates. One query."""

    published: object
    # The names of what ``bound`` compares: the moment and the number.
    key = ("published_at", "id")

    def rows(self, fields, limit, bound=None, *, upwards=False):
        """``fields`` of at most ``limit`` articles within ``bound``, a condition or None.

        The newest first; ``upwards`` the oldest first.
        """
        found = self.published if bound is None else self.published.filter(bound)
        order = ("published_at", "id") if upwards else ("-published_at", "-id")
        return list(found.order_by(*order).values_list(*fields)[:limit])


def newest_of(language="", now=None):
    """All published articles of an edition, the site's where none is named."""
    return Newest(editions.in_edition(Article.objects.published(now), language))


def latest_page(before=None, after=None, now=None, language=""):
    """A page of an edition's articles; ``before`` and ``after`` are cursors or None."""
    return list_page(newest_of(language, now), editions.latest_url(language), before, after)


def section_page(section, before=None, after=None, now=None):
    """A page of a section's published articles."""
    source = Newest(Article.objects.published(now).filter(section=section))
    return list_page(source, section.get_absolute_url(), before, after)


def list_page(source, address, before, after):
    """A page of ``source``, which is a ``Newest`` or reads like one; ``address`` is the list's.

    Takes the source's queries, twice where newer ones are asked for and there are few, and one
    for the bylines. Raises ``BadCursorError``.
    """
    if after is not None:
        # Read upwards from the cursor, then turn around.
        bound = _newer_than(after, *source.key)
        rows = source.rows(TEASER_FIELDS, PAGE_SIZE + 1, bound, upwards=True)
        if len(rows) <= PAGE_SIZE:
            # That is the beginning of the list: show it whole, under its own address.
            before = after = None
        else:
            rows = rows[:PAGE_SIZE][::-1]
    if after is None:
        bound = None if before is None else _older_than(before, *source.key)
        rows = source.rows(TEASER_FIELDS, PAGE_SIZE + 1, bound)
    bylines = bylines_of(row[0] for row in rows[:PAGE_SIZE])
    next_url = next_label = previous_url = previous_label = ""
    if after is not None or len(rows) > PAGE_SIZE:
        last = rows[PAGE_SIZE - 1]
        next_url = f"{address}?before={_cursor_of(last)}"
        next_label = _("Older articles, before %(day)s") % {"day": day_text(last[4])}
    if rows and (before is not None or after is not None):
        previous_url = f"{address}?after={_cursor_of(rows[0])}"
        previous_label = _("Newer articles, after %(day)s") % {"day": day_text(rows[0][4])}
    return ListingPage(
        teasers=[make_teaser(row, bylines) for row in rows[:PAGE_SIZE]],
        next_url=next_url,
        next_label=next_label,
        previous_url=previous_url,
        previous_label=previous_label,
    )


def imported_from(source):
    """The newest article that was imported from a saved page of this file name."""
    return Article.objects.filter(source=source).order_by("-id").first()


def make_teaser(row, bylines, slot=figures.ROW, *, now=None):
    """A row of ``TEASER_FIELDS`` as a ``Teaser``, with the words that it has at ``now``.

    ``slot`` is where its picture stands.
    """
    pk, title, slug, summary, published_at, section_name, section_slug, *rest = row
    comment_count, discussion_id, arrival_count, *rest = rest
    updated_at, new_title, new_summary, language, *picture = rest
    authors_label, authors = first_role(bylines.get(pk, []))
    if updated_at is not None and updated_at <= (now or timezone.now()):
        title, summary = title if new_title is None else new_title, new_summary
    return Teaser(
        title=title,
        url=f"/articles/{slug}/",
        summary=summary,
        section_name=section_name,
        section_url=f"/sections/{section_slug}/",
        published_iso=moment_iso(published_at),
        published_text=moment_text(published_at),
        comment_count=comment_count,
        comments_url=f"/articles/{slug}/#discussion",
        comments_label=count_label(comment_count, "comment"),
        authors=authors,
        authors_label=authors_label,
        discussion_id=discussion_id,
        arrival_count=arrival_count,
        # Made by articles.figures alone.
        picture_html=mark_safe(pictures.render_teaser(picture, slot)),
        lang=editions.marked(language),
    )


def mark_new(teasers, person):
    """Says of each article how many comments came since ``person`` read them; one query."""
    arrivals = {teaser.discussion_id: teaser.arrival_count for teaser in teasers}
    new = visits.new_in_discussions(person, arrivals)
    for teaser in teasers:
        if teaser.discussion_id in new:
            count = new[teaser.discussion_id]
            words = npgettext("comments", "%(number)s new", "%(number)s new", count)
            teaser.new_label = words % {"number": number_format(count, force_grouping=True)}


def _cursor_of(row):
    return f"{row[4].astimezone(UTC).replace(tzinfo=None).isoformat()}Z_{row[0]}"


def _read_cursor(text):
    found = _CURSOR.fullmatch(text)
    try:
        if found:
            return datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2])
    except ValueError:
        pass
    raise BadCursorError("There is no such page of this list.")


def _older_than(cursor, moment, number):
    at, pk = _read_cursor(cursor)
    # The first condition is the one that an index can start from.
    return Q(**{f"{moment}__lte": at}) & (Q(**{f"{moment}__lt": at}) | Q(**{f"{number}__lt": pk}))


def _newer_than(cursor, moment, number):
    at, pk = _read_cursor(cursor)
    return Q(**{f"{moment}__gte": at}) & (Q(**{f"{moment}__gt": at}) | Q(**{f"{number}__gt": pk}))
