"""WRITE: how often articles are read, in hours and days, and by nobody in particular.

Reads are gathered in this worker's memory and written together after some seconds, and when the
worker ends; what a crash loses is lost. No cookie, address or name is part of it (docs/adr/0016).
"""

import logging
import time
from collections import Counter
from datetime import timedelta
from multiprocessing.util import Finalize
from os import getpid
from threading import Lock, Timer

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.patience import impatience
from articles.damping import Damper, network_of
from articles.models import Article, ReadCount, day_of, hour_of

# Different articles that one worker has in mind; made-up numbers do not fill its memory.
MOST_GATHERED = 5_000
# What ``popular`` looks back on, and a little more.
KEPT_HOURS = 26
KEPT_DAYS = 8
Span = ReadCount.Span

logger = logging.getLogger(__name__)


class _Gatherer:
    """What this worker has counted and not written yet."""

    def __init__(self):
        self.lock = Lock()
        self.counts = Counter()
        self.damper = Damper()
        self.timer = None
        # The process that writes what is left as it ends.
        self.ends_well = None
        self.pruned_in = None

    def add(self, counts):
        """Takes what there is room for; returns whether all of it was."""
        with self.lock:
            known = {
                key: number
                for key, number in counts.items()
                if key in self.counts or len(self.counts) < MOST_GATHERED
            }
            self.counts.update(known)
            return len(known) == len(counts)

    def take(self):
        with self.lock:
            taken, self.counts = self.counts, Counter()
            return taken

    def plan(self, seconds):
        """Has what is gathered written in so many seconds, once for all that comes until then."""
        with self.lock:
            if self.timer is not None:
                return
            if self.ends_well != getpid():
                # The server forks its workers, and these end without what atexit was told.
                Finalize(None, write_reads, exitpriority=0)
                self.ends_well = getpid()
            self.timer = Timer(seconds, self._write)
            self.timer.daemon = True
            self.timer.start()

    def _write(self):
        with self.lock:
            self.timer = None
        try:
            write_reads()
        finally:
            # This thread's own, and the thread ends.
            connection.close()


_gatherer = _Gatherer()


def note_read(*, article_id, address="", now=None):
    """Counts that somebody reads an article; returns whether it will be.

    ``address`` is where they come from, or "": a flood from one is not counted. Whether there is
    such an article that readers may see is asked when the counts are written. Locks no row.
    """
    now = now or timezone.now()
    if not _gatherer.damper.lets_pass(network_of(address), article_id, time.monotonic()):
        return False
    if not _gatherer.add({(article_id, hour_of(now)): 1}):
        return False
    if settings.READS_WRITTEN_AFTER_SECONDS:
        _gatherer.plan(settings.READS_WRITTEN_AFTER_SECONDS)
    else:
        write_reads(now=now)
    return True


def write_reads(now=None):
    """Adds what was gathered to the counts, in one statement; returns how many reads.

    Reads of what readers may not see are dropped. Locks rows of counts in the order of their
    articles. Where the database is busy, they are kept for next time.
    """
    now = now or timezone.now()
    taken = _gatherer.take()
    if not taken:
        return 0
    try:
        # Both or neither: what is kept for next time has not been added.
        with impatience(), transaction.atomic():
            written = _add(taken, now)
            _drop_old(now)
    except DatabaseError as error:
        logger.info("reads not written: %s", error)
        _gatherer.add(taken)
        return 0
    return written


def forget_reads():
    """Drops what was gathered and what is known of addresses: for tests."""
    _gatherer.take()
    _gatherer.damper = Damper()


def _add(taken, now):
    seen = set(
        Article.objects.each_published(now)
        .filter(pk__in={pk for pk, _ in taken})
        .values_list("pk", flat=True)
    )
    counts = Counter()
    for (pk, hour), number in taken.items():
        if pk in seen:
            counts[pk, Span.HOUR.value, hour] += number
            counts[pk, Span.DAY.value, day_of(hour)] += number
    if not counts:
        return 0
    table = ReadCount._meta.db_table
    adapt = connection.ops.adapt_datetimefield_value
    # In one order, so that two workers wait for each other rather than lock each other out.
    rows = [
        (pk, span, adapt(begins), counts[pk, span, begins]) for pk, span, begins in sorted(counts)
    ]
    values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (article_id, span, begins, reads) VALUES {values} "  # noqa: S608  CONFIG: a name of ours
            "ON CONFLICT (article_id, span, begins) "
            f"DO UPDATE SET reads = {table}.reads + excluded.reads",
            [value for row in rows for value in row],
        )
    return sum(number for (_, span, _), number in counts.items() if span == Span.HOUR)


def _drop_old(now):
    """Forgets hours and days that nobody looks back on, once an hour."""
    hour = hour_of(now)
    if _gatherer.pruned_in == hour:
        return
    for span, kept in (
        (Span.HOUR, timedelta(hours=KEPT_HOURS)),
        (Span.DAY, timedelta(days=KEPT_DAYS)),
    ):
        ReadCount.objects.filter(span=span, begins__lt=hour - kept).delete()
    _gatherer.pruned_in = hour
