"""One article at the desk: where it stands, who may move it, what it said and what it will say."""

from functools import partial

from django import forms
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from articles import previews, publishing, revisions, stories, updates
from articles.errors import ArticleError
from articles.forms import UpdateForm
from articles.models import Article, PreviewLink, Revision
from articles.permissions import can_change, can_preview, moves_of, require
from comments.wording import moment_text

_ONLY = gettext_lazy("Only the newsroom can see this.")
# What a move is called by whoever makes it; the state says the rest.
_MOVES = {
    Article.Status.DRAFT: gettext_lazy("Send back to its writer"),
    Article.Status.DESK: gettext_lazy("Hand in to the desk"),
    Article.Status.APPROVED: pgettext_lazy("article", "Approve"),
    Article.Status.PUBLISHED: pgettext_lazy("article", "Publish"),
    Article.Status.WITHDRAWN: pgettext_lazy("article", "Withdraw"),
}


class SeenForm(forms.Form):
    """Which version of the article whoever acts has looked at."""

    seen_version = forms.IntegerField(required=False)


class MoveForm(SeenForm):
    """Into which state an article is moved."""

    status = forms.ChoiceField(choices=Article.Status.choices)


class LinkForm(forms.Form):
    """For whom a preview is opened, and for how long."""

    note = forms.CharField(label=gettext_lazy("For whom"), required=False, max_length=120)
    days = forms.IntegerField(
        label=gettext_lazy("Open for, in days"),
        min_value=1,
        max_value=previews.MOST_DAYS,
        initial=previews.DEFAULT_DAYS,
    )


def _find(request, pk):
    require(can_preview(request.user), _ONLY)
    related = ("section", "discussion", "scheduled__by")
    found = Article.objects.select_related(*related)
    article = get_object_or_404(found, pk=pk)
    if stories.is_update_due(article):
        # Nobody looks at words that readers see no longer.
        publishing.settle_update(article)
        article = get_object_or_404(found, pk=pk)
    return article


def _show(request, article, template, title, **context):
    site = request.current_admin_site
    return TemplateResponse(
        request,
        f"admin/articles/article/{template}.html",
        {
            **site.each_context(request),
            "title": title,
            "article": article,
            "opts": Article._meta,
            "change_url": reverse("admin:articles_article_change", args=[article.pk]),
            "desk_url": address_of(article),
            **context,
        },
    )


def address_of(article):
    return reverse("admin:article-desk", args=[article.pk])


@require_safe
def desk(request, pk):
    """All that concerns one article besides its words."""
    article = _find(request, pk)
    may_change = can_change(request.user, article)
    return _show(
        request,
        article,
        "desk",
        _("%(title)s at the desk") % {"title": article.title},
        moves=_moves_of(request.user, article),
        may_change=may_change,
        **_scheduled(article),
        may_schedule=may_change and article.status == Article.Status.PUBLISHED,
        times=_times_of(article),
        links=[
            (link, request.build_absolute_uri(path), moment_text(link.expires_at))
            for link, path in previews.links_of(article, request.user)
        ],
        may_show=may_change and not (article.is_published() and stories.update_of(article) is None),
        link_form=LinkForm(),
        revisions=revisions.revisions_of(article),
    )


def _scheduled(article):
    """What is scheduled, from when on to the second, and by whom it was written."""
    scheduled = stories.update_of(article)
    if scheduled is None:
        return {"scheduled": None}
    at = scheduled.takes_effect_at
    return {
        "scheduled": scheduled,
        "scheduled_moment": f"{moment_text(at)}:{at.second:02d}",
        "scheduled_by": scheduled.by or _("the portal"),
    }


def _moves_of(person, article):
    """``[(state, what the move is called)]``; what time has withdrawn can be published again."""
    moves = [(status, _MOVES[status]) for status in moves_of(person, article)]
    ended = article.withdraw_at is not None and article.withdraw_at <= timezone.now()
    if article.status == Article.Status.PUBLISHED and ended and can_change(person, article):
        moves.insert(0, (Article.Status.PUBLISHED, _("Publish again")))
    return moves


def _times_of(article):
    known = (
        (_("Readers see it from"), article.published_at),
        (_("Withdrawn at"), article.withdraw_at),
        (_("Embargo until"), article.embargo_until),
    )
    return [(label, moment_text(moment)) for label, moment in known if moment is not None]


@require_http_methods(["POST"])
def move(request, pk):
    article = _find(request, pk)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("There is no such state. Nothing was done."))
        return HttpResponseRedirect(address_of(article))
    status, seen = form.cleaned_data["status"], form.cleaned_data["seen_version"]
    act = publishing.update_article
    if status == Article.Status.PUBLISHED:
        act = publishing.publish_article
    else:
        act = partial(act, status=status)
    try:
        moved = act(by=request.user, article=article, seen_version=seen)
    except ArticleError as refused:
        messages.error(request, str(refused))
    else:
        said = _("It is “%(state)s” now.") % {"state": article.get_status_display()}
        messages.success(request, said if moved else _("It is so already. Nothing was done."))
    return HttpResponseRedirect(address_of(article))


@require_http_methods(["POST"])
def preview_open(request, pk):
    article = _find(request, pk)
    form = LinkForm(request.POST)
    try:
        if not form.is_valid():
            raise ArticleError(" ".join(each for errors in form.errors.values() for each in errors))
        previews.make_link(by=request.user, article=article, **form.cleaned_data)
    except ArticleError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The link is below. Whoever has it can read this."))
    return HttpResponseRedirect(f"{address_of(article)}#previews")


@require_http_methods(["POST"])
def preview_revoke(request, pk, link_pk):
    article = _find(request, pk)
    links = PreviewLink.objects.select_related("article")
    link = get_object_or_404(links, pk=link_pk, article_id=article.pk)
    if previews.revoke_link(by=request.user, link=link):
        messages.success(request, _("That link opens nothing any more."))
    return HttpResponseRedirect(f"{address_of(article)}#previews")


@require_safe
def compare(request, pk):
    """Two revisions side by side, ``?old=`` and ``?new=``: the newest two where none is named."""
    article = _find(request, pk)
    known = revisions.revisions_of(article)
    if not known:
        raise Http404("Nothing of it is kept yet.")
    new = _number(request, "new", known[0].number)
    old = _number(request, "old", max(new - 1, known[-1].number))
    try:
        found = revisions.comparison(article, old, new)
    except ObjectDoesNotExist as nothing:
        raise Http404 from nothing
    return _show(
        request,
        article,
        "compare",
        _("%(title)s: revisions %(old)s and %(new)s")
        % {"title": article.title, "old": old, "new": new},
        comparison=found,
        revisions=known,
        may_restore=can_change(request.user, article) and old != known[0].number,
    )


def _number(request, name, default):
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


@require_http_methods(["POST"])
def restore(request, pk, number):
    article, form = _find(request, pk), SeenForm(request.POST)
    seen = form.cleaned_data["seen_version"] if form.is_valid() else None
    try:
        restored = updates.restore_revision(
            by=request.user, article=article, number=number, seen_version=seen
        )
    except Revision.DoesNotExist as nothing:
        raise Http404 from nothing
    except ArticleError as refused:
        messages.error(request, str(refused))
    else:
        said = _("It says what it said in revision %(number)s again.") % {"number": number}
        messages.success(request, said if restored else _("It says that already."))
    return HttpResponseRedirect(f"{address_of(article)}#revisions")


@require_http_methods(["GET", "HEAD", "POST"])
def schedule(request, pk):
    """The words that a published article will have from a moment on."""
    article = _find(request, pk)
    require(can_change(request.user, article), _ONLY)
    form = UpdateForm(request.POST or None, instance=article)
    if request.method == "POST" and form.is_valid():
        try:
            made = updates.schedule_update(by=request.user, article=article, **form.changes())
        except ArticleError as refused:
            form.add_error(None, forms.ValidationError(str(refused)))
        else:
            messages.success(
                request,
                _("Readers see it from %(moment)s.")
                % {"moment": moment_text(made.takes_effect_at)},
            )
            return HttpResponseRedirect(address_of(article))
    return _show(
        request,
        article,
        "schedule",
        _("%(title)s: a later text") % {"title": article.title},
        form=form,
    )


@require_http_methods(["POST"])
def unschedule(request, pk):
    article = _find(request, pk)
    if updates.drop_update(by=request.user, article=article):
        messages.success(request, _("The update is taken back."))
    else:
        messages.warning(request, _("There was none, or it has taken effect already."))
    return HttpResponseRedirect(address_of(article))
