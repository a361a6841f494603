"""A migrated database that lasts as long as the benchmark."""

from contextlib import contextmanager

from django.conf import settings
from django.db import connection


@contextmanager
def throw_away_database():
    """Puts the default connection on an empty database; yields which kind it is.

    Leaves the rest of Django's test environment out: it watches every template, which costs.
    """
    test = connection.settings_dict["TEST"]
    if connection.vendor == "sqlite":
        # Not the tests' file: both may run at once.
        test["NAME"] = str(settings.VAR_DIR / "bench.sqlite3")
    else:
        test["NAME"] = "portal_bench"
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        yield connection.display_name
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)
