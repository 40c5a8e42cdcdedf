from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from duban.obligations.facts import known
from duban.obligations.outcome import ExtensionFact, ObligationFacts, SubmissionFact, standing
from duban.obligations.words import Outcome, State, Verdict

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(day: int, hour: int = 12, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2023, 1, day, hour, minute, second, tzinfo=SHANGHAI)


# The summary of seed 002: owed until the end of 29 January, late reports taken until the end of the 31st.
DUE = at(29, 23, 59, 59)
SUMMARY = ObligationFacts(opens_at=at(10), due_at=DUE, locks_at=at(31, 23, 59, 59))


def sent(day: int, hour: int = 12, *, nil: bool = False) -> SubmissionFact:
    return SubmissionFact(at(day, hour), nil)


def judged(received: datetime, verdict: Verdict, when: datetime, *, material: bool = False) -> SubmissionFact:
    return SubmissionFact(received, verdict=verdict, verdict_at=when, material=material)


def accepted(received: datetime, when: datetime) -> SubmissionFact:
    return judged(received, Verdict.ACCEPTED, when)


def trifle(received: datetime, when: datetime) -> SubmissionFact:
    return judged(received, Verdict.RETURNED, when)


def placeholder(received: datetime, when: datetime) -> SubmissionFact:
    return judged(received, Verdict.RETURNED, when, material=True)


def granted(asked: datetime, until: datetime, decided: datetime) -> ExtensionFact:
    return ExtensionFact(asked, until, decided, granted=True)


def summary(*submissions: SubmissionFact, extension: ExtensionFact | None = None) -> ObligationFacts:
    return replace(SUMMARY, submissions=submissions, extensions=(extension,) if extension else ())


TO_THE_30TH = granted(at(28), at(30, 23, 59, 59), at(28, 15))

CASES = [
    ("nothing yet", summary(), at(20), Outcome.PENDING, State.OWED),
    ("the last second is still pending", summary(), DUE, Outcome.PENDING, State.OWED),
    ("a second later it is missing", summary(), at(30, 0), Outcome.MISSING, State.OWED),
    ("sent and not judged", summary(sent(20)), at(21), Outcome.ON_TIME, State.SUBMITTED),
    ("accepted", summary(accepted(at(20), at(21))), at(22), Outcome.ON_TIME, State.ACCEPTED),
    ("judged late, sent in time", summary(accepted(at(20), at(31))), at(31), Outcome.ON_TIME, State.ACCEPTED),
    ("sent late", summary(sent(30)), at(31), Outcome.LATE, State.SUBMITTED),
    ("nothing to report", summary(sent(20, nil=True)), at(21), Outcome.NIL, State.SUBMITTED),
    ("nothing to report, said late", summary(sent(30, nil=True)), at(31), Outcome.LATE, State.SUBMITTED),
    ("returned", summary(trifle(at(20), at(21))), at(22), Outcome.RETURNED, State.RETURNED),
    (
        "a return for a trifle does not make it late",
        summary(trifle(at(29), at(30, 9)), sent(30, 15)),
        at(31),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "a placeholder sent in time does not make the report on time",
        summary(placeholder(at(29), at(30, 9)), sent(30, 15)),
        at(31),
        Outcome.LATE,
        State.SUBMITTED,
    ),
    (
        "a placeholder made good in time is on time",
        summary(placeholder(at(20), at(21)), sent(25)),
        at(31),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "a trifle after a placeholder keeps the second version's time",
        summary(placeholder(at(20), at(21)), trifle(at(25), at(30)), sent(31)),
        at(31, 13),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "what the unit itself replaced after the deadline is taken back",
        summary(sent(29), sent(30, 15)),
        at(31),
        Outcome.LATE,
        State.SUBMITTED,
    ),
    (
        "also when the office takes what replaced it",
        summary(sent(29), accepted(at(30, 15), at(31))),
        at(31),
        Outcome.LATE,
        State.ACCEPTED,
    ),
    (
        "replaced in time changes nothing",
        summary(sent(20), sent(29)),
        at(31),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "a correction replaced by the unit leaves the credit of what had been judged",
        summary(trifle(at(29), at(30, 9)), sent(30, 15), sent(30, 16)),
        at(31),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "replaced within the extension",
        summary(sent(29), sent(30), extension=TO_THE_30TH),
        at(31),
        Outcome.ON_TIME,
        State.SUBMITTED,
    ),
    (
        "in time only by the extension",
        summary(sent(30), extension=TO_THE_30TH),
        at(31),
        Outcome.EXTENDED,
        None,
    ),
    ("in time without needing it", summary(sent(29), extension=TO_THE_30TH), at(31), Outcome.ON_TIME, None),
    ("past the extension", summary(sent(31), extension=TO_THE_30TH), at(31, 13), Outcome.LATE, None),
    ("pending within the extension", summary(extension=TO_THE_30TH), at(30), Outcome.PENDING, State.OWED),
    ("missing past the extension", summary(extension=TO_THE_30TH), at(31), Outcome.MISSING, State.OWED),
    (
        "asked for at the last second, decided afterwards",
        summary(sent(30), extension=granted(DUE, at(30, 23), at(30, 18))),
        at(31),
        Outcome.EXTENDED,
        State.SUBMITTED,
    ),
    (
        "asked for a second too late",
        summary(sent(30), extension=granted(at(30, 0), at(31), at(30, 8))),
        at(31),
        Outcome.LATE,
        State.SUBMITTED,
    ),
    (
        "refused",
        summary(extension=ExtensionFact(at(28), at(31), at(28, 15), granted=False)),
        at(30),
        Outcome.MISSING,
        State.OWED,
    ),
    ("exempt", replace(SUMMARY, exempt_at=at(20)), at(30), Outcome.EXEMPT, State.EXEMPT),
    ("missing until it was exempt", replace(SUMMARY, exempt_at=at(31)), at(30), Outcome.MISSING, State.OWED),
    ("no moment by which it is owed", replace(SUMMARY, due_at=None), at(31), Outcome.PENDING, State.OWED),
]


@pytest.mark.parametrize(
    ("facts", "now", "outcome", "state"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_an_obligation_stands_as_the_rules_say(
    facts: ObligationFacts, now: datetime, outcome: Outcome, state: State | None
) -> None:
    here = standing(facts, now)
    assert here.outcome is outcome
    assert state is None or here.state is state


def test_a_report_in_the_last_second_of_the_day_is_on_time_whatever_its_fraction() -> None:
    report = SubmissionFact(datetime(2023, 1, 29, 15, 59, 59, 999_999, tzinfo=UTC))
    assert standing(summary(report), at(30)).outcome is Outcome.ON_TIME


def test_a_report_in_the_first_second_of_the_next_day_is_late_by_one_second() -> None:
    here = standing(summary(SubmissionFact(at(30, 0))), at(31))
    assert here.outcome is Outcome.LATE
    assert here.overdue_by == timedelta(seconds=1)


def test_what_is_missing_grows_older_and_is_final_once_locked() -> None:
    assert standing(SUMMARY, at(30, 11, 59, 59)).overdue_by == timedelta(hours=12)
    assert not standing(SUMMARY, at(31, 23, 59, 59)).final
    locked = standing(SUMMARY, datetime(2023, 2, 1, tzinfo=SHANGHAI))
    assert (locked.outcome, locked.final) == (Outcome.MISSING, True)


def test_a_report_returned_as_a_placeholder_is_overdue_while_it_lies_with_the_unit() -> None:
    here = standing(summary(placeholder(at(29), at(30, 9))), at(30, 23, 59, 59))
    assert (here.outcome, here.credited_at) == (Outcome.RETURNED, None)
    assert here.overdue_by == timedelta(days=1)


def test_a_report_returned_for_a_trifle_is_not_overdue() -> None:
    assert standing(summary(trifle(at(29), at(30, 9))), at(31)).overdue_by is None


def test_an_accepted_report_is_final_and_one_that_awaits_is_not() -> None:
    assert standing(summary(accepted(at(20), at(21))), at(22)).final
    assert not standing(summary(sent(20)), at(22)).final
    assert not standing(summary(sent(20)), datetime(2023, 3, 1, tzinfo=UTC)).final


def test_a_nil_report_that_came_late_is_late_and_still_nil() -> None:
    here = standing(summary(sent(30, nil=True)), at(31))
    assert (here.outcome, here.nil) == (Outcome.LATE, True)


def test_a_second_extension_is_held_against_the_first_one() -> None:
    extensions = (granted(at(30), at(31, 20), at(30, 13)), TO_THE_30TH)
    facts = replace(SUMMARY, extensions=extensions, submissions=(sent(31, 18),))
    here = standing(facts, at(31, 19))
    assert here.outcome is Outcome.EXTENDED
    assert here.effective_due == datetime(2023, 1, 31, 12, tzinfo=UTC)


def test_an_extension_never_brings_the_due_moment_forward() -> None:
    facts = summary(extension=granted(at(20), at(25), at(20, 13)))
    assert standing(facts, at(26)).outcome is Outcome.PENDING


def test_the_past_is_counted_as_it_was_known_then() -> None:
    facts = summary(placeholder(at(29), at(31, 9)), sent(31, 10))
    assert standing(facts, at(30)).outcome is Outcome.ON_TIME
    assert standing(facts, at(31, 9)).outcome is Outcome.RETURNED
    assert standing(facts, at(31, 10)).outcome is Outcome.LATE


def test_a_version_replaced_after_the_deadline_counted_until_then() -> None:
    facts = summary(sent(20), sent(30, 15))
    assert standing(facts, at(30, 14)).outcome is Outcome.ON_TIME
    here = standing(facts, at(31))
    assert (here.credited_at, here.overdue_by) == (at(30, 15), timedelta(hours=15, seconds=1))


def test_a_late_report_for_march_never_turns_april_green() -> None:
    march = ObligationFacts(datetime(2023, 3, 1, tzinfo=UTC), datetime(2023, 3, 31, 15, 59, 59, tzinfo=UTC))
    april = ObligationFacts(datetime(2023, 4, 1, tzinfo=UTC), datetime(2023, 4, 30, 15, 59, 59, tzinfo=UTC))
    now = datetime(2023, 5, 2, tzinfo=UTC)
    march = replace(march, submissions=(SubmissionFact(datetime(2023, 4, 15, tzinfo=UTC)),))
    assert standing(march, now).outcome is Outcome.LATE
    assert standing(april, now).outcome is Outcome.MISSING


@pytest.mark.parametrize("now", [datetime(2023, 1, 29), datetime.min])  # noqa: DTZ001, DTZ901 -- refused
def test_a_moment_without_a_zone_is_refused(now: datetime) -> None:
    with pytest.raises(ValueError, match="zone"):
        _ = standing(SUMMARY, now)
    with pytest.raises(ValueError, match="zone"):
        _ = SubmissionFact(now)


def test_a_verdict_without_its_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="verdict"):
        _ = SubmissionFact(at(20), verdict=Verdict.ACCEPTED)


START = datetime(2023, 1, 1, tzinfo=UTC)
moments = st.integers(0, 40 * 24 * 3600).map(lambda seconds: START + timedelta(seconds=seconds))


@st.composite
def submissions(draw: st.DrawFn, received: st.SearchStrategy[datetime] = moments) -> SubmissionFact:
    when = draw(received)
    verdict = draw(st.sampled_from([None, *Verdict]))
    judged_at = when + draw(st.timedeltas(timedelta(0), timedelta(days=5))) if verdict else None
    return SubmissionFact(when, draw(st.booleans()), verdict, judged_at, draw(st.booleans()))


@st.composite
def extensions(draw: st.DrawFn, asked: st.SearchStrategy[datetime] = moments) -> ExtensionFact:
    when = draw(asked)
    decided = when + draw(st.timedeltas(timedelta(0), timedelta(days=5)))
    return ExtensionFact(when, draw(moments), draw(st.sampled_from([None, decided])), draw(st.booleans()))


@st.composite
def records(draw: st.DrawFn) -> ObligationFacts:
    reports = draw(st.lists(submissions(), max_size=4))
    return replace(
        SUMMARY,
        submissions=tuple(sorted(reports, key=lambda one: one.received_at)),
        extensions=tuple(draw(st.lists(extensions(), max_size=3))),
        exempt_at=draw(st.none() | moments),
    )


def later_than(now: datetime) -> st.SearchStrategy[datetime]:
    return st.timedeltas(timedelta(seconds=1), timedelta(days=30)).map(lambda wait: now + wait)


@given(data=st.data(), facts=records(), now=moments)
def test_what_is_recorded_later_never_changes_how_things_stood(
    data: st.DataObject, facts: ObligationFacts, now: datetime
) -> None:
    fuller = replace(
        facts,
        submissions=(*facts.submissions, data.draw(submissions(later_than(now)))),
        extensions=(*facts.extensions, data.draw(extensions(later_than(now)))),
        exempt_at=facts.exempt_at or data.draw(later_than(now)),
    )
    assert standing(fuller, now) == standing(facts, now)


@given(facts=records(), now=moments)
def test_how_things_stand_rests_on_nothing_but_what_is_known(facts: ObligationFacts, now: datetime) -> None:
    assert standing(known(facts, now), now) == standing(facts, now)


@given(data=st.data(), asked=st.lists(extensions(), max_size=3))
def test_a_report_after_the_due_moment_never_turns_missing_into_on_time(
    data: st.DataObject, asked: list[ExtensionFact]
) -> None:
    silent = replace(SUMMARY, extensions=tuple(asked))
    due = standing(silent, datetime(2024, 1, 1, tzinfo=UTC)).effective_due
    assert due is not None
    now = data.draw(later_than(due))
    assert standing(silent, now).outcome is Outcome.MISSING
    answered = replace(silent, submissions=(data.draw(submissions(later_than(due))),))
    assert standing(answered, now).outcome in {Outcome.MISSING, Outcome.LATE, Outcome.RETURNED}


@given(facts=records(), now=moments)
def test_only_what_stands_as_received_is_credited(facts: ObligationFacts, now: datetime) -> None:
    here = standing(facts, now)
    if here.outcome in {Outcome.ON_TIME, Outcome.NIL, Outcome.EXTENDED}:
        assert here.overdue_by is None
    if here.outcome in {Outcome.LATE, Outcome.MISSING}:
        assert here.overdue_by is not None
