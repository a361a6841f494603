"""Saved bytes as lines, and what one line by itself says.

Lines end at LF or CRLF and nowhere else. A lone CR, a form feed, NUL, U+0085 and every other
control character but the tab mean that the file is no text; U+2028 is a letter like any other.
"""

from __future__ import annotations

import codecs
import re
from datetime import date, datetime, time
from typing import NamedTuple

from articles.importer.records import PageError

MONTHS = {
    month: number
    for number, month in enumerate(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        start=1,
    )
}
BYTE_ORDER_MARK = "\ufeff"
PRESENCES = ("Offline", "Online")
PHOTO_BULLET = "•"
PHOTO_LABEL = "Used photos:"
QUOTE_LABEL = "Quote:"
ATTRIBUTION_DASH = "- "

# Messages show the beginning of a line; lines of 20,000 characters are ordinary.
SHOWN_CHARACTERS = 60
# A list of a thousand million comments is no list; longer digits are somebody's text.
NUMBER = re.compile(r"([0-9]{1,9})\.\s+")
# Bounded everywhere: a date is found in one step from the end, whatever stands before it.
DATE = re.compile(
    r"(?<!\S)([0-9]{1,2})\s{1,4}([^\W\d_]{1,20})\s{1,4}([0-9]{4})\s{1,4}"
    r"([0-9]{1,2}):\s{0,4}([0-9]{2})\Z"
)
# No date that DATE accepts is longer than this, so the search never starts further left.
DATE_CHARACTERS = 64
NO_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Eight columns is what a tab means in plain text; editors also write four or two.
TAB_WIDTHS = (8, 4, 2)


class Marker(NamedTuple):
    """`N. HANDLE Offline HANDLE`; `digits` are the number as it is written."""

    digits: str
    handle: str

    @property
    def number(self) -> int:
        return int(self.digits)


def read_lines(source: bytes | str, encoding: str | None = None) -> list[str]:
    """The lines of a page without their ends and trailing blanks, or a PageError.

    `encoding` is for bytes only; without it they are UTF-8, or UTF-16 where a BOM says so.
    """
    text = source if isinstance(source, str) else decode_bytes(bytes(source), encoding)
    text = text.removeprefix(BYTE_ORDER_MARK).replace("\r\n", "\n")
    forbidden = NO_TEXT.search(text)
    if forbidden:
        line = text.count("\n", 0, forbidden.start()) + 1
        raise PageError(line, f"the character U+{ord(forbidden[0]):04X}", "nothing but text")
    return [line.rstrip() for line in text.split("\n")]


def decode_bytes(source: bytes, encoding: str | None) -> str:
    if encoding is None:
        encoding = "utf-8"
        for mark, marked in (
            (codecs.BOM_UTF8, "utf-8"),
            (codecs.BOM_UTF16_LE, "utf-16-le"),
            (codecs.BOM_UTF16_BE, "utf-16-be"),
        ):
            if source.startswith(mark):
                # The offsets of decoding errors count from here, so the mark goes first.
                source, encoding = source[len(mark) :], marked
                break
    try:
        return source.decode(encoding)
    except UnicodeDecodeError as error:
        line = count_lines_before(source, error.start, encoding)
        raise PageError(line, "bytes that are no text", f"text in {encoding}") from error
    except (LookupError, ValueError, TypeError) as error:
        # Codecs that are unknown, that are no text encodings, or that refuse to work.
        raise PageError(
            1, f"the encoding {shorten(encoding)}", "the name of a text encoding that fits the file"
        ) from error


def count_lines_before(source: bytes, offset: int, encoding: str) -> int:
    try:
        return source[:offset].decode(encoding, "replace").count("\n") + 1
    except (LookupError, ValueError):
        return 1


def shorten(text: str) -> str:
    """The beginning of `text` in quotation marks, for messages."""
    shown = text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
    return f"“{shown}”"


def get_lead(line: str) -> str:
    """The blanks (spaces, tabs, non-breaking spaces) that a line begins with."""
    return line[: len(line) - len(line.lstrip())]


def read_marker(body: str) -> Marker | None:
    """The marker that `body`, a line without its outer blanks, has the form of.

    Both handles are the same, so their length follows from the length of the line and there is
    at most one place to split, even where the handle itself contains ` Offline `.
    """
    numbered = NUMBER.match(body)
    if not numbered:
        return None
    both = body[numbered.end() :]
    for presence in PRESENCES:
        size, odd = divmod(len(both) - len(presence) - 2, 2)
        if odd or size < 1:
            continue
        middle = both[size : len(both) - size]
        if (
            middle[1:-1] == presence
            and middle[0].isspace()
            and middle[-1].isspace()
            and both[:size] == both[len(both) - size :]
        ):
            return Marker(numbered[1], both[:size])
    return None


def resembles_marker(body: str, below: str) -> bool:
    """Whether `body` may be a damaged marker, and the line `below` its header.

    It is numbered or speaks of a presence, over a line that ends in a date. A number over nothing
    but a date is a list (`1. born on`), for a header names somebody. A `Quote:` line is none
    either: it may name somebody whose handle looks like anything.
    """
    if read_quoted_name(body) is not None or not ends_in_date(below):
        return False
    if any(f" {presence} " in body for presence in PRESENCES):
        return True
    return NUMBER.match(body) is not None and not is_date(below)


def ends_in_date(body: str) -> bool:
    return DATE.search(body, max(0, len(body) - DATE_CHARACTERS)) is not None


def is_date(line: str) -> bool:
    """Whether the line is a date and nothing else: no header, for it names nobody."""
    found = DATE.search(line.strip())
    return found is not None and found.start() == 0


def read_header(body: str, handle: str, line: int) -> tuple[str | None, datetime]:
    """The real name, if any, and the time that a header gives for `handle`.

    `body` is the header without its outer blanks. The handle is taken off the front and the date
    off the end, since either of them may look like part of the other; what is left between them
    is nothing, or a name in round brackets. Empty brackets are no name.
    """
    rest = body[len(handle) :]
    if not body.startswith(handle) or not (rest == "" or rest[0].isspace()):
        raise PageError(
            line, f"the header {shorten(body)}", f"one that begins with {shorten(handle)}"
        )
    dated = DATE.search(rest, max(0, len(rest) - DATE_CHARACTERS))
    if not dated:
        raise PageError(
            line,
            f"the header {shorten(body)}",
            "one that ends in a date such as 8 January 2022 10: 28",
        )
    between = rest[: dated.start()].strip()
    real_name: str | None = None
    if between:
        if len(between) < 2 or between[0] != "(" or between[-1] != ")":
            raise PageError(
                line,
                f"{shorten(between)} between handle and date",
                f"the header of {shorten(handle)}: handle, (real name) or nothing, date",
            )
        real_name = between[1:-1].strip() or None
    return real_name, read_date(dated, line)


def read_date(dated: re.Match[str], line: int) -> datetime:
    day, month, year, hour, minute = dated.groups()
    if month not in MONTHS:
        raise PageError(line, f"the month {shorten(month)}", "an English month, such as January")
    try:
        return datetime.combine(
            date(int(year), MONTHS[month], int(day)), time(int(hour), int(minute))
        )
    except ValueError as error:
        raise PageError(
            line, f"the impossible date {shorten(dated[0])}", "a day and time that exist"
        ) from error


def write_date(moment: datetime) -> str:
    """The date as pages write it: `8 January 2022 10: 28`."""
    month = next(name for name, number in MONTHS.items() if number == moment.month)
    return f"{moment.day} {month} {moment.year:04d} {moment.hour}: {moment.minute:02d}"


def read_quoted_name(line: str) -> str | None:
    """Whom a `Quote: NAME` line names; None for any other line, also for one without a name."""
    body = line.lstrip()
    if not body.startswith(QUOTE_LABEL):
        return None
    name = body[len(QUOTE_LABEL) :]
    return name.strip() if name[:1].isspace() and not name.isspace() else None


def read_photo_credits(line: str) -> tuple[str, ...] | None:
    """The credits of a photo line, possibly none; None where the line is no photo line."""
    body = line.strip()
    if not body.startswith(PHOTO_BULLET):
        return None
    body = body[len(PHOTO_BULLET) :].lstrip()
    if not body.startswith(PHOTO_LABEL):
        return None
    names = body[len(PHOTO_LABEL) :].split(", ")
    return tuple(name.strip() for name in names if name.strip())


def is_header_of(line: str, marker: Marker) -> bool:
    try:
        read_header(line.strip(), marker.handle, 0)
    except PageError:
        return False
    return True


def is_deeper(lead: str, next_lead: str) -> bool:
    """Whether `next_lead` is the wider one for at least one width of a tab."""
    return any(
        measure_lead(lead, tab_width) < measure_lead(next_lead, tab_width)
        for tab_width in TAB_WIDTHS
    )


def measure_lead(lead: str, tab_width: int) -> int:
    return len(lead.expandtabs(tab_width)) if "\t" in lead else len(lead)


def count_blanks(lead: str, indent: int, tab_width: int) -> int:
    """How many blanks of `lead` fill `indent` columns."""
    if "\t" not in lead:
        return min(indent, len(lead))
    column = 0
    for count, blank in enumerate(lead):
        if column >= indent:
            return count
        column += tab_width - column % tab_width if blank == "\t" else 1
    return len(lead)
