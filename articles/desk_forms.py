"""What is filled in around the articles: sections, redirects, corrections, front page, banner."""

import csv
from io import StringIO

from django import forms
from django.contrib.admin.widgets import AdminSplitDateTime
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from articles import arranging, banners, corrections, editions, redirects, sections
from articles.dating import name_dates
from articles.errors import ArticleError
from articles.models import (
    MAX_NOTE_LENGTH,
    MAX_PATH_LENGTH,
    Banner,
    Correction,
    FrontArrangement,
    Redirect,
    Section,
)

# The first line of a table of redirects.
TABLE_HEAD = ("path", "leads to", "note")


class EditionField(forms.ChoiceField):
    """One of the paper's languages; the site's where a form does not show the field."""

    def __init__(self, help_text):
        super().__init__(
            required=False,
            choices=editions.choices,
            label=gettext_lazy("Language"),
            help_text=help_text,
        )


class SectionForm(forms.ModelForm):
    language = EditionField(gettext_lazy("Of all its articles; it stays once there is one."))

    class Meta:
        model = Section
        fields = ("name", "slug", "position", "description", "language")

    def clean_name(self):
        name = " ".join(self.cleaned_data["name"].split())
        others = Section.objects.exclude(pk=self.instance.pk)
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("There is a section of this name."))
        return name

    def clean_language(self):
        language, section = self.cleaned_data["language"], self.instance
        if section.pk is not None and language not in ("", section.language):
            try:
                sections.check_language(section, language)
            except ArticleError as refused:
                raise forms.ValidationError(str(refused)) from refused
        return language or section.language


class ArrangementForm(forms.ModelForm):
    language = EditionField(gettext_lazy("Whose front page it is."))
    seen_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    class Meta:
        model = FrontArrangement
        fields = ("name",)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["seen_version"] = self.instance.version

    def clean(self):
        cleaned = super().clean()
        if self.instance.pk and cleaned.get("seen_version") != self.instance.version:
            raise forms.ValidationError(
                _(
                    "Somebody else has changed this front page since you opened it. Open it again: "
                    "nothing has been saved."
                )
            )
        return cleaned


class RowFormSet(forms.BaseInlineFormSet):
    """The rows of a front page, as one ordered list."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        name_dates(form)

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        try:
            arranging.check_rows(self.rows())
        except ArticleError as refused:
            raise forms.ValidationError(str(refused)) from None

    def rows(self):
        """What was filled in, as ``arranging`` takes it."""
        filled = [
            (form.cleaned_data.get("position") or 0, number, form.cleaned_data)
            for number, form in enumerate(self.forms)
            if form.cleaned_data and (form.instance.pk or form.has_changed())
            if not form.cleaned_data.get("DELETE")
        ]
        return [
            {name: row[name] for name in arranging.ROW_FIELDS}
            for *_, row in sorted(filled, key=lambda each: each[:2])
        ]


class BannerForm(forms.ModelForm):
    language = EditionField(gettext_lazy("Above whose pages it stands."))
    starts = forms.SplitDateTimeField(
        required=False,
        widget=AdminSplitDateTime,
        label=pgettext_lazy("time", "From"),
        help_text=gettext_lazy("Now, where this is empty."),
    )
    until = forms.SplitDateTimeField(
        required=False,
        widget=AdminSplitDateTime,
        label=pgettext_lazy("time", "Until"),
        help_text=format_lazy(
            gettext_lazy("{hours} hours later, where this is empty."), hours=banners.DEFAULT_HOURS
        ),
    )

    class Meta:
        model = Banner
        fields = ("text", "article", "starts", "until")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_dates(self)

    def clean(self):
        cleaned = super().clean()
        if {"text", "starts", "until"} <= set(cleaned):
            said = {name: cleaned[name] for name in ("text", "starts", "until")}
            try:
                banners.check_banner(**said)
            except ArticleError as refused:
                raise forms.ValidationError(str(refused)) from None
        return cleaned

    def _get_validation_exclusions(self):
        # Where no time is given, the write gives one.
        return super()._get_validation_exclusions() | {"starts", "until"}


class CorrectionForm(forms.ModelForm):
    at = forms.SplitDateTimeField(
        required=False,
        widget=AdminSplitDateTime,
        label=gettext_lazy("Date"),
        help_text=Correction._meta.get_field("at").help_text,
    )

    class Meta:
        model = Correction
        fields = ("article", "kind", "text", "at")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        name_dates(self)

    def clean(self):
        cleaned = super().clean()
        if {"article", "kind", "text", "at"} <= set(cleaned):
            try:
                corrections.check_correction(**cleaned)
            except ArticleError as refused:
                raise forms.ValidationError(str(refused)) from None
        return cleaned

    def _get_validation_exclusions(self):
        # Where no date is given, the write gives one.
        return super()._get_validation_exclusions() | {"at"}


class RedirectForm(forms.ModelForm):
    """``path`` leads to ``to``. ``host`` is that of the request, whose addresses are ours."""

    host = ""
    path = forms.CharField(
        max_length=MAX_PATH_LENGTH,
        label=gettext_lazy("Path"),
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=gettext_lazy("Where there is no page, such as /old/address/. Any query is kept."),
    )
    to = forms.CharField(
        max_length=2 * MAX_PATH_LENGTH,
        widget=forms.TextInput(attrs={"size": 80}),
        label=gettext_lazy("Leads to"),
        help_text=gettext_lazy("A path or an address on this site."),
    )

    class Meta:
        model = Redirect
        fields = ("path", "note")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial["to"] = self.instance.leads_to
            self.fields["path"].disabled = True

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("path") and cleaned.get("to"):
            try:
                redirects.check_redirect(cleaned["path"], cleaned["to"], (self.host,))
            except redirects.RedirectError as refused:
                raise forms.ValidationError(str(refused)) from None
        return cleaned

    def validate_unique(self):
        # One that is there already is changed: whoever adds it again means that.
        return None


class TableForm(forms.Form):
    """A table of redirects as a file: path, where it leads, note."""

    # In bytes. So many lines are far shorter.
    MOST_BYTES = 1_000_000

    table = forms.FileField(label=gettext_lazy("The file (CSV, UTF-8)"))

    def clean_table(self):
        """The rows of the file."""
        file = self.cleaned_data["table"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError(_("This file is too large: bring it in in parts."))
        try:
            text = file.read().decode("utf-8-sig")
            rows = [
                [cell.strip() for cell in row] for row in csv.reader(StringIO(text), strict=True)
            ]
        except (UnicodeDecodeError, csv.Error) as error:
            raise forms.ValidationError(
                _("This is no table in UTF-8, parted by commas.")
            ) from error
        if rows and rows[0] == list(TABLE_HEAD):
            del rows[0]
        for number, row in enumerate(rows, 1):
            if not 2 <= len(row) <= 3:
                raise forms.ValidationError(
                    _(
                        "Line %(number)s has %(cells)s cells. Each needs a path, where it leads "
                        "and, if you like, a note."
                    )
                    % {"number": number, "cells": len(row)}
                )
            if len(row) == 3 and len(row[2]) > MAX_NOTE_LENGTH:
                raise forms.ValidationError(
                    _("The note of line %(number)s is too long.") % {"number": number}
                )
        return [(*row, "")[:3] for row in rows]
