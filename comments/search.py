"""READ: comments that have the words somebody looks for, of pages that can be read."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.directory import person_url
from comments import extracts
from comments.fulltext import Match, found_row, id_at, place_at
from comments.markup import plain_text
from comments.models import Comment
from comments.models import readable as readable_at
from comments.search_index import INDEX, author_label
from comments.wording import moment_iso, moment_text

PAGE_SIZE = 20
# Nobody reads the number beyond, and counting takes time.
COUNTED_UP_TO = 100


@dataclass(frozen=True, slots=True)
class FoundComment:
    """A comment as a search lists it. ``extract`` is safe HTML with the words marked."""

    pk: int
    number: str
    permalink: str
    author: str
    author_url: str
    discussion_title: str
    discussion_url: str
    area: str
    posted_iso: str
    posted_text: str
    extract: str


@dataclass(frozen=True, slots=True)
class FoundComments:
    """Some comments, the latest first. ``count`` is exact up to ``COUNTED_UP_TO``.

    ``next_place`` is where the next page begins, None where there is none.
    """

    entries: list[FoundComment]
    count: int
    next_place: int | None = None


def readable(now=None):
    """The comments that everybody can read at ``now``."""
    return Comment.objects.filter(
        readable_at(now or timezone.now(), "discussion__"), state=Comment.State.VISIBLE
    )


def comments_with(
    query, *, authors=None, area=None, since=None, until=None, below=None,
    page_size=PAGE_SIZE, now=None,
):  # fmt: skip
    """A page of the comments with the words of ``query``, the latest first, as ``FoundComments``.

    ``authors`` are ids of people, ``area`` a part of the site, ``since`` and ``until`` moments;
    None does not narrow it down. ``below`` is the ``next_place`` of the page before. The words of
    a comment are its author's: what it quotes is found where it was said. The same few statements
    whatever their number.
    """
    now = now or timezone.now()
    among = readable(now).filter(pk=found_row())
    if area is not None:
        among = among.filter(discussion__area=area)
    ends = [each for each in (below, place_at(until) if until else None) if each is not None]
    places, looked_to = INDEX.search(
        Match(
            every=tuple(term.tokens for term in query.terms),
            one_of=() if authors is None else (tuple((author_label(pk),) for pk in authors),),
            never=tuple((term.tokens,) for term in query.besides),
        ),
        readable=among,
        limit=COUNTED_UP_TO + 1,
        since=place_at(since) if since else None,
        below=min(ends, default=None),
    )
    shown = places[:page_size]
    next_place = shown[-1] if len(places) > len(shown) else looked_to
    return FoundComments(_entries(shown, query, now), len(places), next_place)


def _entries(places, query, now):
    """Read as they are now: what was hidden a moment ago is not among them."""
    rows = readable(now).filter(pk__in=[id_at(place) for place in places])
    found = {
        row[0]: row
        for row in rows.values_list(
            "pk", "number", "author_id", "author__handle",
            "discussion__title", "discussion__url", "discussion__area", "posted_at", "html",
        )
    }  # fmt: skip
    tokens = query.tokens
    return [
        FoundComment(
            pk=pk,
            number=number,
            permalink=f"/comments/{pk}/",
            author=handle,
            author_url=person_url(author_id, handle),
            discussion_title=title,
            discussion_url=url,
            area=area,
            posted_iso=moment_iso(posted_at),
            posted_text=moment_text(posted_at),
            extract=extracts.extract(plain_text(html), tokens),
        )
        for pk, number, author_id, handle, title, url, area, posted_at, html in (
            found[pk] for pk in map(id_at, places) if pk in found
        )
    ]
