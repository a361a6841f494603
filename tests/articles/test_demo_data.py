"""A paper of any size: what is made at once is what would have been written one by one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import bulk, sections
from articles.models import Article, Tag, Tagging
from comments import discussions, threads
from comments.models import Comment, Discussion, Thread
from tests.comments.crowd import sound

pytestmark = pytest.mark.django_db
BODY = [{"type": "paragraph", "text": "It rained all day."}]


def make(**options):
    out = StringIO()
    call_command("make_demo_data", stdout=out, **options)
    return out.getvalue()


def test_a_small_paper_is_sound():
    assert "40 articles,         300 comments" in make(articles=40, comments=300)
    assert Article.objects.published().count() == 40
    assert Comment.objects.count() == 300
    for discussion in Discussion.objects.filter(comment_count__gt=0):
        sound(discussion)
    most = Discussion.objects.order_by("-comment_count").first()
    assert most.comment_count == most.comments.count()
    assert Thread.objects.filter(discussion=most).count() == most.top_level_count
    page = Client().get(most.url).content.decode()
    assert page.count('<article class="comment') == min(most.comment_count, discussions.PAGE_SIZE)
    # Every article stands under its tags.
    tags = Tag.objects.all()
    listed = [Client().get(tag.get_absolute_url()).content.decode() for tag in tags]
    assert Tagging.objects.count() == 80
    assert all('<article class="teaser' in page for page in listed)
    # It is found by its words, comments too.
    word = most.comments.first().text.split()[0]
    assert "<mark>" in Client().get("/search/", {"q": word}).content.decode()


def test_the_same_seed_makes_the_same_paper():
    make(articles=5, comments=20, seed=7)
    first = list(Article.objects.order_by("id").values_list("title", "lead", "html"))
    make(articles=5, comments=20, seed=7)
    again = list(Article.objects.order_by("id").values_list("title", "lead", "html"))[5:]
    assert first == again
    # Two of one title have two addresses.
    assert Article.objects.values("slug").distinct().count() == 10


@pytest.mark.parametrize("options", [{"articles": 0}, {"comments": -1}])
def test_what_cannot_be_made(options):
    with pytest.raises(CommandError):
        make(**options)
    assert not Article.objects.exists()


def test_many_take_a_bounded_number_of_statements(make_person):
    section, people = sections.open_section("Politics"), [make_person() for _ in range(3)]
    counted = []
    for number in (30, 300):
        entries = [
            bulk.BulkArticle(section, f"Rain {number} {each}", BODY, timezone.now(), authors=people)
            for each in range(number)
        ]
        with CaptureQueriesContext(connection) as queries:
            bulk.publish_many(entries)
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 40


def test_threads_check_finds_nothing():
    make(articles=10, comments=80)
    assert not [each for d in Discussion.objects.all() for each in threads.check(d)]
