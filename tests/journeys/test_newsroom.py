"""An editor at the newsroom's desk, in a real browser."""

import pytest
from playwright.sync_api import expect

from articles import tagging
from articles.models import Article

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_tags_are_offered_while_they_are_typed(open_page, make_person, edition):
    article = Article.objects.get(pk=edition.article.pk)
    tagging.tag_article(article=article, names=["Waterfalls", "Ice"])
    page = open_page(by=make_person("Ed Itor", role="editor"))
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    field = page.get_by_label("Tags:")
    expect(field).to_have_value("Waterfalls, Ice")
    field.fill("Snow, wat")
    # A datalist is drawn by the browser, outside the page.
    option = page.locator("datalist option")
    expect(option).to_have_attribute("value", "Snow, Waterfalls")
    field.fill(option.get_attribute("value"))
    page.get_by_role("button", name="Save", exact=True).first.click()
    page.goto(edition.url)
    expect(page.get_by_role("navigation", name="Tags").get_by_role("link")).to_have_text(
        ["Snow", "Waterfalls"]
    )
