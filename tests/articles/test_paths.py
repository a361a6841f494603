"""Paths that are not what they should be: an error that names them, never a traceback."""

import json
import os
import subprocess
import sys

import pytest

from articles.models import Article
from tests.articles.rain import PAGE


@pytest.mark.parametrize("path", ["", "x" * 300, "nowhere.txt", "nul\0.txt"])
def test_a_path_that_cannot_be(import_pages, path):
    ran = import_pages(path)
    assert ran.status == 1
    assert (path.replace("\0", "")[:3] or "''") in ran.error
    assert not Article.objects.exists()


def test_good_files_beside_bad_paths_are_kept(import_pages, save_page):
    good, broken = save_page("good.txt", PAGE), save_page("broken.txt", "Alone")
    ran = import_pages("x" * 300, good, broken, "nowhere")
    assert ran.status == 1
    assert Article.objects.count() == 1
    assert f"{broken}:1: " in ran.error
    assert "nowhere: there is no such file or folder" in ran.error


def test_an_empty_folder(import_pages, tmp_path):
    ran = import_pages(tmp_path)
    assert (ran.status, f"{tmp_path}: this folder has no *.txt files" in ran.error) == (1, True)


class TestOutput:
    @pytest.fixture(autouse=True)
    def _rain(self, import_pages, save_page):
        import_pages(save_page("rain.txt", PAGE))

    def test_a_link_is_followed(self, export_pages, tmp_path):
        target, link = tmp_path / "real.json", tmp_path / "link.json"
        target.write_text("old")
        link.symlink_to(target)
        assert export_pages(output=link).status == 0
        assert link.is_symlink()
        assert json.loads(target.read_text())[0]["title"] == "Rain again"

    def test_what_is_no_ordinary_file_is_written_to(self, export_pages, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = subprocess.Popen(
            [sys.executable, "-c", f"print(len(open({str(pipe)!r}).read()))"],
            stdout=subprocess.PIPE,
        )
        assert export_pages(output=pipe).status == 0
        assert int(reader.communicate(timeout=20)[0]) > 500
        assert pipe.is_fifo()

    @pytest.mark.parametrize("place", ["", "no/such/folder/x.json", "."])
    def test_a_place_that_cannot_be_written(self, export_pages, tmp_path, place):
        output = str(tmp_path / place) if place else ""
        ran = export_pages(output=output)
        assert ran.status == 1
        assert (output or "--output") in ran.error
        assert ".unfinished" not in ran.error


def test_the_day_is_the_sites_whatever_the_pages_clocks(import_pages, export_pages, save_page):
    """A page that was exported on the site's clocks gives the same day again."""
    import_pages(save_page("rain.txt", PAGE), timezone="Asia/Tokyo")
    before, text = export_pages().out, export_pages(format="text").out
    Article.objects.get().bylines.all().delete()
    first = json.loads(before)[0]
    posted = min(each["posted_at"] for each in first["comments"])
    assert first["published_at"][:10] == posted[:10]
    assert first["published_at"][11:16] == "00:00"
    assert text


def test_a_day_that_was_read_off_the_comments_is_read_again(import_pages, save_page):
    bare = PAGE[: PAGE.index("  1. ")]
    page = save_page("rain.txt", bare)
    import_pages(page)
    page.write_text(PAGE)
    import_pages(page)
    article = Article.objects.get()
    assert article.published_at.year == 2022
    page.write_text(PAGE.replace("2022", "2021"))
    import_pages(page)
    article.refresh_from_db()
    assert article.published_at.year == 2021
