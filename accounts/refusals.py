"""READ and check: what ``membership`` refuses, for forms to say before anything is written."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts import directory
from accounts.handles import check_handle, handle_skeleton
from accounts.models import MAX_ADDRESS_LENGTH, Role, User


class MembershipError(ValueError):
    """A change that cannot be made; the message says why and what to do instead."""


class HandleTakenError(MembershipError):
    """Somebody has this handle, or one that a reader would take for it."""


class AddressTakenError(MembershipError):
    """Somebody has this e-mail address."""

    def __init__(self) -> None:
        super().__init__(_("Somebody here already has this e-mail address. Use another one."))


def require_usable_handle(
    handle: str, *, role: str = Role.READER, owner: User | None = None
) -> None:
    """Raise unless somebody of this role may take this handle, leaving ``owner``'s own aside.

    ``HandleError`` if it is no handle for a reader; staff may be called what is reserved for
    them. ``HandleTakenError`` if anybody has it, or one that looks like it: people who came with an
    imported page count, for their names wait for them.
    """
    if role == Role.READER:
        check_handle(handle)
    elif not handle_skeleton(handle) or not handle.isprintable() or handle != handle.strip():
        raise MembershipError(_("This name cannot be read. Use letters and digits."))
    others = [person for person in directory.look_alikes(handle) if person != owner]
    if not others:
        return
    same = next((person for person in others if person.handle == handle), others[0])
    # Isolated, so that an imported handle with direction marks leaves the sentence in order.
    shown = f"\u2068{same.handle}\u2069"
    if same.awaits_claim:
        raise HandleTakenError(
            _(
                "This name belongs, or looks too much like one that belongs, to %(handle)s, whose "
                "comments came here with an older page. If that is you, ask the newsroom to hand "
                "the name over to you. Otherwise choose another one."
            )
            % {"handle": shown}
        )
    if same.handle == handle:
        raise HandleTakenError(_("Somebody already has this name. Choose another one."))
    raise HandleTakenError(
        _("This name looks too much like %(handle)s, who is already here. Choose another one.")
        % {"handle": shown}
    )


def require_free_address(email: str, *, owner: User | None = None) -> str:
    """The address in lower case, as it is kept, if nobody but ``owner`` has it.

    Raises ``MembershipError`` if it is no address, ``AddressTakenError`` if it is somebody's.
    """
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise MembershipError(
            _("'%(address)s' is not an e-mail address.") % {"address": email[:80]}
        ) from None
    if len(email) > MAX_ADDRESS_LENGTH:
        raise MembershipError(address_too_long())
    if directory.has_address(email, besides=owner):
        raise AddressTakenError
    return email


def address_too_long() -> str:
    """What is said of an address that no mail can be sent to."""
    return _("This address is too long: mail takes at most %(most)d characters.") % {
        "most": MAX_ADDRESS_LENGTH
    }


def require_language(language: str) -> None:
    """Raise ``MembershipError`` unless ``language`` is one of the settings, or ""."""
    if language and language not in dict(settings.LANGUAGES):
        raise MembershipError(_("The portal does not speak this language. Choose one of the list."))
