"""WRITE: comments that wait for a moderator. ``moderation`` decides them."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from comments.models import Case, HeldComment, ModerationEntry
from comments.permissions import require
from comments.verdicts import as_kept


def hold_comment(draft, discussion, parent, verdicts, *, is_shadow):
    """Puts a comment before the moderators; a shadowed person's is kept for them alone.

    ``draft`` has ``by``, ``text``, ``html`` and ``submission_key``; ``verdicts`` hold it.
    For ``posting``, in its transaction. Returns the ``HeldComment``.
    """
    held = HeldComment.objects.create(
        discussion=discussion,
        parent=parent,
        author=draft.by,
        text=draft.text,
        html=draft.html,
        submission_key=draft.submission_key,
        is_shadow=is_shadow,
        objections=[as_kept(each) for each in verdicts],
    )
    if not is_shadow:
        Case.objects.create(
            queue=Case.Queue.HELD,
            area=discussion.area,
            person=draft.by,
            discussion=discussion,
            held=held,
        )
    ModerationEntry.objects.create(
        by=None,
        act=ModerationEntry.Act.HOLD,
        discussion=discussion,
        person=draft.by,
        area=discussion.area,
        rule="shadow" if is_shadow else verdicts[0].phase,
        reason="" if is_shadow else as_kept(verdicts[0])["message"],
        before={},
        after={"held": held.pk, "phases": [each.phase for each in verdicts]},
    )
    return held


def withdraw_held(*, by, held):
    """Takes one's own comment back that waits for a moderator. Returns it, or False if it does not.

    Raises ``PermissionDenied`` for somebody else's. One transaction; locks its row, then its case.
    """
    require(
        by.is_authenticated and held.author_id == by.pk, _("Only its author can withdraw this.")
    )
    with transaction.atomic():
        held = HeldComment.objects.select_for_update(no_key=True).get(pk=held.pk)
        if held.state != HeldComment.State.WAITING or held.comment_id is not None:
            return False
        held.state = HeldComment.State.WITHDRAWN
        held.save(update_fields=["state"])
        Case.objects.filter(held_id=held.pk, is_open=True).update(
            is_open=False, decided_at=timezone.now()
        )
        ModerationEntry.objects.create(
            by=by,
            act=ModerationEntry.Act.WITHDRAW,
            discussion_id=held.discussion_id,
            before={"held": held.pk, "state": HeldComment.State.WAITING},
            after={"held": held.pk, "state": held.state},
        )
        return held
