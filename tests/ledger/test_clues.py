"""A clue goes from unit to unit: signed for, answered, passed on, and reminded of when it lies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from duban.ledger import case_list, casework, clue_list, clue_reminding, clues
from duban.ledger.book import Book
from duban.ledger.casework import NewCase
from duban.ledger.clue_list import WholeClue
from duban.ledger.clues import NewClue, Onward
from duban.ledger.means import Means
from duban.ledger.tables import ClueAnswer, ClueHop
from duban.obligations.clues import HopState, Verdict
from duban.obligations.errors import DubanError
from support.campaign import actions, adopt, day, deliver, local, slots, workdays
from support.forgery import forge

MEANS = Means(workdays(), slots)
AT = day("03-06 10:00")  # Monday
NEW = NewClue("k1", "jiancha", 4, "集市兜售", "集市北口有人流动兜售烟花。", day("03-13 23:59"), 2)


@pytest.fixture
def sent(book: Book, town: object) -> Book:
    """Give a clue that 二村 has handed on to the 派出所."""
    adopt(book)
    with book.write() as session:
        clues.send(session, NEW, AT, "二村 乙文书", MEANS)
    return book


def do(book: Book, act: Callable[[Session, ClueHop], object]) -> None:
    with book.write() as session:
        hop = clues.running(session, 1)
        assert hop is not None
        act(session, hop)


def answer(book: Book, verdict: Verdict, at: str = "03-08 10:00", text: str = "已核查") -> None:
    now = day(at)
    do(book, lambda session, hop: clues.answer(session, hop, now, "丁", MEANS, verdict=verdict, text=text))


def seen(book: Book) -> WholeClue:
    with book.read() as session:
        found = clue_list.whole(session, 1)
        assert found is not None
        session.expunge_all()
        return found


def remind(book: Book, at: str) -> list[str | None]:
    with book.write() as session:
        due = clue_reminding.due(session, day(at), workdays())
        return [clue_reminding.handle(session, one, day(at), MEANS) for one in due]


def letters(book: Book, at: str) -> list[tuple[str, str]]:
    return [(one.unit, one.subject) for one in deliver(book, day(at))]


def test_a_clue_is_numbered_and_its_receiver_is_told_with_both_limits(sent: Book) -> None:
    found = seen(sent)
    assert found.called == "线索〔2023〕1号"
    assert (found.last.sender, found.last.receiver) == ("二村", "派出所")
    assert local(found.last.hop.receive_by) == "2023-03-07 23:59:59"
    parcels = deliver(sent, AT)
    assert [(one.unit, one.urgent) for one in parcels] == [("派出所", False)]
    assert parcels[0].wording == (
        "二村移送线索〔2023〕1号：集市兜售\n"
        "集市北口有人流动兜售烟花。\n"
        "请于2023年3月7日（星期二）24时前签收，2023年3月13日（星期一）23:59前答复查实、查否或者办理情况。"
    )
    assert actions(sent)[-3:-1] == ["clue.made", "clue.sent"]


def test_the_same_form_twice_hands_on_one_clue(sent: Book) -> None:
    with sent.write() as session:
        assert clues.send(session, NEW, AT, "二村 乙文书", MEANS).id == 1
        assert clues.send(session, replace(NEW, key="k2"), AT, "二村 乙文书", MEANS).number == 2
        with pytest.raises(DubanError, match="不能移送给本单位"):
            clues.send(session, replace(NEW, key="k3", to_unit_id=2), AT, "二村 乙文书", MEANS)


def test_a_clue_is_signed_for_answered_and_its_sender_is_told(sent: Book) -> None:
    deliver(sent, AT)
    do(sent, lambda session, hop: clues.receive(session, hop, day("03-07 09:00"), "派出所 丁民警"))
    assert seen(sent).last.state(day("03-07 09:00")) is HopState.RECEIVED
    answer(sent, Verdict.WORKING)
    assert seen(sent).verdict is None
    answer(sent, Verdict.TRUE, "03-09 10:00", "查获12箱")
    found = seen(sent)
    assert found.verdict is Verdict.TRUE
    assert [(one.verdict, one.text) for one in found.last.answers] == [
        ("working", "已核查"),
        ("true", "查获12箱"),
    ]
    assert found.last.state(day("04-09 10:00")) is HopState.ENDED
    assert letters(sent, "03-09 10:10") == [("二村", "线索答复：集市兜售")] * 2
    with pytest.raises(DubanError, match="不能再办理"):
        answer(sent, Verdict.FALSE, "03-10 10:00")


def test_who_answers_unsigned_signs_by_answering(sent: Book) -> None:
    answer(sent, Verdict.FALSE)
    hop = seen(sent).last.hop
    assert (hop.received_by, local(hop.received_at)) == ("丁", "2023-03-08 10:00:00")
    assert actions(sent)[-2:] == ["clue.received", "clue.answered"]


def test_a_clue_that_is_passed_on_has_new_limits_and_is_the_next_units(sent: Book) -> None:
    onward = Onward(3, day("03-20 23:59"), "在三村地界")
    now = day("03-08 10:00")
    do(sent, lambda session, hop: clues.pass_on(session, hop, onward, now, "丁民警", MEANS))
    found = seen(sent)
    assert [(one.sender, one.receiver) for one in found.hops] == [("二村", "派出所"), ("派出所", "三村")]
    assert found.hops[0].state(now) is HopState.ENDED
    assert local(found.last.hop.receive_by) == "2023-03-09 23:59:59"
    with sent.read() as session:
        assert [hop.n for _, hop in clue_list.received_by(session, 3)] == [2]
        assert clue_list.received_by(session, 4) == []
        assert [one.receiver for one in clue_list.handed_on_by(session, 2)] == ["三村"]
        assert [one.receiver for one in clue_list.handed_on_by(session, 4)] == ["三村"]
    answer(sent, Verdict.TRUE, "03-10 10:00")
    sent_on = letters(sent, "03-10 10:10")
    assert [unit for unit, subject in sent_on if subject.startswith("线索转送")] == ["二村"]
    told = [unit for unit, subject in sent_on if subject.startswith("线索答复")]
    assert told == ["二村", "派出所"]  # who found it, and who passed it on
    assert actions(sent)[-7:-1] == [
        "clue.made",
        "clue.sent",
        "clue.received",
        "clue.sent",
        "clue.received",
        "clue.answered",
    ]


def test_what_lies_unsigned_is_reminded_of_every_other_workday_and_five_times_at_most(sent: Book) -> None:
    deliver(sent, AT)
    assert remind(sent, "03-07 23:00") == []
    assert remind(sent, "03-08 09:00") == ["提醒签收，第1次"]
    assert remind(sent, "03-08 10:00") == []
    assert remind(sent, "03-10 09:00") == ["提醒签收，第2次"]
    assert remind(sent, "03-14 09:00") == ["提醒签收，第3次"]
    assert letters(sent, "03-14 09:10") == [("派出所", "线索逾期未签收")] * 3
    with sent.read() as session:
        assert clue_list.late(session, day("03-14 09:00")) == 1
        assert clue_list.clues(session, day("03-14 09:00"), state="late").total == 1
    assert remind(sent, "03-20 09:00") == ["提醒签收，第4次"]
    assert remind(sent, "03-27 09:00") == ["提醒签收，第5次"]
    assert remind(sent, "04-27 09:00") == []


def test_after_the_receipt_it_is_the_answer_that_is_reminded_of(sent: Book) -> None:
    do(sent, lambda session, hop: clues.receive(session, hop, day("03-07 09:00"), "丁"))
    assert remind(sent, "03-13 23:00") == []
    assert remind(sent, "03-14 09:00") == ["提醒答复，第1次"]
    answer(sent, Verdict.TRUE, "03-14 10:00")
    assert remind(sent, "03-16 09:00") == []


def test_a_second_look_at_once_reminds_nobody(sent: Book) -> None:
    with sent.read() as session:
        [stale] = clue_reminding.due(session, day("03-08 09:00"), workdays())
    remind(sent, "03-08 09:00")
    with sent.write() as session:
        assert clue_reminding.handle(session, stale, day("03-08 09:00"), MEANS) is None


def test_a_case_may_come_out_of_what_was_found_true(sent: Book) -> None:
    answer(sent, Verdict.TRUE)
    with sent.write() as session:
        assert clue_list.caseless(session) == 1
        origin = case_list.origin(session, None, 1)
        assert origin is not None
        assert (origin.said, origin.unit, origin.title) == ("线索〔2023〕1号", "paichusuo", "集市兜售")
        new = NewCase("c1", "jiancha", 4, origin.title, origin.description, clue_id=1)
        casework.open_case(session, new, day("03-09 10:00"), "王文书")
        assert clue_list.caseless(session) == 0
        [row] = clue_list.clues(session, day("03-09 10:00")).rows
        assert (row.case_id, row.verdict) == (1, "true")
        assert clue_list.clues(session, day("03-09 10:00"), state="true").total == 0


def test_the_database_keeps_what_was_sent_and_answered(sent: Book) -> None:
    answer(sent, Verdict.TRUE)
    for wrong in (update(ClueHop).values(reminded=9), update(ClueAnswer).values(verdict="false")):
        with pytest.raises(DubanError, match="只增不改"), sent.write() as session:
            session.execute(wrong)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE clues SET text = '无'", "1号线索与第"),
        ("UPDATE clue_hops SET to_unit_id = 3", "1号线索移送与第"),
        ("UPDATE clue_hops SET received_by = '别人'", "1号线索签收与第"),
        ("UPDATE clue_answers SET verdict = 'false'", "1号线索答复与第"),
    ],
)
def test_what_is_changed_behind_the_books_back_is_named(sent: Book, change: str, words: str) -> None:
    answer(sent, Verdict.TRUE)
    assert words in forge(sent, change)
