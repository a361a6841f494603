"""READ: the front page as it is arranged, at a moment. Without an arrangement, as it comes.

An article that is pinned stands for its time where readers may see it; the rule of its row fills
what is left, and no article stands twice. Queries are as many whatever the arrangement.
"""

from dataclasses import dataclass
from itertools import groupby

from django.db import connection
from django.db.models import IntegerField, Subquery, Value
from django.utils import timezone
from django.utils.translation import gettext as _

from articles import editions, figures, listings
from articles.bylines import bylines_of
from articles.listings import DISCUSSED_AMONG, TEASER_FIELDS, FrontPage, SectionStrip
from articles.models import Article, FrontArrangement, FrontRow

# More than anybody scrolls through; also what one rule may have to look at.
MOST_ON_PAGE = 60
MOST_ROWS = 16

_ROW_FIELDS = (
    "place", "heading", "article_id", "starts", "until", "rule", "section_id", "count",
    "section__name", "section__slug", "arrangement__language",
)  # fmt: skip
_PINNED, _NEWEST, _DISCUSSED = "pinned", "newest", "discussed"
_Place, _Rule = FrontRow.Place, FrontRow.Rule
# Where the pictures of a place's articles stand.
_SLOTS = {
    _Place.LEAD: figures.LEAD,
    _Place.SECONDS: figures.CARD,
    _Place.BESIDE: figures.ROW,
    _Place.BLOCK: figures.CARD,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A row of an arrangement, as it was written."""

    place: str
    heading: str
    article_id: int | None
    starts: object
    until: object
    rule: str
    section_id: int | None
    count: int
    section_name: str | None
    section_slug: str | None
    language: str

    def pins(self, now):
        """Whether its article has its time now."""
        begun = self.starts is None or self.starts <= now
        return self.article_id is not None and begun and (self.until is None or now < self.until)

    @property
    def pool(self):
        """What its rule draws from; None where it has none."""
        if self.rule == _Rule.SECTION:
            return self.section_id
        return {_Rule.NEWEST: _NEWEST, _Rule.DISCUSSED: _DISCUSSED}.get(self.rule)

    @property
    def title(self):
        """(heading, where it leads or "")."""
        if self.rule == _Rule.SECTION:
            return self.heading or self.section_name, f"/sections/{self.section_slug}/"
        if self.rule == _Rule.NEWEST:
            return self.heading or _("Latest"), editions.latest_url(self.language)
        return self.heading or (
            _("Most discussed") if self.rule == _Rule.DISCUSSED else _("More")
        ), ""


def front_page(now=None, language=""):
    """What readers find at ``now``: as it is arranged, else as ``listings`` makes it.

    In the edition of that language; the site's where none is named.

    Four queries with an arrangement, one more than ``listings.front_page`` without.
    """
    now = now or timezone.now()
    live = FrontArrangement.objects.filter(state=FrontArrangement.State.LIVE).order_by("-live_at")
    live = editions.in_edition(live, language).values("pk")[:1]
    rows = _rows(FrontRow.objects.filter(arrangement=Subquery(live)))
    return _arranged(rows, language, now) if rows else listings.front_page(now, language)


def arranged_page(arrangement, now=None):
    """What readers would find at ``now`` if ``arrangement`` were live. Four queries."""
    rows = _rows(FrontRow.objects.filter(arrangement=arrangement))
    return _arranged(rows, arrangement.language, now or timezone.now())


def _rows(rows):
    return [Row(*row) for row in rows.order_by("position", "id").values_list(*_ROW_FIELDS)]


def _arranged(rows, language, now):
    pools = _pools(rows, language, now)
    chosen = _choose(rows, pools, now)
    wanted = [pk for found in chosen for pk in found]
    # By number alone: what is readable has been chosen.
    found = {
        row[0]: row for row in Article.objects.filter(pk__in=wanted).values_list(*TEASER_FIELDS)
    }
    bylines = bylines_of(wanted)
    teasers = [
        [listings.make_teaser(found[pk], bylines, _SLOTS[row.place], now=now) for pk in each]
        for row, each in zip(rows, chosen, strict=True)
    ]
    placed = {place: [] for place in _Place}
    for row, each in zip(rows, teasers, strict=True):
        if each:
            placed[row.place].append((row.title, each))
    lead = [teaser for _, each in placed[_Place.LEAD] for teaser in each]
    beside = placed[_Place.BESIDE]
    heading, url = beside[0][0] if beside else ("", "")
    blocks = [[*group] for _, group in groupby(placed[_Place.BLOCK], key=lambda block: block[0][0])]
    return FrontPage(
        lead=lead[0] if lead else None,
        seconds=[teaser for _, each in placed[_Place.SECONDS] for teaser in each],
        latest=[teaser for _, each in beside for teaser in each],
        latest_heading=heading,
        latest_url=url,
        most_discussed=[],
        sections=[
            # Rows below each other under one heading are one block.
            SectionStrip(*block[0][0], [teaser for _, each in block for teaser in each])
            for block in blocks
        ],
    )


def _choose(rows, pools, now):
    """The numbers of the articles of each row: pinned ones first, then what the rules find."""
    chosen, used, has_lead = [[] for _ in rows], set(), False
    readable = set(pools[_PINNED])
    for by_rule in (False, True):
        for row, found in zip(rows, chosen, strict=True):
            leads = row.place == _Place.LEAD
            if leads and has_lead:
                continue
            if by_rule:
                offered = pools.get(row.pool, ())
            else:
                offered = [row.article_id] if row.pins(now) and row.article_id in readable else ()
            room = 1 if leads else row.count
            for pk in offered:
                if len(found) == room:
                    break
                if pk not in used:
                    found.append(pk)
                    used.add(pk)
            has_lead = has_lead or (leads and bool(found))
    return chosen if has_lead else _with_lead(rows, chosen, used, pools)


def _with_lead(rows, chosen, used, pools):
    """A page has a lead: where its rows find none, the newest article, or one that is there."""
    left = next((pk for pk in pools[_NEWEST] if pk not in used), None)
    if left is None:
        giving = next((found for found in chosen if found), None)
        left = giving.pop(0) if giving else None
    at = next((at for at, row in enumerate(rows) if row.place == _Place.LEAD), None)
    if left is not None and at is not None:
        chosen[at] = [left]
    return chosen


def _pools(rows, language, now):
    """{what: numbers of readable articles, the best first}. One query, whatever is asked for.

    What rules find is of the edition; an editor may pin what is not.

    Each is read off its own index, for all that the page can use: an OR of them, or a window,
    would read every article there is. Their numbers are few, the teasers are read later.
    """
    published = Article.objects.published(now)
    listed = editions.in_edition(published, language)
    newest, articles = listed.newest_first(), Article.objects.each_published(now)
    pinned = [row.article_id for row in rows if row.pins(now)]
    parts = {_NEWEST: newest, _PINNED: articles.filter(pk__in=[*pinned, 0])}
    for row in rows:
        if row.rule == _Rule.SECTION:
            of_section = published.filter(section_id=row.section_id)
            parts[row.section_id] = of_section.newest_first()
        elif row.rule == _Rule.DISCUSSED:
            among = Subquery(newest.values("pk")[:DISCUSSED_AMONG])
            # What is published has been chosen inside.
            parts[_DISCUSSED] = Article.objects.filter(
                pk__in=among, discussion__comment_count__gt=0
            ).order_by("-discussion__comment_count", "-published_at", "-id")
    names, statements, values = list(parts), [], []
    for number, name in enumerate(names):
        first = "discussion__comment_count" if name == _DISCUSSED else "nothing"
        part = parts[name].annotate(nothing=Value(0, IntegerField()))
        part = part.values_list(first, "published_at", "pk")[:MOST_ON_PAGE]
        sql, params = part.query.get_compiler(connection=connection).as_sql()
        statements.append(f"SELECT {number}, p{number}.* FROM ({sql}) p{number}")  # noqa: S608  ours
        values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        found = cursor.fetchall()
    pools = {name: [] for name in names}
    # No database promises the order of a union's parts.
    for number, *_order, pk in sorted(found, key=lambda row: row[1:], reverse=True):
        pools[names[number]].append(pk)
    return pools
