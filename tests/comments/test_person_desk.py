"""One person at the desk: each act by its form, and who may."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments import posting, sanctions
from comments.models import Comment, HeldComment, Letter, ModerationEntry
from comments.standing import known_of


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def desk(moderator):
    client = Client()
    client.force_login(moderator)
    return client


def lay_down(desk, person, act, moment="", **said):
    if moment and not isinstance(moment, str):
        moment = f"{moment:%Y-%m-%dT%H:%M}"
    typed = {"act": act, "canned": "Advertising", "own": "", "moment": moment, **said}
    return desk.post(f"/admin/moderation/person/{person.pk}/", typed, follow=True)


def acts():
    return list(ModerationEntry.objects.order_by("pk").values_list("act", flat=True))


def test_each_act(desk, reader, discussion):
    tomorrow = timezone.now() + timedelta(days=1)
    assert lay_down(desk, reader, "warn").status_code == 200
    lay_down(desk, reader, "hold")
    assert isinstance(posting.post_comment(by=reader, discussion=discussion, text="1"), HeldComment)
    lay_down(desk, reader, "free")
    lay_down(desk, reader, "shadow", tomorrow)
    assert known_of(reader).is_shadowed(timezone.now())
    lay_down(desk, reader, "unshadow")
    assert not known_of(reader).is_shadowed(timezone.now())
    comment = posting.post_comment(by=reader, discussion=discussion, text="2")
    lay_down(desk, reader, "hide", timezone.now() - timedelta(days=1))
    assert Comment.objects.get(pk=comment.pk).state == "hidden"
    lay_down(desk, reader, "suspend", tomorrow)
    reader.refresh_from_db()
    assert reader.is_suspended()
    lay_down(desk, reader, "lift")
    lay_down(desk, reader, "ban")
    reader.refresh_from_db()
    assert not reader.is_active
    assert acts() == [
        "warn", "watch", "hold", "watch", "shadow", "shadow", "hide", "suspend", "lift", "ban",
    ]  # fmt: skip
    # They are told of all of it but of the shadow.
    told = Letter.objects.filter(person=reader).values_list("entry__act", flat=True)
    assert sorted(told) == ["ban", "hide", "lift", "suspend", "warn", "watch", "watch"]


@pytest.mark.parametrize(
    ("act", "changed", "said"),
    [
        ("suspend", {}, "Say until when, or since when."),
        ("shadow", {"moment": "2040-01-01T00:00"}, "within 30 days"),
        ("suspend", {"moment": "2020-01-01T00:00"}, "still to come"),
        ("warn", {"canned": ""}, "Say why"),
        ("nonsense", {}, "valid choice"),
    ],
)
def test_what_is_refused_is_said_and_changes_nothing(desk, reader, act, changed, said):
    page = lay_down(desk, reader, act, **changed)
    assert said in page.content.decode()
    assert acts() == []


def test_what_is_so_already(desk, reader):
    for act in ("free", "unshadow", "lift"):
        assert "It is so already." in lay_down(desk, reader, act).content.decode()
    assert acts() == []


def test_who_may(reader, make_person, moderator):
    for person, status in (
        (reader, 403),
        (make_person(role="editor"), 403),
        (make_person(role="moderator"), 200),
        (make_person(role="senior"), 200),
        (make_person(role="admin"), 200),
    ):
        client = Client()
        client.force_login(person)
        address = f"/admin/moderation/person/{reader.pk}/"
        assert client.get(address, follow=True).status_code == status
    assert Client().get(address).status_code == 302
    # Nobody to a colleague, nor to themselves.
    client = Client()
    client.force_login(moderator)
    for other in (moderator, make_person(role="moderator")):
        for act in ("warn", "hold", "ban"):
            assert lay_down(client, other, act).status_code == 403
    assert acts() == []


def test_what_is_known_of_them(desk, reader, discussion, make_person):
    twin = make_person("Twin Soul")
    for person in (reader, twin):
        posting.post_comment(
            by=person, discussion=discussion, text=f"I am {person}.", address="198.51.100.7"
        )
    sanctions.note(by=make_person("Second Mo", role="moderator"), person=reader, text="Watch out.")
    page = desk.get(f"/admin/moderation/person/{reader.pk}/").content.decode()
    for said in ("Watch out.", "Others from the same address", "I am Twin Soul.", "Newcomer"):
        assert said in page
    assert "198.51" not in page
