"""Feeds of articles over HTTP, read by a feed reader: what they tell, and what they must not."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import feedparser
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from articles import crediting, listings, publishing, search_page, sections, syndication, tagging
from articles.asked import read_asked
from articles.crediting import Maker
from articles.models import Article, Section, Tag
from tests.comments.test_feeds import ATOM, HERE, WILD, check_atom

FORMS = ("rss", "atom", "json")
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"


@pytest.fixture
def cleo(db):
    return crediting.create_guest(name="Cleo Guest")


@pytest.fixture
def told(make_article, reader, cleo):
    article = make_article(
        "Rain & <b>wind</b>",
        lead="It poured & poured.",
        hours_ago=30,
        authors=[reader, cleo, Maker(reader, "photo")],
        photo_credits=["Ada Lens", "https://example.org/lens"],
        blocks=[
            {"type": "paragraph", "text": "It rained <all> day."},
            {"type": "quote", "text": "I am wet", "attribution": "says the mayor."},
        ],
    )
    tagging.tag_article(article=article, names=["Water", "Politics"])
    return article


def places(reader):
    return (
        "/", "/sections/politics/", "/tags/water/", "/authors/cleo-guest/",
        f"{reader.get_absolute_url()}articles/",
    )  # fmt: skip


def atom(address):
    answer = Client().get(f"{address}feed.atom")
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    check_atom(answer.content)
    root = ET.fromstring(answer.content)
    for entry in root.iter(f"{ATOM}entry"):
        assert entry.find(f"{ATOM}id").text.startswith("tag:testserver,2026:articles/")
        assert len(entry.findall(f"{ATOM}content")) == 1
    return parsed(answer)


def rss(address):
    """The RSS at ``address``, with what the specification and its profile require."""
    answer = Client().get(f"{address}feed.rss")
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/rss+xml; charset=utf-8"
    root = ET.fromstring(answer.content)
    assert (root.tag, root.get("version")) == ("rss", "2.0")
    [channel] = root.findall("channel")
    for name in ("title", "link", "description", "language", "lastBuildDate"):
        assert len(channel.findall(name)) == 1, name
        assert channel.find(name).text, name
    assert parsedate_to_datetime(channel.find("lastBuildDate").text).tzinfo is not None
    [own] = channel.findall(f"{ATOM}link")
    assert own.get("rel") == "self"
    assert own.get("href") == f"{HERE}{address}feed.rss"
    for item in channel.iter("item"):
        for name in ("title", "link", "guid", "pubDate", CONTENT):
            assert len(item.findall(name)) == 1, name
        assert item.find("guid").get("isPermaLink") == "false"
        assert item.find("link").text.startswith(f"{HERE}/articles/")
        assert parsedate_to_datetime(item.find("pubDate").text).tzinfo is not None
        # An e-mail address is what RSS means by it.
        assert item.find("author") is None
    return parsed(answer)


def parsed(answer):
    found = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not found.bozo, found.get("bozo_exception")
    return found


def json_feed(address):
    """The JSON Feed at ``address``, by the rules of version 1.1."""
    answer = Client().get(f"{address}feed.json")
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["feed_url"] == f"{HERE}{address}feed.json"
    assert feed["home_page_url"] == f"{HERE}{address}"
    assert re.fullmatch(r"[a-z]{2}(-[a-z]{2})?", feed["language"])
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    known = {
        "id", "url", "title", "content_html", "summary", "date_published", "date_modified",
        "authors", "tags",
    }  # fmt: skip
    for item in feed["items"]:
        assert set(item) <= known
        assert all(isinstance(item[name], str) for name in set(item) - {"authors", "tags"})
        assert item["url"].startswith(f"{HERE}/articles/")
        assert all(isinstance(tag, str) for tag in item["tags"])
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo is not None
        for author in item.get("authors", []):
            assert set(author) == {"name", "url"}
            assert author["url"].startswith(f"{HERE}/")
    return feed


class TestWhatAFeedTells:
    def test_atom(self, told):
        feed = atom("/")
        assert feed.feed.title == "The Open Column"
        assert feed.feed.link == f"{HERE}/"
        [entry] = feed.entries
        assert entry.title == "Rain & <b>wind</b>"
        assert entry.id == f"tag:testserver,2026:articles/{told.pk}"
        assert entry.link == f"{HERE}{told.get_absolute_url()}"
        assert [author.name for author in entry.authors] == ["Ada Reader", "Cleo Guest"]
        assert entry.authors[1].href == f"{HERE}/authors/cleo-guest/"
        assert [tag.term for tag in entry.tags] == ["Politics", "Water"]
        assert entry.summary == "It poured &amp; poured."
        assert "It rained &lt;all&gt; day." in entry.content[0].value
        assert "I am wet" in entry.content[0].value
        assert 'Photographs: Ada Lens, <a href="https://example.org/lens"' in entry.content[0].value

    def test_rss(self, told):
        [entry] = rss("/").entries
        assert entry.id == f"tag:testserver,2026:articles/{told.pk}"
        assert [author.name for author in entry.authors] == ["Ada Reader", "Cleo Guest"]
        assert [tag.term for tag in entry.tags] == ["Politics", "Water"]
        assert entry.summary == "It poured &amp; poured."
        assert entry.content[-1].value.startswith("<p>It poured &amp; poured.</p>")
        assert entry.published_parsed[:3] == told.published_at.astimezone(UTC).timetuple()[:3]

    def test_json(self, told, reader):
        feed = json_feed("/")
        [item] = feed["items"]
        assert item["title"] == "Rain & <b>wind</b>"
        assert item["summary"] == "It poured & poured."
        assert item["tags"] == ["Politics", "Water"]
        assert item["authors"] == [
            {"name": "Ada Reader", "url": f"{HERE}{reader.get_absolute_url()}"},
            {"name": "Cleo Guest", "url": f"{HERE}/authors/cleo-guest/"},
        ]
        assert item["date_published"] == item["date_modified"]

    def test_the_lead_alone_by_setting(self, told, settings):
        whole = {form: Client().get(f"/feed.{form}") for form in FORMS}
        settings.FEEDS_FULL_TEXT = False
        for form, before in whole.items():
            after = Client().get(f"/feed.{form}", headers={"If-None-Match": before["ETag"]})
            assert after.status_code == 200
            assert b"I am wet" in before.content
            assert b"I am wet" not in after.content
        assert json_feed("/")["items"][0]["content_html"] == "<p>It poured &amp; poured.</p>"

    def test_each_list_has_its_own(self, told, reader, make_article, cleo):
        sport = sections.open_section("Sport")
        make_article("Elsewhere", section=sport)
        for place in places(reader):
            assert [e.title for e in rss(place).entries] == [e.title for e in atom(place).entries]
            titles = [item["title"] for item in json_feed(place)["items"]]
            assert titles == (["Elsewhere"] if place == "/" else []) + ["Rain & <b>wind</b>"]
        assert json_feed("/tags/water/")["title"] == "Water – The Open Column"
        assert json_feed("/authors/cleo-guest/")["title"] == (
            "Articles by Cleo Guest – The Open Column"
        )

    def test_of_a_search(self, told, make_article):
        late = make_article(
            "Umbrellas", hours_ago=1, blocks=[{"type": "paragraph", "text": "Rain."}]
        )
        make_article("Sun")
        for form in FORMS:
            answer = Client().get(f"/search/feed.{form}?q=rain")
            assert answer.status_code == 200
            body = answer.content.decode()
            assert body.index(late.get_absolute_url()) < body.index(told.get_absolute_url())
            assert "/articles/sun/" not in body
            assert f"{HERE}/search/feed.{form}?q=rain" in body
        check_atom(Client().get("/search/feed.atom?q=rain").content)
        page = Client().get("/search/?q=rain&kind=comments").content.decode()
        assert page.count('href="/search/feed.atom?q=rain"') == 2
        narrowed = Client().get("/search/feed.json?q=rain&section=politics&author=Nobody").json()
        assert narrowed["items"] == []
        assert narrowed["home_page_url"].endswith("&author=Nobody")
        # What asks for nothing has no feed, and its page offers none.
        assert Client().get("/search/feed.atom").status_code == 404
        assert "feed.atom" not in Client().get("/search/").content.decode()

    def test_a_search_tells_what_is_published_to_the_second(self, make_article):
        moment = timezone.now() + timedelta(hours=1)
        make_article("Rain", published_at=moment, withdraw_at=moment + timedelta(hours=1))
        known = search_page.section_slugs()
        asked = read_asked({"q": "rain"}, set())
        for at, number in (
            (moment - timedelta(seconds=1), 0),
            (moment, 1),
            (moment + timedelta(minutes=59, seconds=59), 1),
            (moment + timedelta(hours=1), 0),
        ):
            assert len(search_page.search_feed(asked, known, at).rows) == number

    def test_the_same_queries_for_a_search_with_3_and_with_30(self, make_article, reader):
        counted = []
        for number in (3, 27):
            for _ in range(number):
                make_article(blocks=[{"type": "paragraph", "text": "Rain."}], authors=[reader])
            Client().get("/search/feed.rss?q=rain")
            with CaptureQueriesContext(connection) as queries:
                assert Client().get("/search/feed.atom?q=rain").status_code == 200
            counted.append(len(queries))
        # Where little is found, the index is asked further back, and whether that is all.
        assert counted[1] <= counted[0] <= counted[1] + 2

    def test_an_identity_outlives_the_address(self, told):
        before = json_feed("/")["items"][0]
        publishing.update_article(article=told, slug="elsewhere", title="Other")
        after = json_feed("/")["items"][0]
        assert after["id"] == before["id"]
        assert after["url"] == f"{HERE}/articles/elsewhere/"
        assert after["date_published"] == before["date_published"]
        assert after["date_modified"] > before["date_modified"]
        assert atom("/").feed.updated == atom("/").entries[0].updated

    def test_what_was_written_beforehand_is_new_when_it_comes_out(self, make_article):
        moment = timezone.now() + timedelta(hours=5)
        make_article("Tomorrow", published_at=moment)
        [entry] = syndication.of_site(now=moment).told().entries
        assert entry.updated_at == entry.published_at == moment
        assert syndication.of_site(now=moment - timedelta(seconds=1)).rows == []

    def test_the_newest_thirty(self, make_article, cleo):
        for at in range(35):
            article = make_article(f"A{at:02}", hours_ago=at, authors=[cleo])
            tagging.tag_article(article=article, names=["Water"])
        for place in ("/", "/sections/politics/", "/tags/water/", "/authors/cleo-guest/"):
            titles = [item["title"] for item in json_feed(place)["items"]]
            assert titles == [f"A{at:02}" for at in range(30)], place

    def test_an_empty_feed_is_the_same_one_later(self, politics):
        for place in ("/", "/sections/politics/"):
            first = Client().get(f"{place}feed.rss")
            assert rss(place).entries == []
            assert json_feed(place)["items"] == []
            assert atom(place).feed.updated == "2026-01-01T00:00:00+00:00"
            again = Client().get(f"{place}feed.rss", headers={"If-None-Match": first["ETag"]})
            assert again.status_code == 304

    def test_any_list_of_articles_can_have_one(self, make_article):
        make_article("Rain")
        make_article("Snow")
        source = listings.Newest(Article.objects.published().filter(title__contains="now"))
        feed = syndication.feed_of("Search: now", "/search/now/", source, page_url="/search/?q=now")
        assert [entry.title for entry in feed.told().entries] == ["Snow"]
        assert feed.told().page_url == "/search/?q=now"

    def test_addresses_in_the_words_are_whole(self, told):
        Article.objects.filter(pk=told.pk).update(
            html='<p><a href="/x/">a</a> <a class="b" href="#c">a</a> href="/no"</p>'
            '<img alt="" src="/m/1.webp" srcset="/m/1.webp 1x, /m/2.webp 2x">'
            '<a href="//other.example/">b</a>',
            version=99,
        )
        html = json_feed("/")["items"][0]["content_html"]
        assert f'<a href="{HERE}/x/">a</a>' in html
        assert f'href="{HERE}{told.get_absolute_url()}#c"' in html
        assert f'src="{HERE}/m/1.webp" srcset="{HERE}/m/1.webp 1x, {HERE}/m/2.webp 2x"' in html
        assert '<a href="//other.example/">' in html
        assert ' href="/no"' in html


class TestWhatItMustNotTell:
    def test_what_readers_may_not_see(self, told, make_article, reader, cleo):
        for title, fields in (
            ("Draft", {"status": "draft", "published_at": None}),
            ("Gone", {"status": "withdrawn"}),
            ("Tomorrow", {"hours_ago": -24}),
        ):
            article = make_article(title, authors=[reader, cleo], **fields)
            tagging.tag_article(article=article, names=["Water"])
        for place in places(reader):
            for form in FORMS:
                words = Client().get(f"{place}feed.{form}").content.decode()
                assert not {"Draft", "Gone", "Tomorrow"} & set(re.findall(r"\w+", words)), place
        publishing.withdraw_article(article=told)
        for place in places(reader)[2:]:
            assert Client().get(f"{place}feed.rss").status_code == 404

    def test_the_second_before_and_after(self, told, make_article, reader, cleo, politics):
        moment = timezone.now() + timedelta(hours=5)
        late = make_article("Late", published_at=moment, authors=[reader, cleo])
        tagging.tag_article(article=late, names=["Water"])
        tag = Tag.objects.get(name="Water")
        for read in (
            syndication.of_site,
            lambda now: syndication.of_section(politics, now),
            lambda now: syndication.of_tag(tag, now),
            lambda now: syndication.of_author(cleo, now),
            lambda now: syndication.of_author(reader, now),
        ):
            before, after = read(now=moment - timedelta(seconds=1)), read(now=moment)
            assert [row[0] for row in before.rows] == [told.pk]
            assert [row[0] for row in after.rows] == [late.pk, told.pk]
            assert before.version != after.version

    def test_what_is_not_there(self, told):
        for place in (
            "/sections/none/", "/tags/none/", "/authors/none/", "/people/none/articles/",
            "/people/~99/articles/", "/people/%00/articles/",
        ):  # fmt: skip
            for form in FORMS:
                assert Client().get(f"{place}feed.{form}").status_code == 404, place
        assert Client().get("/feed.xml").status_code == 404
        assert Client().post("/feed.rss").status_code == 405
        assert Client().head("/feed.rss").status_code == 200

    def test_the_feed_of_a_merged_tag_is_the_others(self, told):
        water = Tag.objects.get(name="Water")
        tagging.merge_tags(tags=[water], into=Tag.objects.get(name="Politics"))
        answer = Client().get("/tags/water/feed.atom")
        assert (answer.status_code, answer["Location"]) == (301, "/tags/politics/feed.atom")


@pytest.mark.parametrize("words", WILD)
def test_wild_words_in_every_place(db, make_article, settings, words):
    person = membership.import_people({f"p {words}"[:100]: f"r {words}"})[f"p {words}"[:100]]
    guest = crediting.create_guest(name=f"g {words}", slug="guest")
    settings.SITE_NAME = f"s {words}"
    article = make_article(
        f"t {words}",
        lead=f"l {words}",
        slug="wild",
        authors=[person, guest],
        photo_credits=[f"c {words}"],
        blocks=[{"type": "quote", "text": f"q {words}", "attribution": f"a {words}"}],
    )
    section = article.section
    Section.objects.filter(pk=section.pk).update(name=f"n {words}"[:60], description=words)
    for place in ("/", "/sections/politics/", "/authors/guest/"):
        assert len(atom(place).entries) == 1
        assert len(rss(place).entries) == 1
        assert len(json_feed(place)["items"]) == 1


class TestHowItIsAnswered:
    def test_no_cookie_the_same_bytes_and_304(self, told, reader, sign_in):
        for place in places(reader):
            for form in FORMS:
                address = f"{place}feed.{form}"
                first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
                assert first.content == second.content
                assert not first.cookies
                assert "public" in first["Cache-Control"]
                again = Client().get(address, headers={"If-None-Match": first["ETag"]})
                assert (again.status_code, again.content) == (304, b"")
                packed = Client().get(address, headers={"Accept-Encoding": "gzip"})
                assert packed["Content-Encoding"] == "gzip"
        assert "private" in sign_in(reader).get("/feed.rss")["Cache-Control"]

    def test_every_change_is_told_at_once(self, told, reader, cleo):
        water = Tag.objects.get(name="Water")
        for change in (
            lambda: publishing.update_article(article=told, lead="Else."),
            lambda: tagging.tag_article(article=told, names=["Water"]),
            lambda: tagging.change_tag(tag=water, name="Waters"),
            lambda: crediting.change_guest(guest=cleo, name="Cleo Gast"),
            lambda: membership.change_real_name(by=None, person=reader, real_name="Ada L."),
            lambda: publishing.update_article(article=told, authors=[reader, cleo]),
        ):
            tags = {place: Client().get(f"{place}feed.atom")["ETag"] for place in places(reader)}
            change()
            changed = [
                Client().get(f"{place}feed.atom", headers={"If-None-Match": tag}).status_code
                for place, tag in tags.items()
            ]
            # The first five are seen in what a feed says; of the last, nothing is.
            assert changed == [200] * 5

    def test_the_same_queries_with_3_and_with_30(self, told, reader, cleo, make_article):
        counted = []
        for number in (2, 27):
            for at in range(number):
                article = make_article(authors=[reader, cleo])
                tagging.tag_article(article=article, names=["Water", f"T{at}"])
            for place in places(reader):
                with CaptureQueriesContext(connection) as queries:
                    assert Client().get(f"{place}feed.rss").status_code == 200
                counted.append(len(queries))
        assert counted[:5] == counted[5:]
        # One asks what is due, one when the feed changes next.
        assert max(counted) <= 10

    def test_what_has_not_changed_is_not_read(self, told):
        tag = Client().get("/feed.rss")["ETag"]
        with CaptureQueriesContext(connection) as queries:
            Client().get("/feed.rss", headers={"If-None-Match": tag})
        assert not any('"html"' in query["sql"] for query in queries)


class TestPagesLeadThere:
    def test_in_the_head_and_at_the_foot(self, told, reader):
        for place in (*places(reader), "/latest/"):
            page = Client().get(place).content.decode()
            found = re.findall(r'<link rel="alternate" type="([^"]+)" [^>]*href="([^"]+)"', page)
            where = "/" if place == "/latest/" else place
            assert found == [
                ("application/rss+xml", f"{where}feed.rss"),
                ("application/atom+xml", f"{where}feed.atom"),
                ("application/feed+json", f"{where}feed.json"),
            ]
            for _, address in found:
                assert f'<a href="{address}"' in page
                assert Client().get(address).status_code == 200
        page = Client().get(told.get_absolute_url()).content.decode()
        assert 'href="/feed.rss"' in page

    def test_from_the_page_of_a_person(self, told, reader):
        page = Client().get(reader.get_absolute_url()).content.decode()
        own = reader.get_absolute_url()
        assert f'title="Articles by {reader.handle}" href="{own}articles/feed.rss"' in page
