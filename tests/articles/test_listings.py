"""Lists: the right articles in the right order, in the same few queries whatever their number."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import listings, sections, stories
from articles.models import Article, Section
from comments import posting


def count_queries(read):
    with CaptureQueriesContext(connection) as queries:
        read()
    return len(queries)


@pytest.fixture
def fill(make_article, editor, make_person):
    """``fill(30)``: so many articles in three sections, each with a byline and a comment."""
    poster = make_person()

    def make(number):
        parts = [sections.open_section(name) for name in ("Politics", "Science", "Sport")]
        for at in range(number):
            article = make_article(
                section=parts[at % 3], hours_ago=at + 1, authors=[editor, poster]
            )
            posting.post_comment(by=poster, discussion=article.discussion, text="Words.")

    return make


def titles(teasers):
    return [teaser.title for teaser in teasers]


def test_the_same_queries_for_3_articles_of_a_section_and_30(fill):
    reads = {
        "front": listings.front_page,
        "latest": listings.latest_page,
        "section": lambda: listings.section_page(Section.objects.first()),
        "article": lambda: stories.article_page(Article.objects.first()),
    }
    fill(9)
    few = {name: count_queries(read) for name, read in reads.items()}
    fill(81)
    assert {name: count_queries(read) for name, read in reads.items()} == few
    assert few["front"] == 5


def test_only_what_is_published_by_now_is_listed(make_article):
    make_article("Yesterday", hours_ago=24)
    make_article("Draft", status="draft")
    make_article("Withdrawn", status="withdrawn")
    make_article("Tomorrow", hours_ago=-24)
    now = timezone.now()
    assert titles(listings.latest_page().teasers) == ["Yesterday"]
    assert listings.front_page().lead.title == "Yesterday"
    later = now + timedelta(days=2)
    assert titles(listings.latest_page(now=later).teasers) == ["Tomorrow", "Yesterday"]
    assert stories.article("tomorrow", now=later).title == "Tomorrow"
    for slug in ("draft", "withdrawn", "tomorrow", "nothing"):
        with pytest.raises(Article.DoesNotExist):
            stories.article(slug)
    assert stories.article("draft", preview=True).title == "Draft"


def test_the_front_page_leads_with_the_newest(fill):
    assert listings.front_page().lead is None
    fill(20)
    page = listings.front_page()
    newest = list(Article.objects.newest_first().values_list("title", flat=True))
    assert [page.lead.title, *titles(page.seconds), *titles(page.latest)] == newest[:13]
    assert len(page.most_discussed) == 5
    assert [strip.name for strip in page.sections] == ["Politics", "Science", "Sport"]
    assert all(len(strip.teasers) == 4 for strip in page.sections)
    top = {page.lead.title, *titles(page.seconds)}
    assert not any(top & set(titles(strip.teasers)) for strip in page.sections)


def test_most_discussed_are_ordered_by_their_comments(make_article, make_person):
    poster = make_person()
    for title, comments in (("Quiet", 0), ("Some", 1), ("Many", 3)):
        article = make_article(title)
        for _ in range(comments):
            posting.post_comment(by=poster, discussion=article.discussion, text="Words.")
    page = listings.front_page()
    assert titles(page.most_discussed) == ["Many", "Some"]
    assert [teaser.comments_label for teaser in page.most_discussed] == ["3 comments", "1 comment"]


def test_pages_of_a_list_neither_skip_nor_repeat(make_article, politics):
    moment = timezone.now() - timedelta(days=1)
    # Many at the same moment, so that the number has to part them.
    for at in range(45):
        make_article(f"A{at:02}", published_at=moment - timedelta(hours=at // 15))
    wanted = list(Article.objects.newest_first().values_list("title", flat=True))
    seen, pages, cursor = [], [], None
    while True:
        page = listings.section_page(politics, before=cursor)
        pages.append(page)
        seen += titles(page.teasers)
        if not page.next_url:
            break
        cursor = page.next_url.partition("?before=")[2]
    assert seen == wanted
    assert [len(page.teasers) for page in pages] == [20, 20, 5]
    assert pages[0].previous_url == ""
    back = listings.section_page(politics, after=pages[2].previous_url.partition("?after=")[2])
    assert titles(back.teasers) == wanted[20:40]
    first = listings.section_page(politics, after=back.previous_url.partition("?after=")[2])
    assert (titles(first.teasers), first.previous_url) == (wanted[:20], "")


def test_a_new_article_does_not_move_older_pages(make_article):
    for at in range(25):
        make_article(hours_ago=at + 1)
    cursor = listings.latest_page().next_url.partition("?before=")[2]
    before = titles(listings.latest_page(before=cursor).teasers)
    make_article(hours_ago=0)
    assert titles(listings.latest_page(before=cursor).teasers) == before


@pytest.mark.parametrize(
    "cursor", ["", "x", "2022-01-08", "2022-13-08T10:28:00Z_1", "2022-01-08T10:28:00Z_" + "9" * 30]
)
def test_a_cursor_that_was_never_given_out_is_refused(db, cursor):
    for where in ("before", "after"):
        with pytest.raises(listings.BadCursorError):
            listings.latest_page(**{where: cursor})


def test_times_are_told_in_the_zone_of_the_site(make_article, settings):
    settings.TIME_ZONE = "Asia/Kathmandu"
    make_article("Rain", published_at=datetime(2022, 1, 8, 10, 28, tzinfo=UTC))
    teaser = listings.latest_page().teasers[0]
    assert teaser.published_iso == "2022-01-08T16:13:00+05:45"
    assert teaser.published_text == "8 January 2022, 16:13"


def test_a_byline_names_everybody_in_order(make_article, make_person):
    people = [make_person("Ada", real_name="Ada L."), make_person("Ben"), make_person("Cleo")]
    make_article("Three", authors=people, hours_ago=3)
    make_article("Two", authors=people[:2], hours_ago=2)
    make_article("One", authors=people[1:2], hours_ago=1)
    found = [teaser.authors for teaser in listings.latest_page().teasers]
    assert found == ["Ben", "Ada L. and Ben", "Ada L., Ben and Cleo"]
