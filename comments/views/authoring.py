"""What authors do with their own comments, and the earlier versions that this leaves."""

from functools import partial

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from comments import composing, discussions, embedding, history, markup, posting, readers, revisions
from comments.caching import answer_reader
from comments.forms import EditForm, ReasonForm, WithdrawForm
from comments.permissions import (
    can_moderate,
    is_author,
    require,
    require_own,
)
from comments.screening import RefusedError
from comments.views.finding import find, find_comment
from comments.wording import moment_text, until_text


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request, pk):
    comment, now = find_comment(request, pk), timezone.now()
    require(is_author(request.user, comment), _("Only its author can edit this comment."))
    composer = composing.compose(request, comment.discussion)
    composer.heading, composer.submit_label = _("Edit your comment"), _("Save")
    composer.action_url = reverse("comment-edit", args=[pk])
    composer.cancel_url = comment.get_absolute_url()
    composer.draft_key, composer.slot = "", str(pk)
    if request.method == "POST":
        return _save_edit(request, comment, composer)
    require_own(request.user, comment, "edit")
    if composer.notice:
        # Suspended, muted here, or closed: that is said instead of the form.
        return _show_edit(request, composer)
    known = readers.known_reader(request, now)
    until = comment.posted_at + known.editing_time
    require(
        known.can_edit(request.user, comment, now),
        (
            _(
                "You could change this comment until %(moment)s. You can still reply to it, "
                "or withdraw it."
            )
            % {"moment": moment_text(until)}
        ),
    )
    composer.form = EditForm(initial={"text": comment.markdown, "revision": comment.revision})
    return _show_edit(request, composer, until=until_text(until, now))


def _save_edit(request, comment, composer):
    """Saves what was typed, or shows it again with the reason why it was not saved."""
    form = EditForm(request.POST)
    composer.form, composer.notice = form, ""
    if not form.is_valid():
        return _show_edit(request, composer, status=422)
    try:
        posting.edit_comment(
            by=request.user,
            comment=comment,
            text=form.cleaned_data["text"],
            seen_revision=form.cleaned_data["revision"],
        )
    except RefusedError as refused:
        form.add_error("text", refused.verdict.message)
        return _show_edit(request, composer, status=refused.verdict.status)
    except PermissionDenied as denied:
        form.add_error("text", str(denied))
        return _show_edit(request, composer, status=403)
    except posting.EditedMeanwhileError as conflict:
        return _show_conflict(request, composer, conflict)
    return HttpResponseRedirect(embedding.address_of(request, comment))


def _show_edit(request, composer, *, until="", status=200):
    context = {"composer": composer, "discussion": composer.discussion, "until": until}
    return render(request, "comments/edit_page.html", context, status=status)


def _show_conflict(request, composer, conflict):
    """The form again, with what was typed, on top of the revision that came in between."""
    data = request.POST.copy()
    data["revision"] = conflict.current.revision
    composer.form = EditForm(data)
    composer.form.full_clean()
    composer.form.add_error(
        "text",
        (
            _(
                "This comment was changed in another window meanwhile. It now says: "
                "“%(words)s” Save again to replace that with your text."
            )
            % {"words": markup.excerpt(conflict.current.html)}
        ),
    )
    return _show_edit(request, composer, status=409)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_withdraw(request, pk):
    comment, status = find_comment(request, pk), 200
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                posting.withdraw_comment(
                    by=request.user, comment=comment, reason=form.cleaned_data["reason"]
                )
                return HttpResponseRedirect(embedding.address_of(request, comment))
            except RefusedError as refused:
                without = _("You can withdraw it without a reason.")
                form.add_error("reason", f"{refused.verdict.message} {without}")
                status = refused.verdict.status
    require_own(request.user, comment, "withdraw")
    context = {
        "discussion": comment.discussion,
        "row": discussions.row_of(comment.pk),
        "form": form,
        "action_url": request.path,
        "cancel_url": comment.get_absolute_url(),
    }
    return render(request, "comments/withdraw_page.html", context, status=status)


@require_safe
def comment_history(request, pk):
    """All that a comment has said, the newest first, and what changed each time."""
    comment, reader = find_comment(request, pk), readers.reader_of(request)
    moderates = reader is not None and can_moderate(reader)
    before = request.GET.get("before", "")
    # A revision has at most nine digits.
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None
    page = history.load(comment, before=before, for_moderators=moderates)
    context = {"history": page, "discussion": comment.discussion, "may_moderate": moderates}
    return answer_reader(
        request,
        version=page.version,
        until=comment.discussion.next_change(),
        render=lambda: render(request, "comments/history_page.html", context),
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def version_hide(request, pk, number):
    return _judge_version(
        request, pk, number, revisions.hide_version, gettext_lazy("Hide version %(place)s")
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def version_show(request, pk, number):
    return _judge_version(
        request, pk, number, revisions.show_version, gettext_lazy("Show version %(place)s again")
    )


def _judge_version(request, pk, number, act, verb):
    require(can_moderate(request.user), _("Only moderators can do this."))
    comment = find_comment(request, pk)
    version = find(partial(history.version_of, comment), number)
    return _ask_why(
        request,
        comment,
        act=partial(act, number=number),
        verb=verb % {"place": version.place},
        words=version.difference,
        back=f"/comments/{pk}/history/?before={number + 1}#version-{number}",
    )


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawal_reason_hide(request, pk):
    """Takes away what an author said when withdrawing: those words are for moderators to judge."""
    require(can_moderate(request.user), _("Only moderators can do this."))
    comment = find_comment(request, pk)
    return _ask_why(
        request,
        comment,
        act=revisions.hide_withdrawal_reason,
        verb=_("Take the author’s reason away"),
        words=comment.state_reason,
        back=f"/comments/{pk}/history/",
    )


def _ask_why(request, comment, *, act, verb, words, back):
    """A moderator's form for a reason, and the act once there is one."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        act(by=request.user, comment=comment, reason=form.reason())
        return HttpResponseRedirect(back)
    context = {
        "discussion": comment.discussion,
        "comment": comment,
        "form": form,
        "verb": verb,
        "words": words,
        "back_url": back,
    }
    status = 422 if form.is_bound else 200
    return render(request, "comments/judge_version_page.html", context, status=status)
