"""``manage.py check_threads [--repair]``: proves every tree and every counter."""

from django.core.management.base import BaseCommand, CommandError

from comments import threads
from comments.models import Discussion

# A broken portal may have millions of findings; the first ones tell what is wrong.
SHOWN = 50


class Command(BaseCommand):
    help = (
        "Checks every comment's place, number and counters against its parent. "
        "Exit status 1 if anything is wrong. Reads only, unless --repair is given."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--repair",
            action="store_true",
            help="mend what is wrong from the comments' parents, a transaction a discussion",
        )

    def handle(self, *args, repair, **options):
        checked = found = mended = 0
        for discussion in Discussion.objects.order_by("pk").iterator():
            checked += 1
            findings = threads.check(discussion)
            for finding in findings[: max(0, SHOWN - found)]:
                self.stdout.write(str(finding))
            found += len(findings)
            if findings and repair:
                threads.repair(discussion)
                mended += 1
                left = threads.check(Discussion.objects.get(pk=discussion.pk))
                if left:
                    raise CommandError(f"could not be mended: {left[0]}")
        if found > SHOWN:
            self.stdout.write(f"... and {found - SHOWN} more")
        summary = f"{checked} discussions checked, {found} findings"
        if repair:
            self.stdout.write(f"{summary}, {mended} discussions mended")
        elif found:
            raise CommandError(f"{summary}; mend them with --repair")
        else:
            self.stdout.write(summary)
