"""An imported page as a reader sees it: everything that the saved page had."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from playwright.sync_api import expect

from articles.importer.parser import parse
from articles.importer.records import walk_comments
from articles.models import Article
from comments.models import Comment
from comments.wording import moment_text
from tests.seed import SEED, needs_seed

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

# Retells the seed in our own words, with a discussion of the same shape.
RETOLD = "nazarbayev-minsk-call.txt"
CREDITED = "the-woman-who-irons-the-snow.txt"
NUMBERS = ["1", "2", "2.1", "3", "4", "4.1", "4.1.1", "4.1.1.1", "4.1.1.1.1", "5"]


@pytest.fixture
def imported(live_server):
    """``imported(file)``: the article it became, and the page as the parser read it."""

    def load(file):
        call_command("import_pages", str(file), section="World", verbosity=0)
        return Article.objects.get(), parse(file.read_bytes())

    return load


def our_page(name):
    """A page of our own writing, whatever section's folder it lies in."""
    return next((Path(settings.BASE_DIR) / "fixtures" / "pages").rglob(name))


def squeezed(text):
    return " ".join(text.split())


def expect_whole_page(browser_page, article, saved):
    """Title, body, credits and every comment of ``saved`` stand on the article's page."""
    browser_page.goto("/")
    browser_page.get_by_role("heading", name=saved.title).first.get_by_role("link").click()
    expect(browser_page.get_by_role("heading", level=1)).to_have_text(saved.title)
    story = squeezed(browser_page.locator(".story-body").inner_text())
    for block in saved.blocks:
        assert squeezed(block.text) in story
    shown_credits = browser_page.locator(".credits")
    expect(shown_credits).to_have_count(1 if saved.photo_credits else 0)
    for credit in saved.photo_credits:
        expect(shown_credits).to_contain_text(credit)

    placed = list(walk_comments(saved.comments))
    shown = browser_page.locator("article.comment")
    expect(shown).to_have_count(len(placed))
    expect(browser_page.locator("#comment-count")).to_have_text(f"{len(placed)} comments")
    # What is far from the window has no text until it has been laid out.
    expect(browser_page.locator("#discussion.is-laid-out")).to_have_count(1)
    numbers = browser_page.locator("article.comment .where .number").all_inner_texts()
    rows = Comment.objects.order_by("tree_id", "lft")
    for each, element, number, stored in zip(placed, shown.all(), numbers, rows, strict=True):
        comment = each.comment
        assert number.removeprefix("Comment").strip() == stored.number
        text = squeezed(element.inner_text())
        expected = [comment.handle, moment_text(stored.posted_at), comment.real_name or ""]
        expected += [line for block in comment.blocks for line in block.text.split("\n")]
        assert [words for words in expected if squeezed(words) not in text] == []
        assert stored.posted_at.strftime("%Y%m%d%H%M") == comment.posted_at.strftime("%Y%m%d%H%M")
    return numbers


def expect_quotation_to_lead_back(page):
    """Clicking the quoted name leads to the page of the comment with the quoted words."""
    article = page.url
    quotation = page.locator("article.comment blockquote.quotation")
    expect(quotation).to_have_count(1)
    words = squeezed(quotation.locator("p").first.inner_text())
    quotation.locator("cite a").click()
    expect(page).to_have_url(re.compile(r"/comments/\d+/$"))
    quoted = page.locator("article.comment.is-target")
    expect(quoted).to_be_in_viewport()
    expect(quoted).to_contain_text(words)
    expect(quoted.locator("blockquote")).to_have_count(0)
    # And from there to its place under the article.
    page.get_by_role("navigation", name="This comment in the whole discussion").get_by_role(
        "link", name="Oldest"
    ).click()
    expect(page).to_have_url(re.compile(rf"^{re.escape(article)}#c\d+$"))
    quoted = page.locator("article.comment:target")
    expect(quoted).to_be_in_viewport()
    expect(quoted).to_contain_text(words)


@needs_seed
def test_the_seed_comes_out_as_it_was(page, imported):
    article, saved = imported(SEED)
    numbers = expect_whole_page(page, article, saved)
    assert [number.removeprefix("Comment").strip() for number in numbers] == NUMBERS
    quotes = page.locator("figure.quote")
    expect(quotes).to_have_count(1)
    expect(quotes.locator("blockquote")).to_have_text(
        "During the conversation, the interlocutors discussed in detail the state of affairs "
        "in Kazakhstan"
    )
    expect(quotes.locator("figcaption")).to_have_text("says the short communique.")
    assert article.photo_credits == []
    assert len(set(page.locator("a.author").all_inner_texts())) == 7
    first = page.locator("article.comment").first
    expect(first).to_contain_text("kriten")
    expect(first).to_contain_text("Vladimir")
    expect(first.locator("time")).to_have_text("8 January 2022, 10:28")
    expect_quotation_to_lead_back(page)
    page.locator("article.comment").filter(has_text="Direct question.").get_by_role(
        "link", name="yo yo"
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("yo yo")
    expect(page.get_by_text("Vasya Vasin")).to_be_visible()


def test_a_page_of_our_own_with_the_same_shape(open_page, imported):
    page = open_page(phone=True)
    article, saved = imported(our_page(RETOLD))
    numbers = expect_whole_page(page, article, saved)
    assert [number.removeprefix("Comment").strip() for number in numbers] == NUMBERS
    expect(page.locator("figure.quote")).to_have_count(1)
    expect_quotation_to_lead_back(page)


def test_a_page_with_photo_credits_shows_them(page, imported):
    article, saved = imported(our_page(CREDITED))
    assert saved.photo_credits
    expect_whole_page(page, article, saved)
