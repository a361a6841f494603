"""Who is kept out by their address, of mail or of a network."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.addresses import address_of_sender
from accounts.barriers import Barrier, clean_barrier, is_address_barred, is_mail_barred
from accounts.forms import NewAddressForm
from comments import sanctions
from comments.models import ModerationEntry


@pytest.fixture
def moderator(make_person):
    return make_person("Mo", role="moderator")


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("domain", " @Spam.Example. ", "spam.example"),
        ("network", "198.51.100.7", "198.51.100.7/32"),
        ("network", "198.51.100.7/24", "198.51.100.0/24"),
        ("network", "2001:db8::1/64", "2001:db8::/64"),
    ],
)
def test_as_it_is_kept(kind, value, kept):
    assert clean_barrier(kind, value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("domain", "nonsense"),
        ("domain", "a b.example"),
        ("network", "example.org"),
        ("network", "10.0.0.0/8"),
        ("network", "::/0"),
    ],
)
def test_what_is_none(kind, value, moderator):
    with pytest.raises(ValueError):  # noqa: PT011  the sentence differs
        sanctions.bar(by=moderator, kind=kind, value=value)
    assert not Barrier.objects.exists()
    assert not ModerationEntry.objects.exists()


def test_a_domain_and_all_below_it(moderator):
    sanctions.bar(by=moderator, kind="domain", value="spam.example")
    assert is_mail_barred("A@Spam.Example")
    assert is_mail_barred("a@mx.spam.example")
    assert not is_mail_barred("a@nospam.example")
    assert not is_mail_barred("spam.example@good.example")


def test_a_network_until_a_moment(moderator, monkeypatch):
    now = timezone.now()
    sanctions.bar(
        by=moderator, kind="network", value="198.51.100.0/24", until=now + timedelta(days=1)
    )
    assert is_address_barred("198.51.100.99")
    assert not is_address_barred("198.51.101.1")
    assert not is_address_barred("2001:db8::1")
    assert not is_address_barred("")
    monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=1))
    assert not is_address_barred("198.51.100.99")


def test_rights_and_the_log(moderator, make_person):
    with pytest.raises(PermissionDenied):
        sanctions.bar(by=make_person(), kind="domain", value="spam.example")
    barrier = sanctions.bar(by=moderator, kind="domain", value="spam.example")
    with pytest.raises(ValueError, match="already"):
        sanctions.bar(by=moderator, kind="domain", value="SPAM.example")
    sanctions.unbar(by=moderator, barrier=barrier)
    assert not is_mail_barred("a@spam.example")
    entries = ModerationEntry.objects.order_by("pk").values_list("act", "by")
    assert list(entries) == [("block", moderator.pk)] * 2


def test_nobody_joins_with_such_an_address(client, moderator, settings):
    sanctions.bar(by=moderator, kind="domain", value="spam.example")
    typed = {"username": "Newcomer", "email": "a@spam.example", "password1": "seven copper kettles"}
    page = client.post("/accounts/signup/", typed)
    assert page.status_code == 200
    assert "Addresses of this provider are not taken here." in page.content.decode()
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    sanctions.bar(by=moderator, kind="network", value="8.8.8.0/24")
    closed = client.get("/accounts/signup/", headers={"X-Forwarded-For": "8.8.8.8"})
    assert "Newcomer" not in closed.content.decode()
    assert "account/signup_closed.html" in [each.name for each in closed.templates]
    elsewhere = client.get("/accounts/signup/", headers={"X-Forwarded-For": "8.8.4.4"})
    assert elsewhere.templates[0].name == "account/signup.html"


def test_who_has_such_an_address_already_keeps_it(client, moderator, make_person, mailoutbox):
    make_person("Old Hand", email="old@spam.example")
    sanctions.bar(by=moderator, kind="domain", value="spam.example")
    answer = client.post("/accounts/password/reset/", {"email": "old@spam.example"})
    assert answer.status_code == 302
    assert [mail.to for mail in mailoutbox] == [["old@spam.example"]]


def test_nobody_changes_to_such_an_address(client, moderator, make_person):
    person = make_person("Ada", email="ada@example.org")
    client.force_login(person, backend="accounts.backends.PortalBackend")
    sanctions.bar(by=moderator, kind="domain", value="spam.example")
    form = NewAddressForm(data={"email": "a@spam.example"}, user=person)
    assert "not taken here" in str(form.errors)


def test_an_address_written_as_the_other_kind(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", headers={"X-Forwarded-For": "::ffff:8.8.8.8"})
    assert address_of_sender(request) == "8.8.8.8"
