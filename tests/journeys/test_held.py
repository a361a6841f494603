"""A comment that waits: its writer sees it in its place, with a script and without one."""

import pytest
from playwright.sync_api import expect

from comments import moderation, rules
from comments.models import HeldComment, Policy, WatchedWord
from tests.journeys import steps
from tests.journeys.test_accessibility import violations

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_it_waits_and_is_approved(open_page, edition, javascript):
    rules.save_rule(by=edition.moderator, rule=Policy(area="", is_premoderated=True))
    page = open_page(by=edition.ben, javascript=javascript)
    page.goto(edition.url)
    form = page.locator("#form-top")
    form.get_by_label("Your comment").fill("May I say something?")
    steps.send(form)
    waiting = page.locator("article.comment", has_text="May I say something?")
    expect(waiting).to_have_count(1)
    expect(waiting).to_contain_text("Only you see this: it waits for a moderator.")
    others = open_page()
    others.goto(edition.url)
    expect(others.get_by_text("May I say something?")).to_have_count(0)
    moderation.approve(by=edition.moderator, held=HeldComment.objects.get())
    others.goto(edition.url)
    expect(others.get_by_text("May I say something?")).to_have_count(1)
    page.goto(edition.url)
    expect(waiting).to_have_count(1)
    expect(page.get_by_text("it waits for a moderator")).to_have_count(0)


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_words_that_are_watched_can_be_said_otherwise(open_page, edition, javascript):
    rules.save_rule(by=edition.moderator, rule=WatchedWord(text="kettle", verdict="hold"))
    page = open_page(by=edition.ben, javascript=javascript)
    page.watch.expected_statuses.add(422)
    page.goto(edition.url)
    form = page.locator("#form-top") if javascript else page.locator("form.composer")
    form.get_by_label("Your comment").fill("What a kettle.")
    steps.send(form)
    expect(page.get_by_role("alert")).to_contain_text("“kettle”")
    expect(form.get_by_label("Your comment")).to_have_value("What a kettle.")
    form.get_by_role("button", name="Post it as it is, and wait").click()
    expect(page.locator("article.comment", has_text="What a kettle.")).to_contain_text(
        "Moderators look at some words first"
    )


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(open_page, edition, dark):
    rules.save_rule(by=edition.moderator, rule=Policy(area="", is_premoderated=True))
    page = open_page(by=edition.ben, dark=dark)
    page.goto(edition.url)
    form = steps.open_composer(page, edition.first)
    form.get_by_label("Your comment").fill("May I answer?")
    steps.send(form)
    expect(page.get_by_text("Only you see this")).to_be_visible()
    assert not violations(page, "the discussion", dark=dark)
    page.get_by_role("link", name="More about this, or withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your comment waits for a moderator")
    assert not violations(page, "the held comment", dark=dark)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("Your comment is withdrawn.")).to_be_visible()
    expect(page.get_by_text("May I answer?")).to_have_count(0)
