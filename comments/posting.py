"""WRITE: opening discussions, and what authors do with their own comments."""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import directory
from accounts.barriers import is_address_barred
from accounts.statements import Change, Insertion, Statement
from accounts.together import asked_together, write_together
from comments import (
    contributions,
    decisions,
    markup,
    mentions,
    network,
    outside,
    ranking,
    rules,
    search_index,
    standing,
    visits,
)
from comments.admission import asking_context, context_of, doors_of, habits_of, watch_of
from comments.holding import hold_comment
from comments.links import hosts_linked
from comments.locking import asking_discussion, discussion_now, lock_comment
from comments.models import (
    Comment,
    Discussion,
    HeldComment,
    ModerationEntry,
    Revision,
    Thread,
)
from comments.numbering import ATTEMPTS, make_room, number_under
from comments.permissions import is_author, require, require_own
from comments.screening import (
    DOORS,
    EDIT_PHASES,
    REASON_PHASES,
    TEXT_PHASES,
    Context,
    Draft,
    RefusedError,
    judge,
    screen,
)
from comments.standing import known_of
from comments.tree import NoRoomError, TreeError
from comments.turns import wait_for_turn
from comments.wording import moment_text

# What a post moves on in its discussion.
_COUNTERS = (
    "version", "arrival_count", "comment_count", "last_posted_at", "top_level_count",
    "last_tree_id",
)  # fmt: skip
_COUNTED = Change(lambda *, pk, **counters: (Discussion.objects.filter(pk=pk), counters))
_INSERTED = Insertion(Comment)
_REPLIED = Change(lambda *, pk, **numbers: (Comment.objects.filter(pk=pk), numbers))
# In which edits are counted (``EDITS_IN_TEN_MINUTES``).
_A_WHILE = timedelta(minutes=10)


class EditedMeanwhileError(Exception):
    """The comment was changed after the form was opened; ``current`` is what it says now."""

    def __init__(self, current):
        super().__init__(_("This comment was changed while you were editing it."))
        self.current = current


def post_comment(
    *, by, discussion, parent=None, text, submission_key=None, address="", as_it_is=True
):
    """Posts ``text`` in ``discussion``, under ``parent`` or at the top level.

    Returns the ``Comment``, or a ``HeldComment`` where it waits for a moderator. Raises
    ``PermissionDenied`` for somebody not signed in and ``RefusedError`` with a verdict; both
    leave the database as it was. ``address`` is where it came from, for the limit on it. Unless
    ``as_it_is``, what would be held for its words is refused once, so that it can be reworded.
    The same form (``submission_key``, a UUID) with the
    same text makes one comment: the second call returns the first one's. Sent again with
    other words, as from a page that was gone back to, it is another comment.

    One transaction. Waits for another post of the same person (an advisory lock, no row's),
    locks the parent's row and then the discussion's, whose counters and thread move on. Where
    the parent has no room left, nothing is written, its whole tree is locked and spread out in a
    transaction of its own, and the post begins anew.
    """
    require(by.is_authenticated, _("Sign in to comment."))
    text = _tidy(text)
    if submission_key is not None:
        place = f"{discussion.pk}/{parent.pk if parent else ''}"
        submission_key = uuid.uuid5(submission_key, f"{place}/{text}")
    html = _as_html(text)
    opinion = _opinion_on(text, by, discussion, parent, address)
    draft = _Draft(by, text, html, submission_key, address, as_it_is, opinion)
    for _attempt in range(ATTEMPTS):
        try:
            with transaction.atomic():
                wait_for_turn(by)
                if submission_key is not None and (twin := _twin(by, submission_key)) is not None:
                    return twin
                posted = _insert(draft, discussion, parent)
        except NoRoomError:
            with transaction.atomic():
                make_room(parent.pk)
        else:
            network.note_post(address)
            return posted
    raise OperationalError(f"under comment {parent.pk} there is never room; try again")


@dataclass(frozen=True, slots=True)
class _Draft:
    by: object
    text: str
    html: str
    submission_key: object = None
    address: str = ""
    as_it_is: bool = True
    opinion: outside.Opinion = outside.NONE


def _twin(by, submission_key):
    """What the same form made before: a comment, or one that waits. Taken back, it is none."""
    sent = {"author_id": by.pk, "submission_key": submission_key}
    waiting = HeldComment.objects.filter(**sent, state=HeldComment.State.WAITING)
    return Comment.objects.filter(**sent).first() or waiting.first()


def _opinion_on(text, by, discussion, parent=None, address=""):
    """What services outside say, of what would not be refused without them. Locks nothing."""
    if not outside.is_asked():
        return outside.NONE
    verdict = screen(Draft(text), context_of(by, discussion), (*DOORS, *TEXT_PHASES))
    if verdict is not None:
        raise RefusedError(verdict)
    return outside.opinion_on(
        text=text, by=by, discussion=discussion, parent=parent, address=address
    )


def _as_html(text):
    """``text`` as readers are shown it, with links to whom it mentions.

    Asked before anything is locked: nobody waits while a long text is read. One query at most.
    """
    called = directory.people_called(mentions.candidates(markup.legible(text)))
    return markup.render_markdown(text, called)


def _insert(draft, discussion, parent):
    by = draft.by
    if parent is not None:
        parent = lock_comment(parent.pk)
        if parent.discussion_id != discussion.pk:
            raise TreeError("The comment that is answered belongs to another discussion.")
    now = timezone.now()
    with asked_together(
        asking_discussion(discussion.pk),
        standing.asking_known(by),
        rules.asking_version(),
        *contributions.asking_recent(by, at_most=_most_recent()),
        *_asking_pace(parent),
        asking_context(by),
    ):
        discussion = discussion_now(discussion.pk)
        known = known_of(by, now)
        context = context_of(
            by, discussion, now,
            parent_is_visible=parent is None or parent.is_visible,
            address_is_barred=is_address_barred(draft.address),
            posted_from_address=network.posts_from(draft.address),
            posts_an_address=network.POSTS_AN_ADDRESS,
            outside=draft.opinion.verdict,
            outside_reason=draft.opinion.reason,
            **habits_of(
                by, discussion, known, rules.current(),
                contributions.recent_posts(by, at_most=_most_recent()),
                draft.text, parent and _pace_of_thread(parent), now,
            ),
        )  # fmt: skip
    refusal, holds = judge(Draft(draft.text, hosts_linked(draft.html)), context)
    if refusal is not None:
        raise RefusedError(refusal)
    if holds and not draft.as_it_is and any(verdict.hits for verdict in holds):
        raise RefusedError(next(verdict for verdict in holds if verdict.hits))
    if holds or known.is_shadowed(now):
        shadow = known.is_shadowed(now)
        network.note_sender(draft.address, by.pk)
        return hold_comment(draft, discussion, parent, holds, is_shadow=shadow)
    comment = _publish(draft, discussion, parent, now)
    network.note_sender(draft.address, by.pk, comment.pk)
    return comment


def _most_recent():
    """Of what they posted lately, as much as the limits of the most trusted can count."""
    return max(settings.COMMENTS_PER_MINUTE, settings.COMMENTS_HERE_IN_TEN_MINUTES) * 2 + 1


def _pace_of_thread(parent):
    found = _PACE(discussion_id=parent.discussion_id, tree_id=parent.tree_id)
    return (*found[0], parent.tree_id) if found else None


def _asking_pace(parent):
    if parent is None:
        return []
    return [_PACE.asking(discussion_id=parent.discussion_id, tree_id=parent.tree_id)]


_PACE = Statement(
    lambda *, discussion_id, tree_id: Thread.objects.filter(
        discussion_id=discussion_id, tree_id=tree_id
    ).values_list("slow_seconds", "open_reports")
)


def publish_held(held, now):
    """Puts a comment that waited among the others, as if it had been posted at ``now``.

    For ``approvals``, which holds the locks of the row ``held``, of what it answers and of their
    discussion. Returns the comment. Raises ``NoRoomError``: the tree cannot be spread out under
    those locks, so whoever took them lets go of them first.
    """
    draft = _Draft(held.author, held.text, held.html, held.submission_key)
    parent = held.parent
    if parent is not None:
        parent = lock_comment(parent.pk)
    return _publish(draft, held.discussion, parent, now, again=True)


def _publish(draft, discussion, parent, now, *, again=False):
    """The new comment in its tree. Locks the discussion; an approval is not asked at the door."""
    discussion = ranking.lock(discussion.pk)
    if not again:
        # It may have been closed, or its page taken down, while this waited for its turn.
        _screen(draft.text, Context(now, **doors_of(discussion, now)), DOORS)
    position = discussion.top_level_count + 1 if parent is None else parent.reply_count + 1
    discussion.version += 1
    discussion.arrival_count += 1
    discussion.comment_count += 1
    discussion.last_posted_at = now
    comment = Comment(
        discussion=discussion,
        author=draft.by,
        position=position,
        number=number_under("" if parent is None else parent.number, position),
        arrival=discussion.arrival_count,
        posted_at=now,
        text=draft.text,
        html=draft.html,
        submission_key=draft.submission_key,
    )
    Comment.objects.place_node(comment, parent)
    _INSERTED(comment)
    Comment.objects.note_inserted(comment)
    if parent is None:
        discussion.top_level_count = position
        discussion.last_tree_id = comment.tree_id
        moved = ranking.beginning_thread(discussion, comment)
    else:
        replied = {"free_from": parent.free_from, "reply_count": parent.reply_count}
        moved = [
            _REPLIED.changing(pk=parent.pk, **replied),
            *ranking.moving_thread(discussion, comment.tree_id, size=1, visible_replies=1),
        ]
    counters = {name: getattr(discussion, name) for name in _COUNTERS}
    has_record = write_together(
        search_index.indexing_comment(comment),
        _COUNTED.changing(pk=discussion.pk, **counters),
        *moved,
        visits.noting_own(draft.by, comment),
        standing.counting(draft.by.pk, stood=1),
    )
    if not has_record:
        standing.count(draft.by.pk, stood=1)
    ranking.clear_moves(discussion)
    return comment


def _screen(text, context, phases, hosts=()):
    verdict = screen(Draft(text, hosts), context, phases)
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
    # It is asked of an edit, too, or a first version would be all that is ever screened.
    opinion = _opinion_on(_tidy(text), by, comment.discussion, comment.parent)
    with transaction.atomic():
        wait_for_turn(by)
        comment = lock_comment(comment.pk)
        require_own(by, comment, "edit")
        discussion = discussion_now(comment.discussion_id)
        now = timezone.now()
        known_here = known_of(by, now)
        known = {
            # What others would see of somebody whom nobody is to see.
            "is_editable": known_here.can_edit(by, comment, now)
            and not known_here.is_shadowed(now),
            "edit_until_text": moment_text(comment.posted_at + known_here.editing_time),
            "outside": opinion.verdict,
            "outside_reason": opinion.reason,
            **watch_of(discussion, known_here, rules.current()),
            "edited_lately": contributions.recent_edits(by, since=now - _A_WHILE),
            "edits_in_a_while": settings.EDITS_IN_TEN_MINUTES,
        }
        _screen(text, context_of(by, discussion, now, **known), EDIT_PHASES, hosts_linked(html))
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
        search_index.index_comment(comment)
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
        comment = lock_comment(comment.pk)
        if is_author(by, comment) and comment.state == Comment.State.WITHDRAWN:
            return False
        require_own(by, comment, "withdraw")
        if reason:
            discussion = discussion_now(comment.discussion_id)
            _screen(reason, context_of(by, discussion, timezone.now()), REASON_PHASES)
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
        decisions.settle_withdrawn(comment)
        ranking.touch_discussion(comment.discussion_id, visible=-1, comment=comment)
        # Last, as everywhere: behind the discussion's row.
        standing.count(by.pk, stood=-1)
        return comment
