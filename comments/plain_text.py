"""A branch as plain text, for reading and for printing. PURE.

Every line has at most ``WIDTH`` columns, but for what cannot be parted: an address, a line of
code, a quotation of a quotation of a quotation. A line that fits stays as its author broke it.
"""

import re
import unicodedata
from dataclasses import dataclass

from django.utils.translation import gettext as _

from comments.markup import legible, one_line

# What mail and RFCs have: fits a sheet of paper, and a narrow window.
WIDTH = 72
# Columns that a reply stands further in than what it answers.
STEP = 2
# Deeper replies stand no further in, so that words keep room; whom they answer is said instead.
DEEPEST = 8
# Behind many quotation marks a line keeps this much, even if it becomes too long.
_LEAST_ROOM = 24
# In bytes, some sixty printed sheets: a text ends before the remark that would make it longer.
# One that alone is longer is printed whole.
TEXT_AT_MOST = 200_000


@dataclass(frozen=True, slots=True)
class Remark:
    """One comment. ``notice`` stands in place of who wrote it and what it said."""

    depth: int
    number: str
    author: str
    real_name: str
    moments: tuple[str, ...]
    answers: str
    text: str
    notice: str = ""


def lay_out(title, subtitle, address, remarks, *, goes_on_after=lambda shown: ""):
    """The whole text: what it is, where it stands, the remarks in order, and where it goes on.

    As many remarks as ``TEXT_AT_MOST`` has room for, and at least one. ``goes_on_after(shown)``
    is the address at which it goes on after so many, or "".
    """
    lines = [*_wrap(one_line(title), WIDTH), *_wrap(one_line(subtitle), WIDTH), address]
    shown = size = 0
    for remark in remarks:
        printed = "\n".join(["", *_print(remark)])
        size += len(printed.encode()) + 1
        if shown and size > TEXT_AT_MOST:
            break
        lines.append(printed)
        shown += 1
    if goes_on_at := goes_on_after(shown):
        lines += ["", _("It goes on at %(address)s") % {"address": goes_on_at}]
    return "\n".join(lines) + "\n"


def _print(remark):
    indent = " " * (STEP * min(remark.depth, DEEPEST))
    room = WIDTH - len(indent)
    lines = (*_wrap(_heading(remark), room), *_body(remark, room))
    return [f"{indent}{line}" if line else "" for line in lines]


def _heading(remark):
    if remark.notice:
        return f"{remark.number}  {one_line(remark.notice)}"
    name = one_line(remark.author)
    if remark.real_name:
        name += f" ({one_line(remark.real_name)})"
    if remark.answers and remark.depth > DEEPEST:
        name += f" to {one_line(remark.answers)}"
    return f"{remark.number}  {', '.join((name, *remark.moments))}"


_FENCE = re.compile(r" {0,3}(?:`{3,}|~{3,})")


def _body(remark, room):
    """The lines of what was said."""
    text = "" if remark.notice else legible(remark.text).expandtabs(4).strip("\n")
    lines, in_code = [], False
    for line in text.split("\n") if text else ():
        marks_code = bool(_FENCE.match(line))
        # Code that is parted does not mean the same any more.
        lines += [line.rstrip()] if in_code or marks_code else _wrap(line.rstrip(), room)
        in_code ^= marks_code
    return lines


# What stands before the words of a line, and is repeated where it is parted: quotation marks and
# an indent. Under a list's mark there is as much room.
_LEAD = re.compile(r"((?: {0,3}> ?)* *)((?:[-*+]|\d{1,9}[.)]) +)?")
# Chinese and Japanese have no spaces and may be parted anywhere, but not before a full stop.
_UNSPACED = "\u2e80-\u2fdf\u3001-\u9fff\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff"
_CLOSING = "、。〉》」』】〕〗！），．：；？］｝"
_WORD = re.compile(rf"[{_UNSPACED}][{_CLOSING}]*|[^ {_UNSPACED}]+[{_CLOSING}]*")


def _wrap(line, width):
    """The line, parted so that no part has more than ``width`` columns where that can be."""
    if columns_of(line) <= width:
        return [line]
    lead = _LEAD.match(line)
    start, follow = lead[0], lead[1] + " " * len(lead[2] or "")
    if len(start) > width - _LEAST_ROOM:
        if lead[1].strip():
            # So many marks on every part would be a page of marks; one says the same.
            follow = "> "
        else:
            # Far on the right stands what somebody has drawn or centred; the words matter more.
            start, follow = " ".join((lead[2] or "").split()), ""
            start += " " if start else ""
    room = max(width - len(start), _LEAST_ROOM)
    parts, part, taken = [], "", 0
    end = lead.end()
    for word in _WORD.finditer(line, lead.end()):
        gap = line[end : word.start()]
        end = word.end()
        wide = columns_of(word[0])
        if part and taken + len(gap) + wide > room:
            parts.append(part)
            part, taken, gap = "", 0, ""
        part += gap + word[0]
        taken += len(gap) + wide
    parts.append(part)
    return [f"{start}{parts[0]}".rstrip(), *(f"{follow}{part}".rstrip() for part in parts[1:])]


# Letters of Europe and what stands between them: a column each, but for what is no letter.
_NARROW = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0482\u048a-\u0556\u2010-\u2027\u2030-\u205e]*"
)


def columns_of(text):
    """How many columns of a terminal or a printout it takes."""
    if text.isascii() or _NARROW.fullmatch(text):
        return len(text)
    return sum(map(_columns_of_char, text))


def _columns_of_char(char):
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
