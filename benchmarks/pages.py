"""What the article page costs, by the size of its discussion."""

from django.core.cache import caches
from django.test import Client

from benchmarks import newsroom
from benchmarks.measure import Claim, compare, count_queries, interleave, settle

FEW, MANY = 3, 3_000
FULL_PAGE, HUGE = 100, 10_000
ROUNDS = 60
# The issue's, for who is not signed in.
MOST_QUERIES = 8


def claims():
    crowd = newsroom.make_crowd("reader")
    articles = {}
    for size in (FEW, MANY, FULL_PAGE, HUGE):
        articles[size] = newsroom.make_article()
        newsroom.fill(articles[size].discussion, size, crowd)
    settle()
    client = Client()
    url = {size: article.get_absolute_url() for size, article in articles.items()}

    def ask(path, status=200, **headers):
        def get():
            answer = client.get(path, **headers)
            assert answer.status_code == status, answer.status_code
            return answer

        return get

    def uncached(path):
        caches["pages"].clear()
        return ask(path)

    queries = {}
    for size in (FEW, MANY):
        ask(url[size])()
        caches["pages"].clear()
        with count_queries() as statements:
            ask(url[size])()
        queries[size] = len(statements)
    measured = ", ".join(f"{count} with {size:,} comments" for size, count in queries.items())
    yield Claim("article page: queries", measured, max(queries.values()), MOST_QUERIES)
    yield Claim(
        "article page: more queries with more comments",
        measured,
        max(queries.values()) - min(queries.values()),
        0,
    )

    etag = ask(url[HUGE])().headers["ETag"]
    cached_path = f"{url[HUGE]}?"
    calls = {
        f"{FULL_PAGE} of {HUGE:,}": lambda: uncached(url[HUGE]),
        f"{FULL_PAGE} of {FULL_PAGE}": lambda: uncached(url[FULL_PAGE]),
        f"{FEW} of {FEW}": lambda: uncached(url[FEW]),
        "kept": lambda: (ask(cached_path)(), ask(cached_path))[1],
        "304": lambda: ask(url[FULL_PAGE], 304, headers={"If-None-Match": etags[FULL_PAGE]}),
        "hello": lambda: ask("/hello/"),
    }
    etags = {HUGE: etag, FULL_PAGE: ask(url[FULL_PAGE])().headers["ETag"]}
    seconds = interleave(ROUNDS, **calls)
    full = f"{FULL_PAGE} of {FULL_PAGE}"
    yield compare(
        "article page, a full page of many", seconds, of=f"{FULL_PAGE} of {HUGE:,}", to=full
    )
    yield compare("article page, kept to rendered", seconds, of="kept", to=full)
    yield compare("article page, 304 to rendered", seconds, of="304", to=full)
    yield compare("article page to hello, no server", seconds, of=full, to="hello")
    each = (_middle(seconds[full]) - _middle(seconds[f"{FEW} of {FEW}"])) / (FULL_PAGE - FEW)
    yield Claim("article page, microseconds a comment", f"{each * 1e6:.0f} us", each * 1e6)


def _middle(values):
    return sorted(values)[len(values) // 2]
