from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import pytest

from duban.documents.round_sheet import ReadRow
from duban.documents.round_workbook import write_round_workbook
from duban.obligations.forms import read_answers
from support.round_workbooks import FORM, ROUND, changed, field, patched, read, said, taken, with_form

MOMENT = datetime.fromisoformat("2026-03-09T08:30")  # a spreadsheet knows no zones


def answers(cells: Mapping[str, object]) -> Mapping[str, str]:
    found = taken(cells)
    assert said(found) == []
    return found.rows[0].answers


def test_what_units_filled_in_comes_back_by_unit() -> None:
    found = taken(
        {
            "D6": 12,
            "E6": "非法储存",
            "F6": "没收、查、收、打",
            "G6": date(2026, 3, 9),
            "H6": "村口\n仓库",
            "I6": "已拍照",
            "J6": "示例联系人1",
            "C8": "是",
        }
    )
    first = {
        "shuliang": "12",
        "leibie": "非法储存",
        "cuoshi": "没收、查、收、打",
        "riqi": "2026-03-09",
        "qingkuang": "村口\n仓库",
    }
    assert found.rows == (
        ReadRow(6, "v01", "示例一村", nil=False, answers=first, note="已拍照", by="示例联系人1"),
        ReadRow(8, "v03", "示例三村", nil=True, answers={}, note="", by=""),
    )
    assert (found.workbook_id, found.problems, found.right) == ("w-1", (), found.rows)


def test_a_workbook_that_nobody_filled_in_brings_nothing() -> None:
    found = read(write_round_workbook(ROUND))
    assert (found.rows, found.problems) == ((), ())


def test_right_rows_can_be_taken_while_wrong_ones_wait() -> None:
    found = taken({"D6": 3, "D7": "三", "E7": "其他", "E8": "非法生产"})
    assert said(found) == [
        "7:4 [检查数量（处）*] 单元格 D7：应是数字，实际为“三”",
        "7:5 [类别] 单元格 E7：应是非法生产、非法储存之一，实际为“其他”",
        "8:4 [检查数量（处）*] 单元格 D8：必填，没有填写",
    ]
    assert [row.unit_code for row in found.rows] == ["v01", "v02", "v03"]
    assert [row.unit_code for row in found.right] == ["v01"]
    assert found.wrong_lines == {7, 8}


@pytest.mark.parametrize(
    ("value", "text"),
    [(3, "3"), (3.0, "3"), (2.5, "2.5"), (0.1 + 0.2, "0.3"), (0, "0"), ("１２", "１２"), (" 7 ", "7")],
)
def test_numbers_come_as_they_are_shown(value: object, text: str) -> None:
    assert answers({"D6": value})["shuliang"] == text


@pytest.mark.parametrize("value", [date(2026, 3, 9), MOMENT, "2026年3月9日", "2026-03-09"])
def test_a_day_may_be_a_day_or_words(value: object) -> None:
    text = answers({"D6": 1, "G6": value})["riqi"]
    assert read_answers(FORM, {"shuliang": "1", "riqi": text})["riqi"] == "2026-03-09"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "TRUE"),
        (12, "12"),
        (date(2026, 3, 9), "2026-03-09"),
        (MOMENT, "2026-03-09 08:30"),
        (time(8, 30), "08:30"),
        ("-1 @家 +2", "-1 @家 +2"),
        ("𠮷😀", "𠮷😀"),
        ("甲\r\n乙", "甲\n乙"),
        ("文\u202e件\u2066名", "文件名"),
    ],
)
def test_whatever_stands_in_a_cell_for_words_is_words(value: object, text: str) -> None:
    assert answers({"D6": 1, "H6": value})["qingkuang"] == text


def test_what_looks_like_a_formula_is_text_when_it_is_one() -> None:
    def fill(page: Any) -> None:
        page["D6"] = 1
        page["H6"].value = "=1+1"
        page["H6"].data_type = "s"

    assert read(changed(fill)).rows[0].answers["qingkuang"] == "=1+1"


def test_a_very_long_text_is_named_by_its_cell() -> None:
    found = taken({"D6": 1, "H6": "长" * 5001, "I6": "长" * 5001, "J6": "长" * 61})
    assert said(found) == [
        "6:8 [情况] 单元格 H6：不能超过5000字，实际为5001字",
        "6:9 [备注] 单元格 I6：不能超过5000字；实际为5001字",
        "6:10 [填报人] 单元格 J6：不能超过60字；实际为61字",
    ]


@pytest.mark.parametrize("mark", ["是", " 是 ", "√", True])
def test_nothing_to_report_is_a_tick(mark: object) -> None:
    found = taken({"C6": mark, "I6": "已走访"})
    assert [(row.nil, row.note) for row in found.right] == [(True, "已走访")]


@pytest.mark.parametrize("mark", ["", False])
def test_no_tick_is_no_report(mark: object) -> None:
    assert taken({"C6": mark}).rows == ()


def test_any_other_mark_for_nothing_to_report_is_asked_about() -> None:
    found = taken({"C6": "否", "D6": 1})
    assert said(found) == ["6:3 [零报告] 单元格 C6：零报告栏填写有误；应为“是”或空白；实际为否"]


def test_nothing_to_report_and_something_reported_contradict_each_other() -> None:
    assert said(taken({"C6": "是", "D6": 1, "E6": "非法生产"})) == [
        (
            "6:3 [零报告] 单元格 C6：选了零报告，又填了项目；应为零报告其余不填；有情况的不选“是”；"
            "实际为填了检查数量（处）*、类别"
        )
    ]


def test_a_name_alone_is_no_report() -> None:
    assert said(taken({"J6": "示例联系人1"})) == [
        "6:10 [填报人] 单元格 J6：只填了填报人，没有填报内容；应为填写各项；没有情况的，零报告选“是”"
    ]


def test_a_unit_that_the_round_does_not_have_is_named() -> None:
    found = taken({"A6": "v99", "D6": 1, "A7": "", "D7": 1, "B8": "示例二村", "D8": 1})
    assert said(found) == [
        "6:1 [单位代码] 单元格 A6：本期没有这个单位；应为表中原有的单位代码；实际为v99",
        "7:1 [单位代码] 单元格 A7：没有单位代码，不知道是哪个单位报的；应为单位代码（v02）",
        "8:2 [单位] 单元格 B8：单位与代码对不上；应为v03 对应的“示例三村”；实际为示例二村",
    ]


def test_a_unit_that_fills_in_two_lines_is_asked_which_one_is_meant() -> None:
    found = taken({"D6": 1, "A9": "v01", "B9": "示例一村", "D9": 2, "D7": 3})
    assert said(found) == [
        "6:1 [单位代码] 单元格 A6：与第 9 行是同一个单位；应为一个单位只填一行；实际为v01",
        "9:1 [单位代码] 单元格 A9：与第 6 行是同一个单位；应为一个单位只填一行；实际为v01",
    ]
    assert [row.line for row in found.right] == [7]


def test_a_unit_listed_twice_but_filled_in_once_is_taken() -> None:
    assert [row.line for row in taken({"D6": 1, "A9": "v01", "B9": "示例一村"}).right] == [6]


def test_the_name_of_a_unit_may_be_left_out_but_not_its_code() -> None:
    assert [row.unit_code for row in taken({"B6": "", "D6": 1}).right] == ["v01"]


def test_columns_may_have_been_moved() -> None:
    def move(page: Any) -> None:
        page["D6"], page["E6"] = 5, "非法生产"
        for line in (4, 5, 6):
            here, there = page[f"D{line}"], page[f"H{line}"]
            here.value, there.value = there.value, here.value

    assert read(changed(move)).right[0].answers == {"shuliang": "5", "leibie": "非法生产"}


def test_lines_may_have_been_sorted_or_the_explanation_deleted() -> None:
    def sort(page: Any) -> None:
        page["D6"] = 5
        for line in (1, 2, 3):
            page.unmerge_cells(f"A{line}:K{line}")
        page.delete_rows(5)
        page.delete_rows(1, 2)

    assert [(row.line, row.unit_code) for row in read(changed(sort)).right] == [(3, "v01")]


def test_the_sheet_may_have_another_name() -> None:
    def rename(page: Any) -> None:
        page["D6"] = 5
        page.title = "3月"

    assert [row.unit_code for row in read(changed(rename)).right] == ["v01"]


def test_what_stands_beside_the_columns_is_not_lost_unseen() -> None:
    assert said(taken({"D6": 1, "L6": "还有两处没查完", "L4": "补充", "M7": "见附页"})) == [
        "6:12 单元格 L6：“补充”不是本表的列；应为空白（要说明的请写在备注里）；实际为还有两处没查完",
        "7:13 单元格 M7：这一列没有表头；应为空白（要说明的请写在备注里）；实际为见附页",
    ]


def test_what_was_reported_already_is_not_read() -> None:
    assert taken({"K6": "已改"}).rows == ()


def test_merged_cells_wait() -> None:
    def merge(page: Any) -> None:
        page["D6"], page["D8"] = 5, 6
        page.merge_cells("D6:D7")

    found = read(changed(merge))
    assert said(found) == [
        "6:4 [检查数量（处）*] 单元格 D6：是合并单元格；应为逐格填写的内容（请取消合并）",
        "7:4 [检查数量（处）*] 单元格 D7：是合并单元格；应为逐格填写的内容（请取消合并）",
    ]
    assert [row.line for row in found.right] == [8]


def test_a_formula_gives_its_result_and_one_that_failed_is_named() -> None:
    def fill(page: Any) -> None:
        page["D6"], page["D7"] = 41, 43

    sheet = "xl/worksheets/sheet1.xml"
    whole = patched(changed(fill), sheet, b"<v>41</v>", b"<f>40+2</f><v>42</v>")
    assert read(whole).right[0].answers == {"shuliang": "42"}
    broken = patched(whole, sheet, b't="n"><v>43</v>', b't="e"><f>1/0</f><v>#DIV/0!</v>')
    assert said(read(broken)) == ["7:4 [检查数量（处）*] 单元格 D7：公式出错；应为直接填写的内容（不用公式）"]


def test_required_files_are_told_apart_from_forgotten_ones() -> None:
    sheet = with_form(field("zhengming", "证明", "files", required=True))
    found = taken({"D6": "纸质已交", "I7": "", "E7": "有情况"}, sheet)
    assert [row.answers for row in found.right] == [{"zhengming": "纸质已交"}]
    assert said(found) == ["7:4 [证明*] 单元格 D7：必填，没有填写"]


def test_a_round_without_a_form_is_reported_in_the_note() -> None:
    found = taken({"D6": "已开会", "E6": "示例联系人1"}, with_form())
    assert [(row.note, row.by) for row in found.right] == [("已开会", "示例联系人1")]
