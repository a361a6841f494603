"""READ: comments as pages list them. What everybody is shown of one is ``parts``' to print."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from accounts.directory import is_online, person_url
from accounts.statements import Statement, padded
from comments.models import Comment
from comments.wording import moment_iso, moment_text, tombstone_text

# What a row is made of, in the order of ``Row``'s own fields. No words and no moments: pages
# that were shown a minute ago have them still (``parts``), and need to know only what changed.
FIELDS = (
    "id", "parent_id", "tree_id", "level", "number", "reply_count", "arrival", "agree_count",
    "state", "revision", "author_id", "author__handle", "author__real_name", "author__role",
    "author__last_seen",
)  # fmt: skip
# The same without what is the author's, for ``with_authors``.
OWN_FIELDS = FIELDS[:-4]
_AUTHOR_FIELDS = FIELDS[-4:]
_WORDS = ("posted_at", "edited_at", "state_reason", "html", "text")
# All that there is of a comment: what was not shown lately is read at once with its words.
FULL_FIELDS = (*OWN_FIELDS, *_WORDS, *_AUTHOR_FIELDS)
OWN_FULL_FIELDS = (*OWN_FIELDS, *_WORDS)
_ROLE_LABELS = {
    "moderator": gettext_lazy("Moderator"),
    "senior": gettext_lazy("Moderator"),
    "editor": gettext_lazy("Editor"),
    "writer": gettext_lazy("Writer"),
    "admin": gettext_lazy("Administrator"),
}


@dataclass(slots=True)
class Row:
    """One comment in a list. What was taken down has no author."""

    id: int
    parent_id: int | None
    tree_id: int
    level: int
    number: str
    reply_count: int
    arrival: int
    agree_count: int
    state: str
    revision: int
    author_id: int
    author: str
    real_name: str
    role: str
    is_online: bool
    # What ``parts`` has printed of it.
    part: object = None

    def withhold(self):
        """Takes away what nobody is shown of a comment that was taken down."""
        self.author = self.real_name = self.role = ""
        self.is_online = False

    @property
    def is_visible(self):
        return self.state == Comment.State.VISIBLE

    @property
    def author_url(self):
        return person_url(self.author_id, self.author) if self.is_visible else ""

    @property
    def role_label(self):
        return role_label(self.role)

    @property
    def permalink(self):
        return f"/comments/{self.id}/"

    @property
    def version(self):
        """What changes whenever this comment is shown differently to those not signed in."""
        return (
            self.id, self.revision, self.number, self.reply_count, self.agree_count, self.author,
            self.real_name, self.role, self.is_online,
        )  # fmt: skip


@dataclass(slots=True)
class FullRow(Row):
    """One comment with all that is known of it. What was taken down has no words either."""

    posted_at: datetime | None = None
    edited_at: datetime | None = None
    state_reason: str = ""
    html: str = ""
    text: str = ""

    def withhold(self):
        Row.withhold(self)
        self.html = self.text = ""

    @property
    def posted_iso(self):
        return moment_iso(self.posted_at)

    @property
    def posted_text(self):
        return moment_text(self.posted_at)

    @property
    def edited_iso(self):
        return moment_iso(self.edited_at) if self.edited_at else ""

    @property
    def notice(self):
        return "" if self.is_visible else tombstone_text(self.state, self.state_reason)

    @property
    def body(self):
        """The words, made by ``comments.markup`` alone."""
        return mark_safe(self.html)


def role_label(role):
    """What stands beside the name of somebody of the staff, or nothing."""
    # As text: it is a part of what pages depend on.
    return str(_ROLE_LABELS[role]) if role in _ROLE_LABELS else ""


def read_rows(comments, now):
    """The rows of a queryset of comments, in its order: one query.

    ``now`` decides who is online.
    """
    return make_rows(comments.values_list(*FIELDS), now)


def with_authors(found):
    """What was read as ``OWN_FIELDS``, as if it had been read as ``FIELDS``; full ones, too.

    For statements of which PostgreSQL cannot know that they find few comments, as those that
    cut a thread: it would read all people to join them. One query.
    """
    author = OWN_FIELDS.index("author_id")
    people = sorted({values[author] for values in found})
    known = {pk: rest for pk, *rest in _AUTHORS(pks=padded(people))}
    return [(*values, *known[values[author]]) for values in found]


def _authors(*, pks):
    person = Comment._meta.get_field("author").related_model
    columns = (name.removeprefix("author__") for name in _AUTHOR_FIELDS)
    return person.objects.filter(pk__in=pks).values_list("pk", *columns)


_AUTHORS = Statement(_authors)


def make_rows(found, now):
    """The rows of what was read as ``FIELDS``, full ones of what was read as ``FULL_FIELDS``."""
    rows, own = [], len(OWN_FIELDS)
    for values in found:
        *known, last_seen = values
        online = is_online(last_seen, now)
        if len(values) == _WIDTH:
            row = Row(*known, online)
        else:
            row = FullRow(*known[:own], *known[-3:], online, None, *known[own:-3])
        if row.state != Comment.State.VISIBLE:
            row.withhold()
        rows.append(row)
    return rows


_WIDTH = len(FIELDS)


def read_full_rows(pks, now):
    """The comments with these ids, with words and moments, in any order. One query."""
    return make_rows(_FULL(pks=padded(pks)), now)


def asking_full_rows(pks):
    """The question that ``read_full_rows`` asks."""
    return _FULL.asking(pks=padded(pks))


_FULL = Statement(lambda *, pks: Comment.objects.filter(pk__in=pks).values_list(*FULL_FIELDS))
