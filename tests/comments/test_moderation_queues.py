"""The moderation desk over HTTP: queues, taking, deciding, undoing, and who may do which."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from comments import appeals, hosting, moderation, posting, queues, reporting, rules, sanctions
from comments.models import (
    Beat,
    Case,
    Comment,
    Discussion,
    HeldComment,
    ModerationEntry,
    Policy,
    Report,
)

DESK = "/admin/moderation/"
QUEUE = f"{DESK}queue/"
DECIDE = f"{DESK}decide/"


@pytest.fixture
def admin(make_person):
    return make_person("Ad Min", role="admin")


@pytest.fixture
def newcomers_wait(admin):
    rules.save_rule(by=admin, rule=Policy(area="", newcomer_holds=100))


@pytest.fixture
def anna(make_person):
    return make_person("Anna", role="moderator")


@pytest.fixture
def desk(sign_in, moderator):
    client = sign_in(moderator)
    client.get("/admin/")  # the visit that notes their presence
    return client


@pytest.fixture
def in_area(db):
    """``in_area("science")``: a discussion of that part of the site."""

    def make(area):
        return hosting.open_discussion(
            title=f"A page of {area}", url=f"/{area}/1/", readable_from=timezone.now(), area=area
        )

    return make


@pytest.fixture
def hold(make_person, discussion, newcomers_wait):
    """``hold("words")``: a comment that waits, by a newcomer; ``where`` is its discussion."""

    def make(text="Words that wait.", by=None, where=None, parent=None):
        held = posting.post_comment(
            by=by or make_person(), discussion=where or discussion, parent=parent, text=text
        )
        assert isinstance(held, HeldComment)
        return held

    return make


def report(comment, by, reason="attack", note=""):
    return reporting.report(by=by, comment=comment, reason=reason, note=note)


def text_of(response):
    return response.content.decode()


def pick_of(case):
    revision = case.comment.revision if case.comment_id else 0
    return f"c{case.pk}.{revision}"


def case_of(held):
    return Case.objects.get(held_id=held.pk)


def shown_in(page):
    return re.findall(r'<article class="desk-entry[^"]*" id="([cn]\d+)"', page)


# --- The queues ---


def test_a_held_comment_is_shown_with_what_it_waits_for(desk, hold, admin, discussion, make_person):
    parent = posting.post_comment(by=admin, discussion=discussion, text="What I said")
    rules.save_rule(by=admin, rule=_word("kettle"))
    hold("Buy a <b>kettle</b> here", by=make_person("Ben"), parent=parent)
    page = text_of(desk.get(f"{QUEUE}held/"))
    assert "Comment by Ben" in page
    assert 'Buy a &lt;b&gt;<mark title="watched: kettle">kettle</mark>&lt;/b&gt; here' in page
    assert "<code>kettle</code>" in page
    assert "What I said" in page
    assert discussion.title in page
    assert "Newcomer, here since today" in page


def _word(text):
    from comments.models import WatchedWord

    return WatchedWord(text=text, verdict="hold")


def test_nobody_sees_who_reported(desk, post, reader, make_person):
    comment = post(reader, "Rude words")
    report(comment, make_person("Secret Informer"), note="Look at this")
    case = Case.objects.get()
    for address in (f"{QUEUE}reported/", f"{DESK}{case.pk}/"):
        page = text_of(desk.get(address))
        assert "Look at this" in page
        assert "It attacks somebody" in page
        assert "1 open report, which weigh 1 together" in page
        assert "Secret Informer" not in page


def test_the_queues_and_their_counts(desk, hold, post, make_person, admin):
    for _ in range(3):
        hold()
    comment = post(admin, "Mine")
    report(comment, make_person())
    page = text_of(desk.get(f"{QUEUE}held/"))
    counts = re.findall(r'([A-Z][a-z ]+) <span class="desk-count">([\d,+]+)<', page)
    assert counts == [("Held", "3"), ("Reported", "1"), ("Hidden by reports", "0")]
    assert text_of(desk.get("/admin/")).count("4 waiting for a decision") == 1
    assert desk.get(DESK)["Location"] == f"{QUEUE}held/"


def test_counts_end_somewhere(desk, hold, monkeypatch):
    monkeypatch.setattr(queues, "COUNTED_UP_TO", 2)
    for _ in range(4):
        hold()
    assert '<span class="desk-count">2+</span>' in text_of(desk.get(f"{QUEUE}held/"))


@pytest.mark.parametrize("queue", ["held", "reported", "new"])
def test_the_same_queries_for_3_and_30(queue, desk, hold, admin, make_person, discussion):
    root = posting.post_comment(by=admin, discussion=discussion, text="Root")
    desk.get(f"{QUEUE}{queue}/")
    counted = []
    for size in (3, 30):
        for _ in range(size):
            person = make_person()
            if queue == "held":
                hold(by=person, parent=root)
                continue
            held = hold(by=person, parent=root)
            comment = moderation.approve(by=admin, held=held)
            if queue == "reported":
                report(comment, make_person())
        with CaptureQueriesContext(connection) as queries:
            page = text_of(desk.get(f"{QUEUE}{queue}/"))
        assert len(shown_in(page)) == (min(size + 3, 25) if size == 30 else size + (queue == "new"))
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] < 25


def test_pages_reach_all_the_oldest_first(desk, hold):
    expected = [f"c{case_of(hold()).pk}" for _ in range(57)]
    seen, address = [], f"{QUEUE}held/"
    while address:
        page = text_of(desk.get(address))
        seen += shown_in(page)
        following = re.search(r'rel="next" href="(\?[^"]+)"', page)
        address = following and f"{QUEUE}held/{following[1]}".replace("&amp;", "&")
    assert seen == expected


def test_pages_of_all_parts_of_a_beat_are_in_one_order(
    sign_in, moderator, hold, in_area, discussion
):
    science, sport = in_area("science"), in_area("sport")
    for area in ("science", "sport"):
        Beat.objects.create(person=moderator, area=area)
    desk = sign_in(moderator)
    mine = []
    for number in range(40):
        where = (science, sport, discussion)[number % 3]
        case = case_of(hold(where=where))
        if where is not discussion:
            mine.append(f"c{case.pk}")
    page = text_of(desk.get(f"{QUEUE}held/"))
    assert shown_in(page) == mine[:25]
    following = re.search(r'rel="next" href="(\?[^"]+)"', page)[1]
    assert shown_in(text_of(desk.get(f"{QUEUE}held/{following}"))) == mine[25:]
    assert f'<span class="desk-count">{len(mine)}</span>' in page


def test_the_newest_come_first(desk, post, reader, make_person):
    comments = [post(reader, f"Words {number}") for number in range(30)]
    page = text_of(desk.get(f"{QUEUE}new/"))
    assert shown_in(page) == [f"n{each.pk}" for each in reversed(comments[5:])]
    following = re.search(r'rel="next" href="(\?[^"]+)"', page)[1]
    rest = shown_in(text_of(desk.get(f"{QUEUE}new/{following}")))
    assert rest == [f"n{each.pk}" for each in reversed(comments[:5])]
    moderation_data = {
        "pick": f"n{comments[0].pk}.1", "act": "hide", "own": "Rude", "back": f"{QUEUE}new/"
    }  # fmt: skip
    desk.post(DECIDE, moderation_data)
    comments[0].refresh_from_db()
    assert comments[0].state == "hidden"


def test_filters(desk, hold, in_area, make_person):
    ben = make_person("Ben O'Neill")
    first = case_of(hold(by=ben))
    second = case_of(hold(where=in_area("science"), by=ben))
    third = case_of(hold(where=Case.objects.get(pk=second.pk).discussion))
    for query, found in {
        "": [first, second, third],
        "?by=Ben+O%27Neill": [first, second],
        "?area=science": [second, third],
        "?area=science&by=Ben+O%27Neill": [second],
        "?area=nowhere": [],
        "?by=nobody": [],
        f"?from={first.pk}": [second, third],
        "?from=x": [first, second, third],
        f"?from={9**30}": [first, second, third],
    }.items():
        page = text_of(desk.get(f"{QUEUE}held/{query}"))
        assert shown_in(page) == [f"c{case.pk}" for case in found], query
    assert "Nothing here fits the filter" in text_of(desk.get(f"{QUEUE}held/?by=nobody"))


# --- Taking ---


def test_two_do_not_take_the_same(moderator, anna, hold):
    case = case_of(hold())
    assert queues.take(moderator, case)
    assert queues.take(moderator, case)
    with pytest.raises(queues.TakenError, match="Mo Derate is working"):
        queues.take(anna, case)
    assert not queues.release(anna, case)
    assert queues.release(moderator, case)
    assert queues.take(anna, case)


def test_what_was_taken_is_free_again_after_a_while(moderator, anna, hold):
    case = case_of(hold())
    queues.take(moderator, case)
    Case.objects.update(taken_until=timezone.now() - timedelta(seconds=1))
    assert queues.take(anna, case)
    assert Case.objects.get().taken_by == anna


def test_what_is_decided_cannot_be_taken(moderator, anna, hold):
    held = hold()
    moderation.approve(by=anna, held=held)
    assert queues.take(moderator, case_of(held)) is False


def test_an_entry_that_somebody_works_on(desk, sign_in, anna, hold):
    held = hold()
    case = case_of(held)
    assert "Back without deciding" in text_of(sign_in(anna).get(f"{DESK}{case.pk}/"))
    for address in (f"{QUEUE}held/", f"{DESK}{case.pk}/"):
        page = text_of(desk.get(address))
        assert "Anna is working on this." in page
        assert f'value="{pick_of(case)}"' not in page
    answer = desk.post(DECIDE, {"pick": pick_of(case), "act": "keep"}, follow=True)
    assert "Anna is working on this. Nothing was done" in text_of(answer)
    held.refresh_from_db()
    assert held.state == "waiting"
    sign_in(anna).post(f"{DESK}{case.pk}/release/")
    desk.post(DECIDE, {"pick": pick_of(case), "act": "keep"})
    held.refresh_from_db()
    assert held.state == "approved"


# --- Deciding ---


def test_approving_goes_back_to_the_next(desk, hold):
    first, second = hold("First"), hold("Second")
    then = f"c{case_of(second).pk}"
    data = {"pick": pick_of(case_of(first)), "act": "keep", "then": then}
    answer = desk.post(DECIDE, {**data, "back": f"{QUEUE}held/?by=x"})
    assert answer["Location"] == f"{QUEUE}held/?by=x#{then}"
    assert Comment.objects.get().text == "First"
    page = text_of(desk.get(f"{QUEUE}held/"))
    assert "The comment was approved: it can be read now." in page
    assert "Your last act: Approved a comment." in page


@pytest.mark.parametrize(
    "back",
    ["https://evil.example/", "//evil.example/admin/moderation/", "/admin/users/", ""],
)
def test_the_way_back_leads_nowhere_else(back, desk, hold):
    data = {"pick": pick_of(case_of(hold())), "act": "keep", "back": back, "then": "x y"}
    assert desk.post(DECIDE, data)["Location"] == DESK


def test_rejecting_wants_a_reason(desk, hold):
    held = hold()
    data = {"pick": pick_of(case_of(held)), "act": "hide", "back": f"{QUEUE}held/"}
    assert "Say why" in text_of(desk.post(DECIDE, data, follow=True))
    held.refresh_from_db()
    assert held.state == "waiting"
    desk.post(DECIDE, {**data, "canned": "Advertising", "own": "kettles"})
    held.refresh_from_db()
    assert (held.state, held.reason) == ("rejected", "Advertising: kettles")


def test_a_canned_reason_brings_its_rule(desk, hold, admin):
    from comments.models import CannedReason

    rules.save_rule(by=admin, rule=CannedReason(text="Shouting", rule="Rule 4"))
    data = {"pick": pick_of(case_of(hold())), "act": "hide", "canned": "Shouting"}
    desk.post(DECIDE, data)
    assert ModerationEntry.objects.get(act="reject").rule == "Rule 4"


def test_reported_comments_are_kept_and_hidden(desk, post, admin, make_person):
    kept, hidden = post(admin, "Fine words"), post(admin, "Rude words")
    for comment in (kept, hidden):
        report(comment, make_person())
    for comment, data in ((kept, {"act": "keep"}), (hidden, {"act": "hide", "own": "Rude"})):
        desk.post(DECIDE, {"pick": pick_of(Case.objects.get(comment=comment)), **data})
        comment.refresh_from_db()
    assert (kept.state, hidden.state) == ("visible", "hidden")
    outcomes = Report.objects.order_by("pk").values_list("outcome", flat=True)
    assert list(outcomes) == ["dismissed", "upheld"]
    assert not Case.objects.filter(is_open=True).exists()


def test_what_its_author_withdrew_meanwhile(desk, post, reader, make_person):
    comment = post(reader, "Rude words")
    report(comment, make_person())
    posting.withdraw_comment(by=reader, comment=comment)
    assert "Rude words" not in text_of(desk.get(f"{QUEUE}reported/"))
    case = Case.objects.get()
    hidden = {"pick": pick_of(case), "act": "hide", "own": "Rude"}
    answer = text_of(desk.post(DECIDE, hidden, follow=True))
    assert "decided meanwhile. Ada Reader: withdrew their comment." in answer
    assert not Case.objects.get().is_open
    assert Comment.objects.get().state == "withdrawn"


def test_a_decision_on_an_older_revision_says_so(desk, post, reader, make_person):
    comment = post(reader, "Rude words")
    report(comment, make_person())
    pick = pick_of(Case.objects.get())
    posting.edit_comment(by=reader, comment=comment, text="Kind words", seen_revision=1)
    answer = desk.post(DECIDE, {"pick": pick, "act": "hide", "own": "Rude"}, follow=True)
    assert "The comment was changed after you opened the page" in text_of(answer)
    assert Comment.objects.get(pk=comment.pk).is_visible
    assert Case.objects.get().is_open


def test_a_decision_after_somebody_elses_says_so(desk, hold, anna):
    held = hold()
    case = case_of(held)
    pick = pick_of(case)
    moderation.reject(by=anna, held=held, reason="Advertising")
    answer = text_of(desk.post(DECIDE, {"pick": pick, "act": "keep"}, follow=True))
    assert "decided meanwhile. Anna: rejected a comment: Advertising." in answer
    assert "decided meanwhile. Anna" in text_of(desk.get(f"{DESK}{case.pk}/"))
    assert not Comment.objects.exists()


def test_several_are_asked_about_first(desk, hold):
    rows = [hold(f"Words {number}") for number in range(3)]
    picks = [pick_of(case_of(each)) for each in rows]
    asked = text_of(desk.post(DECIDE, {"pick": picks, "act": "hide", "ask": "1"}))
    assert "Reject 3 comments?" in asked
    assert "Words 2" in asked
    assert HeldComment.objects.filter(state="waiting").count() == 3
    refused = text_of(desk.post(DECIDE, {"pick": picks, "act": "hide", "confirmed": "1"}))
    assert "Say why" in refused
    desk.post(DECIDE, {"pick": picks, "act": "hide", "confirmed": "1", "own": "Spam"})
    assert HeldComment.objects.filter(state="rejected").count() == 3
    page = text_of(desk.get(f"{QUEUE}held/"))
    assert "3 comments were rejected." in page
    assert "Your last act: Rejected a comment (3 at once)." in page
    batch = re.search(r'name="batch" value="([^"]+)"', page)[1]
    desk.post(f"{DESK}undo/", {"batch": batch})
    assert HeldComment.objects.filter(state="waiting").count() == 3
    page = text_of(desk.get(f"{QUEUE}held/"))
    assert "All 3 were taken back." in page
    assert "Your last act" not in page
    again = text_of(desk.post(f"{DESK}undo/", {"batch": batch}, follow=True))
    assert "taken back already" in again


def test_nothing_selected(desk, hold):
    hold()
    answer = desk.post(DECIDE, {"act": "keep", "ask": "1", "pick": "nonsense"}, follow=True)
    assert "Nothing is selected" in text_of(answer)


def test_undo_of_what_is_no_batch(desk):
    assert desk.post(f"{DESK}undo/", {"batch": "x"}).status_code == 404


# --- One entry ---


def test_an_entry_with_its_branch_and_its_author(desk, post, reader, make_person, moderator):
    root = post(make_person(), "The question")
    comment = post(reader, "A rude answer", parent=root)
    post(make_person(), "The answer to that", parent=comment)
    sanctions.warn(by=moderator, person=reader, reason="Mind your words")
    report(comment, make_person())
    case = Case.objects.get()
    page = text_of(desk.get(f"{DESK}{case.pk}/"))
    for words in (
        "The question", "A rude answer", "The answer to that", "Warned a person",
        "Mind your words", "Comments that stand",
        f"/admin/comments/moderationentry/suspend/{reader.pk}/",
    ):  # fmt: skip
        assert words in page, words
    answer = desk.post(f"{DESK}{case.pk}/note/", {"text": "Promised to behave"}, follow=True)
    assert "Promised to behave" in text_of(answer)
    assert "no words" in text_of(desk.post(f"{DESK}{case.pk}/note/", {"text": " "}, follow=True))


def test_an_entry_takes_the_same_queries_for_few_and_many(desk, post, reader, make_person):
    comment = post(reader, "Rude")
    report(comment, make_person())
    case = Case.objects.get()
    desk.get(f"{DESK}{case.pk}/")
    counted = []
    for size in (1, 30):
        for _ in range(size):
            post(make_person(), parent=comment)
            post(reader)
        with CaptureQueriesContext(connection) as queries:
            desk.get(f"{DESK}{case.pk}/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_appeals(desk, sign_in, make_person, post, reader, moderator):
    comment = post(reader, "Not that rude")
    moderation.hide(by=moderator, comment=comment, reason="Rude")
    entry = ModerationEntry.objects.get(act="hide")
    appeals.appeal(by=reader, entry=entry, text="It was a quotation")
    case = Case.objects.get(queue="appeal")
    # Whoever is no senior moderator has no such queue.
    assert "Appeals" not in text_of(desk.get(f"{QUEUE}held/"))
    for address in (f"{QUEUE}appeal/", f"{DESK}{case.pk}/"):
        assert desk.get(address).status_code == 403
    assert desk.post(DECIDE, {"pick": pick_of(case), "act": "keep"}).status_code == 403
    senior = sign_in(make_person("Sen Ior", role="senior"))
    page = text_of(senior.get(f"{QUEUE}appeal/"))
    assert "It was a quotation" in page
    assert "Against: Hid a comment, by Mo Derate: Rude" in page
    assert "Not that rude" in page
    silent = senior.post(DECIDE, {"pick": pick_of(case), "act": "keep"}, follow=True)
    assert "Answer the appeal" in text_of(silent)
    done = senior.post(
        DECIDE, {"pick": pick_of(case), "act": "keep", "own": "You are right"}, follow=True
    )
    assert "The appeal was granted" in text_of(done)
    comment.refresh_from_db()
    assert comment.is_visible


# --- Rights ---


@pytest.mark.parametrize(
    ("role", "beat", "status"),
    [
        (None, None, 302),
        ("reader", None, 302),
        ("editor", None, 403),
        ("moderator", None, 200),
        ("moderator", "science", 200),
        ("moderator", "sport", 403),
        ("senior", None, 200),
        ("senior", "sport", 403),
        ("admin", None, 200),
        ("admin", "sport", 200),
    ],
)
def test_rights(role, beat, status, sign_in, make_person, hold, in_area):
    person = make_person("Some Body", role=role) if role else None
    if beat:
        Beat.objects.create(person=person, area=beat)
    client = sign_in(person) if person else Client()
    held = hold(where=in_area("science"))
    case = case_of(held)
    pick = pick_of(case)
    assert client.get(f"{DESK}{case.pk}/").status_code == status
    listed = client.get(f"{QUEUE}held/")
    # Who looks after another part has a desk, on which this is not.
    assert listed.status_code == (200 if beat and status == 403 else status)
    assert (f"c{case.pk}" in shown_in(text_of(listed))) is (status == 200)
    done = 302 if status == 200 else status
    for address, data in (
        (f"{DESK}{case.pk}/note/", {"text": "Note"}),
        (f"{DESK}{case.pk}/release/", {}),
        (DECIDE, {"pick": [pick, pick], "act": "hide", "confirmed": "1", "own": "No"}),
    ):
        assert client.post(address, data).status_code == done, address
    held.refresh_from_db()
    assert held.state == ("rejected" if status == 200 else "waiting")
    if status == 200:
        batch = ModerationEntry.objects.get(act="reject").batch
        client.post(f"{DESK}undo/", {"batch": batch})
        client.post(DECIDE, {"pick": pick, "act": "keep"})
        held.refresh_from_db()
        assert held.state == "approved"


def test_another_part_of_the_site_is_refused_by_the_reads_too(moderator, hold, in_area, reader):
    case = case_of(hold(where=in_area("science")))
    Beat.objects.create(person=moderator, area="sport")
    with pytest.raises(PermissionDenied):
        queues.take(moderator, case)
    with pytest.raises(PermissionDenied):
        queues.queue_page(reader, "held")
    with pytest.raises(PermissionDenied):
        queues.new_page(reader)


def test_only_posts_act_and_with_their_token(sign_in, moderator, hold):
    case = case_of(hold())
    client = sign_in(moderator, enforce_csrf_checks=True)
    assert client.post(DECIDE, {"pick": pick_of(case), "act": "keep"}).status_code == 403
    assert client.get(DECIDE).status_code == 405
    assert client.get(f"{QUEUE}nowhere/").status_code == 404
    assert client.get(f"{DESK}999999/").status_code == 404


def test_new_comments_of_another_part_are_neither_shown_nor_decided(
    sign_in, moderator, in_area, reader
):
    here, there = in_area("science"), in_area("sport")
    mine, other = (
        posting.post_comment(by=reader, discussion=each, text="Words") for each in (here, there)
    )
    Beat.objects.create(person=moderator, area="science")
    desk = sign_in(moderator)
    assert shown_in(text_of(desk.get(f"{QUEUE}new/"))) == [f"n{mine.pk}"]
    assert shown_in(text_of(desk.get(f"{QUEUE}new/?area=sport"))) == []
    for comment, status in ((mine, 302), (other, 403)):
        data = {"pick": f"n{comment.pk}.1", "act": "hide", "own": "Rude"}
        assert desk.post(DECIDE, data).status_code == status
        comment.refresh_from_db()
        assert comment.is_visible is (status == 403)


def test_what_another_part_says_is_not_read_by_asking(sign_in, moderator, in_area, reader):
    comment = posting.post_comment(by=reader, discussion=in_area("sport"), text="Kettlewords")
    Beat.objects.create(person=moderator, area="science")
    data = {"pick": f"n{comment.pk}.1", "act": "hide", "ask": "1"}
    answer = sign_in(moderator).post(DECIDE, data)
    assert answer.status_code == 403
    assert "Kettlewords" not in text_of(answer)


def test_ones_own_are_decided_by_somebody_else(sign_in, make_person, anna, hold, admin):
    moderator = make_person("Not Yet")
    case = case_of(hold(by=moderator))
    membership.change_role(by=admin, person=moderator, role="moderator")
    desk = sign_in(moderator)
    pick = f'value="{pick_of(case)}"'
    for address in (f"{QUEUE}held/", f"{DESK}{case.pk}/"):
        page = text_of(desk.get(address))
        assert "You wrote this comment: somebody else decides it." in page
        assert pick not in page
        assert pick in text_of(sign_in(anna).get(address))
        case.refresh_from_db()
        # Looking at it keeps nobody else from it.
        assert case.taken_by != moderator
    data = {"pick": pick_of(case), "act": "keep"}
    queues.release(anna, case)
    assert desk.post(DECIDE, data).status_code == 403
    assert sign_in(anna).post(DECIDE, data).status_code == 302
    comment = Comment.objects.get()
    page = text_of(desk.get(f"/admin/comments/comment/{comment.pk}/change/"))
    assert "You wrote this comment: somebody else decides it." in page
    assert 'value="Hide"' not in page
    data = {"own": "Rude", "revision": comment.revision}
    address = f"/admin/comments/comment/{comment.pk}/change/"
    assert desk.post(address, data).status_code == 403


def test_what_waits_follows_its_page_to_another_part(hold, in_area, reader, make_person):
    place = in_area("science")
    comment = moderation.approve(by=make_person(role="admin"), held=hold(where=place))
    reporting.report(by=reader, comment=comment, reason="attack")
    hold(where=place)
    former, latter = (make_person(role="moderator") for _ in range(2))
    Beat.objects.create(person=former, area="science")
    Beat.objects.create(person=latter, area="sport")
    place = Discussion.objects.get(pk=place.pk)
    hosting.follow_page(
        place, title=place.title, url=place.url, readable_from=place.readable_from, area="sport"
    )
    assert [number for _, _, number in queues.counts(former)] == ["0", "0", "0"]
    assert [number for _, _, number in queues.counts(latter)] == ["1", "1", "0"]
    # What was decided stays where it was decided.
    assert Case.objects.get(is_open=False).area == "science"
