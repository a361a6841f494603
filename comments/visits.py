"""READ and WRITE: how far somebody has seen a discussion, and how they like it ordered."""

import logging
from datetime import timedelta

from django.db import DatabaseError, transaction
from django.db.models import Case, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone

from accounts.patience import impatience
from accounts.statements import Change, Statement, padded
from comments.models import Comment, Discussion, Preference, Thread, Visit

logger = logging.getLogger(__name__)

# Who was away for this long comes back: their next page is a new visit.
VISIT_LASTS = timedelta(minutes=30)
# Within a visit it is written down once a minute that it goes on, not with every page.
NOTED_EVERY = timedelta(minutes=1)
# More new comments of one thread are not counted out.
COUNTED_UP_TO = 99
# Nor so many of a whole discussion.
MOST_NEW = 1_000


def visit_of(person, discussion):
    """What is noted of ``person`` in ``discussion``: for the other functions here, or None."""
    found = _VISIT(person_id=person.pk, discussion_id=discussion.pk)
    return found[0] if found else None


def asking_visit(person, discussion):
    """The question that ``visit_of`` asks."""
    return _VISIT.asking(person_id=person.pk, discussion_id=discussion.pk)


def seen_until(visit, now):
    """The arrival up to which a discussion had been seen on that ``visit``; None on a first one.

    What came later is new to them, on every page of a visit, until they come back another time.
    """
    return None if visit is None else _seen(*visit, now)


def _seen(seen, latest, at, now):
    return latest if at < now - VISIT_LASTS else seen


_VISIT = Statement(
    lambda *, person_id, discussion_id: Visit.objects.filter(
        person_id=person_id, discussion_id=discussion_id
    ).values_list("seen", "latest", "at")
)


def note_visit(person, discussion, visit, now=None):
    """Writes down that ``person`` sees ``discussion`` as it is now. One transaction.

    ``visit`` is what was noted of them there when the page was made. Never turns a page into an
    error: on SQLite, where a long import keeps everybody from writing, the visit is left for the
    next page.
    """
    now = now or timezone.now()
    arrivals = discussion.arrival_count
    seen, latest, at = visit or (arrivals, arrivals, now)
    if visit is not None and latest >= arrivals and at >= now - NOTED_EVERY:
        return
    mine = Visit.objects.filter(person_id=person.pk, discussion_id=discussion.pk)
    try:
        with impatience(), transaction.atomic():
            if visit is None:
                fresh = Visit(
                    person_id=person.pk,
                    discussion_id=discussion.pk,
                    seen=arrivals,
                    latest=arrivals,
                    at=now,
                )
                Visit.objects.bulk_create([fresh], ignore_conflicts=True)
            else:
                # What somebody has written themselves meanwhile was noted with it.
                mine.filter(latest__lte=arrivals).update(
                    seen=_seen(seen, latest, at, now), latest=arrivals, own=0, at=now
                )
    except DatabaseError as error:
        logger.info("visit not written: %s", error)


def noting_own(person, comment):
    """What somebody has written themselves is not new to them: for ``write_together``."""
    return _OWN.changing(
        person_id=person.pk,
        discussion_id=comment.discussion_id,
        before=comment.arrival - 1,
        arrival=comment.arrival,
    )


def _own(*, person_id, discussion_id, before, arrival):
    """Where they had seen all that came before, they have seen all; else it is one of theirs."""
    mine = Visit.objects.filter(person_id=person_id, discussion_id=discussion_id)
    had_seen_all, number = Q(latest=before), IntegerField()
    latest = Case(When(had_seen_all, then=Value(arrival)), default="latest", output_field=number)
    own = Case(When(had_seen_all, then="own"), default=F("own") + 1, output_field=number)
    return mine.filter(latest__lt=arrival), {"latest": latest, "own": own}


_OWN = Change(_own)


def new_in_discussions(person, arrivals):
    """How many comments came to each discussion since ``person`` was there; one query.

    ``arrivals`` are the discussions' ``arrival_count`` by id. Where they have never been, or
    nothing is new, there is no entry.
    """
    visits = Visit.objects.filter(person_id=person.pk, discussion_id__in=list(arrivals))
    known = visits.values_list("discussion_id", "latest", "own")
    new = {pk: arrivals[pk] - latest - own for pk, latest, own in known}
    return {pk: count for pk, count in new.items() if count > 0}


def new_since(person, discussion, seen):
    """How many comments of others came after arrival ``seen``: one query, up to ``MOST_NEW``."""
    found = _NEW(MOST_NEW, discussion_id=discussion.pk, person_id=person.pk, seen=seen)
    return found[0][0] if found else 0


def _new(most, *, discussion_id, person_id, seen):
    new = Comment.objects.filter(discussion_id=OuterRef("pk"), arrival__gt=seen)
    new = new.exclude(author_id=person_id).values("pk")[:most]
    return Discussion.objects.filter(pk=discussion_id).values_list(_CountOf(new))


def new_in_threads(person, roots, seen):
    """How many comments of each thread came after arrival ``seen``, but for their own ones.

    ``roots`` are ids of top-level comments. One query, that counts up to ``COUNTED_UP_TO + 1``
    in each; threads with nothing new have no entry.
    """
    found = _NEW_IN_THREADS(COUNTED_UP_TO + 1, roots=padded(roots), person_id=person.pk, seen=seen)
    return {pk: count for pk, count in found if count}


def _new_in_threads(most, *, roots, person_id, seen):
    new = Comment.objects.filter(tree_id=OuterRef("tree_id"), arrival__gt=seen)
    new = new.exclude(author_id=person_id).values("pk")[:most]
    threads = Thread.objects.filter(pk__in=roots).annotate(new=_CountOf(new))
    return threads.values_list("pk", "new")


_NEW_IN_THREADS = Statement(_new_in_threads)


class _CountOf(Subquery):
    """How many rows a subquery has; with a slice, it stops counting there."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


_NEW = Statement(_new)


def order_of(person):
    """The order in which ``person`` last chose to read, or an empty text. One query."""
    found = _ORDER(person_id=person.pk)
    return found[0][0] if found else ""


def asking_order(person):
    """The question that ``order_of`` asks."""
    return _ORDER.asking(person_id=person.pk)


_ORDER = Statement(
    lambda *, person_id: Preference.objects.filter(person_id=person_id).values_list("order")
)


def remember_order(person, order):
    """Keeps the order that somebody chose. One statement; never turns a page into an error."""
    try:
        with impatience(), transaction.atomic():
            Preference.objects.update_or_create(person_id=person.pk, defaults={"order": order})
    except DatabaseError as error:
        logger.info("order not written: %s", error)
