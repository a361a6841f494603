"""Writing a comment: the form, what comes of sending it, and drafts of who is not signed in yet."""

from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts.addresses import address_of_sender
from accounts.together import asked_together
from comments import composing, discussions, drafts, embedding, orders, posting, readers
from comments.caching import answer_reader
from comments.forms import CommentForm, DraftForm
from comments.models import HeldComment
from comments.parts import print_parts
from comments.printing import print_arrivals
from comments.views.finding import find_comment, find_discussion
from comments.waiting import row_of_held, why_held
from comments.wording import count_label


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def comment_reply(request, pk):
    comment = find_comment(request, pk)
    return _answer(request, comment.discussion, comment)


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def discussion_post(request, pk):
    return _answer(request, find_discussion(request, pk))


def _answer(request, discussion, comment=None):
    """The form for a comment, under ``comment`` if given, and what comes of sending it."""
    if request.method == "POST" and readers.reader_of(request) is not None:
        return _post(request, discussion, comment)
    parent = comment and discussions.row_of(comment.pk)
    text = ""
    if comment is not None and "quote" in request.GET:
        text = composing.quotation_for(comment, request.GET.get("words", ""))
    composer = composing.compose(request, discussion, parent=parent, text=text)
    if request.method == "POST":
        return _keep_draft(request, composer)
    shown = (discussion.title, discussion.url, composer.notice, parent, text)
    return answer_reader(
        request,
        version=(bool(request.htmx), *shown),
        until=discussion.next_change(),
        render=lambda: _show_composer(request, composer),
    )


def _post(request, discussion, comment):
    slot, draft_key = composing.slot_of(discussion, comment and comment.pk)
    form = CommentForm(request.POST, auto_id=f"{slot}-%s")
    form.full_clean()
    try:
        posted = posting.post_comment(
            by=request.user,
            discussion=discussion,
            parent=comment,
            text=form.cleaned_data.get("text", ""),
            submission_key=form.cleaned_data.get("submission_key"),
            as_it_is=form.cleaned_data.get("as_it_is", False),
            address=address_of_sender(request),
        )
    except posting.RefusedError as refused:
        form.add_error("text", refused.verdict.message)
        parent = comment and discussions.row_of(comment.pk)
        composer = composing.compose(request, discussion, parent=parent)
        composer.form, composer.notice = form, ""
        if refused.verdict.holds:
            form.insist()
            composer.submit_label = _("Post it as it is, and wait")
        return _show_composer(request, composer, status=refused.verdict.status)
    drafts.drop(request, draft_key)
    if isinstance(posted, HeldComment):
        return _show_held(request, posted)
    return _show_posted(request, posted)


def _show_composer(request, composer, status=200):
    if request.htmx and status in (403, 404):
        # Those are pages of their own, which htmx is told not to put into a comment's place.
        status = 422
    template = "comments/_reply_form.html" if request.htmx else "comments/reply_page.html"
    context = {"composer": composer, "discussion": composer.discussion, "plain": False}
    return render(request, template, context, status=status)


def _show_posted(request, comment):
    """The way to the new comment; for htmx the comment itself and an empty form."""
    if not request.htmx:
        return HttpResponseRedirect(_way_to(request, comment))
    discussion = comment.discussion
    with asked_together(
        discussions.asking_row(comment.pk), *readers.asking_showing(request, discussion)
    ):
        row = discussions.row_of(comment.pk)
        print_parts([row], embedding.base_url_of(request))
        showing = embedding.showing_of(request, discussion, [row])
    top = row.parent_id is None
    context = {
        "row": row,
        "comment_html": print_arrivals([row], showing),
        "place": _place(request, row),
        "composer": composing.compose(request, discussion) if top else None,
        "total_label": count_label(discussion.comment_count, "comment"),
    }
    return render(request, "comments/_posted.html", context)


def _way_to(request, comment):
    """Where its writer finds a new comment: among all where one page has them, else in its place.

    A new top-level comment has no place yet but its page of the discussion.
    """
    discussion = comment.discussion
    if discussions.fits_on_a_page(discussion):
        order = orders.ORDERS[_order_shown(request)]
        query = discussions.query_of(order, says_order=readers.says_order(request))
        return f"{discussion.url}{query}#c{comment.pk}"
    if comment.parent_id is None:
        return embedding.address_of(request, comment, _order_shown(request))
    return f"{comment.get_absolute_url()}#c{comment.pk}"


def _show_held(request, held):
    """The way to where it waits; for htmx the comment as its writer sees it, and an empty form."""
    if not held.is_shadow:
        say = _("Your comment waits for a moderator. %(why)s") % {"why": why_held(held.objections)}
        if not request.htmx:
            messages.info(request, say)
    if not request.htmx:
        if held.parent_id is None:
            return HttpResponseRedirect(f"{held.discussion.url}#form-top")
        return HttpResponseRedirect(f"/comments/{held.parent_id}/#c{held.parent_id}")
    row = row_of_held(held)
    top = held.parent_id is None
    showing = embedding.showing_of(request, held.discussion, [])
    context = {
        "row": row,
        "comment_html": print_arrivals([row], showing),
        "place": _place(request, row),
        "composer": composing.compose(request, held.discussion) if top else None,
        "total_label": count_label(held.discussion.comment_count, "comment"),
    }
    return render(request, "comments/_posted.html", context)


def _order_shown(request):
    """The order of the page that the form was sent from, or the one its writer prefers."""
    page = request.htmx.current_url if request.htmx else request.headers.get("Referer")
    try:
        asked = parse_qs(urlsplit(page or "").query).get("order", [""])[0]
    except ValueError:
        # Anybody can send anything as the page they came from.
        asked = ""
    return asked if asked in orders.ORDERS else readers.preferred_order(request)


def _place(request, row):
    """Where in its writer's page the new comment comes in, as htmx has it."""
    if row.parent_id is not None:
        return f"beforeend:#r{row.parent_id}"
    newest_first = _order_shown(request) == "newest"
    return "afterbegin:#threads" if newest_first else "beforeend:#threads"


def _keep_draft(request, composer):
    """Keeps what was typed, and leads to sign-in and back; a draft that cannot be kept is shown."""
    form = DraftForm(request.POST)
    if not form.is_valid():
        context = {"composer": composer, "discussion": composer.discussion, "draft_form": form}
        return render(request, "comments/draft_page.html", context, status=422)
    if form.cleaned_data["text"].strip():
        drafts.keep(request, composer.draft_key, form.cleaned_data["text"])
    # A redirect inside htmx would put the sign-in page into the reply's place.
    to_page = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
    signed_in = readers.reader_of(request) is not None
    return to_page(composer.action_url if signed_in else composer.sign_in_url)


@csrf_exempt
@require_POST
def discussion_draft(request, pk):
    """Keeps what somebody typed before signing in, and sends them to sign in and back.

    The form stands in pages that are the same for everybody, so it has no CSRF token: that it
    was sent from our own page is read off the ``Origin`` that every browser sends with a POST.
    """
    discussion, parent = find_discussion(request, pk), request.GET.get("parent", "")
    if not _is_from_here(request):
        raise PermissionDenied(_("This form was not sent from a page of this site."))
    row = None
    if parent.isascii() and parent.isdigit() and len(parent) < 19:
        row = discussions.row_of(find_comment(request, int(parent)).pk)
    return _keep_draft(request, composing.compose(request, discussion, parent=row))


def _is_from_here(request):
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS
