"""Moderators at the same moment: nothing is decided twice, nothing is lost, nobody waits for ever.

What is proved is the outcome, which does not depend on who was first.
"""

import threading
import time

import pytest
from django.core.exceptions import PermissionDenied
from django.db.models import F

from comments import appeals, hosting, moderation, posting, queues, reporting, rules, standing
from comments.models import (
    Case,
    Comment,
    Discussion,
    HeldComment,
    ModerationEntry,
    Policy,
    Report,
    Standing,
    Thread,
)
from comments.tree import CommentManager
from tests.comments.crowd import DONE_WITHIN, sound, together

pytestmark = pytest.mark.django_db(transaction=True)

MODERATORS = 6
ROUNDS = 5
SLOW = 0.4  # seconds


@pytest.fixture
def moderators(make_person):
    return [make_person(f"Mod {number}", role="moderator") for number in range(MODERATORS)]


@pytest.fixture
def everything_waits(make_person):
    admin = make_person("Ad Min", role="admin")
    rules.save_rule(by=admin, rule=Policy(area="", is_premoderated=True))


def test_one_of_many_takes_an_entry(moderators, everything_waits, post, make_person):
    for _ in range(ROUNDS):
        case = Case.objects.get(held=post(make_person()))

        def take(by, case=case):
            try:
                return queues.take(by, case)
            except queues.TakenError:
                return False

        taken = together(*(lambda by=by: take(by) for by in moderators))
        assert taken.count(True) == 1
        assert Case.objects.get(pk=case.pk).taken_by == moderators[taken.index(True)]


def test_one_of_many_decides_what_is_held(
    moderators, everything_waits, post, make_person, discussion
):
    for _ in range(ROUNDS):
        held = post(make_person(), "Now or never")

        def decide(number, held=held):
            by = moderators[number]
            if number % 2:
                return moderation.approve(by=by, held=held)
            return moderation.reject(by=by, held=held, reason="No")

        done = together(*(lambda number=number: decide(number) for number in range(MODERATORS)))
        assert len([each for each in done if each]) == 1
        held.refresh_from_db()
        acts = ModerationEntry.objects.filter(person=held.author, act__in=["approve", "reject"])
        assert acts.count() == 1
        assert (held.state == "approved") == (held.comment_id is not None)
    sound(discussion)


def test_many_are_decided_in_any_order_while_others_reply(
    moderators, everything_waits, post, make_person, discussion
):
    """Two bulk acts over the same comments, in two orders, under parents that are answered."""
    author = make_person()
    roots = [moderation.approve(by=moderators[0], held=post(author, "Root")) for _ in range(3)]
    staff = make_person("Edi Tor", role="editor")
    Policy.objects.all().delete()
    rules.save_rule(
        by=make_person("Ad Minor", role="admin"), rule=Policy(area="", newcomer_holds=1_000)
    )
    people = [make_person() for _ in range(4)]
    rows = [
        post(people[number % 4], f"Reply {number}", parent=roots[number % 3])
        for number in range(24)
    ]
    assert all(isinstance(each, HeldComment) for each in rows)

    def reply():
        return [
            post(staff, f"In between {number}", parent=roots[2 - number % 3])
            for number in range(12)
        ]

    forth, back, rejected, _ = together(
        lambda: moderation.approve_all(by=moderators[0], held=rows[:16]),
        lambda: moderation.approve_all(by=moderators[1], held=rows[:7:-1]),
        lambda: moderation.reject_all(by=moderators[2], held=rows[4:20], reason="No"),
        reply,
    )
    decided = [each.pk for part in (forth, back, rejected) for each in part.held]
    assert sorted(decided) == sorted(each.pk for each in rows)
    approved = HeldComment.objects.filter(state="approved", parent__isnull=False)
    assert Comment.objects.filter(author__in=people).count() == approved.count()
    counted = Standing.objects.filter(person__in=people)
    assert sum(each.stood for each in counted) == approved.count()
    assert sum(each.rejected for each in counted) == 24 - approved.count()
    sound(discussion)
    for by, part in zip(moderators, (forth, back, rejected), strict=False):
        if part:
            moderation.undo(by=by, batch=part.batch)
    assert HeldComment.objects.filter(state="waiting").count() == 24
    assert sum(each.stood + each.rejected for each in counted.all()) == 0
    sound(discussion)


def test_a_full_tree_is_spread_out_while_nobody_who_writes_in_it_is_kept_waiting(
    moderators, everything_waits, post, make_person, discussion, monkeypatch
):
    """Who replies holds a comment and waits for the discussion: whoever spreads its tree out
    waits for the comment, and must not hold the discussion meanwhile."""
    author = make_person()
    roots = [moderation.approve(by=moderators[0], held=post(author, "Root")) for _ in range(3)]
    others = [
        moderation.approve(by=moderators[0], held=post(author, "Reply", parent=root))
        for root in roots
    ]
    rows = [post(author, "Any room?", parent=roots[number % 3]) for number in range(6)]
    staff = make_person("Edi Tor", role="editor")
    Policy.objects.all().delete()
    rules.save_rule(by=make_person("Ad Minor", role="admin"), rule=Policy(area=""))
    Comment.objects.filter(pk__in=[root.pk for root in roots]).update(free_from=F("rght"))
    begins, respread, spread_out = threading.Event(), CommentManager.respread, []

    def spread_slowly(manager, tree_id):
        spread_out.append(tree_id)
        begins.set()
        # Long enough for the other to lock the parent and to stand at the discussion's door.
        time.sleep(SLOW)
        return respread(manager, tree_id)

    monkeypatch.setattr(CommentManager, "respread", spread_slowly)

    def reply():
        assert begins.wait(DONE_WITHIN)
        return [post(staff, "In between", parent=other) for other in others]

    done, _ = together(lambda: moderation.approve_all(by=moderators[0], held=rows), reply)
    assert len(done.comments) == len(rows)
    assert set(spread_out) == {root.tree_id for root in roots}
    sound(discussion)


def test_an_appeal_finds_its_comment_room(everything_waits, moderators, post, make_person):
    author, senior = make_person(), make_person("Senior", role="senior")
    root = moderation.approve(by=moderators[0], held=post(author, "Root"))
    held = post(author, "Any room?", parent=root)
    moderation.reject(by=moderators[0], held=held, reason="No")
    Comment.objects.filter(pk=root.pk).update(free_from=F("rght"))
    entry = ModerationEntry.objects.get(act="reject")
    appeal = appeals.appeal(by=author, entry=entry, text="There is room, if one looks for it.")
    appeals.grant(by=senior, appeal=appeal, answer="There is.")
    assert Comment.objects.get(was_held=held).parent == root
    sound(root.discussion)


def test_a_moderator_and_the_author(moderators, post, make_person, discussion):
    for _ in range(ROUNDS):
        author = make_person()
        comment = post(author, "Rude words")

        def edit(author=author, comment=comment):
            try:
                return posting.edit_comment(
                    by=author, comment=comment, text="Kind words", seen_revision=1
                )
            except PermissionDenied:
                return False

        def hide(comment=comment):
            return moderation.hide_all(
                by=moderators[0], comments=[comment], reason="Rude", seen={comment.pk: 1}
            )

        edited, hidden = together(edit, hide)
        assert bool(edited) != bool(hidden)
        now = Comment.objects.get(pk=comment.pk)
        assert (now.text, now.state) == (
            ("Kind words", "visible") if edited else ("Rude words", "hidden")
        )
    sound(discussion)


def test_an_act_is_taken_back_once(moderators, post, make_person, discussion):
    by = moderators[0]
    comments = [post(make_person()) for _ in range(8)]
    decided = moderation.hide_all(by=by, comments=comments, reason="Rude")

    def undo():
        try:
            return moderation.undo(by=by, batch=decided.batch)
        except moderation.DecidedMeanwhileError:
            return None

    undone = together(*[undo] * 4)
    assert len([each for each in undone if each]) == 1
    assert ModerationEntry.objects.filter(act="undo").count() == 8
    assert not Comment.objects.exclude(state="visible").exists()
    sound(discussion)


def test_an_undo_and_a_second_act(moderators, post, make_person, discussion):
    """Whichever comes first, the log tells one story and the comment is as its end has it."""
    for _ in range(ROUNDS):
        comment = post(make_person())
        decided = moderation.hide_all(by=moderators[0], comments=[comment], reason="Rude")

        def undo(decided=decided):
            try:
                return bool(moderation.undo(by=moderators[0], batch=decided.batch))
            except moderation.DecidedMeanwhileError:
                return False

        def restore(comment=comment):
            return bool(moderation.restore(by=moderators[1], comment=comment, reason="Fine"))

        undone, restored = together(undo, restore)
        assert undone != restored
        assert Comment.objects.get(pk=comment.pk).is_visible
        assert comment.log.exclude(act="hide").count() == 1
    sound(discussion)


def test_keeping_while_others_report(moderators, post, make_person, discussion):
    comment = post(make_person("Edi Tor", role="editor"), "Words")
    reporting.report(by=make_person(), comment=comment, reason="attack")
    people = [make_person() for _ in range(6)]
    together(
        lambda: moderation.keep_all(by=moderators[0], comments=[comment]),
        *(lambda by=by: reporting.report(by=by, comment=comment, reason="hate") for by in people),
    )
    open_reports = Report.objects.filter(outcome="open")
    case = Case.objects.filter(is_open=True).first()
    # What came behind the decision has a case of its own, and nothing else has.
    assert (case.report_count if case else 0) == open_reports.count()
    assert Thread.objects.get().open_reports == open_reports.count()
    moderation.keep_all(by=moderators[1], comments=[comment])
    assert not open_reports.all().exists()
    sound(discussion)


def test_two_approve_the_same_newcomers_in_two_discussions(
    moderators, everything_waits, make_person, make_discussion, monkeypatch
):
    """Nobody has a record of them yet; each approval begins one, in the other's order."""
    count = standing.count

    def slowly(*args, **changes):
        count(*args, **changes)
        time.sleep(0.2)

    monkeypatch.setattr(standing, "count", slowly)
    here, there = make_discussion("Here"), make_discussion("There")
    for _ in range(2):
        people = [make_person(), make_person()]
        waiting = [
            [posting.post_comment(by=by, discussion=where, text="Hm") for by in order]
            for where, order in ((here, people), (there, people[::-1]))
        ]
        done = together(
            *(
                lambda by=by, held=held: moderation.approve_all(by=by, held=held)
                for by, held in zip(moderators, waiting, strict=False)
            )
        )
        assert [len(decided) for decided in done] == [2, 2]
        stood = Standing.objects.filter(pk__in=[each.pk for each in people])
        assert list(stood.values_list("stood", flat=True)) == [2, 2]
    sound(here)
    sound(there)


def test_a_page_moves_to_another_section_while_its_cases_are_decided(
    moderators, make_person, post, discussion
):
    reader, seniors = make_person(), [make_person(role="senior") for _ in range(2)]
    comments = [post(reader, f"Words {number}") for number in range(4)]
    moderation.hide_all(by=moderators[0], comments=comments[:2], reason="Rude")
    made = [
        appeals.appeal(by=reader, entry=entry, text="No")
        for entry in ModerationEntry.objects.filter(act="hide").order_by("pk")
    ]
    for comment in comments[2:]:
        reporting.report(by=make_person(), comment=comment, reason="attack")

    def move():
        for area in ("science", "sport") * ROUNDS:
            here = Discussion.objects.get(pk=discussion.pk)
            hosting.follow_page(
                here, title=here.title, url=here.url, readable_from=here.readable_from, area=area
            )
        return True

    together(
        move,
        lambda: appeals.grant(by=seniors[0], appeal=made[0], answer="You are right."),
        lambda: appeals.grant(by=seniors[1], appeal=made[1], answer="You are right."),
        lambda: moderation.keep_all(by=moderators[1], comments=comments[2:3]),
        lambda: moderation.hide_all(by=moderators[2], comments=comments[3:], reason="Rude"),
    )
    assert not Case.objects.filter(is_open=True).exists()
    states = Comment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["visible", "visible", "visible", "hidden"]
    sound(discussion)
