"""Appeals: by whom, against what, decided by somebody else, and what granting takes back."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from accounts import membership
from accounts.models import User
from comments import appeals, hosting, moderation, posting, rules, sanctions, threads
from comments.appeals import MAX_APPEAL_LENGTH
from comments.models import (
    Appeal,
    Beat,
    Case,
    Comment,
    Discussion,
    HeldComment,
    Letter,
    ModerationEntry,
    Policy,
    Standing,
)
from comments.moderation import DecidedMeanwhileError
from comments.screening import RefusedError
from tests.comments.crowd import together
from tests.comments.test_reporting import report


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, post):
    return post(reader, "A thought that a moderator minds.")


@pytest.fixture
def senior(make_person):
    return make_person("Sen Ior", role="senior")


@pytest.fixture
def hidden(moderator, comment):
    """The entry of an act that hid ``comment``."""
    moderation.hide(by=moderator, comment=comment, reason="Rude", rule="Rule 2")
    return ModerationEntry.objects.get(act="hide")


def appeal(by, entry, text="It was a joke."):
    return appeals.appeal(by=by, entry=entry, text=text)


def grant(by, each, answer="You are right."):
    return appeals.grant(by=by, appeal=each, answer=answer)


def refuse(by, each, answer="It was rude."):
    return appeals.refuse(by=by, appeal=each, answer=answer)


def mute(by, person, discussion, until=None):
    return sanctions.mute(
        by=by, person=person, discussion=discussion, until=until, reason="Insults"
    )


def sound(discussion):
    return not threads.check(Discussion.objects.get(pk=discussion.pk))


def everything():
    models = (Appeal, Case, Comment, HeldComment, Letter, ModerationEntry, Standing)
    return [list(model.objects.order_by("pk").values()) for model in models]


def last_letter(person):
    return Letter.objects.filter(person=person).latest("pk")


class TestAppealing:
    def test_one_for_an_entry(self, reader, hidden, discussion, comment):
        made = appeal(reader, hidden, "  It was\r\na joke. ")
        assert (made.text, made.state) == ("It was\na joke.", "open")
        case = Case.objects.get()
        assert (case.queue, case.area, case.is_open) == ("appeal", discussion.area, True)
        assert (case.person, case.comment, case.appeal) == (reader, comment, made)
        entry = ModerationEntry.objects.get(act="appeal")
        assert (entry.by, entry.person, entry.comment) == (reader, reader, comment)
        assert entry.after == {"appeal": made.pk, "entry": hidden.pk}
        before = everything()
        assert appeal(reader, hidden, "Once more") is False
        assert everything() == before

    def test_who_is_suspended_may(self, reader, moderator):
        until = timezone.now() + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        reader.refresh_from_db()
        assert appeal(reader, ModerationEntry.objects.get())

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("  \n ", "Say why"),
            ("x" * (MAX_APPEAL_LENGTH + 7), "Shorten it by 7."),
            ("a\x00b", "no text"),
            ("a\ud800b", "no text"),
        ],
    )
    def test_what_it_says(self, reader, hidden, text, words):
        before = everything()
        with pytest.raises(RefusedError) as refused:
            appeal(reader, hidden, text)
        assert refused.value.verdict.status == 422
        assert words in str(refused.value)
        assert everything() == before

    def test_nobody_else(self, hidden, moderator, make_person):
        before = everything()
        for by in (AnonymousUser(), moderator, make_person(), make_person(role="admin")):
            with pytest.raises(PermissionDenied):
                appeal(by, hidden)
        assert everything() == before

    def test_nothing_that_is_no_act_upon_them(self, reader, moderator, comment, make_person):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = posting.post_comment(by=reader, discussion=comment.discussion, text="Held")
        moderation.approve(by=moderator, held=held)
        sanctions.watch(by=moderator, person=reader, holds=True, reason="Advertising")
        sanctions.watch(by=moderator, person=reader, holds=False, reason="Better")
        sanctions.ban(by=moderator, person=reader, reason="Advertising")
        admin = make_person(role="admin")
        own = posting.post_comment(by=admin, discussion=comment.discussion, text="Oops")
        moderation.hide(by=admin, comment=own, reason="I was wrong")
        for act, by in {
            "hold": reader,
            "approve": reader,
            "ban": reader,
            "hide": admin,
        }.items():
            with pytest.raises(RefusedError) as refused:
                appeal(by, ModerationEntry.objects.get(act=act))
            assert refused.value.verdict.status == 409
        with pytest.raises(RefusedError):
            appeal(reader, ModerationEntry.objects.filter(act="watch").latest("pk"))

    def test_for_thirty_days(self, reader, hidden, monkeypatch):
        now = timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(days=30))
        with pytest.raises(RefusedError) as refused:
            appeal(reader, hidden)
        assert "30 days" in str(refused.value)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(days=29))
        assert appeal(reader, hidden)

    def test_not_against_what_does_not_hold_any_more(self, reader, moderator, comment, hidden):
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        with pytest.raises(RefusedError) as refused:
            appeal(reader, hidden)
        assert "does not hold any more" in str(refused.value)
        # Hidden once more for the same: that is another act, which can be appealed against.
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        with pytest.raises(RefusedError):
            appeal(reader, hidden)
        assert appeal(reader, ModerationEntry.objects.filter(act="hide").latest("pk"))


class TestDeciding:
    def test_hidden_and_granted(self, reader, moderator, senior, hidden, comment, discussion):
        made = appeal(reader, hidden)
        decided = grant(senior, made)
        assert (decided.state, decided.answer) == ("granted", "You are right.")
        assert Comment.objects.get(pk=comment.pk).is_visible
        case = Case.objects.get()
        assert (case.is_open, case.taken_by) == (False, None)
        assert case.decided_at is not None
        restored, granted = ModerationEntry.objects.order_by("-pk")[:2][::-1]
        assert (restored.act, restored.by, restored.rule) == ("restore", senior, "appeal")
        # Readers may see it in the public log; the answer is for one person.
        assert restored.reason == "After an appeal."
        assert (granted.act, granted.reason, granted.person) == ("grant", "You are right.", reader)
        assert (granted.comment, granted.area) == (comment, discussion.area)
        assert granted.before == {"appeal": made.pk, "state": "open", "entry": hidden.pk}
        assert granted.after == {"appeal": made.pk, "state": "granted", "took_back": True}
        # One letter, not one for each row of the log.
        assert [each.subject for each in Letter.objects.filter(person=reader).order_by("pk")] == [
            "Your comment was hidden",
            "Your appeal was granted",
        ]
        assert last_letter(reader).text == "You are right."
        assert Standing.objects.get(pk=reader.pk).taken_down == 0
        assert sound(discussion)

    def test_hidden_and_refused(self, reader, senior, hidden, comment, discussion):
        decided = refuse(senior, appeal(reader, hidden))
        assert (decided.state, decided.answer) == ("refused", "It was rude.")
        assert Comment.objects.get(pk=comment.pk).state == "hidden"
        assert ModerationEntry.objects.latest("pk").after["took_back"] is False
        assert last_letter(reader).subject == "Your appeal was refused"
        assert sound(discussion)

    def test_only_what_still_stands(self, reader, moderator, senior, hidden, comment):
        made = appeal(reader, hidden)
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        grant(senior, made)
        # Another act hides it now, against which they can appeal, too.
        assert Comment.objects.get(pk=comment.pk).state == "hidden"
        assert ModerationEntry.objects.latest("pk").after["took_back"] is False
        subject = "Your appeal was granted; a later decision still stands"
        assert last_letter(reader).subject == subject

    def test_hidden_by_somebody_after_reports_had_covered_it(
        self, reader, make_person, moderator, senior, comment
    ):
        for _ in range(3):
            report(make_person(), comment)
        made = appeal(reader, ModerationEntry.objects.get(act="cover"))
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        grant(senior, made)
        assert Comment.objects.get(pk=comment.pk).state == "hidden"
        assert "a later decision still stands" in last_letter(reader).subject

    def test_restored_meanwhile(self, reader, moderator, senior, hidden, comment):
        made = appeal(reader, hidden)
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        grant(senior, made)
        assert last_letter(reader).subject == "Your appeal was granted"

    def test_what_its_author_withdrew_stays_withdrawn(
        self, reader, moderator, senior, hidden, comment
    ):
        made = appeal(reader, hidden)
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        posting.withdraw_comment(by=reader, comment=comment)
        grant(senior, made)
        assert Comment.objects.get(pk=comment.pk).state == "withdrawn"

    def test_an_undone_restoring_leaves_the_act_as_it_was(
        self, reader, moderator, senior, hidden, comment
    ):
        restored = moderation.restore_all(by=moderator, comments=[comment], reason="Fine")
        moderation.undo(by=moderator, batch=restored.batch)
        grant(senior, appeal(reader, hidden))
        assert Comment.objects.get(pk=comment.pk).is_visible

    def test_covered_by_reports(self, reader, make_person, senior, comment, discussion):
        for _ in range(3):
            report(make_person(), comment)
        grant(senior, appeal(reader, ModerationEntry.objects.get(act="cover")))
        assert Comment.objects.get(pk=comment.pk).is_visible
        assert not Case.objects.filter(is_open=True).exists()
        # Whoever reported learns the outcome.
        assert Letter.objects.filter(report__outcome="dismissed").count() == 3
        assert sound(discussion)

    def test_rejected(self, reader, moderator, senior, post, discussion):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = post(reader, "Words that waited.")
        moderation.reject(by=moderator, held=held, reason="Advertising")
        assert Standing.objects.get(pk=reader.pk).rejected == 1
        grant(senior, appeal(reader, ModerationEntry.objects.get(act="reject")))
        held.refresh_from_db()
        assert (held.state, held.comment.text) == ("approved", "Words that waited.")
        assert held.comment.is_visible
        record = Standing.objects.get(pk=reader.pk)
        assert (record.rejected, record.stood) == (0, 1)
        assert last_letter(reader).subject == "Your appeal was granted"
        assert not Letter.objects.filter(subject="Your comment was approved").exists()
        assert sound(discussion)

    def test_rejected_after_an_approval_was_undone(
        self, reader, moderator, senior, post, discussion
    ):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = post(reader, "Words that waited.")
        approved = moderation.approve(by=moderator, held=held)
        batch = ModerationEntry.objects.get(act="approve").batch
        moderation.undo(by=moderator, batch=batch)
        held.refresh_from_db()
        other = moderation.reject(by=moderator, held=post(reader, "Buy!"), reason="Advertising")
        moderation.reject(by=moderator, held=held, reason="Advertising")
        assert Comment.objects.get(pk=approved.pk).state == "hidden"
        entry = ModerationEntry.objects.get(act="reject", comment=approved)
        grant(senior, appeal(reader, entry))
        assert Comment.objects.get(pk=approved.pk).is_visible
        record = Standing.objects.get(pk=reader.pk)
        # The other rejection stays counted.
        assert other.state == "rejected"
        assert (record.rejected, record.taken_down, record.stood) == (1, 0, 1)
        assert sound(discussion)

    def test_rejected_anew_after_that_was_undone(self, reader, moderator, senior, post):
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = post(reader, "Words that waited.")
        first = moderation.reject_all(by=moderator, held=[held], reason="Advertising")
        made = appeal(reader, ModerationEntry.objects.get(act="reject"))
        moderation.undo(by=moderator, batch=first.batch)
        moderation.reject(by=moderator, held=held, reason="Rude")
        grant(senior, made)
        held.refresh_from_db()
        assert held.state == "rejected"
        assert "a later decision still stands" in last_letter(reader).subject

    def test_suspended(self, reader, moderator, senior, post):
        until = timezone.now() + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        grant(senior, appeal(reader, ModerationEntry.objects.get()))
        reader.refresh_from_db()
        assert not reader.is_suspended()
        assert post(reader, "Back again")
        assert list(ModerationEntry.objects.order_by("pk").values_list("act", "by_id")) == [
            ("suspend", moderator.pk),
            ("appeal", reader.pk),
            ("lift", senior.pk),
            ("grant", senior.pk),
        ]

    def test_suspended_again_meanwhile(self, reader, moderator, senior):
        until = timezone.now() + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        made = appeal(reader, ModerationEntry.objects.get())
        longer = until + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=longer, reason="Insults")
        grant(senior, made)
        reader.refresh_from_db()
        assert reader.is_suspended()
        assert "a later decision still stands" in last_letter(reader).subject

    def test_muted(self, reader, moderator, senior, post, discussion):
        muted = mute(moderator, reader, discussion)
        grant(senior, appeal(reader, muted))
        assert Standing.objects.get(pk=reader.pk).muted == {}
        assert post(reader, "Back again")
        ended = ModerationEntry.objects.get(act="unmute")
        assert (ended.by, ended.person, ended.rule) == (senior, reader, "appeal")
        assert (ended.discussion, ended.area) == (discussion, discussion.area)
        assert (ended.before, ended.after) == (muted.after, {})
        assert [each.subject for each in Letter.objects.filter(person=reader).order_by("pk")] == [
            "You cannot take part in one discussion",
            "Your appeal was granted",
        ]

    def test_muted_there_again_meanwhile_for_the_same(self, reader, moderator, senior, discussion):
        made = appeal(reader, mute(moderator, reader, discussion))
        sanctions.unmute(by=moderator, person=reader, discussion=discussion)
        mute(moderator, reader, discussion)
        grant(senior, made)
        assert str(discussion.pk) in Standing.objects.get(pk=reader.pk).muted
        assert "a later decision still stands" in last_letter(reader).subject

    def test_a_mute_that_is_over_or_lifted(
        self, reader, moderator, senior, discussion, make_discussion, monkeypatch
    ):
        until = timezone.now() + timedelta(days=3)
        lifted, over = make_discussion(), mute(moderator, reader, discussion, until)
        made, entry = appeal(reader, over), mute(moderator, reader, lifted)
        sanctions.unmute(by=moderator, person=reader, discussion=lifted)
        with pytest.raises(RefusedError, match="does not hold any more"):
            appeal(reader, entry)
        now = timezone.now
        monkeypatch.setattr("django.utils.timezone.now", lambda: now() + timedelta(days=4))
        grant(senior, made)
        assert last_letter(reader).subject == "Your appeal was granted"
        assert not ModerationEntry.objects.filter(rule="appeal").exists()

    def test_watched_and_warned(self, reader, moderator, senior):
        watched = sanctions.watch(by=moderator, person=reader, holds=True, reason="Advertising")
        warned = sanctions.warn(by=moderator, person=reader, reason="Advertising")
        grant(senior, appeal(reader, watched))
        assert Standing.objects.get(pk=reader.pk).is_premoderated is False
        grant(senior, appeal(reader, warned))
        assert last_letter(reader).subject == "Your appeal was granted"


class TestWhoDecides:
    @pytest.mark.parametrize("role", ["reader", "moderator", "editor"])
    def test_not_without_the_right(self, reader, hidden, make_person, role):
        made, person, before = appeal(reader, hidden), make_person(role=role), everything()
        for decide in (grant, refuse):
            with pytest.raises(PermissionDenied):
                decide(person, made)
        assert everything() == before

    @pytest.mark.parametrize("role", ["senior", "admin"])
    def test_not_whoever_decided_first(self, reader, comment, make_person, role):
        person = make_person(role=role)
        moderation.hide(by=person, comment=comment, reason="Rude")
        made = appeal(reader, ModerationEntry.objects.get())
        before = everything()
        for decide in (grant, refuse):
            with pytest.raises(PermissionDenied, match="decided this at first"):
                decide(person, made)
        assert everything() == before

    def test_nobody_decides_their_own(self, moderator, senior, post):
        comment = post(senior, "Mine")
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        made = appeal(senior, ModerationEntry.objects.get())
        with pytest.raises(PermissionDenied, match="your own appeal"):
            grant(senior, made)

    def test_whoever_looks_after_the_part_to_which_the_page_moved(
        self, reader, make_person, hidden, senior, discussion
    ):
        made, former = appeal(reader, hidden), make_person(role="senior")
        Beat.objects.create(person=former, area=discussion.area)
        Beat.objects.create(person=senior, area="elsewhere")
        hosting.follow_page(
            discussion, title=discussion.title, url=discussion.url,
            readable_from=discussion.readable_from, area="elsewhere",
        )  # fmt: skip
        assert Case.objects.get().area == "elsewhere"
        with pytest.raises(PermissionDenied, match="this part"):
            refuse(former, made)
        assert refuse(senior, made).state == "refused"
        assert ModerationEntry.objects.latest("pk").area == "elsewhere"

    def test_a_mute_only_of_their_part_of_the_site(self, reader, moderator, senior, discussion):
        made = appeal(reader, mute(moderator, reader, discussion))
        Beat.objects.create(person=senior, area="elsewhere")
        with pytest.raises(PermissionDenied, match="this part"):
            grant(senior, made)
        Beat.objects.create(person=senior, area=discussion.area)
        assert grant(User.objects.get(pk=senior.pk), made)

    def test_not_who_looks_after_another_part_of_the_site(self, reader, hidden, senior):
        made = appeal(reader, hidden)
        Beat.objects.create(person=senior, area="elsewhere")
        for decide in (grant, refuse):
            with pytest.raises(PermissionDenied, match="this part"):
                decide(senior, made)
        Beat.objects.create(person=senior, area=hidden.area)
        assert grant(User.objects.get(pk=senior.pk), made)

    def test_an_answer_is_stated(self, reader, hidden, senior):
        made, before = appeal(reader, hidden), everything()
        for decide in (grant, refuse):
            with pytest.raises(ValueError, match="Answer"):
                decide(senior, made, "  \n")
        assert everything() == before

    def test_once(self, reader, hidden, senior, make_person):
        made = appeal(reader, hidden)
        refuse(senior, made)
        before = everything()
        for decide in (grant, refuse):
            with pytest.raises(DecidedMeanwhileError) as late:
                decide(senior, made)
            assert (late.value.entry.act, late.value.entry.by) == ("refuse", senior)
        assert everything() == before


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_two_decide_at_once(self, reader, hidden, make_person, comment, discussion):
        made = appeal(reader, hidden)
        people = [make_person(role="senior") for _ in range(4)]

        def decide(person, act):
            def work():
                try:
                    return act(person, made).state
                except DecidedMeanwhileError as late:
                    if late.entry is None:
                        raise
                    return None

            return work

        acts = (grant, refuse) * 2
        done = together(*(decide(*each) for each in zip(people, acts, strict=True)))
        (state,) = [each for each in done if each]
        assert Appeal.objects.get().state == state
        assert Comment.objects.get(pk=comment.pk).is_visible == (state == "granted")
        assert ModerationEntry.objects.filter(act__in=["grant", "refuse"]).count() == 1
        assert Letter.objects.filter(subject__startswith="Your appeal").count() == 1
        assert sound(discussion)

    def test_a_mute_is_ended_and_another_begins(
        self, reader, moderator, senior, discussion, make_discussion
    ):
        made, other = appeal(reader, mute(moderator, reader, discussion)), make_discussion()
        together(lambda: grant(senior, made), lambda: mute(moderator, reader, other))
        assert list(Standing.objects.get(pk=reader.pk).muted) == [str(other.pk)]

    def test_one_appeals_in_many_windows(self, reader, hidden):
        done = together(*[lambda: appeal(reader, hidden)] * 6)
        assert sum(bool(each) for each in done) == 1
        assert Appeal.objects.count() == Case.objects.count() == 1

    def test_granted_while_moderators_hide_and_show_it(
        self, reader, moderator, senior, hidden, comment, discussion
    ):
        made = appeal(reader, hidden)

        def turn():
            for _ in range(4):
                moderation.restore(by=moderator, comment=comment, reason="Fine")
                moderation.hide(by=moderator, comment=comment, reason="Rude")

        together(turn, lambda: grant(senior, made))
        # Whatever came last: an act later than the appealed one is not taken back.
        assert Comment.objects.get(pk=comment.pk).state == "hidden"
        assert sound(discussion)


class TestOverHttp:
    @pytest.fixture
    def letter(self, reader, hidden):
        return Letter.objects.get(person=reader)

    def test_from_the_letter(self, reader, letter, sign_in, senior):
        client, address = sign_in(reader), f"/accounts/letters/{letter.pk}/appeal/"
        page = client.get(address).content.decode()
        assert "A thought that a moderator minds." in page
        assert "Rule 2" in page
        answer = client.post(address, {"text": "It was a joke."})
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/letters/")
        page = client.get("/accounts/letters/").content.decode()
        assert "Your appeal is with the moderators." in page
        assert "It is not decided yet." in page
        assert address not in page
        assert appeals.TWICE in client.get(address).content.decode()
        again = client.post(address, {"text": "Once more"}, follow=True)
        assert appeals.TWICE in again.content.decode()
        grant(senior, Appeal.objects.get())
        page = client.get("/accounts/letters/").content.decode()
        assert "your appeal was granted" in page
        assert "another than at first" in page
        assert "Sen Ior" not in page

    @pytest.mark.parametrize(
        ("text", "status", "words"),
        [("", 422, "Say why"), ("x" * 2_001, 422, "Shorten it by 1."), ("\x00", 422, "Null")],
    )
    def test_what_was_typed_is_kept(self, reader, letter, sign_in, text, status, words):
        answer = sign_in(reader).post(f"/accounts/letters/{letter.pk}/appeal/", {"text": text})
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert not Appeal.objects.exists()

    def test_too_late(self, reader, moderator, comment, letter, sign_in):
        moderation.restore(by=moderator, comment=comment, reason="A mistake")
        client, address = sign_in(reader), f"/accounts/letters/{letter.pk}/appeal/"
        assert "does not hold any more" in client.get(address).content.decode()
        answer = client.post(address, {"text": "What I typed"})
        assert answer.status_code == 409
        assert "What I typed" in answer.content.decode()

    def test_nobody_elses_letter(self, letter, make_person, sign_in):
        address = f"/accounts/letters/{letter.pk}/appeal/"
        for role in ("reader", "admin"):
            client = sign_in(make_person(role=role))
            assert client.get(address).status_code == 404
            assert client.post(address, {"text": "Me"}).status_code == 404
        answer = Client().post(address, {"text": "Me"})
        assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={address}")
        assert not Appeal.objects.exists()

    def test_a_letter_about_a_report(self, make_person, moderator, comment, sign_in):
        reporter = make_person()
        report(reporter, comment)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        address = f"/accounts/letters/{last_letter(reporter).pk}/appeal/"
        client = sign_in(reporter)
        for answer, status in (
            (client.get(address), 200),
            (client.post(address, {"text": "No"}), 409),
        ):
            assert answer.status_code == status
            assert "There is no appeal against this." in answer.content.decode()
        assert not Appeal.objects.exists()

    def test_suspended(self, reader, moderator, sign_in):
        until = timezone.now() + timedelta(days=3)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
        letter = last_letter(reader)
        answer = sign_in(reader).post(f"/accounts/letters/{letter.pk}/appeal/", {"text": "No"})
        assert answer.status_code == 302
        assert Appeal.objects.exists()

    def test_csrf(self, reader, letter, sign_in):
        client = sign_in(reader, enforce_csrf_checks=True)
        answer = client.post(f"/accounts/letters/{letter.pk}/appeal/", {"text": "Forged"})
        assert answer.status_code == 403
        assert not Appeal.objects.exists()


def test_lifted_for_staff_whom_moderators_may_not_touch(make_person, senior):
    admin, editor = make_person(role="admin"), make_person(role="editor")
    until = timezone.now() + timedelta(days=3)
    sanctions.suspend(by=admin, person=editor, until=until, reason="Quarrel")
    editor.refresh_from_db()
    with pytest.raises(PermissionDenied):
        membership.lift_suspension(by=senior, person=editor)
    grant(senior, appeal(editor, ModerationEntry.objects.get()))
    editor.refresh_from_db()
    assert not editor.is_suspended()
