"""A hundred thousand broken pages: each is a page or is refused, and nothing else happens."""

import random
from collections.abc import Callable
from pathlib import Path

from articles.importer.layout import LayoutError, write_page
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.importer.quotations import resolve_quotations
from articles.importer.records import Page, PageError, walk_comments
from tests.seed import SEED

MUTATIONS = 100_000
# Long pages make the run slow and find nothing that short ones do not.
BASE_BYTES = 2_000
# Writing a page reads it again, so only some of the pages that were read are written.
WRITTEN_ONE_IN = 20
FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "pages"

HANDMADE = f"""Title

Words of the article
in two lines

- says somebody.

More words
  • Used photos: Ann, https://example.org
{DEFAULT_NOTICE}
  1. ann Offline ann
    ann (Ann (A.)) 8 January 2022 10: 28
    text

      more text
    1. bob Online bob
      bob 8 January 2022 18: 48
      Quote: ann
      Quote: eve b
      words

      text

      answer
      1. eve b Offline eve b
        eve b () 8 January 2022 9:05
\t2. a Offline a Offline a Offline a
\t  a Offline a 29 February 2024 0: 00
  2. \u6771\u4eac Offline \u6771\u4eac
    \u6771\u4eac 31 December 9999 23: 59
    1. first
    2. second Offline second
    last
"""
LINES = [
    "",
    " ",
    "\t",
    "words",
    "- words",
    DEFAULT_NOTICE,
    "  • Used photos: a, b",
    "    Quote: ann",
    "    Quote: ",
    "  1. ann Offline ann",
    "      3. bob Online bob",
    "    ann 8 January 2022 10: 28",
    "        bob (b) 31 February 2022 10: 28",
    "999999999. a Offline a",
]
SNIPPETS = [
    b"\0",
    b"\r",
    b"\n",
    b"\r\n",
    b"\t",
    b" ",
    b"\xc2\xa0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xe2\x80\xa8",
    b"\xed\xa0\x80",
    b"\x80",
    b"Offline",
    b"(",
    b")",
    b"0",
    b"9",
    b"Quote: ",
    b"\n- ",
    b"  ",
    b"\n    ",
]
Mutation = Callable[[random.Random, bytes], bytes]


def cut_to_base(text: str) -> list[str]:
    """Pieces of a page that are pages themselves: its beginning, and its end under a new title."""
    if len(text) <= BASE_BYTES:
        return [text]
    head, notice, thread = text.partition(DEFAULT_NOTICE)
    return [
        text[:BASE_BYTES],
        f"{head[:200]}\n{notice}{thread[:BASE_BYTES]}",
        f"Title\n\nWords\n{notice}{thread[-BASE_BYTES:]}",
    ]


def collect_bases() -> list[bytes]:
    texts = cut_to_base(HANDMADE)
    for path in [SEED, *sorted(FIXTURES.rglob("*.txt"))[:10]]:
        if path.is_file():
            texts.extend(cut_to_base(path.read_text(encoding="utf-8", errors="replace")))
    bases = [text.encode() for text in texts]
    return [*bases, texts[0].encode("utf-16"), texts[0].replace("\n", "\r\n").encode("utf-8-sig")]


def flip_byte(random_: random.Random, page: bytes) -> bytes:
    at = random_.randrange(len(page))
    return page[:at] + bytes([random_.randrange(256)]) + page[at + 1 :]


def cut_bytes(random_: random.Random, page: bytes) -> bytes:
    at = random_.randrange(len(page))
    return page[:at] + page[at + random_.randrange(1, 40) :]


def end_early(random_: random.Random, page: bytes) -> bytes:
    return page[: random_.randrange(len(page))]


def insert_snippet(random_: random.Random, page: bytes) -> bytes:
    at = random_.randrange(len(page) + 1)
    return page[:at] + random_.choice(SNIPPETS) + page[at:]


def double_bytes(random_: random.Random, page: bytes) -> bytes:
    at = random_.randrange(len(page))
    size = random_.randrange(1, 60)
    return page[: at + size] + page[at : at + size] + page[at + size :]


def change_lines(change: Callable[[random.Random, list[bytes], int], None]) -> Mutation:
    def mutate(random_: random.Random, page: bytes) -> bytes:
        lines = page.split(b"\n")
        change(random_, lines, random_.randrange(len(lines)))
        return b"\n".join(lines)

    return mutate


def drop_line(random_: random.Random, lines: list[bytes], at: int) -> None:
    del lines[at]


def double_line(random_: random.Random, lines: list[bytes], at: int) -> None:
    lines.insert(random_.randrange(len(lines)), lines[at])


def insert_line(random_: random.Random, lines: list[bytes], at: int) -> None:
    lines.insert(at, random_.choice(LINES).encode())


def swap_lines(random_: random.Random, lines: list[bytes], at: int) -> None:
    other = random_.randrange(len(lines))
    lines[at], lines[other] = lines[other], lines[at]


def shift_line(random_: random.Random, lines: list[bytes], at: int) -> None:
    lead = random_.choice([b"", b" ", b"  ", b"    ", b"\t", b"\xc2\xa0 "])
    lines[at] = lead + (lines[at].lstrip() if random_.random() < 0.5 else lines[at])


def join_lines(random_: random.Random, lines: list[bytes], at: int) -> None:
    lines[at : at + 2] = [b" ".join(lines[at : at + 2])]


MUTATING: list[Mutation] = [
    flip_byte,
    cut_bytes,
    end_early,
    insert_snippet,
    double_bytes,
    *(
        change_lines(change)
        for change in (drop_line, double_line, insert_line, swap_lines, shift_line, join_lines)
    ),
]


def check_page(page: Page) -> None:
    """What holds for every page that was read, however broken its source."""
    placed = list(walk_comments(page.comments))
    assert page.title
    assert page.blocks or placed
    for quotation, source in resolve_quotations(page).items():
        assert source < quotation.comment
    lines = [each.comment.line for each in placed]
    assert lines == sorted(set(lines))


def test_every_mutation_is_a_page_or_is_refused():
    random_ = random.Random(2022)
    bases = collect_bases()
    read = refused = unwritable = 0
    lines_named: set[tuple[int, int]] = set()
    for number in range(MUTATIONS):
        source = random_.choice(bases)
        for _ in range(random_.randrange(1, 4)):
            source = random_.choice(MUTATING)(random_, source or b"\n")
        try:
            page = parse(source)
        except PageError as error:
            refused += 1
            lines_named.add((error.line, source.count(b"\n") + 1))
            continue
        read += 1
        if number % WRITTEN_ONE_IN == 0:
            check_page(page)
            try:
                assert parse(write_page(page)) == page
            except LayoutError:
                unwritable += 1
    # Both ends are reached often, or the mutations have stopped testing anything.
    assert read > MUTATIONS / 10
    assert refused > MUTATIONS / 10
    assert unwritable == 0
    assert all(1 <= line <= last for line, last in lines_named)
