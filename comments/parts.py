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
    with _memory.changing:
        # Behind all others, as what was shown last.
        known = [tree_id for tree_id in tree_ids if trees.pop(tree_id, 0) is None]
        trees.update(dict.fromkeys(known))
    return 2 * len(known) < len(tree_ids)


def forget_parts():
    """Forgets all: for tests, in which numbers come again."""
    _memory.forget()


class _Words:
    """What is said in a comment's head in one language, as HTML with room for what differs.

    Looked up once for each language: a page says each of them two hundred times.
    """

    def __init__(self, language):
        self.language = language
        self.link = escape(_("Link to this comment"))
        self.named = escape(_("Comment %(number)s"))
        self.named_by = escape(_("Comment %(number)s by %(author)s"))
        # Who is not here goes without saying: it would be said of nearly all.
        self.online = f' <span class="presence is-online">{escape(_("online"))}</span>'
        self.edited = escape(_("edited %(moment)s"))


@lru_cache(maxsize=8)
def _words_in(language):
    """The words of the language that is active, which is ``language``."""
    return _Words(language)


def _print_part(row, base_url, words):
    link, number, said = f"/comments/{row.id}/", row.number, {"number": row.number}
    numbered = f'<a class="number" href="{link}" title="{words.link}">{number}</a>'
    if not row.is_visible:
        return Part(
            head=f' aria-label="{words.named % said}"><p class="tombstone">{numbered} '
            f"{escape(row.notice)}",
            body="</p>",
            said="",
            posted_at=row.posted_at,
        )
    said["author"] = name = escape(row.author)
    edited = ""
    if row.edited_at:
        text = words.edited % {"moment": moment_text_in(words.language, row.edited_at)}
        edited = f' <a class="edited" href="{link}history/">{text}</a>'
    return Part(
        head=f' aria-label="{words.named_by % said}"><header class="comment-head">'
        f"{author_link(row, name)}{words.online if row.is_online else ''}"
        f'<span class="where">{numbered} <time datetime="{moment_iso(row.posted_at)}">'
        f"{moment_text_in(words.language, row.posted_at)}</time>{edited}",
        body=f'</span></header><div class="comment-body prose" dir="auto">{row.html}</div>',
        said=said_of(row, base_url),
        posted_at=row.posted_at,
    )


def author_link(row, name):
    """Who wrote a comment, with real name and role; ``name`` is the handle as HTML.

    Each name by itself (``dir``), so that one in Hebrew turns nothing round that stands beside it.
    """
    # An address of ours has nothing in it that would have to be escaped.
    link = f'<a class="author" dir="auto" href="{row.author_url}">{name}</a>'
    if row.real_name:
        link += f' <bdi class="real-name">{escape(row.real_name)}</bdi>'
    if label := row.role_label:
        link += f' <span class="role">{label}</span>'
    return link
