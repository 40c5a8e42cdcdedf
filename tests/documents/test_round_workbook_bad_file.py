from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest

from duban.documents.round_sheet import RoundSheet
from duban.documents.round_workbook import write_round_workbook
from duban.documents.round_workbook_read import read_round_workbook
from duban.obligations.errors import InputError
from support.round_workbooks import ROUND, book_of, bytes_of, changed, filled, patched, read

DATA = write_round_workbook(ROUND)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def refused(data: bytes, expected: RoundSheet = ROUND) -> list[str]:
    with pytest.raises(InputError) as caught:
        _ = read(data, expected)
    return [problem.text().removeprefix("填报表.xlsx") for problem in caught.value.problems]


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"PK\x03\x04", DATA[: len(DATA) // 2]])
def test_what_is_no_workbook_is_said(data: bytes) -> None:
    assert refused(data) == [
        " 打不开这个文件；应为本系统下载的 .xlsx 填报表；实际为不是 .xlsx 文件，或文件已损坏"
    ]


def test_a_workbook_with_a_password_is_said() -> None:
    data = OLE + bytes(500) + "EncryptedPackage".encode("utf-16-le") + bytes(500)
    assert refused(data) == [" 文件加了密码，读不了；应为不加密的 .xlsx（请取消密码后另存）"]


def test_an_old_workbook_is_said() -> None:
    assert refused(OLE + bytes(500)) == [
        " 这是旧版 .xls 或 .et 格式；应为.xlsx 表格（请在 WPS 或 Excel 中另存为 .xlsx）"
    ]


def test_a_bomb_is_not_unpacked() -> None:
    wanted = "；应为本系统下载的 .xlsx 填报表"
    assert refused(zipped({"xl/worksheets/sheet1.xml": bytes(60_000_000)})) == [
        f" 文件解压后有 60 MB，超过 50 MB，为安全起见不予读取{wanted}"
    ]
    assert refused(zipped({"xl/worksheets/sheet1.xml": bytes(20_000_000)})) == [
        f" 文件解压后大了一百倍以上，像是压缩炸弹，为安全起见不予读取{wanted}"
    ]
    assert refused(zipped({f"xl/{number}.xml": b"" for number in range(201)})) == [
        f" 文件里有 201 个部件，多得不正常，为安全起见不予读取{wanted}"
    ]


def test_a_bomb_that_lies_about_its_size_is_not_unpacked() -> None:
    data = bytearray(zipped({"xl/worksheets/sheet1.xml": bytes(60_000_000)}))
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (1000).to_bytes(4, "little")
    assert refused(bytes(data)) == [" 打不开这个文件；应为.xlsx 表格；实际为不是 .xlsx 文件，或文件已损坏"]


def test_a_sheet_far_larger_than_the_round_is_not_read() -> None:
    assert refused(filled({"D20001": 1})) == [
        (
            " 工作表比本期的填报表大得多；应为不超过 20000 行、1000 处合并（请删去下方多余的行）；"
            "实际为20001 行、3 处合并"
        )
    ]


def test_a_workbook_that_is_not_ours_is_said() -> None:
    book = book_of(DATA)
    del book["_duban"]
    assert refused(bytes_of(book)) == [
        " 这不是本系统下载的填报表；应为本系统下载的填报表（请在原表中填写，不要复制到新表）"
    ]


@pytest.mark.parametrize(
    ("cell", "value"), [("B1", "duban-round-9"), ("B6", "编号 1"), ("B6", "x" * 65), ("B6", None)]
)
def test_a_workbook_whose_hidden_page_was_changed_is_said(cell: str, value: str | None) -> None:
    book = book_of(DATA)
    book["_duban"][cell] = value
    assert refused(bytes_of(book)) == [" 填报表的版本不对，或内部信息被改动；应为重新下载的填报表"]


def test_another_rounds_workbook_is_said_with_its_name() -> None:
    april = replace(ROUND, period="2026-04", title="每月检查（2026年4月）")
    assert refused(DATA, april) == [
        (
            " 这是另一期的填报表；应为“打击非法烟花爆竹 · 每月检查（2026年4月）”的表；"
            "实际为“打击非法烟花爆竹 · 每月检查（2026年3月）”的表，请到那一期导入"
        )
    ]


def test_another_plans_workbook_is_said_with_its_name() -> None:
    other = replace(ROUND, plan="fangxun", plan_title="防汛工作", title="汛期巡查")
    assert refused(DATA, other) == [
        (
            " 这是另一个方案的填报表；应为“防汛工作 · 汛期巡查”的表；"
            "实际为“打击非法烟花爆竹 · 每月检查（2026年3月）”的表，请到那一期导入"
        )
    ]


def test_a_form_revised_since_the_download_is_said() -> None:
    assert refused(DATA, replace(ROUND, form_digest="e" * 64)) == [
        " 下载之后表单作了修订，这份表的栏目已不适用；应为重新下载的填报表；实际为修订前的填报表"
    ]


def test_any_download_of_the_round_may_come_back() -> None:
    assert read(DATA, replace(ROUND, workbook_id="w-2", due_text="已延期")).workbook_id == "w-1"


def test_columns_renamed_or_deleted_are_all_named() -> None:
    def rename(page: Any) -> None:
        page["D4"], page["E4"] = "检查数", ""

    assert refused(changed(rename)) == [
        (
            ":4 缺少“检查数量（处）*”列；应为第 4 行有“检查数量（处）*”（列名请改回原样）；"
            "实际为没有这一列，最接近的是 D4“检查数”"
        ),
        ":4 缺少“类别”列；应为第 4 行有“类别”（列名请改回原样）；实际为没有这一列",
    ]


def test_a_column_that_is_there_twice_is_named() -> None:
    def double(page: Any) -> None:
        page["L4"] = "类 别"

    assert refused(changed(double)) == [":4:12 [类别] 单元格 L4：表头重复；应为不重复的列名；实际为类别"]


def test_a_page_without_headings_is_said() -> None:
    def delete(page: Any) -> None:
        page.delete_rows(4)

    assert refused(changed(delete)) == [" 找不到表头；应为含有“单位代码”等列名的一行（请用原表填写）"]


def test_a_page_that_cannot_be_found_among_others_is_said() -> None:
    book = book_of(DATA)
    book["填报"].title = "汇总"
    _ = book.create_sheet("其他")
    assert refused(bytes_of(book)) == [" 找不到填报的工作表；应为名为“填报”的工作表；实际为汇总、其他"]


def test_a_page_that_is_damaged_inside_is_said() -> None:
    data = patched(DATA, "xl/worksheets/sheet1.xml", b"</sheetData>", b"")
    assert refused(data) == [" 打不开这个文件；应为本系统下载的 .xlsx 填报表；实际为文件已损坏"]


def test_a_name_of_a_file_that_turns_the_line_is_shown_straight() -> None:
    with pytest.raises(InputError) as caught:
        _ = read_round_workbook(b"", "表\u202excod.xlsx", ROUND)
    assert caught.value.problems[0].file == "表xcod.xlsx"
