"""What pages tell machines of themselves, over HTTP: JSON-LD by Google's rules, and previews."""

import json
import re
from datetime import datetime
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.test import Client

from articles import crediting, publishing, tagging
from articles.crediting import Maker
from articles.graph import cut
from comments import posting
from tests.comments.test_feeds import HERE, WILD
from tests.xss_vectors import VECTORS

# What each type needs, by Google's documentation or by schema.org where it has none.
REQUIRED = {
    "NewsArticle": {
        "@id", "url", "headline", "image", "datePublished", "dateModified", "author", "publisher",
        "mainEntityOfPage", "articleSection", "wordCount", "commentCount", "isAccessibleForFree",
    },
    "BreadcrumbList": {"itemListElement"},
    "ListItem": {"position", "name"},
    "CollectionPage": {"@id", "url", "name", "mainEntity", "isPartOf"},
    "ItemList": {"itemListElement"},
    "WebSite": {"name"},
    "Organization": {"name", "url"},
    "Person": {"name", "url"},
    "ImageObject": {"url"},
    "CorrectionComment": {"@id", "text", "datePublished"},
    "Comment": {"@id", "url"},
    "WebPage": {"@id"},
    "InteractionCounter": {"interactionType", "userInteractionCount"},
}  # fmt: skip
ADDRESSES = {"url", "item", "@id", "image"}
MOMENTS = {"datePublished", "dateModified", "dateCreated"}


def check_node(node):
    """That an object and all in it have what their types need, in the forms that they need."""
    if isinstance(node, list):
        for each in node:
            check_node(each)
    if not isinstance(node, dict):
        return
    if "@type" not in node:
        # A reference to another object.
        assert set(node) == {"@id"}
    else:
        missing = REQUIRED[node["@type"]] - set(node)
        assert not missing, (node["@type"], missing)
    for name, value in node.items():
        assert value not in ("", None), name
        if name in ADDRESSES:
            for address in value if isinstance(value, list) else [value]:
                if isinstance(address, dict):
                    # Checked as what it is.
                    continue
                parts = urlsplit(address)
                assert (parts.scheme, parts.netloc) == ("http", "testserver"), address
        if name in MOMENTS:
            assert datetime.fromisoformat(value).tzinfo is not None
        check_node(value)


def page_of(address):
    answer = Client().get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def graph_of(address):
    """{type: object} of the page's only graph."""
    [text] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page_of(address), re.DOTALL
    )
    assert not set("<>&\u2028\u2029") & set(text)
    told = json.loads(text)
    assert told["@context"] == "https://schema.org"
    check_node(told["@graph"])
    nodes = {node["@type"]: node for node in told["@graph"]}
    assert len(nodes) == len(told["@graph"])
    check_breadcrumbs(nodes.get("BreadcrumbList"))
    return nodes


def check_breadcrumbs(way):
    if way is None:
        return
    steps = way["itemListElement"]
    # Google wants two at least.
    assert len(steps) >= 2
    assert [step["position"] for step in steps] == list(range(1, len(steps) + 1))
    for step in steps:
        assert Client().get(step["item"].removeprefix(HERE)).status_code == 200


def elements_of(address):
    """The page's ``<meta>`` as ``{name: [contents]}``, and where its canonical link leads."""
    page = page_of(address)
    found = {}
    for name, content in re.findall(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"', page):
        found.setdefault(name, []).append(unescape(content))
    [canonical] = re.findall(r'<link rel="canonical" href="([^"]+)">', page)
    return found, unescape(canonical)


@pytest.fixture
def cleo(db):
    return crediting.create_guest(name="Cleo Guest", biography="She takes pictures.")


@pytest.fixture
def told(make_article, make_person, cleo):
    ada = make_person("Ada", real_name="Ada L.")
    article = make_article(
        "Rain & <b>wind</b>",
        lead="It poured.",
        hours_ago=30,
        authors=[ada, cleo, Maker(cleo, "photo"), Maker(make_person("Eddy"), "editor")],
        blocks=[{"type": "paragraph", "text": "One two three <four>."}],
    )
    tagging.tag_article(article=article, names=["Water", "Ice"])
    return article


class TestArticle:
    def test_all_that_is_known_of_it(self, told, reader):
        first = posting.post_comment(by=reader, discussion=told.discussion, text="So wet.")
        posting.post_comment(by=reader, discussion=told.discussion, text="Yes.", parent=first)
        nodes = graph_of(told.get_absolute_url())
        assert set(nodes) == {"NewsArticle", "BreadcrumbList"}
        node, address = nodes["NewsArticle"], f"{HERE}{told.get_absolute_url()}"
        assert node["headline"] == "Rain & <b>wind</b>"
        assert node["description"] == "It poured."
        assert node["url"] == node["mainEntityOfPage"]["@id"] == address
        assert node["author"] == [
            {"@type": "Person", "name": "Ada L.", "url": f"{HERE}/people/Ada/"},
            {"@type": "Person", "name": "Cleo Guest", "url": f"{HERE}/authors/cleo-guest/"},
        ]
        assert [each["name"] for each in node["editor"]] == ["Eddy"]
        assert [each["name"] for each in node["contributor"]] == ["Cleo Guest"]
        assert node["publisher"]["name"] == "The Open Column"
        assert node["articleSection"] == "Politics"
        assert node["keywords"] == ["Water", "Ice"]
        assert (node["wordCount"], node["commentCount"]) == (4, 2)
        assert node["isAccessibleForFree"] is True
        assert node["datePublished"] == node["dateModified"]
        [top] = node["comment"]
        assert (top["text"], top["comment"][0]["text"]) == ("So wet.", "Yes.")
        assert [step["name"] for step in nodes["BreadcrumbList"]["itemListElement"]] == [
            "The Open Column", "Politics", "Rain & <b>wind</b>",
        ]  # fmt: skip

    def test_a_change_is_told(self, told):
        before = graph_of(told.get_absolute_url())["NewsArticle"]
        publishing.update_article(article=told, lead="It snowed.")
        after = graph_of(told.get_absolute_url())["NewsArticle"]
        assert after["dateModified"] > before["dateModified"]
        assert after["datePublished"] == before["datePublished"]
        assert after["description"] == "It snowed."

    def test_where_nobody_wrote_it_the_paper_did(self, make_article, cleo):
        article = make_article("Rain", authors=[Maker(cleo, "photo")])
        node = graph_of(article.get_absolute_url())["NewsArticle"]
        assert node["author"] == [
            {"@type": "Organization", "name": "The Open Column", "url": f"{HERE}/"}
        ]
        assert not {"editor", "keywords"} & set(node)

    def test_a_long_headline_is_cut(self, make_article):
        article = make_article("word " * 60)
        headline = graph_of(article.get_absolute_url())["NewsArticle"]["headline"]
        assert len(headline) <= 110
        assert headline.endswith("word…")
        for text in ("x" * 300, "a " * 200, "x" * 110, ""):
            assert len(cut(text, 110)) <= 110
        assert cut("x" * 110, 110) == "x" * 110

    def test_nothing_that_people_write_ends_the_element(self, make_article, reader):
        for words in (*VECTORS, *WILD):
            words = words.replace("\0", "").replace("\n", " ").strip()
            article = make_article(words, lead=words, slug="wild")
            posting.post_comment(by=reader, discussion=article.discussion, text="Yes.")
            node = graph_of("/articles/wild/")["NewsArticle"]
            assert node["description"] == " ".join(words.split())
            publishing.update_article(article=article, slug=f"was-wild-{article.pk}")

    def test_a_page_further_down_is_of_the_same_article(self, told, reader):
        first = posting.post_comment(by=reader, discussion=told.discussion, text="So wet.")
        nodes = graph_of(f"{told.get_absolute_url()}?from={first.pk}")
        assert nodes["NewsArticle"]["url"] == f"{HERE}{told.get_absolute_url()}"

    def test_a_draft_is_told_to_nobody(self, make_article, sign_in, editor):
        article = make_article("Draft", status="draft", published_at=None)
        assert Client().get(article.get_absolute_url()).status_code == 404
        page = sign_in(editor).get(article.get_absolute_url()).content.decode()
        assert '"datePublished"' not in page
        assert "article:published_time" not in page

    def test_how_a_link_to_it_looks(self, told):
        found, canonical = elements_of(told.get_absolute_url())
        address = f"{HERE}{told.get_absolute_url()}"
        assert canonical == address
        picture = found["og:image"][0]
        assert picture.startswith(f"{address}card.png?v=")
        expected = {
            "og:type": ["article"],
            "og:site_name": ["The Open Column"],
            "og:title": ["Rain & <b>wind</b>"],
            "og:url": [address],
            "og:description": ["It poured."],
            "og:locale": ["en_GB"],
            "og:image": [picture],
            "og:image:type": ["image/png"],
            "og:image:width": ["1200"],
            "og:image:height": ["630"],
            "og:image:alt": ["Rain & <b>wind</b>"],
            "article:section": ["Politics"],
            "article:tag": ["Water", "Ice"],
            "article:author": [f"{HERE}/people/Ada/", f"{HERE}/authors/cleo-guest/"],
            "twitter:card": ["summary_large_image"],
            "twitter:title": ["Rain & <b>wind</b>"],
            "twitter:description": ["It poured."],
            "twitter:image": [picture],
            "twitter:image:alt": ["Rain & <b>wind</b>"],
        }
        assert {name: found.get(name) for name in expected} == expected
        for name in ("article:published_time", "article:modified_time"):
            assert datetime.fromisoformat(found[name][0]).tzinfo is not None
        assert Client().get(picture.removeprefix(HERE))["Content-Type"] == "image/png"
        publishing.update_article(article=told, title="Else")
        assert elements_of(told.get_absolute_url())[0]["og:image"] != [picture]


class TestLists:
    def test_the_front_page(self, told):
        nodes = graph_of("/")
        assert set(nodes) == {"WebSite", "Organization"}
        assert nodes["WebSite"]["publisher"]["@id"] == nodes["Organization"]["@id"]
        logo = nodes["Organization"]["logo"]["url"]
        assert logo.endswith("img/icon.png")

    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ("/latest/", "Latest articles"),
            ("/sections/politics/", "Politics"),
            ("/tags/water/", "Water"),
            ("/authors/cleo-guest/", "Cleo Guest"),
            ("/people/Ada/articles/", "Ada L."),
        ],
    )
    def test_a_list(self, told, address, name):
        nodes = graph_of(address)
        assert set(nodes) == {"CollectionPage", "BreadcrumbList"}
        page = nodes["CollectionPage"]
        assert (page["name"], page["url"]) == (name, f"{HERE}{address}")
        [item] = page["mainEntity"]["itemListElement"]
        assert item["url"] == f"{HERE}{told.get_absolute_url()}"
        found, canonical = elements_of(f"{address}?utm_source=x")
        assert canonical == f"{HERE}{address}"
        assert found["og:title"] == [f"{name} – The Open Column"]
        assert found["og:url"] == [f"{HERE}{address}"]
        assert found["og:type"] == ["website"]

    def test_whose_list_it_is(self, told):
        assert graph_of("/authors/cleo-guest/")["CollectionPage"]["about"] == {
            "@type": "Person",
            "name": "Cleo Guest",
            "url": f"{HERE}/authors/cleo-guest/",
            "description": "She takes pictures.",
        }
        about = graph_of("/people/Ada/articles/")["CollectionPage"]["about"]
        assert about["url"] == f"{HERE}/people/Ada/"

    def test_each_page_of_a_list_stands_for_itself(self, make_article):
        for at in range(25):
            make_article(hours_ago=at)
        page = page_of("/latest/")
        older = unescape(re.search(r'<a rel="next" href="([^"]+)"', page)[1])
        _, canonical = elements_of(f"{older}&utm_source=x")
        assert canonical == f"{HERE}{older}"

    def test_wild_words(self, db, make_article):
        for at, words in enumerate(VECTORS):
            words = " ".join(words.replace("\0", "").split())[:60]
            article = make_article(f"t {words}", slug=f"wild-{at}")
            guest = crediting.create_guest(name=words, slug=f"g{at}", biography=words)
            publishing.update_article(article=article, authors=[guest])
            node = graph_of(f"/authors/g{at}/")["CollectionPage"]
            assert node["name"] == node["description"] == words
