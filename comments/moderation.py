"""WRITE: what moderators decide. Every act is one transaction and a row in the log each.

``decisions`` makes it take effect. Rights are asked here, for the part of the site that each
comment belongs to; who looks after another part is refused, and who wrote the comment.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import approvals, decisions
from comments.markup import stated
from comments.models import Comment, Discussion, HeldComment, ModerationEntry
from comments.numbering import make_room
from comments.permissions import WROTE_IT, can_close, can_moderate, may_judge, require
from comments.tree import NoRoomError
from comments.wording import number_text

Act, State = ModerationEntry.Act, Comment.State
_SAY_WHY = gettext_lazy("Say why: the reason is shown to readers and kept in the log.")
# For so long a whole act can be taken back by whoever did it.
UNDO_FOR = timedelta(minutes=10)
# One transaction holds the rows of all that are moved, so readers who reply there wait for it.
MOST_AT_ONCE = 1_000
# Each one approved is a comment inserted into its tree, some fifteen statements.
MOST_HELD_AT_ONCE = 100
# What ``undo`` takes back.
UNDONE = approvals.ON_HELD | {Act.HIDE, Act.RESTORE, Act.KEEP}
_ONLY = gettext_lazy("Only moderators of this part of the site can do this.")


class SeenOlderError(Exception):
    """The decision was made on an older revision of the comment, so nothing was done."""


class DecidedMeanwhileError(Exception):
    """Somebody else has decided it; ``entry`` of the log says who and how, where there is one."""

    def __init__(self, message, entry=None):
        super().__init__(message)
        self.entry = entry


def hide(*, by, comment, reason, rule="", seen_revision=None):
    """Hides a comment; its replies stay under a tombstone that shows ``reason``.

    Returns the comment, or False when it cannot be seen anyway. Raises ``PermissionDenied``
    without the right, ``ValueError`` without a reason, ``SeenOlderError`` when ``seen_revision``
    is given and not the current one. One transaction, with the locks of ``decisions``. Its open
    reports are upheld, and its author is told why.
    """
    return _move_one(hide_all, by, comment, reason, rule, seen_revision)


def restore(*, by, comment, reason, rule="", seen_revision=None):
    """Shows a hidden comment again. Returns, raises and locks as ``hide`` does.

    What its author has withdrawn is not a moderator's to restore: that returns False.
    """
    return _move_one(restore_all, by, comment, reason, rule, seen_revision)


def _move_one(move_all, by, comment, reason, rule, seen_revision):
    seen = None if seen_revision is None else {comment.pk: seen_revision}
    decided = move_all(by=by, comments=[comment], reason=reason, rule=rule, seen=seen)
    if decided:
        return decided.comments[0]
    if seen and any(each.revision != seen_revision for each in decided.passed_over):
        raise SeenOlderError(f"Comment {comment.pk} was changed after you saw it.")
    return False


def hide_all(*, by, comments, reason, rule="", seen=None):
    """Hides many at once; returns what was ``Decided``, by whose batch it can be undone.

    ``comments`` have their discussions. ``seen`` maps ids to the revisions that were seen; who
    changed since is passed over, and what is held, which is for ``approve`` and ``reject`` to
    decide. Raises as ``hide``; one that may not be decided by ``by`` refuses all. Locks as
    ``decisions``.
    """
    return _move(
        by, comments, Act.HIDE, {State.VISIBLE, State.COVERED}, State.HIDDEN,
        stated(reason, _SAY_WHY), rule, seen,
    )  # fmt: skip


def restore_all(*, by, comments, reason, rule="", seen=None):
    """Shows many again. Returns, raises and locks as ``hide_all``."""
    return _move(
        by, comments, Act.RESTORE, {State.HIDDEN, State.COVERED}, State.VISIBLE,
        stated(reason, _SAY_WHY), rule, seen,
    )  # fmt: skip


def keep_all(*, by, comments, reason="", seen=None):
    """Leaves reported comments where they are and shows those that reports have hidden.

    Their reports are dismissed. What its author has withdrawn meanwhile stays withdrawn, and is
    off the desk. Returns, raises and locks as ``hide_all``.
    """
    return _move(
        by, comments, Act.KEEP, {State.VISIBLE, State.COVERED, State.WITHDRAWN}, State.VISIBLE,
        " ".join(reason.split()), "", seen,
    )  # fmt: skip


def _move(by, comments, act, before, after, reason, rule, seen):
    _require_may_decide(by, comments)
    with transaction.atomic():
        return decisions.move_comments(
            [comment.pk for comment in comments],
            by=by,
            act=act,
            before=before,
            after=after,
            reason=reason,
            rule=rule,
            seen=seen,
        )


def _require_may_decide(by, rows):
    """Raises ``PermissionDenied`` unless ``by`` may decide each of these comments, held or not."""
    require(can_moderate(by), _("Only moderators can do this."))
    for area in {each.discussion.area for each in rows}:
        require(can_moderate(by, area), _ONLY)
    require(all(may_judge(by, each.author_id) for each in rows), _(WROTE_IT))


def approve(*, by, held, reason=""):
    """Puts a held comment among the others. Returns the comment, or False if it was decided.

    Raises and locks as ``approve_all``.
    """
    decided = approve_all(by=by, held=[held], reason=reason)
    return decided.comments[0] if decided else False


def reject(*, by, held, reason, rule=""):
    """Keeps a held comment away for good; its author is told ``reason``.

    Returns the row, or False if it was decided. Raises and locks as ``reject_all``.
    """
    decided = reject_all(by=by, held=[held], reason=reason, rule=rule)
    return decided.held[0] if decided else False


def approve_all(*, by, held, reason=""):
    """Puts held comments among the others, at most ``MOST_HELD_AT_ONCE``.

    Returns what was ``Decided``, with the rows in ``held``, by whose batch all is undone; who
    was decided meanwhile is passed over. Raises ``PermissionDenied``, one that may not be
    decided by ``by`` refuses all, and ``ValueError`` for too many. One transaction; locks as
    ``approvals.lock_held``. Where a tree has no room left, it is spread out before, with that
    tree locked and nothing else.
    """
    reason = " ".join(reason.split())
    return _decide_held(by, held, HeldComment.State.APPROVED, reason, "")


def reject_all(*, by, held, reason, rule=""):
    """Keeps held comments away for good; their authors are told ``reason``.

    Returns, raises and locks as ``approve_all``; raises ``ValueError`` without a reason, too.
    """
    return _decide_held(by, held, HeldComment.State.REJECTED, stated(reason, _SAY_WHY), rule)


def _decide_held(by, held, state, reason, rule):
    if len(held) > MOST_HELD_AT_ONCE:
        raise ValueError(
            _("That is more than %(most)s held comments at once.") % {"most": MOST_HELD_AT_ONCE}
        )
    _require_may_decide(by, held)
    pks = [each.pk for each in held]
    # All may answer comments in different trees, and each tree may be full.
    for _attempt in range(len(pks)):
        try:
            with transaction.atomic():
                return approvals.decide_held(pks, by=by, state=state, reason=reason, rule=rule)
        except NoRoomError as full:
            # Rolled back, so discussions and records are free again: whoever writes in the tree
            # holds its comments and waits for those.
            with transaction.atomic():
                make_room(full.parent_id)
    with transaction.atomic():
        return approvals.decide_held(pks, by=by, state=state, reason=reason, rule=rule)


def undo(*, by, batch):
    """Takes a whole act back that ``by`` did within ``UNDO_FOR``.

    Returns what was ``Decided``: what somebody changed or decided since is passed over. Raises
    ``PermissionDenied`` for somebody else's act, ``DecidedMeanwhileError`` when it is too late,
    was undone already, or is none that can be. One transaction; locks as ``decisions``, or as
    ``approve_all``.
    """
    _require_may_decide(by, ())
    with transaction.atomic():
        entries = list(ModerationEntry.objects.filter(batch=batch).order_by("pk"))
        if not entries or entries[0].act not in UNDONE:
            raise DecidedMeanwhileError(_("There is nothing to take back."))
        require(entries[0].by_id == by.pk, _("Only whoever did this can take it back."))
        if entries[0].at < timezone.now() - UNDO_FOR:
            minutes = UNDO_FOR // timedelta(minutes=1)
            raise DecidedMeanwhileError(
                _("An act can be taken back for %(minutes)s minutes.") % {"minutes": minutes}
            )
        take_back = (
            approvals.return_held
            if entries[0].act in approvals.ON_HELD
            else decisions.return_comments
        )
        decided = take_back(entries, by=by)
        if not decided:
            raise DecidedMeanwhileError(_("It was taken back already, or decided anew since."))
        return decided


def hide_since(*, by, person, since, reason, rule=""):
    """Hides all that ``person`` has posted since a moment, at most ``MOST_AT_ONCE`` comments.

    Returns, raises and locks as ``hide_all``; undone like it. Raises ``ValueError`` for more.
    """
    found = Comment.objects.filter(author_id=person.pk, posted_at__gte=since)
    shown = found.filter(state__in=[State.VISIBLE, State.COVERED]).order_by("pk")
    comments = list(shown.select_related("discussion")[: MOST_AT_ONCE + 1])
    if len(comments) > MOST_AT_ONCE:
        raise ValueError(
            _("That is more than %(most)s comments. Begin at a later day.")
            % {"most": number_text(MOST_AT_ONCE)}
        )
    return hide_all(by=by, comments=comments, reason=reason, rule=rule)


def close(*, by, discussion, reason):
    """Closes a discussion: it can be read, not continued. Shows ``reason`` above it.

    Returns the discussion, or False when it is closed already. Raises ``PermissionDenied``
    and ``ValueError`` without a reason. One transaction; locks the discussion's row.
    """
    return _turn(by, discussion, Discussion.State.CLOSED, Act.CLOSE, stated(reason, _SAY_WHY))


def reopen(*, by, discussion, reason=""):
    """Opens a closed discussion again. Returns, raises and locks as ``close`` does.

    One that has closed because its time was over stays open from now on.
    """
    return _turn(by, discussion, Discussion.State.OPEN, Act.REOPEN, reason.strip())


def _turn(by, discussion, state, act, reason):
    require(can_close(by), _("Only moderators and editors can do this."))
    if can_moderate(by):
        require(can_moderate(by, discussion.area), _ONLY)
    with transaction.atomic():
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=discussion.pk)
        over = discussion.is_over()
        if discussion.state == state and not (over and state == Discussion.State.OPEN):
            return False
        was = {"state": discussion.state, "reason": discussion.closed_reason}
        discussion.state = state
        discussion.closed_reason = reason if state == Discussion.State.CLOSED else ""
        if over and state == Discussion.State.OPEN:
            discussion.close_after_days, discussion.closes_at = 0, None
        discussion.version += 1
        discussion.save(
            update_fields=["state", "closed_reason", "close_after_days", "closes_at", "version"]
        )
        ModerationEntry.objects.create(
            by=by,
            act=act,
            discussion=discussion,
            area=discussion.area,
            reason=reason,
            before=was,
            after={"state": discussion.state, "reason": discussion.closed_reason},
        )
        return discussion
