"""Guessing at passwords is counted for the person, with allauth's own limits as deployed."""

from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.test import Client

from accounts import membership
from accounts.models import User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

# Allauth's: for one person in five minutes.
GUESSES = 5
TOO_MANY = b"Too many attempts to sign in."


@pytest.fixture(autouse=True)
def _as_deployed(settings):
    del settings.ACCOUNT_RATE_LIMITS
    settings.ALLOWED_HOSTS = ["*"]


@pytest.fixture
def guess():
    """One attempt, each from an address of its own: the limit for one machine is another one."""
    machines = count(1)

    def attempt(login, password="wrong-password", host="testserver"):
        client = Client(headers={"host": host}, REMOTE_ADDR=f"10.0.0.{next(machines)}")
        response = client.post("/accounts/login/", {"login": login, "password": password})
        return "in" if "_auth_user_id" in client.session else response.content

    return attempt


def test_guessing_is_stopped_and_the_right_password_too(guess, make_person):
    make_person("Ada")
    assert [TOO_MANY in guess("Ada") for _ in range(GUESSES + 1)] == [False] * GUESSES + [True]
    assert TOO_MANY in guess("Ada", PASSWORD)


def test_signing_in_counts_for_nothing(guess, make_person):
    make_person("Ada")
    assert [guess("Ada", PASSWORD) for _ in range(GUESSES * 2)] == ["in"] * (GUESSES * 2)


@pytest.mark.parametrize(
    "logins",
    [
        # The same to a reader: other case, a digit, a Cyrillic letter, nothing, fullwidth.
        [
            "Bob Loblaw", "bob loblaw", "B0b Loblaw",
            "B\u043eb Loblaw", "Bob Lob\u200blaw", "\uff22ob Loblaw",
        ],
        [
            "Bob Loblaw", "bob.loblaw@example.org", "BOB.LOBLAW@example.org",
            "BOB LOBLAW", "Bob.Loblaw@Example.ORG",
        ],
    ],
)  # fmt: skip
def test_another_spelling_is_another_guess_at_the_same_person(guess, make_person, logins):
    make_person("Bob Loblaw")
    for number in range(GUESSES):
        assert TOO_MANY not in guess(logins[number % len(logins)])
    for login in logins:
        assert TOO_MANY in guess(login, PASSWORD)


def test_another_port_or_host_is_too(guess, make_person):
    make_person("Ada")
    for number in range(GUESSES):
        assert TOO_MANY not in guess("Ada", host=f"testserver:{8000 + number}")
    assert TOO_MANY in guess("Ada", host="testserver:9000")
    assert TOO_MANY in guess("Ada", host="another.example.org")


def test_one_person_is_not_stopped_by_guesses_at_another(guess, make_person):
    make_person("Ada")
    make_person("Zoë")
    for _ in range(GUESSES + 1):
        guess("Ada")
    assert guess("Zoë", PASSWORD) == "in"
    assert guess("zoë@example.org", PASSWORD) == "in"


@pytest.mark.parametrize("logins", [["Nobody", "n0body"], ["no@example.org", "NO@example.org"]])
def test_a_limit_does_not_tell_whether_there_is_such_a_person(guess, make_person, logins):
    make_person("Ada")
    told = [TOO_MANY in guess(logins[number % 2]) for number in range(GUESSES + 1)]
    assert told == [False] * GUESSES + [True]


def test_imported_names_that_nobody_signs_in_with_are_counted_as_well(guess):
    membership.import_people({"Old Gardener": None})
    told = [TOO_MANY in guess("Old Gardener") for _ in range(GUESSES + 1)]
    assert told == [False] * GUESSES + [True]


def test_asking_for_the_password_again_counts_with_signing_in(guess, make_person):
    person = make_person("Ada")
    client = Client()
    client.force_login(person)
    for _ in range(GUESSES):
        client.post("/accounts/reauthenticate/", {"password": "wrong-password"})
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert TOO_MANY in answer.content
    assert TOO_MANY in guess("ada@example.org", PASSWORD)


def reset_password(link_in, email):
    client = Client()
    client.post("/accounts/password/reset/", {"email": email})
    new = {"password1": "a-wholly-new-one", "password2": "a-wholly-new-one"}
    client.post(client.get(link_in(email)).url, new)


def test_whoever_sets_a_forgotten_password_gets_in_at_once(guess, make_person, link_in):
    make_person("Ada")
    for _ in range(GUESSES + 1):
        guess("Ada")
    reset_password(link_in, "ada@example.org")
    assert guess("Ada", "a-wholly-new-one") == "in"


def test_nobody_wipes_out_what_was_counted_at_somebody_else(guess, make_person, link_in):
    make_person("Ada")
    eve = make_person("Eve")
    # What a change of address that is not confirmed leaves, whoever has the address.
    EmailAddress.objects.create(user=eve, email="ada@example.org")
    for _ in range(GUESSES):
        guess("Ada")
    reset_password(link_in, "eve@example.org")
    assert TOO_MANY in guess("Ada", PASSWORD)
    assert TOO_MANY in guess("ada@example.org", PASSWORD)
    assert guess("Eve", "a-wholly-new-one") == "in"


def test_asking_for_an_address_does_not_move_the_count_to_somebody_else(guess, make_person):
    eve, ada = make_person("Eve"), make_person("Ada")
    EmailAddress.objects.filter(user=ada).update(verified=False)
    for _ in range(GUESSES):
        guess("ada@example.org")
    EmailAddress.objects.create(user=eve, email="ada@example.org")
    assert TOO_MANY in guess("ada@example.org", PASSWORD)
    assert User.objects.get(handle="Ada").email == "ada@example.org"
