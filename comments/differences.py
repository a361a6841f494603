"""What changed between two texts, word by word. PURE.

Words, or else phrases, that stand once in both texts hold the comparison in place, as in the
"patience" diff; what lies between them goes to ``difflib`` where it is small enough for that to
be quick. So the time grows with the length of the texts, whatever is in them.
"""

import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from itertools import accumulate, pairwise

from django.utils.translation import gettext as _

from comments.markup import escape, legible

KEPT, ADDED, TAKEN = "kept", "added", "taken out"

# Steps that ``difflib`` may take in one comparison: some 20 milliseconds at worst.
EFFORT_LIMIT = 2_000_000
# Each round finds words that stand once within what the round before left over.
ROUNDS = 6
# Where no word stands once, phrases are looked for: four words with the spaces between them.
PHRASE = 7
# More changes than these are confetti that nobody reads: words between them join them.
MOST_CHANGES = 150

# Combining marks, joiners, variation selectors: they belong to what stands before them.
_JOINED = "\u0300-\u036f\u200d\u20e3\u3099\u309a\ufe00-\ufe0f\U000e0100-\U000e01ef"
# Not the apostrophe, the hyphen and the underscore, which stand within words.
_MARKS = r"""!-&(-,.-/:-@\[-\^`{-~¡«»¿–—―“”„‘‚…‹›、。〈-】〔-〟！-／：-＠［-｀｛-･"""
# Scripts that put no space between words are compared letter by letter.
_UNSPACED = "\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"\s+|[{_MARKS}{_UNSPACED}][{_JOINED}]*|[^\s{_MARKS}{_UNSPACED}]+", re.DOTALL)


def render_difference(old, new):
    """``new`` as HTML, with what it has more than ``old`` in ``<ins>`` and less in ``<del>``.

    For an element that keeps line breaks and spaces. Hidden words say the same to who listens.
    """
    return "".join(
        escape(words) if kind == KEPT else _print_change(kind, words)
        for kind, words in compare_words(legible(old), legible(new))
    )


def render_sides(old, new):
    """``(old, new)`` as HTML, to stand side by side: what one has more than the other is marked.

    As ``render_difference`` marks it.
    """
    sides = {TAKEN: [], ADDED: []}
    for kind, words in compare_words(legible(old), legible(new)):
        for side, parts in sides.items():
            if kind == KEPT:
                parts.append(escape(words))
            elif kind == side:
                parts.append(_print_change(kind, words))
    return "".join(sides[TAKEN]), "".join(sides[ADDED])


def render_words(text):
    """``text`` as HTML for the same element, where there is nothing to compare it with."""
    return escape(legible(text))


def _print_change(kind, words):
    tag = "ins" if kind == ADDED else "del"
    if words.isspace():
        return f"<{tag}>{words}</{tag}>"
    if kind == ADDED:
        begin, end = _("added:"), _("(end of what was added)")
    else:
        begin, end = _("taken out:"), _("(end of what was taken out)")
    return (
        f'<{tag}><span class="visually-hidden"> {begin} </span>{escape(words)}'
        f'<span class="visually-hidden"> {end} </span></{tag}>'
    )


def compare_words(old, new):
    """``[(KEPT, ADDED or TAKEN, words)]``, in order; what was taken out before what came for it.

    Without what was added they are ``old``, without what was taken out ``new``, to the letter.
    """
    pieces, at = [], 0
    for old_start, old_end, new_start, new_end in _changes(old, new):
        pieces += (
            (KEPT, old[at:old_start]),
            (TAKEN, old[old_start:old_end]),
            (ADDED, new[new_start:new_end]),
        )
        at = old_end
    pieces.append((KEPT, old[at:]))
    return [(kind, words) for kind, words in pieces if words]


def _changes(old, new):
    """Where the texts differ: ``(start and end in old, start and end in new)``, in order."""
    old_words, new_words = _TOKEN.findall(old), _TOKEN.findall(new)
    old_at = list(accumulate(map(len, old_words), initial=0))
    new_at = list(accumulate(map(len, new_words), initial=0))
    changes, old_end, new_end = [], 0, 0
    runs = _Comparison().runs(old_words, new_words)
    for old_place, new_place, length in [*runs, (len(old_words), len(new_words), 0)]:
        if old_place > old_end or new_place > new_end:
            changes.append((old_at[old_end], old_at[old_place], new_at[new_end], new_at[new_place]))
        old_end, new_end = old_place + length, new_place + length
    return _bounded(_joined(old, changes))


def _joined(old, changes):
    """The changes, those as one between which too little was kept to be read as words of both."""
    joined = []
    for change in changes:
        if joined and _is_too_little(old[joined[-1][1] : change[0]], joined[-1], change):
            joined[-1] = _from_to(joined[-1], change)
        else:
            joined.append(change)
    return joined


def _is_too_little(kept, before, behind):
    # Between lines there is something to hold on to.
    if "\n" in kept:
        return False
    return kept.isspace() or len(kept) <= min(_size(before), _size(behind))


def _bounded(changes):
    """At most ``MOST_CHANGES``: the least that was kept between them is left out."""
    if len(changes) <= MOST_CHANGES:
        return changes
    kept = [behind[0] - before[1] for before, behind in pairwise(changes)]
    widest = sorted(range(len(kept)), key=kept.__getitem__, reverse=True)[: MOST_CHANGES - 1]
    ends = [*sorted(widest), len(changes) - 1]
    begins = [0, *(end + 1 for end in ends[:-1])]
    return [_from_to(changes[k], changes[end]) for k, end in zip(begins, ends, strict=True)]


def _from_to(first, last):
    return first[0], last[1], first[2], last[3]


def _size(change):
    return max(change[1] - change[0], change[3] - change[2])


class _Comparison:
    """One comparison, and how much effort is left for it."""

    def __init__(self):
        self.effort_left = EFFORT_LIMIT

    def runs(self, old, new, rounds=ROUNDS):
        """What both have, in order: ``[(place in old, place in new, length)]``."""
        most = min(len(old), len(new))
        start = 0
        while start < most and old[start] == new[start]:
            start += 1
        end = 0
        while end < most - start and old[-1 - end] == new[-1 - end]:
            end += 1
        inner_old, inner_new = old[start : len(old) - end], new[start : len(new) - end]
        found = [(0, 0, start)] if start else []
        found += [
            (old_place + start, new_place + start, length)
            for old_place, new_place, length in self._inner_runs(inner_old, inner_new, rounds)
        ]
        if end:
            found.append((len(old) - end, len(new) - end, end))
        return found

    def _inner_runs(self, old, new, rounds):
        if not old or not new:
            return []
        # What is small enough is compared by difflib; else in pieces, between what stands once.
        effort = _effort(old, new)
        if effort <= self.effort_left:
            self.effort_left -= effort
            matcher = SequenceMatcher(_is_gap, old, new, autojunk=False)
            return [tuple(block) for block in matcher.get_matching_blocks() if block.size]
        anchors = rounds and (_anchors(old, new) or _anchors(_phrases(old), _phrases(new)))
        if not anchors:
            return []
        found, old_end, new_end = [], 0, 0
        for old_place, new_place in anchors:
            between = self.runs(old[old_end:old_place], new[new_end:new_place], rounds - 1)
            found += [(i + old_end, j + new_end, length) for i, j, length in between]
            found.append((old_place, new_place, 1))
            old_end, new_end = old_place + 1, new_place + 1
        behind = self.runs(old[old_end:], new[new_end:], rounds - 1)
        return found + [(i + old_end, j + new_end, length) for i, j, length in behind]


def _is_gap(word):
    """Whether it only keeps words apart. A line's end says more: paragraphs begin behind it."""
    return word.isspace() and "\n" not in word


def _effort(old, new):
    """The most steps that ``difflib`` can need: one look at every pair, for every run."""
    counts = Counter(new)
    pairs = sum(counts[word] for word in old if not _is_gap(word))
    return (len(old) + pairs) * (2 * min(len(old), len(new)) + 1)


def _phrases(words):
    return list(zip(*(words[first:] for first in range(PHRASE)), strict=False))


def _anchors(old, new):
    """What stands once in each, as much as stands in the same order: ``[(i, j)]``."""
    in_old, in_new = Counter(old), Counter(new)
    place_in_new = {word: place for place, word in enumerate(new) if in_new[word] == 1}
    pairs = [
        (place, place_in_new[word])
        for place, word in enumerate(old)
        if in_old[word] == 1 and word in place_in_new and word != " "
    ]
    # The longest rising row of places in ``new``, by patience sorting.
    tops, ends, before = [], [], []
    for index, (_old, place) in enumerate(pairs):
        pile = bisect_left(tops, place)
        before.append(ends[pile - 1] if pile else None)
        tops[pile : pile + 1] = [place]
        ends[pile : pile + 1] = [index]
    rising, index = [], ends[-1] if ends else None
    while index is not None:
        rising.append(pairs[index])
        index = before[index]
    return rising[::-1]
