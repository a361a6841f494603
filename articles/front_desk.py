"""The front page and the banner in the Django admin. ``arranging`` and ``banners`` write."""

from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from articles import arranging, banners, editions
from articles.desk_forms import ArrangementForm, BannerForm, RowFormSet
from articles.front import MOST_ROWS
from articles.models import Banner, FrontArrangement, FrontRow
from articles.permissions import can_arrange
from articles.publishing import ArticleError
from articles.refusing import RefusableAdmin


class EditorsAdmin(RefusableAdmin):
    """For those who publish in every section. Nothing is deleted."""

    list_per_page = 50
    show_full_result_count = False

    def has_module_permission(self, request):
        return can_arrange(request.user)

    has_add_permission = has_module_permission

    def has_view_permission(self, request, obj=None):
        return can_arrange(request.user)

    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def _acts(self, **views):
        """Addresses that a button of the list posts to, each with one act behind it."""
        name = self.opts.model_name
        return [
            path(
                f"act/{act}/",
                self.admin_site.admin_view(require_POST(view)),
                name=f"articles_{name}_{act}",
            )
            for act, view in views.items()
        ]

    def _back(self, request, done, words):
        level = messages.SUCCESS if done else messages.INFO
        self.message_user(request, words if done else _("There was nothing to do."), level)
        return HttpResponseRedirect(reverse(f"admin:articles_{self.opts.model_name}_changelist"))


class RowInline(admin.StackedInline):
    model = FrontRow
    formset = RowFormSet
    # A table of nine columns would be wider than the desk.
    fields = (
        ("position", "place", "heading"),
        ("article", "starts", "until"),
        ("rule", "section", "count"),
    )
    autocomplete_fields = ("article",)
    extra = 2
    max_num = MOST_ROWS

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(request, obj, absolute_max=MOST_ROWS, **kwargs)

    def has_view_permission(self, request, obj=None):
        return can_arrange(request.user)

    def has_change_permission(self, request, obj=None):
        return _is_open(obj) and can_arrange(request.user)

    def has_add_permission(self, request, obj=None):
        return self.has_change_permission(request, obj)

    has_delete_permission = has_change_permission


def _with_edition(names):
    """``names`` of fields or columns, and that of the edition where there are several."""
    return (*names, "language") if editions.has_editions() else names


def _edition_of(request):
    """The language of the edition that a button is for; the site's where it names none."""
    language = request.POST.get("language", "")
    if language and language not in dict(editions.choices()):
        raise Http404
    return language


def _is_open(arrangement):
    return arrangement is None or arrangement.state == FrontArrangement.State.DRAFT


@admin.register(FrontArrangement)
class FrontArrangementAdmin(EditorsAdmin):
    form = ArrangementForm
    inlines = (RowInline,)
    fields = ("name", "seen_version")
    list_display = ("name", "state", "made_by", "made_at", "live_by", "live_at", "ended_at")
    list_filter = ("state",)
    list_select_related = ("made_by", "live_by")
    ordering = ("-id",)

    def get_urls(self):
        acts = self._acts(begin=self.begin_view, restore=self.restore_view, clear=self.clear_view)
        return [*acts, *super().get_urls()]

    def has_change_permission(self, request, obj=None):
        return _is_open(obj) and can_arrange(request.user)

    def get_fields(self, request, obj=None):
        if not _is_open(obj):
            return ("name", "live_by", "live_at", "ended_at")
        # Whose front page it is, is said once.
        return _with_edition(self.fields) if obj is None else self.fields

    def get_list_display(self, request):
        return _with_edition(self.list_display)

    def changelist_view(self, request, extra_context=None):
        told = {
            "fronts": [
                {
                    "language": language,
                    "edition": name if editions.has_editions() else "",
                    "live": arranging.live_arrangement(language),
                    "former": arranging.former_arrangement(language),
                }
                for language, name in editions.choices()
            ]
        }
        return super().changelist_view(request, told | (extra_context or {}))

    def view_on_site(self, obj):
        return reverse("front-preview", args=[obj.pk])

    def save_model(self, request, obj, form, change):
        if not change:
            stored = arranging.begin_arrangement(
                by=request.user,
                name=form.cleaned_data["name"],
                language=form.cleaned_data["language"],
            )
            obj.__dict__.update(stored.__dict__)

    def save_formset(self, request, form, formset, change):
        """The rows are one ordered list, so they are written as one."""
        formset.save(commit=False)
        arranging.set_rows(
            by=request.user,
            arrangement=form.instance,
            rows=formset.rows(),
            name=form.cleaned_data["name"],
            seen_version=form.cleaned_data["seen_version"] if change else None,
        )

    def response_add(self, request, obj, post_url_continue=None):
        return self._to_preview(request, obj) or super().response_add(request, obj)

    def response_change(self, request, obj):
        return self._to_preview(request, obj) or super().response_change(request, obj)

    def _to_preview(self, request, obj):
        if "_preview" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("front-preview", args=[obj.pk]))

    def begin_view(self, request):
        """A draft with the rows of the live one, to be changed."""
        language = _edition_of(request)
        live = arranging.live_arrangement(language)
        name = live.name if live is not None else _("Front page")
        draft = arranging.begin_arrangement(by=request.user, name=name, of=live, language=language)
        return HttpResponseRedirect(
            reverse("admin:articles_frontarrangement_change", args=[draft.pk])
        )

    def restore_view(self, request):
        """Puts the one back that was live before."""
        former = arranging.former_arrangement(_edition_of(request))
        try:
            done = former is not None and arranging.put_live(by=request.user, arrangement=former)
        except ArticleError as refused:
            self.message_user(request, str(refused), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:articles_frontarrangement_changelist"))
        return self._back(request, done, _("The former front page is live again."))

    def clear_view(self, request):
        done = arranging.clear_front(by=request.user, language=_edition_of(request))
        return self._back(request, done, _("The front page is as it comes: nothing is arranged."))


@admin.register(Banner)
class BannerAdmin(EditorsAdmin):
    form = BannerForm
    fields = ("text", "article", "starts", "until")
    list_display = ("text", "starts", "until", "put_up_by", "taken_down_at", "taken_down_by")
    list_select_related = ("put_up_by", "taken_down_by")
    autocomplete_fields = ("article",)
    ordering = ("-starts", "-id")
    actions = ("take_down_chosen",)

    def get_urls(self):
        return [*self._acts(down=self.down_view), *super().get_urls()]

    def get_fields(self, request, obj=None):
        return _with_edition(self.fields)

    def get_list_display(self, request):
        return _with_edition(self.list_display)

    def has_change_permission(self, request, obj=None):
        # Readers have read it: another one is put up.
        return obj is None and can_arrange(request.user)

    def changelist_view(self, request, extra_context=None):
        up = banners.banners_up()
        # Of each edition the one that its readers see.
        seen = {each.language if editions.has_editions() else "": each for each in reversed(up)}
        told = {"up": [(name and editions.name_of(name), each) for name, each in seen.items()]}
        return super().changelist_view(request, told | (extra_context or {}))

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored."""
        said = {name: form.cleaned_data[name] for name in (*self.fields, "language")}
        stored = banners.put_up_banner(by=request.user, **said)
        obj.__dict__.update(stored.__dict__)

    def down_view(self, request):
        done = banners.take_down_banners(by=request.user)
        return self._back(request, done, _("The banner is taken down."))

    @admin.action(description=gettext_lazy("Take the chosen banners down"), permissions=["change"])
    def take_down_chosen(self, request, queryset):
        done = [banners.take_down_banner(by=request.user, banner=each) for each in queryset]
        message = _("Taken down: %(changed)s of %(chosen)s; the others were so already.") % {
            "changed": sum(done),
            "chosen": len(done),
        }
        self.message_user(request, message, messages.SUCCESS)
