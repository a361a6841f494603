"""The rule book in the Django admin: watched words and hosts, policies, reasons, beats.

Every change goes through ``comments.rules``, which logs it.
"""

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.barriers import Barrier, clean_barrier
from comments import rules, sanctions
from comments.models import Beat, CannedReason, Policy, WatchedHost, WatchedWord
from comments.permissions import can_moderate, can_set_rules, require
from comments.screening import MAX_TEXT_LENGTH
from comments.words import check_entry


class RuleAdmin(admin.ModelAdmin):
    """A list of rules. Moderators see and change it, and nobody else."""

    list_per_page = 100
    show_full_result_count = False

    def has_module_permission(self, request):
        return can_set_rules(request.user)

    def has_add_permission(self, request):
        return can_set_rules(request.user)

    def has_view_permission(self, request, obj=None):
        return can_set_rules(request.user, getattr(obj, "area", ""))

    has_change_permission = has_delete_permission = has_view_permission

    def save_model(self, request, obj, form, change):
        rules.save_rule(by=request.user, rule=obj)

    def delete_model(self, request, obj):
        rules.remove_rule(by=request.user, rule=obj)

    def delete_queryset(self, request, queryset):
        for rule in queryset:
            rules.remove_rule(by=request.user, rule=rule)

    # The log has it: Django's own history would say less.
    def log_addition(self, request, obj, message):
        return None

    log_change = log_addition

    def log_deletions(self, request, queryset):
        return None


class WordForm(forms.ModelForm):
    class Meta:
        model = WatchedWord
        fields = ("text", "verdict", "note")

    def clean_text(self):
        text = self.cleaned_data["text"].strip()
        try:
            check_entry(text)
        except ValueError as refused:
            raise ValidationError(str(refused)) from None
        return text


class TrialForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("A text to try"),
        max_length=MAX_TEXT_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "cols": 80}),
    )


@admin.register(WatchedWord)
class WatchedWordAdmin(RuleAdmin):
    form = WordForm
    list_display = ("text", "verdict", "note")
    list_filter = ("verdict",)
    search_fields = ("text",)
    ordering = ("text",)

    def get_urls(self):
        trial = self.admin_site.admin_view(self.trial_view)
        return [path("try/", trial, name="comments_try_words"), *super().get_urls()]

    def trial_view(self, request):
        """What a text would hit, and where. Nothing is kept of it."""
        require(can_set_rules(request.user), _("Only moderators can do this."))
        form = TrialForm(request.POST or None)
        hits, marked = (), ""
        if request.method == "POST" and form.is_valid():
            text, words = form.cleaned_data["text"], rules.current().words
            hits = words.hits(text) if words is not None else ()
            marked = mark_hits(text, [(hit.start, hit.end, hit.entry) for hit in hits])
        context = {
            **self.admin_site.each_context(request),
            "title": _("Try the watched words"),
            "opts": self.opts,
            "form": form,
            "hits": hits,
            "marked": marked,
            "back": reverse("admin:comments_watchedword_changelist"),
        }
        return TemplateResponse(request, "admin/comments/watchedword/try.html", context)


def mark_hits(text, hits):
    """``text`` as HTML with what was hit in ``<mark>``; ``hits`` are ``(start, end, entry)``."""
    parts, behind = [], 0
    for start, end, entry in sorted(hits):
        if end <= behind:
            continue
        begin = max(start, behind)
        parts.append((text[behind:begin], ""))
        parts.append(
            (
                "",
                format_html(
                    '<mark title="{}">{}</mark>',
                    _("watched: %(entry)s") % {"entry": entry},
                    text[begin:end],
                ),
            )
        )
        behind = end
    parts.append((text[behind:], ""))
    return format_html_join("", "{}{}", parts)


@admin.register(WatchedHost)
class WatchedHostAdmin(RuleAdmin):
    list_display = ("host", "verdict")
    list_filter = ("verdict",)
    search_fields = ("host",)
    ordering = ("host",)


@admin.register(Policy)
class PolicyAdmin(RuleAdmin):
    list_display = (
        "__str__", "is_premoderated", "newcomer_holds", "close_after_days", "slow_seconds",
        "cover_weight",
    )  # fmt: skip
    ordering = ("area",)

    # Who looks after parts of the site sees all policies and changes those.
    def has_module_permission(self, request):
        return can_moderate(request.user)

    has_add_permission = has_module_permission

    def has_view_permission(self, request, obj=None):
        return can_moderate(request.user)

    def has_change_permission(self, request, obj=None):
        area = "" if obj is None else obj.area
        return can_set_rules(request.user, area)

    has_delete_permission = has_change_permission


class BarrierForm(forms.ModelForm):
    class Meta:
        model = Barrier
        fields = ("kind", "value", "until", "note")

    def clean(self):
        said = super().clean()
        if said.get("kind") and said.get("value"):
            try:
                said["value"] = clean_barrier(said["kind"], said["value"])
            except ValueError as refused:
                self.add_error("value", str(refused))
        return said


@admin.register(Barrier)
class BarrierAdmin(RuleAdmin):
    """Networks and e-mail domains that are kept out."""

    form = BarrierForm
    list_display = ("value", "kind", "until", "note")
    list_filter = ("kind",)
    ordering = ("value",)

    def has_change_permission(self, request, obj=None):
        # One is taken away and another put up: the log says what was when.
        return False

    def save_model(self, request, obj, form, change):
        found = sanctions.bar(
            by=request.user, kind=obj.kind, value=obj.value, until=obj.until, note=obj.note
        )
        obj.pk = found.pk

    def delete_model(self, request, obj):
        sanctions.unbar(by=request.user, barrier=obj)

    def delete_queryset(self, request, queryset):
        for barrier in queryset:
            sanctions.unbar(by=request.user, barrier=barrier)


@admin.register(CannedReason)
class CannedReasonAdmin(RuleAdmin):
    list_display = ("text", "rule", "position")
    ordering = ("position", "pk")


@admin.register(Beat)
class BeatAdmin(RuleAdmin):
    """Who looks after which part of the site: for administrators to say."""

    list_display = ("person", "area")
    list_select_related = ("person",)
    raw_id_fields = ("person",)
    ordering = ("person", "area")

    def has_module_permission(self, request):
        return request.user.is_superuser

    def has_view_permission(self, request, obj=None):
        return request.user.is_superuser

    has_add_permission = has_module_permission
    has_change_permission = has_delete_permission = has_view_permission
