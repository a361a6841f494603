"""What else to read beside an article: picked by hand, filled up by what is alike."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles import grouping, publishing, sections, stories, tagging
from articles.errors import ArticleError
from articles.models import Article, RelatedPick
from articles.related import MOST_RELATED
from tests.articles.test_series import article_form


def related_to(article):
    _, more = stories.article_page(stories.article(article.slug))
    return [teaser.title for teaser in more]


@pytest.fixture
def science(db):
    return sections.open_section("Science")


def test_without_picks_it_is_the_newest_of_the_section(make_article, science):
    for at in range(8):
        make_article(f"P{at}", hours_ago=at + 1)
    make_article("Elsewhere", section=science, hours_ago=0)
    asked = make_article("Asked", hours_ago=0)
    assert related_to(asked) == ["P0", "P1", "P2", "P3"]


def test_picks_come_first_in_their_order_and_nothing_twice(make_article, science):
    newest = [make_article(f"P{at}", hours_ago=at + 1) for at in range(8)]
    far = make_article("Far", section=science, hours_ago=900)
    asked = make_article("Asked", hours_ago=0)
    grouping.pick_related(article=asked, others=[far, newest[1], far])
    assert related_to(asked) == ["Far", "P1", "P0", "P2"]
    grouping.pick_related(article=asked, others=[newest[3], newest[2], newest[1], newest[0]])
    assert related_to(asked) == ["P3", "P2", "P1", "P0"]


def test_what_shares_most_tags_comes_before_what_shares_fewer_and_the_section(
    make_article, science
):
    asked = make_article("Asked", hours_ago=0)
    tagging.tag_article(article=asked, names=["Rain", "Rivers", "Roads"])
    for at, (title, names) in enumerate(
        (("One", ["Rain"]), ("None", ["Snow"]), ("Both", ["Rivers", "Rain"]), ("Old", ["Roads"]))
    ):
        article = make_article(title, section=science, hours_ago=at + 10)
        tagging.tag_article(article=article, names=names)
    make_article("Beside", hours_ago=1)
    assert related_to(asked) == ["Both", "One", "Old", "Beside"]
    gone = Article.objects.get(title="Both")
    publishing.withdraw_article(article=gone)
    arranged = Article.objects.get(title="Old")
    grouping.pick_related(article=asked, others=[arranged])
    assert related_to(asked) == ["Old", "One", "Beside"]


def test_only_what_is_published(make_article):
    gone, later = make_article("Gone"), make_article("Later", hours_ago=-1)
    asked, other = make_article("Asked"), make_article("Other")
    grouping.pick_related(article=asked, others=[gone, later, other])
    publishing.withdraw_article(article=gone)
    assert related_to(asked) == ["Other"]


def test_the_page_shows_them_and_changes_with_them(client, make_article, science):
    far = make_article("Far away", section=science)
    asked = make_article("Asked")
    address = asked.get_absolute_url()
    before = client.get(address)
    assert "Far away" not in before.content.decode()
    grouping.pick_related(article=asked, others=[far])
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200
    assert "Far away" in after.content.decode()


def test_the_same_queries_with_3_articles_and_30(make_article, editor):
    asked = make_article("Asked", authors=[editor])
    counted = set()
    for number in (3, 27):
        others = [make_article(authors=[editor]) for _ in range(number)]
        grouping.pick_related(article=asked, others=others[:3])
        article = stories.article("asked")
        with CaptureQueriesContext(connection) as queries:
            stories.article_page(article)
        counted.add(len(queries))
    assert counted == {3}


def test_rights_and_bounds(make_article, make_person, editor, reader):
    asked = make_article("Asked")
    others = [make_article() for _ in range(MOST_RELATED + 1)]
    for person in (reader, make_person("Wanda", role="writer")):
        with pytest.raises(PermissionDenied):
            grouping.pick_related(by=person, article=asked, others=others[:1])
    assert grouping.pick_related(by=editor, article=asked, others=others[:2]) is True
    assert grouping.pick_related(by=editor, article=asked, others=others[:2]) is False
    with pytest.raises(ArticleError, match="At most 4"):
        grouping.pick_related(by=editor, article=asked, others=others)
    with pytest.raises(ArticleError, match="itself"):
        grouping.pick_related(by=editor, article=asked, others=[asked])


def send_picks(desk, article, others):
    sent = article_form(desk, article) | {"picks-TOTAL_FORMS": len(others)}
    for at, other in enumerate(others):
        sent |= {f"picks-{at}-other": other.pk, f"picks-{at}-position": len(others) - at}
    return desk.post(f"/admin/articles/article/{article.pk}/change/", sent)


def test_an_editor_picks_them_in_the_admin(sign_in, editor, make_article):
    asked = make_article("Asked")
    others = [make_article(f"P{at}") for at in range(MOST_RELATED + 1)]
    desk = sign_in(editor)
    assert send_picks(desk, asked, others[:3]).status_code == 302
    picked = RelatedPick.objects.order_by("position").values_list("other__title", flat=True)
    assert list(picked) == ["P2", "P1", "P0"]
    for wrong in (others, [asked], [others[0], others[0]]):
        RelatedPick.objects.all().delete()
        answer = send_picks(desk, asked, wrong)
        assert answer.status_code == 200, wrong
        assert not RelatedPick.objects.exists()
