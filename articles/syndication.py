"""READ: what a feed tells: the newest articles of the site, a section, a tag or an author."""

from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape

from django.conf import settings
from django.utils.translation import gettext as _

from articles import editions, markup
from articles.bylines import bylines_of
from articles.caching import version_of
from articles.listings import Newest, newest_of
from articles.models import Article
from articles.shelves import articles_url, by_author, by_tag, name_of
from articles.tags import tags_of
from comments.feed_forms import Entry, Feed
from comments.languages import full_code, spoken
from comments.markup import legible, one_line

# Two days of a busy paper, and a few hundred kilobytes with all their words.
FEED_SIZE = 30
# When a feed that never had an entry changed last: always the same, so that it is the same feed.
_BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
# The year in a tag URI says when the host was the portal's; it must never change.
_TAG_YEAR = 2026
# ``listings.Newest`` and those like it find an article by the first.
_FIELDS = (
    "id", "version", "slug", "title", "summary", "published_at", "updated_at", "section__name",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ArticleFeed:
    """The head of a feed, its rows, and who made them. The words are read when it is told."""

    title: str
    address: str
    page_url: str
    description: str
    rows: list
    bylines: dict
    tags: dict
    # A short code; what mixes languages is in the site's.
    language: str

    @property
    def version(self):
        """What changes whenever the feed says something else."""
        shown = (self.title, self.page_url, self.description, self.rows, self.bylines, self.tags)
        return (version_of(shown, settings.FEEDS_FULL_TEXT, full_code(self.language)),)

    def told(self):
        """The whole feed; one query, or none where leads are enough."""
        bodies = {}
        if settings.FEEDS_FULL_TEXT:
            wanted = [row[0] for row in self.rows]
            found = Article.objects.filter(pk__in=wanted)
            bodies = {pk: body for pk, *body in found.values_list("pk", *_BODY)}
        return Feed(
            title=one_line(self.title),
            address=self.address,
            page_url=self.page_url,
            begun_at=_BEGINNING,
            description=one_line(self.description),
            language=full_code(self.language),
            author=one_line(settings.SITE_NAME),
            entries=tuple(self._entry(bodies, *row) for row in self.rows),
        )

    def _entry(self, bodies, pk, _version, slug, title, summary, published, updated, section):
        makers = self.bylines.get(pk, [])
        categories = [section, *(name for name, _ in self.tags.get(pk, []))]
        summary = one_line(summary)
        return Entry(
            permalink=f"/articles/{slug}/",
            title=one_line(title),
            # One who did two things is named once.
            authors=tuple(dict.fromkeys((one_line(each.name), each.url) for each in makers)),
            published_at=published,
            # What was written beforehand is new when it comes out.
            updated_at=max(published, updated),
            html=_whole_html(*bodies[pk]) if pk in bodies else f"<p>{escape(summary)}</p>",
            summary=summary,
            categories=tuple(dict.fromkeys(map(one_line, categories))),
            lasting=f"{_TAG_YEAR}:articles/{pk}",
        )


_BODY = ("lead", "html", "photo_credits")


def of_site(now=None, language=""):
    """The newest of the site, or of its edition in ``language``.

    Three queries, as for all feeds; tags and authors take four.
    """
    address, source = editions.front_url(language), newest_of(language, now)
    return feed_of(settings.SITE_NAME, address, source, language=language)


def of_section(section, now=None):
    source = Newest(Article.objects.published(now).filter(section=section))
    return feed_of(
        _titled(section.name),
        section.get_absolute_url(),
        source,
        section.description,
        language=section.language,
    )


def of_tag(tag, now=None):
    return feed_of(_titled(tag.name), tag.get_absolute_url(), by_tag(tag, now), tag.description)


def of_author(author, now=None):
    """What a person or a guest made."""
    title = _titled(_("Articles by %(name)s") % {"name": name_of(author)})
    return feed_of(title, articles_url(author), by_author(author, now))


def feed_of(title, address, source, description="", page_url="", language=""):
    """A feed of the newest of ``source``, a ``listings.Newest`` or what reads like one.

    ``address`` is the path under which the forms of the feed lie; the page that it follows is
    there too, or at ``page_url``. ``language`` is a short code, the site's where it is empty.
    """
    rows = source.rows(_FIELDS, FEED_SIZE)
    wanted = [row[0] for row in rows]
    return ArticleFeed(
        title=title,
        address=address,
        page_url=page_url or address,
        description=description,
        rows=rows,
        bylines=bylines_of(wanted),
        tags=tags_of(wanted),
        language=spoken(language),
    )


def _titled(name):
    return f"{name} – {settings.SITE_NAME}"


def _whole_html(lead, html, photo_credits):
    """The words of an article as one piece of safe HTML that XML can carry."""
    parts = [f"<p>{escape(lead)}</p>\n" if lead else "", html]
    if photo_credits:
        credited = ", ".join(markup.render_credit(each) for each in photo_credits)
        label = _("Photographs:")
        parts.append(f"<p>{label} {credited}</p>\n")
    return legible("".join(parts))
