"""Writing a page in the saved-page layout, so that reading it gives the same page back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from articles.importer.lines import (
    ATTRIBUTION_DASH,
    PHOTO_BULLET,
    PHOTO_LABEL,
    QUOTE_LABEL,
    read_marker,
    shorten,
    write_date,
)
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.importer.records import (
    InsetQuote,
    Page,
    PageComment,
    PageError,
    Paragraph,
    PlacedComment,
    Quotation,
    Text,
    walk_comments,
)

INDENT = "  "
# Presence belongs to the day a page was saved and is not stored, so one word does for everybody.
WRITTEN_PRESENCE = "Offline"


class LayoutError(Exception):
    """The page cannot be written so that it reads back the same; `where` is what stands in the
    way, `why` is what would become of it."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(where, why)
        self.where = where
        self.why = why

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


def write_page(page: Page, *, notice: str = DEFAULT_NOTICE) -> str:
    """The page as text, ending in a line break.

    `parse` with the same `notice` gives an equal page. Where it would not (words that look like
    a marker or a quotation, a time with seconds, blanks at the edges, no paragraph and no comment)
    a LayoutError names the part, and nothing is written.
    """
    writing = _Writing(notice)
    writing.write(page)
    text = writing.join_lines()
    try:
        read_back = parse(text, notice=notice)
    except PageError as error:
        where = find_unreadable_part(page, notice) or writing.name_line(error.line)
        raise LayoutError(where, f"it would not be read: {error}") from error
    where = find_difference(page, read_back)
    if where:
        raise LayoutError(where, "it would be read back differently")
    return text


class _Writing:
    """The lines written so far, and which part of the page begins in which of them."""

    def __init__(self, notice: str) -> None:
        self.notice = notice.strip()
        self.lines: list[str] = []
        self.parts: list[tuple[int, str]] = []

    def write(self, page: Page) -> None:
        self.begin("the title")
        self.add_lines([page.title])
        for number, block in enumerate(page.blocks, start=1):
            self.begin(name_block(number))
            self.add_lines(["", *self.write_block(block)])
        self.begin("the photo credits")
        self.add_lines(
            [f"{INDENT}{PHOTO_BULLET} {PHOTO_LABEL} {', '.join(page.photo_credits)}".rstrip()]
        )
        self.begin("the notice")
        self.add_lines([self.notice])
        numbers: dict[int | None, int] = {}
        for placed in walk_comments(page.comments):
            numbers[placed.parent] = numbers.get(placed.parent, 0) + 1
            self.begin(name_comment(placed))
            self.add_lines(write_comment(placed, numbers[placed.parent]))

    def begin(self, part: str) -> None:
        self.parts.append((len(self.lines), part))

    def join_lines(self) -> str:
        return "\n".join(self.lines) + "\n"

    def add_lines(self, lines: list[str]) -> None:
        self.lines.extend(lines)

    def write_block(self, block: Paragraph | InsetQuote) -> list[str]:
        paragraphs = [block.text]
        if isinstance(block, InsetQuote):
            paragraphs.append(f"{ATTRIBUTION_DASH}{block.attribution}")
        lines: list[str] = []
        for paragraph in paragraphs:
            inside = paragraph.split("\n")
            # At the left edge the notice ends the article. An indent that a whole paragraph
            # shares is no part of its text, so it can stand in front of every line.
            lead = INDENT if self.notice in inside else ""
            if lines:
                lines.append("")
            lines.extend(lead + line for line in inside)
        return lines

    def name_line(self, line: int) -> str:
        """The part that line number `line` of the text belongs to."""
        # A part may hold line breaks of its own, so lines are counted as a reader counts them.
        count, named = 0, self.parts[0][1]
        ends = [start for start, _ in self.parts[1:]] + [len(self.lines)]
        for (start, part), end in zip(self.parts, ends, strict=True):
            count += sum(each.count("\n") + 1 for each in self.lines[start:end])
            named = part
            if line <= count:
                break
        return named


def name_block(number: int) -> str:
    return f"paragraph {number}"


def name_comment(placed: PlacedComment) -> str:
    return f"comment {placed.index + 1} by {shorten(placed.comment.handle)}"


def write_comment(placed: PlacedComment, number: int) -> list[str]:
    comment = placed.comment
    outer = INDENT * (placed.depth + 1)
    inner = outer + INDENT
    real_name = "" if comment.real_name is None else f" ({comment.real_name})"
    lines = write_comment_blocks(comment)
    text = inner
    if lines and read_marker(lines[-1].strip()):
        # At the end of a page it would be a marker cut off, were a reply to stand so deep.
        text = outer + " " * max(2 * len(INDENT), len(f"{number}. ") + 1)
    return [
        f"{outer}{number}. {comment.handle} {WRITTEN_PRESENCE} {comment.handle}",
        f"{inner}{comment.handle}{real_name} {write_date(comment.posted_at)}",
        *(text + line if line else "" for line in lines),
    ]


def write_comment_blocks(comment: PageComment) -> list[str]:
    """The lines of a comment's texts and quotations, a blank line between any two of them."""
    lines: list[str] = []
    for block in comment.blocks:
        if lines and lines[-1]:
            lines.append("")
        lines.extend(block.text.split("\n") if isinstance(block, Text) else write_quotation(block))
    while lines and not lines[-1]:
        lines.pop()
    return lines


def write_quotation(quotation: Quotation) -> Iterator[str]:
    """The outermost name first, the innermost words first, a blank line behind any words."""
    waiting: list[tuple[Quotation, bool]] = [(quotation, False)]
    while waiting:
        current, inner_written = waiting.pop()
        if not inner_written:
            yield f"{QUOTE_LABEL} {current.author}"
            waiting.append((current, True))
            waiting.extend((inner, False) for inner in reversed(current.inner))
        elif current.text:
            yield from current.text.split("\n")
            yield ""


def find_unreadable_part(page: Page, notice: str) -> str | None:
    """The first part that would not be read back in a page of its own.

    The line where a reader gives up may stand behind the part that is to blame for it.
    """
    body = (Paragraph("text"),)
    if not comes_back(Page(page.title, body), notice):
        return "the title"
    for number, block in enumerate(page.blocks, start=1):
        if not comes_back(Page("title", (block,)), notice):
            return name_block(number)
    if not comes_back(Page("title", body, page.photo_credits), notice):
        return "the photo credits"
    # Some words are a marker cut off where the page ends, and text where something follows.
    for placed in walk_comments(page.comments):
        alone = replace(placed.comment, children=())
        last = replace(alone, handle="last", real_name=None, blocks=())
        if not comes_back(Page("title", body, (), (alone, last)), notice):
            return name_comment(placed)
    return None


def comes_back(page: Page, notice: str) -> bool:
    writing = _Writing(notice)
    writing.write(page)
    try:
        return parse(writing.join_lines(), notice=notice) == page
    except PageError:
        return False


def find_difference(page: Page, read_back: Page) -> str | None:
    """Which part of `page` came back changed, if any."""
    if page.title != read_back.title:
        return "the title"
    for number, (ours, theirs) in enumerate(zip_longest(page.blocks, read_back.blocks), start=1):
        if ours != theirs:
            return name_block(number)
    if page.photo_credits != read_back.photo_credits:
        return "the photo credits"
    before: PlacedComment | None = None
    for ours, theirs in zip_longest(
        walk_comments(page.comments), walk_comments(read_back.comments)
    ):
        if ours is None:
            return name_comment(before) if before else "the notice"
        if (
            theirs is None
            or ours.depth != theirs.depth
            or not ours.comment.says_the_same(theirs.comment)
        ):
            return name_comment(ours)
        before = ours
    return None
