"""Writing a page and reading it back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.importer.layout import LayoutError, write_page
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.importer.records import (
    InsetQuote,
    Page,
    PageComment,
    PageError,
    Paragraph,
    Quotation,
    Text,
    export_page,
)
from tests.articles.generated_pages import TEXTS, WILD_PAGES, WRITABLE_PAGES
from tests.seed import SEED, needs_seed

# The same examples at every run, on a slow machine as on a fast one.
thoroughly = settings(
    max_examples=300,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
NOON = datetime.fromisoformat("2022-01-08T12:05")
ARTICLE = (Paragraph("Words."),)


def comment(*blocks: Text | Quotation, handle: str = "ann", **more) -> PageComment:
    return PageComment(handle, None, NOON, blocks, **more)


def page_of(*comments: PageComment) -> Page:
    return Page("Title", ARTICLE, (), comments)


@needs_seed
def test_the_real_page_is_written_as_it_was_saved():
    source = SEED.read_text(encoding="utf-8")
    assert write_page(parse(source)) == source + "\n"


def test_what_a_written_page_looks_like():
    answer = comment(
        Quotation("ann", "x", (Quotation("bob", "y\nz"),)), Text("a\n\nb"), handle="bob"
    )
    page = Page(
        "Title",
        (InsetQuote("Words.", "says Ann."), Paragraph("More.")),
        ("Ann", "https://example.org"),
        (replace(comment(children=(answer,)), real_name="Ann A."), comment(Text("c"))),
    )
    assert write_page(page) == (
        "Title\n\nWords.\n\n- says Ann.\n\nMore.\n"
        "  • Used photos: Ann, https://example.org\n"
        f"{DEFAULT_NOTICE}\n"
        "  1. ann Offline ann\n    ann (Ann A.) 8 January 2022 12: 05\n"
        "    1. bob Offline bob\n      bob 8 January 2022 12: 05\n"
        "      Quote: ann\n      Quote: bob\n      y\n      z\n\n      x\n\n      a\n\n      b\n"
        "  2. ann Offline ann\n    ann 8 January 2022 12: 05\n    c\n"
    )


@thoroughly
@given(WRITABLE_PAGES)
def test_ordinary_words_under_any_name_come_back(page):
    text = write_page(page)
    assert parse(text) == page
    assert parse(text.encode("utf-16")) == page
    assert parse(text.replace("\n", " \r\n").encode("utf-8-sig")) == page
    assert write_page(parse(text)) == text


@thoroughly
@given(WILD_PAGES)
def test_any_page_comes_back_or_is_refused(page):
    try:
        text = write_page(page)
    except LayoutError:
        return
    assert parse(text) == page


@thoroughly
@given(st.lists(TEXTS, min_size=1, max_size=4), st.lists(TEXTS, min_size=1, max_size=4))
def test_whatever_was_read_can_be_written(article, words):
    """Text from anybody, put where a page has text: once it is read it survives export, import."""
    comments = "\n".join(
        f"  {at}. ann Offline ann\n    ann 8 January 2022 12: 05\n"
        + "\n".join(f"    {line}" for line in text.split("\n"))
        for at, text in enumerate(words, start=1)
    )
    source = "Title\n\n" + "\n\n".join(article) + f"\n\n{DEFAULT_NOTICE}\n{comments}\n"
    try:
        page = parse(source)
    except PageError:
        return
    again = parse(write_page(page))
    assert again == page
    first, second = (
        export_page(each, slug="t", section="s", published_at=NOON.replace(tzinfo=UTC), zone=UTC)
        for each in (page, again)
    )
    assert first == second


@pytest.mark.parametrize("depth", [1, 400, 2_000])
def test_deep_pages_are_written(depth):
    chain: tuple[PageComment, ...] = ()
    quotation = Quotation("a", "x")
    for _ in range(depth):
        chain = (comment(Text("x"), children=chain),)
        quotation = Quotation("a", "x", (quotation,))
    page = page_of(comment(quotation, Text("y")), *chain)
    assert parse(write_page(page)) == page


def test_another_notice():
    page = page_of(comment(Text(DEFAULT_NOTICE)))
    text = write_page(page, notice="Sign in.")
    assert "\nSign in.\n" in text
    assert parse(text, notice="Sign in.") == page


WRITABLE = [
    "Quote:",
    "1. foo\n2. bar",
    "1. a Offline a\nnot deeper",
    DEFAULT_NOTICE,
    "- a",
    "# a\n<b>",
    "a\n\n\n  b",
    "• Used photos: a",
]


@pytest.mark.parametrize("text", WRITABLE)
def test_comments_that_can_be_written(text):
    page = page_of(comment(Text(text)), comment(Text("end")))
    assert parse(write_page(page)) == page


UNWRITABLE = [
    "Quote: x",
    "a\nQuote: x\nb",
    "1. a Offline a\n  8 January 2022 10: 28",
    "1. a Offline a\n  a 8 January 2022 10: 28",
    "1. a\n  a 8 January 2022 10: 28",
    "",
    "\na",
    "a\n",
    "  a",
    "a ",
    "a \nb",
    "a\r\nb",
    "a\rb",
    "a\0b",
]


@pytest.mark.parametrize("text", UNWRITABLE)
def test_comments_that_cannot_be_written(text):
    page = page_of(comment(Text("x")), comment(Text(text), handle="bob"), comment(Text("end")))
    with pytest.raises(LayoutError) as caught:
        write_page(page)
    assert caught.value.where == "comment 2 by “bob”"


@pytest.mark.parametrize("text", ["x\n1. a Offline a", "1. a Offline a"])
@pytest.mark.parametrize("before", [0, 9, 99])
def test_a_marker_can_be_the_last_line_of_a_page(text, before):
    page = page_of(*[comment(Text(text))] * before, comment(Text(text)))
    assert parse(write_page(page)) == page


@pytest.mark.parametrize("text", [DEFAULT_NOTICE, f"a\n  b\n{DEFAULT_NOTICE}\nc"])
def test_the_notice_can_stand_in_an_article(text):
    page = Page("Title", (InsetQuote(text, text), Paragraph(text)))
    assert parse(write_page(page)) == page


UNWRITABLE_PAGES = [
    (Page(DEFAULT_NOTICE, ARTICLE), "the title"),
    (Page("\ufeffTitle", ARTICLE), "the title"),
    (Page("Title"), "the title"),
    (Page("", ARTICLE), "the title"),
    (Page(" Title", ARTICLE), "the title"),
    (Page("Title\nmore", ARTICLE), "the title"),
    (Page("Title", (Paragraph("a\n\nb"),)), "paragraph 1"),
    (Page("Title", (Paragraph("a"), Paragraph("- b"))), "paragraph 1"),
    (Page("Title", (Paragraph("a"), Paragraph("• Used photos: x"))), "paragraph 2"),
    (Page("Title", (Paragraph("a"), Paragraph(" b"))), "paragraph 2"),
    (
        Page("Title", (Paragraph("a"), Paragraph("1. a Offline a\n  a 8 May 2022 1: 00"))),
        "paragraph 2",
    ),
    (Page("Title", (InsetQuote("- a", "b"),)), "paragraph 1"),
    (Page("Title", (InsetQuote("a", " b"),)), "paragraph 1"),
    (Page("Title", (InsetQuote("a", ""),)), "paragraph 1"),
    (Page("Title", ARTICLE, ("a, b",)), "the photo credits"),
    (Page("Title", ARTICLE, ("",)), "the photo credits"),
    (page_of(comment(handle="")), "comment 1 by “”"),
    (page_of(comment(handle=" a")), "comment 1 by “ a”"),
    (page_of(comment(handle="a\nb")), "comment 1 by “a\nb”"),
    (page_of(replace(comment(), real_name="")), "comment 1 by “ann”"),
    (page_of(replace(comment(), real_name=" a")), "comment 1 by “ann”"),
    (page_of(replace(comment(), posted_at=NOON.replace(second=1))), "comment 1 by “ann”"),
    (page_of(replace(comment(), posted_at=NOON.replace(tzinfo=UTC))), "comment 1 by “ann”"),
    (page_of(comment(Text("a"), Text("b"))), "comment 1 by “ann”"),
    (page_of(comment(Quotation("b", ""), Text("b"))), "comment 1 by “ann”"),
    (page_of(comment(Quotation("b", "a\n\nb"))), "comment 1 by “ann”"),
    (page_of(comment(Quotation("", "a"))), "comment 1 by “ann”"),
]


@pytest.mark.parametrize(("unwritable", "where"), UNWRITABLE_PAGES)
def test_pages_that_cannot_be_written(unwritable, where):
    with pytest.raises(LayoutError) as caught:
        write_page(unwritable)
    assert caught.value.where == where
