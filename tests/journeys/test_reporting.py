"""A reader reports a comment, a moderator hides it, and both who are concerned are told.

By form and link alone: JavaScript is off, but where pages are measured.
"""

import re

import pytest
from playwright.sync_api import expect

from comments import appeals, moderation, posting, reporting, sanctions
from comments.models import Appeal, ModerationEntry
from tests.journeys import steps
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

AT_LEAST_ONE = re.compile(r"^Letters \(\d\)$")
RUDE = "You are all *kettles*, and rusty ones."


@pytest.fixture
def rude(edition):
    return posting.post_comment(
        by=edition.ben, discussion=edition.discussion, parent=edition.first, text=RUDE
    )


def letters_link(page):
    return steps.account_links(page).get_by_role("link", name=AT_LEAST_ONE)


def test_from_a_report_to_an_appeal(open_page, edition, rude, make_person):
    reader = open_page(by=edition.ada, javascript=False)
    reader.goto(edition.url)
    reader.get_by_role("link", name=f"Report comment {rude.number}", exact=True).click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Report this comment")
    expect(reader.get_by_text("and rusty ones.")).to_be_visible()
    reader.get_by_label("It attacks somebody").check()
    reader.get_by_label("What moderators should know").fill("Nobody here is a kettle.")
    reader.get_by_role("button", name="Report the comment").click()
    expect(reader.get_by_text("Thank you. A moderator will look at it")).to_be_visible()
    steps.expect_to_stand_at(reader, rude)

    moderation.hide(by=edition.moderator, comment=rude, reason="Personal attack", rule="Rule 1")

    reader.goto(edition.url)
    letters_link(reader).click()
    letter = reader.get_by_role("article", name="What came of your report")
    expect(letter).to_contain_text("taken down")
    letter.get_by_role("link", name=f"Comment {rude.number}").click()
    expect(steps.comment_article(reader, rude)).to_contain_text("Personal attack")

    author = open_page(by=edition.ben, phone=True, javascript=False)
    author.watch.expected_statuses.add(422)
    author.goto(edition.url)
    letters_link(author).click()
    letter = author.get_by_role("article", name="Your comment was hidden")
    expect(letter).to_contain_text("You are all kettles")
    for fact in ("Personal attack", "Rule 1", "A moderator decided."):
        expect(letter).to_contain_text(fact)
    letter.get_by_role("link", name="Appeal").click()
    expect(author.get_by_role("heading", level=1)).to_have_text("Appeal")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_role("alert")).to_contain_text("Say why the decision is wrong")
    author.get_by_label("Why the decision is wrong").fill("My own kettle is rusty, too.")
    author.get_by_role("button", name="Send the appeal").click()
    expect(author.get_by_text("Your appeal is with the moderators.")).to_be_visible()
    expect(author.get_by_text("It is not decided yet.")).to_be_visible()
    expect(steps.account_links(author).get_by_text("Letters (")).to_have_count(0)

    senior = make_person("Sen Ior", role="senior")
    appeals.grant(by=senior, appeal=Appeal.objects.get(), answer="It was meant kindly.")
    author.goto(edition.url)
    expect(steps.comment_article(author, rude)).to_contain_text("and rusty ones.")
    letters_link(author).click()
    granted = author.get_by_role("article", name="Your appeal was granted")
    expect(granted).to_contain_text("It was meant kindly.")
    expect(granted).to_contain_text("A moderator decided: another than at first.")


def test_who_is_not_signed_in_reports_after_signing_in(open_page, edition, rude):
    page = open_page(javascript=False)
    page.goto(edition.url)
    page.get_by_role("link", name=f"Report comment {rude.number}", exact=True).click()
    page.get_by_role("link", name="Sign in to report it").click()
    steps.sign_in(page, edition.ada.handle)
    expect(page.get_by_role("heading", level=1)).to_have_text("Report this comment")
    page.get_by_label("Another reason").check()
    page.get_by_role("button", name="Report the comment").click()
    expect(page.get_by_text("Thank you. A moderator will look at it")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_nothing_stands_in_anybodys_way(open_page, edition, rude, make_person, dark, phone):
    reporting.report(by=edition.ada, comment=edition.quoting, reason="hate")
    moderation.hide(by=edition.moderator, comment=rude, reason="Personal attack", rule="Rule 1")
    moderation.hide(by=edition.moderator, comment=edition.quoting, reason="Off topic")
    hidden = ModerationEntry.objects.filter(act="hide", comment=rude).get()
    appeals.appeal(by=edition.ben, entry=hidden, text="My own kettle is rusty.")
    sanctions.warn(by=edition.moderator, person=edition.ben, reason="Once more, and you are out")
    page = open_page(dark=dark, phone=phone, by=edition.ben)
    page.watch.expected_statuses.add(422)
    letter = edition.ben.letters.get(subject="A warning from the moderators")
    found = []
    for path in (
        edition.url,
        f"/comments/{edition.first.pk}/report/",
        f"/comments/{rude.pk}/report/",
        f"/accounts/letters/{letter.pk}/appeal/",
        "/accounts/letters/",
        "/accounts/standing/",
        "/accounts/",
    ):
        page.goto(path)
        found += violations(page, path, dark=dark)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"], path
    page.goto(f"/comments/{edition.first.pk}/report/")
    # What the browser would ask for itself, asked by the portal.
    page.locator("form.composer").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Report the comment").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what is wrong")
    found += violations(page, "a report with an error", dark=dark)
    assert found == []
