"""What all tests share. Data is made with the portal's own write functions."""

from itertools import count

import pytest
from django.core.cache import caches
from django.db import connection
from django.db.backends.postgresql.base import DatabaseWrapper as PostgreSQL
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite
from django.template.base import Template
from django.test import Client
from django.utils import timezone
from hypothesis import settings as hypothesis_settings

from accounts import membership
from articles import search_index as articles_index
from articles.counting import forget_reads
from articles.missed import forget_tally
from comments import hosting, posting
from comments import search_index as comments_index
from comments.parts import forget_parts
from comments.rules import forget_rules

# The machine is noisy, so no example is timed; the same examples every time.
hypothesis_settings.register_profile("portal", deadline=None, derandomize=True, database=None)
hypothesis_settings.load_profile("portal")

PASSWORD = "seven copper kettles"
_numbers = count(1)


# Tables of no model, which Django does not know to empty: what one test with transactions leaves
# in them, thousands of words maybe, another would look through.
_NO_MODELS = (articles_index.INDEX.table, comments_index.INDEX.table)


@pytest.fixture(scope="session", autouse=True)
def _everything_can_be_emptied():
    """Between tests with transactions all rows go: those of the search, and those of the log.

    Changing the log is what SQLite's triggers refuse. PostgreSQL truncates, which is no change.
    """
    sqlite, postgresql = SQLite.ops_class, PostgreSQL.ops_class
    flush_sqlite, flush_postgresql = sqlite.sql_flush, postgresql.sql_flush

    def on_sqlite(self, style, tables, **options):
        statements = flush_sqlite(self, style, tables, **options)
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE %s",
                ["%append-only%"],
            )
            triggers = cursor.fetchall()
        return [
            *(f"DROP TRIGGER {name}" for name, _ in triggers),
            *statements,
            *(f"DELETE FROM {table}" for table in _NO_MODELS),
            *(sql for _, sql in triggers),
        ]

    def on_postgresql(self, style, tables, **options):
        statements = flush_postgresql(self, style, tables, **options)
        return [*statements, f"TRUNCATE {', '.join(_NO_MODELS)}"]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite, "sql_flush", on_sqlite)
        patch.setattr(postgresql, "sql_flush", on_postgresql)
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
