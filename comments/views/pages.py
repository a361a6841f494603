"""Reading pages: a thread, a comment in its place, the way to it, a person."""

from django.conf import settings
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts import directory
from accounts.together import asked_together
from comments import branches, contributions, embedding, moments, orders, places, readers
from comments.caching import answer_reader
from comments.rows import role_label
from comments.views.finding import find, find_comment, find_discussion
from comments.wording import day_text


@require_safe
def comment_permalink(request, pk):
    """One comment in its place, and the ways from it to the whole discussion."""
    comment = find_comment(request, pk)
    ways = [
        (order.label, f"/comments/{pk}/discussion/?order={order.name}")
        for order in orders.ORDERS.values()
    ]
    with asked_together(
        *places.asking_surroundings(comment), *embedding.asking_around(request, comment.discussion)
    ):
        page = places.load_surroundings(comment)
        base = max(min(row.level for row in page.rows), 0)
        return answer_reader(
            request,
            version=page.version,
            until=comment.discussion.next_change(),
            render=lambda: embedding.render_page(
                request, "comments/comment_page.html", page, base=base, ways=ways
            ),
        )


@require_safe
def comment_in_discussion(request, pk):
    """The way to the page of the whole discussion that holds a comment, in ``?order=``."""
    comment = find_comment(request, pk)
    return HttpResponseRedirect(embedding.address_of(request, comment, readers.order_of(request)))


@vary_on_headers("HX-Request")
@require_safe
def comment_thread(request, pk):
    """One branch from ``?from=`` on; to htmx only its comments, for "more replies"."""
    comment = find_comment(request, pk)
    start = readers.start_of(request)
    template = "comments/_more_replies.html" if request.htmx else "comments/thread_page.html"
    with asked_together(
        *branches.asking_branch(comment, start),
        *embedding.asking_around(request, comment.discussion),
    ):
        page = branches.load_branch(comment, start=start)
        if not request.htmx:
            # The page says by its own link how it goes on.
            page.continued = {}
        return answer_reader(
            request,
            version=(bool(request.htmx), *page.version),
            until=comment.discussion.next_change(),
            render=lambda: embedding.render_page(request, template, page, base=comment.level),
        )


@vary_on_headers("HX-Request")
@require_safe
def discussion_fragment(request, pk):
    """The next threads of a discussion, for htmx; anybody else is sent to the page itself."""
    discussion = find_discussion(request, pk)
    if not request.htmx:
        query = request.GET.urlencode()
        return HttpResponseRedirect(f"{discussion.url}{query and '?'}{query}#discussion")
    page = embedding.read_discussion(request, discussion)
    return answer_reader(
        request,
        version=page.version,
        until=discussion.next_change(),
        render=lambda: embedding.render_page(request, "comments/_more_threads.html", page),
    )


@require_safe
def person_page(request, handle):
    person = find(directory.find_person, handle)
    before = request.GET.get("before", "")
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = contributions.by_person(person, before=before)
    shown = {
        "is_online": directory.is_online(person.last_seen, timezone.now()),
        "role_label": role_label(person.role),
        "joined_text": _joined_text(person),
        "comment_total_label": page.total_label,
        "links": import_string(settings.PERSON_LINKS)(person),
    }
    return answer_reader(
        request,
        version=(person.real_name, repr(shown), repr(page)),
        until=moments.next_change(timezone.now()),
        render=lambda: render(
            request, "comments/person_page.html", {"person": person, "page": page, **shown}
        ),
    )


def _joined_text(person):
    if directory.is_unclaimed(person):
        return _("Known from imported pages")
    return _("Here since %(day)s") % {"day": day_text(person.joined_at)}
