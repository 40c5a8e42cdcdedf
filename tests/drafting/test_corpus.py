"""The annotated documents say what their own texts say."""

from __future__ import annotations

import pytest

from support.drafting import Annotated, annotated, squeezed, unaccounted, understood

ALL = [*annotated("open"), *annotated("held")]

every_document = pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)


def test_each_half_has_twelve_documents_of_the_length_of_a_notice() -> None:
    assert [len(annotated("open")), len(annotated("held"))] == [12, 12]
    assert [one.name for one in ALL if not 600 <= len(one.joined) <= 2500] == []


@every_document
def test_every_quote_stands_in_its_text(one: Annotated) -> None:
    truth = one.truth
    quotes = [duty.quote for duty in truth.duties] + [*truth.vague, *truth.not_deadlines]
    assert [quote for quote in quotes if squeezed(quote) not in one.joined] == []


@every_document
def test_every_name_and_thing_stands_in_its_text(one: Annotated) -> None:
    truth = one.truth
    printed = [truth.title, truth.issuer, truth.number, *(phase.name for phase in truth.phases)]
    for duty in truth.duties:
        printed += [*duty.who, duty.to, duty.what]
    assert [words for words in printed if squeezed(words or "") not in one.joined] == []


@every_document
def test_every_time_is_written_in_the_canonical_way(one: Annotated) -> None:
    times = [time for duty in one.truth.duties for time in (duty.when, duty.within) if time is not None]
    assert [time for time in times if not understood(time)] == []
    assert [phase.name for phase in one.truth.phases if phase.start > phase.end] == []


@every_document
def test_no_duty_stands_twice(one: Annotated) -> None:
    found = [(duty.quote, duty.when, duty.what) for duty in one.truth.duties]
    assert len(found) == len(set(found))


@every_document
def test_every_expression_of_time_in_the_text_is_accounted_for(one: Annotated) -> None:
    assert unaccounted(one) == []


@pytest.mark.parametrize(
    "wrong",
    ["2023-02-29", "2023-1-5", "2023-03-05..2023-03-01", "2023-01-05 24:00", "weekly friday",
     "monthly day 32", "yearly 13-01", "event + 5", "soon", ""],
)  # fmt: skip
def test_a_time_that_is_no_time_is_not_understood(wrong: str) -> None:
    assert not understood(wrong)


@pytest.mark.parametrize(
    "right",
    ["2024-02-29", "2023-01-29 12:00", "2023-03..2023-04", "weekly fri 12:00", "quarterly month 3 day 25",
     "quarterly end - 5 workdays", "event + 1 day 12:00", "issue + 10 workdays", "meeting - 1 day"],
)  # fmt: skip
def test_the_times_of_the_readme_are_understood(right: str) -> None:
    assert understood(right)
