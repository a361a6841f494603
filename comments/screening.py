"""What is asked of a comment before it appears: one ordered list of small pure phases.

A phase takes a draft and its context and returns a verdict, or nothing when it has no
objection. The first verdict ends the run. Phases read no database and no clock: what they
need is in the context.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# About five pages of a book: longer than any comment that was read to its end.
MAX_TEXT_LENGTH = 10_000
# Fits a tombstone's line: why somebody hid or withdrew a comment.
MAX_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Draft:
    text: str


@dataclass(frozen=True, slots=True)
class Context:
    """What the phases may know. Times are aware; counts are of this author."""

    now: datetime
    page_is_readable: bool = True
    discussion_is_open: bool = True
    closed_reason: str = ""
    parent_is_visible: bool = True
    suspended_until: datetime | None = None
    suspended_until_text: str = ""
    suspension_reason: str = ""
    # Whether what is changed may still be, and until when that was.
    is_editable: bool = True
    edit_until_text: str = ""
    posted_last_minute: int = 0
    posts_a_minute: int = 6
    edited_lately: int = 0
    edits_in_a_while: int = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """A refusal: ``message`` says what is wrong and what to do, ``status`` is HTTP's."""

    phase: str
    message: str
    status: int = 422


class RefusedError(Exception):
    """Something was not taken. ``verdict`` says why, in words for whoever sent it."""

    def __init__(self, verdict):
        super().__init__(verdict.message)
        self.verdict = verdict


Phase = Callable[[Draft, Context], Verdict | None]


def unreadable(draft, context):
    if context.page_is_readable:
        return None
    return Verdict("unreadable", "The page that this discussion belongs to was taken down.", 404)


def closed(draft, context):
    if context.discussion_is_open:
        return None
    reason = f" {context.closed_reason}" if context.closed_reason else ""
    return Verdict("closed", f"This discussion is closed.{reason} You can still read it.", 403)


def suspended(draft, context):
    return _suspended(context, "post")


def suspended_voter(draft, context):
    return _suspended(context, "vote")


def _suspended(context, act):
    if context.suspended_until is None or context.suspended_until <= context.now:
        return None
    reason = context.suspension_reason or "No reason was given."
    message = f"You cannot {act} until {context.suspended_until_text}. Reason: {reason}"
    return Verdict("suspended", message, 403)


def gone_parent(draft, context):
    if context.parent_is_visible:
        return None
    return Verdict(
        "gone_parent",
        "The comment that you answer has been taken down. "
        "Answer another one, or write a comment of your own.",
        409,
    )


def late(draft, context):
    if context.is_editable:
        return None
    return Verdict(
        "late",
        f"You could change this comment until {context.edit_until_text}. "
        "What you want to add can be said in a reply to it.",
        403,
    )


def gone(draft, context):
    if context.parent_is_visible:
        return None
    return Verdict("gone", "This comment has been taken down, and its votes stay as they are.", 409)


def empty(draft, context):
    if draft.text.strip():
        return None
    return Verdict("empty", "There is nothing to post yet: write something first.")


def too_long(draft, context):
    length = len(draft.text)
    if length <= MAX_TEXT_LENGTH:
        return None
    return Verdict(
        "too_long",
        f"A comment may have {MAX_TEXT_LENGTH:,} characters; yours has {length:,}. "
        f"Shorten it by {length - MAX_TEXT_LENGTH:,}, or post it in parts.",
    )


def long_reason(draft, context):
    length = len(draft.text)
    if length <= MAX_REASON_LENGTH:
        return None
    return Verdict(
        "long_reason",
        f"A reason may have {MAX_REASON_LENGTH:,} characters; yours has {length:,}. Shorten it.",
    )


def not_text(draft, context):
    if "\x00" not in draft.text and not any("\ud800" <= each <= "\udfff" for each in draft.text):
        return None
    return Verdict(
        "not_text", "Your text has characters that are no text. Remove them and post again."
    )


def flood(draft, context):
    if context.posted_last_minute < context.posts_a_minute:
        return None
    return Verdict(
        "flood",
        f"You posted {context.posted_last_minute} comments within a minute. "
        "Wait a minute and send this one again; your text is still here.",
        429,
    )


def restless(draft, context):
    if context.edited_lately < context.edits_in_a_while:
        return None
    return Verdict(
        "restless",
        f"You changed comments {context.edited_lately} times within ten minutes. "
        "Wait a few minutes and save this again; your text is still here.",
        429,
    )


# Whether anything may be posted here, and by whom: asked before there is a text, too.
DOORS: tuple[Phase, ...] = (suspended, unreadable, closed, gone_parent)
PHASES: tuple[Phase, ...] = (
    *DOORS,
    # Whether this text may be.
    empty,
    too_long,
    not_text,
    # Whether now.
    flood,
)
# An edit takes no part in how fast somebody posts, and its parent may be gone.
EDIT_PHASES: tuple[Phase, ...] = (
    *(suspended, unreadable, closed, late),
    *(empty, too_long, not_text),
    # Each leaves a version that all can read, and an entry in the log.
    restless,
)
# Why somebody withdraws their comment is read by all, so who may not post gives no reason.
REASON_PHASES: tuple[Phase, ...] = (suspended, long_reason)

# A vote has no text; what it is given to stands where a reply's parent does.
VOTE_PHASES: tuple[Phase, ...] = (suspended_voter, unreadable, closed, gone)


def screen(draft: Draft, context: Context, phases: tuple[Phase, ...] = PHASES) -> Verdict | None:
    """The first verdict of ``phases`` on ``draft``, or ``None`` when it may be posted."""
    for phase in phases:
        verdict = phase(draft, context)
        if verdict is not None:
            return verdict
    return None
