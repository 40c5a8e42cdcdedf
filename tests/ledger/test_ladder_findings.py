"""The ladder for what checks find: overdue while it is not rectified."""

from __future__ import annotations

import json
from datetime import date, datetime
from importlib import import_module

import pytest
from sqlalchemy import select, update

from duban.ledger import (
    finding_time,
    journal,
    sheet_drafts,
    sheet_list,
    sheet_listing,
    sheet_prefill,
    sheet_whole,
)
from duban.ledger.book import Book
from duban.ledger.filed_exposure import filed_exposure
from duban.ledger.filed_scope import Filed
from duban.ledger.findings import Change
from duban.ledger.ladder import Climbed
from duban.ledger.sheet_drafts import Entry
from duban.ledger.tables import Contact, Finding, JournalEntry, Sheet, Unit
from duban.obligations.errors import DubanError
from duban.obligations.words import Grade, Rung
from support import finding_cast as findings, sheets as acts
from support.campaign import PLAN, actions, adopt, day, deliver, look, only
from support.ladders import climb, letters, listed, moment, sheets


@pytest.fixture
def found(book: Book, town: object) -> int:
    """Give a finding at 一村, to be rectified by Monday 20 March."""
    adopt(book)
    only(book, "yuecha", "2023-12")
    return findings.record(book)


def test_what_is_not_rectified_in_time_climbs_like_anything_else(book: Book, found: int) -> None:
    assert climb(book, "03-21 23:59") == []
    assert climb(book, "03-22 00:00") == [Climbed(issued=1)]
    [first] = sheets(book)
    assert (first.finding_id, first.obligation_id, first.series) == (found, None, "jiancha")
    assert (first.matter, first.requirement) == (
        "一村小卖部：销售点违规存放烟花12箱",
        "立即清退，当场封存",
    )
    assert (first.reason, first.responsible, first.clause) == ("到期未整改", "张三", "三（一）")
    assert moment(first.limit_at) == "03-27 23:59:59"
    assert findings.look(book, found).rung == 1
    assert climb(book, "03-28 00:00") == [Climbed(drafted=1)]
    assert listed(book) == [
        ("催办〔2023〕1号", "cun1", "issued", "03-27 23:59:59"),
        ("duban", "cun1", "draft", ""),
    ]
    assert climb(book, "03-28 00:00") == []


def test_more_time_granted_after_the_limit_ends_what_was_urged_and_the_ladder_waits(
    book: Book, found: int
) -> None:
    with book.write() as session:
        row = findings.locked(session, found)
        until = day("04-10 23:59")
        finding_time.ask(session, row, day("03-19 09:00"), "一村 甲文书", until=until, reason="要等拆除队")
    assert climb(book, "03-22 00:00") == [Climbed(issued=1)]
    with book.write() as session:
        finding_time.grant(
            session, findings.locked(session, found), day("03-23 09:00"), "王芳", None, acts.MEANS
        )
    assert climb(book, "03-28 00:00") == [Climbed(closed=1)]
    assert sheets(book)[0].closing == "隐患曾销号、已准予延期或者已改由其他单位整改，自动办结。"
    assert climb(book, "04-11 23:59") == []
    # As a book of before has it, which did not begin anew.
    with book.write() as session:
        session.execute(update(Finding).values(climbs=0, rung=1))
        session.execute(import_module("duban.ledger.migrations.versions.0014_units_by_parent").COUNT)
    assert climb(book, "04-12 00:00") == [Climbed(issued=1)]
    with book.read() as session:
        assert journal.verify(session).ok


def test_a_unit_that_is_gone_gets_no_sheet(book: Book, found: int) -> None:
    ends = date(2023, 3, 21)
    with book.write() as session:
        session.execute(update(Unit).where(Unit.code == "cun1").values(closed_on=ends))
        known = sheet_prefill.of_finding(session, found, Rung.DUBAN, day("03-22 09:00"))
        entry = Entry(str(Rung.DUBAN), known.series, known.unit_id, "拒不整改", finding_id=found)
        with pytest.raises(DubanError, match="“一村”已于2023-03-21撤销，请选择承接的单位"):
            sheet_drafts.enter(session, entry, known.draft, day("03-22 09:00"), "王文书")
    assert climb(book, "03-22 00:00") == []


def test_findings_number_on_with_what_was_not_reported(book: Book, found: int) -> None:
    findings.record(book, key="k2", unit="cun2")
    assert climb(book, "03-22 00:00") == [Climbed(issued=2)]
    assert [(one.finding_id, one.number) for one in sheets(book)] == [(found, 1), (found + 1, 2)]


def test_the_unit_is_told_of_all_its_findings_in_one_letter(book: Book, found: int) -> None:
    findings.record(book, key="k2")
    climb(book, "03-22 00:00")
    told = [one for one in letters(book) if one[0] == "sheets/jiancha"]
    assert [subject for _, subject, _ in told] == ["【工作督办】隐患整改催办2项"]
    lines = told[0][2].splitlines()
    assert lines[0] == "下列隐患到期未整改，现予催办："
    assert lines[1] == (
        "催办〔2023〕1号：一村小卖部：销售点违规存放烟花12箱。"
        "要求：立即清退，当场封存；限2023年3月27日（星期一）24时前。"
    )
    assert [line[:10] for line in lines[2:]] == ["催办〔2023〕2号"]
    with book.read() as session:
        [told_of] = sheet_whole.whole(session, session.get_one(Sheet, sheets(book)[1].id)).letters
    assert (told_of.contact, told_of.state) == ("甲文书", "queued")


def test_what_was_withdrawn_or_rectified_meanwhile_is_not_in_the_letter_as_it_leaves(
    book: Book, found: int
) -> None:
    findings.record(book, key="k2")
    findings.record(book, key="k3")
    climb(book, "03-22 00:00")
    acts.withdraw(book, sheets(book)[0].id, day("03-22 08:00"))
    findings.fix(book, found + 2, day("03-22 08:30"))
    [parcel] = [
        one for one in look(book, day("03-22 09:05")) if one.subject.startswith("【工作督办】隐患整改催办")
    ]
    assert parcel.subject == "【工作督办】隐患整改催办1项"
    assert [line[:10] for line in parcel.wording.splitlines()[1:]] == ["催办〔2023〕2号"]


def test_a_letter_of_which_nothing_holds_any_more_does_not_leave(book: Book, found: int) -> None:
    climb(book, "03-22 00:00")
    acts.withdraw(book, sheets(book)[0].id, day("03-22 08:00"))
    sent = deliver(book, day("03-22 09:05"))
    assert [one.subject for one in sent if "催办" in one.subject] == [
        "催办单（催办〔2023〕1号）已撤销：一村小卖部：销售点违规存放烟花12箱"
    ]
    assert "messages.withdrawn" in actions(book)


def test_who_has_nobody_to_be_told_is_named_to_the_office(book: Book, found: int) -> None:
    with book.write() as session:
        session.execute(update(Contact).values(active=False))
    climb(book, "03-22 00:00")
    with book.read() as session:
        assert sheet_list.waiting(session, day("03-22 09:00")).alone == 1
        [entry] = session.scalars(select(JournalEntry).where(JournalEntry.action == "sheets.issued"))
        assert json.loads(entry.detail)["untold"] == ["一村"]
        assert sheet_whole.whole(session, session.get_one(Sheet, sheets(book)[0].id)).letters == ()


def test_one_that_waits_for_its_recheck_holds_and_a_failed_recheck_lets_it_go_on(
    book: Book, found: int
) -> None:
    climb(book, "03-22 00:00")
    findings.fix(book, found, day("03-24 10:00"))
    assert climb(book, "03-28 09:00") == []
    until = day("03-29 18:00")
    findings.recheck(book, found, day("03-28 10:00"), passed=False, text="仍有存放", until=until)
    assert climb(book, "03-29 17:59") == []
    assert climb(book, "03-29 18:01") == [Climbed(drafted=1)]


def test_a_draft_about_a_finding_is_signed_only_while_that_is_overdue(book: Book, found: int) -> None:
    climb(book, "03-22 00:00")
    climb(book, "03-28 00:00")
    [draft] = sheets(book, "duban")
    findings.fix(book, found, day("03-28 09:00"))
    with pytest.raises(DubanError, match="正等候复查；请先复查，未整改到位的再签发。"):
        acts.sign(book, draft.id, day("03-28 09:10"))
    until = day("03-29 18:00")
    findings.recheck(book, found, day("03-28 10:00"), passed=False, text="仍有存放", until=until)
    with pytest.raises(DubanError, match=r"整改期限已延至2023年3月29日（星期三）18:00"):
        acts.sign(book, draft.id, day("03-28 10:10"))
    acts.sign(book, draft.id, day("03-29 18:01"))
    assert acts.look(book, draft.id).number == 1


def test_a_grave_one_that_the_ladder_has_a_draft_of_can_still_be_listed(book: Book, found: int) -> None:
    grave = findings.record(book, key="k9", grade=Grade.GRAVE)
    climb(book, "03-22 00:00")
    climb(book, "03-28 00:00")
    assert [one.finding_id for one in sheets(book, "duban")] == [found, grave]
    with book.write() as session:
        known = sheet_prefill.of_finding(session, grave, Rung.DUBAN, day("03-28 09:00"))
        entry = Entry("duban", known.series, known.unit_id, "情节严重", "listing", finding_id=grave)
        sheet_drafts.enter(session, entry, known.draft, day("03-28 09:00"), "王文书")
        with pytest.raises(DubanError, match="一事一单，不能再起草一份"):
            sheet_drafts.enter(session, entry, known.draft, day("03-28 09:01"), "王文书")


def listed_by(book: Book, finding_id: int, at: datetime) -> int:
    """List a grave finding by a signed sheet; gives the sheet."""
    with book.write() as session:
        known = sheet_prefill.of_finding(session, finding_id, Rung.DUBAN, at)
        entry = Entry("duban", known.series, known.unit_id, "情节严重", "listing", finding_id=finding_id)
        sheet_id = sheet_drafts.enter(session, entry, known.draft, at, "王文书").id
    acts.sign(book, sheet_id, at)
    return sheet_id


def test_each_time_that_one_was_listed_stands_in_the_exposure_list(book: Book, found: int) -> None:
    grave = findings.record(book, key="k9", grade=Grade.GRAVE)
    first = listed_by(book, grave, day("03-07 09:00"))
    findings.fix(book, grave, day("03-08 09:00"))
    findings.recheck(book, grave, day("03-08 10:00"))
    with book.write() as session:
        now = day("03-09 09:00")
        _, said = sheet_listing.delist(session, grave, now, "李镇长", "已清退")
        journal.append_many(session, now, "李镇长", [said])
    acts.close(book, first, day("03-09 09:01"))
    findings.reopen(book, grave, day("03-10 09:00"), day("03-20 18:00"))
    listed_by(book, grave, day("03-13 09:00"))
    with book.read() as session:
        lines = [*filed_exposure(session, Filed("jiancha", 2023, day("03-14 09:00")))]
        before = [*filed_exposure(session, Filed("jiancha", 2023, day("03-08 09:00")))]
    assert [(one.number, one.unit, one.why) for one in lines] == [
        (1, "一村", "督办〔2023〕1号；摘牌：已清退"),
        (2, "一村", "督办〔2023〕2号"),
    ]
    assert [tuple(map(moment, (one.since, one.until, one.limit_at))) for one in lines] == [
        ("03-07 09:00:00", "03-09 09:00:00", "03-14 23:59:59"),
        ("03-13 09:00:00", "", "03-20 23:59:59"),
    ]
    assert before == [lines[0]._replace(until=None, why="督办〔2023〕1号")]


def test_one_that_is_closed_closes_its_sheet_and_drops_the_draft(book: Book, found: int) -> None:
    climb(book, "03-22 00:00")
    climb(book, "03-28 00:00")
    findings.fix(book, found, day("03-28 09:00"))
    findings.recheck(book, found, day("03-28 10:00"))
    assert climb(book, "03-28 11:00") == [Climbed(closed=1, dropped=1)]
    assert [(one.state, one.closing or one.withdrawn_why) for one in sheets(book)] == [
        ("closed", "隐患已销号，自动办结。"),
        ("dropped", "签发前隐患已销号，不再签发。"),
    ]


def test_one_that_was_rectified_in_time_is_never_urged(book: Book, found: int) -> None:
    findings.fix(book, found, day("03-20 10:00"))
    assert climb(book, "04-20 00:00") == []


@pytest.mark.usefixtures("town")
def test_the_rules_of_the_day_on_which_it_was_found_hold_for_it(book: Book) -> None:
    adopt(
        book,
        PLAN + "ladder:\n  - {since: 2023-03-01, cuiban: {after: 0, limit: 1}}\n"
        "  - {since: 2023-03-07, cuiban: {after: 9, limit: 9}}\n",
    )
    only(book, "yuecha", "2023-12")
    findings.record(book)
    findings.record(book, day("03-07 16:00"), key="k2", found_at=day("03-07 10:00"))
    assert climb(book, "03-21 00:00") == [Climbed(issued=1)]
    assert [moment(one.limit_at) for one in sheets(book)] == ["03-22 23:59:59"]


def test_a_sheet_entered_directly_about_it_is_where_it_climbs_from(book: Book, found: int) -> None:
    with book.write() as session:
        known = acts.sheet_prefill.of_finding(session, found, acts.Rung.DUBAN, day("03-07 09:00"))
        entry = acts.Entry("duban", known.series, known.unit_id, "重大风险", finding_id=found)
        sheet_id = acts.sheet_drafts.enter(session, entry, known.draft, day("03-07 09:00"), "王文书").id
    acts.sign(book, sheet_id, day("03-07 10:00"))
    assert climb(book, "03-22 00:00") == [Climbed(drafted=1)]
    assert [(one.rung, one.cause) for one in sheets(book)] == [("duban", "direct"), ("yuetan", "ladder")]


def test_one_that_comes_back_climbs_anew_from_the_foot_and_once(book: Book, found: int) -> None:
    climb(book, "03-22 00:00")
    climb(book, "03-28 00:00")
    findings.fix(book, found, day("03-28 09:00"))
    findings.recheck(book, found, day("03-28 10:00"))
    findings.reopen(book, found, day("03-28 10:30"), until=day("04-07 23:59"))
    assert findings.look(book, found).rung == 0
    [draft] = [one.id for one in sheets(book, "duban")]
    with pytest.raises(DubanError, match="曾销号又再次出现"):
        acts.sign(book, draft, day("03-28 10:40"))
    assert climb(book, "03-28 11:00") == [Climbed(closed=1, dropped=1)]
    assert climb(book, "04-10 23:59") == []
    assert climb(book, "04-11 00:00") == [Climbed(issued=1)]
    assert climb(book, "04-15 00:00") == [Climbed(drafted=1)]
    assert climb(book, "04-15 00:00") == []
    assert listed(book)[2:] == [
        ("催办〔2023〕2号", "cun1", "issued", "04-14 23:59:59"),
        ("duban", "cun1", "draft", ""),
    ]
    assert [one.again for one in sheets(book)] == [0, 0, 1, 1]
    acts.sign(book, sheets(book)[3].id, day("04-17 09:00"))
    with book.read() as session:
        assert journal.verify(session).reason_zh == ""


def test_one_that_another_unit_answers_for_climbs_anew_for_that_unit_after_three_workdays(
    book: Book, found: int
) -> None:
    climb(book, "03-22 00:00")
    with book.write() as session:
        to = Change("属二村", 2, responsible="李四")
        one = findings.locked(session, found)
        findings.findings.change(session, one, day("03-22 07:00"), "王芳", to, findings.MEANS)
    assert [one for one in look(book, day("03-22 09:30")) if "催办" in one.subject] == []
    assert moment(findings.look(book, found).due_at) == "03-27 23:59:59"
    assert climb(book, "03-22 10:00") == [Climbed(closed=1)]
    assert sheets(book)[0].closing == "隐患曾销号、已准予延期或者已改由其他单位整改，自动办结。"
    assert climb(book, "03-28 00:00") == []
    assert climb(book, "03-29 00:00") == [Climbed(issued=1)]
    assert [(one[0], one[1]) for one in listed(book)] == [
        ("催办〔2023〕1号", "cun1"),
        ("催办〔2023〕2号", "cun2"),
    ]
    assert climb(book, "04-04 00:00") == [Climbed(drafted=1)]
    assert [(one.rung, one.unit_id, one.responsible) for one in sheets(book)][-1] == ("duban", 2, "李四")
    with book.read() as session:
        assert journal.verify(session).reason_zh == ""


def test_the_end_of_a_units_old_talk_leaves_the_sheet_of_the_unit_that_answers_now(
    book: Book, found: int
) -> None:
    def drafted(rung: Rung, at: str) -> int:
        with book.write() as session:
            known = sheet_prefill.of_finding(session, found, rung, day(at))
            entry = Entry(str(rung), known.series, known.unit_id, "拒不整改", finding_id=found)
            return sheet_drafts.enter(session, entry, known.draft, day(at), "王文书").id

    talk = drafted(Rung.YUETAN, "03-22 09:00")
    acts.arrange(book, talk, day("03-23 15:00"), day("03-22 09:10"))
    acts.sign(book, talk, day("03-22 09:20"))
    acts.minute(book, talk, day("03-23 16:00"), acts.Minuted("谈话记录"))
    with book.write() as session:
        to = Change("属二村", 2, responsible="李四")
        row = findings.locked(session, found)
        findings.findings.change(session, row, day("03-24 07:00"), "王芳", to, acts.MEANS)
    other = drafted(Rung.DUBAN, "04-03 09:00")
    acts.sign(book, other, day("04-03 09:20"))
    acts.close(book, talk, day("04-04 09:00"))
    assert acts.look(book, other).state == "issued"
    with book.read() as session:
        assert journal.verify(session).ok
