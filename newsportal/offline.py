"""What a browser needs to read on without a network, and to put the portal among its programs.

The service worker's rules are in ``static/js/worker.js``; this tells it what there is to keep.
Everything here is the same for everybody and changes with the build.
"""

import json

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_safe

from comments.caching import answer_reader

OFFLINE_URL = "/offline/"
# A week's reading of somebody who reads a few articles a day; some hundred kilobytes each at most.
KEPT_ARTICLES = 30
# What an article's page loads, and what it fetches by itself.
_FILES = (
    "css/portal.css", "img/icon.svg", "django_htmx/htmx-2.min.js",
    "js/portal.js", "js/reading.js", "js/discussion.js", "js/sharing.js",
)  # fmt: skip


@require_safe
def service_worker(request):
    """The worker, from the root so that it may answer for every page; its bytes change with the
    build, which is how a browser learns of a new one.
    """
    told = {
        "build": settings.BUILD,
        "offline": OFFLINE_URL,
        "articles": KEPT_ARTICLES,
        "files": [OFFLINE_URL, *map(static, (*_FILES, *_words()))],
    }
    script = (
        f"const PORTAL = {json.dumps(told)};\n"
        f"importScripts({json.dumps(static('js/worker.js'))});\n"
    )
    return _answer(request, script, "text/javascript; charset=utf-8")


def _words():
    """The scripts of words that pages of this paper load: English is what stands in the code."""
    spoken = (settings.LANGUAGE_CODE, *settings.EDITIONS)
    return [f"js/words-{language}.js" for language in spoken if language != "en"]


@require_safe
def manifest(request):
    told = {
        "lang": settings.LANGUAGE_CODE,
        "name": settings.SITE_NAME,
        "short_name": settings.SITE_NAME,
        "id": "/",
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fffcf5",
        "theme_color": "#fffcf5",
        "icons": [
            {"src": static("img/icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": static("img/icon.png"), "sizes": "512x512", "type": "image/png"},
        ],
    }
    return _answer(request, json.dumps(told), "application/manifest+json")


@require_safe
def offline_page(request):
    return answer_reader(
        request, version=("offline",), render=lambda: render(request, "offline.html")
    )


def _answer(request, text, content_type):
    return answer_reader(
        request,
        version=(text,),
        render=lambda: HttpResponse(text, content_type=content_type),
    )
