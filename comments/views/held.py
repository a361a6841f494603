"""Somebody's own comment that waits for a moderator: why, and the way to take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from comments import holding
from comments.waiting import find_waiting, why_held
from comments.wording import moment_text, reason_text


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def held_comment(request, pk):
    held = find_waiting(request.user, pk)
    if held is None:
        raise Http404
    if request.method == "POST":
        if holding.withdraw_held(by=request.user, held=held):
            messages.success(request, _("Your comment is withdrawn. Nobody else has read it here."))
        else:
            messages.info(request, _("It does not wait any more."))
        return HttpResponseRedirect(held.discussion.url)
    if held.comment_id is not None and held.comment.is_visible:
        return HttpResponseRedirect(held.comment.get_absolute_url())
    context = {
        "held": held,
        "discussion": held.discussion,
        "waits": held.state == held.State.WAITING,
        "why": why_held(held.objections),
        "held_at": moment_text(held.held_at),
        "reason": reason_text(held.reason),
        "body": mark_safe(held.html),  # made by comments.markup alone
    }
    return render(request, "comments/held.html", context)
