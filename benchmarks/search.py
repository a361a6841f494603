"""Whether a search of many articles is like one of few, and what the index costs who writes."""

import random
import time
from datetime import UTC, timedelta
from itertools import count

from django.db import transaction
from django.test import Client

from articles import publishing, sections
from articles.importer import loader
from articles.importer.parser import parse
from benchmarks import newsroom
from benchmarks.measure import Claim, compare, count_queries, fastest, interleave, settle
from benchmarks.urls import forget_pages
from comments import bulk, posting, search_index

FEW, MANY = 1_000, 20_000
COMMENTS_AN_ARTICLE = 10
ROUNDS = 30
# The issue's, for a hundred times the articles.
LIMIT = 1.3
# A post and an import with the index to the same without: what its writer may wait longer. An
# import reads, matches and parses besides.
POST_LIMIT, IMPORT_LIMIT = 1.1, 1.6
IMPORTED = 5_000
POSTS = 200
# Words that a quarter of the articles have, and ten and five of them, however many there are: a
# page of more results takes longer, and is no sign of what the others cost. Most have the rest.
OFTEN, SELDOM, HARDLY = "marmalade", "periscope", "axolotl"
ADDRESSES = {
    "a word of many": f"?q={OFTEN}",
    "a word of most": "?q=harbour",
    "a rare word": f"?q={SELDOM}",
    "a very rare word": f"?q={HARDLY}",
    "two words": f"?q={OFTEN}+{SELDOM}",
    "a phrase": "?q=%22council+budget%22",
    "without a word": f"?q={OFTEN}+-{SELDOM}",
    "narrowed down": f"?q={OFTEN}&section=science&from=2022-01-09",
    "a slip": "?q=marmalaed",
    "nothing": "?q=qwertyuiop",
}


def claims():
    crowd = newsroom.make_crowd("searcher")
    yield from _writes(crowd)
    _fill(FEW, crowd, rare=True)
    settle()
    few, few_queries = _measure()
    _fill(MANY - FEW, crowd)
    settle()
    many, many_queries = _measure()
    for name in ADDRESSES:
        yield compare(
            f"search, {name}",
            {f"{FEW:,} articles": few[name], f"{MANY:,}": many[name]},
            of=f"{MANY:,}",
            to=f"{FEW:,} articles",
            limit=LIMIT,
        )
    more = max(many_queries[name] - few_queries[name] for name in ADDRESSES)
    told = f"{max(many_queries.values())} at most with {MANY:,} articles"
    yield Claim("search: more queries with more articles", told, more, 0)


def _fill(number, crowd, *, rare=False):
    """So many articles, with ten comments each, of words that are the same in every run."""
    dice = random.Random(newsroom.SEED + number)
    sections = [sections.open_section(name) for name in ("Economy", "Science", "Sport")]
    for at in range(number):
        seldom = f" {SELDOM}" if rare and at % 100 == 0 else ""
        often = f" {OFTEN}" if at % 4 == 0 else ""
        hardly = f" {HARDLY}" if rare and at < 5 else ""
        published_at = newsroom.FIRST_DAY + timedelta(minutes=7 * (number + at))
        with transaction.atomic():
            article = publishing.create_article(
                section=sections[at % 3],
                title=newsroom.sentence(dice, 7) + (often if at % 20 == 0 else ""),
                blocks=[
                    {"type": "paragraph", "text": newsroom.sentence(dice, 50) + words}
                    for words in ("", often, seldom + hardly)
                ],
                status="published",
                published_at=published_at,
            )
            bulk.merge(
                article.discussion,
                [
                    bulk.BulkComment(
                        next(crowd).pk,
                        published_at + timedelta(minutes=n),
                        [
                            {
                                "type": "text",
                                "text": newsroom.sentence(dice)
                                + (often if n < 2 else seldom if n == 2 else ""),
                            }
                        ],
                    )
                    for n in range(COMMENTS_AN_ARTICLE)
                ],
            )


def _measure():
    """``(seconds, queries)`` by name, of pages that are made anew each time."""
    client = Client()

    def ask(name):
        def get():
            forget_pages()
            answer = client.get(f"/search/{ADDRESSES[name]}")
            assert answer.status_code == 200, answer.status_code

        return get

    queries = {}
    for name in ADDRESSES:
        ask(name)()
        with count_queries() as statements:
            ask(name)()
        queries[name] = len(statements)
    seconds = interleave(ROUNDS, **{name: (lambda name=name: ask(name)) for name in ADDRESSES})
    return {name: [fastest(each)] for name, each in seconds.items()}, queries


def _writes(crowd):
    """A post and an import with the index, held against the same without it."""
    put = search_index.INDEX.put
    discussion = newsroom.open_discussion()
    dice, numbers = random.Random(newsroom.SEED), count()

    def post(indexed):
        by, text = next(crowd), newsroom.sentence(dice)

        def run():
            _switch(put if indexed else _nothing)
            posting.post_comment(by=by, discussion=discussion, text=text)

        return run

    def load(indexed):
        page, source = newsroom.write_page(IMPORTED)[0], f"searched{next(numbers)}.txt"

        def run():
            _switch(put if indexed else _nothing)
            loader.load(parse(page), source=source, zone=UTC)

        return run

    def merge(indexed):
        target, threads = newsroom.open_discussion(), _threads(crowd, dice)

        def run():
            _switch(put if indexed else _nothing)
            with transaction.atomic():
                bulk.merge(target, threads)

        return run

    try:
        calls = {"indexed": lambda: post(True), "not": lambda: post(False)}
        seconds = {name: [fastest(each)] for name, each in interleave(POSTS, **calls).items()}
        yield compare("post, indexed to not", seconds, of="indexed", to="not", limit=POST_LIMIT)
        for name, write, limit in (
            (f"import of {IMPORTED:,}", load, IMPORT_LIMIT),
            (f"bulk.merge of {IMPORTED:,}, top level", merge, None),
        ):
            calls = {
                "indexed": lambda write=write: write(True),
                "not": lambda write=write: write(False),
            }
            seconds = {each: [min(taken)] for each, taken in interleave(5, **calls).items()}
            name = f"{name}, indexed to not"
            yield compare(name, seconds, of="indexed", to="not", limit=limit)
    finally:
        _switch(put)
    began = time.perf_counter()
    done = search_index.rebuild()
    taken = time.perf_counter() - began
    yield Claim("rebuild_search, comments a second", f"{done:,} in {taken:.1f} s", done / taken)


def _threads(crowd, dice):
    return [
        bulk.BulkComment(
            next(crowd).pk,
            newsroom.FIRST_DAY + timedelta(minutes=at),
            [{"type": "text", "text": newsroom.sentence(dice)}],
        )
        for at in range(IMPORTED)
    ]


def _switch(put):
    search_index.INDEX.put = put


def _nothing(entries):
    """Writes no row of the index."""
