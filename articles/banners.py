"""READ and WRITE: the banner above every page, put up and taken down in one act."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import editions, menu
from articles.models import MAX_BANNER_LENGTH, Article, Banner
from articles.permissions import require_arranger
from articles.publishing import ArticleError
from articles.turns import take_turn
from comments.languages import site_language
from comments.markup import one_line

# Where nobody says until when: a working day's shift.
DEFAULT_HOURS = 6
# What stands longer is no news any more, and readers stop seeing it.
MOST_HOURS = 72
# Who plans further ahead has mistyped the year.
MOST_DAYS_AHEAD = 366
_TURN = "banner"


@dataclass(frozen=True, slots=True)
class BannerView:
    """The banner as pages show it; ``url`` is "" where it leads to no article."""

    text: str
    url: str


def banner_shown(request):
    """The ``BannerView`` that stands above ``request``'s page, or None; asked once for each.

    Whether there is one is read with the sections, so it costs a query only while one is up.
    """
    if not hasattr(request, "banner_shown"):
        request.banner_shown = _view_of(menu.banner_number(request))
    return request.banner_shown


def _view_of(number):
    if number is None:
        return None
    readable = Article.objects.published().filter(pk=OuterRef("article_id"))
    banner = Banner.objects.filter(pk=number, taken_down_at__isnull=True)
    found = banner.annotate(slug=Subquery(readable.values("slug"))).values_list("text", "slug")
    views = [BannerView(text, f"/articles/{slug}/" if slug else "") for text, slug in found]
    return views[0] if views else None


def banners_up(now=None):
    """The ``Banner`` rows that are up at ``now``, the one that readers see first. One query."""
    return list(menu.banners_at(now or timezone.now()).select_related("put_up_by"))


def put_up_banner(*, by=None, text, article=None, starts=None, until=None, language=""):
    """Puts a banner above every page, from ``starts`` (now) for ``DEFAULT_HOURS``; returns it.

    Above the pages of one edition, where there are several: that in ``language``, the site's where
    none is named. Of several that are up the last one that began is seen. ``article`` is where it
    leads, for as long as readers may see it. Raises ``ArticleError`` for words, times or a
    language that cannot be, and ``PermissionDenied``. One transaction; locks the banner's turn.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        text, starts, until = check_banner(text=text, starts=starts, until=until)
        return Banner.objects.create(
            text=text,
            article=article,
            language=editions.checked(language or site_language()),
            starts=starts,
            until=until,
            put_up_by=by,
        )


def check_banner(*, text, starts=None, until=None):
    """(text, from, until) as they would be written; raises ``ArticleError``."""
    now = timezone.now()
    starts = starts or now
    if starts > now + timedelta(days=MOST_DAYS_AHEAD):
        raise ArticleError(_("A banner begins within a year."))
    until = until or starts + timedelta(hours=DEFAULT_HOURS)
    text = one_line(text)
    if not 1 <= len(text) <= MAX_BANNER_LENGTH:
        raise ArticleError(_("Say it in 1 to %(most)s characters.") % {"most": MAX_BANNER_LENGTH})
    if until <= max(starts, now):
        raise ArticleError(_("It would be over before it began."))
    if until - starts > timedelta(hours=MOST_HOURS):
        raise ArticleError(_("A banner stands for at most %(most)s hours.") % {"most": MOST_HOURS})
    return text, starts, until


def take_down_banners(*, by=None):
    """Takes down whatever is up, so that no page has a banner; whether there was one.

    Of all editions. One that begins later is left. One transaction; locks the banner's turn.
    """
    require_arranger(by)
    with transaction.atomic():
        take_turn(_TURN)
        now = timezone.now()
        # Ordered rows cannot be updated as they are.
        up = Banner.objects.filter(pk__in=[banner.pk for banner in menu.banners_at(now)])
        return bool(up.update(taken_down_at=now, taken_down_by=by))


def take_down_banner(*, by=None, banner):
    """Takes one banner down, also before it begins; False if it is down."""
    require_arranger(by)
    standing = Banner.objects.filter(pk=banner.pk, taken_down_at__isnull=True)
    return bool(standing.update(taken_down_at=timezone.now(), taken_down_by=by))
