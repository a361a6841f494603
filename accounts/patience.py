"""How long a write waits for SQLite's one writer, and where: here, and not within SQLite.

A statement that SQLite itself lets wait holds its connection's mutex meanwhile. What a failed
statement leaves behind Python frees when it collects garbage, in whatever thread that happens,
and freeing it takes that mutex. So a thread that held the write lock could stand there until
those who waited for the lock gave up, twenty seconds later (docs/adr/0018). Here a busy database
says so at once, and the statement is sent again from outside.
"""

import random
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.db import OperationalError

# A page is worth more than the minute in which its reader was seen: where a long import keeps
# everybody from writing, such a write waits this long and is then left for next time.
SECONDS_IN_PASSING = 0.1
# Django's own, where the settings say nothing.
USUAL_SECONDS = 5
# Between two tries, in seconds: a write takes some five milliseconds, and ten who wait cost a
# tenth of a core.
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.001, 0.010

_patience: ContextVar[float | None] = ContextVar("patience", default=None)


@contextmanager
def impatience(seconds: float = SECONDS_IN_PASSING) -> Iterator[None]:
    """Inside, SQLite's lock is waited for no longer; a ``DatabaseError`` is yours to catch.

    With 0 not at all. PostgreSQL, which locks rows, has ``skip_locked`` for it.
    """
    before = _patience.set(seconds)
    try:
        yield
    finally:
        _patience.reset(before)


def give_patience(connection, **_) -> None:
    """To an SQLite connection that has just been opened: a receiver of ``connection_created``."""
    if connection.vendor == "sqlite" and send_again not in connection.execute_wrappers:
        connection.execute_wrappers.append(send_again)


def send_again(execute, sql, params, many, context):
    """An execute wrapper: a statement that finds the database busy is sent until it is not.

    Those in a transaction are not: it has the lock already, for it began with ``IMMEDIATE``.
    Nor is one for many rows outside of a transaction: some of them may be written by then.
    """
    asking = context["connection"]
    ends = None
    while True:
        try:
            return execute(sql, params, many, context)
        except OperationalError as error:
            now = time.monotonic()
            ends = ends or now + _seconds(asking)
            if many or asking.in_atomic_block or now >= ends or not _is_busy(error):
                raise
        time.sleep(random.uniform(_SHORTEST_PAUSE, _LONGEST_PAUSE))  # noqa: S311  CONFIG: a pause, no secret


def _seconds(asking):
    patience = _patience.get()
    if patience is not None:
        return patience
    return asking.settings_dict["OPTIONS"].get("timeout", USUAL_SECONDS)


def _is_busy(error):
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_BUSY
