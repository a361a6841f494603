"""Who is signed in: a session and its person, two statements, whatever a cookie says."""

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership

pytestmark = pytest.mark.django_db
HOME = "/accounts/"


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "x",
        '"\\000\\000\\000\\000\\000\\000\\000\\000"',
        "' OR 1=1 --",
        "Ж" * 32,
        "a" * 5_000,
        "%00",
    ],
)
def test_a_cookie_may_hold_anything(cookie):
    # In the bytes that a server is sent.
    sent = f"sessionid={cookie}".encode().decode("latin-1")
    answer = Client().get(HOME, headers={"Cookie": sent})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_it_begins_with_two_statements(sign_in, reader):
    client = sign_in(reader)
    client.get(HOME)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(HOME).status_code == 200
    asked = [each["sql"] for each in queries]
    assert sum('FROM "django_session"' in sql for sql in asked) == 1
    assert 'FROM "django_session"' in asked[0]
    assert 'FROM "accounts_user"' in asked[1]


def test_a_session_that_is_over_is_nobodys(sign_in, reader):
    client = sign_in(reader)
    assert client.get(HOME).status_code == 200
    Session.objects.update(expire_date=timezone.now())
    assert client.get(HOME).status_code == 302


def test_who_is_shut_out_is_signed_out(sign_in, reader, make_person):
    client = sign_in(reader)
    assert client.get(HOME).status_code == 200
    membership.allow_sign_in(by=make_person(role="admin"), person=reader, allowed=False)
    assert client.get(HOME).status_code == 302


def test_a_new_password_ends_the_sessions_of_the_old_one(sign_in, reader):
    client = sign_in(reader)
    reader.set_password("nine silver spoons")
    reader.save()
    assert client.get(HOME).status_code == 302
