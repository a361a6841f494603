"""READ: published articles that have the words somebody looks for, ranked by where they stand.

What an article has in its title comes before what it has in its lead, then comes what it is
about (its first paragraph, and what it says again and again), then what it says at all; of equal
ones the newer comes first. That is an order that any page can be cut from, on either database.
"""

from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from articles.bylines import bylines_of
from articles.listings import TEASER_FIELDS, Teaser, make_teaser
from articles.markup import text_of
from articles.models import Article
from articles.search_index import INDEX, RANKS, author_label, section_label
from comments import extracts
from comments.fulltext import Match, found_row, id_at, place_at

PAGE_SIZE = 20
# Nobody reads the number beyond, and counting takes time.
COUNTED_UP_TO = 100
# The rank of what has the words anywhere.
_ANYWHERE = len(RANKS) - 1


@dataclass(frozen=True, slots=True)
class FoundArticle:
    """An article as a search lists it: ``title`` and ``extract`` are safe HTML, words marked."""

    teaser: Teaser
    title: str
    extract: str


@dataclass(frozen=True, slots=True)
class FoundArticles:
    """Some articles, the best first. ``count`` is exact up to ``COUNTED_UP_TO``.

    ``after`` is the rank and place behind which the next page begins, None where there is none.
    """

    entries: list[FoundArticle]
    count: int
    after: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """What narrows a search down: ids of authors, a section's id, moments. None does not."""

    authors: list | None = None
    section_id: int | None = None
    since: object = None
    until: object = None


EVERYTHING = Span()


def articles_with(query, span=EVERYTHING, *, after=None, page_size=PAGE_SIZE, now=None):
    """A page of the articles with the words of ``query``, the best first, as ``FoundArticles``.

    ``after`` is that of the page before. Six statements at most, and one a rank more on
    PostgreSQL where little is found.
    """
    now = now or timezone.now()
    found, looked_to = _ranked_places(query, span, after or (0, None), now)
    shown = found[:page_size]
    next_after = shown[-1] if len(found) > len(shown) else looked_to
    places = [place for _, place in shown]
    return FoundArticles(_entries(places, query.tokens, now), len(found), next_after)


# Where most articles have a word, PostgreSQL would sort all of them: the latest have it too.
_RECENT = 1_000


@dataclass(frozen=True, slots=True)
class NewestMatching:
    """What reads like ``listings.Newest``: published articles that have the words of ``query``.

    The newest first, to the minute; a feed's. Three statements at most, five on PostgreSQL.
    """

    query: object
    span: Span = EVERYTHING
    now: object = None

    def rows(self, fields, limit):
        """``fields`` of the first ``limit``; ``id`` is the first of them."""
        now = self.now or timezone.now()
        match = _match(self.query, self.span, _ANYWHERE)
        places, _ = _places(match, self.span, limit, None, now, recent=_RECENT)
        pks = list(map(id_at, places))
        found = {row[0]: row for row in _published(pks, now).values_list(*fields)}
        return [found[pk] for pk in pks if pk in found]


def _ranked_places(query, span, after, now):
    """``([(rank, place)], where looking stopped before the end or None)``; a search a rank."""
    first, below = after
    if not query.terms:
        # Without words all stand alike.
        first = _ANYWHERE
    found = []
    for rank in range(first, len(RANKS)):
        room = COUNTED_UP_TO + 1 - len(found)
        match = _match(query, span, rank, besides_better=bool(query.terms))
        places, looked_to = _places(match, span, room, below, now)
        found += [(rank, place) for place in places]
        if looked_to is not None:
            return found, (rank, looked_to)
        if len(places) == room:
            break
        below = None
    return found, None


def _match(query, span, rank, *, besides_better=False):
    """What an article has to have to be of this rank."""
    every = [term.tokens for term in query.terms if rank == _ANYWHERE or len(term.tokens) > 1]
    if rank < _ANYWHERE:
        every += _labelled(query, rank)
    if span.section_id is not None:
        every.append((section_label(span.section_id),))
    never = [(term.tokens,) for term in query.besides]
    if besides_better and rank > 0:
        never.append(tuple(_labelled(query, rank - 1)))
    authors = span.authors
    return Match(
        every=tuple(every),
        one_of=() if authors is None else (tuple((author_label(pk),) for pk in authors),),
        never=tuple(never),
    )


def _labelled(query, rank):
    return [(RANKS[rank] + token,) for token in sorted(query.tokens)]


def _places(match, span, limit, below, now, recent=0):
    among = Article.objects.published(now).filter(pk=found_row())
    until = place_at(span.until) if span.until else None
    return INDEX.search(
        match,
        readable=among,
        limit=limit,
        recent=recent,
        since=place_at(span.since) if span.since else None,
        below=min((each for each in (below, until) if each is not None), default=None),
    )


def _published(pks, now):
    """Those of these articles that are published at ``now``.

    Asked of each by itself: SQLite would go through all that is published to find these few.
    """
    itself = Article.objects.published(now).filter(pk=OuterRef("pk")).values("pk")[:1]
    return Article.objects.filter(pk__in=list(pks), pk=Subquery(itself))


def _entries(places, tokens, now):
    """Read as they are now: what was withdrawn a moment ago is not among them. Two queries."""
    pks = list(map(id_at, places))
    rows = _published(pks, now)
    found = {row[0]: row for row in rows.values_list(*TEASER_FIELDS, "lead", "html")}
    bylines = bylines_of(found)
    entries = []
    for pk in pks:
        if pk not in found:
            continue
        *row, lead, html = found[pk]
        teaser = make_teaser(row, bylines)
        text = f"{lead}\n{text_of(html)}"
        entries.append(
            FoundArticle(
                teaser, extracts.marked(teaser.title, tokens), extracts.extract(text, tokens)
            )
        )
    return entries
