"""READ: what ``screening`` has to know of a discussion and of whoever wants to take part in it."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts import directory
from comments import standing
from comments.screening import Context
from comments.wording import day_text, moment_text

# Open reports in one thread slow it down, as on Lobsters: two minutes and one more for each.
SLOWED_FROM = 3
SLOWED_BY, SLOWED_BY_EACH = 120, 60


def doors_of(discussion, now=None):
    """Whether the page can be read and the discussion goes on, as ``discussion`` says it.

    A part of a ``Context``: asked again under the discussion's lock, ``replace`` takes it in.
    """
    return {
        "page_is_readable": discussion.is_readable(now),
        "discussion_is_open": discussion.is_open,
        "closed_reason": closed_reason_of(discussion, now),
    }


def closed_reason_of(discussion, now=None):
    """Why a discussion takes no comments: as it was closed, or because its time is over."""
    if discussion.is_open or not discussion.is_over(now):
        return discussion.closed_reason
    return discussion.closed_reason or _("It closed on %(day)s.") % {
        "day": day_text(discussion.closes_at)
    }


def pace_of(discussion, thread, policy):
    """``(seconds between two comments of a person, whether reports slowed it, in one thread)``.

    ``thread`` is ``(seconds set by hand, open reports)``, or None at the top level.
    """
    by_hand = max(discussion.slow_seconds, policy.slow_seconds)
    in_thread, reports = thread or (0, 0)
    by_reports = 0
    if reports >= SLOWED_FROM:
        by_reports = SLOWED_BY + SLOWED_BY_EACH * reports
    if max(in_thread, by_reports) > by_hand:
        return max(in_thread, by_reports), by_reports > in_thread, True
    return by_hand, False, False


def premoderation_of(discussion, known, policy):
    """Why each comment here waits for a moderator, in English words for its author, or nothing."""
    if known.record.is_staff:
        return ""
    if known.is_premoderated:
        return gettext_noop("Your comments wait for a moderator for the time being.")
    if discussion.is_premoderated:
        return gettext_noop("In this discussion every comment waits for a moderator.")
    if policy.is_premoderated:
        return gettext_noop("Here every comment waits for a moderator.")
    return ""


def habits_of(by, discussion, known, rules, recent, text, thread=None, now=None):
    """What of a ``Context`` has to do with how ``by`` posts and with what is watched here.

    ``recent`` are their ``RecentPosts``; ``thread`` as in ``pace_of``, with the tree's number:
    ``(seconds, open reports, tree_id)``.
    """
    now = now or timezone.now()
    policy = rules.policy_of(discussion.area)
    staff = known.record.is_staff
    seconds, by_reports, in_thread = pace_of(discussion, thread and thread[:2], policy)
    wait = 0
    last = recent.last_in(discussion.pk, thread[2] if in_thread else None) if seconds else None
    if last is not None and not staff:
        wait = max(0, seconds - int((now - last).total_seconds()))
    within = timedelta(minutes=settings.SAID_AGAIN_AFTER_MINUTES)
    return {
        "posted_last_minute": recent.since(now - timedelta(minutes=1)),
        "posts_a_minute": _share(settings.COMMENTS_PER_MINUTE, known),
        "posted_here": recent.count_in(discussion.pk, now - timedelta(minutes=10)),
        "posts_here": max(
            1, round(settings.COMMENTS_HERE_IN_TEN_MINUTES * known.level.share_of_pace)
        ),
        "said_before": bool(within) and recent.said(text, now - within),
        "slow_wait": wait,
        "slow_seconds": seconds,
        "slow_by_reports": by_reports,
        **watch_of(discussion, known, rules),
    }


def _share(limit, known):
    return max(1, round(limit * known.level.share_of_pace))


def watch_of(discussion, known, rules):
    """What of a ``Context`` is looked for in a text: words and links, and whether all waits."""
    policy = rules.policy_of(discussion.area)
    return {
        "links": known.level.links,
        "blocked_hosts": rules.blocked_hosts,
        "trusted_hosts": rules.trusted_hosts,
        "words": rules.words,
        "newcomer_holds": 0
        if known.record.is_staff
        else policy.newcomer_holds - known.record.stood,
        "premoderation": premoderation_of(discussion, known, policy),
    }


def mute_of(muted, discussion, now):
    """Whether somebody is muted in a discussion, by their row's ``muted``. A part of a context."""
    mute = standing.mute_in(muted or {}, discussion.pk, now)
    if mute is None:
        return {}
    return {"is_muted": True, "muted_until_text": mute.until_text, "mute_reason": mute.reason}


# Where somebody is muted.
_BESIDE = ("standing__muted",)


def asking_context(by):
    """The question that ``context_of`` asks."""
    return directory.asking_suspension(by.pk, *_BESIDE)


def context_of(by, discussion, now=None, **known):
    """The ``Context`` in which ``by`` acts in ``discussion`` at ``now``; ``known`` adds to it.

    One query, for a suspension that came after they signed in, and for where they are muted.
    """
    now = now or timezone.now()
    until, reason, muted = directory.suspension_of(by.pk, *_BESIDE)
    return Context(
        now=now,
        **doors_of(discussion, now),
        suspended_until=until,
        suspended_until_text=moment_text(until) if until else "",
        suspension_reason=reason,
        **mute_of(muted, discussion, now),
        **known,
    )
