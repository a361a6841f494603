"""READ: which addresses crawlers are told of, and when what lies there changed.

A file holds the addresses of so many rows in the order of their numbers (``SITEMAP_SIZE``): which
file an address is in never changes, and a file costs the same however many there are.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth import get_user_model
from django.db import connections, router
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.directory import person_url
from articles import editions
from articles.models import Article, Byline, Guest, Section, Tag, Tagging
from articles.shelves import of_published
from articles.translations import translated_between

# Of 50,000 that are allowed: a file takes one worker a hundredth of a second, and the crawler
# that asks what is new reads one short file, not everything.
SITEMAP_SIZE = 1_000
# For the files in which something changed lately the index says when: so many changes are read.
RECENT_CHANGES = 1_000
# What Google News takes: articles of two days, a thousand of them.
NEWS_FOR = timedelta(hours=48)
MOST_NEWS = 1_000


@dataclass(frozen=True, slots=True)
class Place:
    """An address, as a path, and when what lies there changed; None where nobody knows.

    ``alternates`` are ``(hreflang, path)`` of what lies there in all languages, its own among them.
    """

    path: str
    changed_at: datetime | None = None
    alternates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """An article as a news sitemap tells it."""

    path: str
    title: str
    published_at: datetime
    # A short code.
    language: str


class _Articles:
    """Every published article, by its number."""

    key = "pk"

    def public(self, now):
        return Article.objects.each_published(now)

    def places(self, low, high, now):
        rows = self.public(now).filter(pk__gt=low, pk__lte=high).order_by("pk")
        groups = translated_between(low, high, now) if editions.has_editions() else {}
        columns = "pk", "translation_of_id", "slug", "published_at", "updated_at"
        for pk, original, slug, published, updated in rows.values_list(*columns):
            alternates = tuple(groups.get(original or pk, ()))
            yield Place(f"/articles/{slug}/", max(published, updated), alternates)


class _Lines:
    """What articles stand under by lines of their own: tags, guests, people."""

    def __init__(self, model, lines, key, address, **held):
        self.model, self.lines, self.key, self.address, self.held = model, lines, key, address, held

    def public(self, now):
        return of_published(self.lines.objects.filter(**self.held), now)

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

    "sections" first, then "articles-1" and so on, those with an address in them. One query for
    each kind, which looks once into each file.
    """
    now = now or timezone.now()
    recent = _recent_changes(now)
    found = [("sections", None)] if Section.objects.exists() else []
    for kind, source in _KINDS.items():
        for number in _files_with_any(source, now):
            changed = recent.get(number) if kind == "articles" else None
            found.append((f"{kind}-{number}", changed))
    return found


def _files_with_any(source, now):
    """The numbers of the files of a kind that have an address in them. One query.

    From the first row of a file on to the first one behind it, along the index of the numbers.
    By hand, for Django knows no recursion.
    """
    connection = connections[router.db_for_read(Article)]
    behind = RawSQL(f"((file.held - 1) / {SITEMAP_SIZE:d} + 1) * {SITEMAP_SIZE:d}", ())  # noqa: S611  CONFIG: a number of ours
    public = source.public(now).order_by(source.key)
    pieces, params = [], []
    for bound in (0, behind):
        rows = public.filter(**{f"{source.key}__gt": bound})
        first = rows.using(connection.alias).values(source.key)[:1]
        piece, its_params = first.query.get_compiler(connection.alias).as_sql()
        pieces.append(piece)
        params += its_params
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE file(held) AS (SELECT * FROM ({pieces[0]}) AS first UNION ALL "  # noqa: S608  CONFIG: compiled by Django
            f"SELECT ({pieces[1]}) FROM file WHERE file.held IS NOT NULL) "
            "SELECT held FROM file WHERE held IS NOT NULL",
            params,
        )
        return [-(-key // SITEMAP_SIZE) for (key,) in cursor.fetchall()]


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
    """The addresses of a file; an empty list where there is no such file.

    One query; two for articles, where the paper has several editions.
    """
    if kind not in _KINDS or number < 1:
        return []
    return list(_KINDS[kind].places(*_bounds(number), now))


def sections(now=None):
    """The pages that there are few of: front pages, the latest articles, every section.

    One query; of each section its newest article is looked up in the index.
    """
    public = Article.objects.published(now)
    newest = public.filter(section=OuterRef("pk")).newest_first().values("published_at")[:1]
    rows = Section.objects.annotate(newest=Subquery(newest)).order_by("position", "name")
    found = list(rows.values_list("slug", "newest", "language"))
    alternates = tuple(editions.front_alternates(""))
    fronts = []
    for language in editions.editions():
        listed = [at for _, at, its in found if its == language or not alternates]
        latest = max((at for at in listed if at is not None), default=None)
        fronts.append(Place(editions.front_url(language), latest, alternates))
        fronts.append(Place(editions.latest_url(language), latest))
    return [*fronts, *(Place(f"/sections/{slug}/", at) for slug, at, _ in found)]


def news(now=None):
    """The articles of the last two days, the newest first. One query."""
    now = now or timezone.now()
    rows = Article.objects.published(now).filter(published_at__gt=now - NEWS_FOR).newest_first()
    found = rows.values_list("slug", "title", "published_at", "language")[:MOST_NEWS]
    return [News(f"/articles/{slug}/", *rest) for slug, *rest in found]


def _bounds(number):
    return (number - 1) * SITEMAP_SIZE, number * SITEMAP_SIZE
