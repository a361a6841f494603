"""An editor at the newsroom's desk: tags, an address that moves, corrections, the front page."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from accounts import membership
from articles import arranging, banners, corrections, previews, publishing, sections, tagging
from articles.models import Article, FrontArrangement
from comments import posting
from tests.journeys import edition as editions
from tests.journeys import test_writing as writing
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

SUCCESS = ".messagelist .success"
TOO_WIDE = """
[document.documentElement, ...document.querySelectorAll(".inline-group .tabular")].some(
  (element) => element.scrollWidth > element.clientWidth
)
"""
LEAD = ".lead-story .headline"


@pytest.fixture
def editor(make_person):
    return make_person("Edith Column", role="editor")


@pytest.fixture
def desk(open_page, edition, editor):
    return open_page(by=editor)


def pick(page, field, title):
    """Chooses an article in one of the admin's fields that look it up."""
    page.locator(f".field-{field} .select2-selection").first.click()
    page.locator(".select2-search__field").fill(title)
    page.get_by_role("option", name=title, exact=True).click()


def test_a_former_address_leads_on_and_a_404_is_mended(desk, page, edition):
    former = edition.url
    desk.goto(f"/admin/articles/article/{edition.article.pk}/change/")
    desk.get_by_label("Slug").fill("the-kettle")
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(SUCCESS)).to_be_visible()
    page.goto(f"{former}?order=newest")
    expect(page).to_have_url(re.compile(r"/articles/the-kettle/\?order=newest$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)

    page.watch.expected_statuses.add(404)
    page.goto("/kettles/moon.html")
    expect(page.get_by_role("heading", level=1)).to_contain_text("nothing at this address")
    desk.goto("/admin/articles/redirect/")
    expect(desk.locator("#result_list")).to_contain_text(former)
    desk.get_by_role("link", name="404s worth fixing").click()
    desk.get_by_role("link", name="Lead it on from /kettles/moon.html").click()
    expect(desk.get_by_label("Path")).to_have_value("/kettles/moon.html")
    desk.get_by_label("Leads to").fill("/articles/the-kettle/#discussion")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(SUCCESS)).to_be_visible()
    page.goto("/kettles/moon.html")
    expect(page).to_have_url(re.compile(r"/articles/the-kettle/#discussion$"))


def test_a_correction_is_read_under_the_article_and_in_the_archive(desk, page, edition):
    desk.goto(f"/admin/articles/article/{edition.article.pk}/change/")
    desk.get_by_role("link", name="Publish a correction").click()
    desk.get_by_label("Text").fill("The kettle is of copper, not of tin.")
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(SUCCESS)).to_be_visible()

    page.goto(edition.url)
    page.get_by_role("link", name="Corrected on").click()
    box = page.get_by_role("region", name="What was changed here")
    expect(box).to_be_in_viewport()
    expect(box).to_contain_text("of copper, not of tin")
    box.get_by_role("link", name="All corrections").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Corrections")
    page.get_by_role("main").get_by_role("link", name=editions.TITLE).click()
    expect(box.locator(".correction")).to_be_in_viewport()


def test_arrange_preview_go_live_and_put_back(desk, page, edition):
    page.goto("/")
    expect(page.locator(LEAD)).to_have_text(editions.TITLE)
    other = "Another story, number 2"

    def arrange(title):
        desk.goto("/admin/articles/frontarrangement/")
        desk.get_by_role("button", name="Arrange").click()
        desk.get_by_label("Name").fill(f"With {title}")
        return desk

    arrange("two")
    desk.locator("#id_rows-0-place").select_option("lead")
    pick(desk, "article", other)
    desk.locator("#id_rows-1-place").select_option("seconds")
    desk.locator("#id_rows-1-count").fill("2")
    desk.get_by_role("button", name="Save and preview").click()
    expect(desk.get_by_role("heading", level=2).first).to_contain_text("Preview of “With two”")
    expect(desk.locator(LEAD)).to_have_text(other)
    page.goto("/")
    expect(page.locator(LEAD)).to_have_text(editions.TITLE)
    desk.get_by_role("button", name="Put it live").click()
    expect(desk).to_have_url(re.compile(r"/$"))
    page.goto("/")
    expect(page.locator(LEAD)).to_have_text(other)
    expect(page.locator(".seconds .headline")).to_have_count(2)

    arrange("one")
    desk.locator("#id_rows-0-article").select_option("")
    desk.get_by_role("button", name="Save and preview").click()
    desk.get_by_role("button", name="Put it live").click()
    expect(desk).to_have_url(re.compile(r"/$"))
    page.goto("/")
    expect(page.locator(LEAD)).to_have_text(editions.TITLE)
    desk.goto("/admin/articles/frontarrangement/")
    desk.get_by_role("button", name="Put “With two” back").click()
    expect(desk.locator(SUCCESS)).to_have_text("The former front page is live again.")
    page.goto("/")
    expect(page.locator(LEAD)).to_have_text(other)


def test_the_banner_goes_up_and_down(desk, open_page, edition):
    page = open_page(javascript=False)
    banner = page.get_by_role("region", name="Breaking news")
    page.goto("/latest/")
    expect(banner).to_have_count(0)
    desk.goto("/admin/articles/banner/add/")
    desk.get_by_label("Text").fill("The kettle whistles")
    pick(desk, "article", editions.TITLE)
    desk.get_by_role("button", name="Save", exact=True).click()
    expect(desk.locator(SUCCESS)).to_be_visible()
    page.reload()
    expect(banner).to_contain_text("The kettle whistles")
    banner.get_by_role("link", name="The kettle whistles").click()
    expect(page).to_have_url(re.compile(f"{edition.url}$"))
    expect(banner).to_be_visible()
    desk.get_by_role("button", name="Take it down").click()
    expect(desk.locator(SUCCESS)).to_have_text("The banner is taken down.")
    page.reload()
    expect(banner).to_have_count(0)


@pytest.mark.browser
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_of_it_stands_in_anybodys_way(open_page, edition, editor, phone, dark):
    corrections.publish_correction(
        article=edition.article, kind="correction", text="Copper. See https://example.org/tin."
    )
    banners.put_up_banner(text="The kettle whistles", article=edition.article)
    live = arranging.begin_arrangement(name="Today")
    none = {"article": None, "starts": None, "until": None, "count": 2}
    science = edition.article.section
    rows = (
        {"place": "lead", "rule": "newest", "section": None, "heading": "", **none},
        {"place": "block", "rule": "section", "section": science, "heading": "Lab", **none},
    )
    arranging.set_rows(arrangement=live, rows=list(rows))
    arranging.put_live(arrangement=live)
    publishing.update_article(article=edition.article, slug="the-kettle")
    page = open_page(phone=phone, dark=dark)
    found = []
    for path in ("/", "/articles/the-kettle/", "/corrections/"):
        page.goto(path)
        expect(page.get_by_role("region", name="Breaking news")).to_be_visible()
        found += violations(page, path, dark=dark)
        wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wide, path
    page = open_page(phone=phone, dark=dark, by=editor)
    page.goto(f"/front/preview/{FrontArrangement.objects.get().pk}/")
    found += violations(page, "the preview", dark=dark)
    assert found == []


def test_the_desk_has_what_axe_asks_for(open_page, edition, editor):
    """Our own part of the admin's pages: the rest is Django's."""
    page = open_page(by=editor)
    page.watch.expected_statuses.add(404)
    page.goto("/lost/")
    arranging.begin_arrangement(name="Today")
    banners.put_up_banner(text="The kettle whistles")
    found = []
    for path in ("redirect/missed/", "redirect/table/", "frontarrangement/", "banner/"):
        page.goto(f"/admin/articles/{path}")
        part = "#content-main" if path.startswith("redirect") else ".desk-tools"
        report = Axe().run(page, context=part, options={"resultTypes": ["violations"]})
        found += [(path, each["id"]) for each in report.response["violations"]]
    assert found == []


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


def go_to_desk(desk, article):
    desk.goto(f"/admin/articles/article/{article.pk}/desk/")


def save_form(desk):
    desk.get_by_role("button", name="Save", exact=True).first.click()
    expect(desk.locator(SUCCESS)).to_be_visible()


def expect_status(page, address, status):
    assert page.goto(address).status == status, address


def test_one_editors_day(open_page, edition, editor):
    """An article from its first word to its withdrawal, by the real pages, beside its readers."""
    desk, reader = open_page(by=editor), open_page()
    reader.watch.expected_statuses.add(404)

    # Written, and kept as a draft.
    desk.goto(writing.ADD)
    desk.get_by_label("Title").fill("Tea found on the moon")
    desk.get_by_label("Section").select_option(label="Science")
    desk.get_by_role("textbox", name="Lead").fill("It is cold.")
    writing.text_of(desk).click()
    desk.keyboard.type("The tea was found.")
    desk.keyboard.press("Enter")
    writing.press(desk, "Heading 2")
    desk.keyboard.type("Where it stood")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Beside the kettle")
    for _ in "the kettle":
        desk.keyboard.press("Shift+ArrowLeft")
    writing.settle(desk)
    writing.press(desk, "Link")
    desk.get_by_label("Address").fill("https://kettles.example/moon")
    desk.keyboard.press("Enter")
    save_form(desk)
    article = Article.objects.get(title="Tea found on the moon")
    address = article.get_absolute_url()
    expect_status(reader, address, 404)

    # Shown to somebody without an account.
    go_to_desk(desk, article)
    desk.get_by_label("For whom").fill("The astronaut")
    desk.get_by_role("button", name="Make a link").click()
    link = desk.locator(".text-desk-link a").get_attribute("href")
    expect_status(reader, link, 200)
    story = reader.locator(".story-body")
    expect(reader.get_by_role("heading", name="Tea found on the moon").first).to_be_visible()
    expect(story.get_by_role("heading", name="Where it stood", level=2)).to_be_visible()
    expect(story.get_by_role("link", name="the kettle")).to_have_attribute(
        "href", "https://kettles.example/moon"
    )
    expect_status(reader, address, 404)

    # Scheduled for another century, and then for now.
    desk.goto(writing.change_url(article))
    desk.locator("#id_status").select_option("published")
    desk.locator("#id_published_at_0").fill("2099-01-01")
    desk.locator("#id_published_at_1").fill("06:00:00")
    save_form(desk)
    expect_status(reader, address, 404)
    desk.goto(writing.change_url(article))
    moment = desk.locator(".field-published_at")
    moment.get_by_role("link", name="Today").click()
    moment.get_by_role("link", name="Now", exact=True).click()
    save_form(desk)
    expect_status(reader, address, 200)
    expect(story).to_contain_text("The tea was found.")

    # Corrected, where readers see it.
    desk.goto(writing.change_url(article))
    desk.get_by_role("link", name="Publish a correction").click()
    desk.get_by_label("Text").fill("It was coffee.")
    save_form(desk)
    reader.reload()
    expect(reader.get_by_role("region", name="What was changed here")).to_contain_text(
        "It was coffee."
    )
    expect_status(reader, "/corrections/", 200)
    expect(reader.get_by_role("main")).to_contain_text("It was coffee.")

    # Changed with a reason, compared, and put back.
    desk.goto(writing.change_url(article))
    writing.text_of(desk).get_by_text("The tea was found.").click()
    desk.keyboard.press("End")
    desk.keyboard.type(" By a cat.")
    desk.get_by_label("What was changed, and why").fill("The cat rang.")
    save_form(desk)
    reader.goto(address)
    expect(story).to_contain_text("By a cat.")
    go_to_desk(desk, article)
    expect(desk.get_by_role("row").filter(has_text="The cat rang.")).to_have_count(1)
    desk.get_by_role("link", name="What changed").first.click()
    expect(desk.locator(".compare")).to_contain_text("The cat rang.")
    expect(desk.locator(".compare ins")).to_contain_text("By a cat.")
    desk.get_by_role("button", name="Restore revision").click()
    expect(desk.locator(SUCCESS)).to_contain_text("It says what it said in revision")
    reader.reload()
    expect(story).to_contain_text("The tea was found.")
    expect(story).not_to_contain_text("By a cat.")

    # Moved to another address, and taken out.
    desk.goto(writing.change_url(article))
    desk.get_by_label("Slug").fill("moon-tea")
    save_form(desk)
    reader.goto(address)
    expect(reader).to_have_url(re.compile("/articles/moon-tea/$"))
    expect(reader.get_by_role("heading", level=1)).to_have_text("Tea found on the moon")
    go_to_desk(desk, article)
    desk.get_by_role("button", name="Withdraw", exact=True).click()
    expect(desk.locator(SUCCESS)).to_contain_text("Withdrawn")
    for former in ("/articles/moon-tea/", address):
        expect_status(reader, former, 404)


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_page_of_the_day_stands_in_anybodys_way(open_page, edition, editor, settings, language):
    settings.EDITIONS = ["ru"]
    membership.choose_language(by=editor, person=editor, language=language)
    article = edition.article
    if language == "ru":
        article = publishing.create_article(
            section=sections.open_section("Наука", "nauka", language="ru"),
            title="Чайник на Луне всё ещё тёплый",
            blocks=[{"type": "paragraph", "text": "Чайник стоит, где стоял."}],
            status="published",
        )
        posting.post_comment(by=edition.ada, discussion=article.discussion, text="Не верю.")
    publishing.update_article(article=article, lead="Холодно.", why="A lead.")
    publishing.update_article(article=article, slug="lunar-kettle")
    article.refresh_from_db()
    corrections.publish_correction(article=article, kind="correction", text="Copper.")
    draft = publishing.create_article(
        section=article.section,
        title="Not yet",
        blocks=[{"type": "paragraph", "text": "Later."}],
        status="draft",
    )
    link = previews.make_link(by=editor, article=draft, note="Ada")
    banners.put_up_banner(text="The kettle whistles", article=article)
    front = arranging.begin_arrangement(name="Today")
    desk, reader = open_page(by=editor), open_page()
    found = []
    for page, paths in (
        (
            desk,
            (
                "/admin/articles/article/add/",
                f"/admin/articles/article/{article.pk}/desk/",
                f"/admin/articles/article/{draft.pk}/desk/",
                f"/admin/articles/article/{article.pk}/schedule/",
                f"/admin/articles/article/{article.pk}/compare/",
                f"/admin/articles/correction/add/?article={article.pk}",
                "/admin/articles/redirect/",
                "/admin/articles/frontarrangement/",
                f"/admin/articles/frontarrangement/{front.pk}/change/",
                "/admin/articles/banner/",
                "/admin/articles/banner/add/",
            ),
        ),
        (
            reader,
            (
                article.get_absolute_url(),
                previews.address_of(link),
                "/corrections/",
                "/ru/" if language == "ru" else "/",
                "/search/?q=ketlte",
            ),
        ),
    ):
        for path in paths:
            page.goto(path)
            found += writing.violations(page, path)
            page.emulate_media(color_scheme="dark")
            found += violations(page, f"{path}, dark", dark=True)
            page.emulate_media(color_scheme="light")
            if page.evaluate(TOO_WIDE):
                found.append(f"{path}: wider than its place")
    assert found == [], "\n".join(found)
