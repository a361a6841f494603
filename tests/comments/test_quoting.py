"""An imported comment, opened by its author to be edited, says what it said."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.markup import render_markdown
from comments.quoting import blocks_as_markdown

pytestmark = pytest.mark.pure


def text(words):
    return {"type": "text", "text": words}


def quote(author, words, *inner):
    return {"type": "quote", "author": author, "text": words, "inner": list(inner)}


@pytest.mark.parametrize(
    ("blocks", "markdown"),
    [
        ([text("Plain words.")], "Plain words."),
        ([text("- not a list\n1. nor this\n*nor* _this_")],
         "\\- not a list\n1\\. nor this\n\\*nor\\* \\_this\\_"),
        ([quote("a_b", "said\nthis"), text("No.")], "> said\n> this\n> — a\\_b\n\nNo."),
        ([quote("b", "and", quote("a", "first")), text("Hm.")],
         "> > first\n> > — a\n>\n> and\n> — b\n\nHm."),
    ],
)  # fmt: skip
def test_table(blocks, markdown):
    assert blocks_as_markdown(blocks) == markdown


def seen(rendered):
    return "".join(html.unescape(re.sub(r"<[^>]+>", "", rendered)).split())


@given(st.text(st.sampled_from("ab1.)*_->#`[]<&!\\~ \n"), max_size=40))
def test_plain_words_stay_plain(words):
    rendered = render_markdown(blocks_as_markdown([text(words)]))
    assert not re.search(r"<(em|strong|ul|ol|li|blockquote|a)\b", rendered)
    if "    " not in words:
        # Four blanks at the start of a line are code in Markdown; the words are still there.
        assert seen(rendered) == "".join(words.split())
