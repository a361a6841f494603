"""What tests of many people at once share: threads let go together, a server, browsers for it."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

import pytest
from django.conf import settings
from django.db import connection

from comments import threads
from comments.models import Comment, Discussion

# Far more than any of these takes, far less than a run that hangs: a failure, not a wait.
DONE_WITHIN = 50
# Two processes, so that the writers meet in the database and not in one interpreter's lock.
SERVER_WORKERS = 2
SERVER_THREADS = 4
# The machine is shared; a server that has not answered by then will not.
SERVER_STARTS_WITHIN = 30


def sound(discussion):
    """Fails unless the discussion's trees, numbers and counters are as they must be."""
    findings = threads.check(Discussion.objects.get(pk=discussion.pk))
    assert [str(finding) for finding in findings] == []
    comments = Comment.objects.filter(discussion=discussion)
    for fields in (("parent_id", "position"), ("number",), ("tree_id", "lft")):
        found = Counter(comments.exclude(number__startswith="…").values_list(*fields))
        assert [each for each, times in found.items() if times > 1] == []


def together(*jobs, within=DONE_WITHIN):
    """Runs every job in a thread of its own, all let go at once, and returns their results.

    Raises what any of them raised. Each closes its own database connection.
    """
    start = threading.Barrier(len(jobs), timeout=DONE_WITHIN)
    results, errors = [None] * len(jobs), []

    def run(index, job):
        try:
            start.wait()
            results[index] = job()
        except BaseException as error:  # noqa: BLE001  CONFIG: raised again in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    crowd = [threading.Thread(target=run, args=each, daemon=True) for each in enumerate(jobs)]
    for thread in crowd:
        thread.start()
    ends = time.monotonic() + within
    for thread in crowd:
        thread.join(max(0, ends - time.monotonic()))
    if errors:
        raise errors[0]
    assert not any(thread.is_alive() for thread in crowd), "somebody still waits for somebody"
    return results


class Browser:
    """One person's browser: a connection that stays open, cookies, and the forms as served.

    ``statuses`` counts what was answered, as ``(method, status)``; ``slowest`` is the longest
    that an answer took, in seconds, and to what.
    """

    def __init__(self, address, session=None):
        self.origin = f"http://{address}"
        self.connection = http.client.HTTPConnection(address, timeout=DONE_WITHIN)
        self.cookies = {settings.SESSION_COOKIE_NAME: session} if session else {}
        self.statuses = Counter()
        self.slowest = (0, "")

    def close(self):
        self.connection.close()

    def ask(self, method, path, form=None):
        """The status, the ``Location`` and the body of the answer."""
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Origin"] = self.origin
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode(form, doseq=True) if form is not None else None
        begun = time.monotonic()
        self.connection.request(method, path, body, {k: v for k, v in headers.items() if v})
        answer = self.connection.getresponse()
        self.slowest = max(self.slowest, (time.monotonic() - begun, f"{method} {path}"))
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        self.statuses[method, answer.status] += 1
        return answer.status, answer.headers.get("Location", ""), answer.read().decode()

    def open_form(self, path, with_fields=("submission_key",)):
        """What the form at ``path`` has in its hidden fields: the CSRF token, the key."""
        status, _, page = self.ask("GET", path)
        assert status == 200, (path, status)
        fields = hidden_fields(page)
        assert {"csrfmiddlewaretoken", *with_fields} <= fields.keys()
        return fields


def hidden_fields(page):
    """The hidden fields of a page, by name."""
    fields = {}
    for tag in re.findall(r"<input[^>]*type=\"hidden\"[^>]*>", page):
        name, value = (re.search(rf'{each}="([^"]*)"', tag) for each in ("name", "value"))
        if name and value:
            fields[name[1]] = value[1]
    return fields


def session_of(client):
    """The session of a test client that is signed in, for a browser."""
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _served_database_url():
    """The address of the database that this test uses, for another process."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    served = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(served._replace(path=f"/{connection.settings_dict['NAME']}"))


@contextmanager
def serving(folder, *, workers=SERVER_WORKERS, threads=SERVER_THREADS):
    """``127.0.0.1:PORT`` of a granian that serves the test's own database.

    Fails at the end if it has told of an error in its log, which is kept in ``folder``.
    """
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "granian.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [
                Path(sys.executable).with_name("granian"), "--interface", "wsgi",
                "--host", "127.0.0.1", "--port", str(port), "--workers", str(workers),
                "--blocking-threads", str(threads), "--no-ws", "--log-level", "warning",
                "newsportal.wsgi:application",
            ],
            cwd=settings.BASE_DIR,
            env={
                **os.environ,
                "DATABASE_URL": _served_database_url(),
                "DJANGO_SETTINGS_MODULE": "newsportal.settings.test",
            },
            stdout=output,
            stderr=subprocess.STDOUT,
        )  # fmt: skip
    try:
        _wait_for(server, port, log)
        yield f"127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=SERVER_STARTS_WITHIN)
    written = log.read_text()
    # Django writes a traceback for each refusal by right, too.
    refusals = written.count("\ndjango.core.exceptions.PermissionDenied: ")
    assert written.count("Traceback (") == refusals, written


def _wait_for(server, port, log):
    ends = time.monotonic() + SERVER_STARTS_WITHIN
    while time.monotonic() < ends and server.poll() is None:
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as knock:
                knock.request("GET", "/accounts/login/")
                assert knock.getresponse().status == 200, log.read_text()
                return
        except ConnectionRefusedError:
            time.sleep(0.05)
    pytest.fail(f"the server did not start: {log.read_text()}")
