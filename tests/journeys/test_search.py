"""From a word to an article and to a comment, with and without JavaScript; axe on the way."""

import re

import pytest
from playwright.sync_api import expect

from articles import publishing, sections
from tests.journeys import edition as editions
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _russian_article(edition):
    publishing.create_article(
        section=sections.open_section("Science"),
        title="Чайник на луне всё ещё тёплый",
        blocks=[{"type": "paragraph", "text": "Чайники остывают, но не этот kettle."}],
        status="published",
    )


def search_for(page, words):
    page.get_by_label("Words to look for").fill(words)
    page.get_by_role("search").get_by_role("button", name="Search").click()


@pytest.mark.parametrize("javascript", [True, False], ids=["javascript", "plain"])
def test_from_a_word_to_the_article_and_to_a_comment(open_page, edition, javascript):
    page = open_page(javascript=javascript)
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Search").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Search")
    search_for(page, "kettles")
    results = page.get_by_role("region", name="2 articles")
    expect(results.locator("h3").first).to_have_text(editions.TITLE)
    expect(results.locator("h3 mark")).to_have_text(["Kettle"])
    results.get_by_role("link", name=editions.TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)

    page.get_by_role("banner").get_by_role("link", name="Search").click()
    page.get_by_role("radio", name="Comments").check()
    search_for(page, "replies")
    found = page.locator(".result", has_text="One reply to it.")
    expect(found.locator("mark")).to_have_text("reply")
    found.get_by_role("link", name=re.compile("Comment 1.1")).click()
    expect(page.locator("article.is-target")).to_contain_text("One reply to it.")


def test_a_slip_is_forgiven_and_what_is_hidden_is_not_found(page, edition):
    page.goto("/search/")
    search_for(page, "ketlte")
    expect(page.locator(".notice")).to_contain_text("Did you mean kettle?")
    page.get_by_role("link", name="kettle", exact=True).click()
    expect(page.get_by_label("Words to look for")).to_have_value("kettle")
    page.get_by_role("main").get_by_role("link", name=editions.TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)
    page.goto("/search/")
    search_for(page, "чайниками")
    expect(page.locator(".result h3")).to_have_text("Чайник на луне всё ещё тёплый")
    search_for(page, '"nobody should read"')
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()


def test_narrowing_it_down(page, edition):
    page.goto("/search/?q=kettle")
    page.get_by_text("Narrow it down").click()
    page.get_by_label("Section", exact=True).select_option("Sport")
    search_for(page, "kettle")
    expect(page.get_by_role("heading", name="Nothing was found")).to_be_visible()
    expect(page.get_by_label("Section", exact=True)).to_have_value("sport")
    page.get_by_label("Section", exact=True).select_option("Science")
    search_for(page, "kettle")
    page.get_by_role("main").get_by_role("link", name=editions.TITLE, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)
    page.go_back()
    page.get_by_label("Section", exact=True).select_option("All sections")
    page.get_by_label("Written by").fill("Ada K. Boyle")
    search_for(page, "kettle")
    expect(page.locator(".results").first.locator("h3")).to_have_text([editions.TITLE])


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(open_page, edition, phone, dark):
    page = open_page(phone=phone, dark=dark)
    found = []
    for path in (
        "/search/",
        "/search/?q=kettle&section=science",
        "/search/?q=reply&kind=comments",
        "/search/?q=ketlte",
        "/search/?q=xyzzy&from=2026-02-30",
    ):
        page.goto(path)
        expect(page.get_by_role("main")).to_be_visible()
        found += violations(page, path, dark=dark)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= page.viewport_size["width"], path
    assert found == []
