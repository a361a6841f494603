"""What moderators do, and that every act is one row in a log that only grows."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comments import moderation, posting, sanctions
from comments.models import Comment, Discussion, ModerationEntry
from comments.tree import TreeError


def count_of(discussion):
    return Discussion.objects.get(pk=discussion.pk).comment_count


def test_hide_and_restore(reader, moderator, post, discussion):
    comment = post(reader)
    hidden = moderation.hide(by=moderator, comment=comment, reason="Off topic", seen_revision=1)
    assert (hidden.state, hidden.state_reason) == ("hidden", "Off topic")
    assert count_of(discussion) == 0
    assert moderation.hide(by=moderator, comment=comment, reason="Again") is False
    restored = moderation.restore(by=moderator, comment=comment, reason="A mistake")
    assert (restored.state, restored.state_reason) == ("visible", "")
    assert count_of(discussion) == 1
    acts = ModerationEntry.objects.order_by("pk")
    assert [(entry.act, entry.by, entry.reason) for entry in acts] == [
        ("hide", moderator, "Off topic"),
        ("restore", moderator, "A mistake"),
    ]
    assert acts[0].before == {"state": "visible", "reason": ""}
    assert acts[0].after == {"state": "hidden", "reason": "Off topic", "revision": 2}


def test_a_decision_on_an_older_revision_does_nothing(reader, moderator, post):
    comment = post(reader)
    posting.edit_comment(by=reader, comment=comment, text="Other words", seen_revision=1)
    with pytest.raises(moderation.SeenOlderError):
        moderation.hide(by=moderator, comment=comment, reason="Rude", seen_revision=1)
    assert Comment.objects.get().is_visible


def test_what_its_author_withdrew_is_not_restored(reader, moderator, post):
    comment = post(reader)
    posting.withdraw_comment(by=reader, comment=comment)
    assert moderation.hide(by=moderator, comment=comment, reason="Rude") is False
    assert moderation.restore(by=moderator, comment=comment, reason="Nice") is False


def test_all_or_none_of_many(reader, moderator, post, discussion):
    comments = [post(reader) for _ in range(5)]
    moderation.hide(by=moderator, comment=comments[0], reason="First")
    moved = moderation.hide_all(by=moderator, comments=comments, reason="Advertising")
    assert len(moved.comments) == 4
    assert [each.pk for each in moved.passed_over] == [comments[0].pk]
    assert count_of(discussion) == 0
    with pytest.raises(PermissionDenied):
        moderation.restore_all(by=reader, comments=comments, reason="Mine")
    assert count_of(discussion) == 0
    restored = moderation.restore_all(by=moderator, comments=comments, reason="Fine")
    assert len(restored.comments) == 5


def test_close_and_reopen(reader, moderator, make_person, discussion, post):
    editor = make_person("Edi Tor", role="editor")
    assert moderation.close(by=editor, discussion=discussion, reason="Too heated")
    assert moderation.close(by=editor, discussion=discussion, reason="Again") is False
    with pytest.raises(posting.RefusedError):
        post(reader)
    assert moderation.reopen(by=moderator, discussion=discussion)
    post(reader)
    assert [entry.act for entry in ModerationEntry.objects.order_by("pk")] == ["close", "reopen"]


def test_suspension(reader, moderator, make_person):
    until = timezone.now() + timedelta(days=1)
    sanctions.suspend(by=moderator, person=reader, until=until, reason="Spam")
    reader.refresh_from_db()
    assert reader.is_suspended()
    entry = ModerationEntry.objects.get()
    assert (entry.act, entry.person, entry.after["reason"]) == ("suspend", reader, "Spam")
    for person in (moderator, make_person("Another Mod", role="moderator")):
        with pytest.raises(PermissionDenied):
            sanctions.suspend(by=moderator, person=person, until=until, reason="Quarrel")
    assert sanctions.lift_suspension(by=moderator, person=reader)
    assert sanctions.lift_suspension(by=moderator, person=reader) is False
    assert ModerationEntry.objects.count() == 2


@pytest.mark.parametrize("role", ["reader", "editor"])
def test_nobody_else_moderates(role, make_person, post, discussion):
    person = make_person(role=role)
    comment = post(person)
    later = timezone.now() + timedelta(days=1)
    other = make_person()
    refused = [
        lambda: moderation.hide(by=person, comment=comment, reason="Me"),
        lambda: moderation.restore(by=person, comment=comment, reason="Me"),
        lambda: sanctions.suspend(by=person, person=other, until=later, reason="Me"),
        lambda: sanctions.lift_suspension(by=person, person=other),
        lambda: sanctions.mute(
            by=person, person=other, discussion=discussion, until=later, reason="Me"
        ),
        lambda: sanctions.unmute(by=person, person=other, discussion=discussion),
    ]
    if role == "reader":
        refused += [
            lambda: moderation.close(by=person, discussion=discussion, reason="Me"),
            lambda: moderation.reopen(by=person, discussion=discussion),
        ]
    for act in refused:
        with pytest.raises(PermissionDenied):
            act()
    assert not ModerationEntry.objects.exists()


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_every_act_needs_a_reason(reason, reader, moderator, post, discussion):
    comment = post(reader)
    later = timezone.now() + timedelta(days=1)
    for act in (
        lambda: moderation.hide(by=moderator, comment=comment, reason=reason),
        lambda: moderation.close(by=moderator, discussion=discussion, reason=reason),
        lambda: sanctions.suspend(by=moderator, person=reader, until=later, reason=reason),
        lambda: sanctions.mute(
            by=moderator, person=reader, discussion=discussion, until=later, reason=reason
        ),
    ):
        with pytest.raises(ValueError, match="why"):
            act()
    assert not ModerationEntry.objects.exists()


def test_the_log_only_grows(reader, moderator, post):
    moderation.hide(by=moderator, comment=post(reader), reason="Rude")
    entry = ModerationEntry.objects.get()
    entry.reason = "Nothing happened"
    for write in (
        entry.save,
        entry.delete,
        ModerationEntry.objects.all().delete,
        lambda: ModerationEntry.objects.update(reason="Nothing happened"),
        lambda: ModerationEntry.objects.bulk_update([entry], ["reason"]),
    ):
        with pytest.raises(TreeError):
            write()
    assert ModerationEntry.objects.get().reason == "Rude"
