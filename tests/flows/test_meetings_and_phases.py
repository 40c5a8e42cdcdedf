"""The seeds' year as the flows go through it: the joint meeting is called, phases say what they lack."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from duban.flows.advance import bring_up, plainly
from duban.ledger.book import Book
from duban.ledger.journal import verify
from duban.ledger.tables import Message
from duban.tasks.outbox import deliver_batch
from duban.tasks.supervising import PARTS
from duban.tasks.works import Works
from support import example
from support.scratch import SHANGHAI, works_at


def at(month: int, day: int, hour: int = 10) -> datetime:
    return datetime(2023, month, day, hour, 0, tzinfo=SHANGHAI)


@pytest.fixture
def works(sqlite_book: Book, tmp_path: Path) -> Works:
    made = works_at(sqlite_book, tmp_path)
    example.fill(sqlite_book, at(1, 3))
    return made


def done(works: Works, now: datetime, *about: str) -> list[str]:
    brought = bring_up(works, now, plainly)
    assert brought.failed == []
    return [line for line in brought.done if any(word in line for word in about)]


def test_the_parts_of_meetings_and_gates_are_driven_by_the_clock() -> None:
    assert {"meetings", "sittings", "gates"} <= set(PARTS)


def test_the_joint_meeting_of_the_first_seed_is_prepared_and_called_by_itself(works: Works) -> None:
    title = "2023年第一季度 · “打非”联席会"
    assert f"{title}：列入筹备" in done(works, at(3, 1), title)
    assert done(works, at(3, 8, 17), "会议通知") == []
    (called,) = done(works, at(3, 8, 18), "会议通知")
    assert called.startswith(f"{title}：发出会议通知")
    assert done(works, at(3, 8, 19), "会议") == []
    deliver_batch.fn(works, at(3, 8, 19))
    with works.book.read() as session:
        states = set(session.scalars(select(Message.state).where(Message.about == "meeting/1")))
        assert states == {"sent"}
        assert verify(session).ok


def test_a_phase_that_ends_says_in_the_flows_line_what_is_lacking(works: Works) -> None:
    (line,) = done(works, at(5, 1), "动员部署、自查自纠阶段：")
    assert line.startswith("2023年 · 动员部署、自查自纠阶段：开始、结束（未通过：“")
    assert "项未报（" in line
