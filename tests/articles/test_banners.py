"""The banner above every page: up in one act, down in one, to the second."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import banners, menu, publishing
from articles.models import Banner
from comments import posting

LIST = "/admin/articles/banner/"
A_SECOND = timedelta(seconds=1)
PAGES = ("/", "/latest/", "/sections/politics/", "/articles/rain/", "/corrections/")


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def rain(make_article):
    return make_article("Rain")


def banner_of(answer):
    found = re.search(
        r'<section class="banner" role="region" aria-label="Breaking news">(.*?)</section>',
        answer.content.decode(),
        re.DOTALL,
    )
    return found and found[1]


def test_it_stands_on_every_page_at_once_and_goes_at_once(client, rain, editor, reader, sign_in):
    comment = posting.post_comment(by=reader, discussion=rain.discussion, text="Wet.")
    pages = (*PAGES, f"/comments/{comment.pk}/", reader.get_absolute_url(), "/accounts/login/")
    etags = {page: client.get(page).get("ETag") for page in pages}
    banners.put_up_banner(by=editor, text="The <b>dam</b> holds", article=rain)
    for page, etag in etags.items():
        answer = client.get(page, headers={"if-none-match": etag or "x"})
        told = banner_of(answer)
        assert '<a href="/articles/rain/" dir="auto">The &lt;b&gt;dam&lt;/b&gt; holds</a>' in told
        assert "alert" not in told
        assert not answer.cookies or page == "/accounts/login/"
    assert "dam" in banner_of(sign_in(reader).get("/"))
    assert "dam" in banner_of(client.get("/nowhere/"))
    up = {page: client.get(page).get("ETag") for page in pages}
    assert banners.take_down_banners(by=editor) is True
    assert banners.take_down_banners(by=editor) is False
    for page, etag in up.items():
        answer = client.get(page, headers={"if-none-match": etag or "x"})
        assert answer.status_code == 200
        assert banner_of(answer) is None


def test_it_begins_and_ends_to_the_second_with_a_warm_cache(client, rain, monkeypatch):
    now = timezone.now()
    starts, until = now + timedelta(hours=1), now + timedelta(hours=2)
    banners.put_up_banner(text="Soon", starts=starts, until=until)
    etag = "x"
    for moment, stands in (
        (starts - A_SECOND, False),
        (starts, True),
        (until - A_SECOND, True),
        (until, False),
    ):
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        answer = client.get("/articles/rain/", headers={"if-none-match": etag})
        if answer.status_code == 200:
            etag, seen = answer["ETag"], banner_of(answer) is not None
        assert seen == stands, moment


def test_the_newest_is_seen_and_taking_down_leaves_none(client, rain, editor):
    now = timezone.now()
    banners.put_up_banner(text="First")
    banners.put_up_banner(text="Second")
    later = banners.put_up_banner(text="Later", starts=now + timedelta(hours=1))
    assert "Second" in banner_of(client.get("/"))
    banners.take_down_banners(by=editor)
    assert banner_of(client.get("/")) is None
    assert [each.text for each in banners.banners_up(now + timedelta(hours=2))] == ["Later"]
    assert banners.take_down_banner(by=editor, banner=later) is True
    assert banners.take_down_banner(by=editor, banner=later) is False
    assert not banners.banners_up(now + timedelta(hours=2))
    assert set(Banner.objects.values_list("taken_down_by", flat=True)) == {editor.pk}


def test_it_leads_to_nothing_that_readers_may_not_see(client, rain):
    banners.put_up_banner(text="The dam holds", article=rain)
    publishing.withdraw_article(article=rain)
    told = banner_of(client.get("/"))
    assert "The dam holds" in told
    assert "rain" not in told


def test_it_costs_a_query_only_while_it_is_up(client, rain):
    def count(page):
        with CaptureQueriesContext(connection) as queries:
            assert client.get(page).status_code == 200
        return len(queries)

    for page in PAGES:
        count(page)
    without = {page: count(page) for page in PAGES}
    made = banners.put_up_banner(text="The dam holds", article=rain)
    for page in PAGES:
        count(page)
    assert {page: count(page) for page in PAGES} == {page: n + 1 for page, n in without.items()}
    banners.take_down_banner(banner=made)
    for page in PAGES:
        count(page)
    assert {page: count(page) for page in PAGES} == without


def test_without_saying_until_when_it_stands_some_hours(rain):
    made = banners.put_up_banner(text="  The\n dam\u0007 holds ")
    assert made.text == "The dam holds"
    assert made.until - made.starts == timedelta(hours=banners.DEFAULT_HOURS)


def test_what_is_no_banner_is_refused(db):
    now, hour = timezone.now(), timedelta(hours=1)
    for fields, why in (
        ({"text": " "}, "1 to 140"),
        ({"text": "x" * 141}, "1 to 140"),
        ({"starts": now - 2 * hour, "until": now - hour}, "over before"),
        ({"starts": now + hour, "until": now + hour}, "over before"),
        ({"starts": now + 367 * 24 * hour}, "within a year"),
        ({"until": now + 73 * hour}, "at most 72"),
    ):
        with pytest.raises(publishing.ArticleError, match=why):
            banners.put_up_banner(**{"text": "The dam holds"} | fields)
    assert not Banner.objects.exists()


@pytest.mark.parametrize("role", ["reader", "moderator", "senior"])
def test_only_editors_put_it_up_and_down(sign_in, make_person, rain, role):
    by, made = make_person(role=role), banners.put_up_banner(text="The dam holds")
    for write in (
        lambda: banners.put_up_banner(by=by, text="X"),
        lambda: banners.take_down_banners(by=by),
        lambda: banners.take_down_banner(by=by, banner=made),
    ):
        with pytest.raises(PermissionDenied):
            write()
    client = sign_in(by)
    for address in (LIST, f"{LIST}add/", f"{LIST}{made.pk}/change/"):
        answer = client.get(address)
        answer = client.get(answer["Location"]) if answer.status_code == 302 else answer
        assert answer.status_code == 403, address
    client.post(f"{LIST}add/", {"text": "Mine"})
    client.post(f"{LIST}act/down/")
    client.post(LIST, {"action": "take_down_chosen", "_selected_action": made.pk})
    assert [each.text for each in banners.banners_up()] == ["The dam holds"]


def filled(**fields):
    times = {"starts_0": "", "starts_1": "", "until_0": "", "until_1": ""}
    return {"text": "The dam holds", "article": ""} | times | fields


def test_an_editor_puts_it_up_and_takes_it_down_in_one_act_each(desk, client, rain, editor):
    assert desk.post(f"{LIST}add/", filled(article=rain.pk))["Location"] == LIST
    assert "The dam holds" in banner_of(client.get("/"))
    made = Banner.objects.get()
    assert made.put_up_by == editor
    page = desk.get(LIST).content.decode()
    assert "put up by Edith Column" in page
    assert desk.post(f"{LIST}{made.pk}/change/", filled(text="Other")).status_code == 403
    assert desk.post(f"{LIST}{made.pk}/delete/", {"post": "yes"}).status_code == 403
    answer = desk.post(f"{LIST}act/down/", follow=True)
    assert "The banner is taken down." in answer.content.decode()
    assert banner_of(client.get("/")) is None
    assert "nothing to do" in desk.post(f"{LIST}act/down/", follow=True).content.decode()
    assert desk.get(f"{LIST}act/down/").status_code == 405
    desk.post(f"{LIST}add/", filled())
    chosen = [each.pk for each in Banner.objects.all()]
    sent = {"action": "take_down_chosen", "_selected_action": chosen}
    assert "Taken down: 1 of 2" in desk.post(LIST, sent, follow=True).content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"text": ""}, "required"),
        ({"text": "x" * 141}, "at most 140"),
        ({"article": "999999"}, "not one of"),
        ({"until_0": "2001-01-01", "until_1": "10:00"}, "over before"),
        ({"until_0": "2999-01-01", "until_1": "10:00"}, "at most 72 hours"),
        ({"until_0": "x", "until_1": "y"}, "valid"),
        ({"starts_0": "9999-12-31", "starts_1": "23:00"}, "within a year"),
    ],
)
def test_a_refusal_is_said_in_the_form(desk, fields, said):
    answer = desk.post(f"{LIST}add/", filled(**fields))
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Banner.objects.exists()


def test_one_found_too_late_is_told(desk, monkeypatch):
    def refuse(**_):
        raise publishing.ArticleError("It would be over before it began.")

    monkeypatch.setattr(banners, "put_up_banner", refuse)
    answer = desk.post(f"{LIST}add/", filled(), follow=True)
    assert "over before it began" in answer.content.decode()


def test_a_portal_without_a_section_has_its_pages(client, db):
    banners.put_up_banner(text="The dam holds")
    assert client.get("/").status_code == 200
    assert menu.banners_at(timezone.now()).count() == 1
