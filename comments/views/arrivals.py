"""What has come to a discussion lately: the number for who has it open, and the comments."""

from django.core.cache import caches
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from comments import discussions, embedding
from comments.caching import answer_reader
from comments.parts import print_parts
from comments.printing import print_arrivals, print_branches
from comments.views.finding import find_discussion

# A thousand readers of one discussion ask for the same number: caches answer them this long, and
# a worker asks the database once in as long.
NEWS_SECONDS = 15
# Comments on one page of what is new.
NEW_PAGE_SIZE = 50


@require_safe
def discussion_news(request, pk):
    """How many comments have come so far, as JSON; 304 where nothing did, 204 once closed.

    The same for everybody: reads no session. Time is cut into buckets of ``NEWS_SECONDS``; in
    each, a worker reads the discussion once.
    """
    bucket = int(timezone.now().timestamp()) // NEWS_SECONDS
    key = f"news-{pk}-{bucket}"
    news = caches["pages"].get(key)
    if news is None:
        discussion = find_discussion(request, pk)
        news = (discussion.arrival_count, discussion.is_open)
        caches["pages"].set(key, news, NEWS_SECONDS)
    arrivals, is_open = news
    etag = f'"{arrivals}-{int(is_open)}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        response = (
            JsonResponse({"arrivals": arrivals, "open": True})
            if is_open
            else HttpResponse(status=204)
        )
        response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={NEWS_SECONDS}"
    return response


@vary_on_headers("HX-Request")
@require_safe
def discussion_new(request, pk):
    """The comments that came after ``?since=``, in the order in which they came.

    To htmx only the comments, each with the name of its parent, to be put in place.
    """
    discussion = find_discussion(request, pk)
    since = request.GET.get("since", "")
    since = int(since) if since.isascii() and since.isdigit() and len(since) < 10 else 0
    rows = discussions.arrived_since(discussion, since, NEW_PAGE_SIZE + 1)
    shown = rows[:NEW_PAGE_SIZE]
    next_url = ""
    if len(rows) > NEW_PAGE_SIZE:
        next_url = f"/discussions/{pk}/new/?since={shown[-1].arrival}"

    def show():
        print_parts(shown, embedding.base_url_of(request))
        showing = embedding.showing_of(request, discussion, shown)
        template = "comments/_arrivals.html" if request.htmx else "comments/new_page.html"
        print_rows = print_arrivals if request.htmx else _print_flat
        context = {
            "discussion": discussion,
            "comments_html": print_rows(shown, showing),
            "next_url": next_url,
            "votes_form": showing.person_id is not None and discussion.is_open,
        }
        return render(request, template, context)

    version = (bool(request.htmx), discussion.title, discussion.url, discussion.is_open, next_url)
    return answer_reader(
        request,
        version=(*version, *(row.version for row in shown)),
        until=discussion.next_change(),
        render=show,
    )


def _print_flat(rows, showing):
    """One after the other, each with a link to what it answers."""
    return mark_safe("".join(print_branches([row], showing, base=row.level) for row in rows))
