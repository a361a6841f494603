"""WRITE: readers ask moderators to look at a comment. Nobody else learns who did.

A report opens a case for the desk or adds to it. What its reports weigh together decides whether
the comment is covered until a moderator has looked at it (``rules.AreaPolicy.cover_weight``).
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import directory
from comments import decisions, network, notices, rules, standing
from comments.admission import context_of
from comments.models import Case, Comment, ModerationEntry, Report
from comments.permissions import can_report, is_author, require
from comments.screening import Context, Draft, RefusedError, Verdict, not_text, screen, unreadable
from comments.trust import report_weight
from comments.turns import wait_for_turn
from comments.wording import SEVERAL_REPORTED, number_text, reason_text

# A few sentences beside the comment, which says the rest itself.
MAX_NOTE_LENGTH = 500
# More than anybody finds by reading; whoever sends more settles a score.
MOST_REPORTS_AN_HOUR = 20
_HOUR = timedelta(hours=1)
# A moderator has looked at it and kept it: so many times the weight covers it all the same.
KEPT_WEIGHS = 2
# Of a notice: a law and a sentence, and a lawyer's letter.
LEAST_EXPLANATION = 20
MAX_EXPLANATION_LENGTH = 5_000
# Within a few minutes (``network``).
NOTICES_AN_ADDRESS = 5
# Of all whose address is not known, together; and on one comment within an hour.
NOTICES_OF_UNKNOWN = 30
NOTICES_A_COMMENT = 20
_UNKNOWN = "unknown"
OWN = gettext_noop(
    "You wrote this comment. You can withdraw it, if you do not want it here any more."
)
TWICE = gettext_noop("You have reported this comment already. You will be told what came of it.")

Act, State = ModerationEntry.Act, Comment.State


def report(*, by, comment, reason, note=""):
    """Tells moderators that ``by`` finds something wrong with ``comment``.

    Returns the ``Report``, or False when they have reported it before. Raises
    ``PermissionDenied`` for who is not signed in and for one's own comment, ``ValueError`` for
    what is no ``Report.Reason``, ``RefusedError`` with a verdict for who is suspended, for what
    was taken down, for a note that is too long, and for too many within an hour.

    One transaction. Waits for what else the same person does (an advisory lock), then locks the
    comment's row; where that is covered, as ``decisions.move_comments`` does; then its case and
    its thread's row. The comment's author is told of a cover, and nobody of a report.
    """
    require(by.is_authenticated, _("Sign in to report a comment."))
    if reason not in Report.Reason.values:
        raise ValueError(f"There is no reason {reason!r} to report a comment.")
    note = "\n".join(note.split("\r\n")).strip()
    with transaction.atomic():
        wait_for_turn(by)
        (comment,) = decisions.lock_comments([comment.pk])
        require(not is_author(by, comment), _(OWN))
        if _has_reported(by, comment):
            return False
        now = timezone.now()
        verdict = screen(Draft(note), _context(by, comment, now), REPORT_PHASES) or _flood(by, now)
        if verdict is not None:
            raise RefusedError(verdict)
        sent = Report.objects.create(
            comment=comment,
            reporter=by,
            reason=reason,
            note=note,
            weight=report_weight(standing.known_of(by, now).record, now),
            at=now,
        )
        _weigh(comment, sent.weight, now)
        # The last of all: whoever has the discussion's row may wait for the thread's.
        decisions.shift_reports([comment], [sent], 1)
        return sent


def why_not(by, comment):
    """READ: why ``by`` cannot report ``comment``, in words, or an empty text. Two queries."""
    if is_author(by, comment):
        return _(OWN)
    if _has_reported(by, comment):
        return _(TWICE)
    verdict = screen(Draft(""), _context(by, comment, timezone.now()), REPORT_PHASES)
    return verdict.message if verdict else ""


def _has_reported(by, comment):
    return Report.objects.filter(comment_id=comment.pk, reporter_id=by.pk).exists()


def _context(by, comment, now):
    return context_of(by, comment.discussion, now, parent_is_visible=can_report(by, comment))


def _suspended(draft, context):
    if context.suspended_until is None:
        return None
    reason = reason_text(context.suspension_reason) or _("No reason was given.")
    message = _("You cannot report until %(moment)s. Reason: %(reason)s") % {
        "moment": context.suspended_until_text,
        "reason": reason,
    }
    return Verdict("suspended", message, 403)


def _gone(draft, context):
    if context.parent_is_visible:
        return None
    return Verdict("gone", _("This comment has been taken down already. You need do nothing."), 409)


def _long_note(draft, context):
    length = len(draft.text)
    if length <= MAX_NOTE_LENGTH:
        return None
    return Verdict(
        "long_note",
        (
            _(
                "A note may have %(most)s characters; yours has %(length)s. "
                "Shorten it: moderators read the comment, too."
            )
            % {"most": number_text(MAX_NOTE_LENGTH), "length": number_text(length)}
        ),
    )


# What is reported stands where a reply's parent does. A closed discussion can be reported on.
REPORT_PHASES = (_suspended, unreadable, _gone, _long_note, not_text)


def _flood(by, now):
    lately = Report.objects.filter(reporter_id=by.pk, at__gt=now - _HOUR).count()
    if lately < MOST_REPORTS_AN_HOUR:
        return None
    return Verdict(
        "flood",
        (
            _(
                "You reported %(lately)s comments within an hour. Moderators look at them "
                "first: wait a while, then send this one again."
            )
            % {"lately": lately}
        ),
        429,
    )


def _weigh(comment, weight, now):
    """Adds a report to the comment's case, and covers the comment where they weigh enough.

    Whoever changes what a comment's case weighs has the comment's row, so the case is read
    without a lock, and locked in its turn.
    """
    found = Case.objects.filter(comment_id=comment.pk, is_open=True, appeal__isnull=True)
    case = found.first() or _case_of(comment, now)
    # Weights have three decimals: their sum shall, too, and not a little less than three.
    case.weight = round(case.weight + weight, 3)
    case.report_count += 1
    if _is_to_be_covered(comment, case.weight, now):
        decisions.move_comments(
            [comment.pk], by=None, act=Act.COVER, before={State.VISIBLE}, after=State.COVERED,
            reason=SEVERAL_REPORTED, rule="reports",
        )  # fmt: skip
        case.queue = Case.Queue.COVERED
    case.save(update_fields=["weight", "report_count", "queue"] if case.pk else None)


def _case_of(comment, now):
    return Case(
        queue=Case.Queue.REPORTED,
        area=comment.discussion.area,
        person_id=comment.author_id,
        discussion_id=comment.discussion_id,
        comment_id=comment.pk,
        opened_at=now,
    )


def _is_to_be_covered(comment, weight, now):
    """Whether reports of this ``weight`` hide it. What the staff writes waits for a moderator."""
    enough = rules.current().policy_of(comment.discussion.area).cover_weight
    if weight <= 0 or weight < enough or directory.is_staff(comment.author, now):
        return False
    return weight >= enough * KEPT_WEIGHS or not _was_kept(comment)


def _was_kept(comment):
    """Whether a moderator decided that it stays, as it is now. One query."""
    kept = comment.log.filter(act__in=[Act.KEEP, Act.RESTORE]).order_by("-pk").first()
    return kept is not None and kept.after.get("revision") == comment.revision


def give_notice(*, comment, name, email, explanation, address=""):
    """Tells moderators that ``comment`` is against the law; anybody may, without an account.

    Returns the ``Notice``. Raises ``RefusedError`` with a verdict for what cannot be read or was
    taken down, for an explanation that is too short or too long, and for many from one address.
    One transaction; locks the comment's row, then its case. It weighs
    nothing, so no comment is covered by notices; whoever sent one is told by mail that it came
    and what was decided.
    """
    explanation = "\n".join(explanation.split("\r\n")).strip()
    with transaction.atomic():
        (comment,) = decisions.lock_comments([comment.pk])
        now = timezone.now()
        email = email.strip().lower()
        verdict = _notice_verdict(comment, explanation, email, address, now)
        if verdict is not None:
            raise RefusedError(verdict)
        network.note_post(address or _UNKNOWN, "notices")
        found = Case.objects.filter(comment_id=comment.pk, is_open=True, appeal__isnull=True)
        if not found.exists():
            _case_of(comment, now).save()
        return notices.keep_notice(
            comment=comment, name=" ".join(name.split()), email=email, explanation=explanation,
            now=now,
        )  # fmt: skip


def _notice_verdict(comment, explanation, email, address, now):
    if not comment.discussion.is_readable(now):
        return Verdict("unreadable", _("The page of this comment cannot be read any more."), 404)
    if not comment.is_visible:
        return _gone(None, Context(now, parent_is_visible=False))
    if len(explanation) < LEAST_EXPLANATION:
        return Verdict("short", _("Say which law it breaks and why, so that somebody can decide."))
    if len(explanation) > MAX_EXPLANATION_LENGTH:
        return Verdict(
            "long",
            (
                _("An explanation may have %(most)s characters; yours has %(length)s. Shorten it.")
                % {
                    "most": number_text(MAX_EXPLANATION_LENGTH),
                    "length": number_text(len(explanation)),
                }
            ),
        )
    on_comment, of_sender = notices.recent_notices(comment, email, now - _HOUR)
    most = NOTICES_AN_ADDRESS if address else NOTICES_OF_UNKNOWN
    if (
        on_comment >= NOTICES_A_COMMENT
        or of_sender >= NOTICES_AN_ADDRESS
        or network.posts_from(address or _UNKNOWN, "notices") >= most
    ):
        return Verdict(
            "flood", _("There are many notices already. Moderators look at them; try again later."),
            429,
        )  # fmt: skip
    return not_text(Draft(explanation), Context(now))
