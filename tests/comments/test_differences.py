"""What changed between two texts: always the whole of both, always escaped, always quick."""

import itertools
import random
import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from comments.differences import (
    ADDED,
    KEPT,
    MOST_CHANGES,
    TAKEN,
    compare_words,
    render_difference,
    render_words,
)
from comments.markup import escape, legible
from comments.screening import MAX_TEXT_LENGTH
from tests.xss_vectors import VECTORS

pytestmark = pytest.mark.pure

# Two texts of the greatest length. On the machine they were written on the worst takes 30
# milliseconds; without a bound it is minutes.
SECONDS = 1.0

HIDDEN = re.compile(r'<span class="visually-hidden">[^<]*</span>')


def marked(old, new):
    """``kept [-taken out-]{+added+}``, to be read in a test."""
    marks = {KEPT: "{}", ADDED: "{{+{}+}}", TAKEN: "[-{}-]"}
    return "".join(marks[kind].format(words) for kind, words in compare_words(old, new))


def without(rendered, tag):
    rendered = HIDDEN.sub("", rendered)
    rendered = re.sub(rf"<{tag}>.*?</{tag}>", "", rendered, flags=re.DOTALL)
    return re.sub(r"</?(ins|del)>", "", rendered)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("the same", "the same", "the same"),
        ("", "new", "{+new+}"),
        ("old", "", "[-old-]"),
        ("I like red apples.", "I like blue apples.", "I like [-red-]{+blue+} apples."),
        ("It is so.", "It is not so.", "It is {+not +}so."),
        ("It is not so.", "It is so.", "It is [-not -]so."),
        ("don't", "won't", "[-don't-]{+won't+}"),
        ("The end.", "The end!", "The end[-.-]{+!+}"),
        ("a  b", "a b", "a[-  -]{+ +}b"),
        # Words that follow each other are one change, with what stands between them.
        ("see red cars here", "see blue bikes here", "see [-red cars-]{+blue bikes+} here"),
        # A word that both have by chance does not hold two long changes apart.
        (
            "Everything said was in anger",
            "No word above was ever meant",
            "[-Everything said was in anger-]{+No word above was ever meant+}",
        ),
        ("One.\n\nTwo.", "One.\n\nNew.\n\nTwo.", "One.\n\n{+New.\n\n+}Two."),
        # Paragraphs stay apart, however much of them changed.
        ("first\n\nsecond", "1st\n\n2nd", "[-first-]{+1st+}\n\n[-second-]{+2nd+}"),
        # Scripts that put no space between words.
        ("我喜歡紅蘋果。", "我喜歡藍蘋果。", "我喜歡[-紅-]{+藍+}蘋果。"),
        ("Grüße aus Köln", "Grüße aus Mölln", "Grüße aus [-Köln-]{+Mölln+}"),
        # A letter and its accent, or an emoji of several signs, are never taken apart.
        ("cafe\u0301 no", "cafe\u0300 no", "[-cafe\u0301-]{+cafe\u0300+} no"),
        ("so 👩\u200d🚀", "so 👩\u200d🔬", "so [-👩\u200d🚀-]{+👩\u200d🔬+}"),
        ("#\ufe0f\u20e3 x", "# x", "[-#\ufe0f\u20e3-]{+#+} x"),
    ],
)
def test_what_is_marked(old, new, expected):
    assert marked(old, new) == expected


def test_a_word_in_a_long_text_is_found_though_no_other_stands_once():
    # The text has 96 different words, each some twenty times; only phrases tell places apart.
    dice = random.Random(5)
    words = [f"w{dice.randrange(96)}" for _ in range(2_000)]
    for place in (10, 700, 1_400, 1_990):
        words[place] = "old"
    old = " ".join(words)
    new = old.replace("old", "new")
    assert [words for kind, words in compare_words(old, new) if kind != KEPT] == ["old", "new"] * 4


def test_more_changes_than_anybody_reads_are_joined():
    words = [f"word{number}" for number in range(1_400)]
    changed = [word if place % 3 else f"x{place}" for place, word in enumerate(words)]
    pieces = compare_words(" ".join(words), " ".join(changed))
    assert sum(kind == TAKEN for kind, _ in pieces) == MOST_CHANGES
    assert "".join(words for kind, words in pieces if kind != TAKEN) == " ".join(changed)


def test_who_listens_hears_what_was_added_and_taken_out():
    rendered = render_difference("red apples", "blue apples")
    assert rendered == (
        '<del><span class="visually-hidden"> taken out: </span>red'
        '<span class="visually-hidden"> (end of what was taken out) </span></del>'
        '<ins><span class="visually-hidden"> added: </span>blue'
        '<span class="visually-hidden"> (end of what was added) </span></ins> apples'
    )


# Letters that make words, marks, markup and everything that is treated specially, close together.
_TEXTS = st.one_of(
    st.text(),
    st.text(alphabet="ab \n.<>&\"'", max_size=300),
    st.text(alphabet=" a我們\u0301\u200d\ufe0f-_*>[]()\r\n\x00\u202e\u2028", max_size=100),
    st.lists(st.sampled_from(["one", "two", "three", ".", "\n", "<b>"]), max_size=60).map(" ".join),
)


@given(_TEXTS, _TEXTS)
@example("a" * 50 + " b", "b " * 50)
def test_both_texts_are_there_to_the_letter(old, new):
    pieces = compare_words(old, new)
    assert "".join(words for kind, words in pieces if kind != ADDED) == old
    assert "".join(words for kind, words in pieces if kind != TAKEN) == new
    assert all(words for _, words in pieces)
    assert old != new or all(kind == KEPT for kind, _ in pieces)


@given(_TEXTS, _TEXTS)
def test_the_page_has_both_texts_escaped(old, new):
    rendered = render_difference(old, new)
    assert without(rendered, "ins") == escape(legible(old))
    assert without(rendered, "del") == escape(legible(new))
    tags = {'<span class="visually-hidden">', "</span>", "<ins>", "</ins>", "<del>", "</del>"}
    assert set(re.findall(r"<[^>]*>", rendered)) <= tags
    assert "\u202e" not in rendered
    assert "\x00" not in rendered


@given(st.lists(st.integers(0, 40), max_size=400), st.lists(st.integers(0, 40), max_size=400))
def test_texts_that_are_too_long_to_be_compared_as_a_whole(old, new):
    old, new = (" ".join(map(str, numbers)) for numbers in (old, new))
    pieces = compare_words(old, new)
    assert "".join(words for kind, words in pieces if kind != ADDED) == old
    assert "".join(words for kind, words in pieces if kind != TAKEN) == new


@pytest.mark.parametrize("vector", VECTORS)
def test_nothing_hostile_survives(vector):
    for rendered in (
        render_words(vector),
        render_difference(vector, ""),
        render_difference("", vector),
        render_difference(f"a {vector} b", f"a {vector} c"),
    ):
        bare = re.sub(r"</?(ins|del)>", "", HIDDEN.sub("", rendered))
        assert "<" not in bare
        assert ">" not in bare


def hard_pairs():
    """Texts that are dear to compare, in one way or another."""
    dice, full = random.Random(1), MAX_TEXT_LENGTH
    half = full // 2

    def drawn(alphabet, between=" "):
        return between.join(dice.choice(alphabet) for _ in range(half))

    many = [chr(0x4E00 + number) for number in range(half)]
    latin = [f"{number:x}" for number in range(2_000)]
    shuffled = dice.sample(latin, len(latin))
    woven = list(itertools.chain.from_iterable(zip(latin, latin[::-1], strict=True)))
    return {
        "one word": ("a " * half, "b " * half),
        "one word, others between": ("a " * half, "a b " * (half // 2)),
        "no space": ("a" * full, "b" * full),
        "line ends": ("\n" * full, "\n" * (full - 1) + "x"),
        "marks": ("!" * full, "?!" * half),
        "marks and spaces": ("! " * half, " !" * half),
        "two words": (drawn("ab"), drawn("ab")),
        "two words on lines": (drawn("ab", "\n"), drawn("ab", "\n")),
        "a hundred words": (drawn(many[:100]), drawn(many[:100])),
        "a thousand words": (drawn(many[:1_000]), drawn(many[:1_000])),
        "every word once": ("".join(many), "".join(many[::-1])),
        "other order": (" ".join(latin), " ".join(shuffled)),
        "backwards": (" ".join(latin), " ".join(latin[::-1])),
        "woven": (" ".join(latin), " ".join(woven)),
        "to be escaped": ("&" * full, "<" * full),
        "letters and spaces": (drawn("a ", ""), drawn("a ", "")),
        "as dear as difflib may be": (
            " ".join(latin[:420]),
            " ".join(itertools.chain.from_iterable((word, "-") for word in latin[:210])),
        ),
    }


@pytest.mark.parametrize(("old", "new"), hard_pairs().values(), ids=hard_pairs())
def test_the_worst_texts_are_compared_in_no_time(old, new):
    old, new = old[:MAX_TEXT_LENGTH], new[:MAX_TEXT_LENGTH]
    began = time.process_time()
    rendered = render_difference(old, new)
    assert time.process_time() - began < SECONDS
    assert without(rendered, "del") == escape(new)
    # What is marked is bounded as well, and with it the page.
    assert rendered.count("<ins>") <= MOST_CHANGES
