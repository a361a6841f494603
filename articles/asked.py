"""PURE: what an address asks of the search. Whatever it says, it asks for something."""

import re
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from comments.lexicon import MOST_QUERY, Query, read_query
from comments.markup import one_line

KINDS = ("all", "articles", "comments")
# As long as handles and real names are shown.
MOST_AUTHOR = 100
# Near the ends of the calendar another zone's clocks are in a year that there is not.
_FIRST_YEAR, _LAST_YEAR = 1900, 9998
# A page goes on behind a rank and a place in time, both whole numbers.
_CURSOR = re.compile(r"([0-3])_(-?[0-9]{1,19})")
_HIGHEST_PLACE = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody looks for. ``notes`` say what of it could not be understood: each is
    ("cut" | "section" | "date", what was typed).

    ``after`` is the rank and the place behind which the page begins, or None.
    """

    words: str = ""
    query: Query = field(default_factory=Query)
    kind: str = "all"
    section: str = ""
    author: str = ""
    since: date | None = None
    until: date | None = None
    after: tuple[int, int] | None = None
    notes: tuple[tuple[str, str], ...] = ()

    def __bool__(self):
        return bool(self.query or self.section or self.author or self.since or self.until)

    @property
    def since_text(self):
        return self.since.isoformat() if self.since else ""

    @property
    def until_text(self):
        return self.until.isoformat() if self.until else ""

    def address(self, *, kind=None, words=None, after=None):
        """The address that asks for the same, or for another ``kind``, other ``words``."""
        kind = kind or self.kind
        parts = {
            "q": self.words if words is None else words,
            "kind": "" if kind == "all" else kind,
            "section": self.section,
            "author": self.author,
            "from": self.since_text,
            "to": self.until_text,
            "after": "" if after is None else f"{after[0]}_{after[1]}",
        }
        given = urlencode({name: value for name, value in parts.items() if value})
        return f"/search/?{given}" if given else "/search/"


def read_asked(given, sections):
    """What ``given`` (the parts of an address by name) asks for; never fails.

    ``sections`` are the addresses' names of sections that there are.
    """
    words = one_line(given.get("q", ""))
    query = read_query(words)
    notes = []
    if query.is_cut:
        notes.append(("cut", ""))
    section = given.get("section", "")
    if section and section not in sections:
        notes.append(("section", ""))
        section = ""
    days = {}
    for name in ("from", "to"):
        typed = given.get(name, "").strip()
        days[name] = _read_day(typed)
        if typed and days[name] is None:
            notes.append(("date", one_line(typed)[:20]))
    since, until = days["from"], days["to"]
    if since and until and since > until:
        since, until = until, since
    kind = given.get("kind", "")
    kind = kind if kind in KINDS else "all"
    return Asked(
        words=words[:MOST_QUERY],
        query=query,
        kind=kind,
        section=section,
        author=one_line(given.get("author", ""))[:MOST_AUTHOR].strip(),
        since=since,
        until=until,
        # What begins with the best of both has no later pages.
        after=None if kind == "all" else _read_cursor(given.get("after", "")),
        notes=tuple(notes),
    )


def _read_day(typed):
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if _FIRST_YEAR <= day.year <= _LAST_YEAR else None


def _read_cursor(typed):
    found = _CURSOR.fullmatch(typed)
    if not found or abs(int(found[2])) > _HIGHEST_PLACE:
        return None
    return int(found[1]), int(found[2])
