"""READ: pages of a discussion, each one slice of the display order behind a cursor."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Subquery
from django.utils import timezone
from django.utils.safestring import mark_safe

from comments.models import Comment, Discussion
from comments.rows import FIELDS, Row, link_row, make_row
from comments.wording import count_label, moment_iso, moment_text

# Comments on one page: two or three screens of talk, and a page that stays light.
PAGE_SIZE = 100
# Levels that are shown below a page's first one; deeper replies have a page of their own.
SHOWN_LEVELS = 8
# Of what a thread's page hangs under, this many are named: the way back, not the whole story.
SHOWN_ANCESTORS = 8
# Beyond this many of a person's comments nobody reads the number, and counting takes time.
COUNTED_UP_TO = 1_000
# Comments on a person's page.
PERSON_PAGE_SIZE = 25


@dataclass(slots=True)
class DiscussionPage:
    """A slice of a discussion in display order, and where the slices around it are."""

    discussion: Discussion
    rows: list[Row]
    total: int
    total_label: str
    is_open: bool
    closed_reason: str
    next_url: str = ""
    next_label: str = ""
    previous_url: str = ""
    previous_label: str = ""
    starts_midway: Row | None = None
    composer: object = None
    branch_of: Row | None = None
    ancestors: list[Row] = field(default_factory=list)

    @property
    def version(self):
        """What changes whenever those not signed in are shown something else."""
        around = [row for row in (self.starts_midway, self.branch_of) if row is not None]
        return (
            self.discussion.title, self.total, self.is_open, self.closed_reason,
            self.next_url, self.next_label, self.previous_url, self.previous_label,
            *(row.version for row in (*self.rows, *around, *self.ancestors)),
        )  # fmt: skip


def discussion_of(pk):
    """The discussion with this number; raises ``Discussion.DoesNotExist``."""
    return Discussion.objects.get(pk=pk)


def comment_of(pk):
    """The comment with its author and discussion, in one query; raises ``Comment.DoesNotExist``."""
    return Comment.objects.select_related("author", "discussion").get(pk=pk)


def row_of(comment):
    """One comment as a row, for a page that shows it alone; one query."""
    return _row_of(comment.pk, timezone.now())


def load(discussion, *, reader=None, start=None, branch=None, address=None):
    """One page of ``discussion``: at most ``PAGE_SIZE`` comments in display order.

    ``start`` is the id of the comment that the page begins at (another discussion's, or none
    at all, begins at the first). ``branch`` is a comment to show alone with what hangs under
    it. ``reader`` is who reads, or None. ``address`` is the page's own path, by default the
    discussion's. Takes one query for the comments, one more for a cursor, one for what
    lies before it and one for what the page hangs under: never more, whatever the size.
    """
    address, now = address or discussion.url, timezone.now()
    comments = Comment.objects.filter(discussion_id=discussion.pk).order_by("tree_id", "lft")
    lowest = 0
    if branch is not None:
        comments = comments.filter(
            tree_id=branch.tree_id, lft__gte=branch.lft, lft__lte=branch.rght
        )
        lowest = branch.level
    shown = comments.filter(level__lte=lowest + SHOWN_LEVELS)
    values = _slice_from(shown, comments, start) if start is not None else []
    midway = bool(values)
    if not midway:
        values = list(shown.values_list(*FIELDS)[: PAGE_SIZE + 1])
    rows = [make_row(each, now) for each in values[:PAGE_SIZE]]
    page = DiscussionPage(
        discussion=discussion,
        rows=rows,
        total=discussion.comment_count,
        total_label=count_label(discussion.comment_count, "comment"),
        is_open=discussion.is_open,
        closed_reason=discussion.closed_reason,
    )
    if len(values) > PAGE_SIZE:
        following = values[PAGE_SIZE]
        page.next_url = f"{address}?from={following[0]}#discussion"
        page.next_label = f"Next comments, from {following[3]} on"
    if midway:
        _link_previous(page, shown, rows[0], address, branch.number if branch else "1")
    if branch is not None:
        _link_branch(page, branch, now)
    elif rows and rows[0].parent_id is not None:
        page.starts_midway = _row_of(rows[0].parent_id, now)
    _place(rows, lowest, discussion, reader)
    return page


def _slice_from(shown, comments, start):
    """The slice that begins at comment ``start``; empty if that is not one of ``comments``."""
    begin = comments.filter(pk=start)
    tree, lft = (Subquery(begin.values(name)) for name in ("tree_id", "lft"))
    later = shown.filter(Q(tree_id__gt=tree) | Q(lft__gte=lft), tree_id__gte=tree)
    return list(later.values_list(*FIELDS)[: PAGE_SIZE + 1])


def _link_previous(page, shown, first, address, first_number):
    earlier = (
        shown.filter(
            Q(tree_id__lt=first.tree_id) | Q(lft__lt=first.lft), tree_id__lte=first.tree_id
        )
        .order_by("-tree_id", "-lft")
        .values_list("id", "number")[:PAGE_SIZE]
    )
    earlier = list(earlier)
    if not earlier:
        return
    pk, number = earlier[-1]
    page.previous_url = f"{address}?from={pk}#discussion"
    page.previous_label = f"Previous comments, from {number} on"
    if len(earlier) < PAGE_SIZE or number == first_number:
        page.previous_url = f"{address}#discussion"
        page.previous_label = "Back to the first comments"


def _link_branch(page, branch, now):
    """What the branch is called, and the nearest comments that it hangs under."""
    above = Comment.objects.above(branch).order_by("-lft").values_list(*FIELDS)[:SHOWN_ANCESTORS]
    page.ancestors = [make_row(each, now) for each in reversed(above)]
    starts_here = page.rows and page.rows[0].id == branch.pk
    page.branch_of = page.rows[0] if starts_here else _row_of(branch.pk, now)


def _row_of(pk, now):
    return make_row(Comment.objects.filter(pk=pk).values_list(*FIELDS).get(), now)


def _place(rows, lowest, discussion, reader):
    """Nests the rows: what opens before each, what closes behind it, and where its links lead."""
    may_post = discussion.is_open
    by_id = {row.id: row for row in rows}
    open_levels = []
    previous = None
    for row in rows:
        closing = 0
        while open_levels and open_levels[-1] >= row.level:
            open_levels.pop()
            closing += 1
        if previous is not None:
            previous.closes = mark_safe("</div></div>" * closing)
        row.depth = len(open_levels)
        open_levels.append(row.level)
        previous = row
        link_row(row, may_post=may_post, reader=reader)
        parent = by_id.get(row.parent_id)
        if parent is not None:
            row.parent_url = f"#c{parent.id}"
            row.parent_author = parent.author
        elif row.parent_id is not None:
            row.parent_url = f"/comments/{row.parent_id}/"
        if row.level == lowest + SHOWN_LEVELS and row.reply_count:
            row.continue_url = f"/comments/{row.id}/thread/"
            row.continue_label = (
                f"Continue this thread ({count_label(row.reply_count, 'reply', 'replies')})"
            )
    if previous is not None:
        previous.closes = mark_safe("</div></div>" * len(open_levels))


def address_of(comment):
    """The address of the page that shows ``comment``, with its anchor.

    The discussion's own page where the comment is on its first slice; else the slice that
    begins at its thread, or at the comment itself; a deep one is shown under its parent.
    """
    discussion = comment.discussion
    anchor = f"#c{comment.pk}"
    if comment.level > SHOWN_LEVELS:
        return f"/comments/{comment.parent_id}/thread/?from={comment.pk}{anchor}"
    shown = Comment.objects.filter(discussion_id=discussion.pk, level__lte=SHOWN_LEVELS)
    first = shown.order_by("tree_id", "lft").values_list("pk", flat=True)[:PAGE_SIZE]
    if comment.pk in set(first):
        return f"{discussion.url}{anchor}"
    thread = list(
        shown.filter(tree_id=comment.tree_id)
        .order_by("tree_id", "lft")
        .values_list("pk", flat=True)[:PAGE_SIZE]
    )
    start = thread[0] if comment.pk in thread else comment.pk
    return f"{discussion.url}?from={start}{anchor}"


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
        author_id=person.pk,
        state=Comment.State.VISIBLE,
        discussion__readable_from__lte=timezone.now(),
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
        page.next_label = f"Older comments, before {moment_text(last[2])}"
    if before is not None:
        page.newest_url = person.get_absolute_url()
    return page


def _total_label(total):
    if total > COUNTED_UP_TO:
        return f"More than {COUNTED_UP_TO:,} comments"
    return count_label(total, "comment")


def recent_posts(person, *, since: datetime, at_most):
    """How many comments the person has posted here since ``since``, counted up to ``at_most``."""
    moments = (
        Comment.objects.filter(author_id=person.pk, is_imported=False)
        .order_by("-id")
        .values_list("posted_at", flat=True)[:at_most]
    )
    return sum(moment >= since for moment in moments)


def exported(discussion):
    """Every comment in display order, for exporters: yields
    ``(level, handle, real_name, posted_at, state, blocks)`` with the export schema's blocks.

    What was taken down comes without its words. One query, read in portions.
    """
    comments = (
        Comment.objects.filter(discussion_id=discussion.pk)
        .order_by("tree_id", "lft")
        .values_list(
            "level", "author__handle", "author__real_name", "posted_at", "state", "blocks", "text"
        )
    )
    for level, handle, real_name, posted_at, state, blocks, text in comments.iterator():
        if state != Comment.State.VISIBLE:
            blocks = []
        elif blocks is None:
            blocks = [{"type": "text", "text": text}]
        yield level, handle, real_name, posted_at, state, blocks
