"""The pages of one's own account; signing in and out and what goes with it is allauth's."""

from allauth.account.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import membership
from accounts.forms import LanguageForm, RealNameForm
from accounts.models import User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_home(request: HttpRequest) -> HttpResponse:
    """One's own name, language, standing, and the ways to change password and address."""
    person = request.user
    form = _real_name_form(person, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if membership.change_real_name(by=person, person=person, **form.cleaned_data):
            messages.success(request, _("Your real name is changed."))
        return redirect("account-home")
    return _show_account(request, form=form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_language(request: HttpRequest) -> HttpResponse:
    """Takes the language that somebody chose on their account's page, and leads back there."""
    form = LanguageForm(request.POST)
    if request.method != "POST":
        # Signing in again leads here, without what was sent.
        return redirect("account-home")
    if not form.is_valid():
        return _show_account(request, language_form=form)
    language = form.cleaned_data["language"]
    if membership.choose_language(by=request.user, person=request.user, language=language):
        # Said on the next page, which is in the language chosen.
        with translation.override(language or translation.get_language()):
            messages.success(request, _("Your language is changed."))
    return redirect("account-home")


def _show_account(request, *, form=None, language_form=None) -> HttpResponse:
    """The account's page. Its context: ``person``, ``form`` (real name), ``language_form``, and
    ``suspended``, a sentence or "".
    """
    person = request.user
    context = {
        "person": person,
        "form": form or _real_name_form(person),
        "language_form": language_form or LanguageForm(initial={"language": person.language}),
        "suspended": _suspension_notice(person),
    }
    return render(request, "accounts/account_home.html", context)


def _real_name_form(person: User, typed=None) -> RealNameForm:
    form = RealNameForm(typed, initial={"real_name": person.real_name})
    if person.is_suspended():
        # What is sent in spite of it is refused, and so answered with 403.
        form.fields["real_name"].widget.attrs["readonly"] = True
    return form


def _suspension_notice(person: User) -> str:
    if not person.is_suspended():
        return ""
    return _(
        "You are suspended until %(until)s (%(zone)s): %(reason)s. Until then you can read and "
        "sign in, but not write, nor change your name."
    ) % {
        "until": date_format(timezone.localtime(person.suspended_until), "DATETIME_FORMAT"),
        "zone": timezone.get_current_timezone_name(),
        "reason": person.suspension_reason,
    }


class SignUpView(SignupView):
    """Allauth's sign-up, for which a name that was taken meanwhile is an error in the form."""

    def form_valid(self, form):
        try:
            return super().form_valid(form)
        except membership.HandleTakenError as refusal:
            form.add_error("username", str(refusal))
        except membership.AddressTakenError as refusal:
            form.add_error("email", str(refusal))
        return self.form_invalid(form)


sign_up = SignUpView.as_view()
