"""PURE: the languages that pages are in, as rows keep them: short codes, "en" and "ru"."""

from django.conf import settings

# Of three letters at most, as ISO 639 has them; longer than any to come.
MAX_LANGUAGE_LENGTH = 10


def site_language():
    """The site's own language; what says nothing else is in it."""
    return settings.LANGUAGE_CODE.partition("-")[0]


def editions():
    """The short codes of all languages that the paper appears in, the site's own the first."""
    return tuple(dict.fromkeys([site_language(), *settings.EDITIONS]))


def spoken(language):
    """``language`` where the paper appears in it, else the site's own."""
    return language if language in editions() else site_language()


def full_code(language):
    """``language`` as it is activated and told to machines: the site's with its country."""
    return settings.LANGUAGE_CODE if language == site_language() else language
