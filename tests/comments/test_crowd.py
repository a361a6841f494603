"""A crowd in a few discussions: everything that people do there, at random, over HTTP, at once.

Whatever was accepted is there afterwards, nothing else is, and every tree and counter is as it
must be. Meanwhile nobody is told of an error or a deadlock: only refusals that are right.
"""

import logging
import time
from collections import Counter, defaultdict
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Max
from django.utils import timezone

from articles import publishing, sections
from comments import posting, threads
from comments.models import Comment, ModerationEntry, Revision, Vote
from tests.comments.crowd import Browser, serving, session_of, sound, together
from tests.comments.townspeople import ACTS, Ledger, Moderator, Reader, Squeezer, Writer

pytestmark = pytest.mark.django_db(transaction=True)

# SQLite has one writer at a time: more of them would only stand in its queue.
WRITERS = {"postgresql": 16, "sqlite": 8}
SECONDS = {"postgresql": 60, "sqlite": 10}
# So many people have a second window open, and do things in both at once.
WITH_TWO_WINDOWS = 2
ARTICLES = 3
# Deeper than a tree has room for before it is spread out for the first time.
EXCHANGED = 70
# As many requests as there are writers and who looks on, so that they meet in the database.
THREADS_A_WORKER = {"postgresql": 10, "sqlite": 4}
# Whoever waits so long has given up, or their proxy has. Both cores are busy, and the machine is
# shared: what it proves is that nobody is overtaken again and again.
MOST_PATIENT = 30
# What was begun before the time was up is finished, and no more than that.
GRACE = 60
logger = logging.getLogger(__name__)


def _verify(ledger):
    """That all that was accepted is in the database, and nothing else."""
    stored = {comment.pk: comment for comment in Comment.objects.all()}
    assert stored.keys() == ledger.posted.keys()
    words = {pk: [text] for pk, (*_, text) in ledger.posted.items()}
    for (pk, _), text in sorted(ledger.edits.items()):
        words[pk].append(text)
    versions = defaultdict(list)
    for revision in Revision.objects.order_by("comment_id", "number"):
        versions[revision.comment_id].append(revision.text)
    for pk, (author, parent, place, _) in ledger.posted.items():
        comment = stored[pk]
        assert (comment.author_id, comment.parent_id) == (author, parent)
        assert comment.discussion_id == place
        assert [*versions[pk], comment.text] == words[pk]
        if pk in ledger.reasons:
            assert comment.state == "withdrawn"
            assert comment.state_reason in ledger.reasons[pk]
        elif pk in ledger.hidden:
            assert (comment.state, comment.state_reason) == ("hidden", ledger.hidden[pk])
        else:
            assert (comment.state, comment.state_reason) == ("visible", "")
    votes = Counter(Vote.objects.values_list("person_id", "comment_id"))
    certain = {pair: set(last.values()) for pair, last in ledger.votes.items()}
    for pair, last in certain.items():
        # Of two windows that did the opposite, who was later only the database knows.
        assert len(last) > 1 or votes[pair] == last.pop()
    assert not votes.keys() - certain.keys()
    acts = Counter(ModerationEntry.objects.values_list("act", flat=True))
    assert acts["edit"] == len(ledger.edits)
    assert acts["withdraw"] == len(ledger.reasons)
    assert (acts["hide"], acts["restore"]) == (
        ledger.moderated["hide"],
        ledger.moderated["restore"],
    )


def _verify_refusals(ledger, with_two_windows):
    """Nobody was refused what they could have done."""
    for act, person, pk, status in ledger.refused:
        overtaken = (act, status) == ("edit", 409) and person in with_two_windows
        # Some vote more often in a minute than anybody reads.
        too_fast = (act, status) == ("vote", 429)
        assert pk in ledger.ever_gone or overtaken or too_fast, (act, pk, status)


@pytest.fixture
def articles(make_person):
    section = sections.open_section("News")
    return [
        publishing.create_article(
            section=section,
            title=f"The crowd at the gate, part {number}",
            blocks=[{"type": "paragraph", "text": "Everybody talks at once."}],
            status="published",
            published_at=timezone.now() - timedelta(hours=1),
        )
        for number in range(ARTICLES)
    ]


@pytest.fixture
def ledger(articles, people):
    """What is there before the crowd comes: a long exchange under each article."""
    ledger = Ledger(articles)
    for article in articles:
        parent = None
        for turn in range(EXCHANGED):
            person, text = people[turn % 3], f"Turn {turn}"
            comment = posting.post_comment(
                by=person, discussion=article.discussion, parent=parent, text=text
            )
            parent_id = parent and parent.pk
            ledger.accept(comment.pk, person, parent_id, text, article.discussion)
            parent = comment
    return ledger


@pytest.fixture
def people(make_person):
    return [make_person(f"writer{n}") for n in range(WRITERS[connection.vendor] - WITH_TWO_WINDOWS)]


@pytest.mark.xdist_group("crowd")
def test_a_crowd(ledger, people, moderator, sign_in, tmp_path):
    vendor, seconds = connection.vendor, SECONDS[connection.vendor]
    deadlocks = _deadlocks()
    browsers = []
    with serving(tmp_path, threads=THREADS_A_WORKER[vendor]) as address, ExitStack() as stack:

        def window_of(person=None):
            browser = Browser(address, session_of(sign_in(person)) if person else None)
            browsers.append(browser)
            stack.callback(browser.close)
            return browser

        writers = [
            Writer(number, person, window_of(person), ledger)
            for number, person in enumerate([*people, *people[:WITH_TWO_WINDOWS]])
        ]
        others = [
            Squeezer(ledger),
            Moderator(window_of(moderator), ledger),
            Reader(window_of(), ledger, "nobody"),
            Reader(window_of(people[0]), ledger, "somebody"),
        ]
        ledger.ends = time.monotonic() + seconds
        *done, squeezed, _, walks, more_walks = together(
            *(each.run for each in (*writers, *others)), within=seconds + GRACE
        )

    _verify(ledger)
    _verify_refusals(ledger, {person.pk for person in people[:WITH_TWO_WINDOWS]})
    for place in ledger.places:
        sound(place)
    assert [str(finding) for finding in threads.check_all()] == []
    assert _deadlocks() == deadlocks

    done, walks = sum(done, Counter()), walks + more_walks
    assert done.keys() == ACTS.keys(), "something was never done"
    assert min(ledger.moderated["hide"], ledger.moderated["restore"]) > 0
    assert squeezed
    assert walks
    slowest = max(browser.slowest for browser in browsers)
    assert slowest[0] < MOST_PATIENT, slowest
    asked = sum((browser.statuses for browser in browsers), Counter())
    logger.info(
        "%d requests and %d writes a second; %d comments, down to level %d; done %s; "
        "moderated %s; refused %s; walks %s; answers %s; slowest %.1f s, %s",
        asked.total() / seconds,
        done.total() / seconds,
        len(ledger.posted),
        Comment.objects.aggregate(Max("level"))["level__max"],
        dict(done),
        dict(ledger.moderated),
        dict(Counter((act, status) for act, _, _, status in ledger.refused)),
        dict(walks),
        dict(asked),
        *slowest,
    )


def _deadlocks():
    """How many PostgreSQL has broken up in this database, none of which anybody may have seen."""
    if connection.vendor != "postgresql":
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return cursor.fetchone()[0]
