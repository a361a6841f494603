"""How a reading page is answered: the same bytes for everybody who is not signed in."""

import gzip
import hashlib
import re
from functools import partial

import brotli
from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag
from django.utils.module_loading import import_string
from django.utils.translation import get_language

from comments.feed_forms import write_feed
from comments.languages import full_code, site_language, spoken

# A crowd is served by a shared cache for this long before one request asks again.
SHARED_SECONDS = 15
# Meanwhile the old page may be handed out, and longer when the portal does not answer.
STALE_SECONDS = 60
STALE_IF_ERROR_SECONDS = 3_600
# Shorter answers grow rather than shrink.
LEAST_TO_COMPRESS = 200
# The first that a browser takes. On a page of two hundred comments, whose HTML repeats itself,
# brotli's result is a third smaller than gzip's, in three quarters of the time; at nine it would
# be an eighth smaller still, and take five times as long.
_COMPRESSIONS = {
    "br": partial(brotli.compress, quality=5),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}
_NOT_WANTED = re.compile(r";\s*q=0(\.0*)?\s*$")
# Rendered pages are kept this long; their key has every version in it, so age does no harm.
KEPT_SECONDS = 300
# In bytes. The cache counts its entries, not what they weigh: a page of long comments that
# anybody can ask for from any comment on is made anew rather than kept.
MOST_KEPT = 512_000


def is_public(request):
    """Whether the answer may be shared: nobody who sent a session is answered from a cache."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def speak(request, language):
    """From here on the page of ``request`` is in ``language``, a short code.

    It is in the site's where the paper has no edition in that one.

    What it shows is, and with it what stands around: but for who is signed in and chose a
    language, who has that everywhere. To be called before anything of the page is worded, for
    it is in what pages are kept under; it ends with the request, as
    ``accounts.middleware.speak_their_language`` sees to.
    """
    request.page_language = spoken(language)
    reader = None if is_public(request) else getattr(request, "user", None)
    if not getattr(reader, "language", ""):
        translation.activate(full_code(request.page_language))


def moment_of(request):
    """The moment at which the page of ``request`` is made: the same for all that is on it."""
    if not hasattr(request, "moment"):
        request.moment = timezone.now()
    return request.moment


def page_language(request):
    """The language of what the page of ``request`` shows, as ``speak`` was told; the site's."""
    return getattr(request, "page_language", None) or site_language()


def _address_of(request):
    """Pages print their own address, so host and scheme belong to it; a query they ignore not."""
    return request.scheme, request.get_host(), request.path


def _frame_of(request):
    """What stands around every page, as ``settings.READER_FRAME`` says it."""
    return import_string(settings.READER_FRAME)(request)


def asking_frame(request):
    """The questions that what stands around every page asks, as ``settings.FRAME_ASKS`` says it."""
    return import_string(settings.FRAME_ASKS)(request)


def _compression_for(request):
    """The name of how the answer is compressed, or None."""
    accepted = request.headers.get("Accept-Encoding", "").lower().split(",")
    taken = {each.partition(";")[0].strip() for each in accepted if not _NOT_WANTED.search(each)}
    return next((name for name in _COMPRESSIONS if name in taken), None)


def _compress(response, key, name):
    """Sends the page compressed, and keeps it so: that takes longer than making it.

    Django's middleware would do it for every reader anew. The random length that it adds hides
    secrets in a page, and these have none: they are the same for everybody.
    """
    compressed = caches["pages"].get(f"{key}.{name}")
    if compressed is None:
        compressed = _COMPRESSIONS[name](response.content)
        if len(response.content) <= MOST_KEPT:
            caches["pages"].set(f"{key}.{name}", compressed, KEPT_SECONDS)
    response.content = compressed
    response["Content-Length"] = str(len(compressed))
    response["Content-Encoding"] = name
    # The same page in other bytes: a strong tag would promise the same bytes.
    response["ETag"] = f"W/{response['ETag']}"


def _surroundings_of(request):
    """What each part of a page depends on: language, address and frame. Asked once for each."""
    spoken = get_language(), page_language(request)
    known = getattr(request, "surroundings", None)
    if known is None or known[0] != spoken:
        known = request.surroundings = spoken, repr((_address_of(request), _frame_of(request)))
    return known


def _key_of(request, version):
    """What a page, or what stands around it, is kept under: all that it depends on."""
    shown = *_surroundings_of(request), version
    return hashlib.sha256(repr(shown).encode()).hexdigest()


def _shared_for(until):
    """How long a shared cache keeps a page: whole seconds, that of ``until`` not among them."""
    left = STALE_IF_ERROR_SECONDS + SHARED_SECONDS
    if until is not None:
        left = min(left, max(0, int((until - timezone.now()).total_seconds())))
    fresh = min(SHARED_SECONDS, left)
    stale = min(STALE_SECONDS, left - fresh)
    on_error = min(STALE_IF_ERROR_SECONDS, left - fresh)
    return (
        f"public, max-age=0, s-maxage={fresh}, "
        f"stale-while-revalidate={stale}, stale-if-error={on_error}"
    )


def keep_frame(request, version, render):
    """What stands around something on a page, as ``render()`` gives it: a value that is kept.

    For those not signed in alone, and for as long as neither ``version`` nor the page's address
    nor its frame changes.
    """
    key = _key_of(request, version)
    kept = caches["frames"].get(key)
    if kept is None:
        kept = render()
        caches["frames"].set(key, kept, KEPT_SECONDS)
    return kept


def answer_reader(request, *, version, render, until=None):
    """Answers a GET with ``render()``, an HttpResponse with status 200.

    ``until`` is when the page changes by itself, because a moment comes that is known now; no
    cache hands the old one out from then on.

    ``version`` is a tuple of plain values that says all the page depends on besides its
    address and its frame: numbers on rows that grow, or what is shown itself. Who is not
    signed in gets an ETag made of it, a 304 where nothing changed, and the page from this
    worker's memory where it was rendered before. Who is signed in gets a private page.
    """
    if not is_public(request):
        response = render()
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response
    key = _key_of(request, version)
    etag = quote_etag(key[:32])
    response = get_conditional_response(request, etag=etag)
    if response is not None:
        response["ETag"] = etag
    else:
        kept = caches["pages"].get(key)
        if kept is None:
            rendered = render()
            kept = rendered.content, rendered["Content-Type"]
            if len(kept[0]) <= MOST_KEPT:
                caches["pages"].set(key, kept, KEPT_SECONDS)
        content, content_type = kept
        response = HttpResponse(content, content_type=content_type)
        response["ETag"] = etag
        compression = _compression_for(request)
        if compression is not None and len(content) > LEAST_TO_COMPRESS:
            _compress(response, key, compression)
    response["Cache-Control"] = _shared_for(until)
    # Django's middleware says so of what it compresses itself, and of nothing else.
    patch_vary_headers(response, ["Accept-Encoding", "Cookie"])
    return response


def answer_feed(request, feed, form, *, until=None):
    """Answers a GET with a feed, in the form of ``feed_forms`` that is asked for.

    ``feed.version`` is what all forms of it depend on; ``feed.told()``, a ``feed_forms.Feed``,
    is asked for only where it has to be written. ``until`` as for ``answer_reader``.
    """

    def show():
        text, content_type = write_feed(feed.told(), form, request.build_absolute_uri)
        return HttpResponse(text, content_type=content_type)

    return answer_reader(request, version=feed.version, until=until, render=show)
