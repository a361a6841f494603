"""Pages of the discussion: each parses its input, makes one read or one write, and renders."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from accounts import directory
from comments import discussions, drafts, embedding, markup, posting
from comments.caching import answer_reader
from comments.forms import CommentForm, DraftForm, EditForm
from comments.permissions import can_change, require
from comments.rows import link_row, role_label
from comments.wording import count_label, day_text

# Numbers beyond a 64-bit key name nothing, and a database may refuse to be asked for them.
_LAST_KEY = 2**63 - 1


def _find(read, key):
    """What ``read(key)`` finds, or 404."""
    if isinstance(key, int) and key > _LAST_KEY:
        raise Http404
    try:
        return read(key)
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing


def _find_comment(pk):
    """A comment whose discussion can be read, or 404."""
    comment = _find(discussions.comment_of, pk)
    if not comment.discussion.is_readable():
        raise Http404
    return comment


def _find_discussion(pk):
    discussion = _find(discussions.discussion_of, pk)
    if not discussion.is_readable():
        raise Http404
    return discussion


@require_safe
def comment_permalink(request, pk):
    comment = _find_comment(pk)
    return HttpResponseRedirect(discussions.address_of(comment))


@require_safe
def comment_thread(request, pk):
    comment = _find_comment(pk)
    page = discussions.load(
        comment.discussion,
        reader=embedding.reader_of(request),
        start=embedding.start_of(request),
        branch=comment,
        address=request.path,
    )
    return answer_reader(
        request,
        version=page.version,
        render=lambda: render(request, "comments/thread_page.html", {"discussion_page": page}),
    )


@require_safe
def person_page(request, handle):
    person = _find(directory.find_person, handle)
    before = request.GET.get("before", "")
    before = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = discussions.by_person(person, before=before)
    shown = {
        "is_online": directory.is_online(person.last_seen, timezone.now()),
        "role_label": role_label(person.role),
        "joined_text": _joined_text(person),
        "comment_total_label": page.total_label,
    }
    return answer_reader(
        request,
        version=(person.real_name, *shown.values(), repr(page)),
        render=lambda: render(
            request, "comments/person_page.html", {"person": person, "page": page, **shown}
        ),
    )


def _joined_text(person):
    if directory.is_unclaimed(person):
        return "Known from imported pages"
    return f"Here since {day_text(person.joined_at)}"


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def comment_reply(request, pk):
    comment = _find_comment(pk)
    parent = discussions.row_of(comment)
    quotation = ""
    if request.method != "POST" and "quote" in request.GET and comment.is_visible:
        quotation = markup.quote_markdown(
            comment.own_words, author=comment.author.handle, permalink=parent.permalink
        )
    return _answer(request, comment.discussion, comment=comment, parent=parent, text=quotation)


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def discussion_post(request, pk):
    return _answer(request, _find_discussion(pk))


def _answer(request, discussion, *, comment=None, parent=None, text=""):
    """The form for a comment, and what comes of sending it."""
    composer = embedding.compose(request, discussion, parent=parent, text=text)
    if request.method != "POST":
        version = (bool(request.htmx), discussion.title, discussion.url, composer.notice, parent)
        return answer_reader(
            request, version=version, render=lambda: _show_composer(request, composer)
        )
    if embedding.reader_of(request) is None:
        return _keep_draft(request, composer)
    form = CommentForm(request.POST, auto_id=f"{composer.slot}-%s")
    composer.form, composer.notice = form, ""
    form.full_clean()
    try:
        posted = posting.post_comment(
            by=request.user,
            discussion=discussion,
            parent=comment,
            text=form.cleaned_data.get("text", ""),
            submission_key=form.cleaned_data.get("submission_key"),
        )
    except posting.RefusedError as refused:
        form.add_error("text", refused.verdict.message)
        return _show_composer(request, composer, status=refused.verdict.status)
    drafts.drop(request, composer.draft_key)
    return _show_posted(request, posted, composer)


def _show_composer(request, composer, status=200):
    if request.htmx and status in (403, 404):
        # Those are pages of their own, which htmx is told not to put into a comment's place.
        status = 422
    template = "comments/_reply_form.html" if request.htmx else "comments/reply_page.html"
    context = {"composer": composer, "discussion": composer.discussion, "plain": False}
    return render(request, template, context, status=status)


def _show_posted(request, comment, composer):
    """The way to the new comment; for htmx the comment itself and an empty form."""
    address = discussions.address_of(discussions.comment_of(comment.pk))
    if not request.htmx:
        return HttpResponseRedirect(address)
    if composer.parent is None and "?" in address:
        # It stands on another page than the one that its writer looks at.
        return HttpResponseClientRedirect(address)
    discussion = discussions.discussion_of(comment.discussion_id)
    row = discussions.row_of(comment)
    link_row(row, may_post=discussion.is_open, reader=request.user)
    top = composer.parent is None
    context = {
        "row": row,
        "composer": embedding.compose(request, discussion) if top else None,
        "total_label": count_label(discussion.comment_count, "comment"),
    }
    return render(request, "comments/_posted.html", context)


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
    signed_in = embedding.reader_of(request) is not None
    return to_page(composer.action_url if signed_in else composer.sign_in_url)


@csrf_exempt
@require_POST
def discussion_draft(request, pk):
    """Keeps what somebody typed before signing in, and sends them to sign in and back.

    The form stands in pages that are the same for everybody, so it has no CSRF token: that it
    was sent from our own page is read off the ``Origin`` that every browser sends with a POST.
    """
    discussion, parent = _find_discussion(pk), request.GET.get("parent", "")
    if not _is_from_here(request):
        raise PermissionDenied("This form was not sent from a page of this site.")
    row = None
    if parent.isascii() and parent.isdigit() and len(parent) < 19:
        row = discussions.row_of(_find_comment(int(parent)))
    return _keep_draft(request, embedding.compose(request, discussion, parent=row))


def _is_from_here(request):
    origin = request.headers.get("Origin", "")
    own = f"{request.scheme}://{request.get_host()}"
    return origin == own or origin in settings.CSRF_TRUSTED_ORIGINS


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request, pk):
    comment = _find_comment(pk)
    require(can_change(request.user, comment), "Only its author can edit this comment.")
    composer = embedding.compose(request, comment.discussion)
    composer.heading, composer.submit_label = "Edit your comment", "Save"
    composer.action_url = reverse("comment-edit", args=[pk])
    composer.cancel_url = comment.get_absolute_url()
    composer.draft_key, composer.slot = "", str(pk)
    if request.method != "POST":
        if not composer.notice:
            composer.form = EditForm(
                initial={"text": comment.markdown, "revision": comment.revision}
            )
        return _show_edit(request, composer)
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
    except posting.RefusedError as refused:
        form.add_error("text", refused.verdict.message)
        return _show_edit(request, composer, status=refused.verdict.status)
    except posting.EditedMeanwhileError as conflict:
        return _show_conflict(request, composer, conflict)
    return HttpResponseRedirect(discussions.address_of(comment))


def _show_edit(request, composer, status=200):
    context = {"composer": composer, "discussion": composer.discussion}
    return render(request, "comments/edit_page.html", context, status=status)


def _show_conflict(request, composer, conflict):
    """The form again, with what was typed, on top of the revision that came in between."""
    data = request.POST.copy()
    data["revision"] = conflict.current.revision
    composer.form = EditForm(data)
    composer.form.full_clean()
    composer.form.add_error(
        "text",
        "This comment was changed in another window meanwhile. It now says: "
        f"“{markup.excerpt(conflict.current.html)}” Save again to replace that with your text.",
    )
    return _show_edit(request, composer, status=409)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment_withdraw(request, pk):
    comment = _find_comment(pk)
    if request.method == "POST":
        posting.withdraw_comment(by=request.user, comment=comment)
        return HttpResponseRedirect(discussions.address_of(comment))
    require(can_change(request.user, comment), "Only its author can withdraw this comment.")
    context = {
        "discussion": comment.discussion,
        "row": discussions.row_of(comment),
        "action_url": request.path,
        "cancel_url": comment.get_absolute_url(),
    }
    return render(request, "comments/withdraw_page.html", context)
