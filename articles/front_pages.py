"""The preview of an arranged front page, and the one act that puts it live. Editors alone."""

from dataclasses import dataclass

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles import arranging, editions, front
from articles.models import FrontArrangement
from articles.permissions import can_arrange
from articles.publishing import FIRST_YEAR, LAST_YEAR, ArticleError
from comments.caching import is_public, speak
from comments.wording import moment_text


@dataclass(frozen=True, slots=True)
class Preview:
    """What stands above the page that is previewed."""

    name: str
    state: str
    moment: str
    at: str
    version: str
    may_go_live: bool
    desk_url: str
    error: str = ""


@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, pk):
    """The front page as readers would find it, at ``?at=`` a moment; a POST puts it live."""
    # Who is not signed in gets the same answer without a look at any session.
    if is_public(request) or not can_arrange(request.user):
        raise Http404
    arrangement = FrontArrangement.objects.filter(pk=pk).first()
    if arrangement is None:
        raise Http404
    speak(request, arrangement.language)
    error, address = "", editions.front_url(arrangement.language)
    if request.method == "POST":
        seen = request.POST.get("seen_version", "")
        if not seen.isascii() or not seen.isdigit() or len(seen) > 9:
            raise Http404
        try:
            arranging.put_live(by=request.user, arrangement=arrangement, seen_version=int(seen))
        except ArticleError as refused:
            error = str(refused)
            arrangement.refresh_from_db()
        else:
            return HttpResponseRedirect(address)
    now = _moment(request.GET.get("at", ""))
    context = {
        "page": front.arranged_page(arrangement, now),
        "page_title": settings.SITE_NAME,
        "feed_address": address,
        "feed_title": settings.SITE_NAME,
        "canonical": request.build_absolute_uri(address),
        "alternates": [],
        "structured_page": "",
        "preview": "",
        "front_preview": _preview_of(arrangement, now, error),
    }
    answer = render(request, "articles/front_page.html", context, status=422 if error else 200)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _preview_of(arrangement, now, error):
    is_live = arrangement.state == FrontArrangement.State.LIVE
    says = {
        FrontArrangement.State.DRAFT: _("A draft: readers do not see it yet."),
        FrontArrangement.State.LIVE: _("This is what readers see."),
        FrontArrangement.State.FORMER: _("A former front page: readers do not see it any more."),
    }
    return Preview(
        name=arrangement.name,
        state=says[arrangement.state],
        moment=_("at %(moment)s") % {"moment": moment_text(now)},
        at=timezone.localtime(now).strftime("%Y-%m-%dT%H:%M"),
        version=str(arrangement.version),
        may_go_live=not is_live,
        desk_url=reverse("admin:articles_frontarrangement_change", args=[arrangement.pk]),
        error=error,
    )


def _moment(text):
    """The moment that is asked for, in the site's zone; now where none is."""
    if not text:
        return timezone.now()
    try:
        moment = forms.DateTimeField().clean(text)
    except ValidationError as error:
        raise Http404 from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Http404
    return moment
