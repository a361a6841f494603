"""The newsroom's desk over HTTP: what each role may do there, and what comes of it."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article

LIST = "/admin/articles/article/"


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


def filled(politics, **fields):
    """The article form as a browser sends it, with one line for the byline."""
    form = {
        "title": "Rain",
        "section": politics.pk,
        "lead": "",
        "body": "It rained.\r\n\r\nI am wet\r\n\r\n- says the mayor.",
        "credits": "Ada Lens\r\n\r\nhttps://example.org",
        "status": "published",
        "published_at_0": "2026-01-08",
        "published_at_1": "10:28:00",
        "slug": "",
        "seen_version": "",
        "bylines-TOTAL_FORMS": "1",
        "bylines-INITIAL_FORMS": "0",
        "bylines-0-role": "text",
        "bylines-0-person": "",
        "bylines-0-position": "1",
    }
    return form | fields


@pytest.mark.parametrize(
    ("role", "status"), [("reader", 403), ("moderator", 403), ("editor", 200), ("admin", 200)]
)
def test_rights_go_by_role(sign_in, make_person, make_article, politics, role, status):
    article = make_article("Sun")
    client = sign_in(make_person(role=role))
    for address in (LIST, f"{LIST}add/", f"{LIST}{article.pk}/change/", "/admin/articles/section/"):
        answer = client.get(address)
        # Without any right in the admin one is sent to sign in, and refused there.
        answer = client.get(answer["Location"]) if answer.status_code == 302 else answer
        assert answer.status_code == status, address
    client.post(f"{LIST}add/", filled(politics))
    assert Article.objects.filter(title="Rain").exists() == (status == 200)
    client.post(LIST, {"action": "withdraw_chosen", "_selected_action": article.pk})
    article.refresh_from_db()
    assert article.status == ("withdrawn" if status == 200 else "published")


def test_nobody_deletes_articles(sign_in, make_person, make_article):
    article = make_article()
    client = sign_in(make_person(role="admin"))
    assert client.post(f"{LIST}{article.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in client.get(LIST).content.decode()


def test_an_editor_writes_an_article_as_text(desk, politics, editor, reader, client):
    sent = filled(politics, **{"bylines-0-person": reader.pk})
    answer = desk.post(f"{LIST}add/", sent)
    assert answer.status_code == 302, answer.content.decode()
    article = Article.objects.get()
    assert article.slug == "rain"
    assert article.blocks == [
        {"type": "paragraph", "text": "It rained."},
        {"type": "quote", "text": "I am wet", "attribution": "says the mayor."},
    ]
    assert article.photo_credits == ["Ada Lens", "https://example.org"]
    assert [line.person for line in article.bylines.all()] == [reader]
    assert article.discussion.url == "/articles/rain/"
    assert client.get("/articles/rain/").status_code == 200


def test_an_editor_changes_an_article(desk, politics, make_article, editor, reader):
    article = make_article("Sun", authors=[editor])
    address = f"{LIST}{article.pk}/change/"
    page = desk.get(address).content.decode()
    assert re.search(r"<textarea[^>]*>\s*One\.</textarea>", page)
    line = article.bylines.get()
    sent = filled(
        politics,
        title="Shine",
        slug="shine",
        seen_version=article.version,
        **{
            "bylines-TOTAL_FORMS": "2",
            "bylines-INITIAL_FORMS": "1",
            "bylines-0-id": line.pk,
            "bylines-0-article": article.pk,
            "bylines-0-person": editor.pk,
            "bylines-0-position": "2",
            "bylines-1-article": article.pk,
            "bylines-1-role": "text",
            "bylines-1-person": reader.pk,
            "bylines-1-position": "1",
        },
    )
    answer = desk.post(address, sent)
    assert answer.status_code == 302, answer.content.decode()
    article = Article.objects.get()
    assert (article.title, article.slug, len(article.blocks)) == ("Shine", "shine", 2)
    assert article.discussion.title == "Shine"
    assert [each.person for each in article.bylines.all()] == [reader, editor]


def test_two_editors_do_not_overwrite_each_other(desk, politics, make_article):
    article = make_article("Sun")
    sent = filled(politics, title="First", seen_version=article.version)
    assert desk.post(f"{LIST}{article.pk}/change/", sent).status_code == 302
    answer = desk.post(f"{LIST}{article.pk}/change/", sent | {"title": "Second"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Somebody else has changed this article" in page
    assert 'value="Second"' in page
    assert Article.objects.get().title == "First"


@pytest.mark.parametrize("year", ["0001", "1899", "9999"])
def test_a_date_at_the_end_of_the_calendar_is_told(desk, politics, year):
    sent = filled(politics, published_at_0=f"{year}-12-31", published_at_1="23:59:00")
    answer = desk.post(f"{LIST}add/", sent)
    assert "Use a year from 1900" in answer.content.decode()
    assert not Article.objects.exists()


def test_a_forged_byline_of_thousands_is_not_built(desk, politics):
    sent = filled(politics) | {"bylines-TOTAL_FORMS": "99999999999"}
    answer = desk.post(f"{LIST}add/", sent)
    assert answer.status_code in (200, 302)
    assert answer.content.decode().count('name="bylines-') < 200


def test_a_slug_that_is_taken_is_told_in_the_page(desk, politics, make_article):
    make_article("Rain")
    answer = desk.post(f"{LIST}add/", filled(politics, slug="rain", title="Other"))
    assert "already exists" in answer.content.decode()
    answer = desk.post(f"{LIST}add/", filled(politics, title="r" * 301))
    assert "Use at most 300" in answer.content.decode()
    assert Article.objects.count() == 1


def test_a_body_that_the_notation_cannot_say_is_written_in_html(desk, politics, make_article):
    blocks = [{"type": "paragraph", "text": "a"}, {"type": "paragraph", "text": "- b"}]
    article = make_article("Sun", blocks=blocks)
    form = desk.get(f"{LIST}{article.pk}/change/").context["adminform"].form
    assert form.initial["body"] == "a\n\n<p>- b</p>"
    sent = filled(politics, title="Shine", seen_version=article.version, body=form.initial["body"])
    assert desk.post(f"{LIST}{article.pk}/change/", sent).status_code == 302
    article.refresh_from_db()
    assert (article.title, article.blocks) == ("Shine", blocks)


def test_articles_are_published_and_withdrawn_in_bulk(desk, make_article):
    chosen = [make_article(status="draft"), make_article(status="draft"), make_article()]
    data = {"action": "publish_chosen", "_selected_action": [article.pk for article in chosen]}
    answer = desk.post(LIST, data, follow=True)
    assert "2 of 3 articles published" in answer.content.decode()
    desk.post(LIST, data | {"action": "withdraw_chosen"})
    assert {article.status for article in Article.objects.all()} == {"withdrawn"}


def test_the_list_asks_no_query_for_a_row(desk, make_article, editor):
    def count():
        with CaptureQueriesContext(connection) as queries:
            assert desk.get(LIST, {"q": "Article"}).status_code == 200
        return len(queries)

    for _ in range(3):
        make_article(authors=[editor])
    # The first visit also notes that the editor is here.
    count()
    few = count()
    for _ in range(27):
        make_article(authors=[editor])
    assert count() == few


def test_people_are_looked_up_by_handle_for_a_byline(desk, reader):
    answer = desk.get(
        "/admin/autocomplete/",
        {"term": "Ada", "app_label": "articles", "model_name": "byline", "field_name": "person"},
    )
    assert [found["text"] for found in answer.json()["results"]] == [reader.handle]


def test_sections_are_made_and_ordered_at_the_desk(desk, client):
    sent = {"name": "Sport", "slug": "sport", "position": 3, "description": "Games."}
    assert desk.post("/admin/articles/section/add/", sent).status_code == 302
    assert "Games." in client.get("/sections/sport/").content.decode()
