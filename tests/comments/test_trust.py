"""The levels, what they take and give, and what a report weighs: tables, and rules for all."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comments.trust import (
    LEVELS,
    Record,
    level_of,
    lost_share,
    next_level,
    report_weight,
    rights_of,
)

pytestmark = pytest.mark.pure

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NEWCOMER, MEMBER, REGULAR, TRUSTED = LEVELS


def record(days=400, **counts):
    return Record(since=NOW - timedelta(days=days), **counts)


RECORDS = [
    # What it takes, each just reached and just not.
    (record(0), NEWCOMER),
    (Record(), NEWCOMER),
    (record(1, stood=5), MEMBER),
    (record(1, stood=4), NEWCOMER),
    (Record(since=NOW - timedelta(hours=23), stood=500), NEWCOMER),
    (record(30, stood=30), REGULAR),
    (record(30, stood=29), MEMBER),
    (record(29, stood=30), MEMBER),
    (record(90, stood=150), TRUSTED),
    (record(90, stood=149), REGULAR),
    (record(89, stood=150), REGULAR),
    # What is lost by comments that were taken down or rejected.
    (record(stood=970, taken_down=30), TRUSTED),
    (record(stood=969, taken_down=31), REGULAR),
    (record(stood=969, rejected=31), REGULAR),
    (record(stood=900, rejected=100), REGULAR),
    (record(stood=899, rejected=50, taken_down=51), MEMBER),
    (record(stood=700, rejected=300), MEMBER),
    (record(stood=699, rejected=301), NEWCOMER),
    # The staff, whatever their record.
    (Record(is_staff=True), TRUSTED),
    (record(rejected=50, is_staff=True), TRUSTED),
    # Reports have nothing to do with it.
    (record(stood=150, reports_dismissed=90), TRUSTED),
]


@pytest.mark.parametrize(("known", "level"), RECORDS)
def test_the_level_of_a_record(known, level):
    assert level_of(known, NOW) is level


def test_each_level_gives_what_the_one_before_gives_or_more():
    for lower, higher in pairwise(LEVELS):
        assert higher.number == lower.number + 1
        for name in ("stood", "days", "links", "share_of_pace", "edits_longer", "report_weight"):
            assert getattr(higher, name) >= getattr(lower, name), name
        assert higher.most_lost <= lower.most_lost


NEXT = [
    (record(0), ["5 more comments that stand", "1 more day here"]),
    (record(0, stood=4), ["1 more comment that stands", "1 more day here"]),
    (record(28, stood=30), ["2 more days here"]),
    (
        record(stood=60, taken_down=20),
        ["at most 10% of your comments taken down or rejected"],
    ),
]


@pytest.mark.parametrize(("known", "lacks"), NEXT)
def test_what_comes_next_is_said(known, lacks):
    level, said = next_level(known, NOW)
    assert level.number == level_of(known, NOW).number + 1
    assert said == lacks


def test_nothing_comes_after_the_last():
    assert next_level(record(stood=150), NOW) is None


WEIGHTS = [
    (record(0), 1.0),
    # Twice the level's for who always was right, nothing for who hardly ever is.
    (record(0, reports_upheld=1), 1.333),
    (record(0, reports_upheld=98), 1.98),
    (record(0, reports_dismissed=1), 0.667),
    (record(0, reports_dismissed=3), 0.4),
    (record(0, reports_dismissed=4), 0.0),
    (record(0, reports_upheld=1, reports_dismissed=3), 0.667),
    (record(0, reports_upheld=1, reports_dismissed=4), 0.0),
    (record(stood=30), 1.5),
    (record(stood=150), 2.0),
    (record(stood=150, reports_dismissed=9), 0.0),
    (Record(is_staff=True), 2.0),
]


@pytest.mark.parametrize(("known", "weight"), WEIGHTS)
def test_what_a_report_weighs(known, weight):
    assert report_weight(known, NOW) == weight


counts = st.integers(0, 2_000)


@given(counts, counts, counts, counts, counts, st.integers(-5, 4_000), st.booleans())
def test_of_any_record(stood, taken_down, rejected, upheld, dismissed, days, staff):
    known = record(
        days, stood=stood, taken_down=taken_down, rejected=rejected, reports_upheld=upheld,
        reports_dismissed=dismissed, is_staff=staff,
    )  # fmt: skip
    level = level_of(known, NOW)
    assert level in LEVELS
    assert 0 <= lost_share(known) <= 1
    weight = report_weight(known, NOW)
    assert 0 <= weight <= 2 * level.report_weight
    following = next_level(known, NOW)
    assert (following is None) == (level is LEVELS[-1])
    # What is in the way is always named.
    assert following is None or following[1]
    # One more comment that stood never costs a level.
    better = record(days, stood=stood + 1, taken_down=taken_down, rejected=rejected, is_staff=staff)
    assert level_of(better, NOW).number >= level.number


def test_rights_are_said_in_words():
    assert rights_of(NEWCOMER) == ["up to 2 links in a comment", "comments at half the usual pace"]
    assert rights_of(TRUSTED) == [
        "up to 30 links in a comment",
        "comments at 2 times the usual pace",
        "more time to edit",
        "reports that count 2 times",
    ]
