"""READ: which addresses crawlers are told of, and when what lies there changed.

A file holds the addresses of so many rows in the order of their numbers (``SITEMAP_SIZE``): which
file an address is in never changes, and a file costs the same however many there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db.models import Exists, Max, OuterRef, Subquery
from django.utils import timezone

from accounts.directory import person_url
from articles.models import Article, Byline, Guest, Section, Tag, Tagging
from articles.shelves import of_published
from comments.statements import Statement

# Of 50,000 that are allowed: a file takes one worker a hundredth of a second, and the crawler
# that asks what is new reads one short file, not everything.
SITEMAP_SIZE = 1_000
# A statement has at most some 1,600 columns on PostgreSQL; so many files are looked up in one.
FILES_AT_ONCE = 512
# For the files in which something changed lately the index says when: so many changes are read.
RECENT_CHANGES = 1_000
# What Google News takes: articles of two days, a thousand of them.
NEWS_FOR = timedelta(hours=48)
MOST_NEWS = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """An address, as a path, and when what lies there changed; None where nobody knows."""

    path: str
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class News:
    """An article as a news sitemap tells it."""

    path: str
    title: str
    published_at: datetime


class _Articles:
    """Every published article, by its number."""

    key = "pk"

    def public(self, now):
        return Article.objects.each_published(now)

    def last_key(self):
        return Article.objects.aggregate(last=Max("pk"))["last"]

    def places(self, low, high, now):
        rows = self.public(now).filter(pk__gt=low, pk__lte=high).order_by("pk")
        for slug, published, updated in rows.values_list("slug", "published_at", "updated_at"):
            yield Place(f"/articles/{slug}/", max(published, updated))


class _Lines:
    """What articles stand under by lines of their own: tags, guests, people."""

    def __init__(self, model, lines, key, address, **held):
        self.model, self.lines, self.key, self.address, self.held = model, lines, key, address, held

    def public(self, now):
        return of_published(self.lines.objects.filter(**self.held), now)

    def last_key(self):
        return self.lines.objects.filter(**self.held).aggregate(last=Max(self.key))["last"]

    def places(self, low, high, now):
        newest = self.public(now).filter(**{self.key: OuterRef("pk")})
        newest = newest.order_by("-published_at", "-article_id").values("published_at")[:1]
        rows = self.model.objects.filter(pk__gt=low, pk__lte=high)
        # Only those that a line names, so that a million readers are passed over by the index.
        named = self.lines.objects.filter(**self.held, **{self.key: OuterRef("pk")})
        rows = rows.filter(Exists(named)).annotate(newest=Subquery(newest))
        columns = self.address[0]
        for pk, moment, *values in rows.order_by("pk").values_list("pk", "newest", *columns):
            if moment is not None:
                yield Place(self.address[1](pk, *values), moment)


_BY_SLUG = ("slug",)
_KINDS = {
    "articles": _Articles(),
    "tags": _Lines(Tag, Tagging, "tag_id", (_BY_SLUG, lambda _, slug: f"/tags/{slug}/")),
    "authors": _Lines(
        Guest, Byline, "guest_id", (_BY_SLUG, lambda _, slug: f"/authors/{slug}/"), is_first=True
    ),
    "people": _Lines(
        get_user_model(), Byline, "person_id",
        (("handle",), lambda pk, handle: f"{person_url(pk, handle)}articles/"), is_first=True,
    ),
}  # fmt: skip
KINDS = tuple(_KINDS)


def files(now=None):
    """The files of the index as ``(name, when something in it changed last, or None)``.

    "sections" first, then "articles-1" and so on, those with an address in them. Two queries for
    each kind up to ``FILES_AT_ONCE`` files of it.
    """
    now = now or timezone.now()
    recent = _recent_changes(now)
    found = [("sections", None)] if Section.objects.exists() else []
    for kind, source in _KINDS.items():
        last = -(-(source.last_key() or 0) // SITEMAP_SIZE)
        for first in range(1, last + 1, FILES_AT_ONCE):
            wanted = min(last + 1 - first, FILES_AT_ONCE)
            # Rounded up, so that a few statements serve all sizes.
            [holding] = _HOLDING(kind, first, 1 << (wanted - 1).bit_length(), SITEMAP_SIZE, now=now)
            for number, holds in enumerate(holding[:wanted], first):
                if holds:
                    changed = recent.get(number) if kind == "articles" else None
                    found.append((f"{kind}-{number}", changed))
    return found


def _which_hold_any(kind, first, count, _size, *, now):
    """One row: whether each of ``count`` files, from the ``first`` on, has an address in it."""
    source = _KINDS[kind]
    public = source.public(now)
    columns = {}
    for number in range(first, first + count):
        low, high = _bounds(number)
        held = public.filter(**{f"{source.key}__gt": low, f"{source.key}__lte": high})
        columns[f"file_{number}"] = Exists(held)
    # A row to hang the columns on: where there is anything, there is an article.
    return Article.objects.order_by("pk").annotate(**columns).values_list(*columns)[:1]


_HOLDING = Statement(_which_hold_any)


def _recent_changes(now):
    """{number of the file: when an article in it changed}, of the latest changes; two queries."""
    newest = Article.objects.published(now).newest_first()
    changed = _KINDS["articles"].public(now).order_by("-updated_at")
    rows = [
        *newest.values_list("pk", "published_at")[:RECENT_CHANGES],
        *changed.values_list("pk", "updated_at")[:RECENT_CHANGES],
    ]
    found = {}
    for pk, moment in rows:
        number = -(-pk // SITEMAP_SIZE)
        found[number] = max(moment, found.get(number, moment))
    return found


def places(kind, number, now=None):
    """The addresses of a file; an empty list where there is no such file. One query."""
    if kind not in _KINDS or number < 1:
        return []
    return list(_KINDS[kind].places(*_bounds(number), now))


def sections(now=None):
    """The pages that there are few of: the front page, the latest articles, every section.

    One query; of each section its newest article is looked up in the index.
    """
    public = Article.objects.published(now)
    newest = public.filter(section=OuterRef("pk")).newest_first().values("published_at")[:1]
    rows = Section.objects.annotate(newest=Subquery(newest)).order_by("position", "name")
    of_sections = [
        Place(f"/sections/{slug}/", at) for slug, at in rows.values_list("slug", "newest")
    ]
    latest = max((place.changed_at for place in of_sections if place.changed_at), default=None)
    return [Place("/", latest), Place("/latest/", latest), *of_sections]


def news(now=None):
    """The articles of the last two days, the newest first. One query."""
    now = now or timezone.now()
    rows = Article.objects.published(now).filter(published_at__gt=now - NEWS_FOR).newest_first()
    found = rows.values_list("slug", "title", "published_at")[:MOST_NEWS]
    return [News(f"/articles/{slug}/", title, at) for slug, title, at in found]


def _bounds(number):
    return (number - 1) * SITEMAP_SIZE, number * SITEMAP_SIZE
