"""A moderator's journey through the admin, and the policy on every page of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from comments import sanctions
from comments.models import Comment, ModerationEntry
from tests.journeys import edition as editions
from tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUCCESS = ".messagelist .success"


@pytest.fixture
def desk(open_page, edition):
    """A page in which the moderator is signed in."""
    return open_page(by=edition.moderator)


def choose_in_list(page, rows, action):
    """Ticks the rows with these words and starts the action."""
    for words in rows:
        row = page.locator("#result_list tbody tr", has_text=words)
        row.get_by_role("checkbox").check()
    page.get_by_label("Action:").select_option(label=action)
    page.get_by_role("button", name="Go").click()


def go_to_whole_discussion(page):
    ways = page.get_by_role("navigation", name="This comment in the whole discussion")
    ways.get_by_role("link", name="Oldest").click()


def test_hiding_and_restoring_one_comment(page, edition):
    page.goto(f"/accounts/login/?next={edition.url}")
    steps.sign_in(page, edition.moderator.handle)
    page.get_by_role("link", name="Moderate comment 1", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment 1 by Ada Kettle")
    # The whole branch is in view.
    expect(page.locator(".desk-comment")).to_have_count(3)
    expect(page.locator(".desk-comment.is-this")).to_contain_text("The first comment")

    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator(".errorlist")).to_contain_text("Say why")
    page.get_by_label("Reason").select_option("Personal attack")
    page.get_by_label("In your own words").fill("names and shouting")
    page.get_by_role("button", name="Hide", exact=True).click()
    expect(page.locator(SUCCESS)).to_have_text("The comment was hidden.")
    expect(page.locator("table.log")).to_contain_text("Personal attack: names and shouting")

    page.goto(f"/comments/{edition.first.pk}/")
    comment = steps.comment_article(page, edition.first)
    expect(comment).to_have_class(re.compile(r"\bis-target\b"))
    expect(comment).to_contain_text("Hidden by a moderator: Personal attack: names and shouting")
    expect(comment).not_to_contain_text("The first comment")
    expect(page.locator(f"#r{edition.first.pk} article.comment")).to_have_count(2)
    expect(page.get_by_text("One reply to it.")).to_be_visible()
    go_to_whole_discussion(page)
    expect(comment).to_contain_text("Hidden by a moderator: Personal attack: names and shouting")
    expect(page.locator(f"#r{edition.first.pk} article.comment")).to_have_count(2)
    expect(page.locator("#comment-count")).to_have_text("13 comments")

    comment.get_by_role("link", name="Moderate comment 1", exact=True).click()
    page.get_by_label("In your own words").fill("A mistake of mine")
    page.get_by_role("button", name="Restore", exact=True).click()
    expect(page.locator(SUCCESS)).to_have_text("The comment was restored.")
    page.get_by_role("link", name="View on site").click()
    expect(comment).to_contain_text("The first comment")
    go_to_whole_discussion(page)
    expect(comment).to_contain_text("The first comment")
    expect(page.locator("#comment-count")).to_have_text("14 comments")


def test_hiding_and_restoring_many(desk, edition):
    desk.goto("/admin/comments/comment/?q=Level")
    chosen = ["Level 9 of 10.", "Level 10 of 10."]
    choose_in_list(desk, chosen, "Hide the chosen comments, with a reason")
    expect(desk.get_by_role("heading", level=1)).to_have_text("Hide 2 comments")
    desk.get_by_role("button", name="Hide all 2").click()
    expect(desk.locator(".errorlist")).to_contain_text("Say why")
    desk.get_by_label("Reason").select_option("Off topic")
    desk.get_by_role("button", name="Hide all 2").click()
    expect(desk.locator(SUCCESS)).to_have_text("2 comments were hidden.")
    hidden = Comment.objects.filter(
        state="hidden", state_reason="Off topic", text__contains="Level"
    )
    assert hidden.count() == 2

    desk.goto("/admin/comments/comment/?state__exact=hidden&q=Level")
    choose_in_list(desk, chosen, "Restore the chosen comments, with a reason")
    desk.get_by_label("In your own words").fill("On topic after all")
    desk.get_by_role("button", name="Restore all 2").click()
    expect(desk.locator(SUCCESS)).to_have_text("2 comments were restored.")
    assert not hidden.exists()


def test_closing_and_reopening_a_discussion(desk, open_page, edition):
    reader = open_page(by=edition.ada)
    desk.goto("/admin/comments/discussion/")
    choose_in_list(desk, [editions.TITLE], "Close the chosen discussions, with a reason")
    desk.get_by_label("In your own words").fill("Everything has been said.")
    desk.get_by_role("button", name="Close all 1").click()
    expect(desk.locator(SUCCESS)).to_have_text("1 discussions were closed.")

    reader.goto(edition.url)
    expect(reader.locator("#discussion > .notice")).to_contain_text("Everything has been said.")
    expect(reader.get_by_role("link", name="Reply to comment 1", exact=True)).to_have_count(0)
    expect(reader.get_by_label("Your comment")).to_have_count(0)
    reader.goto(f"/comments/{edition.first.pk}/reply/")
    expect(reader.get_by_role("main")).to_contain_text("This discussion is closed.")

    desk.goto("/admin/comments/discussion/?state__exact=closed")
    choose_in_list(desk, [editions.TITLE], "Reopen the chosen discussions, with a reason")
    desk.get_by_label("In your own words").fill("New facts")
    desk.get_by_role("button", name="Reopen all 1").click()
    expect(desk.locator(SUCCESS)).to_have_text("1 discussions were reopened.")
    reader.goto(edition.url)
    expect(reader.get_by_label("Your comment")).to_be_visible()


def test_a_suspended_person_is_told_until_when_and_why(desk, open_page, edition):
    reader = open_page(by=edition.ben)
    # Their form is open when it happens: what they wrote stays.
    reader.goto(edition.url)
    form = steps.open_composer(reader, edition.first)
    form.get_by_label("Your comment").fill("Still typing.")

    until = (timezone.now() + timedelta(days=40)).replace(hour=18, minute=30)
    desk.goto(f"/admin/comments/comment/{edition.quoting.pk}/change/")
    desk.get_by_role("link", name=f"Suspend {edition.ben.handle}").click()
    desk.get_by_label("Until").fill(f"{until:%Y-%m-%dT%H:%M}")
    desk.get_by_label("Reason").select_option("Advertising")
    desk.get_by_label("In your own words").fill("kettles, again")
    desk.get_by_role("button", name="Suspend").click()
    expect(desk.locator(SUCCESS)).to_have_text(f"{edition.ben.handle} is suspended.")
    expect(desk.get_by_role("button", name="Lift the suspension")).to_be_visible()

    told = (f"{until.day} {until:%B %Y}, {until:%H:%M}", "Advertising: kettles, again")
    reader.watch.expected_statuses.add(422)
    steps.send(form)
    for words in told:
        expect(reader.get_by_role("alert")).to_contain_text(words)
    expect(form.get_by_label("Your comment")).to_have_value("Still typing.")
    for path in (edition.url, f"/comments/{edition.first.pk}/reply/", "/accounts/"):
        reader.goto(path)
        for words in told:
            expect(reader.get_by_role("main")).to_contain_text(words)

    desk.get_by_label("In your own words").fill("Promised to stop")
    desk.get_by_role("button", name="Lift the suspension").click()
    expect(desk.locator(SUCCESS)).to_have_text(f"{edition.ben.handle} can post again.")
    reader.goto(edition.url)
    expect(steps.composer(reader, discussion=edition.discussion)).to_be_visible()


def test_the_log_lists_every_act_and_nothing_in_it_can_be_changed(desk, edition):
    # Two acts are the edition's own; the others are done here, quickly.
    from comments import moderation

    by = edition.moderator
    moderation.restore(by=by, comment=edition.hidden, reason="Not so bad")
    moderation.close(by=by, discussion=edition.discussion, reason="Bedtime")
    moderation.reopen(by=by, discussion=edition.discussion, reason="Breakfast")
    until = timezone.now() + timedelta(days=2)
    sanctions.suspend(by=by, person=edition.ben, until=until, reason="Advertising")
    edition.ben.refresh_from_db()
    sanctions.lift_suspension(by=by, person=edition.ben, reason="Sorry")

    desk.goto("/admin/comments/moderationentry/")
    rows = desk.locator("#result_list tbody tr")
    expect(rows).to_have_count(ModerationEntry.objects.count())
    for entry in ModerationEntry.objects.all():
        row = rows.filter(has_text=entry.get_act_display()).filter(has_text=entry.reason)
        expect(row.first).to_contain_text(entry.by.handle)
    expect(desk.locator("#content").get_by_role("link", name="Add")).to_have_count(0)
    rows.first.get_by_role("link").first.click()
    expect(desk.get_by_role("heading", level=1)).to_be_visible()
    expect(desk.locator("#content form input[type=submit]")).to_have_count(0)


def test_the_policy_holds_on_every_page_of_a_moderator(desk, edition):
    """The watch on the page fails the test at the first breach."""
    by = edition.ben
    for path in (
        "/admin/",
        "/admin/comments/",
        "/admin/comments/comment/",
        f"/admin/comments/comment/?state__exact=visible&by={by.handle}&on=Kettle&q=Level",
        f"/admin/comments/comment/{edition.deep.pk}/change/",
        "/admin/comments/discussion/?q=kettle",
        f"/admin/comments/discussion/{edition.discussion.pk}/change/",
        "/admin/comments/moderationentry/",
        f"/admin/comments/moderationentry/{ModerationEntry.objects.first().pk}/change/",
        f"/admin/comments/moderationentry/suspend/{by.pk}/",
        "/admin/accounts/user/?q=ben",
        f"/admin/accounts/user/{by.pk}/change/",
    ):
        answer = desk.goto(path)
        assert answer.status == 200, path
        expect(desk.locator("#content")).to_be_visible()

    # What scripts do there: fold the filters, tick all, turn the colours.
    desk.goto("/admin/comments/comment/")
    desk.locator("#action-toggle").check()
    expect(desk.locator(".action-counter")).to_contain_text("16 of 16 selected")
    desk.locator("#changelist-filter summary").first.click()
    desk.get_by_role("searchbox", name="By author's handle").fill(by.handle)
    desk.locator(".typed-filter", has=desk.locator("[name=by]")).get_by_role("button").click()
    expect(desk.locator("#result_list tbody tr")).to_have_count(
        Comment.objects.filter(author=by).count()
    )
    desk.locator("button.theme-toggle").first.click()
    expect(desk.locator("html")).not_to_have_attribute("data-theme", "auto")


def test_the_policy_holds_where_an_editor_writes(open_page, make_person, edition):
    editor = make_person("Ed Itor", role="editor")
    page = open_page(by=editor)
    for path in (
        "/admin/articles/section/",
        "/admin/articles/article/?status__exact=published&q=kettle",
        "/admin/accounts/user/",
    ):
        assert page.goto(path).status == 200, path
        expect(page.locator("#content")).to_be_visible()

    page.goto("/admin/articles/section/add/")
    page.get_by_label("Name:").press_sequentially("Far Away")
    expect(page.get_by_label("Slug:")).to_have_value("far-away")

    page.goto(f"/admin/articles/article/{edition.article.pk}/change/")
    field = page.locator(".field-published_at")
    field.get_by_role("link", name="Today").click()
    field.get_by_role("link", name="Choose a Date").click()
    expect(page.locator(".calendarbox").first).to_be_visible()
    page.keyboard.press("Escape")
    field.get_by_role("link", name="Choose a Time").click()
    page.locator(".clockbox").get_by_role("link", name="Midnight").click()
    page.get_by_label("Title:").fill("Kettle on the moon is cold")
    # The byline: one more row, and a person looked up by typing.
    page.get_by_role("button", name="Add another Byline").click()
    page.locator(".dynamic-bylines .field-person .select2-selection").last.click()
    page.locator(".select2-search__field").fill("ben_of")
    page.locator(".select2-results__option", has_text=edition.ben.handle).click()
    page.locator(".dynamic-bylines [name$=position]").last.fill("2")
    page.locator(".select2-selection__rendered", has_text=edition.ben.handle).wait_for()
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.locator(SUCCESS)).to_contain_text("Kettle on the moon is cold")
    page.goto(edition.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Kettle on the moon is cold")
    expect(page.locator(".story .byline")).to_contain_text("Ben_of")


def test_the_policy_holds_on_an_administrators_pages(open_page, make_person, edition):
    from accounts import membership

    admin = make_person("Ad Min", role="admin")
    stranger = membership.import_people({"From afar": "Far Away"})["From afar"]
    page = open_page(by=admin)
    for path in (
        "/admin/",
        "/admin/accounts/user/?standing=unclaimed",
        "/admin/accounts/user/add/",
        f"/admin/accounts/user/{edition.ada.pk}/change/",
        f"/admin/accounts/user/{edition.ada.pk}/history/",
        f"/admin/accounts/user/{stranger.pk}/claim/",
        f"/admin/articles/article/{edition.article.pk}/history/",
    ):
        assert page.goto(path).status == 200, path
        expect(page.locator("#content")).to_be_visible()


def test_a_reader_has_no_desk(open_page, edition):
    page = open_page(by=edition.ada)
    page.watch.expected_statuses.add(403)
    page.goto(f"/admin/comments/comment/{edition.first.pk}/change/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You may not do this")
