"""Pages around reading: series, what is read and discussed most, what somebody saved for later."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ObjectDoesNotExist
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.addresses import address_of_sender
from articles import counting, listings, popular, saved, series, stories
from articles.caching import version_of
from articles.errors import ArticleError
from articles.reading_tools import save_button
from comments import readers
from comments.caching import answer_reader

# What a column for numbers of articles holds.
_LARGEST_NUMBER = 2**63 - 1


@require_safe
def series_page(request, slug):
    try:
        found = series.series(slug)
        listing = series.series_page(
            found, before=request.GET.get("before"), after=request.GET.get("after")
        )
    except (ObjectDoesNotExist, listings.BadCursorError) as missing:
        raise Http404 from missing
    return _answer(
        request,
        "articles/series_page.html",
        listing,
        series=found,
        shown=(found.title, found.description),
    )


@require_safe
def popular_page(request):
    """``?by=read|discussed`` and ``?in=day|week``."""
    try:
        page = popular.popular_page(request.GET.get("by", "read"), request.GET.get("in", "day"))
    except KeyError as unknown:
        raise Http404 from unknown
    return _answer(request, "articles/popular_page.html", page)


def _answer(request, template, listing, *, shown=(), **context):
    def show():
        if (reader := readers.reader_of(request)) is not None:
            listings.mark_new(listing.all_teasers, reader)
        return render(request, template, {"listing": listing, **context})

    until = listings.next_change(timezone.now())
    return answer_reader(request, version=version_of(shown, listing), until=until, render=show)


@csrf_exempt
@require_POST
def article_read(request, pk):
    """Counts a read: 204 whatever comes of it.

    Exempt from the check of forms because it changes nothing that is anybody's; a page of
    another site that sends it is not heard, and who asks not to be counted is not.
    """
    is_ours = request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    asks_not_to = "1" in (request.headers.get("Sec-GPC"), request.headers.get("DNT"))
    if is_ours and not asks_not_to and pk <= _LARGEST_NUMBER:
        counting.note_read(article_id=pk, address=address_of_sender(request))
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


@never_cache
@login_required
@require_safe
def saved_page(request):
    try:
        page = saved.saved_page(request.user, before=request.GET.get("before"))
    except listings.BadCursorError as missing:
        raise Http404 from missing
    listings.mark_new(page.all_teasers, request.user)
    entries = [
        (teaser, save_button(pk, teaser.title, reader=request.user, saved=True, from_list=True))
        for pk, teaser in page.entries
    ]
    context = {"listing": page, "entries": entries}
    return render(request, "articles/saved_page.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def article_save(request, pk):
    """``keep=1`` saves the article and ``keep=0`` takes it off the list.

    A page with one button for who comes from a page that was made before they signed in.
    """
    if pk > _LARGEST_NUMBER:
        raise Http404
    if readers.reader_of(request) is None:
        way = redirect_to_login(request.path)
        # A redirect inside htmx would be followed by htmx, and its page go nowhere.
        return HttpResponseClientRedirect(way.url) if request.htmx else way
    if request.method == "POST":
        return _save(request, pk)
    article = stories.readable(pk)
    if article is None:
        raise Http404
    button = save_button(
        pk, article.title, reader=request.user, saved=saved.is_saved(request.user, pk)
    )
    context = {"article": article, "save": button, "article_url": article.get_absolute_url()}
    return render(request, "articles/save_page.html", context)


def _save(request, pk):
    keep = request.POST.get("keep")
    if keep not in ("0", "1"):
        raise BadRequest("An article is either saved or taken off the list.")
    refusal = ""
    try:
        if keep == "1":
            saved.save_article(by=request.user, article_id=pk)
        else:
            saved.drop_article(by=request.user, article_id=pk)
    except ObjectDoesNotExist as missing:
        raise Http404 from missing
    except ArticleError as refused:
        refusal = str(refused)
    from_list = "from_list" in request.POST
    if request.htmx:
        is_there = keep == "1" and not refusal
        title = "" if (article := stories.readable(pk)) is None else article.title
        button = save_button(pk, title, reader=request.user, saved=is_there, from_list=from_list)
        return render(request, "articles/_save.html", {"save": button, "refusal": refusal})
    if refusal:
        messages.error(request, refusal)
    article = None if from_list else stories.readable(pk)
    return HttpResponseRedirect("/saved/" if article is None else article.get_absolute_url())
