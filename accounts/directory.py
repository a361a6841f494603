"""READ: who is here, who is meant, and who would be taken for whom."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.utils import filter_users_by_email
from django.utils import timezone

from accounts.handles import handle_skeleton
from accounts.models import MAX_HANDLE_LENGTH, ONLINE_FOR, Origin, User, person_url
from accounts.permissions import STAFF_ROLES
from accounts.statements import Question, Statement

__all__ = [
    "anybody",
    "asking_suspension",
    "find_person",
    "has_address",
    "is_online",
    "is_staff",
    "is_unclaimed",
    "known_since",
    "look_alikes",
    "people_called",
    "people_named",
    "person_at",
    "person_signing_in",
    "person_url",
    "suspension_of",
]

# What a signed 64-bit key can hold has at most 19 digits; 18 nines always fit.
STAND_IN_DIGITS = 18
# Of more people of one name nobody knows who is meant.
MOST_NAMESAKES = 20


def is_online(last_seen: datetime | None, now: datetime) -> bool:
    """Whether somebody seen at ``last_seen`` counts as online at ``now``."""
    return last_seen is not None and last_seen > now - ONLINE_FOR


def is_staff(person: User, now: datetime) -> bool:
    """Whether somebody is of the staff and may act at ``now``: neither shut out nor suspended.

    Asks the person in hand, not the database.
    """
    return person.role in STAFF_ROLES and person.is_active and not person.is_suspended(now)


def known_since(person: User) -> datetime | None:
    """Since when somebody is here; a name from an imported page only since it was claimed."""
    return person.claimed_at if person.origin == Origin.IMPORTED else person.joined_at


def find_person(handle_or_stand_in: str) -> User:
    """The person an address names: ``~17`` by number, anything else by the exact handle.

    Raises ``User.DoesNotExist``, whatever the address holds.
    """
    people = User.objects
    if handle_or_stand_in.startswith("~"):
        digits = handle_or_stand_in[1:]
        if not (digits.isascii() and digits.isdigit() and len(digits) <= STAND_IN_DIGITS):
            raise people.model.DoesNotExist
        return people.get(pk=int(digits))
    # PostgreSQL cannot be asked for a text with a NUL in it, and nobody is called that.
    if "\0" in handle_or_stand_in:
        raise people.model.DoesNotExist
    return people.get(handle=handle_or_stand_in)


def people_called(handles: Iterable[str]) -> dict[str, str]:
    """Where the pages are of those who bear one of ``handles``, letter for letter.

    ``{handle: address}``, without what is nobody's handle. One query, or none without handles.
    """
    asked = [handle for handle in handles if handle and "\0" not in handle]
    if not asked:
        return {}
    found = User.objects.filter(handle__in=asked).values_list("pk", "handle")
    return {handle: person_url(pk, handle) for pk, handle in found}


def is_unclaimed(person: User) -> bool:
    """Whether they came with an imported page and nobody has claimed the name since."""
    return person.origin == Origin.IMPORTED and person.claimed_at is None


def anybody() -> bool:
    """Whether there is any account at all, imported or signed up."""
    return User.objects.exists()


def suspension_of(person_id: int, *beside: str) -> tuple:
    """Until when somebody may not write and why, as it stands now; ``(None, "")`` if they may.

    One query, so that a suspension holds for whoever was signed in before it. ``beside`` names
    columns of rows that hang on the person's, which are read with it: their values come behind.
    """
    found = _SUSPENSION(*beside, pk=person_id) or [(None, "", *(None for _ in beside))]
    until, reason, *values = found[0]
    if until is None or until <= timezone.now():
        until, reason = None, ""
    return until, reason, *values


def asking_suspension(person_id: int, *beside: str) -> Question:
    """The question that ``suspension_of`` asks."""
    return _SUSPENSION.asking(*beside, pk=person_id)


_SUSPENSION = Statement(
    lambda *beside, pk: User.objects.filter(pk=pk).values_list(
        "suspended_until", "suspension_reason", *beside
    )
)


def person_signing_in(typed: str) -> User | None:
    """Whom somebody means who types a handle to sign in: the exact one, else the only look-alike.

    Names that await their claim are nobody's to sign in with and do not count.
    """
    people = [person for person in look_alikes(typed) if not person.awaits_claim]
    exact = [person for person in people if person.handle == typed]
    candidates = exact or people
    return candidates[0] if len(candidates) == 1 else None


def person_at(email: str) -> User | None:
    """Whom somebody means who types an address to sign in: whoever has proved it, if anybody has.

    Of several who have not, the one whose account has it rather than one who is changing to it.
    """
    people = filter_users_by_email(email, prefer_verified=True)
    email = email.lower()
    return min(people, key=lambda person: (person.email != email, person.pk), default=None)


def look_alikes(handle: str) -> list[User]:
    """Everybody, signed up or imported, whose handle a reader could take for this one."""
    if len(handle) > MAX_HANDLE_LENGTH:
        # Nobody's, and a sign-in form takes a megabyte: too much to fold letter by letter.
        return []
    return list(User.objects.filter(skeleton=handle_skeleton(handle)).order_by("pk"))


def has_address(email: str, *, besides: User | None = None) -> bool:
    """Whether anybody, leaving ``besides`` out, has or is changing to this address."""
    people = User.objects.exclude(pk=besides.pk if besides else None)
    email = email.lower()
    return people.filter(email=email).exists() or people.filter(emailaddress__email=email).exists()


def people_named(name: str) -> list[int]:
    """The ids of those whom somebody means who types a name: by handle, else by real name.

    Two queries at most. Nobody's handle is looked for among all real names, letter for letter or
    with capitals where names have them.
    """
    if not name or "\0" in name:
        return []
    named = look_alikes(name)
    if named:
        return [person.pk for person in named]
    people = User.objects.filter(real_name__in={name, name.title()})
    return list(people.order_by("pk").values_list("pk", flat=True)[:MOST_NAMESAKES])
