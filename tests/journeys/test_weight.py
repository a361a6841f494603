"""What a page weighs on the wire: compressed, as the portal is deployed."""

import re
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client

from articles.models import Article
from comments import discussions

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

# In bytes; a kilobyte is a thousand, the stricter reading.
MOST_CSS = 12_000
MOST_JAVASCRIPT = 22_000
MOST_PAGE = 60_000
# A module that somebody waits for who has just pressed a key.
MOST_MODULE = 3_000
ON_DEMAND = {"arrivals", "keys", "mentions", "preview", "quoting", "sharing"}


@pytest.fixture
def deployed(settings, tmp_path):
    """Static files as they are deployed: collected, named by their content, compressed."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "newsportal.static_files.LeanStaticStorage"},
    }
    # Loaded anew: the addresses of these files are put into templates when they are.
    settings.TEMPLATES = [*settings.TEMPLATES]
    call_command("collectstatic", verbosity=0, interactive=False)
    return settings.STATIC_ROOT


@pytest.fixture
def big_page(db):
    """The address of an article under which more comments stand than one page holds."""
    pages = (Path(settings.BASE_DIR) / "fixtures" / "pages").rglob("*.txt")
    largest = max(pages, key=lambda page: page.stat().st_size)
    call_command("import_pages", str(largest), section="News", verbosity=0)
    article = Article.objects.get()
    assert article.discussion.comment_count > discussions.PAGE_SIZE
    return article.get_absolute_url()


def wire_size(static_root, address):
    """Bytes that a file takes on the wire: the compressed one, where there is one."""
    path = static_root / address.removeprefix(f"/{settings.STATIC_URL.strip('/')}/")
    packed = path.with_name(f"{path.name}.br")
    return (packed if packed.exists() else path).stat().st_size


def test_an_article_page_with_a_hundred_comments(deployed, big_page, record_property, monkeypatch):
    monkeypatch.setattr(discussions, "PAGE_SIZE", 100)
    answer = Client(headers={"Accept-Encoding": "gzip, br"}).get(big_page)
    assert answer["Content-Encoding"] == "br"
    html = brotli.decompress(answer.content).decode()
    # As many as fit in whole threads.
    assert html.count('<article class="comment') > discussions.PAGE_SIZE * 0.9
    # What comes a while later counts, too.
    named = r'(?:src|href|data-htmx|data-script)="(/static/[^"]+)"'
    files = set(re.findall(named, html))
    sizes = {address: wire_size(deployed, address) for address in sorted(files)}
    css = sum(size for address, size in sizes.items() if address.endswith(".css"))
    javascript = sum(size for address, size in sizes.items() if address.endswith(".js"))
    total = len(answer.content) + sum(sizes.values())
    told = f"html {len(answer.content)}, css {css}, javascript {javascript}, all {total}: {sizes}"
    record_property("weight", told)
    assert 0 < css <= MOST_CSS, told
    assert 0 < javascript <= MOST_JAVASCRIPT, told
    assert total <= MOST_PAGE, told


def test_what_is_fetched_on_demand_is_there_by_the_name_of_its_content(deployed, big_page):
    html = Client().get(big_page).content.decode()
    later = re.search(r'<meta name="portal-later"[^>]*>', html)[0]
    modules = dict(re.findall(r'data-([a-z]+)="(/static/[^"]+)"', later))
    assert "/django_htmx/htmx-2.min." in modules.pop("htmx")
    assert "/js/discussion." in modules.pop("script")
    assert modules.keys() == ON_DEMAND
    for name, address in modules.items():
        assert re.fullmatch(rf"/static/js/{name}\.[0-9a-f]{{12}}\.js", address)
        assert 0 < wire_size(deployed, address) <= MOST_MODULE


def test_the_front_page_loads_no_htmx(deployed, big_page):
    """Only pages with a discussion need it."""
    html = Client().get("/").content.decode()
    assert "portal" in html
    assert "htmx" not in html
