"""How much of the database a statement goes through, which no clock has to say.

A statement that reads a whole table is as slow in a small discussion as in a large one beside
it: a ratio of the two does not show it, this does.
"""

import json
from itertools import count

from django.db import connection

# So much may one statement of a page go through. It shows two hundred comments, and what moved
# since its reader began is up to a thousand moves, read to find each thread's first, to have it,
# and beside its thread. SQLite tells steps of its machine, of which a
# row takes some fifty; PostgreSQL the rows of our tables that it has looked at.
MOST = {"postgresql": 4_000, "sqlite": 100_000}
UNIT = {"postgresql": "rows", "sqlite": "steps"}
_STEPS_A_CALL = 100


def work_of(sql, params):
    """Runs the statement once more and returns how much it went through."""
    return (_rows if connection.vendor == "postgresql" else _steps)(sql, params)


def _rows(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", params)
        (found,) = cursor.fetchone()
    plan = json.loads(found) if isinstance(found, str) else found
    return round(sum(map(_rows_of, _nodes(plan[0]["Plan"]))))


def _nodes(node):
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows_of(node):
    if not node.get("Relation Name", "").startswith(("comments_", "accounts_")):
        return 0
    removed = sum(value for name, value in node.items() if name.startswith("Rows Removed by"))
    return (node["Actual Rows"] + removed) * node["Actual Loops"]


def _steps(sql, params):
    calls = count()

    def note():
        next(calls)

    with connection.cursor() as cursor:
        connection.connection.set_progress_handler(note, _STEPS_A_CALL)
        try:
            cursor.execute(sql, params)
            cursor.fetchall()
        finally:
            connection.connection.set_progress_handler(None, 0)
    return next(calls) * _STEPS_A_CALL
