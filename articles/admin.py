"""The newsroom's desk: articles and sections in the admin.

Everything is saved through ``articles.publishing``. Nothing is deleted here: an article is
withdrawn, so that its discussion and its address stay.
"""

from functools import wraps

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.urls import path
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import (
    drafting,
    editions,
    pictures,
    publishing,
    sections,
    series_desk,
    stories,
    tagging,
    text_desk,
    translating,
    writing_desk,
)
from articles.byline_desk import BylineInline, maker_in
from articles.correction_desk import CorrectionAdmin
from articles.desk_forms import SectionForm
from articles.forms import ArticleForm
from articles.front_desk import BannerAdmin, FrontArrangementAdmin
from articles.models import Article, Picture, Remit, Section
from articles.permissions import CHANGES, can_arrange, can_change, can_publish_anywhere, level_in
from articles.picture_desk import PictureAdmin, render_thumbnail
from articles.redirect_desk import RedirectAdmin
from articles.refusing import RefusableAdmin

# What registers itself there is part of this desk.
__all__ = [
    "ArticleAdmin",
    "BannerAdmin",
    "CorrectionAdmin",
    "FrontArrangementAdmin",
    "RedirectAdmin",
    "RemitAdmin",
    "SectionAdmin",
]


@admin.register(Article)
class ArticleAdmin(RefusableAdmin):
    form = ArticleForm
    inlines = (BylineInline, *series_desk.INLINES)
    list_display = ("title", "section", "status", "published_at", "comment_count")
    list_filter = ("status", "section", "published_at")
    list_select_related = ("section", "discussion")
    search_fields = (
        "title", "lead", "slug", "bylines__person__handle", "bylines__guest__name",
    )  # fmt: skip
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("publish_chosen", "withdraw_chosen")
    save_on_top = True
    autocomplete_fields = ("lead_picture", "translation_of")
    readonly_fields = ("lead_picture_shown",)
    fields = (
        "title", "section", "lead", "lead_picture", "lead_picture_shown", "body", "credits", "why",
        "tags", "status", "published_at", "withdraw_at", "embargo_until", "slug",
        "translation_of", "seen_version", "rich", "written",
    )  # fmt: skip

    @admin.display(description=gettext_lazy("comments"), ordering="discussion__comment_count")
    def comment_count(self, article):
        return article.discussion.comment_count

    @admin.display(description=gettext_lazy("as saved"))
    def lead_picture_shown(self, article):
        chosen = pictures.shown(article.lead_picture_id) if article.lead_picture_id else None
        return render_thumbnail(chosen) if chosen else _("No picture.")

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        """Whether they may change its words: that goes by its section and by its state.

        Who opens what somebody else has open reads it, until they take it over.
        """
        if not super().has_change_permission(request, obj):
            return False
        if obj is None:
            return True
        is_open_elsewhere = request.method == "GET" and getattr(request, "holder", None)
        return not is_open_elsewhere and can_change(request.user, obj)

    def get_fields(self, request, obj=None):
        if obj is None or self.has_change_permission(request, obj):
            return [
                name for name in self.fields
                if name != "translation_of" or editions.has_editions()
            ]  # fmt: skip
        # Not a form, so there is no field in which its text stands.
        return (
            "title",
            "section",
            "lead",
            "lead_picture_shown",
            "words",
            "status",
            "published_at",
            "withdraw_at",
        )

    def get_readonly_fields(self, request, obj=None):
        shown = super().get_readonly_fields(request, obj)
        is_form = obj is None or self.has_change_permission(request, obj)
        return shown if is_form else (*shown, "words")

    @admin.display(description=gettext_lazy("text"))
    def words(self, article):
        return mark_safe(article.html)  # made by articles.markup alone

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.person = request.user
        form.copy = getattr(request, "copy", None)
        return form

    def get_list_filter(self, request):
        return (*self.list_filter, *(["language"] if editions.has_editions() else []))

    def get_urls(self):
        """The pages of one article at the desk, behind the admin's own check."""

        def guarded(view):
            @wraps(view)
            def at_desk(request, *args, **kwargs):
                request.current_admin_site = self.admin_site
                return view(request, *args, **kwargs)

            return self.admin_site.admin_view(at_desk)

        pages = (
            ("desk", text_desk.desk, "article-desk"),
            ("move", text_desk.move, "article-move"),
            ("compare", text_desk.compare, "article-compare"),
            ("restore/<int:number>", text_desk.restore, "article-restore"),
            ("schedule", text_desk.schedule, "article-schedule"),
            ("unschedule", text_desk.unschedule, "article-unschedule"),
            ("previews", text_desk.preview_open, "article-preview-open"),
            ("previews/<int:link_pk>", text_desk.preview_revoke, "article-preview-revoke"),
            ("keep", writing_desk.keep, "article-keep"),
            ("drop", writing_desk.drop, "article-drop"),
            ("take-over", writing_desk.take_over, "article-take-over"),
        )
        mine = [path(f"<int:pk>/{end}/", guarded(view), name=name) for end, view, name in pages]
        new = [
            path("keep/", guarded(writing_desk.keep), name="article-keep-new"),
            path("drop/", guarded(writing_desk.drop), name="article-drop-new"),
        ]
        return mine + new + super().get_urls()

    def add_view(self, request, form_url="", extra_context=None):
        writing_desk.begin(request)
        context = writing_desk.context_of(request) | (extra_context or {})
        response = super().add_view(request, form_url, context)
        return self._keep_refused(request, None, response)

    def change_view(self, request, object_id, form_url="", extra_context=None):
        article = self._find(object_id)
        if article is None:
            return super().change_view(request, object_id, form_url, extra_context)
        writing_desk.begin(request, article)
        context = {
            "desk_url": text_desk.address_of(article),
            **writing_desk.context_of(request, article),
            **(extra_context or {}),
        }
        response = super().change_view(request, object_id, form_url, context)
        return self._keep_refused(request, article, response)

    def _find(self, object_id):
        pk = object_id if object_id.isascii() and object_id.isdigit() else 0
        return Article.objects.select_related("section").filter(pk=pk).first()

    def _keep_refused(self, request, article, response):
        """A save that was refused shows its form again, and what is in it is kept as well."""
        if request.method == "POST" and response.status_code == 200:
            writing_desk.keep_refused(request, article)
        return response

    def form_after_refusal(self, request, object_id):
        """The form with what was typed into it."""
        writing_desk.keep_refused(request, object_id and self._find(object_id))
        return f"{request.path}?{writing_desk.TAKE_UP}=1"

    def get_object(self, request, object_id, from_field=None):
        """Locks the article while it is saved, so that of two editors one hears of the other."""
        article = super().get_object(request, object_id, from_field)
        if article is not None and stories.is_update_due(article):
            # What readers see is what is changed.
            publishing.settle_update(article)
            article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST" and connection.in_atomic_block:
            article.refresh_from_db(
                from_queryset=Article.objects.select_for_update(of=("self",), no_key=True)
            )
        return article

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored; it may differ from what the form made of it."""
        changes = form.changes()
        # What is handed in is the desk's, so its byline is written before: see ``save_related``.
        level = level_in(request.user, changes["section"].pk)
        form.moves_to = changes["status"] if level < CHANGES[changes["status"]] else None
        if form.moves_to:
            changes["status"] = form.initial.get("status", Article.Status.DRAFT)
        if change:
            stored = Article.objects.get(pk=obj.pk)
            if not self._keeps_original(form, stored):
                # Before it may move to the section of what it was a translation of.
                translating.set_original(by=request.user, article=stored, original=None)
            publishing.update_article(by=request.user, article=stored, **changes)
        else:
            stored = publishing.create_article(by=request.user, **changes)
        if "translation_of" in form.fields:
            original = form.cleaned_data["translation_of"]
            translating.set_original(by=request.user, article=stored, original=original)
        tagging.tag_article(by=request.user, article=stored, names=form.cleaned_data["tags"])
        obj.__dict__.update(stored.__dict__)

    def _keeps_original(self, form, stored):
        """Whether ``stored`` stays a translation of what it is one of."""
        if stored.translation_of_id is None or "translation_of" not in form.fields:
            return True
        said = translating.first_original(form.cleaned_data["translation_of"])
        return said is not None and said.pk == stored.translation_of_id

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if form.moves_to:
            publishing.update_article(by=request.user, article=form.instance, status=form.moves_to)
        if change:
            drafting.close_form(by=request.user, article=form.instance)
        else:
            drafting.drop_copy(by=request.user)

    def save_formset(self, request, form, formset, change):
        """The byline is one ordered list, so it is written as one, not row by row."""
        if series_desk.save_lines(request, form.instance, formset):
            return
        formset.save(commit=False)
        lines = [
            (line.cleaned_data["position"] or 0, number, maker_in(line.cleaned_data))
            for number, line in enumerate(formset.forms)
            if maker_in(line.cleaned_data) and not line.cleaned_data.get("DELETE")
        ]
        authors = [maker for _, _, maker in sorted(lines, key=lambda line: line[:2])]
        publishing.update_article(by=request.user, article=form.instance, authors=authors)

    @admin.action(description=gettext_lazy("Publish the chosen articles"), permissions=["change"])
    def publish_chosen(self, request, queryset):
        done = _("%(changed)s of %(chosen)s articles published; the others were so already.")
        self._act(request, queryset, publishing.publish_article, done)

    @admin.action(description=gettext_lazy("Withdraw the chosen articles"), permissions=["change"])
    def withdraw_chosen(self, request, queryset):
        done = _("%(changed)s of %(chosen)s articles withdrawn; the others were so already.")
        self._act(request, queryset, publishing.withdraw_article, done)

    def get_actions(self, request):
        actions = super().get_actions(request)
        if can_publish_anywhere(request.user):
            return actions
        mine = ("publish_chosen", "withdraw_chosen")
        return {name: action for name, action in actions.items() if name not in mine}

    def _act(self, request, queryset, act, done):
        """Each by itself: what is refused is named, and keeps no other from being done."""
        changed, refused = [], []
        for article in queryset.order_by("pk"):
            try:
                changed.append(act(by=request.user, article=article))
            except (PermissionDenied, publishing.ArticleError) as error:
                refused.append(f"{article.title}: {error}")
        message = done % {"changed": sum(changed), "chosen": len(changed)}
        if changed:
            self.message_user(request, message, messages.SUCCESS)
        for words in refused:
            self.message_user(request, words, messages.ERROR)


admin.site.register(Picture, PictureAdmin)


@admin.register(Section)
class SectionAdmin(RefusableAdmin):
    form = SectionForm
    list_display = ("name", "slug", "position", "description")
    list_editable = ("position",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012  CONFIG: the admin's own convention

    def get_list_display(self, request):
        return (*self.list_display, *(["language"] if editions.has_editions() else []))

    def get_fields(self, request, obj=None):
        names = super().get_fields(request, obj)
        return [name for name in names if name != "language" or editions.has_editions()]

    def has_add_permission(self, request):
        return super().has_add_permission(request) and can_arrange(request.user)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and can_arrange(request.user)

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored."""
        names = ("name", "slug", "position", "description", "language")
        said = {name: getattr(obj, name) for name in names}
        if change:
            stored = Section.objects.get(pk=obj.pk)
            sections.update_section(by=request.user, section=stored, **said)
        else:
            stored = sections.arrange_section(by=request.user, **said)
        obj.__dict__.update(stored.__dict__)

    def has_delete_permission(self, request, obj=None):
        # A section with articles cannot go, and an empty one does no harm.
        return False


@admin.register(Remit)
class RemitAdmin(admin.ModelAdmin):
    """Who may do what in which section; administrators alone hand it out."""

    list_display = ("person", "section", "level")
    list_filter = ("section", "level")
    list_select_related = ("person", "section")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "person":
            kwargs["widget"] = AutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def delete_model(self, request, obj):
        super().delete_model(request, obj)
        if not Remit.objects.filter(person_id=obj.person_id).exists():
            self.message_user(
                request,
                _("%(person)s may do what their role may, in every section from now on.")
                % {"person": obj.person},
                messages.WARNING,
            )

    def delete_queryset(self, request, queryset):
        # One by one, so that it is said of each whose last one it was.
        for remit in queryset:
            self.delete_model(request, remit)
