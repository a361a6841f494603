"""What is asked of a comment before it appears: one ordered list of small pure phases.

A phase takes a draft and its context and returns a verdict, or nothing when it has no
objection. The first refusal ends the run; what only holds a comment is gathered, so that a
moderator sees all of it. Phases read no database and no clock: what they need is in the context.
"""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from comments.contexts import Context, Draft

# Whoever screens catches what it refuses.
from comments.verdicts import (
    RefusedError,  # noqa: F401  PUBLIC: with what raises it
    Verdict,
    hold,
)
from comments.watching import blocked_link, held_words, many_links, refused_words
from comments.wording import number_text, reason_text, span_text

# About five pages of a book: longer than any comment that was read to its end.
MAX_TEXT_LENGTH = 10_000
# Fits a tombstone's line: why somebody hid or withdrew a comment.
MAX_REASON_LENGTH = 300


Phase = Callable[[Draft, Context], Verdict | None]


def unreadable(draft, context):
    if context.page_is_readable:
        return None
    return Verdict("unreadable", _("The page that this discussion belongs to was taken down."), 404)


def closed(draft, context):
    if context.discussion_is_open:
        return None
    if context.closed_reason:
        message = _("This discussion is closed. %(reason)s You can still read it.")
        message %= {"reason": context.closed_reason}
    else:
        message = _("This discussion is closed. You can still read it.")
    return Verdict("closed", message, 403)


def suspended(draft, context):
    return _suspended(context, _("You cannot post until %(moment)s. Reason: %(reason)s"))


def suspended_voter(draft, context):
    return _suspended(context, _("You cannot vote until %(moment)s. Reason: %(reason)s"))


def _suspended(context, said):
    if context.suspended_until is None or context.suspended_until <= context.now:
        return None
    reason = reason_text(context.suspension_reason) or _("No reason was given.")
    message = said % {"moment": context.suspended_until_text, "reason": reason}
    return Verdict("suspended", message, 403)


def muted(draft, context):
    return _muted(
        context,
        _(
            "You cannot post in this discussion %(until)s; in all others you can. "
            "Reason: %(reason)s"
        ),
    )


def muted_voter(draft, context):
    return _muted(
        context,
        _(
            "You cannot vote in this discussion %(until)s; in all others you can. "
            "Reason: %(reason)s"
        ),
    )


def _muted(context, said):
    if not context.is_muted:
        return None
    reason = reason_text(context.mute_reason) or _("No reason was given.")
    return Verdict("muted", said % {"until": context.muted_until_text, "reason": reason}, 403)


def gone_parent(draft, context):
    if context.parent_is_visible:
        return None
    return Verdict(
        "gone_parent",
        _(
            "The comment that you answer has been taken down. "
            "Answer another one, or write a comment of your own."
        ),
        409,
    )


def late(draft, context):
    if context.is_editable:
        return None
    return Verdict(
        "late",
        (
            _(
                "You could change this comment until %(moment)s. What you want to "
                "add can be said in a reply to it."
            )
            % {"moment": context.edit_until_text}
        ),
        403,
    )


def gone(draft, context):
    if context.parent_is_visible:
        return None
    return Verdict(
        "gone", _("This comment has been taken down, and its votes stay as they are."), 409
    )


def empty(draft, context):
    if draft.text.strip():
        return None
    return Verdict("empty", _("There is nothing to post yet: write something first."))


def too_long(draft, context):
    length = len(draft.text)
    if length <= MAX_TEXT_LENGTH:
        return None
    return Verdict(
        "too_long",
        (
            _(
                "A comment may have %(most)s characters; yours has %(length)s. "
                "Shorten it by %(surplus)s, or post it in parts."
            )
            % {
                "most": number_text(MAX_TEXT_LENGTH),
                "length": number_text(length),
                "surplus": number_text(length - MAX_TEXT_LENGTH),
            }
        ),
    )


def long_reason(draft, context):
    length = len(draft.text)
    if length <= MAX_REASON_LENGTH:
        return None
    return Verdict(
        "long_reason",
        (
            _("A reason may have %(most)s characters; yours has %(length)s. Shorten it.")
            % {"most": number_text(MAX_REASON_LENGTH), "length": number_text(length)}
        ),
    )


def not_text(draft, context):
    if "\x00" not in draft.text and not any("\ud800" <= each <= "\udfff" for each in draft.text):
        return None
    return Verdict(
        "not_text", _("Your text has characters that are no text. Remove them and post again.")
    )


def flood(draft, context):
    if context.posted_last_minute < context.posts_a_minute:
        return None
    return Verdict(
        "flood",
        (
            _(
                "You posted %(count)s comments within a minute. Wait a minute "
                "and send this one again; your text is still here."
            )
            % {"count": context.posted_last_minute}
        ),
        429,
    )


def crowding(draft, context):
    if context.posted_here < context.posts_here:
        return None
    return Verdict(
        "crowding",
        (
            _(
                "You wrote %(count)s comments here within ten minutes. Let others "
                "speak, and send this one a little later; your text is still here."
            )
            % {"count": context.posted_here}
        ),
        429,
    )


def restless(draft, context):
    if context.edited_lately < context.edits_in_a_while:
        return None
    return Verdict(
        "restless",
        (
            _(
                "You changed comments %(count)s times within ten minutes. Wait a "
                "few minutes and save this again; your text is still here."
            )
            % {"count": context.edited_lately}
        ),
        429,
    )


def barred_address(draft, context):
    if not context.address_is_barred:
        return None
    return Verdict(
        "barred_address",
        _(
            "Nobody can post from this network for the time being. "
            "Ask the newsroom if that is wrong."
        ),
        403,
    )


def address_flood(draft, context):
    if context.posted_from_address < context.posts_an_address:
        return None
    return Verdict(
        "address_flood",
        _(
            "Many comments came from your network within a few minutes. "
            "Wait a little and send this one again; your text is still here."
        ),
        429,
    )


def slow(draft, context):
    if context.slow_wait <= 0:
        return None
    if context.slow_by_reports:
        message = _(
            "This discussion was slowed down because of reports: one comment of each person in "
            "%(pace)s. Send this one again in %(wait)s; your text is still here."
        )
    else:
        message = _(
            "This discussion was slowed down by moderators: one comment of each person in "
            "%(pace)s. Send this one again in %(wait)s; your text is still here."
        )
    spans = {"pace": span_text(context.slow_seconds), "wait": span_text(context.slow_wait)}
    return Verdict("slow", message % spans, 429)


def duplicate(draft, context):
    if not context.said_before:
        return None
    return Verdict("duplicate", _("You said just this a while ago. Say it once, or say more."), 409)


def newcomer(draft, context):
    if context.newcomer_holds <= 0:
        return None
    return hold(
        "newcomer", gettext_noop("The first comments of whoever is new here wait for a moderator.")
    )


def premoderated(draft, context):
    return hold("premoderated", context.premoderation) if context.premoderation else None


def outside_refuses(draft, context):
    if context.outside != "refuse":
        return None
    reason = _(context.outside_reason or gettext_noop("It was taken for advertising."))
    message = _("%(reason)s Change it and post again.") % {"reason": reason}
    return Verdict("outside_refuses", message)


def outside_holds(draft, context):
    if context.outside != "hold":
        return None
    reason = context.outside_reason or gettext_noop("It looks like advertising.")
    return hold("outside_holds", reason)


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
