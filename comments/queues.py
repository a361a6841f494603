"""READ: what waits on the desk, page by page; and WRITE: who works on which of it.

However many cases are open, a page takes the same queries, over an index each: one for the ids
(with beats one for each part of the site), one for the rows, four for what belongs to them.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import directory
from comments.models import Case, Comment, ModerationEntry, Notice, Report, Standing
from comments.permissions import beats_of, can_decide_appeals, can_moderate, require
from comments.trust import Record, level_of

Queue = Case.Queue
Act = ModerationEntry.Act
PAGE_SIZE = 25
# Beyond this many nobody needs the number, and counting takes time.
COUNTED_UP_TO = 1_000
# Long enough to read a branch and decide, short enough that a lunch break blocks nobody.
HOLD_FOR = timedelta(minutes=5)
# Acts upon a comment that its entry lists, and those that are read for a whole page of them.
LAST_ACTS = 3
_ACTS_A_PAGE = 200
# Notices of illegal content that an entry shows, and that are read for a whole page: each may be
# five thousand letters long, and anybody sends them.
SHOWN_NOTICES = 5
_NOTICES_A_PAGE = 100
# Of a person with more acts upon them, those that are looked through for the one that decided.
_ACTS_READ = 50
_RECORD = ("stood", "taken_down", "rejected", "reports_upheld", "reports_dismissed")
_WITH = (
    "person", "discussion", "taken_by", "comment__author", "comment__parent__author",
    "held__parent__author", "appeal__entry__by", "comment__discussion", "held__discussion",
)  # fmt: skip


class TakenError(Exception):
    """Somebody else works on it; ``by`` says who, ``until`` until when at most."""

    def __init__(self, by, until):
        super().__init__(_("%(by)s is working on this.") % {"by": by})
        self.by, self.until = by, until


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a queue is wanted: of one part of the site, by one author. Empty is all."""

    area: str = ""
    author: str = ""


@dataclass(slots=True)
class Entry:
    """One comment or appeal on the desk, with what belongs to it. ``case`` is None for new ones."""

    case: object
    comment: object
    held: object
    appeal: object
    person: object
    discussion: object
    level: str = ""
    # Open ones; who sent them is not among what was read.
    reports: list = field(default_factory=list)
    # Of illegal content, open ones, and not by whom.
    notices: list = field(default_factory=list)
    acts: list = field(default_factory=list)
    taken_by: object = None


@dataclass(slots=True)
class QueuePage:
    entries: list
    # The id to go on behind, or None.
    next: int | None = None


def may_see(person, case):
    """Whether ``person`` decides this case: of their part of the site, and of their seniority.

    An appeal against what concerns no page is every senior moderator's.
    """
    if case.queue == Queue.APPEAL:
        return can_decide_appeals(person) and (
            case.discussion_id is None or can_moderate(person, case.area)
        )
    return can_moderate(person, case.area)


def counts(person):
    """``[(queue, label, "12" or "1,000+"), ...]`` of what waits for ``person``. A query each."""
    found = []
    for queue in queues_of(person):
        number = _open_cases(person, queue)[: COUNTED_UP_TO + 1].count()
        found.append((queue, Queue(queue).label, _shown(number)))
    return found


def waiting_label(person):
    """How many cases wait for ``person`` in all queues together, in words. One query."""
    mine = Q(queue__in=queues_of(person))
    cases = _of_areas(Case.objects.filter(mine, is_open=True), _areas(person))
    return _shown(cases[: COUNTED_UP_TO + 1].count())


def _shown(number):
    return f"{COUNTED_UP_TO:,}+" if number > COUNTED_UP_TO else str(number)


def queues_of(person):
    """The queues that ``person`` works on: appeals are for senior moderators."""
    return [queue for queue in Queue if queue != Queue.APPEAL or can_decide_appeals(person)]


def _areas(person, filters=None):
    """The parts of the site that are looked at, or None for all of it."""
    beats = beats_of(person)
    if filters is None or not filters.area:
        return beats
    return {filters.area} if beats is None or filters.area in beats else set()


def _of_areas(cases, areas):
    return cases if areas is None else cases.filter(area__in=areas)


def _open_cases(person, queue, filters=None):
    cases = Case.objects.filter(queue=queue, is_open=True)
    areas = _areas(person, filters)
    if queue == Queue.APPEAL and areas is not None and not (filters and filters.area):
        return cases.filter(Q(area__in=areas) | Q(discussion__isnull=True))
    return _of_areas(cases, areas)


def queue_page(person, queue, filters=Filters(), *, after=None):
    """A ``QueuePage`` of what ``person`` has to decide, the oldest first.

    ``after`` is the id of the case that the page lies behind. Raises ``PermissionDenied``.
    """
    require(can_moderate(person) and queue in queues_of(person), _("This queue is not yours."))
    found = _narrowed(_open_cases(person, queue, filters), filters, after)
    areas = _areas(person, filters)
    if areas is None or len(areas) == 1 or queue == Queue.APPEAL:
        pks = _first(found)
    else:
        # Each part's own, by the index that ends with the id; together they would be sorted.
        pks = sorted(pk for area in sorted(areas) for pk in _first(found.filter(area=area)))
    more = len(pks) > PAGE_SIZE
    pks = pks[:PAGE_SIZE]
    return QueuePage(entries_of(_read(pks)), pks[-1] if more else None)


def _narrowed(cases, filters, after):
    if filters.author:
        # By number: joined by their handle, SQLite goes through the queue to find them.
        cases = cases.filter(person_id=_number_of(filters.author))
    return cases.filter(pk__gt=after) if after is not None else cases


def _number_of(handle):
    try:
        return directory.find_person(handle).pk
    except ObjectDoesNotExist:
        return 0


def _first(cases):
    return list(cases.order_by("pk").values_list("pk", flat=True)[: PAGE_SIZE + 1])


def _read(pks):
    return list(Case.objects.filter(pk__in=pks).select_related(*_WITH).order_by("pk"))


def new_page(person, filters=Filters(), *, before=None):
    """A ``QueuePage`` of the newest comments, whether anybody objects to them or not.

    ``before`` is the id of the comment that the page lies behind. Raises ``PermissionDenied``.
    """
    require(can_moderate(person), _("Only moderators can do this."))
    comments = Comment.objects.filter(state=Comment.State.VISIBLE)
    areas = _areas(person, filters)
    if areas is not None:
        comments = comments.filter(discussion__area__in=areas)
    if filters.author:
        comments = comments.filter(author__handle=filters.author)
    if before is not None:
        comments = comments.filter(pk__lt=before)
    found = comments.select_related("author", "discussion", "parent__author").order_by("-id")
    found = list(found[: PAGE_SIZE + 1])
    entries = [
        Entry(None, each, None, None, each.author, each.discussion) for each in found[:PAGE_SIZE]
    ]
    _complete(entries)
    return QueuePage(entries, found[PAGE_SIZE - 1].pk if len(found) > PAGE_SIZE else None)


def case_of(pk):
    """One case as ``entries_of`` takes it; raises ``Case.DoesNotExist``."""
    return Case.objects.select_related(*_WITH).get(pk=pk)


def cases_of(pks):
    """Cases by their ids, as ``entries_of`` takes them. One query."""
    return _read(pks)


def entries_of(cases):
    """``Entry`` for each of the cases, which have what belongs to them. Four queries."""
    now = timezone.now()
    entries = [
        Entry(
            case=case,
            comment=case.comment,
            held=case.held,
            appeal=case.appeal,
            person=case.person,
            discussion=case.discussion,
            taken_by=case.taken_by if case.taken_until and case.taken_until > now else None,
        )
        for case in cases
    ]
    _complete(entries)
    return entries


def _complete(entries):
    """Adds what is read for all of them at once: reports, acts, and the level of the authors."""
    pks = [entry.comment.pk for entry in entries if entry.comment is not None]
    reports, acts = defaultdict(list), defaultdict(list)
    for report in (
        Report.objects.filter(comment_id__in=pks, outcome=Report.Outcome.OPEN)
        .defer("reporter")
        .order_by("pk")
    ):
        reports[report.comment_id].append(report)
    notices = defaultdict(list)
    open_notices = Notice.objects.filter(comment_id__in=pks, outcome=Report.Outcome.OPEN)
    said = open_notices.order_by("pk").values_list("comment_id", "explanation")
    for pk, explanation in said[:_NOTICES_A_PAGE]:
        if len(notices[pk]) < SHOWN_NOTICES:
            notices[pk].append(explanation)
    log = ModerationEntry.objects.filter(comment_id__in=pks).exclude(act=Act.EDIT)
    for entry in log.select_related("by").order_by("-pk")[:_ACTS_A_PAGE]:
        if len(acts[entry.comment_id]) < LAST_ACTS:
            acts[entry.comment_id].append(entry)
    standings = Standing.objects.in_bulk({entry.person.pk for entry in entries})
    now = timezone.now()
    for entry in entries:
        entry.level = _level(entry.person, standings.get(entry.person.pk), now)
        if entry.comment is not None:
            entry.reports = reports[entry.comment.pk]
            entry.notices = notices[entry.comment.pk]
            entry.acts = acts[entry.comment.pk]


def _level(person, standing, now):
    counted = {name: getattr(standing, name) for name in _RECORD} if standing else {}
    staff = directory.is_staff(person, now)
    record = Record(since=directory.known_since(person), is_staff=staff, **counted)
    return level_of(record, now).name


def take(by, case):
    """Has ``by`` work on an open case for ``HOLD_FOR``, anew if they do already.

    Returns False when it is decided. Raises ``PermissionDenied``, and ``TakenError`` while
    somebody else works on it. One update, which only one of two can win.
    """
    require(may_see(by, case), _("Only moderators of this part of the site can do this."))
    now = timezone.now()
    is_free = Q(taken_by__isnull=True) | Q(taken_by_id=by.pk) | Q(taken_until__lte=now)
    mine = Case.objects.filter(is_free, pk=case.pk, is_open=True)
    if mine.update(taken_by=by, taken_until=now + HOLD_FOR):
        return True
    current = Case.objects.select_related("taken_by").get(pk=case.pk)
    if current.is_open and current.taken_by is not None:
        raise TakenError(current.taken_by, current.taken_until)
    return False


def release(by, case):
    """Gives a case back that ``by`` works on. Returns whether they did. One update."""
    mine = Case.objects.filter(pk=case.pk, taken_by_id=by.pk)
    return bool(mine.update(taken_by=None, taken_until=None))


def last_act(person, acts, since):
    """What ``person`` did last that can be taken back: ``(batch, label, number)``, or None.

    ``acts`` are those that can be, since a moment minutes ago. Two queries.
    """
    mine = ModerationEntry.objects.filter(at__gt=since, by_id=person.pk, act__in=acts)
    mine = mine.filter(batch__isnull=False, undone_by__isnull=True)
    last = mine.order_by("-pk").first()
    if last is None:
        return None
    return last.batch, last.get_act_display(), mine.filter(batch=last.batch).count()


def decision_of(case):
    """The entry of the log that decided a case, or None. One query."""
    log = ModerationEntry.objects.select_related("by").order_by("-pk")
    if case.held_id is not None:
        acts = log.filter(person_id=case.person_id, discussion_id=case.discussion_id)
        acts = acts.filter(act__in=[Act.APPROVE, Act.REJECT])[:_ACTS_READ]
        return next((each for each in acts if each.before.get("held") == case.held_id), None)
    acts = [Act.HIDE, Act.RESTORE, Act.KEEP, Act.REJECT, Act.WITHDRAW]
    if case.appeal_id is not None:
        acts = [Act.GRANT, Act.REFUSE]
        log = log.filter(person_id=case.person_id)
    return log.filter(comment_id=case.comment_id, act__in=acts).first()
