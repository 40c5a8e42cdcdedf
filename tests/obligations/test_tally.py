from __future__ import annotations

from fractions import Fraction

from hypothesis import given, strategies as st

from duban.obligations.outcome import Tally, tally
from duban.obligations.words import Outcome


def test_the_exempt_leave_the_denominator_and_nobody_else_does() -> None:
    count = tally(
        [Outcome.ON_TIME, Outcome.NIL, Outcome.LATE, Outcome.MISSING, Outcome.RETURNED, Outcome.EXEMPT]
    )
    assert (count.expected, count.obliged, count.received, count.timely) == (6, 5, 3, 2)
    assert count.completeness == Fraction(3, 5)
    assert count.timeliness == Fraction(2, 5)


def test_a_report_within_an_extension_is_timely() -> None:
    assert tally([Outcome.EXTENDED, Outcome.LATE]).timeliness == Fraction(1, 2)


def test_before_anything_is_due_the_rates_are_zero_not_unknown() -> None:
    assert tally([Outcome.PENDING] * 15).completeness == 0


def test_where_nobody_is_obliged_there_is_no_rate() -> None:
    assert tally([Outcome.EXEMPT]).completeness is None
    assert tally([]).timeliness is None
    assert tally([]) == Tally()


@given(st.lists(st.sampled_from(Outcome)))
def test_the_outcomes_add_up_to_the_expected_set(outcomes: list[Outcome]) -> None:
    count = tally(outcomes)
    assert count.expected == len(outcomes)
    if count.completeness is not None and count.timeliness is not None:
        assert 0 <= count.timeliness <= count.completeness <= 1
