"""The figures of a year in which a meeting decided something that no plan has as a duty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duban.app.demo import Span
from duban.app.demo_figures import figures
from duban.ledger.book import Book
from duban.ledger.deciding import NewDecision
from support.campaign import day
from support.scratch import works_at
from support.sittings import adopt, meeting_of, publish, turn


@pytest.mark.usefixtures("town")
def test_what_a_meeting_decided_is_a_line_of_the_plan_under_its_own_name(book: Book, tmp_path: Path) -> None:
    adopt(book)
    turn(book, "03-01 09:00")
    turn(book, "03-08 18:00")
    publish(book, meeting_of(book), "03-14 10:00", NewDecision("清查", ("一村",), day("03-20 18:00")))
    turn(book, "03-21 09:00")
    span = Span(2023, date(2023, 1, 1), date(2023, 3, 31))
    found = figures(works_at(book, tmp_path), span, [], [])
    lines = {line.name: (line.rounds, line.outcomes.expected) for line in found.duties}
    assert lines["联席会议定事项"] == (1, 1)
    assert found.broken == ""
