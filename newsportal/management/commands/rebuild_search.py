"""``manage.py rebuild_search``: reads all articles and comments into the search's index anew."""

import sys

from django.core.management.base import BaseCommand
from tqdm import tqdm

from articles import search_index as articles_index
from comments import search_index as comments_index


class Command(BaseCommand):
    help = (
        "Indexes all articles and comments anew, in portions, while the portal runs. Needed after "
        "data came in past the portal (loaddata, a restored dump)."
    )

    def handle(self, *args, **options):
        for name, rebuild in (
            ("articles", articles_index.rebuild),
            ("comments", comments_index.rebuild),
        ):
            with tqdm(
                desc=name, unit=f" {name}", file=self.stderr, disable=not sys.stderr.isatty()
            ) as bar:
                done = rebuild(progress=lambda done, bar=bar: bar.update(done - bar.n))
            self.stdout.write(f"{done:,} {name} indexed")
