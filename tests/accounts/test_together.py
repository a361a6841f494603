"""Statements that are asked together answer as each would by itself, in one trip to PostgreSQL."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import Count, Value
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.statements import Change, Insertion, PlannedAnew, Statement, forget_answers
from accounts.together import asked_together, write_together
from comments.models import Comment, Discussion, ThreadMove

pytestmark = pytest.mark.django_db

FIELDS = (
    "id", "author__handle", "posted_at", "edited_at", "blocks", "state", "is_imported", "parent_id",
)  # fmt: skip


@pytest.fixture
def comments(post, make_person):
    somebody = make_person('Bo % "x" \\ \u2028 Ж')
    first = post(somebody, "Ein Wort\nund % noch eins")
    answer = post(somebody, "An answer", parent=first)
    Comment.objects.filter(pk=first.pk).update(
        blocks=[{"type": "text", "text": 'a "b" \\ %s Ж'}], edited_at=timezone.now()
    )
    return [first, answer]


def by_discussion(limit, *, discussion_id, since):
    found = Comment.objects.filter(discussion_id=discussion_id, posted_at__gte=since)
    return found.order_by("-id").values_list(*FIELDS)[:limit]


def by_ids(*, ids):
    return Comment.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "html")


def counters(*, pk):
    found = Discussion.objects.filter(pk=pk).annotate(said=Count("comments"), word=Value("%s"))
    return found.values_list("comment_count", "last_posted_at", "closes_at", "said", "word")


BY_DISCUSSION, BY_IDS, COUNTERS = Statement(by_discussion), Statement(by_ids), Statement(counters)


def test_the_answers_are_those_of_each_by_itself(discussion, comments):
    ids = [comment.pk for comment in comments]
    longer = {"discussion_id": discussion.pk, "since": timezone.now() - timedelta(days=1)}
    wanted = BY_DISCUSSION(5, **longer), BY_IDS(ids=ids), COUNTERS(pk=discussion.pk)
    assert all(wanted)
    for _run in range(4):  # PostgreSQL prepares what comes again
        with (
            asked_together(
                BY_DISCUSSION.asking(5, **longer),
                BY_IDS.asking(ids=ids),
                COUNTERS.asking(pk=discussion.pk),
            ),
            CaptureQueriesContext(connection) as queries,
        ):
            # In any order, and with the values in any.
            found = (
                COUNTERS(pk=discussion.pk),
                BY_IDS(ids=ids),
                BY_DISCUSSION(5, since=longer["since"], discussion_id=discussion.pk),
            )
        assert found[::-1] == wanted
        assert len(queries) == (0 if connection.vendor == "postgresql" else 3)


def test_what_grew_old_meanwhile_is_asked_again(discussion, comments):
    ids = [comments[0].pk]
    with asked_together(BY_IDS.asking(ids=ids), COUNTERS.asking(pk=discussion.pk)):
        Comment.objects.filter(pk__in=ids).update(html="<p>Mended</p>")
        forget_answers()
        assert BY_IDS(ids=ids) == [(ids[0], "<p>Mended</p>")]
        assert COUNTERS(pk=discussion.pk)


def test_they_take_one_trip(discussion, comments):
    with (
        CaptureQueriesContext(connection) as queries,
        asked_together(COUNTERS.asking(pk=discussion.pk), BY_IDS.asking(ids=[comments[0].pk])),
    ):
        pass
    assert len(queries) == (1 if connection.vendor == "postgresql" else 0)


def test_nothing_found_is_an_answer(discussion, comments):
    with asked_together(COUNTERS.asking(pk=-1), BY_IDS.asking(ids=[-1]), BY_IDS.asking(ids=[])):
        assert COUNTERS(pk=-1) == []
        assert BY_IDS(ids=[-1]) == []
        assert BY_IDS(ids=[]) == []


def test_an_answer_is_given_once(discussion, comments, post, reader):
    with asked_together(COUNTERS.asking(pk=discussion.pk), BY_IDS.asking(ids=[comments[0].pk])):
        before = COUNTERS(pk=discussion.pk)
        post(reader, "One more")
        assert COUNTERS(pk=discussion.pk)[0][0] == before[0][0] + 1


def test_what_is_asked_with_other_values_is_asked_anew(discussion, comments):
    first, answer = comments
    with asked_together(BY_IDS.asking(ids=[first.pk]), COUNTERS.asking(pk=discussion.pk)):
        assert [pk for pk, _ in BY_IDS(ids=[answer.pk])] == [answer.pk]
        assert [pk for pk, _ in BY_IDS(ids=[first.pk])] == [first.pk]


def test_nothing_is_left_of_it_afterwards(discussion, comments, post, reader):
    with asked_together(COUNTERS.asking(pk=discussion.pk), COUNTERS.asking(pk=-1)):
        with asked_together(BY_IDS.asking(ids=[comments[0].pk]), BY_IDS.asking(ids=[-1])):
            assert COUNTERS(pk=discussion.pk)[0][0] == 2
        post(reader, "Another")
        assert COUNTERS(pk=discussion.pk)[0][0] == 3
        before = BY_IDS(ids=[comments[0].pk])
    post(reader, "One more")
    assert COUNTERS(pk=discussion.pk)[0][0] == 4
    assert BY_IDS(ids=[comments[0].pk]) == before


def test_one_that_is_planned_anew(discussion, comments):
    anew = PlannedAnew(
        lambda *, pk: Comment.objects.filter(discussion_id=pk).order_by("pk").values_list("text")
    )
    wanted = anew(pk=discussion.pk), COUNTERS(pk=discussion.pk)
    for _run in range(4):
        with asked_together(anew.asking(pk=discussion.pk), COUNTERS.asking(pk=discussion.pk)):
            assert (anew(pk=discussion.pk), COUNTERS(pk=discussion.pk)) == wanted


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked one by one")
def test_what_cannot_be_asked_so_is_refused(discussion):
    locking = Statement(
        lambda *, pk: Discussion.objects.select_for_update().filter(pk=pk).values_list("pk")
    )
    no_way = Statement(
        lambda *, pk: Discussion.objects.filter(pk=pk).values_list("created_at__date")
    )
    for statement in (locking, no_way):
        with (
            pytest.raises(TypeError),
            asked_together(statement.asking(pk=discussion.pk), COUNTERS.asking(pk=discussion.pk)),
        ):
            pass


def test_writes_go_in_their_order_in_one_trip(discussion, comments):
    first, answer = comments
    told = Change(lambda *, pk, **values: (Comment.objects.filter(pk=pk), values))
    noted = Insertion(ThreadMove)
    move = ThreadMove(
        discussion=discussion, thread_id=first.pk, version=77, visible_replies=1, best=0
    )
    for text in ("one % 'quoted'", "two", "three", "four"):
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            assert (
                write_together(
                    told.changing(pk=first.pk, text="not this"),
                    told.changing(pk=first.pk, text=text),
                    told.changing(pk=-1, text=text),
                )
                == 0
            )
            assert (
                write_together(noted.inserting(move), told.changing(pk=answer.pk, text=text)) == 1
            )
        writes = [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]
        assert len(writes) == (2 if connection.vendor == "postgresql" else 5)
        assert set(Comment.objects.values_list("text", flat=True)) == {text}
        ThreadMove.objects.get(version=77).delete()


def test_nothing_is_written_of_what_fails(discussion, comments):
    told = Change(lambda *, pk, **values: (Comment.objects.filter(pk=pk), values))
    first, answer = comments
    before = set(Comment.objects.values_list("pk", "text"))
    with pytest.raises(IntegrityError), transaction.atomic():
        write_together(
            told.changing(pk=first.pk, text="not this"),
            # Nobody has fewer answers than none.
            told.changing(pk=answer.pk, reply_count=-1),
        )
    assert set(Comment.objects.values_list("pk", "text")) == before


@pytest.mark.django_db(transaction=True)
def test_writes_need_a_transaction(discussion):
    told = Change(lambda *, pk, **values: (Discussion.objects.filter(pk=pk), values))
    with pytest.raises(TransactionManagementError):
        write_together(told.changing(pk=discussion.pk, title="Not this"))
    assert Discussion.objects.get().title != "Not this"
    assert write_together() == 0
