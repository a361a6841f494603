"""The comments of a saved page: which lines belong to whom, and who replies to whom.

Every line ends up in exactly one comment, or the page is refused. What the format leaves open is
settled here:

- The width of an indent is its number of blanks. How wide a tab is stands nowhere; see
  `choose_tab_widths`.
- A comment owns the lines behind its header that are deeper than its marker. A line that is not
  deeper than the marker of the last comment belongs to nobody, or to somebody further up whose
  words have already ended: refused.
- A line with the form of a marker is text when the line behind it is not deeper. It is refused
  when a blank line parts it from a header of its own. As the last line of the file it is text
  inside somebody's text, below another such line or deeper than a reply could stand; elsewhere
  it is refused as a comment cut off before its header.
- The notice counts once. A second one at the left edge is text of the comment above, with a
  warning.
- A numbered line, or one that speaks of a presence, that is no marker although a deeper line
  names somebody and ends in a date follows: refused as a damaged marker, because as text it
  would hand somebody's comment to the one above.
- A comment's own indent is the least of its text. It is taken off each line; blanks beyond it
  stay. Blank lines at both ends go.
- The parent is the last comment whose marker is less deep. Refused as replies under nothing: a
  first comment that stands two of its own steps from the edge (a single tab is one step), a reply
  two steps below its parent, a list that comes back a step to the left with a number that does
  not go on, and a comment between marker and header of the one above whose number says sibling.
- Lists that drift by less, and numbers that jump, are warnings; numbers aligned at their dots
  are ordinary.
- A line among somebody's words that ends in a date is text, with a warning: it may be a header
  whose marker is missing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from articles.importer.lines import (
    TAB_WIDTHS,
    Marker,
    count_blanks,
    ends_in_date,
    get_lead,
    is_deeper,
    is_header_of,
    measure_lead,
    read_header,
    read_marker,
    resembles_marker,
    shorten,
)
from articles.importer.quotations import read_blocks
from articles.importer.records import PageComment, PageError, PageWarning


@dataclass(slots=True)
class _Draft:
    """A comment while its replies and text are still being read."""

    marker: Marker
    line: int
    indent: int
    text_indent: int
    real_name: str | None
    posted_at: datetime
    parent: int | None
    text_start: int
    text_end: int
    children: list[PageComment] = field(default_factory=list)

    @property
    def step(self) -> int:
        return self.text_indent - self.indent

    @property
    def dot(self) -> int:
        return self.indent + len(self.marker.digits)

    @property
    def hanging(self) -> int:
        """The first letter behind the number: replies may hang there, as the header may."""
        return self.dot + len(". ")

    def is_beyond_replies(self, indent: int, step: int) -> bool:
        """Whether a reply with this step cannot stand so deep."""
        return indent > self.hanging and indent >= self.indent + 2 * max(self.step, step)


def read_thread(
    lines: list[str], start: int, warnings: list[PageWarning], notice: str
) -> tuple[PageComment, ...]:
    """The comments in the lines from `start` on."""
    leads = [get_lead(line) for line in lines[start:]]
    readings: list[tuple[int, _Thread]] = []
    refusal: PageError | None = None
    for tab_width in choose_tab_widths(lines, start, leads):
        thread = _Thread(lines, start, [measure_lead(lead, tab_width) for lead in leads], notice)
        try:
            thread.place_lines()
        except PageError as error:
            refusal = refusal or error
            continue
        readings.append((tab_width, thread))
        if not thread.warnings:
            break
    if refusal and not readings:
        raise refusal
    tab_width, best = min(readings, key=lambda reading: len(reading[1].warnings))
    warnings.extend(best.warnings)
    return best.build_comments(leads, tab_width, warnings)


def choose_tab_widths(lines: list[str], start: int, leads: list[str]) -> tuple[int, ...]:
    """The widths of a tab that this page may have been written with, most likely first.

    A page says nothing of it, and it matters only where tabs stand beside blanks. Every marker
    that has a deeper line behind it at one width has to have it at the right one, so that no
    width hides a comment. Among those left the reading with the fewest doubts is taken.
    """
    if not any("\t" in lead for lead in leads):
        return TAB_WIDTHS[:1]
    pairs = [
        (leads[at - start], leads[at + 1 - start])
        for at in range(start, len(lines) - 1)
        if lines[at + 1] and read_marker(lines[at].strip())
    ]
    pairs = [pair for pair in pairs if is_deeper(*pair)]
    fitting = tuple(
        tab_width
        for tab_width in TAB_WIDTHS
        if all(
            measure_lead(lead, tab_width) < measure_lead(next_lead, tab_width)
            for lead, next_lead in pairs
        )
    )
    return fitting or TAB_WIDTHS[:1]


class _Thread:
    """Sorts the lines below the notice to comments, at one width of a tab."""

    def __init__(self, lines: list[str], start: int, widths: list[int], notice: str) -> None:
        self.lines = lines
        self.notice = notice
        self.start = start
        self.widths = widths
        self.warnings: list[PageWarning] = []
        self.drafts: list[_Draft] = []
        # Indexes of the comments that the next one may still be a reply to, deepest last.
        self.branch: list[int] = []

    def place_lines(self) -> None:
        at = self.start
        while at < len(self.lines):
            line = self.lines[at]
            if not line:
                at += 1
                continue
            body = line.strip()
            marker = read_marker(body)
            if marker and self.is_followed_by_header(at, marker):
                self.open_comment(at, marker)
                at += 2
                continue
            if not marker:
                self.refuse_damaged_marker(at, body)
            self.add_text(at, body, marker)
            at += 1

    def measure(self, at: int) -> int:
        return self.widths[at - self.start]

    def find_next_line(self, at: int) -> int | None:
        return next((later for later in range(at + 1, len(self.lines)) if self.lines[later]), None)

    def is_followed_by_header(self, at: int, marker: Marker) -> bool:
        after = self.find_next_line(at)
        if after is None:
            if self.is_listed(at):
                return False
            raise PageError(
                at + 1,
                f"the comment {shorten(self.lines[at].strip())} cut off",
                "its header on the next line",
            )
        deeper = self.measure(after) > self.measure(at)
        if after == at + 1:
            return deeper
        if deeper and is_header_of(self.lines[after], marker):
            raise PageError(
                at + 2,
                "a blank line between marker and header",
                f"the header of {shorten(marker.handle)}",
            )
        return False

    def is_listed(self, at: int) -> bool:
        """Whether the last line, a marker by its form, is part of a list that somebody wrote."""
        if not self.branch:
            return False
        draft = self.drafts[self.branch[-1]]
        indent = self.measure(at)
        words = [each for each in range(draft.text_start, at) if self.lines[each]]
        if indent > draft.indent and words and read_marker(self.lines[words[-1]].strip()):
            return True
        return draft.is_beyond_replies(indent, draft.step)

    def refuse_damaged_marker(self, at: int, body: str) -> None:
        after = self.lines[at + 1] if at + 1 < len(self.lines) else ""
        if not after or self.measure(at + 1) <= self.measure(at):
            return
        if resembles_marker(body, after.strip()):
            raise PageError(
                at + 1,
                f"{shorten(body)} above what seems to be a header",
                "a marker with the same handle on both sides of Offline or Online",
            )

    def add_text(self, at: int, body: str, marker: Marker | None) -> None:
        if not self.branch:
            raise PageError(at + 1, shorten(body), "the marker of the first comment")
        draft = self.drafts[self.branch[-1]]
        if self.lines[at] == self.notice:
            self.warnings.append(PageWarning(at + 1, "a second notice, read as text"))
        elif self.measure(at) <= draft.indent:
            expected = (
                "its header on the next line, deeper than the marker"
                if marker
                else f"a marker, or text deeper than the comment of {shorten(draft.marker.handle)}"
            )
            raise PageError(at + 1, f"{shorten(body)} at an indent of {self.measure(at)}", expected)
        draft.text_end = at + 1
        if ends_in_date(body):
            self.warnings.append(
                PageWarning(at + 1, f"{shorten(body)} is text here, and looks like a header")
            )

    def open_comment(self, at: int, marker: Marker) -> None:
        real_name, posted_at = read_header(self.lines[at + 1].strip(), marker.handle, at + 2)
        indent = self.measure(at)
        beside: _Draft | None = None
        while self.branch and self.drafts[self.branch[-1]].indent >= indent:
            beside = self.drafts[self.branch.pop()]
        parent = self.branch[-1] if self.branch else None
        draft = _Draft(
            marker=marker,
            line=at + 1,
            indent=indent,
            text_indent=self.measure(at + 1),
            real_name=real_name,
            posted_at=posted_at,
            parent=parent,
            text_start=at + 2,
            text_end=at + 2,
        )
        if beside is not None:
            self.check_list(draft, beside)
        elif parent is not None:
            self.check_first_reply(draft, self.drafts[parent])
        else:
            self.check_first_comment(draft)
        self.branch.append(len(self.drafts))
        self.drafts.append(draft)

    def check_list(self, draft: _Draft, beside: _Draft) -> None:
        """Compare a comment with the one before it in the same list."""
        self.check_number(draft, beside.marker.number + 1)
        shift = beside.indent - draft.indent
        if shift == 0 or draft.dot == beside.dot:
            return
        if shift >= beside.step and draft.marker.number != beside.marker.number + 1:
            raise PageError(
                beside.line,
                f"a reply at an indent of {beside.indent} under nothing",
                f"a list at an indent of {draft.indent}, as in line {draft.line}",
            )
        self.warn(
            draft,
            f"stands at an indent of {draft.indent}, the comment before it in the list "
            f"(line {beside.line}) at {beside.indent}",
        )

    def check_first_reply(self, draft: _Draft, parent: _Draft) -> None:
        """Compare the first comment of a list with the one it replies to."""
        if (
            draft.indent < parent.text_indent
            and draft.marker.number != 1
            and draft.marker.number == parent.marker.number + 1
        ):
            raise PageError(
                draft.line,
                f"number {draft.marker.number} between the levels {parent.indent} "
                f"and {parent.text_indent}",
                f"an indent that says whether it replies to line {parent.line} or stands beside it",
            )
        if parent.is_beyond_replies(draft.indent, draft.step):
            raise PageError(
                draft.line,
                f"a reply at an indent of {draft.indent} under nothing",
                f"one level below line {parent.line} at most, about {parent.text_indent}",
            )
        self.check_number(draft, 1)

    def check_first_comment(self, draft: _Draft) -> None:
        lead = get_lead(self.lines[draft.line - 1])
        if draft.indent >= 2 * draft.step and lead != "\t":
            raise PageError(
                draft.line,
                f"a reply at an indent of {draft.indent} under nothing",
                "the first comment one level from the left edge",
            )
        self.check_number(draft, 1)

    def check_number(self, draft: _Draft, expected: int) -> None:
        if draft.marker.number != expected:
            self.warn(draft, f"has number {draft.marker.number} where {expected} comes next")

    def warn(self, draft: _Draft, message: str) -> None:
        handle = shorten(draft.marker.handle)
        self.warnings.append(PageWarning(draft.line, f"the comment of {handle} {message}"))

    def build_comments(
        self, leads: list[str], tab_width: int, warnings: list[PageWarning]
    ) -> tuple[PageComment, ...]:
        """The finished comments of the top level.

        Replies stand behind what they reply to, so from the last comment to the first each one
        finds its replies finished.
        """
        self.compare_real_names(warnings)
        top: list[PageComment] = []
        for draft in reversed(self.drafts):
            comment = PageComment(
                handle=draft.marker.handle,
                real_name=draft.real_name,
                posted_at=draft.posted_at,
                blocks=read_blocks(
                    self.take_off_indent(draft, leads, tab_width), draft.text_start + 1, warnings
                ),
                children=tuple(reversed(draft.children)),
                line=draft.line,
            )
            siblings = top if draft.parent is None else self.drafts[draft.parent].children
            siblings.append(comment)
        return tuple(reversed(top))

    def compare_real_names(self, warnings: list[PageWarning]) -> None:
        first_given: dict[str, _Draft] = {}
        told: set[tuple[str, str]] = set()
        for draft in self.drafts:
            if draft.real_name is None:
                continue
            first = first_given.setdefault(draft.marker.handle, draft)
            fact = (draft.marker.handle, draft.real_name)
            if first.real_name != draft.real_name and fact not in told:
                told.add(fact)
                warnings.append(
                    PageWarning(
                        draft.line + 1,
                        f"{shorten(draft.marker.handle)} is {shorten(draft.real_name)} here and "
                        f"{shorten(first.real_name or '')} in line {first.line + 1}",
                    )
                )

    def take_off_indent(self, draft: _Draft, leads: list[str], tab_width: int) -> list[str]:
        places = range(draft.text_start, draft.text_end)
        # A second notice stands at the edge, whatever indent the words around it have.
        words = (self.measure(at) for at in places if self.lines[at])
        indent = min((width for width in words if width > draft.indent), default=0)
        return [
            self.lines[at][count_blanks(leads[at - self.start], indent, tab_width) :]
            for at in places
        ]
