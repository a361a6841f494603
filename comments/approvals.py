"""WRITE: how what was decided of held comments takes effect. ``moderation`` asks for the right.

Many are decided in one transaction, so whatever they need is locked before the first: what is
held, in the order of ids, the comments that they answer or became, their discussions, and the
standing of their authors and of who reported what they became.
"""

import uuid
from collections import defaultdict

from django.utils import timezone
from django.utils.translation import gettext_noop

from comments import decisions, posting, standing
from comments.decisions import Decided
from comments.models import Case, Comment, Discussion, HeldComment, ModerationEntry, Report

Act, State = ModerationEntry.Act, Comment.State
_ACTS = {HeldComment.State.APPROVED: Act.APPROVE, HeldComment.State.REJECTED: Act.REJECT}
_STATES = {act: state for state, act in _ACTS.items()}
_SUBJECTS = {
    Act.APPROVE: gettext_noop("Your comment was approved"),
    Act.REJECT: gettext_noop("Your comment was rejected"),
}
ON_HELD = frozenset(_STATES)


def lock_held(pks):
    """``(rows, comments by id)``: what is held and what belongs to it, locked. Six queries."""
    found = HeldComment.objects.select_for_update(of=("self",), no_key=True)
    rows = list(
        found.select_related("discussion", "parent", "author").filter(pk__in=pks).order_by("pk")
    )
    around = {pk for row in rows for pk in (row.parent_id, row.comment_id) if pk is not None}
    comments = {each.pk: each for each in decisions.lock_comments(around)} if around else {}
    discussions = Discussion.objects.filter(pk__in={row.discussion_id for row in rows})
    list(discussions.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    # Newcomers have no record yet: it begins now, so that two who approve them wait in one order.
    people = {row.author_id for row in rows}
    became = [row.comment_id for row in rows if row.comment_id is not None]
    if became:
        reports = Report.objects.filter(comment_id__in=became)
        people.update(reports.values_list("reporter_id", flat=True))
    standing.lock_many(people)
    return rows, comments


def decide_held(pks, *, by, state, reason, rule=""):
    """Approves or rejects (``state``) comments that wait. Needs a transaction.

    Returns what was ``Decided``; what waits no longer is passed over. Each one that is approved
    is posted now, under what it answers, even where that was taken down meanwhile.
    """
    decided, now, settled = Decided(uuid.uuid4()), timezone.now(), {}
    rows, comments = lock_held(pks)
    for row in rows:
        waits = row.state == HeldComment.State.WAITING
        (decided.held if waits else decided.passed_over).append(row)
    if not decided.held:
        return decided
    if state == HeldComment.State.APPROVED:
        decided.comments = [_show(held, comments, now) for held in decided.held]
    else:
        settled = _keep_away(decided.held, comments, reason)
    cases = _close_cases(decided.held, now)
    entries = ModerationEntry.objects.bulk_create(
        [
            ModerationEntry(
                by=by,
                act=_ACTS[state],
                comment_id=held.comment_id,
                discussion_id=held.discussion_id,
                person_id=held.author_id,
                area=held.discussion.area,
                reason=reason,
                rule=rule,
                batch=decided.batch,
                before={"held": held.pk, "state": HeldComment.State.WAITING}
                | cases[held.pk]
                | settled.get(held.comment_id, {}),
                after=_after(held),
            )
            for held in decided.held
        ],
        batch_size=500,
    )
    decisions.tell_authors(entries, _SUBJECTS[_ACTS[state]])
    return decided


def _show(held, comments, now):
    if held.comment_id is None:
        held.comment = posting.publish_held(held, now)
    else:
        # It was among them before, until somebody took that back.
        held.comment = comments[held.comment_id]
        if held.comment.state in (State.HELD, State.HIDDEN):
            decisions.set_states([held.comment], State.VISIBLE, "")
    held.state = HeldComment.State.APPROVED
    held.save(update_fields=["comment", "state"])
    return held.comment


def _keep_away(rows, comments, reason):
    """Rejects these rows; returns what undoing has to know of readers' reports, by comment.

    What was among the others until somebody took that back counts as taken down, not as
    rejected, and may have been reported then.
    """
    HeldComment.objects.filter(pk__in=[held.pk for held in rows]).update(
        state=HeldComment.State.REJECTED, reason=reason
    )
    counted = defaultdict(lambda: defaultdict(int))
    for held in rows:
        held.state, held.reason = HeldComment.State.REJECTED, reason
        held.comment = comments.get(held.comment_id)
        counted[held.author_id]["rejected"] += held.comment is None
    once_shown = [held.comment for held in rows if held.comment is not None]
    decisions.set_states(
        [each for each in once_shown if each.state == State.HELD], State.HIDDEN, reason
    )
    standing.count_many(counted)
    settled = decisions.settle_cases(once_shown, Act.REJECT)
    return {pk: {"settled": each | {"state": State.HELD}} for pk, each in settled.items()}


def _after(held):
    comment = held.comment
    if comment is None:
        return {"state": held.state}
    return {"state": comment.state, "revision": comment.revision, "reason": comment.state_reason}


def _close_cases(rows, now):
    """Closes their open cases; returns what undoing has to know, by what is held."""
    cases = Case.objects.filter(held_id__in=[held.pk for held in rows], is_open=True)
    found = dict(cases.values_list("held_id", "pk"))
    Case.objects.filter(pk__in=list(found.values())).update(
        is_open=False, decided_at=now, taken_by=None, taken_until=None
    )
    return {held.pk: {"case": found[held.pk]} if held.pk in found else {} for held in rows}


def return_held(entries, *, by):
    """Has what ``entries`` of one act decided wait again, where nobody did more since.

    Needs a transaction. Returns what was ``Decided``. What was approved keeps its place in its
    tree, and readers do not see it meanwhile.
    """
    decided = Decided(uuid.uuid4())
    rows, comments = lock_held([entry.before["held"] for entry in entries])
    rows = {held.pk: held for held in rows}
    undone = ModerationEntry.objects.filter(undoes__in=entries)
    undone = set(undone.values_list("undoes_id", flat=True))
    returned = []
    for entry in entries:
        held = rows[entry.before["held"]]
        comment = comments.get(held.comment_id)
        if entry.pk in undone or not _is_as_left(entry, held, comment):
            decided.passed_over.append(held)
            continue
        returned.append(entry)
        decided.held.append(held)
        if comment is not None:
            decided.comments.append(comment)
    if not decided:
        return decided
    decisions.set_states(decided.comments, State.HELD, "")
    HeldComment.objects.filter(pk__in=[held.pk for held in decided.held]).update(
        state=HeldComment.State.WAITING, reason=""
    )
    cases = [entry.before["case"] for entry in returned if "case" in entry.before]
    Case.objects.filter(pk__in=cases).update(is_open=True, decided_at=None)
    settled = {
        entry.comment_id: entry.before["settled"] for entry in returned if "settled" in entry.before
    }
    decisions.open_settled(settled, comments)
    counted = defaultdict(lambda: defaultdict(int))
    for entry in returned:
        was_rejected = entry.act == Act.REJECT and entry.comment_id is None
        counted[entry.person_id]["rejected"] -= was_rejected
    standing.count_many(counted)
    decisions.log_undone(
        returned, by=by, batch=decided.batch, after={entry.pk: entry.before for entry in returned}
    )
    return decided


def _is_as_left(entry, held, comment):
    if held.state != _STATES[entry.act]:
        return False
    left = (entry.after["state"], entry.after.get("revision"))
    return comment is None or (comment.state, comment.revision) == left
