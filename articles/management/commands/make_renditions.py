"""``manage.py make_renditions``: the files of pictures that wait for theirs, made here and now."""

from django.core.management.base import BaseCommand

from articles import renditions


class Command(BaseCommand):
    help = (
        "Makes the files of all pictures that wait for them, and of those that an earlier version "
        "of the portal made otherwise. May run beside the portal, and more than once at a time."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--again", action="store_true", help="also those that could not be made before"
        )

    def handle(self, *args, again, **options):
        renditions.ask_again(failed=again)
        made = renditions.make_waiting(tell=self._tell)
        self.stdout.write(f"{made} pictures made.")

    def _tell(self, picture):
        self.stdout.write(f"Picture {picture.pk}: {picture.width} × {picture.height}")
