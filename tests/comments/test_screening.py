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
    Context,
    Draft,
    late,
    restless,
    screen,
)

pytestmark = pytest.mark.pure

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def context(**known):
    return Context(now=NOW, **known)


PASSES = [
    ("Words.", context()),
    ("x" * MAX_TEXT_LENGTH, context()),
    ("Words.", context(suspended_until=NOW - timedelta(seconds=1))),
    ("Words.", context(suspended_until=NOW)),
    ("Words.", context(posted_last_minute=5, posts_a_minute=6)),
]
REFUSED = [
    ("unreadable", 404, "Words.", context(page_is_readable=False)),
    ("closed", 403, "Words.", context(discussion_is_open=False)),
    ("suspended", 403, "Words.", context(suspended_until=NOW + timedelta(days=1))),
    ("gone_parent", 409, "Words.", context(parent_is_visible=False)),
    ("empty", 422, "", context()),
    ("empty", 422, " \n\t ", context()),
    ("too_long", 422, "x" * (MAX_TEXT_LENGTH + 1), context()),
    ("not_text", 422, "a\x00b", context()),
    ("not_text", 422, "a\ud800b", context()),
    ("flood", 429, "Words.", context(posted_last_minute=6, posts_a_minute=6)),
    # The first verdict ends the run: who may not post hears that, not what is wrong in the text.
    ("suspended", 403, "", context(suspended_until=NOW + timedelta(days=1), posted_last_minute=99)),
    ("closed", 403, "", context(discussion_is_open=False)),
]


@pytest.mark.parametrize(("text", "known"), PASSES)
def test_passes(text, known):
    assert screen(Draft(text), known) is None


@pytest.mark.parametrize(("phase", "status", "text", "known"), REFUSED)
def test_refused(phase, status, text, known):
    verdict = screen(Draft(text), known)
    assert (verdict.phase, verdict.status) == (phase, status)
    assert verdict.message.endswith((".", "!"))


def test_every_phase_has_a_row():
    assert {phase.__name__ for phase in PHASES} == {row[0] for row in REFUSED}
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


@given(st.text())
def test_no_text_breaks_it(text):
    verdict = screen(Draft(text), context())
    assert verdict is None or verdict.message
