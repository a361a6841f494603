"""What discussions cost under the server that serves them, against a view that says ``hello``.

One worker of granian, as it is run: it keeps pages and parts of them. A page is measured when
the worker has forgotten all of that ("from nothing"), and when it has the parts but not the page
("of kept parts"), as when a comment has come since it was asked for last.
"""

import random
import re
import secrets
import threading
from functools import partial
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.test import Client

from benchmarks import forest, newsroom
from benchmarks.measure import Claim, fastest, interleave
from benchmarks.servers import Connection, serving
from comments import discussions

ROUNDS = 60
# The issue's: against hello.
LIMITS = {100: 12, 200: 18}
REPLY_LIMIT = 25
GZIP = {"Accept-Encoding": "gzip"}
PLAIN = {}
HTMX = {"HX-Request": "true"}
# How many replies one writer sends: less than the minute's limit.
REPLIES_A_WRITER = 3
# The worker's memory: from this request on, up to that one.
WARM, SERVED = 500, 10_000
CONNECTIONS = 4
MOST_GROWTH_MB = 20
ARTICLE = b'<article class="comment'


def claims(shown, small, large):
    """``shown`` are ``forest`` trees of which one page shows all, by their size.

    Replies are sent to ``small`` and ``large``; the pages of ``large`` are walked.
    """
    with serving("granian", 1, "benchmarks.settings") as (port, _):
        yield from _pages(port, shown)
        yield from _replies(port, (small, large))
    with serving("granian", 1, "benchmarks.settings") as (port, pid):
        yield from _memory(port, pid, large)


def _pages(port, shown):
    connection = Connection(port)

    def ask(path, headers):
        def get():
            status, _, body = connection.ask("GET", path, headers)
            assert status == 200, (path, status)
            return len(body)

        return get

    def forgotten(forget, get):
        """What the worker keeps is in place, but for what it has been told to forget."""
        get()
        connection.get(forget)
        return get

    sent = {}
    for name, headers in (("", PLAIN), (", gzip", GZIP)):
        sent |= {f"{size}{name}": ask(tree.url, headers) for size, tree in shown.items()}
        sent[f"hello{name}"] = ask("/hello/", headers)
    for state, forget in (("from nothing", "/forget/?all"), ("of kept parts", "/forget/")):
        calls = {name: partial(forgotten, forget, get) for name, get in sent.items()}
        milliseconds = {
            name: fastest(taken) * 1000 for name, taken in interleave(ROUNDS, **calls).items()
        }
        for name, limits in (("", LIMITS), (", gzip", {})):
            hello = milliseconds[f"hello{name}"]
            for size in LIMITS:
                page, kilobytes = milliseconds[f"{size}{name}"], sent[f"{size}{name}"]() / 1024
                yield Claim(
                    f"page of {size} {state}{name}, to hello",
                    f"{page:.2f} ms for {kilobytes:.0f} KB, hello {hello:.2f} ms",
                    page / hello,
                    limits.get(size),
                )


class Writer:
    """Somebody signed in, with a browser that has a page of the discussion open."""

    def __init__(self, port, person):
        client = Client()
        client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
        self.token = secrets.token_hex(16)
        cookies = {name: morsel.value for name, morsel in client.cookies.items()}
        cookies[settings.CSRF_COOKIE_NAME] = self.token
        self.cookies = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        self.connection = Connection(port)

    def read(self, path):
        status, _, body = self.connection.ask("GET", path, self.cookies)
        assert status == 200, (path, status)
        return body

    def send(self, path, text, headers):
        form = urlencode({"csrfmiddlewaretoken": self.token, "text": text}).encode()
        headers = {
            **self.cookies, **headers, "Content-Type": "application/x-www-form-urlencoded"
        }  # fmt: skip
        return self.connection.ask("POST", path, headers, form)


def _replies(port, trees):
    """From sending a reply until its writer has the page that shows it, or the part of one."""
    dice, connection = random.Random(newsroom.SEED), Connection(port)
    writers = _writers(port)

    def prepare(tree):
        writer, text = next(writers), newsroom.sentence(dice)
        writer.read(tree.url)
        return writer, f"/comments/{dice.choice(tree.ids)}/reply/", text

    def by_form(tree):
        writer, path, text = prepare(tree)

        def send():
            status, head, _ = writer.send(path, text, PLAIN)
            assert status == 302, status
            there = urlsplit(re.search(r"(?i)\nlocation: (\S+)", head)[1])
            address = f"{there.path}?{there.query}" if there.query else there.path
            assert text.encode() in writer.read(address)

        return send

    def by_htmx(tree):
        writer, path, text = prepare(tree)
        page = f"http://{connection.host}{tree.url}"

        def send():
            status, _, body = writer.send(path, text, {**HTMX, "HX-Current-URL": page})
            assert status == 200, status
            assert text.encode() in body

        return send

    calls = {"hello": lambda: lambda: connection.get("/hello/")}
    for tree in trees:
        for name, send in (("seen", by_form), ("seen by htmx", by_htmx)):
            calls[f"reply {name}, at {tree.size:,}"] = partial(send, tree)
    taken = interleave(ROUNDS, **calls)
    hello = fastest(taken.pop("hello")) * 1000
    for name, seconds in taken.items():
        reply = fastest(seconds) * 1000
        measured = f"{reply:.2f} ms, hello {hello:.2f} ms"
        yield Claim(f"{name}, to hello", measured, reply / hello, REPLY_LIMIT)


def _writers(port):
    """Different ones, each for so many replies as may be sent within a minute."""
    for person in newsroom.make_crowd("correspondent"):
        writer = Writer(port, person)
        for _ in range(REPLIES_A_WRITER):
            yield writer


def _memory(port, pid, tree):
    """How much a worker has grown since it was warm, and whether any page was too large."""
    walk = _walk(tree)
    worker = _worker_of(pid)
    _fetch(port, walk[:WARM])
    before = _memory_of(worker)
    most = _fetch(port, walk[WARM:])
    after = _memory_of(worker)
    grown = {name: after[name] - before[name] for name in before}
    measured = (
        f"{before['RssAnon']:.0f} MB at request {WARM}, {after['RssAnon']:.0f} at {SERVED:,}; "
        f"of files {grown['RssFile']:+.0f} MB"
    )
    yield Claim("worker: grown by MB", measured, grown["RssAnon"], MOST_GROWTH_MB)
    measured = f"{SERVED - WARM:,} different pages of the worker"
    yield Claim("pages: most comments on one, all told", measured, most, discussions.PAGE_SIZE)


def _walk(tree):
    """Different pages of one discussion, shuffled: all of its threads in all orders, their long
    threads to the end, and, up to the number wanted, single comments.
    """
    paths = forest.walk(tree)
    left = SERVED - len(paths)
    paths += [f"/comments/{pk}/" for pk in tree.ids[:: len(tree.ids) // left][:left]]
    random.Random(newsroom.SEED).shuffle(paths)
    return paths


def _fetch(port, paths):
    """Asks for all of them over a few connections; returns the most comments on one."""
    waiting, most, failed = iter(paths), [], []

    def ask():
        connection = Connection(port)
        for path in waiting:
            status, _, body = connection.ask("GET", path)
            if status != 200:
                failed.append((path, status))
            most.append(body.count(ARTICLE))

    crowd = [threading.Thread(target=ask) for _ in range(CONNECTIONS)]
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    assert not failed, failed[:3]
    return max(most)


def _worker_of(pid):
    """The process that answers: of the server's children the one with the most memory."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return max(children, key=lambda child: _memory_of(child)["VmRSS"])


def _memory_of(pid):
    """Megabytes by the names that the kernel gives them."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.findall(r"(VmRSS|RssAnon|RssFile):\s+(\d+) kB", status)
    return {name: int(kilobytes) / 1024 for name, kilobytes in found}
