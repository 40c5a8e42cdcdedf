"""What the database selects to climb is what the rules say, and it selects it from indexes."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select, update

from duban.calendar.dates import local_day
from duban.ledger import ladder
from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.ladder_groups import groups
from duban.ledger.tables import Obligation, Round, Sheet
from duban.obligations.facts import ObligationFacts
from duban.obligations.ladder import Climber, RungRule, climb
from duban.obligations.outcome import standing
from duban.obligations.words import Rung, State
from support.campaign import day, workdays
from support.histories import END, fill
from support.ladders import MEANS, open_march
from support.query_plans import plan_of

LADDER = (RungRule(Rung.CUIBAN, 1, 3), RungRule(Rung.DUBAN, 0, 5))
AT = END.replace(month=6)


def past(due: datetime, now: datetime) -> int | None:
    """Count the whole workdays since a limit, by looking at each day; None when it has not passed."""
    if now <= due:
        return None
    days = workdays().within(local_day(due), local_day(now))
    return len([one for one in days if local_day(due) < one < local_day(now)])


def climber(facts: ObligationFacts, now: datetime) -> Climber:
    here = standing(facts, now)
    met = here.credited_at is not None or here.state not in (State.OWED, State.RETURNED)
    if here.effective_due is None:
        return Climber()
    later = [one.correct_by for one in facts.submissions if here.state is State.RETURNED and one.correct_by]
    return Climber(past=past(max([here.effective_due, *later]), now), met=met)


@pytest.mark.parametrize("seed", range(6))
def test_who_gets_a_sheet_is_what_the_rules_say(book: Book, seed: int) -> None:
    fill(book, seed)
    with book.write() as session:
        session.execute(update(Round).values(locks_at=None))
        rules = {id_: climb(climber(facts, AT), LADDER) for id_, facts in facts_where(session).items()}
        ladder.climb(session, "p", AT, MEANS)
        ladder.climb(session, "q", AT, MEANS)
        done = set(session.scalars(select(Sheet.obligation_id)))
        assert done == {id_ for id_, step in rules.items() if step and step.rung is Rung.CUIBAN}
        assert set(session.scalars(select(Obligation.id).where(Obligation.rung == 1))) == done
        assert 20 < len(done) < 80


@pytest.mark.usefixtures("town")
def test_the_hourly_look_reads_indexes_of_what_is_open(book: Book) -> None:
    open_march(book)
    now = day("03-28 00:00")

    def look() -> None:
        with book.read() as session:
            groups(session, now, workdays())

    assert "ix_obligations_no_rung" in plan_of(book, "FROM rounds", look)
    assert "ix_obligations_no_rung" in plan_of(book, "SELECT 1", look)
    assert "ix_sheets_running" in plan_of(book, "FROM sheets JOIN obligations", look)
