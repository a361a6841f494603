"""READ: pages of a discussion, each one slice of the display order behind a cursor."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import mark_safe

from accounts import directory
from comments.models import Comment, Discussion
from comments.wording import count_label, moment_iso, moment_text

# Comments on one page: two or three screens of talk, and a page that stays light.
PAGE_SIZE = 100
# Levels that are shown below a page's first one; deeper replies have a page of their own.
SHOWN_LEVELS = 8
# Of what a thread's page hangs under, this many are named: the way back, not the whole story.
SHOWN_ANCESTORS = 8
# Comments on a person's page.
PERSON_PAGE_SIZE = 25

_FIELDS = (
    "id", "parent_id", "level", "number", "reply_count", "posted_at", "edited_at", "state",
    "state_reason", "html", "author_id", "author__handle", "author__real_name", "author__role",
    "tree_id", "lft", "revision",
)  # fmt: skip
_ROLE_LABELS = {"moderator": "Moderator", "editor": "Editor", "admin": "Administrator"}


@dataclass(slots=True)
class Row:
    """One comment as a page shows it. Everything is worked out; a template only prints."""

    id: int
    parent_id: int | None
    level: int
    number: str
    reply_count: int
    author: str
    author_url: str
    real_name: str
    is_online: bool
    role_label: str
    posted_iso: str
    posted_text: str
    edited_text: str
    state: str
    notice: str
    html: str
    tree_id: int
    lft: int
    depth: int = 0
    permalink: str = ""
    parent_url: str = ""
    parent_author: str = ""
    reply_url: str = ""
    quote_url: str = ""
    edit_url: str = ""
    withdraw_url: str = ""
    moderate_url: str = ""
    continue_url: str = ""
    continue_label: str = ""
    opens: str = ""
    closes: str = ""


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


def discussion_of(pk):
    """The discussion with this number; raises ``Discussion.DoesNotExist``."""
    return Discussion.objects.get(pk=pk)


def comment_of(pk):
    """The comment with its author and discussion, in one query; raises ``Comment.DoesNotExist``."""
    return Comment.objects.select_related("author", "discussion").get(pk=pk)


def role_label(role):
    """What stands beside the name of somebody of the staff, or nothing."""
    return _ROLE_LABELS.get(role, "")


def _tombstone(state, reason):
    if state == Comment.State.WITHDRAWN:
        return "The author has withdrawn this comment."
    return f"Hidden by a moderator: {reason}" if reason else "Hidden by a moderator."


def _row(values, online):
    (
        pk, parent_id, level, number, reply_count, posted_at, edited_at, state,
        state_reason, html, author_id, handle, real_name, role,
        tree_id, lft, _revision,
    ) = values  # fmt: skip
    visible = state == Comment.State.VISIBLE
    return Row(
        id=pk,
        parent_id=parent_id,
        level=level,
        number=number,
        reply_count=reply_count,
        author=handle,
        author_url=directory.person_url(author_id, handle),
        real_name=real_name,
        is_online=author_id in online,
        role_label=role_label(role),
        posted_iso=moment_iso(posted_at),
        posted_text=moment_text(posted_at),
        edited_text=f"edited {moment_text(edited_at)}" if edited_at and visible else "",
        state=state,
        notice="" if visible else _tombstone(state, state_reason),
        html=mark_safe(html) if visible else "",  # made by comments.markup alone
        tree_id=tree_id,
        lft=lft,
    )


def row_of(comment, *, presence):
    """One comment as a row, for a page that shows it alone."""
    return _row_of(comment.pk, presence)


def load(discussion, *, reader=None, start=None, presence, branch=None, address=None):
    """One page of ``discussion``: at most ``PAGE_SIZE`` comments in display order.

    ``start`` is the id of the comment that the page begins at (another discussion's, or none
    at all, begins at the first). ``branch`` is a comment to show alone with what hangs under
    it. ``reader`` is who reads, or None. ``address`` is the page's own path, by default the
    discussion's. Takes one query for the comments, one more for a cursor, one for what
    lies before it and one for what the page hangs under: never more, whatever the size.
    """
    address = address or discussion.url
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
        values = list(shown.values_list(*_FIELDS)[: PAGE_SIZE + 1])
    rows = [_row(each, presence.online) for each in values[:PAGE_SIZE]]
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
        _link_branch(page, branch, presence)
    elif rows and rows[0].parent_id is not None:
        page.starts_midway = _row_of(rows[0].parent_id, presence)
    _place(rows, lowest, discussion, reader)
    return page


def _slice_from(shown, comments, start):
    """The slice that begins at comment ``start``; empty if that is not one of ``comments``."""
    begin = comments.filter(pk=start)
    tree, lft = (Subquery(begin.values(name)) for name in ("tree_id", "lft"))
    later = shown.filter(Q(tree_id__gt=tree) | Q(lft__gte=lft), tree_id__gte=tree)
    return list(later.values_list(*_FIELDS)[: PAGE_SIZE + 1])


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


def _link_branch(page, branch, presence):
    """What the branch is called, and the nearest comments that it hangs under."""
    above = Comment.objects.above(branch).order_by("-lft").values_list(*_FIELDS)[:SHOWN_ANCESTORS]
    page.ancestors = [_row(each, presence.online) for each in reversed(above)]
    for row in page.ancestors:
        row.permalink = f"/comments/{row.id}/"
    starts_here = page.rows and page.rows[0].id == branch.pk
    page.branch_of = page.rows[0] if starts_here else _row_of(branch.pk, presence)


def _row_of(pk, presence):
    values = Comment.objects.filter(pk=pk).values_list(*_FIELDS).get()
    row = _row(values, presence.online)
    row.permalink = f"/comments/{row.id}/"
    return row


def _place(rows, lowest, discussion, reader):
    """Nests the rows: what opens before each, what closes behind it, and where its links lead."""
    may_post = discussion.is_open
    reads_as = reader.pk if reader is not None else None
    handle = reader.handle if reader is not None else None
    moderates = reader is not None and reader.has_perm("comments.moderate_comment")
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
        link_row(
            row,
            may_post=may_post,
            own=reads_as is not None and row.author == handle,
            moderates=moderates,
        )
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


def link_row(row, *, may_post, own, moderates):
    """Where a row's links lead, by what its reader may do."""
    row.permalink = f"/comments/{row.id}/"
    row.opens = mark_safe(f'<div class="branch" id="b{row.id}">')
    visible = row.state == Comment.State.VISIBLE
    if may_post and visible:
        row.reply_url = f"/comments/{row.id}/reply/"
        row.quote_url = f"/comments/{row.id}/reply/?quote=1"
    if own and visible:
        row.edit_url = f"/comments/{row.id}/edit/"
        row.withdraw_url = f"/comments/{row.id}/withdraw/"
    if moderates:
        row.moderate_url = reverse("admin:comments_comment_change", args=[row.id])


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
    comment_total: int
    next_url: str = ""
    next_label: str = ""
    newest_url: str = ""


def by_person(person, *, before=None):
    """The person's visible comments, the newest first, ``PERSON_PAGE_SIZE`` a page.

    ``before`` is the id of the comment that the page lies behind. Takes two queries.
    """
    comments = Comment.objects.filter(
        author_id=person.pk,
        state=Comment.State.VISIBLE,
        discussion__readable_from__lte=timezone.now(),
    )
    total = comments.count()
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
        comment_total=total,
    )
    if len(found) > PERSON_PAGE_SIZE:
        last = found[PERSON_PAGE_SIZE - 1]
        page.next_url = f"{person.get_absolute_url()}?before={last[0]}"
        page.next_label = f"Older comments, before {moment_text(last[2])}"
    if before is not None:
        page.newest_url = person.get_absolute_url()
    return page


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
