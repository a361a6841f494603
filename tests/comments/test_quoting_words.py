"""Quoting the words that somebody marked, a comment as a card, and who can be mentioned."""

import html
import json
import re
from urllib.parse import quote, urlencode

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given

from accounts import membership
from comments import asides, composing, hosting, markup, moderation, posting
from comments.models import Comment, Discussion
from tests.comments.test_markup import ANY_TEXT, MARKDOWN_LIKE, faults


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, post):
    return post(reader, "Words *with* weight.\n\n> somebody else's\n\nAnd more words.")


def text_in_form(page):
    """What the textarea of a reply's form begins with, as a browser reads it."""
    area = re.search(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)[1]
    # The first line break belongs to the tag.
    return html.unescape(area.removeprefix("\n"))


def reply_form(client, comment, **query):
    answer = client.get(f"/comments/{comment.pk}/reply/?{urlencode(query)}")
    assert answer.status_code == 200
    return text_in_form(answer.content.decode())


def take_down_page(discussion):
    hosting.follow_page(discussion, title=discussion.title, url=discussion.url, readable_from=None)


class TestQuoting:
    @pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "not signed in"])
    def test_the_words_that_were_marked(self, make_person, comment, sign_in, signed_in):
        client = sign_in(make_person()) if signed_in else Client()
        source = f"> — [Ada Reader](/comments/{comment.pk}/)\n\n"
        words = "And more"
        assert reply_form(client, comment, quote=1, words=words) == f"> And more\n{source}"
        whole = f"> Words *with* weight.\n>\n> And more words.\n{source}"
        assert reply_form(client, comment, quote=1) == whole
        assert reply_form(client, comment, quote=1, words=" \n ") == whole
        assert reply_form(client, comment) == ""
        # Words without the wish to quote them are nothing.
        assert reply_form(client, comment, words=words) == ""

    @pytest.mark.parametrize(
        ("words", "are_its_own"),
        [
            ("with weight. And", True),
            ("Words with\u00a0weight.\n\n\tAnd more words.", True),
            ("ords with w", True),
            ("Words that nobody said", False),
            # Neither what it quotes, nor its Markdown, nor other words with the same letters.
            ("somebody else's", False),
            ("*with*", False),
            ("Word swith", False),
            ("WORDS", False),
        ],
    )
    def test_only_words_that_stand_in_it(self, comment, words, are_its_own):
        comment = Comment.objects.get()
        quoted = composing.quotation_for(comment, words)
        assert (quoted != composing.quotation_for(comment)) is are_its_own
        if not are_its_own:
            assert "nobody" not in quoted
            assert "somebody" not in quoted

    def test_nothing_is_stored_by_asking_for_the_form(self, make_person, comment, sign_in):
        client = sign_in(make_person())
        before = list(Comment.objects.values())
        reply_form(client, comment, quote=1, words="And more")
        assert list(Comment.objects.values()) == before
        assert reply_form(client, comment) == ""

    def test_each_wish_is_a_page_of_its_own_in_every_cache(self, comment):
        address = f"/comments/{comment.pk}/reply/?quote=1&words="
        answers = [Client().get(address + words) for words in ("And", "more", "And")]
        assert answers[0]["ETag"] == answers[2]["ETag"] != answers[1]["ETag"]
        assert not answers[0].cookies
        assert "public" in answers[0]["Cache-Control"]
        again = Client().get(address + "And", headers={"If-None-Match": answers[0]["ETag"]})
        assert again.status_code == 304

    def test_what_was_taken_down_is_not_quoted(self, moderator, comment):
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        page = Client().get(f"/comments/{comment.pk}/reply/?quote=1&words=And+more")
        assert "And more" not in page.content.decode()
        assert "Ada Reader" not in page.content.decode()
        assert composing.quotation_for(Comment.objects.get(), "And more") == ""

    @pytest.mark.parametrize("words", ["</textarea><script>alert(1)</script>", "\x00&lt;b&gt;\"'"])
    def test_the_words_do_nothing_in_the_form(self, comment, words):
        address = f"/comments/{comment.pk}/reply/?quote=1&words={quote(words)}"
        page = Client().get(address).content.decode()
        assert "<script>alert" not in page
        assert page.count("</textarea>") == 1

    def test_they_are_shown_as_they_were_marked(self, reader, post):
        words = "*not* _emphasis_ [no](/link/) `code`\n\n> no quotation\n1. no list\n- nor this"
        comment = post(reader, f"```\n{words}\n```")
        quoted = composing.quotation_for(comment, words)
        assert all(line.startswith(">") for line in quoted.splitlines() if line)
        rendered = markup.render_markdown(quoted)
        for mark in ("<em>", "<code>", "<ol", "<ul", 'href="/link/"'):
            assert mark not in rendered
        shown = html.unescape(re.sub(r"<[^>]*>", "", rendered))
        assert " ".join(words.split()) in " ".join(shown.split())

    def test_a_long_choice_is_cut_at_a_word(self, reader, post):
        comment = post(reader, "a*b " * 1_000)
        shown = composing.quotation_for(comment, "a*b " * 999).split("\n")[0]
        assert shown.endswith("…")
        plain = shown.removeprefix("> ").replace("\\", "")
        assert markup.QUOTE_LENGTH - 5 < len(plain) <= markup.QUOTE_LENGTH

    def test_an_imported_comment(self, make_person, comment):
        blocks = [{"type": "text", "text": "*plain* words"}]
        comment.blocks, comment.text = blocks, "*plain* words"
        comment.html = markup.render_blocks(blocks, permalink=str)
        assert composing.quotation_for(comment).startswith("> \\*plain\\* words\n")
        assert composing.quotation_for(comment, "*plain*").startswith("> \\*plain\\*\n")

    @given(ANY_TEXT | MARKDOWN_LIKE)
    def test_any_words_stay_a_quotation(self, words):
        comment = Comment(pk=7, text="Words.", author=membership.User(handle="a](b)\n*`"))
        comment.html = f"<p>{markup.escape(words)}</p>"
        quoted = composing.quotation_for(comment, words)
        assert all(line.startswith(">") for line in quoted.splitlines() if line)
        assert quoted.endswith("\n\n")
        assert faults(markup.render_markdown(quoted + "answer")) == []
        assert markup.plain_text(markup.render_markdown(quoted + "answer")) == "answer"


class TestCard:
    def card(self, comment, **options):
        return Client().get(f"/comments/{comment.pk}/preview/", **options)

    def test_who_said_it_when_and_what(self, comment):
        answer = self.card(comment)
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "<html" not in page
        assert '<a class="author" href="/people/Ada%20Reader/"><bdi>Ada Reader</bdi></a>' in page
        assert "<time datetime=" in page
        assert "Words with weight.\nAnd more words." in page
        assert f'<a href="/comments/{comment.pk}/">Comment 1</a>' in page
        assert answer["X-Robots-Tag"] == "noindex"

    def test_words_are_plain_and_short(self, reader, post):
        page = self.card(post(reader, "**<b>** & " + "word " * 1_000)).content.decode()
        words = re.search(r'<p class="preview-words" dir="auto">(.*?)</p>', page)[1]
        assert words.startswith("&lt;b&gt; &amp; word")
        assert words.endswith("…")
        assert len(html.unescape(words)) <= asides.CARD_LENGTH
        assert "Only quotes" in self.card(post(reader, "> nothing own")).content.decode()

    def test_what_was_taken_down_names_nobody(self, reader, moderator, comment, post):
        withdrawn = post(reader, "Secret words")
        before = self.card(withdrawn)
        posting.withdraw_comment(by=reader, comment=withdrawn)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        for each, notice in ((withdrawn, "Withdrawn by its author"), (comment, "moderator: Rude")):
            page = self.card(each).content.decode()
            assert notice in page
            for word in ("Ada", "ecret words", "weight"):
                assert word not in page
        fresh = self.card(withdrawn, headers={"If-None-Match": before["ETag"]})
        assert fresh.status_code == 200

    def test_public_cached_and_the_same_for_everybody(self, comment, reader, sign_in):
        first = self.card(comment)
        assert "public" in first["Cache-Control"]
        assert not first.cookies
        again = self.card(comment, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        signed_in = sign_in(reader).get(f"/comments/{comment.pk}/preview/")
        assert signed_in.content == first.content
        membership.change_real_name(by=reader, person=reader, real_name="Augusta")
        posting.edit_comment(by=reader, comment=comment, text="Other.", seen_revision=1)
        assert "Other." in self.card(comment).content.decode()

    def test_constant_cost(self, reader, post, comment):
        counted = []
        for _ in range(2):
            caches["pages"].clear()
            with CaptureQueriesContext(connection) as queries:
                self.card(comment)
            counted.append(len(queries))
            for _ in range(30):
                post(reader, "More.", parent=comment)
        assert counted[0] == counted[1] <= 3

    def test_what_is_not_there(self, comment, discussion):
        for pk in (comment.pk + 1, 10**30):
            assert Client().get(f"/comments/{pk}/preview/").status_code == 404
        assert Client().post(f"/comments/{comment.pk}/preview/").status_code == 405
        take_down_page(discussion)
        assert self.card(comment).status_code == 404


class TestPeople:
    def people(self, discussion, **options):
        return Client().get(f"/discussions/{discussion.pk}/people/", **options)

    def test_who_wrote_lately_the_latest_first(self, reader, make_person, post, discussion):
        others = [make_person(f"Person {number}") for number in range(3)]
        for person in (reader, *others, others[0], reader):
            post(person)
        answer = self.people(discussion)
        assert answer["Content-Type"] == "application/json"
        assert json.loads(answer.content) == ["Ada Reader", "Person 0", "Person 2", "Person 1"]

    def test_who_has_nothing_left_is_not_named(
        self, reader, moderator, make_person, post, discussion
    ):
        gone = post(reader)
        post(make_person("Bo"))
        moderation.hide(by=moderator, comment=gone, reason="Rude")
        assert json.loads(self.people(discussion).content) == ["Bo"]

    def test_limits(self, make_person, post, discussion, monkeypatch):
        monkeypatch.setattr(asides, "LATEST_READ", 4)
        monkeypatch.setattr(asides, "MOST_PEOPLE", 3)
        for number in range(6):
            post(make_person(f"Person {number}"))
        here = Discussion.objects.get(pk=discussion.pk)
        assert asides.people_in(here) == ["Person 5", "Person 4", "Person 3"]
        monkeypatch.setattr(asides, "LATEST_READ", 2)
        assert asides.people_in(here) == ["Person 5", "Person 4"]

    def test_public_cached_and_the_same_for_everybody(self, reader, post, discussion, sign_in):
        post(reader)
        first = self.people(discussion)
        assert first["Cache-Control"] == "public, max-age=60"
        assert not first.cookies
        again = self.people(discussion, headers={"If-None-Match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")
        signed_in = sign_in(reader).get(f"/discussions/{discussion.pk}/people/")
        assert (signed_in.content, signed_in["Cache-Control"]) == (
            first.content,
            first["Cache-Control"],
        )

    def test_constant_cost(self, reader, post, discussion):
        post(reader)
        with CaptureQueriesContext(connection) as few:
            self.people(discussion)
        for _ in range(30):
            post(reader)
        with CaptureQueriesContext(connection) as many:
            self.people(discussion)
        assert len(few) == len(many) == 2

    def test_what_is_not_there(self, reader, post, discussion):
        assert json.loads(self.people(discussion).content) == []
        assert Client().get("/discussions/999999/people/").status_code == 404
        assert Client().post(f"/discussions/{discussion.pk}/people/").status_code == 405
        take_down_page(discussion)
        assert self.people(discussion).status_code == 404
