"""Editions over HTTP: fronts, menus and feeds of a language, and articles with translations."""

import json
import re
import xml.etree.ElementTree as ET
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts import membership
from articles import arranging, banners, bulk, publishing, sections, translating, translations
from articles.errors import ArticleError
from articles.models import Article, FrontArrangement, Section
from comments import posting
from comments.models import Discussion
from tests.articles.test_clock import NOON, Clock, around, shows

HERE = "http://testserver"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
LIST = "/admin/articles/article/"


@pytest.fixture
def russian(settings, db):
    settings.EDITIONS = ["ru"]
    return sections.open_section("Политика", "politika", language="ru")


@pytest.fixture
def rain(russian, make_article):
    return make_article("Rain")


@pytest.fixture
def dozhd(russian, make_article, rain):
    """What is told in “Rain”, in Russian."""
    article = make_article("Дождь", section=russian)
    translating.set_original(article=article, original=rain)
    return article


def page(address, client=None, **headers):
    answer = (client or Client()).get(address, **headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


def alternates(text):
    """{hreflang: address} of the links in a page's head."""
    found = re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="([^"]+)">', text)
    assert len(dict(found)) == len(found)
    return dict(found)


def articles_on(text):
    return set(re.findall(r'<h3 class="headline"[^>]*><a href="/articles/([^"/]+)/"', text))


def menu(text):
    nav = re.search(r'<nav class="sections".*?</nav>', text, re.DOTALL)[0]
    return re.findall(r'href="([^"]+)"', nav)


def queries(address):
    # Nothing that another page has worked out, such as a ranking, is to be had.
    for cache in caches.all():
        cache.clear()
    with CaptureQueriesContext(connection) as asked:
        page(address)
    return len(asked)


class TestTheLanguageOfAnArticle:
    def test_is_its_sections(self, russian, make_article, politics):
        article = make_article(section=russian)
        assert (article.language, article.discussion.language) == ("ru", "ru")
        publishing.update_article(article=article, section=politics)
        article.refresh_from_db()
        assert (article.language, article.discussion.language) == ("en", "en")

    def test_also_of_many_at_once(self, russian):
        [article] = bulk.publish_many(
            [
                bulk.BulkArticle(
                    section=russian, title="Дождь", blocks=[], published_at=timezone.now()
                )
            ]
        )
        article.refresh_from_db()
        assert (article.language, article.discussion.language) == ("ru", "ru")

    def test_a_section_with_articles_keeps_its_own(self, rain, politics):
        with pytest.raises(ArticleError, match="keeps its language"):
            sections.update_section(section=politics, language="ru")
        politics.refresh_from_db()
        assert politics.language == "en"

    def test_an_empty_section_changes_it(self, russian):
        assert sections.update_section(section=russian, language="en")
        assert not sections.update_section(section=russian, language="en")

    def test_there_is_no_section_without_an_edition(self, russian):
        for write in (
            lambda: sections.open_section("Politik", language="de"),
            lambda: sections.update_section(section=russian, language="de"),
        ):
            with pytest.raises(ArticleError, match="no edition"):
                write()
        assert not Section.objects.filter(language="de").exists()

    def test_who_begins_while_the_section_changes_is_told(self, russian):
        """The section as it was read before."""
        old = Section.objects.get(pk=russian.pk)
        sections.update_section(section=russian, language="en")
        with pytest.raises(ArticleError, match="changed its language"):
            publishing.create_article(section=old, title="Дождь", blocks=[])
        assert not Article.objects.exists()


class TestTranslations:
    def test_each_leads_to_the_others(self, rain, dozhd, client):
        english, russian = page("/articles/rain/"), page("/articles/dozhd/")
        both = {"en": f"{HERE}/articles/rain/", "ru": f"{HERE}/articles/dozhd/"}
        assert alternates(english) == alternates(russian) == both
        assert (
            '<a rel="alternate" hreflang="ru" lang="ru" href="/articles/dozhd/">Русский</a>'
            in english
        )
        assert (
            '<a rel="alternate" hreflang="en" lang="en" href="/articles/rain/">English</a>'
            in russian
        )

    def test_machines_are_told(self, rain, dozhd):
        def told(address):
            text = page(address)
            data = re.search(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
            [node] = [
                each for each in json.loads(data[1])["@graph"] if each["@type"] == "NewsArticle"
            ]
            return text, node

        text, node = told("/articles/rain/")
        assert node["inLanguage"] == "en"
        assert [each["url"] for each in node["workTranslation"]] == [f"{HERE}/articles/dozhd/"]
        assert "translationOfWork" not in node
        assert '<meta property="og:locale" content="en_GB">' in text
        text, node = told("/articles/dozhd/")
        assert node["inLanguage"] == "ru"
        assert [each["@id"] for each in node["translationOfWork"]] == [
            f"{HERE}/articles/rain/#article"
        ]
        assert "workTranslation" not in node
        assert '<meta property="og:locale" content="ru_RU">' in text
        assert '<meta property="og:locale:alternate" content="en_GB">' in text

    def test_each_has_its_own_discussion(self, rain, dozhd, reader):
        posting.post_comment(by=reader, discussion=rain.discussion, text="So wet.")
        posting.post_comment(by=reader, discussion=dozhd.discussion, text="Как мокро.")
        english, russian = page("/articles/rain/"), page("/articles/dozhd/")
        assert "So wet." in english
        assert "Как мокро." not in english
        assert "Как мокро." in russian
        assert "So wet." not in russian

    def test_a_translation_of_a_translation_is_one_of_the_original(
        self, settings, rain, dozhd, make_article
    ):
        settings.EDITIONS = ["ru", "de"]
        regen = make_article("Regen", section=sections.open_section("Politik", language="de"))
        translating.set_original(article=regen, original=dozhd)
        assert Article.objects.get(pk=regen.pk).translation_of == rain
        assert list(alternates(page("/articles/regen/"))) == ["de", "en", "ru"]
        assert page("/articles/rain/").count('rel="alternate" hreflang="de"') == 2

    def test_nothing_is_said_of_what_has_none(self, rain):
        text = page("/articles/rain/")
        assert alternates(text) == {}
        assert "also-in" not in text

    def test_taken_back(self, rain, dozhd):
        assert translating.set_original(article=dozhd, original=None)
        assert not translating.set_original(article=dozhd, original=None)
        assert alternates(page("/articles/rain/")) == {}

    def test_what_cannot_be(self, russian, rain, dozhd, make_article, politics):
        sun, liven = make_article("Sun"), make_article("Ливень", section=russian)
        for article, original, why in (
            (rain, rain, "no translation of itself"),
            (rain, dozhd, "nor of its translations"),
            (sun, rain, "in this language, too: English"),
            (liven, rain, "“Дождь” is the translation"),
            (rain, liven, "has translations of its own"),
        ):
            with pytest.raises(ArticleError, match=why):
                translating.set_original(article=article, original=original)
        with pytest.raises(ArticleError, match="into that section’s language"):
            publishing.update_article(article=rain, section=russian)
        with pytest.raises(ArticleError, match="in this language, too"):
            publishing.update_article(article=dozhd, section=politics)
        said = dict(Article.objects.values_list("slug", "translation_of__slug"))
        assert said == {"rain": None, "sun": None, "liven": None, "dozhd": "rain"}
        assert dict(Article.objects.values_list("slug", "language"))["rain"] == "en"

    def test_the_database_holds_it(self, russian, rain, dozhd, make_article):
        liven = make_article("Ливень", section=russian)
        with pytest.raises(IntegrityError), transaction.atomic():
            Article.objects.filter(pk=liven.pk).update(translation_of=rain)

    def test_who_may_not_change_it_may_not_say_it(self, rain, dozhd, make_person):
        for role in ("reader", "moderator", "writer"):
            with pytest.raises(PermissionDenied):
                translating.set_original(by=make_person(role=role), article=dozhd, original=None)
        assert Article.objects.get(pk=dozhd.pk).translation_of == rain


class TestTheClock:
    @pytest.fixture
    def clock(self, monkeypatch):
        clock = Clock(NOON - timedelta(days=2))
        monkeypatch.setattr(timezone, "now", clock)
        return clock

    @pytest.fixture
    def pair(self, clock, russian, politics):
        def make(**fields):
            rain, dozhd = (
                publishing.create_article(section=section, title=title, blocks=[], **each)
                for section, title, each in (
                    (politics, "Rain", {"status": "published"}),
                    (russian, "Дождь", {"status": "published", **fields}),
                )
            )
            translating.set_original(article=dozhd, original=rain)
            clock.set(NOON - timedelta(hours=2))
            return rain, dozhd

        return make

    PLACES = ("/articles/rain/", "/sitemap-articles-1.xml")

    @pytest.mark.parametrize("address", PLACES)
    def test_a_translation_that_is_published_at_a_moment(self, clock, pair, address):
        pair(published_at=NOON)
        assert around(clock, NOON, lambda: shows(address, 'hreflang="ru"')) == (False, True)

    @pytest.mark.parametrize("address", PLACES)
    def test_a_translation_that_is_withdrawn_at_a_moment(self, clock, pair, address):
        pair(withdraw_at=NOON)
        assert around(clock, NOON, lambda: shows(address, 'hreflang="ru"')) == (True, False)

    @pytest.mark.parametrize("address", PLACES)
    def test_one_that_is_withdrawn_by_hand(self, pair, address):
        _, dozhd = pair()
        assert shows(address, 'hreflang="ru"')
        etag = Client().get(address)["ETag"]
        publishing.withdraw_article(article=dozhd)
        answer = Client().get(address, HTTP_IF_NONE_MATCH=etag)
        assert answer.status_code == 200
        assert b'hreflang="ru"' not in answer.content

    def test_no_cache_keeps_the_page_over_the_moment(self, clock, pair):
        pair(withdraw_at=NOON)
        clock.set(NOON - timedelta(seconds=10))
        kept = Client().get("/articles/rain/")["Cache-Control"]
        assert re.search(r"s-maxage=(\d+)", kept)[1] == "10"
        assert "stale-if-error=0" in kept

    def test_an_original_that_is_gone_leaves_its_translations_each_other(
        self, settings, pair, clock
    ):
        settings.EDITIONS = ["ru", "de"]
        rain, _ = pair()
        regen = publishing.create_article(
            section=sections.open_section("Politik", language="de"), title="Regen", blocks=[],
            status="published",
        )  # fmt: skip
        translating.set_original(article=regen, original=rain)
        publishing.withdraw_article(article=rain)
        assert list(alternates(page("/articles/regen/"))) == ["de", "ru"]
        assert 'hreflang="en"' not in page("/sitemap-articles-1.xml")


class TestFronts:
    def test_each_edition_has_its_own(self, rain, dozhd):
        for front, mine in (("/", "rain"), ("/ru/", "dozhd")):
            for address in (front, f"{front}latest/"):
                assert articles_on(page(address)) == {mine}, address
            for form in ("rss", "atom", "json"):
                feed = page(f"{front}feed.{form}")
                assert re.findall(r"/articles/([a-z]+)/", feed), (front, form)
                assert set(re.findall(r"/articles/([a-z]+)/", feed)) == {mine}

    @pytest.mark.parametrize("address", ["/ru/", "/ru/latest/", "/ru/feed.rss", "/ru/feed.json"])
    def test_there_is_none_without_an_edition(self, settings, rain, address):
        assert Client().get(address).status_code == 200
        assert Client().get(address.replace("ru", "de")).status_code == 404
        # The site's own is at its root.
        assert Client().get(address.replace("ru", "en")).status_code == 404
        settings.EDITIONS = []
        assert Client().get(address).status_code == 404

    def test_they_name_each_other(self, rain, dozhd):
        told = {"en": f"{HERE}/", "ru": f"{HERE}/ru/", "x-default": f"{HERE}/"}
        assert alternates(page("/")) == alternates(page("/ru/")) == told

    def test_one_edition_names_nothing(self, make_article):
        make_article()
        assert alternates(page("/")) == {}

    def test_the_menu_and_the_masthead_are_of_the_pages_edition(self, rain, dozhd):
        english, russian = ["/sections/politics/"], ["/sections/politika/"]
        for address in ("/", "/latest/", "/articles/rain/", "/sections/politics/", "/search/"):
            text = page(address)
            assert menu(text) == english, address
            assert '<p class="masthead-name"><a href="/">' in text
        for address in ("/ru/", "/ru/latest/", "/articles/dozhd/", "/sections/politika/"):
            text = page(address)
            assert menu(text) == russian, address
            assert '<p class="masthead-name"><a href="/ru/">' in text
            assert '<p class="masthead-latest"><a href="/ru/latest/">' in text

    def test_with_one_edition_everything_is_everywhere(self, settings, rain, dozhd):
        settings.EDITIONS = []
        for address in ("/", "/latest/"):
            assert articles_on(page(address)) == {"rain", "dozhd"}
        assert menu(page("/articles/dozhd/")) == ["/sections/politics/", "/sections/politika/"]
        assert alternates(page("/articles/rain/")) == {}
        assert "xhtml" not in page("/sitemap-articles-1.xml")

    def test_its_own_arrangement(self, russian, make_article, rain):
        first, second = (make_article(title, section=russian) for title in ("Один", "Два"))
        row = {
            "place": "lead", "heading": "", "article": first, "starts": None, "until": None,
            "rule": "nothing", "section": None, "count": 1,
        }  # fmt: skip
        newest = {**row, "place": "beside", "article": None, "rule": "newest", "count": 9}
        for language in ("ru", ""):
            draft = arranging.begin_arrangement(name="Front", language=language)
            lead = first if language else rain
            arranging.set_rows(arrangement=draft, rows=[{**row, "article": lead}, newest])
            assert arranging.put_live(arrangement=draft)
        assert FrontArrangement.objects.filter(state="live").count() == 2
        assert articles_on(page("/ru/")) == {first.slug, second.slug}
        assert articles_on(page("/")) == {"rain"}
        assert 'href="/ru/latest/"' in page("/ru/")
        assert arranging.clear_front(language="ru")
        assert arranging.live_arrangement("ru") is None
        assert arranging.live_arrangement() is not None

    def test_its_own_banner(self, rain, dozhd):
        banners.put_up_banner(text="Потоп", language="ru")
        assert "Потоп" in page("/ru/")
        assert "Потоп" in page("/articles/dozhd/")
        assert "Потоп" not in page("/")
        banners.put_up_banner(text="Flood")
        assert "Flood" in page("/articles/rain/")
        assert "Потоп" in page("/ru/")
        with pytest.raises(ArticleError, match="no edition"):
            banners.put_up_banner(text="Flut", language="de")

    def test_lists_over_languages_mark_the_others(self, rain, dozhd, editor):
        for article in (rain, dozhd):
            publishing.update_article(article=article, authors=[editor])
        text = page(f"{editor.get_absolute_url()}articles/")
        assert articles_on(text) == {"rain", "dozhd"}
        assert '<h3 class="headline" lang="ru"><a href="/articles/dozhd/"' in text
        assert '<h3 class="headline"><a href="/articles/rain/"' in text
        assert 'lang="ru"' not in page("/ru/latest/").partition("<main")[2]
        found = page("/search/?q=дождь")
        assert '<h3 class="headline" lang="ru"><a href="/articles/dozhd/"' in found

    def test_the_way_to_a_page_begins_at_its_front(self, rain, dozhd):
        for address, front in (
            ("/articles/dozhd/", "/ru/"), ("/sections/politika/", "/ru/"),
            ("/articles/rain/", "/"), ("/sections/politics/", "/"),
        ):  # fmt: skip
            told = re.search(r'"@type": ?"BreadcrumbList".*?"item": ?"([^"]+)"', page(address))
            assert told[1] == HERE + front


class TestSitemaps:
    def read(self, address):
        """{path: {hreflang: address}}, checked by the rules that search engines have."""
        tree = ET.fromstring(page(address))
        found = {}
        for url in tree:
            names = [each.tag for each in url]
            # What is not of the protocol's own comes last.
            assert names == sorted(names, key=lambda name: name.startswith(XHTML))
            links = url.findall(f"{XHTML}link")
            assert all(link.get("rel") == "alternate" and not link.text for link in links)
            told = {link.get("hreflang"): link.get("href") for link in links}
            assert len(told) == len(links)
            found[url.find(f"{SITEMAP}loc").text] = told
        for place, told in found.items():
            # Each names itself, and each that it names tells the same of it.
            assert not told or place in told.values()
            assert all(found[other] == told for other in told.values())
        return found

    def test_articles(self, rain, dozhd, make_article):
        sun = make_article("Sun")
        told = {"en": f"{HERE}/articles/rain/", "ru": f"{HERE}/articles/dozhd/"}
        assert self.read("/sitemap-articles-1.xml") == {
            told["en"]: told, told["ru"]: told, f"{HERE}{sun.get_absolute_url()}": {},
        }  # fmt: skip

    def test_fronts(self, rain, dozhd):
        found = self.read("/sitemap-sections.xml")
        told = {"en": f"{HERE}/", "ru": f"{HERE}/ru/", "x-default": f"{HERE}/"}
        assert found[f"{HERE}/"] == found[f"{HERE}/ru/"] == told
        assert f"{HERE}/ru/latest/" in found

    def test_news_say_their_language(self, rain, dozhd):
        text = page("/news-sitemap.xml")
        assert re.findall(r"<news:language>(\w+)<", text) == ["ru", "en"]

    def test_groups_over_two_files(self, russian, make_article, monkeypatch):
        monkeypatch.setattr("articles.sitemaps.SITEMAP_SIZE", 2)
        english = [make_article(f"Rain {at}") for at in range(3)]
        for original in english:
            article = make_article(f"Дождь {original.pk}", section=russian)
            translating.set_original(article=article, original=original)
        names = re.findall(r"/(sitemap-articles-\d+\.xml)", page("/sitemap.xml"))
        assert len(names) >= 3
        for name in names:
            for url in ET.fromstring(page(f"/{name}")):
                assert len(url.findall(f"{XHTML}link")) == 2


class TestQueries:
    def test_the_same_with_8_and_30(self, settings, russian, make_article):
        settings.EDITIONS = ["ru", "de", "fr"]
        others = [
            russian,
            sections.open_section("Politik", language="de"),
            sections.open_section("Politique", language="fr"),
        ]

        def fill(number):
            for _ in range(number):
                original = make_article(hours_ago=1)
                for section in others:
                    article = make_article(section=section, hours_ago=1)
                    translating.set_original(article=article, original=original)
            return original

        addresses = (
            "/", "/ru/", "/latest/", "/ru/latest/", "/ru/feed.rss", "/sections/politika/",
            "/sitemap-articles-1.xml", "/sitemap-sections.xml", "/news-sitemap.xml",
        )  # fmt: skip
        # Five stand above the strips of the front page, which ask for the rest.
        first = fill(8)
        few = {address: queries(address) for address in addresses}
        few["article"] = queries(first.get_absolute_url())
        last = fill(22)
        many = {address: queries(address) for address in addresses}
        many["article"] = queries(last.get_absolute_url())
        assert many == few
        # One edition asks nothing more than before there were any, several at most one query.
        settings.EDITIONS = []
        one = {address: queries(address) for address in addresses if "ru" not in address}
        one["article"] = queries(last.get_absolute_url())
        assert {name: many[name] - asked for name, asked in one.items()} == {
            **dict.fromkeys(one, 0), "article": 1, "/sitemap-articles-1.xml": 1,
        }  # fmt: skip

    def test_a_group_is_found_without_a_look_at_all_that_is_published(self, rain, dozhd):
        if connection.vendor == "sqlite":
            asked = {"original": rain.pk, "itself": dozhd.pk, "now": timezone.now()}
            plan = translations._group(**asked).explain()
            assert "one_translation_a_language" in plan
            assert "article_latest" not in plan
            assert "SCAN" not in plan.replace("SCALAR", "")


class TestTheLanguageOfAPage:
    """The browser is not asked: who is not signed in gets what the page is in."""

    # What the words of “Дождь” are in is marked where the page around them is in another language.
    MARKED = '<h1 dir="auto" lang="ru">'

    def test_not_signed_in(self, rain, dozhd, reader):
        comment = posting.post_comment(by=reader, discussion=dozhd.discussion, text="Мокро.")
        for address in (
            "/", "/ru/", "/articles/rain/", "/articles/dozhd/", "/sections/politika/",
            comment.get_absolute_url(), f"{comment.get_absolute_url()}thread/",
        ):  # fmt: skip
            answers = [
                Client().get(address, HTTP_ACCEPT_LANGUAGE=asked)
                for asked in ("", "en", "ru", "de, ru;q=0.5")
            ]
            assert {answer.content for answer in answers} == {answers[0].content}
            assert {answer["ETag"] for answer in answers} == {answers[0]["ETag"]}
            assert not any(answer.cookies for answer in answers)
            assert "Accept-Language" not in answers[0].get("Vary", "")
        assert self.MARKED not in page("/articles/dozhd/")

    @pytest.mark.parametrize(("chosen", "is_marked"), [("", False), ("ru", False), ("en", True)])
    def test_signed_in(self, dozhd, reader, sign_in, chosen, is_marked):
        membership.choose_language(by=reader, person=reader, language=chosen)
        text = page("/articles/dozhd/", sign_in(reader))
        assert (self.MARKED in text) == is_marked
        # Whatever is chosen, what stands around is the edition's.
        assert menu(text) == ["/sections/politika/"]

    def test_it_ends_with_the_request(self, dozhd):
        before = translation.get_language()
        page("/articles/dozhd/")
        assert translation.get_language() == before

    def test_everything_of_a_discussion_is_in_its_language(
        self, dozhd, reader, monkeypatch, sign_in
    ):
        comment = posting.post_comment(by=reader, discussion=dozhd.discussion, text="Мокро.")
        other = posting.post_comment(
            by=reader, discussion=dozhd.discussion, text="Да.", parent=comment
        )
        spoken = []
        monkeypatch.setattr(
            "comments.caching._address_of",
            lambda request: spoken.append(translation.get_language()),
        )
        base = comment.get_absolute_url()
        for address in (
            base, f"{base}thread/", f"{base}reply/", f"{base}preview/", f"{base}text/",
            f"/discussions/{dozhd.discussion_id}/new/?since=0",
            f"/discussions/{dozhd.discussion_id}/feed.atom", other.get_absolute_url(),
        ):  # fmt: skip
            spoken.clear()
            answer = Client().get(address)
            assert answer.status_code == 200, address
            assert set(spoken) == {"ru"}, address
        feed = page(f"/discussions/{dozhd.discussion_id}/feed.atom")
        assert 'xml:lang="ru"' in feed


class TestAtTheDesk:
    @pytest.fixture
    def desk(self, sign_in, editor):
        return sign_in(editor)

    def form(self, article, **fields):
        return {
            "title": article.title, "section": article.section_id, "lead": "", "body": "One.",
            "credits": "", "status": article.status, "slug": article.slug,
            "published_at_0": "2026-01-08", "published_at_1": "10:28:00",
            "seen_version": article.version, "bylines-TOTAL_FORMS": "0",
            "bylines-INITIAL_FORMS": "0", **fields,
        }  # fmt: skip

    def save(self, desk, article, **fields):
        article = Article.objects.get(pk=article.pk)
        return desk.post(f"{LIST}{article.pk}/change/", self.form(article, **fields))

    def test_said_and_taken_back(self, desk, rain, russian, make_article):
        dozhd = make_article("Дождь", section=russian)
        assert 'name="translation_of"' in page(f"{LIST}{dozhd.pk}/change/", desk)
        assert self.save(desk, dozhd, translation_of=rain.pk).status_code == 302
        assert Article.objects.get(pk=dozhd.pk).translation_of == rain
        assert self.save(desk, dozhd, translation_of="").status_code == 302
        assert Article.objects.get(pk=dozhd.pk).translation_of is None

    def test_a_new_one(self, desk, rain, russian):
        new = Article(title="Дождь", section=russian, status="published", slug="", version="")
        answer = desk.post(f"{LIST}add/", self.form(new, translation_of=rain.pk))
        assert answer.status_code == 302
        assert Article.objects.get(title="Дождь").translation_of == rain

    def test_moved_to_the_section_of_what_it_was_a_translation_of(
        self, desk, rain, dozhd, politics
    ):
        answer = self.save(desk, dozhd, section=politics.pk, translation_of="")
        assert answer.status_code == 302
        assert Article.objects.get(pk=dozhd.pk).language == "en"

    def test_refusals_stand_beside_the_field(self, desk, rain, dozhd, politics, make_article):
        sun = make_article("Sun")
        for article, fields, why in (
            (sun, {"translation_of": rain.pk}, "in this language, too: English"),
            (rain, {"translation_of": dozhd.pk}, "no translation of itself"),
            (dozhd, {"section": politics.pk, "translation_of": rain.pk}, "language, too"),
            (rain, {"section": dozhd.section_id, "translation_of": ""}, "into that section"),
        ):
            answer = self.save(desk, article, **fields)
            assert answer.status_code == 200
            assert why in answer.content.decode(), why

    def test_one_edition_shows_no_field(self, settings, desk, rain, dozhd, russian):
        settings.EDITIONS = []
        assert "translation_of" not in page(f"{LIST}{dozhd.pk}/change/", desk)
        assert self.save(desk, dozhd).status_code == 302
        assert Article.objects.get(pk=dozhd.pk).translation_of == rain
        for address in ("section/add/", "banner/add/", "frontarrangement/add/"):
            assert 'name="language"' not in page(f"/admin/articles/{address}", desk)

    def test_sections(self, desk, russian, rain, politics):
        def save(section, **fields):
            said = {"name": section.name, "slug": section.slug, "position": 1, "description": ""}
            address = f"/admin/articles/section/{section.pk}/change/"
            return desk.post(address, {**said, **fields})

        assert save(russian, language="en").status_code == 302
        assert Section.objects.get(pk=russian.pk).language == "en"
        answer = save(politics, language="ru")
        assert answer.status_code == 200
        assert "keeps its language" in answer.content.decode()
        assert save(politics, language="de").status_code == 200
        assert save(politics).status_code == 302
        assert Section.objects.get(pk=politics.pk).language == "en"

    def test_the_front_and_the_banner_of_an_edition(self, desk, rain, dozhd):
        acts = "/admin/articles/frontarrangement/"
        assert desk.post(f"{acts}act/begin/", {"language": "ru"}).status_code == 302
        assert FrontArrangement.objects.get().language == "ru"
        assert desk.post(f"{acts}act/begin/", {"language": "de"}).status_code == 404
        text = page(acts, desk)
        assert "English: " in text
        assert "Русский: " in text
        answer = desk.post(
            "/admin/articles/banner/add/", {"text": "Потоп", "language": "ru", "article": ""}
        )
        assert answer.status_code == 302
        assert "Русский: Above every page: “Потоп”" in page("/admin/articles/banner/", desk)
        assert "Потоп" in page("/ru/")
        assert "Потоп" not in page("/")


def test_discussions_follow_their_articles_alone(russian, make_article, politics):
    """Nobody else's discussion is written."""
    one, other = make_article(section=russian), make_article(section=russian)
    version = Discussion.objects.get(pk=other.discussion_id).version
    publishing.update_article(article=one, section=politics)
    assert Discussion.objects.get(pk=other.discussion_id).version == version
