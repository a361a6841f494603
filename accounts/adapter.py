"""How allauth asks the portal: who may be called what, where a link may lead, what is mailed."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import filter_users_by_email
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from accounts import directory, membership
from accounts.addresses import address_of_sender
from accounts.barriers import is_address_barred
from accounts.handles import check_handle, handle_skeleton
from accounts.models import MAX_ADDRESS_LENGTH, MAX_HANDLE_LENGTH

# Django refuses to redirect to anything longer, and says so with an error page.
NEXT_MAX_LENGTH = 2000


class PortalAccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _(
            "There is no such name with that password. Check both, or set a new password."
        ),
        "email_password_mismatch": _(
            "There is no such address with that password. Check both, or set a new password."
        ),
        "email_taken": _("Somebody here already has this e-mail address. Use another one."),
        "too_many_login_attempts": _(
            "Too many attempts to sign in. Wait five minutes, then try again."
        ),
        "incorrect_password": _("That is not your password."),
        "enter_current_password": _("That is not your present password."),
        "same_as_current": _("This is what you have already."),
        "rate_limited": _("Too many requests. Wait a few minutes, then try again."),
    }

    # --- names ---

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """The handle, letter for letter, or a ``ValidationError`` with a sentence to show."""
        try:
            if shallow:
                check_handle(username)
            else:
                membership.require_usable_handle(username)
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None
        return username

    def save_user(self, request, user, form, commit=True):
        """Sign-up's write, which keeps the language that the page was in.

        Raises ``HandleTakenError`` if somebody was quicker.
        """
        return membership.register_person(
            handle=form.cleaned_data["username"],
            email=form.cleaned_data["email"],
            password=form.cleaned_data["password1"],
            language=get_language(),
        )

    # --- guesses at passwords (allauth has no public names for these) ---

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """What wrong passwords are counted under: the person, however they were named.

        In the order in which the backend looks for them. What names nobody is folded as a handle
        is, so that the limit does not tell who there is.
        """
        typed = [credentials[each] for each in ("username", "email") if credentials.get(each)]
        for login in typed:
            person = directory.person_at(login) or directory.person_signing_in(login)
            if person is not None:
                return f"person:{person.pk}"
        login = typed[0] if typed else ""
        is_handle = "@" not in login and len(login) <= MAX_HANDLE_LENGTH
        return f"nobody:{handle_skeleton(login) if is_handle else login.lower()}"

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """After a forgotten password, for each address of the account.

        Not for one that somebody else has too: anybody may ask to change to an address, and would
        wipe out what was counted at its owner's.
        """
        if len(filter_users_by_email(credentials["email"])) == 1:
            super()._delete_login_attempts_cached_email(request, **credentials)

    # --- passwords and addresses ---

    def set_password(self, user, password: str) -> None:
        """For every form that sets one; the first one of an imported person claims the name."""
        membership.set_password(person=user, password=password)

    def send_password_reset_mail(self, user, email: str, context: dict[str, Any]) -> None:
        """Nothing for a name that awaits its claim: only the newsroom sends that link."""
        if not user.awaits_claim:
            super().send_password_reset_mail(user, email, context)

    def clean_email(self, email: str) -> str:
        """For every form that takes an address: Django's own check lets pass what no row holds."""
        if len(email) > MAX_ADDRESS_LENGTH:
            raise ValidationError(membership.address_too_long())
        return email

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up from a network that moderators have blocked."""
        return not is_address_barred(address_of_sender(request))

    def confirm_email(self, request: HttpRequest, email_address) -> bool:
        """Whether the address is now theirs: of two who confirm one at once, the first."""
        try:
            with transaction.atomic():
                return super().confirm_email(request, email_address)
        except IntegrityError:
            return False

    # --- answers ---

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Only for people who are signed in: everybody else gets the same page, byte for byte."""
        if request.user.is_authenticated:
            super().add_message(request, *args, **kwargs)

    def is_safe_url(self, url: str) -> bool:
        """Whether ``next`` may lead there: a path of this site, and nothing else."""
        return (
            url.startswith("/")
            and len(url) <= NEXT_MAX_LENGTH
            and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
        )

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of who gets it; of an address that is nobody's, in the page's."""
        person = context.get("user") or directory.person_at(email)
        language = get_language() if person is None else person.language
        # Subjects are rendered without a request, so without the context processor's name.
        told = {"site_name": settings.SITE_NAME, **context}
        with override(language or settings.LANGUAGE_CODE):
            super().send_mail(template_prefix, email, told)
