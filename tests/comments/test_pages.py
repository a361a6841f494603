"""The discussion over HTTP: reading, writing, and every refusal."""

import gzip
import re
import uuid
from datetime import timedelta
from urllib.parse import quote

import brotli
import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from articles import publishing, sections
from comments import caching, contributions, discussions, moderation, orders, posting, sanctions
from comments.models import Comment, Discussion, Revision
from comments.parts import forget_parts


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def visitor():
    return Client()


def text_of(response):
    return response.content.decode()


class TestReadingSignedOut:
    def test_everything_is_read_and_the_form_is_an_invitation(self, visitor, reader, post):
        comment = post(reader, "Hello there")
        page = text_of(visitor.get("/articles/the-bridge-opens/"))
        assert f'<article class="comment" id="c{comment.pk}"' in page
        assert "Hello there" in page
        assert f"/accounts/login/?next=/discussions/{comment.discussion_id}/post/" in page.replace(
            "%2F", "/"
        )
        assert "csrfmiddlewaretoken" not in page

    def test_no_cookie_the_same_bytes_and_304(self, visitor, reader, post):
        comment = post(reader)
        for address in (
            "/", "/latest/", "/sections/news/", "/articles/the-bridge-opens/",
            f"/comments/{comment.pk}/thread/", f"/comments/{comment.pk}/reply/",
            f"/people/{quote(reader.handle)}/",
        ):  # fmt: skip
            first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
            assert first.status_code == 200, address
            assert not first.cookies, address
            assert first.content == second.content, address
            assert "public" in first["Cache-Control"], address
            assert first["Vary"].count("Cookie") == 1, address
            again = Client().get(address, headers={"If-None-Match": first["ETag"]})
            assert (again.status_code, again.content) == (304, b""), address
            assert (again["ETag"], again["Vary"]) == (first["ETag"], first["Vary"]), address

    @pytest.mark.parametrize(
        ("accepted", "encoding", "decompress"),
        [
            ("gzip, deflate, br, zstd", "br", brotli.decompress),
            ("br;q=0.5, gzip;q=1.0", "br", brotli.decompress),
            ("GZIP", "gzip", gzip.decompress),
            ("gzip, br;q=0", "gzip", gzip.decompress),
            ("gzip, brotli", "gzip", gzip.decompress),
        ],
    )
    def test_it_is_compressed_for_those_who_take_it(
        self, reader, post, accepted, encoding, decompress
    ):
        post(reader)
        address = "/articles/the-bridge-opens/"
        plain = Client().get(address)
        for _ in range(2):
            zipped = Client().get(address, headers={"Accept-Encoding": accepted})
            assert zipped["Content-Encoding"] == encoding
            assert decompress(zipped.content) == plain.content
            assert int(zipped["Content-Length"]) == len(zipped.content) < len(plain.content)
            assert zipped["ETag"] == f"W/{plain['ETag']}"
        for answer in (plain, zipped):
            assert "Accept-Encoding" in answer["Vary"]
            again = Client().get(
                address,
                headers={"Accept-Encoding": accepted, "If-None-Match": answer["ETag"]},
            )
            assert again.status_code == 304

    @pytest.mark.parametrize("accepted", ["", "identity", "br; q=0.00, deflate", "*;q=0"])
    def test_it_is_plain_for_those_who_take_nothing(self, reader, post, accepted):
        post(reader)
        answer = Client().get("/articles/the-bridge-opens/", headers={"Accept-Encoding": accepted})
        assert "Content-Encoding" not in answer
        assert answer.content == Client().get("/articles/the-bridge-opens/").content

    def test_a_page_too_large_to_keep_is_made_again(self, reader, post, monkeypatch):
        monkeypatch.setattr(caching, "MOST_KEPT", 100)
        post(reader)
        first = Client().get("/articles/the-bridge-opens/", headers={"Accept-Encoding": "gzip"})
        second = Client().get("/articles/the-bridge-opens/", headers={"Accept-Encoding": "gzip"})
        assert first.content == second.content
        assert not caches["pages"]._cache

    @pytest.mark.parametrize(
        "change",
        [
            lambda by, comment, mod: posting.post_comment(
                by=by, discussion=comment.discussion, text="More"
            ),
            lambda by, comment, mod: posting.edit_comment(
                by=by, comment=comment, text="Else", seen_revision=1
            ),
            lambda by, comment, mod: posting.withdraw_comment(by=by, comment=comment),
            lambda by, comment, mod: moderation.hide(by=mod, comment=comment, reason="Rude"),
            lambda by, comment, mod: moderation.close(
                by=mod, discussion=comment.discussion, reason="Night"
            ),
        ],
    )
    def test_every_change_is_seen_at_once(self, visitor, reader, moderator, post, change):
        comment = post(reader)
        before = visitor.get("/articles/the-bridge-opens/")
        change(reader, comment, moderator)
        after = visitor.get(
            "/articles/the-bridge-opens/", headers={"If-None-Match": before["ETag"]}
        )
        assert after.status_code == 200
        assert after.content != before.content

    def test_presence_is_part_of_the_page(self, visitor, reader, post, sign_in):
        post(reader)
        before = visitor.get("/articles/the-bridge-opens/")
        assert ">online<" not in text_of(before)
        sign_in(reader).get("/")
        after = visitor.get(
            "/articles/the-bridge-opens/", headers={"If-None-Match": before["ETag"]}
        )
        assert ">online<" in text_of(after)

    def test_a_hostile_reader_of_query_strings(self, visitor, reader, post):
        post(reader)
        for start in ("", "x", "-1", "9" * 30, "１", "1e3", "%00", "999999"):
            assert visitor.get(f"/articles/the-bridge-opens/?from={start}").status_code == 200
        for address in ("/comments/99/", f"/comments/{10**30}/", "/comments/99/thread/",
                        "/comments/99/reply/", "/discussions/99/post/", "/people/nobody/",
                        "/people/~99/", "/people/~x/", "/people/%00/"):  # fmt: skip
            assert visitor.get(address).status_code == 404, address

    def test_a_page_kept_for_one_host_is_not_given_to_another(self, reader, post):
        post(reader)
        address = "/articles/the-bridge-opens/"
        other = Client().get(address, headers={"Host": "localhost:6666"})
        ours = Client().get(address)
        assert "localhost:6666" in text_of(other)
        assert "localhost:6666" not in text_of(ours)
        assert other["ETag"] != ours["ETag"]

    def test_the_menu_is_part_of_every_page(self, article, reader, post):
        comment = post(reader)
        addresses = [
            "/", "/articles/the-bridge-opens/", f"/comments/{comment.pk}/thread/",
            f"/comments/{comment.pk}/reply/", f"/discussions/{comment.discussion_id}/post/",
            f"/people/{quote(reader.handle)}/",
        ]  # fmt: skip
        tags = {address: Client().get(address)["ETag"] for address in addresses}
        sections.arrange_section(name="News", slug="world", position=1, description="")
        for address in addresses:
            answer = Client().get(address, headers={"If-None-Match": tags[address]})
            assert answer.status_code == 200, address
            assert "/sections/world/" in text_of(answer), address

    def test_a_new_name_is_seen_at_once(self, reader, post):
        comment = post(reader)
        addresses = [
            "/articles/the-bridge-opens/",
            f"/comments/{comment.pk}/thread/",
            f"/comments/{comment.pk}/reply/",
            f"/people/{quote(reader.handle)}/",
        ]
        tags = {address: Client().get(address)["ETag"] for address in addresses}
        membership.change_real_name(by=reader, person=reader, real_name="Augusta")
        for address in addresses[:2] + addresses[3:]:
            answer = Client().get(address, headers={"If-None-Match": tags[address]})
            assert "Augusta" in text_of(answer), address

    def test_who_comes_and_goes_elsewhere_changes_nothing(self, reader, make_person, post, sign_in):
        post(reader)
        tag = Client().get("/articles/the-bridge-opens/")["ETag"]
        sign_in(make_person()).get("/")
        answer = Client().get("/articles/the-bridge-opens/", headers={"If-None-Match": tag})
        assert answer.status_code == 304

    def test_head(self, reader, post):
        comment = post(reader)
        for address in (
            "/", "/articles/the-bridge-opens/", f"/comments/{comment.pk}/",
            f"/comments/{comment.pk}/thread/", f"/comments/{comment.pk}/reply/",
            f"/people/{quote(reader.handle)}/",
        ):  # fmt: skip
            assert Client().head(address).status_code in (200, 302), address

    def test_what_was_taken_down_names_nobody(self, reader, moderator, make_person, post):
        comment = post(reader, "Rude words")
        reply = post(make_person("Bo"), "An answer", parent=comment)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        for address in (
            "/articles/the-bridge-opens/", f"/comments/{comment.pk}/reply/",
            f"/comments/{comment.pk}/thread/", f"/comments/{reply.pk}/thread/",
        ):  # fmt: skip
            page = text_of(Client().get(address))
            assert "Ada Reader" not in page, address
            assert "Rude words" not in page, address


class TestPages:
    def thread(self, post, by, size):
        root = post(by, "root")
        for number in range(size - 1):
            post(by, f"reply {number}", parent=root)
        return root

    @pytest.mark.parametrize("order", orders.ORDERS)
    def test_the_same_queries_with_3_and_with_30_threads(self, visitor, reader, post, order):
        counted = []
        # More than one page holds, both times: what goes on elsewhere is looked up as well.
        for threads, size in ((3, 70), (27, 9)):
            for _ in range(threads):
                self.thread(post, reader, size)
            forget_parts()
            with CaptureQueriesContext(connection) as queries:
                page = visitor.get(f"/articles/the-bridge-opens/?order={order}")
            assert page.status_code == 200
            counted.append(len(queries))
        # One asks when the page changes next by itself, for the caches before it; one for tags.
        assert counted[0] == counted[1] <= 11, [q["sql"] for q in queries]

    def test_the_same_queries_for_who_is_signed_in(self, reader, make_person, sign_in, post):
        client, counted = sign_in(reader), []
        client.get("/articles/the-bridge-opens/")
        for threads, size in ((3, 70), (27, 9)):
            for _ in range(threads):
                self.thread(post, make_person(), size)
            client.get("/articles/the-bridge-opens/")
            with CaptureQueriesContext(connection) as queries:
                client.get("/articles/the-bridge-opens/")
            counted.append(len(queries))
        assert counted[0] == counted[1] <= 22, [q["sql"] for q in queries]

    def test_a_permalink_shows_the_comment_in_its_place(self, visitor, reader, post):
        chain = [post(reader)]
        for _ in range(60):
            chain.append(post(reader, parent=chain[-1]))
        for _ in range(3):
            self.thread(post, reader, 60)
        counted = set()
        for comment in [*chain, *Comment.objects.order_by("-pk")[:150:10]]:
            forget_parts()
            with CaptureQueriesContext(connection) as queries:
                answer = visitor.get(f"/comments/{comment.pk}/")
            counted.add(len(queries))
            page = text_of(answer)
            assert f'is-target" id="c{comment.pk}"' in page, comment.number
            if comment.parent_id:
                assert f'/comments/{comment.parent_id}/"' in page or (
                    f'id="c{comment.parent_id}"' in page
                )
            for order in orders.ORDERS:
                assert f"/comments/{comment.pk}/discussion/?order={order}" in page
        assert len(counted) == 1

    def test_an_order_is_in_the_address_and_remembered(self, visitor, reader, sign_in, post):
        first, second = post(reader, "first words"), post(reader, "second words")

        def shown(client, query=""):
            page = text_of(client.get(f"/articles/the-bridge-opens/{query}"))
            return [
                int(pk) for pk in re.findall(r'<article class="comment[^"]*" id="c(\d+)"', page)
            ]

        assert shown(visitor) == [first.pk, second.pk]
        assert shown(visitor, "?order=newest") == [second.pk, first.pk]
        assert shown(visitor) == [first.pk, second.pk]
        client = sign_in(reader)
        assert shown(client) == [first.pk, second.pk]
        assert shown(client, "?order=newest") == [second.pk, first.pk]
        assert shown(client) == [second.pk, first.pk]
        assert shown(client, "?order=oldest") == [first.pk, second.pk]
        assert shown(client) == [first.pk, second.pk]
        assert shown(client, "?order=loudest") == [first.pk, second.pk]

    def test_what_search_engines_follow(self, visitor, reader, post):
        for _ in range(60):
            post(reader)
        first = text_of(visitor.get("/articles/the-bridge-opens/"))
        assert '<link rel="canonical" href="http://testserver/articles/the-bridge-opens/">' in first
        (following,) = re.findall(r'<link rel="next" href="([^"#]+)', first)
        second = text_of(visitor.get(following))
        assert f'<link rel="canonical" href="http://testserver{following}">' in second
        assert '<link rel="prev" href="/articles/the-bridge-opens/#discussion">' in second
        ranked = text_of(visitor.get("/articles/the-bridge-opens/?order=best"))
        assert (
            '<link rel="canonical" href="http://testserver/articles/the-bridge-opens/">' in ranked
        )

    def test_the_next_threads_as_a_fragment(self, visitor, reader, post, discussion):
        for _ in range(30):
            post(reader)
        page = text_of(visitor.get("/articles/the-bridge-opens/"))
        (fragment,) = re.findall(r'hx-get="(/discussions/[^"]+)"', page)
        answer = visitor.get(fragment, headers={"HX-Request": "true"})
        assert text_of(answer).count('<article class="comment') == 5
        assert "<html" not in text_of(answer)
        assert "HX-Request" in answer["Vary"]
        plain = visitor.get(fragment)
        assert plain.status_code == 302
        assert plain["Location"].startswith("/articles/the-bridge-opens/?from=")

    def test_a_persons_page(self, visitor, make_person, post):
        person = make_person("Rusa", real_name="Rusalka")
        for number in range(contributions.PERSON_PAGE_SIZE + 3):
            post(person, f"words {number}")
        first = text_of(visitor.get("/people/Rusa/"))
        assert "Rusalka" in first
        assert "words 27" in first
        assert "words 2<" not in first
        following = first.split('rel="next" href="')[1].split('"')[0]
        assert "words 2<" in text_of(visitor.get(following))

    @pytest.mark.parametrize("handle", ["a/b", "..", "~7", "who? me#1", "50%", "Ünï cødé", "a\\b"])
    def test_every_handle_has_a_page(self, db, visitor, handle):
        person = membership.import_people({handle: None})[handle]
        answer = visitor.get(person.get_absolute_url())
        assert answer.status_code == 200
        assert person.get_absolute_url().startswith("/people/")


class TestDrafts:
    def test_a_draft_is_kept_through_signing_in(self, visitor, reader, post):
        comment = post(reader, "Question?")
        answer = visitor.post(
            f"/discussions/{comment.discussion_id}/draft/?parent={comment.pk}",
            {"text": "My half-written answer"},
            headers={"Origin": "http://testserver"},
        )
        target = f"/comments/{comment.pk}/reply/"
        assert answer["Location"].replace("%2F", "/") == f"/accounts/login/?next={target}"
        visitor.force_login(reader, backend="accounts.backends.PortalBackend")
        assert "My half-written answer" in text_of(visitor.get(target))
        posted = visitor.post(target, {"text": "My half-written answer"})
        assert posted.status_code == 302
        assert "My half-written answer" not in text_of(visitor.get(target))

    def test_a_session_that_ended_loses_nothing(self, visitor, reader, post, discussion):
        answer = visitor.post(f"/discussions/{discussion.pk}/post/", {"text": "Typed for an hour"})
        assert answer.status_code == 302
        assert "/accounts/login/" in answer["Location"]
        visitor.force_login(reader, backend="accounts.backends.PortalBackend")
        assert "Typed for an hour" in text_of(visitor.get(f"/discussions/{discussion.pk}/post/"))
        assert not Comment.objects.exists()

    @pytest.mark.parametrize(
        "origin", [None, "https://evil.example", "null", "https://testserver", "http://["]
    )
    def test_a_form_from_elsewhere_is_refused(self, visitor, discussion, origin):
        headers = {"Origin": origin} if origin else {}
        answer = visitor.post(
            f"/discussions/{discussion.pk}/draft/", {"text": "planted"}, headers=headers
        )
        assert answer.status_code == 403
        assert not answer.cookies

    def test_a_trusted_origin_may_send_it(self, visitor, discussion, settings):
        settings.CSRF_TRUSTED_ORIGINS = ["https://paper.example"]
        answer = visitor.post(
            f"/discussions/{discussion.pk}/draft/",
            {"text": "From behind the proxy"},
            headers={"Origin": "https://paper.example"},
        )
        assert answer.status_code == 302

    @pytest.mark.parametrize("text", ["x" * 10_001, "a\x00b"])
    def test_a_draft_that_cannot_be_kept_is_shown(self, visitor, discussion, text):
        address = f"/discussions/{discussion.pk}/draft/?parent={'9' * 5000}"
        answer = visitor.post(address, {"text": text}, headers={"Origin": "http://testserver"})
        assert answer.status_code == 422
        assert text[-20:] in text_of(answer)
        assert not answer.cookies


class TestWriting:
    def test_post_reply_quote(self, reader, sign_in, discussion):
        client = sign_in(reader)
        answer = client.post(f"/discussions/{discussion.pk}/post/", {"text": "First"})
        first = Comment.objects.get()
        assert answer["Location"] == f"/articles/the-bridge-opens/#c{first.pk}"
        page = text_of(client.get(f"/comments/{first.pk}/reply/?quote=1"))
        assert "&gt; First" in page
        client.post(f"/comments/{first.pk}/reply/", {"text": "> First\n\nSecond"})
        reply = Comment.objects.get(parent=first)
        assert "<blockquote>" in reply.html

    def test_its_writer_finds_it_among_all_or_in_its_place(
        self, reader, sign_in, discussion, post, monkeypatch
    ):
        """On the page of the discussion where one page has it all, else in its thread."""
        monkeypatch.setattr(discussions, "PAGE_SIZE", 3)
        client, first = sign_in(reader), post(reader)
        for number in (2, 3, 4):
            text = f"Number {number}"
            answer = client.post(f"/comments/{first.pk}/reply/", {"text": text})
            mine = Comment.objects.get(text=text)
            way, _, anchor = answer["Location"].partition("#")
            assert anchor == f"c{mine.pk}"
            own = f"/comments/{mine.pk}/"
            assert way == ("/articles/the-bridge-opens/" if number < 4 else own)
            assert text in text_of(client.get(way))
        # One at the top level has no place yet but its page.
        answer = client.post(f"/discussions/{discussion.pk}/post/", {"text": "Number 5"})
        assert answer["Location"].startswith("/articles/the-bridge-opens/")
        assert "Number 5" in text_of(client.get(answer["Location"].partition("#")[0]))
        # In the order of the page that the form was on.
        page = {"Referer": "http://testserver/articles/the-bridge-opens/?order=newest"}
        answer = client.post(
            f"/discussions/{discussion.pk}/post/", {"text": "Number 6"}, headers=page
        )
        assert "order=newest" in answer["Location"]

    def test_the_same_form_twice_makes_one_comment(self, reader, sign_in, discussion):
        client = sign_in(reader)
        form = {"text": "Once", "submission_key": str(uuid.uuid4())}
        answers = [client.post(f"/discussions/{discussion.pk}/post/", form) for _ in range(3)]
        assert len({answer["Location"] for answer in answers}) == 1
        assert Comment.objects.count() == 1

    def test_htmx_gets_the_comment_in_place(self, reader, sign_in, discussion, post):
        parent = post(reader)
        client = sign_in(reader)
        headers = {"HX-Request": "true"}
        form = text_of(client.get(f"/comments/{parent.pk}/reply/", headers=headers))
        assert "<html" not in form
        assert "<textarea" in form
        answer = text_of(
            client.post(f"/comments/{parent.pk}/reply/", {"text": "In place"}, headers=headers)
        )
        assert f'hx-swap-oob="beforeend:#r{parent.pk}"' in answer
        assert "In place" in answer
        assert "2 comments" in answer

    @pytest.mark.parametrize("htmx", [True, False])
    @pytest.mark.parametrize(
        ("text", "status", "says"),
        [("  ", 422, "nothing to post"), ("x" * 10_001, 422, "Shorten it by 1"),
         ("a\x00b", 422, "characters")],
    )  # fmt: skip
    def test_bad_text_is_explained_and_kept(
        self, reader, sign_in, discussion, text, status, says, htmx
    ):
        answer = sign_in(reader).post(
            f"/discussions/{discussion.pk}/post/",
            {"text": text},
            headers={"HX-Request": "true"} if htmx else {},
        )
        page = text_of(answer)
        assert answer.status_code == status
        assert says in page
        assert text.strip()[:50] in page
        assert not Comment.objects.exists()

    def test_too_fast_is_429_and_keeps_the_text(self, reader, sign_in, discussion, settings):
        settings.COMMENTS_PER_MINUTE = 1
        client = sign_in(reader)
        client.post(f"/discussions/{discussion.pk}/post/", {"text": "One"})
        answer = client.post(f"/discussions/{discussion.pk}/post/", {"text": "Two, in haste"})
        assert answer.status_code == 429
        assert "Two, in haste" in text_of(answer)
        assert "Wait a minute" in text_of(answer)

    def test_too_many_edits_are_429_and_keep_the_text(self, reader, sign_in, post, settings):
        settings.EDITS_IN_TEN_MINUTES = 1
        comment, client = post(reader, "As it was"), sign_in(reader)
        address = f"/comments/{comment.pk}/edit/"
        assert client.post(address, {"text": "Once", "revision": 1}).status_code == 302
        answer = client.post(address, {"text": "Twice, in haste", "revision": 2})
        assert answer.status_code == 429
        assert "Twice, in haste" in text_of(answer)
        assert "Wait a few minutes" in text_of(answer)
        assert Comment.objects.get().text == "Once"
        assert Revision.objects.count() == 1

    def test_who_answers_what_was_taken_down_sees_its_tombstone(
        self, reader, moderator, sign_in, post
    ):
        comment = post(reader, "Rude words")
        moderation.hide(by=moderator, comment=comment, reason="Unkind")
        for client in (Client(), sign_in(reader)):
            page = text_of(client.get(f"/comments/{comment.pk}/reply/"))
            assert "Hidden by a moderator: Unkind" in page
            assert "<blockquote" not in page
            assert 'href=""' not in page
            for words in ("Rude words", "<form class"):
                assert words not in page

    def test_the_suspended_are_told_until_when_and_why(
        self, reader, moderator, sign_in, discussion
    ):
        until = timezone.now() + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        client = sign_in(reader)
        for address in ("/articles/the-bridge-opens/", f"/discussions/{discussion.pk}/post/"):
            page = text_of(client.get(address))
            assert "You cannot post until" in page
            assert "Advertising" in page
            assert "<textarea" not in page
        answer = client.post(f"/discussions/{discussion.pk}/post/", {"text": "Still here"})
        assert answer.status_code == 403
        assert "Advertising" in text_of(answer)
        assert "Still here" in text_of(answer)
        assert not Comment.objects.exists()

    def test_a_closed_discussion_says_why(self, reader, moderator, sign_in, discussion, post):
        comment = post(reader)
        moderation.close(by=moderator, discussion=discussion, reason="It is late.")
        client = sign_in(reader)
        for who in (client, Client()):
            page = text_of(who.get("/articles/the-bridge-opens/"))
            assert "It is late." in page
            assert "<textarea" not in page
        answer = client.post(f"/comments/{comment.pk}/reply/", {"text": "One more"})
        assert answer.status_code == 403
        assert "One more" in text_of(answer)

    def test_htmx_shows_a_refusal_in_place(self, reader, moderator, sign_in, discussion):
        moderation.close(by=moderator, discussion=discussion, reason="It is late.")
        answer = sign_in(reader).post(
            f"/discussions/{discussion.pk}/post/",
            {"text": "One more"},
            headers={"HX-Request": "true"},
        )
        assert answer.status_code == 422
        assert "It is late." in text_of(answer)

    def test_edit(self, reader, sign_in, post):
        comment = post(reader, "Frist")
        client = sign_in(reader)
        address = f"/comments/{comment.pk}/edit/"
        assert "Frist" in text_of(client.get(address))
        client.post(address, {"text": "First", "revision": 1})
        assert "edited" in text_of(client.get("/articles/the-bridge-opens/"))
        late = client.post(address, {"text": "Fürst", "revision": 1})
        assert late.status_code == 409
        assert "Fürst" in text_of(late)
        assert "It now says" in text_of(late)
        assert client.post(address, {"text": "Fürst", "revision": 2}).status_code == 302
        assert client.post(address, {"text": " ", "revision": 3}).status_code == 422
        assert Comment.objects.get().text == "Fürst"

    def test_withdraw(self, reader, sign_in, post):
        comment = post(reader, "Regret")
        client = sign_in(reader)
        address = f"/comments/{comment.pk}/withdraw/"
        assert "Regret" in text_of(client.get(address))
        client.post(address)
        page = text_of(client.get("/articles/the-bridge-opens/"))
        assert "Regret" not in page
        assert "Withdrawn by its author." in page
        assert client.get(address).status_code == 403
        assert client.get(f"/comments/{comment.pk}/edit/").status_code == 403


class TestRefusals:
    def test_other_peoples_comments(self, make_person, reader, sign_in, post):
        comment = post(reader, "Mine")
        client = sign_in(make_person("Eve"))
        for act in ("edit", "withdraw"):
            address = f"/comments/{comment.pk}/{act}/"
            assert client.get(address).status_code == 403
            answer = client.post(address, {"text": "Yours", "revision": 1})
            assert answer.status_code == 403
            assert "author" in text_of(answer)
        assert Comment.objects.get().text == "Mine"

    def test_signed_out(self, visitor, reader, post):
        comment = post(reader, "Mine")
        for act in ("edit", "withdraw"):
            for send in (visitor.get, visitor.post):
                answer = send(f"/comments/{comment.pk}/{act}/")
                assert answer.status_code == 302
                assert "/accounts/login/" in answer["Location"]
        assert Comment.objects.get().is_visible

    def test_csrf(self, reader, sign_in, post):
        comment = post(reader, "Mine")
        client = sign_in(reader, enforce_csrf_checks=True)
        for address in (
            f"/discussions/{comment.discussion_id}/post/", f"/comments/{comment.pk}/reply/",
            f"/comments/{comment.pk}/edit/", f"/comments/{comment.pk}/withdraw/",
        ):  # fmt: skip
            answer = client.post(address, {"text": "Forged", "revision": 1})
            assert answer.status_code == 403, address
        assert list(Comment.objects.values_list("text", "state")) == [("Mine", "visible")]

    def test_methods(self, sign_in, reader, post, discussion):
        comment = post(reader)
        client = sign_in(reader)
        assert client.get(f"/discussions/{discussion.pk}/draft/").status_code == 405
        assert client.put(f"/comments/{comment.pk}/reply/").status_code == 405
        assert client.post(f"/comments/{comment.pk}/").status_code == 405

    def test_a_withdrawn_article_takes_its_discussion_along(
        self, article, reader, sign_in, post, visitor
    ):
        comment = post(reader, "Unreadable now")
        publishing.withdraw_article(article=article)
        client = sign_in(reader)
        for address in (
            f"/comments/{comment.pk}/", f"/comments/{comment.pk}/thread/",
            f"/comments/{comment.pk}/reply/", f"/comments/{comment.pk}/edit/",
            f"/discussions/{comment.discussion_id}/post/",
        ):  # fmt: skip
            assert visitor.get(address).status_code in (302, 404), address
            assert client.get(address).status_code == 404, address
        answer = client.post(f"/comments/{comment.pk}/reply/", {"text": "Sneaky"})
        assert answer.status_code == 404
        page = text_of(visitor.get(f"/people/{quote(reader.handle)}/"))
        assert "Unreadable now" not in page
        with pytest.raises(posting.RefusedError):
            post(reader)

    def test_more_than_the_portal_takes(self, reader, sign_in, discussion):
        answer = sign_in(reader).post(
            f"/discussions/{discussion.pk}/post/", {"text": "x" * (1024 * 1024 + 10)}
        )
        assert answer.status_code == 413
        assert "<html" in text_of(answer)
        assert Discussion.objects.get(pk=discussion.pk).comment_count == 0
