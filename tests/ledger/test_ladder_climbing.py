"""From 催办 to 通报: what takes a matter a rung further, what stops it, and what ends it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from duban.ledger import ladder, owed, reports
from duban.ledger.book import Book
from duban.ledger.ladder import Climbed
from duban.ledger.sheet_talks import Minuted
from duban.obligations.errors import DubanError
from duban.obligations.words import Rung
from support import sheets as acts
from support.campaign import PLAN, adopt, day, only, slots, submit
from support.ladders import MEANS, climb, listed, moment, open_march, rungs, sheets
from support.remembered import remembered


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give a month in which 一村 alone has not reported by Friday the 24th; on Tuesday it is urged."""
    _let_march_pass(book)
    return book


@remembered
def _let_march_pass(book: Book) -> None:
    open_march(book)
    for unit in ("cun2", "cun3"):
        submit(book, unit, day("03-20 10:00"))
    climb(book, "03-28 00:00")


def accept(book: Book, at: str, unit: str = "cun1") -> None:
    with book.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", unit)
        reports.accept(session, found, day(at), "办公室")


def test_what_went_unmet_past_the_limit_is_drafted_for_a_person_to_sign(march: Book) -> None:
    assert climb(march, "03-31 23:59") == []
    assert climb(march, "04-01 00:00") == [Climbed(drafted=1)]
    assert listed(march)[1] == ("duban", "paichusuo", "draft", "")
    found = sheets(march)[1]
    assert (found.cause, found.reason, found.limit_days) == ("ladder", "催办〔2023〕1号到期未办结", 5)
    assert found.requirement.endswith("请报送检查情况。")
    assert (found.made_by, found.signed_by, found.issued_at) == ("duban", None, None)
    assert rungs(march) == {"cun1": 1}
    assert climb(march, "04-01 00:00") == []
    assert climb(march, "04-20 00:00") == []


def test_the_leading_unit_answers_from_the_next_sheet_on_and_the_failing_one_is_named(march: Book) -> None:
    climb(march, "04-01 00:00")
    first, second = sheets(march)
    assert (first.matter, first.responsible) == ("2023年3月 · 每月检查", "甲文书")
    assert (second.matter, second.responsible) == ("2023年3月 · 每月检查（一村）", "丁民警")
    assert (first.obligation_id, second.lead) == (second.obligation_id, "各部门")


@pytest.mark.usefixtures("town")
def test_without_one_unit_that_leads_the_failing_unit_answers_itself(book: Book) -> None:
    open_march(
        book, plan=PLAN.replace("bumen: {name: 各部门, kinds: [部门]}", "bumen: {name: 各部门, kinds: [村]}")
    )
    climb(book, "03-28 00:00")
    climb(book, "04-01 00:00")
    drafts = sheets(book, "duban")
    assert [(one.matter, one.responsible) for one in drafts] == [
        ("2023年3月 · 每月检查", name) for name in ("甲文书", "乙文书", "丙文书")
    ]


def test_it_climbs_to_the_top_and_no_further(march: Book) -> None:
    climb(march, "04-01 00:00")
    acts.sign(march, sheets(march, "duban")[0].id, day("04-03 09:00"))  # 5 April is a holiday
    assert climb(march, "04-11 23:00") == []
    assert climb(march, "04-12 00:00") == [Climbed(drafted=1)]
    talk = sheets(march, "yuetan")[0].id
    acts.arrange(march, talk, day("04-13 15:00"), day("04-12 09:00"))
    acts.sign(march, talk, day("04-12 10:00"))
    acts.minute(march, talk, day("04-13 17:00"), Minuted("说明了原因", "", None))
    assert climb(march, "04-20 00:00") == [Climbed(drafted=1)]
    # Sunday 23 April and Saturday 6 May were worked, 29 April to 3 May were not.
    acts.sign(march, sheets(march, "tongbao")[0].id, day("04-20 09:00"))
    assert listed(march) == [
        ("催办〔2023〕1号", "cun1", "issued", "03-31 23:59:59"),
        ("督办〔2023〕1号", "paichusuo", "issued", "04-11 23:59:59"),
        ("约谈〔2023〕1号", "paichusuo", "issued", "04-19 23:59:59"),
        ("通报〔2023〕1号", "paichusuo", "issued", "05-06 23:59:59"),
    ]
    assert rungs(march) == {"cun1": 4}
    assert climb(march, "06-30 00:00") == []


def test_a_reason_that_is_accepted_stops_it_and_one_that_is_refused_does_not(march: Book) -> None:
    first = sheets(march)[0].id
    refused = acts.reply(march, first, day("03-29 09:00"))
    acts.decide(march, first, refused, day("03-29 10:00"), accepted=False)
    accepted = acts.reply(march, first, day("03-30 09:00"))
    acts.decide(march, first, accepted, day("03-30 10:00"))
    assert climb(march, "04-28 00:00") == []


def test_a_reason_that_nobody_has_judged_or_that_was_refused_does_not_stop_it(march: Book) -> None:
    first = sheets(march)[0].id
    refused = acts.reply(march, first, day("03-29 09:00"))
    acts.decide(march, first, refused, day("03-29 10:00"), accepted=False)
    acts.reply(march, first, day("03-30 09:00"))
    assert climb(march, "04-01 00:00") == [Climbed(drafted=1)]


def test_a_sheet_that_was_withdrawn_does_not_come_again_by_itself(march: Book) -> None:
    acts.withdraw(march, sheets(march)[0].id, day("03-29 09:00"))
    assert climb(march, "04-28 00:00") == []
    assert rungs(march) == {"cun1": 1}


def test_a_draft_that_nobody_signs_does_not_come_again(march: Book) -> None:
    climb(march, "04-01 00:00")
    with march.write() as session:
        found = acts.locked(session, sheets(march, "duban")[0].id)
        acts.sheet_drafts.drop(session, found, day("04-03 09:00"), "李镇长", "已电话说明")
    assert climb(march, "04-28 00:00") == []


@pytest.mark.usefixtures("town")
def test_what_was_entered_directly_climbs_from_there_and_is_never_urged_below(book: Book) -> None:
    open_march(book)
    acts.sign(book, acts.draft(book, Rung.DUBAN, "cun1", now=day("03-24 09:00")), day("03-24 10:00"))
    climb(book, "03-28 00:00")
    assert rungs(book) == {"cun1": 2, "cun2": 1, "cun3": 1}
    climb(book, "04-01 00:00")
    assert [(one.rung, one.state) for one in sheets(book) if one.cause == "ladder"][2:] == [
        ("yuetan", "draft"),
        *[("duban", "draft")] * 2,
    ]


def test_a_report_that_waits_for_the_office_holds_it_and_a_return_lets_it_go_on(march: Book) -> None:
    submit(march, "cun1", day("03-31 10:00"))
    assert climb(march, "04-03 09:00") == []
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        why = reports.Return("只有标题", material=True)
        at = day("04-03 10:00")
        reports.return_(session, found, at, "办公室", why, slots(at, urgent=False))
    assert climb(march, "04-03 11:00") == [Climbed(drafted=1)]


def test_more_time_granted_late_holds_it_until_that_has_passed(march: Book) -> None:
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        asked, until = day("03-24 10:00"), day("04-02 18:00")
        reports.extend(session, found, day("03-29 09:00"), "办公室", asked_at=asked, until=until, reason="雨")
    assert climb(march, "04-02 17:00") == []
    assert climb(march, "04-02 18:01") == [Climbed(drafted=1)]


def test_what_was_met_is_closed_by_the_program(march: Book) -> None:
    submit(march, "cun1", day("03-31 10:00"))
    accept(march, "03-31 11:00")
    assert climb(march, "03-31 12:00") == [Climbed(closed=1)]
    [only] = sheets(march)
    assert (only.state, only.closed_by, moment(only.closed_at), only.next_at) == (
        *("closed", "duban", "03-31 12:00:00"),
        None,
    )
    assert only.closing == "单位已报送，办公室已接收，自动办结。"
    assert climb(march, "03-31 12:00") == []
    assert rungs(march) == {"cun1": 1}


def test_what_is_let_off_is_closed_as_well(march: Book) -> None:
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.exempt(session, found, day("03-29 09:00"), "办公室", reason="搬迁", approver="李镇长")
    assert climb(march, "03-29 10:00") == [Climbed(closed=1)]
    assert sheets(march)[0].closing == "该事项已免报，自动办结。"


def test_it_is_not_closed_while_a_reply_waits_for_its_answer(march: Book) -> None:
    first = sheets(march)[0].id
    waiting = acts.reply(march, first, day("03-29 09:00"))
    submit(march, "cun1", day("03-31 10:00"))
    accept(march, "03-31 11:00")
    assert climb(march, "03-31 12:00") == []
    acts.decide(march, first, waiting, day("03-31 13:00"))
    assert climb(march, "03-31 14:00") == [Climbed(closed=1)]


def test_a_draft_whose_matter_was_met_is_dropped_and_says_why(march: Book) -> None:
    climb(march, "04-01 00:00")
    submit(march, "cun1", day("04-03 09:00"))
    accept(march, "04-03 10:00")
    assert climb(march, "04-03 11:00") == [Climbed(closed=1, dropped=1)]
    dropped = sheets(march, "duban")[0]
    assert (dropped.state, dropped.withdrawn_by, dropped.number) == ("dropped", "duban", None)
    assert dropped.withdrawn_why == "签发前单位已报送并经接收，不再签发。"


def test_what_a_person_signed_waits_for_a_person_but_climbs_no_more(march: Book) -> None:
    climb(march, "04-01 00:00")
    acts.sign(march, sheets(march, "duban")[0].id, day("04-03 09:00"))
    submit(march, "cun1", day("04-03 10:00"))
    accept(march, "04-03 11:00")
    assert climb(march, "04-03 12:00") == [Climbed(closed=1)]
    signed = sheets(march, "duban")[0]
    assert (signed.state, signed.next_at) == ("issued", None)
    assert climb(march, "04-28 00:00") == []


@pytest.mark.usefixtures("town")
def test_a_sheet_about_neither_climbs_as_long_as_it_runs(book: Book) -> None:
    adopt(book)
    only(book, "yuecha", "2023-12")
    acts.sign(book, acts.free(book), day("03-27 10:00"))
    assert climb(book, "04-03 23:00") == []
    assert climb(book, "04-04 00:00") == [Climbed(drafted=1)]
    talk = sheets(book, "yuetan")[0]
    assert (talk.matter, talk.reason) == ("路边售卖烟花", "督办〔2023〕1号到期未办结")
    assert climb(book, "04-28 00:00") == []


@pytest.mark.usefixtures("town")
def test_a_ladder_that_begins_with_a_draft_drafts_once(book: Book) -> None:
    open_march(book, "ladder: [{since: 2023-01-01, cuiban: null, duban: {after: 2, limit: 5}}]\n")
    assert climb(book, "03-28 23:00") == []
    assert climb(book, "03-29 00:00") == [Climbed(drafted=3)]
    assert climb(book, "03-30 00:00") == []
    first = sheets(book)[0]
    assert (first.rung, first.reason, first.matter) == ("duban", "到期未报送", "2023年3月 · 每月检查（一村）")
    assert rungs(book) == {}


def test_two_who_climb_at_once_do_it_once(book: Book, town: object) -> None:
    del town
    open_march(book)

    def once(_: int) -> int:
        with book.write() as session:
            return ladder.climb(session, "jiancha", day("03-28 00:00"), MEANS).issued

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == [0, 3]
    assert [one.number for one in sheets(book)] == [1, 2, 3]


def test_two_who_draft_the_same_at_once_make_one(book: Book, town: object) -> None:
    del town
    open_march(book)
    both = Barrier(2, timeout=20)

    def once(_: int) -> str:
        try:
            with book.write() as session:
                session.connection()
                if not book.is_sqlite:
                    both.wait()
                owed = acts.obligation_id(session)
                known = acts.sheet_prefill.of_obligation(session, owed, Rung.DUBAN, day("03-20 09:00"))
                entry = acts.Entry("duban", known.series, known.unit_id, "情节严重", obligation_id=owed)
                acts.sheet_drafts.enter(session, entry, known.draft, day("03-20 09:00"), "王文书")
        except DubanError as wrong:
            return str(wrong)[:15]
        return "起草"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(once, range(2))) == ["该事项已有一份督办单（待签发）", "起草"]
