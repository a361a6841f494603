"""Feeds over HTTP, read by a feed reader: what they tell, and what they must not."""

import gzip
import json
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import feedparser
import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from comments import bulk, hosting, moderation, posting, syndication
from comments.models import Comment, Discussion
from tests.xss_vectors import VECTORS

ATOM = "{http://www.w3.org/2005/Atom}"
THR = "{http://purl.org/syndication/thread/1.0}"
HERE = "http://testserver"
WILD = (
    "bell \x07 and escape \x1b[31m",
    "]]> <![CDATA[ <!-- & &amp; &#1;",
    "\"double\" 'single' `back`",
    "👩‍👩‍👧 🇬🇧 e\u0301",
    "שלום \u202ereversed\u202c مرحبا",
    "\ufffe\uffff\x85\u2028line",
)


@pytest.fixture
def visitor():
    return Client()


def atom(client, address):
    """The Atom feed at ``address``, as ``feedparser`` reads it; any fault in it is a failure."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    check_atom(answer.content)
    parsed = feedparser.parse(answer.content, sanitize_html=False, resolve_relative_uris=False)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return parsed


def check_atom(content):
    """What RFC 4287 requires of a feed and its entries (4.1.1, 4.1.2), by another parser."""
    feed = ET.fromstring(content)
    assert feed.tag == f"{ATOM}feed"
    assert len(feed.findall(f"{ATOM}link[@rel='self']")) == 1
    for element in (feed, *feed.iter(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1, name
        assert element.find(f"{ATOM}id").text.startswith(("http://", "tag:"))
        moment = datetime.fromisoformat(element.find(f"{ATOM}updated").text)
        assert moment.tzinfo is not None
        assert len(element.findall(f"{ATOM}link[@rel='alternate']")) == 1
    for entry in feed.iter(f"{ATOM}entry"):
        # One, or for an article several; where there is none, the feed's own stands for them.
        found = entry.findall(f"{ATOM}author") or feed.findall(f"{ATOM}author")
        assert found
        assert all(author.find(f"{ATOM}name").text for author in found)
        assert len(entry.findall(f"{ATOM}content")) == 1
        assert entry.find(f"{ATOM}content").get("type") == "html"
        for answers in entry.findall(f"{THR}in-reply-to"):
            assert answers.get("ref")


def json_feed(client, address):
    """The JSON Feed at ``address``, with what version 1.1 requires of it."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert isinstance(feed["title"], str)
    assert feed["feed_url"] == f"{HERE}{address}"
    assert feed["home_page_url"].startswith("http://")
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids)
    for item in feed["items"]:
        assert isinstance(item["id"], str)
        assert isinstance(item["content_html"], str)
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo is not None
        assert all(set(author) == {"name", "url"} for author in item["authors"])
        known = {
            "id", "url", "title", "content_html", "date_published", "date_modified", "authors",
        }  # fmt: skip
        # Of the format's own words only these; others begin with "_".
        assert all(name in known or name.startswith("_") for name in item)
    return feed


def addresses(discussion, comment, person):
    return [
        f"{where}feed.{form}"
        for where in (
            f"/discussions/{discussion.pk}/", f"/comments/{comment.pk}/", person.get_absolute_url(),
        )
        for form in ("atom", "json")
    ]  # fmt: skip


def import_comment(discussion, person, words, **fields):
    """An imported comment that says ``words``, with all their control characters."""
    comment = bulk.BulkComment(
        author_id=person.pk,
        posted_at=timezone.now(),
        blocks=[{"type": "text", "text": words}],
        **fields,
    )
    with transaction.atomic():
        bulk.merge(discussion, [comment])
    return Comment.objects.get(pk=comment.pk)


class TestWhatAFeedTells:
    def test_atom(self, visitor, make_person, discussion, post):
        ada, bob = make_person("Ada"), make_person("Bob")
        first = post(bob, "The *first* words")
        answer = post(ada, "An answer", parent=first)
        parsed = atom(visitor, f"/discussions/{discussion.pk}/feed.atom")
        assert parsed.feed.title == "Comments on “A page”"
        assert parsed.feed.link == f"{HERE}{discussion.url}"
        newest, oldest = parsed.entries
        assert newest.title == "Ada, in answer to Bob"
        assert oldest.title == "Bob on “A page”"
        assert newest.link == newest.id == f"{HERE}/comments/{answer.pk}/"
        assert newest.author_detail == {"name": "Ada", "href": f"{HERE}/people/Ada/"}
        assert oldest.content[0].value.strip() == "<p>The <em>first</em> words</p>"
        assert oldest.content[0].type == "text/html"
        assert newest["thr_in-reply-to"] == {
            "ref": oldest.id, "href": oldest.link, "type": "text/html",
        }  # fmt: skip
        assert "thr_in-reply-to" not in oldest
        assert oldest.published == oldest.updated
        assert parsed.feed.updated == newest.updated

    def test_json(self, visitor, make_person, discussion, post):
        ada, bob = make_person("Ada"), make_person("Bob")
        first = post(bob, "The *first* words")
        answer = post(ada, "An answer", parent=first)
        feed = json_feed(visitor, f"/discussions/{discussion.pk}/feed.json")
        assert feed["home_page_url"] == f"{HERE}{discussion.url}"
        newest, oldest = feed["items"]
        assert newest["title"] == "Ada, in answer to Bob"
        assert newest["url"] == newest["id"] == f"{HERE}/comments/{answer.pk}/"
        assert newest["authors"] == [{"name": "Ada", "url": f"{HERE}/people/Ada/"}]
        assert newest["_in_reply_to"]["id"] == oldest["id"]
        assert "_in_reply_to" not in oldest
        assert oldest["content_html"].strip() == "<p>The <em>first</em> words</p>"

    def test_an_edit_is_an_update_of_the_same_entry(self, visitor, reader, discussion, post):
        comment = post(reader, "Before")
        post(reader, "Later")
        address = f"/discussions/{discussion.pk}/feed.atom"
        before = atom(visitor, address)
        posting.edit_comment(by=reader, comment=comment, text="After", seen_revision=1)
        after = atom(visitor, address)
        assert [entry.id for entry in after.entries] == [entry.id for entry in before.entries]
        edited = after.entries[1]
        assert "After" in edited.content[0].value
        assert edited.published == before.entries[1].published
        assert edited.updated > edited.published
        assert after.feed.updated == edited.updated
        item = json_feed(visitor, f"/discussions/{discussion.pk}/feed.json")["items"][1]
        assert item["date_modified"] >= item["date_published"]

    def test_the_newest_fifty_in_the_order_they_came(self, visitor, reader, discussion, post):
        root = post(reader, "root")
        made = [root, *(post(reader, f"{n}", parent=root if n % 2 else None) for n in range(59))]
        newest = [f"{HERE}/comments/{each.pk}/" for each in made[::-1][: syndication.FEED_SIZE]]
        for where in (f"/discussions/{discussion.pk}/", reader.get_absolute_url()):
            assert [entry.id for entry in atom(visitor, f"{where}feed.atom").entries] == newest
            items = json_feed(visitor, f"{where}feed.json")["items"]
            assert [item["id"] for item in items] == newest

    def test_a_branch_has_what_hangs_under_it_and_nothing_else(
        self, visitor, reader, discussion, post
    ):
        root = post(reader, "root")
        branch = post(reader, "branch", parent=root)
        beside = post(reader, "beside", parent=root)
        deep = post(reader, "deep", parent=post(reader, "under it", parent=branch))
        post(reader, "beside too", parent=beside)
        post(reader, "elsewhere")

        def told(comment):
            feed = atom(visitor, f"/comments/{comment.pk}/feed.atom")
            return [
                re.sub(r"<[^>]*>", "", entry.content[0].value).strip() for entry in feed.entries
            ]

        assert told(branch) == ["deep", "under it", "branch"]
        assert told(deep) == ["deep"]
        assert told(root) == ["beside too", "deep", "under it", "beside", "branch", "root"]
        feed = json_feed(visitor, f"/comments/{branch.pk}/feed.json")
        assert feed["title"] == "Comment 1.1 on “A page” and the replies to it"
        assert feed["home_page_url"] == f"{HERE}/comments/{branch.pk}/"

    def test_a_persons_comments_in_all_discussions(
        self, visitor, make_person, make_discussion, discussion, post
    ):
        ada, bob = make_person("Ada"), make_person("Bob")
        first = post(bob, "Not hers")
        post(ada, "An answer", parent=first)
        other = make_discussion("Another page")
        posting.post_comment(by=ada, discussion=other, text="There")
        titles = [entry.title for entry in atom(visitor, "/people/Ada/feed.atom").entries]
        assert titles == ["Ada on “Another page”", "Ada, in answer to Bob, on “A page”"]
        assert json_feed(visitor, "/people/Ada/feed.json")["title"] == "Comments by Ada"

    def test_links_lead_here_from_everywhere(self, visitor, reader, discussion, post):
        words = (
            'See [that](/comments/1/), [this](#c5) and https://example.org/a?b&c, not href="/x"\n\n'
            '`<a href="/y">`'
        )
        comment = post(reader, words)
        feed = json_feed(visitor, f"/discussions/{discussion.pk}/feed.json")
        html = feed["items"][0]["content_html"]
        assert re.findall(r'<a [^>]*href="([^"]*)"', html) == [
            f"{HERE}/comments/1/",
            f"{HERE}/comments/{comment.pk}/#c5",
            "https://example.org/a?b&amp;c",
        ]
        assert 'not href="/x"' in html
        assert '&lt;a href="/y"&gt;' in html

    def test_a_mention_leads_here_too(self, visitor, make_person, discussion, post):
        ada = make_person("Ada")
        html = post(ada, "What says @Ada?").html
        assert 'href="/people/Ada/"' in html
        feed = json_feed(visitor, f"/discussions/{discussion.pk}/feed.json")
        whole = html.replace('href="/', f'href="{HERE}/')
        assert feed["items"][0]["content_html"] == whole

    def test_a_discussion_without_a_comment(self, visitor, discussion, reader):
        for address in (f"/discussions/{discussion.pk}/", reader.get_absolute_url()):
            empty = atom(visitor, f"{address}feed.atom")
            assert empty.entries == []
            # It does not say anything else when it is asked again.
            assert atom(Client(), f"{address}feed.atom").feed.updated == empty.feed.updated
            assert json_feed(visitor, f"{address}feed.json")["items"] == []

    def test_the_page_of_a_person_leads_to_it(self, visitor, db):
        for handle in ("Ada", "a/b", '50% "off"'):
            person = membership.import_people({handle: None})[handle]
            page = visitor.get(person.get_absolute_url()).content.decode()
            links = re.findall(r'<link rel="alternate" type="([^"]+)"[^>]* href="([^"]+)"', page)
            assert [kind for kind, _ in links] == ["application/atom+xml", "application/feed+json"]
            assert f'<a href="{links[0][1]}"' in page
            atom(visitor, links[0][1])
            json_feed(visitor, links[1][1])


class TestWhatItMustNotTell:
    def test_what_was_taken_down(self, visitor, make_person, moderator, discussion, post):
        ada, bob = make_person("Ada"), make_person("Bob")
        hidden = post(ada, "Rude words")
        withdrawn = post(ada, "Sorry words", parent=post(bob, "Kind words"))
        post(bob, "One answer", parent=hidden)
        post(bob, "Another answer", parent=withdrawn)
        moderation.hide(by=moderator, comment=hidden, reason="Secret reason")
        posting.withdraw_comment(by=ada, comment=withdrawn)
        for address in addresses(discussion, hidden, ada):
            told = visitor.get(address).content.decode()
            for secret in ("Rude words", "Sorry words", "Secret reason"):
                assert secret not in told, address
            if "/people/" not in address:
                assert "Ada" not in told, address
        titles = {
            entry.title
            for entry in atom(visitor, f"/discussions/{discussion.pk}/feed.atom").entries
        }
        assert titles == {"Bob on “A page”"}
        assert atom(visitor, "/people/Ada/feed.atom").entries == []

    def test_a_discussion_that_cannot_be_read(self, visitor, reader, discussion, post):
        comment = post(reader, "Unreadable now")
        for moment in (None, timezone.now() + timedelta(hours=1)):
            discussion.refresh_from_db()
            hosting.follow_page(
                discussion, title="A page", url=discussion.url, readable_from=moment
            )
            for address in addresses(discussion, comment, reader)[:4]:
                assert visitor.get(address).status_code == 404, address
            for address in addresses(discussion, comment, reader)[4:]:
                assert b"Unreadable now" not in visitor.get(address).content, address

    def test_what_is_not_there(self, visitor, db):
        for where in (
            "/discussions/99/", f"/discussions/{10**30}/", "/comments/99/", f"/comments/{10**30}/",
            "/people/nobody/", "/people/~99/", "/people/~x/", "/people/%00/",
        ):  # fmt: skip
            for form in ("atom", "json"):
                assert visitor.get(f"{where}feed.{form}").status_code == 404, where

    def test_nobodys_page_is_taken_by_a_feed(self, visitor, db):
        handles = ["feed.atom", "Ada/feed.atom", "Ada", "feed.json", "x/feed.json"]
        people = membership.import_people(dict.fromkeys(handles))
        for handle, person in people.items():
            page = visitor.get(person.get_absolute_url())
            assert f"<h1><bdi>{handle}</bdi></h1>" in page.content.decode()
            feed = json_feed(visitor, f"{person.get_absolute_url()}feed.json")
            assert feed["title"] == f"Comments by {handle}"
        assert "Ada/feed.atom" in visitor.get("/people/Ada/feed.atom/").content.decode()
        assert atom(visitor, "/people/Ada/feed.atom").feed.title == "Comments by Ada"

    def test_nobody_writes_to_a_feed(self, visitor, reader, discussion, post):
        for address in addresses(discussion, post(reader), reader):
            assert visitor.post(address).status_code == 405, address
            assert visitor.head(address).status_code == 200, address


class TestWildWords:
    @pytest.mark.parametrize("words", WILD)
    def test_in_every_place(self, visitor, db, make_discussion, words):
        person = membership.import_people({f"p {words}"[:100]: f"r {words}"})[f"p {words}"[:100]]
        discussion = make_discussion(title=f"t {words}")
        reply = bulk.BulkComment(
            author_id=person.pk,
            posted_at=timezone.now(),
            blocks=[{"type": "quote", "author": words, "text": words, "inner": []}],
        )
        comment = import_comment(discussion, person, words, children=[reply])
        for address in addresses(discussion, comment, person):
            if address.endswith("atom"):
                assert len(atom(visitor, address).entries) == 2, address
            else:
                assert len(json_feed(visitor, address)["items"]) == 2, address

    def test_scripts_stay_words(self, visitor, reader, discussion, post):
        for vector in VECTORS:
            if "\0" not in vector:
                post(reader, vector)
        everything = Comment.objects.order_by("-arrival").values_list("html", flat=True)
        told = [
            entry.content[0].value
            for entry in atom(visitor, f"/discussions/{discussion.pk}/feed.atom").entries
        ]
        assert len(told) == syndication.FEED_SIZE
        for html, shown in zip(everything, told, strict=False):
            # Nothing is changed but the addresses of links.
            assert (
                re.sub(r'href="[^"]*"', "", shown).strip()
                == re.sub(r'href="[^"]*"', "", html).strip()
            )


class TestHowItIsAnswered:
    def test_no_cookie_the_same_bytes_304_and_gzip(self, reader, discussion, post):
        comment = post(reader, "Words " * 100)
        for address in addresses(discussion, comment, reader):
            first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
            assert not first.cookies, address
            assert first.content == second.content, address
            assert first["Content-Type"] == second["Content-Type"], address
            assert "public" in first["Cache-Control"], address
            again = Client().get(address, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b""), address
            packed = Client().get(address, headers={"Accept-Encoding": "gzip"})
            assert packed["Content-Encoding"] == "gzip", address
            assert packed["Content-Type"] == first["Content-Type"], address
            assert gzip.decompress(packed.content) == first.content, address
            weak = Client().get(address, headers={"If-None-Match": packed["ETag"]})
            assert weak.status_code == 304, address

    def test_who_is_signed_in_is_answered_too(self, reader, sign_in, discussion, post):
        comment = post(reader)
        for address in addresses(discussion, comment, reader):
            answer = sign_in(reader).get(address)
            assert "private" in answer["Cache-Control"], address
            assert answer["Content-Type"] == Client().get(address)["Content-Type"], address

    @pytest.mark.parametrize(
        "change",
        [
            lambda by, comment, mod: posting.post_comment(
                by=by, discussion=comment.discussion, parent=comment, text="More"
            ),
            lambda by, comment, mod: posting.edit_comment(
                by=by, comment=comment, text="Else", seen_revision=1
            ),
            lambda by, comment, mod: posting.withdraw_comment(by=by, comment=comment),
            lambda by, comment, mod: moderation.hide(by=mod, comment=comment, reason="Rude"),
            lambda by, comment, mod: hosting.follow_page(
                Discussion.objects.get(pk=comment.discussion_id),
                title="Another title", url="/pages/moved/", readable_from=timezone.now(),
            ),
        ],
    )  # fmt: skip
    def test_every_change_is_told_at_once(self, reader, moderator, discussion, post, change):
        comment = post(reader)
        where = addresses(discussion, comment, reader)
        before = {address: Client().get(address) for address in where}
        change(reader, comment, moderator)
        for address in where:
            after = Client().get(address, headers={"If-None-Match": before[address]["ETag"]})
            assert after.status_code == 200, address
            assert after.content != before[address].content, address

    def test_a_new_name_is_told_at_once(self, reader, moderator, discussion, post):
        comment = post(reader)
        where = addresses(discussion, comment, reader)[:4]
        tags = {address: Client().get(address)["ETag"] for address in where}
        membership.rename_person(by=None, person=reader, handle="Augusta")
        for address in where:
            answer = Client().get(address, headers={"If-None-Match": tags[address]})
            assert "Augusta" in answer.content.decode(), address
            assert "Ada Reader" not in answer.content.decode(), address

    def test_the_same_queries_with_3_and_with_30(self, make_person, discussion, post):
        people = [make_person() for _ in range(5)]
        counted = []
        for size in (3, 30):
            while Comment.objects.count() < size:
                parent = Comment.objects.order_by("pk").first()
                post(people[Comment.objects.count() % 5], parent=parent)
            comment = Comment.objects.order_by("pk").first()
            for address in addresses(discussion, comment, people[0]):
                with CaptureQueriesContext(connection) as queries:
                    assert Client().get(address).status_code == 200
                counted.append(len(queries))
        assert counted[:6] == counted[6:], counted
        # A person's feed asks besides when the next page opens or goes.
        assert max(counted) <= 4

    def test_each_host_has_its_own(self, reader, discussion, post):
        address = f"/discussions/{discussion.pk}/feed.json"
        post(reader)
        other = Client().get(address, headers={"Host": "localhost:6666"})
        assert other.json()["items"][0]["id"].startswith("http://localhost:6666/comments/")
        assert Client().get(address)["ETag"] != other["ETag"]
