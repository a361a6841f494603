"""Imports saved pages: ``import_pages PATH...``"""

import codecs
import os
import stat
import sys
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.dateparse import parse_date, parse_datetime
from tqdm import tqdm

from articles.importer import loader
from articles.importer.exporter import natural_key
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.importer.records import PageError
from articles.management.console import printable, silence
from articles.publishing import ArticleError

# A page of 100,000 comments has a fifth of this; what is larger is not a saved page.
MAX_PAGE_BYTES = 256 * 1024 * 1024
# A bar is drawn only for work that takes longer.
SECONDS_WITHOUT_BAR = 1.5


class Command(BaseCommand):
    help = (
        "Imports pages of a news site that were saved as plain text. Each file is one "
        "transaction: good ones are kept, refused ones leave the database as it was and make "
        "the exit status 1. Importing a page again changes only what has changed on it."
    )

    def add_arguments(self, parser):
        parser.add_argument("paths", nargs="+", metavar="PATH", help="a file, or a folder of *.txt")
        parser.add_argument(
            "--section",
            help="the section they go to, also the pages that are here already (default: the "
            f"sub-folder that a page lies in, else {loader.DEFAULT_SECTION})",
        )
        parser.add_argument(
            "--published",
            help="when they were published: 2022-01-08, 2022-01-08T10:28 or with an offset "
            "(default: the day of the earliest comment, else now)",
        )
        parser.add_argument("--timezone", help="the zone of the pages' clocks (default: the site)")
        parser.add_argument("--encoding", help="of the files (default: UTF-8, UTF-16 with a BOM)")
        parser.add_argument(
            "--notice", default=DEFAULT_NOTICE, help="the line that stands above the comments"
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="report what would be done and write nothing (on SQLite nobody else can "
            "write meanwhile)",
        )

    def handle(self, *args, paths, **options):
        zone = _read_zone(options["timezone"])
        run = _Run(
            zone=zone,
            section=options["section"],
            published=_read_published(options["published"], zone),
            encoding=_read_encoding(options["encoding"]),
            notice=options["notice"],
        )
        files = list(run.find_files(paths))
        bar = tqdm(files, unit=" pages", delay=SECONDS_WITHOUT_BAR, disable=None, file=sys.stderr)
        if options["dry_run"]:
            with transaction.atomic():
                run.load_files(bar)
                transaction.set_rollback(True)
        else:
            run.load_files(bar)
        try:
            for line in run.report(dry_run=options["dry_run"], details=options["verbosity"] > 1):
                self.stdout.write(printable(line, self.stdout))
            self.stdout.flush()
        except BrokenPipeError:
            # Who reads the report has seen enough; what was imported stays.
            silence(self.stdout)
        if run.refusals:
            refusals = "\n".join(printable(f"  {each}", self.stderr) for each in run.refusals)
            raise CommandError(f"Refused: {len(run.refusals)}.\n{refusals}")


class _Run:
    """One run of the command: what it was asked for, and what came of it."""

    def __init__(self, *, zone, section, published, encoding, notice):
        self.zone = zone
        self.section = section
        self.published = published
        self.encoding = encoding
        self.notice = notice
        self.outcomes = {"new": 0, "updated": 0, "unchanged": 0}
        self.people, self.new_people = set(), set()
        self.added = self.updated = self.unchanged = self.edited_here = 0
        self.warnings, self.refusals, self.details = [], [], []
        self.files_of = {}

    def find_files(self, paths):
        """(file, section that its folder names) in the order of import, each file once."""
        seen = set()
        for given in paths:
            try:
                for file, section in self._find(given):
                    # Not resolve(), which fails where links lead in a circle.
                    real = os.path.realpath(file)
                    if real not in seen:
                        seen.add(real)
                        yield file, section
            except (OSError, ValueError) as error:
                # A name that is too long, a folder that may not be looked into, a NUL.
                self.refuse(given, f"cannot be read: {getattr(error, 'strerror', None) or error}")

    def _find(self, given):
        if not given:
            self.refuse("''", "an empty path names no file")
            return []
        path = Path(given)
        # Asked by stat, which says why not; is_file() only says no, or fails.
        try:
            mode = path.stat().st_mode
        except FileNotFoundError:
            self.refuse(path, "there is no such file or folder")
            return []
        return [(path, None)] if stat.S_ISREG(mode) else self._walk_folder(path)

    def _walk_folder(self, folder):
        if not folder.is_dir():
            self.refuse(folder, "this is neither a file nor a folder")
            return []
        failed = []
        found = [
            Path(parent) / name
            for parent, _, names in os.walk(folder, onerror=failed.append)
            for name in names
            if name.lower().endswith(".txt")
        ]
        for error in failed:
            self.refuse(error.filename, f"the folder cannot be read: {error.strerror}")
        if not found and not failed:
            self.refuse(folder, "this folder has no *.txt files")
        # By name, wherever they lie: articles of one title get their slugs in this order.
        found.sort(key=lambda file: (natural_key(file.stem), str(file)))
        return [(file, _section_of(file.relative_to(folder))) for file in found]

    def load_files(self, files):
        for file, section in files:
            try:
                self._load_file(file, section)
            except OSError as error:
                self.refuse(file, f"the file cannot be read: {error.strerror or error}")
            except PageError as error:
                self.refusals.append(error.describe(_shown(file)))
            except ArticleError as error:
                self.refuse(file, str(error))

    def _load_file(self, file, section):
        found = file.stat()
        if not stat.S_ISREG(found.st_mode):
            # Reading a pipe would wait for somebody to write into it.
            self.refuse(file, "this is no ordinary file")
            return
        size = found.st_size
        if size > MAX_PAGE_BYTES:
            self.refuse(file, f"{size:,} bytes are no page: at most {MAX_PAGE_BYTES:,} are read")
            return
        page = parse(file.read_bytes(), encoding=self.encoding, notice=self.notice)
        loaded = loader.load(
            page,
            source=_shown(file.name),
            zone=self.zone,
            section=self.section,
            new_in=section or loader.DEFAULT_SECTION,
            published=self.published,
            untouchable=frozenset(self.files_of),
        )
        self._count(file, loaded)

    def _count(self, file, loaded):
        self.outcomes[loaded.outcome] += 1
        self.people |= loaded.people
        self.new_people |= loaded.new_people
        self.added += loaded.comments.added
        self.updated += loaded.comments.updated
        self.unchanged += loaded.comments.unchanged
        self.edited_here += loaded.comments.edited_here
        warnings = sorted(loaded.warnings, key=lambda warning: warning.line)
        self.warnings += [warning.describe(_shown(file)) for warning in warnings]
        address = loaded.article.get_absolute_url()
        self.details.append(f"{_shown(file)}: {loaded.outcome}, {address}")
        before = self.files_of.setdefault(loaded.article.pk, file)
        if before != file:
            self.warnings.append(f"{_shown(file)}:1: the same page as {_shown(before)}")

    def refuse(self, path, reason):
        self.refusals.append(f"{_shown(path)}: {reason}")

    def report(self, *, dry_run, details):
        """The lines of the report."""
        new, updated, unchanged = (self.outcomes[each] for each in ("new", "updated", "unchanged"))
        if details:
            yield from self.details
        yield f"Pages: {new} new, {updated} updated, {unchanged} unchanged."
        yield f"People: {len(self.people)}, of whom {len(self.new_people)} are new."
        edited = f", {self.edited_here} edited here" if self.edited_here else ""
        comments = f"{self.added} added, {self.updated} updated, {self.unchanged} unchanged"
        yield f"Comments: {comments}{edited}."
        yield f"Warnings: {len(self.warnings)}."
        yield from (f"  {warning}" for warning in self.warnings)
        yield f"Refusals: {len(self.refusals)}."
        yield from (f"  {refusal}" for refusal in self.refusals)
        if unchanged and not new and not updated:
            yield "Nothing has changed."
        if dry_run:
            yield "This was a dry run: nothing was written."


def _section_of(path):
    """The section that a page's folder names: the first one below the folder that was given."""
    if len(path.parts) < 2:
        return None
    return _shown(path.parts[0]).strip()


def _shown(path):
    """A path as text that can be printed and stored, whatever bytes its name is made of."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _read_zone(name):
    try:
        return loader.find_zone(name or settings.TIME_ZONE)
    except ValueError as error:
        raise CommandError(f"--timezone: {error}.") from error


def _read_encoding(name):
    try:
        return name and codecs.lookup(name).name
    except LookupError as error:
        raise CommandError(f"--encoding: there is no encoding “{name}”.") from error


def _read_published(text, zone):
    """The moment in UTC; without an offset it is a wall clock of ``zone``, without a time 0:00."""
    if text is None:
        return None
    try:
        day = parse_date(text)
        moment = datetime(day.year, day.month, day.day) if day else parse_datetime(text)  # noqa: DTZ001
        if moment is None:
            raise ValueError("it is neither a day (2022-01-08) nor a moment (2022-01-08T10:28)")
        if moment.tzinfo is None:
            return loader.read_wall_clock(moment, zone)[0]
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise CommandError(f"--published “{text}” cannot be read: {error}.") from error
