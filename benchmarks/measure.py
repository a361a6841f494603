"""Measuring on a noisy machine: A B A B ..., medians, and a verdict on the ratio."""

import gc
import statistics
import time
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the report. ``limit`` is None for what is only told.

    ``floor`` turns the limit round: the figure has to reach it.
    """

    name: str
    measured: str
    figure: float
    limit: float | None = None
    floor: bool = False

    @property
    def verdict(self):
        if self.limit is None:
            return "-"
        kept = self.figure >= self.limit if self.floor else self.figure <= self.limit
        return "ok" if kept else "MISSED"


def interleave(rounds, **calls):
    """Seconds that each of ``calls`` took, a list each, by name.

    One call of each a round, every second round in the opposite order, so that what the
    machine does meanwhile falls on all of them. A call may return a function that is then
    what is measured: the call itself prepares it.
    """
    seconds = {name: [] for name in calls}
    names = list(calls)
    for _ in range(rounds):
        for name in names:
            gc.collect(0)
            measured = calls[name]()
            start = time.perf_counter()
            measured()
            seconds[name].append(time.perf_counter() - start)
        names.reverse()
    return seconds


def fastest(seconds):
    """What something takes when nothing else is done meanwhile: the fastest tenth's last.

    For what does the same each time. On a machine where others work too, a median is theirs.
    """
    return sorted(seconds)[len(seconds) // 10]


def compare(name, seconds, *, of, to, limit=None, unit=1, unit_name="ms"):
    """The claim that the median of ``of`` is at most ``limit`` times that of ``to``."""
    middle = {each: statistics.median(seconds[each]) * 1000 / unit for each in (of, to)}
    ratio = middle[of] / middle[to]
    measured = f"{of} {middle[of]:.2f} {unit_name}, {to} {middle[to]:.2f} {unit_name}"
    return Claim(name, measured, ratio, limit)


@contextmanager
def statements_of():
    """A list that grows with every statement: ``(sql, params)``."""
    statements = []

    def note(execute, sql, params, many, context):
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


@contextmanager
def count_queries(matching=""):
    """A list that grows with every statement which begins with ``matching``."""
    statements = []

    def note(execute, sql, params, many, context):
        if sql.startswith(matching):
            statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def settle():
    """What PostgreSQL does by itself a minute after many rows came in."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
