"""READ and check: who is kept out by their e-mail address or by where they come from."""

from ipaddress import ip_address, ip_network

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Barrier

__all__ = [
    "Barrier",
    "clean_barrier",
    "is_address_barred",
    "is_mail_barred",
    "raise_barrier",
]

# A whole /8 would lock a country out by a slip of the finger.
WIDEST = {4: 12, 6: 24}


def clean_barrier(kind, value):
    """``value`` as it is kept; raises ``ValueError`` with a sentence if it is none of its kind."""
    value = value.strip().lower().rstrip(".")
    if kind == Barrier.Kind.DOMAIN:
        value = value.removeprefix("@")
        if "." not in value or not value.replace(".", "").replace("-", "").isalnum():
            raise ValueError(_("Write a domain, for example: example.org"))
        return value
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise ValueError(_("Write an address or a range, for example: 198.51.100.0/24")) from None
    if network.prefixlen < WIDEST[network.version]:
        raise ValueError(
            _("At most a /%(bits)d can be blocked at once.") % {"bits": WIDEST[network.version]}
        )
    return str(network)


def raise_barrier(*, kind, value, until, note):
    """``(barrier, whether it is new)`` for a clean ``value``. Whoever calls this logs it."""
    return Barrier.objects.get_or_create(
        value=value, defaults={"kind": kind, "until": until, "note": note}
    )


def is_address_barred(address):
    """Whether a network address ("" if it is not known) is within a barrier. One query."""
    if not address:
        return False
    found = ip_address(address)
    return any(found in ip_network(value) for value in _values(Barrier.Kind.NETWORK))


def is_mail_barred(email):
    """Whether an e-mail address is at a barred domain or below one. One query."""
    domain = email.rpartition("@")[2].lower().rstrip(".")
    parts = domain.split(".")
    wanted = [".".join(parts[place:]) for place in range(len(parts))]
    return _standing(Barrier.Kind.DOMAIN).filter(value__in=wanted).exists()


def _values(kind):
    return _standing(kind).values_list("value", flat=True)


def _standing(kind):
    now = timezone.now()
    return Barrier.objects.filter(Q(until__isnull=True) | Q(until__gt=now), kind=kind)
