"""A past day's list is judged once; what may still change is judged each time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import event

from duban.ledger.late_order import Sort
from duban.ledger.overdue import OverdueFilters
from duban.portal.supervise.past import PastLists
from support.campaign import advance, day
from support.desk import Desk


def asked(desk: Desk, act: Callable[[], object]) -> int:
    """Count the statements that an act sends to the database."""
    sent: list[str] = []

    def listen(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        sent.append(sql)

    event.listen(desk.book.engine, "before_cursor_execute", listen)
    act()
    event.remove(desk.book.engine, "before_cursor_execute", listen)
    return sum("SELECT" in one for one in sent)


def look(desk: Desk, lists: PastLists, as_of: str, now: datetime) -> list[int]:
    with desk.book.read() as session:
        return list(lists.get(session, OverdueFilters(duty="yuecha"), day(as_of), Sort.LONGEST, now).ids)


def test_a_day_that_is_over_is_judged_once(desk: Desk) -> None:
    advance(desk.book, day("03-26 09:00"))
    lists, now = PastLists(), day("03-27 09:00")
    first = look(desk, lists, "03-25 23:59", now)
    assert len(first) == 9  # three villages, from January to March
    assert asked(desk, lambda: look(desk, lists, "03-25 23:59", now)) == 0
    assert look(desk, lists, "03-25 23:59", now) == first


def test_the_last_hour_is_judged_each_time(desk: Desk) -> None:
    advance(desk.book, day("03-26 09:00"))
    lists, now = PastLists(), day("03-26 00:30")
    look(desk, lists, "03-25 23:59", now)
    assert asked(desk, lambda: look(desk, lists, "03-25 23:59", now)) > 0


def test_a_clock_that_was_put_back_forgets_what_was_kept(desk: Desk) -> None:
    advance(desk.book, day("03-26 09:00"))
    lists = PastLists()
    look(desk, lists, "03-25 23:59", day("03-27 09:00"))
    assert asked(desk, lambda: look(desk, lists, "03-25 23:59", day("03-27 08:00"))) > 0
