"""A reader's journey: from the front page to a reply of their own, with JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from comments.models import Comment
from comments.screening import MAX_TEXT_LENGTH
from tests.journeys import edition as editions
from tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_from_the_front_page_to_a_person_and_back_to_their_comment(page, edition):
    page.goto("/")
    front = page.get_by_role("main")
    front.get_by_role("heading", name=editions.TITLE).first.get_by_role("link").click()
    story = page.locator("article.story")
    expect(story.get_by_role("heading", level=1)).to_have_text(editions.TITLE)
    expect(story.get_by_text(editions.LEAD)).to_be_visible()
    expect(story.locator("figure.quote")).to_contain_text(editions.QUOTED)
    expect(story.locator("figcaption")).to_have_text("says the second pilot.")
    expect(story.locator(".credits")).to_contain_text("Ada Lens")
    expect(story.locator(".byline")).to_contain_text("Ada")

    story.get_by_role("link", name="Science").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Science")
    expect(page.get_by_text("What is known, and since when.")).to_be_visible()
    page.get_by_role("heading", name=editions.TITLE).get_by_role("link").click()

    comment = steps.comment_article(page, edition.first)
    comment.get_by_role("link", name="Ada Kettle").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ada Kettle")
    expect(page.get_by_text("Ada K. Boyle")).to_be_visible()
    expect(page.get_by_text("Words that nobody should read.")).to_have_count(0)

    entry = page.locator("article.entry", has_text="The first comment")
    entry.get_by_role("link", name="Comment 1", exact=True).click()
    expect(page).to_have_url(re.compile(f"/comments/{edition.first.pk}/$"))
    expect(steps.comment_article(page, edition.first)).to_have_class(re.compile("is-target"))
    page.get_by_role("navigation", name="This comment in the whole discussion").get_by_role(
        "link", name="Oldest"
    ).click()
    expect(page).to_have_url(re.compile(f"{edition.url}#c{edition.first.pk}$"))
    steps.expect_to_stand_at(page, edition.first)


def test_a_deep_comment_has_a_place_of_its_own(page, edition):
    page.goto(edition.url)
    deep = page.locator("article.comment", has_text="Level 10 of 10.")
    expect(deep).to_be_visible()
    deep.locator("a.parent").click()
    expect(page).to_have_url(re.compile(r"#c\d+$"))
    deep.locator("a.number").click()
    expect(page.locator("article.is-target")).to_contain_text("Level 10 of 10.")
    expect(page.get_by_text("Level 9 of 10.")).to_be_visible()


def test_a_phone_never_scrolls_sideways(open_page, edition):
    page = open_page(phone=True)
    page.watch.expected_statuses.add(404)
    thread = Comment.objects.filter(parent__isnull=False).order_by("level").last().parent_id
    for path in (
        "/",
        "/latest/",
        "/sections/science/",
        edition.url,
        f"/comments/{thread}/thread/",
        f"/comments/{edition.deep.pk}/reply/",
        edition.ben.get_absolute_url(),
        "/accounts/login/",
        "/accounts/signup/",
        "/nowhere/",
    ):
        page.goto(path)
        for width in (390, 320):
            page.set_viewport_size({"width": width, "height": 700})
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} px wide on a phone of {width} px"


def test_joining_replying_quoting_editing_withdrawing(page, edition, mail_link):
    steps.walk_whole_journey(page, edition, mail_link)


def test_a_draft_typed_before_signing_in_is_kept_and_forgotten_once_posted(page, edition):
    steps.leave_draft_and_sign_in(page, edition)
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft'))") == []


def test_a_draft_is_kept_through_sign_up(page, edition, mail_link):
    page.goto(edition.url)
    page.get_by_role("link", name=f"Reply to comment {edition.deep.number}", exact=True).click()
    form = page.locator(f'form[action$="?parent={edition.deep.pk}"]')
    form.get_by_label("Your comment").fill("Begun before\nI was signed in.")
    form.get_by_role("button", name="Sign in to post").click()
    page.get_by_role("main").get_by_role("link", name="Sign up").click()
    steps.sign_up(page, "Zoë van Dam", "zoe@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more: your mail")
    steps.confirm(page, mail_link("zoe@example.org"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Confirm your address")
    if "/accounts/login/" in page.url:
        steps.sign_in(page, "Zoë van Dam")
    steps.expect_draft_at_its_comment(page, edition)


def test_a_reply_appears_in_its_place(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    form = steps.open_composer(page, edition.first)
    expect(form.get_by_label("Your comment")).to_be_focused()
    form.get_by_label("Your comment").fill("Right under it.")
    steps.send(form)
    mine = steps.expect_new_comment(page, "Right under it.")
    expect(page.locator(f"#r{edition.first.pk} > .branch > #c{mine.pk}")).to_be_focused()
    expect(page.locator("#comment-count")).to_have_text("15 comments")
    expect(page.get_by_role("status").filter(has_text="Your comment is posted.")).to_be_visible()
    expect(form).to_have_count(0)
    # In the page itself: it was never left, and the new comment can be answered at once.
    expect(page).to_have_url(re.compile(f"{edition.url}$"))
    steps.open_composer(page, mine)


def test_a_comment_on_the_article_appears_at_the_end_with_a_fresh_form(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    for number, text in enumerate(("The last word.", "No, this one."), 15):
        form = steps.composer(page, discussion=edition.discussion)
        form.get_by_label("Your comment").fill(text)
        steps.send(form)
        mine = steps.expect_new_comment(page, text)
        expect(page.locator(f"#threads > .branch:last-child > #c{mine.pk}")).to_be_focused()
        expect(page.locator("#comment-count")).to_have_text(f"{number} comments")
        expect(form.get_by_label("Your comment")).to_have_value("")


@pytest.mark.parametrize("page_of_its_own", [False, True])
def test_a_double_click_makes_one_comment(open_page, edition, page_of_its_own):
    page = open_page(by=edition.ada)
    if page_of_its_own:
        page.goto(f"/comments/{edition.first.pk}/reply/")
        form = steps.composer(page, edition.first)
    else:
        page.goto(edition.url)
        form = steps.open_composer(page, edition.first)
    form.get_by_label("Your comment").fill("Once is enough.")
    form.get_by_role("button", name="Post comment").dblclick()
    steps.expect_new_comment(page, "Once is enough.")
    page.goto(edition.url)
    expect(page.locator("article.comment", has_text="Once is enough.")).to_have_count(1)


def test_what_cannot_be_posted_is_said_in_place_and_the_text_stays(open_page, edition):
    page = open_page(by=edition.ada)
    page.watch.expected_statuses.add(422)
    page.goto(edition.url)
    form = steps.open_composer(page, edition.first)
    steps.send(form)
    expect(form.get_by_role("alert")).to_contain_text("There is nothing to post yet")
    expect(form.get_by_label("Your comment")).to_be_focused()
    expect(form.get_by_label("Your comment")).to_have_attribute("aria-invalid", "true")

    too_long = "word " * (MAX_TEXT_LENGTH // 5) + "end"
    form.get_by_label("Your comment").fill(too_long)
    steps.send(form)
    expect(form.get_by_role("alert")).to_contain_text("Shorten it by 3")
    expect(form.get_by_label("Your comment")).to_have_value(too_long)
    expect(page.locator("#comment-count")).to_have_text("14 comments")

    form.get_by_label("Your comment").fill("Short enough.")
    steps.send(form)
    steps.expect_new_comment(page, "Short enough.")
    expect(page.locator("#comment-count")).to_have_text("15 comments")


def test_words_typed_and_not_sent_survive_the_page_and_not_the_sign_out(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    form = steps.open_composer(page, edition.first)
    form.get_by_label("Your comment").press_sequentially("Half a th")
    page.reload()
    form = steps.open_composer(page, edition.first)
    expect(form.get_by_label("Your comment")).to_have_value("Half a th")
    steps.sign_out(page)
    assert page.evaluate("localStorage.length") == 0
    page.goto("/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
