from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime

import pytest
from sqlalchemy import func, select

from duban.calendar.faults import PlanFault
from duban.ledger import agenda, years
from duban.ledger.book import Book
from duban.ledger.tables import Base, Cue, JournalEntry, PlanRevision, PlanYear, Round, Stretch
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster
from support.campaign import NEW_YEAR, PLAN, actions, adopt, advance, day, local, messages, round_of, year_of

EVERYTHING: tuple[type[Base], ...] = (PlanRevision, PlanYear, Round, Cue, Stretch)


def counts(book: Book) -> dict[str, int]:
    with book.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in EVERYTHING
        }


@pytest.mark.usefixtures("town")
def test_a_year_becomes_rounds_cues_and_stretches(book: Book) -> None:
    done = adopt(book)
    assert done == years.Opened("jiancha", 2023, rounds=25, stretches=2, skipped=0)
    assert counts(book) == {"plans": 1, "plan_years": 1, "rounds": 25, "cues": 97, "stretches": 2}
    march = round_of(book)
    assert (march.title, march.flow, march.expected) == ("2023年3月 · 每月检查", "month", None)
    assert [local(at) for at in (march.opens_at, march.due_at, march.locks_at, march.next_at)] == [
        "2023-03-01 00:00:00",
        "2023-03-24 23:59:59",
        "2023-04-03 23:59:59",
        "2023-03-01 00:00:00",
    ]
    assert (march.audience["name"], march.audience["lead"]) == ("各村", "各部门")
    assert march.form[0]["label"] == "检查数量"


@pytest.mark.usefixtures("town")
def test_adopting_twice_is_adopting_once(book: Book) -> None:
    adopt(book)
    before = counts(book)
    again = adopt(book, now=day("02-01 09:00"))
    assert again == years.Opened("jiancha", 2023, rounds=0, stretches=0, skipped=0)
    assert counts(book) == before
    assert actions(book) == ["roster.imported", "plan.adopted", "year.opened"]


@pytest.mark.usefixtures("town")
def test_two_who_adopt_at_once_adopt_once(book: Book) -> None:
    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(lambda _: adopt(book), range(2)))
    assert sorted(one.rounds for one in done) == [0, 25]
    assert counts(book)["rounds"] == 25
    assert actions(book).count("year.opened") == 1


@pytest.mark.usefixtures("town")
def test_the_journal_says_under_which_text_the_plan_runs(book: Book) -> None:
    adopt(book)
    with book.read() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "plan.adopted")).one()
        kept = session.scalars(select(PlanRevision)).one()
    assert kept.content == PLAN
    assert entry.detail == f'{{"revision":1,"sha256":"{kept.sha256}"}}'
    assert entry.actor == "办公室"


@pytest.mark.usefixtures("town")
def test_adopting_in_mid_year_leaves_aside_what_is_over(book: Book) -> None:
    done = adopt(book, now=day("06-25 10:00"))
    # January to June of two monthly duties, and the eve of the lunar new year.
    assert done == years.Opened("jiancha", 2023, rounds=25, stretches=2, skipped=13)
    assert round_of(book, period="2023-06").next_at is None
    assert local(round_of(book, period="2023-06").skipped_at) == "2023-06-25 10:00:00"
    assert advance(book, day("06-25 10:00")) == []
    assert messages(book) == []


@pytest.mark.usefixtures("town")
def test_one_revision_has_one_text(book: Book) -> None:
    adopt(book)
    with pytest.raises(DubanError) as refused:
        adopt(book, PLAN.replace("请报送情况", "请尽快报送情况"))
    assert str(refused.value) == (
        "方案“jiancha”修订版 1 的内容与账簿中的不同；改动方案须把 revision 加一，"
        "再用 duban plan diff 查看变动、duban plan apply 执行。"
    )


@pytest.mark.usefixtures("town")
def test_a_year_under_one_revision_is_not_adopted_under_another(book: Book) -> None:
    adopt(book)
    with pytest.raises(DubanError) as refused:
        adopt(book, PLAN.replace("year: 2023", "year: 2023\nrevision: 2"))
    assert str(refused.value) == (
        "方案“jiancha”2023年已按另一修订版执行，没有改动；"
        "要改为这一修订版，请用 duban plan diff 查看变动、duban plan apply 执行。"
    )
    assert counts(book)["plans"] == 1


@pytest.mark.usefixtures("town")
def test_an_audience_that_selects_nobody_is_refused_and_nothing_is_written(book: Book) -> None:
    with pytest.raises(PlanFault) as wrong:
        adopt(book, PLAN.replace("tags: [沿江]", "tags: [沿海]"))
    assert [fault.place for fault in wrong.value.faults] == [("audiences", "yanjiang")]
    assert "“沿江各村”在账簿的名册中一个单位也没有（2023年1月 · 情况报告）" in str(wrong.value)
    assert set(counts(book).values()) == {0}


def test_units_that_open_later_in_the_year_must_be_there_when_the_round_opens(
    book: Book, town: Roster
) -> None:
    opened = tuple(
        replace(unit, opened_on=date(2024, 1, 1)) if unit.kind == "村" else unit for unit in town.units
    )
    with book.write() as session:
        import_roster(session, Roster(opened), NEW_YEAR, "测试")
    with pytest.raises(PlanFault, match="各村"):
        adopt(book)
    assert adopt(book, year=2024, now=day("12-01 09:00")).rounds == 25


@pytest.mark.usefixtures("town")
def test_an_error_on_the_way_leaves_nothing_half_written(book: Book) -> None:
    def fail() -> None:
        with book.write() as session:
            years.adopt(session, year_of(), PLAN, NEW_YEAR, "办公室")
            raise DubanError("中途出错")

    with pytest.raises(DubanError, match="中途出错"):
        fail()
    assert set(counts(book).values()) == {0}
    assert actions(book) == ["roster.imported"]


@pytest.mark.usefixtures("town")
def test_next_year_is_to_be_opened_from_the_first_of_december(book: Book) -> None:
    def due(now: datetime) -> list[tuple[str, str, str]]:
        with book.read() as session:
            return [(one.title, one.period, one.flow) for one in agenda.years_due(session, now)]

    adopt(book)
    assert due(day("11-30 23:59")) == []
    assert due(day("12-01 00:00")) == [("2024年 · 示例检查方案", "2024", "year")]
    adopt(book, year=2024, now=day("12-01 00:00"))
    assert due(day("12-31 00:00")) == []


@pytest.mark.usefixtures("town")
def test_the_latest_year_says_whether_a_plan_renews(book: Book) -> None:
    adopt(book)
    with book.write() as session:
        years.adopt(session, year_of(year=2024), PLAN, day("12-01 00:00"), "办公室", renews=False)
    with book.read() as session:
        assert agenda.years_due(session, day("2025-06-01 00:00")) == []
