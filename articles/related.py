"""READ: what else to read beside an article.

What an editor has picked comes first, in their order; then what shares its tags, the newest of
its section, and never itself or one twice. One query, whatever there is.
"""

from django.db.models import Count, Exists, F, OuterRef, Subquery

from accounts.statements import Statement
from articles.listings import TEASER_FIELDS
from articles.models import Article, RelatedPick, Tagging

# Beside an article; and so many can be picked by hand.
MOST_RELATED = 4
# Of the section, and of each tag: enough where all the picks are among them.
_OF_EACH = 2 * MOST_RELATED
# Of the tags the first, which say what an article is about first.
_TAGS_ASKED = 3


def related_rows(article, now):
    """Rows of ``TEASER_FIELDS`` of at most ``MOST_RELATED`` published articles. One query."""
    found = _CANDIDATES(**_asked(article, now))

    def rank(row):
        *_, picked_at, shared = row
        # The picks in their order, the others by what they share and then the newest first.
        is_picked = picked_at is not None
        return not is_picked, picked_at or 0, -(shared or 0), -row[4].timestamp(), -row[0]

    return [row[:-2] for row in sorted(found, key=rank)[:MOST_RELATED]]


def asking_related(article, now):
    """The question that ``related_rows`` asks."""
    return _CANDIDATES.asking(**_asked(article, now))


def _asked(article, now):
    return {"article_id": article.pk, "section_id": article.section_id, "now": now}


def _candidates(*, article_id, section_id, now):
    others = Article.objects.published(now).exclude(pk=article_id)
    picks = RelatedPick.objects.filter(article_id=article_id).order_by()
    tags = Tagging.objects.filter(article_id=article_id)
    of_section = others.filter(section_id=section_id).newest_first().values("pk")
    # Numbers alone: what is shown of them is joined once, which PostgreSQL plans in a third of
    # the time that it takes for each part by itself.
    candidates = picks.values(pk=F("other_id")).union(
        *(_first(_of_tag(others, tags, place)) for place in range(_TAGS_ASKED)),
        _first(of_section),
    )
    alike = Tagging.objects.filter(article_id=OuterRef("pk"), tag_id__in=tags.values("tag_id"))
    return (
        Article.objects.filter(pk__in=candidates)
        .each_published(now)
        .exclude(pk=article_id)
        .annotate(
            picked_at=Subquery(picks.filter(other_id=OuterRef("pk")).values("position")),
            shared=Subquery(
                alike.order_by().values("article_id").annotate(n=Count("*")).values("n")
            ),
        )
        .values_list(*TEASER_FIELDS, "picked_at", "shared")
    )


def _of_tag(others, tags, place):
    """The numbers of what carries the tag at this place, along the index of taggings."""
    mine = tags.order_by("position", "id").values("tag_id")[place : place + 1]
    carried = Tagging.objects.filter(tag_id=Subquery(mine))
    seen = carried.filter(Exists(others.filter(pk=OuterRef("article_id"))))
    return seen.order_by("-published_at", "-article_id").values("article_id")


def _first(ordered):
    """The first of what is in the order of an index, as a part of a union.

    Wrapped, for Django puts no limits into a UNION on SQLite.
    """
    first = Subquery(ordered[:_OF_EACH])
    return Article.objects.filter(pk__in=first).order_by().values("pk")


_CANDIDATES = Statement(_candidates)
