"""A picture's way: sent at the desk, chosen for an article, seen by readers; nothing moves."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles import publishing, renditions
from articles.models import Article, Picture
from tests.articles.drawn import WORDS, add, draw

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

axe = Axe()
# axe would copy the stylesheets of the admin into the page, which the policy forbids.
ALL_RULES = {"resultTypes": ["violations"], "preload": False}
# All that moved on the page since it was opened, as Lighthouse counts it.
TOLD_SHIFT = """
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted = (window.shifted || 0) + entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
MOST_SHIFT = 0.002


@pytest.fixture(autouse=True)
def _nobody_is_left_at_work(transactional_db):
    """Whoever makes pictures is done before the test's database is gone."""
    yield
    for thread in list(renditions._threads):
        thread.join(timeout=60)


@pytest.fixture(autouse=True)
def _real_folder(settings, tmp_path, transactional_db):
    """Files as the portal keeps them, and made as it makes them: beside its requests."""
    settings.MEDIA_ROOT = str(tmp_path)
    settings.PICTURES_IN_BACKGROUND = True
    renditions.work_here()
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    }


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "harbour.jpg"
    path.write_bytes(draw(2400, 1600))
    return path


def wait_for_files():
    for thread in list(renditions._threads):
        thread.join(60)
    assert not Picture.objects.exclude(state="ready").exists()


def violations(page, where):
    found = axe.run(page, options=ALL_RULES).response["violations"]
    return [f"{where}: {each['id']}: {each['nodes'][0]['html'][:120]}" for each in found]


def look_at(page, path):
    """Opens a page and scrolls to its end, so that everything on it comes."""
    page.goto(path)
    for image in page.locator("main img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 100)))")
    assert page.evaluate("() => window.shifted || 0") <= MOST_SHIFT


def test_from_the_desk_to_the_reader(open_page, edition, make_person, photograph):
    editor = make_person("Edith Column", role="editor")
    desk = open_page(by=editor)
    desk.goto("/admin/articles/picture/add/")
    desk.get_by_label("File").set_input_files(photograph)
    # What was chosen is seen before it is sent, and a click says where its middle is.
    preview = desk.locator("[data-focal] img")
    expect(preview).to_be_visible()
    box = preview.bounding_box()
    preview.click(position={"x": box["width"] * 0.75, "y": box["height"] * 0.25})
    expect(desk.get_by_label("Middle, per cent from the left")).to_have_value("75")
    expect(desk.get_by_label("Middle, per cent from the top")).to_have_value("25")
    desk.get_by_label("Alternative text").fill(WORDS["alt"])
    desk.get_by_label("Caption").fill(WORDS["caption"])
    desk.get_by_label("Credit").fill(WORDS["credit"])
    desk.get_by_label("Licence:", exact=True).select_option("own")
    found = violations(desk, "a picture to be sent")
    desk.get_by_role("button", name="Save and continue editing").click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    expect(desk.locator("[data-focal] .focal-mark")).to_be_visible()
    picture = Picture.objects.get()
    assert (picture.focal_x, picture.focal_y) == (75, 25)
    desk.goto("/admin/articles/picture/")
    expect(desk.locator(".desk-thumb img")).to_be_visible()
    found += violations(desk, "the list of pictures")

    desk.goto(f"/admin/articles/article/{edition.article.pk}/change/")
    desk.locator(".field-lead_picture .select2-selection").click()
    desk.locator(".select2-search__field").fill("mole")
    desk.get_by_role("option", name=WORDS["caption"]).click()
    desk.get_by_role("textbox", name="Body").press("Control+End")
    desk.keyboard.press("Enter")
    desk.keyboard.type(f"[picture {picture.pk}]")
    desk.keyboard.press("Enter")
    desk.keyboard.type("The end.")
    desk.get_by_role("button", name="Save and continue editing").first.click()
    expect(desk.locator(".field-lead_picture_shown img")).to_be_visible()
    assert Article.objects.get(pk=edition.article.pk).lead_picture == picture

    wait_for_files()
    reader = open_page()
    reader.add_init_script(TOLD_SHIFT)
    look_at(reader, edition.url)
    leading = reader.locator(".story-lead img")
    assert leading.get_attribute("fetchpriority") == "high"
    assert leading.evaluate("image => image.currentSrc").endswith(".avif")
    expect(leading).to_have_attribute("alt", WORDS["alt"])
    expect(leading).to_have_class("fx-3 fy-1")
    assert leading.evaluate("image => getComputedStyle(image).objectPosition") == "75% 25%"
    found += violations(reader, "an article with pictures")
    assert found == []


def test_it_is_sent_without_javascript(open_page, make_person, photograph):
    desk = open_page(by=make_person("Edith Column", role="editor"), javascript=False)
    desk.goto("/admin/articles/picture/add/")
    desk.get_by_label("File").set_input_files(photograph)
    desk.get_by_label("Alternative text").fill(WORDS["alt"])
    desk.get_by_label("Caption").fill(WORDS["caption"])
    desk.get_by_label("Credit").fill(WORDS["credit"])
    desk.get_by_label("Licence:", exact=True).select_option("own")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(".messagelist .success")).to_be_visible()
    assert Picture.objects.get().width == 2400


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("made", [False, True], ids=["waiting", "made"])
def test_nothing_moves_and_nothing_stands_in_the_way(
    open_page, edition, settings, phone, dark, made
):
    settings.PICTURES_IN_BACKGROUND = made
    wide, tall = add(draw(2000, 900)), add(draw(700, 1400), licence="cc-by-4.0")
    body = [*edition.article.blocks, {"type": "picture", "picture": tall.pk}]
    publishing.update_article(article=edition.article, lead_picture=wide, blocks=body)
    for other in Article.objects.exclude(pk=edition.article.pk):
        publishing.update_article(article=other, lead_picture=tall)
    if made:
        wait_for_files()
    page = open_page(phone=phone, dark=dark)
    page.add_init_script(TOLD_SHIFT)
    found = []
    for path in ("/", "/latest/", edition.url):
        look_at(page, path)
        assert page.locator("main img").count() >= 2
        assert page.evaluate(
            "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )
        found += violations(page, path)
    assert found == []
