"""The log: the database keeps it, nothing is done without it, and who reads it."""

import csv
import inspect
import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import appeals, moderation, posting, records, rules, sanctions
from comments.models import Beat, Comment, HeldComment, ModerationEntry, Policy, WatchedWord

LOG = "/admin/comments/moderationentry/"


@pytest.fixture
def discussion(article):
    return article.discussion


@pytest.fixture
def comment(reader, discussion):
    return posting.post_comment(by=reader, discussion=discussion, text="Nonsense!")


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE comments_moderationentry SET reason = 'Nothing'",
            "DELETE FROM comments_moderationentry",
        ],
    )
    def test_the_database_refuses(self, comment, moderator, statement):
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
        assert ModerationEntry.objects.get(act="hide").reason == "Off topic"

    @pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces rows")
    def test_no_row_takes_anothers_place(self, comment, moderator):
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "REPLACE INTO comments_moderationentry SELECT * FROM comments_moderationentry"
            )


def _held(by, discussion, moderator):
    policy = rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
    held = posting.post_comment(by=by, discussion=discussion, text="May I?")
    rules.remove_rule(by=moderator, rule=policy)
    return held


# A row a write function: what is done, given who does it and what there is to do it to.
ACTS = {
    (moderation, "hide"): lambda by, it: moderation.hide(by=by, comment=it.comment, reason="X"),
    (moderation, "hide_all"): lambda by, it: moderation.hide_all(
        by=by, comments=[it.comment], reason="X"
    ),
    (moderation, "restore"): lambda by, it: moderation.restore(
        by=by, comment=it.hidden, reason="X"
    ),
    (moderation, "restore_all"): lambda by, it: moderation.restore_all(
        by=by, comments=[it.hidden], reason="X"
    ),
    (moderation, "keep_all"): lambda by, it: moderation.keep_all(by=by, comments=[it.comment]),
    (moderation, "approve"): lambda by, it: moderation.approve(by=by, held=it.held),
    (moderation, "approve_all"): lambda by, it: moderation.approve_all(by=by, held=[it.held]),
    (moderation, "reject"): lambda by, it: moderation.reject(by=by, held=it.held, reason="X"),
    (moderation, "reject_all"): lambda by, it: moderation.reject_all(
        by=by, held=[it.held], reason="X"
    ),
    (moderation, "undo"): lambda by, it: moderation.undo(by=by, batch=it.batch),
    (moderation, "hide_since"): lambda by, it: moderation.hide_since(
        by=by, person=it.person, since=timezone.now() - timedelta(days=1), reason="X"
    ),
    (moderation, "close"): lambda by, it: moderation.close(
        by=by, discussion=it.discussion, reason="X"
    ),
    (moderation, "reopen"): lambda by, it: moderation.reopen(by=by, discussion=it.closed),
    (sanctions, "suspend"): lambda by, it: sanctions.suspend(
        by=by, person=it.person, until=timezone.now() + timedelta(days=1), reason="X"
    ),
    (sanctions, "lift_suspension"): lambda by, it: sanctions.lift_suspension(
        by=by, person=it.suspended
    ),
    (sanctions, "warn"): lambda by, it: sanctions.warn(by=by, person=it.person, reason="X"),
    (sanctions, "watch"): lambda by, it: sanctions.watch(
        by=by, person=it.person, holds=True, reason="X"
    ),
    (sanctions, "mute"): lambda by, it: sanctions.mute(
        by=by, person=it.person, discussion=it.discussion, until=None, reason="X"
    ),
    (sanctions, "unmute"): lambda by, it: sanctions.unmute(
        by=by, person=it.muted, discussion=it.discussion
    ),
    (sanctions, "shadow"): lambda by, it: sanctions.shadow(
        by=by, person=it.person, until=timezone.now() + timedelta(days=1), reason="X"
    ),
    (sanctions, "ban"): lambda by, it: sanctions.ban(by=by, person=it.person, reason="X"),
    (sanctions, "note"): lambda by, it: sanctions.note(by=by, person=it.person, text="X"),
    (sanctions, "bar"): lambda by, it: sanctions.bar(by=by, kind="domain", value="spam.example"),
    (sanctions, "unbar"): lambda by, it: sanctions.unbar(by=by, barrier=it.barrier),
    (rules, "save_rule"): lambda by, it: rules.save_rule(
        by=by, rule=WatchedWord(text="kettle", verdict="hold")
    ),
    (rules, "remove_rule"): lambda by, it: rules.remove_rule(by=by, rule=it.word),
}


class World:
    """Something for each act to be done to."""

    def __init__(self, make_person, discussion, moderator):
        self.discussion, self.person = discussion, make_person()
        self.comment, self.hidden, undone = (
            posting.post_comment(by=self.person, discussion=discussion, text=text)
            for text in ("One", "Two", "Three")
        )
        self.held = _held(self.person, discussion, moderator)
        moderation.hide(by=moderator, comment=self.hidden, reason="X")
        self.batch = moderation.hide_all(by=moderator, comments=[undone], reason="X").batch
        self.suspended = make_person()
        until = timezone.now() + timedelta(days=1)
        sanctions.suspend(by=moderator, person=self.suspended, until=until, reason="X")
        self.suspended.refresh_from_db()
        self.muted = make_person()
        sanctions.mute(
            by=moderator, person=self.muted, discussion=discussion, until=None, reason="X"
        )
        self.word = rules.save_rule(by=moderator, rule=WatchedWord(text="pot", verdict="hold"))
        self.closed = self.discussion
        self.barrier = sanctions.bar(by=moderator, kind="domain", value="junk.example")


def named(act):
    return f"{act[0].__name__.rpartition('.')[2]}.{act[1]}"


@pytest.mark.parametrize("act", ACTS, ids=named)
def test_no_act_without_a_row_and_none_without_the_right(act, make_person, discussion, moderator):
    it = World(make_person, discussion, moderator)
    if act[1] == "reopen":
        moderation.close(by=moderator, discussion=discussion, reason="X")
    before = ModerationEntry.objects.count()
    for person in (make_person(), make_person(role="editor") if act[1] not in _EDITORS else None):
        if person is not None:
            with pytest.raises(PermissionDenied):
                ACTS[act](person, it)
    assert ModerationEntry.objects.count() == before
    assert ACTS[act](moderator, it)
    new = ModerationEntry.objects.order_by("pk")[before:]
    assert new
    assert {entry.by for entry in new} == {moderator}


# Editors may close a discussion of theirs.
_EDITORS = {"close", "reopen"}


def test_every_write_function_is_in_the_table():
    for module in (moderation, sanctions):
        written = {
            name
            for name, function in inspect.getmembers(module, inspect.isfunction)
            if function.__module__ == module.__name__ and not name.startswith("_")
        }
        assert written == {name for where, name in ACTS if where is module}


class TestTable:
    def rows(self, response):
        assert response.status_code == 200
        text = b"".join(response.streaming_content).decode()
        return list(csv.DictReader(io.StringIO(text)))

    def test_who_reads_it(self, comment, moderator, reader, make_person):
        moderation.hide(by=moderator, comment=comment, reason="=cmd()")
        assert Client().get("/moderation/log.csv").status_code == 302
        assert signed_in(reader).get("/moderation/log.csv").status_code == 403
        for person in (moderator, make_person(role="editor"), make_person(role="senior")):
            (row,) = self.rows(signed_in(person).get("/moderation/log.csv?act=hide"))
            assert (row["by"], row["act"], row["reason"]) == ("Mo Derate", "hide", "'=cmd()")
            listed = signed_in(person).get("/admin/comments/moderationentry/").content.decode()
            assert "/moderation/log.csv" in listed

    def test_each_their_own_part(self, comment, moderator, make_person):
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        local = make_person(role="moderator")
        Beat.objects.create(person=local, area="elsewhere")
        assert self.rows(signed_in(local).get("/moderation/log.csv")) == []
        Beat.objects.create(person=local, area=comment.discussion.area)
        rows = self.rows(signed_in(local).get("/moderation/log.csv"))
        assert [row["act"] for row in rows] == ["hide"]

    def test_the_list_at_the_desk_shows_each_their_own_part(self, comment, moderator, make_person):
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        local = make_person(role="moderator")
        Beat.objects.create(person=local, area="elsewhere")
        entry = ModerationEntry.objects.get(act="hide")
        address = f"{LOG}{entry.pk}/change/"
        assert "Off topic" not in signed_in(local).get(LOG).content.decode()
        assert signed_in(local).get(address).status_code == 302
        Beat.objects.create(person=local, area=comment.discussion.area)
        for person in (local, moderator, make_person(role="editor")):
            assert "Off topic" in signed_in(person).get(LOG).content.decode()
            assert signed_in(person).get(address).status_code == 200

    def test_a_large_log_takes_no_more_queries(self, comment, moderator):
        desk = signed_in(moderator)
        self.rows(desk.get("/moderation/log.csv"))

        def ask():
            with CaptureQueriesContext(connection) as queries:
                self.rows(desk.get("/moderation/log.csv"))
            return len(queries)

        moderation.hide(by=moderator, comment=comment, reason="X")
        few = ask()
        for _ in range(20):
            moderation.restore(by=moderator, comment=comment, reason="X")
            moderation.hide(by=moderator, comment=comment, reason="X")
        assert ask() == few


class TestPublicLog:
    def test_only_where_the_site_wants_it(self, db):
        assert Client().get("/moderation/log/").status_code == 404

    def test_it_says_what_and_why_and_names_nobody(
        self, settings, comment, moderator, reader, discussion
    ):
        settings.PUBLIC_MODERATION_LOG = True
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        until = timezone.now() + timedelta(days=1)
        sanctions.suspend(by=moderator, person=reader, until=until, reason="Ada went too far")
        sanctions.note(by=moderator, person=reader, text="Look after her.")
        sanctions.mute(
            by=moderator, person=reader, discussion=discussion, until=None, reason="Ada shouted"
        )
        page = Client().get("/moderation/log/").content.decode()
        assert "Hid a comment" in page
        assert "Off topic" in page
        assert discussion.title in page
        assert "Suspended a person" in page
        assert "Muted a person in one discussion" in page
        for name in (reader.handle, moderator.handle, "Ada went", "Look after", "Ada shouted"):
            assert name not in page

    def test_what_is_said_to_one_person_is_left_out(
        self, settings, comment, moderator, make_person, reader, discussion
    ):
        settings.PUBLIC_MODERATION_LOG = True
        moderation.hide(by=moderator, comment=comment, reason="Off topic")
        entry = ModerationEntry.objects.get(act="hide")
        made = appeals.appeal(by=reader, entry=entry, text="No")
        appeals.grant(by=make_person(role="senior"), appeal=made, answer="Given your illness")
        rules.save_rule(by=moderator, rule=Policy(area="", is_premoderated=True))
        held = posting.post_comment(by=reader, discussion=discussion, text="Hm")
        moderation.reject(by=moderator, held=held, reason="You are Vole's cousin")
        page = Client().get("/moderation/log/").content.decode()
        assert "After an appeal." in page
        assert "Rejected" in page
        assert "illness" not in page
        assert "cousin" not in page

    def test_pages_go_on(self, settings, comment, moderator):
        settings.PUBLIC_MODERATION_LOG = True
        for number in range(records.PAGE_SIZE // 2 + 1):
            moderation.hide(by=moderator, comment=comment, reason=f"Reason {number}.")
            moderation.restore(by=moderator, comment=comment, reason=f"Again {number}.")
        first = Client().get("/moderation/log/").content.decode()
        assert "Reason 0." not in first
        following = first.split('rel="next" href="')[1].split('"')[0]
        assert "Reason 0." in Client().get(f"/moderation/log/{following}").content.decode()


def test_the_figures_of_a_year(capsys, comment, moderator, reader, discussion):
    moderation.hide(by=moderator, comment=comment, reason="Off topic", rule="Rule 2")
    _held(reader, discussion, moderator)
    sanctions.mute(by=moderator, person=reader, discussion=discussion, until=None, reason="Rude")
    sanctions.unmute(by=moderator, person=reader, discussion=discussion)
    year = timezone.now().year
    figures = records.figures_of(year)
    assert figures["Acts"]["Hid a comment"] == 1
    assert figures["Acts"]["Muted a person in one discussion"] == 1
    assert figures["Acts"]["Let a muted person take part again"] == 1
    assert figures["Acts that a rule of the portal decided by itself"] == {"Held a comment": 1}
    assert figures["Rules that acts rest on"] == {"Rule 2": 1, "premoderated": 1}
    assert records.figures_of(year - 1)["Acts"] == {}
    call_command("transparency_report", "--year", str(year))
    told = capsys.readouterr().out
    assert "Hid a comment" in told
    assert "Muted a person in one discussion" in told
    assert reader.handle not in told


def test_the_rule_book_at_the_desk(moderator, reader, make_person):
    desk = signed_in(moderator)
    listed = desk.get("/admin/comments/watchedword/").content.decode()
    assert "/admin/comments/watchedword/try/" in listed
    added = desk.post(
        "/admin/comments/watchedword/add/", {"text": "kettle*", "verdict": "reject", "note": ""}
    )
    assert added.status_code == 302
    assert ModerationEntry.objects.get(act="block").after["text"] == "kettle*"
    refused = desk.post(
        "/admin/comments/watchedword/add/", {"text": "***", "verdict": "reject", "note": ""}
    )
    assert refused.status_code == 200
    assert WatchedWord.objects.count() == 1
    tried = desk.post("/admin/comments/watchedword/try/", {"text": "Buy <b>kettles</b>!"})
    assert '<mark title="watched: kettle*">kettles</mark>' in tried.content.decode()
    assert "<b>" not in tried.content.decode().split("held-text")[1]
    for person in (reader, make_person(role="editor")):
        assert signed_in(person).get("/admin/comments/watchedword/try/").status_code in {302, 403}
    word = WatchedWord.objects.get()
    gone = desk.post(f"/admin/comments/watchedword/{word.pk}/delete/", {"post": "yes"})
    assert gone.status_code == 302
    assert not WatchedWord.objects.exists()
    assert ModerationEntry.objects.filter(act="block").count() == 2
    assert not Comment.objects.exists()
    assert not HeldComment.objects.exists()
