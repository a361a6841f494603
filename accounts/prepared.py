"""How a kept statement runs: PostgreSQL plans it once, where it would do so at every run.

PostgreSQL takes longer to plan most statements than to run them, and psycopg2 sends each as text.
What is run again and again on one connection is prepared there under a name instead; PostgreSQL
decides itself, by its estimates, whether one plan serves all values (``plan_cache_mode``). Behind
a pooler that gives every transaction another session, names are lost: there
``DISABLE_SERVER_SIDE_CURSORS`` is set, as Django asks, and nothing is prepared.
"""

from datetime import datetime
from itertools import count
from weakref import WeakKeyDictionary

# What is run less often on a connection is not worth a round trip of its own.
_RUNS_BEFORE = 2
# A session keeps each, with its plan, in some ten kilobytes.
_MOST_PREPARED = 200
# Wide types: a number larger than its column holds finds nothing, and is no error.
_TYPES = {int: "bigint", str: "text", datetime: "timestamptz"}

# What a session has prepared, by its connection: how often each was run, or what runs it.
_sessions = WeakKeyDictionary()
_numbers = count(1)


def run_on(connection, cursor, sql, params, changes):
    """Runs ``sql`` with ``params`` on the open ``cursor`` of ``connection``.

    ``changes`` says of each of ``params`` whether it differs from run to run.
    """
    if connection.queries_logged or connection.execute_wrappers:
        # Who listens to statements hears all of them, as Django tells it.
        cursor.execute(sql, params)
        return
    if connection.vendor == "postgresql" and not connection.settings_dict.get(
        "DISABLE_SERVER_SIDE_CURSORS"
    ):
        session = _sessions.setdefault(connection.connection, {})
        known = session.get(sql, 0)
        if known == _RUNS_BEFORE and len(session) <= _MOST_PREPARED:
            known = session[sql] = _prepare(connection, sql, params, changes)
        elif isinstance(known, int) and known < _RUNS_BEFORE:
            session[sql] = known + 1
        if isinstance(known, str):
            sql = known
            params = [value for value, differs in zip(params, changes, strict=True) if differs]
    cursor.execute(sql, params)


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
