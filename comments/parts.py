"""READ: what everybody is shown of a comment, as HTML and for machines, kept while it is the same.

A page is made anew whenever anything on it changes, which in a lively discussion is all the
time; of its two hundred comments one or none has. So each worker keeps what it printed lately,
by the row's version: nothing kept can be out of date, and only what is new is read and printed.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from threading import Lock

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from comments.markup import escape
from comments.rows import FullRow, read_full_rows
from comments.structured import said_of
from comments.wording import moment_iso, moment_text_in

# In letters, a byte or two each: what some twenty full pages of usual comments take.
MOST_KEPT = 12_000_000


# Trees of which something was printed lately.
MOST_TREES = 10_000


class _Memory:
    """Parts by key, the oldest of which make room; by what they weigh, for some are long."""

    def __init__(self):
        self.parts = {}
        self.trees = {}
        self.weight = 0
        self.changing = Lock()

    def keep(self, printed, trees):
        with self.changing:
            self.trees.update(dict.fromkeys(trees))
            while len(self.trees) > MOST_TREES:
                del self.trees[next(iter(self.trees))]
            for key, part in printed.items():
                if key not in self.parts:
                    self.parts[key] = part
                    self.weight += part.weight
            while self.weight > MOST_KEPT:
                self.weight -= self.parts.pop(next(iter(self.parts))).weight

    def forget(self):
        with self.changing:
            self.parts.clear()
            self.trees.clear()
            self.weight = 0


_memory = _Memory()


@dataclass(slots=True)
class Part:
    """``head`` and ``body`` are HTML, with room between them for what differs from page to page.

    ``said`` is for ``structured``; ``posted_at`` decides what its author may still do. ``printed``
    is ``printing``'s: the whole comment as it stood on a page for everybody last, and what of
    that page it depends on.
    """

    head: str
    body: str
    said: str
    posted_at: datetime
    printed: tuple | None = None

    @property
    def weight(self):
        return 2 * (len(self.head) + len(self.body)) + len(self.said) + _LINKS


# What is printed around a head and a body, in letters.
_LINKS = 800


def print_parts(rows, base_url):
    """Gives each row its ``part``. One query for those neither kept nor full, none without any.

    ``base_url`` is the portal's, for addresses that leave the page.
    """
    missing, language = {}, get_language()
    for row in rows:
        row.part = _memory.parts.get((base_url, language, row.state, row.version))
        if row.part is None:
            missing[row.id] = row
    if not missing:
        return
    known = [row for row in missing.values() if isinstance(row, FullRow)]
    unknown = [row.id for row in missing.values() if not isinstance(row, FullRow)]
    # Read now, so it may be newer than the row: kept by what it is, not by what was expected.
    read = read_full_rows(unknown, timezone.now()) if unknown else []
    printed, words = {}, _words_in(language)
    for row in (*known, *read):
        part = _print_part(row, base_url, words)
        printed[base_url, language, row.state, row.version] = part
        missing[row.id].part = part
    _memory.keep(printed, {row.tree_id for row in missing.values()})


def are_new(tree_ids):
    """Whether most of these trees were not printed lately: then their words are read at once.

    A guess that costs a query where it is wrong, or words that were known.
    """
    trees = _memory.trees
    return 2 * sum(tree_id in trees for tree_id in tree_ids) < len(tree_ids)


def forget_parts():
    """Forgets all: for tests, in which numbers come again."""
    _memory.forget()


class _Words:
    """What is said in a comment's head in one language, as HTML with room for what differs."""

    def __init__(self, language):
        self.language = language
        label = escape(_("Link to this comment"))
        # Heard, not seen, before the number.
        comment = escape(_("Comment"))
        self.numbered = (
            f'<a class="number" href="%(link)s" title="{label}">'
            f'<span class="visually-hidden">{comment} </span>%(number)s</a>'
        )
        self.named = escape(_("Comment %(number)s"))
        self.named_by = escape(_("Comment %(number)s by %(author)s"))
        online, offline = escape(_("online")), escape(_("offline"))
        self.online = f'<span class="presence is-online">{online}</span>'
        self.offline = f'<span class="presence">{offline}</span>'
        self.edited = escape(_("edited %(moment)s"))


@lru_cache(maxsize=8)
def _words_in(language):
    """The words of the language that is active, which is ``language``."""
    return _Words(language)


def _print_part(row, base_url, words):
    link = f"/comments/{row.id}/"
    numbered = words.numbered % {"link": link, "number": row.number}
    if not row.is_visible:
        return Part(
            head=f' aria-label="{words.named % {"number": row.number}}">'
            f'<p class="tombstone">{numbered} '
            f"{escape(row.notice)}",
            body="</p>",
            said="",
            posted_at=row.posted_at,
        )
    name = escape(row.author)
    real_name = f'<bdi class="real-name">{escape(row.real_name)}</bdi> ' if row.real_name else ""
    role = f'<span class="role">{row.role_label}</span> ' if row.role_label else ""
    presence = words.online if row.is_online else words.offline
    edited = ""
    if row.edited_at:
        said = words.edited % {"moment": moment_text_in(words.language, row.edited_at)}
        edited = f' <a class="edited" href="{link}history/">{said}</a>'
    return Part(
        head=f' aria-label="{words.named_by % {"number": row.number, "author": name}}">'
        f'<header class="comment-head">'
        f'<a class="author" href="{escape(row.author_url)}"><bdi>{name}</bdi></a> '
        f'{real_name}{role}{presence}<span class="where">{numbered} '
        f'<time datetime="{moment_iso(row.posted_at)}">'
        f"{moment_text_in(words.language, row.posted_at)}</time>{edited}",
        body=f'</span></header><div class="comment-body prose" dir="auto">{row.html}</div>',
        said=said_of(row, base_url),
        posted_at=row.posted_at,
    )
