"""Bylines over HTTP: who is named as what, and the pages that tell what somebody made."""

import json
import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import strip_tags

from accounts import membership
from articles import crediting, publishing, shelves
from articles.crediting import Maker
from articles.errors import ArticleError
from articles.models import Byline, Guest
from tests.articles.test_admin import LIST, filled


@pytest.fixture
def cleo(db):
    return crediting.create_guest(name="Cleo Guest", biography="She takes pictures of <rivers>.")


def byline_on(client, address):
    page = client.get(address).content.decode()
    found = re.search(r'<span class="byline">(.*?)</span>', page, re.DOTALL)
    return found and found[1]


def test_an_article_names_all_by_their_roles(client, make_article, make_person, cleo):
    ada, ben = make_person("Ada", real_name="Ada L."), make_person("Ben")
    article = make_article(
        "Ice",
        authors=[
            Maker(cleo, "photo"),
            Maker(make_person("Dan"), "editor"),
            ada,
            Maker(ben),
            cleo,
            Maker(ben, "photo"),
        ],
    )
    told = byline_on(client, article.get_absolute_url())
    assert strip_tags(told) == (
        "By Ada L., Ben and Cleo Guest; photographs by Cleo Guest and Ben; edited by Dan"
    )
    assert told.count('<a rel="author" href="/authors/cleo-guest/"><bdi>Cleo Guest</bdi></a>') == 2
    assert '<a rel="author" href="/people/Ada/">' in told
    assert strip_tags(byline_on(client, "/latest/")) == "By Ada L., Ben and Cleo Guest"


def test_a_list_says_what_they_did_who_wrote_nothing(client, make_article, cleo):
    make_article("Pictures", authors=[Maker(cleo, "photo")])
    assert strip_tags(byline_on(client, "/latest/")) == "Photographs by Cleo Guest"


def test_every_change_of_a_byline_is_another_page(client, make_article, cleo, reader):
    article = make_article("Ice", authors=[cleo])
    addresses = (article.get_absolute_url(), "/latest/", "/authors/cleo-guest/")
    for change in (
        lambda: publishing.update_article(article=article, authors=[cleo, Maker(reader, "text")]),
        lambda: crediting.change_guest(guest=cleo, name="Cleo Gast"),
    ):
        tags = {address: client.get(address)["ETag"] for address in addresses}
        assert change()
        for address, tag in tags.items():
            assert client.get(address)["ETag"] != tag, address
    assert not publishing.update_article(article=article, authors=[cleo, reader])
    tag = client.get("/authors/cleo-guest/")["ETag"]
    crediting.change_guest(guest=cleo, biography="Else.")
    assert client.get("/authors/cleo-guest/")["ETag"] != tag


class TestPages:
    def test_a_guests_page(self, client, make_article, cleo):
        make_article("Ice", authors=[cleo, Maker(cleo, "photo")])
        make_article("Water", authors=[Maker(cleo, "photo")])
        make_article("Elsewhere")
        page = client.get("/authors/cleo-guest/").content.decode()
        assert "<h1><bdi>Cleo Guest</bdi></h1>" in page
        assert "She takes pictures of &lt;rivers&gt;." in page
        assert page.count('<article class="teaser">') == 2
        assert "Elsewhere" not in page

    def test_a_persons_page_leads_to_what_they_made(self, client, make_article, db):
        for handle in ("Ada", "50% off", "articles"):
            person = membership.import_people({handle: None})[handle]
            own = person.get_absolute_url()
            before = client.get(own)
            assert f'href="{own}articles/"' not in before.content.decode()
            assert client.get(f"{own}articles/").status_code == 404
            make_article(f"By {handle}", authors=[person])
            after = client.get(own)
            assert after["ETag"] != before["ETag"]
            assert f'<a href="{own}articles/">Articles</a>' in after.content.decode()
            page = client.get(f"{own}articles/").content.decode()
            assert page.count('<article class="teaser">') == 1
            assert f'href="{own}"' in page

    def test_a_handle_with_a_slash_is_reached_by_number(self, client, make_article, db):
        person = membership.import_people({"Ada/articles": None})["Ada/articles"]
        make_article("Hers", authors=[person])
        assert "Hers" in client.get(f"/people/~{person.pk}/articles/").content.decode()
        assert client.get(f"/people/~{person.pk}/").status_code == 200

    @pytest.mark.parametrize("address", ["/authors/nobody/", "/people/nobody/articles/"])
    def test_who_is_not_there(self, client, db, address):
        assert client.get(address).status_code == 404
        assert client.post("/authors/nobody/").status_code == 405

    def test_a_cursor_that_was_never_given_out(self, client, make_article, cleo):
        make_article(authors=[cleo])
        assert client.get("/authors/cleo-guest/?before=x").status_code == 404
        assert client.get("/authors/cleo-guest/?after=2022").status_code == 404

    def test_who_made_nothing_that_readers_see_is_nobody_yet(
        self, client, make_article, cleo, reader
    ):
        both = [cleo, Maker(reader, "photo")]
        article = make_article("Leak", hours_ago=-24, authors=both)
        make_article("Draft", status="draft", authors=both)
        make_article("Gone", status="withdrawn", authors=both)
        own = reader.get_absolute_url()
        for address in ("/authors/cleo-guest/", f"{own}articles/"):
            assert client.get(address).status_code == 404
        assert "articles/" not in client.get(own).content.decode()
        moment = article.published_at
        for author in (cleo, reader):
            second_before = moment - timedelta(seconds=1)
            assert shelves.author_page(author, now=second_before).teasers == []
            told = [teaser.title for teaser in shelves.author_page(author, now=moment).teasers]
            assert told == ["Leak"]
        assert shelves.guest("cleo-guest", now=moment) == cleo
        with pytest.raises(Guest.DoesNotExist):
            shelves.guest("cleo-guest", now=moment - timedelta(seconds=1))
        publishing.publish_article(article=article, published_at=timezone.now())
        for address in ("/authors/cleo-guest/", f"{own}articles/"):
            page = client.get(address).content.decode()
            assert "Leak" in page
            assert not {"Draft", "Gone"} & set(re.findall(r"\w+", page))

    def test_pages_neither_skip_nor_repeat(self, client, make_article, cleo):
        moment = timezone.now() - timedelta(days=1)
        for at in range(45):
            makers = [cleo, Maker(cleo, "photo")] if at % 2 else [Maker(cleo, "editor")]
            make_article(
                f"A{at:02}", published_at=moment - timedelta(hours=at // 15), authors=makers
            )
        # One that moves in time moves in the list.
        moved = Byline.objects.order_by("id").first().article
        publishing.update_article(article=moved, published_at=moment - timedelta(days=9))
        seen, address, pages = [], "/authors/cleo-guest/", []
        while address:
            page = client.get(address).content.decode()
            pages.append(page)
            seen.append(re.findall(r'<h3 class="headline"><a [^>]*>(A\d\d)<', page))
            found = re.search(r'<a rel="next" href="([^"]+)"', page)
            address = found and found[1]
        flat = [title for titles in seen for title in titles]
        assert [len(titles) for titles in seen] == [20, 20, 5]
        assert sorted(flat) == [f"A{at:02}" for at in range(45)]
        assert flat[-1] == moved.title
        back = re.search(r'<a rel="prev" href="([^"]+)"', pages[2])[1]
        page = client.get(back).content.decode()
        assert re.findall(r'<h3 class="headline"><a [^>]*>(A\d\d)<', page) == seen[1]

    def test_the_same_queries_with_3_and_with_30(self, client, make_article, cleo, reader):
        counted = []
        for number in (3, 27):
            for _ in range(number):
                make_article(authors=[cleo, Maker(reader, "photo"), Maker(cleo, "editor")])
            for address in ("/authors/cleo-guest/", f"{reader.get_absolute_url()}articles/"):
                with CaptureQueriesContext(connection) as queries:
                    assert client.get(address).status_code == 200
                counted.append(len(queries))
        assert counted[:2] == counted[2:]
        assert max(counted) <= 7

    def test_a_list_is_read_in_the_order_of_its_index(self, make_article, cleo, reader):
        make_article(authors=[cleo, reader])
        for author, index in ((cleo, "byline_by_guest"), (reader, "byline_by_person")):
            found = shelves.by_author(author).lines.order_by("-published_at", "-article_id")
            if connection.vendor == "sqlite":
                plan = found.values_list("article_id")[:20].explain()
                assert index in plan
                assert "TEMP B-TREE" not in plan


class TestWrites:
    def test_a_line_names_one_of_the_two(self, make_article, cleo, reader):
        article = make_article()
        for fields in ({}, {"person": reader, "guest": cleo}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Byline.objects.create(article=article, **fields)

    def test_who_is_named_twice_as_the_same_is_named_once(self, make_article, cleo, reader):
        article = make_article(authors=[cleo, reader, Maker(cleo), Maker(cleo, "photo")])
        lines = article.bylines.values_list("role", "guest", "person", "is_first")
        assert list(lines) == [
            ("text", cleo.pk, None, True),
            ("text", None, reader.pk, True),
            ("photo", cleo.pk, None, False),
        ]
        with pytest.raises(ArticleError):
            publishing.update_article(article=article, authors=[Maker(cleo, "king")])
        assert article.bylines.count() == 3

    def test_guests_of_one_name_have_addresses_of_their_own(self, db):
        slugs = [crediting.create_guest(name="Иван  Петров").slug for _ in range(3)]
        assert slugs == ["ivan-petrov", "ivan-petrov-2", "ivan-petrov-3"]
        with pytest.raises(ArticleError, match="has the address"):
            crediting.create_guest(name="Else", slug="ivan-petrov")
        for fields in ({"name": " "}, {"name": "x" * 101}, {"name": "x", "biography": "x" * 1001}):
            with pytest.raises(ArticleError):
                crediting.create_guest(**fields)
        guest = Guest.objects.get(slug="ivan-petrov-3")
        with pytest.raises(ArticleError, match="has the address"):
            crediting.change_guest(guest=guest, slug="ivan-petrov")
        assert not crediting.change_guest(guest=guest, name="Иван Петров")

    def test_only_editors_write_guests(self, reader, moderator, editor, cleo):
        for person in (reader, moderator):
            with pytest.raises(PermissionDenied):
                crediting.create_guest(by=person, name="x")
            with pytest.raises(PermissionDenied):
                crediting.change_guest(by=person, guest=cleo, name="x")
        assert crediting.change_guest(by=editor, guest=cleo, name="Cleo")


class TestDesk:
    def test_an_editor_names_guests_and_people(self, sign_in, editor, politics, cleo, reader):
        desk = sign_in(editor)
        lines = {
            "bylines-TOTAL_FORMS": "2",
            "bylines-0-role": "photo",
            "bylines-0-person": "",
            "bylines-0-guest": cleo.pk,
            "bylines-0-position": "2",
            "bylines-1-role": "text",
            "bylines-1-person": reader.pk,
            "bylines-1-guest": "",
            "bylines-1-position": "1",
        }
        answer = desk.post(f"{LIST}add/", filled(politics, **lines))
        assert answer.status_code == 302, answer.content.decode()
        lines = Byline.objects.values_list("role", "person", "guest")
        assert list(lines) == [("text", reader.pk, None), ("photo", None, cleo.pk)]
        page = desk.get(f"{LIST}?q=Cleo").content.decode()
        assert ">Rain</a>" in page

    @pytest.mark.parametrize("both", [True, False])
    def test_a_line_with_both_or_none_is_told(self, sign_in, editor, politics, cleo, reader, both):
        lines = {
            "bylines-0-role": "photo",
            "bylines-0-person": reader.pk if both else "",
            "bylines-0-guest": cleo.pk if both else "",
        }
        answer = sign_in(editor).post(f"{LIST}add/", filled(politics, **lines))
        assert "Name a person or a guest, one of them." in answer.content.decode()
        assert not Byline.objects.exists()

    def test_guests_are_written_and_found_in_the_admin(self, sign_in, editor, reader):
        desk, guests = sign_in(editor), "/admin/articles/guest/"
        sent = {"name": "Cleo Guest", "slug": "", "biography": "She."}
        assert desk.post(f"{guests}add/", sent).status_code == 302
        guest = Guest.objects.get()
        assert guest.slug == "cleo-guest"
        sent |= {"name": "Cleo Gast"}
        assert desk.post(f"{guests}{guest.pk}/change/", sent).status_code == 302
        guest.refresh_from_db()
        assert (guest.name, guest.slug) == ("Cleo Gast", "cleo-guest")
        assert desk.post(f"{guests}{guest.pk}/delete/", {"post": "yes"}).status_code == 403
        asked = {"app_label": "articles", "model_name": "byline", "field_name": "guest"}
        found = desk.get("/admin/autocomplete/", asked | {"term": "gast"}).json()
        assert [each["text"] for each in found["results"]] == ["Cleo Gast"]
        assert sign_in(reader).get(f"{guests}add/").status_code == 302

    @pytest.mark.parametrize("role", ["moderator", "reader"])
    def test_nobody_else_reaches_them(self, sign_in, make_person, cleo, role):
        client = sign_in(make_person(role=role))
        for address in ("", "add/", f"{cleo.pk}/change/"):
            answer = client.post(f"/admin/articles/guest/{address}", {"name": "x"})
            assert answer.status_code in (302, 403)
        cleo.refresh_from_db()
        assert cleo.name == "Cleo Guest"


def test_what_a_guest_made_is_exported(make_article, cleo, reader, export_pages):
    make_article("Ice", authors=[reader, cleo, Maker(reader, "photo")])
    exported = json.loads(export_pages("ice").out)[0]
    assert exported["authors"] == [reader.handle]
    assert exported["credits"] == [
        {"role": "text", "guest": "Cleo Guest"},
        {"role": "photo", "person": reader.handle},
    ]
