from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import openpyxl
import pytest

from duban.documents.finding_workbook import write_finding_workbook
from duban.documents.finding_workbook_read import TakenFindings, read_finding_workbook
from duban.obligations.errors import InputError
from duban.obligations.finding_entry import COLUMNS

NOW = datetime(2023, 3, 10, 1, 0, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))
UNITS = {"cun1": "一村", "cun2": "二村"}
HEADINGS = [column.heading for column in COLUMNS]
LINE = (
    *(1, date(2023, 3, 6), "镇应急办", "王芳、李强", "烟花零售点", "一村小卖部", "违规存放烟花12箱"),
    *("违规储存", "一般", "立即清退", date(2023, 3, 20), "一村", "张三", None, None),
)


def bytes_of(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ledger(
    *lines: Sequence[object], headings: Sequence[object] = HEADINGS, above: Sequence[object] = ()
) -> bytes:
    """Give a ledger as a township keeps it."""
    book = openpyxl.Workbook()
    page = book.worksheets[0]
    for line in [above] if above else []:
        page.append(list(line))
    page.append(list(headings))
    for line in lines:
        page.append(list(line))
    return bytes_of(book)


def page_of(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def read(data: bytes) -> TakenFindings:
    return read_finding_workbook(data, "台账.xlsx", UNITS, NOW)


def said(found: TakenFindings) -> list[str]:
    return [problem.text().removeprefix("台账.xlsx:") for problem in found.problems]


def test_the_template_has_the_columns_of_the_paper_and_says_how_to_fill_them_in() -> None:
    page = page_of(write_finding_workbook(["一村", "二村"], "示例镇"))
    assert page["A1"].value == "示例镇隐患台账"
    assert [cell.value.rstrip("*") for cell in page[3]] == HEADINGS
    assert [cell.value for cell in page[3] if cell.value.endswith("*")] == [
        *("检查时间*", "隐患问题描述*", "整改期限*", "整改责任单位*"),
    ]
    assert page.freeze_panes == "A5"
    assert page.page_setup.orientation == "landscape"
    rules = {str(rule.sqref): rule for rule in page.data_validations.dataValidation}
    assert rules["I5:I304"].formula1 == '"一般,重大"'
    assert rules["L5:L304"].formula1 == "_duban!$D$1:$D$2"


def test_the_template_filled_in_is_read() -> None:
    page = page_of(write_finding_workbook(["一村", "二村"]))
    for place, value in enumerate(LINE, start=1):
        page.cell(5, place).value = value
    found = read(bytes_of(page.parent))
    assert said(found) == []
    [row] = found.rows
    assert (row.line, row.entry.unit, row.entry.texts["place"]) == (5, "cun1", "一村小卖部")
    assert row.entry.due_at == datetime(2023, 3, 20, 23, 59, 59, tzinfo=SHANGHAI)


def test_a_ledger_of_the_township_s_own_is_read_in_its_own_order() -> None:
    headings = (
        "序号",
        "排查日期",
        "责任单位",
        "问题描述",
        "隐患地点",
        "整改时限",
        "整改措施",
        "责任人",
        "备注",
    )
    line = (1, "2023年3月6日", "二村", "灭火器过期", "祠堂", "立即整改", "更换", "李四", "请注意")
    found = read(ledger(line, headings=headings, above=("示例镇隐患排查台账",)))
    assert (said(found), found.strange) == ([], ("备注",))
    [row] = found.rows
    assert (row.line, row.entry.unit, row.entry.texts["measures"]) == (3, "cun2", "更换")
    assert row.entry.due_at == datetime(2023, 3, 6, 23, 59, 59, tzinfo=SHANGHAI)


def test_every_wrong_cell_is_named_and_the_right_lines_are_taken() -> None:
    wrong = [*LINE]
    wrong[1], wrong[8], wrong[11] = "上周", "较大", "三村"
    found = read(ledger(wrong, [*LINE[:5], "二村仓库", *LINE[6:]]))
    assert [row.line for row in found.rows] == [3]
    assert said(found) == [
        "2:2 [检查时间] 单元格 B2：应是日期，如 2026-03-22，实际为“上周”",
        "2:9 [隐患等级] 单元格 I2：应是“一般”或“重大”，实际为“较大”",
        "2:12 [整改责任单位] 单元格 L2：名册中没有“三村”",
    ]


def test_the_same_finding_twice_in_one_table_is_taken_once() -> None:
    found = read(ledger(LINE, LINE))
    assert [row.line for row in found.rows] == [2]
    assert said(found) == ["3:7 [隐患问题描述] 单元格 G3：与第2行是同一处隐患，只登记前一行"]


def test_a_cell_merged_over_several_lines_counts_for_each() -> None:
    page = page_of(ledger(LINE, [2, None, None, None, *LINE[4:5], "二村仓库", *LINE[6:]]))
    for column in "BCD":
        page.merge_cells(f"{column}2:{column}3")
    found = read(bytes_of(page.parent))
    assert said(found) == []
    assert [(row.entry.found_at, row.entry.texts["inspectors"]) for row in found.rows] == [
        (datetime(2023, 3, 6, tzinfo=SHANGHAI), "王芳、李强"),
        (datetime(2023, 3, 6, tzinfo=SHANGHAI), "王芳、李强"),
    ]


def test_empty_lines_numbers_alone_and_notes_below_are_passed_over() -> None:
    empty, numbered, note = (), (2,), (None, None, "填表人：王芳")
    found = read(ledger(LINE, empty, numbered, note))
    assert (len(found.rows), said(found)) == (1, [])


def test_a_description_that_stands_alone_is_named() -> None:
    found = read(ledger(LINE, [None] * 6 + ["灭火器过期"]))
    assert said(found) == ["3:7 [隐患问题描述] 单元格 G3：这一行只写了问题，其余各项没有填写"]


def test_a_rectification_and_who_closed_it_are_read() -> None:
    found = read(ledger([*LINE[:13], date(2023, 3, 9), "已销号（2023-03-10，李强）"]))
    [row] = found.rows
    assert (row.entry.fixed_on, row.entry.closers) == (date(2023, 3, 9), "李强")


def test_what_begins_as_a_formula_stays_text() -> None:
    line = [*LINE]
    line[6] = "'=1+1"
    assert read(ledger(line)).rows[0].entry.texts["description"] == "'=1+1"


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        (b"", "打不开这个文件"),
        (b"not a workbook", "打不开这个文件"),
        (ledger(("一", "二"), headings=("姓名", "电话")), "找不到表头"),
        (ledger(LINE, headings=["序号", "检查时间", "检查单位", "检查人", "检查项目"]), "“隐患问题描述”"),
    ],
)
def test_what_cannot_be_read_at_all_says_so(data: bytes, wrong: str) -> None:
    with pytest.raises(InputError, match=wrong):
        read(data)
