from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from duban.ledger import (
    addressed,
    appraisal_list,
    appraising,
    owed,
)
from duban.ledger.appraisal_adopting import Proposal, adopt as adopt_rules, mark, try_out
from duban.ledger.appraisal_sets import adopted, kind_in
from duban.ledger.appraisal_simulating import simulate
from duban.ledger.book import Book
from duban.ledger.reports import Return
from duban.ledger.tables import (
    Finding,
    FindingStep,
    JournalEntry,
    Message,
    Round,
    Sheet,
    Unit,
)
from duban.obligations.errors import DubanError
from support.appraised import (
    WHOLE,
    adjust,
    bonus,
    drafted,
    draw_up,
    lines,
    publish,
    put_in_force,
    quarter,
    rules,
    run,
    standing,
    totals,
    veto,
)
from support.campaign import actions, adopt, advance, day, deliver, local, return_, submit, workdays

pytestmark = pytest.mark.usefixtures("town")


# Rules


def test_rules_are_adopted_by_who_has_seen_them_tried_on_last_years_book(book: Book) -> None:
    quarter(book)
    proposal = Proposal("jiancha", rules(WHOLE.replace("late: 0.5", "late: 12")), date(2024, 1, 10), "方案")
    now = day("2024-01-05 09:00")
    with book.write() as session:
        trials = try_out(session, "jiancha", proposal.text, now, workdays())
        seen = mark("jiancha", proposal.text, trials)
        said = (session, proposal, now, "王文书", workdays())
        with pytest.raises(DubanError, match="起用前须用上一年（2023年）的账簿试算，请先试算。"):
            adopt_rules(*said, seen="")
        with pytest.raises(DubanError, match="2023年的账簿在您看过试算结果之后有变化，没有起用"):
            adopt_rules(*said, seen=mark("jiancha", proposal.text, trials[1:]))
        # The mark of a year of which there is nothing yet is that of these rules all the same.
        assert mark("jiancha", proposal.text, []) != mark("jiancha", rules(), [])
        adopt_rules(*said, seen=seen)
        entry = session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()
    assert entry.action == "appraisal.adopted"
    assert json.loads(entry.detail)["tried"] == {"mark": seen, "units": 3, "year": 2023}


def test_rules_are_in_force_from_their_day_with_who_adopted_them(book: Book) -> None:
    adopt(book, WHOLE)
    done = put_in_force(book)
    with book.read() as session:
        [found] = adopted(session, "jiancha")
        assert (found.id, str(found.since), found.by) == (done.id, "2023-02-01", "王文书")
        assert found.text.rules.items[0].late == Decimal("0.5")
        assert [one.name for one in found.text.audiences.values()] == ["各村"]
        assert (kind_in([found], 2023), kind_in([found], 2022)) == ("quarter", None)
    assert actions(book)[-1] == "appraisal.adopted"


def test_rules_never_reach_back(book: Book) -> None:
    adopt(book, WHOLE)
    with pytest.raises(DubanError, match="起用日期不能早于今天（2023-01-10），填的是2023-01-09"):
        put_in_force(book, since="2023-01-09")
    assert put_in_force(book, since="2023-01-10").since == date(2023, 1, 10)


def test_two_sets_are_not_in_force_from_one_day(book: Book) -> None:
    adopt(book, WHOLE)
    put_in_force(book)
    with pytest.raises(DubanError, match="已有一组规则从2023-02-01起用"):
        put_in_force(book)


def test_the_period_changes_at_new_year_alone(book: Book) -> None:
    adopt(book, WHOLE)
    put_in_force(book)
    yearly = rules(WHOLE.replace("period: quarter", "period: year"))
    with pytest.raises(DubanError, match="只能从某年1月1日起改"):
        put_in_force(book, yearly, "2023-06-01")
    put_in_force(book, yearly, "2024-01-01")
    with book.read() as session:
        sets = adopted(session, "jiancha")
    assert (kind_in(sets, 2023), kind_in(sets, 2024)) == ("quarter", "year")


def test_rules_of_a_plan_that_is_not_in_the_book_are_not_adopted(book: Book) -> None:
    with pytest.raises(DubanError, match="账簿中没有方案“jiancha”"):
        put_in_force(book)


# Drafts


def test_results_are_drawn_up_when_the_record_closes_once_and_for_all_units(book: Book) -> None:
    quarter(book)
    assert draw_up(book, day("04-10 23:59")) == []
    assert draw_up(book) == ["拟出3个单位的考核结果，通知单位核对"]
    assert draw_up(book) == []
    assert totals(book) == {"cun1": ("101", "优秀"), "cun2": ("99.5", "优秀"), "cun3": ("96", "良好")}
    found = run(book).row
    assert (found.name, local(found.as_of)) == ("2023年第一季度", "2023-04-10 23:59:59")
    done = [one for one in actions(book) if one.startswith("appraisal.")]
    assert done[-4:] == ["appraisal.begun", *["appraisal.drafted"] * 3]


def test_each_point_is_traced_and_what_opened_before_the_rules_does_not_count(book: Book) -> None:
    drafted(book)
    assert lines(book, "cun2") == [
        ("起评分", "+60", "满分60分"),
        ("迟报", "-0.5", "2023年3月 · 每月检查，迟报"),
        ("起评分", "+40", "满分40分"),
    ]
    assert lines(book, "cun3")[1:3] == [
        ("漏报", "-2", "2023年2月 · 每月检查，漏报"),
        ("漏报", "-2", "2023年3月 · 每月检查，漏报"),
    ]
    assert lines(book, "cun1")[-1] == ("加分", "+1", "全期无逾期")


def test_units_are_told_to_look_and_until_when_they_may_appeal(book: Book) -> None:
    drafted(book)
    with book.read() as session:
        told = addressed.told(session, f"appraisal-run/{run(book).row.id}")
        assert [(one.unit, one.subject) for one in told][:1] == [("一村", "请核对2023年第一季度目标考核结果")]
        assert len(told) == 3
        body = session.scalars(select(Message.wording).where(Message.id == told[0].message_id)).one()
    assert "请在收到本通知次日起5个工作日内提出申诉" in (body or "")
    assert local(standing(book, "cun1").appeal_until) == "2023-04-18 23:59:59"


def test_a_report_after_the_record_has_closed_changes_nothing_even_if_the_draft_is_late(book: Book) -> None:
    quarter(book)
    with book.write() as session:
        session.execute(update(Round).where(Round.period == "2023-03").values(locks_at=day("05-03 23:59")))
    submit(book, "cun3", day("04-12 09:00"))
    draw_up(book, day("04-20 09:00"))
    assert totals(book)["cun3"] == ("96", "良好")
    assert local(run(book).row.as_of) == "2023-04-10 23:59:59"


def test_returns_for_a_fault_of_substance_cost_points(book: Book) -> None:
    quarter(book)
    why = Return("数字与台账不符", material=True, correct_by=day("04-07 23:59"))
    return_(book, "cun2", day("04-06 09:00"), why=why)
    submit(book, "cun2", day("04-06 10:00"))
    draw_up(book)
    assert [one[:2] for one in lines(book, "cun2")[1:3]] == [("迟报", "-0.5"), ("退回", "-1")]


def test_a_later_set_prices_what_opens_under_it_and_leaves_the_rest(book: Book) -> None:
    adopt(book, WHOLE)
    advance(book, day("01-04 09:00"))
    put_in_force(book)
    advance(book, day("02-01 09:00"))
    dearer = rules(WHOLE.replace("missing: 2,", "missing: 9,"))
    put_in_force(book, dearer, "2023-02-15", "02-10 09:00")
    for at in ("03-01 09:00", "04-04 09:00"):
        advance(book, day(at))
    draw_up(book)
    assert [one for one in lines(book, "cun3") if one[0] == "漏报"] == [
        ("漏报", "-2", "2023年2月 · 每月检查，漏报"),
        ("漏报", "-9", "2023年3月 · 每月检查，漏报"),
    ]


def test_a_year_without_the_plan_is_not_appraised(book: Book) -> None:
    quarter(book)
    draw_up(book)
    with book.read() as session:
        names = [one.period for one in appraising.due(session, day("2024-12-01 09:00"), workdays())]
    assert names == ["2023-Q2", "2023-Q3", "2023-Q4"]


def test_findings_and_sheets_count_as_they_were_known(book: Book) -> None:
    quarter(book)
    with book.write() as session:
        unit = session.scalars(select(Unit.id).where(Unit.code == "cun1")).one()
        session.add(finding(unit))
        session.flush()
        kinds = (("found", "03-02 09:00"), ("fixed", "03-20 09:00"), ("closed", "04-20 09:00"))
        for kind, at in kinds:
            until = day("03-15 23:59") if kind == "found" else None
            who = unit if kind == "found" else None
            session.add(
                FindingStep(finding_id=1, at=day(at), kind=kind, by="检查组", until=until, unit_id=who)
            )
        session.add(sheet(unit, owed.find(session, "jiancha", "yuecha", "2023-03", "cun1").id))
    draw_up(book)
    assert lines(book, "cun1")[2:4] == [
        ("隐患", "-1", "1号隐患（仓库混放），逾期整改"),
        ("督办", "-2", "督办单（督办〔2023〕1号）：三月检查"),
    ]


def finding(unit: int) -> Finding:
    said = {"checked_by": "综治岗", "inspectors": "王某", "item": "仓库", "place": "一村", "kind": "存储"}
    said |= {
        "description": "仓库混放",
        "measures": "分开",
        "responsible": "甲",
        "clause": "五",
        "via": "desk",
    }
    moments = {"entered_at": day("03-02 09:00"), "found_at": day("03-02 08:00")}
    due = {"first_due_at": day("03-15 23:59"), "due_at": day("03-15 23:59"), "entered_by": "王文书"}
    head = {"key": "f1", "slug": "jiancha", "year": 2023, "number": 1, "grade": "general", "state": "closed"}
    return Finding(id=1, unit_id=unit, **head, **said, **moments, **due)


def sheet(unit: int, obligation: int | None) -> Sheet:
    head = {
        "rung": "duban",
        "state": "issued",
        "series": "jiancha",
        "year": 2023,
        "number": 1,
        "cause": "ladder",
    }
    said = {
        "reason": "",
        "matter": "三月检查",
        "responsible": "甲",
        "lead": "",
        "requirement": "",
        "basis": "",
    }
    when = {
        "made_at": day("03-28 09:00"),
        "made_by": "duban",
        "issued_at": day("03-29 09:00"),
        "clause": "三",
    }
    return Sheet(unit_id=unit, obligation_id=obligation, limit_days=5, **head, **said, **when)


# The paper ledger


def test_the_paper_ledger_has_the_points_by_item_in_the_order_of_the_roster(book: Book) -> None:
    quarter(book)
    bonus(book, points="2")
    veto(book, "cun2", sign="04-06 10:00")
    draw_up(book)
    adjust(book, "cun3", "-0.5")
    with book.read() as session:
        (paper,) = appraisal_list.appraisal_rows(session, "jiancha", 2023, day("04-14 09:00"))
    assert (paper.name, paper.items, paper.maximum) == ("2023年第一季度", ("按时报送", "隐患整改"), 100)
    told = [
        (one.number, one.unit, [str(each) for each in one.items], str(one.bonus), str(one.adjusted))
        for one in paper.rows
    ]
    assert told == [
        (1, "一村", ["60", "40"], "1", "0"),
        (2, "二村", ["59.5", "40"], "0.0", "0.0"),
        (3, "三村", ["56", "40"], "2", "-0.5"),
    ]
    assert [(str(one.total), one.grade, one.vetoes, one.state) for one in paper.rows] == [
        ("101", "优秀", "", "拟定"),
        ("99.5", "不合格", "发生事故", "拟定"),
        ("97.5", "良好", "", "拟定"),
    ]


def test_the_paper_ledger_of_a_past_moment_knows_nothing_of_what_came_later(book: Book) -> None:
    drafted(book)
    before = day("04-12 09:00")
    with book.read() as session:
        (then,) = appraisal_list.appraisal_rows(session, "jiancha", 2023, before, "cun2")
    adjust(book, "cun2", "-30")
    veto(book, "cun2", "04-14 09:00", sign="04-14 10:00")
    deliver(book, day("04-17 09:00"))
    publish(book, "05-10 09:00")
    with book.read() as session:
        assert appraisal_list.appraisal_rows(session, "jiancha", 2023, day("04-11 08:59")) == []
        assert appraisal_list.appraisal_rows(session, "jiancha", 2023, before, "cun2") == [then]
        (now,) = appraisal_list.appraisal_rows(session, "jiancha", 2023, day("05-11 09:00"), "cun2")
    told = [(str(row.total), row.grade, row.state) for row in (*then.rows, *now.rows)]
    assert told == [("99.5", "优秀", "拟定"), ("69.5", "不合格", "已公布")]


# Trying rules


def test_rules_are_tried_on_a_year_before_they_are_adopted(book: Book) -> None:
    quarter(book)
    new = rules(WHOLE.replace("late: 0.5", "late: 12").replace("missing: 2,", "missing: 3,"))
    before = actions(book)
    with book.read() as session:
        trials = simulate(session, "jiancha", new, 2023, day("2024-02-01 09:00"), workdays())
    assert [one.period.code for one in trials] == ["2023-Q1", "2023-Q2", "2023-Q3", "2023-Q4"]
    told = [
        (one.code, one.old and str(one.old.total), str(one.new.total), one.regraded)
        for one in trials[0].units
    ]
    assert told == [("cun1", "101", "97", True), ("cun2", "99.5", "85", True), ("cun3", "96", "91", False)]
    assert [[(move.name, str(move.change)) for move in one.moves] for one in trials[0].units] == [
        [("按时报送", "-3"), ("全期无逾期", "-1")],
        [("按时报送", "-14.5")],
        [("按时报送", "-5")],
    ]
    assert actions(book) == before
    assert trials[0].new is not None
    assert (trials[0].new.lowest, trials[0].new.middle, trials[0].new.highest) == (85, 91, 97)


def test_where_there_were_no_rules_a_trial_has_nothing_to_compare_with(book: Book) -> None:
    adopt(book, WHOLE)
    for at in ("01-04 09:00", "02-01 09:00", "03-01 09:00"):
        advance(book, day(at))
    with book.read() as session:
        [trial] = simulate(session, "jiancha", rules(), 2023, day("03-27 09:00"), workdays())
    assert [(one.old, one.change, str(one.new.total)) for one in trial.units][:1] == [(None, None, "94")]
    assert trial.old is None
    assert local(trial.as_of) == "2023-03-27 09:00:00"
