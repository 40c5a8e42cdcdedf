from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest

from duban.documents import wording


@pytest.mark.parametrize(
    ("on", "said"),
    [
        (date(2023, 4, 6), "2023年4月6日"),
        (date(2023, 12, 31), "2023年12月31日"),
        (date(2024, 2, 29), "2024年2月29日"),
    ],
)
def test_a_paper_is_dated_in_arabic_digits_without_leading_noughts(on: date, said: str) -> None:
    assert wording.day(on) == said


def test_the_day_of_a_moment_is_that_of_beijing() -> None:
    assert wording.day_of(datetime(2023, 4, 5, 16, 0, tzinfo=UTC)) == "2023年4月6日"
    assert wording.day_of(datetime(2023, 4, 5, 15, 59, 59, tzinfo=UTC)) == "2023年4月5日"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2023, 4, 6, 15, 59, 59, tzinfo=UTC), "2023年4月6日前"),
        (datetime(2023, 4, 6, 4, 0, tzinfo=UTC), "2023年4月6日12时前"),
        (datetime(2023, 4, 6, 9, 30, tzinfo=UTC), "2023年4月6日17时30分前"),
    ],
)
def test_a_deadline_names_the_hour_only_where_it_is_not_the_end_of_the_day(at: datetime, said: str) -> None:
    assert wording.before(at) == said


def test_facts_are_told_as_of_the_end_of_a_day_or_of_an_hour() -> None:
    assert wording.until(datetime(2023, 6, 30, 15, 59, 59, tzinfo=UTC)) == "截至2023年6月30日24时"
    assert wording.until(datetime(2023, 6, 30, 2, 30, tzinfo=UTC)) == "截至2023年6月30日10时30分"


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2023, 3, 13, 1, 30, tzinfo=UTC), "2023年3月13日（星期一）上午9:30"),
        (datetime(2023, 3, 13, 4, 0, tzinfo=UTC), "2023年3月13日（星期一）下午12:00"),
        (datetime(2023, 3, 13, 6, 5, tzinfo=UTC), "2023年3月13日（星期一）下午2:05"),
        (datetime(2023, 1, 21, 12, 0, tzinfo=UTC), "2023年1月21日（星期六）晚上8:00"),
    ],
)
def test_a_notice_names_the_hour_of_a_meeting(at: datetime, said: str) -> None:
    assert wording.hour(at) == said


def test_the_hours_of_a_meeting_say_the_day_once() -> None:
    begin = datetime(2023, 3, 13, 1, 30, tzinfo=UTC)
    assert wording.hours(begin, datetime(2023, 3, 13, 3, 30, tzinfo=UTC)) == (
        "2023年3月13日（星期一）上午9:30至11:30"
    )
    assert wording.hours(begin, datetime(2023, 3, 13, 8, 0, tzinfo=UTC)) == (
        "2023年3月13日（星期一）上午9:30至下午4:00"
    )
    assert wording.hours(begin, datetime(2023, 3, 14, 1, 0, tzinfo=UTC)) == (
        "2023年3月13日（星期一）上午9:30至2023年3月14日（星期二）上午9:00"
    )


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (None, "—"),
        (Fraction(0), "0%"),
        (Fraction(1, 3), "33.3%"),
        (Fraction(5, 6), "83.3%"),
        (Fraction(1, 2), "50%"),
        (Fraction(9996, 10000), "99.9%"),
        (Fraction(1, 6), "16.7%"),
        (Fraction(1, 10000), "0.1%"),
        (Fraction(1), "100%"),
    ],
)
def test_a_share_is_rounded_to_one_place_but_nearly_all_is_not_all(rate: Fraction | None, said: str) -> None:
    assert wording.share(rate) == said


def test_names_are_listed_with_the_pause_mark() -> None:
    assert wording.listed(["一村"]) == "一村"
    assert wording.listed(["一村", "二村", "三村"]) == "一村、二村、三村"
    assert wording.listed(["一村", "二村", "三村"], most=2) == "一村、二村等3个单位"


@pytest.mark.parametrize(
    ("number", "said"),
    [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")],
)
def test_headings_count_in_chinese(number: int, said: str) -> None:
    assert wording.numeral(number) == said


@pytest.mark.parametrize("number", [0, 100])
def test_headings_count_from_1_to_99(number: int) -> None:
    with pytest.raises(ValueError, match="1 to 99"):
        wording.numeral(number)


def test_the_four_levels_are_counted_as_the_standard_says() -> None:
    assert [wording.ordinal(level, 2) for level in (1, 2, 3, 4)] == ["二、", "（二）", "2.", "（2）"]


@pytest.mark.parametrize(
    ("text", "wide"),
    [("督办", 2), ("2023年4月6日", 6), ("督办〔2023〕3号", 7.5), ("“打非”", 4), ("", 0)],
)
def test_a_digit_takes_half_the_room_of_a_character(text: str, wide: float) -> None:
    assert wording.width(text) == wide
