"""READ and WRITE: what comes from one address, whoever sends it.

How much is counted in the shared cache, under a digest that changes every day. Which comments
came from it is kept for ``KEEP_ADDRESSES_DAYS``, and then dropped.
"""

import hashlib
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone

from comments.models import Sender

# An office or a school behind one address writes less than this; a flood writes more.
POSTS_AN_ADDRESS = 30
MINUTES = 5
# Of the same sender's comments, the newest: enough to see a pattern.
SAME_SHOWN = 10
# Old ones are dropped with every so manieth that comes: a short delete now and then.
_DROPPED_EVERY = 100


def posts_from(address, what="posts"):
    """How many of ``what`` came from ``address`` within the last minutes; 0 where none is known."""
    return caches["default"].get(_key_of(address, what), 0) if address else 0


def note_post(address, what="posts"):
    """Counts one of ``what`` from ``address``."""
    if not address:
        return
    key = _key_of(address, what)
    caches["default"].add(key, 0, MINUTES * 60)
    try:
        caches["default"].incr(key)
    except ValueError:
        # It ran out between the two; the next one begins anew.
        return


def note_sender(address, author_id, comment_id=None):
    """Keeps where a comment came from, for some days. Part of a post's transaction."""
    if not address or settings.KEEP_ADDRESSES_DAYS <= 0:
        return
    sender = Sender.objects.create(author_id=author_id, comment_id=comment_id, address=address)
    if sender.pk % _DROPPED_EVERY == 0:
        drop_old()


def drop_old():
    """Forgets addresses older than ``KEEP_ADDRESSES_DAYS``; returns how many."""
    days = timedelta(days=max(settings.KEEP_ADDRESSES_DAYS, 0))
    dropped, _ = Sender.objects.filter(at__lte=timezone.now() - days).delete()
    return dropped


def others_of_same_sender(person):
    """The newest comments of others that came from where ``person`` posts, with their authors.

    For moderators; addresses stay where they are. Two queries.
    """
    addresses = list(
        Sender.objects.filter(author_id=person.pk)
        .order_by("-pk")
        .values_list("address", flat=True)[:SAME_SHOWN]
    )
    found = Sender.objects.filter(address__in=set(addresses)).exclude(author_id=person.pk)
    shown = found.filter(comment__isnull=False).select_related("comment__author")
    return [sender.comment for sender in shown.order_by("-pk")[:SAME_SHOWN]]


def _key_of(address, what):
    now = timezone.now()
    with suppress(ValueError):
        # Whoever has one IPv6 address has all of its /64.
        found = ip_address(address)
        if found.version == 6:
            address = str(ip_network(f"{address}/64", strict=False))
    said = f"{settings.SECRET_KEY}/{now:%Y-%m-%d}/{address}"
    digest = hashlib.sha256(said.encode()).hexdigest()[:24]
    return f"{what}-from-{digest}-{int(now.timestamp()) // (MINUTES * 60)}"
