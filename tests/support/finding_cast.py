"""Findings to test with: one at 一村, found on 6 March 2023 and to be rectified by the 20th."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
from sqlalchemy import select

from duban.ledger import findings
from duban.ledger.book import Book, Session
from duban.ledger.findings import Fixed, Found, Recheck
from duban.ledger.means import Means
from duban.ledger.tables import Finding, FindingStep, Message, Unit

from .campaign import PLAN, day, slots, workdays

FOUND_AT = day("03-06 10:00")
MONDAY = day("03-06 16:00")
LIMIT = day("03-20 23:59")
MEANS = Means(workdays(), slots)
# The plan of the campaign, whose monthly check lets findings be registered with its reports.
WITH_FINDINGS = PLAN.replace("    ask: 请报送检查情况。\n", "    ask: 请报送检查情况。\n    findings: true\n")
SAID = Found(
    key="k1",
    slug="jiancha",
    unit_id=0,
    found_at=FOUND_AT,
    due_at=LIMIT,
    description="销售点违规存放烟花12箱",
    checked_by="镇应急办",
    inspectors="王芳、李强",
    item="烟花爆竹零售点",
    place="一村小卖部",
    kind="违规储存",
    measures="立即清退，当场封存",
    responsible="张三",
    clause="三（一）",
)


def unit_id(session: Session, code: str = "cun1") -> int:
    return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def record(book: Book, now: datetime = MONDAY, by: str = "王芳", unit: str = "cun1", **more: Any) -> int:
    """Record the finding, with what ``more`` says otherwise; gives its number in the book."""
    with book.write() as session:
        said = replace(SAID, unit_id=unit_id(session, unit), **more)
        return findings.record(session, said, now, by, MEANS).finding.id


def fix(
    book: Book,
    finding_id: int,
    now: datetime,
    by: str = "一村 甲文书",
    people: str = "",
    text: str = "已清退",
) -> None:
    with book.write() as session:
        done = Fixed(text, now.date(), people)
        findings.fix(session, locked(session, finding_id), now, by, done)


def recheck(  # noqa: PLR0913 - what a recheck says
    book: Book,
    finding_id: int,
    now: datetime,
    by: str = "李强",
    *,
    passed: bool = True,
    people: str = "李强",
    text: str = "",
    until: datetime | None = None,
) -> None:
    with book.write() as session:
        looked = Recheck(passed, people, text, until)
        findings.recheck(session, locked(session, finding_id), now, by, looked, MEANS)


def reopen(book: Book, finding_id: int, now: datetime, until: datetime, by: str = "王芳") -> None:
    with book.write() as session:
        found = locked(session, finding_id)
        findings.reopen(session, found, now, by, reason="又摆出来卖", until=until, means=MEANS)


def locked(session: Session, finding_id: int) -> Finding:
    found = findings.locked(session, finding_id)
    assert found is not None
    return found


def look(book: Book, finding_id: int) -> Finding:
    with book.read() as session:
        return session.get_one(Finding, finding_id)


def steps(book: Book, finding_id: int) -> list[str]:
    with book.read() as session:
        query = select(FindingStep.kind).where(FindingStep.finding_id == finding_id)
        return list(session.scalars(query.order_by(FindingStep.id)))


def letters(book: Book) -> list[tuple[str, str, str]]:
    """Give the letters in the outbox: what each is about, its subject, its state."""
    with book.read() as session:
        rows = session.execute(
            select(Message.about, Message.subject, Message.state)
            .where(Message.about.is_not(None))
            .order_by(Message.id)
        )
        return [(about or "", subject, state) for about, subject, state in rows]


def on(text: str) -> date:
    return day(f"{text} 12:00").date()


def paper(*lines: Sequence[object]) -> bytes:
    """Give a ledger that a township keeps by itself, with these lines below its headings."""
    book = openpyxl.Workbook()
    headings = (
        "序号",
        "检查时间",
        "隐患描述",
        "地点",
        "整改时限",
        "责任单位",
        "责任人",
        "整改完成日期",
        "销号情况",
    )
    for line in (headings, *lines):
        book.worksheets[0].append(list(line))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def fill_findings(book: Book, unit: str = "cun1") -> None:
    """Give a unit five findings in mid-March: 1 grave, 2 asks for time, 3 fixed, 4 closed, 5 there again."""
    for n, place in enumerate(("小卖部", "仓库", "祠堂", "学校", "码头"), 1):
        grade, limit = ("grave", LIMIT) if n == 1 else ("general", day("04-20 23:59"))
        more: dict[str, Any] = {"key": f"page-{n}", "place": f"一村{place}", "grade": grade, "due_at": limit}
        record(book, day("03-16 09:00"), unit=unit, **more)
    with book.write() as session:
        two, until = locked(session, 2), day("04-30 23:59")
        findings.ask(session, two, day("03-16 10:00"), "甲文书", until=until, reason="等拆除队")
    for n in (3, 4, 5):
        fix(book, n, day("03-17 09:00"), people="张三")
    for n in (4, 5):
        recheck(book, n, day("03-17 11:00"))
    reopen(book, 5, day("03-17 12:00"), day("04-20 23:59"))
