import re
from datetime import date, timedelta

import pytest
import sxtwl
from hypothesis import given, strategies as st

from duban.calendar import lunar
from duban.obligations.errors import DubanError

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("year", "eve"),
    [
        (2021, "2021-02-11"),
        (2022, "2022-01-31"),
        (2023, "2023-01-21"),
        (2024, "2024-02-09"),
        (2025, "2025-01-28"),
        (2026, "2026-02-16"),
        (2027, "2027-02-05"),
        (2028, "2028-01-25"),
        (2030, "2030-02-02"),
    ],
)
def test_new_years_eve_is_the_day_before_the_spring_festival(year: int, eve: str) -> None:
    assert str(lunar.eve(year)) == eve
    assert lunar.festival(year, "除夕") == lunar.eve(year)
    assert lunar.festival(year, "春节") == lunar.eve(year) + DAY


@pytest.mark.parametrize(
    ("year", "text", "expected"),
    [
        (2023, "正月初五", "2023-01-26"),
        (2023, "正月初八", "2023-01-29"),
        (2023, "正月十五", "2023-02-05"),
        (2024, "正月初八", "2024-02-17"),
        (2026, "正月十五", "2026-03-03"),
        (2027, "正月初五", "2027-02-10"),
        (2023, "腊月廿三", "2023-01-14"),
        (2024, "腊月三十", "2024-02-09"),
        (2025, "腊月二十九", "2025-01-28"),
        (2025, "六月十五", "2025-07-09"),
        (2025, "闰六月十五", "2025-08-08"),
        (2023, "闰二月初一", "2023-03-22"),
        (2023, "冬月二十", "2024-01-01"),
        (2033, "闰冬月初一", "2033-12-22"),
        (2026, "农历八月十五", "2026-09-25"),
    ],
)
def test_a_lunar_day_falls_on_its_civil_date(year: int, text: str, expected: str) -> None:
    assert str(lunar.lunar_day(year, *lunar.parse_lunar(text))) == expected


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("正月初八", (1, 8, False)),
        ("闰六月十五", (6, 15, True)),
        ("腊月廿三", (12, 23, False)),
        ("十二月二十三", (12, 23, False)),
        ("十一月初十", (11, 10, False)),
        ("冬月三十", (11, 30, False)),
        ("十月卅", (10, 30, False)),
        (" 农历九月初九 ", (9, 9, False)),
    ],
)
def test_lunar_days_are_read_in_their_usual_spellings(text: str, parsed: tuple[int, int, bool]) -> None:
    assert lunar.parse_lunar(text) == parsed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("初一", "“初一”缺月份，应写成“正月初一”这样"),
        ("腊月二四", "看不懂农历日子“腊月二四”，应写成“正月初八”“闰六月十五”这样；是否想写“腊月廿四”？"),
        ("一月初五", "看不懂农历日子“一月初五”，应写成“正月初八”“闰六月十五”这样；是否想写“正月初五”？"),
        ("八月", "看不懂农历日子“八月”"),
        ("正月初八前", "是否想写“正月初八”？"),
        ("十三月初一", "看不懂农历日子"),
        ("", "看不懂农历日子“”"),
    ],
)
def test_what_is_no_lunar_day_is_refused_with_a_hint(text: str, message: str) -> None:
    with pytest.raises(DubanError, match=re.escape(message)):
        lunar.parse_lunar(text)


@pytest.mark.parametrize(
    ("year", "text", "message"),
    [
        (2026, "闰六月初一", "2026年没有闰六月"),
        (2025, "腊月三十", "2025年腊月没有三十"),
        (2025, "闰六月三十", "2025年闰六月没有三十"),
        (2024, "闰腊月初一", "2024年没有闰腊月"),
        (1899, "正月初一", "农历和节气只能推算1900年至2100年，不能推算1899年"),
    ],
)
def test_a_lunar_day_that_the_year_lacks_is_refused(year: int, text: str, message: str) -> None:
    with pytest.raises(DubanError, match=re.escape(message)):
        lunar.lunar_day(year, *lunar.parse_lunar(text))


@pytest.mark.parametrize(
    ("month", "day", "message"), [(13, 1, "没有第13个月"), (0, 1, "第0个月"), (1, 31, "第31日")]
)
def test_numbers_that_no_lunar_calendar_has_are_refused(month: int, day: int, message: str) -> None:
    with pytest.raises(DubanError, match=message):
        lunar.lunar_day(2026, month, day)


@pytest.mark.parametrize(
    ("year", "name", "expected"),
    [
        (2023, "元宵节", "2023-02-05"),
        (2023, "元宵", "2023-02-05"),
        (2026, "龙抬头", "2026-03-20"),
        (2023, "端午", "2023-06-22"),
        (2025, "端午节", "2025-05-31"),
        (2025, "七夕", "2025-08-29"),
        (2025, "中元节", "2025-09-06"),
        (2023, "中秋", "2023-09-29"),
        (2025, "中秋节", "2025-10-06"),
        (2024, "重阳", "2024-10-11"),
        (2023, "腊八", "2022-12-30"),
        (2024, "腊八节", "2024-01-18"),
        (2024, "清明节", "2024-04-04"),
        (2024, "清明", "2024-04-04"),
        (2024, "元旦", "2024-01-01"),
        (2024, "劳动节", "2024-05-01"),
        (2024, "国庆", "2024-10-01"),
    ],
)
def test_festivals_fall_on_their_civil_dates(year: int, name: str, expected: str) -> None:
    assert str(lunar.festival(year, name)) == expected


@pytest.mark.parametrize(
    ("year", "name", "expected"),
    [
        (2022, "清明", "2022-04-05"),
        (2023, "冬至", "2023-12-22"),
        (2024, "小寒", "2024-01-06"),
        (2026, "立春", "2026-02-04"),
        (2026, "清明", "2026-04-05"),
    ],
)
def test_solar_terms_fall_on_their_civil_dates(year: int, name: str, expected: str) -> None:
    assert str(lunar.solar_term(year, name)) == expected


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(DubanError, match="没有“清名”这个节气；是否想写“清明”？"):
        lunar.solar_term(2026, "清名")
    with pytest.raises(DubanError, match="没有“端五节”这个节日；是否想写“端午节”？"):
        lunar.festival(2026, "端五节")
    with pytest.raises(DubanError, match=r"没有“圣诞”这个节日$"):
        lunar.festival(2026, "圣诞")
    with pytest.raises(DubanError, match="不能推算2101年"):
        lunar.solar_term(2101, "小寒")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2023-01-21", "腊月三十"),
        ("2023-01-29", "正月初八"),
        ("2025-01-28", "腊月廿九"),
        ("2025-08-08", "闰六月十五"),
        ("2024-01-01", "冬月二十"),
        ("1900-01-31", "正月初一"),
        ("2101-01-28", "腊月廿九"),
    ],
)
def test_a_civil_date_is_described_by_its_lunar_name(day: str, expected: str) -> None:
    assert lunar.describe(date.fromisoformat(day)) == expected


@pytest.mark.parametrize("day", ["1900-01-30", "2101-01-29", "1850-01-01", "2200-01-01"])
def test_a_date_out_of_reach_has_no_lunar_name(day: str) -> None:
    with pytest.raises(DubanError, match="农历和节气只能推算"):
        lunar.describe(date.fromisoformat(day))


@given(st.dates(date(1901, 2, 19), date(2100, 2, 8)))
def test_the_lunar_name_of_a_day_leads_back_to_it(day: date) -> None:
    month, number, leap = lunar.parse_lunar(lunar.describe(day))
    found = []
    for year in (day.year - 1, day.year, day.year + 1):
        try:
            found.append(lunar.lunar_day(year, month, number, leap))
        except DubanError:
            continue
    assert day in found


# borax is a day late in these three months; the Hong Kong Observatory's table and sxtwl are not.
@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2057-09-27", "八月廿九"),
        ("2057-09-28", "九月初一"),
        ("2057-10-06", "九月初九"),
        ("2057-10-27", "九月三十"),
        ("2057-10-28", "十月初一"),
        ("2089-09-03", "七月廿九"),
        ("2089-09-04", "八月初一"),
        ("2089-10-03", "八月三十"),
        ("2097-08-06", "六月廿九"),
        ("2097-08-07", "七月初一"),
        ("2097-09-05", "七月三十"),
    ],
)
def test_the_months_that_begin_at_midnight_follow_the_published_almanac(day: str, expected: str) -> None:
    assert lunar.describe(date.fromisoformat(day)) == expected


def test_the_double_ninth_of_2057_is_the_sixth_of_october() -> None:
    assert lunar.festival(2057, "重阳节") == date(2057, 10, 6)
    assert lunar.festival(2089, "中秋节") == date(2089, 9, 18)
    assert lunar.festival(2097, "七夕") == date(2097, 8, 13)
    with pytest.raises(DubanError, match="2057年八月没有三十"):
        lunar.lunar_day(2057, 8, 30)


def by_sxtwl(day: date) -> str:
    found = sxtwl.fromSolar(day.year, day.month, day.day)
    month = lunar.MONTHS[found.getLunarMonth() - 1]
    return ("闰" if found.isLunarLeap() else "") + month + lunar.DAYS[found.getLunarDay() - 1]


def test_every_day_from_1990_to_2099_agrees_with_sxtwl() -> None:
    first = date(1990, 1, 1)
    days = [first + timedelta(days=ahead) for ahead in range((date(2099, 12, 31) - first).days + 1)]
    assert [(str(day), by_sxtwl(day)) for day in days if lunar.describe(day) != by_sxtwl(day)] == []


@pytest.mark.parametrize("year", range(1990, 2100))
def test_every_eve_agrees_with_sxtwl(year: int) -> None:
    eve = lunar.eve(year)
    assert by_sxtwl(eve + DAY) == "正月初一"
    assert by_sxtwl(eve) in ("腊月廿九", "腊月三十")


@pytest.mark.parametrize("year", range(1990, 2100))
def test_every_solar_term_agrees_with_sxtwl(year: int) -> None:
    for index, name in enumerate(lunar.SOLAR_TERMS):
        day = lunar.solar_term(year, name)
        # sxtwl counts the terms from 冬至, we from 小寒.
        assert sxtwl.fromSolar(day.year, day.month, day.day).getJieQi() == (index + 1) % 24, name
