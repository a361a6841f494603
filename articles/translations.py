"""READ: in which other languages an article can be read."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.statements import Statement
from articles import editions
from articles.models import Article


@dataclass(frozen=True, slots=True)
class Translation:
    """An article that readers may see, as another language's version of one. ``url`` is a path."""

    language: str
    name: str
    url: str
    is_original: bool


def translations_of(article, now):
    """What readers may see at ``now`` of an article and its translations, itself left out.

    In the order of the editions. One query; none where the paper has one edition.
    """
    if not editions.has_editions():
        return []
    original = article.translation_of_id or article.pk
    order = editions.editions()
    found = [
        Translation(language, editions.name_of(language), f"/articles/{slug}/", pk == original)
        for pk, slug, language in _GROUP(original=original, itself=article.pk, now=now)
        # What stands in a language that is no edition any more is found by its address alone.
        if language in order
    ]
    return sorted(found, key=lambda each: order.index(each.language))


def _group(*, original, itself, now):
    group = Article.objects.filter(Q(pk=original) | Q(translation_of_id=original))
    return group.each_published(now).exclude(pk=itself).values_list("pk", "slug", "language")


_GROUP = Statement(_group)


def translated_between(low, high, now):
    """{number of an original: [(language, path)]} for a file of a sitemap; one query.

    Of each article numbered above ``low`` up to ``high`` that has a translation or is one, all
    of its group that readers may see, in the order of the editions; no group of one.
    """
    told = Article.objects.filter(pk__gt=low, pk__lte=high, translation_of__isnull=False)
    originals = told.values("translation_of")
    of_told = Article.objects.filter(translation_of__gt=low, translation_of__lte=high)
    # Numbers alone, each part by an index of its own: PostgreSQL would go through all articles
    # to ask each whether it is of one part or the other.
    members = originals.union(
        Article.objects.filter(translation_of__in=originals).values("pk"),
        of_told.values("translation_of"),
        of_told.values("pk"),
    )
    rows = Article.objects.each_published(now).filter(pk__in=members)
    order, groups = editions.editions(), {}
    for pk, original, slug, language in rows.values_list(
        "pk", "translation_of_id", "slug", "language"
    ):
        if language in order:
            groups.setdefault(original or pk, []).append((language, f"/articles/{slug}/"))
    return {
        original: sorted(found, key=lambda each: order.index(each[0]))
        for original, found in groups.items()
        if len(found) > 1
    }
