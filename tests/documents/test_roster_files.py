from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings, strategies as st
from python_calamine import CalamineWorkbook

from duban.documents.roster import read_roster, write_template
from duban.obligations.errors import DubanError
from duban.obligations.roster import ContactFact, Roster, UnitFact

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
TOWN = ["town", "示例镇", "镇街", "", "", "", "", "示例联系人1", "13900000001", "", ""]
VILLAGE = [
    "v01",
    "示例一村",
    "村",
    "重点村、周界",
    "town",
    "2026-01-31",
    "",
    "示例联系人2",
    "13900000002",
    "",
    "",
]


def write_xlsx(path: Path, rows: Sequence[Sequence[object]], sheet: str = "单位") -> Path:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        page = book.add_worksheet(sheet)
        for line, row in enumerate(rows):
            _ = page.write_row(line, 0, row)
    return path


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    _ = path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding=encoding)
    return path


SOUND = Roster(
    units=(
        UnitFact("town", "示例镇", "镇街"),
        UnitFact("v01", "示例一村", "村", frozenset({"重点村", "周界"}), "town", date(2026, 1, 31)),
    ),
    contacts=(
        ContactFact("town", "示例联系人1", "13900000001"),
        ContactFact("v01", "示例联系人2", "13900000002"),
    ),
)


def test_the_template_filled_in_reads_back_as_it_was_filled(tmp_path: Path) -> None:
    template = tmp_path / "模板.xlsx"
    write_template(template)
    pages = CalamineWorkbook.from_path(template)
    assert pages.sheet_names == ["单位", "填写说明"]
    header = pages.get_sheet_by_name("单位").to_python()[0]
    assert header == HEADER
    assert read_roster(write_xlsx(tmp_path / "名册.xlsx", [header, TOWN, VILLAGE])) == SOUND


def test_the_template_explains_every_column(tmp_path: Path) -> None:
    write_template(tmp_path / "模板.xlsx")
    notes = CalamineWorkbook.from_path(tmp_path / "模板.xlsx").get_sheet_by_name("填写说明").to_python()
    assert [row[0] for row in notes[-11:]] == HEADER


def test_the_template_never_overwrites_a_file(tmp_path: Path) -> None:
    path = tmp_path / "名册.xlsx"
    _ = path.write_text("已填内容")
    with pytest.raises(DubanError, match="已存在"):
        write_template(path)
    assert path.read_text() == "已填内容"


def test_a_disk_that_is_full_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(DubanError, match="请检查磁盘空间"):
        write_template(tmp_path / "模板.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="写不了"):
        write_template(tmp_path / "没有" / "模板.xlsx")


def test_dates_and_phones_that_excel_made_its_own_are_read(tmp_path: Path) -> None:
    village = [*VILLAGE[:5], date(2026, 1, 31), "", "示例联系人2", 13900000002.0]
    assert read_roster(write_xlsx(tmp_path / "名册.xlsx", [HEADER, TOWN, village])) == SOUND


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_a_csv_file_is_read_in_any_encoding_that_clerks_save(tmp_path: Path, encoding: str) -> None:
    assert read_roster(write_csv(tmp_path / "名册.csv", [HEADER, TOWN, VILLAGE], encoding)) == SOUND


def test_a_csv_file_may_be_parted_by_tabs(tmp_path: Path) -> None:
    path = tmp_path / "名册.csv"
    _ = path.write_text("\n".join("\t".join(row) for row in [HEADER, TOWN, VILLAGE]))
    assert read_roster(path) == SOUND


def test_a_yaml_roster_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "名册.yaml"
    _ = path.write_text(
        """
title: 名册
units:
  - {code: town, name: 示例镇, kind: 镇街, contacts: [{name: 示例联系人1, phone: 13900000001}]}
  - code: v01
    name: 示例一村
    kind: 村
    tags: [重点村, 周界]
    parent: town
    opened_on: 2026-01-31
    closed_on:
    contacts:
      - name: 示例联系人2
        phone: 13900000002
""",
        encoding="utf-8",
    )
    roster = read_roster(path)
    assert (roster.units, roster.contacts) == (SOUND.units, SOUND.contacts)
    assert (roster.title, roster.example) == ("名册", False)


def test_several_contacts_of_one_unit_are_several_rows(tmp_path: Path) -> None:
    second = ["town", "示例镇", *[""] * 5, "示例联系人9", "0519-88880000", "a@example.cn", "镇群机器人"]
    whole = [*TOWN[:7], "示例联系人8", "", "", ""]
    roster = read_roster(write_csv(tmp_path / "名册.csv", [HEADER, TOWN, VILLAGE, second, whole]))
    assert roster.units == SOUND.units
    assert roster.contacts == (
        *SOUND.contacts,
        ContactFact("town", "示例联系人9", "0519-88880000", "a@example.cn", "镇群机器人"),
        ContactFact("town", "示例联系人8"),
    )


def test_columns_may_stand_in_any_order_and_blank_rows_between(tmp_path: Path) -> None:
    rows = [HEADER, TOWN, [""] * 11, VILLAGE]
    assert read_roster(write_csv(tmp_path / "名册.csv", [row[::-1] for row in rows])) == SOUND


def test_a_workbook_with_one_sheet_may_name_it_anything(tmp_path: Path) -> None:
    assert read_roster(write_xlsx(tmp_path / "名册.xlsx", [HEADER, TOWN, VILLAGE], "Sheet1")) == SOUND


@pytest.mark.parametrize(
    "day", ["2026-01-31", "2026/1/31", "2026年1月31日", "2026.1.31", "２０２６－０１－３１"]
)
def test_a_day_may_be_written_as_clerks_write_it(tmp_path: Path, day: str) -> None:
    village = [*VILLAGE[:5], day, *VILLAGE[6:]]
    assert read_roster(write_csv(tmp_path / "名册.csv", [HEADER, TOWN, village])) == SOUND


names = st.text(st.characters(codec="gb18030", categories=["L", "N"]), min_size=1, max_size=8)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(texts=st.lists(names, min_size=1, max_size=6))
def test_what_is_written_to_a_sheet_is_what_is_read(tmp_path: Path, texts: list[str]) -> None:
    rows = [[f"v{index}", text, text, *[""] * 8] for index, text in enumerate(texts)]
    roster = read_roster(write_xlsx(tmp_path / "名册.xlsx", [HEADER, *rows]))
    assert [unit.name for unit in roster.units] == texts
