"""Several statements in one trip to PostgreSQL, where a page or a post would make one for each.

A statement of ours takes PostgreSQL some ten microseconds, and the way there and back a tenth of
a millisecond. What can be asked at the same time is asked so: each statement becomes one value of
one row, a list of its rows as JSON. What is written without a word back goes one behind the
other. SQLite has no way to go, and is asked as ever.
"""

import json
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache

from django.db import connections, router

from accounts.prepared import prepared_on, run_on
from accounts.statements import answers, require_transaction

# What JSON has no words for: as it comes from PostgreSQL, and what Django makes of it.
_READ = {"DateTimeField": datetime.fromisoformat}
# JSON within JSON would be read with it; Django wants to read it itself.
_AS_TEXT = {"JSONField"}
_PLAIN = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "ForeignKey",
    "IntegerField", "OneToOneField", "PositiveBigIntegerField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SlugField", "SmallIntegerField", "TextField",
}  # fmt: skip


@contextmanager
def asked_together(*questions):
    """Inside, statements that are called with these shapes and values have answers already.

    ``questions`` are ``Statement.asking(...)``. Each answer is given once: who asks again, asks
    the database. One query on PostgreSQL, none of its own on SQLite. With one that is planned
    for its values, all are.
    """
    connection = _asked_in_one_trip(questions)
    if connection is None:
        yield
        return
    before = answers.get()
    ahead = {} if before is None else before
    ahead |= _ask(connection, questions)
    token = answers.set(ahead)
    try:
        yield
    finally:
        answers.reset(token)
        for question in questions:
            ahead.pop(question, None)


def _asked_in_one_trip(questions):
    """The connection that all of these are asked on, if a trip is worth saving there."""
    if len(questions) < 2:
        return None
    models = {_compiled(each).model for each in questions if _compiled(each).sql}
    aliases = {router.db_for_read(model) for model in models}
    if len(aliases) != 1:
        return None
    connection = connections[aliases.pop()]
    return connection if connection.vendor == "postgresql" else None


def _compiled(question):
    return question.statement.compiled_for(question.shape, question.named)


def _ask(connection, questions):
    asked = [(each, _compiled(each)) for each in questions]
    # Nothing can be among no values: nothing is asked, and the call finds that out itself.
    asked = [(question, compiled) for question, compiled in asked if compiled.sql]
    params, changes = [], []
    for question, compiled in asked:
        params += compiled.params_of(question.named, connection.ops)
        changes += compiled.changes
    sql = _joined(tuple(compiled for _, compiled in asked))
    with connection.cursor() as cursor:
        if all(compiled.may_be_prepared for _, compiled in asked):
            run_on(connection, cursor, sql, params, changes)
        else:
            cursor.execute(sql, params)
        (found,) = cursor.fetchall()
    return {
        question: _rows(compiled, text, connection)
        for (question, compiled), text in zip(asked, found, strict=True)
    }


@lru_cache(maxsize=500)
def _joined(compiled):
    return "SELECT " + ", ".join(_as_value(each, at) for at, each in enumerate(compiled))


def _as_value(compiled, at):
    """One statement as a value: its rows in their order, a list of lists."""
    if compiled.locks:
        raise TypeError("What locks is asked by itself.")
    if unknown := set(compiled.kinds) - _PLAIN - _AS_TEXT - _READ.keys():
        raise TypeError(f"There is no way to read {', '.join(sorted(unknown))} from JSON here.")
    names = [f"c{number}" for number in range(len(compiled.kinds))]
    values = ", ".join(
        f"{name}::text" if kind in _AS_TEXT else name
        for name, kind in zip(names, compiled.kinds, strict=True)
    )
    return (
        f"(SELECT COALESCE(json_agg(json_build_array({values})), '[]')::text "  # noqa: S608  CONFIG: compiled by Django
        f"FROM ({compiled.sql}) AS asked_{at} ({', '.join(names)}))"
    )


def _rows(compiled, text, connection):
    rows = json.loads(text)
    for at, kind in enumerate(compiled.kinds):
        read = _READ.get(kind)
        if read is not None:
            for row in rows:
                if row[at] is not None:
                    row[at] = read(row[at])
    return compiled.converted([tuple(row) for row in rows], connection)


def write_together(*writes):
    """Writes these (``Change.changing(...)``, ``Insertion.inserting(...)``) in their order.

    Returns how many rows the last one found. Needs a transaction, as what of them was written
    before one that fails is to go with it. One query on PostgreSQL.
    """
    if not writes:
        return 0
    (alias,) = {each.alias for each in writes}
    connection = connections[alias]
    require_transaction(connection)
    words = [each.words(connection) for each in writes]
    if connection.vendor == "postgresql":
        words = [("; ".join(sql for sql, _ in words), [value for _, its in words for value in its])]
    with connection.cursor() as cursor, prepared_on(connection):
        for sql, params in words:
            cursor.execute(sql, params)
        return cursor.rowcount
