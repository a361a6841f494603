"""The newsroom's desk: articles and sections in the admin.

Everything is saved through ``articles.publishing``. Nothing is deleted here: an article is
withdrawn, so that its discussion and its address stay.
"""

from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelect
from django.db import connection

from articles import publishing
from articles.forms import ArticleForm
from articles.models import Article, Byline, Section

# No article has more, and a forged form that asks for thousands is not built.
MOST_AUTHORS = 20


class BylineInline(admin.TabularInline):
    model = Byline
    fields = ("person", "position")
    extra = 1
    max_num = MOST_AUTHORS
    verbose_name_plural = "byline"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, absolute_max=MOST_AUTHORS, **kwargs)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        # ``autocomplete_fields`` would ask the people's admin for search fields that are the
        # same for everybody, and there are none.
        if db_field.name == "person":
            kwargs["widget"] = AutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Article)
class ArticleAdmin(admin.ModelAdmin):
    form = ArticleForm
    inlines = (BylineInline,)
    list_display = ("title", "section", "status", "published_at", "comment_count")
    list_filter = ("status", "section", "published_at")
    list_select_related = ("section", "discussion")
    search_fields = ("title", "lead", "slug", "bylines__person__handle")
    ordering = ("-id",)
    list_per_page = 50
    show_full_result_count = False
    actions = ("publish_chosen", "withdraw_chosen")
    save_on_top = True
    fields = (
        "title", "section", "lead", "body", "credits",
        "status", "published_at", "slug", "seen_version",
    )  # fmt: skip

    @admin.display(description="comments", ordering="discussion__comment_count")
    def comment_count(self, article):
        return article.discussion.comment_count

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """Locks the article while it is saved, so that of two editors one hears of the other."""
        article = super().get_object(request, object_id, from_field)
        if article is not None and request.method == "POST" and connection.in_atomic_block:
            article.refresh_from_db(
                from_queryset=Article.objects.select_for_update(of=("self",), no_key=True)
            )
        return article

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored; it may differ from what the form made of it."""
        if change:
            stored = Article.objects.get(pk=obj.pk)
            publishing.update_article(by=request.user, article=stored, **form.changes())
        else:
            stored = publishing.create_article(by=request.user, **form.changes())
        obj.__dict__.update(stored.__dict__)

    def save_formset(self, request, form, formset, change):
        """The byline is one ordered list, so it is written as one, not row by row."""
        formset.save(commit=False)
        lines = [
            (line.cleaned_data["position"] or 0, number, line.cleaned_data["person"])
            for number, line in enumerate(formset.forms)
            if line.cleaned_data.get("person") and not line.cleaned_data.get("DELETE")
        ]
        authors = [person for _, _, person in sorted(lines, key=lambda line: line[:2])]
        publishing.update_article(by=request.user, article=form.instance, authors=authors)

    @admin.action(description="Publish the chosen articles", permissions=["change"])
    def publish_chosen(self, request, queryset):
        self._act(request, queryset, publishing.publish_article, "published")

    @admin.action(description="Withdraw the chosen articles", permissions=["change"])
    def withdraw_chosen(self, request, queryset):
        self._act(request, queryset, publishing.withdraw_article, "withdrawn")

    def _act(self, request, queryset, act, done):
        changed = [act(by=request.user, article=article) for article in queryset.order_by("pk")]
        message = f"{sum(changed)} of {len(changed)} articles {done}; the others were so already."
        self.message_user(request, message, messages.SUCCESS)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ("name", "slug", "position", "description")
    list_editable = ("position",)
    search_fields = ("name",)
    prepopulated_fields = {"slug": ("name",)}  # noqa: RUF012  CONFIG: the admin's own convention

    def has_delete_permission(self, request, obj=None):
        # A section with articles cannot go, and an empty one does no harm.
        return False
