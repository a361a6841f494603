"""WRITE: whoever an act of moderation concerns appeals, and somebody else decides.

Granting takes back what still stands of the act: what was changed or decided since is left.
"""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts import membership
from comments import decisions, moderation, standing
from comments.markup import stated
from comments.models import Appeal, Case, Comment, HeldComment, Letter, ModerationEntry, Standing
from comments.moderation import DecidedMeanwhileError
from comments.permissions import can_decide_appeals, can_moderate, require
from comments.screening import Context, Draft, RefusedError, Verdict, not_text
from comments.standing import in_force
from comments.turns import wait_for_turn
from comments.wording import AFTER_AN_APPEAL, moment_iso, number_text

Act, State = ModerationEntry.Act, Comment.State
_SAY_WHAT = gettext_lazy("Answer the appeal: whoever appealed is told what you say.")
# Who is shut out for good cannot sign in to appeal: they write to the newsroom.
APPEALABLE = frozenset(
    {Act.HIDE, Act.COVER, Act.REJECT, Act.SUSPEND, Act.WARN, Act.WATCH, Act.MUTE}
)
# Long enough to come back from a holiday, short enough to remember what was meant.
APPEAL_WITHIN = timedelta(days=30)
MAX_APPEAL_LENGTH = 2_000
NONE = gettext_noop("There is no appeal against this.")
_GRANTED = gettext_noop("Your appeal was granted")
_REFUSED = gettext_noop("Your appeal was refused")
TWICE = gettext_noop("You have appealed against this already. You will be told what comes of it.")


def appeal(*, by, entry, text):
    """Asks somebody else to look at an ``entry`` of the log again, which concerns ``by``.

    Who is suspended may appeal, too. Returns the ``Appeal``, or False when there is one already.
    Raises ``PermissionDenied`` for somebody else's entry, ``RefusedError`` with a verdict for an
    act that cannot be appealed against, does not hold any more, or is longer ago than
    ``APPEAL_WITHIN``, and for a text that is empty or too long.

    One transaction and a row in the log. Waits for what else the same person does (an advisory
    lock) and locks no row.
    """
    require(by.is_authenticated, _("Sign in to appeal."))
    require(entry.person_id == by.pk, _("Only the person whom a decision concerns can appeal."))
    text = "\n".join(text.split("\r\n")).strip()
    with transaction.atomic():
        wait_for_turn(by)
        if Appeal.objects.filter(entry_id=entry.pk).exists():
            return False
        _refuse(why_not(by, entry), 409)
        _refuse_text(text)
        made = Appeal.objects.create(entry=entry, person=by, text=text)
        Case.objects.create(
            queue=Case.Queue.APPEAL,
            area=_area_of(entry),
            person=by,
            discussion_id=entry.discussion_id,
            comment_id=entry.comment_id,
            appeal=made,
        )
        _log(by, Act.APPEAL, made, "", {}, {"appeal": made.pk, "entry": entry.pk})
        return made


def _refuse(message, status=422):
    if message:
        raise RefusedError(Verdict("appeal", message, status))


def _refuse_text(text):
    if not text:
        _refuse(_("Say why the decision is wrong: whoever looks at it again reads that."))
    if len(text) > MAX_APPEAL_LENGTH:
        _refuse(
            _(
                "An appeal may have %(most)s characters; yours has %(length)s. "
                "Shorten it by %(surplus)s."
            )
            % {
                "most": number_text(MAX_APPEAL_LENGTH),
                "length": number_text(len(text)),
                "surplus": number_text(len(text) - MAX_APPEAL_LENGTH),
            }
        )
    verdict = not_text(Draft(text), Context(timezone.now()))
    if verdict is not None:
        raise RefusedError(verdict)


def can_appeal(person, entry, now=None):
    """Whether an appeal against ``entry`` is offered: as far as can be told without a query.

    ``entry`` has its comment, its appeal and what undid it, as ``letters.letters_of`` reads it.
    """
    if _why_never(person, entry, now or timezone.now()):
        return False
    if hasattr(entry, "appeal") or hasattr(entry, "undone_by"):
        return False
    return entry.comment is None or entry.comment.state == entry.after.get("state")


def why_not(person, entry):
    """Why ``person`` cannot appeal against ``entry``, in words, or an empty text.

    At most four queries.
    """
    never = _why_never(person, entry, timezone.now())
    if never:
        return never
    if not _stands(entry):
        return _("This decision does not hold any more, so there is nothing to appeal against.")
    return ""


def _why_never(person, entry, now):
    if entry.person_id != person.pk or entry.by_id == person.pk or entry.act not in APPEALABLE:
        return _(NONE)
    if entry.act == Act.WATCH and not entry.after.get("holds"):
        return _(NONE)
    if entry.at <= now - APPEAL_WITHIN:
        return _("You could appeal for %(days)s days. They are over.") % {
            "days": APPEAL_WITHIN.days
        }
    return ""


def _stands(entry):
    """Whether what an entry did is still so, and by that entry. At most three queries."""
    if ModerationEntry.objects.filter(undoes_id=entry.pk).exists():
        return False
    return entry.act not in _STANDS or _STANDS[entry.act](entry)


def _comment_stands(entry):
    was = {"pk": entry.comment_id, "state": entry.after["state"]}
    if not Comment.objects.filter(**was, state_reason=entry.after["reason"]).exists():
        return False
    since = ModerationEntry.objects.filter(comment_id=entry.comment_id, pk__gt=entry.pk)
    return not since.filter(act__in=[Act.HIDE, Act.COVER], undone_by__isnull=True).exists()


def _rejection_stands(entry):
    rejected = HeldComment.objects.filter(state=HeldComment.State.REJECTED)
    return rejected.filter(pk=entry.before["held"]).exists()


def _suspension_stands(entry):
    until = get_user_model().objects.values_list("suspended_until", flat=True)
    until = until.get(pk=entry.person_id)
    return (
        until is not None and until > timezone.now() and moment_iso(until) == entry.after["until"]
    )


def _watch_stands(entry):
    return Standing.objects.filter(pk=entry.person_id, is_premoderated=True).exists()


def _mute_stands(entry):
    row = Standing.objects.filter(pk=entry.person_id).first()
    return row is not None and _is_muted_by(entry, in_force(row.muted, timezone.now()))


def _is_muted_by(entry, muted):
    """Whether it is this entry's mute that holds, and none of before or since."""
    return muted.get(str(entry.discussion_id), {}).get("entry") == entry.pk


# A warning was given, and stays given.
_STANDS = {
    Act.HIDE: _comment_stands,
    Act.COVER: _comment_stands,
    Act.REJECT: _rejection_stands,
    Act.SUSPEND: _suspension_stands,
    Act.WATCH: _watch_stands,
    Act.MUTE: _mute_stands,
}


def grant(*, by, appeal, answer):
    """Finds an appeal right, and takes back what still stands of the act that it is against.

    Returns the ``Appeal``. Raises ``PermissionDenied`` for who may not decide appeals, for
    whoever decided first (an administrator, too), whose own appeal it is, and who looks after
    another part of the site than the page belongs to now; ``ValueError`` without an answer;
    ``DecidedMeanwhileError`` when somebody was quicker.

    One transaction and a row in the log for the appeal, and one for what it takes back. Locks the
    appeal's case, for which nobody waits who holds a comment, then as ``decisions``,
    ``moderation.approve`` or ``sanctions``. The person is told the answer, and whether
    another decision than the one that they appealed against still stands.
    """
    return _decide(by, appeal, answer, Appeal.State.GRANTED)


def refuse(*, by, appeal, answer):
    """Finds that the act was right. Returns, raises and locks as ``grant``; nothing changes."""
    return _decide(by, appeal, answer, Appeal.State.REFUSED)


def _decide(by, appeal, answer, state):
    require(can_decide_appeals(by), _("Only senior moderators decide appeals."))
    answer = stated(answer, _SAY_WHAT)
    with transaction.atomic():
        case = Case.objects.select_for_update(no_key=True).get(appeal_id=appeal.pk)
        appeal = Appeal.objects.select_related("entry", "entry__discussion").get(pk=appeal.pk)
        _require_another(by, appeal)
        if appeal.state != Appeal.State.OPEN:
            raise DecidedMeanwhileError(_("This appeal is decided already."), _decision_of(appeal))
        granted = state == Appeal.State.GRANTED
        took_back = granted and _take_back(by, appeal.entry, answer)
        appeal.state, appeal.answer = state, answer
        appeal.save(update_fields=["state", "answer"])
        case.is_open, case.decided_at = False, timezone.now()
        case.taken_by = case.taken_until = None
        case.save(update_fields=["is_open", "decided_at", "taken_by", "taken_until"])
        entry = _log(
            by, Act.GRANT if granted else Act.REFUSE, appeal, answer,
            {"appeal": appeal.pk, "state": Appeal.State.OPEN, "entry": appeal.entry_id},
            {"appeal": appeal.pk, "state": state, "took_back": took_back},
        )  # fmt: skip
        said = _GRANTED if granted else _REFUSED
        if granted and not took_back and _is_decided_anew(appeal.entry):
            said = gettext_noop("Your appeal was granted; a later decision still stands")
        decisions.tell_authors([entry], said)
        return appeal


def _require_another(by, appeal):
    entry = appeal.entry
    require(
        entry.by_id != by.pk, _("You decided this at first, so somebody else has to look at it.")
    )
    require(appeal.person_id != by.pk, _("This is your own appeal: somebody else decides it."))
    if entry.discussion_id is not None:
        require(
            can_moderate(by, _area_of(entry)),
            _("Only moderators of this part of the site can do this."),
        )


def _area_of(entry):
    """The part of the site as it is now: a page may have moved since."""
    return entry.area if entry.discussion_id is None else entry.discussion.area


def _decision_of(appeal):
    """How an appeal was decided, as the log has it."""
    decided = ModerationEntry.objects.filter(
        act__in=[Act.GRANT, Act.REFUSE], person_id=appeal.person_id
    )
    return next((each for each in decided if each.after["appeal"] == appeal.pk), None)


def _take_back(by, entry, answer):
    """Ends what an act did, where it still stands; returns whether it did."""
    began = timezone.now()
    if entry.act not in _TAKE_BACK or not _TAKE_BACK[entry.act](by, entry, answer):
        return False
    # The answer to the appeal says it all: nobody is told twice.
    Letter.objects.filter(
        person_id=entry.person_id, entry__by_id=by.pk, entry__at__gte=began, seen_at__isnull=True
    ).delete()
    return True


def _is_decided_anew(entry):
    """Whether another decision keeps up what an entry did, which does not stand any more."""
    if entry.act in (Act.HIDE, Act.COVER):
        gone = Comment.objects.filter(pk=entry.comment_id, state__in=[State.HIDDEN, State.COVERED])
        return gone.exists()
    if entry.act == Act.SUSPEND:
        people = get_user_model().objects.filter(pk=entry.person_id)
        return people.filter(suspended_until__gt=timezone.now()).exists()
    if entry.act == Act.MUTE:
        row = Standing.objects.get(pk=entry.person_id)
        return str(entry.discussion_id) in in_force(row.muted, timezone.now())
    return entry.act == Act.REJECT and _rejection_stands(entry)


def _show_again(by, entry, _answer):
    decisions.lock_comments([entry.comment_id])
    if not _stands(entry):
        return False
    return bool(
        decisions.move_comments(
            [entry.comment_id], by=by, act=Act.RESTORE, before={entry.after["state"]},
            # Everybody may read why it was restored; the answer is for who appealed.
            after=State.VISIBLE, reason=AFTER_AN_APPEAL, rule="appeal",
        )
    )  # fmt: skip


def _approve(by, entry, answer):
    rows = HeldComment.objects.select_for_update(of=("self",), no_key=True)
    held = rows.select_related("discussion").get(pk=entry.before["held"])
    if not _stands(entry):
        return False
    held.state, held.reason = HeldComment.State.WAITING, ""
    held.save(update_fields=["state", "reason"])
    moderation.approve(by=by, held=held, reason=answer)
    if entry.comment_id is None:
        # What was among the others before it was rejected did not count as that.
        standing.count(entry.person_id, rejected=-1)
    return True


def _lift(by, entry, answer):
    people = get_user_model().objects.select_for_update(no_key=True)
    person = people.get(pk=entry.person_id)
    if not _stands(entry):
        return False
    # Whoever decides appeals may do this for the staff, too, which moderators may not.
    membership.lift_suspension(by=None, person=person)
    _log_person(by, entry, Act.LIFT, answer, {"until": None, "reason": ""})
    return True


def _stop_watching(by, entry, answer):
    row = Standing.objects.select_for_update(no_key=True).get(pk=entry.person_id)
    if not _stands(entry):
        return False
    row.is_premoderated = False
    row.save(update_fields=["is_premoderated"])
    _log_person(by, entry, Act.WATCH, answer, {"holds": False})
    return True


def _unmute(by, entry, answer):
    row = Standing.objects.select_for_update(no_key=True).get(pk=entry.person_id)
    muted = in_force(row.muted, timezone.now())
    if not _is_muted_by(entry, muted):
        return False
    del muted[str(entry.discussion_id)]
    row.muted = muted
    row.save(update_fields=["muted"])
    _log_person(by, entry, Act.UNMUTE, answer, {})
    return True


_TAKE_BACK = {
    Act.HIDE: _show_again,
    Act.COVER: _show_again,
    Act.REJECT: _approve,
    Act.SUSPEND: _lift,
    Act.WATCH: _stop_watching,
    Act.MUTE: _unmute,
}


def _log_person(by, entry, act, reason, after):
    ModerationEntry.objects.create(
        by=by, act=act, person_id=entry.person_id, reason=reason, rule="appeal",
        discussion_id=entry.discussion_id, area=_area_of(entry),
        before=entry.after, after=after,
    )  # fmt: skip


def _log(by, act, appeal, reason, before, after):
    entry = appeal.entry
    return ModerationEntry.objects.create(
        by=by,
        act=act,
        comment_id=entry.comment_id,
        discussion_id=entry.discussion_id,
        person_id=appeal.person_id,
        area=_area_of(entry),
        reason=reason,
        before=before,
        after=after,
    )
