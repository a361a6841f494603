"""WRITE: people come, change and are kept out.

Every function takes keywords only and checks what ``by`` may do, raising ``PermissionDenied``.
``by=None`` is the portal itself: a sign-up form, an importer or a command line. A refusal is a
``MembershipError``, ``HandleError`` or ``RealNameError``, each a ``ValueError`` whose message can
be shown as it stands.
"""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.handles import handle_skeleton
from accounts.models import MAX_HANDLE_LENGTH, Origin, Role, User
from accounts.notifications import password_link_mail
from accounts.permissions import STAFF_ROLES
from accounts.real_names import clean_real_name
from accounts.refusals import (
    AddressTakenError,
    HandleTakenError,
    MembershipError,
    address_too_long,
    require_free_address,
    require_language,
    require_usable_handle,
)

__all__ = [
    "AddressTakenError",
    "HandleTakenError",
    "MembershipError",
    "address_too_long",
    "allow_sign_in",
    "change_real_name",
    "change_role",
    "choose_language",
    "claim_person",
    "import_people",
    "invite_person",
    "lift_suspension",
    "register_person",
    "rename_person",
    "require_free_address",
    "require_usable_handle",
    "set_password",
    "suspend_person",
]

# For life, and still far from the year 10000, which no page could print.
LONGEST_SUSPENSION = timedelta(days=100 * 365)


def register_person(
    *,
    by: User | None = None,
    handle: str,
    email: str,
    password: str | None = None,
    real_name: str = "",
    role: str = Role.READER,
    language: str = "",
    address_verified: bool = False,
) -> User:
    """A new person, the handle kept letter for letter.

    Raises what ``require_usable_handle`` and ``require_language`` raise. Without a password they
    cannot sign in until a mailed link lets them set one. ``address_verified`` spares them the
    confirmation mail: for people whom an operator makes by hand. Locks nothing; of two who come at
    once with handles that look alike, the database lets in one.
    """
    _require(by, "accounts.add_user")
    real_name = clean_real_name(real_name)
    require_usable_handle(handle, role=role)
    require_language(language)
    try:
        with transaction.atomic():
            person = User.objects.create_user(
                handle, email, password, real_name=real_name, role=role, language=language
            )
            if address_verified and person.email:
                EmailAddress.objects.create(
                    user=person, email=person.email, primary=True, verified=True
                )
    except IntegrityError:
        # Somebody was quicker: say with which of the two.
        require_usable_handle(handle, role=role)
        raise AddressTakenError from None
    return person


def invite_person(
    *, by: User | None, handle: str, email: str, real_name: str = "", role: str = Role.READER
) -> User:
    """A new person who is sent a link to set a password: how an administrator makes staff.

    Raises what ``register_person`` and ``require_free_address`` raise. The mail leaves on commit;
    if it cannot be sent, ``OSError`` reaches the caller and the person stays, to use "forgot your
    password".
    """
    email = require_free_address(email)
    with transaction.atomic():
        person = register_person(by=by, handle=handle, email=email, real_name=real_name, role=role)
        EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
        transaction.on_commit(password_link_mail(person))
    return person


def import_people(names: Mapping[str, str | None]) -> dict[str, User]:
    """The person behind each handle of an imported page, made where nobody has it yet.

    ``names`` maps handles, kept letter for letter, to real names. A real name is filled in where
    an imported person has none; nobody's is overwritten, and nobody who can sign in gets one
    from a page. People whom it makes cannot sign in. Raises ``ValueError`` for a handle longer
    than ``MAX_HANDLE_LENGTH``. The number of queries does not grow with the number of people
    (SQLite splits one insert into as many as its limit on parameters asks for).

    Locks the people whose real name it fills in, in the order of their ids; two imports at once
    make each person once.
    """
    for handle in names:
        if not handle or len(handle) > MAX_HANDLE_LENGTH:
            raise ValueError(f"a handle has 1 to {MAX_HANDLE_LENGTH} characters: {handle[:40]!r}")
    with transaction.atomic():
        people = _people_called(names)
        # Sorted, so that two imports wait for each other's new rows in the same order.
        missing = sorted(handle for handle in names if handle not in people)
        if missing:
            User.objects.bulk_create(
                [_imported(handle, names[handle]) for handle in missing], ignore_conflicts=True
            )
            people |= _people_called(missing)
        nameless = [
            person.pk
            for handle, person in people.items()
            if names[handle] and not person.real_name and person.awaits_claim
        ]
        if nameless:
            _fill_in_real_names(nameless, names, people)
    return people


def claim_person(*, by: User | None, person: User, email: str) -> User:
    """Hand an imported name to whoever reads the mail at ``email``.

    Sends a link to set a password; who uses it has proved the address and signs in with the
    handle from then on (``set_password``). Until then it may be called again, which sends a new
    link, and with another address makes the earlier one useless. Raises ``AddressTakenError``, or
    ``MembershipError`` if the person can sign in already. The mail leaves on commit; if it cannot
    be sent, ``OSError`` reaches the caller. Locks the person's row.
    """
    _require(by, "accounts.claim_user")
    email = require_free_address(email, owner=person)
    with transaction.atomic():
        person = _locked(person)
        if not person.awaits_claim:
            raise MembershipError(
                _("%(handle)s can sign in already: nothing to hand over.")
                % {"handle": person.handle}
            )
        EmailAddress.objects.filter(user=person).delete()
        EmailAddress.objects.create(user=person, email=email, primary=True, verified=False)
        person.email = email
        person.save(update_fields=["email"])
        transaction.on_commit(password_link_mail(person))
    return person


def set_password(*, person: User, password: str) -> User:
    """Set a password for a person who has proved who they are: by the old one or a mailed link.

    Whoever had none got here by the link, so their address is verified, and an imported name is
    theirs from now on. Changes ``person`` in place as well as in the database, because the
    session that changes it is kept by comparing the two. Locks the person's row.
    """
    with transaction.atomic():
        stored = _locked(person)
        person.set_password(password)
        fields = ["password"]
        if not stored.has_usable_password():
            if stored.awaits_claim:
                person.claimed_at = timezone.now()
                fields.append("claimed_at")
            _verify_address(stored)
        person.save(update_fields=fields)
    return person


def change_real_name(*, by: User | None, person: User, real_name: str) -> User | bool:
    """Change the name shown beside a handle; "" takes it away. False if it is that already.

    Everybody may change their own, except while suspended: it is shown under every comment.
    Raises ``RealNameError`` for a name that is not one plain line. Locks the person's row.
    """
    if by != person or by.is_suspended():
        _require(by, "accounts.change_user")
    real_name = clean_real_name(real_name)
    return _change(person, real_name=real_name)


def choose_language(*, by: User | None, person: User, language: str) -> User | bool:
    """Have everything said to somebody in a language of the settings; "" is as the site.

    False if it is that already. Everybody chooses their own, suspended or not. Raises
    ``MembershipError`` for a language that the portal does not speak. Locks the person's row.
    """
    if by != person:
        _require(by, "accounts.change_user")
    require_language(language)
    return _change(person, language=language)


def rename_person(*, by: User | None, person: User, handle: str) -> User | bool:
    """Give somebody another handle, for one that nobody should have to read.

    An imported handle stays: it is what the page says. Raises ``HandleError``, ``HandleTakenError``
    or ``MembershipError``. False if it is that already. Locks the person's row.
    """
    _require(by, "accounts.change_user")
    if person.origin == Origin.IMPORTED:
        raise MembershipError(_("A name that came with an imported page stays as it came."))
    require_usable_handle(handle, role=person.role, owner=person)
    try:
        return _change(person, handle=handle)
    except IntegrityError:
        raise HandleTakenError(_("Somebody already has this name. Choose another one.")) from None


def change_role(*, by: User | None, person: User, role: str) -> User | bool:
    """Make somebody staff, or no longer. False if they have that role already.

    Refuses, with ``MembershipError``, to leave the portal without an administrator. Locks the
    rows of all administrators and the person's, in the order of their ids.
    """
    _require(by, "accounts.change_role")
    if role not in Role.values:
        raise MembershipError(_("There is no role “%(role)s”.") % {"role": role})
    with transaction.atomic():
        _refuse_to_lose_last_admin(person, stays=role == Role.ADMIN)
        return _change(person, role=role)


def allow_sign_in(*, by: User | None, person: User, allowed: bool) -> User | bool:
    """Shut somebody out for good, or let them in again. False if it is so already.

    Who is shut out is signed out at once; what they wrote stays. For a limited time use
    ``suspend_person``. Moderators may shut out whom they may suspend, and let nobody in again.
    Refuses and locks like ``change_role``.
    """
    if allowed or by is None or by.has_perm("accounts.change_user"):
        _require(by, "accounts.change_user")
    else:
        _require_over(by, person)
    with transaction.atomic():
        _refuse_to_lose_last_admin(person, stays=allowed)
        return _change(person, is_active=allowed)


def suspend_person(*, by: User | None, person: User, until: datetime, reason: str) -> User | bool:
    """Keep somebody from writing until a date. False if they are, until then and for that reason.

    Staff have no rights meanwhile. Nobody suspends themselves, and staff are suspended by an
    administrator only. Raises ``MembershipError`` without a reason, for a date that has passed or
    is further away than ``LONGEST_SUSPENSION``, or for the last administrator. Locks like
    ``change_role``. The entry in the moderation log is the caller's (``comments.moderation``).
    """
    _require_over(by, person)
    now = timezone.now()
    if until <= now:
        raise MembershipError(_("Suspend somebody until a date that is still to come."))
    if until > now + LONGEST_SUSPENSION:
        raise MembershipError(_("Suspend somebody for at most 100 years."))
    if not reason.strip():
        raise MembershipError(_("Give a reason: the person is told it."))
    with transaction.atomic():
        _refuse_to_lose_last_admin(person, stays=False)
        return _change(person, suspended_until=until, suspension_reason=reason.strip())


def lift_suspension(*, by: User | None, person: User) -> User | bool:
    """Let somebody write again. False if they are not suspended. Locks the person's row."""
    _require_over(by, person)
    with transaction.atomic():
        if not _locked(person).is_suspended():
            return False
        return _change(person, suspended_until=None, suspension_reason="")


def _require(by: User | None, right: str) -> None:
    if by is not None and not by.has_perm(right):
        raise PermissionDenied


def _require_over(by: User | None, person: User) -> None:
    _require(by, "accounts.suspend_user")
    if by is not None and (by == person or (person.role in STAFF_ROLES and not by.is_superuser)):
        raise PermissionDenied


def _locked(person: User) -> User:
    # Not the key: somebody else's reply to this person need not wait.
    return User.objects.select_for_update(no_key=True).get(pk=person.pk)


def _change(person: User, **values: object) -> User | bool:
    with transaction.atomic():
        person = _locked(person)
        changed = {name: value for name, value in values.items() if getattr(person, name) != value}
        if not changed:
            return False
        for name, value in changed.items():
            setattr(person, name, value)
        person.save(update_fields=list(changed))
    return person


def _refuse_to_lose_last_admin(person: User, *, stays: bool) -> None:
    admins = User.objects.select_for_update(no_key=True).filter(role=Role.ADMIN, is_active=True)
    # The person's own row with them, in one order, so that two who do this at once both wait.
    locked = admins | User.objects.filter(pk=person.pk)
    left = {each.pk for each in locked.order_by("pk") if each.is_superuser}
    if not stays and left == {person.pk}:
        raise MembershipError(_("This is the only administrator. Make somebody else one first."))


def _verify_address(person: User) -> None:
    if not person.email:
        return
    address, _made = EmailAddress.objects.get_or_create(user=person, email=person.email)
    if address.verified or not address.can_set_verified():
        # Proved by somebody else's account meanwhile: there it stays.
        return
    address.verified = address.primary = True
    with suppress(IntegrityError), transaction.atomic():
        address.save()


def _people_called(handles) -> dict[str, User]:
    return {person.handle: person for person in User.objects.filter(handle__in=list(handles))}


def _imported(handle: str, real_name: str | None) -> User:
    return User(
        handle=handle,
        # A bulk insert does not pass through save().
        skeleton=handle_skeleton(handle),
        real_name=real_name or "",
        origin=Origin.IMPORTED,
        password=make_password(None),
    )


def _fill_in_real_names(
    pks: list[int], names: Mapping[str, str | None], people: dict[str, User]
) -> None:
    locked = User.objects.select_for_update(no_key=True).filter(pk__in=pks, real_name="")
    changed = []
    for person in locked.order_by("pk"):
        # Once more, on the locked row: they may have been claimed since it was read.
        if person.awaits_claim:
            person.real_name = names[person.handle] or ""
            people[person.handle] = person
            changed.append(person)
    User.objects.bulk_update(changed, ["real_name"])
