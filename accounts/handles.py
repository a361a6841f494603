"""Handles: what one may look like at sign-up, and which two would be taken for each other.

Pure: text in, text or an error out. Nothing here reads a setting or the database; only the words of
an error are in the language of the page that is being made.

`check_handle` is for people who sign up. Handles that come with an imported page are kept letter
for letter and are never checked; they only meet `handle_skeleton`, so that nobody can sign up
under a name that looks like theirs.
"""

import functools
import json
import re
import unicodedata
from importlib.resources import files

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

# One letter cannot be told from an initial, and a link of one letter is hard to hit with a thumb.
HANDLE_MIN_LENGTH = 2
# What still fits beside a date on a narrow phone without being cut.
HANDLE_MAX_LENGTH = 30
# Vietnamese and Hebrew need up to three marks on a letter; more is a tower over other lines.
MAX_STACKED_MARKS = 3
# A compatibility form can unfold into 18 letters, so a skeleton could outgrow any column. Cut
# there, two names that agree that far count as the same: the safe side.
SKELETON_MAX_LENGTH = 200

RESERVED_HANDLES = (
    "admin",
    "admins",
    "administrator",
    "administration",
    "moderator",
    "moderators",
    "moderation",
    "mod",
    "mods",
    "editor",
    "editors",
    "editorial",
    "editor in chief",
    "newsroom",
    "staff",
    "team",
    "support",
    "help",
    "helpdesk",
    "official",
    "owner",
    "root",
    "system",
    "superuser",
    "webmaster",
    "postmaster",
    "hostmaster",
    "abuse",
    "security",
    "anonymous",
    "anonymous user",
    "guest",
    "deleted",
    "deleted user",
    "former reader",
    "everyone",
    "админ",
    "администратор",
    "администрация",
    "модератор",
    "редактор",
    "редакция",
    "поддержка",
)

_PUNCTUATION = "_-.'\u2019"
# Marks by which Unicode says "the same letter, only dressed up": bold, full-width, raised, in a
# circle. Plain <compat> is not among them, because everyday Thai and Lao are written with it.
_DECORATED = ("<font>", "<wide>", "<narrow>", "<super>", "<sub>", "<circle>", "<square>", "<small>")
# Unicode's Default_Ignorable_Code_Point: drawn as nothing, whatever category they carry.
_IGNORABLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_INVISIBLE = re.compile(f"[{_IGNORABLE}]")
# Controls draw nothing either, but a tab or a line break still parts two words.
_DRAWS_NOTHING = re.compile(f"[{_IGNORABLE}\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f]")
# Braille's empty cell is the one blank that Unicode does not call a space.
_BLANKS = re.compile(r"[\s\u2800]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
# A dot above a letter that has one already cannot be seen; Turkish İ folds to just that.
_DOT_ON_A_DOT = re.compile("(?<=[ij\u0456\u0458])\u0307+")
_SEPARATORS = re.compile(f"[{re.escape(_PUNCTUATION)} ]+")
# The table marks right-to-left letters with this; it is not part of the letter.
_LEFT_TO_RIGHT_MARK = "\u200e"


class HandleError(ValueError):
    """A handle nobody may sign up with; the message can be shown to the person as it stands."""


def check_handle(handle: str) -> None:
    """Raise `HandleError` if nobody may sign up as `handle`; say what is wrong and what to do.

    For sign-up only. It does not ask whether the handle is taken: compare `handle_skeleton` with
    those in use for that. Every handle that passes survives a URL path when percent-encoded.
    """
    # "é" is one letter, however the keyboard put it together.
    composed = unicodedata.normalize("NFC", handle)
    if len(composed) < HANDLE_MIN_LENGTH:
        raise HandleError(
            _("This name is too short. Use at least %(least)d letters or digits.")
            % {"least": HANDLE_MIN_LENGTH}
        )
    if len(composed) > HANDLE_MAX_LENGTH:
        raise HandleError(
            ngettext(
                "This name has %(count)d character. Use at most %(most)d.",
                "This name has %(count)d characters. Use at most %(most)d.",
                len(composed),
            )
            % {"count": len(composed), "most": HANDLE_MAX_LENGTH}
        )
    if handle != handle.strip():
        raise HandleError(_("This name begins or ends with a space. Remove that space."))
    if "  " in handle:
        raise HandleError(_("This name has several spaces in a row. Use single spaces."))
    _check_characters(composed)
    if not any(_is_letter_or_digit(char) for char in handle):
        raise HandleError(_("This name is only punctuation. Use at least one letter or digit."))
    if _bare(handle_skeleton(handle)) in _reserved_skeletons():
        raise HandleError(
            _("This name is reserved for the people who run the site. Choose another one.")
        )


def handle_skeleton(handle: str) -> str:
    """What is left of a handle when everything a reader cannot tell apart is made the same.

    Two handles with the same skeleton differ only by case, by compatibility form (full-width,
    ligatures, circled), by look-alike letters of other scripts, by i/l/1 and o/0, by rn/m and
    vv/w, by characters that draw nothing, or by the number and kind of spaces. Accents count: "é"
    is not "e". Never show a skeleton; store it and compare it. It is at most
    `SKELETON_MAX_LENGTH` characters, never holds what a database cannot store, and is "" for a
    handle that draws nothing at all. `handle_skeleton(handle_skeleton(x)) == handle_skeleton(x)`.

    Known to slip through, because upper and lower case look like different Latin letters and case
    must not matter: Greek capital Nu for N and capital Upsilon for Y (they count as v and u).
    """
    skeleton = _SURROGATE.sub("\ufffd", handle)
    # One pass can bring forth what the next one folds (a letter and a mark that now compose, an
    # "r" and an "n" that have become neighbours), so it goes on until nothing changes. Every pass
    # only moves letters towards their one prototype or makes the text shorter.
    while (folded := _fold_once(skeleton)) != skeleton:
        skeleton = folded
    return unicodedata.normalize("NFC", skeleton)[:SKELETON_MAX_LENGTH].rstrip()


def _fold_once(text: str) -> str:
    text = unicodedata.normalize("NFKD", _DRAWS_NOTHING.sub("", text)).casefold()
    text = _DRAWS_NOTHING.sub("", unicodedata.normalize("NFKD", text))
    text = _DOT_ON_A_DOT.sub("", text)
    text = "".join(map(_prototype, text))
    text = text.replace("rn", "m").replace("vv", "w")
    return unicodedata.normalize("NFD", _BLANKS.sub(" ", text).strip())


@functools.cache
def _look_alikes() -> dict[str, tuple[str, ...]]:
    """Unicode's table of confusable characters: each character with those it is taken for.

    Read on first use, about 15 ms, and straight from the package's data file: the package's own
    loader pulls in an HTTP client, and keeps the English name of every character in memory.
    """
    source = files("confusable_homoglyphs").joinpath("confusables.json")
    table = json.loads(source.read_text(encoding="utf-8"))
    return {
        char.strip(_LEFT_TO_RIGHT_MARK): tuple(
            entry["c"].strip(_LEFT_TO_RIGHT_MARK) for entry in entries
        )
        for char, entries in table.items()
    }


@functools.lru_cache(maxsize=4096)
def _prototype(char: str) -> str:
    """The one character that stands for all that look like `char`, which is already lower case.

    A Latin letter or digit where the character itself, or its capital, looks like one: the
    small Cyrillic En goes with its capital, which nobody tells from "H".
    """
    centre = _centre(char)
    if _is_plain(centre):
        return _latin(centre)
    for member in (char, *sorted(_look_alikes().get(centre, ()))):
        capital = member.upper()
        if len(capital) == 1 and _is_plain(target := _centre(capital)):
            return _latin(target)
    folded = unicodedata.normalize("NFKD", centre).casefold()
    # A centre that would itself be folded further is no resting place; the character stays.
    return centre if folded == centre else char


def _centre(char: str) -> str:
    """The middle of the star of look-alikes around `char`.

    The table runs both ways and so hides which side is the prototype; but a prototype has many
    look-alikes, and a look-alike only one prototype. Of a lone pair the lower code point stands
    for both, which is the Latin one if there is one.
    """
    single = [other for other in _look_alikes().get(char, ()) if len(other) == 1]
    if len(single) != 1:
        return char
    other = single[0]
    if sum(len(third) == 1 for third in _look_alikes().get(other, ())) > 1:
        return other
    return min(char, other)


def _is_plain(char: str) -> bool:
    return char.isascii() and char.isalnum()


def _latin(char: str) -> str:
    """Lower case; and as "I" looks like "l" while case does not matter, "i" is "l" as well."""
    small = char.lower()
    return {"i": "l", "1": "l", "0": "o"}.get(small, small)


@functools.cache
def _reserved_skeletons() -> frozenset[str]:
    return frozenset(_bare(handle_skeleton(handle)) for handle in RESERVED_HANDLES)


def _bare(skeleton: str) -> str:
    """A skeleton without its punctuation: "a.d.m.i.n" is no other claim than "admin"."""
    return handle_skeleton(_SEPARATORS.sub("", skeleton))


def _check_characters(composed: str) -> None:
    marks = 0
    previous = " "
    for char in composed:
        category = unicodedata.category(char)
        if _INVISIBLE.match(char) or category in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            raise HandleError(
                _(
                    "This name holds a character that cannot be seen (%(code)s). "
                    "Type the name by hand instead of pasting it."
                )
                % {"code": f"U+{ord(char):04X}"}
            )
        if category.startswith("M"):
            marks += 1
            if not _is_letter_or_digit(previous) or marks > MAX_STACKED_MARKS:
                raise HandleError(
                    _("This name stacks accents where no letter carries them. Remove some of them.")
                )
            continue
        marks = 0
        previous = char
        if char == " " or char in _PUNCTUATION:
            continue
        if not _is_letter_or_digit(char):
            if char.isspace():
                raise HandleError(
                    _(
                        "This name holds a space of an unusual kind, which is not allowed. Use "
                        "letters, digits, single spaces and _ - . or an apostrophe."
                    )
                )
            raise HandleError(
                _(
                    "This name holds “%(character)s”, which is not allowed. Use letters, digits, "
                    "single spaces and _ - . or an apostrophe."
                )
                % {"character": char}
            )
        if unicodedata.decomposition(char).startswith(_DECORATED):
            plain = unicodedata.normalize("NFKC", char)
            raise HandleError(
                _("This name holds the decorated letter “%(letter)s”. Write “%(plain)s” instead.")
                % {"letter": char, "plain": plain}
            )


def _is_letter_or_digit(char: str) -> bool:
    category = unicodedata.category(char)
    return category.startswith("L") or category == "Nd"
