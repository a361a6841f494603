"""What the ETag of a reading page is made of."""

import hashlib

# 64 bits: two versions of one page within a cache's lifetime will not meet.
VERSION_BYTES = 8


def version_of(*shown):
    """A short text that changes whenever what a page shows does.

    ``shown`` are the plain values that the page prints; a list is versioned by what it says,
    so that no counter has to be kept for it.
    """
    return hashlib.blake2b(repr(shown).encode(), digest_size=VERSION_BYTES).hexdigest()
