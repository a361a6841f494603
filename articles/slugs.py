"""PURE: names and titles, as addresses and as what is compared."""

import re
import unicodedata

from anyascii import anyascii

# Two writers may reach for the same free slug; the one who lost looks for the next.
SLUG_TRIES = 5
# Written when a title has no letter that could stand in an address.
WORDLESS_SLUG = "article"


def slug_of(title, length, wordless=WORDLESS_SLUG):
    """The slug that a title asks for: Latin letters, digits and hyphens, never empty.

    The same title always asks for the same slug; other scripts are spelled in Latin letters.
    """
    # A long title's slug is cut anyway, and spelling out 20,000 characters takes its time.
    spelled = anyascii(title[: length * 4]).lower().replace("'", "")
    words = re.sub(r"[^a-z0-9]+", "-", spelled).strip("-")
    if len(words) > length:
        cut = words.rfind("-", length // 2, length + 1)
        words = words[: cut if cut > 0 else length]
    return words.strip("-") or wordless


def free_slug(model, wanted, kept=()):
    """``wanted``, or with the smallest number from 2 on that no row of ``model`` has.

    Nor is any of ``kept``: former addresses, which lead elsewhere.
    """
    taken = set(model.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    taken.update(kept)
    slug, number = wanted, 1
    while slug in taken:
        number += 1
        slug = f"{wanted}-{number}"
    return slug


def fold_name(name):
    """``name`` as it is compared with others: without capitals, one space between words."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
