"""A quarter to appraise: three villages and the checks of February and March 2023.

Rules are in force from 1 February on, so January's check does not count. 一村 reports in time, 二村 late in
March, 三村 never. The record closes with 10 April, the fifth workday after the quarter (5 April is 清明).
What was drafted on the 11th may be appealed against until the end of 18 April.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import select

from duban.calendar import loader
from duban.ledger import (
    appraisal_appeals,
    appraisal_entries,
    appraisal_publishing,
    appraisal_sets,
    appraising,
)
from duban.ledger.appraisal_adopting import Proposal, adopt as adopt_rules, mark, try_out
from duban.ledger.appraisal_appeals import Answer
from duban.ledger.appraisal_entries import New
from duban.ledger.appraisal_results import Run, Standing, run_of, standings, whole
from duban.ledger.appraisal_sets import Adopted, RulesText
from duban.ledger.book import Book
from duban.ledger.means import Doing, Means
from duban.ledger.tables import Appraisal, AppraisalRun, Message, Unit
from duban.obligations.appraisal_periods import of_code
from duban.obligations.appraisal_rules import points_text, signed_text
from duban.tasks.supervising import PARTS

from .campaign import PLAN, adopt, advance, day, deliver, only, slots, submit, workdays
from .remembered import remembered

RULES = """
appraisal:
  - since: 2023-02-01
    period: quarter
    of: [cun]
    items:
      - {key: baosong, name: 按时报送, clause: 六（一）, duties: [yuecha], points: 60,
         missing: 2, late: 0.5, returned: 1}
      - {key: zhenggai, name: 隐患整改, clause: 六（二）, points: 40,
         findings: {late: 1, open: 3, reopened: 2}, sheets: {cuiban: 0.5, duban: 2}}
    bonus:
      - {key: chahuo, name: 查获窝点, clause: 六（三）, points: 3}
      - {key: wuyuqi, name: 全期无逾期, clause: 六（三）, points: 1, by: no_overdue}
    bonus_most: 3
    veto: [{key: shigu, name: 发生事故, clause: 六（四）}]
    grades: {excellent: 98, good: 90, qualified: 60}
    note: 分值由镇综治岗自定。
"""
WHOLE = PLAN + RULES
MEANS = Means(workdays(), slots)
PART = PARTS["appraisal"]
DRAFTED = day("04-11 09:00")


def rules(text: str = WHOLE) -> RulesText:
    """Give the last set of rules of a plan."""
    return appraisal_sets.of_plan(loader.read(text, "jiancha.yaml").plan)[-1]


def put_in_force(
    book: Book, text: RulesText | None = None, since: str = "2023-02-01", now: str = "01-10 09:00"
) -> Adopted:
    with book.write() as session:
        proposal = Proposal("jiancha", text or rules(), date.fromisoformat(since), "方案")
        when = day(now)
        seen = mark("jiancha", proposal.text, try_out(session, "jiancha", proposal.text, when, workdays()))
        return adopt_rules(session, proposal, when, "王文书", workdays(), seen=seen)


@remembered
def quarter(book: Book, plan: str = WHOLE) -> None:
    """Let the quarter pass, in a book that holds the town, as the module says."""
    adopt(book, plan)
    only(book, "yuecha", "2023-01", "2023-02", "2023-03")
    advance(book, day("01-04 09:00"))
    put_in_force(book, rules(plan))
    for month in ("02", "03"):
        advance(book, day(f"{month}-01 09:00"))
        submit(book, "cun1", day(f"{month}-20 09:00"), period=f"2023-{month}")
        if month == "02":
            submit(book, "cun2", day("02-20 10:00"), period="2023-02")
        advance(book, day(f"{month}-25 09:00"))
    submit(book, "cun2", day("03-27 10:00"))
    advance(book, day("04-04 09:00"))


def draw_up(book: Book, now: datetime = DRAFTED) -> list[str | None]:
    """Do what has fallen due of the appraisal; gives what was done."""
    with book.read() as session:
        due = PART.due(session, now, workdays())
    done: list[str | None] = []
    for one in due:
        with book.write() as session:
            done.append(PART.handle(session, one, now, MEANS))
    told(book, now + timedelta(minutes=6))
    return done


def told(book: Book, now: datetime) -> None:
    """Let what waits leave, if anything does."""
    with book.read() as session:
        waits = session.scalar(select(Message.id).where(Message.state == "queued").limit(1))
    if waits is not None:
        deliver(book, now)


def drafted(book: Book, plan: str = WHOLE) -> None:
    """Let the quarter pass and its results be drawn up on 11 April."""
    quarter(book, plan)
    draw_up(book)


def doing(now: datetime, by: str = "王文书") -> Doing:
    return Doing(now, by, MEANS)


def run(book: Book) -> Run:
    """Give the only run."""
    with book.read() as session:
        found = run_of(session, session.scalars(select(AppraisalRun.id)).one())
    assert found is not None
    return found


def standing(book: Book, unit: str) -> Standing:
    """Give how a unit's result stands."""
    found = run(book)
    with book.read() as session:
        return next(one for one in standings(session, found) if one.code == unit)


def totals(book: Book) -> dict[str, tuple[str, str]]:
    """Give points and grade of each unit, by code."""
    found = run(book)
    with book.read() as session:
        return {one.code: (points_text(one.total), one.grade.zh) for one in standings(session, found)}


def appraisal(book: Book, unit: str) -> int:
    """Give the number of a unit's result."""
    with book.read() as session:
        query = select(Appraisal.id).join(Unit, Unit.id == Appraisal.unit_id).where(Unit.code == unit)
        return session.scalars(query).one()


def unit_id(book: Book, code: str) -> int:
    with book.read() as session:
        return session.scalars(select(Unit.id).where(Unit.code == code)).one()


def bonus(book: Book, unit: str = "cun3", points: str = "2", now: str = "04-06 09:00") -> int:
    new = New(
        "jiancha", "2023-Q1", unit_id(book, unit), "chahuo", "县局通报〔2023〕5号", "李镇长", Decimal(points)
    )
    with book.write() as session:
        return appraisal_entries.enter_bonus(session, new, day(now), "王文书").id


def veto(book: Book, unit: str = "cun1", now: str = "04-06 09:00", sign: str = "") -> int:
    new = New("jiancha", "2023-Q1", unit_id(book, unit), "shigu", "3月2日爆炸，见调查报告")
    with book.write() as session:
        number = appraisal_entries.enter_veto(session, new, day(now), "王文书").id
        if sign:
            found = appraisal_entries.locked(session, number)
            assert found is not None
            appraisal_entries.sign(session, found, day(sign), "张镇长", MEANS)
    return number


def appeal(book: Book, unit: str = "cun2", line: int = 2, now: str = "04-12 09:00") -> int:
    with book.write() as session:
        row = appraisal_appeals.locked(session, appraisal(book, unit))
        assert row is not None
        said = "27日当天停电，已电话报告"
        return appraisal_appeals.appeal(session, row, line, said, doing(day(now), "二村 乙文书")).id


def answer(book: Book, number: int, said: Answer, unit: str = "cun2", now: str = "04-13 09:00") -> None:
    with book.write() as session:
        row = appraisal_appeals.locked(session, appraisal(book, unit))
        assert row is not None
        appraisal_appeals.answer(session, row, number, said, doing(day(now)))


def adjust(book: Book, unit: str, points: str, now: str = "04-13 09:00") -> None:
    with book.write() as session:
        row = appraisal_appeals.locked(session, appraisal(book, unit))
        assert row is not None
        why = "核对发现漏记"
        appraisal_appeals.adjust(session, row, Decimal(points), why, "六（一）", doing(day(now)))


def publish(book: Book, now: str = "04-19 09:00") -> tuple[int, tuple[tuple[str, str], ...]]:
    number = run(book).row.id
    told(book, day(now) - timedelta(hours=13))  # the evening before
    with book.write() as session:
        return appraisal_publishing.publish(session, number, doing(day(now), "张镇长"))


def lines(book: Book, unit: str) -> list[tuple[str, str, str]]:
    with book.read() as session:
        found = whole(session, appraisal(book, unit))
    assert found is not None
    return [(line.kind.zh, signed_text(line.points), line.why) for line in found.lines]


def early(book: Book, now: datetime) -> dict[str, int]:
    """Adopt the rules and draw the quarter up at once, before it is over; gives the results by unit code."""
    tomorrow = now + timedelta(days=1)  # what began today has no rules
    put_in_force(book, rules(), f"{tomorrow:%Y-%m-%d}", f"{now:%Y-%m-%d %H:%M}")
    with book.write() as session:
        units = dict(session.execute(select(Unit.code, Unit.id).where(Unit.kind == "村")).tuples().all())
        first = min(units)
        new = New("jiancha", "2023-Q1", units[first], "chahuo", "县局通报", "李镇长", Decimal(1))
        appraisal_entries.enter_bonus(session, new, now, "王文书")
        veto_ = New("jiancha", "2023-Q1", units[first], "shigu", "待查")
        appraisal_entries.enter_veto(session, veto_, now, "王文书")
        appraising.draft(session, "jiancha", of_code("2023-Q1"), now, MEANS)
    with book.read() as session:
        rows = session.execute(select(Unit.code, Appraisal.id).join(Unit, Unit.id == Appraisal.unit_id))
        return dict(rows.tuples().all())
