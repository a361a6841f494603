"""The saved-page format, one row a rule or a corner of one."""

import json
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from articles.importer.layout import write_page
from articles.importer.lines import SHOWN_CHARACTERS
from articles.importer.parser import DEFAULT_NOTICE, parse
from articles.importer.quotations import QuotationKey, resolve_quotations
from articles.importer.records import (
    InsetQuote,
    Page,
    PageComment,
    PageError,
    PageWarning,
    Paragraph,
    Quotation,
    Text,
    collect_people,
    export_page,
    find_earliest_time,
    walk_comments,
    walk_quotations,
)
from tests.seed import SEED, needs_seed

ARTICLE = "Title\n\nWords of the article.\n  • Used photos:\n"
THREAD_LINE = 6  # the first line behind ARTICLE and the notice
HEADER_TIME = "8 January 2022 10: 28"


def parse_thread(*lines: str) -> Page:
    return parse(f"{ARTICLE}{DEFAULT_NOTICE}\n" + "\n".join(lines) + "\n")


def parse_only_comment(*text: str) -> PageComment:
    page = parse_thread("  1. ann Offline ann", f"    ann {HEADER_TIME}", *text)
    assert len(page.comments) == 1
    return page.comments[0]


def write_comment(indent: int, number: int, handle: str, *text: str, step: int = 2) -> list[str]:
    inner = " " * (indent + step)
    return [
        f"{' ' * indent}{number}. {handle} Offline {handle}",
        f"{inner}{handle} {HEADER_TIME}",
        *(inner + line for line in text),
    ]


def outline(page: Page) -> list[tuple[int, str]]:
    return [(placed.depth, placed.comment.handle) for placed in walk_comments(page.comments)]


def refuse(source: str | bytes, **options: str) -> PageError:
    with pytest.raises(PageError) as caught:
        parse(source, **options)
    return caught.value


def refuse_thread(*lines: str) -> PageError:
    return refuse(f"{ARTICLE}{DEFAULT_NOTICE}\n" + "\n".join(lines) + "\n")


# --- the real page -------------------------------------------------------------------------------


@needs_seed
def test_the_real_page_is_read_whole():
    page = parse(SEED.read_bytes())
    placed = list(walk_comments(page.comments))
    assert page.warnings == ()
    assert len(placed) == 10
    assert len(collect_people(page)) == 7
    assert max(each.depth for each in placed) + 1 == 5
    assert [each.depth for each in placed] == [0, 0, 1, 0, 0, 1, 2, 3, 4, 0]
    assert page.photo_credits == ()
    assert [type(block) for block in page.blocks].count(InsetQuote) == 1
    assert len(page.blocks) == 6
    assert (
        find_earliest_time(page)
        == placed[0].comment.posted_at
        == datetime.fromisoformat("2022-01-08T10:28")
    )
    assert collect_people(page)["Rusa"] is None


@needs_seed
def test_the_words_of_the_real_page_are_those_of_the_file():
    lines = SEED.read_text(encoding="utf-8").split("\n")
    page = parse(SEED.read_bytes())
    assert page.title == lines[0]
    assert page.blocks[0] == Paragraph(lines[2])
    assert page.blocks[1] == InsetQuote(lines[4], lines[6].removeprefix("- "))
    assert [block.text for block in page.blocks[2:]] == [lines[at] for at in (8, 10, 12, 14)]
    by_line = {each.comment.line: each.comment for each in walk_comments(page.comments)}
    assert sorted(by_line) == [18, 21, 24, 31, 34, 38, 41, 44, 48, 54]
    ends = {18: 20, 21: 23, 31: 33, 34: 37, 38: 40, 41: 43, 44: 47, 48: 53, 54: 57}
    for line, end in ends.items():
        words = "\n".join(each.strip() for each in lines[line + 1 : end])
        assert by_line[line].blocks == (Text(words),)
    assert by_line[24].blocks == (
        Quotation("BMP-2", lines[26].strip()),
        Text("\n".join(each.strip() for each in lines[28:30])),
    )


@needs_seed
def test_the_quotation_of_the_real_page_finds_its_comment():
    page = parse(SEED.read_bytes())
    assert resolve_quotations(page) == {QuotationKey(comment=2, quotation=0): 1}


# --- the article ---------------------------------------------------------------------------------

P, Q = Paragraph, InsetQuote
ARTICLES = [
    ("one paragraph", "a\n", [P("a")]),
    ("two paragraphs, many blank lines", "a\n\n\n \nb\n", [P("a"), P("b")]),
    ("line breaks stay", "a\nb\n\nc\n", [P("a\nb"), P("c")]),
    ("an indent of the whole paragraph goes, one inside stays", "  a\n    b\n", [P("a\n  b")]),
    ("tab and blank share nothing", "\ta\n b\n", [P("\ta\n b")]),
    ("a quote", "a\n\n- b\n", [Q("a", "b")]),
    ("only the one paragraph before is quoted", "a\n\nb\n\n- c\n", [P("a"), Q("b", "c")]),
    ("quotes in a row", "a\n\n- b\n\nc\n\n- d\n", [Q("a", "b"), Q("c", "d")]),
    ("order is kept", "a\n\n- b\n\nc\n", [Q("a", "b"), P("c")]),
    ("an attribution of nothing", "- a\n\nb\n", [P("- a"), P("b")]),
    ("a second attribution", "a\n\n- b\n\n- c\n", [Q("a", "b"), P("- c")]),
    ("a third one", "a\n\n- b\n\n- c\n\n- d\n", [Q("a", "b"), P("- c"), P("- d")]),
    ("a list with blank lines", "- a\n\n- b\n", [P("- a"), P("- b")]),
    ("an indented attribution", "a\n\n   - b\n", [Q("a", "b")]),
    ("a dash inside a paragraph", "a\n- b\n", [P("a\n- b")]),
    ("no blank behind the dash", "a\n\n-b\n", [P("a"), P("-b")]),
    ("attribution of two lines", "a\n\n- b\nc\n", [Q("a", "b\nc")]),
    ("the notice indented is text", f"a\n {DEFAULT_NOTICE}\n", [P(f"a\n {DEFAULT_NOTICE}")]),
    ("the notice in a line is text", f"a {DEFAULT_NOTICE}\n", [P(f"a {DEFAULT_NOTICE}")]),
    ("the label without a bullet is text", "Used photos: x\n", [P("Used photos: x")]),
    ("another bullet is text", "  • item\n", [P("• item")]),
    ("a marker without a header is text", "1. a Offline a\nb\n", [P("1. a Offline a\nb")]),
    ("U+2028 is a letter", "a\u2028b\n", [P("a\u2028b")]),
    ("tab inside a line", "a\tb\n", [P("a\tb")]),
]


@pytest.mark.parametrize(
    ("text", "blocks"), [row[1:] for row in ARTICLES], ids=[row[0] for row in ARTICLES]
)
@pytest.mark.parametrize("gap", ["", "\n"], ids=["notice-close", "notice-apart"])
def test_article(text, blocks, gap):
    page = parse(f"\n  Title \n\n{text}{gap}{DEFAULT_NOTICE}\n")
    assert page.title == "Title"
    assert list(page.blocks) == blocks
    assert page.warnings == ()
    assert page.comments == ()


CREDITS = [
    ("  • Used photos:", ()),
    ("  • Used photos:   ", ()),
    ("• Used photos: Ann", ("Ann",)),
    ("  • Used photos: Ann, https://example.org", ("Ann", "https://example.org")),
    ("  • Used photos: Ann,Bob", ("Ann,Bob",)),
    ("\u00a0\u00a0•\u00a0Used photos: Ann, , Bob,", ("Ann", "Bob,")),
]


@pytest.mark.parametrize(("line", "expected"), CREDITS)
def test_photo_line(line, expected):
    page = parse(f"Title\n\nText\n{line}\n\n{DEFAULT_NOTICE}\n")
    assert page.photo_credits == expected
    assert page.blocks == (Paragraph("Text"),)


def test_title_needs_no_blank_line_behind_it():
    assert parse(f"Title\nText\n{DEFAULT_NOTICE}").blocks == (Paragraph("Text"),)


def test_another_notice():
    source = "Title\n\nText\nSign in to talk.\n  1. a Offline a\n    a 8 January 2022 10: 28\n"
    assert outline(parse(source, notice=" Sign in to talk. ")) == [(0, "a")]
    assert refuse(source).line == 5


def test_only_the_first_notice_counts():
    page = parse_thread(*write_comment(2, 1, "a", DEFAULT_NOTICE))
    assert page.comments[0].blocks == (Text(DEFAULT_NOTICE),)


@pytest.mark.parametrize("photos", ["", "  • Used photos: Ann\n"])
def test_no_notice_is_an_article_without_comments(photos):
    page = parse(f"Title\n\nText\n{photos}")
    assert page.blocks == (Paragraph("Text"),)
    assert [warning.message for warning in page.warnings] == [
        "no notice: read as an article without comments"
    ]


def test_comments_without_a_paragraph_are_kept_with_a_warning():
    page = parse(f"Title\n{DEFAULT_NOTICE}\n  1. a Offline a\n    a {HEADER_TIME}\n")
    assert outline(page) == [(0, "a")]
    assert page.warnings == (PageWarning(1, "the article has no paragraph"),)


# --- pages that are refused ----------------------------------------------------------------------

REFUSED_PAGES = [
    ("an empty file", b"", 1),
    ("the notice indented for a title", f"  {DEFAULT_NOTICE}\nText\n", 1),
    ("blank lines alone", b"\n \n\t\n", 1),
    ("a byte order mark alone", b"\xef\xbb\xbf", 1),
    ("a title alone", b"\nTitle\n\n", 2),
    ("a title and the notice", f"Title\n{DEFAULT_NOTICE}\n", 1),
    ("a title and the photos", "Title\n  • Used photos: Ann\n", 1),
    ("the notice for a title", f"\n{DEFAULT_NOTICE}\nText\n", 2),
    ("the photos for a title", "• Used photos:\nText\n", 1),
    ("text behind the photo line", "T\n\na\n  • Used photos:\n\nb\n", 6),
    ("text behind the photos, then the notice", f"T\na\n• Used photos:\nb\n{DEFAULT_NOTICE}", 4),
    ("a comment, no notice", f"T\n\na\n  1. x Offline x\n    x {HEADER_TIME}\n", 4),
    (
        "a comment above the notice",
        f"T\n\na\n  1. x Offline x\n    x {HEADER_TIME}\n{DEFAULT_NOTICE}\n",
        4,
    ),
    ("text below the notice", f"T\n\na\n{DEFAULT_NOTICE}\nb\n", 5),
    ("the notice twice", f"T\n\na\n{DEFAULT_NOTICE}\n{DEFAULT_NOTICE}\n", 5),
    ("NUL", b"T\n\na\x00b\n", 3),
    ("a form feed", b"T\n\na\x0cb\n", 3),
    ("a lone carriage return", b"T\n\na\rb\n", 3),
    ("only carriage returns", b"T\r\ra\r", 1),
    ("U+0085", "T\n\na\u0085b\n", 3),
    ("escape", b"T\n\n\x1b[1mb\n", 3),
    ("delete", b"T\n\nb\x7f\n", 3),
    ("half a surrogate pair", "T\n\n\ud800\n", 3),
    ("bytes that are not UTF-8", b"T\n\na\xff\n", 3),
    ("UTF-16 without a mark", "T\n\na\n".encode("utf-16-le"), 1),
    ("UTF-16 cut in half", "T\n\nab\n".encode("utf-16")[:-1], 3),
    ("UTF-32", "T\n\na\n".encode("utf-32"), 1),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00", 1),
]


@pytest.mark.parametrize(
    ("source", "line"), [row[1:] for row in REFUSED_PAGES], ids=[row[0] for row in REFUSED_PAGES]
)
def test_refused_page(source, line):
    assert refuse(source).line == line


def test_the_message_names_file_line_find_and_expectation():
    error = refuse_thread("  1. ann Offline ann", "    ann 31 February 2022 10: 28")
    assert error.describe("news/a.txt") == (
        "news/a.txt:7: found the impossible date “31 February 2022 10: 28”, "
        "expected a day and time that exist"
    )
    assert PageWarning(3, "why").describe("a.txt") == "a.txt:3: why"


def test_messages_show_the_beginning_of_a_long_line():
    error = refuse(f"{ARTICLE}{'x' * 20_000}\n{DEFAULT_NOTICE}\n")
    assert len(str(error)) < SHOWN_CHARACTERS + 200


# --- encodings -----------------------------------------------------------------------------------

WIDE = f"Tïtle\r\n\r\nWörds “here” 東 \r\n{DEFAULT_NOTICE}\t\r\n"
ENCODED = [
    ("utf-8", None),
    ("utf-8-sig", None),
    ("utf-16", None),
    ("utf-16-le", "utf-16-le"),
    ("utf-16", "utf-16"),
    ("utf-16-be", "UTF-16BE"),
    ("utf-8-sig", "utf-8"),
    ("utf-8-sig", "utf-8-sig"),
    ("utf-32", "utf-32"),
    ("gb18030", "gb18030"),
]


@pytest.mark.parametrize(("written", "encoding"), ENCODED)
def test_encodings(written, encoding):
    page = parse(WIDE.encode(written), encoding=encoding)
    assert (page.title, page.blocks) == ("Tïtle", (Paragraph("Wörds “here” 東"),))


def test_utf_16_of_either_byte_order():
    for mark, order in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        assert parse(mark + WIDE.encode(order)).title == "Tïtle"


def test_byte_order_marks_of_joined_files_are_no_title():
    assert parse(b"\xef\xbb\xbf" * 2 + b"T\n\nText").title == "T"
    assert parse(b"\n\xef\xbb\xbf\n\xef\xbb\xbf T\n\nText").title == "T"


def test_text_needs_no_encoding():
    assert parse("\ufeff" + WIDE).title == "Tïtle"


@pytest.mark.parametrize(
    "encoding",
    ["no-such", "rot13", "hex", "base64", "zip", "undefined", "idna", "", "a\0b", "ascii"],
)
def test_encodings_that_do_not_fit(encoding):
    assert refuse(WIDE.encode(), encoding=encoding).line >= 1


def test_the_line_of_a_wrong_byte():
    assert refuse("a\n\nö\n".encode("latin-1")).line == 3
    assert refuse(b"\xef\xbb\xbfT\n\n\xff").line == 3
    assert parse("a\n\nö\n".encode("latin-1"), encoding="latin-1").blocks == (Paragraph("ö"),)


# --- markers and headers -------------------------------------------------------------------------

HANDLES = [
    "kriten",
    "BMP-2",
    "yo yo",
    "Sergey Latyshev",
    "a Offline a",
    "Offline",
    "Online Offline",
    "x Online x Online x",
    "1. x",
    "10.",
    "(ann)",
    "ann (Ann)",
    "ann :-)",
    "9 January 2021 1:15",
    "ann 9 January 2021 1:15",
    "ann (Ann) 9 January 2021 10: 15",
    "Quote: bob",
    "- ann",
    "東京",
    "a\u00a0b",
    "<b>ann</b>",
    "ann  ann",
    "•",
    "a" * 5_000,
]
REAL_NAMES = [
    None,
    "Vladimir",
    "Vladimir V.",
    "a (b) c",
    "(b)",
    ")",
    "((",
    "a) (b",
    "8 January 2022 10: 28",
    "Offline",
    "x 8 January 2022 10:28) 9 January 2022 11:00",
]


@pytest.mark.parametrize("presence", ["Offline", "Online"])
@pytest.mark.parametrize("handle", HANDLES, ids=lambda handle: handle[:20])
def test_handles_and_real_names(handle, presence):
    for real_name in REAL_NAMES:
        named = "" if real_name is None else f" ({real_name})"
        page = parse_thread(
            f"  1. {handle} {presence} {handle}", f"    {handle}{named} {HEADER_TIME}", "    words"
        )
        (comment,) = page.comments
        assert (comment.handle, comment.real_name) == (handle, real_name)
        assert comment.posted_at == datetime.fromisoformat("2022-01-08T10:28")
        assert comment.blocks == (Text("words"),)


@pytest.mark.parametrize("brackets", ["()", "( )"])
def test_empty_brackets_are_no_name(brackets):
    page = parse_thread("  1. a Offline a", f"    a {brackets} {HEADER_TIME}")
    assert page.comments[0].real_name is None


DATES = [
    ("8 January 2022 10: 28", datetime.fromisoformat("2022-01-08T10:28")),
    ("08 January 2022 10:28", datetime.fromisoformat("2022-01-08T10:28")),
    ("8 January 2022 9: 05", datetime.fromisoformat("2022-01-08T09:05")),
    ("8 January 2022 9:05", datetime.fromisoformat("2022-01-08T09:05")),
    ("31 December 9999 23: 59", datetime.fromisoformat("9999-12-31T23:59")),
    ("1 January 0001 0: 00", datetime.fromisoformat("0001-01-01T00:00")),
    ("29 February 2024 00: 00", datetime.fromisoformat("2024-02-29T00:00")),
    ("8\u00a0May\u00a02022 10:\u00a028", datetime.fromisoformat("2022-05-08T10:28")),
]


@pytest.mark.parametrize(("date", "moment"), DATES)
def test_dates(date, moment):
    assert parse_thread("  1. a Offline a", f"    a {date}").comments[0].posted_at == moment


REFUSED_HEADERS = [
    "a 31 February 2022 10: 28",
    "a 29 February 2023 10: 28",
    "a 0 January 2022 10: 28",
    "a 8 January 0000 10: 28",
    "a 8 January 2022 24: 00",
    "a 8 January 2022 25: 28",
    "a 8 January 2022 10: 60",
    "a 8 Janvier 2022 10: 28",
    "a 8 january 2022 10: 28",
    "a 8 Jan 2022 10: 28",
    "a 8 January 22 10: 28",
    "a 8 January 2022 10: 8",
    "a 8 January 2022 10",
    "a 8 January 2022",
    "a 8 January 2022 10: 28 pm",
    "a \uff18 January 2022 10: 28",
    "a January 8, 2022 10: 28",
    "a",
    "a (Ann)",
    "a (Ann 8 January 2022 10: 28",
    "a Ann) 8 January 2022 10: 28",
    "a ( 8 January 2022 10: 28",
    "a Ann 8 January 2022 10: 28",
    "a (Ann) new 8 January 2022 10: 28",
    "a (Ann)8 January 2022 10: 28",
    "a(Ann) 8 January 2022 10: 28",
    "b 8 January 2022 10: 28",
    "ab 8 January 2022 10: 28",
    "A 8 January 2022 10: 28",
    "8 January 2022 10: 28",
    "words",
]


@pytest.mark.parametrize("header", REFUSED_HEADERS)
def test_refused_headers(header):
    assert refuse_thread("  1. a Offline a", f"    {header}", "    words").line == THREAD_LINE + 1


def test_no_date_is_taken_from_the_handle():
    handle = f"a {HEADER_TIME}"
    assert refuse_thread(f"  1. {handle} Offline {handle}", f"    {handle}").line == 7


# --- text that looks like markers ----------------------------------------------------------------

TEXTS = [
    "1. first\n2. second",
    "1. x Offline x\n2. y Offline y\nand more",
    f"1. x Offline x\nx {HEADER_TIME}\nand more",
    "1. x Offline y\n  indented, without a date",
    "x Offline x\n  y",
    "1. x is Offline\nwords",
    "9999999999. x Offline x\n  long numbers are no markers",
    "1.x Offline x\n  words",
    "a\n\n\nb",
    "a\n  b\n    c\nd",
    "Quote:",
    "Quote:\nx",
    "Quote:bob\nx",
    "quote: bob\nx",
    "> Quote: bob\nx",
    "- a\n- b",
    "  • Used photos: x\nb",
    DEFAULT_NOTICE,
    "# no heading\n**not bold** <script>alert(1)</script>",
    "a\tb\u00a0c\u2028d",
    "x" * 20_000,
]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text[:20])
def test_text_is_kept_letter_for_letter(text):
    lines = [f"    {line}" if line else "" for line in text.split("\n")]
    page = parse_thread(
        "  1. ann Offline ann",
        f"    ann {HEADER_TIME}",
        *lines,
        "",
        "  2. bob Offline bob",
        f"    bob {HEADER_TIME}",
    )
    comment = page.comments[0]
    assert len(page.comments) == 2
    assert "\n".join(block.text for block in comment.blocks) == text
    assert comment.children == ()


def test_blanks_at_the_edges_of_a_text_go():
    assert parse_only_comment("", "    a  ", " \t", "    b", "", "").blocks == (Text("a\n\nb"),)


def test_a_comment_may_say_nothing():
    assert parse_only_comment().blocks == ()
    assert parse_only_comment("", "").blocks == ()


# --- levels --------------------------------------------------------------------------------------


def test_replies_hang_under_the_last_comment_that_is_less_deep():
    page = parse_thread(
        *write_comment(2, 1, "a"),
        *write_comment(4, 1, "b"),
        *write_comment(6, 1, "c"),
        *write_comment(4, 2, "d"),
        *write_comment(2, 2, "e"),
        *write_comment(4, 1, "f"),
    )
    assert outline(page) == [(0, "a"), (1, "b"), (2, "c"), (1, "d"), (0, "e"), (1, "f")]
    assert page.warnings == ()


LEVELS = {
    "two blanks": ["  ", "    ", "    ", "      "],
    "no indent at the top": ["", "  ", "  ", "    "],
    "one blank": [" ", "  ", "  ", "   "],
    "four blanks": ["    ", "        ", "        ", "            "],
    "non-breaking": ["\u00a0" * 2, "\u00a0" * 4, "\u00a0" * 4, "\u00a0" * 6],
    "mixed blanks": ["  ", " \u00a0 \u00a0", "\u00a0 \u00a0 ", "      "],
    "tabs": ["\t", "\t\t", "\t\t", "\t\t\t"],
    "tab stands for two": ["  ", "\t\t", "    ", "\t\t\t"],
    "tab stands for four": ["  ", "\t", "\t", "\t  "],
    "tab for four in one line": ["  ", "    ", "\t", "      "],
    "tab stands for eight": ["    ", "\t", "\t", "\t    "],
    "header hangs under the number": ["  ", "     ", "     ", "        "],
}


@pytest.mark.parametrize("leads", LEVELS.values(), ids=LEVELS)
def test_any_blank_makes_a_level(leads):
    outer, outer_text, inner, inner_text = leads
    page = parse_thread(
        f"{outer}1. a Offline a",
        f"{outer_text}a {HEADER_TIME}",
        f"{outer_text}words",
        f"{inner}1. b Offline b",
        f"{inner_text}b {HEADER_TIME}",
        f"{inner_text}more words",
        f"{outer}2. c Offline c",
        f"{outer_text}c {HEADER_TIME}",
    )
    assert outline(page) == [(0, "a"), (1, "b"), (0, "c")]
    assert page.comments[0].blocks == (Text("words"),)
    assert page.comments[0].children[0].blocks == (Text("more words"),)
    assert page.warnings == ()


@pytest.mark.parametrize("header", [4, 6])
@pytest.mark.parametrize("text", [4, 6])
@pytest.mark.parametrize("reply", [4, 6])
def test_lines_under_wide_numbers_may_hang(header, text, reply):
    page = parse_thread(
        *(line for number in range(1, 10) for line in write_comment(2, number, "a")),
        "  10. b Offline b",
        f"{' ' * header}b {HEADER_TIME}",
        f"{' ' * text}one",
        f"{' ' * text}two",
        *write_comment(reply, 1, "c", "three"),
        "  11. d Offline d",
        f"{' ' * header}d {HEADER_TIME}",
    )
    assert outline(page)[9:] == [(0, "b"), (1, "c"), (0, "d")]
    assert page.comments[9].blocks == (Text("one\ntwo"),)
    assert page.warnings == ()


def test_numbers_aligned_at_their_dots_are_one_list():
    page = parse_thread(
        *(line for number in range(1, 10) for line in write_comment(3, number, "a")),
        *write_comment(2, 10, "b"),
    )
    assert {depth for depth, _ in outline(page)} == {0}
    assert page.warnings == ()


def test_blanks_beyond_the_indent_of_a_comment_stay():
    assert parse_only_comment("    a", "      b", "", "     c").blocks == (Text("a\n  b\n\n c"),)
    assert parse_only_comment("        a", "          b").blocks == (Text("a\n  b"),)
    assert parse_only_comment("   a", "     b").blocks == (Text("a\n  b"),)


NUMBERS = [
    ("jump", [1, 2, 4, 5], [2]),
    ("do not start at 1", [3, 4], [0]),
    ("repeat", [1, 1, 2], [1]),
    ("fall", [1, 2, 1], [2]),
    ("zero", [0, 1], [0]),
    ("leading zeros", ["01", "02"], []),
]


@pytest.mark.parametrize(
    ("numbers", "doubtful"), [row[1:] for row in NUMBERS], ids=[row[0] for row in NUMBERS]
)
@pytest.mark.parametrize("indent", [2, 4])
def test_numbers_that_jump_are_doubts(numbers, doubtful, indent):
    parent = write_comment(2, 1, "p") if indent == 4 else []
    lines = [line for number in numbers for line in write_comment(indent, number, "a")]
    page = parse_thread(*parent, *lines)
    assert len(list(walk_comments(page.comments))) == len(numbers) + bool(parent)
    first = THREAD_LINE + len(parent)
    assert [warning.line for warning in page.warnings] == [first + 2 * at for at in doubtful]


def test_a_list_that_drifts_is_a_doubt():
    page = parse_thread(
        *write_comment(2, 1, "a"), *write_comment(5, 1, "b"), *write_comment(4, 2, "c")
    )
    assert outline(page) == [(0, "a"), (1, "b"), (1, "c")]
    assert [warning.line for warning in page.warnings] == [10]


def test_a_second_notice_is_text_of_the_comment_above():
    page = parse_thread(*A, DEFAULT_NOTICE, "    more", *write_comment(2, 2, "b"))
    assert page.comments[0].blocks == (Text(f"words\n{DEFAULT_NOTICE}\nmore"),)
    assert [warning.line for warning in page.warnings] == [9]


def test_a_list_at_the_end_of_the_file_is_text():
    page = parse_thread(*A, "    My list:", "    1. one Offline one", "    2. two Offline two")
    assert outline(page) == [(0, "a")]
    assert page.comments[0].blocks[0].text.endswith("1. one Offline one\n2. two Offline two")


def test_a_second_notice_takes_no_blank_off_the_words_around_it():
    page = parse_thread(*A[:2], "      words", DEFAULT_NOTICE, "        more")
    assert page.comments[0].blocks == (Text(f"words\n{DEFAULT_NOTICE}\n  more"),)


def test_a_numbered_line_over_a_date_alone_is_text():
    page = parse_thread(*A, "    1. born on", f"      {HEADER_TIME}")
    assert outline(page) == [(0, "a")]


def test_a_marker_at_the_end_that_no_reply_could_stand_at_is_text():
    page = parse_thread(*A[:2], "      These:", "      1. b Offline b")
    assert outline(page) == [(0, "a")]
    assert page.comments[0].blocks == (Text("These:\n1. b Offline b"),)
    assert parse(write_page(page)) == page
    alone = parse_thread(*A[:2], "      1. b Offline b")
    assert alone.comments[0].blocks == (Text("1. b Offline b"),)
    assert parse(write_page(alone)) == alone


def test_whom_a_quotation_names_is_no_marker():
    words = ["       Quote: 1. x Online x", f"     b {HEADER_TIME}", "    c"]
    page = parse_thread(*A[:2], *words)
    assert parse(write_page(page)) == page


def test_two_real_names_of_one_handle_are_a_doubt():
    page = parse_thread(
        *("  1. a Offline a", f"    a {HEADER_TIME}"),
        *("  2. a Offline a", f"    a (Ann) {HEADER_TIME}"),
        *("  3. a Offline a", f"    a (Anna) {HEADER_TIME}"),
    )
    assert collect_people(page) == {"a": "Ann"}
    assert [warning.line for warning in page.warnings] == [11]


def test_one_fact_is_one_doubt():
    names = ["Ann", "Anna", "Anna", "Ann"]
    lines = [
        (f"  {at}. a Offline a", f"    a ({name}) {HEADER_TIME}")
        for at, name in enumerate(names, 1)
    ]
    page = parse_thread(*(line for pair in lines for line in pair))
    assert [warning.line for warning in page.warnings] == [9]


def test_a_line_that_ends_in_a_date_is_a_doubt():
    page = parse_thread(*write_comment(2, 1, "a", f"b (Bob) {HEADER_TIME}", "words"))
    assert page.comments[0].blocks == (Text(f"b (Bob) {HEADER_TIME}\nwords"),)
    assert [warning.line for warning in page.warnings] == [8]


A, B = write_comment(2, 1, "a", "words"), write_comment(4, 1, "b", "words")
REFUSED_THREADS = [
    ("text at the edge", [*A, "words"], 9),
    ("text beside the marker", [*A, "  words"], 9),
    ("text of the parent behind a reply", [*A, *B, "    words"], 12),
    ("text before the first comment", ["    words", *A], 6),
    ("a marker and nothing else", ["  1. a Offline a"], 6),
    ("a marker at the end", [*A, "  2. b Offline b"], 9),
    ("a reply's marker at the end", [*A, "    1. b Offline b", "", ""], 9),
    ("a reply's marker below text that hangs", [*A[:2], "      x", "    1. b Offline b"], 9),
    ("a marker over a date", [*A, "    1. b Offline c", f"      {HEADER_TIME}"], 9),
    (
        "a marker, a blank line, its header",
        [*A, "  2. b Offline b", "", f"    b {HEADER_TIME}"],
        10,
    ),
    ("a marker over a marker", [*A, "  2. b Offline b", *write_comment(2, 3, "c")], 9),
    ("a header beside its marker", [*A, "  2. b Offline b", f"  b {HEADER_TIME}"], 9),
    ("a deeper line is no header", [*A, "    1. x Offline x", "      words"], 10),
    ("a deeper marker is no header", [*A, "  2. b Offline b", "    3. b Offline b"], 10),
    ("a marker with two handles", [*A, "  2. b Offline c", f"    b {HEADER_TIME}"], 9),
    ("a marker without presence", [*A, "  2. b", f"    b {HEADER_TIME}"], 9),
    ("a marker without a number", [*A, "    b Offline b", f"      b {HEADER_TIME}"], 9),
    ("a marker with another presence", [*A, "    1. b Away b", f"      b {HEADER_TIME}"], 9),
    ("a first comment too deep", [*write_comment(4, 1, "b"), *A], 6),
    ("a first comment under two tabs", ["\t\t1. a Offline a", f"\t\t\ta {HEADER_TIME}"], 6),
    ("a reply that skips a level", [*A, *write_comment(6, 1, "c")], 9),
    (
        "a list that comes back to a level between",
        [*write_comment(2, 10, "a"), *write_comment(6, 1, "c"), *write_comment(4, 1, "b")],
        8,
    ),
    ("between two levels", [*A, *write_comment(3, 2, "b")], 9),
    ("a blank line behind a quotation's name", [*A[:2], "    Quote: b", "", "    words"], 9),
]


@pytest.mark.parametrize(
    ("lines", "line"), [row[1:] for row in REFUSED_THREADS], ids=[row[0] for row in REFUSED_THREADS]
)
def test_refused_threads(lines, line):
    assert refuse_thread(*lines).line == line


def test_no_width_of_a_tab_hides_a_broken_header():
    lines = [*A, "      1. b Offline b", "\tb 8 Janvier 2022 10: 28"]
    assert refuse_thread(*lines).line == 10


# --- quotations ----------------------------------------------------------------------------------

QUOTATIONS = [
    ("alone", "Quote: a\nx", [Quotation("a", "x")], 0),
    ("with an answer", "Quote: a\nx\n\nb", [Quotation("a", "x"), Text("b")], 0),
    ("of two lines", "Quote: a\nx\n  y\n\nb", [Quotation("a", "x\n  y"), Text("b")], 0),
    ("behind text", "b\nQuote: a\nx", [Text("b"), Quotation("a", "x")], 0),
    (
        "in the middle",
        "b\n\nQuote: a\nx\n\n\nc\n\nd",
        [Text("b"), Quotation("a", "x"), Text("c\n\nd")],
        0,
    ),
    (
        "several",
        "Quote: a\nx\n\nb\n\nQuote: c\ny\n\nd",
        [Quotation("a", "x"), Text("b"), Quotation("c", "y"), Text("d")],
        0,
    ),
    (
        "one after another",
        "Quote: a\nx\n\nQuote: c\ny",
        [Quotation("a", "x"), Quotation("c", "y")],
        0,
    ),
    (
        "nested",
        "Quote: a\nQuote: c\ny\n\nx\n\nb",
        [Quotation("a", "x", (Quotation("c", "y"),)), Text("b")],
        0,
    ),
    (
        "nested three deep",
        "Quote: a\nQuote: c\nQuote: d\nz\n\ny\n\nx",
        [Quotation("a", "x", (Quotation("c", "y", (Quotation("d", "z"),)),))],
        0,
    ),
    (
        "two inside one",
        "Quote: a\nQuote: c\ny\n\nQuote: d\nz\n\nx\n\nb",
        [Quotation("a", "x", (Quotation("c", "y"), Quotation("d", "z"))), Text("b")],
        0,
    ),
    ("no words", "Quote: a", [Quotation("a", "")], 1),
    ("answer, no words", "b\n\nQuote: a", [Text("b"), Quotation("a", "")], 1),
    ("too few words", "Quote: a\nQuote: c\ny", [Quotation("a", "", (Quotation("c", "y"),))], 1),
    ("two names, no words", "Quote: a\nQuote: c", [Quotation("a", "", (Quotation("c", ""),))], 2),
    ("a label among the words", "Quote: a\nx\nQuote: c\ny", [Quotation("a", "x\nQuote: c\ny")], 1),
    ("no name", "Quote:\nx\n\nb", [Text("Quote:\nx\n\nb")], 0),
    ("wild name", "Quote: a (b) 1. Offline\nx", [Quotation("a (b) 1. Offline", "x")], 0),
    ("non-breaking blank", "Quote:\u00a0a\nx", [Quotation("a", "x")], 0),
    ("indented label", "b\n  Quote: a\n  x", [Text("b"), Quotation("a", "  x")], 0),
    (
        "words like a marker",
        "Quote: a\n1. x Offline x\ny",
        [Quotation("a", "1. x Offline x\ny")],
        0,
    ),
]


@pytest.mark.parametrize(
    ("text", "blocks", "doubts"),
    [row[1:] for row in QUOTATIONS],
    ids=[row[0] for row in QUOTATIONS],
)
def test_quotations(text, blocks, doubts):
    page = parse_thread(*write_comment(2, 1, "ann", *text.split("\n")))
    assert list(page.comments[0].blocks) == blocks
    assert len(page.warnings) == doubts


def test_a_reply_ends_a_quotation():
    page = parse_thread(*write_comment(2, 1, "a", "Quote: b", "x"), *write_comment(4, 1, "b", "y"))
    assert page.comments[0].blocks == (Quotation("b", "x"),)
    assert page.comments[0].children[0].blocks == (Text("y"),)


SOURCES = [
    ("own parent", [(2, "b", "x y z"), (4, "a", "Quote: b\ny z")], {(1, 0): 0}),
    ("line breaks are blanks", [(2, "b", "x\ny  z"), (4, "a", "Quote: b\nx y\nz")], {(1, 0): 0}),
    ("part of a word", [(2, "b", "abcdef"), (2, "a", "Quote: b\nbcd")], {(1, 0): 0}),
    ("only earlier", [(2, "a", "Quote: b\nx"), (2, "b", "x")], {}),
    ("never itself", [(2, "a", "x\n\nQuote: a\nx")], {}),
    ("the exact handle", [(2, "B", "x"), (2, "b b", "x"), (2, "a", "Quote: b\nx")], {}),
    ("not on the page", [(2, "b", "x"), (2, "a", "Quote: c\nx")], {}),
    ("other words", [(2, "b", "x"), (2, "a", "Quote: b\ny")], {}),
    ("the latest", [(2, "b", "x"), (2, "b", "x"), (2, "a", "Quote: b\nx")], {(2, 0): 1}),
    (
        "above before latest",
        [(2, "b", "x"), (4, "b", "x"), (4, "a", "Quote: b\nx")],
        {(2, 0): 0},
    ),
    (
        "far above",
        [(2, "b", "x"), (4, "c", "x"), (6, "d", "y"), (8, "a", "Quote: b\nx")],
        {(3, 0): 0},
    ),
    ("own words only", [(2, "b", "Quote: c\nx"), (2, "a", "Quote: b\nx")], {}),
    (
        "inner ones too",
        [(2, "c", "y"), (4, "b", "x"), (6, "a", "Quote: b\nQuote: c\ny\n\nx")],
        {(2, 0): 1, (2, 1): 0},
    ),
    ("no words", [(2, "b", "x"), (4, "a", "Quote: b")], {}),
]


@pytest.mark.parametrize(
    ("comments", "expected"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES]
)
def test_sources_of_quotations(comments, expected):
    lines = [
        line
        for indent, handle, text in comments
        for line in write_comment(indent, 1, handle, *text.split("\n"))
    ]
    assert resolve_quotations(parse_thread(*lines)) == expected


def test_a_prolific_author_is_searched_by_word():
    comments = [
        PageComment("b", None, datetime.fromisoformat("2022-01-01T00:00"), (Text(f"say n{n} end"),))
        for n in range(300)
    ]
    quote = PageComment(
        "a",
        None,
        datetime.fromisoformat("2022-01-01T00:00"),
        (Quotation("b", "ay n17 en"), Quotation("b", "say n18 e"), Quotation("b", "y n19x e")),
    )
    page = Page("T", comments=(*comments, quote))
    assert resolve_quotations(page) == {(300, 0): 17, (300, 1): 18}


# --- records -------------------------------------------------------------------------------------


def test_export():
    page = parse(
        "T\n\nx\n\n- y\n\nz\n  • Used photos: Ann, Bob\n" + DEFAULT_NOTICE + "\n"
        "  1. a Offline a\n    a (Ann) 8 January 2022 10: 28\n    Quote: c\n    Quote: d\n    w\n\n"
        "    v\n\n    u\n    1. b Offline b\n      b 8 July 2022 9: 05\n"
    )
    exported = export_page(
        page,
        slug="t",
        section="world",
        published_at=datetime(2022, 1, 7, tzinfo=UTC),
        zone=ZoneInfo("Europe/Berlin"),
    )
    assert json.loads(json.dumps(exported)) == {
        "title": "T",
        "slug": "t",
        "section": "world",
        "published_at": "2022-01-07T00:00:00+00:00",
        "blocks": [
            {"type": "quote", "text": "x", "attribution": "y"},
            {"type": "paragraph", "text": "z"},
        ],
        "photo_credits": ["Ann", "Bob"],
        "comments": [
            {
                "author": "a",
                "real_name": "Ann",
                "posted_at": "2022-01-08T10:28:00+01:00",
                "blocks": [
                    {
                        "type": "quote",
                        "author": "c",
                        "text": "v",
                        "inner": [{"type": "quote", "author": "d", "text": "w", "inner": []}],
                    },
                    {"type": "text", "text": "u"},
                ],
                "children": [
                    {
                        "author": "b",
                        "real_name": None,
                        "posted_at": "2022-07-08T09:05:00+02:00",
                        "blocks": [],
                        "children": [],
                    }
                ],
            }
        ],
    }


def test_warnings_and_lines_take_no_part_in_comparisons():
    one = parse_thread(*write_comment(2, 1, "a", "x"))
    other = parse_thread("", *write_comment(2, 3, "a", "x"))
    assert one == other
    assert one.warnings != other.warnings
    assert hash(one.comments) == hash(other.comments)
    assert one != parse_thread(*write_comment(2, 1, "a", "y"))


def test_people_get_the_name_that_was_given_later():
    page = parse_thread(
        *write_comment(2, 1, "a"),
        *write_comment(2, 2, "b"),
        *("  3. a Offline a", f"    a (Ann) {HEADER_TIME}"),
    )
    assert collect_people(page) == {"a": "Ann", "b": None}


# --- size ----------------------------------------------------------------------------------------


def test_five_thousand_replies_deep():
    depth = 5_000
    lines = [line for at in range(depth) for line in write_comment(at, 1, "a", "x", step=1)]
    page, again = parse_thread(*lines), parse_thread(*lines)
    assert outline(page)[-1] == (depth - 1, "a")
    assert page == again
    assert hash(page) == hash(again)
    assert repr(page)
    exported = export_page(
        page, slug="", section="", published_at=datetime(2022, 1, 1, tzinfo=UTC), zone=UTC
    )
    levels, comments = 0, exported["comments"]
    while comments:
        levels, comments = levels + 1, comments[0]["children"]
    assert levels == depth


def test_thousands_of_quotation_labels_in_a_row():
    names = [f"Quote: n{at}" for at in range(5_000)]
    page, again = (parse_thread(*write_comment(2, 1, "a", *names, "x")) for _ in range(2))
    quotations = list(walk_quotations(page.comments[0].blocks))
    assert [quotation.author for quotation in quotations] == [name[7:] for name in names]
    assert quotations[-1].text == "x"
    assert page == again
    assert repr(page) == repr(again)
    assert hash(page) == hash(again)


def measure_seconds(source: str) -> float:
    started = time.process_time()
    page = parse(source)
    resolve_quotations(page)
    return time.process_time() - started


def spread(count: int) -> str:
    """Replies, quotations and texts, `count` comments in all."""
    groups = (
        line
        for at in range(count // 2)
        for line in (
            *write_comment(2, at + 1, f"p{at % 50}", f"these are the words of number {at}", ""),
            *write_comment(4, 1, "q", f"Quote: p{at % 50}", f"the words of number {at}", "", "so"),
        )
    )
    return f"{ARTICLE}{DEFAULT_NOTICE}\n" + "\n".join(groups)


def quote_far_back(count: int) -> str:
    """One author with many comments, and as many quotations of the first of them."""
    groups = (
        line
        for at in range(count // 2)
        for line in (
            *write_comment(2, 2 * at + 1, "p", f"word n{at} word"),
            *write_comment(2, 2 * at + 2, "q", "Quote: p", f"word n{at // 2} word"),
        )
    )
    return f"{ARTICLE}{DEFAULT_NOTICE}\n" + "\n".join(groups)


GROWING = {
    "comments": spread,
    "quotations": quote_far_back,
    "blank lines behind markers": lambda count: (
        f"{ARTICLE}{DEFAULT_NOTICE}\n"
        + "\n".join(A)
        + "\n"
        + "    1. a Offline a\n\n\n" * count
        + "    end"
    ),
    "a long line of blanks": lambda count: f"T\n\n1. a{' ' * 40 * count}b Offline b\n",
    "a long line of digits": lambda count: f"T\n\n{'1' * 40 * count}\n",
    "a long header": lambda count: (
        f"{ARTICLE}{DEFAULT_NOTICE}\n  1. a Offline a\n    a ({'8 ' * 20 * count}) {HEADER_TIME}\n"
    ),
    "labels": lambda count: "\n".join(
        [*f"{ARTICLE}{DEFAULT_NOTICE}".split("\n"), *A, *["    Quote: a"] * count]
    ),
    "labels and words": lambda count: "\n".join(
        [*f"{ARTICLE}{DEFAULT_NOTICE}".split("\n"), *A, *["    Quote: a", "    x", ""] * count]
    ),
    "attributions": lambda count: "T\n\n" + "a\n\n- b\n\n" * count,
}


@pytest.mark.parametrize("make", GROWING.values(), ids=GROWING)
def test_time_grows_with_the_page_and_no_faster(make):
    small, large = make(2_000), make(16_000)
    measure_seconds(small)
    base = min(measure_seconds(small) for _ in range(3))
    # Eight times the page: linear is 8, quadratic 64. A floor, since a clock tick is no speed.
    assert min(measure_seconds(large) for _ in range(2)) < 24 * max(base, 0.005)
