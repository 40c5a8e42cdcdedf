from __future__ import annotations

import io
from datetime import datetime

import openpyxl
import pytest
from sqlalchemy import select

from duban.app.ledgers import LEDGERS, REPORTS, SHEETS, Scope
from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.filed_reports import FiledReport, filed_reports
from duban.ledger.standings import Filters
from duban.ledger.tables import Sheet, Unit
from support.campaign import adopt, advance, day, local, only, return_, submit


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give a March in which 一村 was late after a return, 二村 silent and under a sheet, 三村 in time."""
    adopt(book)
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 09:00"))
    submit(book, "cun1", day("03-20 10:00"))
    return_(book, "cun1", day("03-21 10:00"))
    submit(book, "cun3", day("03-22 10:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        reports.accept(session, found, day("03-23 09:00"), "办公室")
    submit(book, "cun1", day("03-27 10:00"))
    with book.write() as session:
        session.add(_sheet(session.scalars(select(Unit.id).where(Unit.code == "cun2")).one()))
    return book


def _sheet(unit_id: int) -> Sheet:
    return Sheet(
        rung="cuiban",
        state="closed",
        series="jiancha",
        year=2023,
        number=1,
        cause="ladder",
        reason="",
        unit_id=unit_id,
        matter="2023年3月 · 每月检查",
        responsible="",
        lead="",
        requirement="请补报。",
        basis="示例检查方案",
        clause="三（一）",
        limit_days=3,
        limit_at=day("03-30 23:59"),
        made_at=day("03-27 09:00"),
        made_by="duban",
        issued_at=day("03-27 09:00"),
        signed_by="duban",
        closed_at=day("03-31 09:00"),
        closed_by="duban",
        closing="已补报",
    )


def lines(book: Book, as_of: datetime) -> list[FiledReport]:
    with book.read() as session:
        return list(filed_reports(session, Filters(slug="jiancha", year=2023), as_of))


def told(book: Book, as_of: datetime) -> list[tuple[str, str, str, int | None, int]]:
    return [
        (one.unit, one.outcome, local(one.received_at), one.version, one.returned)
        for one in lines(book, as_of)
    ]


def test_the_ledger_of_reports_says_what_came_when_and_how_it_counts(march: Book) -> None:
    assert told(march, day("03-28 09:00")) == [
        ("一村", "迟报", "2023-03-27 10:00:00", 2, 1),
        ("二村", "漏报", "", None, 0),
        ("三村", "按时", "2023-03-22 10:00:00", 1, 0),
    ]
    accepted = [local(one.accepted_at) for one in lines(march, day("03-28 09:00"))]
    assert accepted == ["", "", "2023-03-23 09:00:00"]


def test_the_ledger_of_a_past_day_knows_nothing_of_what_came_later(march: Book) -> None:
    assert told(march, day("03-20 12:00")) == [
        ("一村", "按时", "2023-03-20 10:00:00", 1, 0),
        ("二村", "未到期", "", None, 0),
        ("三村", "未到期", "", None, 0),
    ]


def cells(data: bytes, name: str) -> list[list[object]]:
    page = openpyxl.load_workbook(io.BytesIO(data))[name]
    return [[cell.value for cell in row] for row in page.iter_rows()]


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("03-28 09:00", "办理中"), ("03-31 08:00", "逾期未办结"), ("04-01 09:00", "已办结：已补报")],
)
def test_the_ledger_of_sheets_tells_how_each_stood_on_that_day(march: Book, as_of: str, outcome: str) -> None:
    with march.read() as session:
        data = SHEETS.write(session, Scope("jiancha", 2023), day(as_of), "方案：示例检查方案")
    rows = cells(data, "督办台账")
    assert rows[0][0] == "督办台账"
    assert rows[3][:5] == ["序号", "文号", "种类", "督办事项", "责任单位"]
    assert rows[4][:5] == [1, "催办〔2023〕1号", "催办单", "2023年3月 · 每月检查", "二村"]
    assert rows[4][-1] == outcome


def test_a_sheet_that_had_not_been_issued_by_then_is_not_in_the_ledger(march: Book) -> None:
    with march.read() as session:
        data = SHEETS.write(session, Scope("jiancha", 2023), day("03-27 08:00"), "方案：示例检查方案")
    assert len(cells(data, "督办台账")) == 4


def test_every_ledger_is_the_same_bytes_for_the_same_moment(march: Book) -> None:
    with march.read() as session:
        for ledger in LEDGERS.values():
            scope, as_of = Scope("jiancha", 2023), day("03-28 09:00")
            assert ledger.write(session, scope, as_of, "方案") == ledger.write(session, scope, as_of, "方案")


def test_a_clerk_finds_the_columns_that_the_paper_ledger_has() -> None:
    assert [column.heading for column in REPORTS.columns][:9] == [
        *("序号", "责任单位", "报送事项", "依据", "牵头", "下达时间", "报送期限", "延期至", "收到时间"),
    ]
