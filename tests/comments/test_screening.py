"""Screening as a table: a row a phase and direction."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.screening import (
    EDIT_PHASES,
    MAX_REASON_LENGTH,
    MAX_TEXT_LENGTH,
    PHASES,
    REASON_PHASES,
    VOTE_PHASES,
    Context,
    Draft,
    judge,
    late,
    restless,
    screen,
)
from comments.words import compile_words

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def context(**known):
    return Context(now=NOW, **known)


# Lists of words, and links that each draft of these tables has.
WORDS = compile_words([("cheap", "reject"), ("copper*", "hold")])
HOSTS = ("news.example.org", "example.com")
PASSES = [
    ("Words.", context(slow_wait=0, slow_seconds=600)),
    ("Words.", context(blocked_hosts=frozenset({"ample.org", "example.net"}))),
    ("Words.", context(links=2)),
    ("Words.", context(links=1, trusted_hosts=frozenset({"example.org"}))),
    ("Dear kettles!", context(words=WORDS)),
    ("Words.", context(newcomer_holds=0)),
    ("Words.", context(newcomer_holds=-3)),
    ("Words.", context()),
    ("x" * MAX_TEXT_LENGTH, context()),
    ("Words.", context(suspended_until=NOW - timedelta(seconds=1))),
    ("Words.", context(suspended_until=NOW)),
    ("Words.", context(posted_last_minute=5, posts_a_minute=6)),
    ("Words.", context(posted_here=9, posts_here=10)),
]
REFUSED = [
    ("unreadable", 404, "Words.", context(page_is_readable=False)),
    ("closed", 403, "Words.", context(discussion_is_open=False)),
    ("suspended", 403, "Words.", context(suspended_until=NOW + timedelta(days=1))),
    ("muted", 403, "Words.", context(is_muted=True, muted_until_text="until noon")),
    ("gone_parent", 409, "Words.", context(parent_is_visible=False)),
    ("empty", 422, "", context()),
    ("empty", 422, " \n\t ", context()),
    ("too_long", 422, "x" * (MAX_TEXT_LENGTH + 1), context()),
    ("not_text", 422, "a\x00b", context()),
    ("not_text", 422, "a\ud800b", context()),
    ("flood", 429, "Words.", context(posted_last_minute=6, posts_a_minute=6)),
    ("crowding", 429, "Words.", context(posted_here=10, posts_here=10)),
    ("barred_address", 403, "Words.", context(address_is_barred=True)),
    ("address_flood", 429, "Words.", context(posted_from_address=30, posts_an_address=30)),
    ("slow", 429, "Words.", context(slow_wait=61, slow_seconds=600)),
    ("duplicate", 409, "Words.", context(said_before=True)),
    ("blocked_link", 422, "Words.", context(blocked_hosts=frozenset({"example.org"}))),
    ("refused_words", 422, "Cheap kettles!", context(words=WORDS)),
    ("outside_refuses", 422, "Words.", context(outside="refuse")),
    # The first verdict ends the run: who may not post hears that, not what is wrong in the text.
    ("suspended", 403, "", context(suspended_until=NOW + timedelta(days=1), posted_last_minute=99)),
    ("closed", 403, "", context(discussion_is_open=False)),
    ("muted", 403, "", context(is_muted=True, discussion_is_open=False)),
    ("suspended", 403, "", context(suspended_until=NOW + timedelta(days=1), is_muted=True)),
]


HELD = [
    ("many_links", "Words.", context(links=1)),
    ("held_words", "A copper kettle.", context(words=WORDS)),
    ("held_words", "A c\u043epp\u0435r kettle.", context(words=WORDS)),
    ("newcomer", "Words.", context(newcomer_holds=1)),
    ("premoderated", "Words.", context(premoderation="Here every comment waits.")),
    ("outside_holds", "Words.", context(outside="hold")),
]


@pytest.mark.parametrize(("text", "known"), PASSES)
def test_passes(text, known):
    assert judge(Draft(text, HOSTS), known) == (None, ())


@pytest.mark.parametrize(("phase", "status", "text", "known"), REFUSED)
def test_refused(phase, status, text, known):
    verdict, holds = judge(Draft(text, HOSTS), known)
    assert (verdict.phase, verdict.status, holds) == (phase, status, ())
    assert not verdict.holds
    assert screen(Draft(text, HOSTS), known) == verdict
    assert verdict.message.endswith((".", "!"))


@pytest.mark.parametrize(("phase", "text", "known"), HELD)
def test_held(phase, text, known):
    refused, holds = judge(Draft(text, HOSTS), known)
    assert refused is None
    assert [verdict.phase for verdict in holds] == [phase]
    assert holds[0].message.endswith((".", "!"))


def test_what_holds_is_gathered_and_a_refusal_ends_it():
    known = context(links=0, newcomer_holds=1, premoderation="All of them.", words=WORDS)
    refused, holds = judge(Draft("A copper kettle.", HOSTS), known)
    assert refused is None
    assert [each.phase for each in holds] == [
        "many_links", "held_words", "newcomer", "premoderated",
    ]  # fmt: skip
    refused, holds = judge(Draft("A copper kettle, cheap.", HOSTS), known)
    assert (refused.phase, holds) == ("refused_words", ())


def test_words_are_named_where_they_stand():
    text = "Buy cheap, c h e a p copper."
    refused, _ = judge(Draft(text), context(words=WORDS))
    assert [text[start:end] for start, end, _ in refused.hits] == ["cheap", "c h e a p"]
    assert "“cheap”, “c h e a p”" in refused.message


def test_every_phase_has_a_row():
    assert {phase.__name__ for phase in PHASES} == {row[0] for row in (*REFUSED, *HELD)}
    assert set(EDIT_PHASES) - set(PHASES) == {late, restless}


def test_an_edit_that_comes_too_late_hears_until_when_it_was_possible():
    known = context(is_editable=False, edit_until_text="24 November 2026, 11:45")
    verdict = screen(Draft(""), known, EDIT_PHASES)
    assert (verdict.phase, verdict.status) == ("late", 403)
    assert "24 November 2026, 11:45" in verdict.message
    # Who may not write at all hears that first.
    known = context(is_editable=False, suspended_until=NOW + timedelta(days=1))
    assert screen(Draft("Words."), known, EDIT_PHASES).phase == "suspended"
    assert screen(Draft("Words."), context(), EDIT_PHASES) is None


@pytest.mark.parametrize(
    ("edited", "phase"), [(0, None), (9, None), (10, "restless"), (11, "restless")]
)
def test_who_edits_too_often_is_asked_to_wait(edited, phase):
    known = context(edited_lately=edited, edits_in_a_while=10)
    verdict = screen(Draft("Words."), known, EDIT_PHASES)
    assert (verdict and (verdict.phase, verdict.status)) == (phase and (phase, 429))
    if verdict:
        assert f"{edited} times within ten minutes" in verdict.message
    # It is said last: what is wrong with the text, or who may not write, comes before. A comment
    # that is posted is none of it.
    assert screen(Draft(" "), known, EDIT_PHASES).phase == "empty"
    assert screen(Draft("Words."), known) is None


def test_a_reason_fits_a_line_and_is_not_for_the_suspended():
    assert screen(Draft("x" * MAX_REASON_LENGTH), context(), REASON_PHASES) is None
    verdict = screen(Draft("x" * (MAX_REASON_LENGTH + 1)), context(), REASON_PHASES)
    assert (verdict.phase, verdict.status) == ("long_reason", 422)
    assert "300" in verdict.message
    suspended = context(suspended_until=NOW + timedelta(days=1))
    assert screen(Draft("Why"), suspended, REASON_PHASES).phase == "suspended"


def test_the_suspended_are_told_until_when_and_why():
    verdict = screen(
        Draft("Words."),
        context(
            suspended_until=NOW + timedelta(days=1),
            suspended_until_text="25 November 2026, 12:00",
            suspension_reason="Advertising",
        ),
    )
    assert "25 November 2026, 12:00" in verdict.message
    assert "Advertising" in verdict.message


@pytest.mark.parametrize(
    ("phases", "act"), [(PHASES, "post"), (EDIT_PHASES, "post"), (VOTE_PHASES, "vote")]
)
def test_the_muted_are_told_until_when_and_why_and_where_they_can(phases, act):
    known = context(
        is_muted=True, muted_until_text="until a moderator lifts it", mute_reason="Insults"
    )
    verdict = screen(Draft("Words."), known, phases)
    assert (verdict.phase, verdict.status) == ("muted", 403)
    assert verdict.message == (
        f"You cannot {act} in this discussion until a moderator lifts it; in all others you can. "
        "Reason: Insults"
    )
    assert screen(Draft("Why"), known, REASON_PHASES).phase == "muted"


@given(st.text())
def test_no_text_breaks_it(text):
    verdict = screen(Draft(text), context())
    assert verdict is None or verdict.message
