"""Saved page in, `Page` out, or a `PageError` that names the line.

Every line ends up in exactly one place, or the page is refused. How the comments are told apart
is in `thread`, how quotations are in `quotations`; what the format leaves open for the article
and the page as a whole is settled here:

- Blanks that all lines of a paragraph begin with go, others and the line breaks stay.
- An attribution never becomes the text of another quote: a second `- ` paragraph in a row, like
  one at the top, is ordinary text. So nothing behind a `- x` at the top is an attribution of it:
  a run of such paragraphs is a list or a dialogue, where no line names the speaker of another.
- A page without a notice is an article without comments, with a warning; a comment above the
  notice or without one is refused. So are lines between the photo line, the notice and the first
  comment. A page needs a paragraph, a quote or a comment besides its title; comments without any
  paragraph are a warning.
"""

from __future__ import annotations

from articles.importer.lines import (
    ATTRIBUTION_DASH,
    BYTE_ORDER_MARK,
    get_lead,
    is_deeper,
    is_header_of,
    read_lines,
    read_marker,
    read_photo_credits,
    shorten,
)
from articles.importer.records import (
    InsetQuote,
    Page,
    PageError,
    PageWarning,
    Paragraph,
)
from articles.importer.thread import read_thread

DEFAULT_NOTICE = "Dear reader, to leave comments on the publication, you must sign in."


def parse(
    source: bytes | str, *, encoding: str | None = None, notice: str = DEFAULT_NOTICE
) -> Page:
    """The page in `source`, or a PageError; no other exception leaves this function.

    `encoding` applies to bytes and overrules any BOM. `notice` is the line, without its outer
    blanks, that stands between the article and its comments.
    """
    lines = read_lines(source, encoding)
    notice = notice.strip()
    if not notice:
        raise PageError(1, "a notice without any words", "the wording that the page uses")
    titles = ((at, read_title(line)) for at, line in enumerate(lines))
    title_at, title = next(((at, title) for at, title in titles if title), (0, ""))
    if not title:
        raise PageError(1, "an empty file", "a title")
    if title == notice or read_photo_credits(title) is not None:
        raise PageError(title_at + 1, shorten(title), "a title")

    warnings: list[PageWarning] = []
    article_end = find_article_end(lines, title_at + 1, notice)
    blocks = read_article(lines, title_at + 1, article_end)
    photo_credits, thread_start = read_article_end(lines, article_end, notice, warnings)
    comments = read_thread(lines, thread_start, warnings, notice)
    if not blocks:
        if not comments:
            raise PageError(title_at + 1, "a title alone", "an article under it")
        warnings.append(PageWarning(title_at + 1, "the article has no paragraph"))
    warnings.sort(key=lambda warning: warning.line)
    return Page(title, tuple(blocks), photo_credits, comments, warnings=tuple(warnings))


def read_title(line: str) -> str:
    """The line without blanks and byte order marks around it; joined files have those inside."""
    return line.strip().strip(BYTE_ORDER_MARK).strip()


def find_article_end(lines: list[str], start: int, notice: str) -> int:
    """Where the photo line or the notice stands, whichever is first; else behind the last line."""
    for at in range(start, len(lines)):
        line = lines[at]
        if line == notice or read_photo_credits(line) is not None:
            return at
        if is_comment_start(lines, at):
            raise PageError(
                at + 1,
                f"the comment {shorten(line.strip())} inside the article",
                "the notice above the comments (--notice names another wording)",
            )
    return len(lines)


def is_comment_start(lines: list[str], at: int) -> bool:
    """Whether, beyond doubt, a comment begins here: a marker over a deeper header of its own."""
    marker = read_marker(lines[at].strip())
    if marker is None or at + 1 >= len(lines):
        return False
    header = lines[at + 1]
    leads = get_lead(lines[at]), get_lead(header)
    return is_deeper(*leads) and is_header_of(header, marker)


def read_article(lines: list[str], start: int, end: int) -> list[Paragraph | InsetQuote]:
    blocks: list[Paragraph | InsetQuote] = []
    paragraph: list[str] = []
    for at in range(start, end + 1):
        if at < end and lines[at]:
            paragraph.append(lines[at])
        elif paragraph:
            add_paragraph(blocks, take_off_shared_lead(paragraph))
            paragraph = []
    return blocks


def take_off_shared_lead(paragraph: list[str]) -> str:
    leads = [get_lead(line) for line in paragraph]
    # What the first and the last in sorted order share, all of them share.
    pairs = zip(min(leads), max(leads), strict=False)
    shared = next((at for at, (one, other) in enumerate(pairs) if one != other), len(min(leads)))
    return "\n".join(line[shared:] for line in paragraph)


def add_paragraph(blocks: list[Paragraph | InsetQuote], text: str) -> None:
    before = blocks[-1] if blocks else None
    if (
        text.startswith(ATTRIBUTION_DASH)
        and isinstance(before, Paragraph)
        and not before.text.startswith(ATTRIBUTION_DASH)
    ):
        attribution = text.removeprefix(ATTRIBUTION_DASH).lstrip()
        blocks[-1] = InsetQuote(before.text, attribution)
    else:
        blocks.append(Paragraph(text))


def read_article_end(
    lines: list[str], at: int, notice: str, warnings: list[PageWarning]
) -> tuple[tuple[str, ...], int]:
    """The photo credits, and where the comments begin."""
    photo_credits: tuple[str, ...] = ()
    if at < len(lines) and lines[at] != notice:
        photo_credits = read_photo_credits(lines[at]) or ()
        at += 1
        while at < len(lines) and lines[at] != notice:
            if lines[at]:
                raise PageError(
                    at + 1,
                    f"{shorten(lines[at].strip())} behind the photo line",
                    "the notice above the comments (--notice names another wording)",
                )
            at += 1
    if at == len(lines):
        last = max(index for index, line in enumerate(lines, 1) if line)
        warnings.append(PageWarning(last, "no notice: read as an article without comments"))
    return photo_credits, at + 1
