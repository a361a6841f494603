"""What every template may use."""

from django.conf import settings
from django.utils.functional import SimpleLazyObject

from articles import listings

# Mail of these backends goes to the terminal or a file of the operator, not to the reader.
_MAIL_STAYS_HERE = ("console", "filebased", "locmem", "dummy")


def site(request):
    """``site_name``, ``mail_is_printed`` and ``nav_sections``, read only where they are shown."""
    return {
        "site_name": settings.SITE_NAME,
        "nav_sections": SimpleLazyObject(listings.sections),
        "mail_is_printed": any(name in settings.EMAIL_BACKEND for name in _MAIL_STAYS_HERE),
    }
