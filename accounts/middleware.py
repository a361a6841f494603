"""What is done around every page: in whose language it is, and who has been seen."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from accounts import presence
from accounts.patience import impatience

logger = logging.getLogger(__name__)

# Pages that no cache keeps, so that each browser may be answered in its own language.
_KEPT_BY_NO_CACHE = ("/accounts/", "/admin/")


def speak_their_language(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Makes a page in the language that its reader chose, else in the browser's or the site's.

    The browser's only where no cache keeps the page; those say so with ``Vary``. A request
    without a session's cookie has its session left alone: its page is the same for everybody.
    A view may go on in another (``comments.caching.speak``), which ends here.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        language = _chosen_language(request)
        asks_browser = not language and request.path.startswith(_KEPT_BY_NO_CACHE)
        if asks_browser:
            language = translation.get_language_from_request(request)
        with translation.override(language or settings.LANGUAGE_CODE):
            response = get_response(request)
            # What a view has spoken since: an article is in its own.
            spoken = translation.get_language()
        if asks_browser:
            patch_vary_headers(response, ["Accept-Language"])
        # A 304 speaks of a page that is kept elsewhere, with the language it was sent with.
        if response.status_code != 304:
            response.headers.setdefault("Content-Language", spoken or settings.LANGUAGE_CODE)
        return response

    return middleware


def _chosen_language(request: HttpRequest) -> str:
    """What somebody who is signed in has chosen, or "". Asks nobody else who they are."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ""
    try:
        language = request.user.language if request.user.is_authenticated else ""
    except DatabaseError as error:
        logger.info("language not read: %s", error)
        return ""
    # One that was taken out of the settings since is nobody's.
    return language if language in dict(settings.LANGUAGES) else ""


def note_presence(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Writes down, once the page is made, that a signed-in person was here.

    Never looks at the session of a request that came without its cookie: such a page is the same
    for everybody and is kept by caches. Never turns a page into an error.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            try:
                _note(request.user, timezone.now())
            except DatabaseError as error:
                logger.info("presence not written: %s", error)
        return response

    return middleware


def _note(person, now: datetime) -> None:
    if person.is_authenticated and presence.presence_is_due(person, now):
        with impatience():
            presence.note_seen(person, now)
