"""The pages of one's own account; signing in and out and what goes with it is allauth's."""

from allauth.account.views import SignupView
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts import membership
from accounts.forms import RealNameForm
from accounts.models import User


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account_home(request: HttpRequest) -> HttpResponse:
    """One's own name, standing, and the ways to change password and address.

    Context: ``person``, ``form`` (real name) and ``suspended``, a sentence or "".
    """
    person = request.user
    form = RealNameForm(request.POST or None, initial={"real_name": person.real_name})
    suspended = _suspension_notice(person)
    if suspended:
        # What is sent in spite of it is refused, and so answered with 403.
        form.fields["real_name"].widget.attrs["readonly"] = True
    if request.method == "POST" and form.is_valid():
        if membership.change_real_name(by=person, person=person, **form.cleaned_data):
            messages.success(request, "Your real name is changed.")
        return redirect("account-home")
    context = {"person": person, "form": form, "suspended": suspended}
    return render(request, "accounts/account_home.html", context)


def _suspension_notice(person: User) -> str:
    if not person.is_suspended():
        return ""
    until = date_format(timezone.localtime(person.suspended_until), "j F Y, H:i")
    return (
        f"You are suspended until {until} ({timezone.get_current_timezone_name()}): "
        f"{person.suspension_reason}. Until then you can read and sign in, but not write, nor "
        "change your name."
    )


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
