"""READ: the articles of one author, or of one tag, in pages.

A line between an article and its author or tag keeps the article's date, so that the newest are
read in the order of an index, however many there are; whether readers may see one is asked of
the article itself.
"""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.directory import find_person
from accounts.statements import padded
from articles.listings import list_page
from articles.models import Article, Byline, Guest, Tag, Tagging


@dataclass(frozen=True, slots=True)
class NewestOf:
    """What reads like ``listings.Newest``, along the lines of one author or tag. Two queries."""

    lines: object
    key = ("published_at", "article_id")

    def rows(self, fields, limit, bound=None, *, upwards=False):
        """``fields``, of which ``id`` is the first; see ``listings.Newest``."""
        found = self.lines if bound is None else self.lines.filter(bound)
        order = ("published_at", "article_id") if upwards else ("-published_at", "-article_id")
        wanted = list(found.order_by(*order).values_list("article_id", flat=True)[:limit])
        if not wanted:
            return []
        articles = Article.objects.filter(pk__in=padded(wanted)).values_list(*fields)
        rows = {row[0]: row for row in articles}
        return [rows[pk] for pk in wanted]


def of_published(lines, now=None):
    """Those of ``lines`` whose articles readers may see at ``now``."""
    return lines.filter(Exists(Article.objects.published(now).filter(pk=OuterRef("article_id"))))


def by_author(author, now=None):
    """The published articles that a person or a guest made, each once, to be read in pages."""
    kind = "guest" if isinstance(author, Guest) else "person"
    lines = Byline.objects.filter(**{f"{kind}_id": author.pk}, is_first=True)
    return NewestOf(of_published(lines, now))


def by_tag(tag, now=None):
    """The published articles that carry a tag, to be read in pages."""
    return NewestOf(of_published(Tagging.objects.filter(tag_id=tag.pk), now))


def guest(slug, now=None):
    """The guest at this address; raises ``Guest.DoesNotExist``.

    Who is named in nothing that readers may see is nobody to them yet.
    """
    found = Guest.objects.get(slug=slug)
    _require_published(found, now)
    return found


def person(handle, now=None):
    """The person whom an address names, as ``guest``; raises ``ObjectDoesNotExist``."""
    found = find_person(handle)
    _require_published(found, now)
    return found


def tag(slug, now=None):
    """The tag at this address, or the one that it was merged into.

    Raises ``Tag.DoesNotExist``, also for one that nothing carries that readers may see.
    """
    found = Tag.objects.select_related("merged_into").get(slug=slug)
    found = found.merged_into or found
    if not by_tag(found, now).lines.exists():
        raise Tag.DoesNotExist
    return found


def tag_page(tag, before=None, after=None, now=None):
    """A page of what carries a tag."""
    return list_page(by_tag(tag, now), tag.get_absolute_url(), before, after)


def _require_published(author, now):
    if not by_author(author, now).lines.exists():
        raise type(author).DoesNotExist


def author_page(author, before=None, after=None, now=None):
    """A page of what a person or a guest made."""
    return list_page(by_author(author, now), articles_url(author), before, after)


def articles_url(author):
    """Where the articles of a person or a guest are listed."""
    address = author.get_absolute_url()
    return address if isinstance(author, Guest) else f"{address}articles/"


def name_of(author):
    """What a byline calls them."""
    return author.name if isinstance(author, Guest) else author.real_name or author.handle


def links_of_person(person):
    """What a person's page leads to: their articles, if there are any.

    ``(label, address, title of the feed that lies there)``.
    """
    if by_author(person).lines.exists():
        return [
            (
                _("Articles"),
                articles_url(person),
                _("Articles by %(name)s") % {"name": name_of(person)},
            )
        ]
    return []
