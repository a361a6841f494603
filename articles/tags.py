"""READ: what articles are about."""

from accounts.statements import Statement
from articles.models import Tag, Tagging
from articles.slugs import fold_name

# What somebody who types has time to read.
MOST_SUGGESTED = 10


def tags_of(article_ids):
    """{article id: [(name, address of the tag's page)]} in the order of each article; one query."""
    found = {}
    for article_id, name, slug in _TAGGINGS(articles=list(article_ids)):
        found.setdefault(article_id, []).append((name, f"/tags/{slug}/"))
    return found


def asking_tags(article_ids):
    """The question that ``tags_of`` asks."""
    return _TAGGINGS.asking(articles=list(article_ids))


def _taggings(*, articles):
    lines = Tagging.objects.filter(article_id__in=articles).order_by("position", "id")
    return lines.values_list("article_id", "tag__name", "tag__slug")


_TAGGINGS = Statement(_taggings)


def names_of(article):
    """The names of an article's tags, in order."""
    return [name for name, _ in tags_of([article.pk]).get(article.pk, [])]


def suggested(words):
    """The names that begin with ``words``, whatever their capitals: a few, by the alphabet."""
    folded = fold_name(words)
    if not folded:
        return []
    tags = Tag.objects.filter(merged_into=None, folded__startswith=folded)
    return list(tags.order_by("folded").values_list("name", flat=True)[:MOST_SUGGESTED])
