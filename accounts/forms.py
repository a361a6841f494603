"""What people type about themselves."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, ReauthenticateForm, SignupForm
from django import forms
from django.conf import settings
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.barriers import is_mail_barred
from accounts.handles import HANDLE_MAX_LENGTH, HANDLE_MIN_LENGTH
from accounts.real_names import REAL_NAME_MAX_LENGTH, clean_real_name

# A phone would begin a name with a capital, or mend its spelling.
AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def _not_barred(email):
    """For new addresses alone: who has one already can still get a new password by it."""
    if is_mail_barred(email):
        raise forms.ValidationError(
            _("Addresses of this provider are not taken here. Use another one.")
        )
    return email


class NewAddressForm(AddEmailForm):
    def clean_email(self):
        return _not_barred(super().clean_email())


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = _("Name or e-mail address")
        login.widget = forms.TextInput(attrs={"autocomplete": "username", **AS_TYPED})
        del self.fields["password"].widget.attrs["placeholder"]


class PasswordAgainForm(ReauthenticateForm):
    """Before an address is changed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password"].widget.attrs["placeholder"]


class SignUpForm(SignupForm):
    """Joining. ``save`` raises ``membership.HandleTakenError`` if somebody was quicker."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.label = _("Name")
        username.help_text = _(
            "Shown beside everything you write, just as you type it. "
            "%(least)d to %(most)d letters, digits, single spaces and _ - . '"
        ) % {"least": HANDLE_MIN_LENGTH, "most": HANDLE_MAX_LENGTH}
        # A browser would cut a longer name off without a word; the form says what is wrong.
        username.widget = forms.TextInput(attrs={"autocomplete": "username", **AS_TYPED})
        email = self.fields["email"]
        email.label = _("E-mail address")
        email.help_text = _("Never shown. You get one mail, with a link to confirm it.")
        for field in (email, self.fields["password1"]):
            field.widget.attrs.pop("placeholder", None)

    def clean_email(self):
        return _not_barred(super().clean_email())

    def save(self, request):
        # The person and their address come together or not at all.
        with transaction.atomic():
            return super().save(request)


class RealNameForm(forms.Form):
    real_name = forms.CharField(
        label=gettext_lazy("Real name"),
        required=False,
        help_text=format_lazy(
            gettext_lazy(
                "Optional, at most {most} characters. Shown to everybody beside your name, under "
                "everything you have written here."
            ),
            most=REAL_NAME_MAX_LENGTH,
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_real_name(self) -> str:
        try:
            return clean_real_name(self.cleaned_data["real_name"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class LanguageForm(forms.Form):
    """In which of the settings' languages somebody is spoken to."""

    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("As the site")), *settings.LANGUAGES],
        help_text=gettext_lazy("Of all pages and letters; what people wrote stays as it is."),
    )


class ClaimForm(forms.Form):
    """The administrator's page that hands an imported name over."""

    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy(
            "Gets a link to set a password. Whoever uses it signs in with this name."
        ),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
