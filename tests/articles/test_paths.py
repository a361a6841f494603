"""Paths that are not what they should be: an error that names them, never a traceback."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

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


def test_links_in_a_circle_and_pipes_in_a_folder_are_told(import_pages, save_page, tmp_path):
    save_page("in/good.txt", PAGE)
    (tmp_path / "in/circle.txt").symlink_to(tmp_path / "in/circle.txt")
    (tmp_path / "in/gone.txt").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "in/pipe.txt")
    ran = import_pages(tmp_path / "in")
    assert Article.objects.count() == 1
    for name, reason in (
        ("circle", "the file cannot be read: Too many levels of symbolic links"),
        ("gone", "the file cannot be read: No such file or directory"),
        ("pipe", "this is no ordinary file"),
    ):
        assert f"  {tmp_path}/in/{name}.txt: {reason}" in ran.error


def test_a_folder_that_may_not_be_searched(import_pages, save_page, tmp_path, monkeypatch):
    """Its names can be read, but nothing can be asked of them; root may, so it is played."""
    save_page("in/good.txt", PAGE)
    save_page("in/shut/a.txt", PAGE)
    ask = Path.stat

    def stat(path, **options):
        if path.parent.name == "shut":
            raise PermissionError(13, "Permission denied", str(path))
        return ask(path, **options)

    monkeypatch.setattr(Path, "stat", stat)
    ran = import_pages(tmp_path / "in")
    assert f"{tmp_path}/in/shut/a.txt: the file cannot be read: Permission denied" in ran.error
    assert Article.objects.count() == 1


def test_a_report_is_printed_in_what_the_terminal_can(db, save_page):
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    call_command("import_pages", str(save_page("дождь.txt", "Дождь\n\nИдёт.")), stdout=out)
    assert b"\\u0434\\u043e\\u0436\\u0434\\u044c.txt:3: no notice" in out.buffer.getvalue()


def test_who_reads_no_further_does_no_harm(db, save_page, broken_pipe):
    call_command("import_pages", str(save_page("rain.txt", PAGE)), stdout=broken_pipe)
    assert Article.objects.count() == 1
    for form in ("json", "text"):
        call_command("export_pages", "rain-again", format=form, stdout=broken_pipe)


@pytest.fixture
def broken_pipe():
    reads, writes = os.pipe()
    os.close(reads)
    with open(writes, "w", encoding="utf-8") as stream:
        yield stream


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

    def test_a_descriptor_is_written_to(self, export_pages, tmp_path):
        whole = export_pages().out
        reads, writes = os.pipe()
        assert export_pages(output=f"/dev/fd/{writes}").status == 0
        os.close(writes)
        with open(reads, encoding="utf-8") as file:
            assert file.read() == whole
        with (tmp_path / "all.json").open("w+") as file:
            assert export_pages(output=f"/dev/fd/{file.fileno()}").status == 0
            assert file.read() == whole

    def test_a_link_to_nothing_makes_what_it_leads_to(self, export_pages, tmp_path):
        (tmp_path / "link.json").symlink_to(tmp_path / "new.json")
        assert export_pages(output=tmp_path / "link.json").status == 0
        assert json.loads((tmp_path / "new.json").read_text())
        assert (tmp_path / "link.json").is_symlink()

    def test_a_file_keeps_its_permissions_and_a_long_name_is_no_obstacle(
        self, export_pages, tmp_path
    ):
        target = tmp_path / ("x" * 250 + ".json")
        target.touch(0o600)
        assert export_pages(output=target).status == 0
        assert target.stat().st_mode & 0o777 == 0o600
        assert list(tmp_path.glob("*.json")) == [target]

    def test_a_full_device_is_told(self, export_pages):
        ran = export_pages(output="/dev/full")
        assert (ran.status, ran.error) == (1, "/dev/full: No space left on device")
        with open("/dev/full", "w") as full, pytest.raises(CommandError, match="standard output: "):
            call_command("export_pages", stdout=full)

    @pytest.mark.parametrize("form", ["json", "text"])
    def test_what_is_printed_is_utf_8_whatever_the_terminal(self, form):
        Article.objects.update(title="Дождь")
        out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
        call_command("export_pages", format=form, stdout=out, stderr=io.StringIO())
        assert "Дождь".encode() in out.buffer.getvalue()

    def test_the_file_in_the_folder_that_fails_is_named(self, export_pages, tmp_path):
        (tmp_path / "News").write_text("in the way")
        ran = export_pages(format="text", output=f"{tmp_path}/")
        assert ran.error == f"{tmp_path}/News/rain-again.txt: File exists"
