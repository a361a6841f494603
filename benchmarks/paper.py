"""Whether a paper of ten years is read as fast as one of a few weeks.

The paper that ``manage.py make_demo_data`` makes, first small and then a hundred times as large.
Every page is measured against one that does nothing, asked in the same round: what the machine
does meanwhile falls on both, and hours may lie between the two papers.
"""

import time

from django.core.management import call_command
from django.test import Client

from articles import bulk, crediting, publishing, sections, tagging
from articles.listings import PAGE_SIZE
from articles.models import Tag
from benchmarks import newsroom
from benchmarks.measure import Claim, count_queries, fastest, interleave, settle
from benchmarks.urls import forget_pages

# The issue's: articles and comments.
FEW, MANY = (1_000, 10_000), (100_000, 1_000_000)
LIMIT = 1.3
# The issue's, for two cores.
MOST_SECONDS = 600
COMMENTS_SHOWN = 100
# Its list is longer in the large paper: in a week of the small one a handful was discussed.
MOST_DISCUSSED = "most discussed of a week"
ROUNDS = 40


def claims():
    _make(*FEW, seed=1)
    pages = _pages()
    few = _measure(pages)
    made = [of - part for of, part in zip(MANY, FEW, strict=True)]
    taken = _make(*made, seed=2)
    told = f"{made[0]:,} articles and {made[1]:,} comments"
    yield Claim("make_demo_data, seconds", told, taken, MOST_SECONDS)
    many = _measure(pages)
    for name in pages:
        (few_seconds, few_queries), (seconds, queries) = few[name], many[name]
        measured = f"{few_seconds:.2f} hello to {seconds:.2f}; {few_queries} queries to {queries}"
        limit = None if name == MOST_DISCUSSED else LIMIT
        yield Claim(f"{MANY[0]:,} articles, {name}", measured, seconds / few_seconds, limit)
    more = max(many[name][1] - few[name][1] for name in pages)
    yield Claim("more queries with more articles", f"of {len(pages)} pages", more, 0)


def _make(articles, comments, *, seed):
    began = time.perf_counter()
    call_command("make_demo_data", articles=articles, comments=comments, seed=seed)
    taken = time.perf_counter() - began
    settle()
    return taken


def _pages():
    """{what it is: path}; the article, with its discussion, is the same in both papers."""
    section = sections.open_section("Science")
    article = publishing.create_article(
        section=section,
        title="A page to measure",
        blocks=[{"type": "paragraph", "text": "Axolotl and periscope. " * 30}] * 8,
        status="published",
        published_at=newsroom.FIRST_DAY,
    )
    tagging.tag_article(article=article, names=["Harbour", "Schools"])
    newsroom.fill(article.discussion, COMMENTS_SHOWN, newsroom.make_crowd("reader"), newsroom.wild)
    # A full page of one author's, in both papers.
    author = crediting.create_guest(name="A. Measured")
    bulk.publish_many(
        [
            bulk.BulkArticle(section, f"Measured {at}", article.blocks, newsroom.FIRST_DAY,
                             authors=[author])
            for at in range(PAGE_SIZE + 1)
        ]
    )  # fmt: skip
    tag = Tag.objects.get(name="Harbour").get_absolute_url()
    return {
        "front page": "/",
        "latest": "/latest/",
        "section": section.get_absolute_url(),
        "tag": tag,
        "author": author.get_absolute_url(),
        "article": article.get_absolute_url(),
        "search, a word of all": "/search/?q=harbour",
        "search, a rare word": "/search/?q=axolotl",
        "search, a section": "/search/?q=harbour&section=science",
        "feed": "/feed.atom",
        "most read of a week": "/most-read/?in=week",
        MOST_DISCUSSED: "/most-read/?by=discussed&in=week",
        "section's feed": f"{section.get_absolute_url()}feed.rss",
        "tag's feed": f"{tag}feed.json",
        "search's feed": "/search/feed.atom?q=harbour",
        "sitemap index": "/sitemap.xml",
        "sitemap": "/sitemap-articles-1.xml",
    }


def _measure(pages):
    """{name: (what it takes in hellos, its queries)}, each page made from nothing."""
    client = Client()

    def ask(path):
        def get():
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return get

    def anew(path):
        forget_pages()
        return ask(path)

    queries = {}
    for name, path in pages.items():
        ask(path)()
        forget_pages()
        with count_queries() as statements:
            ask(path)()
        queries[name] = len(statements)
    calls = {name: (lambda path=path: anew(path)) for name, path in pages.items()}
    seconds = interleave(ROUNDS, hello=lambda: ask("/hello/"), **calls)
    hello = fastest(seconds["hello"])
    return {name: (fastest(seconds[name]) / hello, queries[name]) for name in pages}
