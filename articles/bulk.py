"""WRITE: many articles at once, for whole sites and demonstrations: some statements a portion."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from articles import crediting, markup, search_index
from articles.models import Article, Byline, Section, Tagging
from articles.slugs import slug_of
from comments import hosting

# Rows of one INSERT; more take no less time, and SQLite takes 32,766 values.
_AT_ONCE = 500
_SLUG_LENGTH = 100


@dataclass(frozen=True, slots=True)
class BulkArticle:
    """A published article to be made; ``authors`` are people or guests in their order.

    ``tags`` are the keys of tags (``tagging.open_tags``), each once.
    """

    section: Section
    title: str
    blocks: list
    published_at: datetime
    lead: str = ""
    authors: list = field(default_factory=list)
    tags: list = field(default_factory=list)


def publish_many(entries):
    """Publishes ``entries``, a list of ``BulkArticle``, with their discussions, bylines and tags.

    As ``publishing.create_article`` would one by one, but that the portal itself writes them.
    Returns the articles in their order. One transaction. Their addresses are made of their titles
    and, where somebody has that one, of the number of their discussion.
    """
    with transaction.atomic():
        discussions = hosting.open_discussions(
            {
                "title": entry.title, "url": "", "area": entry.section.slug,
                "readable_from": entry.published_at, "language": entry.section.language,
            }
            for entry in entries
        )  # fmt: skip
        articles = [
            _article(entry, discussion)
            for entry, discussion in zip(entries, discussions, strict=True)
        ]
        _settle_slugs(articles)
        Article.objects.bulk_create(articles, batch_size=_AT_ONCE)
        hosting.readdress({each.discussion_id: each.get_absolute_url() for each in articles})
        Byline.objects.bulk_create(
            [
                line
                for entry, article in zip(entries, articles, strict=True)
                for line in crediting.lines_of(article, entry.authors)
            ],
            batch_size=_AT_ONCE,
        )
        Tagging.objects.bulk_create(
            [
                Tagging(
                    article=article,
                    tag_id=pk,
                    position=position,
                    published_at=article.published_at,
                )
                for entry, article in zip(entries, articles, strict=True)
                for position, pk in enumerate(entry.tags, 1)
            ],
            batch_size=_AT_ONCE,
        )
        search_index.index_articles(articles)
    return articles


def _article(entry, discussion):
    return Article(
        section=entry.section,
        language=entry.section.language,
        title=entry.title,
        slug=slug_of(entry.title, _SLUG_LENGTH),
        lead=entry.lead,
        blocks=entry.blocks,
        status=Article.Status.PUBLISHED,
        published_at=entry.published_at,
        updated_at=entry.published_at,
        discussion=discussion,
        html=markup.render_blocks(entry.blocks),
        summary=markup.summary_of(entry.lead, entry.blocks),
    )


def _settle_slugs(articles):
    """Gives each an address that nobody has, here or in the portal. One query a portion."""
    wanted = [article.slug for article in articles]
    taken = set()
    for start in range(0, len(wanted), _AT_ONCE):
        part = wanted[start : start + _AT_ONCE]
        taken.update(Article.objects.filter(slug__in=part).values_list("slug", flat=True))
    for article in articles:
        if article.slug in taken:
            article.slug = f"{article.slug}-d{article.discussion_id}"
        taken.add(article.slug)
