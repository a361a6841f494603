"""A moderator clears the desk: by keyboard alone, without JavaScript, and with axe looking on."""

import re

import pytest
from playwright.sync_api import expect

from comments import appeals, moderation, posting, reporting, rules, sanctions
from comments.models import (
    Case,
    Comment,
    HeldComment,
    ModerationEntry,
    Policy,
    Standing,
    WatchedWord,
)
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HELD = "/admin/moderation/queue/held/"
SUCCESS = ".messagelist .success"


@pytest.fixture
def admin(make_person):
    return make_person("Ad Min", role="admin")


@pytest.fixture
def hold(edition, make_person, admin):
    """``hold(30)``: so many comments that wait, each by somebody else, two with a watched word."""
    rules.save_rule(by=admin, rule=Policy(area="", newcomer_holds=100))
    rules.save_rule(by=admin, rule=WatchedWord(text="cheap kettle*", verdict="hold"))

    def make(number):
        for each in range(number):
            words = "Buy a cheap kettle, " * 2 if each in (1, 3) else "I saw it, too. "
            posting.post_comment(
                by=make_person(),
                discussion=edition.discussion,
                parent=edition.first if each % 2 else None,
                text=f"{words}This is number {each + 1}.\n\n> The kettle stands\n\nSo it does.",
            )
        return list(HeldComment.objects.order_by("pk"))

    return make


@pytest.fixture
def reported(edition, make_person, admin):
    """A comment that somebody reported, and one that reports have hidden."""
    reporting.report(
        by=make_person(), comment=edition.quoting, reason="off_topic", note="It is about tea."
    )
    for _ in range(3):
        reporting.report(by=make_person(), comment=edition.deep, reason="attack")


def state_of(held):
    held.refresh_from_db()
    return held.state


def standing_at(page, held):
    """That the focus is on this entry."""
    anchor = f"#c{Case.objects.get(held=held).pk}"
    expect(page.locator(anchor)).to_be_focused()


def test_thirty_are_decided_by_keyboard_alone(open_page, edition, hold):
    rows = hold(30)
    page = open_page(by=edition.moderator)
    page.goto(HELD)
    keys = page.keyboard
    standing_at(page, rows[0])
    keys.press("j")
    standing_at(page, rows[1])
    keys.press("k")
    standing_at(page, rows[0])

    # The first is approved, and whoever did it stands at the second.
    keys.press("a")
    expect(page.locator(SUCCESS)).to_contain_text("approved")
    standing_at(page, rows[1])
    assert state_of(rows[0]) == "approved"

    # The second is rejected: h asks for the reason, Enter does it.
    keys.press("h")
    expect(page.locator(":focus")).to_have_attribute("name", "canned")
    keys.type("Adv")
    keys.press("Enter")
    expect(page.locator(SUCCESS)).to_contain_text("rejected")
    standing_at(page, rows[2])
    assert state_of(rows[1]) == "rejected"
    assert rows[1].reason == "Advertising"

    # In one's own words, and back again.
    keys.press("r")
    keys.press("Tab")
    keys.type("Too much about kettles")
    keys.press("Escape")
    standing_at(page, rows[2])
    keys.press("h")
    expect(page.locator(SUCCESS)).to_contain_text("rejected")
    assert state_of(rows[2]) == "rejected"
    keys.press("u")
    expect(page.locator(SUCCESS)).to_contain_text("taken back")
    assert state_of(rows[2]) == "waiting"

    # Two are selected and rejected at once, with a question before.
    expect(page.locator(".desk-entry").first).to_be_focused()
    keys.press("Shift+H")
    expect(page.locator("#desk-said")).to_contain_text("Nothing is selected")
    keys.press("x")
    keys.press("j")
    keys.press("x")
    expect(page.locator("#desk-selected")).to_have_text(" (2)")
    keys.press("Shift+H")
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 2 comments?")
    keys.type("Adv")
    keys.press("Tab")
    keys.type("again")
    keys.press("Enter")
    expect(page.locator(SUCCESS)).to_contain_text("2 comments were rejected")
    # What was done can be taken back from wherever they stand now.
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    assert {state_of(each) for each in rows[2:4]} == {"rejected"}

    # One is opened, with all that is known of its author.
    keys.press("o")
    expect(page.locator(".desk-dossier")).to_be_visible()
    expect(page.locator(".desk-entry")).to_be_focused()
    keys.press("a")
    expect(page.locator(SUCCESS)).to_contain_text("approved")
    assert state_of(rows[4]) == "approved"

    # The rest is all right: all of a page at once, then one by one.
    for _ in range(20):
        keys.press("x")
        keys.press("j")
    keys.press("Shift+A")
    expect(page.get_by_role("heading", level=1)).to_have_text("Approve 20 comments?")
    expect(page.get_by_role("button", name="Approve 20")).to_be_focused()
    keys.press("Enter")
    expect(page.locator(SUCCESS)).to_contain_text("20 comments were approved")
    for left in range(4, -1, -1):
        # The script has come, and knows where to begin.
        expect(page.locator(".desk-entry").first).to_be_focused()
        keys.press("a")
        expect(page.locator(".desk-entry")).to_have_count(left)
    expect(page.get_by_text("Nothing waits here. Well done.")).to_be_visible()
    assert not HeldComment.objects.filter(state="waiting").exists()
    assert HeldComment.objects.filter(state="approved").count() == 27
    assert not Case.objects.filter(is_open=True).exists()


def test_the_keys_are_told_and_can_be_turned_off(open_page, edition, hold):
    rows = hold(2)
    page = open_page(by=edition.moderator)
    page.goto(HELD)
    page.keyboard.press("?")
    expect(page.get_by_text("approve or keep it")).to_be_visible()
    expect(page.locator("#desk-keys summary")).to_be_focused()
    page.get_by_label("Use these keys").uncheck()
    page.locator("#desk-keys summary").focus()
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")
    expect(page.locator(".desk-entry")).to_have_count(2)
    assert state_of(rows[0]) == "waiting"
    page.keyboard.press("s")
    expect(page).to_have_url(re.compile("/queue/held/$"))


def test_suspending_is_a_key_away(open_page, edition, hold):
    rows = hold(1)
    page = open_page(by=edition.moderator)
    page.goto(HELD)
    page.keyboard.press("s")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Suspend {rows[0].author}")


@pytest.mark.parametrize("javascript", [True, False], ids=["by key", "without JavaScript"])
def test_muting_in_the_discussion_of_an_entry(open_page, edition, hold, javascript):
    author = hold(1)[0].author
    page = open_page(by=edition.moderator, javascript=javascript)
    page.goto(HELD)
    if javascript:
        page.keyboard.press("m")
    else:
        page.get_by_role("link", name=f"Mute {author} here").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{author} at the desk")
    expect(page.get_by_label("Mute: they cannot post in one discussion")).to_be_checked()
    page.get_by_label("Reason").select_option("Personal attack")
    page.get_by_label("Reason").press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(SUCCESS)).to_have_text(f"Done: mute, {author}.")
    expect(page.locator(".desk-dossier .desk-why")).to_contain_text("Muted in “")
    assert list(Standing.objects.get(pk=author.pk).muted) == [str(edition.discussion.pk)]


def test_the_desk_is_found_and_works_without_javascript(open_page, edition, hold):
    rows = hold(5)
    page = open_page(by=edition.moderator, javascript=False)
    page.goto("/admin/")
    expect(page.locator(".desk-entrance")).to_contain_text("5 waiting for a decision")
    page.locator(".desk-entrance").get_by_role("link", name="Moderation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Moderation: Held")
    first = page.locator(".desk-entry").first
    first.get_by_role("button", name="Approve").click()
    expect(page.locator(SUCCESS)).to_contain_text("approved")
    assert state_of(rows[0]) == "approved"
    first.get_by_label("In your own words").fill("Kettles, again")
    page.keyboard.press("Enter")
    expect(page.locator(SUCCESS)).to_contain_text("rejected")
    assert state_of(rows[1]) == "rejected"
    page.locator("#desk-undo").get_by_role("button", name="Undo").click()
    expect(page.locator(SUCCESS)).to_contain_text("taken back")
    assert state_of(rows[1]) == "waiting"
    for box in page.get_by_role("checkbox").all():
        box.check()
    page.locator("#desk-bulk").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 4 comments?")
    page.get_by_label("Reason").select_option("Off topic")
    page.get_by_role("button", name="Reject 4").click()
    expect(page.locator(SUCCESS)).to_contain_text("4 comments were rejected")
    expect(page.get_by_text("Nothing waits here. Well done.")).to_be_visible()


def test_a_reported_comment_is_hidden_in_its_branch(open_page, edition, reported):
    page = open_page(by=edition.moderator)
    page.goto("/admin/moderation/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Moderation: Reported")
    page.get_by_role("link", name="Open Comment").click()
    expect(page.get_by_role("region", name="What it answers")).to_contain_text("The first comment")
    expect(page.locator(".desk-reports")).to_contain_text("It is about tea.")
    page.get_by_label("Reason").select_option("Off topic")
    page.get_by_role("button", name="Hide", exact=False).click()
    expect(page.locator(SUCCESS)).to_contain_text("hidden")
    assert Comment.objects.get(pk=edition.quoting.pk).state == "hidden"
    page.get_by_role("link", name="Hidden by reports").click()
    page.locator(".desk-entry").get_by_role("button", name="Keep").click()
    expect(page.locator(SUCCESS)).to_contain_text("kept")
    assert Comment.objects.get(pk=edition.deep.pk).is_visible


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_a_moderators_way(
    open_page, edition, hold, reported, make_person, phone, dark
):
    hold(4)
    person = make_person("Sen Ior", role="senior")
    moderation.hide(by=edition.moderator, comment=edition.quoting, reason="Off topic")
    act = ModerationEntry.objects.get(comment=edition.quoting, act="hide")
    appeals.appeal(by=edition.ben, entry=act, text="It was the topic:\n\na kettle.")
    sanctions.mute(
        by=edition.moderator, person=edition.ben, discussion=edition.discussion, until=None,
        reason="Personal attack",
    )  # fmt: skip
    page = open_page(by=person, phone=phone, dark=dark)
    found = []
    held = Case.objects.filter(queue="held", held__parent__isnull=False).first()
    covered = Case.objects.get(queue="covered")
    appeal = Case.objects.get(queue="appeal")
    for path in (
        "/admin/", HELD, "/admin/moderation/queue/covered/", "/admin/moderation/queue/new/",
        "/admin/moderation/queue/appeal/", f"/admin/moderation/{held.pk}/",
        f"/admin/moderation/{covered.pk}/", f"/admin/moderation/{appeal.pk}/",
        f"/admin/moderation/person/{edition.ben.pk}/",
    ):  # fmt: skip
        assert page.goto(path).status == 200
        found += violations(page, path, dark=dark)
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{path} is {width} pixels too wide"
    page.goto(HELD)
    page.locator("#desk-keys summary").click()
    page.get_by_role("checkbox", name="Select").first.check()
    found += violations(page, "with its keys", dark=dark)
    page.locator("#desk-bulk").get_by_role("button", name="Reject").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Reject 1 comment?")
    found += violations(page, "the question", dark=dark)
    assert found == []
