"""What people type about themselves."""

from typing import Any

from allauth.account.forms import AddEmailForm, LoginForm, ReauthenticateForm, SignupForm
from django import forms
from django.db import transaction

from accounts.barriers import is_mail_barred
from accounts.handles import HANDLE_MAX_LENGTH, HANDLE_MIN_LENGTH
from accounts.real_names import REAL_NAME_MAX_LENGTH, clean_real_name

# A phone would begin a name with a capital, or mend its spelling.
AS_TYPED = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}


def _not_barred(email):
    """For new addresses alone: who has one already can still get a new password by it."""
    if is_mail_barred(email):
        raise forms.ValidationError(
            "Addresses of this provider are not taken here. Use another one."
        )
    return email


class NewAddressForm(AddEmailForm):
    def clean_email(self):
        return _not_barred(super().clean_email())


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login = self.fields["login"]
        login.label = "Name or e-mail address"
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
        username.label = "Name"
        username.help_text = (
            "Shown beside everything you write, just as you type it. "
            f"{HANDLE_MIN_LENGTH} to {HANDLE_MAX_LENGTH} letters, digits, single spaces and _ - . '"
        )
        # A browser would cut a longer name off without a word; the form says what is wrong.
        username.widget = forms.TextInput(attrs={"autocomplete": "username", **AS_TYPED})
        email = self.fields["email"]
        email.label = "E-mail address"
        email.help_text = "Never shown. You get one mail, with a link to confirm it."
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
        label="Real name",
        required=False,
        help_text=(
            f"Optional, at most {REAL_NAME_MAX_LENGTH} characters. Shown to everybody beside your "
            "name, under everything you have written here."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def clean_real_name(self) -> str:
        try:
            return clean_real_name(self.cleaned_data["real_name"])
        except ValueError as refusal:
            raise forms.ValidationError(str(refusal)) from None


class ClaimForm(forms.Form):
    """The administrator's page that hands an imported name over."""

    email = forms.EmailField(
        label="E-mail address",
        help_text="Gets a link to set a password. Whoever uses it signs in with this name.",
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )
