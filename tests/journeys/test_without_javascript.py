"""The whole journey again, in a browser that runs no script."""

import pytest
from playwright.sync_api import expect

from tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page):
    return open_page(javascript=False)


def test_the_whole_journey(page, edition, mail_link):
    steps.walk_whole_journey(page, edition, mail_link)


def test_a_draft_typed_before_signing_in_is_kept(page, edition):
    steps.leave_draft_and_sign_in(page, edition)


def test_a_comment_on_the_article_itself(open_page, edition):
    page = open_page(javascript=False, by=edition.ada)
    page.goto(edition.url)
    page.get_by_role("link", name="Write a comment").click()
    form = steps.composer(page, discussion=edition.discussion)
    expect(form.get_by_label("Your comment")).to_be_in_viewport()
    form.get_by_label("Your comment").fill("Without any script.")
    steps.send(form)
    mine = steps.expect_new_comment(page, "Without any script.")
    assert mine.parent_id is None


def test_a_double_click_and_a_reload_make_one_comment(open_page, edition):
    page = open_page(javascript=False, by=edition.ada)
    page.goto(f"/comments/{edition.first.pk}/reply/")
    form = steps.composer(page, edition.first)
    form.get_by_label("Your comment").fill("Once is enough.")
    with page.expect_request(lambda request: request.method == "POST") as posted:
        form.get_by_role("button", name="Post comment").dblclick()
    mine = steps.expect_new_comment(page, "Once is enough.")
    # What a browser sends that is told to load the answer of a form again.
    again = page.context.request.post(
        posted.value.url,
        data=posted.value.post_data,
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": posted.value.headers["origin"],
        },
    )
    assert again.ok
    page.goto(again.url)
    steps.expect_to_stand_at(page, mine)
    expect(page.locator("article.comment", has_text="Once is enough.")).to_have_count(1)


def test_what_cannot_be_posted_is_said_and_the_text_stays(open_page, edition):
    page = open_page(javascript=False, by=edition.ada)
    page.watch.expected_statuses.add(422)
    page.goto(f"/comments/{edition.first.pk}/reply/")
    form = steps.composer(page, edition.first)
    steps.send(form)
    expect(form.get_by_role("alert")).to_contain_text("There is nothing to post yet")
    too_long = "word " * 2000 + "end"
    form.get_by_label("Your comment").fill(too_long)
    steps.send(form)
    expect(form.get_by_role("alert")).to_contain_text("Shorten it by 3")
    expect(form.get_by_label("Your comment")).to_have_value(too_long)
