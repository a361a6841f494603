"""Quotations: telling them from a comment's own words, and finding the comments they quote.

A run of k `Quote: NAME` lines opens k quotations, the first line the outermost. Each block, up to
the next blank line, is the words of the innermost one still open. Where a block begins with
`Quote:` while an outer quotation still waits for its words, that is one more quotation inside the
outer one. What the page leaves open is settled like this:

- A `Quote:` line without a name is the commenter's own text.
- A `Quote:` line among quoted words stays among them, since a quotation runs to the blank line;
  a warning says so.
- A quotation that the comment ends before giving any words is kept with empty words, and a
  warning.
- A blank line straight behind a `Quote:` line that is followed by more words is refused: they
  could be the quotation or the answer to it, and either guess might put words into a mouth.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from articles.importer.lines import read_quoted_name, shorten
from articles.importer.records import (
    Page,
    PageError,
    PageWarning,
    PlacedComment,
    Quotation,
    Text,
    walk_comments,
    walk_quotations,
)

# Up to this many comments of one author are read through for each quotation; above it they are
# looked up by word, so that one author with 20,000 comments costs no more than many with few.
PLAIN_SEARCH_COMMENTS = 64
# Characters compared while resolving one page, about a second's worth. Only a page made up to be
# slow comes near it; quotations beyond it stay without a link, and every word of them is kept.
SEARCH_BUDGET = 300_000_000
# What looking at one comment costs besides its characters, in the same currency.
COMPARISON_COST = 100
# Replies mostly quote what they answer, so so many of the comments above are tried first.
ANCESTORS_TRIED = 50


class QuotationKey(NamedTuple):
    """Which quotation: the comment's index in page order, and the quotation's in its comment.

    Both count from 0, in the orders of `walk_comments` and `walk_quotations`.
    """

    comment: int
    quotation: int


class _OpenQuotation(NamedTuple):
    author: str
    inner: list[Quotation]
    line: int


def read_blocks(
    lines: list[str], first_line: int, warnings: list[PageWarning]
) -> tuple[Text | Quotation, ...]:
    """A comment's texts and quotations, from its lines without their indent.

    `first_line` is the number of the first of them in the file; doubts go to `warnings`.
    """
    blocks: list[Text | Quotation] = []
    own_words: list[str] = []
    quoted_words: list[str] = []
    waiting: list[_OpenQuotation] = []

    def close_own_words() -> None:
        text = join_lines(own_words)
        if text:
            blocks.append(Text(text))
        own_words.clear()

    def close_quotation() -> None:
        closed = waiting.pop()
        if not quoted_words:
            warnings.append(
                PageWarning(closed.line, f"the quotation of {shorten(closed.author)} has no words")
            )
        quotation = Quotation(closed.author, "\n".join(quoted_words), tuple(closed.inner))
        quoted_words.clear()
        (waiting[-1].inner if waiting else blocks).append(quotation)

    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    just_opened = False
    for offset in range(end):
        line = lines[offset]
        name = read_quoted_name(line)
        if quoted_words:
            if not line:
                close_quotation()
                continue
            if name is not None:
                warnings.append(
                    PageWarning(
                        first_line + offset,
                        f"{shorten(line)} stands inside a quotation and is kept as words of it",
                    )
                )
            quoted_words.append(line)
        elif name is not None:
            close_own_words()
            waiting.append(_OpenQuotation(name, [], first_line + offset))
            just_opened = True
        elif waiting and line:
            quoted_words.append(line)
            just_opened = False
        elif waiting:
            if just_opened:
                raise PageError(
                    first_line + offset,
                    f"a blank line behind the quotation of {shorten(waiting[-1].author)}",
                    "its words",
                )
        else:
            own_words.append(line)
    while waiting:
        close_quotation()
    close_own_words()
    return tuple(blocks)


def join_lines(lines: list[str]) -> str:
    """The lines as one text, without the blank ones around it."""
    first, end = 0, len(lines)
    while first < end and not lines[first]:
        first += 1
    while end > first and not lines[end - 1]:
        end -= 1
    return "\n".join(lines[first:end])


class _Comments:
    """What one author wrote, in page order."""

    def __init__(self) -> None:
        self.indexes: list[int] = []
        self.texts: list[str] = []
        self._by_word: dict[str, list[int]] | None = None

    def add(self, index: int, text: str) -> None:
        self.indexes.append(index)
        self.texts.append(text)

    def list_candidates(self, words: str, before: int) -> Iterator[int]:
        """Places in `texts` that may hold `words`, written before comment `before`, latest first.

        A quotation may begin and end in the middle of a word, but what stands between two blanks
        of it is a whole word of the comment it comes from, too.
        """
        limit = bisect_left(self.indexes, before)
        whole_words = words.split(" ")[1:-1]
        if limit <= PLAIN_SEARCH_COMMENTS or not whole_words:
            yield from range(limit - 1, -1, -1)
            return
        by_word = self._index_words()
        rarest = min((by_word.get(word, []) for word in whole_words), key=len)
        yield from (rarest[at] for at in range(bisect_left(rarest, limit) - 1, -1, -1))

    def _index_words(self) -> dict[str, list[int]]:
        if self._by_word is None:
            self._by_word = {}
            for place, text in enumerate(self.texts):
                for word in set(text.split(" ")):
                    self._by_word.setdefault(word, []).append(place)
        return self._by_word


def resolve_quotations(page: Page) -> dict[QuotationKey, int]:
    """For each quotation whose words are found, the index of the comment they come from.

    Indexes count in page order (`walk_comments`). The source is a comment that stands earlier on
    the page, by the author of exactly that handle, whose own words hold the quoted ones; runs of
    blanks and line breaks count as one blank. The nearest comment above in the same branch goes
    first, then the latest earlier one. Quotations that are found nowhere are not in the mapping.
    """
    placed = list(walk_comments(page.comments))
    texts = [normalise_blanks(get_own_words(each)) for each in placed]
    by_author: dict[str, _Comments] = {}
    for each in placed:
        by_author.setdefault(each.comment.handle, _Comments()).add(each.index, texts[each.index])
    budget = SEARCH_BUDGET
    sources: dict[QuotationKey, int] = {}
    for each in placed:
        for number, quotation in enumerate(walk_quotations(each.comment.blocks)):
            words = normalise_blanks(quotation.text)
            author = by_author.get(quotation.author)
            if not words or author is None:
                continue
            for candidate in list_sources(each, placed, author, quotation.author, words):
                if budget < 0:
                    return sources
                budget -= len(texts[candidate]) + COMPARISON_COST
                if words in texts[candidate]:
                    sources[QuotationKey(each.index, number)] = candidate
                    break
    return sources


def list_sources(
    quoting: PlacedComment,
    placed: list[PlacedComment],
    author: _Comments,
    handle: str,
    words: str,
) -> Iterator[int]:
    """Comments that may be the source, best first; a few may come twice."""
    above = quoting.parent
    for _ in range(ANCESTORS_TRIED):
        if above is None:
            break
        if placed[above].comment.handle == handle:
            yield above
        above = placed[above].parent
    yield from (author.indexes[at] for at in author.list_candidates(words, quoting.index))


def get_own_words(placed: PlacedComment) -> str:
    return " ".join(block.text for block in placed.comment.blocks if isinstance(block, Text))


def normalise_blanks(text: str) -> str:
    return " ".join(text.split())
