"""WRITE: who is here now."""

from datetime import datetime, timedelta

from django.db.models import Q

from accounts.models import User

# Presence is written this seldom, so that a page costs a reader at most one small write.
PRESENCE_EVERY = timedelta(minutes=1)


def presence_is_due(person: User, now: datetime) -> bool:
    """Whether ``person``, as it was read, was last seen so long ago that it should be noted."""
    return person.last_seen is None or person.last_seen <= now - PRESENCE_EVERY


def note_seen(person: User, now: datetime) -> bool:
    """Write down that somebody is here, at most once in ``PRESENCE_EVERY``; True if written.

    One conditional UPDATE: of several pages asked for at once, one writes.
    """
    stale = Q(last_seen__isnull=True) | Q(last_seen__lte=now - PRESENCE_EVERY)
    return User.objects.filter(stale, pk=person.pk).update(last_seen=now) == 1
