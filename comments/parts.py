"""READ: what everybody is shown of a comment, as HTML and for machines, kept while it is the same.

A page is made anew whenever anything on it changes, which in a lively discussion is all the
time; of its two hundred comments one or none has. So each worker keeps what it printed lately,
by the row's version: nothing kept can be out of date, and only what is new is read and printed.
"""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from django.utils import timezone

from comments.markup import escape
from comments.rows import FullRow, read_full_rows
from comments.structured import said_of
from comments.wording import moment_iso, moment_text

# In letters, a byte or two each: what some twenty full pages of usual comments take.
MOST_KEPT = 8_000_000


class _Memory:
    """Parts by key, the oldest of which make room; by what they weigh, for some are long."""

    def __init__(self):
        self.parts = {}
        self.weight = 0
        self.changing = Lock()

    def keep(self, printed):
        with self.changing:
            for key, part in printed.items():
                if key not in self.parts:
                    self.parts[key] = part
                    self.weight += part.weight
            while self.weight > MOST_KEPT:
                self.weight -= self.parts.pop(next(iter(self.parts))).weight

    def forget(self):
        with self.changing:
            self.parts.clear()
            self.weight = 0


_memory = _Memory()


@dataclass(frozen=True, slots=True)
class Part:
    """``head`` and ``body`` are HTML, with room between them for what differs from page to page.

    ``said`` is for ``structured``; ``posted_at`` decides what its author may still do.
    """

    head: str
    body: str
    said: str
    posted_at: datetime

    @property
    def weight(self):
        return len(self.head) + len(self.body) + len(self.said)


def print_parts(rows, base_url):
    """Gives each row its ``part``. One query for those neither kept nor full, none without any.

    ``base_url`` is the portal's, for addresses that leave the page.
    """
    missing = {}
    for row in rows:
        row.part = _memory.parts.get((base_url, row.state, row.version))
        if row.part is None:
            missing[row.id] = row
    if not missing:
        return
    known = [row for row in missing.values() if isinstance(row, FullRow)]
    unknown = [row.id for row in missing.values() if not isinstance(row, FullRow)]
    # Read now, so it may be newer than the row: kept by what it is, not by what was expected.
    read = read_full_rows(unknown, timezone.now()) if unknown else []
    printed = {}
    for row in (*known, *read):
        part = _print_part(row, base_url)
        printed[base_url, row.state, row.version] = part
        missing[row.id].part = part
    _memory.keep(printed)


def forget_parts():
    """Forgets all: for tests, in which numbers come again."""
    _memory.forget()


def _print_part(row, base_url):
    link = f"/comments/{row.id}/"
    numbered = (
        f'<a class="number" href="{link}" title="Link to this comment">'
        f'<span class="visually-hidden">Comment </span>{row.number}</a>'
    )
    if not row.is_visible:
        return Part(
            head=f' aria-label="Comment {row.number}"><p class="tombstone">{numbered} '
            f"{escape(row.notice)}",
            body="</p>",
            said="",
            posted_at=row.posted_at,
        )
    name = escape(row.author)
    real_name = f'<bdi class="real-name">{escape(row.real_name)}</bdi> ' if row.real_name else ""
    role = f'<span class="role">{row.role_label}</span> ' if row.role_label else ""
    presence = (
        '<span class="presence is-online">online</span>'
        if row.is_online
        else '<span class="presence">offline</span>'
    )
    edited = (
        f' <a class="edited" href="{link}history/">edited {moment_text(row.edited_at)}</a>'
        if row.edited_at
        else ""
    )
    return Part(
        head=f' aria-label="Comment {row.number} by {name}"><header class="comment-head">'
        f'<a class="author" href="{escape(row.author_url)}"><bdi>{name}</bdi></a> '
        f'{real_name}{role}{presence}<span class="where">{numbered} '
        f'<time datetime="{moment_iso(row.posted_at)}">{moment_text(row.posted_at)}</time>{edited}',
        body=f'</span></header><div class="comment-body prose" dir="auto">{row.html}</div>',
        said=said_of(row, base_url),
        posted_at=row.posted_at,
    )
