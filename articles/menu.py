"""READ: what stands around every page: the paper's sections, and whether a banner is up."""

from django.db.models import Subquery

from accounts.statements import Statement
from articles import editions
from articles.models import Banner, Section
from comments.caching import moment_of, page_language


def banners_at(now):
    """The banners that are up at ``now``, the one that readers see first."""
    standing = Banner.objects.filter(starts__lte=now, until__gt=now, taken_down_at__isnull=True)
    return standing.order_by("-starts", "-id")


def _sections_and_banner(*, now, language=None):
    """Every section in the paper's order, each with the number of the banner, if one is up.

    Of one edition where ``language`` says which.
    """
    banners, sections = banners_at(now), Section.objects.order_by("position", "name")
    if language is not None:
        banners, sections = banners.filter(language=language), sections.filter(language=language)
    sections = sections.annotate(banner=Subquery(banners.values("pk")[:1]))
    return sections.values_list("name", "slug", "banner")


_SECTIONS = Statement(_sections_and_banner)
_SECTIONS_OF_EDITION = Statement(_sections_and_banner)


def sections_shown(request):
    """(name, address) of every section, in the paper's order: the navigation.

    Of those in the page's language, where the paper has several editions. Asked once for each
    request: by a view's ETag and by its template.
    """
    if not hasattr(request, "sections_shown"):
        statement, asked = _asked_of_sections(request)
        rows = statement(**asked)
        request.sections_shown = [(name, f"/sections/{slug}/") for name, slug, _ in rows]
        request.banner_number = rows[0][2] if rows else None
    return request.sections_shown


def asking_sections(request):
    """The question that ``sections_shown`` asks."""
    statement, asked = _asked_of_sections(request)
    return statement.asking(**asked)


def _asked_of_sections(request):
    now = moment_of(request)
    if editions.has_editions():
        return _SECTIONS_OF_EDITION, {"now": now, "language": page_language(request)}
    return _SECTIONS, {"now": now}


def banner_number(request):
    """The number of the banner above ``request``'s page, or None. It comes with the sections.

    So a portal without a single section, which can have no article either, shows none.
    """
    sections_shown(request)
    return request.banner_number
