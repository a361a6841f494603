"""How moments and counts are put into words, the same everywhere. PURE but for the time zone."""

from django.utils import timezone

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def moment_text(moment):
    """``3 January 2026, 10:28`` in the site's time zone.

    Written out by hand: a page shows hundreds, and Django's date filter takes ten times as long.
    """
    local = timezone.localtime(moment)
    return (
        f"{local.day} {_MONTHS[local.month - 1]} {local.year}, {local.hour:02d}:{local.minute:02d}"
    )


def day_text(moment):
    """``3 January 2026`` in the site's time zone."""
    local = timezone.localtime(moment)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def moment_iso(moment):
    """ISO 8601 with offset, in the site's time zone, to the second."""
    return timezone.localtime(moment).isoformat(timespec="seconds")


def count_label(count, one, many=None):
    """``12 comments``, ``1 comment``, ``No comments yet``; ``many`` where it is not ``one`` + s."""
    many = many or f"{one}s"
    if count == 0:
        return f"No {many} yet"
    return f"{count:,} {one if count == 1 else many}"
