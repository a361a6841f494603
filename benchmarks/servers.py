"""``python -m benchmarks.servers``: granian against gunicorn, with equal workers and threads.

Requests a second, memory and latency of the article page (rendered each time, and kept) and of
``/hello/``, both servers in turn. Optional: it takes some minutes and answers one question,
which one serves the portal (docs/adr). Takes PostgreSQL where ``DATABASE_URL`` names one.
"""

import os
import re
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
from django.db import connection

from benchmarks.database import throw_away_database
from benchmarks.measure import settle

THREADS = 4
WORKERS = (1, 2)
COMMENTS = 100
# Connections that ask without a pause: one, and enough to keep all threads of two workers busy.
CONNECTIONS = (1, 8)
SECONDS = 2
WARM_UP_SECONDS = 0.7
ROUNDS = 5
STARTS_WITHIN = 30
_BIN = Path(sys.executable).parent


def _granian(workers, port):
    return [
        _BIN / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws",
        "--log-level", "warning", "newsportal.wsgi:application",
    ]  # fmt: skip


def _gunicorn(workers, port):
    return [
        _BIN / "gunicorn", "--worker-class", "gthread", "--bind", f"127.0.0.1:{port}",
        "--workers", str(workers), "--threads", str(THREADS), "--keep-alive", "5",
        "--log-level", "warning", "newsportal.wsgi:application",
    ]  # fmt: skip


SERVERS = {"granian": _granian, "gunicorn": _gunicorn}


def _database_url():
    if connection.vendor == "sqlite":
        return f"sqlite:///{connection.settings_dict['NAME']}"
    served = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(served._replace(path=f"/{connection.settings_dict['NAME']}"))


@contextmanager
def serving(name, workers, settings):
    """A running server on a port of its own: yields (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "DATABASE_URL": _database_url(),
        "DJANGO_SETTINGS_MODULE": settings,
    }
    server = subprocess.Popen(SERVERS[name](workers, port), env=environment)
    try:
        ends = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                Connection(port).get("/hello/")
                break
            except OSError:
                if time.monotonic() > ends or server.poll() is not None:
                    raise
                time.sleep(0.05)
        yield port, server.pid
    finally:
        server.terminate()
        server.wait()


class Connection:
    """As little of an HTTP client as will do: one open connection, bytes in, bytes out."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.host = f"127.0.0.1:{port}"

    def get(self, path):
        """A page as a browser asks for it, read and thrown away."""
        status, head, _ = self.ask("GET", path, {"Accept-Encoding": "gzip"})
        if status != 200:
            raise RuntimeError(head)

    def ask(self, method, path, headers=None, body=b""):
        """Sends a request; returns the status, the answer's head and its body."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._receive()
        head, body = data.split(b"\r\n\r\n", 1)
        head, parts = head.decode(), [body]
        length = re.search(r"(?i)content-length: (\d+)", head)
        missing = (int(length[1]) if length else 0) - len(body)
        while missing > 0:
            parts.append(self._receive())
            missing -= len(parts[-1])
        return int(head.split(" ", 2)[1]), head, b"".join(parts)

    def _receive(self):
        received = self.socket.recv(262_144)
        if not received:
            raise ConnectionResetError("the server closed the connection")
        return received


def load(port, path, connections, seconds=SECONDS):
    """Seconds that each request took, and how long all of it did."""
    taken, ends = [], time.perf_counter() + seconds

    def ask():
        client = Connection(port)
        while (start := time.perf_counter()) < ends:
            client.get(path)
            taken.append(time.perf_counter() - start)
        client.socket.close()

    crowd = [threading.Thread(target=ask) for _ in range(connections)]
    began = time.perf_counter()
    for thread in crowd:
        thread.start()
    for thread in crowd:
        thread.join()
    return taken, time.perf_counter() - began


def memory(pid):
    """Megabytes of a process and its children, what they share counted once."""
    pids, waiting = [], [pid]
    while waiting:
        each = waiting.pop()
        pids.append(each)
        waiting += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
    rollups = [Path(f"/proc/{each}/smaps_rollup").read_text() for each in pids]
    return sum(int(re.search(r"Pss:\s+(\d+)", each)[1]) for each in rollups) / 1024


def compare_servers(running, path, connections):
    """Median requests a second and 99th percentile in milliseconds, by server, taken in turn."""
    rates, slowest = {name: [] for name in running}, {name: [] for name in running}
    for port, _ in running.values():
        load(port, path, connections, WARM_UP_SECONDS)
    for turn in range(ROUNDS):
        for name in list(running)[:: -1 if turn % 2 else 1]:
            taken, seconds = load(running[name][0], path, connections)
            rates[name].append(len(taken) / seconds)
            slowest[name].append(statistics.quantiles(taken, n=100)[98] * 1000)
    return {
        name: (statistics.median(rates[name]), statistics.median(slowest[name])) for name in running
    }


def compare_pages(workers, settings, pages):
    """Prints a line for each page and number of connections, and the memory afterwards."""
    with ExitStack() as stack:
        running = {name: stack.enter_context(serving(name, workers, settings)) for name in SERVERS}
        for name, path in pages.items():
            for connections in CONNECTIONS:
                figures = compare_servers(running, path, connections)
                ratio = figures["granian"][0] / figures["gunicorn"][0]
                told = "".join(
                    f"  {server} {rate:7.1f}/s (99%: {slow:6.1f} ms)"
                    for server, (rate, slow) in figures.items()
                )
                who = f"{workers} workers, {connections} connections, {name}"
                print(f"{who:<48}{told}  ratio {ratio:.2f}", flush=True)
        told = ", ".join(f"{name} {memory(pid):.0f} MB" for name, (_, pid) in running.items())
        print(f"{workers} workers, memory: {told}", flush=True)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
    django.setup()
    # Models can be imported from here on only.
    from benchmarks import newsroom  # noqa: PLC0415  CONFIG: needs Django set up

    with throw_away_database() as vendor:
        article = newsroom.make_article()
        newsroom.fill(article.discussion, COMMENTS, newsroom.make_crowd("reader"))
        settle()
        connection.close()
        url = article.get_absolute_url()
        print(f"On {vendor}, {THREADS} threads a worker:")
        for workers in WORKERS:
            compare_pages(
                workers, "benchmarks.uncached", {"hello": "/hello/", "article, rendered": url}
            )
            compare_pages(workers, "benchmarks.settings", {"article, kept": url})


if __name__ == "__main__":
    main()
