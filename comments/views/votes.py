"""Voting: the buttons of a whole page, which are one form, and a page for one comment."""

from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from comments import discussions, embedding, readers, voting
from comments.printing import print_vote
from comments.screening import RefusedError
from comments.views.finding import find_comment

_WRITES = {"agree": voting.agree, "withdraw": voting.withdraw_vote}


@require_POST
def cast_vote(request):
    """``agree=<id>`` or ``withdraw=<id>``; answers htmx with the button anew."""
    write, comment = _asked(request)
    if readers.reader_of(request) is None:
        return _lead_to_sign_in(request, reverse("comment-agree", args=[comment.pk]))
    try:
        write(by=request.user, comment=comment)
    except RefusedError as refused:
        return _show_refused(request, comment, refused.verdict)
    if not request.htmx:
        return HttpResponseRedirect(_way_back(request, comment))
    row = discussions.row_of(comment.pk)
    showing = embedding.showing_of(request, comment.discussion, [row])
    return HttpResponse(print_vote(row, showing, swapped=True))


def _asked(request):
    given = [(name, request.POST[name]) for name in _WRITES if name in request.POST]
    if len(given) != 1:
        raise BadRequest(_("A vote is either given or taken back."))
    name, pk = given[0]
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        raise BadRequest(_("A vote names the comment that it is for."))
    return _WRITES[name], find_comment(request, int(pk))


def _lead_to_sign_in(request, then):
    way = redirect_to_login(then)
    # A redirect inside htmx would be followed by htmx, and its page go nowhere.
    return HttpResponseClientRedirect(way.url) if request.htmx else way


def _way_back(request, comment):
    """The page that the button stood in, at the comment; else where the discussion shows it."""
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(
        page, {request.get_host()}, require_https=request.is_secure()
    ):
        return embedding.address_of(request, comment)
    return urlsplit(page)._replace(fragment=f"c{comment.pk}").geturl()


def _show_refused(request, comment, verdict):
    if not request.htmx:
        return _show_page(request, comment, notice=verdict.message, status=verdict.status)
    answer = format_html(
        '<span class="vote is-refused" id="v{}" role="alert" hx-swap-oob="true">{}</span>',
        comment.pk,
        verdict.message,
    )
    # Those are pages of their own, which htmx is told not to put into a button's place.
    return HttpResponse(answer, status=422 if verdict.status in (403, 404) else verdict.status)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_agree(request, pk):
    """A page with one button, for who came from a page that was made before they signed in."""
    comment = find_comment(request, pk)
    if request.method != "POST":
        return _show_page(request, comment, notice=voting.why_not(request.user, comment))
    wanted = request.POST.get("agree")
    if wanted not in ("0", "1"):
        raise BadRequest(_("A vote is either given or taken back."))
    try:
        _WRITES["agree" if wanted == "1" else "withdraw"](by=request.user, comment=comment)
    except RefusedError as refused:
        verdict = refused.verdict
        return _show_page(request, comment, notice=verdict.message, status=verdict.status)
    return HttpResponseRedirect(embedding.address_of(request, comment))


def _show_page(request, comment, *, notice, status=200):
    context = {
        "discussion": comment.discussion,
        "row": discussions.row_of(comment.pk),
        "action_url": reverse("comment-agree", args=[comment.pk]),
        "back_url": comment.get_absolute_url(),
        "notice": notice,
        "agrees": comment.pk in voting.voted_for(request.user, [comment.pk]),
    }
    return render(request, "comments/vote_page.html", context, status=status)
