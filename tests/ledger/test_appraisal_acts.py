from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from duban.ledger import (
    addressed,
    appraisal_appeals,
    appraisal_entries,
    appraisal_publishing,
    appraisal_tellings,
    appraising,
    journal,
)
from duban.ledger.appraisal_appeals import Answer
from duban.ledger.appraisal_entries import New
from duban.ledger.appraisal_list import appraisal_rows
from duban.ledger.appraisal_results import runs, whole
from duban.ledger.book import Book
from duban.ledger.tables import Appraisal, AppraisalEntry, Contact, JournalEntry
from duban.obligations.appraisal_periods import of_code
from duban.obligations.errors import DubanError
from support.appraised import (
    DRAFTED,
    MEANS,
    adjust,
    answer,
    appeal,
    appraisal,
    bonus,
    doing,
    drafted,
    draw_up,
    lines,
    publish,
    quarter,
    run,
    standing,
    totals,
    unit_id,
    veto,
)
from support.campaign import actions, day, deliver, local

pytestmark = pytest.mark.usefixtures("town")


# Bonuses and vetoes


def test_a_bonus_is_entered_with_its_evidence_and_approver_and_counts(book: Book) -> None:
    quarter(book)
    number = bonus(book)
    draw_up(book)
    assert totals(book)["cun3"] == ("98", "优秀")
    assert lines(book, "cun3")[-1] == ("加分", "+2", "县局通报〔2023〕5号")
    with book.read() as session:
        found = session.get_one(AppraisalEntry, number)
        assert (found.approver, found.by, found.clause) == ("李镇长", "王文书", "六（三）")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"points": Decimal(4)}, "本项加分应大于0、不超过3分，填的是4分"),
        ({"points": Decimal(0)}, "本项加分应大于0"),
        ({"approver": " "}, "请写明批准人"),
        ({"reason": ""}, "请写明事由和依据的材料"),
        ({"key": "wuyuqi"}, "请选择由办公室登记的加分项：查获窝点"),
        ({"period": "2023"}, "2023年度没有考核规则"),
        ({"period": "2022-Q1"}, "2022年第一季度没有考核规则"),
        ({"period": "随便"}, "请选择考核周期"),
        ({"unit_id": 99999}, "请选择单位"),
    ],
)
def test_a_bonus_that_the_rules_do_not_have_is_refused(
    book: Book, changed: dict[str, object], said: str
) -> None:
    quarter(book)
    new = New("jiancha", "2023-Q1", unit_id(book, "cun3"), "chahuo", "通报", "李镇长", Decimal(2))
    with book.write() as session, pytest.raises(DubanError, match=said):
        appraisal_entries.enter_bonus(session, replace(new, **changed), DRAFTED, "王文书")  # pyright: ignore[reportArgumentType]


def test_a_bonus_that_was_withdrawn_does_not_count(book: Book) -> None:
    quarter(book)
    number = bonus(book)
    with book.write() as session:
        found = appraisal_entries.locked(session, number)
        assert found is not None
        appraisal_entries.withdraw(session, found, "记错单位", day("04-07 09:00"), "王文书", MEANS)
    draw_up(book)
    assert totals(book)["cun3"] == ("96", "良好")


def test_after_the_draft_a_bonus_comes_too_late(book: Book) -> None:
    drafted(book)
    with pytest.raises(DubanError, match="本期结果已经拟出，不能再登记加分"):
        bonus(book)


def test_a_veto_fails_a_unit_once_it_is_signed(book: Book) -> None:
    quarter(book)
    veto(book)
    veto(book, "cun2", sign="04-06 10:00")
    draw_up(book)
    assert totals(book) == {"cun1": ("101", "优秀"), "cun2": ("99.5", "不合格"), "cun3": ("96", "良好")}
    assert lines(book, "cun2")[-1] == ("一票否决", "0", "3月2日爆炸，见调查报告")


def test_a_veto_signed_after_the_draft_fails_the_unit_and_gives_it_time_anew(book: Book) -> None:
    drafted(book)
    veto(book, now="04-17 09:00", sign="04-18 10:00")
    found = standing(book, "cun1")
    assert (found.grade.zh, local(found.appeal_until)) == ("不合格", "2023-04-24 23:59:59")
    with book.read() as session:
        [told] = addressed.told(session, f"appraisal/{appraisal(book, 'cun1')}")
    assert (told.unit, told.subject) == ("一村", "目标考核一票否决")


def test_a_veto_is_signed_once_and_none_that_was_withdrawn(book: Book) -> None:
    quarter(book)
    number = veto(book, sign="04-06 10:00")
    with book.write() as session:
        found = appraisal_entries.locked(session, number)
        assert found is not None
        with pytest.raises(DubanError, match="已经签批过了"):
            appraisal_entries.sign(session, found, DRAFTED, "张镇长", MEANS)
        appraisal_entries.withdraw(session, found, "查明与该村无关", DRAFTED, "张镇长", MEANS)
        with pytest.raises(DubanError, match="已经撤销过了"):
            appraisal_entries.withdraw(session, found, "再撤", DRAFTED, "张镇长", MEANS)
    draw_up(book)
    assert totals(book)["cun1"] == ("101", "优秀")


# Appeals and adjustments


def test_a_unit_appeals_against_a_line_and_the_answer_is_a_line_beside_the_draft(book: Book) -> None:
    drafted(book)
    number = appeal(book)
    assert standing(book, "cun2").appeals == 1
    answer(book, number, Answer(upheld=True, text="属实，停电有公告", points=Decimal("0.5")))
    found = standing(book, "cun2")
    assert (found.drafted, found.total, found.adjusted, found.appeals) == (
        Decimal("99.5"),
        Decimal(100),
        1,
        0,
    )
    with book.read() as session:
        here = whole(session, appraisal(book, "cun2"))
        assert here is not None
        assert [(one.points, one.why, one.clause) for one in here.adjustments] == [
            ("0.5", "属实，停电有公告", "六（一）")
        ]
        assert here.appeals[0].upheld is True
        [told] = addressed.told(session, f"appraisal/{here.row.id}")
    assert told.subject == "考核申诉已答复"
    assert actions(book)[-2:] == ["appraisal.answered", "appraisal.adjusted"]


def test_an_appeal_that_does_not_hold_changes_no_points(book: Book) -> None:
    drafted(book)
    answer(book, appeal(book, line=0), Answer(upheld=False, text="没有停电记录"))
    assert totals(book)["cun2"] == ("99.5", "优秀")


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (Answer(upheld=True, text="属实"), "申诉成立的，请写明更正几分"),
        (Answer(upheld=False, text="不属实", points=Decimal(1)), "申诉不成立的，不更正分数"),
        (Answer(upheld=False, text=" "), "请写明答复的理由"),
        (Answer(upheld=True, text="属实", points=Decimal(5)), "超出了0至103分"),
        (Answer(upheld=True, text="属实", points=Decimal(0)), "更正的分数不能是0"),
    ],
)
def test_an_answer_that_does_not_follow_is_refused_and_nothing_is_kept(
    book: Book, said: Answer, why: str
) -> None:
    drafted(book)
    number = appeal(book)
    with pytest.raises(DubanError, match=why):
        answer(book, number, said)
    assert standing(book, "cun2").appeals == 1


def test_an_appeal_is_made_in_time_once_to_each_line_and_answered_once(book: Book) -> None:
    drafted(book)
    number = appeal(book)
    with pytest.raises(DubanError, match="这一项已经申诉过"):
        appeal(book)
    with pytest.raises(DubanError, match="没有第9项；本单位的结果共3项"):
        appeal(book, line=9)
    with pytest.raises(DubanError, match="申诉已于2023年4月18日（星期二）24时截止"):
        appeal(book, line=1, now="04-19 00:00")
    answer(book, number, Answer(upheld=False, text="不属实"))
    with pytest.raises(DubanError, match="已经答复过了"):
        answer(book, number, Answer(upheld=False, text="再答"))


def test_the_office_puts_a_draft_right_and_where_points_go_the_time_is_anew(book: Book) -> None:
    drafted(book)
    adjust(book, "cun1", "-1.25")
    adjust(book, "cun3", "2")
    assert totals(book) == {"cun1": ("99.75", "优秀"), "cun2": ("99.5", "优秀"), "cun3": ("98", "优秀")}
    assert local(standing(book, "cun1").appeal_until) == "2023-04-20 23:59:59"
    assert local(standing(book, "cun3").appeal_until) == "2023-04-18 23:59:59"


# Publication


def test_a_person_publishes_what_nothing_keeps_back(book: Book) -> None:
    drafted(book)
    assert publish(book, "04-18 09:00")[0] == 0
    appeal(book)
    veto(book, "cun3", now="04-14 09:00")
    count, held = publish(book)
    assert (count, held) == (
        1,
        (("二村", "还有1件申诉没有答复，不能公布。"), ("三村", "还有1件一票否决没有签批或撤销，不能公布。")),
    )
    with book.read() as session:
        [progress] = runs(session)
        row = session.get_one(Appraisal, appraisal(book, "cun1"))
        assert (row.final_total, row.final_grade, row.published_by) == ("101", "excellent", "张镇长")
    assert (progress.drafts, progress.published, progress.appeals) == (2, 1, 1)


def test_what_is_published_is_neither_appealed_against_nor_adjusted(book: Book) -> None:
    drafted(book)
    publish(book)
    for act in (
        lambda: appeal(book, now="04-19 10:00"),
        lambda: adjust(book, "cun1", "-1"),
        lambda: veto(book),
    ):
        with pytest.raises(DubanError, match="已经公布"):
            act()


def test_who_was_not_told_is_held_back_until_a_person_has_told_them(book: Book) -> None:
    quarter(book)
    third = unit_id(book, "cun3")
    with book.write() as session:
        session.execute(update(Contact).where(Contact.unit_id == third).values(active=False))
    draw_up(book)
    count, held = publish(book)
    assert (count, [unit for unit, _ in held]) == (2, ["三村"])
    assert "还没有告知该单位" in held[0][1]
    number, here = appraisal(book, "cun3"), run(book)
    with book.write() as session:
        row = appraisal_appeals.locked(session, number)
        assert row is not None
        appraisal_tellings.tell(session, row, here, "电话告知丙文书", doing(day("04-19 10:00")))
    assert publish(book, "04-20 09:00")[1] == (
        ("三村", "申诉期到2023年4月25日（星期二）24时止，还不能公布。"),
    )
    assert publish(book, "04-27 09:00")[0] == 1
    with book.read() as session:
        begun = session.scalars(select(JournalEntry.detail).where(JournalEntry.action == "appraisal.begun"))
        assert json.loads(begun.one())["untold"] == ["三村"]
        assert journal.verify(session).reason_zh == ""


def test_what_came_after_the_draft_can_be_appealed_against_once_each(book: Book) -> None:
    drafted(book)
    answer(book, appeal(book, line=0), Answer(upheld=False, text="没有停电记录"))
    number = veto(book, "cun2", now="04-17 09:00", sign="04-18 10:00")
    adjust(book, "cun2", "-1", now="04-18 11:00")
    with book.read() as session:
        here = whole(session, appraisal(book, "cun2"))
    assert here is not None
    assert [one.said for one in here.since] == ["一票否决：发生事故", "更正-1分：核对发现漏记"]
    first, second = (one.line for one in here.since)
    answer(
        book,
        appeal(book, line=first, now="04-18 12:00"),
        Answer(upheld=True, text="撤销否决"),
        now="04-18 12:10",
    )
    appeal(book, line=second, now="04-18 12:20")
    with pytest.raises(DubanError, match="这一项已经申诉过"):
        appeal(book, line=second, now="04-18 12:21")
    with pytest.raises(DubanError, match="没有第-999项"):
        appeal(book, line=-999, now="04-18 12:21")
    with book.write() as session:
        found = appraisal_entries.locked(session, number)
        assert found is not None
        appraisal_entries.withdraw(session, found, "申诉成立", day("04-19 09:30"), "张镇长", MEANS)
    with book.read() as session:
        told = addressed.told(session, f"appraisal/{here.row.id}")
        assert journal.verify(session).reason_zh == ""
    assert (told[-1].subject, told[-1].state) == ("目标考核一票否决已撤销", "queued")
    assert [one.state for one in told if one.subject == "目标考核一票否决"] == ["withdrawn"]


def test_an_appeal_that_costs_points_gives_time_anew(book: Book) -> None:
    drafted(book)
    answer(book, appeal(book), Answer(upheld=True, text="另有两处漏报", points=Decimal(-2)))
    assert local(standing(book, "cun2").appeal_until) == "2023-04-20 23:59:59"


def test_a_veto_of_the_moment_of_publication_comes_before_or_after_it(book: Book) -> None:
    drafted(book)
    number = run(book).row.id
    with ThreadPoolExecutor(1) as pool, book.write() as session:
        done = appraisal_publishing.publish(session, number, doing(day("04-19 09:00"), "张镇长"))
        other = pool.submit(veto, book, now="04-19 09:00")
        wait([other], timeout=0.5)
        session.commit()
    assert done.results == 3
    with pytest.raises(DubanError, match="已经公布"):
        other.result(timeout=20)


def test_a_veto_of_the_draft_is_withdrawn_before_publication_where_its_appeal_was_upheld(book: Book) -> None:
    quarter(book)
    number = veto(book, "cun2", sign="04-06 10:00")
    draw_up(book)
    other = appeal(book)
    with pytest.raises(DubanError, match="请写明更正几分"):
        answer(book, other, Answer(upheld=True, text="属实"))
    answer(book, other, Answer(upheld=False, text="不属实"))
    last = len(lines(book, "cun2"))
    answer(
        book,
        appeal(book, line=last, now="04-13 09:30"),
        Answer(upheld=True, text="有误", points=Decimal(1)),
        now="04-13 10:00",
    )
    veto(book, "cun2", now="04-13 11:00", sign="04-13 11:10")  # another, which nobody appeals against
    held = "对“一票否决：发生事故”的申诉已成立，还没有撤销，不能公布。"
    deliver(book, day("04-14 09:00"))
    assert publish(book, "04-24 09:00") == (2, (("二村", held),))
    with book.write() as session:
        found = appraisal_entries.locked(session, number)
        assert found is not None
        appraisal_entries.withdraw(session, found, "申诉成立", day("04-24 09:30"), "张镇长", MEANS)
    assert publish(book, "04-27 09:00") == (1, ())
    with book.read() as session:
        [paper] = appraisal_rows(session, "jiancha", 2023, day("04-28 09:00"), "cun2")
    assert [(one.vetoes, one.grade) for one in paper.rows] == [("发生事故", "不合格")]


def test_a_letter_that_left_late_takes_nothing_of_the_time_for_appeals(book: Book) -> None:
    quarter(book)
    with book.write() as session:
        assert appraising.draft(session, "jiancha", of_code("2023-Q1"), DRAFTED, MEANS)
    deliver(book, day("04-19 08:30"))  # the channel was down until then
    appeal(book, now="04-19 09:00")
    count, held = publish(book, "04-20 09:00")
    assert (count, held[0]) == (0, ("一村", "申诉期到2023年4月25日（星期二）24时止，还不能公布。"))
    assert publish(book, "04-27 09:00")[0] == 2
    assert local(standing(book, "cun1").appeal_until) == "2023-04-25 23:59:59"
