"""The sheets of the ladder on paper: what a village reads, and what is not there before it is signed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from duban.app.papers import name_of
from duban.app.papers_sheets import sheet_paper
from duban.documents.official import Paper, write
from duban.ledger import sheet_acts, sheet_drafts
from duban.ledger.book import Book
from duban.ledger.sheet_drafts import Entry
from duban.obligations.errors import DubanError
from duban.obligations.words import Rung
from support import sheets
from support.campaign import day
from support.finding_cast import record
from support.papers import paragraphs, tables

TUESDAY = day("04-04 09:00")


@pytest.fixture
def march(book: Book, town: object) -> Book:
    sheets.open_march(book)
    return book


def paper(book: Book, sheet_id: int) -> Paper:
    with book.read() as session:
        return sheet_paper(session, sheet_id, "示例镇综治岗", "0550-1234567")


def test_a_signed_sheet_is_numbered_dated_and_addressed(march: Book) -> None:
    here = paper(march, sheets.issued(march))
    assert (here.head, here.number, here.to) == ("示例镇综治岗", "督办〔2023〕1号", "一村")
    assert (here.title, here.dated, here.draft) == (
        "关于2023年3月每月检查的督办单",
        date(2023, 3, 27),
        False,
    )
    assert (here.copies, here.printed) == ("各部门", ("示例镇综治岗", date(2023, 3, 27)))
    assert here.remark == "联系电话：0550-1234567"
    assert name_of(here) == "督办〔2023〕1号 关于2023年3月每月检查的督办单.docx"


def test_it_says_what_is_required_of_whom_by_when_on_what_ground(march: Book) -> None:
    (facts, _) = tables(write(paper(march, sheets.issued(march))))
    assert {row[0]: row[1] for row in facts} == {
        "责任单位": "一村",
        "责任人": "甲文书",
        "牵头单位": "各部门",
        "督办事项": "2023年3月每月检查，应于2023年3月24日（星期五）24时前完成，"
        "截至3月27日仍未报送，已逾期3天。",
        "依据": "《示例检查方案》三（一）",
        "事由": "屡催不办",
        "办理要求": "请立即办理，在期限内办结并书面回复办理情况；未能按期办理的，说明原因和整改措施。",
        "办理期限": "2023年4月3日前",
    }


def test_a_draft_says_so_and_has_neither_number_nor_signer(march: Book) -> None:
    here = paper(march, sheets.draft(march))
    assert (here.number, here.draft, here.remark) == ("", True, "联系电话：0550-1234567")
    assert name_of(here) == "关于2023年3月每月检查的督办单（草稿）.docx"
    said = paragraphs(write(here))
    assert said[1] == "（草稿）关于2023年3月每月检查的督办单"
    (facts, _) = tables(write(here))
    assert ["办理期限", "签发之日起5个工作日内"] in facts


def test_a_talk_has_its_time_place_and_what_to_bring(march: Book) -> None:
    here = paper(march, sheets.issued(march, Rung.YUETAN))
    assert (here.title, here.number) == ("关于2023年3月每月检查的约谈通知", "约谈〔2023〕1号")
    said = paragraphs(write(here))
    start = said.index("经研究，决定对你单位进行约谈。现将有关事项通知如下：")
    assert said[start + 1] == "一、约谈事由"
    assert said[start + 3 : start + 11] == [
        "二、时间和地点",
        "时间：2023年3月29日（星期三）下午3:00。",
        "地点：镇政府三楼会议室。",
        "三、约谈人和参加人",
        "李镇长约谈一村村主任张三。",
        "四、准备材料",
        "整改方案。",
        "五、有关要求",
    ]


def test_a_bulletin_names_the_unit_and_what_was_issued_before(march: Book) -> None:
    sheets.issued(march)
    here = paper(march, sheets.issued(march, Rung.TONGBAO))
    assert (here.title, here.to) == ("关于一村2023年3月每月检查办理情况的通报", "各有关单位")
    (facts, _) = tables(write(here))
    assert ["此前督办", "督办〔2023〕1号（2023年3月27日）"] in facts
    assert [row[0] for row in facts][3] == "通报事项"


def test_a_sheet_about_a_finding_says_where_it_is(march: Book) -> None:
    finding = record(march, now=sheets.MONDAY, due_at=day("04-20 23:59"))
    with march.write() as session:
        known = sheets.sheet_prefill.of_finding(session, finding, Rung.DUBAN, sheets.MONDAY)
        entry = Entry("duban", known.series, known.unit_id, "情节严重", finding_id=finding)
        sheet_id = sheet_drafts.enter(session, entry, known.draft, sheets.MONDAY, "王文书").id
    assert paper(march, sheet_id).title == "关于一村小卖部一般隐患整改的督办单"


def test_a_sheet_about_neither_bears_the_name_of_its_kind(march: Book) -> None:
    assert paper(march, sheets.free(march)).title == "督办单"


def test_a_withdrawn_sheet_says_that_it_holds_no_longer(march: Book) -> None:
    sheet_id = sheets.issued(march)
    sheets.withdraw(march, sheet_id, TUESDAY)
    assert paper(march, sheet_id).remark == ("联系电话：0550-1234567；本件已于2023年4月4日撤销")


def test_a_dropped_draft_and_what_is_not_there_give_no_paper(march: Book) -> None:
    sheet_id = sheets.draft(march)
    with march.write() as session:
        sheet_drafts.drop(session, sheets.locked(session, sheet_id), TUESDAY, "李镇长", "已补报")
    with pytest.raises(DubanError, match="没有签发，已经作废"):
        paper(march, sheet_id)
    with pytest.raises(DubanError, match="没有这份督办文书"):
        paper(march, 99)


def test_the_office_is_named_in_full_where_nothing_else_is_set(march: Book) -> None:
    sheet_id = sheets.issued(march)
    with march.read() as session:
        here = sheet_paper(session, sheet_id)
    assert (here.signed, here.remark) == ("示例镇人民政府镇综治岗", "")


def test_what_happens_later_does_not_change_what_was_signed(march: Book) -> None:
    sheet_id = sheets.issued(march)
    before = write(paper(march, sheet_id))
    sheets.acknowledge(march, sheet_id, sheets.MONDAY + timedelta(hours=1))
    with march.write() as session:
        found = sheets.locked(session, sheet_id)
        sheet_acts.close(
            session, found, TUESDAY, "王文书", sheets.MEANS, closing="已报送，核实无误", person=True
        )
    assert write(paper(march, sheet_id)) == before
