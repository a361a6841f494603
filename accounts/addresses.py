"""Where a request came from."""

from ipaddress import ip_address

from allauth.account.adapter import get_adapter
from django.core.exceptions import ImproperlyConfigured, PermissionDenied


def address_of_sender(request):
    """The address that a request came from, or "" where it is not known.

    Behind a proxy that the settings do not count (``TRUSTED_PROXIES``), everybody would seem to
    come from the proxy; an address that is not public is therefore taken for unknown.
    """
    try:
        address = ip_address(get_adapter().get_client_ip(request) or "")
    except (ValueError, PermissionDenied, ImproperlyConfigured):
        # Garbled, or past fewer proxies than there should be.
        return ""
    address = getattr(address, "ipv4_mapped", None) or address
    return str(address) if address.is_global else ""
