"""Votes: who may agree with what, what is counted, and every refusal, over HTTP and called."""

import re
import threading
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import hosting, moderation, posting, ranking, sanctions, threads, voting
from comments.models import Comment, Discussion, Thread, ThreadMove, Vote
from comments.screening import RefusedError
from tests.comments.test_writers import together

HX = {"HX-Request": "true"}


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def voter(make_person):
    return make_person("Vera Voter")


@pytest.fixture
def comment(reader, post):
    return post(reader, "A thought.")


def counted(comment):
    return Comment.objects.get(pk=comment.pk).agree_count


def everything():
    """All that a vote could change, to show that a refusal changed nothing."""
    models = (Comment, Discussion, Thread, ThreadMove, Vote)
    return [list(model.objects.order_by("pk").values()) for model in models]


def sound(discussion):
    return not threads.check(Discussion.objects.get(pk=discussion.pk))


class TestVoting:
    def test_a_vote_is_counted_once_and_can_be_taken_back(self, voter, make_person, comment):
        assert voting.agree(by=voter, comment=comment).agree_count == 1
        assert voting.agree(by=make_person(), comment=comment).agree_count == 2
        before = everything()
        assert voting.agree(by=voter, comment=comment) is False
        assert everything() == before
        assert voting.withdraw_vote(by=voter, comment=comment).agree_count == 1
        before = everything()
        assert voting.withdraw_vote(by=voter, comment=comment) is False
        assert everything() == before
        assert voting.agree(by=voter, comment=comment).agree_count == 2
        assert sound(comment.discussion)

    def test_a_top_level_comments_votes_rank_its_thread(self, voter, comment, discussion):
        before = Discussion.objects.get(pk=discussion.pk)
        voting.agree(by=voter, comment=comment)
        after = Discussion.objects.get(pk=discussion.pk)
        thread = Thread.objects.get(root=comment)
        assert after.version == before.version + 1 == thread.moved_in
        assert thread.best == ranking.best_of(1)
        move = ThreadMove.objects.latest("version")
        assert (move.version, move.best) == (after.version, 0)
        voting.withdraw_vote(by=voter, comment=comment)
        assert Thread.objects.get(root=comment).best == 0
        assert sound(discussion)

    def test_a_replys_vote_touches_its_own_row_alone(self, voter, comment, post, reader):
        reply = post(reader, "Another.", parent=comment)
        child = post(reader, "And another.", parent=reply)
        before = everything()
        voting.agree(by=voter, comment=reply)
        after = everything()
        assert counted(reply) == 1
        for row in after[0]:
            if row["id"] == reply.pk:
                row["agree_count"] = 0
        after[-1] = []
        assert after == before
        assert counted(child) == counted(comment) == 0

    def test_the_same_queries_at_any_size(self, voter, make_person, comment, post, reader):
        def queries_of(vote):
            with CaptureQueriesContext(connection) as queries:
                assert vote(by=voter, comment=comment)
            return len(queries)

        few = queries_of(voting.agree), queries_of(voting.withdraw_vote)
        for _ in range(30):
            post(reader, "More.", parent=comment)
            voting.agree(by=make_person(), comment=comment)
        assert (queries_of(voting.agree), queries_of(voting.withdraw_vote)) == few
        assert max(few) <= 14

    def test_which_ones_somebody_has_voted_for(self, voter, make_person, post, reader):
        comments = [post(reader, f"Number {number}") for number in range(30)]
        for comment in comments[::2]:
            voting.agree(by=voter, comment=comment)
        voting.agree(by=make_person(), comment=comments[1])
        with CaptureQueriesContext(connection) as queries:
            found = voting.voted_for(voter, [comment.pk for comment in comments[:10]])
        assert len(queries) == 1
        assert found == {comment.pk for comment in comments[:10:2]}
        assert voting.voted_for(voter, []) == set()


def close(comment, mod, voter):
    moderation.close(by=mod, discussion=comment.discussion, reason="Night")


def hide(comment, mod, voter):
    moderation.hide(by=mod, comment=comment, reason="Rude")


def withdraw(comment, mod, voter):
    posting.withdraw_comment(by=comment.author, comment=comment)


def suspend(comment, mod, voter):
    until = timezone.now() + timedelta(days=1)
    sanctions.suspend(by=mod, person=voter, until=until, reason="Advertising")


REFUSALS = [
    (close, "closed", 403, "Night"),
    (hide, "gone", 409, "taken down"),
    (withdraw, "gone", 409, "taken down"),
    (suspend, "suspended", 403, "You cannot vote until"),
]


class TestRefusals:
    @pytest.mark.parametrize("write", [voting.agree, voting.withdraw_vote])
    def test_nobody_votes_without_an_account_or_on_their_own(self, reader, comment, write):
        before = everything()
        for by in (AnonymousUser(), reader):
            with pytest.raises(PermissionDenied):
                write(by=by, comment=comment)
        assert everything() == before

    @pytest.mark.parametrize("write", [voting.agree, voting.withdraw_vote])
    @pytest.mark.parametrize(("change", "phase", "status", "words"), REFUSALS)
    def test_called(self, voter, moderator, comment, write, change, phase, status, words):
        if write == voting.withdraw_vote:
            voting.agree(by=voter, comment=comment)
        change(comment, moderator, voter)
        before = everything()
        # The objects in hand are older than what happened: the write asks the database.
        with pytest.raises(RefusedError) as refused:
            write(by=voter, comment=comment)
        assert (refused.value.verdict.phase, refused.value.verdict.status) == (phase, status)
        assert words in str(refused.value)
        assert everything() == before

    def test_a_page_that_was_taken_down(self, voter, comment, discussion):
        hosting.follow_page(
            discussion, title=discussion.title, url=discussion.url, readable_from=None
        )
        before = everything()
        with pytest.raises(RefusedError) as refused:
            voting.agree(by=voter, comment=comment)
        assert refused.value.verdict.status == 404
        assert everything() == before

    @pytest.mark.parametrize("headers", [{}, HX], ids=["page", "htmx"])
    @pytest.mark.parametrize("name", ["agree", "withdraw"])
    @pytest.mark.parametrize(("change", "phase", "status", "words"), REFUSALS)
    def test_sent(
        self, voter, moderator, comment, sign_in, headers, name, change, phase, status, words
    ):
        voting.agree(by=voter, comment=comment)
        client = sign_in(voter)
        change(comment, moderator, voter)
        before = everything()
        answer = client.post("/votes/", {name: comment.pk}, headers=headers)
        # htmx is told not to put a page into a button's place: see templates/_htmx.html.
        assert answer.status_code == (422 if headers and status == 403 else status)
        assert words in answer.content.decode()
        if headers:
            assert answer.content.startswith(
                f'<span class="vote is-refused" id="v{comment.pk}" role="alert"'.encode()
            )
        assert everything() == before
        answer = client.post(f"/comments/{comment.pk}/agree/", {"agree": "1"})
        assert answer.status_code == status
        assert words in answer.content.decode()
        assert everything() == before
        # The page that offers it says so before it is asked.
        page = client.get(f"/comments/{comment.pk}/agree/").content.decode()
        assert words in page
        assert 'name="agree"' not in page

    def test_ones_own_over_http(self, reader, comment, sign_in):
        client, before = sign_in(reader), everything()
        for answer in (
            client.post("/votes/", {"agree": comment.pk}),
            client.post("/votes/", {"agree": comment.pk}, headers=HX),
            client.post(f"/comments/{comment.pk}/agree/", {"agree": "1"}),
        ):
            assert answer.status_code == 403
            assert "You wrote this comment" in answer.content.decode()
        page = client.get(f"/comments/{comment.pk}/agree/").content.decode()
        assert "You wrote this comment" in page
        assert 'name="agree"' not in page
        assert everything() == before

    def test_what_cannot_be_read_is_not_there(self, voter, comment, discussion, sign_in):
        hosting.follow_page(
            discussion, title=discussion.title, url=discussion.url, readable_from=None
        )
        client, before = sign_in(voter), everything()
        assert client.post("/votes/", {"agree": comment.pk}).status_code == 404
        assert client.get(f"/comments/{comment.pk}/agree/").status_code == 404
        assert client.post(f"/comments/{comment.pk}/agree/", {"agree": 1}).status_code == 404
        assert everything() == before

    @pytest.mark.parametrize(
        ("form", "status"),
        [
            ({}, 400), ({"agree": ""}, 400), ({"agree": "x"}, 400), ({"agree": "-1"}, 400),
            ({"agree": "１"}, 400), ({"agree": "9" * 30}, 400), ({"agree": "1\x00"}, 400),
            ({"agree": "999999"}, 404), ({"withdraw": "999999"}, 404), ({"else": "1"}, 400),
        ],
    )  # fmt: skip
    def test_what_makes_no_sense(self, voter, comment, sign_in, form, status):
        client, before = sign_in(voter), everything()
        assert client.post("/votes/", form).status_code == status
        assert client.post("/votes/", form, headers=HX).status_code == status
        assert everything() == before

    def test_both_at_once_make_no_sense(self, voter, comment, sign_in):
        client, before = sign_in(voter), everything()
        form = {"agree": comment.pk, "withdraw": comment.pk}
        assert client.post("/votes/", form).status_code == 400
        for asked in ({}, {"agree": "2"}, {"agree": ""}):
            assert client.post(f"/comments/{comment.pk}/agree/", asked).status_code == 400
        assert everything() == before

    def test_nothing_is_voted_by_reading(self, voter, comment, sign_in):
        client, before = sign_in(voter), everything()
        assert client.get("/votes/", {"agree": comment.pk}).status_code == 405
        assert client.get(f"/comments/{comment.pk}/agree/?agree=1").status_code == 200
        assert client.put(f"/comments/{comment.pk}/agree/").status_code == 405
        assert everything() == before

    def test_a_form_of_another_site_is_refused(self, voter, comment, sign_in):
        client, before = sign_in(voter, enforce_csrf_checks=True), everything()
        for address, form in (
            ("/votes/", {"agree": comment.pk}),
            (f"/comments/{comment.pk}/agree/", {"agree": "1"}),
        ):
            assert client.post(address, form).status_code == 403
            assert client.post(address, form, headers=HX).status_code == 403
        assert everything() == before

    def test_who_is_not_signed_in_is_led_there_and_back(self, comment):
        visitor, before = Client(), everything()
        then = f"/accounts/login/?next=/comments/{comment.pk}/agree/"
        answer = visitor.post("/votes/", {"agree": comment.pk})
        assert (answer.status_code, answer["Location"]) == (302, then)
        answer = visitor.post("/votes/", {"agree": comment.pk}, headers=HX)
        assert answer["HX-Redirect"] == then
        for answer in (
            visitor.get(f"/comments/{comment.pk}/agree/"),
            visitor.post(f"/comments/{comment.pk}/agree/", {"agree": "1"}),
        ):
            assert (answer.status_code, answer["Location"]) == (302, then)
        assert everything() == before


class TestPages:
    def form_of(self, page):
        """The CSRF token of the page's form for votes."""
        form = re.search(
            r'<form[^>]*action="(/votes/|/comments/\d+/agree/)".*?</form>', page, re.DOTALL
        )
        return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form[0])[1]

    def test_from_the_discussion_without_javascript(self, voter, comment, sign_in):
        client = sign_in(voter, enforce_csrf_checks=True)
        address = "/articles/the-bridge-opens/"
        for name, then, count in (("agree", "withdraw", 1), ("withdraw", "agree", 0)):
            page = client.get(address).content.decode()
            button = re.search(rf'<button class="vote" id="v{comment.pk}"[^>]*>', page)[0]
            assert f'form="votes" name="{name}" value="{comment.pk}"' in button
            form = {"csrfmiddlewaretoken": self.form_of(page), name: comment.pk}
            answer = client.post("/votes/", form)
            assert answer.status_code == 302
            assert answer["Location"].endswith(f"#c{comment.pk}")
            assert counted(comment) == count
            assert f'name="{then}"' in client.get(answer["Location"]).content.decode()

    def test_back_to_the_page_that_it_was_sent_from(self, voter, comment, sign_in):
        client = sign_in(voter)

        def way_back(page):
            answer = client.post("/votes/", {"agree": comment.pk}, headers={"Referer": page})
            return answer["Location"]

        page = "http://testserver/articles/the-bridge-opens/?order=newest&from=7"
        assert way_back(page) == f"{page}#c{comment.pk}"
        home = f"/articles/the-bridge-opens/#c{comment.pk}"
        for elsewhere in ("http://evil.example/x", "//evil.example/", "javascript:x", "", "http:"):
            assert way_back(elsewhere) == home, elsewhere

    @pytest.mark.parametrize("reply", [False, True], ids=["top", "reply"])
    def test_htmx_gets_the_button_anew(self, voter, reader, comment, post, sign_in, reply):
        target = post(reader, "Another.", parent=comment) if reply else comment
        client = sign_in(voter)
        answer = client.post("/votes/", {"agree": target.pk}, headers=HX)
        button = answer.content.decode()
        assert answer.status_code == 200
        assert button.startswith(f'<button class="vote" id="v{target.pk}"')
        for part in ('name="withdraw"', 'aria-pressed="true"', 'hx-swap-oob="true"', ">1<"):
            assert part in button
        # Pressed again, as in another window: what is shown is what is so.
        assert client.post("/votes/", {"agree": target.pk}, headers=HX).content.decode() == button
        answer = client.post("/votes/", {"withdraw": target.pk}, headers=HX).content.decode()
        assert 'name="agree"' in answer
        assert 'aria-pressed="false"' in answer
        assert counted(target) == 0

    def test_the_page_of_one_comment(self, voter, comment, sign_in):
        client = sign_in(voter, enforce_csrf_checks=True)
        address = f"/comments/{comment.pk}/agree/"
        for value, count in (("1", 1), ("0", 0)):
            page = client.get(address).content.decode()
            assert "A thought." in page
            assert f'name="agree" value="{value}"' in page
            form = {"csrfmiddlewaretoken": self.form_of(page), "agree": value}
            answer = client.post(address, form)
            assert answer.status_code == 302
            assert answer["Location"].endswith(f"#c{comment.pk}")
            assert counted(comment) == count

    def test_a_vote_is_seen_at_once_by_who_is_not_signed_in(self, voter, reader, comment, post):
        reply = post(reader, "Another.", parent=comment)
        address = "/articles/the-bridge-opens/"
        for target in (comment, reply):
            before = Client().get(address)
            voting.agree(by=voter, comment=target)
            after = Client().get(address, headers={"If-None-Match": before["ETag"]})
            assert after.status_code == 200
            assert f'href="/comments/{target.pk}/agree/"' in after.content.decode()


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_person_in_many_windows(self, voter, comment, discussion):
        done = together(*[lambda: voting.agree(by=voter, comment=comment)] * 8)
        assert sum(bool(each) for each in done) == 1
        assert counted(comment) == Vote.objects.count() == 1
        done = together(*[lambda: voting.withdraw_vote(by=voter, comment=comment)] * 8)
        assert sum(bool(each) for each in done) == 1
        assert counted(comment) == Vote.objects.count() == 0
        assert sound(discussion)

    def test_many_people_on_one_comment_and_its_replies(
        self, make_person, reader, moderator, comment, post, discussion
    ):
        """Votes, replies, edits and moderators at once: nothing lost, no deadlock."""
        replies = [post(reader, f"Reply {number}", parent=comment) for number in range(4)]
        targets = [comment, *replies]
        people = [make_person() for _ in range(6)]

        def vote(person, order):
            def work():
                for target in targets[::order] * 2:
                    voting.agree(by=person, comment=target)
                    voting.withdraw_vote(by=person, comment=target)
                    voting.agree(by=person, comment=target)

            return work

        def talk():
            for turn in range(10):
                post(moderator, f"Turn {turn}", parent=targets[turn % 5])

        def rewrite():
            for turn in range(5):
                latest = Comment.objects.get(pk=comment.pk)
                posting.edit_comment(
                    by=reader, comment=latest, text=f"Turn {turn}", seen_revision=latest.revision
                )

        votes = [vote(person, 1 if place % 2 else -1) for place, person in enumerate(people)]
        together(*votes, talk, rewrite)
        assert [counted(target) for target in targets] == [len(people)] * 5
        assert Thread.objects.get(root=comment).best == ranking.best_of(len(people))
        assert sound(discussion)

    def test_what_is_taken_down_meanwhile_gets_no_vote(
        self, make_person, moderator, comment, discussion
    ):
        """Whoever was first: the votes that were counted are there, and no others."""

        def vote(person):
            def work():
                try:
                    return bool(voting.agree(by=person, comment=comment))
                except RefusedError as refused:
                    if refused.verdict.phase != "gone":
                        raise
                    return False

            return work

        def take_down():
            moderation.hide(by=moderator, comment=comment, reason="Rude")
            return False

        done = together(*(vote(make_person()) for _ in range(7)), take_down)
        assert counted(comment) == Vote.objects.count() == sum(done)
        assert sound(discussion)

    def test_a_vote_that_waits_for_a_moderator_is_refused(
        self, voter, moderator, comment, discussion
    ):
        outcome = []

        def vote():
            try:
                voting.agree(by=voter, comment=comment)
            except RefusedError as refused:
                outcome.append(refused.verdict.phase)
            finally:
                connection.close()

        waiting = threading.Thread(target=vote)
        with transaction.atomic():
            moderation.hide(by=moderator, comment=comment, reason="Rude")
            waiting.start()
            # On PostgreSQL it has read the comment as it was, and waits for its row.
            waiting.join(0.5)
            assert waiting.is_alive()
        waiting.join(20)
        assert outcome == ["gone"]
        assert counted(comment) == Vote.objects.count() == 0
        assert sound(discussion)

    @pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
    def test_a_vote_on_a_reply_waits_for_nobody_elsewhere_in_its_branch(
        self, voter, reader, comment, post
    ):
        reply = post(reader, "Another.", parent=comment)
        child = post(reader, "And another.", parent=reply)
        others = [comment.pk, child.pk]
        with transaction.atomic():
            list(Comment.objects.select_for_update(no_key=True).filter(pk__in=others))
            ranking.lock(comment.discussion_id)
            together(lambda: voting.agree(by=voter, comment=reply))
        assert counted(reply) == 1
