"""The pages for what went wrong, in the portal's design."""

from urllib.parse import urlsplit

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponsePermanentRedirect, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import is_valid_path

from articles import missed, redirects

# A browser would keep a 301 for good, and an address may be needed again.
_LED_ON = "public, max-age=60, s-maxage=15"


def bad_request(request, exception):
    """400, or 413 where more was sent than the portal takes."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return render(request, "400.html", status=400)


def forbidden(request, exception):
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def csrf_refused(request, reason=""):
    return render(request, "403_csrf.html", status=403)


def not_found(request, exception):
    """404 where no redirect leads on; then it is counted, by path and day alone."""
    path = request.path
    if request.method in ("GET", "HEAD") and not path.startswith("/admin/"):
        if address := redirects.address_behind(path, request.META.get("QUERY_STRING", "")):
            answer = HttpResponsePermanentRedirect(address)
            answer["Cache-Control"] = _LED_ON
            return answer
        # Django leads on to the same address with a slash, where one is known.
        if path.endswith("/") or not is_valid_path(f"{path}/"):
            missed.note_missed(path, from_here=_comes_from_here(request))
    return render(request, "404.html", status=404)


def _comes_from_here(request):
    """Whether a page of our own led here. Other sites are not looked at."""
    try:
        return urlsplit(request.headers.get("Referer", "")).netloc == request.get_host()
    except ValueError:
        return False


def broken(request):
    """500. Rendered without request and database: either may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html"))
