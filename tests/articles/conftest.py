"""Articles and saved pages, as the tests of this room need them."""

from datetime import timedelta
from io import StringIO
from itertools import count

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from articles import publishing, sections, sitemaps
from articles.models import Article
from tests.articles.rain import PAGE

_numbers = count(1)


@pytest.fixture(autouse=True)
def _one_file_of_each(monkeypatch):
    """PostgreSQL's numbers go on from test to test: which sitemap one falls into is told apart."""
    monkeypatch.setattr(sitemaps, "SITEMAP_SIZE", 10_000_000)


@pytest.fixture
def editor(make_person):
    return make_person("Edith Column", role="editor")


@pytest.fixture
def politics(db):
    return sections.open_section("Politics")


@pytest.fixture
def make_article(politics):
    """``make_article("Title", hours_ago=3)``: published in Politics, two paragraphs long."""

    def make(title=None, *, hours_ago=1, **fields):
        fields.setdefault("section", politics)
        fields.setdefault("status", Article.Status.PUBLISHED)
        fields.setdefault("published_at", timezone.now() - timedelta(hours=hours_ago))
        fields.setdefault("blocks", [{"type": "paragraph", "text": "One."}])
        return publishing.create_article(title=title or f"Article {next(_numbers)}", **fields)

    return make


class Ran:
    """What a management command printed, and its exit status."""

    def __init__(self, name, *args, **options):
        out, err = StringIO(), StringIO()
        try:
            call_command(name, *map(str, args), stdout=out, stderr=err, **options)
            self.status, self.error = 0, ""
        except CommandError as error:
            self.status, self.error = error.returncode, str(error)
        self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture
def import_pages(db):
    return lambda *paths, **options: Ran("import_pages", *paths, **options)


@pytest.fixture
def export_pages(db):
    return lambda *slugs, **options: Ran("export_pages", *slugs, **options)


@pytest.fixture
def save_page(tmp_path):
    """``save_page("name.txt", text)`` writes a saved page and returns its path."""

    def save(name, text):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return save


@pytest.fixture
def rain(save_page, settings):
    # Its clocks are those of UTC, wherever the tests run.
    settings.TIME_ZONE = "UTC"
    return save_page("rain.txt", PAGE)


@pytest.fixture
def imported(import_pages, rain):
    ran = import_pages(rain)
    assert ran.status == 0, ran.error + ran.out
    return Article.objects.get()
