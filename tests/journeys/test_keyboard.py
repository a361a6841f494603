"""The whole journey by keyboard alone: Tab, Enter, Escape and typing."""

import re

import pytest
from playwright.sync_api import expect

from tests.conftest import PASSWORD
from tests.journeys import edition as editions
from tests.journeys import steps

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# More stops than any page of the small edition has.
MOST_STOPS = 150

# What is wrong with the element that has the focus, "" for nothing, "there" for nothing and it is
# ``target``. ``window.passed`` is the one that had the focus before.
JUDGE_FOCUS = """(target) => {
  const element = document.activeElement;
  if (!element || element === document.body) return "nothing has the focus";
  const name = `<${element.localName}> ${(element.innerText || element.name || "").slice(0, 40)}`;
  const style = getComputedStyle(element);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  if (!outlined && style.boxShadow === "none") return `${name}: the focus cannot be seen`;
  const box = element.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return `${name}: has no size`;
  const outside = box.bottom < 1 || box.top > innerHeight - 1;
  if (outside || box.right < 1 || box.left > innerWidth - 1) return `${name}: is out of view`;
  const before = window.passed;
  window.passed = element;
  if (before?.isConnected) {
    const order = before.compareDocumentPosition(element);
    if (!(order & Node.DOCUMENT_POSITION_FOLLOWING)) return `${name}: the focus jumped back`;
  }
  return element === target ? "there" : "";
}"""


class Keyboard:
    """Moves over a page by Tab, and demands at each stop that the focus is seen and in order."""

    def __init__(self, page):
        self.page = page

    def press(self, key):
        self.page.keyboard.press(key)

    def type(self, text):
        self.page.keyboard.insert_text(text)

    def step(self, target=None):
        """One press of Tab; whether it came to ``target``, the handle of an element."""
        self.press("Tab")
        found = self.page.evaluate(JUDGE_FOCUS, target)
        assert found in ("", "there"), f"{self.page.url}: {found}"
        return found == "there"

    def tab_to(self, target):
        """Tab until ``target`` has the focus."""
        expect(target).to_be_visible()
        handle = target.element_handle()
        for _ in range(MOST_STOPS):
            if self.step(handle):
                return
        raise AssertionError(f"{self.page.url}: Tab never came to {target}")

    def begin_again(self):
        """Order is judged anew from here on: the page itself has moved the focus."""
        self.page.evaluate("window.passed = null")

    def fill(self, field, text):
        self.tab_to(field)
        self.press("ControlOrMeta+A")
        self.type(text)

    def follow(self, target):
        self.tab_to(target)
        self.press("Enter")


@pytest.fixture
def keyboard(page):
    return Keyboard(page)


def test_the_skip_link_leads_past_the_head_of_the_page(page, keyboard, edition):
    page.goto(edition.url)
    keyboard.step()
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
    keyboard.step()
    expect(page.locator("article.story .kicker a")).to_be_focused()


def test_every_stop_of_the_main_pages_is_seen_and_in_order(page, keyboard, edition):
    for path in ("/", edition.url, "/accounts/login/"):
        page.goto(path)
        # What a comment gets when somebody comes to it, it has before Tab hurries past.
        if path == edition.url:
            page.wait_for_selector(".keys-button")
        comments = page.locator("article.comment:not(.is-gone)")
        for comment in comments.all():
            comment.dispatch_event("pointerover")
        links = page.get_by_role("button", name=re.compile("^Copy link to"))
        # The article has one of its own.
        expect(links).to_have_count(comments.count() + (path == edition.url))
        last = page.locator("footer a").last.element_handle()
        stops = 1
        while not keyboard.step(last):
            stops += 1
        # Nothing that can be used was left out.
        usable = "a[href], button, input:not([type=hidden]), textarea, select, summary"
        expect(page.locator(usable).locator("visible=true")).to_have_count(stops)


@pytest.mark.parametrize("verb", ["Reply to", "Quote"])
@pytest.mark.parametrize("way", ["Escape", "Cancel"])
def test_closing_a_form_gives_the_focus_back_to_the_link_that_opened_it(
    open_page, edition, verb, way
):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    opener = page.get_by_role("link", name=f"{verb} comment 1", exact=True)
    opener.focus()
    page.keyboard.press("Enter")
    form = steps.composer(page, edition.first)
    expect(form.get_by_label("Your comment")).to_be_focused()
    if way == "Cancel":
        form.get_by_role("link", name="Cancel").focus()
    page.keyboard.press("Escape" if way == "Escape" else "Enter")
    expect(form).to_have_count(0)
    expect(opener).to_be_focused()


def test_the_whole_journey(page, keyboard, edition, mail_link):
    main = page.get_by_role("main")
    account = steps.account_links(page)
    page.goto("/")
    keyboard.follow(main.get_by_role("heading", name=editions.TITLE).first.get_by_role("link"))
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)

    keyboard.follow(account.get_by_role("link", name="Sign up"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign up")
    keyboard.fill(page.get_by_label("Name", exact=True), "Zoë van Dam")
    keyboard.fill(page.get_by_label("E-mail address"), "zoe@example.org")
    keyboard.fill(page.get_by_label("Password"), PASSWORD)
    keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more: your mail")
    page.goto(mail_link("zoe@example.org"))
    keyboard.follow(page.get_by_role("button", name="Yes, confirm it"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Confirm your address")
    if not account.get_by_role("link", name="Zoë van Dam").is_visible():
        page.goto(f"/accounts/login/?next={edition.url}")
        keyboard.fill(page.get_by_label("Name or e-mail address"), "Zoë van Dam")
        keyboard.fill(page.get_by_label("Password"), PASSWORD)
        keyboard.press("Enter")
    expect(page).to_have_url(re.compile(f"{edition.url}$"))

    # The form opens with the focus in it; Escape gives the focus back to where it was.
    number = edition.deep.number
    reply = page.get_by_role("link", name=f"Reply to comment {number}", exact=True)
    keyboard.follow(reply)
    area = steps.composer(page, edition.deep).get_by_label("Your comment")
    expect(area).to_be_focused()
    keyboard.press("Escape")
    expect(area).to_have_count(0)
    expect(reply).to_be_focused()
    keyboard.press("Enter")
    expect(area).to_be_focused()
    keyboard.begin_again()
    keyboard.type("Written without a mouse.")
    keyboard.follow(steps.composer(page, edition.deep).get_by_role("button", name="Post comment"))
    mine = steps.expect_new_comment(page, "Written without a mouse.")
    expect(steps.comment_article(page, mine)).to_be_focused()

    keyboard.begin_again()
    keyboard.follow(page.get_by_role("link", name=f"Quote comment {mine.number}", exact=True))
    area = steps.composer(page, mine).get_by_label("Your comment")
    expect(area).to_be_focused()
    expect(area).to_have_value(re.compile("^> Written without a mouse."))
    # The cursor stands behind the quotation, where the answer goes; Control and Enter send.
    keyboard.type("Nor was this.")
    keyboard.press("ControlOrMeta+Enter")
    quoting = steps.expect_new_comment(page, "Nor was this.")
    assert quoting.text.endswith("\n\nNor was this.")
    expect(steps.comment_article(page, quoting)).to_be_focused()

    keyboard.begin_again()
    keyboard.follow(page.get_by_role("link", name=f"Edit comment {quoting.number}", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit your comment")
    keyboard.fill(page.get_by_label("Your comment"), "On second thoughts, no.")
    keyboard.follow(page.get_by_role("button", name="Save"))
    expect(page).to_have_url(re.compile(f"#c{quoting.pk}$"))
    expect(steps.comment_article(page, quoting)).to_contain_text("On second thoughts, no.")

    keyboard.follow(page.get_by_role("link", name=f"Withdraw comment {quoting.number}", exact=True))
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw your comment")
    keyboard.follow(page.get_by_role("button", name="Withdraw the comment"))
    expect(steps.comment_article(page, quoting)).to_contain_text("Withdrawn by its author.")

    page.goto("/")
    keyboard.follow(account.get_by_role("button", name="Sign out"))
    expect(account.get_by_role("link", name="Sign in")).to_be_visible()
