"""Where the folded pieces of a text are looked up: words, beginnings, what is broken up. PURE."""

import re
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

VERDICTS = ("hold", "reject")

# Of each verdict: a moderator needs no more to decide, and whoever wrote the text no more to know
# what is meant. Counted apart, or fifty words to be held would hide one to be rejected.
MAX_HITS = 50
# So many of the same letter are drawn out; two are how "loose" is told from "lose".
_DRAWN_OUT = 3
# Two one-letter words side by side are everyday Russian ("и я"); three are spelling.
SPELLED_OUT = 3
# So few pieces are found faster one by one than by looking at each piece of a text.
_FEW = 40
# What stands around a piece.
_GAPS = ("", " ", ".")
# A shorter prefix would be found across a hyphen by accident: "ass*" in "as-soon-as-possible".
_LONG_PREFIX = 5

PIECE = re.compile("[^ .]+")
STRETCH = re.compile(r"([^ .])\1\1")
_RUN = re.compile(r"(.)\1*")
_DOUBLE = re.compile(r"(.)\1+")
_LONG_RUN = re.compile(r"(.)\1{3,}")
# Between two pieces without a space.
JOINT = re.compile(r"\.(?<=[^ .].)(?=\.*+[^ .])")
SPELLED = re.compile(r"(?<![^ .])[^ .](?:[ .]++[^ .](?![^ .])){2,}")


@dataclass(frozen=True, slots=True)
class Entry:
    text: str
    verdict: str
    letters: str
    is_prefix: bool
    is_phrase: bool


class _Stems:
    """Answers which of some keys a text goes on with, longest first, in the time of one search.

    Of the keys in order, the last one that is not behind the text has all of them as beginnings
    or is one of them; so each key only has to know the longest other that it begins with.
    """

    def __init__(self, keys):
        self._keys = sorted(keys)
        self._longest = max(map(len, self._keys), default=0)
        self._shorter = []
        open_keys = []
        for index, key in enumerate(self._keys):
            while open_keys and not key.startswith(self._keys[open_keys[-1]]):
                open_keys.pop()
            self._shorter.append(open_keys[-1] if open_keys else -1)
            open_keys.append(index)
        # Most places in a text go on with none of them, and this tells so at once.
        self._heads = {key[:3] for key in self._keys}
        self._has_short = any(len(head) < 3 for head in self._heads)

    def may_begin(self, pieces):
        """Those of ``pieces`` that may begin with a key, at next to no cost each."""
        heads, short = self._heads, self._has_short
        return [
            piece
            for piece in pieces
            if piece[:3] in heads or (short and (piece[:2] in heads or piece[:1] in heads))
        ]

    def may_go_on(self, text, starts):
        """Those of ``starts`` at which ``text`` may go on with a key, at next to no cost each."""
        heads, short = self._heads, self._has_short
        return [
            start
            for start in starts
            if text[start : start + 3] in heads
            or (short and (text[start : start + 2] in heads or text[start] in heads))
        ]

    def of(self, text, start=0):
        index = bisect_right(self._keys, text[start : start + self._longest]) - 1
        while index >= 0:
            key = self._keys[index]
            if text.startswith(key, start):
                yield key
            index = self._shorter[index]


class Chain:
    """Pieces that may be parts of one word, of ``pieces_at_least``."""

    def __init__(self, folded, place, pieces_at_least):
        self._folded = folded
        self._place = place
        self.pieces_at_least = pieces_at_least
        pieces = folded.replace(".", " ").split()
        self.letters = "".join(pieces)
        # Where each piece begins in the letters.
        self.starts = [0, *accumulate(map(len, pieces))]
        # Where each run of the same letter does, and the run that each piece begins in.
        begins = self.starts[: len(pieces) - pieces_at_least + 1]
        if _DOUBLE.search(self.letters):
            self.runs = [run.start() for run in _RUN.finditer(self.letters)]
            self.undrawn = "".join([self.letters[run] for run in self.runs])
            self.runs.append(len(self.letters))
            self.begins = [bisect_right(self.runs, start) - 1 for start in begins]
        else:
            self.runs, self.undrawn = range(len(self.letters) + 1), self.letters
            self.begins = begins

    @cached_property
    def spans(self):
        """The start and end of each piece in the whole folded text."""
        return [
            (self._place + each.start(), self._place + each.end())
            for each in PIECE.finditer(self._folded)
        ]

    def last_piece(self, start, last_run, meant, is_prefix):
        """Which piece ``meant`` ends in, if it is what the letters from ``start`` go on with."""
        # As long as it should be, or drawn out.
        for end in (last_run[0] + _last_run(meant), last_run[1]):
            if start < end <= last_run[1] and _fits(self.letters[start:end], meant):
                piece = bisect_right(self.starts, end - 1) - 1
                is_whole = self.starts[piece + 1] == end
                if is_whole or (is_prefix and len(meant) >= _LONG_PREFIX):
                    return piece
        return None


def make_indexes(entries, alphabet):
    of_verdict = {verdict: [each for each in entries if each[1] == verdict] for verdict in VERDICTS}
    return [Index(verdict, own, alphabet) for verdict, own in of_verdict.items() if own]


class Index:
    """The entries of one alphabet and verdict, by what they are looked up by.

    Verdicts are apart, so that each is done when it has its `MAX_HITS`.
    """

    def __init__(self, verdict, entries, alphabet):
        self.verdict = verdict
        # Whole words and phrases, with one space between the pieces of a phrase.
        self._whole = defaultdict(list)
        # The beginnings of phrases, piece by piece: only from there is it worth reading on.
        self._openings = set()
        # What comes before the last piece of a prefix, with those last pieces.
        self._begun = defaultdict(lambda: defaultdict(list))
        # All letters in a row, each run of the same letter as one: for what is not in one piece,
        # or drawn out.
        self._joined = defaultdict(lambda: defaultdict(list))
        # And the single pieces in the same form.
        self._drawn = defaultdict(set)
        for text, verdict in entries:
            self._add(text, verdict, alphabet)
        self._stems = {head: _Stems(lasts) for head, lasts in self._begun.items()}
        self._joined_stems = _Stems(self._joined)

    def _add(self, text, verdict, alphabet):
        word = text.strip()
        is_prefix = word.endswith("*")
        folded = alphabet.fold(word.removesuffix("*")).strip(" .")
        pieces = PIECE.findall(folded)
        letters = "".join(pieces)
        # "e-mail" is one word, and "don't" is two pieces that are not found as "dont".
        entry = Entry(text, verdict, _LONG_RUN.sub(r"\1\1\1", letters), is_prefix, " " in folded)
        self._joined[_undrawn(letters)][entry.letters, is_prefix].append(entry)
        for count in range(1, len(pieces)):
            self._openings.add(" ".join(pieces[:count]))
        words = {" ".join(pieces)} if entry.is_phrase else {" ".join(pieces), letters}
        for word in words:
            *head, last = word.split(" ")
            if is_prefix:
                self._begun[" ".join(head)][last].append(entry)
            else:
                self._whole[word].append(entry)
            for piece in head if is_prefix else (*head, last):
                self._drawn[_undrawn(piece)].add(piece)

    def hits(self, reading):
        """What is found in ``reading``: at most `MAX_HITS` in each of three ways."""
        broken = (span for chain in reading.broken for span in self._across(chain))
        for spans in (
            self._in_pieces(reading),
            (span for span in broken if not span[2].is_phrase),
            (span for chain in reading.spelled for span in self._across(chain)),
        ):
            yield from first_hits(filter(None, (reading.hit(*span) for span in spans)))

    def _in_pieces(self, reading):
        """Words and phrases whose pieces are whole; ``(start, end, entry)`` in order of start."""
        pieces = reading.pieces
        found = {piece: self._whole[piece] for piece in pieces if piece in self._whole}
        if stems := self._stems.get(""):
            for piece in stems.may_begin(pieces):
                for key in stems.of(piece):
                    found[piece] = [*found.get(piece, ()), *self._begun[""][key]]
        meant = self._drawn_out(pieces, found) if reading.is_drawn else {}
        opens = {piece for piece in pieces if meant.get(piece, piece) in self._openings}
        if found or opens:
            yield from self._walk(reading.folded, found, opens, meant)

    def _drawn_out(self, pieces, found):
        """What drawn-out pieces are read as in a phrase; adds their own entries to ``found``."""
        meant = {}
        for piece in filter(STRETCH.search, pieces):
            undrawn = _undrawn(piece)
            words = [word for word in sorted(self._drawn.get(undrawn, ())) if _fits(piece, word)]
            entries = [entry for word in words for entry in self._whole.get(word, ())]
            for key in self._joined_stems.of(undrawn):
                entries += [
                    entry
                    for (letters, is_prefix), joined in self._joined[key].items()
                    if is_prefix and _fits(piece, letters, True)
                    for entry in joined
                    if not entry.is_phrase
                ]
            if words and piece not in words:
                meant[piece] = max(words, key=lambda word: (len(word), word))
            if entries:
                found[piece] = [*found.get(piece, ()), *entries]
        return meant

    def _walk(self, folded, found, opens, meant):
        for start, end, piece in _places_of(found.keys() | opens, folded):
            for entry in found.get(piece, ()):
                yield start, end, entry
            if piece in opens:
                for ends, entry in self._phrases(folded, start, meant):
                    yield start, ends, entry

    def _phrases(self, folded, start, meant):
        pieces = PIECE.finditer(folded, start)
        phrase = next(pieces).group()
        phrase = meant.get(phrase, phrase)
        for match in pieces:
            if phrase not in self._openings:
                return
            written = match.group()
            piece = meant.get(written, written)
            if stems := self._stems.get(phrase):
                for key in stems.of(written):
                    for entry in self._begun[phrase][key]:
                        yield match.end(), entry
            phrase = f"{phrase} {piece}"
            for entry in self._whole.get(phrase, ()):
                yield match.end(), entry

    def _across(self, chain):
        """What is found in a chain of pieces without what stands between them."""
        promising = set(self._joined_stems.may_go_on(chain.undrawn, chain.begins))
        if not promising:
            return
        runs = chain.runs
        for first, run in enumerate(chain.begins):
            if run not in promising:
                continue
            start = chain.starts[first]
            for key in self._joined_stems.of(chain.undrawn, run):
                last_run = max(start, runs[run + len(key) - 1]), runs[run + len(key)]
                for (meant, is_prefix), entries in self._joined[key].items():
                    piece = chain.last_piece(start, last_run, meant, is_prefix)
                    if piece is not None and piece - first + 1 >= chain.pieces_at_least:
                        for entry in entries:
                            yield chain.spans[first][0], chain.spans[piece][1], entry


def _places_of(wanted, folded):
    """Where these pieces stand, as ``(start, end, piece)`` in order."""
    if len(wanted) > _FEW:
        for match in PIECE.finditer(folded):
            if match.group() in wanted:
                yield match.start(), match.end(), match.group()
        return
    places = []
    for piece in wanted:
        start = folded.find(piece)
        while start >= 0:
            end = start + len(piece)
            if folded[max(start - 1, 0) : start] in _GAPS and folded[end : end + 1] in _GAPS:
                places.append((start, end, piece))
            start = folded.find(piece, end)
    yield from sorted(places)


def _last_run(letters):
    return len(letters) - len(letters.rstrip(letters[-1]))


def _undrawn(letters):
    return _DOUBLE.sub(r"\1", letters)


def _fits(written, letters, begins=False):
    """Whether ``written`` is ``letters``, or drawn out; both are the same without their runs.

    One that only ``begins`` with them may go on in any way.
    """
    if written == letters:
        return True
    runs, meant = _run_lengths(written), _run_lengths(letters)
    if begins:
        runs = runs[: len(meant)]
        if runs[-1] > meant[-1]:
            runs[-1] = meant[-1]
    return all(run == length or run >= _DRAWN_OUT for run, length in zip(runs, meant, strict=True))


def _run_lengths(letters):
    return [run.end() - run.start() for run in _RUN.finditer(letters)]


def first_hits(hits):
    """The first `MAX_HITS` of ``hits``, without those that overlap the last one of their entry."""
    ends, first = {}, []
    for hit in hits:
        if hit.start >= ends.get(hit.entry, 0):
            ends[hit.entry] = hit.end
            first.append(hit)
            if len(first) == MAX_HITS:
                break
    return first
