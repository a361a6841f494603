"""People in the admin: who sees what, who may do what, and that nothing goes around the rules."""

import html
import re
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from accounts.models import User

pytestmark = pytest.mark.django_db

LIST = "/admin/accounts/user/"
ADD = "/admin/accounts/user/add/"


def page_of(person):
    return f"{LIST}{person.pk}/change/"


def claim_page_of(person):
    return f"{LIST}{person.pk}/claim/"


def typed(person, **changes):
    """What the form of a person's page sends back."""
    values = {
        "handle": person.handle,
        "real_name": person.real_name,
        "role": person.role,
        "is_active": "on" if person.is_active else "",
        **changes,
    }
    return {name: value for name, value in values.items() if value != ""}


@pytest.fixture
def imported(db):
    return membership.import_people({"Old Gardener": None})["Old Gardener"]


@pytest.fixture
def at_the_desk(make_person, client):
    def sit(role):
        person = make_person(f"The {role}", role=role)
        client.force_login(person)
        return person

    return sit


@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
def test_staff_look_people_up(client, at_the_desk, make_person, imported, role):
    at_the_desk(role)
    person = make_person("Ada", suspended_until=timezone.now() + timedelta(days=1))
    page = client.get(LIST, {"q": "Ada"})
    assert page.status_code == 200
    assert list(page.context["cl"].result_list) == [person]
    for each in (person, imported):
        assert client.get(page_of(each)).status_code == 200
    for standing, found in [
        ("suspended", [person]),
        ("unclaimed", [imported]),
        ("claimed", []),
        ("shut", []),
    ]:
        page = client.get(LIST, {"standing": standing})
        assert list(page.context["cl"].result_list) == found


def test_nobody_else_does(client, make_person):
    person = make_person("Ada")
    for path in (LIST, ADD, page_of(person), claim_page_of(person)):
        # To the sign-in, which tells readers that there is no desk for them.
        for response in (Client().get(path), Client().post(path)):
            assert response.status_code == 302
            assert "/login/" in response.url
        client.force_login(person)
        for response in (client.get(path, follow=True), client.post(path, follow=True)):
            assert response.status_code == 403


@pytest.mark.parametrize("role", ["moderator", "editor"])
def test_looking_is_all_that_moderators_and_editors_may_do(
    client, at_the_desk, make_person, imported, mailoutbox, role
):
    at_the_desk(role)
    person = make_person("Ada")
    before = User.objects.filter(pk=person.pk).values().get()
    assert client.post(page_of(person), typed(person, role="admin")).status_code == 403
    assert client.get(ADD).status_code == 403
    added = {"handle": "New", "email": "new@example.org", "role": "admin"}
    assert client.post(ADD, added).status_code == 403
    assert client.get(claim_page_of(imported)).status_code == 403
    claimed = client.post(claim_page_of(imported), {"email": "x@example.org"})
    assert claimed.status_code == 403
    assert client.post(f"{LIST}{person.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=person.pk).values().get() == before
    assert User.objects.count() == 3
    assert not mailoutbox


@pytest.mark.parametrize("role", ["moderator", "editor"])
def test_addresses_and_passwords_are_not_shown_to_them(client, at_the_desk, make_person, role):
    at_the_desk(role)
    person = make_person("Ada", email="secret@example.org")
    page = client.get(page_of(person)).content.decode()
    assert "secret@example.org" not in page
    assert person.password not in page
    assert "claim/" not in page
    assert not client.get(LIST, {"q": "secret@example.org"}).context["cl"].result_list


@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
@pytest.mark.parametrize(
    "lookup",
    [
        "password__regex", "password", "email__startswith", "email", "suspended_until__gt",
        "suspension_reason__contains", "last_login__isnull", "emailaddress__email__startswith",
        "handle__regex", "claimed_at__isnull", "logentry__change_message__contains", "id__in",
        "role__regex", "nonsense",
    ],
)  # fmt: skip
def test_the_list_cannot_be_asked_about_other_columns(client, at_the_desk, role, lookup):
    at_the_desk(role)
    for value in ("1", "^md5", "2030-01-01"):
        response = client.get(LIST, {"role__exact": role, lookup: value})
        assert response.status_code == 400


def test_the_filters_of_the_list_work(client, at_the_desk, imported):
    moderator = at_the_desk("moderator")
    for asked, found in [
        ({"role__exact": "moderator"}, [moderator]),
        ({"origin__exact": "imported"}, [imported]),
        ({"role__exact": "moderator", "origin__exact": "imported"}, []),
        ({"role__exact": "reader", "standing": "unclaimed", "q": "garden", "o": "-1"}, [imported]),
    ]:
        page = client.get(LIST, asked)
        assert list(page.context["cl"].result_list) == found
    # Every link that the page itself offers.
    page = client.get(LIST).content.decode()
    links = {html.unescape(link) for link in re.findall(r'href="(\?[^"]+)"', page)}
    assert len(links) > 8
    for link in links:
        assert client.get(LIST + link).status_code == 200


@pytest.mark.parametrize(("role", "finds"), [("moderator", 0), ("editor", 0), ("admin", 1)])
def test_only_an_administrator_finds_people_by_address(
    client, at_the_desk, make_person, role, finds
):
    at_the_desk(role)
    person = make_person("Ada", email="secret@example.org")
    suggest = {"app_label": "articles", "model_name": "byline", "field_name": "person"}
    for term, found in [("Ada", 1), ("secret@", finds), (person.password[:12], 0), ("password", 0)]:
        assert len(client.get(LIST, {"q": term}).context["cl"].result_list) == found
        answer = client.get("/admin/autocomplete/", {**suggest, "term": term})
        assert len(answer.json()["results"]) == found
    # What stands in a suggestion is chosen by the field that asks, never by the address.
    for field in ("password", "email"):
        asked = {**suggest, "term": "Ada", "field_name": field}
        assert client.get("/admin/autocomplete/", asked).status_code == 403
        assert client.get(LIST, {"_to_field": field}).status_code == 400


def test_an_administrator_sees_the_address_and_never_the_password(client, at_the_desk, make_person):
    at_the_desk("admin")
    person = make_person("Ada", email="secret@example.org")
    page = client.get(page_of(person)).content.decode()
    assert "secret@example.org" in page
    assert person.password not in page
    assert list(client.get(LIST, {"q": "secret"}).context["cl"].result_list) == [person]


def test_suspended_staff_have_no_desk(client, at_the_desk, make_person):
    marshal = at_the_desk("moderator")
    chief = make_person("Chief", role="admin")
    assert client.get("/admin/").status_code == 200
    until = timezone.now() + timedelta(days=1)
    membership.suspend_person(by=chief, person=marshal, until=until, reason="Tempers")
    # In the session that was open already, and after signing in again.
    for _ in range(2):
        for path in ("/admin/", LIST, page_of(chief), "/admin/comments/comment/"):
            assert client.get(path, follow=True).status_code == 403
            assert client.post(path, {"action": "hide_chosen"}, follow=True).status_code == 403
        page = client.get("/accounts/").content.decode()
        assert "You are suspended until" in page
        assert 'href="/admin/"' not in page
        client.force_login(marshal)
    membership.lift_suspension(by=chief, person=marshal)
    assert client.get(LIST).status_code == 200


def test_an_administrator_changes_a_person(client, at_the_desk, make_person):
    at_the_desk("admin")
    person = make_person("Ada")
    changes = {"handle": "Ada K", "real_name": "Ada King", "role": "editor", "is_active": ""}
    assert client.post(page_of(person), typed(person, **changes)).status_code == 302
    changed = User.objects.get(pk=person.pk)
    assert (changed.handle, changed.real_name, changed.role, changed.is_active) == (
        "Ada K",
        "Ada King",
        "editor",
        False,
    )
    assert changed.email == person.email
    assert changed.password == person.password


@pytest.mark.parametrize(
    ("field", "value"),
    [("handle", "0ld Gardener"), ("handle", "a  b"), ("real_name", "x" * 81), ("role", "emperor")],
)
def test_what_the_rules_refuse_is_told_in_the_form(
    client, at_the_desk, make_person, imported, field, value
):
    at_the_desk("admin")
    person = make_person("Ada")
    response = client.post(page_of(person), typed(person, **{field: value}))
    assert response.status_code == 200
    assert response.context["adminform"].form.errors[field]
    assert User.objects.get(pk=person.pk).handle == "Ada"


def test_the_last_administrator_does_not_step_down_by_a_slip(client, at_the_desk):
    admin = at_the_desk("admin")
    response = client.post(page_of(admin), typed(admin, role="reader"), follow=True)
    assert b"This is the only administrator." in response.content
    admin.refresh_from_db()
    assert admin.role == "admin"


def test_an_imported_handle_is_not_changed(client, at_the_desk, imported):
    at_the_desk("admin")
    assert "handle" not in client.get(page_of(imported)).context["adminform"].form.fields
    client.post(page_of(imported), typed(imported, handle="New", real_name="G. Old"))
    imported.refresh_from_db()
    assert (imported.handle, imported.real_name) == ("Old Gardener", "G. Old")


def test_making_staff_sends_them_a_link(
    client, at_the_desk, link_in, django_capture_on_commit_callbacks
):
    at_the_desk("admin")
    assert client.get(ADD).status_code == 200
    added = {"handle": "editor", "email": "New@example.org", "real_name": "", "role": "editor"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ADD, added)
    person = User.objects.get(handle="editor")
    assert response.url == LIST
    assert (person.role, person.email) == ("editor", "new@example.org")
    assert not person.has_usable_password()

    other = Client()
    new = {"password1": "a-wholly-new-one", "password2": "a-wholly-new-one"}
    other.post(other.get(link_in("new@example.org")).url, new)
    other.post("/accounts/login/", {"login": "editor", "password": "a-wholly-new-one"})
    assert other.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value"),
    [("handle", "0ld Gardener"), ("email", "the.admin@example.org"), ("email", "nonsense")],
)
def test_somebody_who_cannot_be_made_is_told_in_the_form(
    client, at_the_desk, imported, field, value
):
    at_the_desk("admin")
    added = {"handle": "New", "email": "new@example.org", "role": "reader", field: value}
    response = client.post(ADD, added)
    assert response.context["adminform"].form.errors[field]
    assert User.objects.count() == 2


def test_a_race_for_a_name_is_told_and_not_an_error(client, at_the_desk, monkeypatch):
    at_the_desk("admin")

    def taken(**kwargs):
        raise membership.HandleTakenError("Somebody already has this name.")

    monkeypatch.setattr(membership, "invite_person", taken)
    added = {"handle": "New", "email": "new@example.org", "role": "reader"}
    response = client.post(ADD, added, follow=True)
    assert b"Somebody already has this name." in response.content


def test_handing_an_imported_name_over(
    client, at_the_desk, imported, link_in, django_capture_on_commit_callbacks
):
    at_the_desk("admin")
    assert claim_page_of(imported) in client.get(page_of(imported)).content.decode()
    assert client.get(claim_page_of(imported)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(claim_page_of(imported), {"email": "g@example.org"})
    assert response.url == page_of(imported)
    assert client.get(link_in("g@example.org")).status_code == 302
    history = f"{LIST}{imported.pk}/history/"
    assert "hands this name over" in client.get(history).content.decode()
    # Moderators read the same history.
    at_the_desk("moderator")
    page = client.get(history).content.decode()
    assert "hands this name over" in page
    assert "g@example.org" not in page


def test_what_cannot_be_handed_over_is_told(client, at_the_desk, make_person, imported):
    at_the_desk("admin")
    ada = make_person("Ada")
    for email in ("nonsense", "ada@example.org", ""):
        response = client.post(claim_page_of(imported), {"email": email})
        assert response.context["form"].errors["email"]
    page = client.get(claim_page_of(ada))
    assert b"can sign in already" in page.content
    assert client.post(claim_page_of(ada), {"email": "x@example.org"}).status_code == 200
    ada.refresh_from_db()
    assert ada.email == "ada@example.org"
    assert client.get(f"{LIST}999999/claim/").status_code == 404


def test_a_mail_that_cannot_be_sent_is_told(client, at_the_desk, imported, monkeypatch):
    at_the_desk("admin")

    def refuse(**kwargs):
        raise SMTPException("no relay")

    monkeypatch.setattr(membership, "claim_person", refuse)
    response = client.post(claim_page_of(imported), {"email": "g@example.org"})
    assert b"could not be sent" in response.content
    monkeypatch.setattr(membership, "invite_person", refuse)
    added = {"handle": "New", "email": "new@example.org", "role": "reader"}
    assert b"could not be sent" in client.post(ADD, added, follow=True).content


def test_forms_of_other_sites_hand_nothing_over(make_person, imported):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person("Chief", role="admin"))
    for path in (claim_page_of(imported), page_of(imported), ADD):
        assert client.post(path, {"email": "eve@example.org"}).status_code == 403


def test_the_list_costs_the_same_for_three_and_for_forty(client, at_the_desk):
    at_the_desk("admin")
    costs = []
    for number in (3, 40):
        membership.import_people({f"{number} {each}": "A" for each in range(number)})
        client.get(LIST)
        with CaptureQueriesContext(connection) as seen:
            client.get(LIST)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def test_names_are_shown_as_text_and_nothing_is_inline(client, at_the_desk, imported):
    at_the_desk("admin")
    nasty = membership.import_people({"<img src=x onerror=alert(1)>": "<script>alert(1)</script>"})
    (person,) = nasty.values()
    for path in (LIST, page_of(person), claim_page_of(person), ADD):
        page = client.get(path).content.decode()
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page)
        assert [tag for tag in inline if "application/json" not in tag] == []
        assert not re.search(r"<style|\sstyle=|\son\w+=[\"']", page)
