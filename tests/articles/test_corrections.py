"""Corrections: said under the article, in the archive and in its feed, by editors alone."""

import json
import re
from datetime import datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import corrections, publishing
from articles.models import Article, Correction
from tests.comments.test_feeds import atom
from tests.xss_vectors import VECTORS

LIST = "/admin/articles/correction/"


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


def json_feed(client, address):
    """The JSON Feed at ``address``, with what version 1.1 requires of it and we say in it."""
    answer = client.get(address)
    assert answer["Content-Type"] == "application/feed+json; charset=utf-8"
    feed = json.loads(answer.content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"http://testserver{address}"
    assert feed["home_page_url"] == "http://testserver/corrections/"
    for item in feed["items"]:
        assert item["authors"] == [{"name": "The Open Column", "url": "http://testserver/"}]
        for name in ("date_published", "date_modified"):
            assert datetime.fromisoformat(item[name]).tzinfo is not None
    return feed


def correct(article, text="It was 12, not 21.", kind="correction", **fields):
    return corrections.publish_correction(article=article, kind=kind, text=text, **fields)


def filled(article, /, **fields):
    form = {"article": article.pk, "kind": "update", "text": "It is 13 by now."}
    return form | {"at_0": "", "at_1": ""} | fields


def test_a_correction_is_read_on_the_article_in_the_archive_and_in_the_feeds(client, make_article):
    article = make_article("Rain")
    etags = {path: client.get(path)["ETag"] for path in ("/articles/rain/", "/corrections/")}
    made = correct(article, "It was <b>12</b>, not 21.\nSee https://example.org/12.")
    html = (
        "It was &lt;b&gt;12&lt;/b&gt;, not 21.<br>\nSee "
        '<a href="https://example.org/12" rel="nofollow noopener">https://example.org/12</a>.'
    )
    for path, etag in etags.items():
        answer = client.get(path, headers={"if-none-match": etag})
        assert answer.status_code == 200
        assert html in answer.content.decode()
    page = client.get("/articles/rain/").content.decode()
    assert re.search(r'<a href="#corrections">Corrected on <time', page)
    assert page.index("Corrected on") < page.index("<p>One.</p>") < page.index(html)
    assert "updated " in page
    [graph] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    [told] = json.loads(graph)["@graph"][0]["correction"]
    assert told["@id"] == f"http://testserver/articles/rain/#correction-{made.pk}"
    assert "not 21" in told["text"]
    assert f"/articles/rain/#correction-{made.pk}" in client.get("/corrections/").content.decode()
    (entry,) = atom(client, "/corrections/feed.atom").entries
    assert (entry.title, entry.content[0].value) == ("Correction: Rain", html)
    assert entry.link == f"http://testserver/articles/rain/#correction-{made.pk}"
    (item,) = json_feed(client, "/corrections/feed.json")["items"]
    assert (item["title"], item["content_html"], item["tags"]) == (
        "Correction: Rain",
        html,
        ["correction"],
    )
    assert item["id"] == entry.id == f"tag:testserver,2026:corrections/{made.pk}"
    assert item["url"] == entry.link


def test_only_corrections_are_told_above_the_article(client, make_article):
    article = make_article("Rain")
    correct(article, "What we meant.", kind="clarification")
    correct(article, "What came of it.", kind="update")
    page = client.get("/articles/rain/").content.decode()
    assert "Corrected on" not in page
    for words in ("Clarification, ", "Update, ", "What we meant.", "What came of it."):
        assert words in page
    plain = client.get(make_article("Sun").get_absolute_url()).content.decode()
    assert "What was changed here" not in plain


def test_a_withdrawn_one_is_nowhere(client, make_article, editor):
    article = make_article("Rain")
    made = correct(article)
    etag = client.get("/articles/rain/")["ETag"]
    assert corrections.withdraw_correction(by=editor, correction=made) is True
    assert corrections.withdraw_correction(by=editor, correction=made) is False
    answer = client.get("/articles/rain/", headers={"if-none-match": etag})
    assert "not 21" not in answer.content.decode()
    assert answer.status_code == 200
    for path in ("/corrections/", "/corrections/feed.atom", "/corrections/feed.json"):
        assert "not 21" not in client.get(path).content.decode()
    made.refresh_from_db()
    assert made.withdrawn_by == editor


def test_those_of_articles_that_readers_do_not_see_are_not_told(client, make_article):
    now = timezone.now()
    article = make_article("Rain")
    correct(article)
    publishing.withdraw_article(article=article)
    for path in ("/corrections/", "/corrections/feed.atom", "/corrections/feed.json"):
        assert "not 21" not in client.get(path).content.decode()
    moment = now + timedelta(hours=1)
    publishing.publish_article(article=article, published_at=moment)
    a_second = timedelta(seconds=1)
    assert not corrections.archive_page(now=moment - a_second).entries
    assert not corrections.newest_corrections(now=moment - a_second)
    assert len(corrections.archive_page(now=moment).entries) == 1
    assert len(corrections.newest_corrections(now=moment)) == 1


def test_the_articles_version_and_its_update_move_on(make_article, editor):
    article = make_article("Rain")
    before = article.version
    made = correct(article, by=editor)
    article.refresh_from_db()
    assert article.version == before + 1
    assert timezone.now() - article.updated_at < timedelta(minutes=1)
    assert made.made_by == editor
    corrections.withdraw_correction(correction=made)
    article.refresh_from_db()
    assert article.version == before + 2


def test_what_is_no_correction_is_refused(make_article):
    article, now = make_article("Rain"), timezone.now()
    for fields, why in (
        ({"text": " \n "}, "Say what was wrong"),
        ({"text": "\0"}, "Say what was wrong"),
        ({"text": "x" * 3_001}, "at most 3,000"),
        ({"kind": "rumour"}, "Say whether"),
        ({"at": now + timedelta(minutes=1)}, "between"),
        ({"at": article.published_at - timedelta(seconds=1)}, "between"),
    ):
        with pytest.raises(publishing.ArticleError, match=why):
            correct(article, **fields)
    for hidden in (
        make_article("Draft", status="draft"),
        make_article("Tomorrow", hours_ago=-24),
        make_article("Withdrawn", status="withdrawn"),
    ):
        with pytest.raises(publishing.ArticleError, match="do not see"):
            correct(hidden)
    assert not Correction.objects.exists()
    assert correct(article, at=article.published_at).at == article.published_at


@pytest.mark.parametrize("role", ["reader", "moderator", "senior"])
def test_only_editors_correct(sign_in, make_person, make_article, role):
    by, article = make_person(role=role), make_article("Rain")
    made = correct(article)
    for write in (
        lambda: correct(article, by=by),
        lambda: corrections.withdraw_correction(by=by, correction=made),
    ):
        with pytest.raises(PermissionDenied):
            write()
    client = sign_in(by)
    for address in (LIST, f"{LIST}add/", f"{LIST}{made.pk}/change/"):
        answer = client.get(address)
        answer = client.get(answer["Location"]) if answer.status_code == 302 else answer
        assert answer.status_code == 403, address
    client.post(f"{LIST}add/", filled(article))
    client.post(LIST, {"action": "withdraw_chosen", "_selected_action": made.pk})
    assert Correction.objects.get().withdrawn_at is None


def test_an_editor_corrects_from_the_articles_own_form(desk, make_article, editor, client):
    article = make_article("Rain")
    page = desk.get(f"/admin/articles/article/{article.pk}/change/").content.decode()
    link = re.search(r'href="([^"]+)">Publish a correction', page)[1]
    assert ">Rain<" in desk.get(link).content.decode()
    answer = desk.post(link, filled(article))
    assert answer["Location"] == LIST
    made = Correction.objects.get()
    assert (made.kind, made.made_by) == ("update", editor)
    assert "It is 13 by now." in client.get("/articles/rain/").content.decode()
    told = desk.get(f"{LIST}{made.pk}/change/").content.decode()
    assert "<textarea" not in told
    assert editor.handle in told
    answer = desk.post(
        LIST, {"action": "withdraw_chosen", "_selected_action": made.pk}, follow=True
    )
    assert "Withdrawn: 1 of 1" in answer.content.decode()
    assert "It is 13 by now." not in client.get("/articles/rain/").content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "required"),
        ({"kind": "rumour"}, "not one of"),
        ({"article": "999999"}, "not one of"),
        ({"at_0": "2999-01-01", "at_1": "10:00"}, "between the day"),
        ({"at_0": "0001-01-01", "at_1": "10:00"}, "between the day"),
        ({"at_0": "x", "at_1": "y"}, "valid"),
        ({"text": "x" * 3_001}, "at most 3,000"),
    ],
)
def test_a_refusal_is_said_in_the_form(desk, make_article, fields, said):
    answer = desk.post(f"{LIST}add/", filled(make_article("Rain"), **fields))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Correction.objects.exists()


def test_nobody_changes_or_deletes_what_readers_have_read(sign_in, make_person, make_article):
    made = correct(make_article("Rain"))
    client = sign_in(make_person(role="admin"))
    for act in ("change", "delete"):
        answer = client.post(f"{LIST}{made.pk}/{act}/", {"post": "yes", "text": "Never mind."})
        assert answer.status_code == 403
    assert Correction.objects.get().text == "It was 12, not 21."


def test_an_article_withdrawn_meanwhile_is_told(desk, make_article, monkeypatch):
    def refuse(**_):
        raise publishing.ArticleError("Readers do not see it any more.")

    monkeypatch.setattr(corrections, "publish_correction", refuse)
    answer = desk.post(f"{LIST}add/", filled(make_article("Rain")), follow=True)
    assert "Readers do not see it any more." in answer.content.decode()


def test_the_archive_is_read_by_a_cursor_that_neither_skips_nor_repeats(client, make_article):
    moment = timezone.now() - timedelta(hours=20)
    article = make_article("Rain", hours_ago=72)
    for number in range(45):
        correct(article, f"Number {number:02}.", at=moment - timedelta(hours=number // 15))
    wanted = list(Correction.objects.order_by("-at", "-id").values_list("text", flat=True))
    seen, address = [], "/corrections/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r"Number \d\d\.", page)
        assert ("The newest corrections" in page) == ("before" in address)
        link = re.search(r'rel="next" href="([^"]+)">Older corrections, before', page)
        address = link and link[1]
    assert seen == wanted
    correct(article, "The newest.")
    assert len(json_feed(client, "/corrections/feed.json")["items"]) == 46


@pytest.mark.parametrize("cursor", ["", "x", "2026-13-08T10:28:00Z_1", "2026-01-08Z_1", "-Z_1"])
def test_a_cursor_that_was_never_given_out_is_refused(client, db, cursor):
    assert client.get("/corrections/", {"before": cursor}).status_code == 404


def test_an_empty_archive_has_its_page_and_feeds(client, db):
    assert "Nothing had to be corrected" in client.get("/corrections/").content.decode()
    assert atom(client, "/corrections/feed.atom").entries == []
    assert json_feed(client, "/corrections/feed.json")["items"] == []
    assert client.get("/corrections/feed.xml").status_code == 404
    assert client.post("/corrections/").status_code == 405
    assert client.post("/corrections/feed.atom").status_code == 405


def test_a_feed_that_says_the_same_is_not_sent_again(client, make_article):
    article = make_article("Rain")
    correct(article)
    for path in ("/corrections/", "/corrections/feed.atom", "/corrections/feed.json"):
        answer = client.get(path)
        assert not answer.cookies
        again = client.get(path, headers={"if-none-match": answer["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
    etag = client.get("/corrections/feed.atom")["ETag"]
    publishing.update_article(article=article, title="Wind")
    assert client.get("/corrections/feed.atom", headers={"if-none-match": etag}).status_code == 200


@pytest.mark.parametrize("vector", VECTORS[::7])
def test_words_stay_words(client, make_article, vector):
    made = correct(make_article("Rain"), f"x {vector}")
    made.refresh_from_db()
    (told,) = corrections.corrections_of(made.article)
    assert set(re.findall(r"<(\w+)", told.html)) <= {"br", "a"}
    assert told.html in client.get("/articles/rain/").content.decode()
    atom(client, "/corrections/feed.atom")


def test_what_other_rooms_are_told(make_article):
    made = correct(make_article("Rain"))
    made.refresh_from_db()
    (told,) = corrections.corrections_of(made.article)
    assert (told.kind, told.text, told.article_url) == (
        "correction",
        "It was 12, not 21.",
        "/articles/rain/",
    )
    assert datetime.fromisoformat(told.iso) == made.at.replace(microsecond=0)


def test_the_same_queries_for_3_and_30(client, desk, make_article):
    def count(visitor, address):
        with CaptureQueriesContext(connection) as queries:
            assert visitor.get(address).status_code == 200
        return len(queries)

    def counts():
        article = Article.objects.get(slug="rain")
        publishing.update_article(article=article, lead=f"{timezone.now()}")
        found = {path: count(client, path) for path in ("/articles/rain/", "/corrections/")}
        found["feed"] = count(client, "/corrections/feed.atom")
        return found | {"desk": count(desk, LIST)}

    article = make_article("Rain")
    none = counts()["/articles/rain/"]
    for _ in range(3):
        correct(article)
    counts()
    few = counts()
    for _ in range(27):
        correct(make_article())
        correct(article)
    assert counts() == few
    # An article that has none does not ask for them, nor does a page that is kept.
    assert few["/articles/rain/"] == none + 1
    assert count(client, "/articles/rain/") < few["/articles/rain/"]
