"""READ: who is here, who is meant, and who would be taken for whom."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.handles import handle_skeleton
from accounts.models import MAX_HANDLE_LENGTH, ONLINE_FOR, Origin, User, person_url

__all__ = [
    "Presence",
    "anybody",
    "find_person",
    "has_address",
    "is_unclaimed",
    "look_alikes",
    "people_online",
    "people_version",
    "person_signing_in",
    "person_url",
    "presence",
    "suspension_of",
]

# More than this many at once and the newest stand for all: the set goes through every page.
ONLINE_LIMIT = 2000
# 64 bits: two different sets on one page within a cache's lifetime will not meet.
VERSION_BYTES = 8
# What a signed 64-bit key can hold has at most 19 digits; 18 nines always fit.
STAND_IN_DIGITS = 18


@dataclass(frozen=True)
class Presence:
    """Who is online, and a text that changes whenever a page would show people differently."""

    online: frozenset[int]
    version: str


def presence(now: datetime | None = None) -> Presence:
    """What a page needs to know about people, in two queries: put ``version`` into its ETag."""
    online = people_online(now)
    seen = hashlib.blake2b(digest_size=VERSION_BYTES)
    seen.update(people_version().encode())
    seen.update(",".join(map(str, sorted(online))).encode())
    return Presence(online=online, version=seen.hexdigest())


def people_online(now: datetime | None = None) -> frozenset[int]:
    """The ids of those seen within ``ONLINE_FOR``, the newest ``ONLINE_LIMIT``: one query."""
    since = (now or timezone.now()) - ONLINE_FOR
    seen = User.objects.filter(last_seen__gt=since).order_by("-last_seen")
    return frozenset(seen.values_list("pk", flat=True)[:ONLINE_LIMIT])


def people_version() -> str:
    """When anybody's handle, real name or role last changed: one indexed query."""
    newest = User.objects.order_by("-changed_at").values_list("changed_at", flat=True)
    changed_at = newest.first()
    return changed_at.isoformat() if changed_at else ""


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


def is_unclaimed(person: User) -> bool:
    """Whether they came with an imported page and nobody has claimed the name since."""
    return person.origin == Origin.IMPORTED and person.claimed_at is None


def anybody() -> bool:
    """Whether there is any account at all, imported or signed up."""
    return User.objects.exists()


def suspension_of(person_id: int) -> tuple[datetime | None, str]:
    """Until when somebody may not write and why, as it stands now; ``(None, "")`` if they may.

    One query, so that a suspension holds for whoever was signed in before it.
    """
    people = User.objects.filter(pk=person_id, suspended_until__gt=timezone.now())
    return people.values_list("suspended_until", "suspension_reason").first() or (None, "")


def person_signing_in(typed: str) -> User | None:
    """Whom somebody means who types a handle to sign in: the exact one, else the only look-alike.

    Names that await their claim are nobody's to sign in with and do not count.
    """
    people = [person for person in look_alikes(typed) if not person.awaits_claim]
    exact = [person for person in people if person.handle == typed]
    candidates = exact or people
    return candidates[0] if len(candidates) == 1 else None


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
