"""Nobody signs up under a name that a reader would take for somebody else's."""

import threading

import pytest
from allauth.account.models import EmailAddress
from django.db import connection

from accounts import membership
from accounts.models import User
from tests.accounts.conftest import PASSWORD


def sign_up(client, handle, email="new@example.org"):
    return client.post(
        "/accounts/signup/", {"username": handle, "email": email, "password1": PASSWORD}
    )


def refusal(response):
    assert response.status_code == 200
    (sentence,) = response.context["form"].errors["username"]
    return sentence


@pytest.mark.parametrize(
    "handle",
    ["Paul Boris", "paul boris", "PAUL BORIS", "Раul Boris", "Pau1 Boris", "PauI B0ris"],
)
def test_a_name_like_one_that_signed_up_is_refused(client, make_person, handle):
    make_person("Paul Boris")
    assert "Choose another one." in refusal(sign_up(client, handle))
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("handle", ["gardener", "Gаrdener", "GARDENER"])
def test_a_name_that_came_with_a_page_waits_for_its_owner(client, handle):
    membership.import_people({"gardener": None})
    assert "ask the newsroom to hand the name over to you" in refusal(sign_up(client, handle))
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_refusal_stands_in_the_page_and_what_was_typed_stays(client):
    membership.import_people({"<b>old": None})
    response = sign_up(client, "<b>old")
    assert b"&lt;b&gt;old" in response.content
    assert b"<b>old" not in response.content
    assert b'value="new@example.org"' in response.content


@pytest.mark.django_db
@pytest.mark.parametrize(
    "handle", ["a", "x" * 31, "a  b", "a/b", "admin", "Mоderator", "\u202eeve"]
)
def test_what_no_name_may_be_is_told_in_a_sentence(client, handle):
    assert refusal(sign_up(client, handle)).endswith((".", "'", "-"))
    assert not User.objects.exists()


@pytest.mark.django_db
def test_a_name_is_kept_letter_for_letter(client):
    # Two ways to write é: Django's own user model would turn one into the other.
    sign_up(client, "Re\u0301my de  Bruyn".replace("  ", " "))
    assert User.objects.get().handle == "Re\u0301my de Bruyn"


@pytest.mark.django_db
@pytest.mark.parametrize("second", ["Quick", "QUICK", "Quісk"])
def test_whoever_is_slower_by_a_moment_gets_the_form_back(client, monkeypatch, second):
    User.objects.create_user("Quick", "first@example.org", PASSWORD)
    usable = membership.require_usable_handle
    asked = []

    def blind_at_first(handle, **kwargs):
        # What both saw before either had written: at the form, and before the insert.
        asked.append(handle)
        if len(asked) > 2:
            usable(handle, **kwargs)

    monkeypatch.setattr(membership, "require_usable_handle", blind_at_first)
    assert "Choose another one." in refusal(sign_up(client, second))
    assert User.objects.count() == 1
    assert not EmailAddress.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_up_at_once_with_names_that_look_alike(client, monkeypatch):
    both_asked = threading.Barrier(2, timeout=10)
    usable = membership.require_usable_handle
    asked = threading.local()

    def together(handle, **kwargs):
        usable(handle, **kwargs)
        asked.times = getattr(asked, "times", 0) + 1
        if asked.times == 1:
            both_asked.wait()

    monkeypatch.setattr(membership, "require_usable_handle", together)
    statuses = []

    def join(handle, email):
        try:
            statuses.append(sign_up(type(client)(), handle, email).status_code)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=join, args=args)
        for args in [("Twin Soul", "one@example.org"), ("Twin Sоul", "two@example.org")]
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 302]
    assert User.objects.count() == EmailAddress.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_sign_up_at_once_with_one_address_are_never_an_error(client):
    start = threading.Barrier(2, timeout=10)
    statuses = []

    def join(handle):
        try:
            start.wait()
            statuses.append(sign_up(type(client)(), handle, "one@example.org").status_code)
        finally:
            connection.close()

    threads = [threading.Thread(target=join, args=[handle]) for handle in ("Castor", "Pollux")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [302, 302]
