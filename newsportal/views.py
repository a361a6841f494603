"""The pages for what went wrong, in the portal's design."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponseServerError
from django.shortcuts import render
from django.template.loader import render_to_string


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
    return render(request, "404.html", status=404)


def broken(request):
    """500. Rendered without request and database: either may be what is broken."""
    return HttpResponseServerError(render_to_string("500.html"))
