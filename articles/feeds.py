"""Feeds of the site, a section, a tag and an author, as RSS, Atom and JSON Feed."""

from functools import partial

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponsePermanentRedirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import listings, search_page, shelves, syndication, updates
from articles.asked import read_asked
from comments.caching import answer_feed, speak


@require_safe
def site_feed(request, form, language=""):
    """The newest of the site, or of its edition in ``language``."""
    speak(request, language)
    return _answer(request, form, partial(syndication.of_site, language=language))


@require_safe
def section_feed(request, slug, form):
    section = _find(listings.section, slug)
    speak(request, section.language)
    return _answer(request, form, syndication.of_section, section)


@require_safe
def tag_feed(request, slug, form):
    tag = _find(shelves.tag, slug)
    if tag.slug != slug:
        return HttpResponsePermanentRedirect(f"{tag.get_absolute_url()}feed.{form}")
    return _answer(request, form, syndication.of_tag, tag)


@require_safe
def guest_feed(request, slug, form):
    return _answer(request, form, syndication.of_author, _find(shelves.guest, slug))


@require_safe
def person_feed(request, handle, form):
    return _answer(request, form, syndication.of_author, _find(shelves.person, handle))


@require_safe
def search_feed(request, form):
    """What was newly published with the words that the address asks for."""
    sections = search_page.section_slugs()
    asked = read_asked(request.GET, {slug for _, slug, _ in sections})
    if not asked:
        raise Http404
    return _answer(request, form, search_page.search_feed, asked, sections)


def _answer(request, form, read, *of):
    """The feed that ``read(*of)`` gives, with the words that pages show by now."""
    updates.settle_due_in_passing()
    until = listings.next_change(timezone.now())
    return answer_feed(request, read(*of), form, until=until)


def _find(read, key):
    try:
        return read(key)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
