"""Units, the office, the clock and crashes in any order, held against a small model of the rules."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, ClassVar

from hypothesis import HealthCheck, Phase, seed, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from .books import shelves
from .deeds import Deeds
from .model import SECOND, SHANGHAI, Owed, local
from .mortal import ANSWERS, Death
from .report import Options, Report

if TYPE_CHECKING:
    from .books import Shelf

STEPS = 50  # of one history
HISTORIES, SMALL = 200, 3
BEGINNINGS = (
    datetime(2023, 3, 1, 8, 0, tzinfo=SHANGHAI),
    datetime(2023, 12, 22, 10, 0, tzinfo=SHANGHAI),  # before a New Year
    datetime(2024, 2, 20, 15, 0, tzinfo=SHANGHAI),  # before a leap day
    datetime(2028, 2, 25, 9, 30, tzinfo=SHANGHAI),  # before one of a year without a holiday notice
)
PASSES = (
    *(timedelta(seconds=1), timedelta(minutes=2), timedelta(minutes=20), timedelta(hours=3)),
    *(timedelta(hours=12), timedelta(days=1), timedelta(days=4), timedelta(days=11), timedelta(days=40)),
)
WEEK = timedelta(days=7)
MARKS = ("midnight", "morning", "year's end", "New Year", "leap day", "after it", "due", "overdue")
FAR = timedelta(days=60)
KINDS = (*["submit"] * 4, "accept", "accept", "return", "return", "extend", "exempt", "close", "merge")
Deed = tuple[str, int, int, bool, Death | None]
AHEAD = (timedelta(seconds=100), timedelta(hours=5), timedelta(days=1), timedelta(days=3), timedelta(days=29))
BACK = (timedelta(seconds=30), timedelta(seconds=110), timedelta(hours=2), timedelta(days=1))

deaths = st.one_of(st.none(), st.none(), st.builds(Death, st.integers(1, 9), st.booleans()))
at_commit = st.one_of(st.none(), st.none(), st.builds(Death, st.just(1), st.booleans()))
kinds = st.sampled_from(KINDS)
a_deed = st.tuples(kinds, st.integers(0, 200), st.integers(-2, 20), st.booleans(), at_commit)
scripts = st.lists(st.sampled_from(sorted(ANSWERS)), max_size=6)
done: Counter[str] = Counter()  # how often each thing was done, over all histories


class Machine(RuleBasedStateMachine):
    """One history of a township."""

    shelf: ClassVar[Shelf]
    world: Deeds

    @initialize(begin=st.sampled_from(BEGINNINGS))
    def begin(self, begin: datetime) -> None:
        self.world = Deeds.begin(self.shelf, begin.astimezone(UTC))

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        try:
            self.world.finish()
        finally:
            self.world.close()

    # The clock

    @rule(by=st.sampled_from(PASSES))
    def time_passes(self, by: timedelta) -> None:
        self._goes_to(self.world.now + by)

    @rule(to=st.sampled_from(MARKS))
    def time_comes(self, to: str) -> None:
        self._goes_to(self._moment(to))

    @rule(script=scripts, death=deaths)
    def the_machine_is_off_for_a_week(self, script: list[str], death: Death | None) -> None:
        done["weeks switched off"] += 1
        self._goes_to(self.world.now + WEEK)
        self.world.advance(death)
        self.world.advance(None)
        self.world.deliver(script, death)

    @rule(by=st.sampled_from(BACK), deeds=st.lists(a_deed, max_size=3))
    def the_clock_goes_back_for_a_while(self, by: timedelta, deeds: list[Deed]) -> None:
        right = self.world.now
        self._goes_to(right - by)
        for deed in deeds:
            self._do(deed)
        self.world.advance(None)
        self.world.deliver([], None)
        self.world.check()
        self._goes_to(right)

    @rule(
        to=st.one_of(st.sampled_from(AHEAD), st.sampled_from(MARKS)),
        deeds=st.lists(a_deed, max_size=3),
        script=scripts,
        death=deaths,
    )
    def the_clock_runs_ahead_and_is_put_right(
        self, to: timedelta | str, deeds: list[Deed], script: list[str], death: Death | None
    ) -> None:
        """What was recorded meanwhile stands; nothing more is until somebody has looked."""
        right = self.world.now
        self._goes_to(self._moment(to) if isinstance(to, str) else right + to)
        self.world.advance(death)
        self.world.deliver(script, death)
        for deed in deeds:
            self._do(deed)
        self.world.check()
        self._goes_to(right)
        self.world.advance(None)
        self.world.deliver([], None)
        done["steps back that were accepted"] += self.world.accept_clock()
        self.world.advance(death)
        self.world.deliver(script, death)

    def _goes_to(self, at: datetime) -> None:
        done["moves of the clock"] += 1
        was, here = local(self.world.now), local(at)
        for what, crossed in (
            ("midnights crossed", was.date() != here.date()),
            ("New Years crossed", was.year != here.year),
            ("leap days crossed", _leap_days(here) != _leap_days(was)),
        ):
            done[what] += crossed
        self.world.now = at

    def _moment(self, to: str) -> datetime:
        """Give when something comes, or now when that is far or never."""
        here = local(self.world.now)
        midnight = datetime.combine(here.date() + timedelta(days=1), time(), SHANGHAI)
        ahead = [one.due for one in self.world.model.owed.values() if one.due > here]
        moment = {
            "midnight": midnight,
            "morning": midnight + timedelta(hours=9),
            "year's end": datetime(here.year + 1, 1, 1, tzinfo=SHANGHAI) - SECOND,
            "New Year": datetime(here.year + 1, 1, 1, tzinfo=SHANGHAI),
            "leap day": datetime(here.year // 4 * 4, 2, 29, 23, 59, 59, tzinfo=SHANGHAI),
            "after it": datetime(here.year // 4 * 4, 3, 1, tzinfo=SHANGHAI),
            "due": min(ahead, default=here),
            "overdue": min(ahead, default=here) + SECOND,
        }[to]
        return moment.astimezone(UTC) if here < moment < here + FAR else self.world.now

    # The program

    @rule(death=deaths)
    def advance(self, death: Death | None) -> None:
        done["advances"] += 1
        self.world.advance(death)

    @rule(script=scripts, death=deaths)
    def deliver(self, script: list[str], death: Death | None) -> None:
        done["deliveries"] += 1
        self.world.deliver(script, death)

    @rule(script=scripts)
    def two_of_everything_at_once(self, script: list[str]) -> None:
        done["two at once"] += 1
        self.world.advance(None, twice=True)
        self.world.deliver(script, None, twice=True)

    # Units and the office

    @rule(deeds=st.lists(a_deed, min_size=1, max_size=6))
    def people_act(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            self._do(deed)

    def _do(self, deed: Deed) -> None:
        kind, which, days, yes, death = deed
        world, on = self.world, local(self.world.now).date() + timedelta(days=days)
        if kind == "close":
            was_done = world.close_unit(which, on, death, let_off=yes)
        elif kind == "merge":
            was_done = world.merge_units(which, which // 7, on, death)
        elif not world.model.owed:
            return
        elif kind == "submit":
            was_done = world.submit(self._owed(which), "abc"[days % 3], death, nil=yes)
        elif kind == "accept":
            was_done = world.accept(self._owed(which, "submitted"), death)
        elif kind == "return":
            by = world.now + timedelta(days=days) if days else None
            was_done = world.return_(self._owed(which, "submitted"), by, death, material=yes)
        elif kind == "extend":
            one = self._owed(which, "owed")
            was_done = world.extend(one, one.due + timedelta(days=days), death)
        else:
            was_done = world.exempt(self._owed(which), death)
        done[kind if was_done else "refused"] += 1

    def _owed(self, which: int, state: str = "") -> Owed:
        """Give one of what is owed: the newest first, and in a state if one is in it."""
        rows = list(reversed(self.world.model.owed.values()))
        rows = [one for one in rows if one.state == state] or rows
        return rows[which % min(len(rows), 12)]

    # What holds at every moment (DESIGN §5)

    @invariant()
    def the_book_is_as_the_model_says(self) -> None:
        done["steps, all proved"] += 1
        self.world.check()


def _leap_days(here: datetime) -> int:
    """Count the leap days that have come, from some year on."""
    return here.year // 4 + (here.year % 4 != 0 or (here.month, here.day) >= (2, 29))


def run(options: Options) -> None:
    """Let histories happen on each database; the shortest after which something does not hold is shown."""
    for shelf in shelves(options.databases):
        histories = options.pick(options.rows, HISTORIES, SMALL)
        Machine.shelf = shelf
        done.clear()
        run_state_machine_as_test(seed(options.seed)(Machine), settings=_settings(histories))  # pyright: ignore[reportUnknownMemberType]
        title = f"histories against a model · {shelf.name} {shelf.version}".rstrip()
        report = Report(
            title, options, [f"{histories:,} histories of up to {STEPS} steps, seed {options.seed}."]
        )
        for what, count in sorted(done.items()):
            report.plain(what, f"{count:,}")
        report.print()


def _settings(histories: int) -> settings:
    return settings(
        max_examples=histories,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
