"""How far somebody is trusted: four levels, climbed and lost by record. PURE.

One table says what each level may do. A record counts, so a level is never given or taken by
hand, and a person's own page can say what comes next.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext


@dataclass(frozen=True, slots=True)
class Record:
    """What is known of somebody. ``since`` is the moment they signed up or claimed their name."""

    since: datetime | None = None
    stood: int = 0
    taken_down: int = 0
    rejected: int = 0
    reports_upheld: int = 0
    reports_dismissed: int = 0
    is_staff: bool = False


@dataclass(frozen=True, slots=True)
class Level:
    """What it takes, and what it gives. Shares are of all comments that were decided."""

    number: int
    name: str
    # What it takes.
    stood: int
    days: int
    # The largest share of comments that were rejected or taken down.
    most_lost: float
    # What it gives. Links in one comment, comments a minute as a share of the site's limit.
    links: int
    share_of_pace: float
    edits_longer: bool
    report_weight: float


# Numbers of Discourse's levels as far as they fit a news site, where people come weekly.
LEVELS = (
    Level(0, gettext_lazy("Newcomer"), 0, 0, 1.0, 2, 0.5, False, 1.0),
    Level(1, gettext_lazy("Member"), 5, 1, 0.3, 5, 1.0, False, 1.0),
    Level(2, gettext_lazy("Regular"), 30, 30, 0.1, 10, 1.0, True, 1.5),
    Level(3, gettext_lazy("Trusted"), 150, 90, 0.03, 30, 2.0, True, 2.0),
)
# Who reports in bad faith weighs nothing: fewer than one in four upheld, once there are some.
_ENOUGH_REPORTS = 4
_LEAST_UPHELD = 0.25


def lost_share(record):
    """The share of somebody's comments that were rejected or taken down, from 0 to 1."""
    lost = record.taken_down + record.rejected
    return lost / (record.stood + lost) if lost else 0.0


def level_of(record, now):
    """The highest of ``LEVELS`` that the record reaches at ``now``; staff have the highest."""
    if record.is_staff:
        return LEVELS[-1]
    reached = LEVELS[0]
    for level in LEVELS[1:]:
        if _lacks(record, level, now):
            break
        reached = level
    return reached


def _lacks(record, level, now):
    """What keeps somebody from a level, in words; empty when nothing does."""
    lacks = []
    if record.stood < level.stood:
        missing = level.stood - record.stood
        said = ngettext(
            "%(count)s more comment that stands", "%(count)s more comments that stand", missing
        )
        lacks.append(said % {"count": missing})
    since = record.since if record.since is not None else now
    waited = (now - since) // timedelta(days=1)
    if waited < level.days:
        missing = level.days - waited
        said = ngettext("%(count)s more day here", "%(count)s more days here", missing)
        lacks.append(said % {"count": missing})
    if lost_share(record) > level.most_lost:
        said = _("at most %(percent)s%% of your comments taken down or rejected")
        lacks.append(said % {"percent": f"{level.most_lost * 100:.0f}"})
    return lacks


def next_level(record, now):
    """``(level, what it still takes in words)``, or None for who has the highest."""
    reached = level_of(record, now)
    if reached is LEVELS[-1]:
        return None
    level = LEVELS[reached.number + 1]
    return level, _lacks(record, level, now)


def report_weight(record, now):
    """What a report by somebody counts: by their level, and by how often they were right.

    0 for who reports in bad faith; up to twice the level's for who always was right.
    """
    decided = record.reports_upheld + record.reports_dismissed
    level = level_of(record, now)
    # Laplace's rule of succession: one of each is assumed before anything is known.
    right = (record.reports_upheld + 1) / (decided + 2)
    if decided >= _ENOUGH_REPORTS and record.reports_upheld / decided < _LEAST_UPHELD:
        return 0.0
    return round(level.report_weight * 2 * right, 3)


def rights_of(level):
    """What a level gives, in words, for the person's own page."""
    paces = {0.5: _("comments at half the usual pace"), 1.0: _("comments at the usual pace")}
    faster = _("comments at %(number)s times the usual pace")
    rights = [
        ngettext(
            "up to %(count)s links in a comment", "up to %(count)s links in a comment", level.links
        )
        % {"count": level.links},
        paces.get(level.share_of_pace, faster % {"number": f"{level.share_of_pace:g}"}),
    ]
    if level.edits_longer:
        rights.append(_("more time to edit"))
    if level.report_weight != LEVELS[0].report_weight:
        said = _("reports that count %(number)s times")
        rights.append(said % {"number": f"{level.report_weight:g}"})
    return rights
