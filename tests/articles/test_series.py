"""Series: parts in their order, counted as readers see them, and set in the admin."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import grouping, publishing, series, updates
from articles.errors import ArticleError
from articles.models import Series, SeriesPart


@pytest.fixture
def make_series(make_article):
    """``make_series("Water", 3)``: a series with so many published parts, and the articles."""

    def make(title, parts):
        made = grouping.open_series(title=title)
        articles = [make_article(f"{title} {at}", hours_ago=at) for at in range(1, parts + 1)]
        for article in articles:
            grouping.place_in_series(article=article, series=made)
        return made, articles

    return make


def text_of(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_an_article_says_which_part_it_is_and_leads_to_the_parts_around_it(client, make_series):
    _, (first, second, third) = make_series("Water", 3)
    page = text_of(client, second.get_absolute_url())
    assert 'Part 2 of 3 of <a href="/series/water/"><bdi>Water</bdi></a>' in page
    steps = re.search(r'<nav class="pager series-steps".*?</nav>', page, re.DOTALL)[0]
    assert f'<a rel="prev" href="{first.get_absolute_url()}">' in steps
    assert f'<a rel="next" href="{third.get_absolute_url()}">' in steps
    page = text_of(client, first.get_absolute_url())
    assert "Previous part" not in page
    assert "Next part" in page


def test_only_published_parts_count(client, make_series, make_article):
    water, (first, second, third) = make_series("Water", 3)
    tomorrow = make_article("Water 4", hours_ago=-24)
    grouping.place_in_series(article=tomorrow, series=water)
    publishing.withdraw_article(article=second)
    page = text_of(client, third.get_absolute_url())
    assert "Part 2 of 2 of" in page
    assert f'<a rel="prev" href="{first.get_absolute_url()}">' in page
    assert "Next part" not in page
    listed = text_of(client, "/series/water/")
    assert re.findall(r'<p class="part">(.*?)</p>', listed) == ["Part 1", "Part 2"]
    assert "Water 4" not in listed
    later = series.place_of(tomorrow, timezone.now() + timedelta(days=2))
    assert later.label == "Part 3 of 3"


def test_what_changes_in_a_series_is_another_page(client, make_series):
    water, (first, second, _) = make_series("Water", 3)
    address = first.get_absolute_url()
    etag = client.get(address)["ETag"]
    for change in (
        lambda: publishing.update_article(article=second, title="A river"),
        lambda: grouping.change_series(series=water, title="Water and wine"),
        lambda: publishing.withdraw_article(article=second),
        lambda: grouping.place_in_series(article=first, series=None),
    ):
        change()
        answer = client.get(address, headers={"if-none-match": etag})
        assert answer.status_code == 200
        etag = answer["ETag"]
    assert "Part " not in text_of(client, address)


def test_the_words_that_a_part_has_by_now_are_shown(client, make_series, monkeypatch):
    _, (first, second, _) = make_series("Water", 3)
    moment = timezone.now() + timedelta(hours=1)
    updates.schedule_update(article=second, takes_effect_at=moment, title="A river")
    assert series.place_of(first, timezone.now()).next_title == "Water 2"
    assert series.place_of(first, moment).next_title == "A river"


def test_a_series_is_paged_in_the_order_of_its_parts(client, make_series, make_article):
    water, articles = make_series("Water", 45)
    # Whatever their dates: the last one is put in front.
    grouping.place_in_series(article=articles[0], series=None)
    grouping.place_in_series(article=articles[-1], series=water, number=1)
    wanted = [articles[-1].title, *(article.title for article in articles[1:-1])]
    address, seen, pages = "/series/water/", [], []
    while address:
        page = text_of(client, address)
        pages.append(address)
        seen += re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', page)
        found = re.search(r'<a rel="next" href="(/series/[^"]+)"', page)
        address = found and found[1]
    assert seen == wanted
    assert len(pages) == 3
    back = re.search(r'<a rel="prev" href="(/series/[^"]+)"', text_of(client, pages[2]))[1]
    middle = text_of(client, back)
    assert re.findall(r'<h3 class="headline"><a [^>]*>(.*?)</a>', middle) == wanted[20:40]


@pytest.mark.parametrize("query", ["?after=x", "?before=-1", "?after=", "?after=" + "9" * 30])
def test_a_cursor_that_was_never_given_out_is_not_there(client, make_series, query):
    make_series("Water", 1)
    assert client.get(f"/series/water/{query}").status_code == 404


def test_a_series_without_a_published_part_is_not_there(client, make_article):
    water = grouping.open_series(title="Water")
    assert client.get("/series/water/").status_code == 404
    grouping.place_in_series(article=make_article("Later", hours_ago=-1), series=water)
    assert client.get("/series/water/").status_code == 404
    assert client.get("/series/nothing/").status_code == 404


def test_the_same_queries_with_3_parts_and_30(client, make_series):
    _, few = make_series("Few", 3)
    _, many = make_series("Many", 30)
    counted = set()
    for addresses in (
        ("/series/few/", few[1].get_absolute_url()),
        ("/series/many/", many[1].get_absolute_url()),
    ):
        queries = []
        for address in addresses:
            with CaptureQueriesContext(connection) as captured:
                text_of(client, address)
            queries.append(len(captured))
        counted.add(tuple(queries))
    assert len(counted) == 1


def test_everybody_gets_the_same_bytes(client, sign_in, make_series, reader):
    make_series("Water", 2)
    answer = client.get("/series/water/")
    assert "public" in answer["Cache-Control"]
    assert not answer.cookies
    assert (
        client.get("/series/water/", headers={"if-none-match": answer["ETag"]}).status_code == 304
    )
    assert "private" in sign_in(reader).get("/series/water/")["Cache-Control"]


class TestWrites:
    def test_rights(self, make_article, make_person, editor, reader):
        writer = make_person("Wanda", role="writer")
        water = grouping.open_series(by=writer, title="Water")
        article = make_article()
        for person in (reader, make_person("Mo", role="moderator")):
            with pytest.raises(PermissionDenied):
                grouping.open_series(by=person, title="No")
            with pytest.raises(PermissionDenied):
                grouping.change_series(by=person, series=water, title="No")
            with pytest.raises(PermissionDenied):
                grouping.place_in_series(by=person, article=article, series=water)
        # What is published is for those who publish.
        with pytest.raises(PermissionDenied):
            grouping.place_in_series(by=writer, article=article, series=water)
        assert grouping.place_in_series(by=editor, article=article, series=water)
        with pytest.raises(PermissionDenied):
            grouping.change_series(by=writer, series=water, title="Wine")
        assert grouping.change_series(by=editor, series=water, title="Wine")

    def test_nothing_to_do_is_false(self, make_article):
        water, article = grouping.open_series(title="Water"), make_article()
        assert grouping.place_in_series(article=article, series=None) is False
        assert grouping.place_in_series(article=article, series=water) is True
        assert grouping.place_in_series(article=article, series=water) is False
        assert grouping.change_series(series=water, title="Water") is False

    def test_two_parts_never_share_a_number(self, make_article):
        water = grouping.open_series(title="Water")
        one, two = make_article("One"), make_article("Two")
        grouping.place_in_series(article=one, series=water, number=3)
        with pytest.raises(ArticleError, match="is “One” already"):
            grouping.place_in_series(article=two, series=water, number=3)
        grouping.place_in_series(article=two, series=water)
        assert SeriesPart.objects.get(article=two).number == 4
        with pytest.raises(ArticleError, match="from 1"):
            grouping.place_in_series(article=two, series=water, number=0)

    def test_a_series_ends_somewhere(self, make_article, monkeypatch):
        monkeypatch.setattr(grouping, "MOST_PARTS", 2)
        water = grouping.open_series(title="Water")
        for _ in range(2):
            grouping.place_in_series(article=make_article(), series=water)
        with pytest.raises(ArticleError, match="at most 2"):
            grouping.place_in_series(article=make_article(), series=water)

    def test_titles_and_addresses(self, db):
        assert grouping.open_series(title="  Water   and wine ").title == "Water and wine"
        assert grouping.open_series(title="Water and wine").slug == "water-and-wine-2"
        for call in (
            lambda: grouping.open_series(title=" "),
            lambda: grouping.open_series(title="x" * 121),
            lambda: grouping.open_series(title="Wine", description="x" * 1_001),
            lambda: grouping.open_series(title="Wine", slug="water-and-wine"),
        ):
            with pytest.raises(ArticleError):
                call()
        second = Series.objects.get(slug="water-and-wine-2")
        with pytest.raises(ArticleError, match="Another series"):
            grouping.change_series(series=second, slug="water-and-wine")


def article_form(client, article):
    """What the admin's form for ``article`` would send if nothing were changed."""
    page = client.get(f"/admin/articles/article/{article.pk}/change/")
    assert page.status_code == 200
    form = page.context["adminform"].form
    sent = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    for moment in ("published_at", "withdraw_at", "embargo_until"):
        value = sent.pop(moment, None)
        if value:
            value = timezone.localtime(value)
            sent |= {f"{moment}_0": f"{value:%Y-%m-%d}", f"{moment}_1": f"{value:%H:%M:%S}"}
    for formset in page.context["inline_admin_formsets"]:
        management = formset.formset.management_form
        sent |= {
            f"{management.prefix}-{name}": management.initial[name] for name in management.fields
        }
        # Without the empty lines, which are filled in by scripts.
        sent[f"{management.prefix}-TOTAL_FORMS"] = management.initial["INITIAL_FORMS"]
        for each in formset.formset.initial_forms:
            for name, field in each.fields.items():
                value = each.get_initial_for_field(field, name)
                value = getattr(value, "pk", value)
                sent[f"{each.prefix}-{name}"] = "" if value is None else value
    return {
        name: getattr(value, "pk", value)
        for name, value in sent.items()
        if value is not None and value is not False
    }


class TestInTheAdmin:
    def test_an_editor_makes_a_series_and_puts_articles_into_it(
        self, sign_in, editor, make_article, client
    ):
        desk = sign_in(editor)
        answer = desk.post(
            "/admin/articles/series/add/", {"title": "Water", "slug": "", "description": "Wet."}
        )
        assert answer.status_code == 302
        water = Series.objects.get(slug="water")
        one, two = make_article("One"), make_article("Two")
        for number, article in enumerate((two, one), 1):
            sent = article_form(desk, article) | {
                "series_part-TOTAL_FORMS": 1,
                "series_part-0-article": article.pk,
                "series_part-0-series": water.pk,
                "series_part-0-number": number,
            }
            answer = desk.post(f"/admin/articles/article/{article.pk}/change/", sent)
            assert answer.status_code == 302, answer.context["errors"]
        assert "Part 2 of 2" in text_of(client, one.get_absolute_url())
        # And out of it again.
        sent = article_form(desk, one) | {"series_part-0-DELETE": "on"}
        desk.post(f"/admin/articles/article/{one.pk}/change/", sent)
        assert "Part 1 of 1" in text_of(client, two.get_absolute_url())
        assert "Part " not in text_of(client, one.get_absolute_url())

    def test_a_number_that_is_taken_is_said_beside_the_field(self, sign_in, editor, make_article):
        water = grouping.open_series(title="Water")
        one, two = make_article("One"), make_article("Two")
        grouping.place_in_series(article=one, series=water)
        desk = sign_in(editor)
        sent = article_form(desk, two) | {
            "series_part-TOTAL_FORMS": 1,
            "series_part-0-article": two.pk,
            "series_part-0-series": water.pk,
            "series_part-0-number": 1,
        }
        answer = desk.post(f"/admin/articles/article/{two.pk}/change/", sent)
        assert answer.status_code == 200
        assert "is “One” already" in answer.content.decode()
        assert not SeriesPart.objects.filter(article=two).exists()

    def test_a_series_that_is_taken_or_has_no_title_is_refused(self, sign_in, editor):
        grouping.open_series(title="Water")
        desk = sign_in(editor)
        for sent in ({"title": "Wine", "slug": "water"}, {"title": " "}):
            answer = desk.post("/admin/articles/series/add/", {"description": "", **sent})
            assert answer.status_code == 200
        assert Series.objects.count() == 1

    def test_who_comes_second_hears_of_it(self, sign_in, editor, monkeypatch):
        def refuse(**_):
            raise ArticleError("Somebody was quicker.")

        monkeypatch.setattr(grouping, "open_series", refuse)
        sent = {"title": "Water", "slug": "", "description": ""}
        answer = sign_in(editor).post("/admin/articles/series/add/", sent, follow=True)
        assert "Somebody was quicker." in answer.content.decode()

    def test_readers_and_moderators_have_no_series(self, sign_in, reader, moderator):
        water = grouping.open_series(title="Water")
        for person in (reader, moderator):
            for address in ("", "add/", f"{water.pk}/change/"):
                answer = sign_in(person).get(f"/admin/articles/series/{address}")
                assert answer.status_code in (302, 403)
                answer = sign_in(person).post(
                    f"/admin/articles/series/{address}", {"title": "No", "slug": "no"}
                )
                assert answer.status_code in (302, 403)
        assert Series.objects.get().title == "Water"
