"""Around reading, in a browser: counted once looked at, saved, passed on, printed, read offline."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from articles import counting, grouping, publishing
from articles.models import Article, ReadCount, SavedArticle
from tests.journeys import steps
from tests.journeys.edition import TITLE

pytestmark = [pytest.mark.journey, pytest.mark.browser, pytest.mark.django_db(transaction=True)]

READ_AFTER_MS = 5_000


def beacons(page):
    """The requests that count a read, as they are sent."""
    sent = []
    page.on("request", lambda asked: asked.url.endswith("/read/") and sent.append(asked))
    return sent


class TestCounting:
    def test_a_read_is_counted_once_it_was_looked_at_and_nobody_told(self, open_page, edition):
        # Somebody signed in: what is counted has no cookie all the same.
        page = open_page(by=edition.ada)
        with page.expect_response(re.compile(r"/read/$")) as answered:
            page.goto(edition.url)
        answer = answered.value
        assert answer.status == 204
        headers = answer.request.all_headers()
        assert "cookie" not in headers
        assert answer.request.post_data is None
        counts = ReadCount.objects.filter(article=edition.article)
        assert sorted(counts.values_list("span", "reads")) == [(1, 1), (24, 1)]
        page.goto("/")
        expect(page.locator("#read-heading")).to_be_visible()

    def test_not_before_a_while_and_not_for_who_objects(self, open_page, edition):
        page, quiet = open_page(), open_page()
        quiet.add_init_script(
            "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })"
        )
        of_quiet = beacons(quiet)
        quiet.goto(edition.url)
        of_page = beacons(page)
        page.goto(edition.url)
        page.wait_for_timeout(2_000)
        assert not of_page
        quiet.wait_for_timeout(READ_AFTER_MS)
        assert not of_quiet


class TestSaving:
    def test_in_place(self, open_page, edition):
        page = open_page(by=edition.ada)
        page.goto(edition.url)
        page.get_by_role("button", name="Save for later").click()
        button = page.get_by_role("button", name="Remove from saved")
        expect(button).to_be_focused()
        assert SavedArticle.objects.get().person == edition.ada
        page.get_by_role("link", name="Your list").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Saved for later")
        expect(page.get_by_role("link", name=TITLE, exact=True)).to_be_visible()
        page.get_by_role("button", name="Remove from saved").click()
        expect(page.get_by_role("button", name="Save for later")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Nothing is saved here.")).to_be_visible()

    def test_without_javascript_from_signing_in_on(self, open_page, edition):
        page = open_page(javascript=False)
        page.goto(edition.url)
        page.get_by_role("link", name="Save for later").click()
        steps.sign_in(page, edition.ada.handle)
        page.get_by_role("button", name="Save for later").click()
        expect(page).to_have_url(re.compile(f"{edition.url}$"))
        page.get_by_role("button", name="Remove from saved").click()
        expect(page.get_by_role("button", name="Save for later")).to_be_visible()


def test_links_to_networks_are_plain_and_copying_is_offered(open_page, edition):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(edition.url)
    share = page.locator(".share")
    links = share.get_by_role("link")
    assert links.all_inner_texts() == ["E-mail", "Bluesky", "Facebook", "WhatsApp"]
    for link in links.all()[1:]:
        assert "noopener noreferrer" in link.get_attribute("rel")
        assert "kettle-on-the-moon" in link.get_attribute("href")
    share.get_by_role("button", name="Copy link to this article").click()
    expect(page.get_by_role("status").filter(has_text="Link copied.")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").endswith(edition.url)


def test_on_paper_it_is_words_in_black_on_white(open_page, edition):
    page = open_page(dark=True)
    page.goto(edition.url)
    page.emulate_media(media="print", color_scheme="dark")
    for hidden in (".masthead-bar", ".sections", ".foot", ".tools", "aside.more", ".orders"):
        expect(page.locator(hidden)).to_be_hidden()
    for form in page.locator("form, .comment-actions").all():
        expect(form).to_be_hidden()
    for seen in ("h1", ".story-body", ".printed-address", f"#c{edition.deep.pk}"):
        expect(page.locator(seen).first).to_be_visible()
    expect(page.locator(".printed-address")).to_have_text(re.compile(f"^http.*{edition.url}$"))
    colours = page.evaluate(
        "() => [getComputedStyle(document.body).backgroundColor,"
        " ...['.story-body', '.comment-body', 'h1'].map("
        "(each) => getComputedStyle(document.querySelector(each)).color)]"
    )
    assert colours == ["rgb(255, 255, 255)", *["rgb(0, 0, 0)"] * 3]
    link = page.locator(f"#c{edition.first.pk} a[href='https://example.org/']")
    said = link.evaluate("(each) => getComputedStyle(each, '::after').content")
    assert "https://example.org/" in said


def test_parts_of_a_series_are_walked_through(open_page, edition):
    series = grouping.open_series(title="Kettles")
    for article in Article.objects.order_by("pk"):
        grouping.place_in_series(article=article, series=series)
    page = open_page(javascript=False)
    page.goto("/series/kettles/")
    page.get_by_role("link", name="Another story, number 1", exact=True).click()
    for label in ("Part 2 of 3", "Part 3 of 3"):
        page.get_by_role("link", name="Next part").click()
        expect(page.locator(".series-place")).to_contain_text(f"{label} of Kettles")
    page.get_by_role("link", name="Kettles", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Kettles")


# --- Without a network ---


@pytest.fixture
def reader_page(open_page):
    """``reader_page(by=None)``: a page whose context may have service workers."""

    def make(**options):
        return open_page(service_workers="allow", **options)

    return make


KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
  return found;
}"""


def kept(page):
    """The paths that the browser keeps."""
    return page.evaluate(KEPT)


def wait_for(page, *, is_so):
    """Until the browser, asked again and again, has it so."""
    for _ in range(150):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"not so: {kept(page)}")


def worker_is_ready(page):
    wait_for(page, is_so=lambda: page.evaluate("Boolean(navigator.serviceWorker.controller)"))


def wait_until_kept(page, path):
    wait_for(page, is_so=lambda: path in kept(page))


def forgive_offline(page):
    left = [each for each in page.watch.problems if "ERR_INTERNET_DISCONNECTED" not in each]
    page.watch.problems[:] = left


def test_a_read_article_opens_without_a_network_and_another_page_says_so(reader_page, edition):
    page = reader_page()
    page.goto(edition.url)
    # The very first page, which came before there was a worker.
    wait_until_kept(page, edition.url)
    worker_is_ready(page)
    other = Article.objects.exclude(pk=edition.article.pk).first()
    page.context.set_offline(True)
    page.goto(edition.url)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.locator(f"#c{edition.first.pk}")).to_be_visible()
    # With its styles.
    size = page.locator("h1").first.evaluate("(each) => getComputedStyle(each).fontFamily")
    assert "Palatino" in size
    page.goto(other.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no network")
    page.get_by_role("list", name="What you read last").get_by_role("link", name=TITLE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    page.context.set_offline(False)
    page.goto(other.get_absolute_url())
    expect(page.get_by_role("heading", level=1)).to_have_text(other.title)
    wait_until_kept(page, other.get_absolute_url())
    forgive_offline(page)


def test_what_was_withdrawn_is_not_kept_any_more(reader_page, edition):
    page = reader_page()
    page.goto(edition.url)
    wait_until_kept(page, edition.url)
    worker_is_ready(page)
    publishing.withdraw_article(article=edition.article)
    # A browser may show once more what it has, and asks meanwhile.
    wait_for(page, is_so=lambda: page.goto(edition.url).status == 404)
    wait_for(page, is_so=lambda: edition.url not in kept(page))
    left = [each for each in page.watch.problems if "404" not in each]
    page.watch.problems[:] = left


def test_nothing_private_is_kept_and_signing_out_forgets_what_was_read(reader_page, edition):
    page = reader_page()
    other = Article.objects.exclude(pk=edition.article.pk).first().get_absolute_url()
    page.goto(edition.url)
    wait_until_kept(page, edition.url)
    page.goto("/accounts/login/")
    steps.sign_in(page, edition.ada.handle)
    expect(steps.account_links(page).get_by_role("link", name="Ada Kettle")).to_be_visible()
    for path in (other, "/saved/", "/accounts/", "/", f"/comments/{edition.first.pk}/reply/"):
        page.goto(path)
        page.wait_for_timeout(1_500)
    paths = kept(page)
    assert edition.url in paths
    assert not {other, "/saved/", "/accounts/", "/"} & set(paths)
    assert not any("comments" in path for path in paths)
    steps.sign_out(page)
    wait_for(page, is_so=lambda: edition.url not in kept(page))
    assert not any(path.startswith("/articles/") for path in kept(page))
    page.context.set_offline(True)
    page.goto(edition.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no network")
    forgive_offline(page)


def test_only_so_many_are_kept_and_old_caches_go(reader_page, edition, monkeypatch):
    monkeypatch.setattr("newsportal.offline.KEPT_ARTICLES", 2)
    page = reader_page()
    page.goto(edition.url)
    page.evaluate("caches.open('articles-of-an-older-build')")
    wait_until_kept(page, edition.url)
    worker_is_ready(page)
    for article in Article.objects.order_by("pk")[:2]:
        page.goto(article.get_absolute_url())
        wait_until_kept(page, article.get_absolute_url())
    articles = [path for path in kept(page) if path.startswith("/articles/")]
    assert len(articles) == 2
    assert edition.url not in articles
    # A new build comes with a new worker, which clears up behind the old one.
    monkeypatch.setattr(settings, "BUILD", "another")
    page.evaluate("navigator.serviceWorker.getRegistration().then((each) => each.update())")
    wait_for(
        page,
        is_so=lambda: set(page.evaluate("caches.keys()")) <= {"shell-another", "articles-another"},
    )
    assert "/offline/" in kept(page)


def test_what_the_browser_is_told_is_the_same_for_everybody(db):
    client = Client()
    for address, kind in (
        ("/service-worker.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
        ("/offline/", "text/html; charset=utf-8"),
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == kind
        assert not answer.cookies
        assert "public" in answer["Cache-Control"]
        assert "worker-src 'self'" in answer["Content-Security-Policy"]
        again = client.get(address, headers={"if-none-match": answer["ETag"]})
        assert again.status_code == 304
    worker = client.get("/service-worker.js").content.decode()
    assert json.dumps(settings.BUILD) in worker
    told = json.loads(client.get("/manifest.webmanifest").content)
    assert told["name"] == settings.SITE_NAME
    assert {icon["type"] for icon in told["icons"]} == {"image/svg+xml", "image/png"}


@pytest.fixture(autouse=True)
def _reads_are_nobodys(db):
    yield
    counting.forget_reads()


def test_so_does_signing_out_of_the_admin(reader_page, edition, make_person):
    page = reader_page()
    page.goto(edition.url)
    wait_until_kept(page, edition.url)
    worker_is_ready(page)
    page.goto("/accounts/login/?next=/admin/")
    steps.sign_in(page, make_person("Ed Itor", role="editor").handle)
    expect(page.get_by_role("button", name="Log out")).to_be_visible()
    assert edition.url in kept(page)
    page.get_by_role("button", name="Log out").click()
    wait_for(page, is_so=lambda: edition.url not in kept(page))
