"""Whom a text might mention: what could be a handle behind each "@". PURE.

Handles are kept letter for letter and may have spaces, dots and letters of any script, so nothing
in a text says where one ends. Every place where it could end is tried, and whoever is known by
the longest of these names is meant.
"""

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

# Nobody addresses more people in one comment; what calls a crowd is no conversation.
MOST_MENTIONS = 20
# A name of more words is not written out in a conversation.
MOST_WORDS = 6
# No handle is longer (``accounts.models.MAX_HANDLE_LENGTH``, which pure code cannot see).
MOST_CHARACTERS = 150
# Places where a name could end, for one "@": six words, and what is left of them without a
# sentence's marks, or the first letters of a script that puts no space between words.
MOST_ENDS = 24

# Not in a word, an e-mail address or a path ("medium.com/@ada").
_SIGN = re.compile(r"(?<![^\W_])(?<!/)@(?=\S)")
# Line ends, and what no handle has and a database may not take.
_NEVER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
# "@ada.example.org", "@ada-lovelace" and "@ada@example.org" are not Ada.
_GOES_ON = re.compile(r"(?:[.\-/]|_+)[^\W_]|@")
# Han, kana, Hangul, and the letters of Thailand, Laos, Myanmar and Cambodia: words, or what is
# put behind a name, follow each other without a space.
_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_JOINERS = "\u200c\u200d"


def candidates(text: str) -> set[str]:
    """Every name that might be meant in ``text``: at most ``MOST_MENTIONS * MOST_ENDS``."""
    signs = islice(_SIGN.finditer(text), MOST_MENTIONS)
    return {name for sign in signs for name in names_at(text, sign.end())}


def is_sign(text: str, at: int) -> bool:
    """Whether the character ``at`` is an "@" behind which somebody may be meant."""
    return _SIGN.match(text, at) is not None and (at == 0 or not _is_mark(text[at - 1]))


def names_at(text: str, start: int) -> Iterator[str]:
    """The names that could begin at ``start``, the longest first."""
    piece = text[start : start + MOST_CHARACTERS + 2]
    never = _NEVER.search(piece)
    if never:
        piece = piece[: never.start()]
    ends, words = [], 1
    for end in range(1, min(len(piece), MOST_CHARACTERS) + 1):
        if piece[end - 1].isspace():
            words += end > 1 and not piece[end - 2].isspace()
            if words > MOST_WORDS:
                break
        elif _may_end(piece, end):
            ends.append(end)
    return (piece[:end] for end in reversed(ends[:MOST_ENDS]))


def _may_end(piece: str, end: int) -> bool:
    if end == len(piece):
        return True
    before, behind = piece[end - 1], piece[end]
    if _is_mark(behind) or behind in _JOINERS or before in _JOINERS:
        return False
    if behind.isalnum():
        return bool(_UNSPACED.match(before) or _UNSPACED.match(behind))
    return not _GOES_ON.match(piece, end)


def _is_mark(char: str) -> bool:
    """An accent or a vowel sign: a part of the letter before it."""
    return unicodedata.category(char).startswith("M")
