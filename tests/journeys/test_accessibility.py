"""axe finds nothing on the main pages, light and dark, on a desk and on a phone."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db.models import F
from playwright.sync_api import expect

from articles import counting, grouping, saved
from articles.models import Article
from comments import discussions, posting, revisions, voting
from comments.models import Visit
from tests.journeys import long_talk, steps

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

axe = Axe()
ALL_RULES = {"resultTypes": ["violations"]}
# What is dark differs from what is light by its colours, and by nothing else.
RULES_OF_COLOUR = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page, where, *, dark=False):
    """What axe objects to, a line each."""
    found = axe.run(page, options=RULES_OF_COLOUR if dark else ALL_RULES).response["violations"]
    return [
        f"{where}: {each['id']} ({each['impact']}): {each['help']}: "
        + " | ".join(node["html"][:120] for node in each["nodes"][:3])
        for each in found
    ]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(open_page, edition, phone, dark):
    page = open_page(phone=phone, dark=dark)
    page.watch.expected_statuses.add(404)
    series = grouping.open_series(title="Kettles", description="What is warm.")
    for article in Article.objects.published():
        grouping.place_in_series(article=article, series=series)
        counting.note_read(article_id=article.pk)
    found = []
    for path in (
        "/",
        edition.url,
        f"/comments/{edition.first.pk}/reply/",
        edition.ada.get_absolute_url(),
        "/accounts/login/",
        "/accounts/signup/",
        "/nowhere/",
        "/most-read/",
        "/most-read/?by=discussed&in=week",
        "/series/kettles/",
        "/offline/",
    ):
        page.goto(path)
        expect(page.get_by_role("main")).to_be_visible()
        found += violations(page, path, dark=dark)
    # The invitation that opens in place for who is not signed in.
    page.goto(edition.url)
    page.get_by_role("link", name="Reply to comment 1", exact=True).click()
    expect(page.locator(f"#form-{edition.first.pk} textarea")).to_be_focused()
    found += violations(page, "an invitation in its place", dark=dark)
    assert found == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nor_in_the_way_of_who_is_signed_in(open_page, edition, dark):
    page = open_page(dark=dark, phone=dark, by=edition.ada)
    page.watch.expected_statuses.add(422)
    saved.save_article(by=edition.ada, article_id=edition.article.pk)
    page.goto(f"{edition.url}#c{edition.first.pk}")
    form = steps.open_composer(page, edition.first)
    expect(form.get_by_label("Your comment")).to_be_focused()
    found = violations(page, "a form in its place", dark=dark)
    steps.send(form)
    expect(form.get_by_role("alert")).to_be_visible()
    found += violations(page, "a form with an error", dark=dark)
    form.get_by_label("Your comment").fill("At last.")
    steps.send(form)
    mine = steps.expect_new_comment(page, "At last.")
    found += violations(page, "a new comment", dark=dark)
    for path in (
        f"/comments/{edition.first.pk}/reply/?quote=1",
        f"/comments/{mine.pk}/edit/",
        f"/comments/{mine.pk}/withdraw/",
        "/accounts/",
        "/saved/",
        f"/articles/{edition.article.pk}/save/",
    ):
        page.goto(path)
        found += violations(page, path, dark=dark)
    assert found == []


@pytest.fixture
def talk(edition):
    """A long discussion in which somebody changed their words, some agreed, and one went."""
    talk = long_talk.publish(edition)
    for root in talk.roots[:3]:
        for person in (edition.ada, edition.ben, edition.moderator):
            if person.pk != root.author_id:
                voting.agree(by=person, comment=root)
    reply = posting.post_comment(
        by=edition.ada, discussion=talk.article.discussion, parent=talk.long, text="Frist!"
    )
    for revision, text in enumerate(("First!", "First, and @Mo Derate saw it."), 1):
        posting.edit_comment(by=edition.ada, comment=reply, text=text, seen_revision=revision)
    revisions.hide_version(by=edition.moderator, comment=reply, number=1, reason="A typo")
    gone = posting.post_comment(
        by=edition.ada, discussion=talk.article.discussion, parent=talk.roots[1], text="Oh no."
    )
    posting.withdraw_comment(by=edition.ada, comment=gone, reason="I was wrong.")
    talk.edited = reply
    return talk


def pages_of(talk):
    comment = talk.reply(60).pk
    return (
        f"{talk.url}?order=newest",
        f"/comments/{comment}/",
        f"/comments/{talk.long.pk}/thread/",
        f"/comments/{talk.long.pk}/thread/?from={comment}",
        f"/comments/{talk.edited.pk}/history/",
        f"/discussions/{talk.article.discussion_id}/new/?since=230",
        f"/discussions/{talk.article.discussion_id}/new/?since=9000",
    )


def look_at(page, path, *, dark):
    page.goto(path)
    expect(page.get_by_role("main")).to_be_visible()
    return violations(page, path, dark=dark)


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nor_in_a_long_discussion(open_page, talk, phone, dark):
    page = open_page(phone=phone, dark=dark)
    found = look_at(page, talk.url, dark=dark)
    assert page.locator("article.comment").count() == discussions.PAGE_SIZE
    if phone == dark:
        # What is small and what is dark go together well enough for the other pages.
        for path in pages_of(talk):
            found += look_at(page, path, dark=dark)
    assert found == []


@pytest.mark.parametrize(
    ("who", "dark"),
    [("reader", False), ("reader", True), ("moderator", False)],
    ids=["reader-light", "reader-dark", "moderator-light"],
)
def test_nor_in_ones_own_long_discussion(open_page, edition, talk, who, dark):
    """With votes given, comments of one's own, and what is new since the last visit."""
    person = {"reader": edition.ada, "moderator": edition.moderator}[who]
    page = open_page(dark=dark, phone=dark, by=person)
    page.goto(talk.url)
    longer_ago = F("at") - timedelta(days=1)
    assert Visit.objects.filter(person=person).update(seen=5, latest=5, at=longer_ago)
    found = look_at(page, talk.url, dark=dark)
    assert page.locator("article.comment").count() == discussions.PAGE_SIZE
    assert page.locator(".new-mark").count() > 20
    for path in (*pages_of(talk), f"/comments/{talk.reply(60).pk}/agree/"):
        found += look_at(page, path, dark=dark)
    assert found == []
