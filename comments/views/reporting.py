"""Reporting a comment: a page with the comment, the few reasons, and room for a note."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.addresses import address_of_sender
from comments import discussions, embedding, reporting
from comments.forms import NoticeForm, ReportForm
from comments.screening import RefusedError
from comments.views.finding import find_comment

_THANKS = gettext_lazy(
    "Thank you. A moderator will look at it, and you will be told what came of it."
)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_report(request, pk):
    """The form for a report; for somebody not signed in, the two ways that they have."""
    comment = find_comment(request, pk)
    if not request.user.is_authenticated:
        if request.method == "POST":
            return redirect_to_login(request.path)
        return _show(request, comment, None)
    if request.method == "POST":
        return _send(request, comment, ReportForm(request.POST))
    notice = reporting.why_not(request.user, comment)
    return _show(request, comment, ReportForm(), notice=notice)


def _send(request, comment, form):
    if not form.is_valid():
        return _show(request, comment, form, status=422)
    try:
        sent = reporting.report(by=request.user, comment=comment, **form.cleaned_data)
    except RefusedError as refused:
        verdict = refused.verdict
        form.add_error("note" if verdict.phase == "long_note" else None, verdict.message)
        return _show(request, comment, form, status=verdict.status)
    except PermissionDenied as denied:
        return _show(request, comment, form, notice=str(denied), status=403)
    if sent:
        messages.success(request, _THANKS)
    else:
        messages.info(request, _(reporting.TWICE))
    return HttpResponseRedirect(embedding.address_of(request, comment))


def _show(request, comment, form, *, notice="", status=200):
    context = {
        "discussion": comment.discussion,
        "row": discussions.row_of(comment.pk),
        "form": form,
        "notice": notice,
        "action_url": reverse("comment-report", args=[comment.pk]),
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "back_url": comment.get_absolute_url(),
    }
    return render(request, "comments/report_page.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def comment_notice(request, pk):
    """A notice that a comment is against the law, by anybody; its form sets a cookie."""
    comment = find_comment(request, pk)
    form = NoticeForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _show_notice(request, comment, form, status=200 if request.method != "POST" else 422)
    try:
        reporting.give_notice(
            comment=comment,
            name=form.cleaned_data["name"],
            email=form.cleaned_data["email"],
            explanation=form.cleaned_data["explanation"],
            address=address_of_sender(request),
        )
    except RefusedError as refused:
        form.add_error("explanation", refused.verdict.message)
        return _show_notice(request, comment, form, status=refused.verdict.status)
    return _show_notice(request, comment, None)


def _show_notice(request, comment, form, *, status=200):
    context = {
        "discussion": comment.discussion,
        "row": discussions.row_of(comment.pk),
        "form": form,
        "back_url": comment.get_absolute_url(),
    }
    return render(request, "comments/notice_page.html", context, status=status)
