"""Dates in the admin's forms: a day and a time beside each other, under one label."""

from django import forms
from django.utils.translation import gettext as _


def name_dates(form):
    """Names both parts of every date in ``form``: the admin's label names neither of them."""
    for field in form.fields.values():
        if isinstance(field.widget, forms.SplitDateTimeWidget):
            for widget, part in zip(field.widget.widgets, (_("date"), _("time")), strict=True):
                widget.attrs["aria-label"] = f"{field.label}: {part}"
