"""A statement that is compiled once answers as its queryset would, whatever it is asked."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from comments.models import Comment
from comments.statements import Statement

pytestmark = pytest.mark.django_db

FIELDS = ("id", "author__handle", "posted_at", "blocks", "state")


def by_ids(*, ids):
    return Comment.objects.filter(pk__in=ids).order_by("pk").values_list(*FIELDS)


def posted(limit, *, author, since):
    found = Comment.objects.filter(author__handle=author, posted_at__gte=since)
    return found.order_by("-pk").values_list("id", "posted_at")[:limit]


@pytest.fixture
def comments(reader, post):
    handle = 'Bo % O\'Ther \\ "x"'
    other = membership.import_people({handle: None})[handle]
    return [post(reader if number % 2 else other, f"Words {number}") for number in range(6)]


def test_it_gives_what_the_queryset_gives(comments):
    statement = Statement(by_ids)
    ids = [comment.pk for comment in comments]
    for asked in (ids, ids[:1], ids[::2], [], [0], ids[1:2], ids):
        assert statement(ids=asked) == list(by_ids(ids=asked)), asked


def test_texts_moments_and_shapes(comments):
    statement = Statement(posted)
    now = timezone.now()
    handles = {comment.author.handle for comment in comments} | {"nobody", "%s", "'"}
    for since in (now - timedelta(days=1), comments[3].posted_at, now + timedelta(days=1)):
        for handle in sorted(handles):
            for limit in (1, 2, 5):
                wanted = list(posted(limit, author=handle, since=since))
                assert statement(limit, author=handle, since=since) == wanted


def test_lists_are_told_apart_by_name(comments):
    def either(*, some, others):
        found = Comment.objects.filter(pk__in=some) | Comment.objects.filter(pk__in=others)
        return found.order_by("pk").values_list("pk")

    statement = Statement(either)
    ids = [comment.pk for comment in comments]
    for some, others in ((ids[:2], ids[3:4]), (ids[:1], ids[3:5])):
        wanted = [(pk,) for pk in (*some, *others)]
        assert statement(some=some, others=others) == wanted
        assert statement(others=others, some=some) == wanted


def test_it_is_compiled_once_for_each_shape(comments):
    built = []

    def build(*, ids):
        built.append(len(ids))
        return by_ids(ids=ids)

    statement = Statement(build)
    for asked in ([1, 2], [3, 4], [5, 6], [1], [2]):
        statement(ids=asked)
    assert built == [2, 1]


def test_a_value_that_is_nowhere_in_it_is_a_mistake(comments):
    statement = Statement(lambda *, ids, more: by_ids(ids=ids))
    with pytest.raises(ValueError, match="more"):
        statement(ids=[1], more=2)


def test_annotations_keep_their_place(comments):
    statement = Statement(
        lambda *, ids: (
            Comment.objects.filter(pk__in=ids)
            .annotate(doubled=F("pk") * 2)
            .order_by("pk")
            .values_list("doubled", "pk", "posted_at")
        )
    )
    found = statement(ids=[comments[0].pk])
    assert found == [(comments[0].pk * 2, comments[0].pk, comments[0].posted_at)]


def test_one_query_each(comments):
    from django.db import connection

    statement = Statement(by_ids)
    statement(ids=[1])
    with CaptureQueriesContext(connection) as queries:
        statement(ids=[comments[0].pk])
    assert len(queries) == 1


def test_several_querysets_are_one_query_each_with_its_own_order(comments):
    def both(*, author, since):
        found = Comment.objects.filter(author__handle=author).values_list("id", "posted_at")
        nothing = Comment.objects.none().values_list("id", "posted_at")
        late = Comment.objects.filter(posted_at__gte=since).values_list("id", "posted_at")
        return [found.order_by("pk")[:2], late.order_by("-pk")[:3], nothing]

    statement = Statement(both)
    author = comments[0].author.handle
    with CaptureQueriesContext(connection) as queries:
        rows = statement(author=author, since=comments[2].posted_at)
    wanted = [row for each in both(author=author, since=comments[2].posted_at) for row in each]
    assert rows == wanted
    assert len(rows) == 5
    assert len(queries) == 1
    assert Statement(lambda: [Comment.objects.none().values_list("id")])() == []
