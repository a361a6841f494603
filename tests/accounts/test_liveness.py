"""A connection that stayed open is looked at before it is used, and asked only if need be."""

import pytest
from django.db import connection, connections

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite is a file, which does not go away"
    ),
]


@pytest.fixture
def kept_open():
    """A connection of its own, as a worker keeps one between requests."""
    other = connections.create_connection("default")
    other.connect()
    yield other
    other.close()


def terminate(kept_open):
    """PostgreSQL ends the session, as when it is restarted."""
    with connection.cursor() as cursor:
        pid = kept_open.connection.info.backend_pid
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert cursor.fetchone() == (True,)


def test_nothing_is_asked_of_one_that_is_quiet(kept_open, monkeypatch):
    session = kept_open.connection
    monkeypatch.setattr(type(kept_open), "is_usable", None)
    for _request in range(3):
        kept_open.health_check_enabled, kept_open.health_check_done = True, False
        kept_open.close_if_health_check_failed()
        assert kept_open.connection is session


def test_one_that_the_server_has_closed_is_opened_anew(kept_open):
    session = kept_open.connection
    terminate(kept_open)
    kept_open.health_check_enabled, kept_open.health_check_done = True, False
    with kept_open.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
    assert kept_open.connection is not session


def test_one_that_was_closed_here_is_not_usable(kept_open):
    kept_open.connection.close()
    assert not kept_open.is_usable()


def test_something_to_read_is_asked_about(kept_open):
    """A notice that came by itself is no reason to let a connection go."""
    with kept_open.cursor() as cursor:
        cursor.execute("LISTEN portal")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY portal")
    assert kept_open.is_usable()
