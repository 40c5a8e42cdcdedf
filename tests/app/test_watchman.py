"""What ``duban up`` tells the office when its runs fail, stop coming, or the engine is dead."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from duban.app.supervise_prefect import Api
from duban.app.supervise_watchman import Watchman
from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.tables import JournalEntry
from duban.tasks.works import Works
from support.campaign import PLAN, adopt, advance, day, messages
from support.scratch import works_at

BEGUN = day("02-07 09:00")  # a Tuesday on which nothing is due
MINUTE = timedelta(minutes=1)


class Engine(Api):
    """Prefect's answers, as a test wants them."""

    def __init__(self) -> None:
        self.alive = True
        self.absent: set[str] = set()
        self.last: dict[str, tuple[str, datetime]] = {}

    def healthy(self) -> bool:
        return self.alive

    def deployments(self) -> list[dict[str, Any]]:
        crons = {"推进": "0 * * * *", "投递": "*/10 * * * *", "备份": "40 * * * *"}
        return [
            {"id": name, "name": name, "schedules": [{"active": True, "schedule": {"cron": cron}}]}
            for name, cron in crons.items()
            if name not in self.absent
        ]

    def runs(self, limit: int = 200, sort: str = "", **where: Any) -> list[dict[str, Any]]:
        [name] = where["deployment_id"]["any_"]
        if name not in self.last:
            return []
        state, at = self.last[name]
        why = {"message": "磁盘已满"} if state == "FAILED" else {}
        return [{"state_type": state, "end_time": at.isoformat(), "state": why, "state_name": state.title()}]

    def all_well(self, at: datetime) -> None:
        self.last = dict.fromkeys(("推进", "投递", "备份"), ("COMPLETED", at))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def works(book: Book, town: object, tmp_path: Path) -> Works:
    """Give works over a book whose plan's office is in the roster."""
    adopt(book, PLAN.replace("office: 镇综治岗", "office: 派出所"))
    advance(book, BEGUN)
    made = works_at(book, tmp_path)
    return replace(made, public_url="https://duban.example")


def watch(works: Works, engine: Engine, said: list[str] | None = None) -> Watchman:
    return Watchman(works, engine, BEGUN, (said if said is not None else []).append)


def alarms(works: Works) -> list[str]:
    with works.book.read() as session:
        entries = session.scalars(select(JournalEntry.detail).where(JournalEntry.subject == "alarm"))
        return [json.loads(one)["said"] for one in entries]


def letters(works: Works) -> list[tuple[str, str]]:
    return [(one.key, one.state) for one in messages(works.book) if one.about and "alarm" in one.about]


def test_a_dead_engine_is_told_once_a_day_to_the_office_by_duban_itself(works: Works, engine: Engine) -> None:
    said: list[str] = []
    watchman, engine.alive = watch(works, engine, said), False
    for minutes in range(15):
        watchman.look(BEGUN + minutes * MINUTE)
    assert letters(works) == []
    watchman.look(BEGUN + 15 * MINUTE)
    watchman.look(BEGUN + 16 * MINUTE)
    assert letters(works) == [("a-alarm/2023-02-07-engine-4", "sent")]
    [sent] = [one for one in messages(works.book) if one.about]
    assert "自动运行的引擎（Prefect）没有应答" in sent.body
    assert "duban.example" not in sent.body
    assert said == [
        "运行异常，已告知办公室1人：自动运行的引擎（Prefect）没有应答，到期事项和提醒不会自动办理。"
    ]

    watchman.look(day("02-07 23:00"))
    watchman.look(day("02-08 00:10"))  # another day, but people sleep
    assert letters(works)[1:] == [("a-alarm/2023-02-08-engine-4", "queued")]
    watchman.look(day("02-08 09:10"))
    assert letters(works)[1:] == [("a-alarm/2023-02-08-engine-4", "sent")]
    with works.book.read() as session:
        assert journal.verify(session).ok


def test_a_failed_run_is_told_unless_a_later_one_succeeds_soon(works: Works, engine: Engine) -> None:
    watchman = watch(works, engine)
    engine.all_well(BEGUN + MINUTE)
    engine.last["投递"] = ("CRASHED", BEGUN + MINUTE)
    engine.last["推进"] = ("FAILED", BEGUN + MINUTE)
    watchman.look(BEGUN + 2 * MINUTE)
    engine.last["投递"] = ("COMPLETED", BEGUN + 11 * MINUTE)
    watchman.look(BEGUN + 12 * MINUTE)
    watchman.look(BEGUN + 17 * MINUTE)
    assert alarms(works) == ["最近一次“推进”没有成功：磁盘已满。"]
    assert letters(works) == [("a-alarm/2023-02-07-failed-advance-4", "sent")]


def test_what_failed_before_the_start_is_past(works: Works, engine: Engine) -> None:
    engine.last = {"推进": ("CRASHED", BEGUN - MINUTE), "投递": ("FAILED", BEGUN - timedelta(days=3))}
    watchman = watch(works, engine)
    for minutes in (0, 20, 40):
        watchman.look(BEGUN + minutes * MINUTE)
    assert alarms(works) == []


def test_runs_that_no_longer_come_are_told_by_their_schedule(works: Works, engine: Engine) -> None:
    watchman = watch(works, engine)
    for minutes in (59, 61, 76, 179, 185, 200):
        watchman.look(BEGUN + minutes * MINUTE)
    assert alarms(works) == ["“投递”已超过一小时没有运行。", "“推进”已超过三小时没有运行。"]


def test_schedules_that_prefect_no_longer_knows_are_told(works: Works, engine: Engine) -> None:
    watchman, engine.absent = watch(works, engine), {"推进"}
    watchman.look(BEGUN)
    watchman.look(BEGUN + 14 * MINUTE)
    assert alarms(works) == []
    watchman.look(BEGUN + 15 * MINUTE)
    assert alarms(works) == ["“推进”不在自动运行的日程中，不会自动办理。"]
    assert letters(works) == [("a-alarm/2023-02-07-absent-advance-4", "sent")]


def test_what_is_due_and_not_done_is_told_whatever_prefect_says(works: Works, engine: Engine) -> None:
    begun = day("03-01 08:00")
    watchman = Watchman(works, engine, begun, print)
    for hours in (1, 2, 3, 4):
        engine.all_well(begun + timedelta(hours=hours))
        watchman.look(begun + timedelta(hours=hours, minutes=10))
        watchman.look(begun + timedelta(hours=hours, minutes=30))
    [said] = alarms(works)
    assert said.endswith("项到期事项已超过3小时没有办理。")


def test_those_whom_the_settings_name_are_told_instead(works: Works, engine: Engine) -> None:
    watchman, engine.alive = watch(replace(works, alarm_to=("cun1", "cun2")), engine), False
    watchman.look(BEGUN)
    watchman.look(BEGUN + 15 * MINUTE)
    assert [key for key, _ in letters(works)] == [f"a-alarm/2023-02-07-engine-{number}" for number in (1, 2)]
