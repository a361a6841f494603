"""What is new to somebody: marked, counted and listed; and the order that they like."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments import moderation, posting, threads, visits
from comments.models import Comment, Discussion, Visit

ARTICLE = "/articles/the-bridge-opens/"
NEW = re.compile(r'<article class="comment is-unread[^"]*" id="c(\d+)"')


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def other(make_person):
    return make_person("Bo Other")


def text_of(client, address=ARTICLE):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def new_on(page):
    return {int(pk) for pk in NEW.findall(page)}


def note_visit(person, discussion, now=None):
    """As a page does that was made just before."""
    visits.note_visit(person, discussion, visits.visit_of(person, discussion), now)


def come_back_later():
    """The reader's visits ended an hour ago."""
    for visit in Visit.objects.all():
        Visit.objects.filter(pk=visit.pk).update(at=visit.at - timedelta(hours=1))


def test_what_came_since_the_last_visit(reader, other, sign_in, post):
    root = post(other, "Before")
    client = sign_in(reader)
    first = text_of(client)
    assert not new_on(first)
    assert "since your last visit" not in first
    come_back_later()
    reply, thread = post(other, "A reply", parent=root), post(other, "A thread")
    page = text_of(client)
    assert new_on(page) == {reply.pk, thread.pk}
    assert "2 new comments since your last visit" in page
    assert re.search(rf'id="r{root.pk}" open><summary>1 reply <span class="new-mark">1 new<', page)
    (way,) = re.findall(r'<p class="unread-note"><a href="([^"]+)"', page)
    listed = re.findall(r'<article class="comment[^"]*" id="c(\d+)"', text_of(client, way))
    assert listed == [str(reply.pk), str(thread.pk)]
    # As long as the visit lasts, on every page; the next one begins where it ended.
    assert new_on(text_of(client)) == {reply.pk, thread.pk}
    assert new_on(text_of(client, f"/comments/{root.pk}/thread/")) == {reply.pk}
    come_back_later()
    assert not new_on(text_of(client))


def test_nothing_is_new_to_who_is_not_signed_in(reader, sign_in, other, post):
    post(other)
    sign_in(reader).get(ARTICLE)
    come_back_later()
    post(other)
    page = text_of(Client())
    assert not new_on(page)
    assert "since your last visit" not in page
    assert Visit.objects.count() == 1


def test_ones_own_comments_are_not_new(reader, other, sign_in, post):
    post(other)
    client = sign_in(reader)
    client.get(ARTICLE)
    mine = post(reader, "Mine")
    page = text_of(client)
    assert f'id="c{mine.pk}"' in page
    assert not new_on(page)
    assert "since your last visit" not in page
    come_back_later()
    post(other, "Theirs")
    post(reader, "Mine again, unseen theirs")
    assert " new<" in text_of(client, "/latest/")
    assert "1 new<" in text_of(client, "/latest/")
    assert "1 new comment since your last visit" in text_of(client)


def test_lists_count_what_is_new(reader, other, sign_in, post, discussion):
    post(other)
    client = sign_in(reader)
    for address in ("/", "/latest/", "/sections/news/"):
        assert "new-mark" not in text_of(client, address), "never been there"
    client.get(ARTICLE)
    come_back_later()
    for _ in range(3):
        post(other)
    for address in ("/", "/latest/", "/sections/news/"):
        assert "3 new<" in text_of(client, address), address
        assert "new-mark" not in text_of(Client(), address), address
    client.get(ARTICLE)
    assert "new-mark" not in text_of(client, "/latest/")


def test_a_long_absence_is_counted_up_to_a_limit(reader, other, sign_in, post, monkeypatch):
    monkeypatch.setattr(visits, "MOST_NEW", 2)
    monkeypatch.setattr(visits, "COUNTED_UP_TO", 1)
    root = post(other)
    client = sign_in(reader)
    client.get(ARTICLE)
    come_back_later()
    for _ in range(4):
        post(other, parent=root)
    assert "More than 2 new comments since your last visit" in text_of(client)


def test_a_visit_is_written_down_once_a_minute(
    reader, other, sign_in, post, django_assert_num_queries
):
    post(other)
    discussion = Discussion.objects.get()
    note_visit(reader, discussion)
    with django_assert_num_queries(1):
        note_visit(reader, discussion)
    later = timezone.now() + timedelta(minutes=2)
    note_visit(reader, discussion, later)
    assert Visit.objects.get().at == later


def test_a_page_that_was_read_long_ago_takes_nothing_back(reader, other, post):
    """Two windows: the older one's discussion knows fewer comments."""
    post(other)
    older = Discussion.objects.get()
    note_visit(reader, older)
    post(other)
    note_visit(reader, Discussion.objects.get())
    note_visit(reader, older, timezone.now() + timedelta(minutes=5))
    assert Visit.objects.get().latest == 2
    assert threads.check(Discussion.objects.get()) == []


class TestTheOrderThatIsLiked:
    @pytest.fixture
    def comments(self, other, post):
        return [post(other, f"Comment {number}") for number in range(60)]

    def test_every_way_leads_to_the_page_with_the_comment(
        self, reader, sign_in, comments, discussion
    ):
        client = sign_in(reader)
        client.get(f"{ARTICLE}?order=newest")
        first = comments[0]
        for order in ("", "?order=newest", "?order=oldest", "?order=best"):
            answer = client.get(f"/comments/{first.pk}/discussion/{order}")
            assert f'id="c{first.pk}"' in text_of(client, answer["Location"].partition("#")[0])
        mine = posting.post_comment(by=reader, discussion=discussion, text="Mine")
        edit = {"text": "Mine, mended", "revision": 1}
        answer = client.post(f"/comments/{mine.pk}/edit/", edit)
        assert f'id="c{mine.pk}"' in text_of(client, answer["Location"].partition("#")[0])

    def test_pages_of_another_order_stay_in_it(self, reader, sign_in, comments):
        client = sign_in(reader)
        client.get(f"{ARTICLE}?order=newest")
        client.get(ARTICLE)
        page = text_of(client, f"{ARTICLE}?order=oldest&from={comments[25].pk}")
        (back,) = re.findall(r'<a rel="prev" href="([^"#]+)', page)
        page = text_of(client, back)
        assert re.findall(r'<article class="comment[^"]*" id="c(\d+)"', page)[0] == str(
            comments[0].pk
        )

    @pytest.mark.parametrize("sent_from", ["http://[", "nonsense", "http://testserver/?order=%00"])
    def test_a_comment_is_posted_from_any_page(self, reader, sign_in, discussion, sent_from):
        client, address = sign_in(reader), f"/discussions/{discussion.pk}/post/"
        plain = client.post(address, {"text": "One"}, headers={"Referer": sent_from})
        assert plain.status_code == 302
        headers = {"HX-Request": "true", "HX-Current-URL": sent_from}
        assert client.post(address, {"text": "Two"}, headers=headers).status_code == 200
        assert Comment.objects.count() == 2


class TestNews:
    def test_how_many_came_for_everybody(self, reader, post, discussion, settings):
        post(reader)
        address = f"/discussions/{discussion.pk}/news/"
        answer = Client().get(address)
        assert answer.json() == {"arrivals": 1, "open": True}
        assert answer["Cache-Control"] == "public, max-age=15"
        assert not answer.cookies
        again = Client().get(address, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304

    def test_a_worker_asks_the_database_once_in_a_while(
        self, reader, post, discussion, django_assert_num_queries
    ):
        post(reader)
        Client().get(f"/discussions/{discussion.pk}/news/")
        with django_assert_num_queries(0):
            Client().get(f"/discussions/{discussion.pk}/news/")

    def test_a_closed_discussion_has_none(self, moderator, post, reader, discussion):
        post(reader)
        moderation.close(by=moderator, discussion=discussion, reason="Night")
        assert Client().get(f"/discussions/{discussion.pk}/news/").status_code == 204

    def test_what_came_is_told_with_its_place(self, reader, post, discussion):
        root = post(reader, "Root")
        reply = post(reader, "Reply", parent=root)
        answer = Client().get(
            f"/discussions/{discussion.pk}/new/?since=1", headers={"HX-Request": "true"}
        )
        page = answer.content.decode()
        assert f'<div class="branch" id="b{reply.pk}" data-parent="{root.pk}">' in page
        assert f'id="c{root.pk}"' not in page
        assert "<html" not in page

    @pytest.mark.parametrize("since", ["", "x", "-1", "9" * 30, "٣"])
    def test_nonsense_lists_from_the_beginning(self, reader, post, discussion, since):
        comment = post(reader)
        page = text_of(Client(), f"/discussions/{discussion.pk}/new/?since={since}")
        assert f'id="c{comment.pk}"' in page

    def test_it_goes_on_page_by_page(self, reader, post, discussion):
        for _ in range(60):
            post(reader)
        address, seen = f"/discussions/{discussion.pk}/new/?since=0", []
        while address:
            page = text_of(Client(), address)
            seen += re.findall(r'<article class="comment[^"]*" id="c(\d+)"', page)
            address = next(iter(re.findall(r'<a rel="next" href="([^"]+)"', page)), None)
        assert len(seen) == len(set(seen)) == 60
