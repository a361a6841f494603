"""Pages out of thin air, for tests that need many."""

from datetime import datetime

from hypothesis import strategies as st

from articles.importer.records import InsetQuote, Page, PageComment, Paragraph, Quotation, Text

LETTERS = st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])
# Pieces that mean something to a parser, so that generated words come close to its edges.
PIECES = st.sampled_from(
    [
        " Offline ",
        " Online ",
        "1. ",
        "a Offline a",
        "(b)",
        "(",
        ")",
        " 8 January 2022 10: 28",
        "Quote: a",
        "Quote:",
        "- ",
        "• Used photos:",
        ", ",
        "Dear reader, to leave comments on the publication, you must sign in.",
        "a",
        "\u00a0",
        "\t",
        "\u2028",
    ]
)
WORDS = st.lists(st.text(LETTERS, max_size=6) | PIECES, min_size=1, max_size=4).map("".join)
LINES = WORDS.map(str.strip).filter(bool)
TEXTS = st.lists(LINES | st.just("") | WORDS.map(lambda line: f"  {line}"), max_size=5).map(
    "\n".join
)
MOMENTS = st.datetimes(min_value=datetime.fromisoformat("0001-01-01T00:00")).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
QUOTATIONS = st.recursive(
    st.builds(Quotation, LINES, TEXTS),
    lambda inner: st.builds(Quotation, LINES, TEXTS, st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
COMMENT_BLOCKS = st.lists(st.builds(Text, TEXTS) | QUOTATIONS, max_size=3).map(tuple)
REAL_NAMES = st.none() | LINES


def build_comments(children: st.SearchStrategy[tuple[PageComment, ...]]):
    comment = st.builds(PageComment, LINES, REAL_NAMES, MOMENTS, COMMENT_BLOCKS, children)
    return st.lists(comment, max_size=3).map(tuple)


COMMENTS = st.recursive(st.just(()), build_comments, max_leaves=6)
BLOCKS = st.builds(Paragraph, TEXTS) | st.builds(InsetQuote, TEXTS, LINES)
# Whatever may lie in a database: often something that the layout has no way to say.
WILD_PAGES = st.builds(
    Page, LINES, st.lists(BLOCKS, max_size=4).map(tuple), st.lists(LINES).map(tuple), COMMENTS
)

TAME_LINES = st.text("abcdefg é東.,!?", min_size=1, max_size=20).map(lambda line: f"z{line}z")
TAME_TEXTS = st.lists(TAME_LINES, min_size=1, max_size=3).map("\n".join)
TAME_QUOTATIONS = st.recursive(
    st.builds(Quotation, LINES, TAME_TEXTS),
    lambda inner: st.builds(Quotation, LINES, TAME_TEXTS, st.lists(inner, max_size=2).map(tuple)),
    max_leaves=4,
)
TAME_BLOCKS = st.one_of(
    st.just(()),
    st.tuples(st.builds(Text, TAME_TEXTS)),
    st.tuples(TAME_QUOTATIONS),
    st.tuples(TAME_QUOTATIONS, st.builds(Text, TAME_TEXTS)),
    st.tuples(st.builds(Text, TAME_TEXTS), TAME_QUOTATIONS, TAME_QUOTATIONS),
)


def build_tame_comments(children: st.SearchStrategy[tuple[PageComment, ...]]):
    comment = st.builds(PageComment, LINES, REAL_NAMES, MOMENTS, TAME_BLOCKS, children)
    return st.lists(comment, max_size=3).map(tuple)


# Wild names over ordinary words: everything here can be written.
WRITABLE_PAGES = st.builds(
    Page,
    TAME_LINES,
    st.lists(
        st.builds(Paragraph, TAME_TEXTS) | st.builds(InsetQuote, TAME_TEXTS, TAME_LINES),
        min_size=1,
        max_size=4,
    ).map(tuple),
    st.lists(TAME_LINES.map(lambda line: line.replace(",", ""))).map(tuple),
    st.recursive(st.just(()), build_tame_comments, max_leaves=6),
)
