"""READ: the pages of one branch, and what a comment hangs under."""

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import PlannedAnew, Statement
from accounts.together import asked_together
from comments.discussions import PAGE_SIZE, DiscussionPage, MovedMeanwhileError, row_of, settled
from comments.models import Comment
from comments.rows import FIELDS, OWN_FIELDS, asking_full_rows, make_rows, with_authors

# Above the comment that a page is about, the nearest ones: the way back, not the whole story.
SHOWN_ANCESTORS = 8


def load_branch(branch, *, start=None):
    """A page of one branch, in the order of its thread, from comment ``start`` on.

    ``branch`` is a comment with its discussion; a ``start`` that is none of its comments
    begins at the branch itself. At most seven queries.
    """
    return settled(lambda: _load_branch(branch, start), branch.refresh_from_db)


def _load_branch(branch, start):
    now = timezone.now()
    address = f"/comments/{branch.pk}/thread/"
    place = {"pk": branch.pk, "tree_id": branch.tree_id}
    start = None if start == branch.pk else start
    asked = (_IS_IN_BRANCH, _FROM_START, _BEFORE_START) if start else ()
    with asked_together(*(each.asking(**place, start=start) for each in asked)):
        if start and not _IS_IN_BRANCH(**place, start=start):
            start = None
        found = _FROM_START(**place, start=start or branch.pk)
        earlier = _BEFORE_START(**place, start=start) if start else []
    # Their authors by themselves: what is planned each time is to be planned quickly.
    rows = make_rows(with_authors(found), now)
    if not rows or rows[0].id != (start or branch.pk):
        raise MovedMeanwhileError
    page = DiscussionPage(branch.discussion, rows[:PAGE_SIZE])
    page.canonical = address
    if len(rows) > PAGE_SIZE:
        following = rows[PAGE_SIZE]
        page.next_url = f"{address}?from={following.id}#discussion"
        page.next_fragment = f"{address}?from={following.id}"
        page.next_label = _("More comments, from %(number)s on") % {"number": following.number}
        page.continued = {branch.tree_id: (branch.pk, following.id, 0)}
    if start:
        page.canonical = f"{address}?from={start}"
        if not earlier:
            raise MovedMeanwhileError
        pk, number = earlier[-1]
        if pk == branch.pk:
            page.previous_url = f"{address}#discussion"
            page.previous_label = _("The beginning of this thread")
        else:
            page.previous_url = f"{address}?from={pk}#discussion"
            page.previous_label = _("Comments before these, from %(number)s on") % {
                "number": number
            }
    page.ancestors = ancestors_of(branch, now)
    page.branch_of = row_of(branch.pk) if start else page.rows[0]
    return page


def asking_branch(branch, start):
    """Questions that ``load_branch`` asks, for who asks others with them."""
    above = asking_ancestors(branch)
    return [above] if start in (None, branch.pk) else [above, asking_full_rows([branch.pk])]


def _page_of_branch(*, pk, tree_id, start):
    branch = Comment(pk=pk, tree_id=tree_id)
    return Comment.objects.branch_from(branch, start, PAGE_SIZE + 1).values_list(*OWN_FIELDS)


def _page_before(*, pk, tree_id, start):
    branch = Comment(pk=pk, tree_id=tree_id)
    return Comment.objects.branch_before(branch, start, PAGE_SIZE).values_list("id", "number")


_FROM_START, _BEFORE_START = PlannedAnew(_page_of_branch), PlannedAnew(_page_before)
_IS_IN_BRANCH = PlannedAnew(
    lambda *, pk, tree_id, start: (
        Comment.objects.of_branch(Comment(pk=pk, tree_id=tree_id))
        .filter(pk=start)
        .values_list("pk")
    )
)


def ancestors_of(comment, now):
    """The nearest comments that this one hangs under, the topmost first. One query."""
    return make_rows(_ABOVE(pk=comment.pk), now)


def asking_ancestors(comment):
    """The question that ``ancestors_of`` asks."""
    return _ABOVE.asking(pk=comment.pk)


_ABOVE = Statement(
    lambda *, pk: Comment.objects.above(Comment(pk=pk), nearest=SHOWN_ANCESTORS).values_list(
        *FIELDS
    )
)
