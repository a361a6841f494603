"""READ: what is read and discussed most, over a day and a week up to the moment of asking.

A ranking costs the same with a hundred thousand articles: of each hour or day only the first
``TOP_OF_BUCKET`` are read, along an index, and added up. So is the number of comments that are
counted bounded. Whether readers may see an article is asked each time, of the few that are left.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.cache import caches
from django.utils import timezone
from django.utils.translation import gettext_lazy

from accounts.statements import Statement, padded
from articles import editions
from articles.bylines import bylines_of
from articles.listings import TEASER_FIELDS, make_teaser
from articles.models import Article, ReadCount, day_of, hour_of
from comments.contributions import most_discussed
from comments.languages import site_language

# What is not among the first fifty of any hour of a day is not among the first twenty of the day
# by more than a few reads: it had fewer than the fiftieth in each.
TOP_OF_BUCKET = 50
LISTED = 20
FRONT_LISTED = 5
# More than are listed, as some may not be published any more.
_CANDIDATES = 3 * LISTED

KINDS = {"read": gettext_lazy("Most read"), "discussed": gettext_lazy("Most discussed")}
# In words, and how long it is.
WINDOWS = {
    "day": (gettext_lazy("Today"), timedelta(days=1)),
    "week": (gettext_lazy("This week"), timedelta(days=7)),
}
_TITLES = {
    ("read", "day"): gettext_lazy("Most read today"),
    ("read", "week"): gettext_lazy("Most read this week"),
    ("discussed", "day"): gettext_lazy("Most discussed today"),
    ("discussed", "week"): gettext_lazy("Most discussed this week"),
}


@dataclass(frozen=True, slots=True)
class PopularPage:
    """``title`` says what is listed; ``tabs`` are ``(label, address, whether it is this one)``."""

    title: str
    teasers: list
    kinds: list
    windows: list

    @property
    def all_teasers(self):
        return self.teasers


def popular_page(kind="read", window="day", now=None):
    """The ``PopularPage`` of a kind and a window; raises ``KeyError`` for others than there are.

    Two queries besides the ranking's one.
    """
    title = str(_TITLES[kind, window])
    now = now or timezone.now()
    rows = _shown({kind: ranking(kind, window, now)}, now)[kind][:LISTED]
    bylines = bylines_of(row[0] for row in rows)
    return PopularPage(
        title=title,
        teasers=[make_teaser(row, bylines, now=now) for row in rows],
        kinds=[(str(label), _address(name, window), name == kind) for name, label in KINDS.items()],
        windows=[
            (str(words), _address(kind, name), name == window)
            for name, (words, _) in WINDOWS.items()
        ],
    )


def front_list(now=None, language=""):
    """Teasers of what is read most today, for the front page of an edition, or of the site.

    At most one query besides the ranking's. That is the whole paper's, so an edition that is
    read little may have fewer.
    """
    now = now or timezone.now()
    rows = _shown({"read": ranking("read", "day", now)}, now)["read"]
    if editions.has_editions():
        rows = [row for row in rows if row[_LANGUAGE] == (language or site_language())]
    return [make_teaser(row, {}, now=now) for row in rows[:FRONT_LISTED]]


def _address(kind, window):
    asked = [f"by={kind}"] * (kind != "read") + [f"in={window}"] * (window != "day")
    return "/most-read/" + ("?" + "&".join(asked) if asked else "")


def ranking(kind, window, now):
    """Numbers of articles (of discussions, for "discussed"), the first first.

    One query, once in ``settings.RANKED_SECONDS`` for each worker.
    """
    if not (seconds := settings.RANKED_SECONDS):
        return _RANKINGS[kind](window, now)
    key = f"popular-{kind}-{window}-{int(now.timestamp()) // seconds}"
    found = caches["frames"].get(key)
    if found is None:
        found = _RANKINGS[kind](window, now)
        caches["frames"].set(key, found, seconds)
    return found


def _rank_read(window, now):
    if window == "day":
        span, buckets = ReadCount.Span.HOUR, [hour_of(now) - timedelta(hours=n) for n in range(24)]
    else:
        span, buckets = ReadCount.Span.DAY, [day_of(now) - timedelta(days=n) for n in range(7)]
    totals = Counter()
    for article_id, reads in _TOPS(span.value, buckets=buckets):
        totals[article_id] += reads
    # Of two with the same number the newer one.
    ranked = sorted(totals, key=lambda article_id: (-totals[article_id], -article_id))
    return ranked[:_CANDIDATES]


def _tops(span, *, buckets):
    return [
        ReadCount.objects.filter(span=span, begins=bucket)
        .order_by("-reads", "article_id")
        .values_list("article_id", "reads")[:TOP_OF_BUCKET]
        for bucket in buckets
    ]


_TOPS = Statement(_tops)


def _rank_discussed(window, now):
    return most_discussed(since=now - WINDOWS[window][1], now=now, at_most=_CANDIDATES)


_RANKINGS = {"read": _rank_read, "discussed": _rank_discussed}


def _shown(rankings, now):
    """{kind: rows of ``TEASER_FIELDS``} of what of the rankings readers may see; one query."""
    articles, discussions = rankings.get("read", []), rankings.get("discussed", [])
    rows = _ROWS(articles=padded(articles), discussions=padded(discussions), now=now)
    # A discussion has one article.
    by_article = {row[0]: row for row in rows}
    by_discussion = {row[_DISCUSSION]: row for row in rows}
    found = {
        "read": [by_article[pk] for pk in articles if pk in by_article],
        "discussed": [by_discussion[pk] for pk in discussions if pk in by_discussion],
    }
    return {kind: found[kind] for kind in rankings}


_DISCUSSION, _LANGUAGE = map(TEASER_FIELDS.index, ("discussion_id", "language"))


def _rows(*, articles, discussions, now):
    published = Article.objects.each_published(now).values_list(*TEASER_FIELDS)
    return [published.filter(pk__in=articles), published.filter(discussion_id__in=discussions)]


_ROWS = Statement(_rows)
