"""What a saved page says, as plain values.

Replies can nest thousands deep, and so can quotations inside quotations. Nothing here calls
itself: comparing, hashing, printing, walking and exporting all go through explicit stacks, so
that no page, however deep, ends in a RecursionError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any


class PageError(Exception):
    """The page cannot be read without losing or inventing something; nothing of it was read."""

    def __init__(self, line: int, found: str, expected: str) -> None:
        super().__init__(line, found, expected)
        self.line = line
        self.found = found
        self.expected = expected

    def __str__(self) -> str:
        return f"{self.line}: found {self.found}, expected {self.expected}"

    def describe(self, source: str) -> str:
        """`FILE:LINE: found ..., expected ...` for the file called `source`."""
        return f"{source}:{self}"


@dataclass(frozen=True, slots=True)
class PageWarning:
    """A doubt that loses nothing: the page was read, and somebody may want to look at it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.line}: {self.message}"

    def describe(self, source: str) -> str:
        """`FILE:LINE: what and why` for the file called `source`."""
        return f"{source}:{self}"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the article; line breaks inside it are kept as `\\n`."""

    text: str


@dataclass(frozen=True, slots=True)
class InsetQuote:
    """A paragraph that quotes somebody; `attribution` comes without its leading `- `."""

    text: str
    attribution: str


@dataclass(frozen=True, slots=True)
class Text:
    """What the commenter wrote, letter for letter, with line breaks as `\\n`."""

    text: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Quotation:
    """Words a commenter quotes; `inner` are the quotations that stood inside those words.

    `text` is empty where the page names the quoted person and ends before any words.
    """

    author: str
    text: str
    inner: tuple[Quotation, ...] = ()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Quotation):
            return NotImplemented
        pairs = [(self, other)]
        while pairs:
            ours, theirs = pairs.pop()
            if ours is theirs:
                continue
            if (ours.author, ours.text, len(ours.inner)) != (
                theirs.author,
                theirs.text,
                len(theirs.inner),
            ):
                return False
            pairs.extend(zip(ours.inner, theirs.inner, strict=True))
        return True

    def __hash__(self) -> int:
        return hash((self.author, self.text, len(self.inner)))

    def __repr__(self) -> str:
        return f"Quotation({self.author!r}, {self.text!r}, <{len(self.inner)} inside>)"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class PageComment:
    """One comment with the replies under it.

    `posted_at` is the wall clock of the page, without a zone. `line` is where the comment's
    marker stands; two comments that differ only in `line` are equal.
    """

    handle: str
    real_name: str | None
    posted_at: datetime
    blocks: tuple[Text | Quotation, ...] = ()
    children: tuple[PageComment, ...] = ()
    line: int = 0

    def says_the_same(self, other: PageComment) -> bool:
        """Whether author, time and words agree; the replies are only counted."""
        return (
            self.handle == other.handle
            and self.real_name == other.real_name
            and self.posted_at == other.posted_at
            and self.blocks == other.blocks
            and len(self.children) == len(other.children)
        )

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PageComment):
            return NotImplemented
        pairs = [(self, other)]
        while pairs:
            ours, theirs = pairs.pop()
            if ours is theirs:
                continue
            if not ours.says_the_same(theirs):
                return False
            pairs.extend(zip(ours.children, theirs.children, strict=True))
        return True

    def __hash__(self) -> int:
        return hash((self.handle, self.real_name, self.posted_at, self.blocks, len(self.children)))

    def __repr__(self) -> str:
        return (
            f"PageComment({self.handle!r}, {self.real_name!r}, {self.posted_at!r}, "
            f"{self.blocks!r}, <{len(self.children)} replies>, line={self.line})"
        )


@dataclass(frozen=True, slots=True)
class Page:
    """A whole saved page. `warnings` take no part in comparisons."""

    title: str
    blocks: tuple[Paragraph | InsetQuote, ...] = ()
    photo_credits: tuple[str, ...] = ()
    comments: tuple[PageComment, ...] = ()
    warnings: tuple[PageWarning, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class PlacedComment:
    """A comment in page order: its own index, its parent's index (None at the top), its depth."""

    index: int
    parent: int | None
    depth: int
    comment: PageComment


def walk_comments(comments: tuple[PageComment, ...]) -> Iterator[PlacedComment]:
    """Every comment in page order, parents before their replies; the top level has depth 0."""
    waiting: list[tuple[PageComment, int | None, int]] = [
        (comment, None, 0) for comment in reversed(comments)
    ]
    index = 0
    while waiting:
        comment, parent, depth = waiting.pop()
        yield PlacedComment(index, parent, depth, comment)
        waiting.extend((child, index, depth + 1) for child in reversed(comment.children))
        index += 1


def walk_quotations(blocks: tuple[Text | Quotation, ...]) -> Iterator[Quotation]:
    """Every quotation of a comment in the order its `Quote:` line is read, outer before inner."""
    waiting = [block for block in reversed(blocks) if isinstance(block, Quotation)]
    while waiting:
        quotation = waiting.pop()
        yield quotation
        waiting.extend(reversed(quotation.inner))


def collect_people(page: Page) -> dict[str, str | None]:
    """Everybody who commented, in order of appearance, with the first real name given for them."""
    people: dict[str, str | None] = {}
    for placed in walk_comments(page.comments):
        handle, real_name = placed.comment.handle, placed.comment.real_name
        if people.get(handle) is None:
            people[handle] = real_name
    return people


def find_earliest_time(page: Page) -> datetime | None:
    """The wall clock of the earliest comment, or None where nobody commented."""
    return min((placed.comment.posted_at for placed in walk_comments(page.comments)), default=None)


def export_page(
    page: Page, *, slug: str, section: str, published_at: datetime, zone: tzinfo
) -> dict[str, Any]:
    """The page as one article of the export schema; `zone` is that of the comments' wall clock.

    The result nests as deep as the replies do; `json.dumps` itself gives up at some hundred levels.
    """
    return {
        "title": page.title,
        "slug": slug,
        "section": section,
        "published_at": published_at.isoformat(),
        "blocks": export_blocks(page.blocks),
        "photo_credits": list(page.photo_credits),
        "comments": export_comments(page.comments, zone),
    }


def export_blocks(blocks: tuple[Paragraph | InsetQuote, ...]) -> list[dict[str, str]]:
    """The article's paragraphs and quotes in the export schema."""
    return [
        {"type": "quote", "text": block.text, "attribution": block.attribution}
        if isinstance(block, InsetQuote)
        else {"type": "paragraph", "text": block.text}
        for block in blocks
    ]


def export_comments(comments: tuple[PageComment, ...], zone: tzinfo) -> list[dict[str, Any]]:
    """The comments and all their replies in the export schema, in page order."""
    exported: list[dict[str, Any]] = []
    waiting = [(comment, exported) for comment in reversed(comments)]
    while waiting:
        comment, siblings = waiting.pop()
        replies: list[dict[str, Any]] = []
        siblings.append(
            {
                "author": comment.handle,
                "real_name": comment.real_name,
                "posted_at": comment.posted_at.replace(tzinfo=zone).isoformat(),
                "blocks": export_comment_blocks(comment.blocks),
                "children": replies,
            }
        )
        waiting.extend((child, replies) for child in reversed(comment.children))
    return exported


def export_comment_blocks(blocks: tuple[Text | Quotation, ...]) -> list[dict[str, Any]]:
    """One comment's texts and quotations in the export schema."""
    exported: list[dict[str, Any]] = []
    waiting = [(block, exported) for block in reversed(blocks)]
    while waiting:
        block, siblings = waiting.pop()
        if isinstance(block, Text):
            siblings.append({"type": "text", "text": block.text})
            continue
        inner: list[dict[str, Any]] = []
        siblings.append(
            {"type": "quote", "author": block.author, "text": block.text, "inner": inner}
        )
        waiting.extend((quotation, inner) for quotation in reversed(block.inner))
    return exported
