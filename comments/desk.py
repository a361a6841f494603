"""The moderation desk: queues, one entry, and what is decided. ``moderation`` does the deciding."""

import re
import uuid
from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.http import Http404, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from comments import appeals, dossiers, moderation, queues, rules, sanctions
from comments.forms import ReasonForm
from comments.models import Case, Comment
from comments.moderation import DecidedMeanwhileError
from comments.permissions import can_moderate, require
from comments.screening import MAX_REASON_LENGTH
from comments.sentences import CHANGED_SINCE, DESK, PARTLY_TAKEN_BACK, TAKEN_BACK, counted
from comments.wording import reason_text

Queue = Case.Queue
# The queue of all that is said, which nobody has objected to.
NEW = "new"
# Before a bulk act the first ones are named; the number says how many there are.
NAMED_IN_QUESTION = 20
_ONLY = gettext_lazy("Only moderators can do this.")
_PICK = re.compile(r"(?P<kind>[cn])(?P<pk>\d{1,18})\.(?P<revision>\d{1,9})")
_ANCHOR = re.compile(r"[cn]\d{1,18}")
_CHANGED = gettext_lazy(
    "The comment was changed after you opened the page. Nothing was done; look at it again."
)
_INTRODUCTIONS = {
    Queue.HELD: gettext_lazy(
        "These comments wait: readers do not see them before you approve them."
    ),
    Queue.REPORTED: gettext_lazy(
        "Readers reported these comments. They can be read until you hide them."
    ),
    Queue.COVERED: gettext_lazy(
        "So many readers reported these comments that they are hidden until you decide."
    ),
    Queue.APPEAL: gettext_lazy("Somebody asks for another look at a decision that concerns them."),
    NEW: gettext_lazy("The newest comments, whether anybody objects to them or not."),
}


def desk_page(request, template, title, **context):
    """A page in the admin's frame, with the queues and the act that can be taken back."""
    since = timezone.now() - moderation.UNDO_FOR
    context |= admin.site.each_context(request) | {
        "title": title,
        "queues": queues.counts(request.user),
        "last_act": _worded_act(queues.last_act(request.user, moderation.UNDONE, since)),
        "back": request.get_full_path(),
        "longest_reason": MAX_REASON_LENGTH,
    }
    return TemplateResponse(request, f"admin/comments/desk/{template}.html", context)


def _worded_act(last):
    if last is None:
        return None
    batch, label, number = last
    if number > 1:
        label = _("%(act)s (%(number)s at once)") % {"act": label, "number": number}
    return {"batch": batch, "what": label}


@require_safe
def first_queue(request):
    """The first queue in which something waits."""
    require(can_moderate(request.user), _ONLY)
    waiting = [name for name, _label, number in queues.counts(request.user) if number != "0"]
    return HttpResponseRedirect(reverse("desk-queue", args=[waiting[0] if waiting else Queue.HELD]))


@require_safe
def queue(request, name):
    """A page of one queue, narrowed by what the address says."""
    person = request.user
    filters = queues.Filters(
        area=request.GET.get("area", "").strip(), author=request.GET.get("by", "").strip()
    )
    cursor = _number(request.GET.get("from"))
    if name == NEW:
        page = queues.new_page(person, filters, before=cursor)
    elif name in Queue.values:
        page = queues.queue_page(person, name, filters, after=cursor)
    else:
        raise Http404
    label = _("Everything new") if name == NEW else Queue(name).label
    narrowed = {
        key: value for key, value in (("area", filters.area), ("by", filters.author)) if value
    }
    next_url = f"?{urlencode({**narrowed, 'from': page.next})}" if page.next else ""
    cards = [dossiers.card_of(each, person) for each in page.entries]
    keep_label, hide_label = dossiers.labels_of(name)
    return desk_page(
        request,
        "queue",
        _("Moderation: %(queue)s") % {"queue": label},
        name=name,
        introduction=_INTRODUCTIONS[name],
        cards=list(zip(cards, _next_anchors(cards), strict=True)),
        next_url=next_url,
        first_url=f"?{urlencode(narrowed)}" if cursor is not None else "",
        filters=filters,
        reasons=rules.offered_reasons() if name != Queue.APPEAL else [],
        has_bulk=name != Queue.APPEAL and bool(cards),
        keeps=name != NEW,
        keep_label=keep_label,
        hide_label=hide_label,
    )


def _next_anchors(cards):
    """Of each card the one to stand at when it is decided: the next, and of the last the former."""
    anchors = [card.anchor for card in cards]
    return [*anchors[1:], *(anchors[-2:-1] or [""])][: len(anchors)]


def _number(typed):
    return int(typed) if typed and typed.isdecimal() and len(typed) < 19 else None


def _case(request, pk):
    try:
        case = queues.case_of(pk)
    except Case.DoesNotExist as nothing:
        raise Http404 from nothing
    require(queues.may_see(request.user, case), _ONLY)
    return case


@require_safe
def entry(request, pk):
    """One entry with all that is known of it. Whoever opens it works on it from now on.

    Unless somebody else has to decide it.
    """
    case = _case(request, pk)
    try:
        if not dossiers.refusal_of(request.user, case.person_id, case.appeal):
            queues.take(request.user, case)
    except queues.TakenError:
        # Said on the page, which has no buttons then.
        case = queues.case_of(pk)
    (found,) = queues.entries_of([case])
    above, replies, has_more = dossiers.branch_of(found)
    card = dossiers.card_of(found, request.user)
    return desk_page(
        request,
        "entry",
        card.heading,
        card=card,
        case=case,
        above=above,
        replies=replies,
        has_more=has_more,
        dossier=dossiers.dossier_of(case.person, case.discussion),
        reasons=rules.offered_reasons() if case.queue != Queue.APPEAL else [],
        keeps=True,
        name=case.queue,
        queue_url=reverse("desk-queue", args=[case.queue]),
        decided="" if case.is_open else _decided_by(queues.decision_of(case)),
    )


def _decided_by(decision):
    if decision is None or decision.by is None:
        return _("This was decided meanwhile.")
    said = {
        "handle": decision.by.handle,
        "act": decision.get_act_display().lower(),
        "reason": reason_text(decision.reason),
    }
    if decision.reason:
        return _("This was decided meanwhile. %(handle)s: %(act)s: %(reason)s.") % said
    return _("This was decided meanwhile. %(handle)s: %(act)s.") % said


@require_POST
def release(request, pk):
    """Goes back to the queue without deciding; somebody else can."""
    case = _case(request, pk)
    queues.release(request.user, case)
    return HttpResponseRedirect(reverse("desk-queue", args=[case.queue]))


@require_POST
def note(request, pk):
    """Leaves a note on the author for other moderators."""
    case = _case(request, pk)
    try:
        sanctions.note(by=request.user, person=case.person, text=request.POST.get("text", ""))
    except ValueError:
        messages.warning(request, _("The note has no words. Write what others should know."))
    else:
        messages.success(request, _("The note is kept. Only moderators read it."))
    return HttpResponseRedirect(f"{reverse('desk-entry', args=[case.pk])}#notes")


@dataclass
class _Chosen:
    """What a form of the desk was sent for: comments that wait, others, and an appeal."""

    held: list = field(default_factory=list)
    comments: list = field(default_factory=list)
    appeals: list = field(default_factory=list)
    # The revisions that were seen, by the comments' ids.
    seen: dict = field(default_factory=dict)
    cases: list = field(default_factory=list)
    # In words, why some of it is left out.
    left_out: list = field(default_factory=list)

    def __len__(self):
        return len(self.held) + len(self.comments) + len(self.appeals)


def _chosen(request):
    """Reads the ``pick`` fields. What is decided already or somebody works on is left out."""
    picks = [_PICK.fullmatch(each) for each in request.POST.getlist("pick")]
    picks = [each for each in picks if each][: moderation.MOST_HELD_AT_ONCE]
    revisions = {(each["kind"], int(each["pk"])): int(each["revision"]) for each in picks}
    chosen, now = _Chosen(), timezone.now()
    for case in queues.cases_of([pk for kind, pk in revisions if kind == "c"]):
        require(queues.may_see(request.user, case), _ONLY)
        is_others = case.taken_by is not None and case.taken_by_id != request.user.pk
        if not case.is_open:
            chosen.left_out.append(_decided_by(queues.decision_of(case)))
        elif is_others and case.taken_until > now:
            chosen.left_out.append(
                _(
                    "%(handle)s is working on this. Nothing was done; it is free again in a few "
                    "minutes."
                )
                % {"handle": case.taken_by.handle}
            )
        else:
            chosen.cases.append(case)
            if case.appeal is not None:
                chosen.appeals.append(case.appeal)
            elif case.held is not None:
                chosen.held.append(case.held)
            else:
                chosen.comments.append(case.comment)
                chosen.seen[case.comment_id] = revisions["c", case.pk]
    new = [pk for kind, pk in revisions if kind == "n"]
    for comment in Comment.objects.filter(pk__in=new).select_related("discussion", "author"):
        require(can_moderate(request.user, comment.discussion.area), _ONLY)
        chosen.comments.append(comment)
        chosen.seen[comment.pk] = revisions["n", comment.pk]
    return chosen


@require_POST
def decide(request):
    """Decides what was chosen; of several at once it first asks, and says how many they are."""
    require(can_moderate(request.user), _ONLY)
    act = request.POST.get("act")
    if act not in ("keep", "hide"):
        raise Http404
    chosen = _chosen(request)
    form = ReasonForm(request.POST)
    asks = "ask" in request.POST
    if not len(chosen):
        if not chosen.left_out:
            messages.warning(request, _("Nothing is selected, so nothing was done."))
    elif chosen.appeals:
        _answer_appeal(request, chosen.appeals[0], act, request.POST.get("own", ""))
    elif asks or (act == "hide" and not form.is_valid()):
        if asks or len(chosen) > 1:
            return _ask(request, chosen, act, None if asks else form)
        messages.error(request, _("Say why: pick a reason, or write one. Nothing was done."))
        return _go_back(request, request.POST.get("here", ""))
    else:
        reason, rule = _reason_of(form) if act == "hide" else ("", "")
        _decide_chosen(request, chosen, act, reason, rule)
    for why in dict.fromkeys(chosen.left_out):
        messages.warning(request, why)
    return _go_back(request, request.POST.get("then", ""))


def _reason_of(form):
    """``(reason, the rule that it rests on)``, as the canned reasons have it."""
    known = dict(rules.canned_reasons())
    return form.reason(), known.get(form.cleaned_data.get("canned", ""), "")


def _go_back(request, anchor):
    back = request.POST.get("back", "")
    if not (back.startswith("/admin/moderation/") and url_has_allowed_host_and_scheme(back, None)):
        back = reverse("desk")
    return HttpResponseRedirect(f"{back}#{anchor}" if _ANCHOR.fullmatch(anchor) else back)


def _ask(request, chosen, act, form):
    """The page between choosing several and deciding them: how many, the first ones, and why."""
    many = [*chosen.held, *chosen.comments]
    sentences = DESK[act, bool(chosen.held)]
    count = len(many)
    return desk_page(
        request,
        "confirm",
        counted(sentences.question, count),
        name="",
        act=act,
        button=counted(sentences.button, count),
        count=count,
        form=(form or ReasonForm()) if act == "hide" else None,
        picks=request.POST.getlist("pick"),
        named=[(each.author.handle, dossiers.in_short(each)) for each in many[:NAMED_IN_QUESTION]],
        unnamed=max(0, count - NAMED_IN_QUESTION),
        left_out=list(dict.fromkeys(chosen.left_out)),
        to=request.POST.get("back", ""),
    )


def _decide_chosen(request, chosen, act, reason, rule):
    by = request.user
    if chosen.held:
        if act == "keep":
            decided = moderation.approve_all(by=by, held=chosen.held)
        else:
            decided = moderation.reject_all(by=by, held=chosen.held, reason=reason, rule=rule)
        _tell(request, chosen, decided, act, is_held=True)
    if chosen.comments:
        known = {"by": by, "comments": chosen.comments, "seen": chosen.seen}
        if act == "keep":
            decided = moderation.keep_all(**known)
        else:
            decided = moderation.hide_all(**known, reason=reason, rule=rule)
        _tell(request, chosen, decided, act, is_held=False)


def _tell(request, chosen, decided, act, *, is_held):
    """What was done, and why the rest was not."""
    count = len(decided)
    if count == 1:
        messages.success(request, DESK[act, is_held].done_to_one)
    elif count:
        messages.success(request, counted(DESK[act, is_held].done, count))
    for each in decided.passed_over:
        if not is_held and each.revision != chosen.seen.get(each.pk):
            chosen.left_out.append(_CHANGED)
        else:
            cases = [
                case for case in chosen.cases
                if each.pk == (case.held_id if is_held else case.comment_id)
            ]  # fmt: skip
            decision = queues.decision_of(cases[0]) if cases else None
            chosen.left_out.append(_decided_by(decision))


def _answer_appeal(request, appeal, act, answer):
    move = appeals.grant if act == "keep" else appeals.refuse
    try:
        move(by=request.user, appeal=appeal, answer=answer)
    except ValueError as refused:
        messages.error(request, _("%(why)s Nothing was done.") % {"why": refused})
    except DecidedMeanwhileError as late:
        messages.warning(request, str(late))
    else:
        granted = _("The appeal was granted. Whoever appealed is told your answer.")
        refused = _("The appeal was refused. Whoever appealed is told your answer.")
        messages.success(request, granted if act == "keep" else refused)


@require_POST
def undo(request):
    """Takes a whole act back."""
    require(can_moderate(request.user), _ONLY)
    try:
        batch = uuid.UUID(request.POST.get("batch", ""))
        decided = moderation.undo(by=request.user, batch=batch)
    except ValueError:
        raise Http404 from None
    except DecidedMeanwhileError as late:
        messages.warning(request, str(late))
    else:
        count = len(decided)
        said = PARTLY_TAKEN_BACK if decided.passed_over else TAKEN_BACK
        if decided.passed_over:
            messages.warning(request, counted(CHANGED_SINCE, len(decided.passed_over)))
        messages.success(request, counted(said, count))
    return _go_back(request, "")
