"""READ and WRITE: paths that were asked for in vain, counted by day.

No address of a reader is kept, no cookie, nothing of who asked. Each worker writes at once while
little comes, and adds up in memory what comes in a flood.
"""

import logging
import re
from dataclasses import dataclass
from datetime import timedelta
from threading import Lock
from time import monotonic

from django.db import DatabaseError, connection, transaction
from django.db.models import Count, Max, Sum
from django.utils import timezone

from accounts.patience import impatience
from articles.models import MAX_PATH_LENGTH, MissedPath

logger = logging.getLogger(__name__)

# A desk that mends ten addresses a day is busy; beyond that are machines that guess.
MOST_PATHS = 1_000
# Where there are more, the rarest and oldest go down to so many: a new one has time to come again.
PATHS_LEFT = 900
KEPT_DAYS = 30
# Of one worker. Under a flood, what comes meanwhile is written together with the next.
WRITES_A_MINUTE = 30
# Different paths that one worker adds up meanwhile; the others of that minute are not counted.
MOST_PENDING = 200
# The desk's list: more than anybody mends at once.
MOST_SHOWN = 200

# What no reader asks for: machines that look for the holes of other systems, and files that
# browsers and tools ask for by themselves.
_NOISE = re.compile(
    r"\.(?:php\d?|aspx?|jsp|cgi|env|ini|sql|bak|old|swp|ya?ml|zip|gz|tgz|rar|7z|exe)(?:/|~|$)"
    r"|/wp-|/\.|/cgi-bin|/xmlrpc|/phpmyadmin|/vendor/|/actuator"
    r"|^/(?:admin|accounts|static|media)/"
    r"|^/(?:apple-touch-icon|favicon|browserconfig)"
    r"|[\x00-\x1f\x7f\\<>\"']",
    re.IGNORECASE,
)
_ADD = (
    "INSERT INTO articles_missedpath (path, day, hits, from_here) VALUES {} "
    "ON CONFLICT (path, day) DO UPDATE SET hits = articles_missedpath.hits + excluded.hits, "
    "from_here = articles_missedpath.from_here + excluded.from_here"
)


@dataclass(frozen=True, slots=True)
class Missed:
    """A path worth mending: how often it was asked for lately, and by how many links of ours."""

    path: str
    hits: int
    from_here: int
    days: int
    last_day: object


class _Tally:
    """What one worker has counted and not yet written, and how often it wrote this minute."""

    def __init__(self):
        self.lock = Lock()
        self.pending = {}
        self.began, self.writes = monotonic(), 0

    def add(self, path, from_here):
        """Counts it; returns what is to be written now, or nothing."""
        with self.lock:
            if monotonic() - self.began >= 60:
                self.began, self.writes = monotonic(), 0
            if path in self.pending or len(self.pending) < MOST_PENDING:
                hits, here = self.pending.get(path, (0, 0))
                self.pending[path] = hits + 1, here + from_here
            if self.writes >= WRITES_A_MINUTE:
                return {}
            self.writes += 1
            taken, self.pending = self.pending, {}
            return taken


_tally = _Tally()


def is_noise(path):
    """Whether ``path`` is nothing that a reader would ask for."""
    return len(path) > MAX_PATH_LENGTH or _NOISE.search(path) is not None


def note_missed(path, *, from_here=False, now=None):
    """Counts that ``path`` was asked for in vain, ``from_here`` by a link of ours.

    At most one short write, ``WRITES_A_MINUTE`` at most; one that has to wait for others is left.
    Returns whether anything was written. Never raises a ``DatabaseError``.
    """
    if is_noise(path):
        return False
    taken = _tally.add(path, bool(from_here))
    if not taken:
        return False
    today = timezone.localdate(now)
    try:
        with impatience(), transaction.atomic():
            _write(taken, today)
    except DatabaseError as error:
        logger.info("missed paths not written: %s", error)
        return False
    return True


def _write(taken, today):
    day = connection.ops.adapt_datefield_value(today)
    # In one order, so that two workers do not wait for each other.
    rows = [(path, day, *counts) for path, counts in sorted(taken.items())]
    with connection.cursor() as cursor:
        values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
        cursor.execute(_ADD.format(values), [value for row in rows for value in row])
    MissedPath.objects.filter(day__lte=today - timedelta(days=KEPT_DAYS)).delete()
    if MissedPath.objects.aggregate(paths=Count("path", distinct=True))["paths"] > MOST_PATHS:
        least = _added_up().order_by("-sum", "-last", "path").values("path")[PATHS_LEFT:]
        MissedPath.objects.filter(path__in=least).delete()


def _added_up():
    return MissedPath.objects.values("path").annotate(sum=Sum("hits"), last=Max("day"))


def missed_paths(now=None):
    """The ``Missed`` of the last ``KEPT_DAYS``, the most wanted first. One query."""
    since = timezone.localdate(now) - timedelta(days=KEPT_DAYS)
    found = (
        _added_up()
        .filter(day__gt=since)
        .annotate(here=Sum("from_here"), days=Count("day"))
        .order_by("-sum", "-last", "path")[:MOST_SHOWN]
    )
    return [Missed(row["path"], row["sum"], row["here"], row["days"], row["last"]) for row in found]


def forget_missed(*, path):
    """Drops what was counted of ``path``, which leads somewhere now or need not."""
    return bool(MissedPath.objects.filter(path=path).delete()[0])


def forget_tally():
    """What this worker has not written yet; for tests, which begin with nothing."""
    global _tally  # noqa: PLW0603  one for each worker, replaced as a whole
    _tally = _Tally()
