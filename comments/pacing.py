"""WRITE: how one discussion is run, where it is not run as its part of the site is."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from comments import rules
from comments.markup import stated
from comments.models import Discussion, ModerationEntry, Thread
from comments.permissions import can_moderate, require
from comments.wording import number_text, span_text

Act = ModerationEntry.Act
# A day between two comments of the same person is a closed discussion by another name.
LONGEST_PACE = 86_400
_ONLY = gettext_lazy("Only moderators of this part of the site can do this.")


def pace_discussion(*, by, discussion, slow_seconds, is_premoderated, close_after_days, reason):
    """How fast people post in a discussion, whether all waits, and when it closes by itself.

    ``slow_seconds`` 0 is no limit; ``close_after_days`` None is as its part of the site has it,
    0 never. Returns the discussion, or False if it is so already. Raises ``PermissionDenied``, and
    ``ValueError`` without a reason or for more than ``LONGEST_PACE``. One transaction and a row in
    the log; locks the discussion's row.
    """
    reason = _checked(by, discussion, slow_seconds, reason)
    if (close_after_days or 0) > rules.MOST_DAYS:
        raise ValueError(
            _("A discussion closes after at most %(number)s days.")
            % {"number": number_text(rules.MOST_DAYS)}
        )
    with transaction.atomic():
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=discussion.pk)
        wanted = {
            "slow_seconds": slow_seconds,
            "is_premoderated": is_premoderated,
            "close_after_days": close_after_days,
        }
        before = {name: getattr(discussion, name) for name in wanted}
        if before == wanted:
            return False
        for name, value in wanted.items():
            setattr(discussion, name, value)
        discussion.closes_at = rules.closing_time(discussion)
        discussion.version += 1
        discussion.save(update_fields=[*wanted, "closes_at", "version"])
        act = Act.PREMODERATE if is_premoderated != before["is_premoderated"] else Act.SLOW
        _log(by, act, discussion, reason, before, wanted)
        return discussion


def pace_thread(*, by, thread, slow_seconds, reason):
    """How fast people post in one thread of a discussion; 0 is as fast as in the discussion.

    Returns the thread, or False if it is so already. Raises and logs as ``pace_discussion``; locks
    the discussion's row, under which those of its threads are written.
    """
    reason = _checked(by, thread.discussion, slow_seconds, reason)
    with transaction.atomic():
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=thread.discussion_id)
        thread = Thread.objects.select_related("root").get(pk=thread.pk)
        if thread.slow_seconds == slow_seconds:
            return False
        before, thread.slow_seconds = thread.slow_seconds, slow_seconds
        thread.save(update_fields=["slow_seconds"])
        _log(
            by, Act.SLOW, discussion, reason, {"slow_seconds": before},
            {"slow_seconds": slow_seconds, "thread": thread.root.number}, thread.root,
        )  # fmt: skip
        return thread


def _checked(by, discussion, slow_seconds, reason):
    require(can_moderate(by), _("Only moderators can do this."))
    require(can_moderate(by, discussion.area), _ONLY)
    if slow_seconds > LONGEST_PACE:
        raise ValueError(
            _("At most %(span)s between two comments; or close it.")
            % {"span": span_text(LONGEST_PACE)}
        )
    return stated(reason, _("Say why: it is kept in the log."))


def _log(by, act, discussion, reason, before, after, comment=None):
    ModerationEntry.objects.create(
        by=by, act=act, discussion=discussion, comment=comment, area=discussion.area,
        reason=reason, before=before, after=after,
    )  # fmt: skip
