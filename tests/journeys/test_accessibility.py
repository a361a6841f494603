"""axe finds nothing on the main pages, light and dark, on a desk and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

axe = Axe()
ALL_RULES = {"resultTypes": ["violations"]}
# What is dark differs from what is light by its colours, and by nothing else.
RULES_OF_COLOUR = {**ALL_RULES, "runOnly": ["color-contrast", "link-in-text-block"]}


def violations(page, where, *, dark=False):
    """What axe objects to, a line each."""
    found = axe.run(page, options=RULES_OF_COLOUR if dark else ALL_RULES).response["violations"]
    return [
        f"{where}: {each['id']} ({each['impact']}): {each['help']}: "
        + " | ".join(node["html"][:120] for node in each["nodes"][:3])
        for each in found
    ]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_stands_in_anybodys_way(open_page, edition, phone, dark):
    page = open_page(phone=phone, dark=dark)
    page.watch.expected_statuses.add(404)
    found = []
    for path in (
        "/",
        edition.url,
        f"/comments/{edition.first.pk}/reply/",
        edition.ada.get_absolute_url(),
        "/accounts/login/",
        "/accounts/signup/",
        "/nowhere/",
    ):
        page.goto(path)
        expect(page.get_by_role("main")).to_be_visible()
        found += violations(page, path, dark=dark)
    # The invitation that opens in place for who is not signed in.
    page.goto(edition.url)
    page.get_by_role("link", name="Reply to comment 1", exact=True).click()
    expect(page.locator(f"#form-{edition.first.pk} textarea")).to_be_focused()
    found += violations(page, "an invitation in its place", dark=dark)
    assert found == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nor_in_the_way_of_who_is_signed_in(open_page, edition, dark):
    page = open_page(dark=dark, phone=dark, by=edition.ada)
    page.watch.expected_statuses.add(422)
    page.goto(f"{edition.url}#c{edition.first.pk}")
    form = steps.open_composer(page, edition.first)
    expect(form.get_by_label("Your comment")).to_be_focused()
    found = violations(page, "a form in its place", dark=dark)
    steps.send(form)
    expect(form.get_by_role("alert")).to_be_visible()
    found += violations(page, "a form with an error", dark=dark)
    form.get_by_label("Your comment").fill("At last.")
    steps.send(form)
    mine = steps.expect_new_comment(page, "At last.")
    found += violations(page, "a new comment", dark=dark)
    for path in (
        f"/comments/{edition.first.pk}/reply/?quote=1",
        f"/comments/{mine.pk}/edit/",
        f"/comments/{mine.pk}/withdraw/",
        "/accounts/",
    ):
        page.goto(path)
        found += violations(page, path, dark=dark)
    assert found == []
