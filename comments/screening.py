"""What is asked of a comment before it appears: one ordered list of small pure phases.

A phase takes a draft and its context and returns a verdict, or nothing when it has no
objection. The first refusal ends the run; what only holds a comment is gathered, so that a
moderator sees all of it. Phases read no database and no clock: what they need is in the context.
"""

from collections.abc import Callable
from dataclasses import dataclass

from comments.contexts import Context, Draft
from comments.links import is_below
from comments.wording import span_text

# About five pages of a book: longer than any comment that was read to its end.
MAX_TEXT_LENGTH = 10_000
# Fits a tombstone's line: why somebody hid or withdrew a comment.
MAX_REASON_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Verdict:
    """``message`` says what is wrong and what to do, ``status`` is HTTP's.

    A verdict that ``holds`` lets the comment through to a moderator. ``hits`` are the words that
    it is about, ``(start, end, what is watched)`` in the draft's text.
    """

    phase: str
    message: str
    status: int = 422
    holds: bool = False
    hits: tuple[tuple[int, int, str], ...] = ()


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


def muted(draft, context):
    return _muted(context, "post")


def muted_voter(draft, context):
    return _muted(context, "vote")


def _muted(context, act):
    if not context.is_muted:
        return None
    reason = context.mute_reason or "No reason was given."
    message = (
        f"You cannot {act} in this discussion {context.muted_until_text}; "
        f"in all others you can. Reason: {reason}"
    )
    return Verdict("muted", message, 403)


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


def crowding(draft, context):
    if context.posted_here < context.posts_here:
        return None
    return Verdict(
        "crowding",
        f"You wrote {context.posted_here} comments here within ten minutes. Let others speak, "
        "and send this one a little later; your text is still here.",
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


def barred_address(draft, context):
    if not context.address_is_barred:
        return None
    return Verdict(
        "barred_address",
        "Nobody can post from this network for the time being. Ask the newsroom if that is wrong.",
        403,
    )


def address_flood(draft, context):
    if context.posted_from_address < context.posts_an_address:
        return None
    return Verdict(
        "address_flood",
        "Many comments came from your network within a few minutes. "
        "Wait a little and send this one again; your text is still here.",
        429,
    )


def slow(draft, context):
    if context.slow_wait <= 0:
        return None
    why = "because of reports" if context.slow_by_reports else "by moderators"
    return Verdict(
        "slow",
        f"This discussion was slowed down {why}: one comment of each person in "
        f"{span_text(context.slow_seconds)}. Send this one again in "
        f"{span_text(context.slow_wait)}; your text is still here.",
        429,
    )


def duplicate(draft, context):
    if not context.said_before:
        return None
    return Verdict("duplicate", "You said just this a while ago. Say it once, or say more.", 409)


def blocked_link(draft, context):
    for host in draft.hosts:
        if is_below(host, context.blocked_hosts):
            return Verdict(
                "blocked_link", f"Comments here may not link to {host}. Leave that link out."
            )
    return None


def many_links(draft, context):
    counted = sum(not is_below(host, context.trusted_hosts) for host in draft.hosts)
    if counted <= context.links:
        return None
    return Verdict(
        "many_links",
        f"It has {counted} links, and yours may have {context.links} before a moderator looks.",
        holds=True,
    )


def refused_words(draft, context):
    hits = _hits(draft, context, "reject")
    if not hits:
        return None
    return Verdict(
        "refused_words",
        f"Some words are not used here: {_named(draft, hits)}. Say it in others and post again.",
        hits=hits,
    )


def held_words(draft, context):
    hits = _hits(draft, context, "hold")
    if not hits:
        return None
    return Verdict(
        "held_words",
        f"Moderators look at some words first: {_named(draft, hits)}.",
        holds=True,
        hits=hits,
    )


def _hits(draft, context, verdict):
    if context.words is None:
        return ()
    return tuple(
        (hit.start, hit.end, hit.entry)
        for hit in context.words.hits(draft.text)
        if hit.verdict == verdict
    )


# So many are named to whoever wrote them; a moderator sees all of them.
_NAMED = 5


def _named(draft, hits):
    said = dict.fromkeys(" ".join(draft.text[start:end].split()) for start, end, _ in hits)
    return ", ".join(f"“{each}”" for each in list(said)[:_NAMED])


def newcomer(draft, context):
    if context.newcomer_holds <= 0:
        return None
    return Verdict(
        "newcomer",
        "The first comments of whoever is new here wait for a moderator.",
        holds=True,
    )


def premoderated(draft, context):
    if not context.premoderation:
        return None
    return Verdict("premoderated", context.premoderation, holds=True)


def outside_refuses(draft, context):
    if context.outside != "refuse":
        return None
    reason = context.outside_reason or "It was taken for advertising."
    return Verdict("outside_refuses", f"{reason} Change it and post again.")


def outside_holds(draft, context):
    if context.outside != "hold":
        return None
    reason = context.outside_reason or "It looks like advertising."
    return Verdict("outside_holds", reason, holds=True)


# Whether anything may be posted here, and by whom: asked before there is a text, too.
DOORS: tuple[Phase, ...] = (suspended, muted, unreadable, closed, gone_parent)
PHASES: tuple[Phase, ...] = (
    *DOORS,
    # Whether this text may be.
    empty,
    too_long,
    not_text,
    # Whether now.
    flood,
    crowding,
    barred_address,
    address_flood,
    slow,
    duplicate,
    # Whether in these words, and with these links.
    blocked_link,
    refused_words,
    outside_refuses,
    # Whether at once, or when a moderator has looked.
    many_links,
    held_words,
    newcomer,
    premoderated,
    outside_holds,
)
# Whether a text is one at all: asked before anything is asked about it.
TEXT_PHASES: tuple[Phase, ...] = (empty, too_long, not_text)
# An edit takes no part in how fast somebody posts, and its parent may be gone.
EDIT_PHASES: tuple[Phase, ...] = (
    *(suspended, muted, unreadable, closed, late),
    *(empty, too_long, not_text),
    *(blocked_link, refused_words, outside_refuses),
    # It is public already, so what would wait is refused.
    *(many_links, held_words, newcomer, premoderated, outside_holds),
    # Each leaves a version that all can read, and an entry in the log.
    restless,
)
# Why somebody withdraws their comment is read by all, so who may not post gives no reason.
REASON_PHASES: tuple[Phase, ...] = (suspended, muted, long_reason)

# A vote has no text; what it is given to stands where a reply's parent does.
VOTE_PHASES: tuple[Phase, ...] = (suspended_voter, muted_voter, unreadable, closed, gone)


def judge(draft, context, phases=PHASES):
    """``(the first refusal or None, what holds the draft)``: all that ``phases`` say of it."""
    holds = []
    for phase in phases:
        verdict = phase(draft, context)
        if verdict is not None:
            if not verdict.holds:
                return verdict, ()
            holds.append(verdict)
    return None, tuple(holds)


def screen(draft: Draft, context: Context, phases: tuple[Phase, ...] = PHASES) -> Verdict | None:
    """The first verdict of ``phases`` on ``draft``, or ``None`` when it may be posted at once."""
    refusal, holds = judge(draft, context, phases)
    return refusal or (holds[0] if holds else None)
