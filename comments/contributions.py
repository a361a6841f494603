"""READ: what one person has written, wherever it stands, and where much is written."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connections, router
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from accounts.statements import Statement
from comments.models import Comment, HeldComment, ModerationEntry, readable
from comments.wording import count_label, moment_iso, moment_text, number_text

# Beyond this many of a person's comments nobody reads the number, and counting takes time.
COUNTED_UP_TO = 1_000
# Comments on a person's page.
PERSON_PAGE_SIZE = 25
# Of a window, the newest so many comments are counted: more in a week is a portal that has as much
# to say in a day, and reading them all would take the longer the more is said.
COUNTED_COMMENTS = 20_000


@dataclass(slots=True)
class PersonComment:
    id: int
    number: str
    permalink: str
    discussion_title: str
    discussion_url: str
    posted_iso: str
    posted_text: str
    html: str


@dataclass(slots=True)
class PersonPage:
    entries: list[PersonComment]
    total_label: str
    next_url: str = ""
    next_label: str = ""
    newest_url: str = ""


def by_person(person, *, before=None):
    """The person's visible comments, the newest first, ``PERSON_PAGE_SIZE`` a page.

    ``before`` is the id of the comment that the page lies behind. Takes two queries; the
    total is counted up to ``COUNTED_UP_TO``.
    """
    comments = Comment.objects.filter(
        readable(timezone.now(), "discussion__"),
        author_id=person.pk,
        state=Comment.State.VISIBLE,
    )
    total = comments[: COUNTED_UP_TO + 1].count()
    if before is not None:
        comments = comments.filter(pk__lt=before)
    found = list(
        comments.order_by("-id").values_list(
            "id", "number", "posted_at", "html", "discussion__title", "discussion__url"
        )[: PERSON_PAGE_SIZE + 1]
    )
    page = PersonPage(
        entries=[
            PersonComment(
                id=pk,
                number=number,
                permalink=f"/comments/{pk}/",
                discussion_title=title,
                discussion_url=url,
                posted_iso=moment_iso(posted_at),
                posted_text=moment_text(posted_at),
                html=mark_safe(html),  # made by comments.markup alone
            )
            for pk, number, posted_at, html, title, url in found[:PERSON_PAGE_SIZE]
        ],
        total_label=_total_label(total),
    )
    if len(found) > PERSON_PAGE_SIZE:
        last = found[PERSON_PAGE_SIZE - 1]
        page.next_url = f"{person.get_absolute_url()}?before={last[0]}"
        page.next_label = _("Older comments, before %(moment)s") % {"moment": moment_text(last[2])}
    if before is not None:
        page.newest_url = person.get_absolute_url()
    return page


def _total_label(total):
    if total > COUNTED_UP_TO:
        return _("More than %(number)s comments") % {"number": number_text(COUNTED_UP_TO)}
    return count_label(total, "comment")


@dataclass(frozen=True, slots=True)
class RecentPosts:
    """What somebody posted lately, the newest first: ``(moment, discussion)`` each.

    What waits for a moderator, or was taken back meanwhile, is among it.
    """

    person: object
    posts: tuple

    def since(self, moment):
        """How many came since then, as far as they were read."""
        return sum(each[0] >= moment for each in self.posts)

    def count_in(self, discussion_id, since):
        """How many of them came to one discussion since then."""
        return sum(each[0] >= since and each[1] == discussion_id for each in self.posts)

    def last_in(self, discussion_id, tree_id=None):
        """When they last posted in a discussion, or in one thread of it; None if never.

        Two queries: however much they posted elsewhere since.
        """
        place = {"author_id": self.person.pk, "discussion_id": discussion_id}
        posted = Comment.objects.filter(**place, is_imported=False)
        if tree_id is not None:
            posted = posted.filter(tree_id=tree_id)
        held = HeldComment.objects.filter(**place)
        if tree_id is not None:
            held = held.filter(parent__tree_id=tree_id)
        last = (
            posted.order_by("-id").values_list("posted_at", flat=True).first(),
            held.order_by("-id").values_list("held_at", flat=True).first(),
        )
        return max((moment for moment in last if moment is not None), default=None)

    def said(self, text, since):
        """Whether they said just this since then, in their last few posts. Two queries at most."""
        posted = _TEXTS(_COMPARED, person_id=self.person.pk)
        held = _HELD_TEXTS(_COMPARED, person_id=self.person.pk)
        return any(at >= since and said == text for at, said in (*posted, *held))


# Who repeats themselves does so at once.
_COMPARED = 20


def recent_posts(person, *, at_most):
    """The person's last ``at_most`` posts, as ``RecentPosts``. Two queries."""
    posted, held = _POSTED(at_most, person_id=person.pk), _HELD(at_most, person_id=person.pk)
    return RecentPosts(person, tuple(sorted([*posted, *held], reverse=True)[:at_most]))


def asking_recent(person, *, at_most):
    """The questions that ``recent_posts`` asks."""
    return [statement.asking(at_most, person_id=person.pk) for statement in (_POSTED, _HELD)]


def _posted(person_id):
    return Comment.objects.filter(author_id=person_id, is_imported=False).order_by("-id")


def _held(person_id):
    # What was approved is among the comments.
    # Not by what has no comment: SQLite would go through all that has none.
    held = HeldComment.objects.filter(author_id=person_id)
    return held.exclude(state=HeldComment.State.APPROVED).order_by("-id")


_POSTED = Statement(
    lambda most, *, person_id: _posted(person_id).values_list("posted_at", "discussion_id")[:most]
)
_HELD = Statement(
    lambda most, *, person_id: _held(person_id).values_list("held_at", "discussion_id")[:most]
)
_TEXTS = Statement(
    lambda most, *, person_id: _posted(person_id).values_list("posted_at", "text")[:most]
)
_HELD_TEXTS = Statement(
    lambda most, *, person_id: _held(person_id).values_list("held_at", "text")[:most]
)


def recent_edits(person, *, since: datetime):
    """How often the person has changed comments of theirs since ``since``.

    One query, which reads what the log has of that time: ``since`` is to be minutes ago.
    """
    acts = ModerationEntry.objects.filter(at__gt=since, by_id=person.pk)
    return acts.filter(act=ModerationEntry.Act.EDIT).count()


def most_discussed(*, since, at_most, now=None):
    """Numbers of the discussions to which most visible comments came since then, the first first.

    Of the newest ``COUNTED_COMMENTS``; of two with the same number the newer discussion. Says
    nothing of whether their pages can be read. One query, along an index.
    """
    connection = connections[router.db_for_read(Comment)]
    newest = Comment.objects.using(connection.alias).filter(
        state=Comment.State.VISIBLE, posted_at__gte=since, posted_at__lte=now or timezone.now()
    )
    newest = newest.order_by("-posted_at").values("discussion_id")[:COUNTED_COMMENTS]
    # By hand, for Django does not group what it has cut off.
    sql, params = newest.query.get_compiler(connection.alias).as_sql()
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT discussion_id FROM ({sql}) AS newest GROUP BY discussion_id "  # noqa: S608  CONFIG: compiled by Django
            "ORDER BY COUNT(*) DESC, discussion_id DESC LIMIT %s",
            [*params, at_most],
        )
        return [number for (number,) in cursor.fetchall()]
