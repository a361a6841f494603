"""Real names: what may stand beside a handle. Pure: text in, text or an error out.

The words of an error are in the language of the page that is being made.
"""

import unicodedata

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.handles import MAX_STACKED_MARKS, handle_skeleton

# As long as what still fits beside a handle on one line of a wide page.
REAL_NAME_MAX_LENGTH = 80
# Persian and Sinhala names cannot be written without these two, which draw nothing themselves.
_JOINERS = "\u200c\u200d"
_NOT_PLAIN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


class RealNameError(ValueError):
    """A real name nobody may give themselves; the message can be shown as it stands."""


def clean_real_name(text: str) -> str:
    """A real name as it may be kept: one plain line without spaces around it, or "".

    Raises `RealNameError` that says what is wrong: too long, a line break, a control or
    direction mark, towers of accents, nothing to see. For names that people type; those of an
    imported page are kept letter for letter. It is text: whoever shows it escapes it.
    """
    name = text.strip()
    if len(name) > REAL_NAME_MAX_LENGTH:
        raise RealNameError(
            ngettext(
                "This name has %(count)d character. Use at most %(most)d.",
                "This name has %(count)d characters. Use at most %(most)d.",
                len(name),
            )
            % {"count": len(name), "most": REAL_NAME_MAX_LENGTH}
        )
    marks = 0
    for char in name:
        category = unicodedata.category(char)
        if category in _NOT_PLAIN and char not in _JOINERS:
            raise RealNameError(
                _(
                    "This name holds a line break or a character that cannot be seen (%(code)s). "
                    "Type it by hand, on one line."
                )
                % {"code": f"U+{ord(char):04X}"}
            )
        marks = marks + 1 if category.startswith("M") else 0
        if marks > MAX_STACKED_MARKS:
            raise RealNameError(_("This name stacks too many accents. Remove some of them."))
    if name and not handle_skeleton(name):
        raise RealNameError(_("This name holds nothing that can be seen. Leave it empty instead."))
    return name
