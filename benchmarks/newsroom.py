"""Made-up people, discussions and saved pages; the same ones in every run."""

import random
import re
from datetime import UTC, datetime, timedelta
from itertools import count, cycle

from django.db import transaction
from django.utils import timezone

from accounts import membership
from articles import publishing, sections
from articles.models import Article
from comments import bulk, hosting, posting

SEED = 20260108
# A crowd in which nobody posts often enough for the flood check to stop the measurement.
CROWD = 3_000
# What share of the comments of a wild discussion are top-level ones.
BEGIN_ANEW = 0.18
FIRST_DAY = datetime(2022, 1, 8, 10, 28, tzinfo=UTC)
WORDS = re.findall(
    r"\w+",
    "council budget river bridge vote harbour storm teacher clinic tariff quarry orchard signal "
    "meadow ferry ledger archive lantern glacier treaty referee midfield virus telescope market "
    "pension tram mayor witness petition inquest harvest drought census ballot",
)

_numbers = count(1)


def make_crowd(name):
    """An endless round of people who may post; each ``name`` is a crowd of its own."""
    names = {f"{name} {number}": None for number in range(CROWD)}
    return cycle(membership.import_people(names).values())


def sentence(dice, words=24):
    return " ".join(dice.choice(WORDS) for _ in range(words)).capitalize() + "."


def open_discussion():
    number = next(_numbers)
    return hosting.open_discussion(
        title=f"Discussion {number}", url=f"/articles/none-{number}/", readable_from=FIRST_DAY
    )


def make_article(title="A page to measure"):
    """A published article of eight paragraphs."""
    dice = random.Random(SEED)
    return publishing.create_article(
        section=sections.open_section("Economy"),
        title=f"{title} {next(_numbers)}",
        blocks=[{"type": "paragraph", "text": sentence(dice, 60)} for _ in range(8)],
        status="published",
        published_at=FIRST_DAY,
    )


def any_earlier(dice, number):
    """A random tree: under any of the earlier comments. One thread."""
    return dice.randrange(number)


def the_first(dice, number):
    return 0


def nobody(dice, number):
    return None


def the_last(dice, number):
    """A chain: everybody answers the last word."""
    return number - 1


def wild(dice, number):
    """A discussion as readers make it: many begin anew, the others answer anybody before them."""
    return None if dice.random() < BEGIN_ANEW else dice.randrange(number)


def fill(discussion, size, crowd, under=any_earlier):
    """Brings ``size`` comments into ``discussion`` the importers' way; ``under`` shapes the tree.

    ``under(dice, number)`` gives the number of the parent of comment ``number``, or None.
    Returns their ids in the order in which they were made.
    """
    dice = random.Random(SEED)
    made, top = [], []
    for number in range(size):
        comment = bulk.BulkComment(
            author_id=next(crowd).pk,
            posted_at=FIRST_DAY + timedelta(minutes=number),
            blocks=[{"type": "text", "text": sentence(dice)}],
        )
        parent = under(dice, number) if number else None
        (top if parent is None else made[parent].children).append(comment)
        made.append(comment)
    with transaction.atomic():
        bulk.merge(discussion, top)
    return [comment.pk for comment in made]


def pages_to_judge(comments):
    """The opening edition's front page, an article with a lead picture and so many comments, and
    its section: ``{what it is: path}``."""
    article = Article.objects.filter(lead_picture__isnull=False).newest_first().first()
    missing = comments - article.discussion.comment_count
    if missing > 0:
        fill(article.discussion, missing, make_crowd("judge"), wild)
    return {
        "front page": "/",
        "article": article.get_absolute_url(),
        "section": article.section.get_absolute_url(),
    }


def grow(discussion, size, crowd, under=any_earlier):
    """The same tree, posted comment by comment as readers do. Returns the comments."""
    dice = random.Random(SEED)
    made = []
    for number in range(size):
        parent = under(dice, number) if number else None
        made.append(
            posting.post_comment(
                by=next(crowd),
                discussion=discussion,
                parent=None if parent is None else made[parent],
                text=sentence(dice),
            )
        )
    return made


def write_page(size, people=400):
    """A saved page with ``size`` comments of ``people`` people in one random tree after another.

    Every fifth comment quotes the one that it answers, every tenth person gives a real name.
    Returns the text and the number of levels.
    """
    dice = random.Random(SEED + size)
    parents, replies, words = [], {}, []
    for number in range(size):
        # A new thread now and then; the others answer anybody who spoke before.
        parent = None if number % 50 == 0 else dice.randrange(number)
        parents.append(parent)
        replies.setdefault(parent, []).append(number)
        words.append(sentence(dice, dice.randrange(5, 45)))
    # The title makes every page an article of its own.
    lines = [f"A generated page {next(_numbers)}, saved {timezone.now():%H:%M:%S}", ""]
    for _ in range(8):
        lines += [sentence(dice, 60), ""]
    lines.append("Dear reader, to leave comments on the publication, you must sign in.")
    deepest = 0
    stack = [(number, at, 0) for at, number in enumerate(replies[None], 1)][::-1]
    while stack:
        number, at, level = stack.pop()
        deepest = max(deepest, level)
        lines += _comment_lines(number, at, level, parents[number], words, people)
        stack += [(reply, i, level + 1) for i, reply in enumerate(replies.get(number, ()), 1)][::-1]
    return "\n".join(lines) + "\n", deepest + 1


def _comment_lines(number, at, level, parent, words, people):
    person = number * 7 % people
    handle = f"person{person}"
    name = f" (Real Name {person})" if person % 10 == 0 else ""
    posted = FIRST_DAY + timedelta(minutes=number)
    lead = "  " * level
    yield f"{lead}  {at}. {handle} Offline {handle}"
    yield f"{lead}    {handle}{name} {posted.day} {posted:%B %Y %H}: {posted:%M}"
    if parent is not None and number % 5 == 0:
        yield f"{lead}    Quote: person{parent * 7 % people}"
        yield f"{lead}    {words[parent]}"
        yield ""
    yield f"{lead}    {words[number]}"
