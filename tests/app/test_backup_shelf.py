from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from duban.app.backup_shelf import made_at, staying, thin


def name(at: datetime) -> str:
    return f"duban-{at:%Y%m%d-%H%M%S}.duban"


def test_a_year_of_nights_leaves_fourteen_days_eight_weeks_and_twelve_months() -> None:
    nights = [name(datetime(2023, 1, 1, 2, 30) + timedelta(days=n)) for n in range(365)]  # noqa: DTZ001
    days = [f"duban-202312{day:02}-023000.duban" for day in range(18, 32)]
    # Weeks end on Sundays: of the latest eight, the 24th and the 31st are among the days already.
    sundays = ["1112", "1119", "1126", "1203", "1210", "1217"]
    weeks = [f"duban-2023{day}-023000.duban" for day in sundays]
    ends = ["0131", "0228", "0331", "0430", "0531", "0630", "0731", "0831", "0930", "1031", "1130"]
    months = [f"duban-2023{day}-023000.duban" for day in ends]
    assert staying(nights) == frozenset(days + weeks + months)


def test_of_a_day_the_last_stays() -> None:
    three = [f"duban-20230301-{hour}0000.duban" for hour in ("02", "10", "16")]
    assert staying(three) == {"duban-20230301-160000.duban"}


def test_who_was_switched_off_for_a_year_keeps_what_there_is() -> None:
    old = [f"duban-202201{day:02}-023000.duban" for day in range(1, 6)]
    assert staying(old) == set(old)


@pytest.mark.parametrize(
    "other", ["duban-20230301-023000.duban.sha256", "账簿.duban", "duban-2023.duban", "x"]
)
def test_a_file_of_another_name_is_none_of_ours(other: str) -> None:
    assert made_at(other) is None


def test_what_need_not_stay_is_deleted_with_its_sum_and_nothing_else(tmp_path: Path) -> None:
    for hour in ("02", "16"):
        for end in ("", ".sha256"):
            (tmp_path / f"duban-20230301-{hour}0000.duban{end}").touch()
    (tmp_path / "说明.txt").touch()
    assert thin(tmp_path) == ["duban-20230301-020000.duban"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "duban-20230301-160000.duban",
        "duban-20230301-160000.duban.sha256",
        "说明.txt",
    ]
