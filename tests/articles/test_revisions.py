"""What an article said before, what it will say, and who may see it before it is out."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import previews, publishing, revisions, updates
from articles.models import Article, PreviewLink, Revision, ScheduledUpdate

BODY = [{"type": "paragraph", "text": "It rains cats and dogs."}]
DESK = "/admin/articles/article/{}/{}/"


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def rain(politics, editor):
    return publishing.create_article(
        by=editor, section=politics, title="Rain", blocks=BODY, status="published", why="First"
    )


def kept():
    found = Revision.objects.order_by("number")
    return list(found.values_list("number", "title", "by__handle", "why"))


class TestRevisions:
    def test_each_change_of_the_words_is_one(self, rain, editor, make_person):
        other = make_person("Otto Other", role="editor")
        publishing.update_article(by=other, article=rain, title="Hail", why="It froze")
        publishing.update_article(by=other, article=rain, slug="ice")
        publishing.update_article(by=other, article=rain, title="Hail", why="Nothing new")
        assert kept() == [
            (1, "Rain", "Edith Column", "First"),
            (2, "Hail", "Otto Other", "It froze"),
        ]

    def test_a_draft_has_none(self, politics, editor):
        draft = publishing.create_article(by=editor, section=politics, title="Rain", blocks=BODY)
        publishing.update_article(by=editor, article=draft, title="Hail")
        assert kept() == []
        publishing.publish_article(by=editor, article=draft, why="Out")
        assert kept() == [(1, "Hail", "Edith Column", "Out")]

    def test_what_nobody_kept_is_kept_before_its_first_change(self, politics, editor):
        imported = publishing.create_article(
            section=politics, title="Rain", blocks=BODY, status="published"
        )
        assert kept() == []
        publishing.update_article(by=editor, article=imported, title="Hail")
        assert kept() == [(1, "Rain", None, ""), (2, "Hail", "Edith Column", "")]

    def test_restoring_is_a_revision_of_its_own(self, rain, editor, desk):
        publishing.update_article(by=editor, article=rain, title="Hail", blocks=[])
        answer = desk.post(DESK.format(rain.pk, "restore/1"), follow=True)
        assert "revision 1 again" in answer.content.decode()
        rain = Article.objects.get()
        assert (rain.title, rain.blocks) == ("Rain", BODY)
        assert rain.discussion.title == "Rain"
        assert [title for _, title, _, _ in kept()] == ["Rain", "Hail", "Rain"]
        assert desk.post(DESK.format(rain.pk, "restore/99")).status_code == 404
        again = desk.post(DESK.format(rain.pk, "restore/1"), follow=True)
        assert "It says that already." in again.content.decode()
        assert len(kept()) == 3

    def test_readers_see_when_it_was_updated(self, rain, editor, client):
        assert "updated" not in client.get("/articles/rain/").content.decode()
        past = timezone.now() - timedelta(days=2)
        Article.objects.update(published_at=past, updated_at=past)
        publishing.update_article(by=editor, article=rain, lead="Wet.")
        assert "updated" in client.get("/articles/rain/").content.decode()

    def test_two_stand_side_by_side(self, rain, editor, desk):
        publishing.update_article(
            by=editor, article=rain, title="Rain <b>again</b>",
            blocks=[{"type": "paragraph", "text": "It rains big dogs & frogs."},
                    {"type": "quote", "text": "Wet", "attribution": "the mayor"}],
        )  # fmt: skip
        page = desk.get(DESK.format(rain.pk, "compare")).content.decode()
        assert "&lt;b&gt;again&lt;/b&gt;" in page
        assert "<b>again" not in page
        sides = re.findall(r'<div class="compare-side"[^>]*>(.*?)</div>', page, re.DOTALL)
        assert "<del>" in sides[2]
        assert "<ins>" not in sides[2]
        assert "<ins>" in sides[3]
        assert "the mayor" in sides[3]
        # An address that names nothing, or is odd.
        assert desk.get(DESK.format(rain.pk, "compare"), {"old": 1, "new": 77}).status_code == 404
        for odd in ("", "x", "-1", "9" * 30, "1'"):
            answer = desk.get(DESK.format(rain.pk, "compare"), {"old": odd, "new": odd})
            assert answer.status_code in (200, 404)

    def test_the_queries_do_not_grow(self, rain, editor, desk):
        counted = []
        desk.get(DESK.format(rain.pk, "desk"))
        for number in (3, 30):
            for each in range(number):
                publishing.update_article(by=editor, article=rain, lead=f"{number} {each}")
            for page in ("desk", "compare"):
                with CaptureQueriesContext(connection) as queries:
                    assert desk.get(DESK.format(rain.pk, page)).status_code == 200
                counted.append(len(queries))
        assert counted[:2] == counted[2:]

    def test_the_database_keeps_them(self, rain):
        for statement in (
            "UPDATE articles_revision SET why = 'Never'", "DELETE FROM articles_revision"
        ):  # fmt: skip
            with (
                pytest.raises(DatabaseError, match="append-only"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(statement)
        assert kept() == [(1, "Rain", "Edith Column", "First")]

    def test_a_draft_can_be_what_was_published_last(self, rain, editor, desk):
        publishing.withdraw_article(by=editor, article=rain)
        publishing.update_article(by=editor, article=rain, status="draft", title="Ruined")
        page = desk.get(DESK.format(rain.pk, "desk")).content.decode()
        assert "/restore/1/" in page
        desk.post(DESK.format(rain.pk, "restore/1"))
        assert Article.objects.get().title == "Rain"

    def test_who_looked_at_another_version_does_nothing(self, rain, editor, desk):
        seen = rain.version
        publishing.update_article(by=editor, article=rain, title="Hail")
        for page, form in (("move", {"status": "withdrawn"}), ("restore/1", {})):
            answer = desk.post(
                DESK.format(rain.pk, page), form | {"seen_version": seen}, follow=True
            )
            assert "Somebody else has changed it" in answer.content.decode()
        assert (Article.objects.get().title, Article.objects.get().status) == ("Hail", "published")

    def test_a_very_long_one_is_listed_in_part(self, rain, editor, monkeypatch):
        monkeypatch.setattr(revisions, "SHOWN_REVISIONS", 3)
        for number in range(5):
            publishing.update_article(by=editor, article=rain, lead=f"{number}")
        assert [each.number for each in revisions.revisions_of(rain)] == [6, 5, 4]


class TestSchedule:
    def form(self, **changes):
        later = timezone.localtime(timezone.now() + timedelta(days=2))
        return {
            "takes_effect_at": f"{later:%Y-%m-%dT%H:%M}", "title": "Hail", "lead": "Cold.",
            "body": "It hails.", "credits": "", "why": "It froze", "seen_version": "1",
        } | changes  # fmt: skip

    def test_from_form_to_page(self, rain, desk, client):
        answer = desk.post(DESK.format(rain.pk, "schedule"), self.form(), follow=True)
        assert "Readers see it from" in answer.content.decode()
        made = ScheduledUpdate.objects.get()
        assert (made.title, made.by.handle, made.why) == ("Hail", "Edith Column", "It froze")
        # An editor sees it as it will be, nobody else does.
        assert "It hails." in desk.get("/articles/rain/?update=1").content.decode()
        assert "It hails." not in desk.get("/articles/rain/").content.decode()
        assert "It hails." not in client.get("/articles/rain/?update=1").content.decode()
        form = desk.get(DESK.format(rain.pk, "schedule")).content.decode()
        assert "It hails." in form
        answer = desk.post(DESK.format(rain.pk, "unschedule"), follow=True)
        assert "taken back" in answer.content.decode()
        assert not ScheduledUpdate.objects.exists()
        answer = desk.post(DESK.format(rain.pk, "unschedule"), follow=True)
        assert "There was none" in answer.content.decode()

    @pytest.mark.parametrize(
        "changes",
        [{"takes_effect_at": "2020-01-01T10:00"}, {"takes_effect_at": ""}, {"title": ""},
         {"seen_version": "77"}],
    )  # fmt: skip
    def test_what_is_refused_keeps_the_text(self, rain, desk, changes):
        answer = desk.post(DESK.format(rain.pk, "schedule"), self.form(**changes))
        assert answer.status_code == 200
        assert "It hails." in answer.content.decode()
        assert "errorlist" in answer.content.decode()
        assert not ScheduledUpdate.objects.exists()

    def test_a_writer_schedules_nothing(self, rain, sign_in, make_person):
        writer = make_person(role="writer")
        assert sign_in(writer).get(DESK.format(rain.pk, "schedule")).status_code == 403
        with pytest.raises(PermissionDenied):
            updates.schedule_update(
                by=writer, article=rain, takes_effect_at=timezone.now() + timedelta(1), title="X"
            )
        with pytest.raises(PermissionDenied):
            updates.drop_update(by=writer, article=rain)


class TestPreviews:
    @pytest.fixture
    def draft(self, politics):
        return publishing.create_article(section=politics, title="Secret", blocks=BODY)

    def open(self, link):
        return Client().get(previews.address_of(link))

    def test_who_has_the_link_reads_it(self, draft, editor, desk):
        answer = desk.post(DESK.format(draft.pk, "previews"), {"note": "Our lawyer", "days": "2"})
        assert answer.status_code == 302
        page = desk.get(DESK.format(draft.pk, "desk")).content.decode()
        address = re.search(r'href="https?://[^/]+(/preview/[^"]+)"', page)[1]
        answer = Client().get(address)
        assert answer.status_code == 200
        assert "It rains cats and dogs." in answer.content.decode()
        assert "This is a preview" in answer.content.decode()
        assert answer["X-Robots-Tag"] == "noindex"
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
        assert Client().get("/articles/secret/").status_code == 404

    def test_it_shows_what_is_scheduled(self, rain, editor):
        updates.schedule_update(
            by=editor, article=rain, takes_effect_at=timezone.now() + timedelta(1), lead="Later."
        )
        link = previews.make_link(by=editor, article=rain)
        assert "Later." in self.open(link).content.decode()
        # Nothing else is shown by it, and nothing once it is out.
        updates.drop_update(by=editor, article=rain)
        assert self.open(link)["Location"] == "/articles/rain/"

    def test_an_old_link_shows_nothing_that_comes(self, draft, editor):
        link = previews.make_link(by=editor, article=draft, days=90)
        publishing.publish_article(by=editor, article=draft)
        updates.schedule_update(
            by=editor, article=draft, takes_effect_at=timezone.now() + timedelta(1), lead="Later."
        )
        assert self.open(link)["Location"] == "/articles/secret/"
        publishing.withdraw_article(by=editor, article=draft)
        assert self.open(link).status_code == 404

    def test_it_ends(self, draft, editor, desk, monkeypatch):
        link = previews.make_link(by=editor, article=draft, days=2)
        end = link.expires_at
        monkeypatch.setattr(timezone, "now", lambda: end - timedelta(seconds=1))
        assert self.open(link).status_code == 200
        monkeypatch.setattr(timezone, "now", lambda: end)
        assert self.open(link).status_code == 404
        monkeypatch.undo()
        assert self.open(link).status_code == 200
        answer = desk.post(DESK.format(draft.pk, f"previews/{link.pk}"), follow=True)
        assert "opens nothing any more" in answer.content.decode()
        assert self.open(link).status_code == 404
        assert not previews.revoke_link(by=editor, link=link)

    @pytest.mark.parametrize("token", ["1", "x", "MQ:1", "%00", "a" * 3000, "MQ:1tXsF4:forged"])
    def test_none_is_guessed(self, draft, editor, token):
        previews.make_link(by=editor, article=draft)
        assert Client().get(f"/preview/{token}/").status_code == 404

    def test_who_may_not_change_it_shows_it_to_nobody(self, draft, rain, make_person, editor):
        writer = make_person(role="writer")
        link = previews.make_link(by=editor, article=draft)
        publishing.update_article(by=editor, article=draft, status="desk")
        assert previews.links_of(draft, writer) == []
        for act in (
            lambda: previews.make_link(by=writer, article=rain),
            lambda: previews.revoke_link(by=writer, link=link),
        ):
            with pytest.raises(PermissionDenied):
                act()
        assert PreviewLink.objects.count() == 1
        publishing.update_article(by=editor, article=draft, status="draft")
        mine = previews.make_link(by=writer, article=draft)
        publishing.update_article(by=editor, article=draft, status="desk")
        assert [each for each, _ in previews.links_of(draft, writer)] == [mine]
        assert previews.revoke_link(by=writer, link=mine)

    @pytest.mark.parametrize("days", ["0", "91", "", "x"])
    def test_days_that_cannot_be(self, draft, desk, days):
        desk.post(DESK.format(draft.pk, "previews"), {"note": "", "days": days})
        assert not PreviewLink.objects.exists()
