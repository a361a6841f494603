"""What authors do with their comments, called as views and commands call it."""

import uuid
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comments import discussions, moderation, posting, sanctions, threads
from comments.models import Comment, Discussion, ModerationEntry
from comments.tree import TreeError


def test_a_comment_moves_the_counters_and_the_version(reader, post, discussion):
    first = post(reader, "Hello *there*")
    assert first.html.strip() == "<p>Hello <em>there</em></p>"
    before = Discussion.objects.get(pk=discussion.pk)
    post(reader, "Again", parent=first)
    after = Discussion.objects.get(pk=discussion.pk)
    assert (after.comment_count, after.version) == (2, before.version + 1)
    assert after.last_posted_at >= before.last_posted_at


def test_the_same_submission_makes_one_comment(reader, make_person, post):
    key = uuid.uuid4()
    first = post(reader, "Twice", submission_key=key)
    assert post(reader, "Twice", submission_key=key) == first
    assert Comment.objects.count() == 1
    # Somebody else's key of the same value is somebody else's comment.
    post(make_person(), "Twice", submission_key=key)
    assert Comment.objects.count() == 2


def test_the_same_form_with_other_words_is_another_comment(reader, post):
    key = uuid.uuid4()
    first = post(reader, "First", submission_key=key)
    second = post(reader, "Back, and other words", submission_key=key)
    reply = post(reader, "First", submission_key=key, parent=first)
    assert len({first.pk, second.pk, reply.pk}) == 3
    assert post(reader, "First\r\n", submission_key=key) == first


def test_nobody_posts_without_an_account(discussion):
    with pytest.raises(PermissionDenied):
        posting.post_comment(by=AnonymousUser(), discussion=discussion, text="Hello")
    assert not Comment.objects.exists()


def test_a_refusal_leaves_the_database_as_it_was(reader, moderator, post, discussion):
    parent = post(reader)
    moderation.close(by=moderator, discussion=discussion, reason="Night")
    before = (list(Comment.objects.values()), list(Discussion.objects.values()))
    with pytest.raises(posting.RefusedError) as refused:
        post(reader, "Too late", parent=parent)
    assert "Night" in str(refused.value)
    assert (list(Comment.objects.values()), list(Discussion.objects.values())) == before


def test_a_parent_of_another_discussion_is_refused(reader, post, make_discussion):
    elsewhere = make_discussion()
    with pytest.raises(TreeError):
        posting.post_comment(by=reader, discussion=elsewhere, parent=post(reader), text="Hm")


def test_what_was_taken_down_cannot_be_answered(reader, moderator, post):
    parent = post(reader)
    moderation.hide(by=moderator, comment=parent, reason="Off topic")
    with pytest.raises(posting.RefusedError) as refused:
        post(reader, parent=parent)
    assert refused.value.verdict.phase == "gone_parent"


def test_flood(reader, make_person, post, settings):
    # Newcomers have half of it.
    settings.COMMENTS_PER_MINUTE = 6
    comments = [post(reader) for _ in range(3)]
    with pytest.raises(posting.RefusedError) as refused:
        post(reader)
    assert refused.value.verdict.status == 429
    post(make_person())
    earlier = timezone.now() - timedelta(seconds=61)
    Comment.objects.filter(pk=comments[0].pk).update(posted_at=earlier)
    post(reader)


def test_an_edit_is_marked_logged_and_guarded(reader, make_person, post):
    comment = post(reader, "First words")
    edited = posting.edit_comment(by=reader, comment=comment, text="Better", seen_revision=1)
    assert (edited.html.strip(), edited.revision) == ("<p>Better</p>", 2)
    assert edited.edited_at is not None
    entry = ModerationEntry.objects.get()
    assert (entry.before["text"], entry.after["text"]) == ("First words", "Better")
    with pytest.raises(posting.EditedMeanwhileError):
        posting.edit_comment(by=reader, comment=comment, text="Third", seen_revision=1)
    with pytest.raises(PermissionDenied):
        posting.edit_comment(by=make_person(), comment=comment, text="Mine", seen_revision=2)
    with pytest.raises(posting.RefusedError):
        posting.edit_comment(by=reader, comment=comment, text=" ", seen_revision=2)
    assert not posting.edit_comment(by=reader, comment=comment, text="Better", seen_revision=2)
    assert Comment.objects.get().text == "Better"


def test_ten_edits_in_ten_minutes_and_then_a_rest(reader, make_person, post, settings, monkeypatch):
    settings.EDITS_IN_TEN_MINUTES = 10
    one, two = post(reader, "One"), post(reader, "Two")
    for number in range(5):
        for comment in (one, two):
            edit = {"text": f"Edit {number}", "seen_revision": number + 1}
            posting.edit_comment(by=reader, comment=comment, **edit)
    before = list(Comment.objects.values()), ModerationEntry.objects.count()
    with pytest.raises(posting.RefusedError) as refused:
        posting.edit_comment(by=reader, comment=one, text="Edit 5", seen_revision=6)
    assert (refused.value.verdict.phase, refused.value.verdict.status) == ("restless", 429)
    assert (list(Comment.objects.values()), ModerationEntry.objects.count()) == before
    # Others may, and so may they what is no edit, and later this as well.
    other = make_person()
    posting.edit_comment(by=other, comment=post(other), text="Mine", seen_revision=1)
    posting.withdraw_comment(by=reader, comment=two)
    later = timezone.now() + timedelta(minutes=10, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: later)
    assert posting.edit_comment(by=reader, comment=one, text="Edit 5", seen_revision=6)


def test_withdrawing_leaves_a_tombstone_and_the_replies(reader, make_person, post, discussion):
    comment = post(reader, "Gone soon")
    reply = post(make_person("Bo"), "Stays", parent=comment)
    with pytest.raises(PermissionDenied):
        posting.withdraw_comment(by=make_person(), comment=comment)
    assert posting.withdraw_comment(by=reader, comment=comment)
    assert posting.withdraw_comment(by=reader, comment=comment) is False
    rows = discussions.load(Discussion.objects.get(pk=discussion.pk)).rows
    assert [(row.id, row.state) for row in rows] == [
        (comment.pk, "withdrawn"),
        (reply.pk, "visible"),
    ]
    assert (rows[0].author, discussions.row_of(comment.pk).html) == ("", "")
    assert discussions.row_of(comment.pk).notice == "Withdrawn by its author."
    assert Discussion.objects.get(pk=discussion.pk).comment_count == 1
    assert not threads.check(Discussion.objects.get(pk=discussion.pk))


def test_the_suspended_cannot_post_or_edit(reader, moderator, post):
    comment = post(reader)
    until = timezone.now() + timedelta(days=2)
    sanctions.suspend(by=moderator, person=reader, until=until, reason="Advertising")
    # The object in hand is older than the suspension: the write asks the database.
    for write in (
        lambda: post(reader),
        lambda: posting.edit_comment(by=reader, comment=comment, text="Hm", seen_revision=1),
    ):
        with pytest.raises(posting.RefusedError) as refused:
            write()
        assert "Advertising" in str(refused.value)
    sanctions.lift_suspension(by=moderator, person=reader)
    post(reader)
