"""Words as search compares them, queries, and extracts: no database."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments import extracts
from comments.lexicon import (
    MOST_LETTERS,
    MOST_QUERY_TOKENS,
    fold,
    read_query,
    token_of,
    tokens_of,
    words_with_places,
)

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    "alike",
    [
        ("election", "elections", "ELECTION", "election's", "élection", "election’s"),
        ("bridge", "bridges", "bridging", "brid\u00adges"),
        ("выборы", "выборов", "Выборах", "ВЫБОРАМ"),
        ("ёлка", "елки", "Ёлкой"),
        ("Brücke", "brucke", "Bru\u0308cke", "ＢＲＵＣＫＥ"),
        ("Straße", "strasse", "STRASSE"),
        ("O'Brien", "obrien", "O’Brien"),
        ("мой", "мо\u0438\u0306"),
    ],
)
def test_words_that_are_the_same_word(alike):
    assert len({token_of(word) for word in alike}) == 1, [token_of(word) for word in alike]


@pytest.mark.parametrize(
    "unlike", [("мир", "мій"), ("или", "йли"), ("rain", "ruin"), ("1984", "1985")]
)
def test_words_that_are_not(unlike):
    assert len({token_of(word) for word in unlike}) == len(unlike)


def test_each_language_keeps_its_own_rules_in_a_mixed_text():
    said = "The elections: выборы мэра, by Brexit’s fans (2016), in 東京."
    assert tokens_of(said) == [
        "the", "elect", "выбор", "мэр", "by", "brexit", "fan", "2016", "in", "東", "京"
    ]  # fmt: skip


@given(text=st.text(max_size=200))
def test_a_token_has_letters_digits_and_marks_alone_and_its_place_in_the_text(text):
    for start, end, token in words_with_places(text):
        assert token == token_of(text[start:end])
        assert 0 < len(token) <= MOST_LETTERS
        assert not re.search(r"[\0-\x20\"'\\·:&|!()<>*_A-Z-]", token)
        token.encode()
    assert tokens_of(text) == [token for *_, token in words_with_places(text)]


@given(word=st.text(min_size=1, max_size=60))
def test_folding_twice_changes_nothing(word):
    assert fold(fold(word)) == fold(word)


@pytest.mark.parametrize(
    ("typed", "looked_for", "besides"),
    [
        ("the town hall", ["town", "hall"], []),
        ("the who", ["the", "who"], []),
        ('"the who"', ["the who"], []),
        ("“town hall” -boat", ["town hall"], ["boat"]),
        ('town -"old boat"', ["town"], ["old boat"]),
        ('"town hall', ["town hall"], []),
        ("well-known", ["well known"], []),
        ("rain RAIN rains", ["rain"], []),
        ("-", [], []),
        ('- "" -- * ()', [], []),
        ("a:b", ["a b"], []),
    ],
)
def test_what_is_typed_is_read_as_words_phrases_and_what_must_not_be_there(
    typed, looked_for, besides
):
    query = read_query(typed)
    assert [" ".join(term.tokens) for term in query.terms] == looked_for
    assert [" ".join(term.tokens) for term in query.besides] == besides
    assert not query.is_cut


@given(typed=st.text(max_size=300))
def test_any_text_is_a_query_and_can_be_typed_again(typed):
    query = read_query(typed)
    assert sum(len(term.tokens) for term in query.terms + query.besides) <= MOST_QUERY_TOKENS
    again = read_query(str(query))
    assert {term.tokens for term in again.terms} == {term.tokens for term in query.terms}
    assert {term.tokens for term in again.besides} == {term.tokens for term in query.besides}


def test_of_too_many_words_the_first_are_looked_for():
    query = read_query(" ".join(f"word{at}" for at in range(30)))
    assert len(query.terms) == MOST_QUERY_TOKENS
    assert query.is_cut


WORDS = frozenset({"rain", "мост"})


@given(text=st.text(max_size=400), length=st.integers(10, 300))
def test_an_extract_is_safe_html_that_says_what_the_text_says(text, length):
    shown = extracts.extract(text + " the rain & <b>мосты</b> " + text, WORDS, length)
    assert re.sub("</?mark>", "", shown).count("<") == 0
    plain = unescape(re.sub("</?mark>", "", shown)).removeprefix("… ").removesuffix("…")
    whole = " ".join(extracts.one_line(text + " the rain & <b>мосты</b> " + text).split())
    assert plain.strip() in whole
    assert len(plain) <= length + 1


def test_an_extract_shows_where_most_words_stand_together():
    text = f"rain {'dry ' * 100} the rain fell on мосту {'dry ' * 100}"
    shown = extracts.extract(text, WORDS)
    assert "<mark>rain</mark> fell on <mark>мосту</mark>" in shown
    assert shown.startswith("… dry")
    assert shown.endswith("…")
    assert extracts.extract("Nothing here.", WORDS) == "Nothing here."
    assert extracts.marked("Rain <i>", WORDS) == "<mark>Rain</mark> &lt;i&gt;"
