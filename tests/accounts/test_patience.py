"""Who waits for SQLite's one writer, and how long."""

import sqlite3
import threading
import time
from contextlib import closing

import pytest
from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts import presence
from accounts.models import User
from accounts.patience import impatience
from tests.comments.crowd import DONE_WITHIN, together

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "sqlite" not in settings.DATABASES["default"]["ENGINE"],
        reason="only SQLite locks everybody out for one writer",
    ),
]
# As long as one who waits takes to get there.
A_MOMENT = 0.3


@pytest.fixture
def importer():
    """Another process, in the middle of a long write."""
    file = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


@pytest.fixture
def reader(make_person):
    return make_person()


def _note(reader):
    presence.note_seen(reader, timezone.now())


def _note_in_a_transaction(reader):
    with transaction.atomic():
        _note(reader)


def _was_seen(reader):
    return User.objects.get(pk=reader.pk).last_seen is not None


@pytest.mark.parametrize("note", [_note, _note_in_a_transaction])
def test_a_write_waits_for_its_turn(reader, importer, note):
    threading.Timer(A_MOMENT, importer.execute, ["COMMIT"]).start()
    note(reader)
    assert _was_seen(reader)


@pytest.mark.parametrize("note", [_note, _note_in_a_transaction])
@pytest.mark.parametrize("seconds", [0, 0.05])
def test_a_write_in_passing_is_left(reader, importer, note, seconds):
    with pytest.raises(OperationalError, match="locked"), impatience(seconds):
        note(reader)
    importer.execute("COMMIT")
    assert not _was_seen(reader)
    # And nothing is left of the impatience, nor of the transaction.
    note(reader)
    assert _was_seen(reader)


def test_many_rows_without_a_transaction_are_not_sent_again(reader, importer):
    """Some of them may have been written, and would be written twice."""
    with pytest.raises(OperationalError, match="locked"), connection.cursor() as cursor:
        cursor.executemany("UPDATE accounts_user SET origin = %s", [["a"], ["b"]])


def test_an_unfinished_cursor_of_one_who_waits_can_be_freed(reader):
    """As garbage is collected in any thread: in that of the writer for whom all others wait."""
    cursors, held, waits = [], threading.Event(), threading.Event()

    def wait():
        assert held.wait(DONE_WITHIN)
        connection.ensure_connection()
        cursors.append(connection.connection.execute("SELECT 1 UNION SELECT 2"))
        waits.set()
        _note(reader)

    def write():
        with transaction.atomic():
            held.set()
            assert waits.wait(DONE_WITHIN)
            # By then it stands in the queue.
            time.sleep(A_MOMENT)
            begun = time.monotonic()
            cursors.clear()
            return time.monotonic() - begun

    _, seconds = together(wait, write)
    # Where SQLite itself waits, that takes until the other has given up.
    assert seconds < connection.settings_dict["OPTIONS"]["timeout"] / 2
    assert _was_seen(reader)
