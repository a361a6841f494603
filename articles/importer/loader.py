"""WRITE: a parsed page into the portal: people, article and comments in one transaction.

Digests of title, body and comments tell what has changed on the page since the last import: only
that is taken over, so what editors changed here stays. A date that was read off the comments is
read again when they change, unless somebody has given another one here or by an option.

The wall clock of a page is read in one time zone. A time that clocks there skipped would have to
be moved to be stored, so it refuses the page; one that they showed twice is read as the first
of the two, with a warning: it is shown and exported just as the page has it.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from accounts import membership
from articles import markup, publishing, sections
from articles.importer.identity import find_same_page
from articles.importer.lines import shorten, write_date
from articles.importer.quotations import resolve_quotations
from articles.importer.records import (
    Page,
    PageComment,
    PageError,
    PageWarning,
    Quotation,
    collect_people,
    export_blocks,
    export_comment_blocks,
    walk_comments,
)
from articles.models import Article, Section
from comments import bulk
from comments.matching import words_of

DEFAULT_SECTION = "News"
# Deeper ones can be parsed but not stored: JSON is read and written on the call stack.
MAX_QUOTATION_NESTING = 100


@dataclass(slots=True)
class Loaded:
    """What loading one page did. ``outcome`` is "new", "updated" or "unchanged"."""

    article: Article
    outcome: str
    people: frozenset[str]
    warnings: list[PageWarning]
    new_people: frozenset[str] = frozenset()
    comments: bulk.MergeReport = field(default_factory=bulk.MergeReport)


def load(
    page: Page,
    *,
    source: str,
    zone: tzinfo,
    section: str | None = None,
    new_in: str = DEFAULT_SECTION,
    published: datetime | None = None,
    untouchable: frozenset[int] = frozenset(),
) -> Loaded:
    """Brings ``page``, saved as the file ``source``, into the portal, or leaves it as it was.

    ``section`` and ``published`` are what somebody asked for and are set on an article that is
    here already, too; ``new_in`` is only where a new one goes. ``untouchable`` are articles
    (by id) that came from other files of this run. Raises ``PageError`` for what
    cannot be kept as the page has it, ``ArticleError`` for a section that cannot be.

    One transaction. Locks the section's row, so that two imports of one page make one article.
    """
    warnings = list(page.warnings)
    facts = _Facts(page, zone, warnings)
    origin = publishing.Origin(
        source=source,
        title_digest=_digest([page.title]),
        body_digest=_digest([export_blocks(page.blocks), page.photo_credits]),
        comments_digest=facts.comments_digest(),
    )
    with transaction.atomic():
        named = sections.open_section(section or new_in)
        Section.objects.select_for_update(no_key=True).get(pk=named.pk)
        article = find_same_page(page, origin, facts, untouchable)
        if article is None:
            if not published:
                origin = replace(origin, published_at=facts.first_day())
            article = publishing.create_article(
                section=named,
                title=page.title,
                blocks=export_blocks(page.blocks),
                photo_credits=page.photo_credits,
                status=Article.Status.PUBLISHED,
                published_at=published or origin.published_at,
                origin=origin,
            )
            loaded = Loaded(article, "new", facts.people, warnings)
            _load_comments(loaded, page, facts)
            return loaded
        # Article, comments, discussion: the order in which everybody here locks them.
        locked = Article.objects.select_for_update(of=("self",), no_key=True)
        article = locked.select_related("discussion").get(pk=article.pk)
        loaded = Loaded(article, "unchanged", facts.people, warnings)
        if article.source_comments_digest == origin.comments_digest:
            loaded.comments.unchanged = len(facts.posted)
        elif _load_comments(loaded, page, facts):
            loaded.outcome = "updated"
        changes = _changes(article, page, origin)
        if section:
            changes["section"] = named
        if published:
            changes["published_at"] = published
        elif article.published_at == article.source_published_at is not None:
            day = facts.first_day() if facts.posted else article.published_at
            changes["published_at"] = day
            origin = replace(origin, published_at=day)
        if _update(article, changes, origin):
            loaded.outcome = "updated"
    return loaded


def _load_comments(loaded, page, facts):
    """People and comments; returns whether anything in the portal changed."""
    people, loaded.new_people, named = _bring_people(page, loaded.warnings)
    merged = bulk.merge(loaded.article.discussion, _threads(page, facts, people))
    loaded.comments = merged
    if merged.kept:
        doubt = f"imported before and no longer on the page, kept: {merged.kept} comments"
        loaded.warnings.append(PageWarning(1, doubt))
    if merged.edited_here:
        doubt = f"edited here by their authors, left as they are: {merged.edited_here} comments"
        loaded.warnings.append(PageWarning(1, doubt))
    return bool(named or merged.added or merged.updated)


class _Facts:
    """What a page says, checked against what the portal can keep, before anything is written."""

    def __init__(self, page, zone, warnings):
        self.placed = list(walk_comments(page.comments))
        self.people = frozenset(each.comment.handle for each in self.placed)
        self.zone = zone
        self.warnings = warnings
        self.posted = [self._read_clock(each.comment) for each in self.placed]
        for each in self.placed:
            _check_comment(each.comment)

    def _read_clock(self, comment):
        try:
            moment, doubt = read_wall_clock(comment.posted_at, self.zone)
        except ValueError as error:
            raise PageError(
                comment.line + 1,
                f"the time {write_date(comment.posted_at)}, {error}",
                "a time of the page's own zone (--timezone names it)",
            ) from error
        if doubt:
            self.warnings.append(PageWarning(comment.line + 1, doubt))
        return moment

    def comments_digest(self):
        return _digest(
            [
                each.depth,
                each.comment.handle,
                each.comment.real_name,
                posted.isoformat(),
                export_comment_blocks(each.comment.blocks),
            ]
            for each, posted in zip(self.placed, self.posted, strict=True)
        )

    def first_day(self):
        """The beginning of the earliest comment's day, both on the site's clocks.

        Not on the page's: a page exported on the site's clocks has to give the same day.
        Without comments it is now, with a warning.
        """
        if not self.posted:
            self.warnings.append(
                PageWarning(1, "no date on the page: published now (--published gives one)")
            )
            return timezone.now().replace(second=0, microsecond=0)
        return _beginning_of_day(min(self.posted))

    def said(self):
        """(who, when, what words) of every comment."""
        return (
            (
                each.comment.handle,
                posted,
                words_of(export_comment_blocks(each.comment.blocks)),
            )
            for each, posted in zip(self.placed, self.posted, strict=True)
        )


def _beginning_of_day(moment):
    local = moment.astimezone(timezone.get_default_timezone())
    try:
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).astimezone(UTC)
    except OverflowError:
        # The first day of the year 1, which began elsewhere in a year that there is not.
        return moment


def find_zone(name: str) -> ZoneInfo:
    """The time zone of this name; raises ``ValueError`` where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError) as error:
        raise ValueError(f"there is no time zone “{name}”") from error


def read_wall_clock(moment: datetime, zone: tzinfo) -> tuple[datetime, str]:
    """``moment`` on the clocks of ``zone`` as UTC, and a doubt ("" for none).

    Raises ``ValueError`` for a time that those clocks skipped, and for one that falls out of
    the years 1 to 9999 in UTC or in the site's own zone.
    """
    try:
        there = moment.replace(tzinfo=zone, fold=0).astimezone(UTC)
        back = there.astimezone(zone).replace(tzinfo=None, fold=0)
        there.astimezone(timezone.get_default_timezone())
    except OverflowError as error:
        raise ValueError(f"which lies outside the years 1 to 9999 of {zone} and UTC") from error
    if back != moment:
        raise ValueError(f"which the clocks of {zone} skipped")
    if moment.replace(tzinfo=zone, fold=1).utcoffset() != moment.replace(tzinfo=zone).utcoffset():
        return there, f"{write_date(moment)} came twice in {zone}: read as the first"
    return there, ""


def _check_comment(comment: PageComment):
    if len(comment.handle) > membership.MAX_HANDLE_LENGTH:
        raise PageError(
            comment.line,
            f"the handle {shorten(comment.handle)} of {len(comment.handle)} characters",
            f"at most {membership.MAX_HANDLE_LENGTH}",
        )
    depths = [(block, 1) for block in comment.blocks if isinstance(block, Quotation)]
    while depths:
        quotation, depth = depths.pop()
        if depth > MAX_QUOTATION_NESTING:
            raise PageError(
                comment.line,
                f"more than {MAX_QUOTATION_NESTING} quotations inside one another",
                "fewer",
            )
        depths.extend((inner, depth + 1) for inner in quotation.inner)


def _changes(article, page, origin):
    """What the page says otherwise than at the last import: the rest is the editors'."""
    changes = {}
    if article.source_title_digest != origin.title_digest:
        changes["title"] = page.title
    if article.source_body_digest != origin.body_digest:
        # Pictures are the editors' own, and no saved page has any.
        changes["blocks"] = markup.move_pictures(article.blocks, export_blocks(page.blocks))
        changes["photo_credits"] = list(page.photo_credits)
    return changes


def _update(article, changes, origin):
    told = origin.as_fields().items()
    if all(getattr(article, name) == value for name, value in (*changes.items(), *told)):
        return False
    return publishing.update_article(article=article, origin=origin, **changes)


def _bring_people(page, warnings):
    """The people of the page by handle, the handles that are new, and whether a name was added."""
    names = collect_people(page)
    users = get_user_model().objects.filter(handle__in=list(names))
    before = dict(users.values_list("handle", "real_name"))
    people = membership.import_people(names)
    told = set()
    for placed in walk_comments(page.comments):
        handle, name = placed.comment.handle, placed.comment.real_name
        kept = people[handle].real_name
        # Two names on one page are the parser's doubt already.
        if name and name == names[handle] != kept and (handle, name) not in told:
            told.add((handle, name))
            doubt = f"{shorten(handle)} is called {shorten(name)} here; the portal keeps "
            doubt += shorten(kept) if kept else "no real name of theirs"
            warnings.append(PageWarning(placed.comment.line + 1, doubt))
    named = any(people[handle].real_name != name for handle, name in before.items())
    return people, frozenset(names) - before.keys(), named


def _threads(page, facts, people):
    """The page's comments as ``bulk`` takes them, quotations tied to what they quote."""
    drafts, threads = [], []
    for placed, posted in zip(facts.placed, facts.posted, strict=True):
        draft = bulk.BulkComment(
            author_id=people[placed.comment.handle].pk,
            posted_at=posted,
            blocks=export_comment_blocks(placed.comment.blocks),
        )
        drafts.append(draft)
        siblings = threads if placed.parent is None else drafts[placed.parent].children
        siblings.append(draft)
    quotes = {}
    for (quoting, number), quoted in resolve_quotations(page).items():
        if quoting not in quotes:
            quotes[quoting] = list(_walk_quotes(drafts[quoting].blocks))
        quotes[quoting][number]["of"] = drafts[quoted]
    return threads


def _walk_quotes(blocks):
    """Every quote of a comment, outer before inner: the order of ``walk_quotations``."""
    waiting = [block for block in reversed(blocks) if block["type"] == "quote"]
    while waiting:
        quote = waiting.pop()
        yield quote
        waiting.extend(reversed(quote["inner"]))


def _digest(values):
    digest = hashlib.sha256()
    for value in values:
        digest.update(json.dumps(value, ensure_ascii=False).encode())
        digest.update(b"\n")
    return digest.hexdigest()
