"""The portal's addresses, and one that does nothing: what Django and the server cost alone."""

from django.http import HttpResponse
from django.urls import include, path

from newsportal.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


def hello(request):
    return HttpResponse("hello")


urlpatterns = [path("hello/", hello), path("", include("newsportal.urls"))]
