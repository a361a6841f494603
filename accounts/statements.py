"""Querysets that are compiled once and run many times.

Django builds the SQL of a queryset anew each time, which takes three times as long as SQLite
takes to answer: a page with eight queries spends three milliseconds on it (docs/adr/0008). The
few statements that every page runs are compiled here at their first run and kept.
"""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import count

from django.core.exceptions import EmptyResultSet
from django.db import connections, router
from django.db.models.sql import InsertQuery, UpdateQuery
from django.db.transaction import TransactionManagementError

from accounts.prepared import prepared_on, run_on, words_for

# Values that nobody asks for, to be found again among the parameters: they fit every integer
# column, and lie far from any moment and any name.
_FIRST_NUMBER = 2_000_000_011
_FIRST_MOMENT = datetime(8888, 8, 8, tzinfo=UTC)

# What was asked ahead (``together``): answers by question.
answers: ContextVar[dict | None] = ContextVar("answers", default=None)


@dataclass(frozen=True, slots=True)
class Question:
    """A statement with the values that it is to be asked with; ``shape`` as in ``Statement``."""

    statement: "Statement"
    shape: tuple
    values: tuple

    @property
    def named(self):
        """The values by their names."""
        return {
            name: list(value) if isinstance(value, tuple) else value for name, value in self.values
        }


def _as_tuple(value):
    return tuple(value) if isinstance(value, list) else value


class Statement:
    """A statement made by ``build``, which takes values and returns a ``values_list`` queryset.

    Or a list of them with the same columns, each with its own order and limit: their rows come
    one queryset after the other, in one query (Django puts no limits into a UNION on SQLite).

    Call it with the same names and other values: integers, texts, aware moments, or lists of
    integers. What shapes the SQL itself (a limit, how many there are in a list) is compiled
    once for each shape; pass it as ``shape``, which ``build`` gets first. Returns a list of
    tuples, as the queryset would give them.
    """

    # Whether one plan may serve all values.
    may_be_prepared = True

    def __init__(self, build):
        self.build = build
        self.compiled = {}

    def _compile(self, shape, values):
        return _Compiled(self.build, shape, values)

    def __call__(self, *shape, **values):
        ahead = answers.get()
        if ahead:
            answer = ahead.pop(self.asking(*shape, **values), None)
            if answer is not None:
                return answer
        return self.compiled_for(shape, values).run(values)

    def asking(self, *shape, **values):
        """What a call would ask, for ``together.asked_together``."""
        told = ((name, _as_tuple(value)) for name, value in values.items())
        return Question(self, shape, tuple(sorted(told)))

    def compiled_for(self, shape, values):
        lengths = tuple(
            (name, len(value)) for name, value in values.items() if isinstance(value, list)
        )
        key = (shape, *values, lengths, connections.databases["default"]["ENGINE"])
        compiled = self.compiled.get(key)
        if compiled is None:
            compiled = self._compile(shape, values)
            compiled.may_be_prepared = self.may_be_prepared
            self.compiled[key] = compiled
        return compiled


def forget_answers():
    """What was asked ahead is true no more: whoever asks from here on asks the database."""
    (answers.get() or {}).clear()


class PlannedAnew(Statement):
    """A ``Statement`` that PostgreSQL plans for the values it is asked with.

    For a piece of a tree: there may be three comments behind one and fifty thousand behind the
    next, and a plan for the usual one made pages of a long thread take 2.7 times as long.
    """

    may_be_prepared = False


class Change(Statement):
    """An UPDATE made by ``build``, which returns a queryset and what to set on its rows.

    Called as a ``Statement``; returns how many rows it found. No value may be a list.
    """

    def _compile(self, shape, values):
        return _CompiledChange(self.build, shape, values)

    def changing(self, *shape, **values):
        """What a call would do, for ``together.write_together``."""
        return self.compiled_for(shape, values).writing(values)


@dataclass(frozen=True, slots=True)
class Write:
    """What is still to be written: ``words(connection)`` gives its SQL and its parameters."""

    alias: str
    words: object


class Insertion:
    """INSERTs of single rows of ``model``, compiled once; called with an object, it saves it.

    As ``save(force_insert=True)``, but for signals, which nothing here listens to.
    """

    def __init__(self, model):
        self.model = model
        self.fields = [
            field for field in model._meta.concrete_fields if field is not model._meta.auto_field
        ]
        self.compiled = {}

    def __call__(self, instance):
        connection = connections[router.db_for_write(self.model)]
        with connection.cursor() as cursor:
            key = self.model._meta.auto_field
            cursor.execute(*self._words(instance, connection, returning=key and [key]))
            if key is not None:
                ((pk,),) = cursor.fetchall()
                setattr(instance, key.attname, pk)
        instance._state.adding, instance._state.db = False, connection.alias

    def inserting(self, instance):
        """What a call would do but for telling the object its key."""
        alias = router.db_for_write(self.model)
        return Write(alias, lambda connection: self._words(instance, connection))

    def _words(self, instance, connection, returning=None):
        kind = connection.vendor, bool(returning)
        sql = self.compiled.get(kind)
        if sql is None:
            query = InsertQuery(self.model)
            query.insert_values(self.fields, [instance])
            compiler = query.get_compiler(connection.alias)
            compiler.returning_fields = returning
            ((sql, _),) = compiler.as_sql()
            self.compiled[kind] = sql
        return sql, [
            field.get_db_prep_save(field.pre_save(instance, True), connection)
            for field in self.fields
        ]


class _Compiled:
    def __init__(self, build, shape, values):
        numbers = count(_FIRST_NUMBER)
        marks = {}
        for name, value in values.items():
            if isinstance(value, list):
                marks[name] = [_mark(each, next(numbers)) for each in value]
            else:
                marks[name] = _mark(value, next(numbers))
        built = build(*shape, **marks)
        querysets = built if isinstance(built, list) else [built]
        query, self.model, database = querysets[0].query, querysets[0].model, querysets[0].db
        # As Django has it: what locks is asked where it is written, in a transaction.
        self.locks = query.select_for_update
        ops = connections[database].ops
        places = {}
        for name, mark in marks.items():
            if isinstance(mark, list):
                places |= {_adapt(each, ops): (name, at) for at, each in enumerate(mark)}
            else:
                places[_adapt(mark, ops)] = (name, None)
        pieces, params = [], []
        for queryset in querysets:
            each = queryset.query.get_compiler(database)
            try:
                sql, its_params = each.as_sql()
            except EmptyResultSet:
                # Nothing can be among no values: there is nothing to ask.
                continue
            compiler = each
            pieces.append(sql)
            params += its_params
        self.sql = "".join(pieces) if len(pieces) < 2 else _union(pieces)
        if not self.sql:
            return
        self.params = [(value, places.get(value)) for value in params]
        self.changes = [place is not None for _, place in self.params]
        used = {place for _, place in self.params if place is not None}
        if used != set(places.values()):
            raise ValueError(f"{set(places.values()) - used} are nowhere in the statement")
        if compiler.select is None:
            return
        columns = [each[0] for each in compiler.select]
        self.kinds = [each.output_field.get_internal_type() for each in columns]
        self.converters = compiler.get_converters(columns)

    def run(self, values):
        if not self.sql:
            return []
        # Asked each time: a router may send one read to a replica and the next elsewhere.
        ask = router.db_for_write if self.locks else router.db_for_read
        connection = connections[ask(self.model)]
        if self.locks and connection.features.has_select_for_update:
            require_transaction(connection)
        params = self.params_of(values, connection.ops)
        with connection.cursor() as cursor:
            if self.may_be_prepared:
                run_on(connection, cursor, self.sql, params, self.changes)
            else:
                cursor.execute(self.sql, params)
            found = cursor.fetchall()
        return self.converted(found, connection)

    def params_of(self, values, ops):
        params = []
        for constant, place in self.params:
            if place is None:
                params.append(constant)
            else:
                name, at = place
                value = values[name] if at is None else values[name][at]
                params.append(_adapt(value, ops))
        return params

    def converted(self, rows, connection):
        """What the database gave as Django gives it: a list of tuples."""
        if not self.converters or not rows:
            return rows
        columns = list(zip(*rows, strict=True))
        for at, (converters, expression) in self.converters.items():
            # People speak several times: the same moment comes with each of their comments.
            known, column = {}, []
            for raw in columns[at]:
                if raw is None:
                    column.append(None)
                    continue
                if type(raw) is str and raw in known:
                    column.append(known[raw])
                    continue
                value = raw
                for convert in converters:
                    value = convert(value, expression, connection)
                if type(value) is datetime:
                    known[raw] = value
                column.append(value)
            columns[at] = column
        return list(zip(*columns, strict=True))


class _CompiledChange(_Compiled):
    def __init__(self, build, shape, values):
        super().__init__(lambda *shape, **marks: _as_update(*build(*shape, **marks)), shape, values)

    def run(self, values):
        connection = connections[router.db_for_write(self.model)]
        with connection.cursor() as cursor, prepared_on(connection):
            cursor.execute(*self._words(values, connection))
            return cursor.rowcount

    def writing(self, values):
        alias = router.db_for_write(self.model)
        return Write(alias, lambda connection: self._words(values, connection))

    def _words(self, values, connection):
        params = self.params_of(values, connection.ops)
        return words_for(connection, self.sql, params, self.changes)


def _as_update(queryset, values):
    """``queryset`` with the query that its ``update(**values)`` would run."""
    update = queryset.all()
    update.query = queryset.query.chain(UpdateQuery)
    update.query.add_update_values(values)
    # An UPDATE has no order.
    update.query.clear_ordering(force=True)
    return update


def require_transaction(connection):
    """Outside of a transaction nothing is locked, and what belongs together comes apart."""
    if connection.get_autocommit():
        raise TransactionManagementError("This is done in a transaction alone.")


def _union(pieces):
    selects = (f"SELECT * FROM ({sql}) AS piece_{at}" for at, sql in enumerate(pieces))  # noqa: S608  CONFIG: compiled by Django
    return " UNION ALL ".join(selects)


def padded(values):
    """A list with its last value repeated, so that lists of many lengths share a few shapes.

    For values of which it does not matter how often each is there, as behind ``IN``.
    """
    values = list(values)
    length = 1 << max(len(values) - 1, 0).bit_length()
    return values + values[-1:] * (length - len(values))


class Instances:
    """A ``Statement`` of whole rows, as ``build`` chooses them: called as it, for their objects."""

    def __init__(self, model, build):
        columns = columns_of(model)
        self.model = model
        self.statement = Statement(lambda **marks: build(**marks).values_list(*columns))
        self.asking = self.statement.asking

    def __call__(self, **values):
        return [assemble(row, self.model) for row in self.statement(**values)]


@lru_cache(maxsize=64)
def columns_of(model, prefix=""):
    """The columns of a model, as a ``values_list`` names them behind ``prefix``."""
    return tuple(f"{prefix}{field.attname}" for field in model._meta.concrete_fields)


def assemble(values, model, **related):
    """A ``model`` from a row of its columns, with those of its ``related`` models behind them.

    ``related`` maps the names of its foreign keys to their models, in the order of the columns.
    """
    values = iter(values)

    def take(each):
        columns = columns_of(each)
        return each.from_db("default", columns, [next(values) for _ in columns])

    instance = take(model)
    for name, each in related.items():
        setattr(instance, name, take(each))
    return instance


def _mark(value, number):
    if isinstance(value, datetime):
        return _FIRST_MOMENT + timedelta(microseconds=number - _FIRST_NUMBER)
    if isinstance(value, str):
        return f"\x02{number}"
    return number


def _adapt(value, ops):
    return ops.adapt_datetimefield_value(value) if isinstance(value, datetime) else value
