"""PURE: how much of one address is counted, without keeping the address.

An address is known for some minutes by a salted digest in this worker's memory, and never
written down. With the next minutes comes the next salt: what was counted before cannot be told
to be of the same.
"""

import hashlib
import secrets
from ipaddress import ip_address, ip_network
from threading import Lock

WINDOW_SECONDS = 600
# An office, a school or a mobile network behind one address reads less than this in ten minutes.
MOST_FROM_ONE = 240
# Of one article: a class that opens it together still counts.
MOST_OF_ONE = 40
# Digests kept at a time, some hundred bytes each; beyond, a new window begins.
MOST_KEPT = 100_000


class Damper:
    """Lets so many through from one address, and drops the rest. Safe among threads."""

    def __init__(self):
        self._lock = Lock()
        self._begin(0)

    def _begin(self, moment):
        self._began, self._salt, self._seen = moment, secrets.token_bytes(16), {}

    def lets_pass(self, address, page, moment):
        """Whether one more from ``address`` (a text) for ``page`` counts at ``moment``, in seconds.

        What comes from an unknown address, "", always does.
        """
        if not address:
            return True
        with self._lock:
            is_full = len(self._seen) > MOST_KEPT
            if is_full or not self._began <= moment < self._began + WINDOW_SECONDS:
                self._begin(moment)
            sender, of_page = self._digest(address), self._digest(f"{address} {page}")
            if self._seen.get(sender, 0) >= MOST_FROM_ONE:
                return False
            if self._seen.get(of_page, 0) >= MOST_OF_ONE:
                return False
            for each in (sender, of_page):
                self._seen[each] = self._seen.get(each, 0) + 1
            return True

    def _digest(self, text):
        return hashlib.blake2b(text.encode(), key=self._salt, digest_size=8).digest()


def network_of(address):
    """The address, or of an IPv6 one its /64: whoever has one of that has all."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    return str(ip_network(f"{found}/64", strict=False) if found.version == 6 else found)
