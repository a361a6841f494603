"""Reads: counted without a word about who read, written together, bounded."""

import json
import re
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import counting, damping, publishing
from articles.models import ReadCount, day_of, hour_of

NOON = datetime(2026, 11, 24, 12, 30, tzinfo=UTC)


@pytest.fixture
def later(settings):
    """Reads are gathered, and written when somebody says so."""
    settings.READS_WRITTEN_AFTER_SECONDS = 3600
    yield
    if counting._gatherer.timer is not None:
        counting._gatherer.timer.cancel()
        counting._gatherer.timer = None


def counts():
    rows = ReadCount.objects.order_by("article_id", "span", "begins")
    return list(rows.values_list("article_id", "span", "begins", "reads"))


def read_url(client, article):
    page = client.get(article.get_absolute_url()).content.decode()
    return re.search(r'data-read="([^"]+)"', page)[1]


def _read_once(article_id):
    assert counting.note_read(article_id=article_id)


class TestTheBeacon:
    def test_a_page_says_where_its_reads_go_and_one_more_is_counted(self, client, make_article):
        article = make_article("Rain")
        address = read_url(client, article)
        assert address == f"/articles/{article.pk}/read/"
        answer = client.post(address)
        assert (answer.status_code, answer.content) == (204, b"")
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
        client.post(address)
        now = timezone.now()
        assert counts() == [
            (article.pk, 1, hour_of(now), 2),
            (article.pk, 24, day_of(now), 2),
        ]

    def test_without_a_token_too(self, make_article):
        article = make_article()
        answer = Client(enforce_csrf_checks=True).post(f"/articles/{article.pk}/read/")
        assert answer.status_code == 204
        assert len(counts()) == 2

    @pytest.mark.parametrize(
        "headers",
        [{"Sec-GPC": "1"}, {"DNT": "1"}, {"Sec-Fetch-Site": "cross-site"}],
    )
    def test_who_asks_not_to_be_counted_is_not_nor_what_others_send(
        self, client, make_article, headers
    ):
        article = make_article()
        answer = client.post(f"/articles/{article.pk}/read/", headers=headers)
        assert answer.status_code == 204
        assert not counts()

    def test_what_readers_may_not_see_is_dropped(self, client, make_article):
        gone = make_article("Gone")
        publishing.withdraw_article(article=gone)
        for pk in (
            make_article(status="draft").pk, make_article(hours_ago=-1).pk, gone.pk,
            987_654, 2**63, 10**18, 10**40,
        ):  # fmt: skip
            assert client.post(f"/articles/{pk}/read/").status_code == 204, pk
        assert not counts()

    def test_only_a_post_counts(self, client, make_article):
        article = make_article()
        for method in (client.get, client.head, client.put):
            assert method(f"/articles/{article.pk}/read/").status_code == 405
        assert client.post("/articles/x/read/").status_code == 404
        assert not counts()

    def test_an_address_is_nowhere_in_the_database(self, client, make_article):
        article = make_article()
        with CaptureQueriesContext(connection) as queries:
            client.post(f"/articles/{article.pk}/read/", REMOTE_ADDR="198.51.100.77")
        assert counts()
        assert "198.51" not in json.dumps(queries.captured_queries)


class TestWriting:
    def test_many_reads_are_one_statement(self, later, make_article):
        yesterday = NOON - timedelta(days=1)
        articles = [make_article(published_at=yesterday) for _ in range(30)]
        counting._gatherer.pruned_in = hour_of(NOON)
        taken = set()
        for some in (articles[:3], articles):
            for article in some:
                for _ in range(3):
                    assert counting.note_read(article_id=article.pk, now=NOON)
            assert not ReadCount.objects.filter(article=articles[-1]).exists()
            with CaptureQueriesContext(connection) as queries:
                assert counting.write_reads(now=NOON) == 3 * len(some)
            assert sum("INSERT" in each["sql"] for each in queries) == 1
            taken.add(len(queries))
        assert len(taken) == 1
        assert counting.write_reads(now=NOON) == 0

    def test_hours_and_days_add_up(self, later, make_article):
        article = make_article(published_at=NOON - timedelta(days=9))
        for moment in (
            NOON, NOON + timedelta(minutes=29), NOON + timedelta(minutes=30),
            NOON + timedelta(hours=12),
        ):  # fmt: skip
            counting.note_read(article_id=article.pk, now=moment)
        counting.write_reads(now=NOON)
        counting.note_read(article_id=article.pk, now=NOON)
        counting.write_reads(now=NOON)
        found = {(span, begins.hour, begins.day): reads for _, span, begins, reads in counts()}
        assert found == {
            (1, 12, 24): 3, (1, 13, 24): 1, (1, 0, 25): 1, (24, 0, 24): 4, (24, 0, 25): 1,
        }  # fmt: skip

    def test_a_busy_database_keeps_them_for_next_time(self, later, make_article, monkeypatch):
        article = make_article()
        counting.note_read(article_id=article.pk)

        def busy(taken, now):
            raise DatabaseError("database is locked")

        with monkeypatch.context() as patch:
            patch.setattr(counting, "_add", busy)
            assert counting.write_reads() == 0
        assert counting.write_reads() == 1

    def test_what_is_kept_for_next_time_is_not_counted_twice(
        self, later, make_article, monkeypatch
    ):
        article = make_article()
        counting.note_read(article_id=article.pk)

        def busy(now):
            raise DatabaseError("database is locked")

        with monkeypatch.context() as patch:
            patch.setattr(counting, "_drop_old", busy)
            assert counting.write_reads() == 0
        assert counting.write_reads() == 1
        assert {reads for *_, reads in counts()} == {1}

    @pytest.mark.django_db(transaction=True)
    def test_a_worker_that_is_forked_writes_them_as_it_ends(self, later, make_article):
        article = make_article()
        # As the server makes its workers: what atexit is told is forgotten there.
        connections.close_all()
        worker = get_context("fork").Process(target=_read_once, args=(article.pk,))
        worker.start()
        worker.join(timeout=30)
        assert worker.exitcode == 0
        assert {reads for *_, reads in counts()} == {1}

    def test_made_up_numbers_do_not_fill_the_memory(self, later, monkeypatch):
        monkeypatch.setattr(counting, "MOST_GATHERED", 3)
        noted = [counting.note_read(article_id=pk, now=NOON) for pk in (1, 2, 3, 4, 1)]
        assert noted == [True, True, True, False, True]

    def test_old_hours_and_days_go(self, later, make_article):
        article = make_article(published_at=NOON - timedelta(days=90))
        for days in (0, 1, 2, 7, 9):
            counting.note_read(article_id=article.pk, now=NOON - timedelta(days=days))
        counting.write_reads(now=NOON)
        left = {(span, (NOON - begins).days) for _, span, begins, _ in counts()}
        assert left == {(1, 0), (1, 1), (24, 0), (24, 1), (24, 2), (24, 7)}

    @pytest.mark.django_db(transaction=True)
    def test_they_are_written_by_themselves_after_a_moment(self, settings, make_article):
        settings.READS_WRITTEN_AFTER_SECONDS = 0.05
        article = make_article()
        assert counting.note_read(article_id=article.pk)
        timer = counting._gatherer.timer
        assert counting.note_read(article_id=article.pk)
        assert counting._gatherer.timer is timer
        timer.join(timeout=10)
        assert {reads for *_, reads in counts()} == {2}


class TestDamping:
    @pytest.mark.pure
    def test_a_flood_from_one_address_is_not_counted_others_are(self, monkeypatch):
        damper = damping.Damper()
        passed = [damper.lets_pass("198.51.100.7", 1, 5.0) for _ in range(damping.MOST_OF_ONE + 9)]
        assert sum(passed) == damping.MOST_OF_ONE
        assert damper.lets_pass("198.51.100.8", 1, 5.0)
        assert damper.lets_pass("198.51.100.7", 2, 5.0)
        # Of many articles together there is an end, too.
        rest = [damper.lets_pass("198.51.100.7", page, 5.0) for page in range(3, 1000)]
        assert sum(rest) == damping.MOST_FROM_ONE - damping.MOST_OF_ONE - 1
        # In the next minutes they count again.
        assert damper.lets_pass("198.51.100.7", 1, 5.0 + damping.WINDOW_SECONDS)

    @pytest.mark.pure
    def test_it_keeps_no_address_and_not_too_much(self, monkeypatch):
        monkeypatch.setattr(damping, "MOST_KEPT", 50)
        damper = damping.Damper()
        for number in range(400):
            damper.lets_pass(f"198.51.100.{number}", 1, 5.0)
            assert len(damper._seen) <= 52
        assert all(isinstance(key, bytes) and len(key) == 8 for key in damper._seen)
        # Whose they are cannot be told in the next window.
        before = set(damper._seen)
        damper.lets_pass("198.51.100.399", 1, 5.0 + damping.WINDOW_SECONDS)
        assert not before & set(damper._seen)

    @pytest.mark.pure
    @pytest.mark.parametrize(
        ("address", "network"),
        [
            ("198.51.100.7", "198.51.100.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("", ""),
            ("nonsense", ""),
        ],
    )
    def test_networks(self, address, network):
        assert damping.network_of(address) == network

    def test_over_http(self, client, make_article, monkeypatch):
        monkeypatch.setattr(damping, "MOST_OF_ONE", 3)
        article = make_article()
        for address in ("8.8.8.8", "1.1.1.1"):
            for _ in range(5):
                client.post(f"/articles/{article.pk}/read/", REMOTE_ADDR=address)
        assert {reads for *_, reads in counts()} == {6}
