"""Every link on every page of the opening edition answers, for everybody who reads or runs it."""

import re
from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test import Client

from accounts import directory
from articles import banners, corrections, crediting, grouping, publishing, redirects, tagging
from articles.crediting import Maker
from articles.models import Article
from comments import moderation, posting, reporting
from newsportal.management.commands import load_demo

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

HERE = "http://testserver"
# Of addresses that differ by numbers alone (a comment's pages, an admin's rows, a cursor) so many
# are gone to: they are one page of ours.
OF_A_SHAPE = 3
# Going there does something, or takes one's leave.
NOT_FOLLOWED = ("/admin/logout/", "/accounts/logout/")


class Links(HTMLParser):
    """What a page leads to and is made of, and the places in it that can be led to."""

    def __init__(self):
        super().__init__()
        self.links, self.places = [], set()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.places.update(filter(None, (given.get("id"), given.get("name"))))
        for name in ("href", "src", "poster", "action", "hx-get"):
            if name == "action" and given.get("method", "get").lower() != "get":
                continue
            if given.get(name):
                self.links.append(given[name])
        for name in ("srcset", "imagesrcset"):
            candidates = (given.get(name) or "").split(",")
            self.links += [each.split()[0] for each in candidates if each.strip()]


@pytest.fixture
def edition(settings, tmp_path, monkeypatch, make_person):
    """The opening edition, with one of everything that it does not have by itself."""
    monkeypatch.setattr(load_demo, "ACCOUNTS_FILE", tmp_path / "accounts")
    call_command("load_demo")
    first, second, third = Article.objects.newest_first()[:3]
    reader = directory.find_person("demo reader")
    tagging.tag_article(article=first, names=["Water", "Погода"])
    tagging.tag_article(article=second, names=["Water"])
    guest = crediting.create_guest(name="Cleo Guest")
    publishing.update_article(article=second, authors=[reader, Maker(guest, "photo")])
    series = grouping.open_series(title="Rivers")
    for article in (first, second, third):
        grouping.place_in_series(article=article, series=series)
    grouping.pick_related(article=first, others=[third])
    corrections.publish_correction(article=first, kind="correction", text="It was a Tuesday.")
    banners.put_up_banner(text="The dam holds", article=third)
    redirects.save_redirect(by=None, path="/old/", to=first.get_absolute_url())
    comment = posting.post_comment(by=reader, discussion=first.discussion, text="Is this so?")
    posting.post_comment(by=make_person(), discussion=first.discussion, parent=comment, text="No.")
    reporting.report(by=make_person(), comment=comment, reason="attack")
    moderator = directory.find_person("demo moderator")
    hidden = posting.post_comment(by=reader, discussion=second.discussion, text="Buy this now.")
    moderation.hide(comment=hidden, reason="Advertising", by=moderator)


def crawl(client, start):
    """Goes through all that can be reached; returns what does not answer, and how much did."""
    waiting, seen, asked, wrong = deque((each, "") for each in start), set(start), Counter(), []
    wanted, places = {}, {}
    while waiting:
        address, page = waiting.popleft()
        answer = client.get(address, headers={"host": "testserver"})
        if answer.status_code in (301, 302):
            follow(urljoin(address, answer["Location"]), address, waiting, seen, asked, wanted)
            continue
        if answer.status_code != 200:
            wrong.append(f"{answer.status_code} {address} on {page}")
            continue
        content = b"".join(answer) if answer.streaming else answer.content
        if not answer["Content-Type"].startswith("text/html"):
            continue
        links = Links()
        links.feed(content.decode())
        places[urlsplit(address).path] = places.get(urlsplit(address).path, set()) | links.places
        for link in links.links:
            follow(urljoin(f"{HERE}{address}", link), address, waiting, seen, asked, wanted)
    for (path, place), page in wanted.items():
        if path in places and place not in places[path]:
            wrong.append(f"nothing called #{place} on {path}, as {page} says")
    return wrong, len(seen)


def follow(link, page, waiting, seen, asked, wanted):
    whole, place = urldefrag(urljoin(HERE, link))
    parts = urlsplit(whole)
    if parts.scheme not in ("http", "https") or parts.netloc != "testserver":
        return
    path = parts.path
    if place and not parts.query:
        wanted.setdefault((path, unquote(place)), page)
    if path.startswith("/static/"):
        assert finders.find(unquote(path.removeprefix("/static/"))), f"{path} on {page}"
        return
    address = f"{path}?{parts.query}" if parts.query else path
    if address in seen or path.startswith(NOT_FOLLOWED):
        return
    queries = sorted(parts.query.split("&"))
    shape = re.sub(r"[0-9]+", "0", path), *(each.partition("=")[0] for each in queries)
    asked[shape] += 1
    if asked[shape] > OF_A_SHAPE:
        return
    seen.add(address)
    waiting.append((address, page))


@pytest.mark.parametrize(
    ("who", "least"),
    [
        ("", 100),
        ("demo reader", 120),
        ("demo moderator", 150),
        ("demo editor", 150),
        ("demo admin", 200),
    ],
)
def test_every_link_answers(edition, who, least):
    client = Client()
    start = ["/", "/sitemap.xml", "/old/"]
    if who:
        client.force_login(directory.find_person(who))
        start.append("/accounts/")
    if who.endswith(("moderator", "editor", "admin")):
        start.append("/admin/")
    wrong, number = crawl(client, start)
    assert not wrong
    assert number >= least, number
