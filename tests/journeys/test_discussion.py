"""What a discussion gains from JavaScript: news, keys, folds, quotations, cards, names, links."""

import re

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from comments import bulk, discussions, moderation, orders, posting, voting
from comments.models import Comment, Vote
from tests.journeys import steps
from tests.journeys.test_accessibility import violations

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# Whoever stays for so long is told what comes; more than a page waits between two questions.
FIRST_NEWS = 10_000
NEXT_NEWS = 26_000
MOST_SHIFT = 0.002

# Adds up, in ``window.shifted``, what moves without anybody having touched the page.
WATCH_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
}).observe({ type: "layout-shift", buffered: true });
"""

# Marks the words of a text node like a pointer that is drawn over them.
MARK_WORDS = """(paragraph, words) => {
  const text = [...paragraph.childNodes].find((node) => node.data?.includes(words));
  const start = text.data.indexOf(words);
  getSelection().setBaseAndExtent(text, start, text, start + words.length);
}"""

# What a switch to another tab looks like to a page.
HIDE_TAB = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def say(edition):
    """``say(person, "words", parent=None)``: a comment that comes while somebody reads."""

    def post(by, text, parent=None):
        return posting.post_comment(by=by, discussion=edition.discussion, parent=parent, text=text)

    return post


def hold_back(page, name):
    """Scripts of that name do not come to the page until their routes, returned here, go on."""
    held = []

    def hold(route):
        held.append(route)

    page.route(f"**/{name}*.js", hold)
    return held


def begin_to_read(page, url):
    """Opens the page with a clock that can be turned on, and counts what is asked for news."""
    asked = []
    page.on("request", lambda request: "/news/" in request.url and asked.append(request.url))
    page.clock.install()
    page.add_init_script(WATCH_SHIFTS)
    page.goto(url)
    with page.expect_response(lambda response: "/js/arrivals" in response.url):
        page.clock.fast_forward(FIRST_NEWS)
    # Until it has begun.
    page.evaluate("import(document.querySelector('script[data-arrivals]').dataset.arrivals)")
    return asked


def news(page):
    return page.locator(".arrivals")


def focused(page, comment):
    expect(steps.comment_article(page, comment)).to_be_focused()
    expect(steps.comment_article(page, comment)).to_be_in_viewport()


# --- News ---


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_comes_meanwhile_is_told_without_moving_the_page(open_page, edition, say, phone):
    page = open_page(phone=phone)
    begin_to_read(page, f"{edition.url}#c{edition.quoting.pk}")
    expect(steps.comment_article(page, edition.quoting)).to_be_in_viewport()
    say(edition.ada, "While you read.", edition.first)
    say(edition.ada, "And at the end.")
    before = page.evaluate("scrollY")
    page.evaluate("window.shifted = 0")
    page.clock.fast_forward(NEXT_NEWS)
    expect(news(page).get_by_role("button", name="2 new comments")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="2 new comments")).to_have_count(1)
    # Two frames: a shift is told with the one after it.
    page.evaluate("() => new Promise((done) => setTimeout(done, 200))")
    assert page.evaluate("window.shifted") <= MOST_SHIFT
    assert page.evaluate("scrollY") == before
    expect(page.get_by_text("While you read.")).to_have_count(0)


def test_new_comments_come_in_their_places_on_demand(page, edition, say):
    begin_to_read(page, edition.url)
    reply = say(edition.ada, "While you read.", edition.first)
    under_it = say(edition.ben, "Under that.", reply)
    last = say(edition.ada, "And at the end.")
    page.clock.fast_forward(NEXT_NEWS)
    news(page).get_by_role("button", name="3 new comments").click()
    expect(
        page.locator(f"#r{edition.first.pk} > .branch:last-child > #c{reply.pk}")
    ).to_be_visible()
    expect(page.locator(f"#r{reply.pk} > .branch > #c{under_it.pk}")).to_be_visible()
    expect(page.locator(f"#threads > .branch:last-child > #c{last.pk}")).to_be_attached()
    focused(page, reply)
    expect(news(page)).to_be_hidden()
    for comment in (reply, under_it, last):
        expect(steps.comment_article(page, comment)).to_have_class(re.compile("is-unread"))
        expect(steps.comment_article(page, comment).locator(".new-mark")).to_have_text("new")
    expect(page.locator(f"#r{edition.first.pk} > summary")).to_contain_text("2 new")
    # They go on like those that were there: their own forms open in place.
    page.keyboard.press("n")
    focused(page, under_it)
    steps_form = page.locator(f"#form-{last.pk} textarea")
    page.get_by_role("link", name=f"Reply to comment {last.number}", exact=True).click()
    expect(steps_form).to_be_focused()


def test_in_the_newest_order_the_newest_comes_first(page, edition, say):
    begin_to_read(page, f"{edition.url}?order=newest")
    last = say(edition.ada, "The newest of all.")
    page.clock.fast_forward(NEXT_NEWS)
    news(page).get_by_role("button", name="1 new comment").click()
    expect(page.locator(f"#threads > .branch:first-child > #c{last.pk}")).to_be_focused()


def test_what_has_no_place_on_the_page_is_linked(page, edition, say):
    for number in range(orders.THREADS_A_PAGE):
        far = say(edition.ada, f"Thread {number}.")
    begin_to_read(page, edition.url)
    expect(steps.comment_article(page, far)).to_have_count(0)
    say(edition.ben, "Far away from you.", far)
    near = say(edition.ben, "Near you.", edition.first)
    page.clock.fast_forward(NEXT_NEWS)
    news(page).get_by_role("button", name="2 new comments").click()
    focused(page, near)
    news(page).get_by_role("link", name="1 more elsewhere in the discussion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is new")
    expect(page.get_by_text("Far away from you.")).to_be_visible()


def test_ones_own_comments_are_no_news(open_page, edition, say):
    page = open_page(by=edition.ada)
    begin_to_read(page, edition.url)
    say(edition.ben, "Before yours.")
    form = steps.composer(page, discussion=edition.discussion)
    form.get_by_label("Your comment").fill("My own.")
    steps.send(form)
    steps.expect_new_comment(page, "My own.")
    page.clock.fast_forward(NEXT_NEWS)
    news(page).get_by_role("button", name="1 new comment").click()
    expect(page.locator("article.comment", has_text="Before yours.")).to_be_focused()
    expect(page.locator("article.comment", has_text="My own.")).to_have_count(1)
    expect(news(page)).to_be_hidden()


def test_nobody_asks_from_a_hidden_tab_nor_once_it_is_closed(page, edition, say):
    asked = begin_to_read(page, edition.url)
    page.evaluate(HIDE_TAB, True)
    page.clock.fast_forward(NEXT_NEWS)
    page.clock.fast_forward(NEXT_NEWS)
    assert asked == []
    moderation.close(by=edition.moderator, discussion=edition.discussion, reason="Enough said.")
    with page.expect_response(lambda response: "/news/" in response.url) as answer:
        page.evaluate(HIDE_TAB, False)
        page.clock.run_for(1_000)
    assert answer.value.status == 204
    page.clock.fast_forward(NEXT_NEWS)
    page.clock.fast_forward(NEXT_NEWS)
    page.evaluate(HIDE_TAB, True)
    page.evaluate(HIDE_TAB, False)
    page.clock.fast_forward(NEXT_NEWS)
    assert len(asked) == 1


def test_who_wants_to_hear_no_more_hears_no_more(page, edition, say):
    asked = begin_to_read(page, edition.url)
    say(edition.ada, "While you read.")
    page.clock.fast_forward(NEXT_NEWS)
    news(page).get_by_role("button", name="Tell me no more").click()
    expect(news(page)).to_be_hidden()
    for _ in range(3):
        page.clock.fast_forward(NEXT_NEWS)
        page.evaluate("() => fetch(document.location)")
    assert len(asked) == 1


def test_a_portal_in_trouble_is_asked_less_and_less_often(page, edition):
    page.watch.expected_statuses.add(429)
    page.route("**/news/", lambda route: route.fulfill(status=429))
    asked = begin_to_read(page, edition.url)
    for _ in range(24):
        page.clock.fast_forward(10_000)
        page.evaluate("() => fetch(document.location)")
    assert 2 <= len(asked) <= 4


# --- Folds ---


def test_a_folded_branch_stays_folded_until_somebody_is_led_into_it(page, edition):
    page.goto(edition.url)
    fold = page.locator(f"#r{edition.first.pk}")
    fold.locator("> summary").click()
    expect(steps.comment_article(page, edition.quoting)).to_be_hidden()
    page.reload()
    expect(fold).not_to_have_attribute("open")
    expect(steps.comment_article(page, edition.quoting)).to_be_hidden()
    expect(page.locator("details.replies[open]").first).to_be_attached()

    page.goto("/")
    page.goto(f"{edition.url}#c{edition.quoting.pk}")
    expect(steps.comment_article(page, edition.quoting)).to_be_in_viewport()
    fold.locator("> summary").click()
    page.evaluate("location.hash = ''")
    page.evaluate(f"location.hash = 'c{edition.quoting.pk}'")
    expect(steps.comment_article(page, edition.quoting)).to_be_visible()
    page.reload()
    page.evaluate("location.hash = ''")
    expect(fold).to_have_attribute("open", "")
    assert page.evaluate("localStorage.length") == 0


def test_a_fold_is_kept_before_anything_else_can_happen(page, edition):
    page.goto(edition.url)
    kept = page.locator(f"#r{edition.first.pk} > summary").evaluate(
        """async (summary) => {
          summary.click();
          await null;
          return localStorage.getItem("folded");
        }"""
    )
    assert kept == f'["r{edition.first.pk}"]'


def test_of_folded_branches_the_latest_500_are_kept(page, edition):
    page.goto(edition.url)
    others = [f"x{number}" for number in range(500)]
    page.evaluate("(ids) => localStorage.setItem('folded', JSON.stringify(ids))", others)
    page.locator(f"#r{edition.first.pk} > summary").click()
    mine = f"r{edition.first.pk}"
    page.wait_for_function("(id) => localStorage.getItem('folded').includes(`\"${id}\"`)", arg=mine)
    kept = page.evaluate("JSON.parse(localStorage.getItem('folded'))")
    assert (len(kept), kept[0], kept[-1]) == (500, "x1", mine)


def test_a_reply_to_a_folded_branch_is_seen(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    page.locator(f"#r{edition.first.pk} > summary").click()
    form = steps.open_composer(page, edition.first)
    form.get_by_label("Your comment").fill("Into the fold.")
    steps.send(form)
    steps.expect_new_comment(page, "Into the fold.")


def test_a_comments_own_page_shows_the_comment_at_once(page, edition):
    page.goto(f"/comments/{edition.deep.pk}/")
    expect(page.locator(".comment.is-target")).to_be_in_viewport()


# --- Keys ---


def test_the_keys_go_from_comment_to_comment(page, edition):
    page.goto(edition.url)
    reply = Comment.objects.filter(parent=edition.first).earliest("pk")
    page.keyboard.press("j")
    focused(page, edition.first)
    page.keyboard.press("j")
    focused(page, reply)
    page.keyboard.press("j")
    focused(page, edition.quoting)
    page.keyboard.press("k")
    focused(page, reply)
    page.keyboard.press("p")
    focused(page, edition.first)
    page.keyboard.press("k")
    focused(page, edition.first)
    # What is folded is passed over.
    page.locator(f"#r{edition.first.pk} > summary").click()
    page.keyboard.press("j")
    focused(page, edition.hidden)
    # From where the eyes are, if the focus is nowhere near.
    steps.comment_article(page, edition.deep).scroll_into_view_if_needed()
    page.evaluate("document.activeElement.blur()")
    page.evaluate(f"document.getElementById('c{edition.deep.pk}').scrollIntoView()")
    page.keyboard.press("j")
    focused(page, edition.deep)
    page.keyboard.press("p")
    focused(page, edition.deep.parent)


def test_letters_that_are_typed_or_held_with_control_are_no_keys(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    area.press_sequentially("jkpn?")
    expect(area).to_have_value("jkpn?")
    expect(area).to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    area.blur()
    page.keyboard.press("Control+j")
    expect(page.locator("article.comment:focus")).to_have_count(0)


def test_help_tells_the_keys_and_turns_them_off(page, edition):
    page.goto(edition.url)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    keys = page.get_by_role("button", name="Keys")
    keys.click()
    dialog.get_by_label("Use these keys").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(keys).to_be_focused()
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("j")
    # The button still leads to where they are turned on again.
    keys.click()
    expect(dialog.get_by_label("Use these keys")).not_to_be_checked()
    expect(page.locator("article.comment:focus")).to_have_count(0)
    dialog.get_by_label("Use these keys").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    focused(page, edition.first)


def test_n_goes_through_what_is_new_since_the_last_visit_and_on(open_page, edition, say):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    new = [say(edition.ben, "New under it.", edition.first), say(edition.ben, "New at the end.")]
    page.goto("/")
    page.goto(edition.url)
    for comment in new:
        page.keyboard.press("n")
        focused(page, comment)
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is new")


def test_n_says_when_nothing_is_new(page, edition):
    page.goto(edition.url)
    page.keyboard.press("n")
    expect(page.get_by_role("status").filter(has_text="Nothing new further down.")).to_be_visible()


# --- More of a discussion in place ---


def test_more_replies_come_in_place_with_the_focus_at_the_first(page, edition):
    replies = [
        bulk.BulkComment(edition.ben.pk, timezone.now(), [{"type": "text", "text": f"Reply {n}."}])
        for n in range(discussions.PAGE_SIZE + 10)
    ]
    text = [{"type": "text", "text": "A long thread begins."}]
    long = bulk.BulkComment(edition.ada.pk, timezone.now(), text, replies)
    with transaction.atomic():
        bulk.merge(edition.discussion, [long])
    page.goto(edition.url)
    shown = page.locator("article.comment")
    assert shown.count() == discussions.PAGE_SIZE
    first = page.locator(f"#more-{long.pk} a").get_attribute("href").partition("#")[2]
    # One of those that are still to come is there already, out of its turn.
    late = posting.post_comment(
        by=edition.ada,
        discussion=edition.discussion,
        parent=discussions.comment_of(long.pk),
        text="Out of turn.",
    )
    page.evaluate(
        """([parent, id]) => {
          const branch = document.createElement("div");
          branch.className = "branch";
          branch.id = `b${id}`;
          branch.innerHTML = `<article class="comment" id="c${id}">Out of turn.</article>`;
          document.getElementById(`r${parent}`).append(branch);
        }""",
        [long.pk, late.pk],
    )
    page.get_by_role("link", name=re.compile("more replies")).click()
    expect(page.locator(f"#{first}")).to_be_focused()
    expect(page.get_by_role("link", name=re.compile("more replies"))).to_have_count(0)
    expect(steps.comment_article(page, late)).to_have_count(1)
    expect(steps.comment_article(page, late)).to_contain_text("Out of turn.")
    assert shown.count() == Comment.objects.count()
    expect(page).to_have_url(re.compile(f"{edition.url}$"))


def test_the_next_threads_come_in_place_with_the_focus_at_the_first(page, edition, say):
    threads = [say(edition.ada, f"Thread {n}.") for n in range(orders.THREADS_A_PAGE)]
    page.goto(edition.url)
    following = page.locator(".pager [rel=next]")
    expect(page.get_by_text("Thread 24.")).to_have_count(0)
    following.click()
    expect(page.get_by_text("Thread 24.")).to_be_visible()
    first = orders.THREADS_A_PAGE - 4
    focused(page, threads[first])
    expect(following).to_have_count(0)
    page.keyboard.press("k")
    focused(page, threads[first - 1])


# --- Votes ---


def vote_button(page, comment):
    return page.get_by_role(
        "button", name=re.compile(f"^Agree( [0-9]+)?: comment {comment.number}$")
    )


def test_a_vote_is_given_and_taken_back_in_place(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    button = page.locator(f"#v{edition.quoting.pk}")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(button).to_have_text("Agree 1")
    assert Vote.objects.filter(comment=edition.quoting, person=edition.ada).count() == 1
    # Not at once: that would be the second half of a double click.
    page.wait_for_timeout(700)
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Agree")
    assert not Vote.objects.exists()
    expect(page).to_have_url(re.compile(f"{edition.url}$"))


def test_a_double_click_is_one_vote_and_two_quick_votes_are_two(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    reply = Comment.objects.filter(parent=edition.first).earliest("pk")
    page.locator(f"#v{reply.pk}").dblclick()
    page.locator(f"#v{edition.quoting.pk}").click()
    for comment in (reply, edition.quoting):
        expect(page.locator(f"#v{comment.pk}")).to_have_attribute("aria-pressed", "true")
    voted = voting.voted_for(edition.ada, [reply.pk, edition.quoting.pk])
    assert voted == {reply.pk, edition.quoting.pk}


# --- Quotations ---


def test_marked_words_are_quoted_by_the_button_beside_them(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    comment = steps.comment_article(page, edition.first)
    comment.locator(".comment-body > p").evaluate(MARK_WORDS, " comment, with ")
    comment.get_by_role("button", name="Quote the marked words").click()
    area = steps.composer(page, edition.first).get_by_label("Your comment")
    expect(area).to_be_focused()
    quotation = area.input_value()
    assert "> comment, with" in quotation
    assert "first" not in quotation.replace("/comments/", "")
    assert f"/comments/{edition.first.pk}/" in quotation
    expect(comment.get_by_role("button", name="Quote the marked words")).to_have_count(0)


def test_marked_words_are_quoted_by_the_comments_own_link(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    body = steps.comment_article(page, edition.quoting).locator(".comment-body > p")
    body.evaluate(MARK_WORDS, "So it")
    expect(page.get_by_role("button", name="Quote the marked words")).to_be_visible()
    area = steps.open_composer(page, edition.quoting, verb="Quote").get_by_label("Your comment")
    expect(area).to_have_value(re.compile("> So it\n"))
    # Nothing is marked any more: the whole comment is quoted, behind what is there.
    page.get_by_role("link", name=f"Quote comment {edition.quoting.number}", exact=True).click()
    expect(area).to_have_value(re.compile("> So it\n.*> So it is\\.", re.DOTALL))


def test_what_is_quoted_comes_behind_what_was_begun(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    area.press_sequentially("Half a thought")
    page.get_by_role("link", name="Quote comment 1", exact=True).click()
    expect(area).to_have_value(re.compile(r"^Half a thought\n\n> The \*first\* comment"))
    page.reload()
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    expect(area).to_have_value(re.compile(r"^Half a thought\n\n> The \*first\* comment"))


def test_what_is_marked_across_comments_cannot_be_quoted(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(edition.url)
    page.evaluate(
        """([from, to]) => {
          const words = (id) => document.querySelector(`#c${id} .comment-body p`).firstChild;
          getSelection().setBaseAndExtent(words(from), 0, words(to), 3);
        }""",
        [edition.first.pk, edition.quoting.pk],
    )
    page.wait_for_timeout(600)
    expect(page.get_by_role("button", name="Quote the marked words")).to_have_count(0)


# --- Cards ---


def test_a_source_is_shown_to_the_pointer_and_stays_while_it_is_there(page, edition):
    page.goto(edition.url)
    source = steps.comment_article(page, edition.quoting).locator("blockquote a")
    card = page.locator(".preview")
    source.hover()
    expect(card).to_contain_text("The first comment, with a link and code.")
    card.hover()
    page.wait_for_timeout(600)
    expect(card).to_be_visible()
    page.mouse.move(2, 2)
    expect(card).to_have_count(0)
    source.hover()
    expect(card).to_be_visible()
    page.keyboard.press("Escape")
    expect(card).to_have_count(0)
    page.mouse.move(2, 2)
    source.hover()
    card.get_by_role("link", name="Go to comment 1").click()
    expect(page).to_have_url(re.compile(f"{edition.url}#c{edition.first.pk}$"))
    expect(card).to_have_count(0)


def test_a_source_is_shown_to_the_keyboard(page, edition):
    page.goto(edition.url)
    comment = steps.comment_article(page, edition.quoting)
    comment.locator(".where a").last.focus()
    page.keyboard.press("Tab")
    expect(comment.locator("blockquote a")).to_be_focused()
    expect(comment.locator(".preview")).to_be_visible()
    # What is in the card can be reached, and leaving it closes it.
    expect(comment.locator(".preview")).to_contain_text("Ada Kettle")
    page.keyboard.press("Tab")
    expect(comment.locator(".preview a").first).to_be_focused()
    page.keyboard.press("Escape")
    expect(comment.locator(".preview")).to_have_count(0)
    expect(comment.locator("blockquote a")).to_be_focused()


def test_a_first_tap_shows_the_source_and_a_second_one_leads_there(open_page, edition):
    page = open_page(phone=True)
    page.goto(edition.url)
    source = steps.comment_article(page, edition.quoting).locator("blockquote a")
    source.tap()
    expect(page.locator(".preview")).to_contain_text("The first comment")
    expect(page).to_have_url(re.compile(f"{edition.url}$"))
    source.tap()
    expect(page).not_to_have_url(re.compile(f"{edition.url}$"))
    expect(steps.comment_article(page, edition.first)).to_be_visible()


# --- Names ---


def test_a_name_is_completed_behind_the_sign(open_page, edition):
    page = open_page(by=edition.ben)
    page.goto(edition.url)
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    area.press_sequentially("As @ad")
    names = page.get_by_role("listbox", name="People in this discussion")
    expect(names.get_by_role("option", name="Ada Kettle")).to_have_attribute(
        "aria-selected", "true"
    )
    active = area.get_attribute("aria-activedescendant")
    expect(page.locator(f"#{active}")).to_have_text("Ada Kettle")
    # It closes alone; the form stays.
    page.keyboard.press("Escape")
    expect(names).to_have_count(0)
    expect(area).to_be_focused()
    # On a busy machine the last letter is told of after the key.
    area.dispatch_event("input")
    page.evaluate("import(document.querySelector('script[data-mentions]').dataset.mentions)")
    expect(names).to_have_count(0)
    area.press_sequentially("a")
    expect(names).to_be_visible()
    page.keyboard.press("Enter")
    expect(area).to_have_value("As @Ada Kettle ")
    expect(names).to_have_count(0)
    area.press_sequentially("said")
    page.keyboard.press("Enter")
    expect(area).to_have_value("As @Ada Kettle said\n")
    steps.send(steps.composer(page, edition.first))
    expect(page.locator("a.mention")).to_have_text("@Ada Kettle")


@pytest.mark.parametrize("page_of", ["reply", "edit"])
def test_a_name_is_completed_on_a_forms_own_page(open_page, edition, say, page_of):
    mine = say(edition.ben, "Mine.")
    page = open_page(by=edition.ben)
    page.goto(f"/comments/{(edition.first if page_of == 'reply' else mine).pk}/{page_of}/")
    area = page.get_by_label("Your comment")
    area.fill("")
    area.press_sequentially("As @ad")
    names = page.get_by_role("listbox", name="People in this discussion")
    expect(names.get_by_role("option", name="Ada Kettle")).to_be_visible()
    page.keyboard.press("Enter")
    area.press_sequentially("said, why?")
    expect(area).to_have_value("As @Ada Kettle said, why?")
    # There is nothing to walk through, and no button that says so.
    expect(page.get_by_role("button", name="Keys")).to_have_count(0)
    page.get_by_role("button", name="Post comment" if page_of == "reply" else "Save").click()
    expect(page.locator("a.mention")).to_have_text("@Ada Kettle")


def test_who_is_answered_is_offered_first(open_page, edition):
    page = open_page(by=edition.ada)
    page.goto(f"/comments/{edition.quoting.pk}/reply/")
    page.get_by_label("Your comment").press_sequentially("@")
    answered = edition.quoting.author.handle
    expect(page.get_by_role("option").first).to_have_text(answered)


def test_an_address_is_no_name_and_nobody_mentions_themselves(open_page, edition):
    page = open_page(by=edition.ben)
    page.goto(edition.url)
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    area.press_sequentially("ben@ad")
    page.wait_for_timeout(300)
    expect(page.get_by_role("listbox")).to_have_count(0)
    area.fill("")
    area.press_sequentially("@")
    names = page.get_by_role("listbox")
    expect(names.get_by_role("option", name="Ada Kettle")).to_be_visible()
    expect(names.get_by_role("option", name=edition.ben.handle)).to_have_count(0)


# --- Links ---


@pytest.mark.parametrize("late", ["discussion", "htmx"])
def test_who_is_quicker_than_the_scripts_waits_for_them(open_page, edition, late):
    page = open_page(by=edition.ben)
    held = hold_back(page, late)
    with page.expect_request(lambda request: late in request.url):
        page.goto(edition.url)
    comment = steps.comment_article(page, edition.first)
    comment.get_by_role("link", name="Reply to comment 1", exact=True).click()
    page.wait_for_timeout(300)
    expect(steps.composer(page, edition.first)).to_have_count(0)
    held.pop().continue_()
    expect(comment.get_by_role("button", name="Copy link")).to_be_visible()
    expect(steps.composer(page, edition.first).get_by_label("Your comment")).to_be_focused()
    expect(page).to_have_url(re.compile(re.escape(edition.url)))


def test_who_posts_before_the_scripts_posts_once(open_page, edition):
    page = open_page(by=edition.ben)
    held = hold_back(page, "htmx")
    with page.expect_request(lambda request: "htmx" in request.url):
        page.goto(edition.url)
    form = page.locator("#form-top")
    form.get_by_label("Your comment").fill("Quicker than a script.")
    steps.send(form)
    steps.send(form)
    held.pop().continue_()
    steps.expect_new_comment(page, "Quicker than a script.")
    assert Comment.objects.filter(text__contains="Quicker than").count() == 1


def test_a_picture_that_takes_long_keeps_nobody_waiting(open_page, edition):
    page = open_page(by=edition.ben)
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => {
             document.body.append(Object.assign(new Image(), { src: "/takes-long.png" }));
           })"""
    )
    page.route("**/takes-long.png", lambda route: None)
    page.goto(edition.url, wait_until="domcontentloaded")
    area = steps.open_composer(page, edition.first).get_by_label("Your comment")
    expect(area).to_be_focused()
    expect(page).to_have_url(re.compile(re.escape(edition.url)))
    assert page.evaluate("document.readyState") == "interactive"


def test_a_script_that_does_not_come_keeps_nobody_waiting(open_page, edition):
    page = open_page(by=edition.ben)
    held = hold_back(page, "htmx")
    page.goto(edition.url)
    page.get_by_role("link", name="Reply to comment 1", exact=True).click()
    expect(page).to_have_url(re.compile(f"/comments/{edition.first.pk}/reply/"))
    assert held


def test_what_is_under_way_is_not_sent_once_more(open_page, edition):
    """A form went off as a page, before its script had come: the page waits for the answer."""
    page = open_page(by=edition.ben)
    page.goto(edition.url)
    expect(page.locator(".keys-button")).to_be_visible()
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    form = page.locator("form.composer")
    area = form.get_by_label("Your comment")
    area.fill("Under way.")
    form.evaluate("(form) => { form.dataset.busy = '1'; }")
    area.press("Control+Enter")
    page.wait_for_timeout(500)
    assert not sent
    form.evaluate("(form) => { delete form.dataset.busy; }")
    area.press("Control+Enter")
    steps.expect_new_comment(page, "Under way.")
    assert len(sent) == 1


def test_keys_pressed_before_the_scripts(page, edition):
    held = hold_back(page, "discussion")
    with page.expect_request(lambda request: "discussion" in request.url):
        page.goto(edition.url)
    page.keyboard.press("Shift+?")
    page.wait_for_timeout(200)
    held.pop().continue_()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_who_writes_meanwhile_is_not_taken_away(open_page, edition):
    page = open_page(by=edition.ben)
    held = hold_back(page, "discussion")
    with page.expect_request(lambda request: "discussion" in request.url):
        page.goto(edition.url)
    page.keyboard.press("j")
    area = page.locator("#form-top").get_by_label("Your comment")
    area.press_sequentially("just")
    held.pop().continue_()
    expect(page.locator(".keys-button")).to_be_visible()
    page.wait_for_timeout(200)
    area.press_sequentially(" kept")
    expect(area).to_have_value("just kept")
    expect(area).to_be_focused()


def test_in_the_end_the_whole_page_is_laid_out(page, edition):
    page.add_init_script(
        """addEventListener("load", () => {
             window.wasWhole = document.querySelector("#discussion").matches(".is-laid-out");
           })"""
    )
    page.goto(edition.url)
    assert not page.evaluate("window.wasWhole")
    expect(page.locator("#discussion.is-laid-out")).to_have_count(1)
    # Who comes back is to find their place at once.
    page.reload()
    assert page.evaluate("window.wasWhole")


def test_what_hangs_over_the_next_thread_is_not_covered_by_it(page, edition):
    """Also where threads are laid out only when they come near, as without JavaScript they are."""
    page.goto(edition.url)
    expect(page.locator("#discussion.is-laid-out")).to_have_count(1)
    covered = page.evaluate(
        """() => {
             for (const each of document.querySelectorAll(".is-laid-out"))
               each.classList.remove("is-laid-out");
             const [branch] = document.querySelectorAll(".threads > .branch");
             const card = Object.assign(document.createElement("div"), { className: "preview" });
             const before = getComputedStyle(branch).contentVisibility;
             branch.querySelector(".comment-body").after(card);
             return [before, getComputedStyle(branch).contentVisibility];
           }"""
    )
    assert covered == ["auto", "visible"]


def test_without_its_scripts_the_page_does_what_it_does_without_javascript(open_page, edition):
    page = open_page(by=edition.ben)
    page.route("**/htmx*.js", lambda route: route.abort())
    page.goto(edition.url)
    form = page.locator("#form-top")
    form.get_by_label("Your comment").fill("Without a script.")
    steps.send(form)
    steps.expect_new_comment(page, "Without a script.")
    assert all("htmx" in problem for problem in page.watch.problems)
    page.watch.problems.clear()


def test_the_link_of_a_comment_is_copied(open_page, edition, live_server):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(edition.url)
    comment = steps.comment_article(page, edition.first)
    expect(comment.get_by_role("button")).to_have_count(0)
    comment.hover()
    comment.get_by_role("button", name="Copy link to comment 1").click()
    expect(page.get_by_role("status").filter(has_text="Link copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"{live_server.url}/comments/{edition.first.pk}/"


@pytest.mark.parametrize("phone", [False, True], ids=["keyboard", "finger"])
def test_a_comment_is_shared_where_the_system_can(open_page, edition, phone):
    page = open_page(phone=phone)
    page.add_init_script("navigator.share = async (what) => { window.shared = what.url; }")
    page.goto(edition.url)
    comment = steps.comment_article(page, edition.first)
    share = comment.get_by_role("button", name="Share comment 1", exact=True)
    if phone:
        # Behind its words: there may be a link among them, and there are some above and below.
        comment.scroll_into_view_if_needed()
        box = comment.locator(".comment-body").bounding_box()
        page.touchscreen.tap(box["x"] + box["width"] - 3, box["y"] + box["height"] / 2)
        share.tap()
    else:
        comment.get_by_role("link", name="Reply to comment 1", exact=True).focus()
        # They come with the focus, behind what is there.
        expect(share).to_be_visible()
        for _ in range(4):
            page.keyboard.press("Tab")
        expect(share).to_be_focused()
        page.keyboard.press("Enter")
    page.wait_for_function("window.shared")
    assert page.evaluate("window.shared").endswith(f"/comments/{edition.first.pk}/")


# --- Nothing in anybody's way ---


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_in_what_comes_over_a_discussion(open_page, edition, say, phone, dark):
    page = open_page(phone=phone, dark=dark, by=edition.ada)
    voting.agree(by=edition.ada, comment=edition.quoting)
    begin_to_read(page, edition.url)
    say(edition.ben, "While you read.", edition.first)
    page.clock.fast_forward(NEXT_NEWS)
    button = news(page).get_by_role("button", name="1 new comment")
    expect(button).to_be_visible()
    found = violations(page, "news", dark=dark)
    button.click()
    expect(page.locator(".is-unread")).to_be_focused()
    found += violations(page, "a new comment", dark=dark)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found += violations(page, "the help", dark=dark)
    page.keyboard.press("Escape")
    steps.comment_article(page, edition.quoting).locator("blockquote a").focus()
    expect(page.locator(".preview")).to_be_visible()
    found += violations(page, "a card", dark=dark)
    page.keyboard.press("Escape")
    words = steps.comment_article(page, edition.quoting).locator(".comment-body > p")
    words.evaluate(MARK_WORDS, "So it")
    expect(page.get_by_role("button", name="Quote the marked words")).to_be_visible()
    found += violations(page, "marked words", dark=dark)
    page.get_by_role("button", name="Quote the marked words").click()
    area = page.locator(f"#form-{edition.quoting.pk} textarea")
    expect(area).to_be_focused()
    area.press_sequentially("@")
    expect(page.get_by_role("listbox")).to_be_visible()
    found += violations(page, "names", dark=dark)
    assert found == []
