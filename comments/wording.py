"""How moments and counts are put into words, the same everywhere, in the language of the page."""

from functools import lru_cache

from django.utils import timezone
from django.utils.dates import MONTHS_ALT
from django.utils.translation import get_language, gettext_lazy, gettext_noop, ngettext_lazy
from django.utils.translation import gettext as _

# A page has two hundred moments, each worded twice; the same comments are shown again and again.
_KEPT = 8_192


def moment_text(moment):
    """``3 January 2026, 10:28`` in the site's time zone and the language of the page.

    Written out by hand: a page shows hundreds, and Django's date filter takes ten times as long.
    """
    return moment_text_in(get_language(), moment)


def moment_text_in(language, moment):
    """The same where the language of the page is known: asking for it takes longer than this."""
    return _worded(moment, timezone.get_default_timezone(), language)


@lru_cache(maxsize=_KEPT)
def _worded(moment, zone, language):
    local = moment.astimezone(zone)
    return f"{_day_text(local, language)}, {local.hour:02d}:{local.minute:02d}"


def _day_text(local, language):
    return f"{local.day} {_months(language)[local.month]} {local.year}"


@lru_cache(maxsize=8)
def _months(language):
    """The months' names as they stand behind a day; asked once, in the language that is active."""
    return {number: str(name) for number, name in MONTHS_ALT.items()}


def day_text(moment):
    """``3 January 2026`` in the site's time zone."""
    return _day_text(timezone.localtime(moment), get_language())


def until_text(moment, now):
    """``10:43`` where that is today, else with its day; in the site's time zone."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localtime(now).date():
        return f"{local.hour:02d}:{local.minute:02d}"
    return moment_text(moment)


def moment_iso(moment):
    """ISO 8601 with offset, in the site's time zone, to the second."""
    return _iso(moment, timezone.get_default_timezone())


@lru_cache(maxsize=_KEPT)
def _iso(moment, zone):
    return moment.astimezone(zone).isoformat(timespec="seconds")


def number_text(number):
    """``1,234``, or ``1 234`` with spaces that keep it together where people write it so."""
    language = get_language() or ""
    text = f"{number:,}"
    return text.replace(",", "\N{NO-BREAK SPACE}") if language.startswith("ru") else text


def span_text(seconds):
    """``90 seconds``, ``10 minutes``: rounded up, so that nobody comes too early."""
    if seconds < 120:
        return _counted("second", seconds)
    return _counted("minute", -(-seconds // 60))


def count_label(count, one, many=None):
    """``12 comments``, ``1 comment``, ``No comments yet``.

    ``one`` is what is counted: one of ``_COUNTED``. What is not among them stays English, with
    ``many`` for more where that is not ``one`` + s.
    """
    if count == 0 and one in _NONE:
        return str(_NONE[one])
    if one in _COUNTED:
        return _counted(one, count)
    many = many or f"{one}s"
    if count == 0:
        return f"No {many} yet"
    return f"{number_text(count)} {one if count == 1 else many}"


def _counted(one, count):
    return _COUNTED[one] % {"count": count, "number": number_text(count)}


_COUNTED = {
    "comment": ngettext_lazy("%(number)s comment", "%(number)s comments", "count"),
    "new comment": ngettext_lazy("%(number)s new comment", "%(number)s new comments", "count"),
    "reply": ngettext_lazy("%(number)s reply", "%(number)s replies", "count"),
    "more reply": ngettext_lazy("%(number)s more reply", "%(number)s more replies", "count"),
    "version": ngettext_lazy("%(number)s version", "%(number)s versions", "count"),
    "open report": ngettext_lazy("%(number)s open report", "%(number)s open reports", "count"),
    "day": ngettext_lazy("%(number)s day", "%(number)s days", "count"),
    "minute": ngettext_lazy("%(number)s minute", "%(number)s minutes", "count"),
    "second": ngettext_lazy("%(number)s second", "%(number)s seconds", "count"),
    "part": ngettext_lazy("%(number)s part", "%(number)s parts", "count"),
}
_NONE = {
    "comment": gettext_lazy("No comments yet"),
    "new comment": gettext_lazy("No new comments yet"),
    "reply": gettext_lazy("No replies yet"),
    "version": gettext_lazy("No versions yet"),
    "open report": gettext_lazy("No open reports yet"),
    "day": gettext_lazy("No days yet"),
    "part": gettext_lazy("No parts yet"),
}


def tombstone_text(state, reason):
    """What stands where a comment was taken away: by whom, and why if they said."""
    by = _GONE.get(state, _HIDDEN)
    return f"{by}: {reason_text(reason)}" if reason else f"{by}."


_HIDDEN = gettext_lazy("Hidden by a moderator")
_GONE = {
    "withdrawn": gettext_lazy("Withdrawn by its author"),
    "covered": gettext_lazy("Hidden because of reports, until a moderator has looked at it"),
    "held": gettext_lazy("Held until a moderator has looked at it"),
}

# Reasons that the portal itself gave are kept as they stand here, and put into the language of
# whoever reads them; what people wrote stays as it is.
SEVERAL_REPORTED = gettext_noop("Several readers reported it.")
AFTER_AN_APPEAL = gettext_noop("After an appeal.")
TOOK_BACK = "Took back: "
# Those that moderators are offered as long as they have written none.
CANNED_REASONS = (
    gettext_noop("Personal attack"),
    gettext_noop("Off topic"),
    gettext_noop("Advertising"),
    gettext_noop("Hate or incitement"),
    gettext_noop("Private information"),
    gettext_noop("Accusation without a source"),
)
_OWN_REASONS = frozenset({SEVERAL_REPORTED, AFTER_AN_APPEAL, *CANNED_REASONS})


def reason_text(reason):
    """A reason as it is kept, in the language of the page if the portal itself gave it."""
    if reason in _OWN_REASONS:
        return _(reason)
    if reason.startswith(TOOK_BACK):
        return _("Took back: %(act)s") % {"act": _(reason.removeprefix(TOOK_BACK))}
    return reason
