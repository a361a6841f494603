"""404s worth fixing: counted by path and day, bounded, with nothing of who asked."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection, models
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import missed
from articles.models import MissedPath


def counted():
    return {row.path: (row.hits, row.from_here) for row in missed.missed_paths()}


def writes(queries):
    return [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_what_is_not_there_is_counted_by_day(client, db):
    for _ in range(3):
        assert client.get("/old-page/?who=me").status_code == 404
    client.get("/old-page/", headers={"referer": "http://testserver/articles/x/"})
    client.get("/old-page/", headers={"referer": "https://elsewhere.example/secret"})
    client.get("/old-page/", headers={"referer": "http://["})
    assert counted() == {"/old-page/": (6, 1)}
    missed.note_missed("/old-page/", now=timezone.now() - timedelta(days=1))
    (row,) = missed.missed_paths()
    assert (row.hits, row.days, row.last_day) == (7, 2, timezone.localdate())


def test_nothing_is_kept_of_who_asked():
    kinds = {field.name: type(field) for field in MissedPath._meta.concrete_fields}
    assert kinds == {
        "id": models.BigAutoField,
        "path": models.CharField,
        "day": models.DateField,
        "hits": models.PositiveIntegerField,
        "from_here": models.PositiveIntegerField,
    }


@pytest.mark.parametrize(
    "path",
    [
        "/index.php",
        "/shop/login.PHP7",
        "/wp-login",
        "/blog/wp-content/x",
        "/.env",
        "/.git/config",
        "/backup.zip",
        "/cgi-bin/luci",
        "/admin/nothing/",
        "/static/js/old.js",
        "/favicon.ico",
        "/x%00y/",
        "/%3Cscript%3E/",
        "/" + "x" * 301,
    ],
)
def test_noise_is_not_counted(client, db, path):
    assert client.get(path).status_code in (301, 302, 404)
    assert not MissedPath.objects.exists()


def test_nor_is_what_is_sent_or_leads_on(client, make_article):
    assert client.post("/nowhere/").status_code == 404
    # Without its slash Django leads to the page that may be there.
    assert client.get("/articles/rain").status_code == 301
    assert not MissedPath.objects.exists()


def test_a_404_costs_one_write_and_a_flood_few(client, db, monkeypatch):
    with CaptureQueriesContext(connection) as queries:
        client.get("/a/")
    inserts = [sql for sql in writes(queries) if sql.startswith("INSERT")]
    assert len(inserts) == 1
    assert all("DELETE" in sql for sql in writes(queries) if sql not in inserts)
    with CaptureQueriesContext(connection) as queries:
        for number in range(500):
            missed.note_missed(f"/flood/{number}/")
        for _ in range(50):
            missed.note_missed("/wanted/")
    inserts = [sql for sql in writes(queries) if sql.startswith("INSERT")]
    assert len(inserts) == missed.WRITES_A_MINUTE - 1
    # What came meanwhile is written with the first of the next minute, as far as it was kept.
    clock = missed.monotonic
    monkeypatch.setattr(missed, "monotonic", lambda: clock() + 61)
    with CaptureQueriesContext(connection) as queries:
        assert missed.note_missed("/flood/0/")
    assert sum(sql.startswith("INSERT") for sql in writes(queries)) == 1
    written = missed.WRITES_A_MINUTE - 1 + missed.MOST_PENDING
    assert MissedPath.objects.filter(path__startswith="/flood/").count() == written


def test_in_a_flood_the_same_path_is_added_up(db, monkeypatch):
    monkeypatch.setattr(missed, "WRITES_A_MINUTE", 1)
    assert missed.note_missed("/a/") is True
    for _ in range(99):
        assert missed.note_missed("/a/", from_here=True) is False
    clock = missed.monotonic
    monkeypatch.setattr(missed, "monotonic", lambda: clock() + 61)
    missed.note_missed("/b/")
    assert counted() == {"/a/": (100, 99), "/b/": (1, 0)}


def test_the_rarest_and_oldest_go(db, monkeypatch):
    monkeypatch.setattr(missed, "MOST_PATHS", 10)
    monkeypatch.setattr(missed, "PATHS_LEFT", 8)
    monkeypatch.setattr(missed, "WRITES_A_MINUTE", 1_000)
    now = timezone.now()
    for number in range(10):
        missed.note_missed(f"/{number}/", now=now - timedelta(days=number))
    missed.note_missed("/9/")
    assert len(counted()) == 10
    missed.note_missed("/new/")
    # Twice: 9. Once, and newest: new, 0, 1, 2, 3, 4, 5.
    assert set(counted()) == {"/9/", "/new/", "/0/", "/1/", "/2/", "/3/", "/4/", "/5/"}
    assert missed.forget_missed(path="/9/") is True
    assert missed.forget_missed(path="/9/") is False


def test_old_days_go(db):
    now = timezone.now()
    missed.note_missed("/a/", now=now - timedelta(days=missed.KEPT_DAYS))
    missed.note_missed("/b/", now=now - timedelta(days=missed.KEPT_DAYS - 1))
    missed.note_missed("/c/", now=now)
    assert set(MissedPath.objects.values_list("path", flat=True)) == {"/b/", "/c/"}


def test_a_database_that_cannot_write_breaks_no_page(client, db, monkeypatch):
    def refuse(*_):
        raise OperationalError("database is locked")

    monkeypatch.setattr(missed, "_write", refuse)
    assert client.get("/nowhere/").status_code == 404


def test_the_list_takes_one_query(db, django_assert_num_queries):
    for number in range(30):
        missed.note_missed(f"/{number}/")
    with django_assert_num_queries(1):
        assert len(missed.missed_paths()) == 30
