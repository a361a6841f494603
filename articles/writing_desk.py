"""The form of an article while it is written: kept as it is, taken up again, taken over."""

from django.contrib import messages
from django.http import HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from articles import drafting, drafts
from articles.forms import blocks_of_form, kept_fields
from articles.models import Article
from articles.permissions import can_change, can_write
from comments.wording import moment_text

# What opens a form with what was kept of it.
TAKE_UP = "working_copy"
# A button beside a save that was refused, because somebody else has the article open.
TAKE_OVER = "_take_over"


def begin(request, article=None):
    """Notes that the form of an article, or of a new one, is opened or sent; before it is made.

    Sets ``request.holder``, who else has it open, ``request.copy``, what is taken up, and
    ``request.is_writing``, whether the page is a form at all.
    """
    request.holder, request.copy, request.is_writing = None, None, False
    may = can_write(request.user) if article is None else can_change(request.user, article)
    if not may:
        return
    if request.method == "POST" and article is not None:
        if TAKE_OVER in request.POST:
            drafting.take_over(by=request.user, article=article)
        request.holder = drafts.holder_of(article, besides=request.user)
    elif request.method == "GET":
        if article is not None:
            request.holder = drafting.open_form(by=request.user, article=article)
        if TAKE_UP in request.GET and request.holder is None:
            request.copy = drafts.copy_of(request.user, article)
    request.is_writing = request.method == "POST" or request.holder is None


def keep_refused(request, article=None):
    """Keeps what was sent and refused, so that it is there when the form is opened again."""
    drafting.keep_copy(by=request.user, article=article, **_sent(request))


def context_of(request, article=None):
    """What the page of the form says besides it."""
    copy = drafts.copy_of(request.user, article) if request.method == "GET" else None
    key = [] if article is None else [article.pk]
    return {
        "holder": request.holder,
        "copy_begun": copy and moment_text(copy.begun_at),
        "copy_kept": copy and moment_text(copy.kept_at),
        "is_copy_old": bool(copy and article and copy.seen_version != article.version),
        "is_taken_up": request.copy is not None,
        "keep_url": _address("keep", *key) if request.is_writing else "",
        "drop_url": _address("drop", *key),
        "take_over_url": _address("take-over", *key) if article else "",
    }


def _address(name, *key):
    return reverse(f"admin:article-{name}" if key else f"admin:article-{name}-new", args=key)


@require_http_methods(["POST"])
def keep(request, pk=None):
    """Autosave: keeps the form, and says whether the article is still open for who writes it.

    200, or 409 when somebody else has it; ``told`` says so in words. What was written is kept in
    either case. Without a form in the request it is a sign of life alone.
    """
    article = _find(pk)
    told = ""
    if "title" in request.POST:
        copy = drafting.keep_copy(by=request.user, article=article, **_sent(request))
        told = _("Kept at %(time)s, for you alone.") % {
            "time": f"{timezone.localtime(copy.kept_at):%H:%M:%S}"
        }
    holder = article and drafting.stay_open(by=request.user, article=article)
    if holder:
        told = _(
            "%(handle)s has this open since %(since)s. You can write on, and it is kept "
            "for you, but it cannot be saved until you take the article over."
        ) % {"handle": holder.handle, "since": holder.since}
    return JsonResponse({"told": told}, status=409 if holder else 200)


def _sent(request):
    seen = request.POST.get("seen_version", "")
    return {
        "fields": kept_fields(request.POST),
        "blocks": blocks_of_form(request.POST),
        "seen_version": int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else None,
    }


@require_http_methods(["POST"])
def drop(request, pk=None):
    if drafting.drop_copy(by=request.user, article=_find(pk)):
        messages.success(request, _("What you had begun is thrown away."))
    return HttpResponseRedirect(_form_of(pk))


@require_http_methods(["POST"])
def take_over(request, pk):
    if drafting.take_over(by=request.user, article=_find(pk)):
        messages.success(request, _("It is yours now. Who had it open is told."))
    return HttpResponseRedirect(_form_of(pk))


def _find(pk):
    if pk is None:
        return None
    return get_object_or_404(Article.objects.select_related("section"), pk=pk)


def _form_of(pk):
    if pk is None:
        return reverse("admin:articles_article_add")
    return reverse("admin:articles_article_change", args=[pk])
