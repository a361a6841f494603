"""Redirects in the Django admin: the list, one by hand, tables of them, and what is missing.

Everything is written by ``articles.redirects``. None is deleted: it is taken back, and can be put
back.
"""

import csv
from io import StringIO

from django.contrib import admin, messages
from django.http import HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from articles import missed, redirects
from articles.desk_forms import TABLE_HEAD, RedirectForm, TableForm
from articles.models import Redirect
from articles.permissions import can_arrange, require
from articles.refusing import RefusableAdmin

_ONLY = gettext_lazy("Only editors can say where addresses lead.")
# What a spreadsheet would take for a formula.
_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


@admin.register(Redirect)
class RedirectAdmin(RefusableAdmin):
    form = RedirectForm
    fields = ("path", "to", "note")
    list_display = ("path", "leads_to", "is_by_hand", "is_lifted", "made_at", "made_by", "note")
    list_filter = ("is_by_hand", "is_lifted")
    list_select_related = ("article", "section", "made_by")
    search_fields = ("path", "target", "article__slug", "section__slug", "note")
    list_per_page = 100
    show_full_result_count = False
    actions = ("lift_chosen", "put_back_chosen")

    @admin.display(description=gettext_lazy("leads to"))
    def leads_to(self, redirect):
        return redirect.leads_to

    def get_urls(self):
        views = (
            ("missed/", self.missed_view, "missed"),
            ("missed/drop/", self.drop_view, "drop_missed"),
            ("table.csv", self.export_view, "export"),
            ("table/", self.import_view, "import"),
        )
        ours = [
            path(route, self.admin_site.admin_view(view), name=f"articles_redirect_{name}")
            for route, view, name in views
        ]
        return [*ours, *super().get_urls()]

    def has_module_permission(self, request):
        return can_arrange(request.user)

    def has_view_permission(self, request, obj=None):
        return can_arrange(request.user)

    has_add_permission = has_module_permission
    has_change_permission = has_view_permission

    def has_delete_permission(self, request, obj=None):
        return False

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("article", "section")

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        form.host = request.get_host()
        return form

    def save_model(self, request, obj, form, change):
        """``obj`` becomes what was stored, which may have been there before."""
        said = {name: form.cleaned_data[name] for name in ("path", "to", "note")}
        host = request.get_host()
        stored = redirects.save_redirect(by=request.user, hosts=(host,), **said)
        if stored:
            obj.__dict__.update(stored.__dict__)
        missed.forget_missed(path=obj.path)

    @admin.action(
        description=gettext_lazy("Take the chosen redirects back"), permissions=["change"]
    )
    def lift_chosen(self, request, queryset):
        self._act(
            request, queryset, redirects.lift_redirect, _("Redirects taken back: %(number)s.")
        )

    @admin.action(
        description=gettext_lazy("Put the chosen redirects back in force"), permissions=["change"]
    )
    def put_back_chosen(self, request, queryset):
        self._act(
            request, queryset, redirects.put_back_redirect, _("Redirects put back: %(number)s.")
        )

    def _act(self, request, queryset, act, done):
        changed = 0
        for redirect in queryset.order_by("pk"):
            try:
                changed += act(by=request.user, redirect=redirect)
            except redirects.RedirectError as refused:
                self.message_user(request, str(refused), messages.ERROR)
        self.message_user(
            request,
            done % {"number": changed},
            messages.SUCCESS,
        )

    def missed_view(self, request):
        """Paths that were asked for in vain, each with a link to the form that mends it."""
        return self._page(request, "missed", _("404s worth fixing"), missed=_missed_rows())

    def drop_view(self, request):
        """Forgets one of them."""
        return _drop(request)

    def export_view(self, request):
        return _export(request)

    def import_view(self, request):
        """All redirects of a table, or none of them and why."""
        require(can_arrange(request.user), _ONLY)
        form = TableForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            try:
                number = redirects.import_redirects(
                    by=request.user, rows=form.cleaned_data["table"], hosts=(request.get_host(),)
                )
            except redirects.RedirectError as refused:
                form.add_error("table", str(refused))
            else:
                self.message_user(
                    request,
                    _("Redirects taken over: %(number)s.") % {"number": number},
                    messages.SUCCESS,
                )
                return HttpResponseRedirect(reverse("admin:articles_redirect_changelist"))
        return self._page(request, "table", _("Bring in a table"), form=form)

    def _page(self, request, template, title, **context):
        require(can_arrange(request.user), _ONLY)
        context |= {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "most_imported": redirects.MOST_IMPORTED,
            "kept_days": missed.KEPT_DAYS,
            "back": reverse("admin:articles_redirect_changelist"),
        }
        return TemplateResponse(request, f"admin/articles/redirect/{template}.html", context)


def _missed_rows():
    add = reverse("admin:articles_redirect_add")
    return [(each, f"{add}?{urlencode({'path': each.path})}") for each in missed.missed_paths()]


@require_POST
def _drop(request):
    require(can_arrange(request.user), _ONLY)
    missed.forget_missed(path=request.POST.get("path", ""))
    return HttpResponseRedirect(reverse("admin:articles_redirect_missed"))


@require_safe
def _export(request):
    require(can_arrange(request.user), _ONLY)
    table = StringIO()
    writer = csv.writer(table)
    writer.writerow(TABLE_HEAD)
    for from_path, leads_to, note in redirects.redirects():
        writer.writerow((from_path, leads_to, f"'{note}" if note.startswith(_FORMULAS) else note))
    return HttpResponse(
        table.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": 'attachment; filename="redirects.csv"',
            "Cache-Control": "private, no-store",
        },
    )
