"""Sitemaps over HTTP: what crawlers are told of, by the rules of the format, and what never."""

import re
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from articles import crediting, publishing, sitemaps, tagging
from articles.crediting import Maker
from tests.comments.test_feeds import HERE, WILD

SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
# What the protocol allows of one file.
MOST_ADDRESSES, MOST_BYTES = 50_000, 50 * 1024 * 1024


@pytest.fixture
def cleo(db):
    return crediting.create_guest(name="Cleo Guest")


@pytest.fixture
def publish(make_article, cleo, reader):
    """``publish("Title", hours_ago=1)``: an article with a tag, a guest and a person."""

    def make(title=None, **fields):
        article = make_article(title, authors=[reader, Maker(cleo, "photo")], **fields)
        tagging.tag_article(article=article, names=["Water"])
        return article

    return make


def fetch(address, root, item):
    """The items of a sitemap, checked as the schemas of sitemaps.org (0.9) say it."""
    answer = Client().get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/xml; charset=utf-8"
    assert len(answer.content) <= MOST_BYTES
    tree = ET.fromstring(answer.content)
    assert tree.tag == f"{SITEMAP}{root}"
    items = list(tree)
    assert len(items) <= MOST_ADDRESSES
    found = {}
    for each in items:
        assert each.tag == f"{SITEMAP}{item}"
        names = [child.tag for child in each]
        assert names[0] == f"{SITEMAP}loc"
        assert len(set(names)) == len(names)
        place = each.find(f"{SITEMAP}loc").text
        assert len(place) < 2_048
        parts = urlsplit(place)
        assert (parts.scheme, parts.netloc) == ("http", "testserver")
        assert place.isascii()
        assert place not in found, "no address twice"
        changed = each.find(f"{SITEMAP}lastmod")
        if changed is not None:
            # W3C's form of ISO 8601, with a zone.
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", changed.text)
            changed = datetime.fromisoformat(changed.text)
        found[place.removeprefix(HERE)] = changed
    return found, items


def index():
    return fetch("/sitemap.xml", "sitemapindex", "sitemap")[0]


def places(address):
    return fetch(address, "urlset", "url")[0]


def everything():
    """All addresses of all files that the index names, each once."""
    found = {}
    for address in index():
        here = places(address)
        assert here
        assert not found.keys() & here.keys()
        found |= here
    return found


class TestIndex:
    def test_everything_that_readers_find_is_in_it(self, publish, reader):
        rain = publish("Rain")
        assert everything().keys() == {
            "/", "/latest/", "/sections/politics/", "/articles/rain/", "/tags/water/",
            "/authors/cleo-guest/", f"{reader.get_absolute_url()}articles/",
        }  # fmt: skip
        for place in everything():
            assert Client().get(place).status_code == 200, place
        assert list(index()) == [
            "/sitemap-sections.xml", "/sitemap-articles-1.xml", "/sitemap-tags-1.xml",
            "/sitemap-authors-1.xml", "/sitemap-people-1.xml",
        ]  # fmt: skip
        moment = rain.published_at.replace(microsecond=0)
        assert set(everything().values()) == {moment}
        assert index()["/sitemap-articles-1.xml"] == moment

    def test_a_change_is_told(self, publish):
        rain = publish("Rain", hours_ago=99)
        answer = Client().get("/sitemap-articles-1.xml")
        now = timezone.now().replace(microsecond=0)
        publishing.update_article(article=rain, lead="Wet.")
        again = Client().get("/sitemap-articles-1.xml", headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 200
        assert places("/sitemap-articles-1.xml")["/articles/rain/"] >= now
        assert index()["/sitemap-articles-1.xml"] >= now

    def test_an_empty_portal(self, db):
        assert index() == {}
        for address in ("articles-1", "tags-1", "articles-0", "articles-99999999999", "other-1"):
            assert Client().get(f"/sitemap-{address}.xml").status_code == 404, address
        assert places("/sitemap-sections.xml").keys() == {"/", "/latest/"}
        assert places("/news-sitemap.xml") == {}

    def test_it_is_cut_into_files_by_numbers(self, publish, make_article, monkeypatch):
        monkeypatch.setattr(sitemaps, "SITEMAP_SIZE", 3)
        made = [publish() for _ in range(14)]
        for article in made[3:9]:
            publishing.withdraw_article(article=article)
        names = [name for name in index() if "articles" in name]
        held = {name: places(name) for name in names}
        assert all(1 <= len(each) <= 3 for each in held.values())
        told = [path for each in held.values() for path in each]
        assert told == [each.get_absolute_url() for each in made[:3] + made[9:]]
        # What a file holds does not change when others come.
        before = {name: Client().get(name).content for name in names[:-1]}
        publish()
        assert all(Client().get(name).content == old for name, old in before.items())

    def test_many_tags_and_people_are_cut_too(self, make_article, monkeypatch):
        monkeypatch.setattr(sitemaps, "SITEMAP_SIZE", 3)
        people = membership.import_people(dict.fromkeys(f"p{at} é" for at in range(8)))
        article = make_article("Rain", authors=list(people.values()))
        tagging.tag_article(article=article, names=[f"t{at}" for at in range(8)])
        told = everything()
        assert sum(path.startswith("/tags/") for path in told) == 8
        assert "/people/p1%20%C3%A9/articles/" in told

    def test_the_same_queries_with_3_and_with_30(self, publish):
        addresses = ["/sitemap.xml", "/news-sitemap.xml", "/sitemap-sections.xml"]
        addresses += [f"/sitemap-{kind}-1.xml" for kind in sitemaps.KINDS]
        counted = []
        for number in (3, 27):
            for _ in range(number):
                publish()
            for address in addresses:
                with CaptureQueriesContext(connection) as queries:
                    assert Client().get(address).status_code == 200
                counted.append(len(queries))
        assert counted[:7] == counted[7:]
        # Two of each are for the sections in the frame and for when it changes next; the news
        # ask what title is due besides.
        assert counted[:7] == [9, 4, 3, 3, 3, 3, 3]

    def test_nothing_is_counted_off(self, publish):
        for _ in range(3):
            publish()
        with CaptureQueriesContext(connection) as queries:
            everything()
        assert not any("OFFSET" in query["sql"] for query in queries)


class TestWhatItMustNotTell:
    def test_what_readers_may_not_see(self, make_article, reader, cleo):
        moment = timezone.now() + timedelta(days=1)
        for title, fields in (
            ("Draft", {"status": "draft", "published_at": None}),
            ("Gone", {"status": "withdrawn"}),
            ("Tomorrow", {"published_at": moment}),
        ):
            article = make_article(title, authors=[reader, cleo], **fields)
            tagging.tag_article(article=article, names=["Merger"])
        assert everything() == {"/": None, "/latest/": None, "/sections/politics/": None}
        assert list(index()) == ["/sitemap-sections.xml"]
        for kind in sitemaps.KINDS:
            before = sitemaps.places(kind, 1, now=moment - timedelta(seconds=1))
            after = sitemaps.places(kind, 1, now=moment)
            assert (len(before), [place.changed_at for place in after]) == (0, [moment])
        before, after = moment - timedelta(seconds=1), moment
        assert [name for name, _ in sitemaps.files(now=before)] == ["sections"]
        assert len(sitemaps.files(now=after)) == 5
        assert {place.changed_at for place in sitemaps.sections(now=after)} == {moment}
        assert (sitemaps.news(now=before), len(sitemaps.news(now=after))) == ([], 1)

    def test_a_merged_tag(self, publish):
        rain = publish("Rain")
        tagging.tag_article(article=rain, names=["Water", "Waters"])
        waters, water = tagging.Tag.objects.order_by("-id")
        tagging.merge_tags(tags=[waters], into=water)
        assert places("/sitemap-tags-1.xml").keys() == {"/tags/water/"}


class TestNews:
    def test_two_days_the_newest_first(self, publish, settings):
        settings.SITE_NAME = "Ink & <Paper>"
        publish("Old & <grey>", hours_ago=47.9)
        publish("Too old", hours_ago=48.1)
        rain = publish("Rain & <wind>", hours_ago=1)
        _, items = fetch("/news-sitemap.xml", "urlset", "url")
        assert [each.find(f"{NEWS}news/{NEWS}title").text for each in items] == [
            "Rain & <wind>", "Old & <grey>",
        ]  # fmt: skip
        for each in items:
            [news] = each.findall(f"{NEWS}news")
            # All that Google asks for, in the order of its schema.
            assert [child.tag.removeprefix(NEWS) for child in news] == [
                "publication", "publication_date", "title",
            ]  # fmt: skip
            paper = {child.tag.removeprefix(NEWS): child.text for child in news[0]}
            assert paper == {"name": "Ink & <Paper>", "language": "en"}
        moment = datetime.fromisoformat(items[0].find(f"{NEWS}news/{NEWS}publication_date").text)
        assert moment == rain.published_at.replace(microsecond=0)

    def test_at_most_a_thousand(self, publish, monkeypatch):
        assert sitemaps.MOST_NEWS <= 1_000
        monkeypatch.setattr(sitemaps, "MOST_NEWS", 3)
        for at in range(5):
            publish(f"A{at}", hours_ago=at)
        assert list(places("/news-sitemap.xml")) == [f"/articles/a{at}/" for at in range(3)]

    def test_to_the_second(self, publish):
        rain = publish("Rain", published_at=datetime(2026, 1, 8, tzinfo=UTC))
        ends = rain.published_at + timedelta(hours=48)
        assert sitemaps.news(now=ends) == []
        assert len(sitemaps.news(now=ends - timedelta(seconds=1))) == 1

    @pytest.mark.parametrize("words", WILD)
    def test_wild_words(self, publish, settings, words):
        settings.SITE_NAME = f"s {words}"
        publish(f"t {words}", slug="wild")
        assert list(places("/news-sitemap.xml")) == ["/articles/wild/"]


def test_they_are_the_same_for_all_and_kept(publish, reader, sign_in):
    publish("Rain")
    for address in (*index(), "/sitemap.xml", "/news-sitemap.xml"):
        first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
        assert first.content == second.content
        assert not first.cookies
        assert "public" in first["Cache-Control"]
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert Client().post(address).status_code == 405
        assert Client().head(address).status_code == 200
        assert "private" in sign_in(reader).get(address)["Cache-Control"]
