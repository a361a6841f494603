"""Whether a desk with 100,000 entries is like one with 100, what a bulk act asks, and screening.

Two parts of the site, one with a short queue and one with a long one, each with a moderator.
"""

import random
from datetime import timedelta

from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts import membership
from benchmarks import newsroom
from benchmarks.measure import Claim, count_queries, fastest, interleave, settle, statements_of
from comments import hosting, moderation, threads
from comments.models import Beat, Case, Comment, HeldComment
from comments.words import compile_words

SHORT, LONG = 100, 100_000
# Of one person in each.
OFTEN = 25
ROUNDS = 40
# The issue's.
LIMIT = 1.25
MOST_QUERIES_A_HUNDRED = 20
MOST_MILLISECONDS = 5
HIDDEN = 1_000
WATCHED, LETTERS = 10_000, 20_000


def claims():
    crowd = newsroom.make_crowd("waiting")
    desks = {size: _Desk(size, crowd) for size in (SHORT, LONG)}
    settle()
    yield from _queues(desks)
    yield from _bulk()
    yield from _screening()


class _Desk:
    """A queue of held comments in a part of the site of its own, and who looks after it."""

    def __init__(self, size, crowd):
        self.area = f"part-{size}"
        self.discussion = hosting.open_discussion(
            title=f"Where {size} wait", url=f"/articles/waiting-{size}/",
            readable_from=newsroom.FIRST_DAY, area=self.area,
        )  # fmt: skip
        dice, often = random.Random(newsroom.SEED), next(crowd)
        now = timezone.now()
        held = HeldComment.objects.bulk_create(
            [
                HeldComment(
                    discussion=self.discussion,
                    # One person's are as many in each, so that a filter shows as many.
                    author=often if number % (size // OFTEN) == 0 else next(crowd),
                    text=(text := newsroom.sentence(dice)),
                    html=f"<p>{text}</p>",
                    objections=[{"phase": "newcomer", "message": "New here.", "hits": []}],
                    held_at=now - timedelta(seconds=size - number),
                )
                for number in range(size)
            ],
            batch_size=2_000,
        )
        cases = Case.objects.bulk_create(
            [
                Case(
                    queue="held", area=self.area, person=each.author,
                    discussion=self.discussion, held=each,
                )
                for each in held
            ],
            batch_size=2_000,
        )  # fmt: skip
        self.cases = [case.pk for case in cases]
        self.author = often.handle
        person = membership.register_person(
            handle=f"Moderator of {size}", email=f"m{size}@example.org", role="moderator"
        )
        Beat.objects.create(person=person, area=self.area)
        self.client = Client()
        self.client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])

    def open(self, query=""):
        answer = self.client.get(f"/admin/moderation/queue/held/{query}")
        assert answer.status_code == 200, answer.status_code

    def entry(self):
        answer = self.client.get(f"/admin/moderation/{self.cases[len(self.cases) // 2]}/")
        assert answer.status_code == 200, answer.status_code


def _queues(desks):
    asked = {
        "opens": lambda desk: desk.open(),
        "moves on": lambda desk: desk.open(f"?from={desk.cases[len(desk.cases) // 2]}"),
        "is filtered by author": lambda desk: desk.open(f"?by={desk.author}"),
        "one entry": lambda desk: desk.entry(),
    }
    for name, ask in asked.items():
        statements = {}
        for size, desk in desks.items():
            ask(desk)
            with statements_of() as found:
                ask(desk)
            statements[size] = len(found)
        calls = {
            str(size): lambda desk=desk, ask=ask: lambda: ask(desk) for size, desk in desks.items()
        }
        taken = interleave(ROUNDS, **calls)
        short, long = (fastest(taken[str(size)]) * 1000 for size in (SHORT, LONG))
        yield Claim(
            f"queue {name}: {LONG:,} to {SHORT}",
            f"{long:.2f} ms, {short:.2f} ms, {statements[LONG]} queries",
            long / short,
            LIMIT,
        )
        yield Claim(
            f"queue {name}: queries more",
            f"{statements[LONG]} and {statements[SHORT]}",
            statements[LONG] - statements[SHORT],
            0,
        )


def _bulk():
    """A thousand comments of wild discussions hidden at once, and taken back."""
    crowd = newsroom.make_crowd("talker")
    discussions = [newsroom.open_discussion() for _ in range(10)]
    for discussion in discussions:
        newsroom.fill(discussion, HIDDEN // 5, crowd, newsroom.wild)
    by = membership.register_person(
        handle="Bulk Moderator", email="bulk@example.org", role="moderator"
    )
    chosen = list(Comment.objects.filter(discussion__in=discussions).select_related("discussion"))
    random.Random(newsroom.SEED).shuffle(chosen)
    chosen = chosen[:HIDDEN]
    before = _state_of(discussions)
    with count_queries() as asked:
        done = moderation.hide_all(by=by, comments=chosen, reason="Advertising")
    yield Claim(
        f"hiding {HIDDEN:,}: queries for each 100",
        f"{len(asked)} queries, {len(done.comments):,} hidden in {len(discussions)} discussions",
        len(asked) / (HIDDEN / 100),
        MOST_QUERIES_A_HUNDRED,
    )
    with count_queries() as asked:
        undone = moderation.undo(by=by, batch=done.batch)
    yield Claim(
        "taking it back: queries for each 100",
        f"{len(asked)} queries, {len(undone.comments):,} returned",
        len(asked) / (HIDDEN / 100),
        MOST_QUERIES_A_HUNDRED,
    )
    findings = sum(len(threads.check(discussion)) for discussion in discussions)
    different = sum(was != now for was, now in zip(before, _state_of(discussions), strict=True))
    yield Claim(
        "after it: findings and differences", f"{len(before):,} rows", findings + different, 0
    )


def _state_of(discussions):
    """What readers see of these discussions' comments and counters."""
    comments = Comment.objects.filter(discussion__in=discussions).order_by("pk")
    counted = [(each.comment_count, each.top_level_count) for each in map(_anew, discussions)]
    return [*comments.values_list("pk", "state", "state_reason"), *counted]


def _anew(discussion):
    discussion.refresh_from_db()
    return discussion


def _screening():
    """Ten thousand watched words against twenty thousand letters, and against the longest text."""
    dice = random.Random(newsroom.SEED)
    alphabets = ("abcdefghijklmnopqrstuvwxyz", "абвгдежзийклмнопрстуфхцчшщыьэюя")
    for name, used in (("Latin", alphabets[:1]), ("Latin and Cyrillic", alphabets)):
        entries = [
            (
                "".join(dice.choice(used[number % len(used)]) for _ in range(dice.randint(5, 11)))
                + ("*" if number % 5 == 0 else ""),
                "hold" if number % 3 else "reject",
            )
            for number in range(WATCHED)
        ]
        words = compile_words(entries)
        for letters in (LETTERS, LETTERS // 2):
            text = " ".join(newsroom.sentence(dice, 12) for _ in range(letters // 60))[:letters]
            taken = interleave(ROUNDS, hits=lambda text=text, words=words: lambda: words.hits(text))
            milliseconds = fastest(taken["hits"]) * 1000
            yield Claim(
                f"{WATCHED:,} words, {name}; ms a text",
                f"{len(text):,} characters",
                milliseconds,
                MOST_MILLISECONDS,
            )
