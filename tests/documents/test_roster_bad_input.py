from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter

from duban.documents import roster_package
from duban.documents.roster import read_roster
from duban.obligations.errors import InputError, Problem

HEADER = [
    "单位代码",
    "单位名称",
    "类别",
    "标签",
    "上级单位代码",
    "启用日期",
    "停用日期",
    "联系人",
    "手机号",
    "邮箱",
    "发送渠道",
]
TOWN = ["town", "示例镇", "镇街"]


def problems_of(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        _ = read_roster(path)
    return caught.value.problems


def said_of(path: Path) -> list[str]:
    return [problem.text().removeprefix(str(path)) for problem in problems_of(path)]


def csv(tmp_path: Path, *rows: Sequence[str], header: Sequence[str] = HEADER) -> Path:
    path = tmp_path / "名册.csv"
    lines = [",".join([*row, *[""] * (len(header) - len(row))]) for row in (header, *rows)]
    _ = path.write_text("\n".join(lines), encoding="utf-8")
    return path


def xlsx(tmp_path: Path, *rows: Sequence[object], merge: Sequence[str] = ()) -> Path:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("单位")
        for line, row in enumerate([HEADER, *rows]):
            _ = sheet.write_row(line, 0, row)
        for area in merge:
            _ = sheet.merge_range(area, "村")
    return path


def yaml(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "名册.yaml"
    _ = path.write_text(text, encoding="utf-8")
    return path


def test_three_wrong_rows_are_all_reported_by_their_cells(tmp_path: Path) -> None:
    path = xlsx(
        tmp_path,
        TOWN,
        ["v 1", "示例一村", "村"],
        ["v02", "", "村"],
        ["v03", "示例三村", "村", "", "town", "2026-02-30", "", "示例联系人3", "1.39E+10", "无"],
    )
    assert said_of(path) == [
        ":3:1 [单位代码] 单元格 A3：代码写法有误；应为32 位以内的字母、数字、-、_、.，如 v01；实际为v 1",
        ":4:2 [单位名称] 单元格 B4：单位名称没有填写；应为必填内容；实际为空",
        ":5:6 [启用日期] 单元格 F5：没有这一天；应为日期，如 2026-01-31；实际为2026-02-30",
        (
            ":5:9 [手机号] 单元格 I5：号码成了科学计数，末几位已丢失；"
            "应为完整号码（请把单元格设为“文本”格式后重填）；实际为1.39E+10"
        ),
        ":5:10 [邮箱] 单元格 J5：邮箱写法有误；应为邮箱，如 name@example.cn；实际为无",
    ]


def test_a_code_used_twice_is_named_with_both_units(tmp_path: Path) -> None:
    path = csv(tmp_path, TOWN, ["v01", "示例一村", "村"], ["v01", "示例二村", "村"])
    assert said_of(path) == [
        ":4:1 [单位代码] 单元格 A4：代码重复；应为不重复的代码（v01 已用于“示例一村”）；实际为v01（示例二村）"
    ]


def test_a_missing_parent_is_named_with_its_cell(tmp_path: Path) -> None:
    path = csv(tmp_path, TOWN, ["v01", "示例一村", "村", "", "tower"])
    assert said_of(path) == [
        (
            ":3:5 [上级单位代码] 单元格 E3：上级单位不在名册中；"
            "应为名册中已有的单位代码；实际为tower；是否想写“town”？"
        )
    ]


def test_a_parent_whose_own_row_is_wrong_is_not_reported_as_missing(tmp_path: Path) -> None:
    path = csv(tmp_path, ["town", "示例镇", ""], ["v01", "示例一村", "村", "", "town"])
    assert [problem.field for problem in problems_of(path)] == ["类别"]


def test_merged_cells_are_named_and_nothing_inside_them_is_complained_of(tmp_path: Path) -> None:
    rows = [TOWN, ["v01", "示例一村", ""], ["v02", "示例二村", ""], ["v03", "示例三村", ""]]
    assert said_of(xlsx(tmp_path, *rows, merge=["C3:C4"])) == [
        ":3:3 单元格 C3：C3:C4 是合并单元格；应为逐格填写的内容（请先取消合并）；实际为合并区域 C3:C4",
        ":5:3 [类别] 单元格 C5：类别没有填写；应为必填内容；实际为空",
    ]


def test_a_merged_title_above_the_header_is_the_only_complaint(tmp_path: Path) -> None:
    assert [problem.column for problem in problems_of(xlsx(tmp_path, TOWN, merge=["A1:K1"]))] == [1]


def test_rows_of_one_unit_that_disagree_are_reported(tmp_path: Path) -> None:
    path = csv(tmp_path, [*TOWN, *[""] * 4, "甲"], ["town", "示例镇", "部门", *[""] * 4, "乙"])
    assert said_of(path) == [
        ":3:3 [类别] 单元格 C3：同一单位各行填写不一致；应为与第 2 行一致（镇街）或留空；实际为部门"
    ]


def test_a_row_that_says_nothing_new_is_reported(tmp_path: Path) -> None:
    assert "与第 2 行重复" in said_of(csv(tmp_path, TOWN, TOWN))[0]


def test_a_contact_without_a_name_and_one_named_twice_are_reported(tmp_path: Path) -> None:
    person = [*TOWN, *[""] * 4, "甲"]
    nameless = [*TOWN, *[""] * 4, "", "13900000001"]
    assert [(one.line, one.column) for one in problems_of(csv(tmp_path, person, person, nameless))] == [
        (3, 8),
        (4, 8),
    ]


def test_a_renamed_column_is_named_with_the_one_it_should_be(tmp_path: Path) -> None:
    header = [name if name != "手机号" else "电话" for name in HEADER]
    assert said_of(csv(tmp_path, TOWN, header=header)) == [
        ":1 [手机号] 缺少“手机号”列；应为第 1 行有“手机号”一列（内容可留空，列不可删）；实际为没有这一列",
        ":1:9 单元格 I1：表头无法识别；应为模板中的列名；实际为“电话”；是否想写“手机号”？",
    ]


def test_a_missing_column_and_one_given_twice_are_reported(tmp_path: Path) -> None:
    said = said_of(csv(tmp_path, TOWN, header=[*HEADER[:-1], "类别"]))
    assert len(said) == 2
    assert "缺少“发送渠道”列" in said[0]
    assert "表头重复" in said[1]


def test_a_file_whose_first_line_is_no_header_is_told_the_columns(tmp_path: Path) -> None:
    path = csv(tmp_path, header=["名册", "2026"])
    assert said_of(path)[0].startswith(" 第 1 行不是表头，或文件编码不对；应为模板的列名：单位代码、单位名称")


def test_a_value_outside_the_columns_is_reported(tmp_path: Path) -> None:
    path = csv(tmp_path, [*TOWN, *[""] * 8, "备注"])
    assert [(one.line, one.column, one.found) for one in problems_of(path)] == [(2, 12, "备注")]


@pytest.mark.parametrize("value", [45000.5, True, datetime(2026, 1, 31, 8)])  # noqa: DTZ001 -- as Excel has it
def test_a_number_in_a_date_column_is_not_taken_for_a_day(tmp_path: Path, value: object) -> None:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd hh:mm"}) as book:
        sheet = book.add_worksheet("单位")
        _ = sheet.write_row(0, 0, HEADER)
        _ = sheet.write_row(1, 0, [*TOWN, "", "", value])
    assert [(one.line, one.column, one.field) for one in problems_of(path)] == [(2, 6, "启用日期")]


def test_a_formula_that_ended_in_an_error_is_not_taken_for_a_blank(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        _ = book.add_worksheet("旧表&1").write_formula(1, 0, "=1/0", None, "#DIV/0!")  # pyright: ignore[reportArgumentType]
        sheet = book.add_worksheet("单位")
        _ = sheet.write_row(0, 0, HEADER)
        _ = sheet.write_row(1, 0, TOWN)
        _ = sheet.write_formula(1, 8, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")  # pyright: ignore[reportArgumentType]
    assert said_of(path) == [":2:9 单元格 I2：公式出错；应为直接填写的内容（不用公式）；实际为公式结果出错"]


def test_a_roster_without_units_is_refused(tmp_path: Path) -> None:
    assert said_of(csv(tmp_path)) == [" 名册中没有单位；应为至少一个单位；实际为空名册"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("名册.xlsx", b"", "文件是空的"),
        ("名册.csv", b"  \n", "文件是空的"),
        ("名册.yaml", b"# \n", "文件是空的"),
        ("名册.xlsx", b"PK\x03\x04 not a zip", "不是 .xlsx 文件，或文件已损坏"),
        ("名册.xlsx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "旧版 .xls 文件或加了密码的文件"),
        ("名册.docx", b"PK", "这种文件不能作为名册"),
        ("名册", b"PK", "没有扩展名的文件"),
        ("名册.csv", b"\xff\x00\x80\x81", "编码无法识别"),
        ("名册.csv", b"a\0b", "编码无法识别"),
        ("名册.csv", "單位代碼,單位名稱".encode("big5"), "文件编码不对"),
        ("名册.csv", ",".join(HEADER).encode() + b'\n"town,1', "引号没有成对"),
    ],
)
def test_a_file_that_is_no_roster_is_refused_with_a_reason(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    path = tmp_path / name
    _ = path.write_bytes(content)
    problems = problems_of(path)
    assert len(problems) == 1
    assert said in problems[0].text()


def test_a_file_that_is_not_there_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert "找不到这个文件" in said_of(tmp_path / "没有.xlsx")[0]
    folder = tmp_path / "名册.xlsx"
    folder.mkdir()
    assert "读不了这个文件" in said_of(folder)[0]


def zipped(path: Path, parts: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = zipped(tmp_path / "名册.xlsx", {"xl/worksheets/sheet1.xml": b" " * 50_000_001})
    assert path.stat().st_size < 100_000
    assert said_of(path) == [" 文件解压后过大，为安全起见不予读取；应为解压后不超过 50 MB"]


def test_a_zip_that_lies_about_its_size_is_not_unpacked_further_than_it_said(tmp_path: Path) -> None:
    path = zipped(tmp_path / "名册.xlsx", {"xl/workbook.xml": b" " * 1_000_000})
    honest = path.read_bytes()
    size = (1_000_000).to_bytes(4, "little")
    assert honest.count(size) == 2
    _ = path.write_bytes(honest.replace(size, (10).to_bytes(4, "little")))
    assert "文件已损坏" in said_of(path)[0]


def test_a_zip_of_too_many_parts_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "名册.xlsx", {f"xl/{index}.xml": b"" for index in range(2_001)})
    assert "解压后过大" in said_of(path)[0]


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    assert "不是 .xlsx 文件" in said_of(zipped(tmp_path / "名册.xlsx", {"word/document.xml": b"<a/>"}))[0]


def test_a_single_cell_in_the_far_corner_is_refused_rather_than_filling_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("单位")
        _ = sheet.write_row(0, 0, HEADER)
        _ = sheet.write("XFD1048576", "x")
    assert said_of(path) == [
        " 工作表范围过大；应为名册范围以内（请删去下方和右侧多余的单元格）；实际为内容一直延伸到 XFD1048576"
    ]


def test_a_workbook_of_several_sheets_needs_one_named_units(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    with xlsxwriter.Workbook(path) as book:
        _ = book.add_worksheet("一"), book.add_worksheet("二")
    assert said_of(path) == [" 找不到名册所在的工作表；应为名为“单位”的工作表；实际为一、二"]


def test_a_package_is_read_part_by_part(tmp_path: Path) -> None:
    package = roster_package.opened("名册", xlsx(tmp_path, TOWN).read_bytes())
    with zipfile.ZipFile(io.BytesIO(package.repacked().getvalue())) as archive:
        assert "xl/worksheets/sheet1.xml" in archive.namelist()


def test_a_yaml_roster_names_line_and_column_of_everything_wrong(tmp_path: Path) -> None:
    path = yaml(
        tmp_path,
        """title: [名册]
example: maybe
unit: 1
units:
  - code: v01
    nmae: 示例一村
    kind: 村
    parent: town
  - {code: v02, code: v03, name: 示例二村, kind: 村, opened_on: 2026-13-01}
  - 示例三村
  - {code: v04, name: 示例四村, kind: 村, contacts: {name: 甲}}
  - {code: v05, name: 示例五村, kind: 村, contacts: [{phone: "1"}]}
""",
    )
    assert [(one.line, one.column, one.message) for one in problems_of(path)] == [
        (1, 8, "title 只能填一个值"),
        (2, 10, "example 只能是 true 或 false"),
        (3, 1, "没有这个名称的项"),
        (5, 5, "单位名称没有填写"),
        (6, 5, "没有这个名称的项"),
        (8, 13, "上级单位不在名册中"),
        (9, 17, "这一项重复了"),
        (9, 60, "没有这一天"),
        (10, 5, "这里应是键值对"),
        (11, 48, "contacts 应是列表"),
        (12, 49, "联系人没有填写"),
        (12, 57, "电话号码写法有误"),
    ]
    assert problems_of(path)[4].hint == "name"


@pytest.mark.parametrize(
    "text", ["units: [", "a: b: c", "units:\n\t- 1", "[" * 20_000, "a: 1\n--- \nb: 2", "a: \a"]
)
def test_a_file_that_is_not_yaml_says_where_reading_ended(tmp_path: Path, text: str) -> None:
    assert "YAML 格式有误" in said_of(yaml(tmp_path, text))[0]


@pytest.mark.parametrize("text", ["units: []", "units:", "title: 名册", "只是一句话", "[]"])
def test_a_yaml_file_without_units_is_refused(tmp_path: Path, text: str) -> None:
    assert len(problems_of(yaml(tmp_path, text))) == 1
