"""Editors write: with form, beside each other, and after the lamp went out."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from articles import publishing, sections
from articles.importer.parser import parse
from articles.importer.records import export_blocks
from articles.models import Article, Revision, WorkingCopy
from tests.seed import SEED, needs_seed

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

axe = Axe()
# Axe would fetch style sheets, which is no act of the page. The table of the byline is Django's:
# a column without a head, and select2, whose boxes have no name while they are empty.
RULES = {
    "resultTypes": ["violations"],
    "preload": False,
    "rules": {"empty-table-header": {"enabled": False}},
}
NOT_DJANGOS = {"exclude": [[".select2-container"]]}
ADD = "/admin/articles/article/add/"
# What an importer may find on a page, and an editor of HTML would like to tidy.
ODD = [
    {"type": "paragraph", "text": "  Two blanks  before,\nand a line\n\nafter a blank one.  "},
    {"type": "paragraph", "text": "- a list that is none"},
    {"type": "quote", "text": "אמר: <b>לא</b> & כן", "attribution": "says\tsomebody."},
    {"type": "paragraph", "text": "a\u00a0b \u200f\u2028 c &amp; <p>d</p> 😀\ufeff"},
    {"type": "quote", "text": "Nobody said this.", "attribution": ""},
    {"type": "paragraph", "text": "- another"},
]


@pytest.fixture
def editor(make_person):
    return make_person("Edith Column", role="editor")


@pytest.fixture
def other(make_person):
    return make_person("Otto Line", role="editor")


@pytest.fixture
def science(db):
    return sections.open_section("Science")


@pytest.fixture
def make_article(science):
    def make(blocks=None, title="Rain", **fields):
        return publishing.create_article(
            section=science,
            title=title,
            blocks=blocks or [{"type": "paragraph", "text": "It rained."}],
            status=fields.pop("status", "published"),
            **fields,
        )

    return make


def violations(page, where):
    found = axe.run(page, context=NOT_DJANGOS, options=RULES).response["violations"]
    return [
        f"{where}: {each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}"
        for each in found
    ]


def change_url(article):
    return f"/admin/articles/article/{article.pk}/change/"


def text_of(page):
    # Not the field itself, which has the same name until the editor stands in its place.
    return page.locator("div.writing-text").and_(page.get_by_role("textbox", name="Body"))


def press(page, name):
    toolbar = page.get_by_role("toolbar", name="Form of the text")
    toolbar.get_by_role("button", name=name, exact=True).click()


def settle(page):
    """Lets the editor hear where the cursor went: a browser tells it a moment later."""
    page.wait_for_timeout(200)


def save(page):
    page.get_by_role("button", name="Save", exact=True).first.click()


def test_a_text_with_form_is_written_and_read(open_page, editor, science):
    page = open_page(by=editor)
    page.goto(ADD)
    page.get_by_label("Title").fill("Rain, measured")
    page.get_by_label("Section").select_option(label="Science")
    text_of(page).click()
    keys = page.keyboard
    keys.type("It rained.")
    keys.press("Enter")
    press(page, "Heading 2")
    keys.type("What was measured")
    keys.press("Enter")
    keys.type("Much: see ")
    keys.type("the tables")
    for _ in "the tables":
        keys.press("Shift+ArrowLeft")
    settle(page)
    press(page, "Link")
    page.get_by_label("Address").fill("https://rain.example/tables?of=1&in=mm")
    keys.press("Enter")
    keys.press("End")
    settle(page)
    keys.press("Enter")
    press(page, "List")
    keys.type("Monday")
    keys.press("Enter")
    keys.type("Tuesday")
    keys.press("Enter")
    keys.press("Enter")
    keys.type("I am wet")
    press(page, "Quote")
    keys.type("says the mayor.")
    keys.press("Enter")
    keys.type("It was wet, and wet.")
    press(page, "Pull quote")
    keys.press("End")
    keys.press("Enter")
    press(page, "Table")
    keys.type("Day")
    keys.press("Tab")
    keys.type("Water")
    page.get_by_label("Status").first.select_option("published")
    save(page)
    expect(page.get_by_text("was added successfully")).to_be_visible()

    article = Article.objects.get()
    assert article.blocks[:6] == [
        {"type": "paragraph", "text": "It rained."},
        {"type": "html", "html": "<h2>What was measured</h2>"},
        {
            "type": "html",
            "html": '<p>Much: see <a href="https://rain.example/tables?of=1&amp;in=mm">'
            "the tables</a></p>",
        },
        {"type": "html", "html": "<ul><li>Monday</li><li>Tuesday</li></ul>"},
        {"type": "quote", "text": "I am wet", "attribution": "says the mayor."},
        {"type": "html", "html": '<p class="pull-quote">It was wet, and wet.</p>'},
    ]
    assert article.blocks[6]["html"].startswith(
        "<table><tbody><tr><th>Day</th><th>Water</th></tr><tr><td></td>"
    )
    reader = open_page(phone=True)
    reader.goto(article.get_absolute_url())
    story = reader.locator(".story-body")
    expect(story.get_by_role("heading", name="What was measured", level=2)).to_be_visible()
    expect(story.get_by_role("link", name="the tables")).to_have_attribute(
        "rel", "nofollow noopener"
    )
    expect(story.get_by_role("listitem")).to_have_count(2)
    expect(story.locator("figure.quote figcaption")).to_have_text("says the mayor.")
    expect(story.get_by_role("region", name="Table")).to_be_visible()
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")


def opened_and_saved(page, article):
    before = (article.blocks, article.version)
    page.goto(change_url(article))
    expect(text_of(page)).to_be_visible()
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert (article.blocks, article.version) == before
    assert not Revision.objects.filter(article=article).exists()


def test_what_was_imported_is_opened_and_saved_unharmed(open_page, editor, make_article):
    opened_and_saved(open_page(by=editor), make_article(ODD))


@needs_seed
def test_the_real_page_is_opened_and_saved_unharmed(open_page, editor, make_article):
    blocks = export_blocks(parse(SEED.read_bytes()).blocks)
    opened_and_saved(open_page(by=editor), make_article(blocks))


def test_changing_one_paragraph_leaves_the_others(open_page, editor, make_article):
    plain = {"type": "paragraph", "text": "The last."}
    formed = [
        {"type": "html", "html": "<h3>Head</h3>"},
        {"type": "html", "html": "<ol><li>a<ul><li>b</li></ul></li></ol>"},
        {"type": "html", "html": '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'},
        {"type": "html", "html": '<p class="pull-quote">P <em>q</em></p>'},
        {"type": "embed", "url": "https://films.example/1?a=b&c", "title": "A film"},
    ]
    article = make_article([*ODD, *formed, plain])
    page = open_page(by=editor)
    page.goto(change_url(article))
    text_of(page).get_by_text("The last.").click()
    page.keyboard.press("End")
    page.keyboard.type(" Changed.")
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert article.blocks == [*ODD, *formed, {"type": "paragraph", "text": "The last. Changed."}]


PASTED = {
    "google": (
        (
            '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1">'
            '<p dir="ltr" style="line-height:1.38;margin-top:0pt"><span style="font-size:11pt;'
            'font-family:Arial;color:#000;font-weight:700">Loud</span><span style="font-size:11pt">'
            ' and plain</span></p><ul style="margin-top:0"><li dir="ltr" style="color:#000">'
            '<p dir="ltr"><span>One</span></p></li></ul></b>'
        ),
        [
            {"type": "html", "html": "<p><strong>Loud</strong> and plain</p>"},
            {"type": "html", "html": "<ul><li>One</li></ul>"},
        ],
    ),
    "word": (
        (
            "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal"
            "{margin:0cm}</style></head><body lang=EN-GB><!--StartFragment--><p class=MsoNormal>"
            "<b><span style='font-size:12.0pt'>Loud</span></b> and\n plain<o:p></o:p></p>"
            "<p class=MsoListParagraphCxSpFirst style='text-indent:-18pt;mso-list:l0 level1 lfo1'>"
            "<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>·"
            "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp; </span></span></span>"
            "<![endif]>One<o:p></o:p></p><!--EndFragment--></body></html>"
        ),
        [
            {"type": "html", "html": "<p><strong>Loud</strong> and plain</p>"},
            {"type": "html", "html": "<ul><li>One</li></ul>"},
        ],
    ),
}


@pytest.mark.parametrize("source", PASTED)
def test_what_is_pasted_comes_clean(open_page, editor, make_article, source):
    html, blocks = PASTED[source]
    article = make_article(status="draft")
    page = open_page(by=editor)
    page.goto(change_url(article))
    text_of(page).click()
    page.keyboard.press("Control+a")
    page.evaluate(
        """(html) => {
          const data = new DataTransfer();
          data.setData("text/html", html);
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
          document.querySelector(".ProseMirror").dispatchEvent(event);
        }""",
        html,
    )
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert article.blocks == blocks


def test_an_embed_asks_nobody_before_the_reader_clicks(
    open_page, editor, make_article, settings, live_server
):
    article = make_article(status="draft")
    page = open_page(by=editor)
    page.goto(change_url(article))
    text_of(page).click()
    press(page, "Embed")
    page.get_by_label("Address").fill("https://films.example/rain")
    page.get_by_role("textbox", name="Title", exact=True).last.fill("Rain, the film")
    page.keyboard.press("Enter")
    page.get_by_label("Status").first.select_option("published")
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    embed = {"type": "embed", "url": "https://films.example/rain", "title": "Rain, the film"}
    assert embed in article.blocks

    # Nobody is allowed: it is a link, and there is no script for it.
    reader = open_page()
    reader.goto(article.get_absolute_url())
    link = reader.get_by_role("link", name="Rain, the film films.example")
    expect(link).to_have_attribute("href", "https://films.example/rain")
    assert reader.locator("script[src*=embeds]").count() == 0

    settings.EMBED_HOSTS = ["films.example"]
    policy = settings.CONTENT_SECURITY_POLICY
    settings.CONTENT_SECURITY_POLICY = {
        "DIRECTIVES": {**policy["DIRECTIVES"], "frame-src": ["https://films.example"]}
    }
    article.version += 1
    article.save()
    reader = open_page()
    asked = []
    reader.context.route(
        "https://films.example/**",
        lambda route: (
            asked.append(route.request.url),
            route.fulfill(body="<p>A film.</p>", content_type="text/html"),
        ),
    )
    reader.goto(article.get_absolute_url())
    reader.wait_for_load_state("networkidle")
    assert asked == []
    assert reader.watch.problems == []
    reader.get_by_role("link", name="Rain, the film films.example").click()
    frame = reader.frame_locator("iframe[title='Rain, the film']")
    expect(frame.get_by_text("A film.")).to_be_visible()
    assert asked == ["https://films.example/rain"]
    # The only request elsewhere, and asked for.
    assert reader.watch.problems == ["a request elsewhere: https://films.example/rain"]
    reader.watch.problems.clear()


def test_what_was_typed_survives_a_lost_page(open_page, editor, make_article):
    article = make_article()
    page = open_page(by=editor)
    page.clock.install()
    page.goto(change_url(article))
    text_of(page).click()
    page.keyboard.type("Not yet. ")
    page.get_by_role("textbox", name="Lead").fill("A lead.")
    page.clock.run_for(21_000)
    expect(page.locator("#writing-kept")).to_contain_text("Kept at")
    # The lamp goes out: nothing of the page is left, and it does not say goodbye.
    page.context.close()

    page = open_page(by=editor)
    page.goto(change_url(article))
    expect(page.get_by_text("You began to change this on")).to_be_visible()
    expect(text_of(page)).to_have_text("It rained.")
    page.get_by_role("link", name="Take it up").click()
    expect(text_of(page)).to_contain_text("Not yet.")
    expect(page.get_by_role("textbox", name="Lead")).to_have_value("A lead.")
    assert Article.objects.get().version == article.version
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert "Not yet." in Article.objects.get().blocks[0]["text"]
    page.goto(change_url(article))
    expect(page.get_by_text("You began to change this on")).to_have_count(0)


def test_leaving_the_page_keeps_what_was_typed(open_page, editor, make_article):
    article = make_article()
    page = open_page(by=editor)
    page.goto(change_url(article))
    text_of(page).click()
    page.keyboard.type("Almost. ")
    page.goto("/")
    for _ in range(50):
        if WorkingCopy.objects.exists():
            break
        page.wait_for_timeout(100)
    page.goto(f"{change_url(article)}?working_copy=1")
    expect(text_of(page)).to_contain_text("Almost.")


def test_a_refused_save_keeps_the_text_with_its_form(open_page, editor, make_article):
    article = make_article(ODD)
    page = open_page(by=editor)
    page.goto(change_url(article))
    text_of(page).get_by_text("another").click()
    page.keyboard.press("End")
    press(page, "Picture")
    # The box that opened; parts of a series have numbers, too.
    page.get_by_label("Number").first.fill("99")
    page.keyboard.press("Enter")
    expect(text_of(page).get_by_text("[picture 99]")).to_be_visible()
    save(page)
    expect(page.get_by_text("There is no picture 99.")).to_be_visible()
    # It is still there, moved by nobody; taken out, the rest is what it was.
    text_of(page).get_by_text("[picture 99]").click()
    page.keyboard.press("Delete")
    expect(text_of(page).get_by_text("[picture 99]")).to_have_count(0)
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert article.blocks == ODD


def test_a_later_text_is_written_in_the_same_editor(open_page, editor, make_article):
    article = make_article()
    page = open_page(by=editor)
    page.goto(f"/admin/articles/article/{article.pk}/schedule/")
    page.get_by_label("Readers see it from").fill("2090-01-01T10:00:00")
    text_of(page).click()
    page.keyboard.press("End")
    press(page, "Heading 2")
    page.get_by_role("button", name="Schedule it").click()
    expect(page.get_by_text("Readers see it from").first).to_be_visible()
    article.refresh_from_db()
    assert article.scheduled.changes()["blocks"] == [
        {"type": "html", "html": "<h2>It rained.</h2>"}
    ]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "plain"])
def test_two_editors_meet_and_one_takes_over(open_page, editor, other, make_article, javascript):
    article = make_article()
    first = open_page(by=editor)
    first.clock.install()
    first.goto(change_url(article))
    text_of(first).click()
    first.keyboard.type("Mine. ")

    second = open_page(by=other, javascript=javascript)
    second.goto(change_url(article))
    expect(second.get_by_text("Edith Column has this open since")).to_be_visible()
    expect(second.get_by_text("It rained.")).to_be_visible()
    expect(second.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    second.get_by_role("button", name="Take over").click()
    expect(second.get_by_text("It is yours now")).to_be_visible()
    second.get_by_role("textbox", name="Lead").fill("Taken.")

    first.watch.expected_statuses.add(409)
    first.clock.run_for(21_000)
    expect(first.locator("#writing-kept")).to_contain_text("Otto Line has this open since")
    save(first)
    expect(first.get_by_text("Nothing has been saved").first).to_be_visible()
    expect(text_of(first)).to_contain_text("Mine.")
    assert Article.objects.get().blocks == article.blocks

    save(second)
    expect(second.get_by_text("was changed successfully")).to_be_visible()
    first.goto(change_url(article))
    expect(first.get_by_text("The article has been changed since")).to_be_visible()
    first.get_by_role("link", name="Take it up").click()
    expect(text_of(first)).to_contain_text("Mine.")


def test_without_a_script_the_text_is_written_as_text(open_page, editor, make_article):
    article = make_article([*ODD, {"type": "html", "html": "<h2>Head</h2>"}])
    page = open_page(by=editor, javascript=False)
    page.goto(change_url(article))
    body = page.get_by_label("Body")
    expect(body).to_be_visible()
    body.fill(f"{body.input_value()}\n\n<ul><li>One</li></ul>")
    save(page)
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    article.refresh_from_db()
    assert article.blocks == [
        *ODD,
        {"type": "html", "html": "<h2>Head</h2>"},
        {"type": "html", "html": "<ul><li>One</li></ul>"},
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_the_form_stands_in_nobodys_way(open_page, editor, other, make_article, dark):
    formed = [
        {"type": "html", "html": "<h2>Head</h2>"},
        {"type": "html", "html": '<p>a <a href="https://a.example/">link</a></p>'},
        {"type": "html", "html": '<p class="pull-quote">Pulled</p>'},
        {"type": "html", "html": "<table><tbody><tr><th>a</th><td>b</td></tr></tbody></table>"},
        {"type": "embed", "url": "https://films.example/1", "title": "A film"},
    ]
    article = make_article([*ODD, *formed])
    page = open_page(by=editor, dark=dark)
    page.clock.install()
    page.goto(change_url(article))
    text_of(page).click()
    page.keyboard.type("Now. ")
    page.clock.run_for(21_000)
    expect(page.locator("#writing-kept")).to_contain_text("Kept at")
    press(page, "Link")
    found = violations(page, "form")
    page.goto(change_url(article))
    found += violations(page, "offer")
    second = open_page(by=other, dark=dark)
    second.goto(change_url(article))
    found += violations(second, "held")
    reader = open_page(dark=dark, phone=dark)
    reader.goto(article.get_absolute_url())
    found += violations(reader, "article")
    assert not found, "\n".join(found)
