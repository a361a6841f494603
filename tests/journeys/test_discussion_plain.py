"""What a discussion offers in a browser that runs no script: links, forms and ``<details>``."""

import re
from datetime import timedelta

import pytest
from django.db.models import F
from playwright.sync_api import expect

from comments import orders, posting, visits, voting
from comments.models import Comment, Visit, Vote
from tests.journeys import long_talk, steps

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(open_page):
    return open_page(javascript=False)


@pytest.fixture
def talk(edition):
    return long_talk.publish(edition)


@pytest.fixture
def say(edition):
    """``say(person, "words", parent=None)``: a comment on the edition's article."""

    def post(by, text, parent=None):
        return posting.post_comment(by=by, discussion=edition.discussion, parent=parent, text=text)

    return post


def order_links(page):
    return page.get_by_role("navigation", name="Order of the comments")


def first_comment(page):
    return page.locator("article.comment").first


def shown(page):
    """The ids of the comments on the page, in its order."""
    ids = page.locator("article.comment").evaluate_all("(all) => all.map((each) => each.id)")
    return [int(each.removeprefix("c")) for each in ids]


def vote_button(page, comment):
    return steps.comment_article(page, comment).get_by_role("button", name="Agree")


def go_away(person):
    """Lets so much time go by that the next page is another visit."""
    past = F("at") - visits.VISIT_LASTS - timedelta(minutes=1)
    assert Visit.objects.filter(person=person).update(at=past)


def test_the_orders(page, talk, edition):
    liked = talk.roots[20]
    for person in (edition.ada, edition.ben, edition.moderator):
        if person.pk != liked.author_id:
            voting.agree(by=person, comment=liked)
    page.goto(talk.url)
    expect(order_links(page).locator("[aria-current]")).to_have_text("Oldest")
    for label, first in (
        ("Newest", talk.roots[-1]),
        ("Best", liked),
        ("Most discussed", talk.long),
        ("Oldest", talk.roots[0]),
    ):
        order_links(page).get_by_role("link", name=label).click()
        expect(order_links(page).locator("[aria-current]")).to_have_text(label)
        expect(first_comment(page)).to_have_id(f"c{first.pk}")
        expect(page.locator("#discussion")).to_be_in_viewport()


def test_the_order_that_one_chose_is_remembered(open_page, talk, edition):
    page = open_page(javascript=False, by=edition.ada)
    page.goto(talk.url)
    order_links(page).get_by_role("link", name="Newest").click()
    page.goto(talk.url)
    expect(order_links(page).locator("[aria-current]")).to_have_text("Newest")
    expect(first_comment(page)).to_have_id(f"c{talk.roots[-1].pk}")
    order_links(page).get_by_role("link", name="Oldest").click()
    expect(first_comment(page)).to_have_id(f"c{talk.roots[0].pk}")
    page.goto(talk.url)
    expect(first_comment(page)).to_have_id(f"c{talk.roots[0].pk}")


@pytest.mark.parametrize("order", orders.ORDERS)
def test_the_next_page_and_back(page, talk, order):
    page.goto(f"{talk.url}?order={order}")
    first_page = shown(page)
    page.get_by_role("link", name="More comments").click()
    expect(page).to_have_url(re.compile(r"[?&]from=\d"))
    expect(page.locator("#discussion")).to_be_in_viewport()
    second_page = shown(page)
    assert not set(first_page) & set(second_page)
    roots = {root.pk for root in talk.roots}
    assert roots <= {*first_page, *second_page}
    # The article itself is still there, the address still its own.
    expect(page.get_by_role("heading", level=1)).to_have_text(long_talk.TITLE)
    expect(page.get_by_role("link", name="More comments")).to_have_count(0)
    page.get_by_role("link", name="The first comments").click()
    expect(first_comment(page)).to_have_id(f"c{first_page[0]}")
    assert shown(page) == first_page


def test_more_replies_are_on_the_page_of_their_thread(page, talk):
    page.goto(talk.url)
    first_page = shown(page)
    of_thread = Comment.objects.filter(tree_id=talk.long.tree_id).order_by("lft")
    of_thread = list(of_thread.values_list("pk", flat=True))
    there = [pk for pk in of_thread if pk in first_page]
    left = len(of_thread) - len(there)
    page.get_by_role("link", name=f"{left} more replies").click()
    following = of_thread[len(there)]
    expect(page).to_have_url(
        re.compile(rf"/comments/{talk.long.pk}/thread/\?from={following}#c{following}$")
    )
    expect(page.locator(f"#c{following}")).to_be_in_viewport()
    assert shown(page) == of_thread[len(there) :]
    page.get_by_role("link", name="The beginning of this thread").click()
    expect(first_comment(page)).to_have_id(f"c{talk.long.pk}")
    page.get_by_role("link", name="The whole discussion").click()
    expect(page).to_have_url(re.compile(f"{talk.url}#discussion$"))


def test_a_long_thread_is_read_to_its_end(page, talk):
    page.goto(f"/comments/{talk.long.pk}/thread/")
    begun = shown(page)
    page.get_by_role("link", name=re.compile("^More comments, from 1")).click()
    expect(first_comment(page)).not_to_have_id(f"c{talk.long.pk}")
    assert not set(begun) & set(shown(page))
    assert len(begun) + len(shown(page)) == 1 + long_talk.DEEP + long_talk.WIDE


@pytest.mark.parametrize("where", ["the long thread's middle", "its end", "another thread"])
def test_from_a_comment_to_the_whole_discussion(page, talk, where):
    comment = {
        "the long thread's middle": talk.reply(60),
        "its end": talk.reply(long_talk.WIDE),
        "another thread": talk.roots[-2],
    }[where]
    for order in orders.ORDERS.values():
        page.goto(f"/comments/{comment.pk}/")
        expect(steps.comment_article(page, comment)).to_have_class(re.compile("is-target"))
        steps.expect_to_stand_at(page, comment)
        ways = page.get_by_role("navigation", name="This comment in the whole discussion")
        ways.get_by_role("link", name=order.label).click()
        expect(page).to_have_url(re.compile(f"#c{comment.pk}$"))
        steps.expect_to_stand_at(page, comment)
        expect(page.locator(".is-target")).to_have_count(0)


def test_what_surrounds_a_comment(page, talk):
    comment = talk.reply(60)
    page.goto(talk.url)
    steps.comment_article(page, comment).locator("a.number").click()
    expect(page).to_have_url(re.compile(f"/comments/{comment.pk}/$"))
    for near in (talk.reply(59), talk.reply(61)):
        expect(steps.comment_article(page, near)).to_be_attached()
    above = page.get_by_role("navigation", name="What this answers")
    expect(above.get_by_role("link")).to_have_count(1)
    page.get_by_role("link", name="This thread from its beginning").click()
    expect(first_comment(page)).to_have_id(f"c{talk.long.pk}")
    page.go_back()
    page.get_by_role("link", name="How this thread goes on").click()
    expect(page).to_have_url(re.compile(rf"/comments/{talk.long.pk}/thread/\?from=\d+"))
    page.goto(f"/comments/{comment.pk}/")
    above.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/comments/{talk.long.pk}/$"))


def test_a_branch_is_folded_and_unfolded(page, edition):
    page.goto(edition.url)
    summary = page.locator(f"#r{edition.first.pk} > summary")
    expect(summary).to_have_text("2 replies")
    summary.click()
    expect(steps.comment_article(page, edition.quoting)).to_be_hidden()
    expect(steps.comment_article(page, edition.first)).to_be_visible()
    summary.focus()
    page.keyboard.press("Enter")
    expect(steps.comment_article(page, edition.quoting)).to_be_visible()


def test_a_link_into_a_branch_goes_to_the_parent(page, talk):
    reply = talk.reply(3)
    page.goto(talk.url)
    steps.comment_article(page, reply).locator("a.parent").click()
    expect(page).to_have_url(re.compile(f"#c{talk.long.pk}$"))
    steps.expect_to_stand_at(page, talk.long)


def test_a_vote_and_taking_it_back(open_page, edition):
    page = open_page(javascript=False, by=edition.ben)
    page.goto(edition.url)
    button = vote_button(page, edition.first)
    expect(button).to_have_text("Agree")
    expect(button).to_have_attribute("aria-pressed", "false")
    button.click()
    expect(page).to_have_url(re.compile(f"{edition.url}#c{edition.first.pk}$"))
    steps.expect_to_stand_at(page, edition.first)
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_text("Agree 1")
    assert Vote.objects.filter(person=edition.ben, comment=edition.first).count() == 1
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_text("Agree")
    assert not Vote.objects.exists()
    # What is one's own has a count, and no button.
    mine = steps.comment_article(page, edition.quoting)
    expect(mine.get_by_role("button")).to_have_count(0)


def test_a_vote_on_a_thread_page_comes_back_to_it(open_page, talk, edition):
    page = open_page(javascript=False, by=edition.ada)
    comment = next(each for each in map(talk.reply, range(150, 160)) if each.author != edition.ada)
    page.goto(f"/comments/{talk.long.pk}/thread/?from={talk.reply(140).pk}")
    vote_button(page, comment).click()
    expect(page).to_have_url(re.compile(rf"/thread/\?from={talk.reply(140).pk}#c{comment.pk}$"))
    expect(steps.comment_article(page, comment).locator(".agree-count")).to_have_text("1")


def test_a_vote_before_signing_in(page, edition):
    page.goto(edition.url)
    steps.comment_article(page, edition.first).get_by_role("link", name="Agree").click()
    steps.sign_in(page, edition.ben.handle)
    expect(page).to_have_url(re.compile(f"/comments/{edition.first.pk}/agree/$"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Agree with this comment")
    expect(page.locator(".answered")).to_contain_text("The first comment")
    assert not Vote.objects.exists()
    page.get_by_role("button", name="Agree", exact=True).click()
    steps.expect_to_stand_at(page, edition.first)
    expect(vote_button(page, edition.first)).to_have_attribute("aria-pressed", "true")
    page.goto(f"/comments/{edition.first.pk}/agree/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You agree with this comment")
    page.get_by_role("button", name="Take your vote back").click()
    steps.expect_to_stand_at(page, edition.first)
    assert not Vote.objects.exists()


def test_a_vote_on_ones_own_before_signing_in(page, edition):
    page.goto(edition.url)
    steps.comment_article(page, edition.first).get_by_role("link", name="Agree").click()
    steps.sign_in(page, edition.ada.handle)
    expect(page.get_by_role("status").filter(has_text="You wrote this comment")).to_be_visible()
    expect(page.get_by_role("button", name="Agree", exact=True)).to_have_count(0)
    page.get_by_role("link", name="Back to the comment").click()
    steps.expect_to_stand_at(page, edition.first)


def test_what_is_new_since_the_last_visit(open_page, edition, say):
    page = open_page(javascript=False, by=edition.ada)
    page.goto(edition.url)
    # On a first visit nothing is old, so nothing is marked as new.
    expect(page.locator(".new-mark")).to_have_count(0)
    go_away(edition.ada)
    reply = say(edition.ben, "While you were away.", edition.first)
    thread = say(edition.ben, "And something else.")
    say(edition.ada, "From my other window.", edition.first)

    page.goto("/")
    lead = page.locator("article", has=page.get_by_role("link", name=edition.article.title)).first
    expect(lead.locator(".new-mark")).to_contain_text("2 new")
    page.goto(edition.url)
    for comment in (reply, thread):
        expect(steps.comment_article(page, comment)).to_have_class(re.compile("is-unread"))
        expect(steps.comment_article(page, comment).locator(".new-mark")).to_have_text("new")
    expect(page.locator("article .new-mark")).to_have_count(2)
    expect(page.locator(f"#r{edition.first.pk} > summary")).to_contain_text("1 new")
    note = page.locator(".unread-note").get_by_role("link", name="2 ")
    expect(note).to_be_visible()
    # It stays so for the whole of the visit.
    page.goto(edition.url)
    note.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is new")
    assert set(shown(page)) >= {reply.pk, thread.pk}
    steps.comment_article(page, reply).locator("a.number").click()
    steps.expect_to_stand_at(page, reply)

    go_away(edition.ada)
    page.goto(edition.url)
    expect(page.locator(".new-mark")).to_have_count(0)
    expect(page.locator(".unread-note")).to_have_count(0)


def test_a_branch_as_plain_text(page, edition):
    # A page of plain text names no icon, so the browser asks for one at the usual place.
    page.watch.expected_statuses.add(404)
    page.goto(f"/comments/{edition.first.pk}/")
    page.get_by_role("link", name="This comment and its replies as plain text").click()
    expect(page).to_have_url(re.compile(f"/comments/{edition.first.pk}/text/$"))
    text = page.locator("body").inner_text()
    assert "Comment 1 and the replies to it" in text
    for words in ("The *first* comment", "One reply to it.", "So it is."):
        assert words in text
    assert "Level 1 of" not in text


def test_a_long_branch_as_plain_text_from_its_thread(page, talk):
    page.watch.expected_statuses.add(404)
    page.goto(f"/comments/{talk.long.pk}/thread/")
    page.get_by_role("link", name="This thread as plain text").click()
    text = page.locator("body").inner_text()
    for number in (1, 1 + long_talk.DEEP, 1 + long_talk.DEEP + long_talk.WIDE):
        assert f"This was word {number}." in text


def test_a_quotation_leads_to_its_source(open_page, edition):
    page = open_page(javascript=False, by=edition.ada)
    page.goto(edition.url)
    form = steps.open_composer(page, edition.quoting, verb="Quote")
    expect(page.locator(".answered")).to_contain_text("So it is.")
    area = form.get_by_label("Your comment")
    # Their own words, and not those that they quoted.
    expect(area).to_have_value(re.compile(r"^> So it is\.\n> — \[Ben"))
    area.fill(f"{area.input_value()}Is it?")
    steps.send(form)
    mine = steps.expect_new_comment(page, "Is it?")
    assert mine.parent_id == edition.quoting.pk
    quotation = steps.comment_article(page, mine).locator("blockquote")
    expect(quotation).to_contain_text("So it is.")
    quotation.get_by_role("link").click()
    expect(page).to_have_url(re.compile(f"/comments/{edition.quoting.pk}/$"))
    expect(steps.comment_article(page, edition.quoting)).to_have_class(re.compile("is-target"))
    steps.expect_to_stand_at(page, edition.quoting)
