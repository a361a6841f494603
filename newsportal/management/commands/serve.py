"""``manage.py serve``: brings the database up to date and serves the portal on this machine."""

import os
import sys
from io import StringIO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from newsportal.management.commands.load_demo import ACCOUNTS_FILE, DEMO_PEOPLE

# Threads of one worker: a request mostly waits for the database, which lets go of the GIL.
THREADS = 4
HOST = "127.0.0.1"


class Command(BaseCommand):
    help = (
        "Migrates, collects static files, loads the opening edition into an empty portal "
        f"(--demo), and serves on http://{HOST}:$PORT/ until it is stopped."
    )

    def add_arguments(self, parser):
        parser.add_argument("--demo", action="store_true", help="load the opening edition")

    def handle(self, *args, demo, **options):
        settings.VAR_DIR.mkdir(exist_ok=True)
        executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("clearsessions")
        if demo:
            call_command("load_demo", stdout=StringIO())
        self._greet()
        connections.close_all()
        sys.stdout.flush()
        granian = os.path.join(os.path.dirname(sys.executable), "granian")
        os.execv(  # noqa: S606  our own interpreter's server, no shell wanted
            granian,
            [
                granian, "--interface", "wsgi", "--host", HOST, "--port", str(settings.PORT),
                "--workers", "1", "--blocking-threads", str(THREADS), "--no-ws",
                "--log-level", "warning", "newsportal.wsgi:application",
            ],
        )  # fmt: skip

    def _greet(self):
        self.stdout.write(f"\n{settings.SITE_NAME}: http://{HOST}:{settings.PORT}/\n\n")
        if ACCOUNTS_FILE.is_file():
            password = ACCOUNTS_FILE.read_text().strip()
            self.stdout.write("Sign in to try it as\n")
            for handle, _, role in DEMO_PEOPLE:
                self.stdout.write(f"  {role:<10} {handle:<16} {password}\n")
        self.stdout.write("\nMail is printed here. Stop with Ctrl+C.\n")
