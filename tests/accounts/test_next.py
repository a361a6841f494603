"""Where signing in may lead, and that nobody is signed in by another site's form."""

import pytest
from django.test import Client

from tests.accounts.conftest import PASSWORD

ELSEWHERE = [
    "https://evil.example/",
    "http://testserver/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    " https://evil.example/",
    "\thttps://evil.example/",
    "/\t/evil.example/",
    "evil.example",
    "/" + "x" * 3000,
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_next_leads_nowhere_else(client, make_person, target):
    make_person("Ada")
    response = client.post(
        "/accounts/login/", {"login": "Ada", "password": PASSWORD, "next": target}
    )
    assert response.url == "/"
    # Already signed in, and signing out.
    assert client.get("/accounts/login/", {"next": target}).url == "/"
    assert client.post("/accounts/logout/", {"next": target}).url == "/"


@pytest.mark.parametrize("target", ["/comments/12/", "/articles/a/?page=2#c3", "/people/a%20b/"])
def test_next_leads_back_to_a_page_of_ours(client, make_person, target):
    make_person("Ada")
    assert (
        client.get("/accounts/login/", {"next": target}).context["redirect_field_value"] == target
    )
    response = client.post(
        "/accounts/login/", {"login": "Ada", "password": PASSWORD, "next": target}
    )
    assert response.url == target


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/signup/"])
def test_next_is_escaped_where_the_form_carries_it(client, db, path):
    response = client.get(path, {"next": '"><script>alert(1)</script>'})
    assert b"<script>alert" not in response.content


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/accounts/login/", {"login": "Ada", "password": PASSWORD}),
        ("/accounts/signup/", {"username": "Eve", "email": "e@example.org", "password1": PASSWORD}),
        ("/accounts/password/reset/", {"email": "ada@example.org"}),
    ],
)
def test_forms_of_other_sites_do_nothing(make_person, mailoutbox, path, data):
    make_person("Ada")
    client = Client(enforce_csrf_checks=True)
    assert client.post(path, data).status_code == 403
    assert "_auth_user_id" not in client.session
    assert not mailoutbox


@pytest.mark.parametrize(
    "path", ["/accounts/", "/accounts/logout/", "/accounts/email/", "/accounts/password/change/"]
)
def test_forms_of_other_sites_change_nothing_of_somebody_signed_in(make_person, path):
    person = make_person("Ada")
    client = Client(enforce_csrf_checks=True)
    client.force_login(person)
    data = {"real_name": "Eve", "email": "eve@example.org", "action_add": ""}
    assert client.post(path, data).status_code == 403
    person.refresh_from_db()
    assert person.real_name == ""
    assert client.get("/accounts/").status_code == 200
