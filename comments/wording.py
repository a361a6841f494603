"""How moments and counts are put into words, the same everywhere. PURE but for the time zone."""

from functools import lru_cache

from django.utils import timezone

# A page has two hundred moments, each worded twice; the same comments are shown again and again.
_KEPT = 8_192

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment_text(moment):
    """``3 January 2026, 10:28`` in the site's time zone.

    Written out by hand: a page shows hundreds, and Django's date filter takes ten times as long.
    """
    return _worded(moment, timezone.get_default_timezone())[0]


@lru_cache(maxsize=_KEPT)
def _worded(moment, zone):
    local = moment.astimezone(zone)
    text = (
        f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local.hour:02d}:{local.minute:02d}"
    )
    return text, local.isoformat(timespec="seconds")


def day_text(moment):
    """``3 January 2026`` in the site's time zone."""
    local = timezone.localtime(moment)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def until_text(moment, now):
    """``10:43`` where that is today, else with its day; in the site's time zone."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localtime(now).date():
        return f"{local.hour:02d}:{local.minute:02d}"
    return moment_text(moment)


def moment_iso(moment):
    """ISO 8601 with offset, in the site's time zone, to the second."""
    return _worded(moment, timezone.get_default_timezone())[1]


def span_text(seconds):
    """``90 seconds``, ``10 minutes``: rounded up, so that nobody comes too early."""
    return f"{seconds} seconds" if seconds < 120 else f"{-(-seconds // 60)} minutes"


def count_label(count, one, many=None):
    """``12 comments``, ``1 comment``, ``No comments yet``; ``many`` where it is not ``one`` + s."""
    many = many or f"{one}s"
    if count == 0:
        return f"No {many} yet"
    return f"{count:,} {one if count == 1 else many}"


def tombstone_text(state, reason):
    """What stands where a comment was taken away: by whom, and why if they said."""
    by = _GONE.get(state, "Hidden by a moderator")
    return f"{by}: {reason}" if reason else f"{by}."


_GONE = {
    "withdrawn": "Withdrawn by its author",
    "covered": "Hidden because of reports, until a moderator has looked at it",
    "held": "Held until a moderator has looked at it",
}
