"""Handles: who may sign up as what, and which two would be taken for each other."""

import unicodedata
from urllib.parse import quote, unquote, urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.handles import (
    HANDLE_MAX_LENGTH,
    RESERVED_HANDLES,
    SKELETON_MAX_LENGTH,
    HandleError,
    check_handle,
    handle_skeleton,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=150)
TRICKY = st.text(
    st.sampled_from(
        "aAiIlL1|oO0rnmvwеНнΝνİı\u0307\u0301\u200b\u00ad\u2028\u3000 _-.'’ſßﬁﷺ가\ud800"
    ),
    max_size=60,
)
PATIENT = settings(deadline=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kriten", "KRITEN"),
        ("straße", "STRASSE"),
        ("istanbul", "İSTANBUL"),
        ("kriten", "ｋｒｉｔｅｎ"),
        ("fine", "ﬁne"),
        ("ace", "ⓐⓒⓔ"),
        ("ace", "𝐚𝓬𝖊"),
        ("pace", "расе"),
        ("Helen", "Неlеn"),
        ("bot", "вот"),
        ("omikron", "οmikrοn"),
        ("Boris", "Βοris"),
        ("bob", "b0b"),
        ("Ill", "1l|"),
        ("Bill", "BiII"),
        ("modern", "modem"),
        ("wave", "vvave"),
        ("é", "e\u0301"),
        ("ёж", "ëж"),
        ("admin", "ad\u200bmin"),
        ("admin", "\u202eadmin\u202c"),
        ("admin", "a\u00add\u034fm\ufe0fi\u2060n"),
        ("admin", "admin\U000e0041"),
        ("admin", "a\x00dmin\x7f"),
        ("yo yo", "yo   yo"),
        ("yo yo", " yo\u00a0\u3000yo\t"),
        ("yo yo", "yo\u2800yo"),
        ("o'neil", "o’neil"),
        ("a-b", "a‐b"),
        ("a.b", "a․b"),
    ],
)
def test_handles_nobody_can_tell_apart(one: str, other: str) -> None:
    assert handle_skeleton(one) == handle_skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("kriten", "kritem"),
        ("jose", "josé"),
        ("Ник", "Нил"),
        ("yo yo", "yoyo"),
        ("a-b", "a_b"),
        ("a.b", "ab"),
        ("nick", "vick"),
        ("uma", "yma"),
        ("c", "o"),
        ("rusa", "tusa"),
        ("李", "季"),
        ("user5", "users"),
        ("e3", "33"),
    ],
)
def test_handles_that_differ(one: str, other: str) -> None:
    assert handle_skeleton(one) != handle_skeleton(other)


@PATIENT
@given(ANY_TEXT | TRICKY)
def test_a_skeleton_of_any_handle(handle: str) -> None:
    skeleton = handle_skeleton(handle)
    assert handle_skeleton(skeleton) == skeleton
    assert len(skeleton) <= SKELETON_MAX_LENGTH
    assert skeleton == skeleton.strip()
    assert "\x00" not in skeleton
    skeleton.encode()


@PATIENT
@given(ANY_TEXT | TRICKY)
def test_case_and_form_change_no_skeleton(handle: str) -> None:
    skeleton = handle_skeleton(handle)
    assert handle_skeleton(handle.casefold()) == skeleton
    for form in ("NFC", "NFD", "NFKC", "NFKD"):
        assert handle_skeleton(unicodedata.normalize(form, handle)) == skeleton


def test_every_single_character_has_a_stable_skeleton() -> None:
    for character in map(chr, range(0x30000)):
        skeleton = handle_skeleton(character)
        assert handle_skeleton(skeleton) == skeleton
        assert handle_skeleton(character.upper()) == skeleton


def test_no_two_latin_letters_become_one_but_those_that_look_alike() -> None:
    letters = "abcdefghjklmnpqrstuvwxyz23456789o"
    assert len({handle_skeleton(letter) for letter in letters}) == len(letters)


def test_the_longest_compatibility_form_keeps_to_the_bound() -> None:
    assert len(handle_skeleton("ﷺ" * 150)) <= SKELETON_MAX_LENGTH
    assert handle_skeleton("\u200b\u2800\x00") == ""


@pytest.mark.parametrize(
    "handle",
    [
        "kriten",
        "BMP-2",
        "Sergey Latyshev",
        "yo yo",
        "Alex777",
        "o'neil",
        "D’Arcy",
        "St. John",
        "snake_case",
        "_x_",
        "x.y.",
        "42",
        "José",
        "Jose\u0301",
        "Ник",
        "李明",
        "김철수",
        "सीता",
        "น้ำ",
        "سلام",
        "Nguyễn",
        "a" * HANDLE_MAX_LENGTH,
        "Ali",
        "Mali",
        "Adminton",
        "Edita",
    ],
)
def test_handles_to_sign_up_with(handle: str) -> None:
    check_handle(handle)


@pytest.mark.parametrize(
    ("handle", "said"),
    [
        ("", "at least 2"),
        ("a", "at least 2"),
        ("e\u0301", "at least 2"),
        ("a" * (HANDLE_MAX_LENGTH + 1), "has 31 characters"),
        (" ab", "begins or ends with a space"),
        ("ab\n", "begins or ends with a space"),
        ("a  b", "several spaces"),
        ("a\u00a0b", "a space of an unusual kind"),
        ("a\u3000b", "a space of an unusual kind"),
        ("a\u2028b", "a space of an unusual kind"),
        ("a\tb", r"cannot be seen \(U\+0009\)"),
        ("a\x00b", r"cannot be seen \(U\+0000\)"),
        ("a\u200bb", r"cannot be seen \(U\+200B\)"),
        ("a\u202eb", r"cannot be seen \(U\+202E\)"),
        ("a\u3164b", r"cannot be seen \(U\+3164\)"),
        ("a\ufe0fb", r"cannot be seen \(U\+FE0F\)"),
        ("a\ud800b", r"cannot be seen \(U\+D800\)"),
        ("a\ue000b", r"cannot be seen \(U\+E000\)"),
        ("a@b", "holds “@”"),
        ("a/b", "holds “/”"),
        ("a<b", "holds “<”"),
        ("a,b", "holds “,”"),
        ("a\u2800b", "which is not allowed"),
        ("a\U0001f600", "which is not allowed"),
        (".", "at least 2"),
        ("..", "only punctuation"),
        ("-_-", "only punctuation"),
        ("\u0301ab", "stacks accents"),
        ("a" + "\u0316" * 4 + "b", "stacks accents"),
        ("𝐚𝐛", "Write “a” instead"),
        ("ａｂ", "Write “a” instead"),
        ("abª", "Write “a” instead"),
    ],
)
def test_handles_nobody_may_sign_up_with(handle: str, said: str) -> None:
    with pytest.raises(HandleError, match=said):
        check_handle(handle)


@pytest.mark.parametrize(
    "handle",
    [
        *RESERVED_HANDLES,
        "Admin",
        "ADM1N",
        "аdmin",
        "a.d.m.i.n",
        "m0derator",
        "rnoderator",
        "Ed itor",
    ],
)
def test_reserved_handles(handle: str) -> None:
    with pytest.raises(HandleError, match="reserved"):
        check_handle(handle)


@PATIENT
@given(
    ANY_TEXT | TRICKY | st.text(st.characters(categories=("L", "M", "N", "Z", "P")), max_size=32)
)
def test_any_handle_is_fine_or_a_handle_error(handle: str) -> None:
    refusal = ""
    try:
        check_handle(handle)
    except HandleError as error:
        refusal = str(error)
    if refusal:
        assert refusal.endswith(".")
        refusal.encode()
    else:
        path = f"/people/{quote(handle, safe='')}/"
        assert urljoin("https://example.org/", path).endswith(path)
        assert unquote(path) == f"/people/{handle}/"
