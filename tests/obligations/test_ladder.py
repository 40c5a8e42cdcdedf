from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies as st

from duban.obligations.ladder import (
    Burning,
    Climber,
    LightRules,
    RungRule,
    climb,
    following,
    light,
    order,
)
from duban.obligations.words import Light, Rung

SHANGHAI = timezone(timedelta(hours=8))
DUE = datetime(2023, 3, 24, 23, 59, 59, tzinfo=SHANGHAI)
NEAR = datetime(2023, 3, 21, tzinfo=SHANGHAI)
SECOND = timedelta(seconds=1)
WHOLE = (
    RungRule(Rung.CUIBAN, 1, 3),
    RungRule(Rung.DUBAN, 0, 5),
    RungRule(Rung.YUETAN, 0, 5),
    RungRule(Rung.TONGBAO, 0, 10),
)
SHORT = (RungRule(Rung.DUBAN, 2, 5), RungRule(Rung.TONGBAO, 0, 10))


def at(day: int, hour: int = 9) -> datetime:
    return datetime(2023, 3, day, hour, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("here", "now", "expected"),
    [
        (Burning(DUE, NEAR), at(20), Light.GREEN),
        (Burning(DUE, NEAR), NEAR - SECOND, Light.GREEN),
        (Burning(DUE, NEAR), NEAR, Light.BLUE),
        (Burning(DUE, NEAR), DUE, Light.BLUE),
        (Burning(DUE, NEAR), DUE + SECOND, Light.YELLOW),
        (Burning(DUE, NEAR, locked=True), DUE + SECOND, Light.RED),
        (Burning(DUE, NEAR, under_duban=True), DUE + SECOND, Light.RED),
        (Burning(DUE, NEAR, under_duban=True), at(20), Light.RED),
        (Burning(DUE, NEAR, settled=True, locked=True, under_duban=True), at(31), Light.GREEN),
        (Burning(None), at(31), Light.GREEN),
        (Burning(None, under_duban=True), at(31), Light.RED),
        (Burning(DUE), at(23), Light.GREEN),
    ],
)
def test_the_light_follows_from_the_facts_and_the_time(here: Burning, now: datetime, expected: Light) -> None:
    assert light(here, now) is expected


LOCKED, UNDER = Burning(DUE, NEAR, locked=True), Burning(DUE, NEAR, under_duban=True)


@pytest.mark.parametrize(
    ("rules", "here", "expected"),
    [
        (LightRules(by_lock=False), LOCKED, Light.YELLOW),
        (LightRules(by_lock=False), UNDER, Light.RED),
        (LightRules(by_duban=False), UNDER, Light.YELLOW),
        (LightRules(by_duban=False), LOCKED, Light.RED),
        (LightRules(by_lock=False, by_duban=False), LOCKED, Light.YELLOW),
        (LightRules(by_lock=False, by_duban=False), UNDER, Light.YELLOW),
    ],
)
def test_the_rules_say_what_makes_it_red(rules: LightRules, here: Burning, expected: Light) -> None:
    assert light(here, at(27), rules) is expected


@pytest.mark.parametrize(
    ("ladder", "reached", "expected"),
    [
        (WHOLE, 0, Rung.CUIBAN),
        (WHOLE, 1, Rung.DUBAN),
        (WHOLE, 2, Rung.YUETAN),
        (WHOLE, 3, Rung.TONGBAO),
        (WHOLE, 4, None),
        (SHORT, 0, Rung.DUBAN),
        (SHORT, 1, Rung.DUBAN),
        (SHORT, 2, Rung.TONGBAO),
        ((), 0, None),
    ],
)
def test_which_rung_follows(ladder: tuple[RungRule, ...], reached: int, expected: Rung | None) -> None:
    found = following(ladder, reached)
    assert (found.rung if found else None) is expected


@pytest.mark.parametrize(
    ("here", "expected"),
    [
        (Climber(past=None), None),
        (Climber(past=0), None),  # a 催办单 comes a whole workday after the deadline
        (Climber(past=1), Rung.CUIBAN),
        (Climber(past=9), Rung.CUIBAN),
        (Climber(past=9, met=True), None),
        (Climber(past=9, fired={Rung.CUIBAN}), None),
        (Climber(reached=1, fired={Rung.CUIBAN}, past=None), None),
        (Climber(reached=1, fired={Rung.CUIBAN}, past=0), Rung.DUBAN),
        (Climber(reached=1, fired={Rung.CUIBAN}, past=0, excused=True), None),
        (Climber(reached=1, fired={Rung.CUIBAN}, past=0, stands=False), None),
        (Climber(reached=1, fired={Rung.CUIBAN, Rung.DUBAN}, past=0), None),
        (Climber(reached=3, past=0), Rung.TONGBAO),  # the rungs below were entered directly
        (Climber(reached=4, past=99), None),
    ],
)
def test_when_a_rung_is_reached(here: Climber, expected: Rung | None) -> None:
    found = climb(here, WHOLE)
    assert (found.rung if found else None) is expected


ladders = st.lists(st.sampled_from(list(Rung)), unique=True).flatmap(
    lambda rungs: st.tuples(
        *(st.builds(RungRule, st.just(rung), st.integers(0, 3), st.integers(1, 5)) for rung in rungs)
    )
)
happening = st.sampled_from(["day", "report", "returned", "accepted", "refused", "withdrawn", "direct"])


@given(ladders, st.lists(happening, max_size=60))
def test_whatever_happens_it_never_fires_twice_never_goes_down_and_skips_no_rung(
    ladder: tuple[RungRule, ...], days: list[str]
) -> None:
    reached, past, met, excused, stands = 0, 0, False, False, True
    fired: list[Rung] = []
    for one in days:
        if one == "day":
            past += 1
        elif one in ("report", "returned"):
            met = one == "report"
        elif one in ("accepted", "refused"):
            excused = one == "accepted"
        elif one == "withdrawn":
            stands = False
        elif reached < 4:
            reached, past, stands, excused = reached + 1, 0, True, False
        step = climb(Climber(reached, fired, past, met, excused, stands), ladder)
        if step is None:
            continue
        assert not met
        assert not excused
        assert step.rung not in fired
        assert order(step.rung) > reached
        between = [rule for rule in ladder if reached < order(rule.rung) < order(step.rung)]
        assert between == []
        fired.append(step.rung)
        reached, past, stands, excused = order(step.rung), 0, True, False
    assert fired == sorted(fired, key=order)
