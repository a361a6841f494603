"""Who may move a text where: a table of roles, remits and moves, asked of the write function."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from articles import publishing, sections
from articles.models import Article, Remit
from articles.permissions import CHANGES, MOVES
from articles.publishing import ArticleError
from comments import rules
from comments.models import Beat, Policy
from comments.permissions import can_moderate

BODY = [{"type": "paragraph", "text": "It rained."}]
Level, Status = Remit.Level, Article.Status
STATES = list(Status)


@pytest.fixture
def science(db):
    return sections.open_section("Science")


def at(status, section, title="Rain"):
    return publishing.create_article(section=section, title=title, blocks=BODY, status=status)


def person_with(make_person, politics, level):
    """Somebody who may do up to ``level`` in politics: 0 is a reader."""
    if level == 0:
        return make_person()
    person = make_person(role="writer")
    Remit.objects.create(person=person, section=politics, level=level)
    return person


@pytest.mark.parametrize("level", [0, *Level])
@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("after", STATES)
def test_a_move_takes_what_the_table_says(make_person, politics, level, before, after):
    if before == after:
        return
    article = at(before, politics)
    person = person_with(make_person, politics, level)
    needed = MOVES.get((before, after))
    if level and needed is None:
        with pytest.raises(ArticleError, match="cannot become"):
            publishing.update_article(by=person, article=article, status=after)
    elif needed is None or level < needed:
        with pytest.raises(PermissionDenied):
            publishing.update_article(by=person, article=article, status=after)
    else:
        assert publishing.update_article(by=person, article=article, status=after)
        assert Article.objects.get().status == after
        return
    assert Article.objects.get().status == before


@pytest.mark.parametrize("level", [0, *Level])
@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("change", ["words", "byline", "new"])
def test_words_are_for_who_has_the_text_in_hand(make_person, politics, level, status, change):
    person = person_with(make_person, politics, level)
    article = None if change == "new" else at(status, politics)

    def act():
        if change == "new":
            return publishing.create_article(
                by=person, section=politics, title="Sun", blocks=BODY, status=status
            )
        if change == "byline":
            return publishing.update_article(by=person, article=article, authors=[person])
        return publishing.update_article(by=person, article=article, lead="Wet.")

    needed = CHANGES[status]
    if change == "new":
        needed = MOVES.get((Status.DRAFT, status), Level.WRITE)
    if level >= needed:
        assert act()
    else:
        with pytest.raises(PermissionDenied):
            act()
        assert not Article.objects.filter(lead="Wet.").exists()
        assert not Article.objects.filter(title="Sun").exists()


def test_a_remit_is_for_its_section_alone(make_person, politics, science):
    editor = make_person(role="editor")
    article = at(Status.DRAFT, politics)
    assert publishing.update_article(by=editor, article=article, lead="Anywhere.")
    # Who looks after one section looks after no other.
    editor = make_person(role="editor")
    Remit.objects.create(person=editor, section=science, level=Level.PUBLISH)
    with pytest.raises(PermissionDenied, match="In Politics"):
        publishing.update_article(by=editor, article=article, lead="Wet.")
    mine = at(Status.DRAFT, science, "Sun")
    with pytest.raises(PermissionDenied, match="In Politics"):
        publishing.update_article(by=editor, article=mine, section=politics)
    assert publishing.update_article(by=editor, article=mine, status=Status.PUBLISHED)
    # One for every section adds to it.
    both = make_person(role="editor")
    Remit.objects.create(person=both, section=science, level=Level.PUBLISH)
    Remit.objects.create(person=both, section=None, level=Level.WRITE)
    assert publishing.update_article(by=both, article=article, lead="Wet.")
    with pytest.raises(PermissionDenied):
        publishing.publish_article(by=both, article=article)


def test_a_remit_gives_nothing_to_who_is_not_of_the_newsroom(make_person, politics):
    article = at(Status.DRAFT, politics)
    for role in ("reader", "moderator", "senior"):
        person = make_person(role=role)
        Remit.objects.create(person=person, section=None, level=Level.PUBLISH)
        with pytest.raises(PermissionDenied):
            publishing.update_article(by=person, article=article, lead="Wet.")


def test_a_writer_without_a_remit_writes_drafts_everywhere(make_person, politics, science):
    writer = make_person(role="writer")
    for section in (politics, science):
        article = publishing.create_article(
            by=writer, section=section, title="Rain", blocks=BODY, status=Status.DRAFT
        )
        assert publishing.update_article(by=writer, article=article, status=Status.DESK)
        with pytest.raises(PermissionDenied):
            publishing.update_article(by=writer, article=article, lead="Wet.")
        assert publishing.update_article(by=writer, article=article, status=Status.DRAFT)


@pytest.mark.parametrize("status", [each for each in STATES if each != Status.PUBLISHED])
def test_only_what_is_published_is_read(politics, status, make_person):
    article = at(status, politics)
    assert Client().get("/articles/rain/").status_code == 404
    assert "Rain" not in Client().get("/latest/").content.decode()
    assert not article.discussion.is_readable()


DESK = "/admin/articles/article/{}/{}/"


class TestSections:
    def test_only_who_publishes_everywhere_changes_them(self, make_person, politics, sign_in):
        writer, limited = make_person(role="writer"), make_person(role="editor")
        Remit.objects.create(person=limited, section=politics, level=Level.PUBLISH)
        for person in (writer, limited, make_person()):
            with pytest.raises(PermissionDenied):
                sections.update_section(by=person, section=politics, slug="mine")
        form = {"name": "Politics", "slug": "mine", "position": "1", "description": ""}
        answer = sign_in(limited).post(f"/admin/articles/section/{politics.pk}/change/", form)
        assert answer.status_code == 403
        politics.refresh_from_db()
        assert politics.slug == "politics"

    def test_what_goes_by_its_name_follows(self, make_person, politics):
        article = at(Status.PUBLISHED, politics)
        moderator = make_person(role="moderator")
        admin = make_person(role="admin")
        Beat.objects.create(person=moderator, area="politics")
        # Left from a section that once had the new name.
        Beat.objects.create(person=moderator, area="power")
        rules.save_rule(by=admin, rule=Policy(area="power", newcomer_holds=3))
        rules.save_rule(by=admin, rule=Policy(area="politics", is_premoderated=True))
        sections.update_section(by=admin, section=politics, slug="power")
        article.discussion.refresh_from_db()
        assert article.discussion.area == "power"
        assert can_moderate(moderator, "power")
        assert rules.current().policy_of("power").is_premoderated
        assert not rules.current().policy_of("politics").is_premoderated


class TestOverHttp:
    @pytest.mark.parametrize("level", list(Level))
    @pytest.mark.parametrize("before", STATES)
    def test_the_desk_offers_what_can_be_done(self, sign_in, make_person, politics, level, before):
        article = at(before, politics)
        client = sign_in(person_with(make_person, politics, level))
        page = client.get(DESK.format(article.pk, "desk")).content.decode()
        offered = {after for after in STATES if f'name="status" value="{after}"' in page}
        allowed = {to for (fro, to), needed in MOVES.items() if fro == before and level >= needed}
        assert offered == allowed
        for after in STATES:
            if after != before and after not in allowed:
                answer = client.post(DESK.format(article.pk, "move"), {"status": after})
                assert answer.status_code in (302, 403)
                assert Article.objects.get().status == before
        for after in list(allowed)[:1]:
            client.post(DESK.format(article.pk, "move"), {"status": after})
            assert Article.objects.get().status == after

    def test_the_form_shows_what_one_may_not_change(self, sign_in, make_person, politics):
        article = at(Status.DESK, politics)
        client = sign_in(make_person(role="writer"))
        page = client.get(DESK.format(article.pk, "change")).content.decode()
        assert "It rained." in page
        assert "<textarea" not in page
        answer = client.post(DESK.format(article.pk, "change"), {"title": "Mine"})
        assert answer.status_code == 403
        assert Article.objects.get().title == "Rain"

    def test_a_writer_cannot_publish_by_the_form(self, sign_in, make_person, politics):
        client = sign_in(make_person(role="writer"))
        form = {
            "title": "Rain", "section": politics.pk, "lead": "", "body": "It rained.",
            "credits": "", "status": "published", "slug": "", "seen_version": "",
            "bylines-TOTAL_FORMS": "0", "bylines-INITIAL_FORMS": "0",
        }  # fmt: skip
        answer = client.post("/admin/articles/article/add/", form)
        assert answer.status_code == 200
        assert "others of the newsroom do this" in answer.content.decode()
        assert "It rained." in answer.content.decode()
        assert not Article.objects.exists()
        assert (
            client.post("/admin/articles/article/add/", form | {"status": "desk"}).status_code
            == 302
        )
        assert Article.objects.get().status == "desk"

    @pytest.mark.parametrize("role", ["reader", "moderator"])
    def test_others_see_nothing_of_it(self, sign_in, make_person, politics, role):
        article = at(Status.DRAFT, politics)
        client = sign_in(make_person(role=role))
        for page in ("desk", "compare", "schedule"):
            answer = client.get(DESK.format(article.pk, page))
            assert answer.status_code in (302, 403), page
        for page in ("move", "unschedule", "previews", "restore/1"):
            answer = client.post(DESK.format(article.pk, page), {"status": "published"})
            assert answer.status_code in (302, 403), page
        assert Article.objects.get().status == "draft"

    def test_a_list_of_them_does_what_can_be_done(self, sign_in, make_person, politics, science):
        editor = make_person(role="editor")
        Remit.objects.create(person=editor, section=politics, level=Level.PUBLISH)
        mine, other = at(Status.DRAFT, politics, "Mine"), at(Status.DRAFT, science, "Other")
        answer = sign_in(editor).post(
            "/admin/articles/article/",
            {"action": "publish_chosen", "_selected_action": [mine.pk, other.pk]}, follow=True,
        )  # fmt: skip
        assert answer.status_code == 200
        assert "Other: In Science this is for others" in answer.content.decode()
        states = dict(Article.objects.values_list("title", "status"))
        assert states == {"Mine": "published", "Other": "draft"}
        writer = sign_in(make_person(role="writer"))
        page = writer.get("/admin/articles/article/").content.decode()
        assert "publish_chosen" not in page

    def test_a_writer_moves_a_draft_to_another_section_and_hands_it_in(
        self, make_person, politics, science
    ):
        article, writer = at(Status.DRAFT, politics), make_person(role="writer")
        assert publishing.update_article(
            by=writer, article=article, section=science, status=Status.DESK
        )

    @pytest.mark.parametrize("page", ["²", "0", "99999999999999999999", "x"])
    def test_odd_addresses_are_no_errors(self, sign_in, make_person, page):
        desk = sign_in(make_person(role="editor"))
        assert desk.get(f"/admin/articles/article/{page}/change/").status_code in (302, 404)

    def test_a_writer_finds_people_for_the_byline(self, sign_in, make_person):
        asked = {
            "app_label": "articles",
            "model_name": "byline",
            "field_name": "person",
            "term": "A",
        }
        assert (
            sign_in(make_person(role="writer")).get("/admin/autocomplete/", asked).status_code
            == 200
        )
        assert sign_in(make_person(role="writer")).get("/admin/accounts/user/").status_code == 403
        reader = sign_in(make_person()).get("/admin/autocomplete/", asked)
        assert reader.status_code in (302, 403)

    @pytest.mark.parametrize("role", ["editor", "moderator", "writer"])
    def test_only_administrators_hand_out_remits(self, sign_in, make_person, role):
        assert sign_in(make_person(role=role)).get("/admin/articles/remit/").status_code == 403
        admin = sign_in(make_person(role="admin"))
        assert admin.get("/admin/articles/remit/add/").status_code == 200
