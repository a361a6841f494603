"""Whose turn it is: what one person does in discussions happens one thing after the other."""

from django.db import connection

# The first key of our advisory locks; any number that nobody else of this database uses.
_TURNS = 7_402


def wait_for_turn(person):
    """Nobody else acts for ``person`` until the end of the transaction, which it needs.

    What somebody posts at once from many windows is counted, twins find each other, and a vote
    given twice is one. Locks no row: an advisory lock, taken before any row's. On SQLite there
    is one writer anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, hashint8(%s))", [_TURNS, person.pk])
