"""Time decides when a page is read: the second before and the second after, with a warm cache."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone

from accounts.statements import Statement
from articles import corrections, publishing, updates
from articles.models import Article, Revision
from comments import posting

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
BODY = [{"type": "paragraph", "text": "It rains cats."}]
LATER = [{"type": "paragraph", "text": "It rains dogs."}]


class Clock:
    """What time it is; ``set`` turns it."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now

    def set(self, moment):
        self.now = moment


@pytest.fixture
def clock(monkeypatch):
    clock = Clock(NOON - timedelta(days=1))
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def rain(clock, politics):
    """Published a day ago."""
    clock.set(NOON - timedelta(days=1))
    article = publishing.create_article(
        section=politics, title="Rain", blocks=BODY, status="published"
    )
    posting_day = NOON - timedelta(hours=2)
    clock.set(posting_day)
    return article


PAGES = (
    "/", "/latest/", "/sections/politics/", "/feed.rss", "/sections/politics/feed.json",
    "/news-sitemap.xml",
)  # fmt: skip


def shows(address, words, client=None):
    """Whether a page has ``words``, read by somebody whose cache is warm."""
    answer = (client or Client()).get(address)
    return answer.status_code == 200 and words in answer.content.decode()


def around(clock, moment, look):
    """What ``look()`` finds the second before ``moment``, and at it."""
    clock.set(moment - SECOND)
    before = look()
    # Asked twice: the second time the page is kept.
    assert look() == before
    clock.set(moment)
    return before, look()


@pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
def test_what_is_published_at_a_moment(clock, politics, address):
    publishing.create_article(
        section=politics, title="Sun", blocks=BODY, status="published",
        published_at=clock() - timedelta(days=3),
    )  # fmt: skip
    publishing.create_article(
        section=politics, title="Rain", blocks=BODY, status="published", published_at=NOON
    )
    assert around(clock, NOON, lambda: shows(address, "Rain")) == (False, True)


@pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
def test_what_is_withdrawn_at_a_moment(clock, rain, address):
    publishing.update_article(article=rain, withdraw_at=NOON)
    assert around(clock, NOON, lambda: shows(address, "Rain")) == (True, False)


@pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
def test_an_embargo_holds_what_was_to_be_published_before(clock, politics, address):
    publishing.create_article(
        section=politics, title="Rain", blocks=BODY, status="published",
        published_at=NOON - timedelta(hours=3), embargo_until=NOON,
    )  # fmt: skip
    assert around(clock, NOON, lambda: shows(address, "Rain")) == (False, True)


@pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
def test_a_scheduled_update(clock, rain, address):
    updates.schedule_update(
        article=rain, takes_effect_at=NOON, title="Rain, with dogs", lead="Woof."
    )
    # Crawlers are told titles alone.
    words = ["Rain, with dogs"] + ["Woof."] * ("sitemap" not in address)
    found = around(clock, NOON, lambda: [shows(address, each) for each in words])
    assert found == ([False] * len(words), [True] * len(words))


def test_comments_go_and_come_with_their_page(clock, rain, reader):
    comment = posting.post_comment(by=reader, discussion=rain.discussion, text="So it does.")
    publishing.update_article(article=rain, withdraw_at=NOON)
    for address in (
        f"/comments/{comment.pk}/", f"/comments/{comment.pk}/thread/",
        f"/comments/{comment.pk}/text/", f"/discussions/{rain.discussion_id}/feed.atom",
        reader.get_absolute_url(), f"{reader.get_absolute_url()}feed.json",
    ):  # fmt: skip
        clock.set(NOON - timedelta(hours=1))
        if Client().get(address).status_code == 404:
            pytest.fail(f"there is no {address}")
        found = around(clock, NOON, lambda address=address: shows(address, "So it does."))
        assert found == (True, False), address
    clock.set(NOON)
    with pytest.raises(posting.RefusedError):
        posting.post_comment(by=reader, discussion=rain.discussion, text="And now?")


def test_counts_follow(clock, rain, reader, politics):
    posting.post_comment(by=reader, discussion=rain.discussion, text="So it does.")
    publishing.update_article(article=rain, withdraw_at=NOON)
    page = reader.get_absolute_url()
    assert around(clock, NOON, lambda: shows(page, "1 comment")) == (True, False)
    # The list of what is most discussed has it no more.
    assert around(clock, NOON, lambda: shows("/", "Most discussed")) == (True, False)


@pytest.mark.parametrize(
    "address",
    ["/sitemap.xml", "/sitemap-articles-1.xml", "/corrections/", "/corrections/feed.atom",
     "/articles/rain/card.png"],
)  # fmt: skip
def test_what_hangs_on_an_article_goes_with_it(clock, rain, address):
    """Crawlers' files, corrections and cards: gone at the moment, and no cache has them longer."""
    corrections.publish_correction(article=rain, kind="update", text="It rains frogs.")
    publishing.update_article(article=rain, withdraw_at=NOON)

    def tells():
        answer = Client().get(address)
        if answer.status_code != 200:
            return False
        told = answer.content
        return any(each in told for each in (b"/rain/", b"articles-1", b"frogs", b"PNG"))

    assert around(clock, NOON, tells) == (True, False)
    clock.set(NOON - timedelta(seconds=4))
    assert "s-maxage=4, stale-while-revalidate=0" in Client().get(address)["Cache-Control"]


class TestSearch:
    def found(self, words):
        return f">{words}</mark>" in Client().get("/search/", {"q": words}).content.decode()

    def test_what_comes_and_goes_is_found_to_the_second(self, clock, politics, reader):
        article = publishing.create_article(
            section=politics, title="Lanterns", blocks=BODY, status="published",
            published_at=NOON, withdraw_at=NOON + timedelta(hours=1),
        )  # fmt: skip
        assert around(clock, NOON, lambda: self.found("Lanterns")) == (False, True)
        posting.post_comment(by=reader, discussion=article.discussion, text="Ledgers, I say.")
        for words in ("Lanterns", "Ledgers"):
            ends = article.withdraw_at
            assert around(clock, ends, lambda words=words: self.found(words)) == (True, False)

    def test_a_later_text_is_found_from_its_moment_on(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Glaciers")
        assert around(clock, NOON, lambda: self.found("Glaciers")) == (False, True)


class TestUpdates:
    def test_the_first_reader_settles_it(self, clock, rain):
        updates.schedule_update(
            article=rain, takes_effect_at=NOON, title="Rain, with dogs", blocks=LATER, why="Dogs"
        )
        clock.set(NOON + timedelta(minutes=5))
        assert shows("/articles/rain/", "It rains dogs.")
        rain = Article.objects.select_related("discussion").get()
        assert (rain.title, rain.blocks, rain.updated_at) == ("Rain, with dogs", LATER, NOON)
        assert rain.discussion.title == "Rain, with dogs"
        assert not hasattr(rain, "scheduled")
        kept = Revision.objects.order_by("number").values_list("number", "title", "why", "at")
        assert list(kept) == [
            (1, "Rain", "", rain.published_at),
            (2, "Rain, with dogs", "Dogs", NOON),
        ]

    def test_nothing_has_to_be_written_for_it_to_be_seen(self, clock, rain, monkeypatch):
        updates.schedule_update(article=rain, takes_effect_at=NOON, blocks=LATER)
        clock.set(NOON)

        def read_only(execute, sql, *args):
            if sql.startswith(("UPDATE", "INSERT", "DELETE")):
                raise OperationalError("attempt to write a readonly database")
            return execute(sql, *args)

        with connection.execute_wrapper(read_only):
            assert shows("/articles/rain/", "It rains dogs.")
        assert Article.objects.get().blocks == BODY

    def test_what_is_no_longer_published_keeps_its_words(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Snow", blocks=LATER)
        publishing.withdraw_article(article=rain)
        publishing.update_article(article=rain, status="draft", title="Hail")
        clock.set(NOON)
        publishing.publish_article(article=rain)
        assert (Article.objects.get().title, Article.objects.get().blocks) == ("Hail", BODY)

    def test_another_one_follows_what_readers_see(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, blocks=LATER)
        clock.set(NOON + SECOND)
        updates.schedule_update(article=rain, takes_effect_at=NOON + 2 * SECOND, title="Hail")
        assert shows("/articles/rain/", "It rains dogs.")
        clock.set(NOON + 2 * SECOND)
        assert shows("/articles/rain/", "It rains dogs.")
        assert shows("/", "Hail")

    def test_what_is_mended_meanwhile_stays_mended(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Hail")
        publishing.update_article(article=rain, blocks=LATER)
        clock.set(NOON)
        for address in ("/articles/rain/", "/latest/"):
            assert shows(address, "It rains dogs."), address
            assert shows(address, "Hail"), address

    def test_who_changes_it_sees_what_readers_see(self, clock, rain, sign_in, make_person):
        desk = sign_in(make_person(role="editor"))
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Hail")
        form = f"/admin/articles/article/{rain.pk}/change/"
        before = desk.get(form).content.decode()
        clock.set(NOON)
        sent = {
            "title": "Rain", "section": rain.section_id, "body": "It rains cats.", "lead": "",
            "credits": "", "status": "published", "slug": "rain", "seen_version": rain.version + 1,
            "bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0",
        }  # fmt: skip
        assert f'name="seen_version" value="{rain.version + 1}"' in before
        answer = desk.post(form, sent)
        assert "Somebody else has changed this article" in answer.content.decode()
        assert 'value="Hail"' in desk.get(form).content.decode()
        assert Article.objects.get().title == "Hail"

    def test_a_change_after_its_moment_is_made_to_the_new_words(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, blocks=LATER)
        clock.set(NOON + SECOND)
        publishing.update_article(article=rain, lead="Everywhere.")
        assert (rain.blocks, rain.lead) == (LATER, "Everywhere.")
        assert Revision.objects.count() == 3

    def test_it_can_be_taken_back_until_then(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, blocks=LATER)
        assert updates.drop_update(article=rain)
        assert not updates.drop_update(article=rain)
        clock.set(NOON)
        assert shows("/articles/rain/", "It rains cats.")
        updates.schedule_update(article=rain, takes_effect_at=NOON + SECOND, blocks=LATER)
        clock.set(NOON + SECOND)
        assert not updates.drop_update(article=rain)

    def test_only_what_is_published_and_only_later(self, clock, rain, politics):
        with pytest.raises(publishing.ArticleError, match="still to come"):
            updates.schedule_update(article=rain, takes_effect_at=clock(), blocks=LATER)
        draft = publishing.create_article(section=politics, title="Draft", blocks=BODY)
        with pytest.raises(publishing.ArticleError, match="Only what is published"):
            updates.schedule_update(article=draft, takes_effect_at=NOON, blocks=LATER)
        for moment in (NOON.replace(year=9999), NOON):
            with pytest.raises(publishing.ArticleError):
                updates.schedule_update(article=rain, takes_effect_at=moment, title=" ")
        with pytest.raises(publishing.ArticleError, match="says that already"):
            updates.schedule_update(article=rain, takes_effect_at=NOON, title="Rain")
        publishing.update_article(article=rain, withdraw_at=NOON)
        with pytest.raises(publishing.ArticleError, match="withdrawn by then"):
            updates.schedule_update(article=rain, takes_effect_at=NOON, title="Hail")
        with pytest.raises(publishing.ArticleError):
            updates.schedule_update(article=rain, takes_effect_at=NOON, blocks=[{"type": "x"}])
        with pytest.raises(TypeError):
            updates.schedule_update(article=rain, takes_effect_at=NOON, slug="x")
        assert not hasattr(Article.objects.get(pk=rain.pk), "scheduled")


class TestShared:
    """What caches before the portal are told."""

    @pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
    @pytest.mark.parametrize(
        ("left", "told"),
        [
            (3_600 * 20, (15, 60, 3_600)),
            (40, (15, 25, 25)),
            (15, (15, 0, 0)),
            (4, (4, 0, 0)),
            (0.5, (0, 0, 0)),
        ],
    )
    def test_none_hands_out_a_page_over_its_next_change(self, clock, rain, address, left, told):
        publishing.update_article(article=rain, withdraw_at=NOON)
        clock.set(NOON - timedelta(seconds=left))
        answer = Client().get(address)
        numbers = re.findall(r"s-maxage=(\d+), stale-while-revalidate=(\d+), stale-if-error=(\d+)",
                             answer["Cache-Control"])  # fmt: skip
        assert tuple(map(int, numbers[0])) == told

    @pytest.mark.parametrize("address", [*PAGES, "/articles/rain/"])
    def test_none_is_given_what_was_read_before_a_moment(self, clock, rain, address, monkeypatch):
        publishing.update_article(article=rain, withdraw_at=NOON)
        clock.set(NOON - timedelta(milliseconds=5))
        read = Statement.__call__

        def slowly(statement, *shape, **values):
            found = read(statement, *shape, **values)
            clock.set(NOON + timedelta(milliseconds=5))
            return found

        monkeypatch.setattr(Statement, "__call__", slowly)
        answer = Client().get(address)
        if answer.status_code == 200:
            assert "s-maxage=0, stale-while-revalidate=0" in answer["Cache-Control"]

    def test_another_article_changes_the_lists_and_what_is_beside(self, clock, rain, politics):
        publishing.create_article(
            section=politics, title="Sun", blocks=BODY, status="published", published_at=NOON
        )
        clock.set(NOON - timedelta(seconds=5))
        for address in (*PAGES, "/articles/rain/"):
            assert "s-maxage=5," in Client().get(address)["Cache-Control"], address

    def test_an_update_changes_the_lists_too(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Hail")
        clock.set(NOON - timedelta(seconds=5))
        for address in (*PAGES, "/articles/rain/"):
            assert "s-maxage=5," in Client().get(address)["Cache-Control"], address

    def test_a_kept_page_is_another_one_after_it(self, clock, rain):
        updates.schedule_update(article=rain, takes_effect_at=NOON, title="Hail")
        clock.set(NOON - SECOND)
        etag = Client().get("/latest/")["ETag"]
        again = {"HTTP_IF_NONE_MATCH": etag}
        assert Client().get("/latest/", **again).status_code == 304
        clock.set(NOON)
        assert Client().get("/latest/", **again).status_code == 200


def test_an_embargo_ends_when_it_is_taken_away(clock, rain):
    published = rain.published_at
    publishing.update_article(article=rain, embargo_until=NOON)
    assert rain.published_at == NOON
    assert not shows("/articles/rain/", "It rains cats.")
    publishing.update_article(article=rain, embargo_until=NOON - timedelta(hours=1))
    assert rain.published_at == NOON - timedelta(hours=1)
    publishing.update_article(article=rain, embargo_until=None)
    assert rain.published_at == published
    assert shows("/articles/rain/", "It rains cats.")


def test_what_nobody_has_read_is_not_updated(clock, politics):
    """An article written, mended and published within a second is news, and no news of news."""
    article = publishing.create_article(section=politics, title="Rain", blocks=BODY)
    clock.set(NOON)
    publishing.update_article(article=article, lead="Wet.", status="published")
    assert not shows("/articles/rain/", "updated")
    clock.set(NOON + timedelta(days=1))
    publishing.update_article(article=article, lead="Wet again.")
    assert shows("/articles/rain/", "updated")


def test_it_is_not_withdrawn_before_it_is_published(clock, politics):
    with pytest.raises(publishing.ArticleError, match="before anybody can read it"):
        publishing.create_article(
            section=politics, title="Rain", blocks=BODY, status="published", withdraw_at=clock()
        )
    assert not Article.objects.exists()


def test_what_is_published_again_stays(clock, rain):
    publishing.update_article(article=rain, withdraw_at=NOON)
    clock.set(NOON + SECOND)
    publishing.withdraw_article(article=rain)
    publishing.publish_article(article=rain)
    assert rain.withdraw_at is None
    assert shows("/articles/rain/", "It rains cats.")
