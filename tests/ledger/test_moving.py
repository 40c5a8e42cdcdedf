"""What happens to provisional dates when the notice of days off comes."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from duban.calendar import loader
from duban.calendar.expansion import expand
from duban.calendar.workdays import Workdays
from duban.ledger import journal, moving, years
from duban.ledger.book import Book
from duban.ledger.tables import Cue, JournalEntry, Round
from support.campaign import SHANGHAI

DECEMBER = datetime(2026, 12, 1, 9, 0, tzinfo=SHANGHAI)
# In April 2027 no weekend day is worked by the statute; the made-up notice works Sunday the 25th and takes
# Friday the 30th off, so the last workday moves from the 30th to the 29th.
NOTICE = """
year: 2027
notice: 国办发明电〔2026〕0号（示例）
source: 示例
holidays:
  - {name: 元旦, from: 2027-01-01, to: 2027-01-03}
  - {name: 春节, from: 2027-02-05, to: 2027-02-11}
  - {name: 清明节, from: 2027-04-03, to: 2027-04-05}
  - {name: 劳动节, from: 2027-04-30, to: 2027-05-05, makeup: [2027-04-25, 2027-05-08]}
  - {name: 端午节, from: 2027-06-09, to: 2027-06-09}
  - {name: 中秋节, from: 2027-09-15, to: 2027-09-15}
  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}
"""
PLAN = """
slug: yuemo
title: 月末检查
issuer: 示例镇人民政府
year: 2027
office: 镇综治岗
audiences:
  cun: {name: 各村, kinds: [村]}
duties:
  - {key: yuemo, name: 月末检查, kind: monthly, months: [4, 5], audience: cun, clause: 一, source: local,
     due: last workday, reminders: [due - 3 workdays]}
  - {key: guding, name: 固定日检查, kind: monthly, months: [4], audience: cun, clause: 二, source: local,
     due: day 20}
"""


@pytest.fixture
def after(tmp_path: Path) -> Workdays:
    """Give the workdays as they are once the notice for 2027 has come."""
    (tmp_path / "2027.yaml").write_text(NOTICE, encoding="utf-8")
    return Workdays.load(tmp_path)


@pytest.fixture
def adopted(book: Book, town: object) -> Book:
    plan = loader.read(PLAN, "yuemo.yaml").plan
    with book.write() as session:
        years.adopt(session, expand(plan, 2027, Workdays.load()), PLAN, DECEMBER, "办公室")
    return book


def due_days(book: Book) -> dict[tuple[str, str], tuple[str, bool]]:
    with book.read() as session:
        rows = session.execute(select(Round.duty, Round.period, Round.due_at, Round.provisional)).all()
    return {
        (duty, period): (due.astimezone(SHANGHAI).strftime("%m-%d"), provisional)
        for duty, period, due, provisional in rows
    }


def settle(book: Book, workdays: Workdays) -> list[int]:
    with book.write() as session:
        return [
            moving.move(
                session, one.plan_id, expand(loader.read(PLAN, "x").plan, one.year, workdays), DECEMBER
            )
            for one in moving.unsettled(session, workdays)
        ]


def test_nothing_moves_while_no_notice_has_come(adopted: Book) -> None:
    assert settle(adopted, Workdays.load()) == []
    assert due_days(adopted)["yuemo", "2027-04"] == ("04-30", True)


def test_the_notice_moves_provisional_dates_and_leaves_fixed_ones(adopted: Book, after: Workdays) -> None:
    assert settle(adopted, after) == [2]
    assert due_days(adopted) == {
        ("yuemo", "2027-04"): ("04-29", False),
        ("yuemo", "2027-05"): ("05-31", False),
        ("guding", "2027-04"): ("04-20", False),
    }
    assert settle(adopted, after) == []


def test_two_programs_at_once_move_each_date_once(adopted: Book, after: Workdays) -> None:
    with adopted.read() as session:
        [one] = moving.unsettled(session, after)
    opened = expand(loader.read(PLAN, "x").plan, one.year, after)

    def other() -> int:
        with adopted.write() as session:
            return moving.move(session, one.plan_id, opened, DECEMBER)

    with ThreadPoolExecutor(1) as pool, adopted.write() as session:
        assert moving.move(session, one.plan_id, opened, DECEMBER) == 2
        second = pool.submit(other)
        wait([second], timeout=0.3)
        session.commit()
    assert second.result(timeout=20) == 0
    with adopted.read() as session:
        moved = select(func.count()).where(JournalEntry.action == "round.moved")
        assert session.scalar(moved) == 2
        assert journal.verify(session).reason_zh == ""


def test_the_cues_move_with_the_deadline(adopted: Book, after: Workdays) -> None:
    settle(adopted, after)
    with adopted.read() as session:
        found = session.scalars(select(Cue.at).join(Round).where(Round.period == "2027-04")).all()
    # Three workdays before Thursday the 29th: 28, 27, 26.
    assert [at.astimezone(SHANGHAI).strftime("%m-%d %H:%M") for at in found] == ["04-26 09:00"]


def test_each_move_is_an_entry_that_says_from_what_to_what(adopted: Book, after: Workdays) -> None:
    settle(adopted, after)
    with adopted.read() as session:
        details = session.scalars(
            select(JournalEntry.detail).where(JournalEntry.action == "round.moved").order_by(JournalEntry.seq)
        ).all()
    assert json.loads(details[0])["due_at"] == ["2027-04-30T15:59:59+00:00", "2027-04-29T15:59:59+00:00"]
    assert "due_at" not in json.loads(details[1])


def test_a_round_that_has_opened_keeps_its_date(adopted: Book, after: Workdays) -> None:
    with adopted.write() as session:
        session.execute(update(Round).where(Round.period == "2027-04").values(opened_at=DECEMBER))
    assert settle(adopted, after) == [1]
    assert due_days(adopted)["yuemo", "2027-04"] == ("04-30", True)
