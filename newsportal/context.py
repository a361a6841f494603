"""What every template may use."""

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from articles import banners, editions, menu
from comments import letters
from comments.caching import page_language

# Mail of these backends goes to the terminal or a file of the operator, not to the reader.
_MAIL_STAYS_HERE = ("console", "filebased", "locmem", "dummy")


def frame(request):
    """What is the same on all reading pages: ``comments.caching`` puts it into their ETags."""
    return (
        settings.SITE_NAME,
        settings.TIME_ZONE,
        settings.BUILD,
        get_language(),
        menu.sections_shown(request),
        editions.front_url(page_language(request)),
        banners.banner_shown(request),
    )


def asking_frame(request):
    """The question that ``frame`` asks, for ``together.asked_together``."""
    return [menu.asking_sections(request)]


def site(request):
    """``site_name``, ``mail_is_printed``, and ``nav_sections`` and ``banner`` of our own pages.

    ``front_url`` and ``latest_url`` are those of the edition that the page belongs to.

    ``letters_label`` is for who is signed in and has unread letters, else it is empty.
    """
    # Parts of a page have no frame, and the admin has its own.
    is_ours = not request.path.startswith("/admin/") and not getattr(request, "htmx", False)
    if hasattr(request, "user"):
        # Asked here, where a query may run, so that no template asks for it.
        bool(request.user.is_authenticated)
    return {
        "letters_label": _letters_label(request) if is_ours else "",
        "site_name": settings.SITE_NAME,
        "front_url": editions.front_url(page_language(request)),
        "latest_url": editions.latest_url(page_language(request)),
        "banner": banners.banner_shown(request) if is_ours else None,
        "nav_sections": menu.sections_shown(request) if is_ours else [],
        "mail_is_printed": any(name in settings.EMAIL_BACKEND for name in _MAIL_STAYS_HERE),
    }


def _letters_label(request):
    """``Letters (2)``, or nothing. A query for somebody signed in, none else."""
    if not hasattr(request, "user") or not request.user.is_authenticated:
        return ""
    unread = letters.unread_count(request.user)
    if not unread:
        return ""
    shown = unread if unread < letters.COUNTED_UP_TO else f"{unread}+"
    return _("Letters (%(count)s)") % {"count": shown}
