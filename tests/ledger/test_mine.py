from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from duban.ledger import asking, owed, reports
from duban.ledger.book import Book
from duban.ledger.facts import facts_where
from duban.ledger.mine import Mine, mine
from duban.ledger.reports import Report, Return
from duban.ledger.tables import Obligation, Unit
from duban.obligations.facts import closes_at, known
from duban.obligations.outcome import standing
from duban.obligations.roster import Roster
from duban.obligations.words import State
from support.campaign import adopt, advance, day, only, return_, submit
from support.histories import END, UNITS, fill
from support.query_plans import heard, plan_of

SECOND = timedelta(seconds=1)


@pytest.fixture
def opened(book: Book, town: Roster) -> Book:
    adopt(book)
    only(book, "yuecha", "2023-03", "2023-04")
    advance(book, day("04-01 00:00"))
    return book


def of(book: Book, unit: str, at: str) -> Mine:
    with book.read() as session:
        id_ = session.scalars(select(Unit.id).where(Unit.code == unit)).one()
        return mine(session, id_, day(at))


def test_a_unit_sees_what_it_owes_and_until_when(opened: Book) -> None:
    found = of(opened, "cun1", "04-02 09:00")
    march, april = found.owed
    assert (march.title, april.title) == ("2023年3月 · 每月检查", "2023年4月 · 每月检查")
    assert (march.plan, march.clause, march.ask) == ("示例检查方案", "三（一）", "请报送检查情况。")
    assert (march.due_at, march.closes_at) == (day("03-25 00:00") - SECOND, day("04-04 00:00") - SECOND)
    assert (march.outcome.zh, str(march.overdue_by)) == ("漏报", "8 days, 9:00:01")
    assert (april.outcome.zh, april.overdue_by, april.version) == ("未到期", None, 0)
    assert found == Mine(returned=(), owed=(march, april), submitted=(), done=(), closed=0)


def test_what_can_no_longer_be_handed_in_is_counted_but_not_listed(opened: Book) -> None:
    found = of(opened, "cun1", "04-04 00:00")
    assert [one.title for one in found.owed] == ["2023年4月 · 每月检查"]
    assert found.closed == 1


def test_a_return_says_why_and_until_when_to_correct_it_also_past_the_lock(opened: Book) -> None:
    submit(opened, "cun1", day("04-03 10:00"))
    limit = day("04-10 18:00")
    return_(opened, "cun1", day("04-03 15:00"), why=Return("缺台账", material=True, correct_by=limit))
    (one,) = of(opened, "cun1", "04-05 09:00").returned
    assert (one.return_reason, one.correct_by, one.closes_at) == ("缺台账", limit, limit)
    assert (one.state.zh, one.outcome.zh, one.version) == ("已退回", "退回", 1)
    assert of(opened, "cun1", "04-10 18:00").returned == (
        replace(one, overdue_by=day("04-10 18:00") - day("03-25 00:00") + SECOND),
    )
    gone = of(opened, "cun1", "04-10 18:01")
    assert (gone.returned, gone.closed) == ((), 1)


def test_what_waits_and_what_is_done_are_shown_apart(opened: Book) -> None:
    submit(opened, "cun1", day("04-02 10:00"))
    submit(opened, "cun1", day("04-03 10:00"), period="2023-04", report=Report("n", nil=True, by="甲文书"))
    with opened.write() as session:
        march = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, march, day("04-03 11:00"), "办公室")
    found = of(opened, "cun1", "04-03 12:00")
    assert [(one.title, one.nil, one.received_at) for one in found.submitted] == [
        ("2023年4月 · 每月检查", True, day("04-03 10:00"))
    ]
    assert [(one.title, one.state.zh, one.outcome.zh) for one in found.done] == [
        ("2023年3月 · 每月检查", "已接收", "迟报")
    ]
    assert (found.owed, found.returned, found.closed) == ((), (), 0)


def test_requests_that_wait_and_a_signature_are_shown(opened: Book) -> None:
    with opened.write() as session:
        april = owed.find(session, "jiancha", "yuecha", "2023-04", "cun1")
        reports.acknowledge(session, april, day("04-01 09:00"), "甲文书")
        asking.ask_for_time(
            session, april, day("04-02 09:00"), "甲文书", until=day("04-30 12:00"), reason="防汛"
        )
    march, april = of(opened, "cun1", "04-02 10:00").owed
    assert (april.time_asked, april.transfer_asked, april.acknowledged_at) == (
        True,
        False,
        day("04-01 09:00"),
    )
    assert (march.time_asked, march.acknowledged_at) == (False, None)


def test_only_the_last_ten_that_are_done_are_shown(book: Book, town: Roster) -> None:
    adopt(book)
    only(book, "yuecha")
    for month in range(1, 13):
        advance(book, day(f"{month:02d}-05 09:00"))
        period = f"2023-{month:02d}"
        submit(book, "cun1", day(f"{month:02d}-05 10:00"), period=period)
        with book.write() as session:
            one = owed.find(session, "jiancha", "yuecha", period, "cun1")
            reports.accept(session, one, day(f"{month:02d}-05 11:00"), "办公室")
    titles = [one.title for one in of(book, "cun1", "12-31 09:00").done]
    assert (len(titles), titles[0], titles[-1]) == (10, "2023年12月 · 每月检查", "2023年3月 · 每月检查")


@pytest.mark.parametrize("seed", [4, 5])
def test_every_item_stands_as_the_rule_says(book: Book, seed: int) -> None:
    fill(book, seed)
    now = END + timedelta(days=9)
    with book.read() as session:
        facts = facts_where(session)
        owners = dict(session.execute(select(Obligation.id, Obligation.unit_id)).tuples().all())
        lists = {unit: mine(session, unit, now) for unit in range(1, UNITS + 1)}
    shown = {
        one.obligation_id: one
        for found in lists.values()
        for some in (found.returned, found.owed, found.submitted, found.done)
        for one in some
    }
    for id_, one in shown.items():
        here = standing(facts[id_], now)
        assert (one.state, one.outcome, one.nil) == (here.state, here.outcome, here.nil)
        assert (one.due_at, one.credited_at, one.overdue_by) == (
            here.effective_due,
            here.credited_at,
            here.overdue_by,
        )
        if one.state in (State.OWED, State.RETURNED):
            assert one.closes_at == closes_at(known(facts[id_], now))
    hidden = set(facts) - set(shown)
    assert all(standing(facts[id_], now).final for id_ in hidden)
    closed = [id_ for id_ in hidden if standing(facts[id_], now).state in (State.OWED, State.RETURNED)]
    assert {unit: found.closed for unit, found in lists.items()} == {
        unit: sum(owners[id_] == unit for id_ in closed) for unit in lists
    }


def test_a_units_list_takes_three_queries_from_the_index_of_the_unit(opened: Book) -> None:
    with heard(opened) as seen:
        of(opened, "cun1", "04-02 09:00")
    asked = [one for one in seen if "SELECT" in one and "alembic" not in one and "units" not in one]
    assert len(asked) == 3
    plan = plan_of(opened, "emphasis", lambda: of(opened, "cun1", "04-02 09:00"))
    assert "ix_obligations_unit_id_state" in plan
