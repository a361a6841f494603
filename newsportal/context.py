"""What every template may use."""

from django.conf import settings

from articles import listings

# Mail of these backends goes to the terminal or a file of the operator, not to the reader.
_MAIL_STAYS_HERE = ("console", "filebased", "locmem", "dummy")


def frame(request):
    """What is the same on all reading pages: ``comments.caching`` puts it into their ETags."""
    return settings.SITE_NAME, settings.TIME_ZONE, settings.BUILD, listings.sections_shown(request)


def site(request):
    """``site_name``, ``mail_is_printed`` and, for the portal's own pages, ``nav_sections``."""
    if hasattr(request, "user"):
        # Asked here, where a query may run, so that no template asks for it.
        _ = request.user.is_authenticated
    in_admin = request.path.startswith("/admin/")
    return {
        "site_name": settings.SITE_NAME,
        "nav_sections": [] if in_admin else listings.sections_shown(request),
        "mail_is_printed": any(name in settings.EMAIL_BACKEND for name in _MAIL_STAYS_HERE),
    }
