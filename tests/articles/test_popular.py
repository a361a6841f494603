"""Most read and most discussed: by what happened in a day and a week, of what can be read."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import counting, popular, publishing
from comments import contributions, moderation, posting
from comments.models import Comment


def read(article, times, *, hours_ago=0):
    moment = timezone.now() - timedelta(hours=hours_ago)
    for _ in range(times):
        assert counting.note_read(article_id=article.pk, now=moment)
    caches["frames"].clear()


def discuss(article, by, times, *, hours_ago=0):
    made = [
        posting.post_comment(by=by, discussion=article.discussion, text="Words.")
        for _ in range(times)
    ]
    moment = timezone.now() - timedelta(hours=hours_ago)
    Comment.objects.filter(pk__in=[each.pk for each in made]).update(posted_at=moment)
    caches["frames"].clear()
    return made


def titles(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', answer.content.decode())


@pytest.fixture
def three(make_article):
    return [make_article(title, hours_ago=500) for title in ("One", "Two", "Three")]


def test_most_read_of_a_day_and_of_a_week(client, three):
    one, two, three = three
    read(one, 2)
    read(two, 3)
    read(three, 9, hours_ago=60)
    assert titles(client, "/most-read/") == ["Two", "One"]
    assert titles(client, "/most-read/?in=week") == ["Three", "Two", "One"]
    # What was read over several hours counts together.
    read(one, 2, hours_ago=3)
    assert titles(client, "/most-read/") == ["One", "Two"]
    later = timezone.now() + timedelta(days=9)
    assert popular.popular_page("read", "week", now=later).teasers == []


def test_most_discussed_of_a_day_and_of_a_week(client, three, reader, moderator):
    one, two, three = three
    discuss(one, reader, 1)
    first, *_ = discuss(two, reader, 2)
    discuss(three, reader, 5, hours_ago=60)
    assert titles(client, "/most-read/?by=discussed") == ["Two", "One"]
    assert titles(client, "/most-read/?by=discussed&in=week") == ["Three", "Two", "One"]
    # Only what readers can see counts; of two with as much, the newer discussion.
    moderation.hide(by=moderator, comment=first, reason="Off topic")
    caches["frames"].clear()
    discuss(one, reader, 1)
    assert titles(client, "/most-read/?by=discussed") == ["One", "Two"]


def test_it_counts_an_end_of_comments(three, reader, monkeypatch):
    one, two, _ = three
    discuss(one, reader, 5, hours_ago=2)
    discuss(two, reader, 3)
    since = timezone.now() - timedelta(days=1)
    asked = {"since": since, "at_most": 5}
    assert contributions.most_discussed(**asked) == [one.discussion_id, two.discussion_id]
    monkeypatch.setattr(contributions, "COUNTED_COMMENTS", 4)
    assert contributions.most_discussed(**asked) == [two.discussion_id, one.discussion_id]
    assert contributions.most_discussed(since=since, at_most=1) == [two.discussion_id]


def test_only_what_is_published_is_shown_at_once(client, three, reader):
    one, two, _ = three
    for article in (one, two):
        read(article, 2)
        discuss(article, reader, 1)
    assert titles(client, "/most-read/") == ["Two", "One"]
    # Not after the seconds for which a ranking is kept: at once.
    publishing.withdraw_article(article=two)
    for address in ("/most-read/", "/most-read/?by=discussed", "/most-read/?in=week"):
        assert titles(client, address) == ["One"]
    assert "Two" not in client.get("/").content.decode()


def test_the_front_page_shows_what_is_read_and_discussed(client, three, reader):
    one, two, three = three
    page = client.get("/").content.decode()
    assert "Most read today" not in page
    read(one, 2)
    discuss(two, reader, 1)
    read(three, 9, hours_ago=60)
    page = client.get("/").content.decode()
    lists = r'<h2 class="rubric" id="(?:read|discussed)-heading">.*?</ol>'
    both = re.findall(lists, page, re.DOTALL)
    shown = [re.findall(r'class="headline"><a [^>]*>(.*?)</a>', each) for each in both]
    assert shown == [["Two"], ["One"]]
    assert '<a href="/most-read/?by=discussed">' in both[0]
    assert '<a href="/most-read/">' in both[1]


def test_a_ranking_is_kept_for_seconds_and_then_is_right(three, settings):
    settings.RANKED_SECONDS = 5
    one, two, _ = three
    now = timezone.now().replace(second=0)
    read(one, 1)
    assert popular.ranking("read", "day", now) == [one.pk]
    counting.note_read(article_id=two.pk)
    counting.note_read(article_id=two.pk)
    assert popular.ranking("read", "day", now + timedelta(seconds=4)) == [one.pk]
    later = now + timedelta(seconds=5)
    assert popular.ranking("read", "day", later) == [two.pk, one.pk]


@pytest.mark.parametrize("query", ["?by=liked", "?in=year", "?by=", "?in=day&by=x"])
def test_what_is_not_counted_is_not_there(client, db, query):
    assert client.get(f"/most-read/{query}").status_code == 404


def test_tabs_say_where_one_is(client, three):
    page = client.get("/most-read/?by=discussed&in=week").content.decode()
    current = re.findall(r'<a href="([^"]+)" aria-current="true">(.*?)</a>', page)
    assert current == [
        ("/most-read/?by=discussed&amp;in=week", "Most discussed"),
        ("/most-read/?by=discussed&amp;in=week", "This week"),
    ]
    assert '<a href="/most-read/?in=week">Most read</a>' in page
    assert "<h1>Most discussed this week</h1>" in page


def test_pages_are_the_same_for_everybody_and_change_with_the_ranking(
    client, sign_in, three, reader
):
    one, two, _ = three
    read(one, 1)
    for address in ("/most-read/", "/"):
        first = client.get(address)
        assert "public" in first["Cache-Control"]
        assert not first.cookies
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 304
    read(two, 2)
    for address in ("/most-read/", "/"):
        assert client.get(address, headers={"if-none-match": first["ETag"]}).status_code == 200
    assert "private" in sign_in(reader).get("/most-read/")["Cache-Control"]


def test_the_same_queries_with_few_articles_and_with_30(client, make_article, reader, editor):
    counted = set()
    # With less, the front page has no second part.
    for number in (7, 23):
        for at in range(number):
            article = make_article(authors=[editor])
            read(article, 1, hours_ago=at % 20)
            discuss(article, reader, 1)
        taken = []
        for address in ("/most-read/", "/most-read/?by=discussed&in=week", "/"):
            caches["frames"].clear()
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            taken.append(len(queries))
        counted.add(tuple(taken))
    assert len(counted) == 1, counted
