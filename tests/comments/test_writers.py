"""Many writers at once: over HTTP against the real server, and in threads at the write functions.

What is proved is the outcome, which does not depend on who was first: nothing lost, nothing
twice, every tree sound, no deadlock on PostgreSQL and no locked database on SQLite.
"""

import random
import re
import threading
import uuid
from collections import Counter

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts import membership
from comments import bulk, moderation, posting, threads
from comments.models import Comment, Discussion, ModerationEntry, Revision
from comments.tree import CommentManager
from tests.comments.crowd import Browser, serving, session_of, sound, together

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8
REPLIES_EACH = 40


@pytest.fixture
def writers(make_person):
    return [make_person(f"Writer {number}") for number in range(WRITERS)]


@pytest.fixture
def root(reader, post):
    return post(reader, "Who was there?")


def leave_no_room(comment):
    """Takes all that ``comment`` has left to give, as ever more replies would."""
    Comment.objects.filter(pk=comment.pk).update(free_from=comment.rght)


@pytest.fixture
def respreads(monkeypatch):
    """The trees that were spread out, one entry each time."""
    spread_out = []
    respread = CommentManager.respread

    def counted(manager, tree_id):
        spread_out.append(tree_id)
        return respread(manager, tree_id)

    monkeypatch.setattr(CommentManager, "respread", counted)
    return spread_out


@pytest.fixture
def address(transactional_db, tmp_path):
    """``127.0.0.1:PORT`` of a server with the test's own database."""
    with serving(tmp_path) as served:
        yield served


class Thread:
    """What the writers know of the thread that they write in, and what they were promised."""

    def __init__(self, root):
        self.root = root
        self.accepted = {}
        self.known = [root.pk]
        self.lock = threading.Lock()
        self.going_on = threading.Event()

    def any_comment(self, dice):
        """Mostly one of the last, as people do, so that the thread grows deep as well as wide."""
        with self.lock:
            return dice.choice(self.known[-10:] if dice.random() < 0.7 else self.known)

    def accept(self, pk, author, parent, text):
        with self.lock:
            assert pk not in self.accepted, "two posts were told that they are this comment"
            self.accepted[pk] = (author, parent, text)
            self.known.append(pk)


def _write(browser, author, number, thread):
    dice = random.Random(number)
    for turn in range(REPLIES_EACH):
        parent = thread.any_comment(dice)
        path = f"/comments/{parent}/reply/"
        text = f"Reply {turn} of writer {number}."
        form = browser.open_form(path) | {"text": text}
        status, location, _ = browser.ask("POST", path, form)
        assert (status, "#c" in location) == (302, True), (path, status, location)
        thread.accept(int(location.rpartition("#c")[2]), author.pk, parent, text)
        if turn % 10 == 0:
            # A reload of what the first POST answered: sent again, word for word.
            # Others have written since, so the page that shows it may be another one.
            status, again, _ = browser.ask("POST", path, form)
            assert (status, again.rpartition("#")[2]) == (302, location.rpartition("#")[2])


def _read(browser, number, thread):
    """Reads until the writers are done; returns how many pages it saw."""
    dice = random.Random(number)
    pages = 0
    while thread.going_on.is_set() or not pages:
        status, _, page = browser.ask("GET", f"/comments/{thread.root.pk}/thread/")
        assert status == 200
        shown = re.findall(r'<article class="comment[^"]*" id="c(\d+)"', page)
        assert shown[0] == str(thread.root.pk)
        assert len(shown) == len(set(shown))
        pk = thread.any_comment(dice)
        status, _, page = browser.ask("GET", f"/comments/{pk}/")
        assert (status, f'is-target" id="c{pk}"' in page) == (200, True)
        pages += 1
    return pages


# Never beside the other test that keeps a server and both cores busy.
@pytest.mark.xdist_group("crowd")
def test_eight_writers_over_http(address, writers, reader, root, sign_in, discussion):
    """8 writers x 40 replies in one thread, two of them deep in it, while others read."""
    leave_no_room(root)
    thread = Thread(root)
    thread.going_on.set()

    browsers = [Browser(address, session_of(sign_in(person))) for person in writers]
    readers = [Browser(address), Browser(address, session_of(sign_in(reader)))]

    def write_all():
        try:
            together(
                *(
                    lambda number=number: _write(browsers[number], writers[number], number, thread)
                    for number in range(WRITERS)
                )
            )
        finally:
            thread.going_on.clear()

    try:
        _, *pages = together(
            write_all,
            *(
                lambda number=number: _read(readers[number], number, thread)
                for number in range(len(readers))
            ),
        )
    finally:
        for browser in (*browsers, *readers):
            browser.close()
    assert min(pages) > 0
    assert len(thread.accepted) == WRITERS * REPLIES_EACH
    stored = Comment.objects.filter(discussion=discussion).exclude(pk=root.pk)
    assert {
        pk: (author, parent, text)
        for pk, author, parent, text in stored.values_list("pk", "author_id", "parent_id", "text")
    } == thread.accepted
    assert set(stored.values_list("tree_id", flat=True)) == {root.tree_id}
    sound(discussion)


def test_replies_to_one_comment_at_once(writers, root, discussion):
    each = 10

    def reply(person):
        return lambda: [
            posting.post_comment(by=person, discussion=discussion, parent=root, text=f"{turn}")
            for turn in range(each)
        ]

    posted = together(*map(reply, writers))
    stored = Comment.objects.filter(parent=root)
    assert {comment.pk for made in posted for comment in made} == {each.pk for each in stored}
    assert sorted(stored.values_list("position", flat=True)) == list(range(1, WRITERS * each + 1))
    for person in writers:
        # Each writer's own stand in the order in which they were written.
        own = stored.filter(author=person).order_by("lft").values_list("text", flat=True)
        assert list(own) == [str(turn) for turn in range(each)]
    sound(discussion)


def test_top_level_comments_at_once(writers, discussion):
    each = 10

    def write(person):
        return lambda: [
            posting.post_comment(by=person, discussion=discussion, text="Here!")
            for _ in range(each)
        ]

    together(*map(write, writers))
    stored = Comment.objects.filter(discussion=discussion)
    numbers = stored.in_display_order().values_list("number", flat=True)
    assert list(numbers) == [str(number) for number in range(1, WRITERS * each + 1)]
    sound(discussion)


def test_a_full_tree_is_spread_out_while_others_write_in_it(writers, root, discussion, respreads):
    """Every round finds no room at all: some at the root, some down their own chain."""
    last = {person.pk: root for person in writers}

    def reply(index, person):
        parent = root if index % 2 else last[person.pk]

        def write():
            for _ in range(2):
                last[person.pk] = posting.post_comment(
                    by=person, discussion=discussion, parent=parent, text="No room?"
                )

        return write

    rounds = 6
    for _ in range(rounds):
        for parent in (root, *last.values()):
            leave_no_room(Comment.objects.get(pk=parent.pk))
        together(*(reply(index, person) for index, person in enumerate(writers)))
    assert Comment.objects.filter(discussion=discussion).count() == 1 + rounds * 2 * WRITERS
    assert set(respreads) == {root.tree_id}
    # Who waited for somebody else's spreading may spread again, but never twice for one reply.
    assert rounds <= len(respreads) <= rounds * 2 * WRITERS
    sound(discussion)


def test_chains_that_fill_up_at_once(writers, root, discussion, respreads):
    """Each writer answers their own last word, down to where numbers run out by themselves."""
    depth = 70

    def go_down(person):
        def write():
            parent = root
            for _ in range(depth):
                parent = posting.post_comment(
                    by=person, discussion=discussion, parent=parent, text="And another thing."
                )

        return write

    together(*map(go_down, writers[:4]))
    assert Comment.objects.filter(discussion=discussion).count() == 1 + 4 * depth
    assert Comment.objects.filter(discussion=discussion, level=depth).count() == 4
    assert respreads
    sound(discussion)


@pytest.mark.parametrize("where", ["top", "reply", "full"])
def test_one_submission_from_many_windows(where, reader, root, discussion):
    key = uuid.uuid4()
    if where == "full":
        leave_no_room(root)

    def send():
        return posting.post_comment(
            by=reader,
            discussion=discussion,
            parent=None if where == "top" else root,
            text="Once.",
            submission_key=key,
        )

    posted = together(*[send] * WRITERS)
    assert len({comment.pk for comment in posted}) == 1
    assert Comment.objects.filter(text="Once.").count() == 1
    sound(discussion)


def test_one_submission_under_three_parents(reader, root, post, discussion):
    """The same words with one key are one comment at each place they were sent to."""
    key = uuid.uuid4()
    other = post(reader, "Another")

    def send(parent):
        return lambda: posting.post_comment(
            by=reader, discussion=discussion, parent=parent, text="Once.", submission_key=key
        )

    posted = together(*[send(root), send(other), send(None)] * 3)
    assert len({comment.pk for comment in posted}) == 3
    assert Comment.objects.filter(text="Once.").count() == 3
    sound(discussion)


def test_hiding_many_while_others_answer_them(writers, moderator, root, post, discussion):
    """Hidden and restored in both orders; a reply is posted or its writer is told why not."""
    talk = [post(person, "Hm.", parent=root) for person in writers for _ in range(3)]

    def answer(person, seed):
        dice = random.Random(seed)

        def write():
            refused = 0
            for _ in range(15):
                try:
                    posting.post_comment(
                        by=person, discussion=discussion, parent=dice.choice(talk), text="No."
                    )
                except posting.RefusedError as error:
                    if error.verdict.phase != "gone_parent":
                        raise
                    refused += 1
            return refused

        return write

    def moderate(comments):
        def turn():
            for _ in range(6):
                moderation.hide_all(by=moderator, comments=comments, reason="Off topic")
                moderation.restore_all(by=moderator, comments=comments, reason="Mistaken")
            return 0

        return turn

    refused = together(
        moderate(talk),
        moderate(talk[::-1]),
        *(answer(person, seed) for seed, person in enumerate(writers[:6])),
    )
    moderation.restore_all(by=moderator, comments=talk, reason="Done")
    posted = Comment.objects.filter(discussion=discussion, text="No.").count()
    assert posted == 6 * 15 - sum(refused)
    visible = Comment.objects.filter(discussion=discussion, state=Comment.State.VISIBLE).count()
    assert visible == 1 + len(talk) + posted
    acts = Counter(ModerationEntry.objects.values_list("act", flat=True))
    assert acts["hide"] == acts["restore"]
    sound(discussion)


def test_edits_against_withdrawals(reader, root, post, discussion):
    comments = [post(reader, "First", parent=root) for _ in range(20)]

    def edit(text):
        def write():
            saved = 0
            for comment in comments:
                try:
                    saved += bool(
                        posting.edit_comment(by=reader, comment=comment, text=text, seen_revision=1)
                    )
                except (posting.EditedMeanwhileError, PermissionDenied):
                    continue
            return saved

        return write

    def withdraw():
        return sum(
            bool(posting.withdraw_comment(by=reader, comment=comment))
            for comment in reversed(comments)
        )

    *saved, first, second = together(edit("A"), edit("B"), edit("C"), withdraw, withdraw)
    assert first + second == len(comments)
    assert not Comment.objects.filter(parent=root, state=Comment.State.VISIBLE).exists()
    entries = Counter(ModerationEntry.objects.values_list("act", flat=True))
    assert entries["withdraw"] == len(comments)
    assert entries.get("edit", 0) == sum(saved) == Revision.objects.count()
    # Nobody overwrote what they had not seen: at most one edit each.
    assert set(ModerationEntry.objects.filter(act="edit").values_list("after__revision")) <= {(2,)}
    assert Discussion.objects.get(pk=discussion.pk).comment_count == 1
    sound(discussion)


def test_closing_while_others_write(writers, moderator, root, discussion):
    """Whatever was accepted is there; nothing is accepted by a discussion that is closed."""

    def write(person):
        def post():
            accepted = 0
            for turn in range(10):
                try:
                    posting.post_comment(
                        by=person,
                        discussion=discussion,
                        parent=root if turn % 2 else None,
                        text="Quick.",
                    )
                    accepted += 1
                except posting.RefusedError as error:
                    if error.verdict.phase != "closed":
                        raise
            return accepted

        return post

    def close():
        moderation.close(by=moderator, discussion=discussion, reason="Night")
        closed_with = Comment.objects.filter(discussion=discussion).count()
        return -closed_with

    *accepted, closed_with = together(*map(write, writers), close)
    assert sum(accepted) + 1 == Comment.objects.filter(discussion=discussion).count()
    assert sum(accepted) + 1 == -closed_with
    sound(discussion)


def _page(authors, posted_at, size):
    """A saved page's thread: ``size`` comments, each under one of those before it."""
    dice = random.Random(3)
    comments = []
    top = []
    for number in range(size):
        comment = bulk.BulkComment(
            author_id=authors[number % len(authors)].pk,
            posted_at=posted_at,
            blocks=[{"type": "text", "text": f"Saved words {number}."}],
        )
        parent = dice.choice([None, *comments])
        (parent.children if parent else top).append(comment)
        comments.append(comment)
    return top


def test_repairing_while_others_write(writers, root, discussion):
    """A reply that is posted while the repair waits for its rows is not left out of it."""

    def write(person, seed):
        dice = random.Random(seed)

        def post():
            known = [None, root]
            for _ in range(20):
                parent = dice.choice(known)
                comment = posting.post_comment(
                    by=person, discussion=discussion, parent=parent, text="Hm."
                )
                known.append(comment)

        return post

    def repair():
        for _ in range(5):
            threads.repair(discussion)

    together(repair, *(write(person, seed) for seed, person in enumerate(writers[:6])))
    assert Comment.objects.filter(discussion=discussion).count() == 1 + 6 * 20
    sound(discussion)


def test_imports_and_moderators_among_the_writers(writers, moderator, reader, root, discussion):
    """Everything that writes here, at once, in one discussion."""
    people = list(membership.import_people({f"Saved {n}": None for n in range(5)}).values())
    posted_at = timezone.now()
    own = [
        posting.post_comment(by=reader, discussion=discussion, parent=root, text=f"Mine {n}")
        for n in range(8)
    ]

    def merge():
        for size in (40, 80):
            with transaction.atomic():
                bulk.merge(discussion, _page(people, posted_at, size))

    def write(person, seed):
        dice = random.Random(seed)

        def post():
            known, accepted = [None, root], 0
            for _ in range(20):
                comment = posting.post_comment(
                    by=person, discussion=discussion, parent=dice.choice(known), text="Me too."
                )
                known.append(comment)
                accepted += 1
            return accepted

        return post

    def moderate():
        for _ in range(3):
            moderation.hide_all(by=moderator, comments=own[::2], reason="Off topic")
            moderation.restore_all(by=moderator, comments=own[::2], reason="Mistaken")

    def rewrite():
        for comment in own[1::2]:
            posting.edit_comment(by=reader, comment=comment, text="Better", seen_revision=1)
            posting.withdraw_comment(by=reader, comment=comment)

    _, _, _, *accepted = together(
        merge,
        moderate,
        rewrite,
        *(write(person, seed) for seed, person in enumerate(writers[:4])),
    )
    comments = Comment.objects.filter(discussion=discussion)
    assert accepted == [20] * 4
    assert comments.filter(is_imported=True).count() == 80
    assert comments.filter(is_imported=False).count() == 1 + len(own) + 4 * 20
    sound(discussion)


def test_the_limit_holds_for_somebody_with_many_windows(reader, make_person, post, settings):
    # Newcomers have half of it.
    settings.COMMENTS_PER_MINUTE = 12
    others = make_person()
    parents = [post(others, f"Place {number}") for number in range(6)]
    parents += [post(make_person(), f"Place {number}") for number in range(6)]

    def send(parent):
        def job():
            try:
                return post(reader, "Everywhere at once.", parent=parent)
            except posting.RefusedError as refused:
                return refused.verdict.status

        return job

    answers = together(*[send(parent) for parent in parents])
    assert answers.count(429) == 6
    assert Comment.objects.filter(author=reader).count() == 6


def test_repair_waits_for_a_reply_that_is_being_written(reader, root, post, discussion):
    """Replies come in while every tree is worked out anew: none is lost, none misplaced."""
    replies = [lambda: post(reader, "Meanwhile", parent=root) for _ in range(12)]
    repairs = [lambda: threads.repair(discussion)] * 3
    together(*replies, *repairs)
    assert Comment.objects.filter(text="Meanwhile").count() == 12
    sound(discussion)
