"""Letters as they are read: look-alikes, accents, and digits for letters fold to one. PURE."""

import re
import unicodedata

from accounts.handles import handle_skeleton

# Folded characters are kept up to so many, more than any language has; then it starts anew.
_MAX_FOLDED = 50_000
# A single character can be a sentence (U+FDFA has 18 letters); a text of them would grow as much.
_MAX_UNFOLDED = 4

CYRILLIC = re.compile("[\u0400-\u052f\u1c80-\u1c8f\u2de0-\u2dff\ua640-\ua69f]")
# Unicode's Default_Ignorable_Code_Point: drawn as nothing, whatever category they carry.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
# They part a word but do not break it: "he'll" is not "hell", and "viagra's" is "viagra".
_APOSTROPHES = "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u2018\u2019\u201b\u2032\uff07"

# What a Cyrillic letter is taken for, as it is written: "В" is a B, but nobody reads "в" as b.
_LATIN_OF = {
    **dict(zip("аеорсухіјѕԁһԛԝѵкӏ", "aeopcyxijsdhqwvkl", strict=True)),
    **dict(zip("АВЕЗКМНОРСТУХІЈЅԌԚԜѴӀҮ", "abe3kmhopctyxijsgqwvly", strict=True)),
}
# And the other way round.
_CYRILLIC_OF = {
    **dict(zip("aeopcyxkij", "аеорсухкіј", strict=True)),
    **dict(zip("ABEKMHOPCTYXIJ", "авекмнорстухіј", strict=True)),
}
# Latin letters that no decomposition takes apart, and what `handle_skeleton` takes for an l.
_PLAIN = {
    **dict(zip("øłđħŧıɩɪιΙꭵᎥ", "oldhtiiiiiii", strict=True)),
    **dict(zip("ØŁĐĦŦ", "oldht", strict=True)),
    "æ": "ae",
    "Æ": "ae",
    "œ": "oe",
    "Œ": "oe",
    "ß": "ss",
    "ẞ": "ss",
}

_ONES = frozenset("1!|")
_DIGITS = dict(zip("034579@$€", "oeastgase", strict=True))
_CYRILLIC_DIGITS = dict(zip("0346@", "озчба", strict=True))


class Alphabet(dict):
    """Each character's folded form, for ``str.translate``, which fills it as it goes.

    Letters and digits fold to letters and digits, spaces and apostrophes to " ", other
    punctuation to ".", accents and what is not drawn to nothing.
    """

    def __init__(self, *, cyrillic=False, digits=(), signs=()):
        super().__init__()
        self._cyrillic = cyrillic
        self._digits = dict(digits)
        # What it reads as letters; without any of it the text says nothing new.
        self.signs = frozenset(signs or digits)
        # Those that do not fold to exactly one character: they shift all that follows.
        self.odd = set()

    def __missing__(self, code):
        char = chr(code)
        folded = self._folded(char)
        if len(self) >= _MAX_FOLDED:
            self.clear()
        if len(folded) != 1:
            self.odd.add(char)
        self[code] = folded
        return folded

    def fold(self, text):
        return text.translate(self)

    def places(self, text):
        """For each place in the folded text its place in ``text``, or None if they are equal.

        To be asked after `fold`, which is when the alphabet meets the characters of ``text``.
        """
        if self.odd.isdisjoint(text):
            return None
        places = []
        for index, char in enumerate(text):
            places.extend([index] * len(self[ord(char)]))
        return places

    def _folded(self, char):
        if char in self._digits:
            return self._digits[char]
        if char in _APOSTROPHES:
            return " "
        if _INVISIBLE.match(char):
            return ""
        if char in _PLAIN:
            return "".join(map(self._letter, _PLAIN[char]))
        plain = unicodedata.normalize("NFKD", char)[:_MAX_UNFOLDED]
        return "".join(map(self._letter, plain))

    def _letter(self, char):
        if char in self._digits:
            return self._digits[char]
        if char.isspace() or char == "\u2800" or char in _APOSTROPHES:
            return " "
        category = unicodedata.category(char)
        if category in {"Cf", "Me"} or (category == "Cc" and not char.isspace()):
            return ""
        if category[0] == "M":
            # Accents and points stand above or below; other marks are vowels of their own.
            return "" if unicodedata.combining(char) >= 10 or _INVISIBLE.match(char) else char
        if category == "Nd":
            return str(unicodedata.digit(char))
        if category[0] not in "LN":
            return "."
        if CYRILLIC.match(char):
            return self._of_cyrillic(char)
        plain = char if char.isascii() else _plain(char)
        if self._cyrillic:
            return "".join(_CYRILLIC_OF.get(each, each.lower()) for each in plain)
        return plain.lower()

    def _of_cyrillic(self, char):
        if self._cyrillic:
            return char.lower()
        return _LATIN_OF.get(char, char.lower())


def _plain(char):
    """What ``char`` is taken for, a Latin letter if there is one; never a space or a mark."""
    plain = _PLAIN.get(char) or handle_skeleton(char)
    return "".join(each for each in plain if each.isalnum()) or char


LATIN = Alphabet()
LEET_I = Alphabet(digits={**_DIGITS, **dict.fromkeys(_ONES, "i")})
LEET_L = Alphabet(digits={**_DIGITS, **dict.fromkeys(_ONES, "l")}, signs=_ONES)
CYRILLIC_TOO = Alphabet(cyrillic=True)
LEET_CYRILLIC = Alphabet(cyrillic=True, digits=_CYRILLIC_DIGITS)

DIGITS_FOR_LETTERS = re.compile(
    # Beside a letter, or by itself where a word is spelled out or broken; "in 2026" is none.
    r"[^\W\d_][^\w\s]*+[0134579@$€]|[0134579@$€!|][^\w\s]*+[^\W\d_]"
    r"|(?<!\w)\w[^\w@$€!|]++[0134579@$€!|](?!\w)"
)
