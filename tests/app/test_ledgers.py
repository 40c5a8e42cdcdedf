from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

import openpyxl
import pytest
from sqlalchemy import select

from duban.app.ledgers import LEDGERS, Scope
from duban.ledger import attending, owed, reports
from duban.ledger.book import Book
from duban.ledger.filed_reports import FiledReport, filed_reports
from duban.ledger.minutes import NewDecision
from duban.ledger.standings import Filters
from duban.ledger.tables import Sheet, Unit
from duban.obligations.meetings import Answer, Coming
from support import appraised, sittings
from support.campaign import adopt, advance, day, local, only, return_, round_of, submit
from support.finding_cast import fix, recheck, record
from support.remembered import remembered

DONE = {"qingkuang": "已配备"}


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give a March in which 一村 was late after a return, 二村 silent and under a sheet, 三村 in time."""
    _let_march_pass(book)
    return book


@remembered
def _let_march_pass(book: Book) -> None:
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
    return [[_plain(cell.value) for cell in row] for row in page.iter_rows()]


def _plain(value: object) -> object:
    return f"{value:%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [("03-28 09:00", "办理中"), ("03-31 08:00", "逾期未办结"), ("04-01 09:00", "已办结：已补报")],
)
def test_the_ledger_of_sheets_tells_how_each_stood_on_that_day(march: Book, as_of: str, outcome: str) -> None:
    with march.read() as session:
        data = LEDGERS["sheets"].write(session, Scope("jiancha", 2023), day(as_of), "方案：示例检查方案")
    rows = cells(data, "督办台账")
    assert rows[0][0] == "督办台账"
    assert rows[3][:5] == ["序号", "文号", "种类", "督办事项", "责任单位"]
    assert rows[4][:5] == [1, "催办〔2023〕1号", "催办单", "2023年3月 · 每月检查", "二村"]
    assert rows[4][-1] == outcome


def test_a_sheet_that_had_not_been_issued_by_then_is_not_in_the_ledger(march: Book) -> None:
    with march.read() as session:
        data = LEDGERS["sheets"].write(
            session, Scope("jiancha", 2023), day("03-27 08:00"), "方案：示例检查方案"
        )
    assert len(cells(data, "督办台账")) == 4


def test_every_ledger_is_the_same_bytes_for_the_same_moment(march: Book) -> None:
    with march.read() as session:
        for ledger in LEDGERS.values():
            scope, as_of = Scope("jiancha", 2023), day("03-28 09:00")
            assert ledger.write(session, scope, as_of, "方案") == ledger.write(session, scope, as_of, "方案")


@pytest.mark.parametrize(
    ("kind", "name", "columns"),
    [
        (
            *("reports", "报送台账"),
            (
                "序号、责任单位、报送事项、依据、牵头、下达时间、报送期限、延期至、收到时间、版次、报送方式、报送人、"
                "按时情况、办理状态、接收时间、退回次数、提醒次数、督办文书"
            ),
        ),
        (
            *("findings", "隐患台账"),
            (
                "序号、检查时间、检查单位、检查人、检查项目、检查地点、隐患问题描述、隐患类型、隐患等级、"
                "整改要求（措施）、整改期限、整改责任单位、整改责任人、整改完成日期、销号情况"
            ),
        ),
        (
            *("sheets", "督办台账"),
            (
                "序号、文号、种类、督办事项、责任单位、责任人、牵头、办理要求、依据、签发人、签发时间、办理期限、"
                "签收时间、回复次数、办结情况"
            ),
        ),
        (
            *("meetings", "会议台账"),
            "序号、会议、时间、地点、召集、应到、实到、请假、议题、议定事项、责任单位、期限、落实情况",
        ),
        (
            *("appraisal", "考核表"),
            "序号、考核期、考核对象、加分和扣减、调整、总分、等次、一票否决、状态、公布时间",
        ),
    ],
)
def test_a_clerk_finds_the_columns_that_the_paper_ledger_has(
    march: Book, kind: str, name: str, columns: str
) -> None:
    with march.read() as session:
        data = LEDGERS[kind].write(session, Scope("jiancha", 2023), day("03-28 09:00"), "方案：示例检查方案")
    page = openpyxl.load_workbook(io.BytesIO(data))[name]
    assert [[cell.value for cell in row if cell.value] for row in page["A1:A3"]] == [
        [name],
        ["方案：示例检查方案"],
        ["截至：2023年3月28日（星期二）09:00"],
    ]
    assert "、".join(str(cell.value) for cell in page[4]) == columns
    assert (page.freeze_panes, page.print_title_rows) == ("A5", "$4:$4")
    assert page.auto_filter.ref is not None
    assert page.auto_filter.ref.startswith("A4:")
    assert page.print_area.startswith(f"'{name}'!$A$1:")


def test_the_ledger_of_sheets_puts_a_basis_in_its_marks_once(march: Book) -> None:
    with march.write() as session:
        row = _sheet(session.scalars(select(Unit.id).where(Unit.code == "cun3")).one())
        row.number, row.basis = 2, "《示例检查方案》"
        session.add(row)
    with march.read() as session:
        data = LEDGERS["sheets"].write(session, Scope("jiancha", 2023), day("03-28 09:00"), "")
    assert [row[8] for row in cells(data, "督办台账")[4:]] == ["《示例检查方案》三（一）"] * 2


# 隐患台账


def test_the_ledger_of_findings_says_how_each_stood_on_that_day(book: Book, town: object) -> None:
    adopt(book)
    number = record(book)
    fix(book, number, day("03-14 10:00"))
    recheck(book, number, day("03-16 10:00"))
    told: list[list[object]] = []
    for at in ("03-13 09:00", "03-15 09:00", "03-17 09:00"):
        with book.read() as session:
            data = LEDGERS["findings"].write(session, Scope("jiancha", 2023), day(at), "")
        told += cells(data, "隐患台账")[4:]
    assert told[0][:13] == [
        *(1, "2023-03-06 10:00", "镇应急办", "王芳、李强", "烟花爆竹零售点", "一村小卖部"),
        *("销售点违规存放烟花12箱", "违规储存", "一般", "立即清退，当场封存", "2023-03-20 23:59"),
        *("一村", "张三"),
    ]
    assert [row[13] for row in told] == [None, "2023-03-14 00:00", "2023-03-14 00:00"]
    assert [str(row[14])[:3] for row in told] == ["未销号", "待复查", "已销号"]


# 会议台账


@pytest.fixture
def sat(book: Book, town: object) -> Book:
    """Give March's meeting: two units there, one on leave, two decisions, one of which is done in April."""
    _sit(book)
    return book


@remembered
def _sit(book: Book) -> None:
    sittings.adopt(book)
    sittings.turn(book, "03-01 09:00")
    sittings.turn(book, "03-08 18:01")
    number = sittings.meeting_of(book)
    sittings.answer(book, number, "cun2", "03-09 09:00", Answer(Coming.LEAVE, reason="防汛"))
    with book.write() as session:
        here = sittings.lock(session, number)
        for code in ("cun1", "paichusuo"):
            attending.sign_in(session, here, sittings.unit_id(session, code), code, day("03-13 09:20"), code)
    clean = NewDecision("联合清查出租房。", ("派出所", "一村"), day("04-10 23:59"), lead="派出所")
    drill = NewDecision("各村备齐灭火器", ("二村",), day("03-31 18:00"), requirement="每村两具")
    sittings.publish(book, number, "03-14 10:00", clean, drill)
    sittings.turn(book, "04-03 09:00")
    sittings.report(book, "cun2", "04-03 10:00", duty="yiding", period="2023-Q1/2", said=DONE)
    sittings.accept(book, "cun2", "04-04 10:00", duty="yiding", period="2023-Q1/2")


def meetings(book: Book, at: str, **scope: object) -> list[list[object]]:
    with book.read() as session:
        asked = replace(Scope("lianxi", 2023), **scope)  # pyright: ignore[reportArgumentType]
        data = LEDGERS["meetings"].write(session, asked, day(at), "")
    return cells(data, "会议台账")[4:]


def test_the_ledger_of_meetings_says_who_came_what_was_decided_and_what_became_of_it(sat: Book) -> None:
    first, second = meetings(sat, "04-05 09:00", round_id=round_of(sat, "lianxihui", "2023-Q1").id)
    assert first == [
        *(1, "2023年第一季度联席会", "2023-03-13 09:30", "镇政府会议室", "综治岗", 4, 2, 1),
        *("通报本季形势", "1．联合清查出租房。", "派出所、一村", "2023-04-10 23:59", "办理中"),
    ]
    assert second[9:] == ["2．各村备齐灭火器\n每村两具", "二村", "2023-03-31 18:00", "已办结"]


@pytest.mark.parametrize(
    ("at", "present", "told"),
    [
        ("03-07 09:00", None, ["待召开"]),
        ("03-13 10:00", 2, ["待召开"]),
        ("03-13 12:00", 2, ["会议纪要未印发"]),
        ("03-15 09:00", 2, ["办理中", "办理中"]),
        ("04-02 09:00", 2, ["办理中", "未办结：二村逾期2天"]),
        ("04-03 11:00", 2, ["办理中", "已报办理情况，待接收"]),
        ("04-12 09:00", 2, ["未办结：一村逾期2天、派出所逾期2天", "已办结"]),
    ],
)
def test_the_ledger_of_meetings_knows_nothing_of_what_came_later(
    sat: Book, at: str, present: int | None, told: list[str]
) -> None:
    here = round_of(sat, "lianxihui", "2023-Q1").id
    rows = meetings(sat, at, round_id=here)
    assert ([row[6] for row in rows], [row[12] for row in rows]) == ([present] * len(told), told)


def test_a_unit_finds_the_meetings_that_call_it(sat: Book) -> None:
    assert {row[1] for row in meetings(sat, "06-10 09:00", unit="cun3")} == {"2023年第一季度联席会"}


# 考核表


def test_the_appraisal_is_a_table_of_units_and_items(book: Book, town: object) -> None:
    appraised.quarter(book)
    appraised.bonus(book)
    appraised.draw_up(book)
    appraised.adjust(book, "cun2", "-0.5")
    with book.read() as session:
        data = LEDGERS["appraisal"].write(session, Scope("jiancha", 2023), day("04-14 09:00"), "")
        early = LEDGERS["appraisal"].write(session, Scope("jiancha", 2023), day("04-10 09:00"), "")
    rows = cells(data, "考核表")
    assert rows[3][0] == "2023年第一季度：满分100分，数据截至2023年4月10日（星期一）24时"
    assert rows[4][:8] == [
        *("序号", "考核期", "考核对象", "按时报送", "隐患整改", "加分和扣减", "调整", "总分"),
    ]
    assert [row[:9] for row in rows[5:]] == [
        [1, "2023年第一季度", "一村", 60, 40, 1, 0, 101, "优秀"],
        [2, "2023年第一季度", "二村", 59.5, 40, 0, -0.5, 99, "优秀"],
        [3, "2023年第一季度", "三村", 56, 40, 2, 0, 98, "优秀"],
    ]
    assert len(cells(early, "考核表")) == 4


def test_what_is_long_is_wrapped_in_its_cell_so_that_it_is_read_on_paper(march: Book) -> None:
    with march.read() as session:
        data = LEDGERS["sheets"].write(session, Scope("jiancha", 2023), day("03-28 09:00"), "")
    page = openpyxl.load_workbook(io.BytesIO(data))["督办台账"]
    assert page["D5"].value == "2023年3月 · 每月检查"
    assert page["D5"].alignment.wrap_text
    assert page.print_options.gridLines
