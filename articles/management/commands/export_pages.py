"""Exports articles with their discussions: ``export_pages [SLUG...]``"""

import os
import stat
import sys
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from articles.importer import exporter, loader
from articles.management.console import silence

# A bar is drawn only for work that takes longer.
SECONDS_WITHOUT_BAR = 1.5


class Command(BaseCommand):
    help = (
        "Exports articles and their discussions: all that are published, or those of the given "
        "addresses. As text, several articles become a folder of files, FOLDER/SECTION/SLUG.txt, "
        "that import_pages reads back with their sections."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "slugs",
            nargs="*",
            metavar="SLUG",
            help="the end of /articles/SLUG/; they are exported in this order",
        )
        parser.add_argument("--format", choices=("json", "text"), default="json")
        parser.add_argument("--output", help="a file; a folder for several articles as text")
        parser.add_argument(
            "--timezone",
            help="the zone whose clocks the text is written in (default: the site's); give "
            "import_pages the same one to get the same times. JSON has offsets, and needs none",
        )

    def handle(self, *args, slugs, **options):
        try:
            articles = exporter.choose_articles(slugs)
        except exporter.UnknownSlugsError as error:
            raise CommandError(str(error)) from error
        output = None if options["output"] is None else os.fspath(options["output"])
        if output is not None and (not output or "\0" in output):
            raise CommandError(f"--output: {output!r} names no file.")
        # Where it is being written, in the words of whoever asked for it.
        self.place = "standard output" if output is None else output
        try:
            if options["format"] == "json":
                self._write_json(articles, output)
            else:
                self._write_text(articles, output, _read_zone(options["timezone"]))
            self.stdout.flush()
        except OSError as error:
            if output is None:
                silence(self.stdout)
            # A pipe breaks when whoever reads it has seen enough.
            if not isinstance(error, BrokenPipeError):
                raise CommandError(f"{self.place}: {error.strerror or error}") from error

    def _write_json(self, articles, output):
        shown = _with_bar(articles)
        if output is None:
            exporter.write_json(shown, self._print)
            return
        with _file_at(Path(output)) as file:
            exporter.write_json(shown, file.write)

    def _write_text(self, articles, output, zone):
        is_folder = output is not None and (output.endswith(("/", os.sep)) or Path(output).is_dir())
        if len(articles) > 1 and not is_folder:
            if output is None or Path(output).exists():
                raise CommandError(
                    f"{len(articles)} articles as text are as many files: name a folder with "
                    "--output."
                )
            is_folder = True
        refused = []
        pages = exporter.read_saved_pages(
            _with_bar(articles), zone, lambda slug, why: refused.append(f"{slug}: {why}")
        )
        for page in pages:
            for note in page.notes:
                self.stderr.write(f"{page.slug}: not in the page: {note}")
            if output is None:
                self._print(page.text)
            else:
                target = _place_of(page, Path(output)) if is_folder else Path(output)
                self.place = target
                target.parent.mkdir(parents=True, exist_ok=True)
                with _file_at(target) as file:
                    file.write(page.text)
        if refused:
            raise CommandError("A saved page cannot say this:\n" + "\n".join(refused))

    def _print(self, text):
        """The export is UTF-8, whatever the terminal is set to."""
        stream = getattr(self.stdout._out, "buffer", None)
        if stream is None:
            self.stdout.write(text, ending="")
        else:
            stream.write(text.encode("utf-8", "surrogateescape"))


def _with_bar(articles):
    return tqdm(
        articles, unit=" articles", delay=SECONDS_WITHOUT_BAR, disable=None, file=sys.stderr
    )


def _place_of(page, folder):
    section = page.section
    if section in (".", "..") or any(mark in section for mark in "/\\\0"):
        raise CommandError(f"{page.slug}: its section “{section}” cannot be a folder's name.")
    return folder / section / f"{page.slug}.txt"


@contextmanager
def _file_at(path):
    """A file that appears under its name only when it is whole; a link is followed.

    What is no ordinary file (a device, a pipe, a descriptor of this process) is written as it is.
    """
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        mode = None
    folder = os.path.realpath(path.parent)
    if folder == "/dev" or folder.startswith("/proc/") or (mode and not stat.S_ISREG(mode)):
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        return
    target = Path(os.path.realpath(path))
    # Its own name might be as long as names can be.
    unfinished = target.with_name(f".{target.name[:40]}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("w", encoding="utf-8", newline="\n") as file:
            yield file
        if mode:
            unfinished.chmod(stat.S_IMODE(mode))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _read_zone(name):
    try:
        return loader.find_zone(name or settings.TIME_ZONE)
    except ValueError as error:
        raise CommandError(f"--timezone: {error}.") from error
