"""Several at once at the desk: nothing is decided twice, and nothing is lost."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comments import hosting, moderation, posting, rules, threads
from comments.models import Case, Comment, HeldComment, ModerationEntry, Policy
from comments.screening import RefusedError
from comments.standing import known_of
from tests.comments.crowd import together

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = 5


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def moderators(make_person):
    return [make_person(role="moderator") for _ in range(4)]


def entries(act):
    return ModerationEntry.objects.filter(act=act).count()


def proved(discussion):
    discussion.refresh_from_db()
    assert threads.check(discussion) == []


def test_many_moderators_hide_the_same_comment(discussion, reader, moderators):
    for number in range(ROUNDS):
        comment = posting.post_comment(by=reader, discussion=discussion, text=f"Words {number}.")
        hidden = together(
            *(
                lambda by=by, comment=comment: moderation.hide(
                    by=by, comment=comment, reason="Off topic"
                )
                for by in moderators
            )
        )
        assert sum(bool(each) for each in hidden) == 1
        assert entries("hide") == number + 1
    assert known_of(reader).record.taken_down == ROUNDS
    proved(discussion)


def test_one_approves_and_another_rejects(discussion, reader, moderators):
    rules.save_rule(by=moderators[0], rule=Policy(area="", is_premoderated=True))
    for number in range(ROUNDS):
        held = posting.post_comment(by=reader, discussion=discussion, text=f"May I {number}?")
        together(
            lambda held=held: moderation.approve(by=moderators[0], held=held),
            lambda held=held: moderation.reject(by=moderators[1], held=held, reason="No"),
            lambda held=held: moderation.approve(by=moderators[2], held=held),
        )
        assert entries("approve") + entries("reject") == number + 1
        held.refresh_from_db()
        assert (held.state == "approved") == (held.comment_id is not None)
    assert not Case.objects.filter(is_open=True).exists()
    assert Comment.objects.count() == entries("approve")
    proved(discussion)


def test_the_first_counts_of_a_record_are_all_counted(discussion, make_person, moderators):
    elsewhere = hosting.open_discussion(
        title="Elsewhere", url="/x/", readable_from=discussion.readable_from
    )
    rules.save_rule(by=moderators[0], rule=Policy(area="", is_premoderated=True))
    for _ in range(ROUNDS):
        newcomer = make_person()
        held = [
            posting.post_comment(by=newcomer, discussion=each, text="May I?")
            for each in (discussion, elsewhere)
        ]
        together(
            lambda held=held: moderation.approve(by=moderators[0], held=held[0]),
            lambda held=held: moderation.approve(by=moderators[1], held=held[1]),
        )
        assert known_of(newcomer).record.stood == 2
    proved(discussion)


def test_a_policy_against_acts_in_many_discussions(make_person, discussion, moderators):
    reader = make_person()
    comments = []
    for number in range(40):
        each = hosting.open_discussion(
            title=f"{number}", url=f"/x/{number}/", readable_from=discussion.readable_from
        )
        comments.append(posting.post_comment(by=reader, discussion=each, text="Words."))

    def rule():
        for days in range(1, 6):
            rules.save_rule(by=moderators[0], rule=Policy(area="", close_after_days=days * 100))
            rules.remove_rule(by=moderators[0], rule=Policy.objects.get())

    def hide_and_return():
        for _ in range(5):
            done = moderation.hide_all(by=moderators[1], comments=comments, reason="Off topic")
            moderation.undo(by=moderators[1], batch=done.batch)

    together(rule, hide_and_return)
    assert not Comment.objects.exclude(state="visible").exists()


def test_a_moderator_against_an_author_who_edits(discussion, reader, moderators):
    for _ in range(ROUNDS):
        comment = posting.post_comment(by=reader, discussion=discussion, text="As it was.")

        def edit(comment=comment):
            try:
                return bool(
                    posting.edit_comment(
                        by=reader, comment=comment, text="As it is.", seen_revision=1
                    )
                )
            except (posting.EditedMeanwhileError, PermissionDenied):
                return False

        def hide(comment=comment):
            try:
                return bool(
                    moderation.hide(
                        by=moderators[0], comment=comment, reason="Off topic", seen_revision=1
                    )
                )
            except moderation.SeenOlderError:
                return False

        edited, hidden = together(edit, hide)
        # Exactly one was first, and the other one heard of it.
        assert edited != hidden
        comment.refresh_from_db()
        assert (comment.text, comment.state) == (
            ("As it is.", "visible") if edited else ("As it was.", "hidden")
        )
    proved(discussion)


def test_an_undo_after_a_second_act_leaves_it(discussion, reader, moderators):
    first, second = moderators[:2]
    comments = [
        posting.post_comment(by=reader, discussion=discussion, text=f"{number}.")
        for number in range(4)
    ]
    done = moderation.hide_all(by=first, comments=comments, reason="Off topic")
    moderation.restore(by=second, comment=comments[0], reason="It is not")
    moderation.restore(by=second, comment=comments[1], reason="Nor is this")
    moderation.hide(by=second, comment=comments[1], reason="It is an attack")
    undone = moderation.undo(by=first, batch=done.batch)
    assert {each.pk for each in undone.comments} == {each.pk for each in comments[2:]}
    assert {each.pk for each in undone.passed_over} == {each.pk for each in comments[:2]}
    states = Comment.objects.order_by("pk").values_list("state", "state_reason")
    assert list(states) == [
        ("visible", ""), ("hidden", "It is an attack"), ("visible", ""), ("visible", ""),
    ]  # fmt: skip
    proved(discussion)


def test_an_undo_against_a_second_act_at_once(discussion, reader, moderators):
    first, second = moderators[:2]
    for number in range(ROUNDS):
        comment = posting.post_comment(by=reader, discussion=discussion, text=f"{number}.")
        done = moderation.hide_all(by=first, comments=[comment], reason="Off topic")

        def undo(done=done):
            try:
                return bool(moderation.undo(by=first, batch=done.batch))
            except moderation.DecidedMeanwhileError:
                return False

        undone = together(
            undo,
            undo,
            lambda comment=comment: bool(
                moderation.restore(by=second, comment=comment, reason="It is not")
            ),
        )
        assert undone.count(True) == 1
        comment.refresh_from_db()
        assert comment.state == "visible"
    proved(discussion)


def test_a_crowd_at_the_desk_and_in_the_discussion(discussion, make_person, moderators):
    """Readers post and answer while moderators hide, restore and undo: no deadlock, all counted."""
    people = [make_person() for _ in range(4)]
    root = posting.post_comment(by=people[0], discussion=discussion, text="Begin.")
    first = [
        posting.post_comment(by=people[0], discussion=discussion, parent=root, text=f"{number}.")
        for number in range(10)
    ]

    def talk(by):
        for number in range(10):
            posting.post_comment(
                by=by, discussion=discussion, parent=first[number], text=f"To {number}."
            )

    def rule(by):
        for _ in range(6):
            done = moderation.hide_all(by=by, comments=first, reason="Off topic")
            if done:
                try:
                    moderation.undo(by=by, batch=done.batch)
                except moderation.DecidedMeanwhileError:
                    continue
            moderation.restore_all(by=by, comments=first, reason="Back")

    refused = []

    def answer(by):
        def job():
            try:
                talk(by)
            except RefusedError as refusal:
                refused.append(refusal.verdict.phase)

        return job

    together(
        *(answer(by) for by in people),
        *(lambda by=by: rule(by) for by in moderators[:3]),
        lambda: moderation.hide_since(
            by=moderators[3],
            person=people[1],
            since=timezone.now() - timedelta(days=1),
            reason="All of it",
        ),
    )
    proved(discussion)
    assert set(refused) <= {"gone_parent"}
    assert not HeldComment.objects.exists()
