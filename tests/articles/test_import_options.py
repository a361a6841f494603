"""Importing: what is refused and how that is told, and what the command's options do."""

from datetime import UTC, datetime

import pytest

from articles.importer.parser import DEFAULT_NOTICE
from articles.models import Article
from comments.models import Comment
from tests.articles.rain import LONGER, PAGE, empty_portal, stored


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "options", "reason"),
        [
            (PAGE.replace("8 January 2022 11", "31 February 2022 11"), {}, ":16: found the impos"),
            (PAGE.replace("ada", "a" * 151), {}, ":12: found the handle"),
            (
                PAGE.replace("9 January 2022 9: 00", "27 March 2022 2: 30"),
                {"timezone": "Europe/Berlin"},
                ":22: found the time 27 March 2022 2: 30, which the clocks of Europe/Berlin skip",
            ),
            (
                PAGE.replace("9 January 2022 9: 00", "1 January 0001 1: 00"),
                {"timezone": "Asia/Tokyo"},
                ":22: found the time 1 January 0001 1: 00, which lies outside the years 1 to 9999",
            ),
            (
                PAGE.replace("9 January 2022 9: 00", "31 December 9999 23: 30"),
                {"timezone": "America/New_York"},
                "which lies outside the years 1 to 9999",
            ),
            (PAGE.replace("Soaked", "\0"), {}, ":20: found the character U+0000"),
            ("", {}, ":1: found an empty file"),
            (b"\xff\xfe\x00", {}, ":1: found bytes that are no text"),
            (
                PAGE.replace("Quote: ada", "\n      ".join(["Quote: ada"] * 101)),
                {},
                ":15: found more than 100 quotations inside one another",
            ),
            (PAGE, {"section": "x" * 61}, "A section's name has 1 to 60 characters"),
        ],
    )
    def test_a_refused_page_leaves_the_portal_as_it_was(
        self, imported, import_pages, save_page, text, options, reason
    ):
        before = stored()
        path = save_page("refused.txt", text)
        ran = import_pages(path, **options)
        assert ran.status == 1
        assert f"  {path}" in ran.out
        assert reason in ran.out
        assert stored() == before

    def test_good_pages_are_kept_and_every_refused_one_is_named(self, import_pages, tmp_path, rain):
        folder = tmp_path / "empty"
        folder.mkdir()
        missing = tmp_path / "missing.txt"
        ran = import_pages(folder, missing, rain, "/dev/null")
        assert Article.objects.count() == 1
        assert f"  {folder}: this folder has no *.txt files" in ran.out
        assert f"  {missing}: there is no such file or folder" in ran.out
        assert "  /dev/null: this is neither a file nor a folder" in ran.out
        assert ran.status == 1

    def test_a_file_that_cannot_be_read_is_named(self, import_pages, rain, monkeypatch):
        def refuse(path):
            raise PermissionError(13, "Permission denied", str(path))

        monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
        ran = import_pages(rain)
        assert f"  {rain}: the file cannot be read: Permission denied" in ran.out

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"timezone": "Mars/Olympus"}, "there is no time zone “Mars/Olympus”"),
            ({"timezone": "../etc/passwd"}, "there is no time zone"),
            ({"encoding": "morse"}, "there is no encoding “morse”"),
            ({"published": "yesterday"}, "“yesterday” cannot be read"),
            ({"published": "2022-02-31"}, "“2022-02-31” cannot be read"),
            ({"published": "0001-01-01", "timezone": "Asia/Tokyo"}, "cannot be read"),
        ],
    )
    def test_options_that_mean_nothing_are_refused_at_once(
        self, import_pages, rain, options, reason
    ):
        ran = import_pages(rain, **options)
        assert ran.status == 1
        assert reason in ran.error
        assert not Article.objects.exists()


class TestOptions:
    def test_a_dry_run_reports_the_same_and_writes_nothing(self, import_pages, rain, save_page):
        twin = save_page("twin.txt", LONGER)
        broken = save_page("broken.txt", "Alone")
        before = stored()
        dry = import_pages(rain, twin, broken, dry_run=True)
        assert stored() == before
        wet = import_pages(rain, twin, broken)
        assert dry.out == wet.out + "This was a dry run: nothing was written.\n"
        assert (dry.status, dry.error) == (wet.status, wet.error)

    def test_a_folder_names_the_section(self, import_pages, save_page, tmp_path):
        for name in ("top.txt", "World/one.txt", "World/deep/two.txt", "World/notes.md"):
            save_page(
                f"pages/{name}", PAGE.replace("Rain again", name).replace("2022", name[-7:-4])
            )
        for name in ("top.txt", "World/one.txt", "World/deep/two.txt"):
            (tmp_path / "pages" / name).write_text(f"About {name}\n\nWords of {name}.\n")
        import_pages(tmp_path / "pages")
        found = dict(Article.objects.values_list("source", "section__name"))
        assert found == {"top.txt": "News", "one.txt": "World", "two.txt": "World"}
        import_pages(tmp_path / "pages", section="Sport")
        assert set(Article.objects.values_list("section__name", flat=True)) == {"Sport"}

    @pytest.mark.parametrize(
        ("published", "moment"),
        [
            ("2022-01-07", datetime(2022, 1, 6, 23, 0, tzinfo=UTC)),
            ("2022-01-07T10:28", datetime(2022, 1, 7, 9, 28, tzinfo=UTC)),
            ("2022-01-07 10:28", datetime(2022, 1, 7, 9, 28, tzinfo=UTC)),
            ("2022-01-07T10:28+05:00", datetime(2022, 1, 7, 5, 28, tzinfo=UTC)),
        ],
    )
    def test_published_and_the_clocks_are_read_in_the_zone(
        self, import_pages, rain, published, moment
    ):
        import_pages(rain, published=published, timezone="Europe/Berlin")
        assert Article.objects.get().published_at == moment
        first = Comment.objects.order_by("posted_at").first()
        assert first.posted_at == datetime(2022, 1, 8, 9, 28, tzinfo=UTC)

    def test_the_day_is_the_sites_whatever_the_pages_clocks(
        self, import_pages, export_pages, save_page, rain, settings
    ):
        # In Tokyo it is the 9th already, and a page of the site's clocks says the 8th.
        rain.write_text(PAGE.replace("8 January 2022 10: 28", "9 January 2022 3: 00"))
        import_pages(rain, timezone="Asia/Tokyo")
        before, text = export_pages().out, export_pages(format="text").out
        assert Article.objects.get().published_at == datetime(2022, 1, 8, tzinfo=UTC)
        with_clocks = export_pages(format="text", timezone="Asia/Tokyo").out
        for page, options in ((text, {}), (with_clocks, {"timezone": "Asia/Tokyo"})):
            empty_portal()
            assert import_pages(save_page("again.txt", page), **options).status == 0
            assert export_pages().out == before

    def test_a_time_that_came_twice_is_read_as_the_first_with_a_warning(
        self, import_pages, save_page
    ):
        path = save_page("a.txt", PAGE.replace("9 January 2022 9: 00", "30 October 2022 2: 30"))
        ran = import_pages(path, timezone="Europe/Berlin")
        assert f"{path}:22: 30 October 2022 2: 30 came twice in Europe/Berlin" in ran.out
        last = Comment.objects.order_by("posted_at").last()
        assert last.posted_at == datetime(2022, 10, 30, 0, 30, tzinfo=UTC)

    def test_another_notice_and_another_encoding(self, import_pages, save_page):
        text = PAGE.replace(DEFAULT_NOTICE, "Sign in, cher café.")
        path = save_page("a.txt", text.encode("latin-1", "replace"))
        assert import_pages(path).status == 1
        ran = import_pages(path, notice="Sign in, cher café.", encoding="latin-1")
        assert ran.status == 0, ran.out
        assert Comment.objects.count() == 3

    def test_more_is_told_when_asked(self, import_pages, rain):
        assert f"{rain}: new, /articles/rain-again/" in import_pages(rain, verbosity=2).out
