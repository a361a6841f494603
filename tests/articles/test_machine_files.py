"""robots.txt and its like over HTTP: what stands there unwritten, and who may write what."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from articles import machine_files
from articles.errors import ArticleError
from articles.models import MachineFile
from tests.comments.test_feeds import HERE

DESK = "/admin/articles/machinefile/"
SECURITY = "/.well-known/security.txt"


def security(**fields):
    soon = (timezone.now() + timedelta(days=30)).isoformat(timespec="seconds")
    lines = {"Contact": "mailto:security@example.org", "Expires": soon} | fields
    return "".join(f"{name}: {value}\n" for name, value in lines.items() if value)


@pytest.fixture
def desk(sign_in, make_person):
    return sign_in(make_person(role="admin"))


def text(address, status=200):
    answer = Client().get(address)
    assert answer.status_code == status, address
    if status == 200:
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.content.endswith(b"\n")
    return answer.content.decode()


class TestUnwritten:
    def test_robots_lets_read_what_is_written_for_readers(self, db):
        robots = RobotFileParser()
        robots.parse(text("/robots.txt").splitlines())
        for address in ("/", "/articles/rain/", "/people/Ada/", "/comments/1/", "/feed.rss"):
            assert robots.can_fetch("Anybody", f"{HERE}{address}"), address
        for address in ("/admin/", "/accounts/login/", "/votes/"):
            assert not robots.can_fetch("Anybody", f"{HERE}{address}"), address
        assert robots.site_maps() == [f"{HERE}/sitemap.xml", f"{HERE}/news-sitemap.xml"]
        for address in robots.site_maps():
            assert Client().get(address).status_code == 200

    def test_nobody_sells_advertising_here(self, db):
        assert text("/ads.txt") == "placeholder.example.com, placeholder, DIRECT, placeholder\n"

    def test_there_is_no_security_txt(self, db):
        text(SECURITY, 404)
        text("/security.txt", 404)

    def test_an_icon_is_found(self, db, settings):
        answer = Client().get("/favicon.ico")
        assert answer.status_code == 302
        assert answer["Location"] == f"{settings.STATIC_URL}img/icon.svg"
        assert "public" in answer["Cache-Control"]


class TestWritten:
    def test_an_administrator_writes_them(self, desk):
        for name, words, address in (
            ("robots.txt", "User-agent: *\r\nDisallow: /\r\n", "/robots.txt"),
            ("ads.txt", "example.com, 1, DIRECT", "/ads.txt"),
            ("security.txt", security(), SECURITY),
        ):
            before = Client().get(address)
            assert desk.post(f"{DESK}add/", {"name": name, "text": words}).status_code == 302
            after = text(address)
            assert after.startswith(words.replace("\r", "").strip())
            if before.status_code == 200:
                again = Client().get(address, headers={"If-None-Match": before["ETag"]})
                assert again.status_code == 200
            # The portal's own again, or none.
            pk = MachineFile.objects.get(name=name).pk
            assert desk.post(f"{DESK}{pk}/change/", {"text": ""}).status_code == 302
            back = Client().get(address)
            assert (back.status_code, back.content) == (before.status_code, before.content) or (
                before.status_code == back.status_code == 404
            )
            assert desk.post(f"{DESK}{pk}/delete/", {"post": "yes"}).status_code == 403

    def test_robots_names_the_sitemaps_unless_it_names_others(self, db):
        machine_files.write_file(name="robots.txt", text="User-agent: *\nDisallow: /x/")
        assert text("/robots.txt") == (
            f"User-agent: *\nDisallow: /x/\n\nSitemap: {HERE}/sitemap.xml\n"
            f"Sitemap: {HERE}/news-sitemap.xml\n"
        )
        machine_files.write_file(name="robots.txt", text="sitemap: https://else.example/s.xml")
        assert text("/robots.txt") == "sitemap: https://else.example/s.xml\n"

    def test_the_old_place_of_security_txt_leads_to_the_new_one(self, db):
        machine_files.write_file(name="security.txt", text=security())
        answer = Client().get("/security.txt")
        assert (answer.status_code, answer["Location"]) == (301, SECURITY)
        assert "Contact: mailto:security@example.org" in text(SECURITY)

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            ({"Contact": ""}, "needs a line “Contact"),
            ({"Contact": "security@example.org"}, "is no address"),
            ({"Contact": "http://example.org/"}, "is no address"),
            ({"Expires": ""}, "needs one line “Expires"),
            ({"Expires": "soon"}, "is no moment"),
            ({"Expires": "2099-01-01T00:00:00"}, "names no time zone"),
            ({"Expires": "2020-01-01T00:00:00Z"}, "lies in the past"),
            ({"expires": "2099-01-01T00:00:00Z"}, "needs one line “Expires"),
        ],
    )
    def test_a_security_txt_that_nobody_could_use_is_told(self, desk, words, told):
        sent = {"name": "security.txt", "text": security(**words)}
        assert told in desk.post(f"{DESK}add/", sent).content.decode()
        assert not MachineFile.objects.exists()
        with pytest.raises(ArticleError, match=told):
            machine_files.write_file(name="security.txt", text=sent["text"])

    def test_a_security_txt_says_nothing_from_the_second_on_in_which_it_expires(self, db):
        machine_files.write_file(name="security.txt", text=security())
        ends = machine_files.expiry_of(text(SECURITY))
        before = machine_files.text_of("security.txt", now=ends - timedelta(seconds=1))
        assert before == text(SECURITY)
        assert machine_files.text_of("security.txt", now=ends) is None

    def test_what_no_file_can_say(self, db):
        for name, words in (("ads.txt", "x" * 100_001), ("ads.txt", "a\0b"), ("x.txt", "x")):
            with pytest.raises(ArticleError):
                machine_files.write_file(name=name, text=words)
        assert machine_files.write_file(name="ads.txt", text="a\r\nb\n\n")
        assert not machine_files.write_file(name="ads.txt", text="a\nb")

    def test_only_administrators(self, sign_in, make_person):
        for role in ("reader", "moderator", "senior", "editor"):
            person = make_person(role=role)
            client = sign_in(person)
            for address in (DESK, f"{DESK}add/"):
                sent = {"name": "robots.txt", "text": "Disallow: /"}
                assert client.post(address, sent).status_code in (302, 403), role
            with pytest.raises(PermissionDenied):
                machine_files.write_file(by=person, name="robots.txt", text="Disallow: /")
        assert not MachineFile.objects.exists()


def test_they_are_the_same_for_all_and_kept(db):
    machine_files.write_file(name="security.txt", text=security())
    for address in ("/robots.txt", "/ads.txt", SECURITY):
        first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
        assert first.content == second.content
        assert not first.cookies
        assert "public" in first["Cache-Control"]
        again = Client().get(address, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        assert Client().post(address).status_code == 405
    other = Client().get("/robots.txt", headers={"Host": "localhost:6666"})
    assert b"Sitemap: http://localhost:6666/sitemap.xml" in other.content
