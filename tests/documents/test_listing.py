from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

import openpyxl
import pytest

from duban.documents import listing
from duban.documents.listing import Column, write_listing
from duban.obligations.errors import DubanError

COLUMNS = [Column("单位", 20), Column("截止", 18, "date"), Column("逾期天数", 10, "number")]
SAID = ["筛选：方案“打击非法烟花爆竹”，单位“示例一村”", "截至：2026年3月26日 09:00"]
DUE = datetime(2026, 3, 25, 15, 59, 59, tzinfo=UTC)


def page_of(rows: Iterable[Sequence[object]], columns: Sequence[Column] = COLUMNS) -> Any:
    data = write_listing("逾期清单", SAID, columns, rows, "导出：示例用户，2026年3月26日 09:05")
    return openpyxl.load_workbook(io.BytesIO(data))["清单"]


def test_the_first_lines_say_what_was_filtered_as_of_when_and_by_whom() -> None:
    page = page_of([])
    assert [page.cell(line, 1).value for line in range(1, 5)] == [
        "逾期清单",
        "筛选：方案“打击非法烟花爆竹”，单位“示例一村”",
        "截至：2026年3月26日 09:00",
        "导出：示例用户，2026年3月26日 09:05",
    ]
    assert [cell.value for cell in page[5]] == ["单位", "截止", "逾期天数"]


def test_rows_are_written_in_order_with_days_and_numbers_as_such() -> None:
    page = page_of([("示例一村", DUE, 3), ("示例二村", date(2026, 3, 25), 2.5), ("示例三村", None, None)])
    assert [[cell.value for cell in row] for row in page["A6:C8"]] == [
        ["示例一村", datetime.fromisoformat("2026-03-25T23:59:59"), 3],
        ["示例二村", datetime.fromisoformat("2026-03-25"), 2.5],
        ["示例三村", None, None],
    ]
    assert [page[cell].number_format for cell in ("A6", "B6", "B7")] == [
        "@",
        "yyyy-mm-dd hh:mm",
        "yyyy-mm-dd",
    ]


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://example.cn")', "+1", "-1", "@甲", "https://example.cn", "00123"]
)
@pytest.mark.parametrize("column", [0, 1, 2])
def test_whatever_a_text_looks_like_it_stays_text(text: str, column: int) -> None:
    row: list[object] = [None, None, None]
    row[column] = text
    cell = page_of([row]).cell(6, column + 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (float("nan"), "nan"),
        (float("inf"), "inf"),
        (123456789012345678, "123456789012345678"),
        (True, "是"),
        ("不详", "不详"),
    ],
)
def test_what_no_spreadsheet_holds_as_a_number_is_text(value: object, shown: str) -> None:
    cell = page_of([(None, None, value)])["C6"]
    assert (cell.value, cell.data_type) == (shown, "s")


def test_days_before_spreadsheets_count_right_are_text() -> None:
    assert page_of([(None, date(1900, 2, 28), None)])["B6"].value == "1900-02-28"


def test_moments_in_a_column_for_words_are_shown_in_local_time() -> None:
    assert page_of([(DUE, None, None)])["A6"].value == "2026-03-25 23:59"


def test_rare_signs_stay_and_turning_marks_go() -> None:
    page = page_of(
        [("示例𠮷村😀\u202e", None, None), ("甲\r\n乙\x00", None, None), ("长" * 40_000, None, None)]
    )
    assert [page["A6"].value, page["A7"].value, len(page["A8"].value)] == ["示例𠮷村😀", "甲\n乙", 16_000]


def test_headings_stay_in_sight_can_filter_and_are_printed_on_every_page() -> None:
    page = page_of([("示例一村", DUE, 3), ("示例二村", DUE, 4)])
    assert page.freeze_panes == "A6"
    assert page.auto_filter.ref == "A5:C7"
    assert page.print_title_rows == "$5:$5"
    assert (page.page_setup.orientation, page.page_setup.paperSize) == ("landscape", 9)
    assert page.column_dimensions["A"].width == pytest.approx(20.7, abs=0.1)


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "MOST_ROWS", 2)
    assert page_of([("甲", None, None)] * 2).max_row == 7
    with pytest.raises(DubanError, match="请缩小筛选范围"):
        _ = page_of([("甲", None, None)] * 3)


def test_a_full_disk_is_said() -> None:
    def rows() -> Iterator[Sequence[object]]:
        yield ("甲", None, None)
        raise OSError(28, "No space left on device")

    with pytest.raises(DubanError, match="磁盘空间不足"):
        _ = page_of(rows())


def test_the_page_bears_the_name_that_it_is_given_and_prints_what_it_holds() -> None:
    data = write_listing("报送台账", SAID, COLUMNS, [("示例一村", DUE, 3)], "", sheet="报送台账")
    page = openpyxl.load_workbook(io.BytesIO(data))["报送台账"]
    assert page.print_area == "'报送台账'!$A$1:$C$5"
    assert page.freeze_panes == "A5"
    assert page.auto_filter.ref == "A4:C5"


def test_the_same_rows_of_the_same_day_give_the_same_bytes() -> None:
    made = [write_listing("报送台账", SAID, COLUMNS, [("示例一村", DUE, 3)], "", dated=DUE) for _ in range(2)]
    assert made[0] == made[1]
    properties = openpyxl.load_workbook(io.BytesIO(made[0])).properties
    assert properties.created == datetime.fromisoformat("2026-03-25T23:59:59")
