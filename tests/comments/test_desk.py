"""The moderators' desk in the admin, over HTTP."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import hosting, posting
from comments.models import Beat, Comment, Discussion, ModerationEntry

LIST = "/admin/comments/comment/"


@pytest.fixture
def desk(sign_in, moderator):
    return sign_in(moderator)


def text_of(response):
    return response.content.decode()


def test_the_list_filters_and_searches(desk, reader, make_person, post):
    post(reader, "Needle in the hay")
    post(make_person("Bo"), "Straw")
    assert "Needle" in text_of(desk.get(LIST))
    for query, found in {
        "?q=needle": True, "?by=Ada+Reader": True, "?by=Bo": False, "?on=a+page": True,
        "?on=elsewhere": False, "?state__exact=hidden": False, "?state__exact=visible": True,
        "?by=Ada+Reader&q=needle": True,
    }.items():  # fmt: skip
        assert ("Needle" in text_of(desk.get(LIST + query))) is found, query


def test_the_list_takes_the_same_queries_for_3_and_30(desk, make_person, post):
    desk.get(LIST)  # the visit that notes the moderator's presence
    counted = []
    for size in (3, 30):
        for _ in range(size):
            post(make_person())
        with CaptureQueriesContext(connection) as queries:
            desk.get(LIST)
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_one_comment_is_judged_in_its_branch(desk, reader, moderator, post):
    root = post(reader, "The question")
    comment = post(reader, "A rude answer", parent=root)
    post(reader, "The answer to that", parent=comment)
    address = f"{LIST}{comment.pk}/change/"
    page = text_of(desk.get(address))
    assert "The question" in page
    assert f"/admin/comments/moderationentry/suspend/{reader.pk}/" in page
    assert "The answer to that" in page
    refused = desk.post(address, {"revision": 1})
    assert refused.status_code == 200
    assert "Say why" in text_of(refused)
    answer = desk.post(address, {"canned": "Personal attack", "own": "again", "revision": 1})
    assert answer.status_code == 302
    comment.refresh_from_db()
    assert (comment.state, comment.state_reason) == ("hidden", "Personal attack: again")
    page = text_of(desk.get(address))
    assert "Restore this comment" in page
    assert "Hid a comment" in page
    desk.post(address, {"own": "A mistake", "revision": 2})
    comment.refresh_from_db()
    assert comment.is_visible
    assert ModerationEntry.objects.count() == 2


def test_a_decision_on_an_older_revision_says_so(desk, reader, post):
    comment = post(reader, "Fine words")
    posting.edit_comment(by=reader, comment=comment, text="Finer words", seen_revision=1)
    answer = desk.post(f"{LIST}{comment.pk}/change/", {"own": "Rude", "revision": 1}, follow=True)
    assert "changed after you opened" in text_of(answer)
    assert Comment.objects.get().is_visible


def test_many_at_once(desk, reader, post, discussion):
    comments = [post(reader, f"Buy {number}") for number in range(4)]
    chosen = {"action": "hide_chosen", "_selected_action": [each.pk for each in comments[:3]]}
    page = text_of(desk.post(LIST, chosen))
    assert "Hide 3 comments" in page
    refused = text_of(desk.post(LIST, {**chosen, "confirmed": "1"}))
    assert "Say why" in refused
    desk.post(LIST, {**chosen, "confirmed": "1", "canned": "Advertising"})
    assert Comment.objects.filter(state="hidden").count() == 3
    assert Discussion.objects.get(pk=discussion.pk).comment_count == 1
    chosen["action"] = "restore_chosen"
    desk.post(LIST, {**chosen, "confirmed": "1", "own": "It was a school project"})
    assert Comment.objects.filter(state="hidden").count() == 0
    assert ModerationEntry.objects.count() == 6


def test_all_that_a_filter_finds(desk, reader, make_person, post, monkeypatch):
    for number in range(60):
        post(reader, f"Buy {number}")
    kept = post(make_person("Bo"), "A fair point")
    address = f"{LIST}?by=Ada+Reader"
    chosen = {"action": "hide_chosen", "select_across": "1", "_selected_action": ["1"]}
    page = text_of(desk.post(address, chosen))
    assert "Hide 60 comments" in page
    assert "and 40 more" in page
    assert 'name="select_across" value="1"' in page
    assert page.count("_selected_action") == 1
    monkeypatch.setattr("comments.admin.MOST_AT_ONCE", 59)
    refused = desk.post(address, {**chosen, "confirmed": "1", "own": "Spam"}, follow=True)
    assert "Nothing was done" in text_of(refused)
    assert not Comment.objects.filter(state="hidden").exists()
    monkeypatch.undo()
    desk.post(address, {**chosen, "confirmed": "1", "own": "Spam"})
    assert Comment.objects.filter(state="hidden").count() == 60
    kept.refresh_from_db()
    assert kept.is_visible


def test_the_branch_of_a_deep_comment_stays_short(desk, reader, post):
    parent = None
    for _ in range(60):
        parent = post(reader, "deeper", parent=parent)
    page = text_of(desk.get(f"{LIST}{parent.pk}/change/"))
    assert page.count("desk-comment level-") == 21


def test_a_title_that_was_never_published_is_not_listed(desk):
    hosting.open_discussion(title="Secret plans", url="/x/", readable_from=None)
    assert "Secret plans" not in text_of(desk.get("/admin/comments/discussion/"))


@pytest.mark.parametrize("query", ["by=%00", "on=%00", "state__exact=%00", "q=%00"])
def test_a_nul_in_the_address(desk, query):
    assert desk.get(f"{LIST}?{query}").status_code == 400


def test_close_and_reopen(desk, discussion):
    address = "/admin/comments/discussion/"
    chosen = {"_selected_action": [discussion.pk], "confirmed": "1", "own": "Good night"}
    asked = desk.post(address, {"_selected_action": [discussion.pk], "action": "close_chosen"})
    assert "Close 1 discussions" in text_of(asked)
    desk.post(address, {**chosen, "action": "close_chosen"})
    discussion.refresh_from_db()
    assert (discussion.is_open, discussion.closed_reason) == (False, "Good night")
    desk.post(address, {**chosen, "action": "reopen_chosen"})
    discussion.refresh_from_db()
    assert discussion.is_open


def test_suspend_and_lift(desk, reader):
    address = f"/admin/comments/moderationentry/suspend/{reader.pk}/"
    assert "Suspend Ada Reader" in text_of(desk.get(address))
    past = desk.post(address, {"act": "suspend", "until": "2020-01-01T10:00", "own": "Spam"})
    assert "still to come" in text_of(past)
    far = desk.post(address, {"act": "suspend", "until": "9999-12-31T23:59", "own": "Spam"})
    assert far.status_code == 200
    until = timezone.localtime(timezone.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M")
    for _ in range(2):  # a double click
        desk.post(address, {"act": "suspend", "until": until, "own": "Spam"})
    reader.refresh_from_db()
    assert reader.is_suspended()
    assert reader.suspension_reason == "Spam"
    for _ in range(2):
        desk.post(address, {"act": "lift", "own": "Promised to behave"})
    reader.refresh_from_db()
    assert not reader.is_suspended()
    log = text_of(desk.get("/admin/comments/moderationentry/"))
    assert "Suspended a person" in log
    assert "Lifted a suspension" in log


def test_nothing_here_can_be_added_or_deleted(desk, sign_in, make_person, reader, post):
    comment = post(reader)
    admin = sign_in(make_person(role="admin"))
    for client in (desk, admin):
        for address in (
            f"{LIST}add/", f"{LIST}{comment.pk}/delete/", "/admin/comments/discussion/add/",
            "/admin/comments/moderationentry/add/",
        ):  # fmt: skip
            assert client.get(address).status_code == 403, address
            assert client.post(address, {"post": "yes"}).status_code == 403, address
    assert Comment.objects.count() == 1


@pytest.mark.parametrize("role", [None, "reader", "editor"])
def test_without_the_right(role, sign_in, make_person, reader, post, discussion):
    client = sign_in(make_person(role=role)) if role else Client()
    comment = post(reader)
    posts = {
        f"{LIST}{comment.pk}/change/": {"own": "Me", "revision": 1},
        LIST: {"action": "hide_chosen", "_selected_action": [comment.pk], "confirmed": "1",
               "own": "Me"},
        f"/admin/comments/moderationentry/suspend/{reader.pk}/": {
            "act": "suspend", "until": "2030-01-01T10:00", "own": "Me",
        },
    }  # fmt: skip
    for address, data in posts.items():
        answer = client.post(address, data)
        if role is None:
            assert answer.status_code == 302
            assert "login" in answer["Location"]
        elif role == "reader":
            answer = client.post(address, data, follow=True)
            assert answer.status_code == 403, address
        else:
            # An action that is not offered is passed over: the list comes back as it was.
            assert answer.status_code in (200, 302, 403), address
    comment.refresh_from_db()
    reader.refresh_from_db()
    assert comment.is_visible
    assert not reader.is_suspended()
    assert not ModerationEntry.objects.exists()


def test_csrf(sign_in, moderator, reader, post):
    comment = post(reader)
    client = sign_in(moderator, enforce_csrf_checks=True)
    answer = client.post(f"{LIST}{comment.pk}/change/", {"own": "Forged", "revision": 1})
    assert answer.status_code == 403
    assert Comment.objects.get().is_visible


def test_signing_in_to_the_desk_goes_through_the_portals_own(reader, sign_in):
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=/admin/")
    assert sign_in(reader).get("/admin/", follow=True).status_code == 403
    evil = Client().get("/admin/login/?next=https://evil.example/")
    assert "evil" not in evil["Location"]


def test_comments_of_another_part_of_the_site(desk, sign_in, moderator, make_person, reader):
    other, mine = (
        posting.post_comment(
            by=reader, text=f"Words of {area}",
            discussion=hosting.open_discussion(
                title=area, url=f"/{area}/", readable_from=timezone.now(), area=area
            ),
        )
        for area in ("sport", "science")
    )  # fmt: skip
    Beat.objects.create(person=moderator, area="science")
    page = text_of(desk.get(LIST))
    assert "Words of science" in page
    assert "Words of sport" not in page
    assert desk.get(f"{LIST}{mine.pk}/change/").status_code == 200
    for answer in (
        desk.get(f"{LIST}{other.pk}/change/"),
        desk.post(f"{LIST}{other.pk}/change/", {"own": "Rude", "revision": 1}),
    ):
        assert answer.status_code == 404
        assert "Words of sport" not in text_of(answer)
    editor = sign_in(make_person(role="editor"))
    assert "Words of sport" in text_of(editor.get(LIST))
