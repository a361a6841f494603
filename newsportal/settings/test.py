"""Tests: fast password hashes, mail in memory, room for a test to post as fast as it can."""

import os

os.environ.setdefault("DEBUG", "1")

from .base import *  # noqa: F403  CONFIG: settings inherit by star import
from .base import CACHES, DATABASES, STATIC_ROOT, TEMPLATES, VAR_DIR

DEBUG = False
# Whatever the shell says.
LANGUAGE_CODE = "en"
EDITIONS = []
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CACHES["cards"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "cards"}
COMMENTS_PER_MINUTE = 100_000
# Many tests say the same again and again; those of the limits set their own.
SAID_AGAIN_AFTER_MINUTES = 0
COMMENTS_HERE_IN_TEN_MINUTES = 100_000
EDITS_IN_TEN_MINUTES = 100_000
ACCOUNT_RATE_LIMITS = False
# Tests have the files of pictures made when they want them.
PICTURES_IN_BACKGROUND = False
# At once, in the request itself.
READS_WRITTEN_AFTER_SECONDS = 0
# The same number of queries, whatever the clock says.
RANKED_SECONDS = 0

# whitenoise warns of a folder that is not there.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, not memory: threads and other processes must meet real locks.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}


class UndefinedVariable(str):
    """Fails the test that rendered a template variable nobody supplied."""

    def __mod__(self, name):
        raise AssertionError(f"undefined template variable: {name}")

    def __contains__(self, text):
        return text == "%s"


TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UndefinedVariable("%s")
