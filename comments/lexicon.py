"""PURE: texts as the tokens that search compares, and what somebody types as a query.

A token is a word without its ending, its accents and its capitals: by the English rules where
its letters are Latin, by the Russian ones where they are Cyrillic, so that a text may have both.
Tokens are made here for both databases, which then only compare them: ``brücken`` typed finds
``Brücken`` on either, and neither has an opinion of its own on what a word is.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from threading import local

from snowballstemmer.english_stemmer import EnglishStemmer
from snowballstemmer.russian_stemmer import RussianStemmer

# Longer ones are addresses and slips of the keyboard: they are found by how they begin.
MOST_LETTERS = 40
# Nobody reads more of what was typed, and each token costs a look at the index.
MOST_QUERY = 200
MOST_QUERY_TOKENS = 12
# Different words that are kept with their tokens, in each worker: more than most papers use.
_KEPT = 100_000

# What a query word loses beside others: nearly every text has them. Inside a phrase they count.
STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be but by for from has have he her his i in is it its not of on or she "
        "that the their they this to was we were what who will with you "
        "а без бы в во вот все для до его если же за и из или их к как когда ко мы на не нет но о "
        "об он она они от по при с со так также там то тот у что чтобы эта это этот я",
    )
)


def _ranges_of_marks():
    """The accents and vowel signs that belong to letters of any script, for a character class.

    Of the scripts that are written today, which costs 10 milliseconds at the start.
    """
    marks = (at for at in range(0x300, 0x10000) if unicodedata.category(chr(at))[0] == "M")
    runs = ([at for _, at in run] for _, run in groupby(enumerate(marks), lambda e: e[1] - e[0]))
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in runs)


_MARKS = _ranges_of_marks()
# Drawn as nothing, and found in the middle of words: soft hyphens, joiners.
_UNSEEN = "\u00ad\u200b-\u200d\u2060\ufeff"
_APOSTROPHES = "'\u2019\u02bc"
# Scripts that part no words: each of their letters is a word, and a word of theirs a phrase.
_ALONE = "\u0e01-\u0e2e\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(
    rf"[{_ALONE}][{_MARKS}]*"
    rf"|[^\W_{_ALONE}](?:[^\W_{_ALONE}]|[{_MARKS}{_UNSEEN}]|[{_APOSTROPHES}](?=[^\W_]))*"
)
_POSSESSIVE = re.compile(rf"[{_APOSTROPHES}]s$", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]+")
_CYRILLIC = re.compile("[\u0400-\u052f]+")


class _Stemmers(local):
    """They remember the word they are at, so each thread has its own."""

    def __init__(self):
        self.english = EnglishStemmer()
        self.russian = RussianStemmer()


_stemmers = _Stemmers()


@lru_cache(maxsize=_KEPT)
def token_of(word):
    """The token of a word as it was written; "" for what has no letter left."""
    folded = fold(word)
    if _LATIN.fullmatch(folded):
        return _stemmers.english.stemWord(folded)
    if _CYRILLIC.fullmatch(folded):
        return _stemmers.russian.stemWord(folded)
    return folded


@lru_cache(maxsize=_KEPT)
def fold(word):
    """A word in small letters, without accents, apostrophes and a possessive ``'s``.

    Only letters, digits and marks are left: nothing that any database reads as a sign. Accents
    go where they adorn a letter of ours; where they make another one of it (й, ї), they stay,
    but for ё, which many write as е.
    """
    word = _POSSESSIVE.sub("", word)
    if not word.isascii():
        word = unicodedata.normalize("NFKC", word)
    word = word.casefold().replace("ё", "е")
    if not word.isascii():
        word = _without_accents(word)
    return "".join(filter(_belongs, word))[:MOST_LETTERS]


def _without_accents(word):
    plain = []
    for char in unicodedata.normalize("NFC", word):
        parts = unicodedata.normalize("NFD", char)
        plain.append(parts[0] if parts[0].isascii() else char)
    # An accent of its own, as on а́ in textbooks: Cyrillic has no such letter.
    return "".join(char for char in plain if not "\u0300" <= char <= "\u036f")


def _belongs(char):
    return char.isalnum() or unicodedata.category(char)[0] == "M"


def tokens_of(text):
    """The tokens of a text, in its order."""
    return [token for word in _WORD.findall(text) if (token := token_of(word))]


def words_with_places(text):
    """``(from, to, token)`` of each word in a text, to find again what was found."""
    for found in _WORD.finditer(text):
        if token := token_of(found[0]):
            yield found.start(), found.end(), token


def folded_words(text):
    """The words of a text as they are spelled, folded: what slips of the pen are held against."""
    return {folded for word in _WORD.findall(text) if (folded := fold(word))}


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase of a query: ``tokens`` that stand side by side, as somebody typed it."""

    tokens: tuple
    typed: str
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: all of ``terms``, none of ``besides``.

    ``is_cut`` tells that more was typed than is looked for.
    """

    terms: tuple = ()
    besides: tuple = ()
    is_cut: bool = False

    def __bool__(self):
        return bool(self.terms or self.besides)

    @property
    def tokens(self):
        """Every token that is looked for: what an extract marks."""
        return frozenset(token for term in self.terms for token in term.tokens)

    def with_word(self, term, word):
        """The same query with ``word`` in the place of one of its terms."""
        other = Term((token_of(word),), word)
        return Query(
            tuple(other if each == term else each for each in self.terms),
            self.besides,
            self.is_cut,
        )

    def __str__(self):
        """As it could be typed."""
        terms = [*map(_as_typed, self.terms), *(f"-{_as_typed(each)}" for each in self.besides)]
        return " ".join(terms)


def _as_typed(term):
    return f'"{term.typed}"' if term.is_phrase else term.typed


_PART = re.compile(r'(?<!\S)(-?)"([^"]*)"?|(\S+)')
_QUOTES = str.maketrans(dict.fromkeys("“”„«»‟＂", '"'))


def read_query(typed):
    """The ``Query`` that a text stands for; any text stands for one, if only for an empty one.

    Words are looked for all together, ``"words in quotes"`` side by side, ``-word`` not at all.
    Every other sign parts words and does nothing else.
    """
    is_cut = len(typed) > MOST_QUERY
    terms, besides, room = [], [], MOST_QUERY_TOKENS
    for minus, quoted, word in _PART.findall(typed[:MOST_QUERY].translate(_QUOTES)):
        is_phrase = not word
        if word.startswith("-"):
            minus = "-"
        tokens = tuple(tokens_of(quoted or word))
        if not tokens:
            continue
        if len(tokens) > room:
            is_cut = True
            continue
        room -= len(tokens)
        (besides if minus else terms).append(
            Term(tokens, _tidy(quoted or word), is_phrase or len(tokens) > 1)
        )
    telling = [each for each in terms if each.is_phrase or fold(each.typed) not in STOP_WORDS]
    return Query(_unlike(telling or terms), _unlike(besides), is_cut)


def _tidy(typed):
    """What was typed, from its first word to its last, on one line and without quotes."""
    found = list(_WORD.finditer(typed))
    return " ".join(typed[found[0].start() : found[-1].end()].replace('"', " ").split())


def _unlike(terms):
    """The terms that look for different things, each once."""
    return tuple({(each.tokens, each.is_phrase): each for each in reversed(terms)}.values())[::-1]
