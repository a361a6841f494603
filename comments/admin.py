"""The moderators' desk in the Django admin. Every act goes through ``comments.moderation``."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import directory
from comments import discussions, markup, moderation, sanctions
from comments.filters import ArticleFilter, AuthorFilter
from comments.forms import ActForm, ReasonForm, SuspensionForm
from comments.models import Comment, Discussion, ModerationEntry
from comments.permissions import WROTE_IT, beats_of, can_close, can_moderate, may_judge, require
from comments.sentences import CLOSE, HIDE, REOPEN, RESTORE, counted, too_many

# Words of a comment in the list: enough to judge most, short enough for fifty rows.
EXCERPT_LENGTH = 140
# Enough of a title to know which article it is.
TITLE_LENGTH = 40
# Comments around the one that is judged; the rest of a huge branch is a click away.
BRANCH_SIZE = 200
LOG_SIZE = 50
# Deeper comments of a branch are indented no further: the stylesheet has as many steps.
DEEPEST_INDENT = 8
# Above the comment that is judged, the nearest ones: a chain may have thousands.
SHOWN_ANCESTORS = 20
# One transaction holds the rows of all that are moved, so readers who reply there wait for it.
MOST_AT_ONCE = 1_000
# Before a bulk act the first ones are named; the number says how many there are.
NAMED_IN_QUESTION = 20


class ReadOnlyAdmin(admin.ModelAdmin):
    """What is shown here is changed by acts, not by editing a row's fields."""

    show_full_result_count = False
    list_per_page = 50
    view_right = ""

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm(self.view_right)

    def has_change_permission(self, request, obj=None):
        return False

    def page(self, request, template, title, **context):
        """One of our own pages, in the admin's frame."""
        context |= self.admin_site.each_context(request)
        context |= {"title": title, "opts": self.model._meta}
        return TemplateResponse(request, template, context)

    def ask_reason(self, request, queryset, *, action, act):
        """``(reason, None)`` once it is said, before that ``(None, page)``.

        The page stands between a bulk action and its act: how many, the first ones, and why.
        What was chosen "across all pages" stays chosen that way: it is the list's own filter.
        """
        count = queryset.count()
        if count > MOST_AT_ONCE:
            self.message_user(request, too_many(count, MOST_AT_ONCE), messages.WARNING)
            return None, HttpResponseRedirect(request.get_full_path())
        form = ReasonForm(request.POST if "confirmed" in request.POST else None)
        if form.is_bound and form.is_valid():
            return form.reason(), None
        across = request.POST.get("select_across") == "1"
        page = self.page(
            request,
            "admin/comments/ask_reason.html",
            counted(act.question, count),
            form=form,
            action=action,
            button=counted(act.button, count),
            count=count,
            across=across,
            named=[str(item) for item in queryset[:NAMED_IN_QUESTION]],
            unnamed=max(0, count - NAMED_IN_QUESTION),
            chosen=list(queryset.values_list("pk", flat=True)[: 1 if across else count]),
        )
        return None, page


@admin.register(Comment)
class CommentAdmin(ReadOnlyAdmin):
    view_right = "comments.view_comment"
    list_display = ("words", "author_link", "on", "state", "posted_at")
    list_display_links = ("words",)
    list_filter = ("state", "is_imported", "posted_at", AuthorFilter, ArticleFilter)
    list_select_related = ("author", "discussion")
    search_fields = ("text", "author__handle", "author__real_name", "discussion__title")
    search_help_text = gettext_lazy("Words of the comment, the author or the article's title")
    ordering = ("-id",)
    actions = ("hide_chosen", "restore_chosen")

    def get_queryset(self, request):
        return _of_their_beats(request.user, Comment.objects.order_by(), "discussion__area")

    @admin.display(description=gettext_lazy("comment"), ordering="-id")
    def words(self, comment):
        return markup.excerpt(comment.html, EXCERPT_LENGTH) or _("(no words)")

    @admin.display(description=gettext_lazy("author"), ordering="author__handle")
    def author_link(self, comment):
        url = reverse("admin:comments_comment_changelist")
        return format_html('<a href="{}?by={}">{}</a>', url, comment.author.handle, comment.author)

    @admin.display(description=gettext_lazy("article"))
    def on(self, comment):
        title = Truncator(comment.discussion.title).chars(TITLE_LENGTH)
        return format_html(
            '<a href="{}">{}</a>, {}', comment.get_absolute_url(), title, comment.number
        )

    def get_actions(self, request):
        return super().get_actions(request) if can_moderate(request.user) else {}

    @admin.action(description=gettext_lazy("Hide the chosen comments, with a reason"))
    def hide_chosen(self, request, queryset):
        return self._move_chosen(request, queryset, "hide_chosen", HIDE, moderation.hide_all)

    @admin.action(description=gettext_lazy("Restore the chosen comments, with a reason"))
    def restore_chosen(self, request, queryset):
        return self._move_chosen(
            request, queryset, "restore_chosen", RESTORE, moderation.restore_all
        )

    def _move_chosen(self, request, queryset, action, act, move):
        reason, page = self.ask_reason(
            request, queryset.select_related("author"), action=action, act=act
        )
        if page is not None:
            return page
        comments = list(queryset.select_related("discussion"))
        moved = move(by=request.user, comments=comments, reason=reason).comments
        self.message_user(request, counted(act.done, len(moved)), messages.SUCCESS)
        return None

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One comment in its branch, with its log, and the act that can be done to it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        comment = self._comment(request.user, object_id)
        hides = comment.is_visible
        form = ActForm(request.POST or None, initial={"revision": comment.revision})
        if request.method == "POST" and form.is_valid():
            move = moderation.hide if hides else moderation.restore
            try:
                moved = move(
                    by=request.user,
                    comment=comment,
                    reason=form.reason(),
                    seen_revision=form.cleaned_data["revision"],
                )
            except moderation.SeenOlderError:
                self.message_user(
                    request,
                    _(
                        "The comment was changed after you opened this page. Nothing was done; "
                        "look at it again."
                    ),
                    messages.WARNING,
                )
            else:
                self._say(request, moved, HIDE if hides else RESTORE)
            return HttpResponseRedirect(request.path)
        return self._show_comment(request, comment, form, hides)

    def _comment(self, person, object_id):
        try:
            comment = discussions.comment_of(int(object_id))
        except (ValueError, OverflowError, Comment.DoesNotExist) as nothing:
            raise Http404 from nothing
        beats = _beats(person)
        if beats is not None and comment.discussion.area not in beats:
            raise Http404
        return comment

    def _say(self, request, moved, act):
        if moved:
            self.message_user(request, act.done_to_one, messages.SUCCESS)
        else:
            self.message_user(request, _("There was nothing to do."), messages.WARNING)

    def _show_comment(self, request, comment, form, hides):
        root_place = Comment.objects.filter(tree_id=comment.tree_id)
        branch = root_place.select_related("author").order_by("lft")
        near = list(branch.filter(lft__gte=comment.lft)[: BRANCH_SIZE // 2])
        above = Comment.objects.above(comment, nearest=SHOWN_ANCESTORS).select_related("author")
        log = comment.log.select_related("by").order_by("-id")[:LOG_SIZE]
        rows = [_shown_in_branch(each, comment) for each in [*above, *near]]
        return self.page(
            request,
            "admin/comments/comment/moderate.html",
            _("Comment %(number)s by %(author)s")
            % {"number": comment.number, "author": comment.author},
            comment=comment,
            shown=rows,
            log=log,
            form=form,
            hides=hides,
            verb=(HIDE if hides else RESTORE).verb,
            heading=_("Hide this comment") if hides else _("Restore this comment"),
            refusal="" if may_judge(request.user, comment.author_id) else _(WROTE_IT),
            may_act=can_moderate(request.user, comment.discussion.area)
            and may_judge(request.user, comment.author_id)
            and comment.state not in (Comment.State.WITHDRAWN, Comment.State.HELD),
            waits=comment.state == Comment.State.HELD and can_moderate(request.user),
            may_suspend=request.user.has_perm("accounts.suspend_user"),
            author=comment.author,
        )


def _beats(person):
    """The parts of the site that a moderator sees here, or None for all; editors see all."""
    return beats_of(person) if can_moderate(person) else None


def _of_their_beats(person, rows, area):
    beats = _beats(person)
    return rows if beats is None else rows.filter(**{f"{area}__in": beats})


def _shown_in_branch(each, comment):
    """(comment, classes of its box, what became of it or "")."""
    classes = [f"level-{min(each.level, DEEPEST_INDENT)}"]
    if each.pk == comment.pk:
        classes.append("is-this")
    if not each.is_visible:
        classes.append("is-gone")
    return each, " ".join(classes), "" if each.is_visible else each.get_state_display()


@admin.register(Discussion)
class DiscussionAdmin(ReadOnlyAdmin):
    view_right = "comments.view_discussion"
    list_display = ("title", "state", "comment_count", "last_posted_at")
    list_filter = ("state",)
    search_fields = ("title",)
    ordering = ("-id",)
    actions = ("close_chosen", "reopen_chosen")
    fields = ("title", "state", "closed_reason", "comment_count", "last_posted_at")

    def get_queryset(self, request):
        """Those of pages that can or could be read: an unpublished title is the newsroom's."""
        found = super().get_queryset(request)
        return found.exclude(readable_from__isnull=True, top_level_count=0)

    def get_list_display(self, request):
        """With a link to the pace of those that the reader looks after, nobody else's."""
        person = request.user
        beats = beats_of(person) if can_moderate(person) else frozenset()

        @admin.display(description=gettext_lazy("on the site"))
        def on_site(discussion):
            read = format_html('<a href="{}">{}</a>', discussion.url, _("Read"))
            if beats is not None and discussion.area not in beats:
                return read
            pace = reverse("desk-discussion", args=[discussion.pk])
            return format_html('{} · <a href="{}">{}</a>', read, pace, _("Pace"))

        return (*self.list_display, on_site)

    def get_actions(self, request):
        return super().get_actions(request) if can_close(request.user) else {}

    @admin.action(description=gettext_lazy("Close the chosen discussions, with a reason"))
    def close_chosen(self, request, queryset):
        return self._turn_chosen(request, queryset, "close_chosen", CLOSE, moderation.close)

    @admin.action(description=gettext_lazy("Reopen the chosen discussions, with a reason"))
    def reopen_chosen(self, request, queryset):
        return self._turn_chosen(request, queryset, "reopen_chosen", REOPEN, moderation.reopen)

    def _turn_chosen(self, request, queryset, action, act, turn):
        reason, page = self.ask_reason(request, queryset, action=action, act=act)
        if page is not None:
            return page
        turned = [turn(by=request.user, discussion=each, reason=reason) for each in queryset]
        count = sum(bool(each) for each in turned)
        self.message_user(request, counted(act.done, count), messages.SUCCESS)
        return None


@admin.register(ModerationEntry)
class ModerationEntryAdmin(ReadOnlyAdmin):
    view_right = "comments.view_moderationentry"
    list_display = ("at", "by", "act", "upon", "reason")
    list_filter = ("act", "at")
    list_select_related = ("by", "comment", "discussion", "person")
    search_fields = ("reason", "by__handle", "person__handle", "discussion__title")
    ordering = ("-id",)

    def get_queryset(self, request):
        """Who looks after parts of the site reads of those parts, as in the table of the log."""
        return _of_their_beats(request.user, super().get_queryset(request), "area")

    @admin.display(description=gettext_lazy("upon"))
    def upon(self, entry):
        if entry.comment_id is not None:
            url = reverse("admin:comments_comment_change", args=[entry.comment_id])
            named = _("comment %(number)s") % {"number": entry.comment.number}
            return format_html('<a href="{}">{}</a>', url, named)
        return str(entry.person or entry.discussion or "")

    def get_urls(self):
        suspend = self.admin_site.admin_view(self.suspend_view)
        return [
            path("suspend/<int:person_pk>/", suspend, name="comments_suspend"),
            *super().get_urls(),
        ]

    def suspend_view(self, request, person_pk):
        """Suspends a person until a day, or lets them post again."""
        require(request.user.has_perm("accounts.suspend_user"), _("Only moderators can do this."))
        person = self._person(person_pk)
        lifts = person.is_suspended()
        if request.method == "POST" and (request.POST.get("act") == "lift") is not lifts:
            # Sent twice, or somebody else was quicker: what was meant is done already.
            self.message_user(request, _("That was done already."), messages.WARNING)
            return HttpResponseRedirect(request.path)
        form = (ReasonForm if lifts else SuspensionForm)(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                self._suspend_or_lift(request, person, form, lifts)
            except ValueError as refused:
                form.add_error(None, forms.ValidationError(str(refused)))
            else:
                return HttpResponseRedirect(request.path)
        entries = ModerationEntry.objects.filter(person=person).select_related("by")
        return self.page(
            request,
            "admin/comments/suspend.html",
            (_("Lift the suspension of %(person)s") if lifts else _("Suspend %(person)s"))
            % {"person": person},
            form=form,
            person=person,
            lifts=lifts,
            log=entries.order_by("-id")[:LOG_SIZE],
        )

    def _person(self, pk):
        try:
            return directory.find_person(f"~{pk}")
        except ObjectDoesNotExist as nothing:
            raise Http404 from nothing

    def _suspend_or_lift(self, request, person, form, lifts):
        if lifts:
            sanctions.lift_suspension(by=request.user, person=person, reason=form.reason())
            said = _("%(person)s can post again.") % {"person": person}
        else:
            until = form.cleaned_data["until"]
            sanctions.suspend(by=request.user, person=person, until=until, reason=form.reason())
            said = _("%(person)s is suspended.") % {"person": person}
        self.message_user(request, said, messages.SUCCESS)
