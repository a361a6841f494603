"""How one discussion is run: slow, all held, closed in time; by the desk's form."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from comments import pacing, posting
from comments.models import Beat, HeldComment, ModerationEntry
from comments.screening import RefusedError


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def save(moderator, discussion):
    client = Client()
    client.force_login(moderator)

    def send(**typed):
        said = {"slow_seconds": "0", "canned": "Off topic", "own": "", **typed}
        return client.post(f"/admin/moderation/discussion/{discussion.pk}/", said, follow=True)

    return send


def say(by, discussion, text, parent=None):
    return posting.post_comment(by=by, discussion=discussion, parent=parent, text=text)


def test_slow(save, reader, discussion):
    assert "Done." in save(slow_seconds="300").content.decode()
    say(reader, discussion, "One.")
    with pytest.raises(RefusedError) as refused:
        say(reader, discussion, "Two.")
    assert refused.value.verdict.phase == "slow"
    save(slow_seconds="0")
    say(reader, discussion, "Two.")
    assert "It is so already." in save(slow_seconds="0").content.decode()
    assert list(ModerationEntry.objects.values_list("act", flat=True)) == ["slow", "slow"]


def test_one_thread(save, reader, discussion):
    first, second = say(reader, discussion, "First."), say(reader, discussion, "Second.")
    page = save(slow_seconds="300", thread="1").content.decode()
    assert "Threads that are slowed down: 1 (300 seconds)." in page
    with pytest.raises(RefusedError):
        say(reader, discussion, "To the first.", parent=first)
    say(reader, discussion, "To the second.", parent=second)
    assert "There is no thread 9" in save(slow_seconds="300", thread="9").content.decode()


def test_all_waits(save, reader, discussion):
    save(is_premoderated="on")
    assert isinstance(say(reader, discussion, "May I?"), HeldComment)


def test_closes_in_time(save, discussion):
    page = save(close_after_days="3").content.decode()
    assert "It closes on" in page
    discussion.refresh_from_db()
    assert discussion.closes_at == discussion.readable_from + timedelta(days=3)


def test_refused(save, discussion, reader, make_person):
    assert "or close it" in save(slow_seconds="100000").content.decode()
    assert "Say why" in save(slow_seconds="5", canned="").content.decode()
    local = make_person(role="moderator")
    Beat.objects.create(person=local, area="elsewhere")
    wanted = {"slow_seconds": 5, "is_premoderated": False, "close_after_days": None}
    for person in (reader, local, make_person(role="editor")):
        with pytest.raises(PermissionDenied):
            pacing.pace_discussion(by=person, discussion=discussion, reason="X", **wanted)
        client = Client()
        client.force_login(person)
        page = client.get(f"/admin/moderation/discussion/{discussion.pk}/", follow=True)
        assert page.status_code == 403
    assert not ModerationEntry.objects.exists()
