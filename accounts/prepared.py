"""How a kept statement runs: what is the same at every run is done once.

SQLite's marks are put into it once. PostgreSQL takes longer to plan most statements than to run
them, and psycopg2 sends each as text. What is run again and again on one connection is prepared
there under a name instead; PostgreSQL decides itself, by its estimates, whether one plan serves
all values (``plan_cache_mode``). Behind a pooler that gives every transaction another session,
names are lost: there ``DISABLE_SERVER_SIDE_CURSORS`` is set, as Django asks, and nothing is
prepared.
"""

from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from itertools import count
from weakref import WeakKeyDictionary

from django.db import DatabaseError
from django.db.backends.sqlite3.base import SQLiteCursorWrapper

# What is run less often on a connection is not worth a round trip of its own.
_RUNS_BEFORE = 2
# A session keeps each, with its plan, in some ten kilobytes: those that were run last.
_MOST_PREPARED = 200
# So many texts that were run a few times are remembered; then counting begins anew.
_MOST_COUNTED = 1_000
# Wide types: a number larger than its column holds finds nothing, and is no error.
_TYPES = {bool: "boolean", int: "bigint", str: "text", datetime: "timestamptz"}
# "Cached plan must not change result type", and a name that is not there.
_HOLDS_NO_MORE = {"0A000", "26000"}


class _Session:
    """How often each text was run on a connection, and what runs those that are prepared there."""

    __slots__ = ("prepared", "runs")

    def __init__(self):
        self.runs, self.prepared = {}, {}


_sessions = WeakKeyDictionary()
_numbers = count(1)


def run_on(connection, cursor, sql, params, changes):
    """Runs ``sql`` with ``params`` on the open ``cursor`` of ``connection``.

    ``changes`` says of each of ``params`` whether it differs from run to run.
    """
    if connection.vendor == "sqlite":
        cursor.cursor.convert_query = _with_marks_of_sqlite
    try:
        with prepared_on(connection):
            cursor.execute(*words_for(connection, sql, params, changes))
    except DatabaseError as error:
        if _code_of(error) not in _HOLDS_NO_MORE or connection.in_atomic_block:
            raise
        cursor.execute(sql, params)


@contextmanager
def prepared_on(connection):
    """Around what ``words_for`` gave: what turns out to hold no more is forgotten.

    A column got another type while the connection was open, or something between took the names
    away. The error goes on; what comes next is sent as text, and prepared anew.
    """
    try:
        yield
    except DatabaseError as error:
        if _code_of(error) in _HOLDS_NO_MORE:
            _sessions.pop(connection.connection, None)
        raise


def _code_of(error):
    return getattr(error.__cause__, "pgcode", None)


@lru_cache(maxsize=_MOST_PREPARED)
def _with_marks_of_sqlite(query, *, param_names=None):
    """Django's own, which reads through each statement at each run: a tenth of a kept page."""
    return SQLiteCursorWrapper.convert_query(None, query, param_names=param_names)


def words_for(connection, sql, params, changes):
    """``(sql, params)`` that do the same there: as they are, or what runs the prepared ones."""
    if connection.queries_logged or connection.execute_wrappers:
        # Who listens to statements hears all of them, as Django tells it.
        return sql, params
    if connection.vendor == "postgresql" and not connection.settings_dict.get(
        "DISABLE_SERVER_SIDE_CURSORS"
    ):
        session = _sessions.get(connection.connection)
        if session is None:
            session = _sessions[connection.connection] = _Session()
        runs_it = session.prepared.pop(sql, None)
        if runs_it is None:
            runs = session.runs.get(sql, 0)
            if runs < _RUNS_BEFORE or not _have_types(params, changes):
                if len(session.runs) >= _MOST_COUNTED:
                    session.runs.clear()
                session.runs[sql] = runs + 1
                return sql, params
            del session.runs[sql]
            while len(session.prepared) >= _MOST_PREPARED:
                _forget(connection, session.prepared.pop(next(iter(session.prepared))))
            runs_it = _prepare(connection, sql, params, changes)
        # Behind all others, as what was run last.
        session.prepared[sql] = runs_it
        sql = runs_it
        params = [value for value, differs in zip(params, changes, strict=True) if differs]
    return sql, params


def _have_types(params, changes):
    return all(
        isinstance(value, tuple(_TYPES))
        for value, differs in zip(params, changes, strict=True)
        if differs
    )


def _forget(connection, runs_it):
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        cursor.execute(f"DEALLOCATE {runs_it.split()[1]}")


def _prepare(connection, sql, params, changes):
    """Has the session plan ``sql``; returns what runs it, with room for what differs.

    What does not differ stands in it: PostgreSQL knows more of it then.
    """
    types, stand_ins = [], []
    with connection.wrap_database_errors, connection.connection.cursor() as cursor:
        for value, differs in zip(params, changes, strict=True):
            if differs:
                types.append(next(name for kind, name in _TYPES.items() if isinstance(value, kind)))
                stand_ins.append(f"${len(types)}")
            else:
                stand_ins.append(cursor.mogrify("%s", [value]).decode())
        name = f"portal_{next(_numbers)}"
        declared = f" ({', '.join(types)})" if types else ""
        cursor.execute(f"PREPARE {name}{declared} AS {sql % tuple(stand_ins)}")
    room = f" ({', '.join(['%s'] * len(types))})" if types else ""
    return f"EXECUTE {name}{room}"
