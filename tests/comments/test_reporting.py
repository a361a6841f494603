"""Reports: who may report what, what they weigh together, and every refusal, over HTTP, too."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import hosting, moderation, posting, reporting, rules, sanctions, standing, threads
from comments.models import (
    Case,
    Comment,
    Discussion,
    Letter,
    ModerationEntry,
    Policy,
    Report,
    Standing,
    Thread,
)
from comments.reporting import MAX_NOTE_LENGTH, MOST_REPORTS_AN_HOUR
from comments.screening import RefusedError
from tests.comments.crowd import together


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, post):
    return post(reader, "A thought that somebody minds.")


@pytest.fixture
def neighbour(make_person):
    return make_person("Nina Neighbour")


def everything():
    """All that a report could change, to show that a refusal changed nothing."""
    models = (Case, Comment, Discussion, Letter, ModerationEntry, Report, Standing, Thread)
    return [list(model.objects.order_by("pk").values()) for model in models]


def sound(discussion):
    return not threads.check(Discussion.objects.get(pk=discussion.pk))


def report(by, comment, reason="attack", note=""):
    return reporting.report(by=by, comment=comment, reason=reason, note=note)


def open_reports(comment):
    return Thread.objects.get(discussion_id=comment.discussion_id).open_reports


def state_of(comment):
    return Comment.objects.get(pk=comment.pk).state


class TestReporting:
    def test_one_a_person_opens_a_case(self, neighbour, make_person, comment, discussion):
        sent = report(neighbour, comment, note="  Line one\r\nLine two ")
        assert (sent.weight, sent.note, sent.outcome) == (1.0, "Line one\nLine two", "open")
        case = Case.objects.get()
        assert (case.queue, case.is_open, case.area) == ("reported", True, discussion.area)
        assert (case.person_id, case.comment_id) == (comment.author_id, comment.pk)
        assert (case.weight, case.report_count, open_reports(comment)) == (1.0, 1, 1)
        before = everything()
        assert report(neighbour, comment, "hate") is False
        assert everything() == before
        assert report(make_person(), comment, "hate")
        case.refresh_from_db()
        assert (case.weight, case.report_count, open_reports(comment)) == (2.0, 2, 2)
        assert state_of(comment) == "visible"
        assert not ModerationEntry.objects.exists()
        assert not Letter.objects.exists()
        assert sound(discussion)

    def test_enough_of_them_cover_it(self, make_person, comment, discussion, post, reader):
        post(make_person(), "An answer", parent=comment)
        for _ in range(3):
            report(make_person(), comment)
        assert state_of(comment) == "covered"
        assert Discussion.objects.get(pk=discussion.pk).comment_count == 1
        case = Case.objects.get()
        assert (case.queue, case.weight, case.is_open) == ("covered", 3.0, True)
        entry = ModerationEntry.objects.get()
        assert (entry.act, entry.by, entry.rule) == ("cover", None, "reports")
        assert entry.person == reader
        letter = Letter.objects.get()
        assert (letter.person, letter.entry) == (reader, entry)
        assert letter.text == "Several readers reported it."
        with pytest.raises(RefusedError) as refused:
            report(make_person(), comment)
        assert refused.value.verdict.phase == "gone"
        assert sound(discussion)

    def test_it_weighs_what_its_author_is_worth(self, make_person, comment, discussion):
        known, unfair, fair = make_person(), make_person(), make_person()
        standing.count(known.pk, reports_upheld=8)
        standing.count(unfair.pk, reports_dismissed=9)
        assert report(unfair, comment).weight == 0
        # It is looked at, and nothing follows from it by itself.
        assert Case.objects.get().report_count == 1
        assert open_reports(comment) == 0
        assert report(known, comment).weight == 1.8
        assert state_of(comment) == "visible"
        standing.count(fair.pk, reports_upheld=8)
        report(fair, comment)
        assert state_of(comment) == "covered"
        assert open_reports(comment) == 2
        assert sound(discussion)

    def test_as_many_as_the_policy_of_its_part_of_the_site_says(
        self, moderator, make_person, comment, discussion
    ):
        rules.save_rule(by=moderator, rule=Policy(area=discussion.area, cover_weight=1.5))
        report(make_person(), comment)
        assert state_of(comment) == "visible"
        report(make_person(), comment)
        assert state_of(comment) == "covered"

    def test_what_the_staff_says_waits_for_a_moderator(self, make_person, post, discussion):
        editor = make_person(role="editor")
        comment = post(editor, "As the newsroom sees it.")
        for _ in range(7):
            report(make_person(), comment)
        assert state_of(comment) == "visible"
        case = Case.objects.get()
        assert (case.queue, case.report_count) == ("reported", 7)
        assert sound(discussion)

    def test_what_a_moderator_kept_takes_twice_as_many(
        self, moderator, make_person, comment, discussion
    ):
        for _ in range(2):
            report(make_person(), comment)
        moderation.keep_all(by=moderator, comments=[comment])
        assert open_reports(comment) == 0
        for _ in range(5):
            report(make_person(), comment)
        assert state_of(comment) == "visible"
        assert Case.objects.filter(is_open=True).get().weight == 5
        report(make_person(), comment)
        assert state_of(comment) == "covered"
        assert sound(discussion)

    def test_but_not_when_it_says_something_else_since(
        self, moderator, make_person, comment, reader
    ):
        report(make_person(), comment)
        moderation.keep_all(by=moderator, comments=[comment])
        latest = Comment.objects.get(pk=comment.pk)
        posting.edit_comment(
            by=reader, comment=latest, text="Worse words.", seen_revision=latest.revision
        )
        for _ in range(3):
            report(make_person(), comment)
        assert state_of(comment) == "covered"

    def test_whoever_reported_learns_the_outcome_and_nobody_else(
        self, moderator, neighbour, make_person, comment, reader
    ):
        report(neighbour, comment)
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        told = {letter.person: letter for letter in Letter.objects.all()}
        assert set(told) == {neighbour, reader}
        assert "taken down" in told[neighbour].text
        assert Report.objects.get().outcome == "upheld"
        assert Standing.objects.get(pk=neighbour.pk).reports_upheld == 1
        assert open_reports(comment) == 0

    def test_the_author_of_what_was_covered_is_told_that_it_is_back(
        self, moderator, make_person, comment, reader
    ):
        for _ in range(3):
            report(make_person(), comment)
        moderation.keep_all(by=moderator, comments=[comment], reason="Sharp, and fair")
        assert state_of(comment) == "visible"
        assert [each.subject for each in Letter.objects.filter(person=reader).order_by("pk")] == [
            "Your comment is hidden until a moderator has looked at it",
            "Your comment can be read again",
        ]

    def test_undone_while_somebody_reports_it_once_more(
        self, moderator, make_person, comment, discussion
    ):
        report(make_person(), comment)
        decided = moderation.keep_all(by=moderator, comments=[comment])
        report(make_person(), comment)
        moderation.undo(by=moderator, batch=decided.batch)
        case = Case.objects.get(is_open=True)
        assert (case.weight, case.report_count) == (2.0, 2)
        assert Report.objects.filter(outcome="open").count() == open_reports(comment) == 2
        assert sound(discussion)

    def test_the_same_queries_at_any_size(self, make_person, moderator, comment, post):
        def queries_of(person):
            with CaptureQueriesContext(connection) as queries:
                assert report(person, comment)
            return len(queries)

        rules.save_rule(by=moderator, rule=Policy(area="", cover_weight=900))
        few = queries_of(make_person())
        for number in range(30):
            # At the top: reports slow their own thread down.
            post(moderator, f"More, number {number}")
            report(make_person(), comment)
        # The first one makes the case, as the others find it.
        assert queries_of(make_person()) <= few <= 20

    def test_what_a_report_is(self, neighbour, comment):
        with pytest.raises(ValueError, match="no reason"):
            report(neighbour, comment, "boring")


def hide(comment, mod, reporter):
    moderation.hide(by=mod, comment=comment, reason="Rude")


def withdraw(comment, mod, reporter):
    posting.withdraw_comment(by=comment.author, comment=comment)


def suspend(comment, mod, reporter):
    until = timezone.now() + timedelta(days=1)
    sanctions.suspend(by=mod, person=reporter, until=until, reason="Advertising")


def send_many(comment, mod, reporter):
    for number in range(MOST_REPORTS_AN_HOUR):
        other = posting.post_comment(by=mod, discussion=comment.discussion, text=f"Number {number}")
        report(reporter, other)


REFUSALS = [
    (hide, "gone", 409, "taken down already"),
    (withdraw, "gone", 409, "taken down already"),
    (suspend, "suspended", 403, "You cannot report until"),
    (send_many, "flood", 429, "You reported 20 comments within an hour"),
]


class TestRefusals:
    def test_nobody_reports_without_an_account_or_their_own(self, reader, comment):
        before = everything()
        for by in (AnonymousUser(), reader):
            with pytest.raises(PermissionDenied):
                report(by, comment)
        assert everything() == before

    @pytest.mark.parametrize(("change", "phase", "status", "words"), REFUSALS)
    def test_called(self, neighbour, moderator, comment, settings, change, phase, status, words):
        settings.COMMENTS_PER_MINUTE = 100
        change(comment, moderator, neighbour)
        before = everything()
        with pytest.raises(RefusedError) as refused:
            report(neighbour, comment)
        assert (refused.value.verdict.phase, refused.value.verdict.status) == (phase, status)
        assert words in str(refused.value)
        assert everything() == before

    @pytest.mark.parametrize(("change", "phase", "status", "words"), REFUSALS)
    def test_sent(
        self, neighbour, moderator, comment, sign_in, settings, change, phase, status, words
    ):
        settings.COMMENTS_PER_MINUTE = 100
        client, address = sign_in(neighbour), f"/comments/{comment.pk}/report/"
        change(comment, moderator, neighbour)
        before = everything()
        answer = client.post(address, {"reason": "hate", "note": "What I typed"})
        assert answer.status_code == status
        page = answer.content.decode()
        assert words in page
        assert "What I typed" in page
        assert everything() == before
        if phase != "flood":
            # The page that offers it says so before it is asked.
            assert words in client.get(address).content.decode()

    def test_the_hour_passes(self, neighbour, moderator, comment, settings):
        settings.COMMENTS_PER_MINUTE = 100
        send_many(comment, moderator, neighbour)
        Report.objects.update(at=timezone.now() - timedelta(minutes=61))
        assert report(neighbour, comment)

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"reason": "hate", "note": "x" * (MAX_NOTE_LENGTH + 1)}, "yours has 501"),
            ({"reason": "hate", "note": "a\x00b"}, "Null characters"),
            ({"reason": "", "note": "Kept"}, "Choose what is wrong"),
            ({"reason": "boring"}, "boring is not one of the available"),
        ],
    )
    def test_what_cannot_be_sent(self, neighbour, comment, sign_in, form, words):
        before = everything()
        answer = sign_in(neighbour).post(f"/comments/{comment.pk}/report/", form)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert everything() == before

    @pytest.mark.parametrize("note", ["a\x00b", "a\ud800b"])
    def test_what_is_no_text(self, neighbour, comment, note):
        with pytest.raises(RefusedError) as refused:
            report(neighbour, comment, note=note)
        assert refused.value.verdict.phase == "not_text"

    def test_ones_own_over_http(self, reader, comment, sign_in):
        client, address, before = sign_in(reader), f"/comments/{comment.pk}/report/", everything()
        assert "You can withdraw it" in client.get(address).content.decode()
        answer = client.post(address, {"reason": "hate"})
        assert answer.status_code == 403
        assert "You can withdraw it" in answer.content.decode()
        assert everything() == before

    def test_who_is_not_signed_in_is_led_there_and_back(self, comment):
        address = f"/comments/{comment.pk}/report/"
        sent = Client().post(address, {"reason": "hate"})
        assert (sent.status_code, sent["Location"]) == (302, f"/accounts/login/?next={address}")
        ways = Client().get(address).content.decode()
        assert "Sign in to report it" in ways
        assert f"/comments/{comment.pk}/notice/" in ways

    def test_what_is_not_there(self, neighbour, comment, discussion, sign_in):
        client = sign_in(neighbour)
        assert client.get("/comments/999999/report/").status_code == 404
        hosting.follow_page(
            discussion, title=discussion.title, url=discussion.url, readable_from=None
        )
        assert client.get(f"/comments/{comment.pk}/report/").status_code == 404
        with pytest.raises(RefusedError) as refused:
            report(neighbour, comment)
        assert refused.value.verdict.status == 404

    def test_csrf(self, neighbour, comment, sign_in):
        client = sign_in(neighbour, enforce_csrf_checks=True)
        answer = client.post(f"/comments/{comment.pk}/report/", {"reason": "hate"})
        assert answer.status_code == 403
        assert not Report.objects.exists()


class TestPages:
    def test_from_the_page_and_back(self, neighbour, comment, sign_in):
        client, address = sign_in(neighbour), f"/comments/{comment.pk}/report/"
        page = client.get(address)
        assert page["Cache-Control"].startswith("max-age=0")
        assert "A thought that somebody minds." in page.content.decode()
        answer = client.post(address, {"reason": "private", "note": "My street"})
        assert answer.status_code == 302
        assert answer["Location"].endswith(f"#c{comment.pk}")
        assert "Thank you. A moderator will look" in client.get(answer["Location"]).content.decode()
        sent = Report.objects.get()
        assert (sent.reporter, sent.reason, sent.note) == (neighbour, "private", "My street")
        assert reporting.TWICE in client.get(address).content.decode()
        again = client.post(address, {"reason": "private"}, follow=True)
        assert reporting.TWICE in again.content.decode()
        assert Report.objects.count() == 1

    def test_a_closed_discussion_can_be_reported_on(self, neighbour, moderator, comment, sign_in):
        moderation.close(by=moderator, discussion=comment.discussion, reason="Night")
        client = sign_in(neighbour)
        page = client.get("/articles/the-bridge-opens/").content.decode()
        assert f'aria-label="Report comment {comment.number}"' in page
        answer = client.post(f"/comments/{comment.pk}/report/", {"reason": "hate"})
        assert answer.status_code == 302

    def test_under_whose_comments_it_is_offered(
        self, reader, neighbour, moderator, comment, sign_in
    ):
        link = f'href="/comments/{comment.pk}/report/"'
        address = "/articles/the-bridge-opens/"
        assert link in Client().get(address).content.decode()
        assert link in sign_in(neighbour).get(address).content.decode()
        # One's own is withdrawn, and who moderates acts at the desk.
        assert link not in sign_in(reader).get(address).content.decode()
        assert link not in sign_in(moderator).get(address).content.decode()
        moderation.hide(by=moderator, comment=comment, reason="Rude")
        assert link not in Client().get(address).content.decode()

    def test_nobody_sees_who_reported(self, neighbour, reader, make_person, comment, sign_in):
        for person in (neighbour, make_person(), make_person()):
            report(person, comment, note="Secret note")
        for client in (Client(), sign_in(reader)):
            for address in (
                "/articles/the-bridge-opens/", f"/comments/{comment.pk}/", "/accounts/letters/",
                f"/comments/{comment.pk}/history/", f"/comments/{comment.pk}/feed.atom",
                f"/comments/{comment.pk}/text/",
            ):  # fmt: skip
                page = client.get(address).content.decode()
                assert "Nina Neighbour" not in page, address
                assert "Secret note" not in page, address


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_person_in_many_windows(self, neighbour, comment, discussion):
        done = together(*[lambda: report(neighbour, comment)] * 8)
        assert sum(bool(each) for each in done) == 1
        assert Case.objects.get().report_count == Report.objects.count() == 1
        assert sound(discussion)

    def test_many_people_at_once_cover_it_once(self, make_person, comment, discussion):
        """Nothing is lost, and whoever comes after the threshold is told that it is gone."""

        def send(person):
            def work():
                try:
                    return bool(report(person, comment))
                except RefusedError as refused:
                    if refused.verdict.phase != "gone":
                        raise
                    return False

            return work

        done = together(*(send(make_person()) for _ in range(8)))
        assert sum(done) == 3 == Report.objects.count()
        assert state_of(comment) == "covered"
        assert ModerationEntry.objects.filter(act="cover").count() == 1
        assert Letter.objects.count() == 1
        case = Case.objects.get()
        assert (case.queue, case.weight, case.report_count) == ("covered", 3.0, 3)
        assert open_reports(comment) == 3
        assert sound(discussion)

    def test_two_that_cross_the_threshold_together(self, make_person, comment, discussion):
        report(make_person(), comment)
        people = [make_person(), make_person()]
        together(*[lambda person=person: report(person, comment) for person in people])
        assert state_of(comment) == "covered"
        assert ModerationEntry.objects.filter(act="cover").count() == 1
        assert Case.objects.get().queue == "covered"
        assert sound(discussion)

    def test_reports_amid_talk_and_moderators(
        self, make_person, moderator, reader, comment, post, discussion, settings
    ):
        """No deadlock, no report without an outcome, and counters as they should be."""
        settings.COMMENTS_PER_MINUTE = 1_000
        targets = [comment, *(post(reader, f"Reply {number}", parent=comment) for number in (1, 2))]

        def send(person, order):
            def work():
                for target in targets[::order]:
                    try:
                        report(person, target)
                    except RefusedError as refused:
                        if refused.verdict.phase != "gone":
                            raise

            return work

        def talk():
            for turn in range(8):
                post(moderator, f"Turn {turn}")

        def decide():
            for turn in range(6):
                if turn % 2:
                    moderation.keep_all(by=moderator, comments=targets)
                else:
                    moderation.hide_all(by=moderator, comments=targets[1:], reason="Rude")
                    moderation.restore_all(by=moderator, comments=targets, reason="Fine")

        sends = [send(make_person(), 1 if place % 2 else -1) for place in range(5)]
        together(*sends, talk, decide)
        waiting = Report.objects.filter(outcome="open")
        cases = Case.objects.filter(is_open=True)
        assert sum(case.report_count for case in cases) == waiting.count()
        counted = Thread.objects.get(root=comment).open_reports
        assert counted == waiting.count()
        assert sound(discussion)

    def test_two_who_report_each_other_in_two_discussions(
        self, reader, neighbour, make_person, make_discussion
    ):
        """What is decided of both at once counts in the records of both: nobody waits in vain."""
        pair = []
        for author, other in ((reader, neighbour), (neighbour, reader)):
            place = make_discussion()
            pair.append(posting.post_comment(by=author, discussion=place, text="You are wrong."))
            report(other, pair[-1])

        def decide(comment):
            mod = make_person(role="moderator")

            def work():
                for _ in range(12):
                    decided = moderation.hide_all(by=mod, comments=[comment], reason="Rude")
                    moderation.undo(by=mod, batch=decided.batch)

            return work

        together(*[decide(comment) for comment in pair])
        for person in (reader, neighbour):
            record = Standing.objects.get(pk=person.pk)
            assert (record.stood, record.taken_down, record.reports_upheld) == (1, 0, 0)
        assert Case.objects.filter(is_open=True).count() == 2
        assert all(sound(comment.discussion) for comment in pair)


def test_its_author_takes_it_away_meanwhile(reader, neighbour, discussion):
    comment = posting.post_comment(by=reader, discussion=discussion, text="Oh dear.")
    reporting.report(by=neighbour, comment=comment, reason="attack")
    posting.withdraw_comment(by=reader, comment=comment)
    assert not Case.objects.filter(is_open=True).exists()
    assert Report.objects.get().outcome == "withdrawn"
    assert "Its author has taken the comment away" in Letter.objects.get(person=neighbour).text
    discussion.refresh_from_db()
    assert threads.check(discussion) == []
    assert Thread.objects.get().open_reports == 0
