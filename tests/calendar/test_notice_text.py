"""The words are those of the notices of 2022 to 2025; what they arrange is in our tables, made by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from duban.calendar.notice_text import Arranged, read_notice
from duban.calendar.notices import read_table
from duban.calendar.workdays import Workdays
from duban.obligations.errors import InputError

OPENING = (
    "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：\n"
    "　　经国务院批准，现将{}年放假调休日期的具体安排通知如下。\n"
)
CLOSING = (
    "　　节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，"
    "要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。\n国务院办公厅\n{}\n"
)
NOTICES = {
    2023: """国务院办公厅关于2023年部分节假日安排的通知
国办发明电〔2022〕16号
"""
    + OPENING
    + """　　一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
　　二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
　　三、清明节：4月5日放假，共1天。
　　四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
　　五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
　　六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。
"""
    + CLOSING.format("2022年12月8日"),
    2024: """国务院办公厅关于2024年部分节假日安排的通知
国办发明电〔2023〕7号
"""
    + OPENING
    + """　　一、元旦：1月1日放假，与周末连休。
　　二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
　　三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
　　四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
　　五、端午节：6月10日放假，与周末连休。
　　六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
　　七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。
"""
    + CLOSING.format("2023年10月25日"),
    2025: """国务院办公厅关于2025年部分节假日安排的通知
国办发明电〔2024〕12号
"""
    + OPENING
    + """　　一、元旦：1月1日（周三）放假1天，不调休。
　　二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
　　三、清明节：4月4日（周五）至6日（周日）放假，共3天。
　　四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
　　五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
　　六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。
"""
    + CLOSING.format("2024年11月12日"),
    2026: """国务院办公厅关于2026年
部分节假日安排的通知
国办发明电〔2025〕7号
"""
    + OPENING
    + """　　一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
　　二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
　　三、清明节：4月4日（周六）至6日（周一）放假，共3天。
　　四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
　　五、端午节：6月19日（周五）至21日（周日）放假，共3天。
　　六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
　　七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
"""
    + CLOSING.format("2025年11月4日"),
}


@pytest.mark.parametrize("year", sorted(NOTICES))
def test_a_notice_arranges_what_our_table_of_its_year_has(year: int, tmp_path: Path) -> None:
    notice = read_notice(NOTICES[year].format(year), f"{year}.txt")
    path = tmp_path / f"{year}.yaml"
    path.write_text(notice.table(), encoding="utf-8")
    ours = Path(__file__).parents[2] / "calendar" / "holidays" / f"{year}.yaml"
    assert read_table(path, year) == read_table(ours, year)
    assert Workdays.load(tmp_path).noticed_years == (year,)


def test_an_item_gives_its_days_off_and_the_days_worked_for_it() -> None:
    notice = read_notice(NOTICES[2026], "通知.txt")
    assert (notice.year, notice.number) == (2026, "国办发明电〔2025〕7号")
    assert notice.holidays[1] == Arranged(
        "春节", date(2026, 2, 15), date(2026, 2, 23), (date(2026, 2, 14), date(2026, 2, 28))
    )


def test_full_width_digits_and_english_commas_are_read_too() -> None:
    wide = NOTICES[2024].translate(str.maketrans("0123456789，", "０１２３４５６７８９,"))
    assert read_notice(wide, "通知.txt") == read_notice(NOTICES[2024], "通知.txt")


def found(text: str) -> str:
    with pytest.raises(InputError) as wrong:
        read_notice(text, "通知.txt")
    return str(wrong.value)


def test_a_weekday_that_is_not_the_days_is_said_with_its_line() -> None:
    said = found(NOTICES[2026].replace("1月4日（周日）", "1月4日（周六）"))
    assert said == "通知.txt:6 2026-01-04不是周六；应为星期日"


def test_a_number_of_days_that_is_not_what_the_dates_come_to_is_said() -> None:
    said = found(NOTICES[2024].replace("2月10日至17日放假调休，共8天", "2月10日至17日放假调休，共7天"))
    assert said == "通知.txt:6 天数与起止日期不符；应为7天；实际为2024-02-10至2024-02-17"


def test_a_sentence_with_a_date_that_is_not_understood_is_not_passed_over() -> None:
    said = found(NOTICES[2023].replace("6月25日（星期日）上班", "6月25日（星期日）照常营业"))
    assert said == "通知.txt:9 读不懂“端午节”的这一句；实际为“6月25日（星期日）照常营业”"


def test_a_day_that_does_not_exist_is_said() -> None:
    said = found(NOTICES[2023].replace("4月5日放假，共1天", "4月31日放假，共1天"))
    assert "没有这一天；实际为4月31日" in said


def test_another_paper_is_refused_with_what_was_expected() -> None:
    said = found("长舟镇2023年烟花爆竹禁限放工作方案")
    assert said == "通知.txt 不是放假通知；应为“国务院办公厅关于××××年部分节假日安排的通知”的全文"
