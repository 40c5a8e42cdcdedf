"""Bulletins and summaries: every number as of a day, nobody ranked, nothing made up."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest

from duban.app.papers_bulletin import Reported, bulletin_paper
from duban.documents.official import Chart, Paper, Table, write
from duban.ledger.book import Book
from duban.ledger.tables import Sheet
from duban.obligations.errors import DubanError
from support.campaign import day
from support.finding_cast import record, unit_id
from support.papers import paragraphs, tables
from support.supervised import FORMULA, write_history

AFTER = day("04-10 09:00")


@pytest.fixture(scope="module")
def written(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = Path(shutil.copy(sqlite_template, tmp_path_factory.mktemp("history") / "book.db"))
    with closing(Book.open(f"sqlite:///{path}")) as book:
        write_history(book)
    return path


@pytest.fixture
def history(written: Path, tmp_path: Path) -> Iterator[Book]:
    """Give a history that ends on 4 April; what is entered in it comes after that."""
    with closing(Book.open(f"sqlite:///{shutil.copy(written, tmp_path / 'book.db')}")) as book:
        yield book


def found(book: Book) -> None:
    record(book, now=day("04-05 09:00"), found_at=day("03-30 10:00"), due_at=day("04-08 23:59"))


def issued(book: Book) -> None:
    """Put in a sheet to 三村, issued on 30 March and to be settled by 7 April."""
    with book.write() as session:
        session.add(
            Sheet(
                rung="duban",
                state="issued",
                series="jiancha",
                year=2023,
                number=1,
                cause="direct",
                reason="屡催不办",
                unit_id=unit_id(session, "cun3"),
                matter="2023年3月 · 每月检查，至今未报。",
                responsible="",
                lead="",
                requirement="请补报。",
                basis="《示例检查方案》",
                clause="三（一）",
                limit_days=5,
                limit_at=day("04-07 23:59"),
                made_at=day("03-30 08:00"),
                made_by="王文书",
                issued_at=day("03-30 09:00"),
                signed_by="李镇长",
            )
        )


def bulletin(book: Book, as_of: datetime = AFTER, quarter: int | None = 1) -> Paper:
    with book.read() as session:
        return bulletin_paper(session, Reported("jiancha", 2023, as_of, quarter), "示例镇综治岗")


def said(paper: Paper) -> list[str]:
    return paragraphs(write(paper))


def test_a_bulletin_sums_up_the_quarter(history: Book) -> None:
    here = bulletin(history)
    assert (here.title, here.dated) == ("关于2023年第一季度示例检查工作情况的通报", date(2023, 4, 10))
    text = said(here)
    assert text[2:5] == [
        "根据《示例检查方案》，现将2023年第一季度工作情况（截至2023年4月10日9时）通报如下：",
        "一、总体情况",
        (
            "本季度共有1期任务，涉及7个单位，应报6件，已报3件，完整率50%；及时报送2件，及时率33.3%。"
            "其中，按时1件，延期1件，迟报1件，漏报2件，退回1件。另有免报1件，不计入应报。"
        ),
    ]


def test_its_tables_are_in_the_order_of_the_roster(history: Book) -> None:
    rounds, units = tables(write(bulletin(history)))
    assert rounds == [
        ["任务", "依据", "期限", "应报", "已报", "完整率", "及时", "及时率"],
        ["2023年3月 · 每月检查", "三（一）", "3月24日", "6", "3", "50%", "2", "33.3%"],
    ]
    assert units == [
        ["序号", "单位", "应报", "已报", "完整率", "及时", "及时率", "迟报", "漏报", "退回"],
        ["1", "一村", "1", "1", "100%", "1", "100%", "0", "0", "0"],
        ["2", "二村", "1", "1", "100%", "0", "0%", "1", "0", "0"],
        ["3", "三村", "1", "0", "0%", "0", "0%", "0", "1", "0"],
        ["4", "四村", "1", "0", "0%", "0", "0%", "0", "0", "1"],
        ["5", "五村", "1", "1", "100%", "1", "100%", "0", "0", "0"],
        ["6", "六村", "0", "0", "—", "0", "—", "0", "0", "0"],
        ["7", FORMULA, "1", "0", "0%", "0", "0%", "0", "1", "0"],
    ]
    assert "注：单位按名册次序排列，不作排名。免报的不计入应报。" in said(bulletin(history))


def test_its_chart_has_a_bar_for_each_month_of_the_quarter(history: Book) -> None:
    (chart,) = (one for one in bulletin(history).blocks if isinstance(one, Chart))
    assert chart.labels == ["1月", "2月", "3月"]
    assert [(one.name, one.values) for one in chart.bars] == [
        ("完整率", [None, None, 50.0]),
        ("及时率", [None, None, 33.3]),
    ]


def test_it_asks_of_those_who_are_behind_alone(history: Book) -> None:
    found(history)
    issued(history)
    text = said(bulletin(history))
    assert text[text.index("四、隐患排查整改情况") + 1] == (
        "本季度检查发现隐患1处，已销号0处，未销号1处，其中逾期未整改1处。"
    )
    assert text[text.index("五、督办情况") + 1] == "本季度共发出督办单1份，已办结0份。"
    start = text.index("六、存在问题和下一步要求") + 1
    assert text[start : start + 3] == [
        f"（一）补齐未报事项。三村、四村、{FORMULA}有未报送或退回后未更正的事项，请查明原因，尽快补报。",
        "（二）抓紧整改隐患。一村尚有隐患没有销号，请按整改措施和期限整改到位，并申请复查销号。",
        "（三）按期办结督办事项。三村收到的督办文书尚未办结，请在期限内办结并回复。",
    ]


def test_findings_and_sheets_are_listed_with_their_limits(history: Book) -> None:
    found(history)
    issued(history)
    *_, findings, sheets = tables(write(bulletin(history)))
    assert findings[1] == [
        *("1", "一村", "一村小卖部", "销售点违规存放烟花12箱", "一般", "4月8日", "未销号"),
    ]
    assert sheets[1] == [
        *("督办〔2023〕1号", "三村", "2023年3月 · 每月检查，至今未报。", "4月7日", "逾期未办结"),
    ]


def test_a_stretch_in_which_nothing_fell_due_says_so(history: Book) -> None:
    text = said(bulletin(history, quarter=2))
    assert text[4] == "本季度没有到期的报送事项。"
    assert "本季度没有登记检查发现的隐患。" in text
    assert "本季度没有发出催办、督办文书。" in text
    assert "各单位已按要求完成报送和整改。请继续保持，按时完成下一步各项任务。" in text


def test_a_past_day_is_told_as_it_was_known_then(history: Book) -> None:
    text = said(bulletin(history, day("03-25 09:00")))
    assert text[4].startswith("本季度共有1期任务，涉及7个单位，应报6件，已报1件，完整率16.7%；")


def test_the_same_day_gives_the_same_bytes(history: Book) -> None:
    assert write(bulletin(history)) == write(bulletin(history))


def test_a_summary_counts_by_duty_over_the_year(history: Book) -> None:
    here = bulletin(history, quarter=None)
    assert (here.title, here.to) == ("2023年示例检查工作总结", "")
    first = next(one for one in here.blocks if isinstance(one, Table))
    assert list(first.rows) == [("每月检查", "三（一）", "1", "6", "3", "50%", "2", "33.3%")]


def test_a_quarter_that_has_not_begun_and_a_plan_that_is_not_in_force_give_no_paper(history: Book) -> None:
    with pytest.raises(DubanError, match="2023年第三季度在2023年4月10日（星期一）09:00还没有开始"):
        bulletin(history, quarter=3)
    with history.read() as session, pytest.raises(DubanError, match="2022年没有执行方案“jiancha”"):
        bulletin_paper(session, Reported("jiancha", 2022, AFTER, 1))


@pytest.mark.parametrize(
    ("quarter", "days"),
    [
        (1, (date(2023, 1, 1), date(2023, 3, 31))),
        (2, (date(2023, 4, 1), date(2023, 6, 30))),
        (4, (date(2023, 10, 1), date(2023, 12, 31))),
        (None, (date(2023, 1, 1), date(2023, 12, 31))),
    ],
)
def test_a_quarter_has_three_whole_months(quarter: int | None, days: tuple[date, date]) -> None:
    assert Reported("jiancha", 2023, AFTER, quarter).days == days
