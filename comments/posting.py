"""WRITE: opening discussions, and what authors do with their own comments."""

import uuid
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from accounts import directory
from comments import contributions, markup, mentions, ranking, visits
from comments.admission import context_of, doors_of
from comments.models import MAX_NUMBER_LENGTH, Comment, Discussion, ModerationEntry, Revision
from comments.permissions import can_edit, edit_until, is_author, require, require_own
from comments.screening import (
    DOORS,
    EDIT_PHASES,
    PHASES,
    REASON_PHASES,
    Draft,
    RefusedError,
    screen,
)
from comments.tree import NoRoomError, NoTreeError, TreeError
from comments.turns import wait_for_turn
from comments.wording import moment_text

# What a post moves on in its discussion.
_COUNTERS = (
    "version", "arrival_count", "comment_count", "last_posted_at", "top_level_count",
    "last_tree_id",
)  # fmt: skip
# In which edits are counted (``EDITS_IN_TEN_MINUTES``).
_A_WHILE = timedelta(minutes=10)
# How often locking a discussion or a tree is tried again because somebody wrote meanwhile.
ATTEMPTS = 20


class EditedMeanwhileError(Exception):
    """The comment was changed after the form was opened; ``current`` is what it says now."""

    def __init__(self, current):
        super().__init__("This comment was changed while you were editing it.")
        self.current = current


def open_discussion(*, title, url, readable_from):
    """A new, open discussion for the page at ``url``, which can be read from a moment on.

    ``readable_from`` is None while the page cannot be read at all.
    """
    return Discussion.objects.create(title=title, url=url, readable_from=readable_from)


def follow_page(discussion, *, title, url, readable_from):
    """Follows its page to another title, address or moment. Returns False when nothing changed."""
    now = {"title": title, "url": url, "readable_from": readable_from}
    if all(getattr(discussion, name) == value for name, value in now.items()):
        return False
    for name, value in now.items():
        setattr(discussion, name, value)
    Discussion.objects.filter(pk=discussion.pk).update(version=F("version") + 1, **now)
    return True


def lock_discussion(pk):
    """Locks a discussion with all its comments; returns ``(discussion, comments)``.

    Needs a transaction. The comments' rows first, in the order of their numbers, then the
    discussion's, as every writer does; lets go of the discussion's when a comment came in
    meanwhile, and locks that one first. Raises ``OperationalError`` if readers keep posting
    faster than it can lock.
    """
    comments = Comment.objects.filter(discussion_id=pk).order_by("pk")
    present = []
    for _ in range(ATTEMPTS):
        present = comments.lock_in_order(present)
        savepoint = transaction.savepoint()
        discussion = Discussion.objects.select_for_update(no_key=True).get(pk=pk)
        if comments.count() == len(present):
            transaction.savepoint_commit(savepoint)
            return discussion, present
        transaction.savepoint_rollback(savepoint)
    raise OperationalError(f"discussion {pk} is too busy to be locked as a whole; try again")


def number_under(parent_number, position):
    """``2.1`` and 3 give ``2.1.3``; what would be too long keeps its last parts."""
    number = f"{parent_number}.{position}" if parent_number else str(position)
    while len(number) > MAX_NUMBER_LENGTH:
        number = "…" + number.lstrip("…").split(".", 1)[1]
    return number


def post_comment(*, by, discussion, parent=None, text, submission_key=None):
    """Posts ``text`` in ``discussion``, under ``parent`` or at the top level.

    Raises ``PermissionDenied`` for somebody not signed in and ``RefusedError`` with a verdict;
    both leave the database as it was. The same form (``submission_key``, a UUID) with the
    same text makes one comment: the second call returns the first one's. Sent again with
    other words, as from a page that was gone back to, it is another comment.

    One transaction. Waits for another post of the same person (an advisory lock, no row's),
    locks the parent's row and then the discussion's, whose counters and thread move on. Where
    the parent has no room left, its whole tree is locked and spread out, once.
    """
    require(by.is_authenticated, "Sign in to comment.")
    text = _tidy(text)
    if submission_key is not None:
        place = f"{discussion.pk}/{parent.pk if parent else ''}"
        submission_key = uuid.uuid5(submission_key, f"{place}/{text}")
    html = _as_html(text)
    with transaction.atomic():
        wait_for_turn(by)
        done = Comment.objects.filter(author_id=by.pk, submission_key=submission_key)
        if submission_key is not None and (twin := done.first()) is not None:
            return twin
        try:
            with transaction.atomic():
                return _insert(by, discussion, parent, text, html, submission_key)
        except NoRoomError:
            # Rolled back to the savepoint, so no row is locked when the tree is.
            _make_room(parent)
            return _insert(by, discussion, parent, text, html, submission_key)


def _make_room(parent):
    """Spreads the parent's tree out, by the number that it has now: an import may change it."""
    for _ in range(ATTEMPTS):
        tree_id = Comment.objects.values_list("tree_id", flat=True).get(pk=parent.pk)
        try:
            with transaction.atomic():
                return Comment.objects.respread(tree_id)
        except NoTreeError:
            continue
    raise OperationalError(f"the tree of comment {parent.pk} does not stand still; try again")


def _as_html(text):
    """``text`` as readers are shown it, with links to whom it mentions.

    Asked before anything is locked: nobody waits while a long text is read. One query at most.
    """
    called = directory.people_called(mentions.candidates(markup.legible(text)))
    return markup.render_markdown(text, called)


def _insert(by, discussion, parent, text, html, submission_key):
    if parent is not None:
        parent = Comment.objects.select_for_update(no_key=True).get(pk=parent.pk)
        if parent.discussion_id != discussion.pk:
            raise TreeError("The comment that is answered belongs to another discussion.")
    discussion = Discussion.objects.get(pk=discussion.pk)
    now = timezone.now()
    context = _context(by, discussion, now, parent_is_visible=parent is None or parent.is_visible)
    _screen(text, context, PHASES)
    discussion = ranking.lock(discussion.pk)
    # It may have been closed, or its page taken down, while this waited for its turn.
    _screen(text, replace(context, **doors_of(discussion, now)), DOORS)
    position = discussion.top_level_count + 1 if parent is None else parent.reply_count + 1
    discussion.version += 1
    discussion.arrival_count += 1
    discussion.comment_count += 1
    discussion.last_posted_at = now
    comment = Comment(
        discussion=discussion,
        author=by,
        position=position,
        number=number_under("" if parent is None else parent.number, position),
        arrival=discussion.arrival_count,
        posted_at=now,
        text=text,
        html=html,
        submission_key=submission_key,
    )
    Comment.objects.insert_node(comment, parent, save=True)
    if parent is None:
        discussion.top_level_count = position
        discussion.last_tree_id = comment.tree_id
    discussion.save(update_fields=_COUNTERS)
    if parent is None:
        ranking.begin_thread(discussion, comment)
    else:
        ranking.move_thread(discussion, comment.tree_id, size=1, visible_replies=1)
    visits.note_own(by, comment)
    return comment


def _context(by, discussion, now, **known):
    return context_of(
        by,
        discussion,
        now,
        posted_last_minute=contributions.recent_posts(
            by, since=now - timedelta(minutes=1), at_most=settings.COMMENTS_PER_MINUTE
        ),
        posts_a_minute=settings.COMMENTS_PER_MINUTE,
        **known,
    )


def _screen(text, context, phases):
    verdict = screen(Draft(text), context, phases)
    if verdict is not None:
        raise RefusedError(verdict)


def _tidy(text):
    """Line ends as they are stored; blank lines around the text are nobody's words."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()


def edit_comment(*, by, comment, text, seen_revision):
    """Replaces the text of the author's own comment and marks it as edited.

    Returns the comment, or False when the text is what it was. Raises ``PermissionDenied``,
    ``RefusedError`` (when the time for it is over, or too much was edited lately, too), and
    ``EditedMeanwhileError`` when ``seen_revision`` is not the current one. One transaction.
    Waits for what else the same person does (an advisory lock), locks the comment's row, then
    the discussion's. What it said before is kept as a version, and in the log.
    """
    html = _as_html(_tidy(text))
    with transaction.atomic():
        wait_for_turn(by)
        comment = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        require_own(by, comment, "edit")
        discussion = Discussion.objects.get(pk=comment.discussion_id)
        now = timezone.now()
        known = {
            "is_editable": can_edit(by, comment, now),
            "edit_until_text": moment_text(edit_until(by, comment.posted_at, now)),
            "edited_lately": contributions.recent_edits(by, since=now - _A_WHILE),
            "edits_in_a_while": settings.EDITS_IN_TEN_MINUTES,
        }
        _screen(text, _context(by, discussion, now, **known), EDIT_PHASES)
        if comment.revision != seen_revision:
            raise EditedMeanwhileError(comment)
        text = _tidy(text)
        if text == _tidy(comment.markdown):
            return False
        before = {"text": comment.text, "blocks": comment.blocks, "revision": comment.revision}
        Revision.objects.create(
            comment=comment,
            number=comment.revision,
            text=comment.text,
            blocks=comment.blocks,
            written_at=comment.edited_at or comment.posted_at,
        )
        comment.text = text
        # What an author edits here becomes a comment of this portal, Markdown and all.
        comment.blocks = None
        comment.html = html
        comment.edited_at = now
        comment.revision += 1
        comment.save(update_fields=["text", "blocks", "html", "edited_at", "revision"])
        ModerationEntry.objects.create(
            by=by,
            act=ModerationEntry.Act.EDIT,
            comment=comment,
            discussion=discussion,
            before=before,
            after={"text": text, "revision": comment.revision},
        )
        ranking.touch_discussion(discussion.pk)
        return comment


def withdraw_comment(*, by, comment, reason=""):
    """Takes the author's own comment away; a tombstone keeps its place and its replies.

    The tombstone says ``reason``, if there is one. Returns the comment, or False when it was
    withdrawn already. Raises ``PermissionDenied``, and ``RefusedError`` for a reason that
    cannot be shown. One transaction; locks the comment's row, then the discussion's. The text
    stays in the row for moderators.
    """
    reason = markup.one_line(reason)
    with transaction.atomic():
        comment = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        if is_author(by, comment) and comment.state == Comment.State.WITHDRAWN:
            return False
        require_own(by, comment, "withdraw")
        if reason:
            discussion = Discussion.objects.get(pk=comment.discussion_id)
            _screen(reason, _context(by, discussion, timezone.now()), REASON_PHASES)
        comment.state = Comment.State.WITHDRAWN
        comment.state_reason = reason
        comment.revision += 1
        comment.save(update_fields=["state", "state_reason", "revision"])
        ModerationEntry.objects.create(
            by=by,
            act=ModerationEntry.Act.WITHDRAW,
            comment=comment,
            discussion_id=comment.discussion_id,
            reason=reason,
            before={"state": Comment.State.VISIBLE},
            after={"state": Comment.State.WITHDRAWN},
        )
        ranking.touch_discussion(comment.discussion_id, visible=-1, comment=comment)
        return comment
