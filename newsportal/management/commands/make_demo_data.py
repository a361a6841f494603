"""``manage.py make_demo_data``: a paper of any size, to see how the portal carries it.

The same paper for the same seed. The words are made up of a few hundred, English and Russian;
most articles have few comments and few have many, as in any paper.
"""

import random
import time
from datetime import datetime, timedelta
from itertools import cycle

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts import membership
from articles import bulk as articles_bulk
from articles import sections, tagging
from comments import bulk

SEED = 20260108
PEOPLE = 3_000
SECTIONS = ("Politics", "World", "Economy", "Science", "Sport", "Culture", "Region", "Opinion")
# What articles are about; each has two of them.
TAGS = ("Council", "Harbour", "Schools", "Health", "Transport", "Weather", "Archive", "Выборы",
        "Порт", "Погода")  # fmt: skip
TAGS_AN_ARTICLE = 2
# Articles in one transaction, with their comments: some seconds of work and some megabytes.
PORTION = 1_000
# Sentences that everything is put together from: enough that no two articles are alike.
SENTENCES = 4_000
# What share of the comments begin a thread.
BEGIN_ANEW = 0.3
# The paper's age: articles are spread over it evenly.
DAYS = 3_650
_ENGLISH = [
    "council",
    "budget",
    "river",
    "bridge",
    "vote",
    "harbour",
    "storm",
    "teacher",
    "clinic",
    "tariff",
    "quarry",
    "orchard",
    "signal",
    "meadow",
    "ferry",
    "ledger",
    "archive",
    "lantern",
    "glacier",
    "treaty",
    "referee",
    "midfield",
    "virus",
    "telescope",
    "market",
    "pension",
    "tram",
    "mayor",
    "witness",
    "petition",
    "inquest",
    "harvest",
    "drought",
    "census",
    "ballot",
    "says",
    "asks",
    "opens",
    "closes",
    "counts",
    "the",
    "of",
    "in",
    "and",
    "with",
    "after",
    "before",
    "against",
    "between",
]
_RUSSIAN = [
    "совет",
    "бюджет",
    "река",
    "мост",
    "выборы",
    "порт",
    "буря",
    "учитель",
    "больница",
    "тариф",
    "сад",
    "сигнал",
    "луг",
    "паром",
    "архив",
    "фонарь",
    "ледник",
    "договор",
    "судья",
    "вирус",
    "телескоп",
    "рынок",
    "пенсия",
    "трамвай",
    "мэр",
    "свидетель",
    "урожай",
    "засуха",
    "перепись",
    "говорит",
    "спрашивает",
    "открыл",
    "закрыл",
    "считает",
    "после",
    "перед",
    "между",
    "против",
]


class Command(BaseCommand):
    help = "Fills the portal with made-up articles and comments; for measuring, not for readers."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=int, default=100_000)
        parser.add_argument("--comments", type=int, default=1_000_000)
        parser.add_argument("--seed", type=int, default=SEED)

    def handle(self, *args, articles, comments, seed, **options):
        if articles < 1 or comments < 0:
            raise CommandError("Make at least one article, and no fewer than no comments.")
        begun = time.monotonic()
        paper = _Paper(seed, articles, comments)
        for made, commented in paper.publish():
            self.stdout.write(
                f"{made:>9,} articles, {commented:>11,} comments, "
                f"{time.monotonic() - begun:>6.0f} s"
            )


class _Paper:
    def __init__(self, seed, articles, comments):
        self.dice = random.Random(seed)  # noqa: S311  CONFIG: made-up words, no secret
        self.articles, self.comments = articles, comments
        self.sections = [sections.open_section(name) for name in SECTIONS]
        names = {f"neighbour {number}": None for number in range(PEOPLE)}
        self.people = list(membership.import_people(names).values())
        with transaction.atomic():
            self.tags = tagging.open_tags(TAGS)
        self.sentences = [self._sentence() for _ in range(SENTENCES)]
        # The last article is an hour old.
        self.ends = timezone.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        self.step = timedelta(days=DAYS) / articles
        self.sizes = self._sizes()

    def _sentence(self):
        words = _RUSSIAN if self.dice.random() < 0.25 else _ENGLISH
        picked = self.dice.choices(words, k=self.dice.randrange(6, 18))
        return " ".join(picked).capitalize() + "."

    def _text(self, sentences):
        return " ".join(self.dice.choices(self.sentences, k=sentences))

    def _sizes(self):
        """How many comments each article has: by Zipf's law, in a random order, all told right."""
        weights = [1 / (rank + 10) for rank in range(self.articles)]
        self.dice.shuffle(weights)
        total, given, sizes, passed = sum(weights), 0, [], 0.0
        for weight in weights:
            passed += weight
            upto = round(self.comments * passed / total)
            sizes.append(upto - given)
            given = upto
        return sizes

    def publish(self):
        """Publishes portion by portion; yields how many articles and comments there are."""
        commented = 0
        for first in range(0, self.articles, PORTION):
            numbers = range(first, min(first + PORTION, self.articles))
            with transaction.atomic():
                made = articles_bulk.publish_many([self._article(number) for number in numbers])
                pairs = [
                    (article.discussion, self._threads(self.sizes[number], article.published_at))
                    for number, article in zip(numbers, made, strict=True)
                    if self.sizes[number]
                ]
                commented += bulk.fill(pairs)
            yield numbers[-1] + 1, commented

    def _article(self, number):
        title = self._text(1).rstrip(".")[:90]
        return articles_bulk.BulkArticle(
            section=self.dice.choice(self.sections),
            title=f"{title} {number}",
            lead=self._text(1),
            blocks=[{"type": "paragraph", "text": self._text(5)} for _ in range(6)],
            published_at=self.ends - self.step * (self.articles - 1 - number),
            authors=self.dice.sample(self.people, self.dice.choice((1, 1, 1, 2))),
            tags=self.dice.sample(self.tags, TAGS_AN_ARTICLE),
        )

    def _threads(self, size, begun: datetime):
        """A random tree of ``size`` comments, the first an hour after the article."""
        people = cycle(self.dice.sample(self.people, min(size, 40)))
        made, top = [], []
        for number in range(size):
            comment = bulk.BulkComment(
                author_id=next(people).pk,
                posted_at=begun + timedelta(minutes=1 + number % 60),
                blocks=[{"type": "text", "text": self._text(self.dice.randrange(1, 4))}],
            )
            begins = not made or self.dice.random() < BEGIN_ANEW
            (top if begins else self.dice.choice(made[-200:]).children).append(comment)
            made.append(comment)
        return top
