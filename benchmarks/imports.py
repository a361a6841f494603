"""How fast a saved page comes in, and in how many INSERTs."""

import time
from datetime import UTC
from itertools import count

from django.db import connection

from articles.importer import loader
from articles.importer.parser import parse
from benchmarks import newsroom
from benchmarks.measure import Claim, count_queries

LARGE, SMALL = 20_000, 2_000
ROUNDS = 3
# The issue's, into PostgreSQL: comments a second, parsing included.
LEAST_RATE = 2_000
# Ten times the comments may cost at most fifteen times as much.
LIMIT = 1.5
INSERT = 'INSERT INTO "comments_comment"'


def claims():
    seconds = {LARGE: [], SMALL: []}
    inserts, levels = {}, {}
    # Another file each time: of the same one only what changed would be taken over.
    files = (f"page{number}.txt" for number in count())
    for _ in range(ROUNDS):
        for size, times in ((LARGE, 1), (SMALL, 3)):
            for _ in range(times):
                text, levels[size] = newsroom.write_page(size)
                with count_queries(INSERT) as statements:
                    start = time.perf_counter()
                    loaded = loader.load(parse(text), source=next(files), zone=UTC)
                    seconds[size].append(time.perf_counter() - start)
                assert loaded.comments.added == size
                inserts[size] = len(statements)
    # The fastest: what else the machine did meanwhile is nothing that the portal can help.
    rate = {size: size / min(each) for size, each in seconds.items()}
    on_postgres = connection.vendor == "postgresql"
    yield Claim(
        "import, comments a second",
        f"{LARGE:,} comments in {LARGE / rate[LARGE]:.1f} s",
        rate[LARGE],
        LEAST_RATE if on_postgres else None,
        floor=True,
    )
    yield Claim(
        f"import, a comment of {LARGE:,} to one of {SMALL:,}",
        f"{1000 / rate[LARGE]:.2f} ms, {1000 / rate[SMALL]:.2f} ms",
        rate[SMALL] / rate[LARGE],
        LIMIT,
    )
    for size in (SMALL, LARGE):
        # SQLite takes 32,766 values in a statement and more, so a level may need a second one.
        most = levels[size] + (0 if on_postgres else size // 1_000)
        yield Claim(
            f"import, INSERTs for {size:,} comments",
            f"{inserts[size]} for {levels[size]} levels",
            inserts[size],
            most if on_postgres else None,
        )
