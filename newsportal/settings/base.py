"""What every deployment shares. Each environment variable is read here, once.

README.md has the table of variables; ``tests/architecture`` keeps the two in step.
"""

import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured

from newsportal.build import digest_of_build

BASE_DIR = Path(__file__).resolve().parent.parent.parent
# Everything the portal writes on one machine lies here, so a backup is one folder.
VAR_DIR = BASE_DIR / "var"

# Good enough for tests and for building static files, never for serving.
DEFAULT_SECRET_KEY = "insecure-default-key-for-development-only"  # noqa: S105  refused below

env = environ.Env()

DEBUG = env.bool("DEBUG", default=False)
# `make run` makes a key once and keeps it here, so that its portal and manage.py agree.
_KEY_FILE = VAR_DIR / "secret-key"
_kept_key = _KEY_FILE.read_text().strip() if _KEY_FILE.is_file() else DEFAULT_SECRET_KEY
SECRET_KEY = env.str("SECRET_KEY", default=_kept_key)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_NAME = env.str("SITE_NAME", default="The Open Column")
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(VAR_DIR / "media"))
# The port is the server's, which the Makefile starts; the portal only prints it.
PORT = env.int("PORT", default=8000)
_EMBEDDED = f"sqlite:///{VAR_DIR / 'portal.sqlite3'}"
DATABASES = {"default": env.db_url("DATABASE_URL", default=_EMBEDDED)}
CACHES = {
    "default": env.cache_url("CACHE_URL", default="locmemcache://portal"),
    # Rendered pages. Their keys have every version in them, so a worker's own memory is right
    # and fastest; kept apart, so that reading a lot does not push out the limits on sign-in.
    "pages": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
    # Pictures of articles for links on other sites: drawn once, by whichever worker is asked, and
    # kept over restarts. They are named by what is drawn, so none is ever old.
    "cards": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": VAR_DIR / "cards",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 20_000, "CULL_FREQUENCY": 20},
    },
    # What stands around the comments of a page: far smaller, and the same while people talk.
    "frames": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "frames",
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))

if not DEBUG and SECRET_KEY == DEFAULT_SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY is not set, and the portal does not serve pages with the default one. "
        "Make a key and keep it: "
        "export SECRET_KEY=$(python3 -c 'import secrets; print(secrets.token_urlsafe(50))') "
        "- or set DEBUG=1 on a machine that nobody else can reach."
    )

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        # A writer waits its turn from the first statement on, instead of failing when it
        # upgrades a read lock; readers never wait in WAL mode.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA mmap_size=134217728;"
            "PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY;"
            # From here on accounts.patience waits, and not SQLite.
            "PRAGMA busy_timeout=0;"
        ),
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("CONN_MAX_AGE", 60)

INSTALLED_APPS = [
    "newsportal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "mptt",
    "allauth",
    "allauth.account",
    # For its editor, a bundle among the static files: see docs/adr/0015.
    "django_prose_editor",
    "newsportal",
    "accounts",
    "comments",
    "articles",
]

MIDDLEWARE = [
    # First, so that what those behind it answer by themselves has the policy too.
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "newsportal.compression.TextCompression",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # Behind the one that says who asks, ahead of all that may say something to them.
    "accounts.middleware.speak_their_language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.note_presence",
]

ROOT_URLCONF = "newsportal.urls"
WSGI_APPLICATION = "newsportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "newsportal" / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "newsportal.folding.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "newsportal.context.site",
            ],
        },
    }
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PortalBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("handle", "real_name", "email")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
LOGOUT_REDIRECT_URL = "/"

ACCOUNT_ADAPTER = "accounts.adapter.PortalAccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "handle"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
# Whoever opens the link in the browser they signed up in is back at what they wanted to answer.
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "add_email": "accounts.forms.NewAddressForm",
    "login": "accounts.forms.SignInForm",
    "reauthenticate": "accounts.forms.PasswordAgainForm",
    "signup": "accounts.forms.SignUpForm",
}
ACCOUNT_CHANGE_EMAIL = True
# A portal left signed in is not enough to take an account over: a new address costs the password.
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True

# Those that the interface is translated into, by the names that their speakers know them by.
LANGUAGES = [("en", "English"), ("ru", "Русский")]
# Not LANGUAGE, which desktops set for GNU gettext.
LANGUAGE_CODE = env.str("SITE_LANGUAGE", default="en")
# The further languages in which the paper appears, each with a front page of its own.
EDITIONS = env.list("EDITIONS", default=[])
for _name, _asked in (("SITE_LANGUAGE", [LANGUAGE_CODE]), ("EDITIONS", EDITIONS)):
    if _unknown := [code for code in _asked if code not in dict(LANGUAGES)]:
        raise ImproperlyConfigured(
            f"{_name} has “{_unknown[0]}”, and the portal speaks {', '.join(dict(LANGUAGES))}."
        )
if len({LANGUAGE_CODE, *EDITIONS}) <= len(EDITIONS):
    raise ImproperlyConfigured(
        f"EDITIONS has a language twice, or “{LANGUAGE_CODE}”, which is the paper's own already."
    )
LOCALE_PATHS = [BASE_DIR / "newsportal" / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["newsportal.formats"]
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "newsportal.static_files.LeanStaticStorage"},
}

SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "newsportal.views.csrf_refused"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# Text only: the longest comment and the longest article fit many times over.
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
# Pictures are the only files that are sent. One handler first, which stops what is far too large.
FILE_UPLOAD_HANDLERS = [
    "newsportal.uploads.BoundedUpload",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
# Whether a worker makes the files of pictures itself, in a thread. Without it
# ``manage.py make_renditions`` has to be run.
PICTURES_IN_BACKGROUND = True
# A moderator's bulk act names up to a thousand comments, and a few fields more.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_100

# Whose films, maps and posts open inside an article, once a reader has clicked for it; those of
# anybody else stay links. Hosts without anything around them, as the policy below names them.
EMBED_HOSTS = env.list("EMBED_HOSTS", default=[])
for _host in EMBED_HOSTS:
    if not re.fullmatch(r"([a-z0-9-]+\.)+[a-z0-9-]+", _host):
        raise ImproperlyConfigured(f"EMBED_HOSTS has “{_host}”, which is no host: name.example")

# One policy for every page, the admin too: only our own files, nothing inline, no eval.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-src": [f"https://{host}" for host in EMBED_HOSTS] or ["'none'"],
    }
}

# Mail comes from the portal's own host, so that other servers take it.
_MAIL_HOST = next((host.lstrip(".") for host in ALLOWED_HOSTS if host[:1].isalpha()), "localhost")
DEFAULT_FROM_EMAIL = f"{SITE_NAME} <portal@{_MAIL_HOST}>"

# How many proxies of yours stand before the portal: so many of the addresses that a request
# says it came through are believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0)

# How many comments one person may post within a minute before being asked to wait.
COMMENTS_PER_MINUTE = 6
# How many of one person one discussion takes within ten minutes: a talk has others in it.
COMMENTS_HERE_IN_TEN_MINUTES = 10
# How often one person may change comments of theirs within ten minutes: slips are mended in two
# or three goes, and each is a version that all can read and an entry in the log, for good.
EDITS_IN_TEN_MINUTES = 10
# The same words of the same person within this long are a slip or a nuisance.
SAID_AGAIN_AFTER_MINUTES = 60
# So many of a person's first comments wait for a moderator, unless a policy says otherwise.
NEWCOMER_HOLDS = env.int("NEWCOMER_HOLDS", default=0)
# A service of yours that is asked about each comment before it appears, and Akismet
# (``comments.outside``). One that does not answer lets it through, or has it wait.
SCREENING_HOOK_URL = env.str("SCREENING_HOOK_URL", default="")
SCREENING_HOOK_SECRET = env.str("SCREENING_HOOK_SECRET", default="")
AKISMET_KEY = env.str("AKISMET_KEY", default="")
AKISMET_SITE_URL = env.str("AKISMET_SITE_URL", default="")
OUTSIDE_FAILS_CLOSED = env.bool("OUTSIDE_FAILS_CLOSED", default=False)

# Reads of articles are written together, so many seconds after the first (articles.counting).
READS_WRITTEN_AFTER_SECONDS = 5
# What is read and discussed most is worked out once in so many seconds, by each worker; 0 is each
# time. A page may lag behind by that, besides the seconds for which caches keep it.
RANKED_SECONDS = 5

# For so long moderators can see which comments came from the same address; 0 keeps none.
KEEP_ADDRESSES_DAYS = env.int("KEEP_ADDRESSES_DAYS", default=7)

# Whether everybody may read what moderators did, without names of readers.
PUBLIC_MODERATION_LOG = env.bool("PUBLIC_MODERATION_LOG", default=False)
# How long a comment can be changed after it was posted; longer by who is trusted.
COMMENT_EDIT_MINUTES = env.int("COMMENT_EDIT_MINUTES", default=15)
COMMENT_EDIT_MINUTES_TRUSTED = env.int("COMMENT_EDIT_MINUTES_TRUSTED", default=1_440)

# Whether feeds of articles have all their words, or the lead alone.
FEEDS_FULL_TEXT = env.bool("FEEDS_FULL_TEXT", default=True)

# Part of every ETag, so that a new version of the portal is seen at once.
BUILD = digest_of_build(BASE_DIR / "newsportal", *EMBED_HOSTS)
READER_FRAME = "newsportal.context.frame"
FRAME_ASKS = "newsportal.context.asking_frame"
# What a person's page leads to besides their comments:
# ``[(label, address, title of the feed there)]``.
PERSON_LINKS = "articles.shelves.links_of_person"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
