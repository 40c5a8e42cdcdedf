from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from duban.ledger import asking, owed, reports
from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.receiving import ReceivingSheet, previous_round, sheet
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Obligation, Submission, Verdict
from duban.obligations.outcome import standing
from duban.obligations.roster import Roster
from duban.obligations.words import State
from support.campaign import adopt, advance, day, only, return_, round_of, submit
from support.histories import END, UNITS, fill
from support.query_plans import heard


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-02", "2023-03")
    advance(book, day("02-01 00:00"))
    submit(book, "cun1", day("02-10 10:00"), period="2023-02")
    submit(book, "cun2", day("02-11 10:00"), period="2023-02", report=Report("n2", nil=True, by="乙文书"))
    advance(book, day("03-01 00:00"))
    return book


def received(book: Book, at: str, *states: State, offset: int = 0, limit: int = 300) -> ReceivingSheet:
    id_ = round_of(book).id
    with book.read() as session:
        return sheet(session, id_, day(at), states=states, offset=offset, limit=limit)


def test_each_units_report_lies_beside_its_last_one(opened: Book) -> None:
    phone = Report("p", {"shuliang": "5"}, note="电话补报", via="phone", by="李干事")
    submit(opened, "cun1", day("03-20 10:00"), report=phone)
    found = received(opened, "03-21 09:00")
    assert (found.previous and found.previous.period, found.total) == ("2023-02", 3)
    one, two, three = found.rows
    assert (one.unit, one.state.zh, one.outcome.zh) == ("一村", "已报待审", "按时")
    assert one.latest is not None
    assert (one.latest.answers, one.latest.note, one.latest.by, one.latest.via.zh, one.latest.late) == (
        *({"shuliang": 5}, "电话补报", "李干事", "电话"),
        False,
    )
    assert one.before is not None
    assert (one.before.answers, one.before.nil, one.before.received_at) == (
        *({"shuliang": 3}, False),
        day("02-10 10:00"),
    )
    assert (two.latest, two.outcome.zh) == (None, "未到期")
    assert two.before is not None
    assert two.before.nil
    assert (three.latest, three.before) == (None, None)


def test_a_late_report_is_marked_and_the_latest_version_counts(opened: Book) -> None:
    submit(opened, "cun1", day("03-20 10:00"), report=Report("a", {"shuliang": "1"}, by="甲文书"))
    submit(opened, "cun1", day("03-26 10:00"), report=Report("b", {"shuliang": "2"}, by="甲文书"))
    (one, *_) = received(opened, "03-27 09:00").rows
    assert one.latest is not None
    assert (one.latest.version, one.latest.answers, one.latest.late) == (2, {"shuliang": 2}, True)
    assert one.outcome.zh == "迟报"


def test_a_returned_report_shows_why_until_it_is_corrected(opened: Book) -> None:
    submit(opened, "cun1", day("03-20 10:00"))
    return_(opened, "cun1", day("03-21 10:00"), why=Return("缺台账", material=False))
    (one, *_) = received(opened, "03-21 11:00").rows
    assert (one.return_reason, one.state.zh) == ("缺台账", "已退回")
    submit(opened, "cun1", day("03-21 12:00"))
    (one, *_) = received(opened, "03-21 13:00").rows
    assert (one.return_reason, one.state.zh, one.latest and one.latest.version) == ("", "已报待审", 2)


def test_what_was_sent_back_last_time_is_not_shown_as_reported(opened: Book) -> None:
    return_(opened, "cun1", day("03-02 09:00"), period="2023-02")
    assert received(opened, "03-03 09:00").rows[0].before is None


def test_requests_that_wait_are_shown_with_their_reasons(opened: Book) -> None:
    with opened.write() as session:
        one = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asking.ask_for_time(
            session, one, day("03-20 09:00"), "甲文书", until=day("03-28 12:00"), reason="防汛"
        )
        two = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        reports.extend(
            *(session, two, day("03-20 10:00"), "办公室"),
            asked_at=day("03-20 10:00"),
            until=day("03-30 12:00"),
            reason="已定",
        )
    rows = received(opened, "03-21 09:00").rows
    assert [row.time_asked and row.time_asked[1:] for row in rows] == [
        (day("03-20 09:00"), "甲文书", day("03-28 12:00"), "防汛"),
        None,
        None,
    ]
    assert [row.transfer_asked for row in rows] == [None, None, None]


def test_the_sheet_is_narrowed_and_paged(opened: Book) -> None:
    submit(opened, "cun2", day("03-20 10:00"))
    waiting = received(opened, "03-21 09:00", State.SUBMITTED)
    assert ([row.unit for row in waiting.rows], waiting.total) == (["二村"], 1)
    second = received(opened, "03-21 09:00", offset=1, limit=1)
    assert ([row.unit for row in second.rows], second.total) == (["二村"], 3)
    assert received(opened, "03-21 09:00", State.EXEMPT).rows == ()


def test_the_first_round_of_a_duty_has_none_before_it(opened: Book) -> None:
    with opened.read() as session:
        february = round_of(opened, period="2023-02")
        assert previous_round(session, february) is None
        march = previous_round(session, round_of(opened, period="2023-04"))
        assert march is not None
        assert march.period == "2023-03"


@pytest.mark.parametrize("seed", [19, 27])
def test_every_row_stands_as_the_rule_says_with_its_latest_version(book: Book, seed: int) -> None:
    fill(book, seed)
    now = END + timedelta(days=9)
    with book.read() as session:
        facts = facts_where(session, Obligation.round_id == 1)
        latest = dict(
            session.execute(
                select(Submission.obligation_id, func.max(Submission.version)).group_by(
                    Submission.obligation_id
                )
            )
            .tuples()
            .all()
        )
        found = sheet(session, 1, now)
        for row in found.rows:
            here = standing(facts[row.obligation_id], now)
            assert (row.state, row.outcome, row.due_at) == (here.state, here.outcome, here.effective_due)
            assert (row.latest.version if row.latest else None) == latest.get(row.obligation_id)
            if row.state is State.RETURNED:
                assert row.latest is not None
                query = select(Verdict.reason).where(Verdict.submission_id == row.latest.submission_id)
                assert row.return_reason == session.scalar(query)
    assert len(found.rows) == UNITS


def test_a_sheet_takes_the_same_few_queries_whatever_its_length(opened: Book) -> None:
    id_ = round_of(opened).id
    with heard(opened) as seen, opened.read() as session:
        sheet(session, id_, day("03-21 09:00"))
    assert len([one for one in seen if one.startswith("SELECT")]) == 8
