"""An article with more talk under it than one page holds, deep as well as wide."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from articles import publishing
from articles.models import Article
from comments import bulk
from comments.models import Comment

TITLE = "The village decides about the bus stop"
# Down the first branch, and side by side behind it: what does not fit goes on elsewhere.
DEEP = 40
WIDE = 200
# More than stand on one page.
THREADS = 30
WORDS = (
    "The old one was fine.",
    "A roof would be good, for it *does* rain here, and `07:40` is early.",
    "Who pays? See [the minutes](https://example.org/minutes).\n\n- the village\n- the county",
    "> Who pays?\n\nAll of us, and for a good many years, if what I read is right.",
)


@dataclass
class Talk:
    """The article, its long thread's first comment, and all top-level ones in their order.

    ``edited`` is one that was edited, where a test has had it so.
    """

    article: Article
    long: Comment
    roots: list[Comment]
    edited: Comment | None = None

    @property
    def url(self):
        return self.article.get_absolute_url()

    def reply(self, number):
        """The direct reply number so many to the long thread's first comment."""
        return Comment.objects.get(parent=self.long, position=number)


def publish(edition):
    """The first thread has ``1 + DEEP + WIDE`` comments, each of the others one or two."""
    now = timezone.now()
    article = publishing.create_article(
        section=edition.article.section,
        title=TITLE,
        blocks=[{"type": "paragraph", "text": "It was a long evening."}],
        status="published",
        published_at=now - timedelta(hours=2),
        authors=[edition.ada],
    )
    people = [edition.ada, edition.ben, edition.moderator]
    made = 0

    def say():
        nonlocal made
        made += 1
        return bulk.BulkComment(
            author_id=people[made % len(people)].pk,
            posted_at=now - timedelta(minutes=90) + timedelta(seconds=made),
            blocks=[
                {"type": "text", "text": f"{WORDS[made % len(WORDS)]}\n\nThis was word {made}."}
            ],
        )

    long = say()
    last = long
    for _ in range(DEEP):
        last.children.append(say())
        last = last.children[0]
    long.children += [say() for _ in range(WIDE)]
    threads = [long]
    for number in range(1, THREADS):
        threads.append(say())
        if number % 2:
            threads[-1].children.append(say())
    with transaction.atomic():
        bulk.merge(article.discussion, threads)
    roots = list(Comment.objects.filter(discussion=article.discussion, level=0).order_by("tree_id"))
    return Talk(article=article, long=roots[0], roots=roots)
