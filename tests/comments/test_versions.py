"""Editing while there is time, the versions that it leaves, and what moderators do with them."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from accounts.models import User
from comments import bulk, history, moderation, posting, revisions, sanctions, standing
from comments.models import Beat, Comment, Discussion, ModerationEntry, Revision
from comments.screening import MAX_TEXT_LENGTH, RefusedError
from comments.standing import known_of
from comments.wording import moment_text, until_text


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on only when told: ``clock(minutes=14)``."""
    begin = timezone.now()

    def show(**passed):
        moment = begin + timedelta(**passed)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        return moment

    show()
    return show


@pytest.fixture
def edited(reader, post):
    """``edited("one", "two", "three")``: a comment that said this, one after the other."""

    def make(*texts):
        comment = post(reader, texts[0])
        for text in texts[1:]:
            comment = edit(reader, comment, text)
        return comment

    return make


def edit(by, comment, text):
    revision = Comment.objects.get(pk=comment.pk).revision
    return posting.edit_comment(by=by, comment=comment, text=text, seen_revision=revision)


def can_edit(by, comment):
    return known_of(by).can_edit(by, comment, timezone.now())


def text_of(response):
    return response.content.decode()


def bare(page):
    """A page without the words that are for screen readers alone."""
    return re.sub(r'<span class="visually-hidden">[^<]*</span>', "", page)


def differences(page):
    """What each version on a page shows, the newest first."""
    return re.findall(r'<div class="difference" dir="auto">(.*?)</div>', bare(page), re.DOTALL)


def everything():
    """All that a refused act must leave as it was."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Comment, Discussion, Revision, ModerationEntry)
    ]


class TestTime:
    def test_for_everybody_a_quarter_of_an_hour(self, reader, post, clock):
        comment = post(reader, "Frist")
        clock(minutes=14, seconds=59)
        assert edit(reader, comment, "First")
        clock(minutes=15)
        before = everything()
        with pytest.raises(RefusedError) as refused:
            edit(reader, comment, "Fürst")
        assert (refused.value.verdict.phase, refused.value.verdict.status) == ("late", 403)
        assert moment_text(comment.posted_at + timedelta(minutes=15)) in str(refused.value)
        assert everything() == before

    def test_an_edit_buys_no_time(self, reader, post, clock):
        comment = post(reader, "One")
        clock(minutes=10)
        edit(reader, comment, "Two")
        clock(minutes=16)
        with pytest.raises(RefusedError):
            edit(reader, comment, "Three")

    def test_a_day_for_the_staff_and_for_who_is_here_for_long(
        self, reader, moderator, make_person, post, clock
    ):
        old_hand = make_person()
        User.objects.filter(pk=old_hand.pk).update(joined_at=timezone.now() - timedelta(days=31))
        old_hand.refresh_from_db()
        # As many have stood as it takes, but for the one that follows.
        standing.count(old_hand.pk, stood=29)
        comments = {person: post(person, "One") for person in (reader, moderator, old_hand)}
        clock(hours=23, minutes=59)
        for person in (moderator, old_hand):
            assert edit(person, comments[person], "Two")
        with pytest.raises(RefusedError):
            edit(reader, comments[reader], "Two")
        clock(hours=24)
        for person in (moderator, old_hand):
            with pytest.raises(RefusedError):
                edit(person, comments[person], "Three")

    def test_the_settings_say_how_long(self, reader, moderator, post, clock, settings):
        settings.COMMENT_EDIT_MINUTES, settings.COMMENT_EDIT_MINUTES_TRUSTED = 60, 5
        comment, other = post(reader), post(moderator)
        clock(minutes=59)
        assert edit(reader, comment, "Two")
        # Whoever is trusted has never less.
        assert edit(moderator, other, "Two")
        settings.COMMENT_EDIT_MINUTES = 0
        clock()
        assert not can_edit(reader, comment)
        settings.COMMENT_EDIT_MINUTES = 10**15
        assert can_edit(reader, comment)
        assert known_of(reader).editing_time > timedelta(days=365)

    def test_an_imported_comment_counts_from_when_it_was_posted(
        self, make_person, discussion, clock, settings
    ):
        person = membership.import_people({"ice_watcher": None})["ice_watcher"]
        words = [{"type": "text", "text": "The *ice* holds."}]
        page = [
            bulk.BulkComment(
                author_id=person.pk,
                posted_at=timezone.now() - timedelta(days=days),
                blocks=words,
            )
            for days in (400, 0)
        ]
        bulk.merge(discussion, page)
        fresh, old = Comment.objects.order_by("-posted_at")
        assert edit(person, fresh, "It does not.")
        with pytest.raises(RefusedError):
            edit(person, old, "It did.")
        settings.COMMENT_EDIT_MINUTES = 1_440 * 500
        assert edit(person, old, "It did.")
        # What it said is kept as it came, and read as Markdown that says the same.
        kept = Revision.objects.get(comment=old)
        assert (kept.text, kept.blocks, kept.written_at) == (old.text, words, old.posted_at)
        assert kept.markdown == "The \\*ice\\* holds."

    def test_until_when_in_words(self, clock):
        now = clock().replace(hour=10, minute=28)
        assert until_text(now + timedelta(minutes=15), now) == "10:43"
        assert until_text(now + timedelta(days=1), now) == moment_text(now + timedelta(days=1))


class TestEditingOverHttp:
    def test_the_form_says_until_when(self, reader, post, sign_in, clock):
        comment = post(reader, "Frist")
        until = until_text(comment.posted_at + timedelta(minutes=15), clock())
        page = text_of(sign_in(reader).get(f"/comments/{comment.pk}/edit/"))
        assert f"You can change this until {until}." in page

    def test_too_late_is_403_and_keeps_the_text(self, reader, post, sign_in, clock):
        comment = post(reader, "Frist")
        client, address = sign_in(reader), f"/comments/{comment.pk}/edit/"
        clock(minutes=15)
        page = client.get(address)
        assert page.status_code == 403
        assert "You could change this comment until" in text_of(page)
        before = everything()
        answer = client.post(address, {"text": "Typed for an hour", "revision": 1})
        assert answer.status_code == 403
        assert "You could change this comment until" in text_of(answer)
        assert "Typed for an hour" in text_of(answer)
        assert "You can change this until" not in text_of(answer)
        assert everything() == before

    def test_the_link_goes_when_the_time_is_over(self, reader, post, sign_in, clock):
        comment = post(reader)
        client, link = sign_in(reader), f'href="/comments/{comment.pk}/edit/"'
        clock(minutes=14)
        assert link in text_of(client.get("/articles/the-bridge-opens/"))
        clock(minutes=15)
        page = text_of(client.get("/articles/the-bridge-opens/"))
        assert link not in page
        assert f'href="/comments/{comment.pk}/withdraw/"' in page

    def test_hidden_while_it_was_edited(self, reader, moderator, post, sign_in):
        comment = post(reader, "Rude")
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        client, address = sign_in(reader), f"/comments/{comment.pk}/edit/"
        before = everything()
        answer = client.post(address, {"text": "Polite now", "revision": 1})
        assert answer.status_code == 403
        assert "withdrawn or hidden" in text_of(answer)
        assert "Polite now" in text_of(answer)
        assert client.get(address).status_code == 403
        assert everything() == before

    def test_the_suspended_are_told_that_first(self, reader, moderator, post, sign_in, clock):
        comment = post(reader)
        until = clock() + timedelta(days=2)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        clock(hours=1)
        client, address = sign_in(reader), f"/comments/{comment.pk}/edit/"
        page = text_of(client.get(address))
        assert "You cannot post until" in page
        assert "<textarea" not in page
        answer = client.post(address, {"text": "Still typed", "revision": 1})
        assert answer.status_code == 403
        assert "Advertising" in text_of(answer)
        assert "Still typed" in text_of(answer)

    def test_other_people(self, reader, make_person, moderator, post, sign_in):
        comment = post(reader)
        before = everything()
        for person in (make_person(), moderator):
            client = sign_in(person)
            for form in ({"text": "Yours", "revision": 1}, {}):
                answer = client.post(f"/comments/{comment.pk}/edit/", form)
                assert answer.status_code == 403
                assert "Only its author" in text_of(answer)
        assert everything() == before


class TestVersions:
    def test_what_it_said_before_is_kept(self, edited, reader):
        comment = edited("One", "Two", "Three")
        kept = Revision.objects.order_by("number")
        assert [(each.number, each.text) for each in kept] == [(1, "One"), (2, "Two")]
        assert kept[0].written_at == comment.posted_at
        assert comment.posted_at < kept[1].written_at < comment.edited_at
        assert edit(reader, comment, "Three") is False
        assert Revision.objects.count() == 2

    def test_the_numbers_are_the_comments_own(self, edited, reader, moderator):
        comment = edited("One", "Two")
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        moderation.restore(by=moderator, comment=comment, reason="Mistaken")
        edit(reader, comment, "Three")
        assert list(Revision.objects.values_list("number", flat=True).order_by("number")) == [1, 4]

    def test_everybody_reads_what_changed(self, edited):
        comment = edited("I like red apples.", "I like blue apples.", "I like blue <apples>.")
        page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
        assert differences(page) == [
            "I like blue <ins>&lt;</ins>apples<ins>&gt;</ins>.",
            "I like <del>red</del><ins>blue</ins> apples.",
            "I like red apples.",
        ]
        assert "Version 3, the current one" in page
        assert "3 versions" in page
        assert "compared with version 2" in page
        assert page.count("<time ") == 3
        assert ' taken out: </span>red<span class="visually-hidden">' in page

    def test_a_comment_links_to_its_history(self, edited):
        comment = edited("One", "Two")
        page = text_of(Client().get("/articles/the-bridge-opens/"))
        assert f'<a class="edited" href="/comments/{comment.pk}/history/">edited ' in page

    def test_one_that_was_never_edited(self, reader, post):
        comment = post(reader, "One")
        page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
        assert differences(page) == ["One"]
        assert "1 version<" in page

    def test_the_same_for_everybody_and_304(self, edited, reader, moderator):
        comment = edited("One", "Two")
        address = f"/comments/{comment.pk}/history/"
        first, second = Client().get(address), Client(HTTP_USER_AGENT="else").get(address)
        assert first.content == second.content
        assert not first.cookies
        assert "public" in first["Cache-Control"]
        assert "csrfmiddlewaretoken" not in text_of(first)
        tag = first["ETag"]

        def answer():
            return Client().get(address, headers={"If-None-Match": tag})

        assert (answer().status_code, answer().content) == (304, b"")
        revisions.hide_version(by=moderator, comment=comment, number=1, reason="Rude")
        assert "Rude" in text_of(answer())
        tag = answer()["ETag"]
        revisions.show_version(by=moderator, comment=comment, number=1, reason="Mistaken")
        assert answer()["ETag"] == first["ETag"]
        edit(reader, comment, "Three")
        assert "Three" in text_of(answer())
        tag = answer()["ETag"]
        posting.withdraw_comment(by=reader, comment=comment)
        assert "Withdrawn by its author." in text_of(answer())

    def test_the_same_queries_with_3_and_with_30(self, reader, edited):
        counted = []
        for count in (3, 30):
            comment = edited(*(f"Version {number}" for number in range(count)))
            with CaptureQueriesContext(connection) as queries:
                page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
            assert len(differences(page)) == count
            counted.append(len(queries))
        assert counted[0] == counted[1] <= 4, [query["sql"] for query in queries]

    def test_more_than_a_page(self, edited):
        total = 2 * history.PAGE_SIZE + 3
        comment = edited(*(f"It was {number} o'clock" for number in range(total)))
        address, seen, pages = f"/comments/{comment.pk}/history/", [], 0
        while address:
            page = text_of(Client().get(address))
            pages += 1
            seen += differences(page)
            assert len(differences(page)) <= history.PAGE_SIZE
            assert ("Back to the newest version" in page) == (pages > 1)
            older = re.search(r'rel="next" href="([^"]+)"', page)
            address = older and older[1]
        assert pages == 3
        assert seen[:-1] == [
            f"It was <del>{number - 1}</del><ins>{number}</ins> o&#x27;clock"
            for number in range(total - 1, 0, -1)
        ]
        assert seen[-1] == "It was 0 o&#x27;clock"

    def test_a_page_of_long_versions_is_shorter(self, edited):
        texts = [f"{number} " + "x" * (MAX_TEXT_LENGTH - 5) for number in range(25)]
        comment = edited(*texts)
        first = Client().get(f"/comments/{comment.pk}/history/")
        shown = len(differences(text_of(first)))
        assert 5 < shown <= history.PAGE_TEXT // (MAX_TEXT_LENGTH - 10) + 1
        older = re.search(r'rel="next" href="([^"]+)"', text_of(first))[1]
        assert differences(text_of(Client().get(older)))[0].startswith(
            f"<del>{24 - shown - 1}</del><ins>{24 - shown}</ins> xxx"
        )

    @pytest.mark.parametrize("before", ["", "x", "-1", "9" * 30, "１", "%00", "0", "999999999"])
    def test_a_hostile_reader_of_query_strings(self, edited, before):
        comment = edited("One", "Two")
        answer = Client().get(f"/comments/{comment.pk}/history/?before={before}")
        assert answer.status_code == 200

    def test_what_cannot_be_read(self, edited, sign_in, moderator):
        comment = edited("One", "Two")
        client = sign_in(moderator)
        assert Client().get(f"/comments/{10**30}/history/").status_code == 404
        assert Client().get("/comments/99999/history/").status_code == 404
        assert Client().post(f"/comments/{comment.pk}/history/").status_code == 405
        for number in (0, 2, 7, 2**31, 2**62, 10**30):
            address = f"/comments/{comment.pk}/history/{number}/hide/"
            assert client.get(address).status_code == 404, number
        Discussion.objects.filter(pk=comment.discussion_id).update(readable_from=None)
        for reads in (Client(), client):
            assert reads.get(f"/comments/{comment.pk}/history/").status_code == 404

    def test_a_comment_that_was_taken_down(self, edited, reader, moderator, sign_in):
        comment = edited("Rude words", "Ruder words")
        moderation.hide(by=moderator, comment=comment, reason="Personal attack")
        address = f"/comments/{comment.pk}/history/"
        for client in (Client(), sign_in(reader)):
            page = text_of(client.get(address))
            assert "Hidden by a moderator: Personal attack" in page
            assert "ude" not in page.replace("include", "")
            assert "Ada Reader" not in re.sub(r"<nav class=\"account.*?</nav>", "", page, flags=16)
        page = text_of(sign_in(moderator).get(address))
        assert "Hidden by a moderator: Personal attack" in page
        assert differences(page) == ["<del>Rude</del><ins>Ruder</ins> words", "Rude words"]
        moderation.restore(by=moderator, comment=comment, reason="Mistaken")
        assert "Ruder words" in bare(text_of(Client().get(address))).replace("<ins>", "").replace(
            "</ins>", ""
        )


class TestHidingVersions:
    def test_it_takes_part_in_no_difference(self, edited, moderator):
        comment = edited("I like red apples.", "I like <rude> apples.", "I like blue apples.")
        hidden = revisions.hide_version(
            by=moderator, comment=comment, number=2, reason="Personal attack"
        )
        assert hidden.hidden_at is not None
        page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
        assert "This version was hidden by a moderator: Personal attack" in page
        assert "rude" not in page
        assert differences(page) == [
            "I like <del>red</del><ins>blue</ins> apples.",
            "I like red apples.",
        ]
        assert "compared with version 1" in page
        # Every act is one row in the log.
        entry = ModerationEntry.objects.order_by("-pk")[0]
        assert (entry.act, entry.by, entry.comment_id, entry.person_id, entry.reason) == (
            "hide_text", moderator, comment.pk, comment.author_id, "Personal attack",
        )  # fmt: skip
        assert (entry.before["hidden_at"], entry.after["reason"]) == (None, "Personal attack")

    def test_and_back(self, edited, moderator):
        comment = edited("One", "Two")
        act = {"by": moderator, "comment": comment, "number": 1}
        assert revisions.show_version(**act, reason="Nothing to do") is False
        revisions.hide_version(**act, reason="Rude")
        before = everything()
        assert revisions.hide_version(**act, reason="Again") is False
        assert everything() == before
        shown = revisions.show_version(**act, reason=" A\nmistake ")
        assert (shown.hidden_at, shown.hidden_reason) == (None, "")
        entry = ModerationEntry.objects.order_by("-pk")[0]
        assert (entry.act, entry.reason) == ("show_text", "A mistake")
        page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
        assert differences(page) == ["<del>One</del><ins>Two</ins>", "One"]

    def test_only_moderators_and_only_with_a_reason(self, edited, reader, make_person, moderator):
        comment = edited("One", "Two")
        before = everything()
        for act in (revisions.hide_version, revisions.show_version):
            for person in (reader, make_person(), make_person(role="editor")):
                with pytest.raises(PermissionDenied):
                    act(by=person, comment=comment, number=1, reason="Because")
            with pytest.raises(ValueError, match="Say why"):
                act(by=moderator, comment=comment, number=1, reason=" \n ")
            # What it says now is hidden by hiding the comment.
            with pytest.raises(Revision.DoesNotExist):
                act(by=moderator, comment=comment, number=2, reason="Because")
        assert everything() == before

    def test_only_who_looks_after_this_part_of_the_site(self, edited, reader, moderator):
        comment = edited("One", "Two")
        posting.withdraw_comment(by=reader, comment=comment, reason="Vole is a thief")
        beat = Beat.objects.create(person=moderator, area="elsewhere")
        before = everything()
        for act in (
            lambda: revisions.hide_version(by=moderator, comment=comment, number=1, reason="X"),
            lambda: revisions.show_version(by=moderator, comment=comment, number=1, reason="X"),
            lambda: revisions.hide_withdrawal_reason(by=moderator, comment=comment, reason="X"),
        ):
            with pytest.raises(PermissionDenied, match="this part"):
                act()
        assert everything() == before
        area = comment.discussion.area
        Beat.objects.filter(pk=beat.pk).update(area=area)
        moderator = type(moderator).objects.get(pk=moderator.pk)
        assert revisions.hide_version(by=moderator, comment=comment, number=1, reason="X")
        assert revisions.hide_withdrawal_reason(by=moderator, comment=comment, reason="X")
        entries = ModerationEntry.objects.filter(act="hide_text")
        assert [entry.area for entry in entries] == [area, area]
        assert area

    def test_the_oldest_and_a_whole_page_of_them(self, edited, moderator, monkeypatch):
        monkeypatch.setattr(history, "PAGE_SIZE", 3)
        comment = edited(*(f"It was {number} o'clock" for number in range(9)))
        for number in (3, 4, 5, 6, 7):
            revisions.hide_version(by=moderator, comment=comment, number=number, reason="Rude")
        page = text_of(Client().get(f"/comments/{comment.pk}/history/"))
        # The page's last one is compared with one that stands two pages further on.
        assert "compared with version 2" in page
        assert differences(page)[-1] == "It was <del>1</del><ins>7</ins> o&#x27;clock"
        tag = Client().get(f"/comments/{comment.pk}/history/")["ETag"]
        for number in (1, 2):
            revisions.hide_version(by=moderator, comment=comment, number=number, reason="Rude")
        answer = Client().get(f"/comments/{comment.pk}/history/", headers={"If-None-Match": tag})
        assert differences(text_of(answer))[-1] == "It was 7 o&#x27;clock"

    def test_over_http(self, edited, moderator, sign_in):
        comment = edited("One rude word", "None")
        client, address = sign_in(moderator), f"/comments/{comment.pk}/history/1/"
        page = text_of(client.get(f"/comments/{comment.pk}/history/"))
        assert f'href="{address}hide/"' in page
        assert page.count("/hide/") == 1
        form = text_of(client.get(f"{address}hide/"))
        assert "One rude word" in form
        answer = client.post(f"{address}hide/", {"canned": "Personal attack"})
        assert answer.status_code == 302
        page = text_of(client.get(answer["Location"].split("#")[0]))
        assert 'id="version-1"' in page
        assert "Personal attack" in page
        # Moderators still see what they hid, and can show it again.
        assert "One rude word" in page
        assert f'href="{address}show/"' in page
        answer = client.post(f"{address}show/", {"own": "Mistaken"})
        assert answer.status_code == 302
        assert Revision.objects.get().hidden_at is None
        assert "hide/" not in text_of(Client().get(f"/comments/{comment.pk}/history/"))

    @pytest.mark.parametrize("act", ["hide", "show"])
    def test_every_refusal(self, edited, reader, make_person, moderator, sign_in, act):
        comment = edited("One", "Two")
        if act == "show":
            revisions.hide_version(by=moderator, comment=comment, number=1, reason="Rude")
        address = f"/comments/{comment.pk}/history/1/{act}/"
        before = everything()
        for person in (reader, make_person(), make_person(role="editor")):
            client = sign_in(person)
            for form in ({"own": "Because"}, {}):
                answer = client.post(address, form)
                assert answer.status_code == 403
                assert "Only moderators" in text_of(answer)
            assert client.get(address).status_code == 403
            assert f"/history/1/{act}/" not in text_of(
                client.get(f"/comments/{comment.pk}/history/")
            )
        for send in (Client().get, Client().post):
            answer = send(address)
            assert answer.status_code == 302
            assert "/accounts/login/" in answer["Location"]
        answer = sign_in(moderator).post(address, {"canned": "", "own": " "})
        assert answer.status_code == 422
        assert "Say why" in text_of(answer)
        assert sign_in(moderator).put(address).status_code == 405
        forged = sign_in(moderator, enforce_csrf_checks=True)
        assert forged.post(address, {"own": "Forged"}).status_code == 403
        assert everything() == before

    def test_the_desk_leads_there(self, edited, make_person, sign_in):
        comment = edited("One", "Two")
        desk = sign_in(make_person(role="admin"))
        page = text_of(desk.get(f"/admin/comments/comment/{comment.pk}/change/"))
        assert f'href="/comments/{comment.pk}/history/"' in page


class TestWithdrawing:
    def test_with_a_reason(self, reader, make_person, post, sign_in, clock):
        comment = post(reader, "Regret")
        reply = post(make_person("Bo"), "Stays", parent=comment)
        # There is no time after which it would be too late.
        clock(days=10_000)
        client, address = sign_in(reader), f"/comments/{comment.pk}/withdraw/"
        assert 'name="reason"' in text_of(client.get(address))
        answer = client.post(address, {"reason": "  I was\twrong <b> "})
        assert answer.status_code == 302
        comment.refresh_from_db()
        assert (comment.state, comment.state_reason) == ("withdrawn", "I was wrong <b>")
        page = text_of(Client().get("/articles/the-bridge-opens/"))
        assert "Withdrawn by its author: I was wrong &lt;b&gt;" in page
        assert "Regret" not in page
        assert f'id="c{reply.pk}"' in page
        assert ModerationEntry.objects.get().reason == "I was wrong <b>"
        # Sent twice, it is done once.
        assert client.post(address, {"reason": "Another one"}).status_code == 302
        comment.refresh_from_db()
        assert comment.state_reason == "I was wrong <b>"

    def test_without_one(self, reader, post, sign_in):
        comment = post(reader, "Regret")
        assert sign_in(reader).post(f"/comments/{comment.pk}/withdraw/").status_code == 302
        page = text_of(Client().get("/articles/the-bridge-opens/"))
        assert "Withdrawn by its author." in page

    def test_a_reason_that_cannot_be_shown(self, reader, moderator, post, sign_in):
        comment = post(reader)
        client, address = sign_in(reader), f"/comments/{comment.pk}/withdraw/"
        before = everything()
        for reason in ("x" * 301, "a\x00b"):
            answer = client.post(address, {"reason": reason})
            assert answer.status_code == 422
            assert "Withdraw your comment" in text_of(answer)
        with pytest.raises(RefusedError) as refused:
            posting.withdraw_comment(by=reader, comment=comment, reason="x" * 301)
        assert refused.value.verdict.phase == "long_reason"
        assert everything() == before
        # What would turn the line around is not stored.
        posting.withdraw_comment(by=reader, comment=comment, reason="so\u202eun\x00der")
        comment.refresh_from_db()
        assert comment.state_reason == "sounder"

    def test_the_suspended_withdraw_without_a_word(self, reader, moderator, post, sign_in):
        comment = post(reader)
        until = timezone.now() + timedelta(days=2)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        client, address = sign_in(reader), f"/comments/{comment.pk}/withdraw/"
        before = everything()
        answer = client.post(address, {"reason": "Buy my book"})
        assert answer.status_code == 403
        assert "Advertising" in text_of(answer)
        assert "without a reason" in text_of(answer)
        assert "Buy my book" in text_of(answer)
        assert everything() == before
        assert client.post(address, {"reason": ""}).status_code == 302
        comment.refresh_from_db()
        assert comment.state == "withdrawn"

    def test_moderators_neither_restore_it_nor_leave_every_reason(
        self, reader, make_person, moderator, post, sign_in
    ):
        comment = post(reader)
        posting.withdraw_comment(by=reader, comment=comment, reason="You are all rude")
        assert moderation.restore(by=moderator, comment=comment, reason="Nice") is False
        address = f"/comments/{comment.pk}/withdraw/reason/"
        before = everything()
        for person in (reader, make_person(role="editor")):
            assert sign_in(person).get(address).status_code == 403
            assert sign_in(person).post(address, {"own": "Mine"}).status_code == 403
        assert Client().post(address).status_code == 302
        client = sign_in(moderator)
        assert client.post(address, {}).status_code == 422
        assert everything() == before
        assert address in text_of(client.get(f"/comments/{comment.pk}/history/"))
        assert "You are all rude" in text_of(client.get(address))
        tag = Client().get("/articles/the-bridge-opens/")["ETag"]
        assert client.post(address, {"canned": "Personal attack"}).status_code == 302
        answer = Client().get("/articles/the-bridge-opens/", headers={"If-None-Match": tag})
        assert "Withdrawn by its author." in text_of(answer)
        comment.refresh_from_db()
        assert (comment.state, comment.state_reason) == ("withdrawn", "")
        entry = ModerationEntry.objects.order_by("-pk")[0]
        assert (entry.act, entry.before["reason"]) == ("hide_text", "You are all rude")
        done = everything()
        assert (
            revisions.hide_withdrawal_reason(by=moderator, comment=comment, reason="Again") is False
        )
        assert everything() == done
