"""How sheets are named."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from duban.obligations.sheet_names import sheet_name, sheet_number, sheet_year


@pytest.mark.parametrize(
    ("rung", "year", "number", "said"),
    [
        ("cuiban", 2023, 12, "催办〔2023〕12号"),
        ("duban", 2023, 3, "督办〔2023〕3号"),
        ("yuetan", 2023, 1, "约谈〔2023〕1号"),
        ("tongbao", 2024, 1, "通报〔2024〕1号"),
        ("duban", 2023, None, ""),
    ],
)
def test_a_sheet_has_its_year_in_hexagonal_brackets(
    rung: str, year: int, number: int | None, said: str
) -> None:
    assert sheet_number(rung, year, number) == said


def test_a_sheet_is_called_by_its_kind_and_its_number() -> None:
    assert sheet_name("yuetan", 2023, 1) == "约谈通知（约谈〔2023〕1号）"
    assert sheet_name("duban", 2023, None) == "督办单（待签发）"


def test_the_year_of_a_number_is_that_of_beijing() -> None:
    assert sheet_year(datetime(2022, 12, 31, 15, 59, 59, tzinfo=UTC)) == 2022
    assert sheet_year(datetime(2022, 12, 31, 16, 0, tzinfo=UTC)) == 2023


def test_a_rung_that_the_ladder_does_not_have_is_refused() -> None:
    with pytest.raises(ValueError, match="nonesuch"):
        sheet_number("nonesuch", 2023, 1)
