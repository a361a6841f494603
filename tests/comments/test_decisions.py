"""What decisions do to rows, counters, log, letters and records, and that undo takes it back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from comments import letters, moderation, posting, queues, reporting, rules, threads
from comments.models import (
    Beat,
    Case,
    Comment,
    Discussion,
    HeldComment,
    Letter,
    ModerationEntry,
    Policy,
    Report,
    Standing,
    Thread,
)

Act = ModerationEntry.Act


@pytest.fixture
def admin(make_person):
    return make_person("Ad Min", role="admin")


@pytest.fixture
def holds(admin):
    """Everybody's comments wait, from now on."""
    return rules.save_rule(by=admin, rule=Policy(area="", is_premoderated=True))


def count_of(discussion):
    return Discussion.objects.get(pk=discussion.pk).comment_count


def record_of(person):
    row = Standing.objects.get(pk=person.pk)
    return row.stood, row.taken_down, row.rejected


def assert_sound(discussion):
    assert threads.check(Discussion.objects.get(pk=discussion.pk)) == []


def snapshot(discussion):
    """All that readers see of a discussion, and that is counted of it and its people."""
    return {
        "comments": list(
            Comment.objects.filter(discussion_id=discussion.pk)
            .order_by("pk")
            .values_list("pk", "state", "state_reason", "text", "tree_id", "lft", "number")
        ),
        "count": count_of(discussion),
        "threads": list(
            Thread.objects.filter(discussion_id=discussion.pk)
            .order_by("pk")
            .values_list("pk", "size", "visible_replies", "best", "open_reports")
        ),
        "standings": list(Standing.objects.order_by("pk").values_list()),
        "reports": list(Report.objects.order_by("pk").values_list("pk", "outcome", "decided_at")),
        "cases": list(Case.objects.order_by("pk").values_list("pk", "queue", "is_open", "weight")),
    }


def age_log(monkeypatch, by):
    """The clock of ``moderation`` goes on."""
    later = timezone.now() + by
    monkeypatch.setattr(moderation.timezone, "now", lambda: later)


# --- Comments ---


def test_hiding_tells_the_author_and_counts(reader, moderator, post, discussion):
    root = post(reader)
    reply = post(reader, "A reply", parent=root)
    decided = moderation.hide_all(
        by=moderator, comments=[root, reply], reason="Rude", rule="Rule 2"
    )
    assert [each.state for each in decided.comments] == ["hidden", "hidden"]
    assert count_of(discussion) == 0
    assert_sound(discussion)
    assert record_of(reader) == (0, 2, 0)
    entries = ModerationEntry.objects.filter(batch=decided.batch).order_by("pk")
    assert [(each.act, each.comment_id, each.rule, each.reason) for each in entries] == [
        (Act.HIDE, root.pk, "Rule 2", "Rude"),
        (Act.HIDE, reply.pk, "Rule 2", "Rude"),
    ]
    told = Letter.objects.filter(person=reader)
    assert {(each.subject, each.text) for each in told} == {("Your comment was hidden", "Rude")}


def test_hiding_is_undone_exactly(reader, moderator, post, discussion, make_person):
    root = post(reader)
    comments = [root, *(post(make_person(), parent=root) for _ in range(4))]
    reporting.report(by=make_person(), comment=comments[2], reason="attack")
    before = snapshot(discussion)
    decided = moderation.hide_all(by=moderator, comments=comments, reason="Rude")
    assert snapshot(discussion) != before
    assert Report.objects.get().outcome == "upheld"
    assert not Case.objects.filter(is_open=True).exists()
    assert_sound(discussion)
    undone = moderation.undo(by=moderator, batch=decided.batch)
    assert len(undone) == 5
    now = snapshot(discussion)
    # Who reported has a row of their own by now; it counts nothing.
    assert now.pop("standings")[: len(before["standings"])] == before.pop("standings")
    assert now == before
    assert_sound(discussion)
    assert not Letter.objects.exists()
    log = ModerationEntry.objects.filter(act=Act.UNDO)
    assert {each.undoes_id for each in log} == set(
        ModerationEntry.objects.filter(batch=decided.batch).values_list("pk", flat=True)
    )


def test_who_has_read_it_is_told_that_it_was_taken_back(reader, moderator, post):
    decided = moderation.hide_all(by=moderator, comments=[post(reader)], reason="Rude")
    letters.note_read(reader, letters.letters_of(reader)[0])
    moderation.undo(by=moderator, batch=decided.batch)
    subjects = Letter.objects.order_by("pk").values_list("subject", flat=True)
    assert list(subjects) == ["Your comment was hidden", "A decision was taken back"]


def test_restoring_is_undone_too(reader, moderator, post, discussion):
    comment = post(reader)
    moderation.hide(by=moderator, comment=comment, reason="Rude")
    decided = moderation.restore_all(by=moderator, comments=[comment], reason="A mistake")
    assert record_of(reader) == (1, 0, 0)
    moderation.undo(by=moderator, batch=decided.batch)
    comment.refresh_from_db()
    assert (comment.state, comment.state_reason) == ("hidden", "Rude")
    assert record_of(reader) == (0, 1, 0)
    assert_sound(discussion)


def test_keeping_dismisses_the_reports(reader, moderator, make_person, post, discussion):
    comment, reporter = post(reader), make_person()
    reporting.report(by=reporter, comment=comment, reason="attack", note="Look")
    assert Thread.objects.get().open_reports == 1
    decided = moderation.keep_all(by=moderator, comments=[comment])
    assert Report.objects.get().outcome == "dismissed"
    assert Thread.objects.get().open_reports == 0
    assert Standing.objects.get(pk=reporter.pk).reports_dismissed == 1
    assert Letter.objects.get(person=reporter).report_id
    assert not Letter.objects.filter(person=reader).exists()
    moderation.undo(by=moderator, batch=decided.batch)
    assert Report.objects.get().outcome == "open"
    assert Thread.objects.get().open_reports == 1
    assert Standing.objects.get(pk=reporter.pk).reports_dismissed == 0
    assert Case.objects.get().is_open
    assert_sound(discussion)


def test_keeping_shows_what_reports_have_hidden(reader, moderator, make_person, post, discussion):
    comment = post(reader)
    for _ in range(3):
        reporting.report(by=make_person(), comment=comment, reason="attack")
    comment.refresh_from_db()
    assert comment.state == "covered"
    decided = moderation.keep_all(by=moderator, comments=[comment])
    assert decided.comments[0].is_visible
    assert count_of(discussion) == 1
    moderation.undo(by=moderator, batch=decided.batch)
    comment.refresh_from_db()
    case = Case.objects.get()
    assert (comment.state, case.is_open, case.queue) == ("covered", True, "covered")
    assert_sound(discussion)


def test_undo_where_it_was_reported_again_meanwhile(reader, moderator, make_person, post):
    comment = post(reader)
    reporting.report(by=make_person(), comment=comment, reason="attack")
    decided = moderation.keep_all(by=moderator, comments=[comment])
    reporting.report(by=make_person(), comment=comment, reason="hate")
    moderation.undo(by=moderator, batch=decided.batch)
    case = Case.objects.get(is_open=True)
    assert (case.report_count, case.weight) == (2, 2.0)
    assert Report.objects.filter(outcome="open").count() == 2


def test_what_its_author_withdrew_leaves_the_desk(reader, moderator, make_person, post, discussion):
    comment, reporter = post(reader), make_person()
    reporting.report(by=reporter, comment=comment, reason="attack")
    posting.withdraw_comment(by=reader, comment=comment)
    decided = moderation.keep_all(by=moderator, comments=[comment])
    comment.refresh_from_db()
    assert (len(decided), comment.state) == (1, "withdrawn")
    assert not Case.objects.get().is_open
    # Nothing was decided: nobody's record says that it was, and undoing leaves it.
    report = Report.objects.get()
    assert report.outcome == "withdrawn"
    record = Standing.objects.get(pk=reporter.pk)
    assert (record.reports_upheld, record.reports_dismissed) == (0, 0)
    told = "Its author has taken the comment away. Nothing is left to decide."
    assert Letter.objects.get(person=reporter).text == told
    moderation.undo(by=moderator, batch=decided.batch)
    report.refresh_from_db()
    assert report.outcome == "withdrawn"
    assert not Case.objects.get().is_open
    assert_sound(discussion)


def test_an_older_revision_is_passed_over(reader, moderator, post, discussion):
    seen, changed = post(reader), post(reader, "Words")
    posting.edit_comment(by=reader, comment=changed, text="Other words", seen_revision=1)
    decided = moderation.hide_all(
        by=moderator, comments=[seen, changed], reason="Rude", seen={seen.pk: 1, changed.pk: 1}
    )
    assert [each.pk for each in decided.comments] == [seen.pk]
    assert [each.pk for each in decided.passed_over] == [changed.pk]
    assert Comment.objects.get(pk=changed.pk).is_visible
    assert ModerationEntry.objects.filter(act=Act.HIDE).count() == 1


# --- Undo ---


def test_undo_leaves_what_was_decided_since(reader, moderator, make_person, post, discussion):
    first, second = post(reader), post(reader)
    decided = moderation.hide_all(by=moderator, comments=[first, second], reason="Rude")
    other = make_person("Other Mod", role="moderator")
    moderation.restore(by=other, comment=second, reason="Fine")
    moderation.hide(by=other, comment=second, reason="Not so fine")
    undone = moderation.undo(by=moderator, batch=decided.batch)
    assert [each.pk for each in undone.comments] == [first.pk]
    assert [each.pk for each in undone.passed_over] == [second.pk]
    second.refresh_from_db()
    assert second.state_reason == "Not so fine"
    assert_sound(discussion)


def test_undo_twice(reader, moderator, post):
    decided = moderation.hide_all(by=moderator, comments=[post(reader)], reason="Rude")
    moderation.undo(by=moderator, batch=decided.batch)
    with pytest.raises(moderation.DecidedMeanwhileError, match="already"):
        moderation.undo(by=moderator, batch=decided.batch)
    assert ModerationEntry.objects.filter(act=Act.UNDO).count() == 1


def test_undo_too_late(reader, moderator, post, monkeypatch):
    decided = moderation.hide_all(by=moderator, comments=[post(reader)], reason="Rude")
    age_log(monkeypatch, moderation.UNDO_FOR + timedelta(seconds=1))
    with pytest.raises(moderation.DecidedMeanwhileError, match="10 minutes"):
        moderation.undo(by=moderator, batch=decided.batch)


def test_undo_of_somebody_elses_act(reader, moderator, make_person, post):
    decided = moderation.hide_all(by=moderator, comments=[post(reader)], reason="Rude")
    with pytest.raises(PermissionDenied):
        moderation.undo(by=make_person(role="senior"), batch=decided.batch)
    with pytest.raises(PermissionDenied):
        moderation.undo(by=reader, batch=decided.batch)


def test_undo_of_nothing(moderator):
    with pytest.raises(moderation.DecidedMeanwhileError):
        moderation.undo(by=moderator, batch=uuid4())


# --- What is held ---


def test_approving(holds, reader, moderator, post, discussion):
    held = post(reader, "At last")
    assert isinstance(held, HeldComment)
    assert count_of(discussion) == 0
    comment = moderation.approve(by=moderator, held=held)
    assert (comment.text, comment.number, count_of(discussion)) == ("At last", "1", 1)
    held.refresh_from_db()
    assert (held.state, held.comment_id) == ("approved", comment.pk)
    assert record_of(reader) == (1, 0, 0)
    assert not Case.objects.get().is_open
    assert Letter.objects.get().subject == "Your comment was approved"
    assert moderation.approve(by=moderator, held=held) is False
    assert moderation.reject(by=moderator, held=held, reason="No") is False
    assert_sound(discussion)


def test_rejecting(holds, reader, moderator, post, discussion):
    held = post(reader, "Buy this")
    moderation.reject(by=moderator, held=held, reason="Advertising", rule="Rule 1")
    held.refresh_from_db()
    assert (held.state, held.reason, held.comment_id) == ("rejected", "Advertising", None)
    assert record_of(reader) == (0, 0, 1)
    entry = ModerationEntry.objects.get(act=Act.REJECT)
    assert (entry.person, entry.rule, entry.before["held"]) == (reader, "Rule 1", held.pk)
    assert Letter.objects.get().text == "Advertising"
    assert moderation.approve(by=moderator, held=held) is False
    assert count_of(discussion) == 0
    with pytest.raises(ValueError, match="why"):
        moderation.reject(by=moderator, held=held, reason="  ")


def test_an_approval_that_is_undone_waits_again(holds, reader, moderator, post, discussion):
    held = post(reader, "Hm")
    decided = moderation.approve_all(by=moderator, held=[held])
    moderation.undo(by=moderator, batch=decided.batch)
    comment = Comment.objects.get()
    held.refresh_from_db()
    assert (comment.state, held.state, Case.objects.get().is_open) == ("held", "waiting", True)
    # It counts as nothing, neither for nor against its author.
    assert record_of(reader) == (0, 0, 0)
    assert count_of(discussion) == 0
    assert not Letter.objects.exists()
    assert_sound(discussion)
    # Nobody can hide or restore it but on the desk.
    assert moderation.hide(by=moderator, comment=comment, reason="Rude") is False
    again = moderation.approve(by=moderator, held=held)
    assert (again.pk, again.is_visible, record_of(reader)) == (comment.pk, True, (1, 0, 0))
    assert_sound(discussion)


def test_a_second_rejection_is_undone_by_its_own_batch_alone(holds, reader, moderator, post):
    held = post(reader, "Hm")
    first = moderation.reject_all(by=moderator, held=[held], reason="No")
    moderation.undo(by=moderator, batch=first.batch)
    second = moderation.reject_all(by=moderator, held=[held], reason="No, really")
    with pytest.raises(moderation.DecidedMeanwhileError):
        moderation.undo(by=moderator, batch=first.batch)
    moderation.undo(by=moderator, batch=second.batch)
    assert record_of(reader) == (0, 0, 0)
    held.refresh_from_db()
    assert (held.state, held.reason) == ("waiting", "")


def test_what_was_reported_before_it_waited_again_is_settled_with_it(
    holds, reader, moderator, make_person, post, discussion
):
    held, reporter = post(reader), make_person()
    comment = moderation.approve(by=moderator, held=held)
    reporting.report(by=reporter, comment=comment, reason="attack")
    batch = ModerationEntry.objects.get(act="approve").batch
    moderation.undo(by=moderator, batch=batch)
    before = snapshot(discussion)
    assert before["threads"][0][-1] == 1
    decided = moderation.reject_all(by=moderator, held=[held], reason="No")
    assert not Case.objects.filter(is_open=True).exists()
    assert Report.objects.get().outcome == "upheld"
    assert "taken down" in Letter.objects.get(person=reporter).text
    assert Standing.objects.get(pk=reporter.pk).reports_upheld == 1
    # One comment is lost once.
    assert record_of(reader) == (0, 1, 0)
    assert Thread.objects.get().open_reports == 0
    assert queues.decision_of(Case.objects.get(queue="reported")).act == "reject"
    assert_sound(discussion)
    moderation.undo(by=moderator, batch=decided.batch)
    after = snapshot(discussion)
    assert after == before
    assert record_of(reader) == (0, 0, 0)
    moderation.approve(by=moderator, held=held)
    assert Case.objects.get(queue="reported").is_open
    assert_sound(discussion)


def test_nobody_judges_their_own(holds, make_person, admin, post, discussion):
    moderator = make_person("Not Yet")
    own = post(moderator, "Mine waits, too")
    membership.change_role(by=admin, person=moderator, role="moderator")
    moderator.refresh_from_db()
    other = post(make_person(), "Another")
    for act in (
        lambda: moderation.approve(by=moderator, held=own),
        lambda: moderation.reject(by=moderator, held=own, reason="No"),
        lambda: moderation.approve_all(by=moderator, held=[other, own]),
    ):
        with pytest.raises(PermissionDenied, match="You wrote this comment"):
            act()
    assert not Comment.objects.exists()
    rules.remove_rule(by=admin, rule=holds)
    comment = moderation.approve(by=admin, held=own)
    another = moderation.approve(by=moderator, held=other)
    for act in (
        lambda: moderation.hide(by=moderator, comment=comment, reason="Rude"),
        lambda: moderation.hide_all(by=moderator, comments=[another, comment], reason="Rude"),
        lambda: moderation.restore(by=moderator, comment=comment, reason="Fine"),
        lambda: moderation.keep_all(by=moderator, comments=[comment]),
    ):
        with pytest.raises(PermissionDenied, match="You wrote this comment"):
            act()
    assert set(Comment.objects.values_list("state", flat=True)) == {"visible"}
    mine = post(admin, "An administrator's")
    assert moderation.hide(by=admin, comment=mine, reason="I was wrong")


def test_several_at_once_share_a_batch(holds, make_person, moderator, post, discussion):
    root = moderation.approve(by=moderator, held=post(make_person(), "Root"))
    rows = [post(make_person(), f"Reply {number}", parent=root) for number in range(4)]
    before = snapshot(discussion)
    decided = moderation.approve_all(by=moderator, held=rows)
    assert [each.number for each in decided.comments] == ["1.1", "1.2", "1.3", "1.4"]
    assert count_of(discussion) == 5
    assert_sound(discussion)
    undone = moderation.undo(by=moderator, batch=decided.batch)
    assert len(undone) == 4
    assert count_of(discussion) == before["count"] == 1
    assert Case.objects.filter(is_open=True).count() == 4
    assert_sound(discussion)
    rejected = moderation.reject_all(by=moderator, held=rows, reason="Spam")
    assert set(Comment.objects.filter(parent=root).values_list("state", flat=True)) == {"hidden"}
    moderation.undo(by=moderator, batch=rejected.batch)
    assert set(Comment.objects.filter(parent=root).values_list("state", flat=True)) == {"held"}
    assert_sound(discussion)


def test_undo_of_several_leaves_the_one_that_was_decided_since(
    holds, make_person, moderator, post, discussion
):
    rows = [post(make_person(), f"Words {number}") for number in range(3)]
    decided = moderation.approve_all(by=moderator, held=rows)
    moderation.hide(by=moderator, comment=decided.comments[1], reason="Rude")
    undone = moderation.undo(by=moderator, batch=decided.batch)
    assert [len(undone), len(undone.passed_over)] == [2, 1]
    states = Comment.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["held", "hidden", "held"]
    assert_sound(discussion)


def test_one_of_several_is_decided_meanwhile(holds, make_person, moderator, post):
    rows = [post(make_person(), f"Words {number}") for number in range(3)]
    moderation.reject(by=moderator, held=rows[1], reason="No")
    decided = moderation.approve_all(by=moderator, held=rows)
    assert [each.pk for each in decided.held] == [rows[0].pk, rows[2].pk]
    assert [each.pk for each in decided.passed_over] == [rows[1].pk]


def test_too_many_held_at_once(holds, reader, moderator, post, monkeypatch):
    monkeypatch.setattr(moderation, "MOST_HELD_AT_ONCE", 0)
    with pytest.raises(ValueError, match="more than"):
        moderation.approve_all(by=moderator, held=[post(reader)])


def test_who_looks_after_another_part_of_the_site(holds, reader, moderator, post, discussion):
    Beat.objects.create(person=moderator, area="science")
    held = post(reader)
    for act in (
        lambda: moderation.approve(by=moderator, held=held),
        lambda: moderation.reject(by=moderator, held=held, reason="No"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    held.refresh_from_db()
    assert held.state == "waiting"


# --- Many ---


def test_a_thousand_at_once(moderator, make_person, make_discussion):
    """At most twenty queries for each hundred, and undone exactly."""
    people = [make_person() for _ in range(40)]
    discussions = [make_discussion(f"Page {number}") for number in range(10)]
    made = [pk for each in discussions for pk in _talk(each, people)]
    comments = list(Comment.objects.filter(pk__in=made).select_related("discussion"))
    assert len(comments) == 1_000
    before = [snapshot(each) for each in discussions]
    with CaptureQueriesContext(connection) as queries:
        decided = moderation.hide_all(by=moderator, comments=comments, reason="Flood")
    assert len(decided) == 1_000
    assert len(queries) <= 200, len(queries)
    assert [count_of(each) for each in discussions] == [0] * 10
    for each in discussions:
        assert_sound(each)
    with CaptureQueriesContext(connection) as queries:
        moderation.undo(by=moderator, batch=decided.batch)
    assert len(queries) <= 200, len(queries)
    assert [snapshot(each) for each in discussions] == before
    for each in discussions:
        assert_sound(each)


def _talk(discussion, people):
    """A hundred comments in twenty threads, by everybody in turn; their ids."""
    for number in range(20):
        by = people[number % len(people)]
        root = posting.post_comment(by=by, discussion=discussion, text=f"Thread {number}")
        yield root.pk
        for reply in range(1, 5):
            by = people[(number + 7 * reply) % len(people)]
            text = f"Reply {number}.{reply}"
            yield posting.post_comment(by=by, discussion=discussion, parent=root, text=text).pk
