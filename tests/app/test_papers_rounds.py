"""The notice by which a round opens."""

from __future__ import annotations

from datetime import date

import pytest

from duban.app.papers import called
from duban.app.papers_rounds import notice_paper
from duban.documents.official import Paper, write
from duban.ledger.book import Book
from duban.obligations.circular_names import subject
from duban.obligations.errors import DubanError
from support.campaign import adopt, advance, day, round_of
from support.papers import paragraphs


@pytest.fixture
def march(book: Book, town: object) -> Book:
    adopt(book)
    advance(book, day("03-01 09:00"))
    return book


def notice(book: Book, period: str = "2023-03") -> Paper:
    with book.read() as session:
        return notice_paper(session, round_of(book, period=period).id, "示例镇综治岗", "0550-1234567")


def test_a_notice_says_what_is_asked_of_whom_by_when(march: Book) -> None:
    here = notice(march)
    assert (here.title, here.to, here.dated) == (
        "关于做好2023年3月每月检查工作的通知",
        "各村",
        date(2023, 3, 1),
    )
    assert paragraphs(write(here)) == [
        "关于做好2023年3月每月检查工作的通知",
        "各村：",
        "根据《示例检查方案》三（一）的要求，现就做好有关工作通知如下：",
        "一、工作任务",
        "请报送检查情况。",
        "二、报送内容",
        "检查数量（处）。没有情况的，报“零报告”。",
        "三、完成时限",
        "请于2023年3月24日前完成并报送镇综治岗。逾期的仍须补报，补报至2023年4月3日止。",
        "四、责任单位",
        "牵头单位：各部门。",
        "责任单位：一村、二村、三村，共3个单位。",
        "五、报送方式",
        "打开办公室发送的链接填报，或填写填报表（Excel）后交回，或打电话由办公室代为登记，任选一种即可。",
        "示例镇综治岗",
        "2023年3月1日",
        "（联系电话：0550-1234567）",
    ]


def test_a_round_that_has_not_opened_gives_no_notice(march: Book) -> None:
    with pytest.raises(DubanError, match="“2023年4月 · 每月检查”尚未下达，还不能出通知"):
        notice(march, "2023-04")


def test_what_is_not_there_gives_no_notice(march: Book) -> None:
    with march.read() as session, pytest.raises(DubanError, match="没有这个期次"):
        notice_paper(session, 99_999)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("2023年3月 · 每月检查", "2023年3月每月检查"),
        ("2023年第一季度 · 第一季度“四个大”：打击非法经营", "2023年第一季度“四个大”：打击非法经营"),
        ("2023年 · 签订目标责任书", "2023年签订目标责任书"),
        ("没有期次的事项", "没有期次的事项"),
    ],
)
def test_a_period_that_is_said_twice_is_said_once(title: str, said: str) -> None:
    assert called(title) == said


@pytest.mark.parametrize(
    ("title", "about"),
    [
        ("2023年打击非法生产、经营、运输、储存烟花爆竹工作方案", "打击非法生产、经营、运输、储存烟花爆竹"),
        ("安全生产“打非治违”专项行动工作方案", "安全生产“打非治违”专项行动"),
        ("2023年度烟花爆竹燃放管控工作实施方案", "烟花爆竹燃放管控"),
        ("方案", "方案"),
    ],
)
def test_what_a_plan_is_about_is_its_title_less_that_it_is_a_plan(title: str, about: str) -> None:
    assert subject(title) == about
