"""Comments that wait: who sees them, where, and what becomes of them."""

import uuid
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import (
    holding,
    hosting,
    moderation,
    network,
    outside,
    posting,
    rules,
    sanctions,
    threads,
)
from comments.models import (
    Beat,
    Case,
    Comment,
    HeldComment,
    ModerationEntry,
    Policy,
    Sender,
    WatchedHost,
    WatchedWord,
)
from comments.screening import RefusedError
from comments.standing import known_of


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def held(reader, discussion, hold_all):
    return posting.post_comment(by=reader, discussion=discussion, text="May I *speak*?")


@pytest.fixture
def hold_all(moderator):
    return rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))


@pytest.fixture
def at_home(reader):
    client = Client()
    client.force_login(reader)
    return client


def text_of(response):
    return response.content.decode()


class TestHeld:
    def test_it_is_in_no_tree_and_in_a_queue(self, held, discussion, reader):
        assert isinstance(held, HeldComment)
        assert not Comment.objects.exists()
        case = Case.objects.get()
        assert (case.queue, case.held, case.person, case.is_open) == ("held", held, reader, True)
        assert case.area == discussion.area != ""
        entry = ModerationEntry.objects.get(act="hold")
        assert (entry.by, entry.person, entry.rule) == (None, reader, "premoderated")
        assert held.objections[0]["phase"] == "premoderated"

    def test_its_author_alone_sees_it_and_why(self, held, at_home, discussion, make_person):
        page = text_of(at_home.get(discussion.url))
        assert "May I <em>speak</em>?" in page
        assert "Only you see this: it waits for a moderator." in page
        assert "Here every comment waits for a moderator." in page
        for client in (Client(), self.signed_in(make_person())):
            assert "May I" not in text_of(client.get(discussion.url))
            assert client.get(f"/comments/held/{held.pk}/").status_code in {302, 404}

    def signed_in(self, person):
        client = Client()
        client.force_login(person)
        return client

    def test_a_reply_waits_under_what_it_answers(self, moderator, reader, discussion, at_home):
        staff = posting.post_comment(by=moderator, discussion=discussion, text="Ask away.")
        rules.save_rule(by=moderator, rule=Policy(area="", newcomer_holds=1))
        posting.post_comment(by=reader, discussion=discussion, parent=staff, text="Why so?")
        page = text_of(at_home.get(discussion.url))
        assert page.index("Ask away.") < page.index("Why so?") < page.index('id="form-top"')
        own = text_of(at_home.get(f"/comments/{staff.pk}/"))
        assert "Why so?" in own

    def test_the_same_form_twice_is_held_once(self, reader, discussion, hold_all):
        key = uuid.uuid4()
        first, second = (
            posting.post_comment(by=reader, discussion=discussion, text="Once.", submission_key=key)
            for _ in range(2)
        )
        assert first == second
        assert Case.objects.count() == 1

    def test_its_author_withdraws_it(self, held, reader, moderator, at_home):
        with pytest.raises(PermissionDenied):
            holding.withdraw_held(by=moderator, held=held)
        assert "Withdraw it" in text_of(at_home.get(f"/comments/held/{held.pk}/"))
        assert at_home.post(f"/comments/held/{held.pk}/").status_code == 302
        held.refresh_from_db()
        assert held.state == "withdrawn"
        assert not Case.objects.filter(is_open=True).exists()
        assert not moderation.approve(by=moderator, held=held)
        assert not Comment.objects.exists()

    def test_by_form_and_by_htmx(self, at_home, discussion, hold_all):
        at = f"/discussions/{discussion.pk}/post/"
        sent = at_home.post(at, {"text": "By form."})
        assert sent.status_code == 302
        assert "Your comment waits for a moderator." in text_of(at_home.get(sent["Location"]))
        sent = at_home.post(at, {"text": "By htmx."}, headers={"HX-Request": "true"})
        assert sent.status_code == 200
        assert "By htmx." in text_of(sent)
        assert "Only you see this" in text_of(sent)

    def test_approved_it_is_posted_now(self, held, moderator, reader, discussion):
        comment = moderation.approve(by=moderator, held=held)
        assert (comment.author, comment.text, comment.number) == (reader, held.text, "1")
        assert comment.posted_at > held.held_at
        discussion.refresh_from_db()
        assert discussion.comment_count == 1
        assert threads.check(discussion) == []
        assert known_of(reader).record.stood == 1

    def test_the_queries_of_a_page_do_not_grow(self, hold_all, reader, discussion, at_home):
        counted = []
        for number in (3, 27):
            for each in range(number):
                posting.post_comment(by=reader, discussion=discussion, text=f"{number}.{each}")
            at_home.get(discussion.url)
            with CaptureQueriesContext(connection) as queries:
                at_home.get(discussion.url)
            counted.append(len(queries))
        assert counted[0] == counted[1]


class TestRules:
    def watch(self, by, text, verdict):
        rules.save_rule(by=by, rule=WatchedWord(text=text, verdict=verdict))

    def test_refused_words_are_named_and_nothing_is_written(self, moderator, at_home, discussion):
        self.watch(moderator, "kettle*", "reject")
        sent = at_home.post(f"/discussions/{discussion.pk}/post/", {"text": "Buy kettles!"})
        assert sent.status_code == 422
        assert "“kettles”" in text_of(sent)
        assert "Buy kettles!" in text_of(sent)
        assert not Comment.objects.exists()
        assert not HeldComment.objects.exists()

    def test_who_would_wait_for_a_word_may_reword_or_wait(self, moderator, at_home, discussion):
        self.watch(moderator, "kettle", "hold")
        at = f"/discussions/{discussion.pk}/post/"
        sent = at_home.post(at, {"text": "My kettle."})
        assert sent.status_code == 422
        assert "Post it as it is, and wait" in text_of(sent)
        assert not HeldComment.objects.exists()
        assert at_home.post(at, {"text": "My pot."}).status_code == 302
        assert Comment.objects.count() == 1
        assert at_home.post(at, {"text": "My kettle.", "as_it_is": "1"}).status_code == 302
        assert HeldComment.objects.get().objections[0]["hits"] == [[3, 9, "kettle"]]

    def test_links(self, moderator, reader, discussion):
        def post(text):
            return posting.post_comment(by=reader, discussion=discussion, text=text)

        three = " ".join(f"https://{name}.example/" for name in "abc")
        assert isinstance(post(three), HeldComment)
        rules.save_rule(by=moderator, rule=WatchedHost(host="a.example", verdict="trusted"))
        assert isinstance(post(three), Comment)
        rules.save_rule(by=moderator, rule=WatchedHost(host="c.example", verdict="blocked"))
        with pytest.raises(RefusedError) as refused:
            post("See https://www.c.example/x")
        assert refused.value.verdict.phase == "blocked_link"

    def test_newcomers_until_so_many_stood(self, moderator, reader, discussion):
        rules.save_rule(by=moderator, rule=Policy(area="", newcomer_holds=2))
        for _ in range(2):
            held = posting.post_comment(by=reader, discussion=discussion, text="Hello.")
            moderation.approve(by=moderator, held=held)
        assert isinstance(
            posting.post_comment(by=reader, discussion=discussion, text="Here I am."), Comment
        )

    def test_an_area_has_its_own_policy(self, moderator, reader, discussion):
        rules.save_rule(by=moderator, rule=Policy(area="elsewhere", is_premoderated=True))
        assert isinstance(posting.post_comment(by=reader, discussion=discussion, text="1"), Comment)
        rules.save_rule(by=moderator, rule=Policy(area=discussion.area, is_premoderated=True))
        held = posting.post_comment(by=reader, discussion=discussion, text="2")
        assert isinstance(held, HeldComment)

    def test_slowed_down(self, moderator, reader, discussion):
        rules.save_rule(by=moderator, rule=Policy(area="", slow_seconds=600))
        posting.post_comment(by=reader, discussion=discussion, text="One.")
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="Two.")
        assert refused.value.verdict.phase == "slow"
        assert "10 minutes" in refused.value.verdict.message
        # Whoever keeps the peace is not slowed down.
        for text in ("Calm.", "Calm, I said."):
            posting.post_comment(by=moderator, discussion=discussion, text=text)

    def test_one_discussion_takes_so_many_of_a_person(
        self, reader, discussion, settings, monkeypatch
    ):
        # Newcomers have half of it.
        settings.COMMENTS_HERE_IN_TEN_MINUTES = 6
        for text in "123":
            posting.post_comment(by=reader, discussion=discussion, text=text)
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="4")
        assert refused.value.verdict.phase == "crowding"
        later = timezone.now() + timedelta(minutes=11)
        monkeypatch.setattr("django.utils.timezone.now", lambda: later)
        posting.post_comment(by=reader, discussion=discussion, text="4")

    def test_said_twice(self, reader, discussion, settings):
        settings.SAID_AGAIN_AFTER_MINUTES = 60
        posting.post_comment(by=reader, discussion=discussion, text="Once.")
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="Once.")
        assert refused.value.verdict.phase == "duplicate"

    def test_a_flood_from_one_address(self, make_person, discussion):
        for number in range(30):
            posting.post_comment(
                by=make_person(), discussion=discussion, text=f"{number}", address="198.51.100.7"
            )
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(
                by=make_person(), discussion=discussion, text="One more", address="198.51.100.7"
            )
        assert refused.value.verdict.phase == "address_flood"
        posting.post_comment(by=make_person(), discussion=discussion, text="Elsewhere")

    def test_an_edit_is_no_way_round(self, moderator, reader, discussion):
        comment = posting.post_comment(by=reader, discussion=discussion, text="A pot.")
        self.watch(moderator, "kettle", "hold")
        with pytest.raises(RefusedError) as refused:
            posting.edit_comment(by=reader, comment=comment, text="A kettle.", seen_revision=1)
        assert refused.value.verdict.phase == "held_words"

    def test_a_first_version_is_not_all_that_is_screened(
        self, moderator, reader, discussion, settings, monkeypatch
    ):
        rules.save_rule(by=moderator, rule=Policy(area="", newcomer_holds=3))
        held = posting.post_comment(by=reader, discussion=discussion, text="Lovely.")
        comment = moderation.approve(by=moderator, held=held)

        def edit(phase):
            with pytest.raises(RefusedError) as refused:
                posting.edit_comment(by=reader, comment=comment, text="BUY", seen_revision=1)
            assert refused.value.verdict.phase == phase

        edit("newcomer")
        rules.remove_rule(by=moderator, rule=Policy.objects.get())
        settings.AKISMET_KEY = "key"
        refuses = outside.Opinion("refuse", "Spam.")
        monkeypatch.setattr(outside, "_ask_akismet", lambda *_: refuses)
        edit("outside_refuses")
        settings.AKISMET_KEY = ""
        until = timezone.now() + timedelta(days=1)
        sanctions.shadow(by=moderator, person=reader, until=until, reason="A machine")
        edit("late")
        comment.refresh_from_db()
        assert comment.text == "Lovely."

    def test_slow_however_much_was_said_elsewhere(self, moderator, reader, discussion):
        rules.save_rule(by=moderator, rule=Policy(area=discussion.area, slow_seconds=3_600))
        posting.post_comment(by=reader, discussion=discussion, text="One.")
        elsewhere = hosting.open_discussion(
            title="Elsewhere", url="/x/", readable_from=discussion.readable_from
        )
        for number in range(30):
            posting.post_comment(by=reader, discussion=elsewhere, text=f"{number}")
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="Two.")
        assert refused.value.verdict.phase == "slow"

    def test_what_was_taken_back_counts(self, reader, discussion, hold_all, settings):
        settings.COMMENTS_PER_MINUTE = 6
        for number in range(3):
            held = posting.post_comment(by=reader, discussion=discussion, text=f"{number}")
            holding.withdraw_held(by=reader, held=held)
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="4")
        assert refused.value.verdict.phase == "flood"

    def test_a_form_sent_again_after_it_was_taken_back(self, reader, discussion, hold_all):
        sent = {
            "by": reader,
            "discussion": discussion,
            "text": "Once.",
            "submission_key": uuid.uuid4(),
        }
        held = posting.post_comment(**sent)
        holding.withdraw_held(by=reader, held=held)
        again = posting.post_comment(**sent)
        assert again.pk != held.pk
        assert again.state == "waiting"

    def test_who_looks_after_a_part_changes_that_parts_policy_alone(self, make_person, discussion):
        local = make_person(role="moderator")
        Beat.objects.create(person=local, area=discussion.area)
        rules.save_rule(by=local, rule=Policy(area=discussion.area, slow_seconds=5))
        for rule in (
            Policy(area=""),
            Policy(area="elsewhere"),
            WatchedWord(text="kettle"),
            WatchedHost(host="example.org"),
        ):
            with pytest.raises(PermissionDenied):
                rules.save_rule(by=local, rule=rule)
        client = Client()
        client.force_login(local)
        typed = {"area": "elsewhere", "slow_seconds": "9"}
        assert client.post("/admin/comments/policy/add/", typed).status_code in {200, 403}
        assert Policy.objects.count() == 1

    def test_who_may_not_changes_no_rule(self, reader, make_person):
        for person in (reader, make_person(role="editor")):
            with pytest.raises(PermissionDenied):
                self.watch(person, "kettle", "hold")
        assert not WatchedWord.objects.exists()
        assert not ModerationEntry.objects.exists()


class TestShadow:
    def test_only_they_see_it_and_they_see_nothing_of_it(
        self, moderator, reader, discussion, at_home
    ):
        until = timezone.now() + timedelta(days=2)
        sanctions.shadow(by=moderator, person=reader, until=until, reason="A machine")
        held = posting.post_comment(by=reader, discussion=discussion, text="Beep.")
        assert held.is_shadow
        assert not Case.objects.exists()
        page = text_of(at_home.get(discussion.url))
        assert "Beep." in page
        assert "waits for a moderator" not in page
        assert "Beep." not in text_of(Client().get(discussion.url))
        assert at_home.get(f"/comments/held/{held.pk}/").status_code == 404

    def test_it_ends_by_itself(self, moderator, reader, discussion, monkeypatch):
        now = timezone.now()
        sanctions.shadow(
            by=moderator, person=reader, until=now + timedelta(days=1), reason="A machine"
        )
        monkeypatch.setattr("django.utils.timezone.now", lambda: now + timedelta(days=1))
        assert isinstance(posting.post_comment(by=reader, discussion=discussion, text="1"), Comment)


class TestClosing:
    def test_after_so_many_days_without_a_job(
        self, moderator, reader, discussion, article, monkeypatch
    ):
        rules.save_rule(by=moderator, rule=Policy(area="", close_after_days=7))
        discussion.refresh_from_db()
        assert discussion.closes_at == discussion.readable_from + timedelta(days=7)
        posting.post_comment(by=reader, discussion=discussion, text="In time.")
        page = Client().get(discussion.url)
        assert "Closed." not in text_of(page)
        for seconds, closed in ((-1, False), (0, True)):
            moment = discussion.closes_at + timedelta(seconds=seconds)
            monkeypatch.setattr("django.utils.timezone.now", lambda moment=moment: moment)
            # With a warm cache, too.
            assert ("Closed." in text_of(Client().get(discussion.url))) == closed
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="Too late.")
        assert refused.value.verdict.phase == "closed"
        assert "It closed on" in refused.value.verdict.message

    def test_a_number_that_is_no_date(self, moderator, discussion):
        with pytest.raises(ValueError, match="36,500"):
            rules.save_rule(by=moderator, rule=Policy(area="", close_after_days=3_000_000))
        client = Client()
        client.force_login(moderator)
        typed = {"area": "", "close_after_days": "3000000"}
        page = client.post("/admin/comments/policy/add/", typed)
        assert page.status_code == 200
        assert "36500" in text_of(page)
        assert Client().get(discussion.url).status_code == 200

    def test_a_policy_that_moves_leaves_nothing_behind(self, moderator, discussion):
        policy = Policy(area=discussion.area, close_after_days=7)
        rules.save_rule(by=moderator, rule=policy)
        discussion.refresh_from_db()
        version = discussion.version
        policy.cover_weight = 5
        rules.save_rule(by=moderator, rule=policy)
        discussion.refresh_from_db()
        # What says nothing new of it changes no page.
        assert (discussion.version, bool(discussion.closes_at)) == (version, True)
        policy.area = "elsewhere"
        rules.save_rule(by=moderator, rule=policy)
        discussion.refresh_from_db()
        assert discussion.closes_at is None

    def test_an_area_stays_open_and_reopening_lasts(self, moderator, discussion, monkeypatch):
        rules.save_rule(by=moderator, rule=Policy(area="", close_after_days=7))
        rules.save_rule(by=moderator, rule=Policy(area=discussion.area, close_after_days=0))
        discussion.refresh_from_db()
        assert discussion.closes_at is None
        rules.remove_rule(by=moderator, rule=Policy.objects.get(area=discussion.area))
        discussion.refresh_from_db()
        moment = discussion.closes_at + timedelta(days=1)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        assert not discussion.is_open
        assert moderation.reopen(by=moderator, discussion=discussion)
        discussion.refresh_from_db()
        assert discussion.is_open


class TestSenders:
    def test_who_posts_from_the_same_address_is_known_for_some_days(
        self, make_person, discussion, settings, monkeypatch
    ):
        one, other, third = (make_person() for _ in range(3))
        for number, (person, address) in enumerate(
            [(one, "198.51.100.7"), (other, "198.51.100.7"), (third, "198.51.100.8")]
        ):
            posting.post_comment(
                by=person, discussion=discussion, text=f"{number}", address=address
            )
        assert [each.author for each in network.others_of_same_sender(one)] == [other]
        assert network.others_of_same_sender(third) == []
        week = timezone.now() + timedelta(days=settings.KEEP_ADDRESSES_DAYS)
        monkeypatch.setattr("django.utils.timezone.now", lambda: week)
        assert network.drop_old() == 3
        assert not Sender.objects.exists()

    def test_none_is_kept_where_the_settings_say_so(self, reader, discussion, settings):
        settings.KEEP_ADDRESSES_DAYS = 0
        posting.post_comment(by=reader, discussion=discussion, text="1", address="198.51.100.7")
        assert not Sender.objects.exists()

    def test_nobody_posts_from_a_barred_network(self, moderator, reader, discussion):
        sanctions.bar(by=moderator, kind="network", value="198.51.100.0/24")
        with pytest.raises(RefusedError) as refused:
            posting.post_comment(by=reader, discussion=discussion, text="1", address="198.51.100.7")
        assert refused.value.verdict.phase == "barred_address"
