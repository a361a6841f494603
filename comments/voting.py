"""WRITE and READ: who agrees with what. One vote a person and comment, which can be taken back."""

from dataclasses import replace

from django.core.cache import caches
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.statements import Statement, padded
from comments import ranking
from comments.admission import context_of, doors_of
from comments.models import Comment, Vote
from comments.permissions import is_author, require
from comments.screening import VOTE_PHASES, Draft, RefusedError, Verdict, screen
from comments.turns import wait_for_turn

# Faster than anybody reads. Each vote on a top-level comment moves its thread, and what moved is
# read again by whoever goes through the discussion.
MOST_VOTES_A_MINUTE = 60
OWN = gettext_noop("You wrote this comment: whether it is right is for others to say.")


def agree(*, by, comment):
    """Counts that ``by`` agrees with ``comment``.

    Returns the comment as it stands now, or False when they agree with it already. Raises
    ``PermissionDenied`` for who is not signed in and for one's own comment, ``RefusedError``
    with a verdict for who is suspended or muted in the discussion, for what was taken down, and
    where the page is gone or the discussion closed: that one stays as it was left.

    One transaction. Waits for what else the same person does (an advisory lock, no row's),
    then locks the comment's own row and nothing of its branch; with a top-level comment, whose
    votes rank its thread, then the discussion's.
    """
    return _vote(by, comment, wanted=True)


def withdraw_vote(*, by, comment):
    """Takes back that ``by`` agrees with ``comment``. Returns, raises and locks as ``agree``."""
    return _vote(by, comment, wanted=False)


def _vote(by, comment, *, wanted):
    require(by.is_authenticated, _("Sign in to agree with a comment."))
    with transaction.atomic():
        wait_for_turn(by)
        comment = Comment.objects.select_related("discussion").get(pk=comment.pk)
        require(not is_author(by, comment), _(OWN))
        _slow_down(by)
        context = _context(by, comment)
        _screen(context)
        mine = Vote.objects.filter(person_id=by.pk, comment_id=comment.pk)
        if mine.exists() == wanted:
            return False
        # Asked once more on the row itself: it may be taken down while this waits for it.
        visible = Comment.objects.filter(pk=comment.pk, state=Comment.State.VISIBLE)
        if not visible.update(agree_count=F("agree_count") + (1 if wanted else -1)):
            _screen(replace(context, parent_is_visible=False))
        # The discussion, too, may have been closed while this waited.
        comment = Comment.objects.select_related("discussion").get(pk=comment.pk)
        context = replace(
            context, **doors_of(comment.discussion), parent_is_visible=comment.is_visible
        )
        _screen(context)
        if wanted:
            Vote.objects.create(person_id=by.pk, comment_id=comment.pk)
        else:
            mine.delete()
        if comment.parent_id is None:
            _rank(comment, context)
        return comment


def _slow_down(by):
    """Counts what ``by`` does in this minute, also what they take back; in the shared cache."""
    key = f"votes-{by.pk}-{int(timezone.now().timestamp()) // 60}"
    caches["default"].add(key, 0, 120)
    try:
        votes = caches["default"].incr(key)
    except ValueError:
        # Pushed out of a full cache between the two.
        votes = 1
    if votes > MOST_VOTES_A_MINUTE:
        raise RefusedError(
            Verdict(
                "flood",
                (
                    _("You voted %(count)s times within a minute. Wait a minute before you go on.")
                    % {"count": MOST_VOTES_A_MINUTE}
                ),
                429,
            )
        )


def _rank(root, context):
    discussion = ranking.lock(root.discussion_id)
    _screen(replace(context, **doors_of(discussion)))
    discussion.version += 1
    discussion.save(update_fields=["version"])
    ranking.move_thread(discussion, root.tree_id, agree_count=root.agree_count)


def _screen(context):
    verdict = screen(Draft(""), context, VOTE_PHASES)
    if verdict is not None:
        raise RefusedError(verdict)


def _context(by, comment):
    return context_of(by, comment.discussion, parent_is_visible=comment.is_visible)


def why_not(by, comment):
    """READ: why ``by`` cannot vote on ``comment``, in words, or an empty text."""
    if is_author(by, comment):
        return _(OWN)
    verdict = screen(Draft(""), _context(by, comment), VOTE_PHASES)
    return verdict.message if verdict else ""


def voted_for(person, comment_ids):
    """READ: those of ``comment_ids`` that ``person`` agrees with. One query, or none."""
    ids = list(comment_ids)
    if not ids:
        return set()
    return {pk for (pk,) in _MINE(person_id=person.pk, comments=padded(ids))}


_MINE = Statement(
    lambda *, person_id, comments: Vote.objects.filter(
        person_id=person_id, comment_id__in=comments
    ).values_list("comment_id")
)
