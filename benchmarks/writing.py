"""What a reply, a vote and an edit cost in a discussion of 100,000 comments, against one of ten."""

import random

from django.conf import settings
from django.test import Client

from benchmarks import newsroom
from benchmarks.measure import compare, fastest, interleave, settle
from comments import posting, voting
from comments.models import Comment

TINY = 10
WRITES, ROUNDS = 5, 60
# The issue's.
LIMIT = 1.5
# Of the large discussion, comments that are answered and voted on.
SAMPLE = 1_000


def claims(large, crowd):
    """``large`` is a ``forest.Tree``; the tiny ones are made here, for each write its own."""
    writing = _Writing(large, crowd)
    settle()
    for name, prepare in (
        ("reply", writing.reply),
        ("reply, the whole request", writing.request),
        ("vote on a reply", writing.vote_on_reply),
        ("vote on a top-level comment", writing.vote_on_thread),
        ("edit", writing.edit),
    ):
        yield writing.compare(name, prepare)


class _Writing:
    """Each call prepares a write, which is then what is measured."""

    def __init__(self, large, crowd):
        self.dice = random.Random(newsroom.SEED)
        # Those who write have not written before: posting has its limit.
        self.people = newsroom.make_crowd("writer")
        self.of = f"{large.size:,}"
        chosen = self.dice.sample(large.ids, SAMPLE)
        self.large = self._read(chosen)
        # None of them is written to twice, for it would not stay tiny.
        self.tiny = []
        for _ in range(WRITES * ROUNDS):
            discussion = newsroom.open_discussion()
            ids = newsroom.fill(discussion, TINY, crowd, newsroom.any_earlier)
            self.tiny.append(self._read(ids))

    def _read(self, ids):
        """Comments as a view has them."""
        return list(Comment.objects.filter(pk__in=ids).select_related("discussion").order_by("pk"))

    def compare(self, name, prepare):
        calls = {
            self.of: lambda: prepare(self.large),
            f"{TINY}": lambda: prepare(self.tiny.pop()),
        }
        taken = {of: [fastest(seconds)] for of, seconds in interleave(ROUNDS, **calls).items()}
        return compare(name, taken, of=self.of, to=f"{TINY}", limit=LIMIT)

    def _post(self, comments):
        by, parent = next(self.people), self.dice.choice(comments)
        text = newsroom.sentence(self.dice)
        return lambda: posting.post_comment(
            by=by, discussion=parent.discussion, parent=parent, text=text
        )

    reply = _post

    def request(self, comments):
        parent, text = self.dice.choice(comments), newsroom.sentence(self.dice)
        client = Client()
        client.force_login(next(self.people), backend=settings.AUTHENTICATION_BACKENDS[0])

        def send():
            answer = client.post(f"/comments/{parent.pk}/reply/", {"text": text})
            assert answer.status_code == 302, answer.status_code

        return send

    def vote_on_reply(self, comments):
        return self._vote([each for each in comments if each.parent_id is not None])

    def vote_on_thread(self, comments):
        return self._vote([each for each in comments if each.parent_id is None])

    def _vote(self, comments):
        by, comment = next(self.people), self.dice.choice(comments)

        def vote():
            assert voting.agree(by=by, comment=comment)

        return vote

    def edit(self, comments):
        """Of a comment just posted: later it cannot be changed."""
        comment, text = self._post(comments)(), newsroom.sentence(self.dice)

        def edit():
            assert posting.edit_comment(
                by=comment.author, comment=comment, text=text, seen_revision=1
            )

        return edit
