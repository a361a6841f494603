"""An imported name: nobody signs in with it until the newsroom hands it over."""

from smtplib import SMTPException

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from accounts import membership
from accounts.models import Origin, User
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

NEW = {"password1": "a-wholly-new-one", "password2": "a-wholly-new-one"}


@pytest.fixture
def imported(db):
    return membership.import_people({"Old Gardener": "G. Old"})["Old Gardener"]


@pytest.fixture
def hand_over(imported, django_capture_on_commit_callbacks):
    """Claims the imported name from the command line, and lets the mail leave."""

    def hand_over(email="gardener@example.org"):
        with django_capture_on_commit_callbacks(execute=True):
            call_command("claim_person", imported.handle, email, site="http://testserver")

    return hand_over


def test_nobody_signs_in_with_it(client, imported):
    for password in ("", "!", imported.password, PASSWORD):
        client.post("/accounts/login/", {"login": "Old Gardener", "password": password})
        assert "_auth_user_id" not in client.session


def test_a_stranger_who_asks_for_its_password_is_sent_nothing(
    client, imported, hand_over, mailoutbox
):
    hand_over()
    mailoutbox.clear()
    response = client.post("/accounts/password/reset/", {"email": "gardener@example.org"})
    assert response.status_code == 302
    assert not mailoutbox


def test_whoever_uses_the_mailed_link_has_the_name(client, imported, hand_over, link_in, settings):
    hand_over("Gardener@Example.org")
    imported.refresh_from_db()
    assert imported.email == "gardener@example.org"
    assert imported.awaits_claim
    assert not EmailAddress.objects.get().verified

    form_at = client.get(link_in("gardener@example.org")).url
    assert client.get(form_at).status_code == 200
    assert client.post(form_at, NEW).status_code == 302
    imported.refresh_from_db()
    assert imported.claimed_at is not None
    assert imported.origin == Origin.IMPORTED
    assert not imported.awaits_claim
    assert EmailAddress.objects.get().verified

    # The address is proved: no confirmation mail stands between them and their name.
    client.post("/accounts/login/", {"login": "Old Gardener", "password": NEW["password1"]})
    assert client.session["_auth_user_id"] == str(imported.pk)
    assert imported.real_name == "G. Old"


def test_the_link_works_once(client, hand_over, link_in):
    hand_over()
    link = link_in("gardener@example.org")
    client.post(client.get(link).url, NEW)
    assert client.get(link).status_code == 200
    assert client.get(link).context["token_fail"]


def test_another_address_makes_the_first_link_useless(client, imported, hand_over, link_in):
    hand_over("wrong@example.org")
    first = link_in("wrong@example.org")
    hand_over("right@example.org")
    assert client.get(first).context["token_fail"]
    assert client.get(link_in("right@example.org")).status_code == 302
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["right@example.org"]


def test_a_claimed_name_is_an_account_like_any_other(client, imported, hand_over, link_in):
    hand_over()
    client.post(client.get(link_in("gardener@example.org")).url, NEW)
    client.post("/accounts/password/reset/", {"email": "gardener@example.org"})
    newer = {"password1": "a-newer-one-still", "password2": "a-newer-one-still"}
    claimed_at = User.objects.get().claimed_at
    client.post(client.get(link_in("gardener@example.org")).url, newer)
    assert User.objects.get().claimed_at == claimed_at
    with pytest.raises(membership.MembershipError, match="can sign in already"):
        membership.claim_person(by=None, person=imported, email="other@example.org")


def test_an_address_that_somebody_has_is_refused(make_person, imported):
    make_person("Ada")
    with pytest.raises(membership.AddressTakenError):
        membership.claim_person(by=None, person=imported, email="ADA@example.org")
    with pytest.raises(membership.MembershipError, match="not an e-mail address"):
        membership.claim_person(by=None, person=imported, email="nonsense")


@pytest.mark.parametrize("role", ["reader", "moderator", "editor"])
def test_only_an_administrator_hands_a_name_over(make_person, imported, role):
    with pytest.raises(PermissionDenied):
        membership.claim_person(by=make_person(role=role), person=imported, email="x@example.org")
    imported.refresh_from_db()
    assert imported.email == ""


def test_an_address_that_another_account_proved_meanwhile_stays_there(
    client, make_person, hand_over, link_in
):
    hand_over()
    link = link_in("gardener@example.org")
    EmailAddress.objects.create(
        user=make_person("Ada"), email="gardener@example.org", verified=True
    )
    assert client.post(client.get(link).url, NEW).status_code == 302
    assert EmailAddress.objects.filter(email="gardener@example.org", verified=True).count() == 1


def test_the_command_says_what_is_wrong(imported, make_person):
    make_person("Ada")
    for arguments, told in [
        (("Nobody", "x@example.org"), "Nobody here is called 'Nobody'"),
        (("Ada", "x@example.org"), "Ada can sign in already"),
        (("Old Gardener", "nonsense"), "'nonsense' is not an e-mail address"),
        (("Old Gardener", "ada@example.org"), "already has this e-mail address"),
    ]:
        with pytest.raises(CommandError, match=told):
            call_command("claim_person", *arguments)
    with pytest.raises(CommandError, match="--site nonsense"):
        call_command("claim_person", "Old Gardener", "x@example.org", site="nonsense")
    with pytest.raises(CommandError, match="not in ALLOWED_HOSTS"):
        call_command("claim_person", "Old Gardener", "x@example.org", site="https://else.where")


def test_the_command_names_the_site_in_its_link(
    imported, mailoutbox, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        call_command("claim_person", imported.handle, "g@example.org", site="https://localhost")
    assert "https://localhost/accounts/password/reset/key/" in mailoutbox[0].body


def test_a_mail_that_cannot_be_sent_is_told_by_the_command(
    imported, monkeypatch, django_capture_on_commit_callbacks
):
    def refuse(*args):
        raise SMTPException("no relay")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    # Outside a test the transaction ends, and the mail leaves, within the command.
    monkeypatch.setattr("django.db.transaction.on_commit", lambda then: then())
    with pytest.raises(CommandError, match="could not be sent"):
        call_command("claim_person", imported.handle, "g@example.org", site="http://testserver")
