"""``manage.py load_demo``: the opening edition, and people to try the portal as.

Migrating never makes an account; only this does, and only into an empty portal.
"""

import json
import secrets
from datetime import datetime
from io import StringIO

from django.conf import settings
from django.core.files import File
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import transaction

from accounts import directory, membership
from articles import listings, picturing, publishing, sections

EDITION = settings.BASE_DIR / "fixtures" / "edition.json"
PAGES = settings.BASE_DIR / "fixtures" / "pages"
PICTURES = settings.BASE_DIR / "fixtures" / "pictures"
ACCOUNTS_FILE = settings.VAR_DIR / "demo-accounts"
# Handle, real name, role.
DEMO_PEOPLE = (
    ("demo reader", "Robin Reader", "reader"),
    ("demo moderator", "Max Moderator", "moderator"),
    ("demo editor", "Edda Editor", "editor"),
    ("demo admin", "Ada Administrator", "admin"),
)


class Command(BaseCommand):
    help = "Fills an empty portal with the opening edition and four accounts to try it with."

    def handle(self, *args, **options):
        if directory.anybody():
            self.stdout.write("There are people here already: nothing was loaded.")
            return
        edition = json.loads(EDITION.read_text("utf-8"))
        with transaction.atomic():
            for section in edition["sections"]:
                sections.arrange_section(**section)
            for name, page in sorted(edition["pages"].items()):
                self._load_page(name, page)
            self._make_people()

    def _load_page(self, name, page):
        path = PAGES / f"{name}.txt"
        section = path.parent.name
        call_command(
            "import_pages",
            str(path),
            section=section,
            published=page["published_at"],
            stdout=StringIO(),
        )
        article = listings.imported_from(path.name)
        people = membership.import_people(dict.fromkeys(page["authors"]))
        publishing.update_article(
            article=article,
            lead=page["lead"],
            published_at=datetime.fromisoformat(page["published_at"]),
            authors=[people[handle] for handle in page["authors"]],
            lead_picture=self._load_picture(**page["picture"]) if "picture" in page else None,
            quietly=True,
        )

    def _load_picture(self, file, credit, **words):
        with (PICTURES / file).open("rb") as content:
            examined = picturing.examine(file=File(content), credit=credit)
        try:
            return picturing.add_picture(examined=examined, credit=credit, **words)
        finally:
            examined.close()

    def _make_people(self):
        """One password for the four, made here and kept beside the data, for this machine only."""
        password = secrets.token_urlsafe(9)
        for handle, real_name, role in DEMO_PEOPLE:
            membership.register_person(
                handle=handle,
                email=f"{handle.replace(' ', '-')}@example.org",
                password=password,
                real_name=real_name,
                role=role,
                address_verified=True,
            )
        settings.VAR_DIR.mkdir(exist_ok=True)
        ACCOUNTS_FILE.touch(mode=0o600)
        ACCOUNTS_FILE.write_text(password + "\n")
