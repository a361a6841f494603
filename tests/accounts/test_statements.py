"""A statement that is compiled once answers as its queryset would, whatever it is asked."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import membership
from accounts.statements import Change, Insertion, Instances, PlannedAnew, Statement
from accounts.together import write_together
from comments.models import Comment, Thread

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


def test_a_change_is_what_update_would_do(comments):
    change = Change(
        lambda *, pks_from, number, moment: (
            Comment.objects.filter(pk__gte=pks_from).order_by("-pk"),
            {"agree_count": F("agree_count") + number, "edited_at": moment},
        )
    )
    now = timezone.now()
    # Often enough that PostgreSQL has it prepared.
    for _ in range(8):
        assert change(pks_from=comments[4].pk, number=2, moment=now) == 2
    assert change(pks_from=comments[5].pk + 1, number=2, moment=now) == 0
    found = list(Comment.objects.order_by("pk").values_list("agree_count", "edited_at"))
    assert found == [(0, None)] * 4 + [(16, now)] * 2


def test_changes_of_other_columns_are_told_apart(comments):
    change = Change(lambda *, pk, **counts: (Comment.objects.filter(pk=pk), counts))
    change(pk=comments[0].pk, agree_count=5)
    change(pk=comments[0].pk, revision=7)
    comment = Comment.objects.get(pk=comments[0].pk)
    assert (comment.agree_count, comment.revision) == (5, 7)


def test_whole_rows(comments):
    read = Instances(Comment, lambda *, pk: Comment.objects.filter(pk=pk))
    (comment,) = read(pk=comments[2].pk)
    whole = Comment.objects.get(pk=comments[2].pk)
    names = [field.attname for field in Comment._meta.concrete_fields]
    assert [getattr(comment, name) for name in names] == [getattr(whole, name) for name in names]
    comment.text = "Words mended"
    comment.save()
    assert Comment.objects.get(pk=comment.pk).text == "Words mended"
    assert read(pk=0) == []


def test_each_row_has_an_object_of_its_own(comments):
    same = {"a": ["list"]}
    Comment.objects.update(blocks=same, posted_at=comments[0].posted_at)
    rows = Statement(by_ids)(ids=[comment.pk for comment in comments])
    assert [row[3] for row in rows] == [same] * 6
    assert len({id(row[3]) for row in rows}) == 6


@pytest.mark.django_db(transaction=True)
def test_nothing_is_locked_outside_of_a_transaction(reader, post):
    locked = Instances(
        Comment, lambda *, pk: Comment.objects.select_for_update(no_key=True).filter(pk=pk)
    )
    comment = post(reader, "Words")
    with transaction.atomic():
        assert locked(pk=comment.pk) == [comment]
    if connection.features.has_select_for_update:
        with pytest.raises(TransactionManagementError):
            locked(pk=comment.pk)


def prepared_of(text):
    """How often each statement with ``text`` in it ran by its name, as PostgreSQL counts them."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans + custom_plans FROM pg_prepared_statements"
            " WHERE strpos(statement, %s) > 0",
            [text],
        )
        return [count for (count,) in cursor.fetchall()]


def test_a_row_is_inserted_as_it_would_be_saved(discussion, reader):
    insert = Insertion(Comment)
    shared = {"discussion": discussion, "author": reader, "lft": 1, "rght": 9, "free_from": 2}
    for number, blocks in enumerate((None, [{"type": "text", "text": "a % 'b' \"c\""}], [])):
        shared |= {"tree_id": number + 1, "arrival": number + 1, "number": str(number + 1)}
        made = Comment(**shared, text="Words % s", blocks=blocks, position=number + 1)
        insert(made)
        found = Comment.objects.get(pk=made.pk)
        assert not made._state.adding
        for field in Comment._meta.concrete_fields:
            assert getattr(found, field.attname) == getattr(made, field.attname), field.name


def test_a_row_whose_key_is_anothers(discussion, post, reader):
    comment = post(reader)
    Thread.objects.all().delete()
    begun = Thread(root=comment, discussion=discussion, tree_id=comment.tree_id)
    Insertion(Thread)(begun)
    assert Thread.objects.get().root_id == comment.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Insertion(Thread)(begun)


def test_what_runs_again_and_again_is_prepared_and_says_the_same(comments):
    statement = Statement(posted)
    handle, since = comments[1].author.handle, comments[0].posted_at
    # A limit that no other test asks for: this connection may have prepared what they ask.
    wanted = list(posted(7, author=handle, since=since))
    assert [statement(7, author=handle, since=since) for _ in range(10)] == [wanted] * 10
    assert prepared_of("LIMIT 7") == ([8] if connection.vendor == "postgresql" else [])
    # The same plan, whatever it is asked.
    for asked in ("%s", "'", '" \\', "nobody", comments[0].author.handle):
        assert statement(7, author=asked, since=since) == list(posted(7, author=asked, since=since))
    # Who listens hears what is asked, not a name.
    with CaptureQueriesContext(connection) as queries:
        assert statement(7, author=handle, since=since) == wanted
    (heard,) = queries.captured_queries
    assert heard["sql"].startswith("SELECT")


def test_a_number_that_no_column_holds_finds_nothing(comments):
    statement = Statement(lambda *, level: Comment.objects.filter(level=level).values_list("pk"))
    for level in (0, 1, 2, 3, 2**40, -(2**40)):
        assert len(statement(level=level)) == (6 if level == 0 else 0)


def test_what_is_planned_anew_is_never_prepared(comments):
    statement, since = PlannedAnew(posted), comments[0].posted_at
    for _ in range(5):
        assert len(statement(17, author=comments[1].author.handle, since=since)) == 3
    assert prepared_of("LIMIT 17") == []


@pytest.mark.parametrize(("pooled", "limit"), [(True, 11), (False, 13)])
def test_nothing_is_prepared_where_a_pooler_changes_sessions(comments, monkeypatch, pooled, limit):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    statement, since = Statement(posted), comments[0].posted_at
    for _ in range(5):
        assert len(statement(limit, author=comments[1].author.handle, since=since)) == 3
    is_prepared = connection.vendor == "postgresql" and not pooled
    assert bool(prepared_of(f"LIMIT {limit}")) == is_prepared


def test_what_was_run_last_stays_prepared(comments, monkeypatch):
    monkeypatch.setattr("accounts.prepared._MOST_PREPARED", 2)
    monkeypatch.setattr("accounts.prepared._MOST_COUNTED", 3)
    statement, since = Statement(posted), comments[0].posted_at

    def run(limit):
        found = statement(limit, author=comments[1].author.handle, since=since)
        assert len(found) == 3

    for limit in (21, 22, 23):
        for _ in range(4):
            run(limit)
            run(21)
    on_postgresql = connection.vendor == "postgresql"
    left = [bool(prepared_of(f"LIMIT {limit}")) for limit in (21, 22, 23)]
    assert left == ([True, False, True] if on_postgresql else [False] * 3)
    # What was let go is prepared anew; texts that come once are not counted for ever.
    for limit in range(31, 41):
        run(limit)
    for _ in range(4):
        run(22)
    assert bool(prepared_of("LIMIT 22")) == on_postgresql


@pytest.mark.django_db(transaction=True)
def test_a_new_connection_prepares_anew(reader, post):
    comment = post(reader, "Words")
    statement = Statement(by_ids)
    for _ in range(2):
        for _ in range(5):
            assert [row[0] for row in statement(ids=[comment.pk])] == [comment.pk]
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_and_holds_no_more_is_prepared_anew(reader, post):
    """As after a column got another type, which PostgreSQL says of every run from then on."""
    comment = post(reader, "Words")
    statement = Statement(by_ids)
    level = Change(lambda *, pk, level: (Comment.objects.filter(pk=pk), {"level": level}))

    def run():
        assert [row[0] for row in statement(ids=[comment.pk])] == [comment.pk]
        assert level(pk=comment.pk, level=0) == 1

    def take_names_away():
        for _ in range(5):
            run()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")

    take_names_away()
    assert [row[0] for row in statement(ids=[comment.pk])] == [comment.pk]
    run()
    # In a transaction nothing can be sent again: it fails once, and what comes after does not.
    for spoilt in (
        lambda: statement(ids=[comment.pk]),
        lambda: level(pk=comment.pk, level=0),
        lambda: write_together(*[level.changing(pk=comment.pk, level=0)] * 2),
    ):
        take_names_away()
        if connection.vendor == "postgresql":
            with pytest.raises(DatabaseError), transaction.atomic():
                spoilt()
        with transaction.atomic():
            spoilt()
        run()


def test_a_change_to_nothing(comments):
    """What PostgreSQL could not be told the type of is sent as text."""
    edited = Change(lambda *, pk, at: (Comment.objects.filter(pk=pk), {"edited_at": at}))
    moment = comments[0].posted_at
    for at in (moment, moment, None, None, moment, None, moment):
        assert edited(pk=comments[0].pk, at=at) == 1
        assert Comment.objects.get(pk=comments[0].pk).edited_at == at


def test_a_transaction_that_is_broken_hears_no_more(comments):
    statement = Statement(by_ids)
    statement(ids=[1])
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(TransactionManagementError):
            statement(ids=[1])
