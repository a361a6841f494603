"""The byline in an article's form: one row for each who made it, and as what."""

from collections import defaultdict

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy

from articles import crediting
from articles.models import Byline

# No article has more, and a forged form that asks for thousands is not built.
MOST_AUTHORS = 20


class BylineFormSet(BaseInlineFormSet):
    """The byline as it stands, or as a working copy has it."""

    copy = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.copy is not None:
            self.extra = len(self._kept_new()) + 1

    def get_form_kwargs(self, index):
        kwargs = super().get_form_kwargs(index)
        if self.copy is None or index is None:
            return kwargs
        known = self.initial_form_count()
        if index < known:
            line = str(self.get_queryset()[index].pk)
            row = next((row for row in self._kept_rows() if row.get("id") == line), None)
        else:
            row = dict(enumerate(self._kept_new(), known)).get(index)
        return kwargs | ({"initial": row} if row else {})

    def _kept_rows(self):
        rows = defaultdict(dict)
        for name, value in self.copy.fields.items():
            if name.startswith(f"{self.prefix}-"):
                _, number, field = name.split("-")
                rows[int(number)][field] = value
        return [rows[number] for number in sorted(rows)]

    def _kept_new(self):
        rows = self._kept_rows()
        return [
            row for row in rows if not row.get("id") and (row.get("person") or row.get("guest"))
        ]


class BylineInline(admin.TabularInline):
    model = Byline
    formset = BylineFormSet
    fields = ("role", "person", "guest", "position")
    extra = 1
    max_num = MOST_AUTHORS
    verbose_name_plural = gettext_lazy("byline")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person", "guest")

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, absolute_max=MOST_AUTHORS, **kwargs)
        formset.copy = getattr(request, "copy", None)
        return formset

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # In a table, the head of the column is no label.
        field.widget.attrs["aria-label"] = str(field.label)
        return field

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        # ``autocomplete_fields`` would ask the people's admin for search fields that are the
        # same for everybody, and there are none.
        if db_field.name in ("person", "guest"):
            kwargs["widget"] = AutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def maker_in(line):
    """Whom a line of the byline names, and as what; None for a line that names nobody."""
    who = line.get("person") or line.get("guest")
    return who and crediting.Maker(who, line["role"])
