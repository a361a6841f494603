"""WRITE: series and their parts, and what editors put beside an article.

``by`` is the person who acts. Opening a series takes the right to write articles, changing one
that to publish somewhere, as readers see its title and address; what belongs to one article takes
the right to change it, as it is now. ``by=None`` is the portal itself. What is shown of both is in
the ETags as it is shown, so no version moves on.
"""

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles.errors import ArticleError
from articles.models import (
    MAX_SERIES_DESCRIPTION,
    MAX_SERIES_SLUG,
    MAX_SERIES_TITLE,
    Article,
    RelatedPick,
    Series,
    SeriesPart,
)
from articles.permissions import can_change, require, require_publisher, require_writer
from articles.related import MOST_RELATED
from articles.series import MOST_PARTS
from articles.slugs import SLUG_TRIES, free_slug, slug_of

# What the number of a part can be: the column's own bound.
LARGEST_NUMBER = 32_767
_CHANGEABLE = frozenset({"title", "slug", "description"})
_NOT_YOURS = gettext_lazy("In this section others of the newsroom change this article.")


def open_series(*, by=None, title, slug="", description=""):
    """A new series; without ``slug`` it gets the first free one of its title.

    Raises ``ArticleError`` for a title that cannot be and an address that is taken,
    ``PermissionDenied``. Locks nothing.
    """
    require_writer(by)
    made = Series(title=checked_title(title), description=_checked_description(description))
    for tries_left in reversed(range(SLUG_TRIES)):
        # The rest is for "-2", "-3" ... of series with the same title.
        made.slug = slug or free_slug(Series, slug_of(made.title, MAX_SERIES_SLUG - 8, "series"))
        try:
            with transaction.atomic():
                made.save(force_insert=True)
            break
        except IntegrityError as error:
            if slug or not tries_left:
                raise ArticleError(
                    _("Another series has the address “%(slug)s”.") % {"slug": made.slug}
                ) from error
    return made


def change_series(*, by=None, series, **changes):
    """Takes over ``changes`` of title, slug or description; returns whether anything changed.

    Locks the series' row. Raises as ``open_series`` does.
    """
    require_publisher(by)
    if unknown := set(changes) - _CHANGEABLE:
        raise TypeError(f"a series has no {sorted(unknown)}")
    if "title" in changes:
        changes["title"] = checked_title(changes["title"])
    if "description" in changes:
        changes["description"] = _checked_description(changes["description"])
    try:
        with transaction.atomic():
            series.refresh_from_db(from_queryset=Series.objects.select_for_update(no_key=True))
            changed = {name for name, value in changes.items() if getattr(series, name) != value}
            for name in changed:
                setattr(series, name, changes[name])
            if changed:
                series.save(update_fields=sorted(changed))
    except IntegrityError as error:
        raise ArticleError(
            _("Another series has the address “%(slug)s”.") % {"slug": changes["slug"]}
        ) from error
    return bool(changed)


def place_in_series(*, by=None, article, series, number=None):
    """Makes an article part ``number`` of ``series``; None for ``series`` takes it out of its own.

    Without ``number`` it comes behind the last part. Returns whether anything changed. Locks the
    article's row, then the series'. Raises ``ArticleError`` for a number that another part has or
    that cannot be, and for more than ``MOST_PARTS``; ``PermissionDenied``.
    """
    with transaction.atomic():
        _lock_article(by, article)
        part = SeriesPart.objects.filter(article_id=article.pk).first()
        if series is None:
            SeriesPart.objects.filter(article_id=article.pk).delete()
            return part is not None
        Series.objects.select_for_update(no_key=True).get(pk=series.pk)
        others = SeriesPart.objects.filter(series_id=series.pk).exclude(article_id=article.pk)
        if number is None:
            last = others.aggregate(last=Max("number"))["last"] or 0
            is_there = part is not None and part.series_id == series.pk
            number = part.number if is_there else last + 1
        if part is not None and (part.series_id, part.number) == (series.pk, number):
            return False
        if refusal := why_no_part(article.pk, series, number):
            raise ArticleError(refusal)
        SeriesPart.objects.update_or_create(
            article_id=article.pk, defaults={"series": series, "number": number}
        )
        return True


def why_no_part(article_id, series, number):
    """The sentence why an article cannot be this part of a series, or "". Two queries.

    ``article_id`` is None for an article that is not stored yet.
    """
    if not 1 <= number <= LARGEST_NUMBER:
        return _("A part has a number from 1 to %(most)s.") % {
            "most": number_format(LARGEST_NUMBER, force_grouping=True)
        }
    others = SeriesPart.objects.filter(series_id=series.pk).exclude(article_id=article_id)
    if holder := others.filter(number=number).select_related("article").first():
        return _("Part %(number)s of this series is “%(title)s” already.") % {
            "number": number,
            "title": holder.article.title,
        }
    if others.count() >= MOST_PARTS:
        return _("A series has at most %(most)s parts: open a second one.") % {"most": MOST_PARTS}
    return ""


def pick_related(*, by=None, article, others):
    """Has ``others`` stand beside an article, in their order; who is named twice is there once.

    Returns whether anything changed. Locks the article's row. Raises ``ArticleError`` for more
    than ``MOST_RELATED`` and for the article itself, ``PermissionDenied``.
    """
    wanted = list(dict.fromkeys(other.pk for other in others))
    if len(wanted) > MOST_RELATED:
        raise ArticleError(
            _("At most %(most)s articles stand beside another one.") % {"most": MOST_RELATED}
        )
    if article.pk in wanted:
        raise ArticleError(_("An article is not related to itself."))
    with transaction.atomic():
        _lock_article(by, article)
        picks = RelatedPick.objects.filter(article_id=article.pk)
        if list(picks.order_by("position", "id").values_list("other_id", flat=True)) == wanted:
            return False
        picks.delete()
        RelatedPick.objects.bulk_create(
            RelatedPick(article_id=article.pk, other_id=pk, position=position)
            for position, pk in enumerate(wanted, 1)
        )
        return True


def _lock_article(by, article):
    held = Article.objects.select_for_update(of=("self",), no_key=True).select_related("section")
    held = held.get(pk=article.pk)
    require(by is None or can_change(by, held), _NOT_YOURS)


def checked_title(title):
    """``title`` in one line; raises ``ArticleError`` for one that cannot be."""
    title = " ".join(title.split())
    if not title or len(title) > MAX_SERIES_TITLE:
        raise ArticleError(
            _("A series' title has 1 to %(most)s characters.") % {"most": MAX_SERIES_TITLE}
        )
    return title


def _checked_description(description):
    description = description.strip()
    if len(description) > MAX_SERIES_DESCRIPTION:
        raise ArticleError(
            _("A description has at most %(most)s characters.")
            % {"most": number_format(MAX_SERIES_DESCRIPTION, force_grouping=True)}
        )
    return description
