from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.obligations.appraisal_facts import Named, finding_fact, owed_fact
from duban.obligations.appraisal_periods import Period, counted_in, holding, of_year
from duban.obligations.appraisal_rules import Fate, Slip
from duban.obligations.facts import ExtensionFact, ObligationFacts, SubmissionFact
from duban.obligations.findings import Step, StepKind
from duban.obligations.words import Verdict
from support.campaign import day

Q1, Q2, Q3 = of_year("quarter", 2023)[:3]
NAMED = Named(12, "每月检查", date(2023, 3, 1))
DUE, CLOSE = day("03-24 23:59"), day("04-10 23:59")
GIVEN = ObligationFacts(day("03-01 00:00"), DUE, day("04-03 23:59"))


def facts(
    *submissions: SubmissionFact, extension: ExtensionFact | None = None, exempt_at: datetime | None = None
) -> ObligationFacts:
    extensions = (extension,) if extension else ()
    return ObligationFacts(GIVEN.opens_at, GIVEN.due_at, GIVEN.locks_at, submissions, extensions, exempt_at)


def returned(at: str, *, received: str = "03-20 09:00", correct_by: str = "") -> SubmissionFact:
    by = day(correct_by) if correct_by else None
    return SubmissionFact(
        day(received), verdict=Verdict.RETURNED, verdict_at=day(at), material=True, correct_by=by
    )


def fate(given: ObligationFacts, period: Period = Q1, as_of: datetime = CLOSE) -> Fate | None:
    found = owed_fact(NAMED, "yuecha", given, period, as_of)
    return found and found.fate


# Periods


def test_periods_have_their_days_codes_and_names() -> None:
    assert [(one.code, one.name) for one in of_year("half_year", 2023)] == [
        ("2023-H1", "2023年上半年"),
        ("2023-H2", "2023年下半年"),
    ]
    assert [(str(one.first), str(one.last)) for one in of_year("quarter", 2024)] == [
        ("2024-01-01", "2024-03-31"),
        ("2024-04-01", "2024-06-30"),
        ("2024-07-01", "2024-09-30"),
        ("2024-10-01", "2024-12-31"),
    ]
    [year] = of_year("year", 2023)
    assert (year.code, year.name, year.after()) == ("2023", "2023年度", Period("year", 2024))


def test_a_period_begins_and_ends_at_midnight_in_shanghai() -> None:
    assert Q1.starts_at == datetime(2022, 12, 31, 16, tzinfo=UTC)
    assert Q1.ends_at == datetime(2023, 3, 31, 15, 59, 59, tzinfo=UTC)
    assert holding("quarter", Q1.ends_at) == Q1
    assert holding("quarter", Q1.ends_at + timedelta(seconds=1)) == Q2


LIMITS = st.lists(
    st.tuples(st.integers(0, 700), st.integers(0, 700)), max_size=6
)  # days: when it becomes known, and the limit


@given(st.integers(0, 300), LIMITS)
def test_a_thing_counts_in_one_period_by_whose_end_its_limit_is_past(
    first: int, later: list[tuple[int, int]]
) -> None:
    start = day("01-01 12:00")

    def due_as_of(at: datetime) -> datetime:
        known = [until for since, until in later if start + timedelta(days=since) <= at]
        return start + timedelta(days=max([first, *known]))

    found = counted_in("quarter", due_as_of(start - timedelta(days=1)), due_as_of)
    assert due_as_of(found.ends_at) <= found.ends_at
    before = holding("quarter", start + timedelta(days=first))
    while before != found:
        assert due_as_of(before.ends_at) > before.ends_at
        before = before.after()


# Obligations


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (facts(), Fate.MISSING),
        (facts(SubmissionFact(day("03-20 09:00"))), Fate.ON_TIME),
        (facts(SubmissionFact(day("03-20 09:00"), nil=True)), Fate.ON_TIME),
        (facts(SubmissionFact(day("03-27 09:00"))), Fate.LATE),
        (facts(exempt_at=day("03-10 09:00")), None),
        (facts(returned("03-22 09:00")), Fate.MISSING),
        (facts(returned("03-22 09:00", correct_by="04-12 23:59")), Fate.LATE),
        (facts(returned("03-22 09:00"), SubmissionFact(day("03-23 09:00"))), Fate.ON_TIME),
        (facts(returned("03-22 09:00"), SubmissionFact(day("03-28 09:00"))), Fate.LATE),
    ],
)
def test_an_obligation_counts_by_how_it_stood(given: ObligationFacts, expected: Fate | None) -> None:
    assert fate(given) is expected


def test_what_came_after_the_moment_of_the_appraisal_is_not_known_to_it() -> None:
    late = facts(SubmissionFact(day("04-12 09:00")))
    assert fate(late) is Fate.MISSING
    assert fate(late, as_of=day("04-13 09:00")) is Fate.LATE


def test_returns_for_a_fault_of_substance_are_counted_and_those_for_a_trifle_are_not() -> None:
    trifle = SubmissionFact(day("03-21 09:00"), verdict=Verdict.RETURNED, verdict_at=day("03-21 10:00"))
    found = owed_fact(NAMED, "yuecha", facts(returned("03-20 10:00"), trifle), Q1, CLOSE)
    assert found is not None
    assert (found.id, found.title, found.returns, found.fate) == (12, "每月检查", 1, Fate.ON_TIME)


def test_an_obligation_counts_in_the_period_of_its_limit_alone() -> None:
    assert fate(facts()) is Fate.MISSING
    assert fate(facts(), Q2, day("07-10 09:00")) is None
    assert fate(ObligationFacts(day("03-01 00:00"), None)) is None


def test_what_was_put_off_beyond_the_period_counts_in_the_next_one() -> None:
    put_off = ExtensionFact(day("03-20 09:00"), day("04-20 23:59"), day("03-21 09:00"), granted=True)
    given = facts(extension=put_off)
    assert fate(given) is None
    assert fate(given, Q2, day("07-10 09:00")) is Fate.MISSING


def test_what_was_put_off_after_the_period_still_counts_in_it_and_once() -> None:
    put_off = ExtensionFact(day("03-20 09:00"), day("04-20 23:59"), day("04-03 09:00"), granted=True)
    given = facts(SubmissionFact(day("04-08 09:00")), extension=put_off)
    assert fate(given) is Fate.ON_TIME
    assert fate(given, Q2, day("07-10 09:00")) is None


# Findings


def found(until: str, *steps: Step) -> list[Step]:
    return [Step(StepKind.FOUND, day("03-02 09:00"), "检查组", until=day(until)), *steps]


def step(kind: StepKind, at: str, until: str = "") -> Step:
    return Step(kind, day(at), "某人", until=day(until) if until else None)


def slips(steps: list[Step], period: Period = Q1, as_of: datetime = CLOSE) -> tuple[Slip, ...] | None:
    fact = finding_fact(NAMED, steps, period, as_of)
    return fact and fact.slips


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([], (Slip.OPEN,)),
        ([step(StepKind.FIXED, "03-10 09:00")], ()),
        ([step(StepKind.FIXED, "03-20 09:00")], (Slip.LATE,)),
        ([step(StepKind.FIXED, "03-10 09:00"), step(StepKind.FAILED, "03-12 09:00")], (Slip.OPEN,)),
        ([step(StepKind.EXTENDED, "03-10 09:00", "03-25 23:59"), step(StepKind.FIXED, "03-20 09:00")], ()),
        ([step(StepKind.REFUTED, "03-20 09:00")], None),
    ],
)
def test_a_finding_counts_by_how_it_stood(steps: list[Step], expected: tuple[Slip, ...] | None) -> None:
    assert slips(found("03-15 23:59", *steps)) == expected


def test_a_recurrence_counts_in_the_period_in_which_it_was_seen() -> None:
    steps = found(
        "03-15 23:59",
        step(StepKind.FIXED, "03-10 09:00"),
        step(StepKind.CLOSED, "03-12 09:00"),
        step(StepKind.REOPENED, "05-08 09:00", "05-20 23:59"),
    )
    assert slips(steps) == ()
    assert slips(steps, Q2, day("07-10 09:00")) == (Slip.REOPENED,)
    assert slips(steps, Q3, day("10-10 09:00")) is None


def test_a_finding_that_is_put_off_counts_in_the_period_of_its_new_limit() -> None:
    steps = found("03-25 23:59", step(StepKind.EXTENDED, "03-20 09:00", "04-20 23:59"))
    assert slips(steps) is None
    assert slips(steps, Q2, day("07-10 09:00")) == (Slip.OPEN,)
