"""The form of an article over HTTP: its two bodies, its working copy, and who has it open."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import drafting, drafts, publishing, revisions
from articles.errors import ArticleError
from articles.models import Article, OpenForm, Remit, Revision, WorkingCopy
from tests.articles.test_admin import LIST, filled

ADD = f"{LIST}add/"
HEAD = {"type": "html", "html": "<h2>Head</h2>"}
RICH = "<h2>Head</h2><p>It <b>rained</b>.</p>"
FORMED = [HEAD, {"type": "html", "html": "<p>It <strong>rained</strong>.</p>"}]


@pytest.fixture
def desk(sign_in, editor):
    return sign_in(editor)


@pytest.fixture
def other(make_person):
    return make_person("Otto Line", role="editor")


@pytest.fixture
def other_desk(sign_in, other):
    return sign_in(other)


def at(article, act):
    return f"{LIST}{article.pk}/{act}/"


def sent_for(article, **fields):
    return filled(article.section, title=article.title, seen_version=article.version, **fields)


def page_of(answer):
    return answer.content.decode()


# --- The body ---


def test_what_the_editor_says_is_sanitised_and_shown(desk, politics, client):
    harmful = '<script>alert(1)</script><p onclick="x()" style="color:red">Plain.</p>'
    link = '<p><a href="https://a.example/" target="_blank">out</a> <a href="/in/">in</a></p>'
    sent = filled(politics, written="rich", rich=RICH + harmful + link, body="Not this.")
    assert desk.post(ADD, sent).status_code == 302
    article = Article.objects.get()
    assert article.blocks == [
        *FORMED,
        {"type": "paragraph", "text": "Plain."},
        {
            "type": "html",
            "html": '<p><a href="https://a.example/">out</a> <a href="/in/">in</a></p>',
        },
    ]
    assert article.summary.startswith("It rained.")
    page = page_of(client.get(article.get_absolute_url()))
    assert "<h2>Head</h2>" in page
    assert '<a rel="nofollow noopener" href="https://a.example/">out</a>' in page
    assert '<a href="/in/">in</a>' in page
    assert "alert(1)" not in page


def test_the_text_alone_says_the_same(desk, politics):
    body = "It rained.\r\n\r\n<h2>Head</h2>\r\n\r\n<p>a <em>b</em></p>\r\n\r\n<em>no piece</em>"
    assert desk.post(ADD, filled(politics, body=body)).status_code == 302
    assert Article.objects.get().blocks == [
        {"type": "paragraph", "text": "It rained."},
        HEAD,
        {"type": "html", "html": "<p>a <em>b</em></p>"},
        {"type": "paragraph", "text": "<em>no piece</em>"},
    ]


def test_a_refused_form_says_the_same_in_both_bodies(desk, politics):
    sent = filled(politics, title="", written="rich", rich=RICH, body="Old.", lead="A lead.")
    answer = desk.post(ADD, sent)
    assert answer.status_code == 200
    form = answer.context["adminform"].form
    assert form["rich"].value() == "<h2>Head</h2><p>It <strong>rained</strong>.</p>"
    assert form["body"].value() == "<h2>Head</h2>\n\n<p>It <strong>rained</strong>.</p>"
    # Without its script the next try is what stands in the text.
    assert form["written"].value() == ""
    assert form["lead"].value() == "A lead."


@pytest.mark.parametrize(
    ("rich", "told"),
    [
        (f'<figure class="embed"><a href="https://a.b/">{"x" * 201}</a></figure>', "at most 200"),
        ('<div data-block=\'{"type": "spell"}\'>x</div>', "of a kind that no body has"),
        ("<div data-block='{\"type\": [1]}'>x</div>", ""),
        ('<div data-block=\'{"type": "picture", "picture": "\\ud800\\u0000"}\'>x</div>', ""),
        (
            f'<div data-block=\'{{"type": "picture", "picture": {10**40}}}\'>x</div>',
            "needs the number",
        ),
        ('<div data-block=\'{"type": "picture", "picture": 99}\'>x</div>', "no picture 99"),
        ('<div data-block=\'{"type": "picture", "picture": "9"}\'>x</div>', "needs the number"),
    ],
)
def test_forged_blocks_are_refused_beside_the_field(desk, politics, rich, told):
    answer = desk.post(ADD, filled(politics, written="rich", rich=rich))
    assert answer.status_code == (200 if told else 302)
    assert told in page_of(answer)
    assert Article.objects.exists() == (not told)


def test_what_is_opened_and_saved_unchanged_is_no_revision(desk, make_article):
    odd = [
        {"type": "paragraph", "text": "  a\n\nb  "},
        {"type": "paragraph", "text": "- c"},
        {"type": "quote", "text": "<p>d</p>", "attribution": ""},
    ]
    article = make_article("Sun", blocks=odd)
    initial = desk.get(at(article, "change")).context["adminform"].form.initial
    there = timezone.localtime(article.published_at)
    for written in ("", "rich"):
        sent = sent_for(
            article, slug=article.slug, credits="", written=written,
            rich=initial["rich"], body=initial["body"].replace("\n", "\r\n"),
            published_at_0=f"{there:%Y-%m-%d}", published_at_1=f"{there:%H:%M:%S}",
            **{"bylines-TOTAL_FORMS": "0"},
        )  # fmt: skip
        assert desk.post(at(article, "change"), sent).status_code == 302
        now = Article.objects.get()
        assert (now.blocks, now.version) == (odd, article.version)
    assert not Revision.objects.exists()


def test_revisions_show_form_as_well(make_article, editor):
    article = make_article(blocks=[{"type": "paragraph", "text": "It rained."}])
    publishing.update_article(by=editor, article=article, blocks=FORMED)
    new = str(revisions.comparison(article, 1, 2).fields[-1][2])
    assert "&lt;h2&gt;" in new
    assert "<h2>" not in new


def test_a_later_text_is_written_in_the_same_editor(desk, make_article):
    article = make_article("Sun")
    page = desk.get(at(article, "schedule"))
    assert "data-writing=" in page_of(page)
    assert "js/writing.js" in page_of(page)
    sent = {
        "title": "Later", "written": "rich", "rich": RICH, "seen_version": article.version,
        "takes_effect_at": "2090-01-01T10:00", "lead": "", "credits": "", "why": "",
    }  # fmt: skip
    assert desk.post(at(article, "schedule"), sent).status_code == 302
    assert Article.objects.get().scheduled.changes()["blocks"] == FORMED


# --- Embeds ---


def test_an_embed_is_a_link_with_its_host(desk, politics, client, settings):
    rich = '<figure class="embed"><a href="https://youtu.be/abcdef12345">Rain</a></figure>'
    desk.post(ADD, filled(politics, written="rich", rich=rich))
    article = Article.objects.get()
    address = article.get_absolute_url()
    answer = client.get(address)
    page = page_of(answer)
    assert '<a href="https://youtu.be/abcdef12345" rel="nofollow noopener"' in page
    assert 'data-frame="https://www.youtube-nocookie.com/embed/abcdef12345"' in page
    assert "<small>youtu.be</small>" in page
    assert "embeds.js" not in page
    assert "<iframe" not in page
    assert "frame-src 'none'" in answer["Content-Security-Policy"]
    settings.EMBED_HOSTS = ["www.youtube-nocookie.com"]
    settings.BUILD = "another"
    page = page_of(client.get(address))
    assert 'data-embed-hosts="www.youtube-nocookie.com"' in page
    assert "embeds.js" in page
    assert "<iframe" not in page


# --- The working copy ---


def keep(client, article=None, **fields):
    address = at(article, "keep") if article else f"{LIST}keep/"
    sent = {"title": "Sun", "written": "rich", "rich": RICH, "lead": "Kept."} | fields
    if article:
        sent.setdefault("seen_version", article.version)
    return client.post(address, sent)


def test_a_form_is_kept_offered_taken_up_and_dropped(desk, make_article, editor):
    article = make_article("Sun")
    assert "You began" not in page_of(desk.get(at(article, "change")))
    answer = keep(desk, article, **{"bylines-0-role": "photo", "bylines-0-person": editor.pk})
    assert answer.status_code == 200
    assert "Kept at" in answer.json()["told"]
    assert "no-store" in answer["Cache-Control"]
    # The article does not know of it.
    now = Article.objects.get()
    assert (now.version, now.lead, now.blocks) == (article.version, "", article.blocks)
    assert not Revision.objects.exists()

    page = page_of(desk.get(at(article, "change")))
    assert "You began to change this on" in page
    assert "Kept." not in page
    answer = desk.get(at(article, "change"), {"working_copy": "1"})
    form = answer.context["adminform"].form
    assert form["lead"].value() == "Kept."
    assert "Head" in form["rich"].value()
    assert "Head" in form["body"].value()
    assert form["seen_version"].value() == article.version
    (row, _empty) = answer.context["inline_admin_formsets"][0].formset.forms
    assert (row["role"].value(), row["person"].value()) == ("photo", str(editor.pk))

    assert "is thrown away" in page_of(desk.post(at(article, "drop"), follow=True))
    assert not WorkingCopy.objects.exists()
    assert desk.post(at(article, "drop")).status_code == 302


def test_a_new_article_has_a_copy_of_its_own(desk, other_desk, politics):
    assert keep(desk).status_code == 200
    assert "You began" not in page_of(other_desk.get(ADD))
    assert "You began" in page_of(desk.get(ADD))
    form = desk.get(ADD, {"working_copy": "1"}).context["adminform"].form
    assert form["title"].value() == "Sun"
    keep(desk, title="Sun and rain")
    assert WorkingCopy.objects.get().fields["title"] == "Sun and rain"
    assert desk.post(ADD, filled(politics)).status_code == 302
    assert not WorkingCopy.objects.exists()


def test_saving_cleans_up_and_a_refused_save_keeps(desk, make_article):
    article = make_article("Sun")
    desk.get(at(article, "change"))
    refused = desk.post(
        at(article, "change"), filled(article.section, title="", lead="Mine.", seen_version=1)
    )
    assert refused.status_code == 200
    assert refused.context["adminform"].form["lead"].value() == "Mine."
    assert WorkingCopy.objects.get().fields["lead"] == "Mine."
    assert desk.post(at(article, "change"), sent_for(article)).status_code == 302
    assert not WorkingCopy.objects.exists()
    assert drafts.holder_of(article, besides=None) is None


def test_who_is_refused_by_the_write_itself_loses_nothing(
    desk, make_article, politics, monkeypatch
):
    """Somebody took the address, or the section's language, after the form was looked through."""

    def refuse(**_):
        raise ArticleError("Somebody was quicker.")

    article = make_article("Rain")
    monkeypatch.setattr(publishing, "update_article", refuse)
    monkeypatch.setattr(publishing, "create_article", refuse)
    for address, sent in (
        (at(article, "change"), sent_for(article, body="Typed for an hour.")),
        (ADD, filled(politics, title="New", body="Typed for an hour.")),
    ):
        answer = desk.post(address, sent)
        assert answer.status_code == 302
        page = page_of(desk.get(answer["Location"]))
        assert "Somebody was quicker." in page
        assert "Typed for an hour." in page
    assert Article.objects.get().html == article.html


def test_a_copy_says_when_the_article_has_gone_on(desk, make_article, other):
    article = make_article("Sun")
    keep(desk, article)
    publishing.update_article(by=other, article=article, lead="Theirs.")
    told = "The article has been changed since"
    assert told in page_of(desk.get(at(article, "change")))
    answer = desk.get(at(article, "change"), {"working_copy": "1"})
    assert told in page_of(answer)
    assert answer.context["adminform"].form["lead"].value() == "Kept."


def test_a_copy_is_kept_for_so_many_days(desk, make_article, editor, other):
    article = make_article("Sun")
    long_ago = timezone.now() - timedelta(days=drafts.COPY_DAYS, minutes=1)
    drafting.keep_copy(by=other, article=article, fields={}, blocks=[], now=long_ago)
    assert drafts.copy_of(other, article) is None
    just = timezone.now() - timedelta(days=drafts.COPY_DAYS - 1)
    drafting.keep_copy(by=editor, article=article, fields={}, blocks=[], now=just)
    assert drafts.copy_of(editor, article)
    drafting.keep_copy(by=editor, fields={}, blocks=[])
    assert WorkingCopy.objects.filter(person=editor).count() == 2
    assert not WorkingCopy.objects.filter(person=other).exists()


@pytest.mark.parametrize("act", ["keep", "drop", "take-over"])
def test_what_is_written_is_for_who_may_change_it(
    sign_in, make_person, make_article, politics, act
):
    article = make_article("Sun")
    writer = make_person(role="writer")
    Remit.objects.create(person=writer, section=politics, level=Remit.Level.WRITE)
    sent = {"title": "Mine"}
    for person, status in ((writer, 403), (make_person(role="moderator"), 403)):
        if (person, act) == (writer, "drop"):
            status = 302
        answer = sign_in(person).post(at(article, act), sent)
        if act == "drop":
            # There is nothing of theirs to drop.
            assert answer.status_code in (302, 403)
        else:
            assert answer.status_code == status
    assert Client().post(at(article, act), sent).status_code == 302
    assert not WorkingCopy.objects.exists()
    assert not OpenForm.objects.exists()


def test_refusals_over_http(desk, make_article, sign_in, editor):
    article = make_article("Sun")
    for act in ("keep", "drop", "take-over"):
        assert desk.get(at(article, act)).status_code == 405
        assert desk.post(f"{LIST}999999/{act}/", {"title": "x"}).status_code == 404
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(editor, backend="accounts.backends.PortalBackend")
        assert strict.post(at(article, act), {"title": "x"}).status_code == 403
    for act in ("keep", "drop"):
        assert desk.get(f"{LIST}{act}/").status_code == 405
    assert not WorkingCopy.objects.exists()


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30, "²"])
def test_a_forged_form_is_kept_as_far_as_it_is_one(desk, make_article, seen):
    article = make_article("Sun")
    junk = {"bylines-99999-person": "1", "bylines-0-person": "nobody", "csrf": "x", "status": "?",
        "lead_picture": "x", "lead": "a\0b", "written": "", "body": "a\0b"}  # fmt: skip
    assert keep(desk, article, seen_version=seen, section="none", **junk).status_code == 200
    copy = WorkingCopy.objects.get()
    assert copy.seen_version is None
    assert "csrf" not in copy.fields
    assert "bylines-99999-person" not in copy.fields
    assert desk.get(at(article, "change"), {"working_copy": "1"}).status_code == 200


def test_write_functions_ask_for_the_right(make_article, make_person, reader):
    article = make_article("Sun")
    writer = make_person(role="writer")
    for person in (reader, writer):
        for act in (drafting.open_form, drafting.stay_open, drafting.take_over):
            with pytest.raises(PermissionDenied):
                act(by=person, article=article)
        with pytest.raises(PermissionDenied):
            drafting.keep_copy(by=person, article=article, fields={}, blocks=[])
    with pytest.raises(PermissionDenied):
        drafting.keep_copy(by=reader, fields={}, blocks=[])
    assert drafting.keep_copy(by=writer, fields={}, blocks=[])


# --- Who has it open ---


def test_who_comes_second_reads_and_may_take_over(desk, other_desk, make_article):
    article = make_article("Sun")
    assert 'name="title"' in page_of(desk.get(at(article, "change")))
    answer = other_desk.get(at(article, "change"))
    page = page_of(answer)
    assert answer.status_code == 200
    assert "<strong>Edith Column</strong> has this open since" in page
    assert "<p>One.</p>" in page
    assert 'name="title"' not in page
    assert "data-keep" not in page

    page = page_of(other_desk.post(at(article, "take-over"), follow=True))
    assert "It is yours now" in page
    assert 'name="title"' in page
    # The first one hears of it, and loses nothing.
    answer = keep(desk, article)
    assert answer.status_code == 409
    assert "Otto Line has this open since" in answer.json()["told"]
    assert WorkingCopy.objects.get().fields["lead"] == "Kept."
    assert desk.post(at(article, "keep")).status_code == 409
    refused = desk.post(at(article, "change"), sent_for(article, lead="Mine."))
    assert refused.status_code == 200
    assert "Nothing has been saved" in page_of(refused)
    assert "Take over and save" in page_of(refused)
    assert refused.context["adminform"].form["lead"].value() == "Mine."
    assert Article.objects.get().lead == ""
    # In one act, without a look at another page.
    answer = desk.post(at(article, "change"), sent_for(article, lead="Mine.", _take_over="1"))
    assert answer.status_code == 302
    assert Article.objects.get().lead == "Mine."


def test_taking_over_does_not_undo_what_was_saved(desk, other_desk, make_article):
    article = make_article("Sun")
    desk.get(at(article, "change"))
    other_desk.post(at(article, "take-over"))
    assert other_desk.post(at(article, "change"), sent_for(article, lead="New.")).status_code == 302
    late = desk.post(at(article, "change"), sent_for(article, lead="Old.", _take_over="1"))
    assert "Somebody else has changed this article" in page_of(late)
    assert Article.objects.get().lead == "New."
    assert WorkingCopy.objects.get().fields["lead"] == "Old."


def test_an_open_form_runs_out_by_itself(make_article, editor, other):
    article, now = make_article("Sun"), timezone.now()
    silent = timedelta(minutes=drafting.SILENT_MINUTES)
    lively = timedelta(minutes=drafting.LIVELY_MINUTES)
    second = timedelta(seconds=1)
    assert drafting.open_form(by=editor, article=article, now=now) is None
    assert drafting.open_form(by=other, article=article, now=now + silent - second).handle
    assert drafting.stay_open(by=editor, article=article, now=now) is None
    assert drafts.holder_of(article, besides=other, now=now + lively - second)
    assert drafts.holder_of(article, besides=other, now=now + lively) is None
    assert drafting.open_form(by=other, article=article, now=now + lively) is None
    assert drafting.stay_open(by=editor, article=article, now=now + lively).handle == "Otto Line"


def test_an_open_form_is_nobodys_business_but_the_desks(desk, make_article, client):
    article = make_article("Sun")
    tag = client.get(article.get_absolute_url())["ETag"]
    desk.get(at(article, "change"))
    keep(desk, article)
    assert client.get(article.get_absolute_url())["ETag"] == tag


def test_writers_read_what_is_not_theirs_and_take_nothing(sign_in, make_person, make_article):
    article = make_article("Sun")
    assert sign_in(make_person(role="writer")).get(at(article, "change")).status_code == 200
    assert not OpenForm.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_gets_it(make_article, make_person):
    article = make_article("Sun")
    crowd = [make_person(role="editor") for _ in range(6)]

    def act(person):
        try:
            return drafting.open_form(by=person, article=article)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(crowd)) as pool:
        answers = list(pool.map(act, crowd))
    assert answers.count(None) == 1
    assert {each.handle for each in answers if each} == {OpenForm.objects.get().person.handle}


def test_the_number_of_queries_is_the_same(desk, make_article, make_person):
    article = make_article("Sun")
    keep(desk, article)

    def count():
        counts = []
        for act in (
            lambda: keep(desk, article),
            lambda: desk.post(at(article, "keep")),
            lambda: desk.get(at(article, "change")),
            lambda: desk.get(at(article, "change"), {"working_copy": "1"}),
        ):
            with CaptureQueriesContext(connection) as queries:
                assert act().status_code == 200
            counts.append(len(queries))
        return counts

    def fill(number):
        for _ in range(number):
            person, another = make_person(role="editor"), make_article()
            drafting.open_form(by=person, article=another)
            drafting.keep_copy(by=person, article=article, fields={}, blocks=FORMED)

    fill(3)
    few = count()
    fill(27)
    assert count() == few
