"""What editors fill in about a picture; every field is asked of the one who sends it."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from articles import picturing
from articles.models import MOST_PERCENT, Picture

WORDS = ("alt", "caption", "credit", "licence", "licence_note", "focal_x", "focal_y")
_ACCEPTED = "image/jpeg,image/png,image/webp,image/avif"
_CREDIT_HELP = gettext_lazy(
    "Who made it. It stands below the picture, and in its files. Left empty, it is read from "
    "what the file says itself."
)


def _words(most, rows, **options):
    widget = forms.Textarea(attrs={"rows": rows, "cols": 80})
    return forms.CharField(max_length=most, widget=widget, **options)


def _percent(label):
    return forms.IntegerField(min_value=0, max_value=MOST_PERCENT, initial=50, label=label)


class PictureForm(forms.ModelForm):
    """A picture's words, rights and middle."""

    alt = _words(
        picturing.MOST_ALT, 2, label=gettext_lazy("Alternative text"),
        help_text=gettext_lazy("What it shows, for who cannot see it."),
    )  # fmt: skip
    caption = _words(
        picturing.MOST_CAPTION,
        3,
        label=gettext_lazy("Caption"),
        help_text=gettext_lazy("What readers should know of it. It stands below."),
    )
    credit = forms.CharField(
        label=gettext_lazy("Credit"),
        max_length=picturing.MOST_CREDIT,
        widget=forms.TextInput(attrs={"size": 80}),
        help_text=_CREDIT_HELP,
    )
    licence_note = forms.CharField(
        required=False,
        max_length=picturing.MOST_LICENCE,
        label=gettext_lazy("Name of another licence"),
        widget=forms.TextInput(attrs={"size": 80}),
    )
    focal_x = _percent(gettext_lazy("Middle, per cent from the left"))
    focal_y = _percent(gettext_lazy("Middle, per cent from the top"))

    class Meta:
        model = Picture
        fields = WORDS

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            try:
                picturing.check_words(self.words())
            except picturing.PictureError as error:
                self.add_error(None, str(error))
        return cleaned

    def words(self):
        """What was filled in, as arguments of ``picturing``."""
        return {name: self.cleaned_data[name] for name in WORDS}


class UploadForm(PictureForm):
    """The same with the file itself. The desk has looked at it before: see ``examined``."""

    # What became of the file: ``picturing.Examined``, or the sentence with which it was refused.
    examined = None
    refusal = ""

    file = forms.FileField(
        label=gettext_lazy("File"),
        widget=forms.FileInput(attrs={"accept": _ACCEPTED}),
        help_text=format_lazy(
            gettext_lazy(
                "JPEG, PNG, WebP or AVIF, at most {most} MB. What the camera wrote into it is left "
                "out, but for the credit."
            ),
            most=picturing.MOST_BYTES // 1_000_000,
        ),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["credit"].required = False

    def clean(self):
        if self.refusal:
            self.add_error("file", self.refusal)
        elif self.examined is not None:
            if twin := picturing.twin_of(self.examined.digest):
                self.add_error(
                    "file", _("This file is here already, as picture %(twin)s.") % {"twin": twin}
                )
            self._suggest_credit()
        cleaned = super().clean()
        if self.errors and self.examined is not None and "file" not in self.errors:
            self.add_error("file", _("Choose the file again: a browser does not keep it."))
        return cleaned

    def _suggest_credit(self):
        if self.cleaned_data.get("credit", "").strip() or "credit" in self.errors:
            return
        if self.examined.credit:
            self.cleaned_data["credit"] = self.examined.credit
        else:
            self.add_error("credit", _("The file names nobody: say who made the picture."))
