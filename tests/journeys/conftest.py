"""A real browser before a real server: what every journey shares.

Each page that a journey opens is watched from its first byte: a script error, a message on the
console, a breach of the Content Security Policy, a dialog, an answer of 500 or a request to any
other host fails the test, whatever else it proves.
"""

import os
import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from tests.journeys import edition as editions

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = (
    "no Chromium: set CHROMIUM to its path, install one, or run `playwright install chromium`"
)
# Two noisy cores, each with a server, a browser and a test; what passes does not wait for it.
PATIENCE_MS = 15_000
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}

# What Playwright says where a context has no service workers.
NO_WORKER = "Service Worker registration blocked by Playwright"

expect.set_options(timeout=PATIENCE_MS)

# Told on the console, which is watched, so that it survives a change of page.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(
    `breach of the policy: ${event.effectiveDirective} forbids ${event.blockedURI} ` +
    `at ${event.sourceFile}:${event.lineNumber} ${event.sample}`
  );
});
"""


# --- The browser ---


@pytest.fixture(scope="session")
def playwright(request):
    """Playwright, with Django told that its event loop in this thread is nobody's async code.

    The loop runs until the session ends, so for the tests that come behind these it is told, too.
    """
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        yield started
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]
    else:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = before


@pytest.fixture(scope="session")
def base_url():
    """None: each page is told the live server's. (The plugin's own is of a deprecated kind.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, playwright):
    arguments = [
        "--disable-quic",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
    ]
    if os.geteuid() == 0:
        # Chromium's sandbox refuses to be started by root, as it is in most containers.
        arguments.append("--no-sandbox")
    return {
        **browser_type_launch_args,
        "executable_path": _find_chromium(playwright),
        "args": arguments,
    }


def _find_chromium(playwright):
    """The path of a Chromium, None for Playwright's own; without any the tests are skipped."""
    named = os.environ.get("CHROMIUM")
    if named:
        if not shutil.which(named):
            pytest.fail(f"CHROMIUM={named} is no program", pytrace=False)
        return named
    for name in CHROMIUM_NAMES:
        if found := shutil.which(name):
            return found
    if Path(playwright.chromium.executable_path).exists():
        return None
    if os.environ.get("REQUIRE_ALL") == "1":
        pytest.fail(NO_CHROMIUM, pytrace=False)
    pytest.skip(NO_CHROMIUM)


class Watch:
    """Collects what must not happen on any page of a context."""

    def __init__(self, context, host):
        self.host = host
        self.problems = []
        # Statuses that a test asks for: Chromium puts every one from 400 on onto the console.
        self.expected_statuses = set()
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.problems.append(f"script: {error.error}"))
        context.on("dialog", self._close)
        context.on("request", self._see)
        context.on("response", self._judge)

    def _hear(self, message):
        if message.type not in ("error", "warning") or message.text == NO_WORKER:
            return
        status = re.search(r"responded with a status of (\d+)", message.text)
        if status and int(status[1]) in self.expected_statuses:
            return
        where = message.location.get("url", "")
        self.problems.append(f"console {message.type}: {message.text} ({where})")

    def _close(self, dialog):
        self.problems.append(f"a dialog: {dialog.message}")
        dialog.dismiss()

    def _see(self, request):
        url = urlsplit(request.url)
        if url.scheme not in ("data", "blob") and url.netloc != self.host:
            self.problems.append(f"a request elsewhere: {request.url}")

    def _judge(self, response):
        if response.status >= 500:
            self.problems.append(f"{response.status} at {response.url}")


@pytest.fixture
def open_page(new_context, live_server, browser_name):
    """``open_page(phone=True, dark=True, javascript=False, by=person)``: a watched page.

    ``by`` is who is signed in. ``page.watch`` is its ``Watch``, judged when the test ends.
    """
    watches = []

    def open_one(*, phone=False, dark=False, javascript=True, by=None, **options):
        context = new_context(
            **{
                "base_url": live_server.url,
                "viewport": PHONE if phone else DESKTOP,
                "is_mobile": phone,
                "has_touch": phone,
                "color_scheme": "dark" if dark else "light",
                "java_script_enabled": javascript,
                # What arrives smoothly is not yet there when a test looks.
                "reduced_motion": "reduce",
                "locale": "en-GB",
                # Between a page and the network, they would hide its requests from a test.
                "service_workers": "block",
                **options,
            }
        )
        context.set_default_timeout(PATIENCE_MS)
        if javascript:
            context.add_init_script(TELL_VIOLATIONS)
        if by is not None:
            context.add_cookies([session_cookie(by, live_server.url)])
        page = context.new_page()
        page.watch = Watch(context, urlsplit(live_server.url).netloc)
        watches.append(page.watch)
        return page

    yield open_one
    problems = [problem for watch in watches for problem in watch.problems]
    assert not problems, "\n".join(problems)


def session_cookie(person, url):
    """The cookie of a session in which ``person`` is signed in, as the sign-in page would set."""
    client = Client()
    client.force_login(person, backend="accounts.backends.PortalBackend")
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}


@pytest.fixture
def page(open_page):
    """A light desktop page with JavaScript, nobody signed in."""
    return open_page()


# --- The paper ---


@pytest.fixture
def edition(live_server, make_person):
    """A small edition of the paper; see ``tests.journeys.edition``."""
    return editions.publish(make_person)


@pytest.fixture
def mail_link(mailoutbox):
    """The link in the newest mail, which went to ``address``."""

    def find(address):
        newest = mailoutbox[-1]
        assert newest.to == [address]
        return re.search(r"https?://\S+", newest.body)[0]

    return find
