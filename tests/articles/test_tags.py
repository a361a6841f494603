"""Tags over HTTP: what an article is about, a tag's page, and two tags made one."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import publishing, shelves, tagging
from articles.errors import ArticleError
from articles.models import Article, Tag, Tagging
from tests.articles.test_admin import LIST, filled

TAGS = "/admin/articles/tag/"


@pytest.fixture
def tagged(make_article):
    """``tagged("Title", "Water", "Ice")``: a published article with these tags."""

    def make(title, *names, **fields):
        article = make_article(title, **fields)
        tagging.tag_article(article=article, names=names)
        return article

    return make


def tags_on(client, address):
    page = client.get(address).content.decode()
    return re.findall(r'<a rel="tag" href="([^"]+)"><bdi>([^<]+)</bdi>', page)


def headlines(client, address):
    page = client.get(address).content.decode()
    return re.findall(r'<h3 class="headline"><a [^>]*>([^<]+)<', page)


class TestPages:
    def test_an_article_leads_to_its_tags_in_order(self, client, tagged):
        article = tagged("Rain", "Water", "Anything", "Ледоход")
        assert tags_on(client, article.get_absolute_url()) == [
            ("/tags/water/", "Water"),
            ("/tags/anything/", "Anything"),
            ("/tags/ledokhod/", "Ледоход"),
        ]
        tagged("Snow", "water")
        assert headlines(client, "/tags/water/") == ["Snow", "Rain"]
        tagging.change_tag(tag=Tag.objects.get(slug="water"), description="Wet <things>.")
        page = client.get("/tags/water/").content.decode()
        assert "<h1><bdi>Water</bdi></h1>" in page
        assert "Wet &lt;things&gt;." in page

    def test_an_article_without_a_tag_has_no_list_of_them(self, client, make_article):
        page = client.get(make_article("Rain").get_absolute_url()).content.decode()
        assert 'class="tags"' not in page

    def test_every_change_is_another_page(self, client, tagged):
        article = tagged("Rain", "Water", "Ice")
        water, ice = Tag.objects.get(slug="water"), Tag.objects.get(slug="ice")
        addresses = [article.get_absolute_url(), "/tags/water/"]
        for change in (
            lambda: tagging.change_tag(tag=water, name="Waters"),
            lambda: tagging.merge_tags(tags=[ice], into=water),
            lambda: tagging.tag_article(article=article, names=["Ice", "Water", "Flood"]),
        ):
            tag = client.get(addresses[0])["ETag"]
            assert change()
            assert client.get(addresses[0])["ETag"] != tag
        tag = client.get("/tags/water/")["ETag"]
        assert tagging.change_tag(tag=water, description="Wet.")
        assert client.get("/tags/water/")["ETag"] != tag
        assert client.get("/tags/water/", headers={"If-None-Match": tag}).status_code == 200

    @pytest.mark.parametrize(
        "address", ["/tags/nothing/", "/tags/water/?before=x", "/tags/water/?after=2022"]
    )
    def test_what_is_not_there(self, client, tagged, address):
        tagged("Rain", "Water")
        assert client.get(address).status_code == 404
        assert client.post("/tags/water/").status_code == 405

    def test_what_readers_may_not_see_is_in_no_tag(self, client, tagged):
        moment = timezone.now() + timedelta(days=1)
        leak = tagged("Leak", "Merger", published_at=moment)
        tagged("Draft", "Merger", status="draft", published_at=None)
        tagged("Gone", "Merger", status="withdrawn")
        assert client.get("/tags/merger/").status_code == 404
        tag = Tag.objects.get()
        for now, told in ((moment - timedelta(seconds=1), []), (moment, ["Leak"])):
            page = shelves.tag_page(tag, now=now)
            assert [teaser.title for teaser in page.teasers] == told
        with pytest.raises(Tag.DoesNotExist):
            shelves.tag("merger", now=moment - timedelta(seconds=1))
        assert shelves.tag("merger", now=moment) == tag
        publishing.publish_article(article=leak, published_at=timezone.now())
        assert headlines(client, "/tags/merger/") == ["Leak"]
        publishing.withdraw_article(article=leak)
        assert client.get("/tags/merger/").status_code == 404

    def test_pages_neither_skip_nor_repeat(self, client, tagged):
        moment = timezone.now() - timedelta(days=1)
        for at in range(45):
            tagged(f"A{at:02}", "Water", published_at=moment - timedelta(hours=at // 15))
        moved = Article.objects.order_by("id").first()
        publishing.update_article(article=moved, published_at=moment - timedelta(days=9))
        seen, address = [], "/tags/water/"
        while address:
            seen.append(headlines(client, address))
            page = client.get(address).content.decode()
            found = re.search(r'<a rel="next" href="([^"]+)"', page)
            address = found and found[1]
        assert [len(titles) for titles in seen] == [20, 20, 5]
        assert len({title for titles in seen for title in titles}) == 45
        assert seen[2][-1] == moved.title
        back = re.search(r'<a rel="prev" href="([^"]+)"', page)[1]
        assert headlines(client, back) == seen[1]

    def test_the_same_queries_with_3_and_with_30(self, client, tagged):
        counted = []
        for number in (3, 27):
            for at in range(number):
                article = tagged(f"{at}", "Water", f"Tag {at}", "Ice")
            for address in ("/tags/water/", article.get_absolute_url()):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                counted.append(len(queries))
        assert counted[:2] == counted[2:]
        assert max(counted) <= 8

    def test_a_list_is_read_in_the_order_of_its_index(self, tagged):
        tagged("Rain", "Water")
        lines = shelves.by_tag(Tag.objects.get()).lines.order_by("-published_at", "-article_id")
        if connection.vendor == "sqlite":
            plan = lines.values_list("article_id")[:20].explain()
            assert "tagging_by_tag" in plan
            assert "TEMP B-TREE" not in plan


class TestWrites:
    def test_names_that_differ_by_capitals_are_one_tag(self, make_article):
        article, other = make_article(), make_article()
        names = ["New  York", "new york", " NEW YORK ", "Straße"]
        assert tagging.tag_article(article=article, names=names)
        assert tagging.tag_article(article=other, names=["NEW york", "STRASSE"])
        assert list(Tag.objects.order_by("id").values_list("name", "slug")) == [
            ("New York", "new-york"), ("Straße", "strasse"),
        ]  # fmt: skip
        assert Tagging.objects.count() == 4

    def test_an_order_is_a_change_and_the_same_again_is_none(self, make_article):
        article = make_article()
        version = article.version
        assert tagging.tag_article(article=article, names=["a", "b"])
        assert not tagging.tag_article(article=article, names=["A", "B"])
        assert tagging.tag_article(article=article, names=["b", "a"])
        assert tagging.tag_article(article=article, names=[])
        article.refresh_from_db()
        assert article.version == version + 3
        assert Tag.objects.count() == 2

    def test_addresses_that_are_spelled_alike_are_parted(self, make_article):
        tagging.tag_article(article=make_article(), names=["C", "C++", "C#", "++"])
        assert [tag.slug for tag in Tag.objects.order_by("id")] == ["c", "c-2", "c-3", "tag"]

    @pytest.mark.parametrize("name", [" ", "x" * 61, "a,b", "a\x00b", "a\u202eb", "ﷺ" * 11])
    def test_what_no_tag_can_be_called(self, make_article, name):
        with pytest.raises(ArticleError):
            tagging.tag_article(article=make_article(), names=["Fine", name])
        assert not Tag.objects.exists()

    def test_too_many(self, make_article):
        article = make_article()
        with pytest.raises(ArticleError, match="at most 20"):
            tagging.tag_article(article=article, names=[f"{at}" for at in range(21)])
        names = [f"{at}" for at in range(20)]
        assert tagging.tag_article(article=article, names=names + names)

    def test_a_merged_tag_is_the_other_one_from_then_on(self, client, tagged, make_article):
        both = tagged("Both", "USA", "Canada", "U.S.")
        tagged("One", "U.S.", hours_ago=2)
        tagged("Old", "America", hours_ago=3)
        usa, us, america = (Tag.objects.get(name=each) for each in ("USA", "U.S.", "America"))
        assert tagging.merge_tags(tags=[us, usa], into=usa) == 1
        assert tags_on(client, both.get_absolute_url()) == [
            ("/tags/usa/", "USA"), ("/tags/canada/", "Canada"),
        ]  # fmt: skip
        assert headlines(client, "/tags/usa/") == ["Both", "One"]
        answer = client.get("/tags/u-s/")
        assert (answer.status_code, answer["Location"]) == (301, "/tags/usa/")
        # A chain is one step.
        assert tagging.merge_tags(tags=[usa], into=america) == 1
        assert client.get("/tags/u-s/")["Location"] == "/tags/america/"
        assert headlines(client, "/tags/america/") == ["Both", "One", "Old"]
        # Whoever writes the old name means the new one.
        tagging.tag_article(article=make_article("New"), names=["u.s.", "America", "usa"])
        assert headlines(client, "/tags/america/")[0] == "New"
        assert Tagging.objects.filter(tag=america).count() == 4
        assert not tagging.merge_tags(tags=[us, usa], into=america)
        us.refresh_from_db()
        with pytest.raises(ArticleError, match="was merged"):
            tagging.merge_tags(tags=[america], into=us)

    def test_a_merged_tag_leads_nowhere_that_readers_may_not_see(self, client, tagged):
        tagged("Draft", "Secret", "Secrets", status="draft")
        secret, secrets = Tag.objects.order_by("id")
        tagging.merge_tags(tags=[secret], into=secrets)
        assert client.get("/tags/secret/").status_code == 404

    def test_a_name_or_address_that_another_has(self, tagged):
        tagged("Rain", "Water", "Ice")
        ice = Tag.objects.get(slug="ice")
        for changes in ({"name": "WATER"}, {"slug": "water"}):
            with pytest.raises(ArticleError, match="Merge"):
                tagging.change_tag(tag=ice, **changes)
        with pytest.raises(ArticleError):
            tagging.change_tag(tag=ice, description="x" * 201)
        assert not tagging.change_tag(tag=ice, name="Ice")
        assert tagging.change_tag(tag=ice, name="ICE")

    def test_only_editors_write_tags(self, tagged, reader, moderator, editor):
        article = tagged("Rain", "Water", "Ice")
        water, ice = Tag.objects.order_by("id")
        for person in (reader, moderator):
            for write in (
                lambda by: tagging.tag_article(by=by, article=article, names=["x"]),
                lambda by: tagging.change_tag(by=by, tag=water, name="x"),
                lambda by: tagging.merge_tags(by=by, tags=[water], into=ice),
            ):
                with pytest.raises(PermissionDenied):
                    write(person)
        assert tagging.tag_article(by=editor, article=article, names=["x"])


@pytest.mark.django_db(transaction=True)
def test_many_who_write_the_same_new_tag_make_one(make_article):
    articles = [make_article(f"A{at}") for at in range(8)]

    def write(article):
        try:
            return tagging.tag_article(article=article, names=["New", "Other"])
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(write, articles))
    assert Tag.objects.count() == 2
    assert Tagging.objects.count() == 16


class TestDesk:
    @pytest.fixture
    def desk(self, sign_in, editor):
        return sign_in(editor)

    def test_an_editor_writes_tags(self, desk, politics, client):
        sent = filled(politics, tags="Water, ice , WATER,,")
        assert desk.post(f"{LIST}add/", sent).status_code == 302
        article = Article.objects.get()
        assert [name for _, name in tags_on(client, article.get_absolute_url())] == ["Water", "ice"]
        page = desk.get(f"{LIST}{article.pk}/change/").content.decode()
        assert 'value="Water, ice"' in page
        assert f'data-tags="{TAGS}suggest/"' in page
        sent = filled(politics, tags="Ice", seen_version=article.version, slug="rain")
        assert desk.post(f"{LIST}{article.pk}/change/", sent).status_code == 302
        assert [name for _, name in tags_on(client, "/articles/rain/")] == ["ice"]

    def test_what_cannot_be_a_tag_is_told_and_kept(self, desk, politics):
        answer = desk.post(f"{LIST}add/", filled(politics, tags="Fine, " + "x" * 61))
        page = answer.content.decode()
        assert "A tag has 1 to 60 characters" in page
        assert 'value="Fine, xxx' in page
        assert not Article.objects.exists()

    def test_names_are_offered(self, desk, tagged):
        tagged("Rain", "Water", "Waterfall", "Ice", "WATERLOO")
        water = Tag.objects.get(name="Water")
        assert desk.get(f"{TAGS}suggest/?q=wAt").json() == {
            "names": ["Water", "Waterfall", "WATERLOO"]
        }
        tagging.merge_tags(tags=[Tag.objects.get(name="Waterfall")], into=water)
        assert desk.get(f"{TAGS}suggest/?q=wat").json() == {"names": ["Water", "WATERLOO"]}
        for nothing in ("", "%", "_", "zebra"):
            assert desk.get(f"{TAGS}suggest/", {"q": nothing}).json() == {"names": []}

    def test_two_tags_are_merged(self, desk, tagged, client):
        tagged("Rain", "USA", "U.S.")
        usa, us = Tag.objects.order_by("id")
        sent = {"action": "merge_chosen", "_selected_action": [usa.pk, us.pk]}
        page = desk.post(TAGS, sent).content.decode()
        assert "Which one stays?" in page
        assert not Tag.objects.filter(merged_into=usa).exists()
        answer = desk.post(TAGS, sent | {"confirmed": "yes"})
        assert "This field is required" in answer.content.decode()
        answer = desk.post(TAGS, sent | {"confirmed": "yes", "into": usa.pk}, follow=True)
        assert "1 tags were merged into “USA”." in answer.content.decode()
        assert client.get("/tags/u-s/")["Location"] == "/tags/usa/"

    def test_a_tag_is_changed_and_never_deleted(self, desk, tagged):
        tagged("Rain", "Water", "Ice")
        water = Tag.objects.get(name="Water")
        address = f"{TAGS}{water.pk}/change/"
        sent = {"name": "ICE", "slug": "water", "description": ""}
        assert "There is a tag of this name." in desk.post(address, sent).content.decode()
        sent["name"] = "a,b"
        assert "no comma" in desk.post(address, sent).content.decode()
        sent |= {"name": "Waters", "description": "Wet."}
        assert desk.post(address, sent).status_code == 302
        water.refresh_from_db()
        assert (water.name, water.description, water.folded) == ("Waters", "Wet.", "waters")
        assert desk.post(f"{TAGS}{water.pk}/delete/", {"post": "yes"}).status_code == 403
        assert desk.post(f"{TAGS}add/", sent).status_code == 403

    @pytest.mark.parametrize("role", ["moderator", "reader"])
    def test_nobody_else_reaches_them(self, sign_in, make_person, tagged, role):
        tagged("Rain", "Water")
        client = sign_in(make_person(role=role))
        for address in ("", "suggest/?q=wat", f"{Tag.objects.get().pk}/change/"):
            assert client.get(f"{TAGS}{address}").status_code in (302, 403)
