"""PURE: the editions of the paper: the site's own language, and those that EDITIONS names.

An article is in its section's language. Where there is one edition alone nothing is asked by
language: every list has everything.
"""

from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _

from articles.errors import ArticleError
from comments.languages import editions, full_code, site_language


def has_editions():
    """Whether it appears in more than its own."""
    return len(editions()) > 1


def front_url(language):
    """The front page of the edition in ``language``; the site's where there is no such edition."""
    has_its_own = language != site_language() and language in editions()
    return f"/{language}/" if has_its_own else "/"


def latest_url(language):
    return f"{front_url(language)}latest/"


def name_of(language):
    """What a language calls itself: "Русский"."""
    try:
        return get_language_info(language)["name_local"].capitalize()
    except KeyError:
        return language


def checked(language):
    """``language``, a short code; raises ``ArticleError`` where the paper has no edition in it."""
    if language not in editions():
        raise ArticleError(_("The paper has no edition in “%(code)s”.") % {"code": language})
    return language


def choices():
    """(code, name) of every edition, for a form."""
    return [(language, name_of(language)) for language in editions()]


def in_edition(articles, language):
    """Those of ``articles`` (or sections) that the edition in ``language`` lists; "" is the site's.

    All of them where there is one edition.
    """
    return articles.filter(language=language or site_language()) if has_editions() else articles


def marked(language):
    """``language`` where a page whose own words are in another has to mark it, else ""."""
    is_the_pages = (get_language() or "").partition("-")[0] == language
    return "" if is_the_pages or not has_editions() else full_code(language)


def front_alternates(base):
    """``(hreflang, address)`` of the front pages of all editions; none where there is one."""
    if not has_editions():
        return []
    found = [(language, base + front_url(language)) for language in editions()]
    return [*found, ("x-default", f"{base}/")]
