"""Events, clues, nights and visits are followed up by the clock: each by its part, and once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# Before Prefect is first imported.
os.environ.update(DO_NOT_TRACK="1", PREFECT_SERVER_ANALYTICS_ENABLED="false")

from duban.app import at_once
from duban.flows.kinds import BY_KIND
from duban.ledger.book import Book
from duban.tasks.again import tell_again
from duban.tasks.rounds import list_due
from duban.tasks.supervising import PARTS
from duban.tasks.works import Works
from support.campaign import actions, day, messages
from support.pursued import pursue
from support.scratch import works_at

NOW = day("03-30 09:00")


@pytest.fixture
def works(book: Book, town: object, tmp_path: Path) -> Works:
    """Give works over a book with a case, a clue, an event that is heard, two nights, and one to visit."""
    pursue(book, NOW, "cun1")
    return works_at(book, tmp_path)


def test_each_part_has_a_flow_and_they_come_due_as_time_passes(works: Works) -> None:
    assert {"alerts", "clues", "nights", "watch"} <= set(PARTS)
    due = list_due.fn(works, day("04-03 09:00"))
    found = [(one.what, one.flow, one.title) for one in due if one.what in ("clues", "nights", "watch")]
    assert found == [
        ("nights", "window", "2023年今夜 · 值守 · 汇总"),
        ("clues", "findings", "线索〔2023〕1号 · 集市兜售"),
        ("watch", "findings", "一村 · 重点回访"),
    ]
    assert {flow for _, flow, _ in found} <= set(BY_KIND)


def test_the_advance_does_each_once(works: Works) -> None:
    brought = at_once.bring_up(works, day("04-03 09:00"))
    assert brought.failed == []
    said = [line for line in brought.done if "汇总" in line or "线索" in line or "回访" in line]
    assert said == [
        "2023年今夜 · 值守 · 汇总：汇总0个单位的报告，告知3人",
        "线索〔2023〕1号 · 集市兜售：提醒签收，第1次",
        "一村 · 重点回访：提醒回访1个",
    ]
    again = at_once.bring_up(works, day("04-03 09:00"))
    assert [line for line in again.done if "汇总" in line or "线索" in line or "回访" in line] == []


def test_a_delivery_begins_by_telling_again_what_nobody_has_heard(
    book: Book, town: object, tmp_path: Path
) -> None:
    pursue(book, NOW, "cun1", heard=False)
    works = works_at(book, tmp_path)
    at_once.deliver(works, day("03-30 09:10"))
    first = [one for one in messages(book) if (one.about or "").startswith("alert/")]
    assert [one.state for one in first] == ["sent", "sent"]
    at_once.deliver(works, day("03-30 09:20"))
    told = [one.subject for one in messages(book) if (one.about or "").startswith("alert/")]
    assert told == ["【紧急】重大事件及时报送"] * 2 + ["【再次告知】重大事件及时报送"] * 2
    assert actions(book).count("alert.repeated") == 1
    assert tell_again.fn(works, day("03-30 09:21")) == 0
