from __future__ import annotations

from dataclasses import replace
from typing import Any

from duban.documents.round_sheet import RoundSheet, SheetRow
from duban.documents.round_workbook import write_round_workbook
from support.round_workbooks import FORM, ROUND, book_of, field, with_form


def page_of(sheet: RoundSheet = ROUND) -> Any:
    return book_of(write_round_workbook(sheet))["填报"]


def column_of(page: Any, heading: str) -> str:
    return next(cell.column_letter for cell in page[4] if cell.value == heading)


def rule_of(page: Any, heading: str) -> Any:
    area = f"{column_of(page, heading)}6"
    return next((rule for rule in page.data_validations.dataValidation if area in rule.sqref), None)


def test_the_page_says_what_it_is_until_when_and_how_to_fill_it_in() -> None:
    page = page_of()
    assert page["A1"].value == "打击非法烟花爆竹 · 每月检查（2026年3月）"
    assert page["A2"].value == "截止：2026年3月25日（星期三）24时　依据：二（一）3　收表：示例镇打非办"
    assert "没有情况的，在“零报告”栏选“是”" in page["A3"].value
    assert "“照片”等附件请通过上报链接上传，不在本表填写。" in page["A3"].value


def test_every_field_has_a_column_but_files_that_may_be_left_out() -> None:
    assert [cell.value for cell in page_of()[4]] == [
        "单位代码",
        "单位",
        "零报告",
        "检查数量（处）*",
        "类别",
        "措施",
        "日期",
        "情况",
        "备注",
        "填报人",
        "已报情况",
    ]


def test_the_line_below_the_headings_says_what_may_be_filled_in() -> None:
    assert [cell.value for cell in page_of()[5]][:8] == [
        "填写要求",
        None,
        "没有情况选“是”，其余各项不填",
        "必填；填数字，0 至 1000",
        "选一项：非法生产、非法储存",
        "可填多项，用顿号隔开：查、收、打、没收",
        "填日期，如 2026-03-22",
        "填文字，不超过 5000 字；写清地点",
    ]


def test_each_unit_has_a_line_and_what_it_reported_already() -> None:
    page = page_of()
    assert [[page[f"{column}{line}"].value for column in "ABK"] for line in (6, 7, 8)] == [
        ["v01", "示例一村", None],
        ["v02", "示例二村", "已报"],
        ["v03", "示例三村", None],
    ]


def test_the_program_that_opens_it_checks_numbers_choices_and_days() -> None:
    page = page_of()
    number, choice, day = (rule_of(page, name) for name in ("检查数量（处）*", "类别", "日期"))
    assert (number.type, number.formula1, number.formula2) == ("decimal", "0", "1000")
    assert number.error == "请填数字，0 至 1000。"
    assert (choice.type, choice.formula1) == ("list", "_duban!$D$1:$D$2")
    assert (day.type, day.formula1, day.formula2) == ("date", "36526", "73050")
    assert (rule_of(page, "零报告").type, rule_of(page, "零报告").formula1) == ("list", '"是"')
    assert str(number.sqref) == "D6:D8"


def test_options_may_hold_commas_and_be_longer_than_a_rule_can_be() -> None:
    options = [f"第{number}类，含“甲,乙”及其他需要说明的情形" for number in range(1, 31)]
    book = book_of(write_round_workbook(with_form(field("lei", "类别", "choice", options=options))))
    assert rule_of(book["填报"], "类别").formula1 == "_duban!$D$1:$D$30"
    assert book["_duban"]["D30"].value == "第30类，含“甲,乙”及其他需要说明的情形"


def test_a_number_without_limits_is_still_a_number() -> None:
    rule = rule_of(page_of(with_form(field("shu", "数量", "number", max=2.5))), "数量")
    assert (rule.formula1, rule.formula2, rule.error) == (
        "-1000000000000000",
        "2.5",
        "请填数字，不大于 2.5。",
    )


def test_headings_and_units_are_locked_and_cells_to_fill_in_are_not() -> None:
    page = page_of()
    assert page.protection.sheet
    assert [name for name in ("A4", "D4", "D5", "A6", "B6", "K6") if not page[name].protection.locked] == []
    assert [name for name in ("C6", "D6", "E8", "I6", "J8") if page[name].protection.locked] == []


def test_cells_for_words_are_text_so_that_1_2_is_no_day() -> None:
    page = page_of()
    assert [page[f"{column}6"].number_format for column in "ADGHI"] == [
        "@",
        "General",
        "yyyy-mm-dd",
        "@",
        "@",
    ]


def test_headings_stay_in_sight_and_on_every_printed_page() -> None:
    page = page_of()
    assert page.freeze_panes == "C6"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert (page.print_title_rows, page.page_setup.fitToHeight) == ("$4:$5", 0)
    assert page.print_area == "'填报'!$A$1:$K$8"


def test_a_hidden_page_says_which_round_this_is() -> None:
    hidden = book_of(write_round_workbook(ROUND))["_duban"]
    assert hidden.sheet_state == "veryHidden"
    assert [(row[0].value, row[1].value) for row in hidden["A1:B8"]] == [
        ("format", "duban-round-1"),
        ("plan", "yanhua"),
        ("duty", "yuejian"),
        ("period", "2026-03"),
        ("form_digest", "d" * 64),
        ("workbook_id", "w-1"),
        ("plan_title", "打击非法烟花爆竹"),
        ("title", "每月检查（2026年3月）"),
    ]


def test_what_looks_like_a_formula_or_a_link_is_text() -> None:
    name = '=HYPERLINK("http://example.cn","示例村")'
    rows = [SheetRow("v01", name), SheetRow("v02", "+1"), SheetRow("v03", "https://example.cn", "=1+1")]
    form = [field("lei", "=SUM(A1)", "choice", options=["@甲", "-乙"], help="=1")]
    book = book_of(write_round_workbook(replace(ROUND, title="=2", form=form, rows=rows)))
    page = book["填报"]
    assert (page["B6"].value, page["B6"].data_type) == (name, "s")
    texts = [page[cell] for cell in ("A1", "D4", "D5", "B7", "B8", "G8")] + [book["_duban"]["D1"]]
    assert [cell.data_type for cell in texts] == ["s"] * 7
    assert [cell.hyperlink for cell in texts] == [None] * 7


def test_rare_signs_are_kept_and_turning_marks_taken_out() -> None:
    rows = [
        SheetRow("v01", "示例𠮷村👨‍👩‍👧"),
        SheetRow("v02", "示例\u202e村\u2066二\u2069\r\n组"),
        SheetRow("v03", "长" * 40_000),
    ]
    page = page_of(replace(ROUND, rows=rows))
    assert page["B6"].value == "示例𠮷村👨‍👩‍👧"
    assert page["B7"].value == "示例村二 组"
    assert len(page["B8"].value) == 16_000
    assert page["B8"].value.endswith("…（内容过长，未全部列出）")


def test_fields_that_are_called_alike_get_headings_of_their_own() -> None:
    form = [
        field("a", "备注", "text"),
        field("b", "数 量", "number", required=True),
        field("note", "数量", "number"),
    ]
    assert [cell.value for cell in page_of(with_form(*form))[4]][3:7] == [
        "备注（2）",
        "数 量*",
        "数量（2）",
        "备注",
    ]


def test_files_that_are_required_can_be_accounted_for() -> None:
    page = page_of(with_form(field("zhengming", "证明", "files", required=True)))
    assert page["D4"].value == "证明*"
    assert page["D5"].value == "必填；附件通过上报链接上传，已交纸质的写“纸质已交”"
    assert "等附件" not in page["A3"].value


def test_a_round_without_a_form_or_units_is_a_workbook_all_the_same() -> None:
    page = page_of(replace(ROUND, form=[], rows=[]))
    assert [cell.value for cell in page[4]] == ["单位代码", "单位", "零报告", "备注", "填报人", "已报情况"]
    assert page.max_row == 5


def test_columns_are_as_wide_as_what_they_hold() -> None:
    widths = {column: page_of(with_form(*FORM)).column_dimensions[column].width for column in "ABDH"}
    assert {column: round(width) for column, width in widths.items()} == {"A": 14, "B": 21, "D": 19, "H": 29}
