from __future__ import annotations

import pytest
from sqlalchemy import select, update

from duban.ledger import agenda, gates, journal
from duban.ledger.book import Book
from duban.ledger.phases import PhaseShown, Where, phases
from duban.ledger.tables import Gate, JournalEntry, Round, Stretch
from duban.obligations.errors import DubanError
from duban.obligations.gates import Edge, GateState
from duban.obligations.words import Grade
from support.campaign import actions, advance, day
from support.finding_cast import fix, record
from support.forgery import forge
from support.sittings import accept, adopt, report, turn


@pytest.fixture
def gated(book: Book, town: object) -> Book:
    """Give a book in which the plan of the phases has begun, with nothing but them and the work plans."""
    adopt(book)
    with book.write() as session:
        session.execute(update(Round).where(Round.duty != "fangan").values(next_at=None))
    turn(book, "03-01 09:00")
    for code in ("cun1", "cun2"):
        report(book, code, "03-20 09:00", duty="fangan", period="2023")
    return book


def cross(book: Book, at: str) -> list[str | None]:
    """Pass what begins or ends; gives what the flow says of each."""
    with book.read() as session:
        due = [one for one in agenda.due(session, day(at)) if one.what == "stretch"]
    said: list[str | None] = []
    for one in due:
        with book.write() as session:
            said.append(agenda.pass_stretch(session, one.id, day(at)))
    return said


def kept(book: Book) -> list[tuple[str, str, int, list[int]]]:
    with book.read() as session:
        rows = session.execute(select(Gate.edge, Gate.state, Gate.lacking, Gate.units).order_by(Gate.id))
        return list(rows.tuples())


def shown(book: Book, at: str) -> list[PhaseShown]:
    with book.read() as session:
        return phases(session, 2023, day(at))


def test_a_phase_that_ends_says_what_is_lacking_and_its_dates_go_on(gated: Book) -> None:
    assert cross(gated, "04-01 00:00") == [
        "结束（未通过：“工作方案”还有1项未报（三村））",
        "开始（未通过：“工作方案”还有3项未接收（一村、二村、三村））",
    ]
    assert kept(gated) == [
        ("leave", "open", 1, [3]),
        ("enter", "open", 3, [1, 2, 3]),
        ("enter", "met", 0, []),
    ]
    with gated.read() as session:
        ended = list(session.scalars(select(Stretch.ended_at.is_not(None)).order_by(Stretch.id)))
    assert ended == [True, False]
    assert cross(gated, "04-01 00:00") == []


def test_gates_are_looked_at_again_each_day_until_they_hold(gated: Book) -> None:
    cross(gated, "04-01 00:00")
    assert turn(gated, "04-01 12:00") == []
    report(gated, "cun3", "04-03 10:00", duty="fangan", period="2023")
    assert turn(gated, "04-03 11:00") == [
        "2023年 · 动员阶段 · 阶段条件：“工作方案”已报齐，条件已具备",
    ]
    assert turn(gated, "04-03 12:00") == []
    for code in ("cun1", "cun2", "cun3"):
        accept(gated, code, "04-04 10:00", duty="fangan", period="2023")
    assert turn(gated, "04-05 09:00") == [
        "2023年 · 集中阶段 · 阶段条件：“工作方案”已全部接收，条件已具备",
    ]
    assert [state for _, state, *_ in kept(gated)] == ["met", "met", "met"]
    assert turn(gated, "04-06 09:00") == []


def test_a_gate_for_which_nobody_was_ever_asked_does_not_hold(book: Book, town: object) -> None:
    adopt(book)
    with book.write() as session:
        session.execute(update(Round).values(next_at=None))
    [said, _] = cross(book, "04-01 00:00")
    assert said == "开始、结束（未通过：“工作方案”没有下达过，无从核对）"
    assert kept(book)[0] == ("leave", "open", 1, [])


def test_a_grave_finding_that_is_open_holds_a_phase_back(gated: Book) -> None:
    record(gated, now=day("03-20 10:00"), slug="lianxi", grade=Grade.GRAVE)
    cross(gated, "04-01 00:00")
    assert kept(gated)[2] == ("enter", "open", 1, [1])
    (_, second) = shown(gated, "04-01 09:00")
    assert [(one.condition, one.count, one.units) for one in second.open] == [
        ("“工作方案”已全部接收", 3, ("一村", "二村", "三村")),
        ("没有未销号的重大隐患", 1, ("一村",)),
    ]
    assert [want.kind for want in second.gates[1].wants] == ["finding"]
    fix(gated, 1, day("04-01 10:00"))
    (_, second) = shown(gated, "04-02 09:00")
    [grave] = [one for one in second.gates if "隐患" in one.condition]
    assert (grave.count, grave.state) == (1, GateState.OPEN)


def test_a_leader_passes_a_gate_with_a_reason_and_it_stays_passed(gated: Book) -> None:
    cross(gated, "04-01 00:00")
    with gated.write() as session:
        gate = gates.find(session, 1)
        assert gate is not None
        gates.pass_gate(session, gate, "三村正在换届，方案口头报告", day("04-01 10:00"), "李镇长")
        with pytest.raises(DubanError) as wrong:
            gates.pass_gate(session, gate, "再来", day("04-01 10:00"), "李镇长")
    assert str(wrong.value) == "这一条件已经批准通过，无需重复办理。"
    turn(gated, "04-02 09:00")
    first = shown(gated, "04-02 09:00")[0]
    (one,) = first.gates
    assert (one.state, one.by, one.reason, one.units) == (
        GateState.PASSED,
        "李镇长",
        "三村正在换届，方案口头报告",
        ("三村",),
    )
    assert first.open == []


def test_what_is_ahead_says_already_what_is_lacking(gated: Book) -> None:
    first, second = shown(gated, "03-25 09:00")
    assert (first.where, second.where) == (Where.RUNNING, Where.AHEAD)
    (gate,) = first.gates
    assert (gate.id, gate.edge, gate.state, gate.count) == (None, Edge.LEAVE, GateState.OPEN, 1)
    assert [(want.unit, want.title) for want in gate.wants] == [("三村", "2023年 · 工作方案")]
    assert first.open == []


def test_an_edge_without_conditions_is_passed_as_ever(gated: Book) -> None:
    advance(gated, day("04-01 00:00"))
    assert cross(gated, "06-01 00:00") == ["结束"]


def test_the_journal_says_what_was_lacking_and_what_changed(gated: Book) -> None:
    cross(gated, "04-01 00:00")
    report(gated, "cun3", "04-03 10:00", duty="fangan", period="2023")
    turn(gated, "04-03 11:00")
    assert [one for one in actions(gated) if one.startswith(("phase", "gate"))] == [
        "phase.begun",
        "phase.ended",
        "gate.checked",
        "phase.begun",
        "gate.checked",
        "gate.met",
        "gate.met",
    ]
    with gated.read() as session:
        first = session.scalars(
            select(JournalEntry.detail).where(JournalEntry.action == "gate.checked")
        ).first()
        assert journal.verify(session).ok
    assert first is not None
    assert '"lacking":1' in first
    assert '"units":[3]' in first


def test_a_gate_that_was_settled_behind_the_books_back_is_named(gated: Book) -> None:
    cross(gated, "04-01 00:00")
    passed = "UPDATE gates SET state = 'passed', settled_at = '2023-04-02 00:00:00' WHERE id = 1"
    assert forge(gated, passed) == "1号阶段条件没有留痕"
