"""Sheets to test with: 一村 has not reported March's check, which was due on Friday 24 March 2023."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select

from duban.ledger import sheet_acts, sheet_drafts, sheet_facts, sheet_prefill, sheet_signing, sheet_talks
from duban.ledger.book import Book, Session
from duban.ledger.means import Means
from duban.ledger.sheet_drafts import Entry
from duban.ledger.sheet_talks import Arranged, Minuted
from duban.ledger.tables import Obligation, Round, Sheet, Unit
from duban.obligations.words import Rung

from .campaign import adopt, advance, day, only, slots, workdays

MEANS = Means(workdays(), slots)
MONDAY = day("03-27 09:00")  # five workdays on is Monday 3 April
TALK_AT = day("03-29 15:00")


def open_march(book: Book) -> None:
    """Open March's check for the three villages and let its due day pass."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    advance(book, day("03-27 08:00"))


def obligation_id(session: Session, unit: str = "cun1") -> int:
    return session.scalars(
        select(Obligation.id)
        .join(Unit, Unit.id == Obligation.unit_id)
        .join(Round, Round.id == Obligation.round_id)
        .where(Unit.code == unit, Round.duty == "yuecha", Round.period == "2023-03")
    ).one()


def draft(
    book: Book, rung: Rung = Rung.DUBAN, unit: str = "cun1", by: str = "王文书", now: datetime = MONDAY
) -> int:
    """Draft a sheet by hand about what a village owes; gives its number in the book."""
    with book.write() as session:
        owed = obligation_id(session, unit)
        known = sheet_prefill.of_obligation(session, owed, rung, now)
        entry = Entry(str(rung), known.series, known.unit_id, "屡催不办", obligation_id=owed)
        return sheet_drafts.enter(session, entry, known.draft, now, by).id


def free(book: Book, rung: Rung = Rung.DUBAN, unit: str = "cun1", now: datetime = MONDAY, **said: Any) -> int:
    """Draft a sheet about neither an obligation nor a finding."""
    known = replace(
        sheet_prefill.blank(rung), **{"matter": "路边售卖烟花", "basis": "《示例检查方案》", **said}
    )
    with book.write() as session:
        unit_id = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
        entry = Entry(str(rung), "jiancha", unit_id, "影响恶劣")
        return sheet_drafts.enter(session, entry, known, now, "王文书").id


def sign(
    book: Book, sheet_id: int, now: datetime = MONDAY, by: str = "李镇长", means: Means = MEANS
) -> tuple[str, ...]:
    """Sign a draft; gives the names of the units that have nobody to be told."""
    with book.write() as session:
        return sheet_signing.sign(session, sheet_id, now, by, means).untold


def issued(book: Book, rung: Rung = Rung.DUBAN, unit: str = "cun1") -> int:
    """Draft a sheet and sign it; a talk is arranged for Wednesday 29 March, 15:00."""
    sheet_id = draft(book, rung, unit)
    if rung is Rung.YUETAN:
        arrange(book, sheet_id)
    sign(book, sheet_id)
    return sheet_id


def arrange(book: Book, sheet_id: int, at: datetime = TALK_AT, now: datetime = MONDAY) -> None:
    with book.write() as session:
        where = Arranged(at, "镇政府三楼会议室", "李镇长约谈一村村主任张三", "整改方案")
        sheet_talks.arrange(session, locked(session, sheet_id), now, "王文书", MEANS, where)


def minute(book: Book, sheet_id: int, now: datetime, heard: Minuted) -> None:
    with book.write() as session:
        sheet_talks.minute(session, locked(session, sheet_id), now, "王文书", heard)


def follow(
    book: Book, sheet_id: int, now: datetime, text: str = "已全部报送", *, kept: bool | None = True
) -> None:
    with book.write() as session:
        sheet_talks.follow(session, locked(session, sheet_id), now, "王文书", text, kept=kept)


def acknowledge(book: Book, sheet_id: int, now: datetime) -> None:
    with book.write() as session:
        sheet_acts.acknowledge(session, locked(session, sheet_id), now, "一村 甲文书")


def reply(book: Book, sheet_id: int, now: datetime, text: str = "台账丢失，正在重做") -> int:
    with book.write() as session:
        return sheet_acts.reply(session, locked(session, sheet_id), now, "一村 甲文书", text).id


def decide(
    book: Book, sheet_id: int, reply_id: int, now: datetime, *, accepted: bool = True
) -> tuple[str, ...]:
    with book.write() as session:
        found, who = locked(session, sheet_id), (now, "王文书", MEANS)
        return sheet_acts.decide(session, found, reply_id, *who, accepted=accepted, answer="情况属实")


def close(
    book: Book, sheet_id: int, now: datetime, closing: str = "已报送，核实无误", follows: str = ""
) -> None:
    with book.write() as session:
        found = locked(session, sheet_id)
        said = {"closing": closing, "follows": follows}
        sheet_acts.close(session, found, now, "王文书", MEANS, person=True, **said)


def withdraw(book: Book, sheet_id: int, now: datetime, reason: str = "单位有误") -> None:
    with book.write() as session:
        sheet_acts.withdraw(session, locked(session, sheet_id), now, "李镇长", MEANS, reason)


def locked(session: Session, sheet_id: int) -> Sheet:
    found = sheet_facts.find(session, sheet_id, lock=True)
    assert found is not None
    return found


def look(book: Book, sheet_id: int) -> Sheet:
    with book.read() as session:
        return session.get_one(Sheet, sheet_id)
