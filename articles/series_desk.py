"""An article's page in the admin: its part of a series, and what stands beside it.

Everything is saved through ``articles.grouping``; nothing but a line of an article is deleted.
"""

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import grouping
from articles.models import RelatedPick, SeriesPart
from articles.permissions import can_write
from articles.related import MOST_RELATED


class LinesFormSet(forms.BaseInlineFormSet):
    """Lines that stay as they are where a form does not mention them at all."""

    def __init__(self, data=None, *args, prefix=None, **kwargs):
        prefix = prefix or self.get_default_prefix()
        self.is_left_alone = data is not None and f"{prefix}-TOTAL_FORMS" not in data
        super().__init__(None if self.is_left_alone else data, *args, prefix=prefix, **kwargs)

    def is_valid(self):
        return self.is_left_alone or super().is_valid()

    def save(self, commit=True):
        if not self.is_left_alone:
            return super().save(commit)
        # What the admin's log asks for.
        self.new_objects, self.changed_objects, self.deleted_objects = [], [], []
        return []


class NewsroomInline(admin.TabularInline):
    """Lines of an article, for whoever may change it: that the article's own admin decides."""

    formset = LinesFormSet

    def has_view_permission(self, request, obj=None):
        return can_write(request.user)

    has_change_permission = has_delete_permission = has_add_permission = has_view_permission

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["widget"] = AutocompleteSelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, **kwargs)
        for name, field in formset.form.base_fields.items():
            # In a table, the head of the column is no label.
            label = field.label or formset.model._meta.get_field(name).verbose_name
            field.widget.attrs["aria-label"] = str(label).capitalize()
        return formset


class PartForm(forms.ModelForm):
    number = forms.IntegerField(
        label=gettext_lazy("Number"),
        min_value=1,
        max_value=grouping.LARGEST_NUMBER,
        help_text=gettext_lazy("Small numbers are read first."),
    )

    def clean(self):
        cleaned = super().clean()
        series, number = cleaned.get("series"), cleaned.get("number")
        if series and number:
            refusal = grouping.why_no_part(self.instance.article_id, series, number)
            if refusal:
                self.add_error("number", refusal)
        return cleaned


class PartInline(NewsroomInline):
    model = SeriesPart
    form = PartForm
    fields = ("series", "number")
    max_num = 1
    verbose_name_plural = gettext_lazy("part of a series")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("series", "article")


class PickForm(forms.ModelForm):
    def clean_other(self):
        other = self.cleaned_data["other"]
        if other.pk == self.instance.article_id:
            raise forms.ValidationError(_("An article is not related to itself."))
        return other


class PickInline(NewsroomInline):
    model = RelatedPick
    form = PickForm
    fk_name = "article"
    fields = ("other", "position")
    extra = 1
    max_num = MOST_RELATED
    verbose_name = gettext_lazy("related article")
    verbose_name_plural = gettext_lazy(
        "related articles, picked by hand: the newest of its kind fill them up"
    )

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("other")

    def get_formset(self, request, obj=None, **kwargs):
        return super().get_formset(
            request, obj, validate_max=True, absolute_max=2 * MOST_RELATED, **kwargs
        )


INLINES = (PartInline, PickInline)


def save_lines(request, article, formset):
    """Saves the lines of one of ``INLINES``; returns whether the formset was one of them."""
    if formset.model not in (SeriesPart, RelatedPick):
        return False
    # Nothing is stored: it tells the admin's log what was changed.
    formset.save(commit=False)
    if formset.is_left_alone:
        return True
    lines = [
        form.cleaned_data
        for form in formset.forms
        if form.cleaned_data and not form.cleaned_data.get("DELETE")
    ]
    if formset.model is SeriesPart:
        series, number = None, None
        for line in lines:
            series, number = line["series"], line["number"]
        grouping.place_in_series(by=request.user, article=article, series=series, number=number)
    else:
        lines.sort(key=lambda line: line["position"])
        others = [line["other"] for line in lines]
        grouping.pick_related(by=request.user, article=article, others=others)
    return True
