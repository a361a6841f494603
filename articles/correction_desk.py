"""Corrections in the Django admin: published here, and withdrawn, never changed or deleted."""

from django.contrib import admin, messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import corrections
from articles.desk_forms import CorrectionForm
from articles.models import Correction
from articles.permissions import can_publish_anywhere
from articles.refusing import RefusableAdmin


@admin.register(Correction)
class CorrectionAdmin(RefusableAdmin):
    form = CorrectionForm
    fields = ("article", "kind", "text", "at")
    list_display = ("__str__", "article", "at", "made_by", "withdrawn_at")
    list_filter = ("kind", "at")
    list_select_related = ("article", "made_by")
    search_fields = ("text", "article__title")
    autocomplete_fields = ("article",)
    ordering = ("-at", "-id")
    list_per_page = 50
    show_full_result_count = False
    actions = ("withdraw_chosen",)

    def has_module_permission(self, request):
        return can_publish_anywhere(request.user)

    has_add_permission = has_module_permission

    def has_view_permission(self, request, obj=None):
        return can_publish_anywhere(request.user)

    def has_change_permission(self, request, obj=None):
        # Readers have read it: another one is published, and this one may be withdrawn.
        return obj is None and can_publish_anywhere(request.user)

    def has_delete_permission(self, request, obj=None):
        return False

    def get_fields(self, request, obj=None):
        told = ("made_by", "withdrawn_at", "withdrawn_by") if obj is not None else ()
        return (*self.fields, *told)

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored."""
        said = {name: form.cleaned_data[name] for name in ("article", "kind", "text", "at")}
        stored = corrections.publish_correction(by=request.user, **said)
        obj.__dict__.update(stored.__dict__)

    @admin.action(
        description=gettext_lazy("Withdraw the chosen corrections"), permissions=["change"]
    )
    def withdraw_chosen(self, request, queryset):
        done = [
            corrections.withdraw_correction(by=request.user, correction=each)
            for each in queryset.order_by("article_id", "pk")
        ]
        message = _("Withdrawn: %(changed)s of %(chosen)s; the others were so already.") % {
            "changed": sum(done),
            "chosen": len(done),
        }
        self.message_user(request, message, messages.SUCCESS)
