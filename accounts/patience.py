"""Writes that a page can do without: on SQLite they do not wait long for another writer."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

# A page is worth more than the minute in which its reader was seen: where a long import keeps
# everybody from writing, such a write waits this long and is then left for next time.
PATIENCE_MS = 100


@contextmanager
def impatience() -> Iterator[None]:
    """Inside, SQLite waits ``PATIENCE_MS`` for its lock; a ``DatabaseError`` is yours to catch."""
    if connection.vendor != "sqlite":
        yield
        return
    usual = int(connection.settings_dict["OPTIONS"].get("timeout", 5) * 1000)
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {PATIENCE_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")
