"""Watched words: which entries of the moderators' two lists a text uses, and where. Pure.

An entry is a word or a phrase, found whole; with a ``*`` behind it, it is found at the beginning
of longer words too. Case, accents, invisible characters and compatibility forms do not count, nor
do look-alike letters (a Cyrillic а in "viаgra"), digits for letters ("v1agra"), letters that are
drawn out ("viaaagra": three or more), and words that are spelled out ("v i a g r a") or broken by
punctuation ("vi-ag-ra"). A longer word is not looked into: "WordPress" is no "press".

A text is folded letter by letter, so that each place in what was folded has its place in the text,
and is then cut at spaces and punctuation; whole pieces are looked up. A spelling that can be read
in several ways (В as a Cyrillic or a Latin letter, 1 as i or l) is folded once for each.

Known to slip through: both readings of "1" in one word ("1l1egal"), "l" for "i" ("vlagra"), small
letters that look alike only as capitals ("вoоk" for "book"), and words broken by spaces into
parts of several letters ("via gra"), which would also be "as soon".
"""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from comments.folding import (
    CYRILLIC,
    CYRILLIC_TOO,
    DIGITS_FOR_LETTERS,
    LATIN,
    LEET_CYRILLIC,
    LEET_I,
    LEET_L,
)
from comments.word_index import (
    JOINT,
    PIECE,
    SPELLED,
    SPELLED_OUT,
    STRETCH,
    VERDICTS,
    Chain,
    first_hits,
    make_indexes,
)

# A phrase that is looked for is a line of advertising at most; a longer one is never met again.
MAX_ENTRY_LENGTH = 100
# "a*" would hit every third word.
MIN_PREFIX_LENGTH = 3

# As far around a digit, what it may be part of is read anew: an entry with a gap at each letter.
_DIGITS_REACH = 2 * MAX_ENTRY_LENGTH


@dataclass(frozen=True, slots=True, order=True)
class Hit:
    """``text[start:end]`` is what ``entry`` was found in, as it was written."""

    start: int
    end: int
    entry: str
    verdict: str


def check_entry(text):
    """Raises ValueError, with a message for a moderator, if nothing can be found by ``text``."""
    if len(text) > MAX_ENTRY_LENGTH:
        raise ValueError(
            _(
                "An entry may have %(most)s characters; this one has "
                "%(length)s. Shorten it to the words that matter."
            )
            % {"most": MAX_ENTRY_LENGTH, "length": len(text)}
        )
    word = text.strip().removesuffix("*")
    if "*" in word:
        raise ValueError(
            _(
                "A * may only stand at the very end, for whatever follows. Write the beginning of "
                "the word and one *."
            )
        )
    folded = LATIN.fold(word)
    if not PIECE.search(folded):
        raise ValueError(_("This entry has no letter or digit to look for. Write a word."))
    if text.strip().endswith("*"):
        if folded.endswith((" ", ".")):
            raise ValueError(
                _("The * has to follow a letter directly. Remove what stands between them.")
            )
        if sum(map(len, PIECE.findall(folded))) < MIN_PREFIX_LENGTH:
            raise ValueError(
                _(
                    "This beginning is too short and would hit half of all texts. Write at "
                    "least %(least)s letters before the *."
                )
                % {"least": MIN_PREFIX_LENGTH}
            )


def compile_words(entries):
    """``Words`` of ``entries``, each ``(text, "reject" or "hold")``, in whatever order.

    What `check_entry` refuses is left out: one bad row must not stop everybody from posting.
    Takes a fifth of a second for 10,000 entries, so keep the result.
    """
    known = set(entries)
    for text, verdict in known:
        if verdict not in VERDICTS:
            raise ValueError(f"{text!r} has the verdict {verdict!r}, which is none of {VERDICTS}.")
    return Words(sorted((text, verdict) for text, verdict in known if _can_be_found(text)))


def _can_be_found(text):
    try:
        check_entry(text)
    except ValueError:
        return False
    return True


class Words:
    """Made by `compile_words`; safe to share between threads."""

    def __init__(self, entries):
        entries = list(entries)
        latin = [each for each in entries if _is_latin(each[0])]
        cyrillic = [each for each in entries if CYRILLIC.search(each[0])]
        self._readings = [
            (LATIN, (LEET_I, LEET_L), make_indexes(latin, LATIN)),
            (CYRILLIC_TOO, (LEET_CYRILLIC,), make_indexes(cyrillic, CYRILLIC_TOO)),
        ]

    def hits(self, text):
        """Each `Hit` in order of position, `MAX_HITS` at most of each verdict.

        Where an entry is found twice in the same letters, in two readings, it is one hit.
        """
        near_digits = list(_near_digits(text))
        found = {verdict: set() for verdict in VERDICTS}
        for alphabet, digits, indexes in self._readings:
            if not indexes:
                continue
            readings = [_Reading(text, alphabet)]
            for start, end in near_digits:
                part = text[start:end]
                readings += [
                    _Reading(part, each, start)
                    for each in digits
                    if not each.signs.isdisjoint(part)
                ]
            for reading in readings:
                for index in indexes:
                    found[index.verdict].update(index.hits(reading))
        # Of one that is found twice at a place, the longer.
        first = [first_hits(sorted(hits, key=_by_place)) for hits in found.values()]
        return sorted((hit for hits in first for hit in hits), key=_by_place)


def _by_place(hit):
    return hit.start, -hit.end, hit.entry, hit.verdict


def _near_digits(text):
    """The parts of ``text``, from space to space, in which digits may stand for letters."""
    start = end = 0
    for match in DIGITS_FOR_LETTERS.finditer(text):
        if end and match.end() + _DIGITS_REACH <= end:
            continue
        begin = text.rfind(" ", end, max(end, match.start() - _DIGITS_REACH)) + 1 or end
        if begin > end:
            if end:
                yield start, end
            start = begin
        end = text.find(" ", match.end() + _DIGITS_REACH)
        if end < 0:
            end = len(text)
            break
    if end:
        yield start, end


def _is_latin(entry):
    """Whether ``entry`` is to be found in other than Cyrillic letters; one with both is."""
    return not CYRILLIC.search(entry) or any(
        char.isalpha() and not CYRILLIC.match(char) for char in entry
    )


class _Reading:
    """A text as one alphabet reads it, cut up; ``place`` is where it begins in a longer one."""

    def __init__(self, text, alphabet, place=0):
        self._text = text
        self._alphabet = alphabet
        self._place = place
        self.folded = alphabet.fold(text)
        self._places = alphabet.places(text)
        # Whether any letters are drawn out; few texts have such.
        self.is_drawn = bool(STRETCH.search(self.folded))
        pieces = self.folded.replace(".", " ").split()
        self.pieces = set(pieces)
        self.broken = list(self._broken())
        self.spelled = list(self._spelled()) if _is_spelled(pieces) else []

    def hit(self, start, end, entry):
        """The `Hit` at these places of ``folded``, or None if it is but a number."""
        text, places = self._text, self._places
        if places:
            start, end = places[start], places[end - 1] + 1
            # An accent belongs to the letter before it.
            while end < len(text) and not self._alphabet[ord(text[end])]:
                end += 1
        # "455" could be read as a word.
        if self._alphabet.signs and not any(map(str.isalpha, text[start:end])):
            return None
        return Hit(self._place + start, self._place + end, entry.text, entry.verdict)

    def _broken(self):
        """Chains with punctuation between their pieces: "vi-ag-ra"."""
        folded, end = self.folded, 0
        while joint := JOINT.search(folded, end):
            start = folded.rfind(" ", end, joint.start()) + 1 or end
            end = folded.find(" ", joint.end())
            end = end if end >= 0 else len(folded)
            # One of single letters is spelled out.
            if not SPELLED.fullmatch(folded[start:end].strip(".")):
                yield Chain(folded[start:end], start, 2)

    def _spelled(self):
        """Chains of single letters: "v i a g r a"."""
        for match in SPELLED.finditer(self.folded):
            yield Chain(match.group(), match.start(), SPELLED_OUT)


def _is_spelled(pieces):
    try:
        return b"\1" * SPELLED_OUT in bytes(map(len, pieces))
    except ValueError:
        # One is too long for a byte.
        return True
