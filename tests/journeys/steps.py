"""What people do on the portal, step by step, in any browser, with JavaScript or without."""

import re

from playwright.sync_api import expect

from comments.models import Comment
from tests.conftest import PASSWORD
from tests.journeys import edition as editions

AT_A_COMMENT = re.compile(r"#c\d+$")


def account_links(page):
    return page.get_by_role("navigation", name="Your account")


def comment_article(page, comment):
    return page.locator(f"#c{comment.pk}")


def comment_saying(text):
    """The comment in the database that says ``text``; there must be just one."""
    return Comment.objects.get(text__contains=text)


def composer(page, comment=None, discussion=None):
    """The form that answers ``comment``, in its place or on its page; else the discussion's."""
    path = f"/comments/{comment.pk}/reply/" if comment else f"/discussions/{discussion.pk}/post/"
    return page.locator(f'form[action="{path}"]')


def open_composer(page, comment, verb="Reply to"):
    page.get_by_role("link", name=f"{verb} comment {comment.number}", exact=True).click()
    form = composer(page, comment)
    expect(form).to_be_visible()
    return form


def send(form):
    form.get_by_role("button", name="Post comment").click()


def expect_to_stand_at(page, comment):
    """That the browser shows ``comment``, whichever way it got there."""
    expect(comment_article(page, comment)).to_be_in_viewport()


def expect_new_comment(page, text):
    """The comment that has just been posted, once it is seen."""
    expect(page.locator("article.comment", has_text=text)).to_be_in_viewport()
    return comment_saying(text)


def sign_up(page, handle, email):
    """Fills the sign-up page in and sends it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign up")
    page.get_by_label("Name", exact=True).fill(handle)
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign up").click()


def confirm(page, link):
    """Opens the link of the letter and says yes."""
    page.goto(link)
    page.get_by_role("button", name="Yes, confirm it").click()


def sign_in(page, login):
    """Fills the sign-in page in and sends it."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Name or e-mail address").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def sign_out(page):
    account_links(page).get_by_role("button", name="Sign out").click()
    expect(account_links(page).get_by_role("link", name="Sign in")).to_be_visible()


def walk_whole_journey(page, edition, mail_link):
    """A newcomer reads, joins, replies deep down, quotes, edits, withdraws and leaves."""
    page.goto("/")
    headline = page.get_by_role("main").get_by_role("heading", name=editions.TITLE)
    headline.first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(editions.TITLE)

    account_links(page).get_by_role("link", name="Sign up").click()
    sign_up(page, "Zoë van Dam", "zoe@example.org")
    expect(page.get_by_role("heading", level=1)).to_have_text("One step more: your mail")
    confirm(page, mail_link("zoe@example.org"))
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Confirm your address")
    if not account_links(page).get_by_role("link", name="Zoë van Dam").is_visible():
        page.goto(f"/accounts/login/?next={edition.url}")
        sign_in(page, "Zoë van Dam")
    expect(page).to_have_url(re.compile(f"{edition.url}$"))

    form = open_composer(page, edition.deep)
    form.get_by_label("Your comment").fill("Down here the *water* is warm.")
    send(form)
    expect(page.locator("article.comment", has_text="Down here the water")).to_be_in_viewport()
    mine = comment_saying("the *water* is warm.")
    assert mine.parent_id == edition.deep.pk
    expect(comment_article(page, mine).locator("em")).to_have_text("water")
    expect(page.locator("#comment-count")).to_have_text("15 comments")

    form = open_composer(page, edition.first, verb="Quote")
    area = form.get_by_label("Your comment")
    expect(area).to_have_value(re.compile(r"^> The \*first\* comment"))
    area.fill(f"{area.input_value()}Just what I thought.")
    send(form)
    quoting = expect_new_comment(page, "Just what I thought.")
    quotation = comment_article(page, quoting).locator("blockquote")
    expect(quotation).to_contain_text("The first comment")
    quotation.get_by_role("link", name="Ada Kettle").click()
    expect(page).to_have_url(re.compile(f"/comments/{edition.first.pk}/$"))
    expect_to_stand_at(page, edition.first)

    page.get_by_role("link", name=f"Edit comment {quoting.number}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Edit your comment")
    page.get_by_label("Your comment").fill("On second thoughts, no.")
    page.get_by_role("button", name="Save").click()
    expect(page).to_have_url(AT_A_COMMENT)
    expect_to_stand_at(page, quoting)
    expect(comment_article(page, quoting)).to_contain_text("On second thoughts, no.")
    expect(comment_article(page, quoting)).to_contain_text("edited ")

    page.get_by_role("link", name=f"Withdraw comment {quoting.number}", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Withdraw your comment")
    page.get_by_role("button", name="Withdraw the comment").click()
    expect_to_stand_at(page, quoting)
    expect(comment_article(page, quoting)).to_contain_text("Withdrawn by its author.")
    expect(page.get_by_text("On second thoughts, no.")).to_have_count(0)
    expect(page.locator("#comment-count")).to_have_text("15 comments")

    sign_out(page)
    page.goto("/accounts/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def leave_draft_and_sign_in(page, edition):
    """Types before signing in, signs in, and finds the words at the very comment."""
    page.goto(edition.url)
    page.get_by_role("link", name=f"Reply to comment {edition.deep.number}", exact=True).click()
    form = page.locator(f'form[action$="?parent={edition.deep.pk}"]')
    form.get_by_label("Your comment").fill("Begun before\nI was signed in.")
    form.get_by_role("button", name="Sign in to post").click()
    sign_in(page, edition.ada.handle)
    expect_draft_at_its_comment(page, edition)


def expect_draft_at_its_comment(page, edition):
    expect(page).to_have_url(re.compile(f"/comments/{edition.deep.pk}/reply/$"))
    expect(page.locator(".answered")).to_contain_text("Level 7 of 10.")
    area = composer(page, edition.deep).get_by_label("Your comment")
    expect(area).to_have_value("Begun before\nI was signed in.")
    send(composer(page, edition.deep))
    mine = expect_new_comment(page, "Begun before")
    assert mine.parent_id == edition.deep.pk
    expect(page).to_have_url(re.compile(f"#c{mine.pk}$"))
    expect_to_stand_at(page, mine)
