"""The portal's addresses, one that does nothing, and one with which a worker forgets pages."""

from django.core.cache import caches
from django.http import HttpResponse
from django.urls import include, path

from comments.parts import forget_parts
from newsportal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def hello(request):
    """What Django and the server cost alone."""
    return HttpResponse("hello")


def forget(request):
    """The next page is put together, with ``?all`` made from nothing, as by a new worker."""
    forget_pages(everything="all" in request.GET)
    return HttpResponse("gone")


def forget_pages(*, everything=False):
    """What this process has kept of pages; ``everything`` is what it kept of their parts, too."""
    caches["pages"].clear()
    if everything:
        caches["frames"].clear()
        forget_parts()


urlpatterns = [
    path("hello/", hello),
    path("forget/", forget),
    path("", include("newsportal.urls")),
]
