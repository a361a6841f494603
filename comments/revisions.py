"""WRITE: moderators hide what a comment said before, and show it again."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments.markup import stated
from comments.models import Comment, ModerationEntry, Revision
from comments.permissions import can_moderate, require
from comments.ranking import touch_discussion
from comments.wording import moment_iso

Act = ModerationEntry.Act
_SAY_WHY = gettext_lazy("Say why: the reason is shown to readers and kept in the log.")


def hide_version(*, by, comment, number, reason):
    """Hides what ``comment`` said in its revision ``number``; readers see ``reason`` instead.

    Returns the revision, or False when it is hidden already. Raises ``PermissionDenied``
    without the right for its part of the site, ``ValueError`` without a reason and
    ``Revision.DoesNotExist``: what the comment says now is hidden by hiding the comment. One
    transaction; locks the comment's row.
    """
    return _turn(by, comment, number, reason, Act.HIDE_TEXT)


def show_version(*, by, comment, number, reason):
    """Shows a hidden version again. Returns, raises and locks as ``hide_version`` does."""
    return _turn(by, comment, number, reason, Act.SHOW_TEXT)


def _turn(by, comment, number, reason, act):
    _require_may_decide(by, comment)
    reason = stated(reason, _SAY_WHY)
    with transaction.atomic():
        comment = _locked(comment)
        revision = Revision.objects.get(comment_id=comment.pk, number=number)
        hides = act == Act.HIDE_TEXT
        if hides is (revision.hidden_at is not None):
            return False
        was = _hiding(revision)
        revision.hidden_at = timezone.now() if hides else None
        revision.hidden_reason = reason if hides else ""
        revision.save(update_fields=["hidden_at", "hidden_reason"])
        _log(by, comment, act, reason, before=was, after=_hiding(revision))
        return revision


def hide_withdrawal_reason(*, by, comment, reason):
    """Takes away the words that an author left when withdrawing ``comment``: it stays withdrawn.

    Returns the comment, or False when there are none. Raises ``PermissionDenied`` without the
    right and ``ValueError`` without a reason, which goes into the log. One transaction; locks
    the comment's row, then the discussion's.
    """
    _require_may_decide(by, comment)
    reason = stated(reason, _SAY_WHY)
    with transaction.atomic():
        comment = _locked(comment)
        if comment.state != Comment.State.WITHDRAWN or not comment.state_reason:
            return False
        was = {"state": comment.state, "reason": comment.state_reason}
        comment.state_reason = ""
        comment.revision += 1
        comment.save(update_fields=["state_reason", "revision"])
        after = {"state": comment.state, "reason": ""}
        _log(by, comment, Act.HIDE_TEXT, reason, before=was, after=after)
        touch_discussion(comment.discussion_id)
        return comment


def _require_may_decide(by, comment):
    require(can_moderate(by), _("Only moderators can do this."))
    require(
        can_moderate(by, comment.discussion.area),
        _("Only moderators of this part of the site can do this."),
    )


def _locked(comment):
    found = Comment.objects.select_for_update(of=("self",), no_key=True)
    return found.select_related("discussion").get(pk=comment.pk)


def _hiding(revision):
    hidden_at = revision.hidden_at
    return {
        "version": revision.number,
        "hidden_at": moment_iso(hidden_at) if hidden_at else None,
        "reason": revision.hidden_reason,
    }


def _log(by, comment, act, reason, *, before, after):
    ModerationEntry.objects.create(
        by=by,
        act=act,
        comment=comment,
        discussion_id=comment.discussion_id,
        person_id=comment.author_id,
        area=comment.discussion.area,
        reason=reason,
        before=before,
        after=after,
    )
