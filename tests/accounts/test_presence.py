"""Seen in the last five minutes is online, and costs one small write a minute."""

import sqlite3
import threading
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import directory, presence
from accounts.models import ONLINE_FOR, User

NOON = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)


@pytest.fixture
def at(monkeypatch):
    def at(moment):
        monkeypatch.setattr("accounts.middleware.timezone.now", lambda: moment)

    return at


def last_seen():
    return User.objects.get().last_seen


def presence_writes(queries):
    return [
        each for each in queries if each["sql"].startswith("UPDATE") and "last_seen" in each["sql"]
    ]


def test_whoever_is_signed_in_is_seen_at_most_once_a_minute(client, make_person, at):
    client.force_login(make_person())
    for seconds, noted in [(0, 0), (30, 0), (59, 0), (60, 60), (61, 60), (200, 200)]:
        at(NOON + timedelta(seconds=seconds))
        assert client.get("/accounts/").status_code == 200
        assert last_seen() == NOON + timedelta(seconds=noted)


def test_it_is_one_update_and_then_none(client, make_person, at, django_assert_max_num_queries):
    client.force_login(make_person())
    for seconds, writes in [(0, 1), (59, 0), (61, 1)]:
        at(NOON + timedelta(seconds=seconds))
        with django_assert_max_num_queries(8) as seen:
            client.get("/accounts/")
        assert len(presence_writes(seen.captured_queries)) == writes


def test_of_several_pages_at_once_one_writes(make_person):
    person = make_person()
    as_each_page_read_it = [User.objects.get(pk=person.pk) for _ in range(3)]
    assert [presence.note_seen(each, NOON) for each in as_each_page_read_it] == [
        True,
        False,
        False,
    ]


def test_nobody_is_looked_up_for_a_request_without_a_session(client, db):
    with CaptureQueriesContext(connection) as seen:
        response = client.get("/accounts/password/reset/done/")
    asked = " ".join(query["sql"] for query in seen.captured_queries)
    assert "django_session" not in asked
    assert "accounts_user" not in asked
    assert not response.cookies


def test_a_made_up_session_is_nobody(client, db):
    client.cookies[django_settings.SESSION_COOKIE_NAME] = "forged"
    assert client.get("/accounts/password/reset/done/").status_code == 200


def test_a_write_that_fails_does_not_break_the_page(client, make_person, monkeypatch):
    client.force_login(make_person())

    def locked(*args):
        raise OperationalError("database is locked")

    monkeypatch.setattr(presence, "note_seen", locked)
    assert client.get("/accounts/").status_code == 200
    assert last_seen() is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(
    "sqlite" not in django_settings.DATABASES["default"]["ENGINE"],
    reason="only SQLite locks everybody out for one writer",
)
def test_a_page_does_not_wait_for_a_long_import(client, make_person):
    client.force_login(make_person())
    importer = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    importer.execute("BEGIN IMMEDIATE")
    try:
        answered = threading.Event()
        statuses = []

        def ask():
            statuses.append(client.get("/accounts/").status_code)
            connection.close()
            answered.set()

        threading.Thread(target=ask).start()
        # The connection's own patience is 20 seconds.
        assert answered.wait(5)
    finally:
        importer.execute("ROLLBACK")
        importer.close()
    assert statuses == [200]
    assert last_seen() is None


@pytest.mark.parametrize(
    ("last_seen", "online"),
    [
        (NOON, True),
        (NOON - ONLINE_FOR + timedelta(seconds=1), True),
        (NOON - ONLINE_FOR, False),
        (None, False),
    ],
)
def test_who_is_online(last_seen, online):
    assert directory.is_online(last_seen, NOON) is online
