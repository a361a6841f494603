"""Who may change what about whom, and what the change leaves behind."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts import directory, membership
from accounts.handles import HandleError
from accounts.models import User
from accounts.real_names import RealNameError, clean_real_name
from tests.accounts.conftest import PASSWORD

pytestmark = pytest.mark.django_db

SOON = timezone.now() + timedelta(days=3)


@pytest.fixture
def admin(make_person):
    return make_person("Chief", role="admin")


@pytest.fixture
def moderator(make_person):
    return make_person("Marshal", role="moderator")


def test_registering_somebody(make_person):
    person = membership.register_person(
        handle="New Reader",
        email=" New@Example.ORG ",
        password=PASSWORD,
        real_name=" N. R. ",
        address_verified=True,
    )
    stored = User.objects.get()
    assert stored == person
    assert (stored.handle, stored.email, stored.real_name) == (
        "New Reader",
        "new@example.org",
        "N. R.",
    )
    assert stored.check_password(PASSWORD)
    assert EmailAddress.objects.get().verified


def test_nobody_registers_under_a_name_that_is_taken_or_none(make_person):
    make_person("Ada")
    with pytest.raises(membership.HandleTakenError):
        membership.register_person(handle="ADA", email="x@example.org")
    with pytest.raises(HandleError):
        membership.register_person(handle="admin", email="x@example.org")
    with pytest.raises(membership.MembershipError):
        membership.register_person(handle="\u200b", email="x@example.org", role="editor")


def test_staff_may_be_called_what_is_kept_for_them():
    assert membership.register_person(handle="editor", email="e@example.org", role="editor")


def test_an_address_confirmed_by_somebody_else_is_refused(make_person):
    make_person("Ada")
    with pytest.raises(membership.AddressTakenError):
        membership.register_person(handle="Eve", email="ada@example.org", address_verified=True)
    assert not User.objects.filter(handle="Eve").exists()


def test_only_an_administrator_registers_or_invites(make_person, moderator):
    for write in (membership.register_person, membership.invite_person):
        with pytest.raises(PermissionDenied):
            write(by=moderator, handle="New", email="new@example.org", role="moderator")
    assert User.objects.count() == 1


def test_suspending(make_person, moderator):
    person = make_person("Troll")
    suspended = membership.suspend_person(
        by=moderator, person=person, until=SOON, reason="Insults "
    )
    assert suspended.is_suspended()
    assert directory.suspension_of(person.pk) == (SOON, "Insults")
    again = membership.suspend_person(by=moderator, person=person, until=SOON, reason="Insults")
    assert again is False

    assert not membership.lift_suspension(by=moderator, person=person).is_suspended()
    assert directory.suspension_of(person.pk) == (None, "")
    assert membership.lift_suspension(by=moderator, person=person) is False


def test_a_suspension_ends_by_itself(make_person):
    person = make_person(suspended_until=timezone.now() - timedelta(seconds=1))
    assert not person.is_suspended()
    assert directory.suspension_of(person.pk) == (None, "")


def test_what_is_read_beside_a_suspension(make_person):
    person = make_person("Troll")
    assert directory.suspension_of(person.pk, "handle") == (None, "", "Troll")
    membership.suspend_person(by=None, person=person, until=SOON, reason="Insults")
    assert directory.suspension_of(person.pk, "handle") == (SOON, "Insults", "Troll")
    assert directory.suspension_of(0, "handle") == (None, "", None)


def test_a_suspension_has_a_reason_and_an_end_to_come(make_person, moderator):
    person = make_person("Troll")
    with pytest.raises(membership.MembershipError, match="reason"):
        membership.suspend_person(by=moderator, person=person, until=SOON, reason=" \n")
    with pytest.raises(membership.MembershipError, match="still to come"):
        membership.suspend_person(by=moderator, person=person, until=timezone.now(), reason="x")


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Pacific/Kiritimati"])
def test_a_suspension_ends_within_a_lifetime(make_person, moderator, zone):
    person = make_person("Troll")
    zone = ZoneInfo(zone)
    for until in (
        datetime.max.replace(tzinfo=zone),
        datetime(9999, 12, 31, tzinfo=zone),
        timezone.now() + membership.LONGEST_SUSPENSION + timedelta(minutes=1),
    ):
        with pytest.raises(ValueError, match="at most 100 years"):
            membership.suspend_person(by=moderator, person=person, until=until, reason="x")
    longest = timezone.now() + membership.LONGEST_SUSPENSION - timedelta(minutes=1)
    membership.suspend_person(by=moderator, person=person, until=longest, reason="x")
    assert directory.suspension_of(person.pk) == (longest, "x")


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_only_moderators_suspend(make_person, role):
    person = make_person("Troll")
    with pytest.raises(PermissionDenied):
        membership.suspend_person(by=make_person("By", role), person=person, until=SOON, reason="x")
    with pytest.raises(PermissionDenied):
        membership.lift_suspension(by=person, person=person)


def test_staff_are_suspended_by_administrators_only_and_nobody_by_themselves(
    make_person, moderator, admin
):
    for person in (moderator, admin, make_person("Writer", "editor")):
        with pytest.raises(PermissionDenied):
            membership.suspend_person(by=moderator, person=person, until=SOON, reason="x")
    assert membership.suspend_person(by=admin, person=moderator, until=SOON, reason="x")
    with pytest.raises(PermissionDenied):
        membership.suspend_person(by=admin, person=admin, until=SOON, reason="x")
    with pytest.raises(PermissionDenied):
        membership.lift_suspension(by=moderator, person=moderator)


def test_the_last_administrator_is_not_suspended(make_person, admin):
    with pytest.raises(membership.MembershipError, match="only administrator"):
        membership.suspend_person(by=None, person=admin, until=SOON, reason="x")
    second = make_person("Second", role="admin")
    assert membership.suspend_person(by=admin, person=second, until=SOON, reason="x")
    # Who is suspended cannot run the portal, so the one who can stays in every way.
    second.refresh_from_db()
    for write in (
        lambda: membership.suspend_person(by=None, person=admin, until=SOON, reason="x"),
        lambda: membership.change_role(by=admin, person=admin, role="reader"),
        lambda: membership.allow_sign_in(by=admin, person=admin, allowed=False),
    ):
        with pytest.raises(membership.MembershipError, match="only administrator"):
            write()
    with pytest.raises(PermissionDenied):
        membership.suspend_person(by=second, person=admin, until=SOON, reason="revenge")
    assert membership.change_role(by=admin, person=second, role="reader")


def test_of_two_administrators_who_suspend_each_other_at_once_one_stays(make_person, admin):
    second = make_person("Second", role="admin")
    # As each page read them before either had written.
    first_read, second_read = (User.objects.get(pk=each.pk) for each in (admin, second))
    assert membership.suspend_person(by=first_read, person=second_read, until=SOON, reason="x")
    with pytest.raises(membership.MembershipError, match="only administrator"):
        membership.suspend_person(by=second_read, person=first_read, until=SOON, reason="x")


@pytest.mark.parametrize("role", ["moderator", "editor", "admin"])
def test_staff_have_no_rights_while_they_are_suspended(make_person, role):
    rights = {
        "moderator": "comments.moderate_comment",
        "editor": "articles.change_article",
        "admin": "accounts.change_role",
    }
    person = make_person(role=role, suspended_until=SOON)
    app_label = rights[role].split(".")[0]

    def allowed():
        return [
            person.is_staff,
            person.has_perm(rights[role]),
            person.has_perms([rights[role]]),
            person.has_module_perms(app_label),
        ]

    assert not any(allowed())
    assert not person.is_superuser
    person.suspended_until = timezone.now()
    assert all(allowed())
    assert person.is_superuser == (role == "admin")


def test_whoever_is_suspended_does_not_change_their_name(client, make_person):
    person = make_person(suspended_until=SOON, suspension_reason="<i>Insults</i>", real_name="Ada")
    with pytest.raises(PermissionDenied):
        membership.change_real_name(by=person, person=person, real_name="Another insult")
    client.force_login(person)
    page = client.get("/accounts/").content
    assert b"You are suspended until" in page
    assert b"&lt;i&gt;Insults&lt;/i&gt;" in page
    assert client.post("/accounts/", {"real_name": "Another insult"}).status_code == 403
    person.refresh_from_db()
    assert person.real_name == "Ada"


def test_nobody_changes_the_name_of_somebody_else(make_person, moderator, admin):
    person = make_person("Ada")
    for by in (make_person("Eve"), moderator):
        with pytest.raises(PermissionDenied):
            membership.change_real_name(by=by, person=person, real_name="Eve")
    assert membership.change_real_name(by=admin, person=person, real_name="A").real_name == "A"
    assert membership.change_real_name(by=admin, person=person, real_name="A") is False


def test_giving_another_handle(make_person, moderator, admin):
    person, other = make_person("Rude Word"), make_person("Other")
    renamed = membership.rename_person(by=admin, person=person, handle="Polite Word")
    assert (renamed.handle, renamed.pk) == ("Polite Word", person.pk)
    stored = User.objects.get(pk=person.pk)
    assert directory.look_alikes("POLITE WORD") == [stored]
    # Only the case of one's own.
    assert membership.rename_person(by=admin, person=stored, handle="POLITE WORD")
    with pytest.raises(membership.HandleTakenError):
        membership.rename_person(by=admin, person=person, handle="0ther")
    with pytest.raises(PermissionDenied):
        membership.rename_person(by=moderator, person=other, handle="Fine")
    imported = membership.import_people({"gardener": None})["gardener"]
    with pytest.raises(membership.MembershipError, match="stays as it came"):
        membership.rename_person(by=admin, person=imported, handle="Fine")


def test_making_staff(make_person, moderator, admin):
    person = make_person("Ada")
    with pytest.raises(PermissionDenied):
        membership.change_role(by=moderator, person=moderator, role="admin")
    changed = membership.change_role(by=admin, person=person, role="editor")
    assert changed.is_staff
    assert membership.change_role(by=admin, person=person, role="editor") is False
    with pytest.raises(membership.MembershipError):
        membership.change_role(by=admin, person=person, role="emperor")


def test_the_last_administrator_stays(make_person, admin):
    for write in (
        lambda: membership.change_role(by=admin, person=admin, role="reader"),
        lambda: membership.allow_sign_in(by=admin, person=admin, allowed=False),
    ):
        with pytest.raises(membership.MembershipError, match="only administrator"):
            write()
    second = make_person("Second", role="admin")
    assert membership.change_role(by=second, person=admin, role="reader")
    with pytest.raises(membership.MembershipError, match="only administrator"):
        membership.allow_sign_in(by=None, person=second, allowed=False)


def test_shutting_a_reader_out_of_a_portal_without_administrators(make_person):
    person = make_person("Ada")
    assert membership.allow_sign_in(by=None, person=person, allowed=False)
    assert membership.allow_sign_in(by=None, person=person, allowed=False) is False
    assert membership.allow_sign_in(by=None, person=person, allowed=True)


def test_a_password_is_written_alone(make_person):
    person = make_person("Ada")
    read_earlier = User.objects.get(pk=person.pk)
    membership.suspend_person(by=None, person=person, until=SOON, reason="x")
    membership.set_password(person=read_earlier, password="a-wholly-new-one")
    person.refresh_from_db()
    assert person.is_suspended()
    assert person.check_password("a-wholly-new-one")
    assert read_earlier.password == person.password


@pytest.mark.parametrize(
    "stand_in", ["~0", "~-1", "~x", "~", "~" + "9" * 30, "~१", "a\0b", "", "ada", "Ada "]
)
def test_an_address_that_names_nobody(make_person, stand_in):
    make_person("Ada")
    with pytest.raises(User.DoesNotExist):
        directory.find_person(stand_in)


def test_finding_a_person_by_what_their_address_holds(make_person):
    ada = make_person("Ada")
    odd = membership.import_people(dict.fromkeys(["~1", "a/b", "..", "Ada\u200b"]))
    assert directory.find_person("Ada") == ada
    for person in (ada, *odd.values()):
        assert directory.find_person(f"~{person.pk}") == person
    assert directory.find_person("Ada\u200b") == odd["Ada\u200b"]


@pytest.mark.parametrize(
    "name",
    ["Ada King", "Łukasz Żółć", "علی\u200cرضا", "नेहा", "王小明", "O'Neil-Smith Jr.", ""],
)
def test_real_names_of_the_world(name):
    assert clean_real_name(f" {name} ") == name


@pytest.mark.parametrize(
    "name",
    ["x" * 81, "A\nB", "A\tB", "A\u2028B", "A\u202eB", "A\u2066B", "A\0B", "A\u200bB", "\u3164",
     "e" + "\u0301" * 4, "A\ud800", "\ue000"],
)  # fmt: skip
def test_what_no_real_name_may_hold(name):
    with pytest.raises(RealNameError):
        clean_real_name(name)
