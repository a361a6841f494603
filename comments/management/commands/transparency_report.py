"""``manage.py transparency_report --year 2026``: the figures of a year, as a table or as JSON."""

import json

from django.core.management.base import BaseCommand
from django.utils import timezone

from comments import records


class Command(BaseCommand):
    help = (
        "Prints how discussions were moderated in a year: what the EU's Digital Services Act "
        "asks for in a yearly report. Names nobody."
    )

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, default=timezone.now().year)
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args, year, **options):
        figures = records.figures_of(year)
        if options["json"]:
            self.stdout.write(json.dumps({"year": year, **figures}, indent=2))
            return
        self.stdout.write(f"Moderation in {year}\n")
        for group, numbers in figures.items():
            self.stdout.write(f"\n{group}")
            if not numbers:
                self.stdout.write("  none")
            for name, number in numbers.items():
                self.stdout.write(f"  {name:<44} {number:>9,}")
