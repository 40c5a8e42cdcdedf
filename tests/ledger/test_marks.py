from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.marks import OUTCOMES, outcome_now
from duban.ledger.tables import Obligation, Round
from duban.obligations.outcome import standing
from duban.obligations.words import Outcome
from support.histories import END, fill


@pytest.mark.parametrize("seed", [19, 20, 27])
def test_the_mark_read_from_the_columns_is_what_the_rule_says_of_the_facts(book: Book, seed: int) -> None:
    fill(book, seed)
    seen: set[Outcome] = set()
    for days in (9, 20, 60):
        now = END + timedelta(days=days)
        with book.read() as session:
            rows = session.execute(select(Obligation.id, outcome_now(now)).join(Round))
            marks = {id_: OUTCOMES[number] for id_, number in rows}
            facts = facts_where(session)
        assert marks == {id_: standing(one, now).outcome for id_, one in facts.items()}
        seen |= set(marks.values())
    assert seen == set(Outcome)


def test_marks_can_be_counted_by_the_database(book: Book) -> None:
    fill(book, 14)
    mark = outcome_now(END).label("mark")
    with book.read() as session:
        one_by_one = Counter(session.scalars(select(mark).select_from(Obligation).join(Round)))
        counted = select(mark, func.count()).select_from(Obligation).join(Round).group_by(mark)
        assert dict(session.execute(counted).tuples().all()) == one_by_one
    assert sum(one_by_one.values()) == 98
