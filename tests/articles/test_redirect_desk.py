"""Redirects at the newsroom's desk, over HTTP."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import missed, publishing, redirects, sections
from articles.models import MissedPath, Redirect

LIST = "/admin/articles/redirect/"


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


def table(text):
    data = text if isinstance(text, bytes) else text.encode()
    return {"table": SimpleUploadedFile("redirects.csv", data, "text/csv")}


@pytest.mark.parametrize("role", ["reader", "moderator", "senior", "editor", "admin"])
def test_rights_go_by_role(sign_in, make_person, role):
    client = sign_in(make_person(role=role))
    may = role in ("editor", "admin")
    redirect = redirects.save_redirect(by=None, path="/a/", to="/b/")
    missed.note_missed("/lost/")
    for address in (
        LIST,
        f"{LIST}add/",
        f"{LIST}{redirect.pk}/change/",
        f"{LIST}missed/",
        f"{LIST}table.csv",
        f"{LIST}table/",
    ):
        answer = client.get(address)
        answer = client.get(answer["Location"]) if answer.status_code == 302 else answer
        assert answer.status_code == (200 if may else 403), address
    client.post(f"{LIST}add/", {"path": "/c/", "to": "/d/", "note": ""})
    client.post(f"{LIST}table/", table("/e/,/f/\n"))
    assert Redirect.objects.filter(path="/c/").exists() == may
    assert Redirect.objects.filter(path="/e/").exists() == may
    client.post(LIST, {"action": "lift_chosen", "_selected_action": redirect.pk})
    redirect.refresh_from_db()
    assert redirect.is_lifted == may
    client.post(f"{LIST}missed/drop/", {"path": "/lost/"})
    assert MissedPath.objects.exists() != may
    assert client.post(f"{LIST}{redirect.pk}/delete/", {"post": "yes"}).status_code in (302, 403)
    assert Redirect.objects.filter(pk=redirect.pk).exists()


def test_who_is_not_signed_in_is_sent_to_sign_in(client, db):
    for address in (LIST, f"{LIST}missed/", f"{LIST}table/", f"{LIST}table.csv"):
        assert client.get(address)["Location"].startswith("/admin/login/")


def test_a_slug_is_changed_and_the_redirect_is_seen(desk, make_article):
    publishing.update_article(article=make_article("Rain"), slug="wind")
    page = desk.get(LIST).content.decode()
    assert "/articles/rain/" in page
    assert "/articles/wind/" in page


def test_from_the_list_of_404s_one_click_leads_to_the_filled_form(desk, client):
    client.get("/vanished/")
    page = desk.get(f"{LIST}missed/").content.decode()
    link = re.search(r'<a href="([^"]+)">Lead it on', page)[1]
    assert 'value="/vanished/"' in desk.get(link).content.decode()
    answer = desk.post(link, {"path": "/vanished/", "to": "/latest/", "note": "It moved."})
    assert answer["Location"] == LIST
    assert client.get("/vanished/")["Location"] == "/latest/"
    assert "Nothing is missing." in desk.get(f"{LIST}missed/").content.decode()


def test_a_path_that_leads_on_already_is_changed(desk, editor, client):
    desk.post(f"{LIST}add/", {"path": "/a/", "to": "/latest/", "note": ""})
    assert desk.post(f"{LIST}add/", {"path": "/a/", "to": "/b/"}).status_code == 302
    redirect = Redirect.objects.get()
    sent = {"to": "http://testserver/c/", "note": "Once more"}
    assert desk.post(f"{LIST}{redirect.pk}/change/", sent).status_code == 302
    assert client.get("/a/")["Location"] == "/c/"
    assert Redirect.objects.get().made_by == editor


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"path": "/a/", "to": "/a/"}, "would lead to itself"),
        ({"path": "/a/", "to": "https://example.org/"}, "on another site"),
        ({"path": "a", "to": "/b/"}, "no path of this site"),
        ({"path": "/articles/rain/", "to": "/b/"}, "There is a page"),
        ({"path": "/a\0/", "to": "/b/"}, "Null characters"),
        ({"path": "", "to": "/b/"}, "required"),
        ({"path": "/a/", "to": "/b/", "note": "x" * 201}, "at most 200"),
    ],
)
def test_a_refusal_is_said_in_the_form(desk, make_article, sent, said):
    make_article("Rain")
    answer = desk.post(f"{LIST}add/", sent)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Redirect.objects.exists()


def test_who_comes_second_hears_of_it(desk, monkeypatch):
    def refuse(**_):
        raise redirects.RedirectError("Somebody was quicker.")

    monkeypatch.setattr(redirects, "save_redirect", refuse)
    answer = desk.post(f"{LIST}add/", {"path": "/a/", "to": "/b/"}, follow=True)
    assert "Somebody was quicker." in answer.content.decode()


def test_redirects_are_taken_back_and_put_back(desk, client):
    redirect = redirects.save_redirect(by=None, path="/a/", to="/latest/")
    chosen = {"_selected_action": redirect.pk}
    answer = desk.post(LIST, {"action": "lift_chosen", **chosen}, follow=True)
    assert "Redirects taken back: 1." in answer.content.decode()
    assert client.get("/a/").status_code == 404
    desk.post(LIST, {"action": "put_back_chosen", **chosen})
    assert client.get("/a/").status_code == 301
    desk.post(LIST, {"action": "lift_chosen", **chosen})
    redirects.save_redirect(by=None, path="/latest2/", to="/a/")
    Redirect.objects.filter(path="/a/").update(target="/latest2/")
    answer = desk.post(LIST, {"action": "put_back_chosen", **chosen}, follow=True)
    assert "would lead to itself" in answer.content.decode()


def test_a_table_goes_out_and_comes_in_again(desk, make_article):
    publishing.update_article(article=make_article("Rain"), slug="wind")
    redirects.save_redirect(by=None, path="/a/", to="/b/?q=1", note="=1+1, “so”")
    sent = desk.get(f"{LIST}table.csv")
    assert sent["Content-Type"].startswith("text/csv")
    lines = sent.content.decode().split("\r\n")
    assert lines[:3] == [
        "path,leads to,note",
        '/a/,/b/?q=1,"\'=1+1, “so”"',
        "/articles/rain/,/articles/wind/,",
    ]
    Redirect.objects.all().delete()
    answer = desk.post(f"{LIST}table/", table(b"\xef\xbb\xbf" + sent.content), follow=True)
    assert "Redirects taken over: 2." in answer.content.decode()
    assert set(redirects.redirects()) == {
        ("/a/", "/b/?q=1", "'=1+1, “so”"),
        ("/articles/rain/", "/articles/wind/", ""),
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/a/,/b/\n/c/,https://example.org/\n", "Line 2"),
        ("/a/,/b/\n/b/,/a/\n", "Line 2"),
        ("/a/\n", "Line 1 has 1 cells"),
        ("/a/,/b/," + "x" * 201, "The note of line 1"),
        (b"\xff\xfe/a/,/b/", "no table"),
        ('/a/,"/b/\n', "no table"),
        ("/a/,/b\0/\n", "no path of this site"),
        ("/a/,/b/\n" * 2_001, "at most 2,000"),
        ("x" * 1_000_001, "too large"),
        ("", "empty"),
    ],
)
def test_a_table_that_is_wrong_anywhere_is_refused_whole(desk, text, said):
    answer = desk.post(f"{LIST}table/", table(text))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Redirect.objects.exists()


def test_the_lists_ask_no_query_for_a_row(desk, make_article):
    def count(address):
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(address).status_code == 200
        return len(queries)

    def fill(numbers):
        for number in numbers:
            publishing.update_article(article=make_article(f"A{number}"), slug=f"b{number}")
            missed.note_missed(f"/lost/{number}/")

    fill(range(3))
    addresses = (LIST, f"{LIST}missed/", f"{LIST}table.csv")
    few = [count(address) for address in (addresses[0], *addresses)][1:]
    fill(range(3, 30))
    assert [count(address) for address in addresses] == few


def test_a_section_is_renamed_at_the_desk(desk, politics, client):
    address = f"/admin/articles/section/{politics.pk}/change/"
    sent = {"name": "Power", "slug": "power", "position": 1, "description": ""}
    assert desk.post(address, sent).status_code == 302
    assert client.get("/sections/politics/")["Location"] == "/sections/power/"
    assert "Power" in client.get("/").content.decode()
    sections.open_section("Sport")
    for taken in ({"name": "SPORT"}, {"slug": "sport"}):
        answer = desk.post(address, sent | taken)
        assert answer.status_code == 200
        assert re.search("There is a section|already exists", answer.content.decode())
