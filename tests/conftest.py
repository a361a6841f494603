"""What all tests share. Data is made with the portal's own write functions."""

from itertools import count

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.template.base import Template
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from accounts import membership
from articles.counting import forget_reads
from articles.missed import forget_tally
from comments import hosting, posting
from comments.parts import forget_parts
from comments.rules import forget_rules

# The machine is noisy, so no example is timed; the same examples every time.
hypothesis_settings.register_profile("portal", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("portal")

PASSWORD = "seven copper kettles"
_numbers = count(1)


@pytest.fixture(scope="session", autouse=True)
def _log_can_be_emptied():
    """Between tests with transactions all rows go, the log's too, which SQLite's triggers refuse.

    PostgreSQL truncates, which is no change of rows.
    """
    operations = DatabaseWrapper.ops_class
    flush = operations.sql_flush

    def sql_flush(self, style, tables, **options):
        statements = flush(self, style, tables, **options)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE %s",
                ["%append-only%"],
            )
            triggers = cursor.fetchall()
        return [
            *(f"DROP TRIGGER {name}" for name, _ in triggers),
            *statements,
            *(sql for _, sql in triggers),
        ]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(operations, "sql_flush", sql_flush)
        yield


@pytest.fixture(autouse=True)
def _empty_cache():
    """No test sees a page or a limit that another one left behind."""
    for cache in caches.all():
        cache.clear()
    forget_parts()
    forget_rules()
    forget_tally()
    forget_reads()


@pytest.fixture(autouse=True)
def _no_query_in_a_template(monkeypatch):
    """A template prints what it was given: a query in one of ours fails the test.

    The admin's own templates are Django's business.
    """
    render = Template._render

    def refuse(execute, sql, *args):
        raise AssertionError(f"a template runs a query: {sql}")

    def guarded(self, context):
        if (self.name or "").startswith(("admin/", "django/", "registration/")):
            return render(self, context)
        with connection.execute_wrapper(refuse):
            return render(self, context)

    monkeypatch.setattr(Template, "_render", guarded)


@pytest.fixture
def make_person(db):
    """``make_person("Ada", role="moderator")``; without a handle it makes one up."""

    def make(handle=None, *, role="reader", **fields):
        handle = handle or f"reader{next(_numbers)}"
        return membership.register_person(
            handle=handle,
            email=f"person{next(_numbers)}@example.org",
            password=PASSWORD,
            role=role,
            address_verified=True,
            **fields,
        )

    return make


@pytest.fixture
def reader(make_person):
    return make_person("Ada Reader")


@pytest.fixture
def moderator(make_person):
    return make_person("Mo Derate", role="moderator")


@pytest.fixture
def make_discussion(db):
    def make(title="A page", url=None):
        url = url or f"/pages/{next(_numbers)}/"
        return hosting.open_discussion(title=title, url=url, readable_from=timezone.now())

    return make


@pytest.fixture
def discussion(make_discussion):
    return make_discussion()


@pytest.fixture
def post(discussion):
    """``post(by, "text", parent=None)`` in the test's discussion."""

    def make(by, text="Words.", parent=None, **fields):
        return posting.post_comment(
            by=by, discussion=discussion, parent=parent, text=text, **fields
        )

    return make


@pytest.fixture
def sign_in():
    """A test client of somebody who is signed in."""

    def make(person, **options):
        client = Client(**options)
        client.force_login(person, backend="accounts.backends.PortalBackend")
        return client

    return make
