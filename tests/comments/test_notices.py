"""Notices of illegal content: by anybody, told by mail, decided at the desk."""

import pytest
from django.test import Client

from comments import moderation, posting, reporting, threads
from comments.models import Case, Comment, ModerationEntry, Notice
from comments.screening import RefusedError

WHY = "Section 186 of the criminal code: it says that Mr Vole steals socks, which is untrue."
TYPED = {
    "explanation": WHY, "name": "Percival Vole", "email": "vole@example.org", "good_faith": "on",
}  # fmt: skip


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, discussion):
    return posting.post_comment(by=reader, discussion=discussion, text="Vole steals socks!")


def send(comment, client=None, **changed):
    return (client or Client()).post(f"/comments/{comment.pk}/notice/", TYPED | changed)


@pytest.mark.django_db(transaction=True)
def test_it_comes_is_decided_and_both_is_told(comment, moderator, discussion, mailoutbox):
    ways = Client().get(f"/comments/{comment.pk}/report/")
    assert f"/comments/{comment.pk}/notice/" in ways.content.decode()
    page = send(comment)
    assert page.status_code == 200
    assert "Your notice came in" in page.content.decode()
    assert [mail.to for mail in mailoutbox] == [["vole@example.org"]]
    # Nothing that a stranger typed is mailed to whom a stranger named.
    assert WHY not in mailoutbox[0].body
    assert "came in on" in mailoutbox[0].body
    case = Case.objects.get()
    assert (case.queue, case.weight, case.is_open) == ("reported", 0, True)
    desk = Client()
    desk.force_login(moderator)
    for address in ("queue/reported/", f"{case.pk}/"):
        shown = desk.get(f"/admin/moderation/{address}").content.decode()
        assert "Notice of illegal content." in shown
        assert "Section 186" in shown
        assert "vole@example.org" not in shown
    comment.refresh_from_db()
    assert comment.is_visible
    done = moderation.hide_all(by=moderator, comments=[comment], reason="Accusation")
    assert "was taken down" in mailoutbox[1].body
    assert Notice.objects.get().outcome == "upheld"
    moderation.undo(by=moderator, batch=done.batch)
    assert Notice.objects.get().outcome == "open"
    assert Case.objects.get().is_open
    moderation.keep_all(by=moderator, comments=[comment])
    assert "left it where it is" in mailoutbox[2].body
    discussion.refresh_from_db()
    assert threads.check(discussion) == []
    # Nowhere is it said who sent it.
    log = str(list(ModerationEntry.objects.values_list()))
    assert "Vole" not in log.replace("Vole steals", "")
    assert "vole@example.org" not in log


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"explanation": "Bad."}, "Say which law it breaks"),
        ({"explanation": "x" * 5_001}, "Shorten it"),
        ({"explanation": "a\x00b" * 20}, ""),
        ({"email": "nobody"}, "valid email"),
        ({"good_faith": ""}, "Confirm that"),
        ({"name": ""}, "required"),
    ],
    ids=str,
)
def test_what_is_refused(comment, changed, said, mailoutbox):
    page = send(comment, **changed)
    assert page.status_code == 422
    assert said in page.content.decode()
    assert not Notice.objects.exists()
    assert not Case.objects.exists()
    assert not mailoutbox


def test_of_what_was_taken_down_already(comment, moderator):
    moderation.hide(by=moderator, comment=comment, reason="Off topic")
    assert send(comment).status_code == 409
    assert not Notice.objects.exists()


@pytest.mark.parametrize(
    ("most", "sender"),
    [
        (5, lambda number: {"address": "198.51.100.7"}),
        # One IPv6 network of one household.
        (5, lambda number: {"address": f"2001:db8::{number}"}),
        (5, lambda number: {"email": "a@example.org"}),
        # Whatever the addresses, on one comment.
        (20, lambda number: {"address": f"198.51.100.{number}"}),
        (20, lambda number: {}),
    ],
    ids=["network", "ipv6", "mail", "comment", "unknown"],
)
def test_not_too_many(comment, mailoutbox, most, sender):
    def give(number):
        known = {"email": f"a{number}@example.org", **sender(number)}
        return reporting.give_notice(comment=comment, name="A", explanation=WHY, **known)

    for number in range(most):
        give(number)
    with pytest.raises(RefusedError) as refused:
        give(most)
    assert refused.value.verdict.status == 429
    assert Notice.objects.count() == most
    assert Case.objects.count() == 1


def test_a_form_from_elsewhere_is_refused(comment):
    assert send(comment, Client(enforce_csrf_checks=True)).status_code == 403
    assert Comment.objects.count() == 1
