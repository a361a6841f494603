"""Writing articles: what is made, what follows, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from articles import publishing, sections
from articles.models import Article, Section

BODY = [{"type": "paragraph", "text": "It rained all day."}]


def test_an_article_comes_with_its_page_its_summary_and_its_discussion(politics, editor):
    article = publishing.create_article(
        by=editor, section=politics, title="Rain", blocks=BODY, authors=[editor]
    )
    assert article.get_absolute_url() == "/articles/rain/"
    assert article.html == "<p>It rained all day.</p>\n"
    assert article.summary == "It rained all day."
    assert (article.discussion.title, article.discussion.url) == ("Rain", "/articles/rain/")
    assert article.discussion.is_open
    assert not article.discussion.is_readable()
    assert [line.person for line in article.bylines.all()] == [editor]


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Rain, again: “it pours”", "rain-again-it-pours"),
        ("Лукашенко в Минске", "lukashenko-v-minske"),
        ("北京", "beijing"),
        ("The town's café", "the-towns-cafe"),
        ("…", "article"),
        ("💧", "droplet"),
        ("a" * 300, "a" * 112),
        ("word " * 60, "-".join(["word"] * 22)),
    ],
)
def test_slugs_are_spelled_in_latin_letters_and_never_empty(title, slug):
    assert publishing.slug_of(title) == slug


def test_articles_of_one_title_are_numbered(politics):
    titles = ["Rain", "Rain", "Rain 2", "Rain", "r" * 300, "r" * 300]
    made = [
        publishing.create_article(section=politics, title=title, blocks=BODY) for title in titles
    ]
    slugs = [article.slug for article in made]
    assert slugs == ["rain", "rain-2", "rain-2-2", "rain-3", "r" * 112, "r" * 112 + "-2"]


def test_a_slug_that_somebody_has_is_refused(politics, make_article):
    make_article("Rain")
    with pytest.raises(publishing.ArticleError, match="rain"):
        make_article("Another", slug="rain")
    other = make_article("Sun")
    with pytest.raises(publishing.ArticleError, match="rain"):
        publishing.update_article(article=other, slug="rain")
    assert Article.objects.get(pk=other.pk).slug == "sun"


def test_changes_are_taken_over_and_versioned(make_article, reader, editor):
    article = make_article("Rain", hours_ago=5)
    stale = Article.objects.get(pk=article.pk)
    assert publishing.update_article(article=article, title="Sun", slug="sun", lead="Bright.")
    assert (article.version, article.summary) == (2, "Bright.")
    article.discussion.refresh_from_db()
    assert (article.discussion.title, article.discussion.url) == ("Sun", "/articles/sun/")
    assert not publishing.update_article(article=stale, title="Sun")
    assert (stale.version, stale.slug) == (2, "sun")
    assert publishing.update_article(article=article, authors=[reader, editor, reader])
    assert not publishing.update_article(article=article, authors=[reader, editor])
    assert article.version == 3
    assert publishing.update_article(article=article, authors=[editor, reader])
    assert [line.person for line in article.bylines.all()] == [editor, reader]


def test_only_new_words_make_an_article_updated(make_article):
    article = make_article(hours_ago=5)
    published = article.published_at
    assert article.updated_at == published
    publishing.withdraw_article(article=article)
    assert article.updated_at == published
    publishing.update_article(article=article, lead="More.")
    assert article.updated_at > published


def test_publishing_and_withdrawing_open_and_shut_the_page(politics, editor):
    article = publishing.create_article(section=politics, title="Rain", blocks=BODY)
    assert publishing.publish_article(by=editor, article=article)
    assert timezone.now() - article.published_at < timedelta(minutes=1)
    assert article.discussion.is_readable()
    assert not publishing.publish_article(by=editor, article=article)
    assert publishing.withdraw_article(by=editor, article=article)
    article.discussion.refresh_from_db()
    assert not article.discussion.is_readable()
    before = article.published_at
    publishing.publish_article(article=article)
    assert article.published_at == before
    moment = datetime(2031, 1, 1, tzinfo=UTC)
    publishing.publish_article(article=article, published_at=moment)
    assert article.published_at == moment
    assert not Article.objects.published().exists()


@pytest.mark.parametrize("role", ["reader", "moderator"])
def test_only_editors_write(make_person, politics, make_article, role):
    by = make_person(role=role)
    article = make_article()
    for write in (
        lambda: publishing.create_article(by=by, section=politics, title="A", blocks=BODY),
        lambda: publishing.update_article(by=by, article=article, title="B"),
        lambda: publishing.publish_article(by=by, article=article),
        lambda: publishing.withdraw_article(by=by, article=article),
    ):
        with pytest.raises(PermissionDenied):
            write()


def test_what_is_no_article_is_refused(politics, make_article):
    with pytest.raises(publishing.ArticleError, match="title"):
        publishing.create_article(section=politics, title="  ", blocks=BODY)
    with pytest.raises(publishing.ArticleError, match="Block 1"):
        publishing.create_article(section=politics, title="A", blocks=[{"type": "video"}])
    with pytest.raises(TypeError):
        publishing.update_article(article=make_article(), html="<b>")


@pytest.mark.parametrize("year", [1, 1899, 9999])
def test_people_date_articles_to_years_that_every_zone_has(politics, make_article, editor, year):
    moment = datetime(year, 6, 1, tzinfo=UTC)
    article = make_article()
    with pytest.raises(publishing.ArticleError, match="1900 to 9998"):
        publishing.create_article(
            by=editor, section=politics, title="A", blocks=BODY, published_at=moment
        )
    with pytest.raises(publishing.ArticleError, match="1900 to 9998"):
        publishing.publish_article(by=editor, article=article, published_at=moment)
    # An imported page has the date it has, and editors change the rest.
    publishing.update_article(article=article, published_at=moment)
    assert publishing.update_article(by=editor, article=article, title="B", published_at=moment)


def test_sections_are_found_whatever_their_capitals(politics):
    assert sections.open_section("politics") == politics
    assert sections.open_section("  Politics ") == politics
    twin = sections.open_section("Politics!")
    assert twin.slug == "politics-2"
    for name in ("", " ", "x" * 61):
        with pytest.raises(publishing.ArticleError):
            sections.open_section(name)
    assert Section.objects.count() == 2
