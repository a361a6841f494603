"""The arranged front page: slots and rules, the clock, drafts, going live and coming back."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import arranging, front, listings, publishing, sections
from articles.models import Article, FrontArrangement, FrontRow
from comments import posting

LIST = "/admin/articles/frontarrangement/"
A_SECOND = timedelta(seconds=1)


def row(place="lead", **fields):
    empty = {
        "heading": "", "article": None, "starts": None, "until": None, "rule": "newest",
        "section": None, "count": 1,
    }  # fmt: skip
    return {"place": place, **empty, **fields}


@pytest.fixture
def arrange(db):
    """``arrange(row(...), ...)``: put live at once."""

    def make(*rows, live=True):
        arrangement = arranging.begin_arrangement(name="Today")
        arranging.set_rows(arrangement=arrangement, rows=list(rows))
        if live:
            assert arranging.put_live(arrangement=arrangement) is True
        return arrangement

    return make


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def science(db):
    return sections.open_section("Science")


@pytest.fixture
def discuss(make_person):
    poster = make_person()

    def make(article, comments):
        for _ in range(comments):
            posting.post_comment(by=poster, discussion=article.discussion, text="Words.")

    return make


def titles(teasers):
    return [teaser.title for teaser in teasers]


def shown(page):
    """All titles in the page's order."""
    return titles(page.all_teasers)


def test_without_an_arrangement_the_page_is_as_it_comes(make_article, discuss, arrange):
    for hours in range(20):
        discuss(make_article(hours_ago=hours + 1), hours % 3)
    now = timezone.now()
    assert front.front_page(now) == listings.front_page(now)
    arrange(row(), live=False)
    assert front.front_page(now) == listings.front_page(now)


def test_the_lead_is_pinned_until_its_hour_and_then_comes_by_rule(
    client, make_article, science, arrange
):
    pinned = make_article("Pinned", hours_ago=50)
    make_article("Newest of all", hours_ago=1)
    make_article("Newest of science", hours_ago=5, section=science)
    now = timezone.now()
    from_, until = now - timedelta(hours=2), now + timedelta(hours=2)
    arrange(row(article=pinned, starts=from_, until=until, rule="section", section=science))
    for moment, title in (
        (from_ - A_SECOND, "Newest of science"),
        (from_, "Pinned"),
        (until - A_SECOND, "Pinned"),
        (until, "Newest of science"),
    ):
        assert front.front_page(moment).lead.title == title, moment
    page = client.get("/").content.decode()
    assert re.search(r'class="lead-story">.*?>Pinned<', page, re.DOTALL)


def test_the_second_is_seen_with_a_warm_cache(client, make_article, arrange, monkeypatch):
    pinned = make_article("Pinned", hours_ago=50)
    make_article("Other", hours_ago=1)
    until = timezone.now() + timedelta(minutes=30)
    arrange(row(article=pinned, until=until))

    def lead(moment, etag=""):
        monkeypatch.setattr(timezone, "now", lambda: moment)
        answer = client.get("/", headers={"if-none-match": etag})
        if answer.status_code == 304:
            return None, etag
        told = re.search(
            r'class="lead-story">.*?dir="auto">(.*?)<', answer.content.decode(), re.DOTALL
        )
        return told[1], answer["ETag"]

    first, etag = lead(until - 2 * A_SECOND)
    assert first == "Pinned"
    assert lead(until - A_SECOND, etag) == (None, etag)
    second, _ = lead(until, etag)
    assert second == "Other"


def test_what_is_withdrawn_falls_through_to_the_rule(make_article, arrange):
    pinned = make_article("Pinned", hours_ago=50)
    later = make_article("Later", hours_ago=-1)
    make_article("Newest", hours_ago=1)
    make_article("Next", hours_ago=2)
    arrange(row(article=pinned), row("seconds", article=later), row("seconds", rule="newest"))
    assert shown(front.front_page()) == ["Pinned", "Newest", "Next"]
    moment = later.published_at
    assert shown(front.front_page(moment - A_SECOND)) == ["Pinned", "Newest", "Next"]
    assert shown(front.front_page(moment)) == ["Pinned", "Later", "Newest"]
    publishing.withdraw_article(article=pinned)
    assert shown(front.front_page()) == ["Newest", "Next"]


def test_no_article_stands_twice(make_article, science, arrange, discuss):
    for hours in range(1, 13):
        discuss(make_article(f"P{hours}", hours_ago=hours), hours % 4)
        make_article(f"S{hours}", hours_ago=hours, section=science)
    pinned = Article.objects.get(title="S1")
    arrange(
        row(),
        row("seconds", article=pinned, count=3),
        row("seconds", article=pinned, rule="nothing"),
        row("beside", count=5),
        row("block", rule="section", section=science, count=4),
        row("block", rule="discussed", count=4),
        row("block", rule="section", section=science, count=12),
    )
    page = front.front_page()
    found = shown(page)
    assert len(found) == len(set(found))
    # All of science, wherever its articles went.
    assert {f"S{hours}" for hours in range(1, 13)} <= set(found)
    # A pin is kept for its own row, though the rule of an earlier one would take it.
    assert page.lead.title == "P1"
    assert page.seconds[0].title == "S1"
    assert [strip.name for strip in page.sections] == ["Science", "Most discussed", "Science"]


def test_rules_draw_in_their_order(make_article, science, arrange, discuss):
    for title, comments, hours in (("Some", 1, 1), ("Many", 3, 2), ("Quiet", 0, 3)):
        discuss(make_article(title, hours_ago=hours), comments)
    for hours in (4, 6, 5):
        make_article(f"S{hours}", hours_ago=hours, section=science)
    arrange(
        row(article=Article.objects.get(title="Quiet")),
        row("seconds", rule="discussed", count=5),
        row("block", heading="From the lab", rule="section", section=science, count=1),
        row("block", heading="From the lab", article=Article.objects.get(title="S6")),
        row("beside", heading="Just in", article=Article.objects.get(title="S4"), rule="nothing"),
    )
    page = front.front_page()
    assert titles(page.seconds) == ["Many", "Some"]
    (block,) = page.sections
    assert (block.name, block.url) == ("From the lab", "/sections/science/")
    assert titles(block.teasers) == ["S5", "S6"]
    assert (page.latest_heading, page.latest_url, titles(page.latest)) == ("Just in", "", ["S4"])


def test_a_page_always_has_a_lead_while_anything_is_published(make_article, science, arrange):
    arrange(row(rule="section", section=science), row("seconds", rule="newest", count=2))
    assert front.front_page().lead is None
    make_article("One")
    page = front.front_page()
    assert (page.lead.title, page.seconds) == ("One", [])
    make_article("Two", hours_ago=3)
    make_article("Three", hours_ago=4)
    page = front.front_page()
    assert (page.lead.title, titles(page.seconds)) == ("Three", ["One", "Two"])


def test_the_same_queries_whatever_is_arranged(make_article, science, arrange, editor, discuss):
    def count():
        with CaptureQueriesContext(connection) as queries:
            front.front_page()
        return len(queries)

    for hours in range(3):
        discuss(make_article(hours_ago=hours + 1, authors=[editor]), 1)
    arrange(row())
    assert count() == 4
    for hours in range(30):
        discuss(make_article(hours_ago=hours + 1, authors=[editor], section=science), 1)
    parts = [sections.open_section(f"Section {number}") for number in range(10)]
    newest = list(Article.objects.newest_first()[:3])
    arrange(
        row(article=newest[0]),
        row("seconds", article=newest[1], count=5),
        row("beside", rule="discussed", count=6),
        *(row("block", rule="section", section=each, count=4) for each in (science, *parts)),
    )
    assert count() == 4
    assert len(front.front_page().all_teasers) == 16


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"place": "nowhere"}, "Choose a place"),
        ({"rule": "oldest"}, "Choose a place and a rule"),
        ({"count": 0}, "1 to 12"),
        ({"count": 13}, "1 to 12"),
        ({"heading": "x" * 61}, "at most 60"),
        ({"rule": "section"}, "of which section"),
        ({"rule": "nothing"}, "an article or a rule"),
        ({"until": timezone.now()}, "A time is for an article"),
    ],
)
def test_a_row_that_cannot_be_is_refused(arrange, wrong, why):
    with pytest.raises(publishing.ArticleError, match=f"Row 2: .*{why}"):
        arrange(row(), row() | wrong)


def test_too_much_is_refused(arrange, make_article):
    now = timezone.now()
    with pytest.raises(publishing.ArticleError, match="at most 16 rows"):
        arrange(*[row()] * 17)
    with pytest.raises(publishing.ArticleError, match="at most 60 articles"):
        arrange(*[row(count=12)] * 6)
    with pytest.raises(publishing.ArticleError, match="ends before"):
        arrange(row(article=make_article(), starts=now, until=now))
    with pytest.raises(publishing.ArticleError, match="what leads"):
        arrange(row("seconds"))
    for name in ("", " ", "x" * 61):
        with pytest.raises(publishing.ArticleError, match="Name it"):
            arranging.begin_arrangement(name=name)


def test_one_is_live_the_former_is_kept_and_comes_back(arrange, make_article, editor):
    make_article("Newest", hours_ago=1)
    old = make_article("Old", hours_ago=9)
    first = arrange(row(article=old))
    second = arranging.begin_arrangement(by=editor, name="Second", of=first)
    arranging.set_rows(by=editor, arrangement=second, rows=[row()])
    arranging.put_live(by=editor, arrangement=second)
    assert front.front_page().lead.title == "Newest"
    first.refresh_from_db()
    assert (first.state, first.ended_at is not None) == ("former", True)
    second.refresh_from_db()
    assert (second.state, second.live_by, second.made_by) == ("live", editor, editor)
    assert arranging.put_live(arrangement=second) is False
    assert arranging.former_arrangement() == first
    assert arranging.put_live(by=editor, arrangement=first) is True
    assert front.front_page().lead.title == "Old"
    assert arranging.former_arrangement() == second
    assert arranging.live_arrangement() == first
    assert arranging.clear_front(by=editor) is True
    assert arranging.clear_front(by=editor) is False
    assert front.front_page() == listings.front_page()
    # What readers have seen is not changed any more.
    with pytest.raises(publishing.ArticleError, match="Only a draft"):
        arranging.set_rows(arrangement=first, rows=[row()])


def test_what_goes_live_is_what_was_previewed(arrange):
    draft = arrange(row(), live=False)
    draft.refresh_from_db()
    seen = draft.version
    rows = [row(), row("seconds")]
    assert arranging.set_rows(arrangement=draft, rows=rows, seen_version=seen) is True
    assert arranging.set_rows(arrangement=draft, rows=rows) is False
    for act in (
        lambda: arranging.put_live(arrangement=draft, seen_version=seen),
        lambda: arranging.set_rows(arrangement=draft, rows=[row()], seen_version=seen),
    ):
        with pytest.raises(publishing.ArticleError, match="Somebody else"):
            act()
    assert arranging.live_arrangement() is None


@pytest.mark.django_db(transaction=True)
def test_of_many_who_go_live_at_once_one_is(make_person):
    drafts = []
    for number in range(6):
        draft = arranging.begin_arrangement(name=f"Draft {number}")
        arranging.set_rows(arrangement=draft, rows=[row()])
        drafts.append(draft)
    wrong = []

    def go(draft):
        try:
            arranging.put_live(arrangement=draft)
        except Exception as error:  # noqa: BLE001  told below, whatever it is
            wrong.append(error)
        finally:
            connection.close()

    threads = [Thread(target=go, args=(draft,)) for draft in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    states = list(FrontArrangement.objects.values_list("state", flat=True))
    assert sorted(states) == ["former"] * 5 + ["live"]


@pytest.mark.parametrize("role", ["reader", "moderator", "senior"])
def test_only_editors_arrange(client, sign_in, make_person, arrange, role):
    live, draft = arrange(row()), arrange(row(), live=False)
    by = make_person(role=role)
    for write in (
        lambda: arranging.begin_arrangement(by=by, name="X"),
        lambda: arranging.set_rows(by=by, arrangement=draft, rows=[row()]),
        lambda: arranging.put_live(by=by, arrangement=draft),
        lambda: arranging.clear_front(by=by),
    ):
        with pytest.raises(PermissionDenied):
            write()
    visitor = sign_in(by)
    for address in (LIST, f"{LIST}add/", f"{LIST}{draft.pk}/change/"):
        answer = visitor.get(address)
        answer = visitor.get(answer["Location"]) if answer.status_code == 302 else answer
        assert answer.status_code == 403, address
    for act in ("begin", "restore", "clear"):
        assert visitor.post(f"{LIST}act/{act}/").status_code in (302, 403)
    for anybody in (visitor, client):
        assert anybody.get(f"/front/preview/{draft.pk}/").status_code == 404
        posted = anybody.post(f"/front/preview/{draft.pk}/", {"seen_version": "1"})
        assert posted.status_code == 404
    live.refresh_from_db()
    assert live.state == "live"
    assert FrontArrangement.objects.count() == 2


def posted(*rows, name="Today", **fields):
    """The form of an arrangement as a browser sends it."""
    form = {
        "name": name,
        "seen_version": "",
        "rows-TOTAL_FORMS": len(rows),
        "rows-INITIAL_FORMS": 0,
    }
    for at, each in enumerate(rows):
        form |= {f"rows-{at}-{key}": value for key, value in each.items()}
    return form | fields


def typed(position=1, place="lead", rule="newest", count=1, **fields):
    return {"position": position, "place": place, "rule": rule, "count": count} | fields


def test_an_editor_arranges_previews_and_puts_it_live(desk, client, make_article, editor):
    pinned = make_article("Pinned", hours_ago=9)
    make_article("Newest", hours_ago=1)
    sent = posted(
        typed(2, "seconds", count=2),
        typed(1, article=pinned.pk, until_0="2999-01-01", until_1="18:00"),
        _preview="1",
    )
    before = client.get("/")
    answer = desk.post(f"{LIST}add/", sent)
    assert answer.status_code == 302, answer.content.decode()
    preview = answer["Location"]
    draft = FrontArrangement.objects.get()
    assert preview == f"/front/preview/{draft.pk}/"
    assert [each.place for each in draft.rows.all()] == ["lead", "seconds"]
    answer = desk.get(preview)
    page = answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "readers do not see it yet" in page
    assert re.search(r'class="lead-story">.*?>Pinned<', page, re.DOTALL)
    later = desk.get(preview, {"at": "2999-01-01T18:00"}).content.decode()
    assert re.search(r'class="lead-story">.*?>Newest<', later, re.DOTALL)
    # Meanwhile readers see what they saw.
    assert client.get("/", headers={"if-none-match": before["ETag"]}).status_code == 304
    version = re.search(r'name="seen_version" value="(\d+)"', page)[1]
    assert desk.post(preview, {"seen_version": version})["Location"] == "/"
    page = client.get("/", headers={"if-none-match": before["ETag"]}).content.decode()
    assert re.search(r'class="lead-story">.*?>Pinned<', page, re.DOTALL)
    assert "Preview" not in page
    draft.refresh_from_db()
    assert (draft.state, draft.live_by) == ("live", editor)
    assert "This is what readers see." in desk.get(preview).content.decode()


def test_a_draft_is_begun_from_the_live_one_and_the_former_put_back(
    desk, client, make_article, arrange
):
    make_article("Newest", hours_ago=1)
    first = arrange(row(article=make_article("Pinned", hours_ago=9)))
    change = desk.post(f"{LIST}act/begin/")["Location"]
    draft = FrontArrangement.objects.get(state="draft")
    assert change == f"{LIST}{draft.pk}/change/"
    there = draft.rows.get()
    sent = posted(
        typed(id=there.pk, arrangement=draft.pk, article=""),
        seen_version=draft.version,
        **{"rows-INITIAL_FORMS": 1},
    )
    assert desk.post(change, sent).status_code == 302
    again = desk.post(change, sent)
    assert "Somebody else has changed" in again.content.decode()
    draft.refresh_from_db()
    stale = desk.post(f"/front/preview/{draft.pk}/", {"seen_version": "1"})
    assert stale.status_code == 422
    assert "Somebody else has changed" in stale.content.decode()
    desk.post(f"/front/preview/{draft.pk}/", {"seen_version": draft.version})
    assert re.search(r'lead-story">.*?>Newest<', client.get("/").content.decode(), re.DOTALL)
    answer = desk.post(f"{LIST}act/restore/", follow=True)
    assert "The former front page is live again." in answer.content.decode()
    assert re.search(r'lead-story">.*?>Pinned<', client.get("/").content.decode(), re.DOTALL)
    # What was live is read, not changed.
    page = desk.get(f"{LIST}{first.pk}/change/").content.decode()
    assert 'name="rows-0-place"' not in page
    assert desk.post(f"{LIST}{first.pk}/change/", posted(typed())).status_code == 403
    answer = desk.post(f"{LIST}act/clear/", follow=True)
    assert "as it comes" in answer.content.decode()
    answer = desk.post(f"{LIST}act/clear/", follow=True)
    assert "nothing to do" in answer.content.decode()
    for act in ("begin", "restore", "clear"):
        assert desk.get(f"{LIST}act/{act}/").status_code == 405


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        (posted(typed(rule="section")), "of which section"),
        (posted(typed(count=0)), "greater than or equal to 1"),
        (posted(typed(count=13)), "less than or equal to 12"),
        (posted(typed(place="nowhere")), "not one of"),
        (posted(typed(article="999999")), "not one of"),
        (posted(typed(until_0="2026-01-01", until_1="x")), "valid"),
        (posted(typed(rule="nothing")), "an article or a rule"),
        (posted(typed(until_0="9999-12-31", until_1="23:00")), "Use a year"),
        (posted(*[typed(count=12)] * 6), "at most 60 articles"),
        (posted(typed(), name=""), "required"),
        (posted(typed(), name="x" * 61), "at most 60"),
        (posted(typed(), **{"rows-TOTAL_FORMS": "99999999"}), "at most 16"),
    ],
)
def test_a_refusal_is_said_in_the_form(desk, sent, said):
    answer = desk.post(f"{LIST}add/", sent)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not FrontArrangement.objects.exists()


def test_one_without_a_lead_is_not_put_live(desk, arrange):
    draft = arrange(row("seconds"), live=False)
    answer = desk.post(f"/front/preview/{draft.pk}/", {"seen_version": "2"})
    assert answer.status_code == 422
    assert "what leads" in answer.content.decode()
    assert not FrontArrangement.objects.filter(state="live").exists()


@pytest.mark.parametrize("at", ["x", "2026-13-01T10:00", "0001-01-01T00:00", "9999-12-31T23:59"])
def test_a_moment_that_is_none_is_not_there(desk, arrange, at):
    draft = arrange(row(), live=False)
    assert desk.get(f"/front/preview/{draft.pk}/", {"at": at}).status_code == 404


def test_what_is_not_there_cannot_be_previewed(desk, arrange):
    draft = arrange(row(), live=False)
    assert desk.get("/front/preview/999999/").status_code == 404
    for seen in ("", "x", "-1", "9" * 30):
        answer = desk.post(f"/front/preview/{draft.pk}/", {"seen_version": seen})
        assert answer.status_code == 404
    assert desk.put(f"/front/preview/{draft.pk}/").status_code == 405


def test_the_desk_asks_no_query_for_a_row(desk, arrange):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(LIST).status_code == 200
        return len(queries)

    for _ in range(3):
        arrange(row())
    count()
    few = count()
    for _ in range(27):
        arrange(row())
    assert count() == few
    assert FrontRow.objects.count() == 30
