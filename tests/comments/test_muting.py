"""A person who cannot take part in one discussion: what holds there, and nowhere else."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from articles import publishing
from comments import dossiers, hosting, moderation, posting, rules, sanctions, voting
from comments.models import (
    Appeal,
    Beat,
    Comment,
    Letter,
    ModerationEntry,
    Policy,
    Standing,
    Vote,
)
from comments.screening import RefusedError
from comments.standing import MOST_MUTED, known_of, mute_in
from tests.comments.crowd import together


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def elsewhere(article):
    """The discussion of another article of the same section."""
    other = publishing.create_article(
        section=article.section,
        title="The ferry stops",
        blocks=[{"type": "paragraph", "text": "For good."}],
        status="published",
        published_at=timezone.now() - timedelta(hours=1),
    )
    return other.discussion


@pytest.fixture
def desk(sign_in, moderator):
    return sign_in(moderator)


def mute(by, person, discussion, until=None, reason="Insults"):
    return sanctions.mute(by=by, person=person, discussion=discussion, until=until, reason=reason)


def say(by, discussion, text="Words.", **fields):
    return posting.post_comment(by=by, discussion=discussion, text=text, **fields)


def muted(person):
    return Standing.objects.get(pk=person.pk).muted


def text_of(response):
    return response.content.decode()


def lay_down(desk, person, act, place, moment="", query="", **said):
    typed = {
        "act": act, "discussion": place.pk, "moment": moment,
        "canned": "Personal attack", "own": "", **said,
    }  # fmt: skip
    return desk.post(f"/admin/moderation/person/{person.pk}/{query}", typed, follow=True)


class TestWhatHolds:
    def test_no_post_no_edit_no_vote_no_reason_there(
        self, reader, moderator, make_person, discussion, elsewhere
    ):
        mine = [say(reader, each) for each in (discussion, elsewhere)]
        others = [say(make_person(), each) for each in (discussion, elsewhere)]
        mute(moderator, reader, discussion)
        for act in (
            lambda own, other: say(reader, own.discussion, "More."),
            lambda own, other: say(reader, own.discussion, "A reply.", parent=other),
            lambda own, other: posting.edit_comment(
                by=reader, comment=own, text="Better", seen_revision=1
            ),
            lambda own, other: voting.agree(by=reader, comment=other),
            lambda own, other: voting.withdraw_vote(by=reader, comment=other),
            lambda own, other: posting.withdraw_comment(by=reader, comment=own, reason="Because"),
        ):
            with pytest.raises(RefusedError) as refused:
                act(mine[0], others[0])
            verdict = refused.value.verdict
            assert (verdict.phase, verdict.status) == ("muted", 403)
            assert "until a moderator lifts it" in verdict.message
            assert "Insults" in verdict.message
            act(mine[1], others[1])
        assert Comment.objects.filter(discussion=discussion).count() == 2
        assert not Vote.objects.filter(comment__discussion=discussion).exists()
        # What they said they can take back, and others go on.
        assert posting.withdraw_comment(by=reader, comment=mine[0])
        say(make_person(), discussion)

    def test_until_the_moment(self, reader, moderator, discussion, monkeypatch):
        until = timezone.now() + timedelta(hours=2)
        mute(moderator, reader, discussion, until)
        with pytest.raises(RefusedError, match=r"until \d+ \w+ \d{4}, \d\d:\d\d;"):
            say(reader, discussion)
        now = timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(hours=3))
        assert say(reader, discussion)

    def test_until_it_is_lifted(self, reader, moderator, discussion):
        mute(moderator, reader, discussion)
        assert sanctions.unmute(by=moderator, person=reader, discussion=discussion)
        assert say(reader, discussion)

    def test_no_service_outside_is_asked(self, reader, moderator, discussion, monkeypatch):
        mute(moderator, reader, discussion)
        monkeypatch.setattr("comments.outside.is_asked", lambda: True)
        monkeypatch.setattr("comments.outside.opinion_on", lambda **_: pytest.fail("asked"))
        with pytest.raises(RefusedError, match="in this discussion"):
            say(reader, discussion)

    def test_what_waited_before_is_the_moderators_to_decide(self, reader, moderator, discussion):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = say(reader, discussion)
        mute(moderator, reader, discussion)
        assert moderation.approve(by=moderator, held=held)


class TestActs:
    def test_the_row_of_the_log_and_the_letter(self, reader, moderator, discussion):
        until = timezone.now() + timedelta(days=1)
        entry = mute(moderator, reader, discussion, until, " Insults \n again ")
        assert (entry.act, entry.by, entry.person) == ("mute", moderator, reader)
        assert (entry.discussion, entry.area) == (discussion, discussion.area)
        assert entry.area != ""
        assert (entry.reason, entry.before) == ("Insults again", {})
        assert muted(reader)[str(discussion.pk)] == {**entry.after, "entry": entry.pk}
        letter = Letter.objects.get(person=reader)
        assert (letter.entry, letter.text) == (entry, "Insults again")
        ended = sanctions.unmute(
            by=moderator, person=reader, discussion=discussion, reason="Better"
        )
        assert (ended.act, ended.reason, ended.discussion) == ("unmute", "Better", discussion)
        assert (ended.before, ended.after) == (entry.after, {})
        assert muted(reader) == {}
        assert Letter.objects.filter(person=reader).count() == 2

    def test_what_is_so_already(self, reader, moderator, discussion):
        unmuted = {"by": moderator, "person": reader, "discussion": discussion}
        assert sanctions.unmute(**unmuted) is False
        until = timezone.now() + timedelta(days=1)
        for moment in (until, None):
            assert mute(moderator, reader, discussion, moment)
            assert mute(moderator, reader, discussion, moment) is False
        # Another reason is another act: it is what they read.
        changed = mute(moderator, reader, discussion, None, "Threats")
        assert changed.before["reason"] == "Insults"
        assert sanctions.unmute(**unmuted)
        assert sanctions.unmute(**unmuted) is False
        acts = ModerationEntry.objects.order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["mute", "mute", "mute", "unmute"]

    def test_what_is_over_is_dropped_and_was_none(
        self, reader, moderator, discussion, elsewhere, monkeypatch
    ):
        mute(moderator, reader, discussion, timezone.now() + timedelta(days=1))
        now = timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(days=2))
        ended = sanctions.unmute(by=moderator, person=reader, discussion=discussion)
        assert ended is False
        mute(moderator, reader, elsewhere)
        assert list(muted(reader)) == [str(elsewhere.pk)]

    @pytest.mark.parametrize(
        ("days", "reason", "said"),
        [
            (1, "  ", "Say why"),
            (-1, "Rude", "still to come"),
            (36_501, "Rude", "at most 100 years"),
        ],
    )
    def test_refused(self, reader, moderator, discussion, days, reason, said):
        with pytest.raises(ValueError, match=said):
            mute(moderator, reader, discussion, timezone.now() + timedelta(days=days), reason)
        assert not ModerationEntry.objects.exists()
        assert not Letter.objects.exists()

    def test_so_many_and_no_more(self, reader, moderator, make_discussion, discussion):
        for _ in range(MOST_MUTED):
            mute(moderator, reader, make_discussion())
        with pytest.raises(ValueError, match="suspend them instead"):
            mute(moderator, reader, discussion)
        first = Standing.objects.get(pk=reader.pk)
        assert len(first.muted) == MOST_MUTED
        assert ModerationEntry.objects.count() == MOST_MUTED
        # One that is there already can be changed.
        last = ModerationEntry.objects.latest("pk").discussion
        assert mute(moderator, reader, last, None, "Threats")

    def test_rights(self, reader, make_person, discussion):
        before = ModerationEntry.objects.count()
        for role, may in {
            "reader": False, "editor": False, "moderator": True, "senior": True, "admin": True,
        }.items():  # fmt: skip
            by, person = make_person(role=role), make_person()
            if may:
                assert mute(by, person, discussion)
                assert sanctions.unmute(by=by, person=person, discussion=discussion)
            else:
                with pytest.raises(PermissionDenied):
                    mute(by, person, discussion)
        assert ModerationEntry.objects.count() == before + 6
        moderator = make_person(role="moderator")
        for person in (moderator, make_person(role="editor"), make_person(role="moderator")):
            with pytest.raises(PermissionDenied):
                mute(moderator, person, discussion)
        assert mute(make_person(role="admin"), make_person(role="editor"), discussion)

    def test_beats(self, reader, moderator, discussion):
        Beat.objects.create(person=moderator, area="elsewhere")
        mute_here = {"by": moderator, "person": reader, "discussion": discussion}
        with pytest.raises(PermissionDenied, match="this part"):
            sanctions.mute(until=None, reason="Rude", **mute_here)
        with pytest.raises(PermissionDenied, match="this part"):
            sanctions.unmute(**mute_here)
        assert not ModerationEntry.objects.exists()
        Beat.objects.create(person=moderator, area=discussion.area)
        mute_here["by"] = User.objects.get(pk=moderator.pk)
        assert sanctions.mute(until=None, reason="Rude", **mute_here)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_many_mute_the_same_person_at_once(self, reader, make_person, make_discussion):
        discussions = [make_discussion() for _ in range(4)]
        people = [make_person(role="moderator") for _ in range(4)]
        together(
            *(
                lambda by=by, each=each: mute(by, reader, each)
                for by, each in zip(people, discussions, strict=True)
            )
        )
        # None was lost, also where it was the first row of somebody's record.
        assert set(muted(reader)) == {str(each.pk) for each in discussions}
        assert ModerationEntry.objects.filter(act="mute").count() == 4

    def test_the_same_in_many_windows(self, reader, moderator, make_discussion):
        discussion = make_discussion()
        done = together(*[lambda: bool(mute(moderator, reader, discussion))] * 4)
        assert sorted(done) == [False, False, False, True]
        assert Letter.objects.count() == 1

    def test_while_they_post(self, reader, moderator, make_discussion):
        there, here = make_discussion(), make_discussion()
        say(reader, there)

        def talk():
            for number in range(3):
                say(reader, here, f"Number {number}")

        def turn():
            for _ in range(3):
                mute(moderator, reader, there)
                sanctions.unmute(by=moderator, person=reader, discussion=there)

        together(talk, turn)
        assert known_of(reader).record.stood == 4
        assert muted(reader) == {}


class TestQueries:
    def test_a_post_a_vote_and_a_page_take_no_more(
        self, reader, moderator, make_person, make_discussion, discussion, sign_in
    ):
        def count(act):
            with CaptureQueriesContext(connection) as queries:
                act()
            return len(queries)

        comment = say(make_person(), discussion)
        say(reader, discussion, "The first")
        client = sign_in(reader)
        client.get(discussion.url)

        def measure(text):
            return [
                count(lambda: known_of(reader)),
                count(lambda: client.get(discussion.url)),
                count(lambda: client.get(f"/comments/{comment.pk}/reply/")),
                count(lambda: say(reader, discussion, text)),
                count(lambda: voting.agree(by=reader, comment=comment)),
                count(lambda: voting.withdraw_vote(by=reader, comment=comment)),
            ]

        measure("A discussion in which somebody voted reads how it ranked before.")
        before = measure("Nowhere muted.")
        for _ in range(30):
            mute(moderator, reader, make_discussion())
        assert len(known_of(reader).muted) == 30
        assert measure("Muted elsewhere.") == before
        assert before[0] == 1
        mute(moderator, reader, discussion)
        assert count(lambda: client.get(discussion.url)) == before[1]

    def test_what_is_known_of_them_takes_the_same_for_3_and_30(
        self, reader, moderator, make_discussion, settings
    ):
        settings.COMMENTS_PER_MINUTE = 1_000
        counted = []
        for size in (3, 30):
            for _ in range(size):
                each = make_discussion()
                say(reader, each, f"In {each.pk}")
                mute(moderator, reader, each)
            with CaptureQueriesContext(connection) as queries:
                dossiers.dossier_of(reader)
                found = dossiers.discussions_to_mute(moderator, reader)
            counted.append(len(queries))
        assert counted[0] == counted[1]
        assert len(found) == 33


class TestPages:
    def test_the_message_stands_where_the_form_would(
        self, reader, moderator, discussion, elsewhere, sign_in, make_person
    ):
        comment = say(make_person(), discussion)
        mine = say(reader, discussion, "My own")
        client, stranger = sign_in(reader), Client()
        page = text_of(client.get(discussion.url))
        before = stranger.get(discussion.url)
        assert f'action="/discussions/{discussion.pk}/post/"' in page
        mute(moderator, reader, discussion, None, "<Insults>")
        said = (
            '<p class="notice">You cannot post in this discussion until a moderator lifts it; '
            "in all others you can. Reason: &lt;Insults&gt;</p>"
        )
        for address in (
            discussion.url,
            f"/discussions/{discussion.pk}/post/",
            f"/comments/{comment.pk}/reply/",
            f"/comments/{mine.pk}/edit/",
        ):
            page = text_of(client.get(address))
            assert said in page, address
            assert 'name="text"' not in page, address
        page = text_of(client.get(f"/comments/{comment.pk}/agree/"))
        assert "You cannot vote in this discussion" in page
        page = text_of(client.get(elsewhere.url))
        assert "You cannot" not in page
        assert f'action="/discussions/{elsewhere.pk}/post/"' in page
        # Who is not signed in has the same page as before, and it is not made anew.
        again = stranger.get(discussion.url, headers={"If-None-Match": before["ETag"]})
        assert again.status_code == 304
        assert stranger.get(discussion.url).content == before.content

    def test_a_closed_discussion_is_closed(self, reader, moderator, discussion, sign_in):
        mute(moderator, reader, discussion)
        moderation.close(by=moderator, discussion=discussion, reason="Night")
        page = text_of(sign_in(reader).get(discussion.url))
        assert "This discussion is closed." in page
        assert "You cannot post" not in page

    def test_what_was_typed_is_kept(self, reader, moderator, discussion, sign_in, make_person):
        other, mine = say(make_person(), discussion), say(reader, discussion, "My own")
        mute(moderator, reader, discussion)
        client = sign_in(reader)
        for address, data in (
            (f"/discussions/{discussion.pk}/post/", {}),
            (f"/comments/{other.pk}/reply/", {}),
            (f"/comments/{mine.pk}/edit/", {"revision": 1}),
        ):
            answer = client.post(address, {"text": "What I typed", **data})
            assert answer.status_code == 403, address
            assert "What I typed" in text_of(answer), address
            assert "You cannot post in this discussion" in text_of(answer), address
        answer = client.post("/votes/", {"agree": other.pk})
        assert answer.status_code == 403
        assert "You cannot vote in this discussion" in text_of(answer)
        assert Comment.objects.count() == 2


class TestDesk:
    def test_from_the_person_page(self, desk, reader, discussion, elsewhere):
        say(reader, discussion)
        page = text_of(desk.get(f"/admin/moderation/person/{reader.pk}/"))
        assert f'<option value="{discussion.pk}">The bridge opens (news)</option>' in page
        # Where they have not written it is not offered.
        assert "The ferry stops" not in page
        tomorrow = timezone.localtime(timezone.now() + timedelta(days=1))
        page = text_of(lay_down(desk, reader, "mute", discussion, f"{tomorrow:%Y-%m-%dT%H:%M}"))
        assert "Done: mute, Ada Reader." in page
        assert re.search(
            r"<li>Muted in “The bridge opens” until \d+ \w+ \d{4}, \d\d:\d\d: Personal attack</li>",
            page,
        )
        assert re.search(r"The bridge opens \(news\), muted until \d", page)
        lay_down(desk, reader, "mute", discussion)
        assert muted(reader)[str(discussion.pk)]["until"] is None
        page = text_of(lay_down(desk, reader, "unmute", discussion))
        assert "Muted in" not in page
        assert "It is so already." in text_of(lay_down(desk, reader, "unmute", discussion))
        acts = ModerationEntry.objects.order_by("pk").values_list("act", flat=True)
        assert list(acts) == ["mute", "mute", "unmute"]

    @pytest.mark.parametrize(
        ("act", "changed", "said"),
        [
            ("mute", {"discussion": ""}, "Choose the discussion."),
            ("unmute", {"discussion": ""}, "Choose the discussion."),
            ("mute", {"discussion": "0"}, "Choose one of these discussions."),
            ("mute", {"discussion": "x"}, "Choose one of these discussions."),
            ("mute", {"canned": ""}, "Say why"),
            ("mute", {"moment": "2020-01-01T00:00"}, "still to come"),
            ("mute", {"moment": "9999-12-31T23:59"}, "at most 100 years"),
        ],
    )
    def test_what_is_refused_is_said(self, desk, reader, discussion, act, changed, said):
        say(reader, discussion)
        page = lay_down(desk, reader, act, discussion, **changed)
        assert said in text_of(page)
        assert not ModerationEntry.objects.exists()

    def test_from_an_entry_of_the_desk(self, desk, reader, discussion, moderator):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = say(reader, discussion)
        way = f"/admin/moderation/person/{reader.pk}/?discussion={discussion.pk}"
        for address in ("/admin/moderation/queue/held/", f"/admin/moderation/{held.case.pk}/"):
            assert f'href="{way}&amp;act=mute"' in text_of(desk.get(address))
        assert f'href="{way}"' in text_of(desk.get(f"/admin/moderation/{held.case.pk}/"))
        page = text_of(desk.get(f"{way}&act=mute"))
        assert re.search(rf'<option value="{discussion.pk}" selected>', page)
        assert re.search(r'name="act" value="mute"[^>]*checked', page)

    def test_a_discussion_that_is_asked_for_is_offered(self, desk, reader, elsewhere):
        query = f"?discussion={elsewhere.pk}"
        lay_down(desk, reader, "mute", elsewhere, query=query)
        assert str(elsewhere.pk) in muted(reader)
        for odd in ("?discussion=", "?discussion=x", "?discussion=²", f"?discussion={'9' * 40}",
                    "?discussion=999999&act=nothing"):  # fmt: skip
            page = desk.get(f"/admin/moderation/person/{reader.pk}/{odd}")
            assert page.status_code == 200, odd

    def test_a_bounded_number_the_latest_first(self, reader, moderator, make_discussion, settings):
        settings.COMMENTS_PER_MINUTE = 1_000
        places = [make_discussion(f"Page {number}") for number in range(25)]
        for each in places:
            say(reader, each, each.title)
        mute(moderator, reader, places[0])
        found = dossiers.discussions_to_mute(moderator, reader, places[1].pk)
        assert [place.pk for place, _ in found] == [
            places[0].pk, places[1].pk, *(each.pk for each in places[:4:-1]),
        ]  # fmt: skip
        assert [mute is not None for _, mute in found] == [True] + [False] * 21

    def test_only_of_their_parts_of_the_site(self, desk, reader, moderator, discussion):
        other = hosting.open_discussion(
            title="A match", url="/match/", readable_from=timezone.now(), area="sport"
        )
        for each in (discussion, other):
            say(reader, each)
        Beat.objects.create(person=moderator, area="sport")
        page = text_of(
            desk.get(f"/admin/moderation/person/{reader.pk}/?discussion={discussion.pk}")
        )
        assert "A match (sport)" in page
        assert f'<option value="{discussion.pk}"' not in page
        query = f"?discussion={discussion.pk}"
        page = text_of(lay_down(desk, reader, "mute", discussion, query=query))
        assert "Choose one of these discussions." in page
        assert not ModerationEntry.objects.exists()
        lay_down(desk, reader, "mute", other)
        assert list(muted(reader)) == [str(other.pk)]

    def test_not_colleagues_and_not_without_the_right(
        self, desk, reader, moderator, make_person, discussion, sign_in
    ):
        colleague = make_person(role="moderator")
        for person in (moderator, colleague):
            say(person, discussion, f"I am {person}")
            assert lay_down(desk, person, "mute", discussion).status_code == 403
        say(reader, discussion)
        for role in ("reader", "editor"):
            client = sign_in(make_person(role=role))
            assert lay_down(client, reader, "mute", discussion).status_code == 403
        assert not ModerationEntry.objects.exists()


def test_from_the_desk_to_an_appeal_and_back(
    reader, discussion, elsewhere, sign_in, desk, make_person
):
    """One heated debate, as everybody in it meets it."""
    say(reader, discussion, "You are all fools!")
    lay_down(desk, reader, "mute", discussion, own="Calm down")
    # Refused there, with what was typed; taken elsewhere.
    mine = sign_in(reader)
    answer = mine.post(f"/discussions/{discussion.pk}/post/", {"text": "Fools, I say!"})
    assert answer.status_code == 403
    assert "Fools, I say!" in text_of(answer)
    assert "Personal attack: Calm down" in text_of(answer)
    answer = mine.post(f"/discussions/{elsewhere.pk}/post/", {"text": "What a pity."})
    assert answer.status_code == 302
    assert "What a pity." in text_of(mine.get(elsewhere.url))
    # Their letter says where and why, and leads to an appeal.
    page = text_of(mine.get("/accounts/letters/"))
    assert "You cannot take part in one discussion" in page
    assert "The bridge opens" in page
    way = re.search(r'href="(/accounts/letters/\d+/appeal/)"', page)[1]
    assert "Personal attack: Calm down" in text_of(mine.get(way))
    assert mine.post(way, {"text": "I had a bad day."}, follow=True).status_code == 200
    # Somebody else finds it right, at the desk.
    senior = sign_in(make_person("Sen Ior", role="senior"))
    page = text_of(senior.get("/admin/moderation/queue/appeal/"))
    assert "Against: Muted a person in one discussion, by Mo Derate" in page
    assert "I had a bad day." in page
    picked = {"pick": f"c{Appeal.objects.get().case.pk}.0", "act": "keep", "own": "Welcome back."}
    senior.post("/admin/moderation/decide/", picked)
    assert "Your appeal was granted" in text_of(mine.get("/accounts/letters/"))
    assert mute_in(muted(reader), discussion.pk, timezone.now()) is None
    answer = mine.post(f"/discussions/{discussion.pk}/post/", {"text": "I am sorry."})
    assert answer.status_code == 302
    assert "I am sorry." in text_of(Client().get(discussion.url))
