"""Presence: whoever is signed in and asks for a page has been seen."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts import presence
from accounts.patience import impatience

logger = logging.getLogger(__name__)


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
