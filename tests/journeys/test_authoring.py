"""Authors change and withdraw what they said; readers see what changed; moderators hide versions.

With JavaScript and without: the same forms, the same links.
"""

import pytest
from playwright.sync_api import expect

from comments import posting, revisions
from comments.models import Comment
from tests.journeys import steps
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def edit(edition, text, *, revision):
    return posting.edit_comment(
        by=edition.ada, comment=edition.first, text=text, seen_revision=revision
    )


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_change_is_seen_by_everybody(open_page, edition, javascript):
    mine = open_page(by=edition.ada, javascript=javascript)
    mine.goto(f"{edition.url}#c{edition.first.pk}")
    steps.comment_article(mine, edition.first).get_by_role("link", name="Edit").click()
    expect(mine.get_by_text("You can change this until")).to_be_visible()
    mine.get_by_label("Your comment").fill("The *first* comment, with a better end.")
    mine.get_by_role("button", name="Save").click()
    theirs = open_page(phone=True, javascript=javascript)
    theirs.goto(edition.url)
    steps.comment_article(theirs, edition.first).get_by_role("link", name="edited").click()
    newest = theirs.get_by_role("article", name="Version 2, the current one")
    expect(newest.locator("ins")).to_contain_text("better end")
    expect(newest.locator("del").last).to_contain_text("https://example.org/")
    expect(theirs.get_by_role("article", name="Version 1")).to_contain_text("[a link]")
    theirs.get_by_role("link", name="The comment in its place").click()
    expect(steps.comment_article(theirs, edition.first)).to_contain_text("with a better end.")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_withdrawn_comment_says_why(open_page, edition, javascript):
    page = open_page(by=edition.ada, javascript=javascript)
    page.goto(edition.url)
    steps.comment_article(page, edition.first).get_by_role("link", name="Withdraw").click()
    page.get_by_label("Why you withdraw it").fill("I was wrong about the kettle.")
    page.get_by_role("button", name="Withdraw the comment").click()
    expect(steps.comment_article(page, edition.first)).to_have_text(
        "1 Withdrawn by its author: I was wrong about the kettle."
    )
    expect(steps.comment_article(page, edition.quoting)).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_moderator_hides_a_version(open_page, edition, javascript):
    edit(edition, "Rude words.", revision=1)
    edit(edition, "Polite words.", revision=2)
    page = open_page(by=edition.moderator, javascript=javascript)
    page.goto(f"/comments/{edition.first.pk}/history/")
    page.get_by_role("link", name="Hide version 2").click()
    page.get_by_label("Reason").select_option("Personal attack")
    page.get_by_role("button", name="Hide version 2").click()
    version = page.get_by_role("article", name="Version 2")
    expect(version).to_contain_text("This version was hidden by a moderator: Personal attack")
    expect(version.get_by_role("link", name="Show version 2 again")).to_be_visible()
    reader = open_page(javascript=javascript)
    reader.goto(f"/comments/{edition.first.pk}/history/")
    expect(reader.get_by_text("hidden by a moderator: Personal attack")).to_be_visible()
    expect(reader.get_by_text("Rude")).to_have_count(0)
    expect(reader.get_by_text("compared with version 1")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(open_page, edition, dark):
    edit(edition, "Words that changed, with\n\na second paragraph.", revision=1)
    edit(edition, "Words that changed again, with\n\nanother paragraph.", revision=2)
    first = Comment.objects.get(pk=edition.first.pk)
    revisions.hide_version(by=edition.moderator, comment=first, number=1, reason="Off topic")
    history = f"/comments/{first.pk}/history/"
    found = []
    for person, paths in {
        None: (history,),
        edition.ada: (f"/comments/{first.pk}/edit/", f"/comments/{first.pk}/withdraw/"),
        edition.moderator: (history, f"{history}2/hide/", f"{history}1/show/"),
    }.items():
        page = open_page(phone=dark, dark=dark, by=person)
        for path in paths:
            page.goto(path)
            found += violations(page, path, dark=dark)
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= page.viewport_size["width"], path
    assert found == []
