import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import holidays
import pytest
from holidays.countries.china import ChinaStaticHolidays
from hypothesis import given, strategies as st

from duban.calendar.fallback import from_statute
from duban.calendar.workdays import DayKind, Workdays
from duban.obligations.errors import DubanError, InputError

OURS = Workdays.load()
WITHOUT_OURS = Workdays({})

GOOD = """\
year: 2031
notice: 国办发明电〔2030〕1号
holidays:
  - {name: 元旦, from: 2030-12-31, to: 2031-01-01, makeup: [2030-12-29]}
  - {name: 春节, from: 2031-01-22, to: 2031-01-28, makeup: [2031-02-01]}
  - {name: 清明节, from: 2031-04-05}
  - {name: 劳动节, from: 2031-05-01, to: 2031-05-04}
  - {name: 端午节, from: 2031-06-24}
  - {name: 国庆节、中秋节, from: 2031-10-01, to: 2031-10-07}
"""


def days_of(first: int, last: int) -> list[date]:
    start, end = date(first, 1, 1), date(last, 12, 31)
    return [start + timedelta(days=ahead) for ahead in range((end - start).days + 1)]


def written(folder: Path, text: str, year: int = 2031) -> Workdays:
    (folder / f"{year}.yaml").write_text(text, encoding="utf-8")
    return Workdays.load(folder)


def plain(year: int) -> str:
    text = re.sub(r", makeup: \[.*?\]", "", GOOD)
    return text.replace("2030-12-31", f"{year}-01-01").replace("2031", str(year))


def problems_of(folder: Path, text: str) -> list[str]:
    with pytest.raises(InputError) as wrong:
        written(folder, text).kind(date(2031, 5, 1))
    return [problem.text().removeprefix(str(folder / "2031.yaml")) for problem in wrong.value.problems]


@pytest.mark.parametrize(
    ("day", "kind", "name"),
    [
        ("2021-02-07", DayKind.MAKEUP, "春节"),
        ("2021-10-09", DayKind.MAKEUP, "国庆节"),
        ("2022-03-22", DayKind.WORKDAY, None),
        ("2022-12-31", DayKind.HOLIDAY, "元旦"),
        ("2023-01-20", DayKind.WORKDAY, None),
        ("2023-01-21", DayKind.HOLIDAY, "春节"),
        ("2023-01-28", DayKind.MAKEUP, "春节"),
        ("2023-01-29", DayKind.MAKEUP, "春节"),
        ("2023-02-04", DayKind.WEEKEND, None),
        ("2023-10-06", DayKind.HOLIDAY, "中秋节、国庆节"),
        ("2024-02-09", DayKind.WORKDAY, None),
        ("2024-02-18", DayKind.MAKEUP, "春节"),
        ("2025-01-28", DayKind.HOLIDAY, "春节"),
        ("2025-05-02", DayKind.HOLIDAY, "劳动节"),
        ("2026-01-04", DayKind.MAKEUP, "元旦"),
        ("2026-02-23", DayKind.HOLIDAY, "春节"),
        ("2027-02-05", DayKind.HOLIDAY, "春节"),
        ("2027-02-09", DayKind.HOLIDAY, "春节"),
        ("2027-02-11", DayKind.WORKDAY, None),
    ],
)
def test_each_day_is_what_the_notice_makes_it(day: str, kind: DayKind, name: str | None) -> None:
    at = date.fromisoformat(day)
    assert (OURS.kind(at), OURS.name(at)) == (kind, name)
    assert OURS.is_workday(at) is (kind in (DayKind.WORKDAY, DayKind.MAKEUP))


def test_the_kinds_are_named_in_chinese() -> None:
    assert [kind.label for kind in DayKind] == ["工作日", "周末", "节假日", "调休上班"]


@pytest.mark.parametrize(
    ("year", "notice", "days_worked"),
    [
        (2021, "国办发明电〔2020〕27号", 250),
        (2022, "国办发明电〔2021〕11号", 249),
        (2023, "国办发明电〔2022〕16号", 249),
        (2024, "国办发明电〔2023〕7号", 251),
        (2025, "国办发明电〔2024〕12号", 248),
        (2026, "国办发明电〔2025〕7号", 248),
    ],
)
def test_each_of_our_years_rests_on_its_notice(year: int, notice: str, days_worked: int) -> None:
    assert OURS.source(year) == notice
    assert OURS.provisional(year) is False
    assert len(OURS.within(date(year, 1, 1), date(year, 12, 31))) == days_worked


def test_a_year_without_a_table_of_ours_rests_on_the_library_where_it_holds_the_notice() -> None:
    assert (OURS.source(2019), OURS.provisional(2019)) == ("holidays 库", False)
    assert OURS.kind(date(2018, 12, 29)) is DayKind.MAKEUP
    assert OURS.name(date(2018, 12, 31)) == "元旦"
    assert OURS.name(date(2019, 10, 7)) == "国庆节"


def test_2027_is_provisional_until_its_notice_is_here(tmp_path: Path) -> None:
    assert OURS.provisional(2027) is True
    assert OURS.source(2027) == "暂定（依据《全国年节及纪念日放假办法》推算）"
    assert written(tmp_path, plain(2027), 2027).provisional(2027) is False


def test_the_statute_of_2024_adds_new_years_eve_and_the_second_of_may() -> None:
    assert [str(day) for day in from_statute(2027).off if day.month in (2, 5)] == [
        "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-05-01", "2027-05-02",
        "2027-02-09", "2027-02-10", "2027-05-03", "2027-05-04",
    ]  # fmt: skip
    assert [str(day) for day in from_statute(2024).off if day.month in (2, 5)] == [
        "2024-02-10", "2024-02-11", "2024-02-12", "2024-05-01", "2024-02-13", "2024-02-14",
    ]  # fmt: skip


@pytest.mark.parametrize("year", range(2021, 2027))
def test_our_tables_agree_with_chinese_calendar_on_every_day(year: int) -> None:
    assert [
        day for day in days_of(year, year) if OURS.is_workday(day) != chinese_calendar.is_workday(day)
    ] == []


@pytest.mark.parametrize("year", range(2021, 2027))
def test_our_tables_agree_with_the_holidays_library_on_every_day(year: int) -> None:
    listed = holidays.country_holidays("CN", years=year, language="zh_CN")
    rows = ChinaStaticHolidays.special_public_holidays[year]
    swapped = {date(year, *map(int, row[2:])) for row in rows}
    for day in days_of(year, year):
        worked = day in swapped or (day.weekday() < 5 and day not in listed)
        assert OURS.is_workday(day) is worked, day
        assert (OURS.kind(day) is DayKind.MAKEUP) is (day in swapped), day


def test_the_library_years_agree_with_chinese_calendar_on_every_day() -> None:
    # The notice of 2006 has 2005-12-31 worked; chinese_calendar does not know that.
    differing = [
        d for d in days_of(2004, 2026) if WITHOUT_OURS.is_workday(d) != chinese_calendar.is_workday(d)
    ]
    assert differing == [date(2005, 12, 31)]


# In 2039 and 2066 中秋 is a rest day of 国庆 too: the library makes it good twice, the text is silent.
@pytest.mark.parametrize("year", sorted(set(range(2027, 2100)) - {2039, 2066}))
def test_the_statute_agrees_with_the_library_that_computes_it_too(year: int) -> None:
    expected = set(holidays.country_holidays("CN", years=year, language="zh_CN"))
    assert set(from_statute(year).off) == expected


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2023-01-29", 0, "2023-01-29"),
        ("2023-01-20", 1, "2023-01-28"),
        ("2023-01-21", 1, "2023-01-28"),
        ("2023-01-29", -1, "2023-01-28"),
        ("2023-01-29", -5, "2023-01-17"),
        ("2022-12-30", 1, "2023-01-03"),
        ("2026-03-31", -5, "2026-03-24"),
        ("2026-12-31", 1, "2027-01-04"),
        ("2025-09-30", 1, "2025-10-09"),
        ("2022-06-15", 1000, "2026-06-22"),
    ],
)
def test_workdays_are_counted_without_the_day_itself(day: str, n: int, expected: str) -> None:
    assert OURS.shift(date.fromisoformat(day), n) == date.fromisoformat(expected)


def test_a_rest_day_moves_to_the_workday_on_either_side() -> None:
    assert OURS.next_workday(date(2023, 1, 29)) == date(2023, 1, 29)
    assert OURS.next_workday(date(2023, 1, 22)) == date(2023, 1, 28)
    assert OURS.previous_workday(date(2023, 1, 22)) == date(2023, 1, 20)
    assert OURS.previous_workday(date(2023, 1, 29)) == date(2023, 1, 29)


def test_the_workdays_of_a_stretch_are_listed_with_both_ends() -> None:
    assert [day.day for day in OURS.within(date(2023, 1, 20), date(2023, 1, 31))] == [20, 28, 29, 30, 31]
    assert [str(day) for day in OURS.within(date(2022, 12, 30), date(2023, 1, 3))] == [
        "2022-12-30",
        "2023-01-03",
    ]
    assert list(OURS.within(date(2023, 1, 22), date(2023, 1, 26))) == []
    assert list(OURS.within(date(2023, 1, 31), date(2023, 1, 20))) == []


@pytest.mark.parametrize(
    ("start", "end", "provisional"),
    [
        ("2022-01-01", "2026-12-31", False),  # 2027 begins on a Friday
        ("2026-12-31", "2027-01-04", True),
        ("2027-03-01", "2026-12-31", True),
        ("2027-06-01", "2027-06-30", True),
    ],
)
def test_a_count_that_touches_a_year_without_notice_is_provisional(
    start: str, end: str, provisional: bool  # noqa: FBT001
) -> None:  # fmt: skip
    assert OURS.provisional_between(date.fromisoformat(start), date.fromisoformat(end)) is provisional


def test_the_end_of_december_waits_for_a_notice_that_may_bridge_it(tmp_path: Path) -> None:
    # 2035 begins on a Monday, and the notice of 2007, which did too, worked the weekend before it.
    before = written(tmp_path, plain(2034), 2034)
    assert before.provisional_between(date(2034, 12, 1), date(2034, 12, 28)) is False
    assert before.provisional_between(date(2034, 12, 1), date(2034, 12, 29)) is True
    after = written(tmp_path, plain(2035), 2035)
    assert after.provisional_between(date(2034, 12, 1), date(2034, 12, 29)) is False


def test_a_notice_may_arrange_the_december_before_its_year(tmp_path: Path) -> None:
    book = written(tmp_path, GOOD)
    assert book.kind(date(2030, 12, 29)) is DayKind.MAKEUP
    assert book.kind(date(2030, 12, 31)) is DayKind.HOLIDAY
    assert book.shift(date(2030, 12, 29), 1) == date(2030, 12, 30)


@pytest.mark.parametrize("year", [1899, 2101])
def test_years_out_of_reach_are_refused(year: int) -> None:
    with pytest.raises(DubanError, match=f"工作日只能推算1900年至2100年，不能推算{year}年"):
        OURS.kind(date(year, 5, 1))


def test_a_moment_is_not_taken_for_a_day() -> None:
    with pytest.raises(TypeError):
        OURS.kind(datetime(2023, 1, 29, tzinfo=UTC))


def test_years_with_a_notice_and_the_years_after_never_import_the_slow_library() -> None:
    code = (
        "import sys; from datetime import date; from duban.calendar.workdays import Workdays\n"
        "book = Workdays.load()\n"
        "[book.source(year) for year in book.noticed_years]; book.shift(date(2021, 1, 1), 1400)\n"
        "assert 'borax' not in sys.modules\n"
        "assert book.provisional(2027)\n"
        "assert 'holidays' not in sys.modules\n"
        "assert book.source(2020) == 'holidays 库' and 'holidays' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_our_own_tables_have_nothing_wrong() -> None:
    assert OURS.noticed_years == (2021, 2022, 2023, 2024, 2025, 2026)
    assert OURS.check() == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("year: 2031", "year: 2030", ":1:7 [year] 年份与文件名不一致；应为2031；实际为“2030”"),
        ("year: 2031", "year: 2031\nyear: 2031", ":2:1 [year] 同一个键写了两次"),
        ("notice:", "notce:", ":1:1 [notice] 缺少这个键 :2:1 不认识的键；实际为“notce”；是否想写“notice”？"),
        ("国办发明电〔2030〕1号", "", ":2:8 [notice] 不能为空；应为文字"),
        ("to: 2031-05-04", "to: 2031-05-34", ":7:39 [to] 日期不对；应为如 2031-10-01；实际为“2031-05-34”"),
        (
            "to: 2031-05-04",
            "to: 2031-04-30",
            ":7:39 [to] 放假起止不对；应为2031-05-01起15天以内；实际为2031-04-30",
        ),
        (
            "from: 2031-06-24",
            "from: 2032-06-24",
            ":8:23 [from] 日期不在这一年的安排之内；应为2031年的日期；实际为2032-06-24",
        ),
        ("from: 2031-06-24", "from: 2031-05-03", ":8:23 [from] 2031-05-03已列入劳动节"),
        ("2031-02-01]", "2031-02-03]", ":5:59 [makeup] 调休上班日应是周六或周日；实际为2031-02-03，周一"),
        ("2031-02-01]", "2031-01-25]", ":5:59 [makeup] 2031-01-25已列为春节放假，不能又上班"),
        (
            "2031-02-01]",
            "2031-02-01, 2031-02-01]",
            ":5:71 [makeup] 同一个调休上班日写了两次；实际为2031-02-01",
        ),
        ("makeup: [2031-02-01]", "makeup: 2031-02-01", ":5:58 [makeup] 写法不对；应为列表"),
        ("国庆节、中秋节", "国庆节", ":4:3 [holidays] 缺少中秋节的安排"),
        (
            "  - {name: 清明节, from: 2031-04-05}",
            "  - 清明节",
            ":4:3 [holidays] 缺少清明节的安排 :6:5 写法不对；应为“键: 值”，键有name、from、to、makeup",
        ),
    ],
)
def test_a_wrong_table_is_refused_with_its_line(tmp_path: Path, old: str, new: str, expected: str) -> None:
    assert " ".join(problems_of(tmp_path, GOOD.replace(old, new))) == expected


def test_a_table_tells_all_its_faults_at_once(tmp_path: Path) -> None:
    wrong = (
        GOOD.replace("year: 2031", "year: 2030")
        .replace("05-04", "05-34")
        .replace("name: 端午节", "nam: 端午节")
    )
    assert [text.split(" ")[0] for text in problems_of(tmp_path, wrong)] == [
        ":1:7",
        ":4:3",
        ":7:39",
        ":8:5",
        ":8:6",
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", " 文件是空的"),
        ("year: [", ":2:1 不是正确的 YAML，请检查缩进、冒号和括号"),
        ("year: \x07", " 不是正确的 YAML，文件里有不能用的字符"),
        ("- 1", ":1:1 写法不对；应为“键: 值”，键有year、notice、source、holidays"),
    ],
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    assert problems_of(tmp_path, text) == [expected]


def test_a_table_in_gbk_is_refused(tmp_path: Path) -> None:
    (tmp_path / "2031.yaml").write_bytes(GOOD.encode("gb18030"))
    with pytest.raises(InputError, match="不是 UTF-8 编码"):
        Workdays.load(tmp_path).provisional(2031)


def test_a_folder_that_is_missing_or_holds_a_misnamed_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有这个节假日文件夹"):
        Workdays.load(tmp_path / "none")
    (tmp_path / "2031.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=r"2031\.yml 文件名不对；应为年份加 \.yaml"):
        Workdays.load(tmp_path)


def test_check_gathers_the_faults_of_every_table(tmp_path: Path) -> None:
    written(tmp_path, "", 2030)
    assert [problem.file for problem in written(tmp_path, "", 2031).check()] == [
        str(tmp_path / "2030.yaml"), str(tmp_path / "2031.yaml"),
    ]  # fmt: skip


any_day = st.dates(date(2020, 1, 1), date(2032, 12, 31))
any_count = st.integers(-400, 400)


def naive_shift(day: date, n: int) -> date:
    step = timedelta(days=1 if n > 0 else -1)
    for _ in range(abs(n)):
        day += step
        while not OURS.is_workday(day):
            day += step
    return day


@given(any_day, any_count)
def test_shift_agrees_with_counting_on_the_fingers(day: date, n: int) -> None:
    assert OURS.shift(day, n) == naive_shift(day, n)


@given(any_day, any_count)
def test_shifting_a_workday_there_and_back_changes_nothing(day: date, n: int) -> None:
    worked = OURS.next_workday(day)
    assert OURS.shift(OURS.shift(worked, n), -n) == worked


@given(any_day)
def test_a_day_moved_to_a_workday_stays_there(day: date) -> None:
    after, before = OURS.next_workday(day), OURS.previous_workday(day)
    assert OURS.next_workday(after) == after
    assert OURS.previous_workday(before) == before
    assert before <= day <= after


@given(any_day, st.integers(0, 800))
def test_a_stretch_lists_exactly_its_workdays(start: date, length: int) -> None:
    days = [start + timedelta(days=ahead) for ahead in range(length + 1)]
    assert list(OURS.within(start, days[-1])) == [day for day in days if OURS.is_workday(day)]


@given(st.integers(0, len(GOOD)), st.integers(0, 12), st.text(max_size=4))
def test_a_table_damaged_anywhere_is_read_or_refused_in_words(
    tmp_path_factory: pytest.TempPathFactory, at: int, cut: int, put: str
) -> None:
    text = GOOD[:at] + put + GOOD[at + cut :]
    folder = tmp_path_factory.mktemp("tables")
    (folder / "2031.yaml").write_bytes(text.encode("utf-8", "replace"))
    assert all(problem.text() for problem in Workdays.load(folder).check())
