"""Pages around reading: series, what is read and discussed most, what somebody saved for later."""

from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from articles import listings, series
from articles.caching import version_of
from comments import embedding
from comments.caching import answer_reader


@require_safe
def series_page(request, slug):
    try:
        found = series.series(slug)
        listing = series.series_page(
            found, before=request.GET.get("before"), after=request.GET.get("after")
        )
    except (ObjectDoesNotExist, listings.BadCursorError) as missing:
        raise Http404 from missing

    def show():
        _mark_new(request, listing.all_teasers)
        return render(request, "articles/series_page.html", {"series": found, "listing": listing})

    shown = (found.title, found.description, listing)
    until = listings.next_change(timezone.now())
    return answer_reader(request, version=version_of(shown), until=until, render=show)


def _mark_new(request, teasers):
    if (reader := embedding.reader_of(request)) is not None:
        listings.mark_new(teasers, reader)
