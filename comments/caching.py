"""How a reading page is answered: the same bytes for everybody who is not signed in."""

import hashlib

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import quote_etag

# A crowd is served by a shared cache for this long before one request asks again.
SHARED_SECONDS = 15
# Meanwhile the old page may be handed out, and longer when the portal does not answer.
STALE_SECONDS = 60
STALE_IF_ERROR_SECONDS = 3_600
# Rendered pages are kept this long; their key has every version in it, so age does no harm.
KEPT_SECONDS = 300


def is_public(request):
    """Whether the answer may be shared: nobody who sent a session is answered from a cache."""
    return settings.SESSION_COOKIE_NAME not in request.COOKIES


def answer_reader(request, *, version, render):
    """Answers a GET with ``render()``, an HttpResponse with status 200.

    ``version`` is a tuple of all that the page depends on besides its address: numbers on rows
    that grow with every visible change. Who is not signed in gets an ETag made of it, a 304
    where nothing changed, and the page from the cache where it was rendered before. Who is
    signed in gets a private page.
    """
    if not is_public(request):
        response = render()
        response["Cache-Control"] = "private, no-cache"
        patch_vary_headers(response, ["Cookie"])
        return response
    key = hashlib.sha256(
        repr((settings.SITE_NAME, settings.BUILD, request.get_full_path(), version)).encode()
    ).hexdigest()
    etag = quote_etag(key[:32])
    response = get_conditional_response(request, etag=etag)
    if response is None:
        content = cache.get(f"page:{key}")
        if content is None:
            rendered = render()
            content = rendered.content
            cache.set(f"page:{key}", content, KEPT_SECONDS)
        response = HttpResponse(content)
        response["ETag"] = etag
    response["Cache-Control"] = (
        f"public, max-age=0, s-maxage={SHARED_SECONDS}, "
        f"stale-while-revalidate={STALE_SECONDS}, stale-if-error={STALE_IF_ERROR_SECONDS}"
    )
    patch_vary_headers(response, ["Cookie"])
    return response
