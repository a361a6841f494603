"""``python -m benchmarks [NAME ...]``: prints a row a claim; exit status 1 if one is missed.

Uses a database of its own that is gone afterwards: the one of ``DATABASE_URL`` gets a
neighbour, on SQLite it is a file beside the portal's.
"""

import importlib
import os
import sys

import django

from benchmarks.database import throw_away_database

# In the order in which they are read.
SUITES = ("replies", "pages", "imports", "moderation", "search", "paper", "discussions")


def main(names):
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    unknown = set(names) - set(SUITES)
    if unknown:
        sys.exit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(SUITES)}.")
    with throw_away_database() as vendor:
        print(f"On {vendor}:\n")
        print(f"{'claim':<44} {'measured':<68} {'figure':>9} {'limit':>8}")
        missed = 0
        for name in names or SUITES:
            for claim in importlib.import_module(f"benchmarks.{name}").claims():
                missed += claim.verdict == "MISSED"
                _print(claim)
        print(f"\n{missed} missed.\n" if missed else "\nAll limits kept.\n")
    return 1 if missed else 0


def _print(claim):
    limit = "" if claim.limit is None else f"{'>=' if claim.floor else '<='} {claim.limit:g}"
    figure = f"{claim.figure:,.2f}" if claim.figure % 1 else f"{claim.figure:,.0f}"
    print(
        f"{claim.name:<44} {claim.measured:<68} {figure:>9} {limit:>8}  {claim.verdict}", flush=True
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
