"""Cases: opened, settled line by line, closed, taken up again; the database and the proof watch over them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from duban.ledger import case_list, casework
from duban.ledger.book import Book
from duban.ledger.case_list import WholeCase
from duban.ledger.casework import NewCase
from duban.ledger.tables import Case, CaseLine, CaseStep
from duban.obligations.errors import DubanError
from support.campaign import actions, adopt, day
from support.forgery import forge

AT = day("03-06 10:00")
NEW = NewCase("k1", "jiancha", 1, "闲置房屋非法储存", "巡查发现存放来源不明的烟花爆竹。", operator=True)


@pytest.fixture
def opened(book: Book, town: object) -> Book:
    adopt(book)
    with book.write() as session:
        casework.open_case(session, NEW, AT, "王文书")
    return book


def do(book: Book, act: Callable[[Session, Case], object]) -> None:
    with book.write() as session:
        found = casework.find(session, 1)
        assert found is not None
        act(session, found)


def settle_all(book: Book, *, but: int = 0) -> None:
    """Settle every line of the case but the last few."""

    def act(session: Session, found: Case) -> None:
        lines = [one for one in case_list.lines_of(session, 1) if not one.settled]
        for line in lines[: len(lines) - but]:
            casework.settle(session, found, line, AT, "王文书", done="已落实到位")

    do(book, act)


def close(book: Book) -> None:
    do(book, lambda session, found: casework.close(session, found, AT, "王文书", text="已移送司法机关"))


def seen(book: Book) -> WholeCase:
    with book.read() as session:
        found = case_list.whole(session, 1)
        assert found is not None
        session.expunge_all()
        return found


def test_a_case_is_numbered_and_has_its_lines_in_the_documents_order(opened: Book) -> None:
    found = seen(opened)
    assert (found.called, found.plan, found.unit.name) == ("案〔2023〕1号", "示例检查方案", "一村")
    assert [(line.part.value, line.number, line.text) for line in found.lines][4:8] == [
        ("six", 5, "涉案人员没有得到依法惩处的不放过"),
        ("six", 6, "监管失职人员责任没有受到追究的不放过"),
        ("operator", 1, "没收原材料"),
        ("operator", 2, "没收生产设备"),
    ]
    assert (len(found.lines), found.left) == (13, 13)
    assert actions(opened)[-1] == "case.opened"


def test_the_same_form_twice_opens_one_case_and_another_takes_the_next_number(opened: Book) -> None:
    with opened.write() as session:
        assert casework.open_case(session, NEW, AT, "王文书").id == 1
        plain = NewCase("k2", "jiancha", 2, "流动兜售", "集市发现。")
        assert casework.open_case(session, plain, AT, "王文书").number == 2
    with opened.read() as session:
        rows = case_list.cases(session).rows
    assert [(one.called, one.unit, one.left, one.lines) for one in rows] == [
        ("案〔2023〕2号", "二村", 6, 6),
        ("案〔2023〕1号", "一村", 13, 13),
    ]


def test_a_case_that_says_nothing_is_refused(opened: Book) -> None:
    with opened.write() as session, pytest.raises(DubanError, match="请写明案由和简要案情"):
        casework.open_case(session, NewCase("k3", "jiancha", 1, "兜售", " "), AT, "王文书")


def test_a_line_keeps_who_settled_it_and_one_that_does_not_fit_who_approved(opened: Book) -> None:
    def act(session: Session, found: Case) -> None:
        first, second = case_list.lines_of(session, 1)[:2]
        casework.settle(session, found, first, AT, "王文书", done="收缴12箱，已入库")
        casework.waive(session, found, second, AT, "王文书", why="自产自用", approver="李镇长")

    do(opened, act)
    first, second = seen(opened).lines[:2]
    assert first.step is not None
    assert second.step is not None
    assert (first.step.by, first.step.text, first.waived) == ("王文书", "收缴12箱，已入库", False)
    assert (second.step.text, second.step.approver, second.waived) == ("自产自用", "李镇长", True)
    assert actions(opened)[-2:] == ["case.settled", "case.waived"]


def test_a_case_cannot_be_closed_while_a_line_is_open(opened: Book) -> None:
    settle_all(opened, but=1)
    with pytest.raises(DubanError, match="还有1项没有落实，不能结案：倒查漏管责任人"):
        close(opened)
    settle_all(opened)
    with opened.read() as session:
        assert case_list.ready(session) == 1
        assert [one.ready for one in case_list.cases(session, state="ready").rows] == [True]
    close(opened)
    found = seen(opened)
    assert (found.case.state, found.case.closed_by) == ("closed", "王文书")
    with opened.read() as session:
        assert case_list.ready(session) == 0
        assert case_list.cases(session, state="open").total == 0
        assert case_list.cases(session, state="closed", unit_ids=[1]).total == 1
        assert case_list.cases(session, state="closed", unit_ids=[2]).total == 0


def test_the_database_itself_closes_no_case_with_an_open_line(opened: Book) -> None:
    settle_all(opened, but=1)
    with pytest.raises(DubanError, match="只增不改"), opened.write() as session:
        session.execute(update(Case).values(state="closed"))
    settle_all(opened)
    close(opened)
    with pytest.raises(DubanError, match="只增不改"), opened.write() as session:
        session.execute(update(CaseLine).where(CaseLine.id == 1).values(settled=False))
    for wrong in (update(CaseStep).values(text="别的"), update(Case).values(title="别的")):
        with pytest.raises(DubanError, match="只增不改"), opened.write() as session:
            session.execute(wrong)


def test_a_closed_case_is_taken_up_again_for_some_lines_and_closed_again(opened: Book) -> None:
    settle_all(opened)
    close(opened)
    do(opened, lambda session, found: casework.reopen(session, found, {7}, AT, "督查组", why="又查获原料"))
    found = seen(opened)
    assert (found.case.state, found.case.reopened, found.left) == ("open", 1, 1)
    assert [line.text for line in found.lines if line.step is None] == ["没收原材料"]
    assert actions(opened)[-2:] == ["case.reopened", "case.unsettled"]
    with pytest.raises(DubanError, match="还有1项"):
        close(opened)
    settle_all(opened)
    close(opened)
    assert seen(opened).case.state == "closed"


def test_the_lines_for_an_operator_are_added_once(opened: Book) -> None:
    with opened.write() as session:
        found = casework.open_case(session, NewCase("k2", "jiancha", 1, "兜售", "集市。"), AT, "王文书")
        casework.add_operator_lines(session, found, AT, "王文书")
        assert len(case_list.lines_of(session, found.id)) == 13
        with pytest.raises(DubanError, match="不需要再增列"):
            casework.add_operator_lines(session, found, AT, "王文书")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE cases SET description = '无'", "1号案件与第"),
        ("UPDATE case_steps SET text = '无' WHERE id = 3", "3号案件办理记录与第"),
        ("DELETE FROM case_steps WHERE id = 3", "所记的3号案件办理记录已不在账簿中"),
        ("UPDATE case_lines SET settled = (id < 13)", "案〔2023〕1号的清单或状态与办理记录不符"),
        ("UPDATE case_lines SET text = '无' WHERE id = 2", "案〔2023〕1号的清单或状态与办理记录不符"),
        ("UPDATE cases SET state = 'open'", "案〔2023〕1号的清单或状态与办理记录不符"),
    ],
)
def test_what_is_changed_behind_the_books_back_is_named(opened: Book, change: str, words: str) -> None:
    settle_all(opened)
    close(opened)
    assert words in forge(opened, change)


def test_a_case_that_is_not_there_is_none(opened: Book) -> None:
    with opened.read() as session:
        assert case_list.whole(session, 99) is None
        assert session.scalars(select(Case.id)).all() == [1]
