"""Saved for later: a list of one's own, by forms, and nobody else's business."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles import publishing, saved
from articles.errors import ArticleError
from articles.models import Article, SavedArticle


def form_of(page):
    form = re.search(r'<form class="save".*?</form>', page, re.DOTALL)[0]
    action = re.search(r'action="([^"]+)"', form)[1]
    keep = re.search(r'name="keep" value="([^"]+)"', form)[1]
    return action, keep


def titles(page):
    return re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', page)


def test_an_article_is_saved_by_its_form_and_taken_off_again(sign_in, make_article, reader):
    article, client = make_article("Rain"), sign_in(reader)
    page = client.get(article.get_absolute_url()).content.decode()
    assert form_of(page) == (f"/articles/{article.pk}/save/", "1")
    answer = client.post(f"/articles/{article.pk}/save/", {"keep": "1"})
    assert answer.status_code == 302
    assert answer["Location"] == article.get_absolute_url()
    page = client.get(article.get_absolute_url()).content.decode()
    assert form_of(page) == (f"/articles/{article.pk}/save/", "0")
    listed = client.get("/saved/").content.decode()
    assert titles(listed) == ["Rain"]
    assert form_of(listed) == (f"/articles/{article.pk}/save/", "0")
    answer = client.post(f"/articles/{article.pk}/save/", {"keep": "0", "from_list": "1"})
    assert answer["Location"] == "/saved/"
    assert titles(client.get("/saved/").content.decode()) == []


def test_with_htmx_the_button_comes_back_changed(sign_in, make_article, reader, monkeypatch):
    article, client = make_article("Rain"), sign_in(reader)
    for keep, then in (("1", "0"), ("0", "1")):
        answer = client.post(
            f"/articles/{article.pk}/save/", {"keep": keep}, headers={"HX-Request": "true"}
        )
        assert answer.status_code == 200
        assert form_of(answer.content.decode())[1] == then
        assert "<!doctype" not in answer.content.decode()
    monkeypatch.setattr(saved, "MOST_SAVED", 0)
    answer = client.post(
        f"/articles/{article.pk}/save/", {"keep": "1"}, headers={"HX-Request": "true"}
    )
    assert 'role="alert">Your list has 0 articles.' in answer.content.decode()


def test_who_is_not_signed_in_is_led_there_and_back(client, sign_in, make_article, reader):
    article = make_article("Rain")
    page = client.get(article.get_absolute_url()).content.decode()
    link = re.search(r'<a class="save" rel="nofollow" href="([^"]+)">', page)[1]
    answer = client.get(link)
    assert answer["Location"] == f"/accounts/login/?next={link}"
    assert client.post(link, {"keep": "1"})["Location"] == f"/accounts/login/?next={link}"
    answer = client.post(link, {"keep": "1"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == f"/accounts/login/?next={link}"
    assert not SavedArticle.objects.exists()
    page = sign_in(reader).get(link).content.decode()
    assert form_of(page) == (link, "1")
    assert client.get("/saved/")["Location"] == "/accounts/login/?next=/saved/"


def test_the_article_stays_the_same_for_who_is_not_signed_in(client, sign_in, make_article, reader):
    article = make_article("Rain")
    before = client.get(article.get_absolute_url())
    assert "csrfmiddlewaretoken" not in before.content.decode()
    saved.save_article(by=reader, article_id=article.pk)
    after = client.get(article.get_absolute_url())
    assert before.content == after.content
    assert not after.cookies


def test_private_pages_are_never_kept(sign_in, make_article, reader):
    article, client = make_article("Rain"), sign_in(reader)
    for address in ("/saved/", f"/articles/{article.pk}/save/"):
        assert "no-store" in client.get(address)["Cache-Control"]
        assert "private" in client.get(address)["Cache-Control"]


@pytest.mark.parametrize("keep", ["", "2", "yes"])
def test_what_is_neither_is_refused(sign_in, make_article, reader, keep):
    article = make_article()
    answer = sign_in(reader).post(f"/articles/{article.pk}/save/", {"keep": keep})
    assert answer.status_code == 400


def test_what_readers_may_not_see_is_not_saved(sign_in, make_article, reader):
    client = sign_in(reader)
    hidden = [make_article(status="draft"), make_article(hours_ago=-1)]
    for pk in (*(article.pk for article in hidden), 987_654, 10**40):
        assert client.post(f"/articles/{pk}/save/", {"keep": "1"}).status_code == 404
        assert client.get(f"/articles/{pk}/save/").status_code == 404
    assert not SavedArticle.objects.exists()


def test_without_a_token_nothing_is_saved(make_article, reader):
    article, client = make_article(), Client(enforce_csrf_checks=True)
    client.force_login(reader, backend="accounts.backends.PortalBackend")
    assert client.post(f"/articles/{article.pk}/save/", {"keep": "1"}).status_code == 403
    assert not SavedArticle.objects.exists()


def test_what_is_withdrawn_is_not_listed_and_can_be_taken_off(sign_in, make_article, reader):
    article, client = make_article("Rain"), sign_in(reader)
    saved.save_article(by=reader, article_id=article.pk)
    publishing.withdraw_article(article=article)
    assert titles(client.get("/saved/").content.decode()) == []
    answer = client.post(f"/articles/{article.pk}/save/", {"keep": "0"})
    assert answer["Location"] == "/saved/"
    assert not SavedArticle.objects.exists()


def test_a_list_is_ones_own(sign_in, make_article, reader, make_person):
    article, other = make_article("Rain"), make_person()
    saved.save_article(by=reader, article_id=article.pk)
    assert titles(sign_in(other).get("/saved/").content.decode()) == []
    sign_in(other).post(f"/articles/{article.pk}/save/", {"keep": "0"})
    assert titles(sign_in(reader).get("/saved/").content.decode()) == ["Rain"]


def test_pages_neither_skip_nor_repeat(sign_in, make_article, reader):
    articles = [make_article(f"A{at:02}") for at in range(45)]
    for article in articles:
        saved.save_article(by=reader, article_id=article.pk)
    client, address, seen, pages = sign_in(reader), "/saved/", [], 0
    while address:
        page = client.get(address).content.decode()
        seen += titles(page)
        pages += 1
        found = re.search(r'<a rel="next" href="(/saved/[^"]+)"', page)
        address = found and found[1]
    assert seen == [article.title for article in reversed(articles)]
    assert pages == 3
    for cursor in ("x", "", "-1", "9" * 30):
        assert client.get(f"/saved/?before={cursor}").status_code == 404


def test_the_write_asks_for_the_right_and_has_an_end(make_article, reader, monkeypatch):
    first, second = make_article(), make_article()
    nobody = AnonymousUser()
    for write in (saved.save_article, saved.drop_article):
        with pytest.raises(PermissionDenied):
            write(by=nobody, article_id=first.pk)
    assert saved.drop_article(by=reader, article_id=first.pk) is False
    assert saved.save_article(by=reader, article_id=first.pk) is True
    assert saved.save_article(by=reader, article_id=first.pk) is False
    monkeypatch.setattr(saved, "MOST_SAVED", 1)
    with pytest.raises(ArticleError, match="has 1 articles"):
        saved.save_article(by=reader, article_id=second.pk)
    with pytest.raises(Article.DoesNotExist):
        saved.save_article(by=reader, article_id=987_654)
    assert saved.drop_article(by=reader, article_id=first.pk) is True


def test_a_full_list_is_said_on_the_page(sign_in, make_article, reader, monkeypatch):
    monkeypatch.setattr(saved, "MOST_SAVED", 0)
    article = make_article()
    answer = sign_in(reader).post(f"/articles/{article.pk}/save/", {"keep": "1"}, follow=True)
    assert "Take one off it first." in answer.content.decode()


def test_the_same_queries_with_3_and_30(sign_in, make_article, reader, editor):
    client, counted = sign_in(reader), set()
    client.get("/saved/")
    for number in (3, 27):
        for _ in range(number):
            article = make_article(authors=[editor])
            saved.save_article(by=reader, article_id=article.pk)
        with CaptureQueriesContext(connection) as queries:
            client.get("/saved/")
        counted.add(len(queries))
    assert len(counted) == 1
