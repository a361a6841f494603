"""WRITE: which pictures an article shows, so that none of them is taken away."""

from django.utils.translation import gettext as _

from articles import markup
from articles.errors import ArticleError
from articles.models import Picture, Placement, ScheduledUpdate


def place_pictures(article):
    """Writes down which pictures the article shows, or will show from a moment on.

    Needs the lock of the article's row; locks its pictures in the order of their ids. Raises
    ``ArticleError`` for one that there is not.
    """
    within = markup.pictures_in(article.blocks)
    coming = ScheduledUpdate.objects.filter(pk=article.pk, blocks__isnull=False)
    for blocks in coming.values_list("blocks", flat=True):
        within = list(dict.fromkeys([*within, *markup.pictures_in(blocks)]))
    leading = [article.lead_picture_id] if article.lead_picture_id else []
    locked = Picture.objects.select_for_update(no_key=True).filter(pk__in=[*within, *leading])
    found = set(locked.order_by("pk").values_list("pk", flat=True)) if within or leading else set()
    if missing := next((number for number in [*within, *leading] if number not in found), None):
        raise ArticleError(_("There is no picture %(number)s.") % {"number": missing})
    article.placements.exclude(picture__in=within).delete()
    Placement.objects.bulk_create(
        (Placement(article=article, picture_id=number) for number in within), ignore_conflicts=True
    )
