"""READ: articles with their discussions, as the export schema's JSON or as saved pages.

Both are written article by article, so memory does not grow with the number of articles, and
JSON comment by comment, however deep the replies nest. What a moderator or its author has taken
down is exported without its words. Times are given to the minute, which is all that a saved page
can say, in the site's zone (JSON) or on the wall clock of a zone that is asked for (text).

Without slugs everything published is exported; a draft or a withdrawn article only by name, and
then with a key ``status``. Pictures stand beside the text in a key of their own, not among its
blocks, and in no saved page. Articles come in the order in which they were asked for, else in that
of their slugs, ``name`` before ``name-2`` before ``name-10``: imported in that order, articles of
one title get the same slugs again.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils import timezone

from articles import markup, publishing
from articles.importer.layout import LayoutError, write_page
from articles.importer.loader import read_wall_clock
from articles.importer.records import InsetQuote, Page, PageComment, Paragraph, Quotation, Text
from articles.models import Article, Byline, Picture
from comments import discussions

_NUMBER = re.compile(r"([0-9]+)")
# What the export schema and a saved page have; of other blocks they get the words.
_SCHEMA_TYPES = ("paragraph", "quote")


class UnknownSlugsError(LookupError):
    """Articles were asked for that there are none of; ``slugs`` are theirs."""

    def __init__(self, slugs):
        super().__init__(f"No article has the address {', '.join(slugs)}.")
        self.slugs = slugs


@dataclass(frozen=True, slots=True)
class SavedPage:
    """One article in the saved-page layout, and what of it the layout has no place for."""

    slug: str
    section: str
    text: str
    notes: tuple[str, ...]


def natural_key(name: str) -> tuple:
    """Sorts ``name`` before ``name-2`` before ``name-10``: the order in which slugs are given."""
    parts = _NUMBER.split(name)
    return tuple(int(part) if at % 2 else part for at, part in enumerate(parts)), name


def choose_articles(slugs: Iterable[str] = ()) -> list[int]:
    """The numbers of the articles to export, in order; raises ``UnknownSlugsError``."""
    slugs = list(dict.fromkeys(slugs))
    chosen = Article.objects.filter(status=Article.Status.PUBLISHED)
    if slugs:
        chosen = Article.objects.filter(slug__in=slugs)
    found = dict(chosen.values_list("slug", "pk"))
    if missing := sorted(set(slugs) - found.keys()):
        raise UnknownSlugsError(missing)
    return [found[slug] for slug in slugs or sorted(found, key=natural_key)]


def write_json(articles: Iterable[int], write: Callable[[str], object]) -> None:
    """Writes a JSON list of the articles with these numbers, piece by piece."""
    write("[")
    for number, article in enumerate(_read_articles(articles)):
        write(",\n" if number else "\n")
        _write_article(article, write)
    write("\n]\n")


def _write_article(article, write):
    write(_json(_article_head(article))[:-1] + ', "comments": [')
    # ``depth`` of the comment whose list of replies is open; it is closed by what follows it.
    depth = -1
    for level, comment in _exported_comments(article):
        if level > depth:
            write("\n" if depth >= 0 or level == 0 else "")
        else:
            write("]}" * (depth - level + 1) + ",\n")
        write(_json(comment)[:-1] + ', "children": [')
        depth = level
    write("]}" * (depth + 1) + "]}")


def _article_head(article):
    head = {
        "title": article.title,
        "slug": article.slug,
        "section": article.section.name,
        "published_at": _iso(article.published_at) if article.published_at else None,
        "blocks": [_article_block(block) for block in markup.texts_in(article.blocks)],
        "photo_credits": article.photo_credits,
    }
    if article.status != Article.Status.PUBLISHED:
        head["status"] = article.status
    if article.lead:
        head["lead"] = article.lead
    bylines = article.bylines.select_related("person", "guest")
    texts = [line for line in bylines if line.role == Byline.Role.TEXT]
    if authors := [line.person.handle for line in texts if line.person]:
        head["authors"] = authors
    # What the schema has no place for: who has no account, and who did something else.
    others = [line for line in bylines if line.role != Byline.Role.TEXT or line.guest]
    if others:
        head["credits"] = [_credit(line) for line in others]
    if placed := _placed_pictures(article):
        head["pictures"] = placed
    return head


def _credit(line):
    if line.guest:
        return {"role": line.role, "guest": line.guest.name}
    return {"role": line.role, "person": line.person.handle}


def _placed_pictures(article):
    """The pictures of an article by their words; ``behind`` is how many blocks stand before one.

    The lead picture stands behind none and says so. Files are copied, not exported: the digest
    (SHA-256) is that of the file as it was sent.
    """
    placed, words = [(article.lead_picture_id, 0, True)] if article.lead_picture_id else [], 0
    for block in article.blocks:
        if block["type"] == "picture":
            placed.append((block["picture"], words, False))
        else:
            words += 1
    found = Picture.objects.in_bulk([number for number, _, _ in placed])
    return [
        {
            "digest": picture.digest,
            "alt": picture.alt,
            "caption": picture.caption,
            "credit": picture.credit,
            "licence": picture.licence_note or picture.licence,
            "behind": behind,
            **({"lead": True} if leads else {}),
        }
        for picture, behind, leads in ((found[number], *rest) for number, *rest in placed)
    ]


def _exported_comments(article) -> Iterator[tuple[int, dict]]:
    """(level, comment without its replies) in display order."""
    for level, handle, real_name, posted_at, state, blocks in discussions.exported(
        article.discussion
    ):
        comment = {
            "author": handle,
            "real_name": real_name or None,
            "posted_at": _iso(posted_at),
            "blocks": [],
        }
        if state == "visible":
            comment["blocks"] = [_comment_block(block) for block in blocks]
        else:
            comment["state"] = state
        yield level, comment


def read_saved_pages(
    articles: Iterable[int], zone: tzinfo, refuse: Callable[[str, str], object]
) -> Iterator[SavedPage]:
    """The articles as saved pages whose times are the wall clock of ``zone``.

    What the layout cannot say so that it reads back the same is not written: ``refuse`` is
    called with the slug and the reason.
    """
    for article in _read_articles(articles):
        try:
            page, notes = _page_of(article, zone)
            yield SavedPage(article.slug, article.section.name, write_page(page), tuple(notes))
        except LayoutError as error:
            refuse(article.slug, str(error))
        except OverflowError:
            refuse(article.slug, f"it has a time outside the years 1 to 9999 of {zone}")


def _page_of(article, zone):
    for name, value in (("the lead", article.lead), ("the byline", article.bylines.exists())):
        if value:
            raise LayoutError(name, "a saved page has no place for it; JSON has")
    notes = _notes(article, zone)
    threads, above, taken_down = [], [], 0
    for level, handle, real_name, posted_at, state, blocks in discussions.exported(
        article.discussion
    ):
        taken_down += state != "visible"
        comment = {
            "handle": handle,
            "real_name": real_name or None,
            "posted_at": _wall_clock(posted_at, zone, handle),
            "blocks": _records(blocks) if state == "visible" else (),
        }
        del above[level:]
        siblings = above[-1][1] if above else threads
        above.append((comment, []))
        siblings.append(above[-1])
    if left_out := len(_placed_pictures(article)):
        notes.append(f"{left_out} pictures are left out, as a saved page holds only text; JSON has")
    if taken_down:
        notes.append(f"{taken_down} comments that were taken down are written without words")
    formed = [
        str(n) for n, each in enumerate(article.blocks, 1) if each["type"] not in _SCHEMA_TYPES
    ]
    if formed:
        told = "block" if len(formed) == 1 else "blocks"
        notes.append(f"{told} {', '.join(formed)} of the text: words without form (JSON has it)")
    page = Page(
        title=article.title,
        blocks=tuple(
            InsetQuote(block["text"], block["attribution"])
            if block["type"] == "quote"
            else Paragraph(markup.words_of(block))
            for block in markup.texts_in(article.blocks)
        ),
        photo_credits=tuple(article.photo_credits),
        comments=_freeze(threads),
    )
    return page, notes


def _notes(article, zone):
    """What comes back otherwise when the page is imported with no option."""
    notes = [f"section: {article.section.name} (a folder's name, or --section)"]
    if article.published_at:
        there = article.published_at.astimezone(zone)
        notes.append(f"published: {there.isoformat(timespec='minutes')} (--published)")
    wanted = publishing.slug_of(article.title)
    if not re.fullmatch(rf"{re.escape(wanted)}(-[0-9]+)?", article.slug):
        notes.append(f"slug: {article.slug}, which is not made of its title")
    return notes


def _freeze(threads):
    """Drafts of comments as records, the replies before what they reply to; no recursion."""
    order = []
    waiting = list(threads)
    while waiting:
        draft = waiting.pop()
        order.append(draft)
        waiting.extend(draft[1])
    frozen = {}
    for fields, replies in reversed(order):
        children = tuple(frozen.pop(id(reply[0])) for reply in replies)
        frozen[id(fields)] = PageComment(**fields, children=children)
    return tuple(frozen.pop(id(fields)) for fields, _ in threads)


def _records(blocks):
    return tuple(
        Text(block["text"]) if block["type"] == "text" else _quotation(block) for block in blocks
    )


def _quotation(block):
    # As deep as loader.MAX_QUOTATION_NESTING at most.
    inner = tuple(_quotation(each) for each in block.get("inner", ()))
    return Quotation(block["author"], block["text"], inner)


def _wall_clock(moment, zone, handle):
    there = _to_the_minute(moment, zone).replace(tzinfo=None, fold=0)
    if _iso(read_wall_clock(there, zone)[0]) != _iso(moment):
        raise LayoutError(
            f"a comment by {handle}",
            f"its time {_iso(moment)} cannot be told by the clocks of {zone}, which show that "
            f"hour twice or run on seconds; write the page in another zone (--timezone UTC)",
        )
    return there


def _to_the_minute(moment: datetime, zone: tzinfo) -> datetime:
    # Rounded there and not in UTC: before standard time, zones were off by odd seconds.
    return moment.astimezone(zone).replace(second=0, microsecond=0)


def _read_articles(articles):
    for pk in articles:
        yield Article.objects.select_related("section", "discussion").get(pk=pk)


def _iso(moment):
    zone = timezone.get_default_timezone()
    return _to_the_minute(moment, zone).isoformat(timespec="minutes")


def _article_block(block):
    """The keys in the schema's order: PostgreSQL keeps an order of its own.

    What is neither a paragraph nor a quote is a paragraph of its words, and how it was made
    stands in keys beside them.
    """
    if block["type"] in _SCHEMA_TYPES:
        keys = ("type", "text", "attribution") if block["type"] == "quote" else ("type", "text")
        return {key: block[key] for key in keys}
    form = {key: block[key] for key in sorted(block.keys() - {"type"})}
    return {"type": "paragraph", "text": markup.words_of(block), **form}


def _comment_block(block):
    if block["type"] == "text":
        return {"type": "text", "text": block["text"]}
    return {
        "type": "quote",
        "author": block["author"],
        "text": block["text"],
        "inner": [_comment_block(inner) for inner in block.get("inner", ())],
    }


def _json(value):
    return json.dumps(value, ensure_ascii=False)
