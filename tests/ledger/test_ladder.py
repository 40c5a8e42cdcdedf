"""催办单: who gets one when, how it is numbered, what it says, how it reaches the unit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from duban.ledger import owed, reports
from duban.ledger.book import Book
from duban.ledger.ladder import Climbed
from duban.ledger.reports import Return
from duban.ledger.tables import Contact, JournalEntry
from support.campaign import (
    PLAN,
    adopt,
    advance,
    day,
    deliver,
    look,
    messages,
    notices,
    only,
    return_,
    said,
    submit,
)
from support.ladders import climb, letters, listed, moment, open_march, rungs, sheets

THREE = [
    ("催办〔2023〕1号", "cun1", "issued", "03-31 23:59:59"),
    ("催办〔2023〕2号", "cun2", "issued", "03-31 23:59:59"),
    ("催办〔2023〕3号", "cun3", "issued", "03-31 23:59:59"),
]
EARLY = PLAN.replace(
    "    due: day 24\n    ask: 请报送检查情况。", "    due: day 21\n    ask: 请报送检查情况。"
)


COPY = """\
你单位牵头的下列工作有单位到期未报送，已发催办单，请督促：
“2023年3月 · 每月检查”3个单位：催办〔2023〕1号至3号，限2023年3月31日（星期五）24时前。"""


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Give March's monthly check of three villages, due on Friday the 24th, as it opened."""
    open_march(book)
    return book


def test_it_comes_a_whole_workday_after_the_deadline_and_once(march: Book) -> None:
    assert climb(march, "03-27 23:59") == []
    assert climb(march, "03-28 00:00") == [Climbed(issued=3)]
    assert listed(march) == THREE
    assert rungs(march) == {"cun1": 1, "cun2": 1, "cun3": 1}
    assert climb(march, "03-28 00:00") == []
    assert climb(march, "03-31 23:00") == []
    assert listed(march) == THREE


def test_it_says_what_is_owed_on_what_ground_by_when_and_who_answers(march: Book) -> None:
    climb(march, "03-28 00:00")
    first = sheets(march)[0]
    assert (first.series, first.cause, first.reason) == ("jiancha", "ladder", "到期未报送")
    assert (first.matter, first.requirement) == ("2023年3月 · 每月检查", "请报送检查情况。")
    assert (first.basis, first.clause) == ("《示例检查方案》", "三（一）")
    assert (first.responsible, first.lead, first.limit_days) == ("甲文书", "各部门", 3)
    assert (first.made_by, first.signed_by) == ("duban", "duban")
    assert [moment(at) for at in (first.made_at, first.issued_at, first.limit_at, first.next_at)] == [
        "03-28 00:00:00",
        "03-28 00:00:00",
        "03-31 23:59:59",
        "04-01 00:00:00",
    ]


@pytest.mark.usefixtures("town")
@pytest.mark.parametrize(
    ("period", "not_yet", "at", "limit"),
    [
        # Due in the Spring Festival; 28 and 29 January were worked, Saturday and Sunday.
        ("2023-01", "01-28 23:59", "01-29 00:00", "02-01 23:59:59"),
        # Due on Friday 21 April; Sunday the 23rd was worked.
        ("2023-04", "04-23 23:59", "04-24 00:00", "04-27 23:59:59"),
    ],
)
def test_make_up_days_are_workdays(book: Book, period: str, not_yet: str, at: str, limit: str) -> None:
    adopt(book, EARLY if period == "2023-04" else PLAN)
    only(book, "yuecha", period)
    advance(book, day(f"{period[5:]}-05 09:00"))
    assert climb(book, not_yet) == []
    assert climb(book, at) == [Climbed(issued=3)]
    assert {moment(one.limit_at) for one in sheets(book)} == {limit}


def test_what_is_late_for_the_clock_is_made_good_at_the_next_look(march: Book) -> None:
    assert climb(march, "03-30 14:20") == [Climbed(issued=3)]
    assert moment(sheets(march)[0].limit_at) == "04-04 23:59:59"


def test_who_has_answered_or_is_excused_or_has_more_time_gets_none(march: Book) -> None:
    with march.write() as session:
        second = owed.find(session, "jiancha", "yuecha", "2023-03", "cun2")
        reports.exempt(session, second, day("03-20 09:00"), "办公室", reason="搬迁", approver="李镇长")
        third = owed.find(session, "jiancha", "yuecha", "2023-03", "cun3")
        asked, until = day("03-22 10:00"), day("03-30 18:00")
        reports.extend(session, third, day("03-23 09:00"), "办公室", asked_at=asked, until=until, reason="雨")
    submit(march, "cun1", day("03-27 10:00"))
    assert climb(march, "03-31 09:00") == []
    assert climb(march, "04-01 00:00") == [Climbed(issued=1)]
    assert listed(march) == [("催办〔2023〕1号", "cun3", "issued", "04-06 23:59:59")]


def test_what_went_back_for_a_fault_of_substance_is_overdue_and_a_trifle_is_not(march: Book) -> None:
    for unit in ("cun1", "cun2", "cun3"):
        submit(march, unit, day("03-20 10:00"))
    return_(march, "cun1", day("03-21 10:00"))
    return_(march, "cun2", day("03-21 10:00"), why=Return("错别字", material=False))
    assert climb(march, "03-28 00:00") == [Climbed(issued=1)]
    [only_one] = sheets(march)
    assert (listed(march)[0][1], only_one.reason) == ("cun1", "退回后未重新报送")


def test_who_has_until_a_later_day_to_correct_is_urged_after_that(march: Book) -> None:
    submit(march, "cun1", day("03-20 10:00"))
    why = Return("数字不符", material=True, correct_by=day("03-29 18:00"))
    return_(march, "cun1", day("03-21 10:00"), why=why)
    for unit in ("cun2", "cun3"):
        submit(march, unit, day("03-24 10:00"))
    assert climb(march, "03-30 23:59") == []
    assert climb(march, "03-31 00:00") == [Climbed(issued=1)]


def test_nobody_is_urged_to_do_what_can_be_done_no_more(march: Book) -> None:
    assert climb(march, "04-03 23:59") == [Climbed(issued=3)]


def test_nothing_starts_once_reports_are_no_longer_taken(march: Book) -> None:
    assert climb(march, "04-04 00:00") == []
    assert sheets(march) == []


def test_numbers_run_on_without_gaps(march: Book) -> None:
    submit(march, "cun2", day("03-24 10:00"))
    climb(march, "03-28 00:00")
    return_(march, "cun2", day("03-28 10:00"))
    assert climb(march, "03-28 11:00") == [Climbed(issued=1)]
    assert [one[:2] for one in listed(march)] == [
        ("催办〔2023〕1号", "cun1"),
        ("催办〔2023〕2号", "cun3"),
        ("催办〔2023〕3号", "cun2"),
    ]


@pytest.mark.usefixtures("town")
def test_two_plans_number_apart_and_a_new_year_begins_with_one(book: Book) -> None:
    adopt(book)
    adopt(book, PLAN.replace("slug: jiancha", "slug: lingyi"))
    only(book, "yuecha", "2023-03", "2023-12")
    advance(book, day("03-01 00:00"))
    climb(book, "03-28 00:00")
    climb(book, "2024-01-02 09:00")
    found = [(one.series, one.year, one.number) for one in sheets(book, "cuiban")]
    assert found == [
        *((slug, 2023, number) for slug in ("jiancha", "lingyi") for number in (1, 2, 3)),
        *((slug, 2024, number) for slug in ("jiancha", "lingyi") for number in (1, 2, 3)),
    ]


@pytest.mark.usefixtures("town")
def test_the_rules_of_the_day_on_which_a_round_opens_hold_for_it(book: Book) -> None:
    open_march(
        book,
        "ladder:\n"
        "  - {since: 2023-02-01, cuiban: {after: 0, limit: 1}}\n"
        "  - {since: 2023-03-02, cuiban: {after: 5, limit: 9}}\n",
    )
    assert climb(book, "03-24 23:59") == []
    assert climb(book, "03-25 00:00") == [Climbed(issued=3)]
    assert {(one.limit_days, moment(one.limit_at)) for one in sheets(book)} == {(1, "03-27 23:59:59")}


@pytest.mark.usefixtures("town")
def test_where_the_rules_have_no_rungs_nothing_climbs(book: Book) -> None:
    none = ", ".join(f"{rung}: null" for rung in ("cuiban", "duban", "yuetan", "tongbao"))
    open_march(book, f"ladder: [{{since: 2023-01-01, {none}}}]\n")
    assert climb(book, "03-31 00:00") == []


def test_it_is_a_line_of_the_digest_of_the_day_and_no_message_more(march: Book) -> None:
    deliver(march, day("03-27 09:00"))
    before = len(messages(march))
    climb(march, "03-28 00:00")
    assert len(messages(march)) == before + 4  # a digest for each village, a copy for who leads
    lines = [line for one in look(march, day("03-28 09:00")) for line in one.lines]
    assert [(line.title, line.sheet, moment(line.sheet_limit)) for line in lines] == [
        ("2023年3月 · 每月检查", f"催办〔2023〕{number}号", "03-31 23:59:59") for number in (1, 2, 3)
    ]


@pytest.mark.usefixtures("town")
def test_it_joins_what_the_digest_of_that_day_says_already(book: Book) -> None:
    adopt(book, PLAN.replace("due + 1 workday]", "due + 2 workdays]"))
    only(book, "yuecha", "2023-03")
    advance(book, day("03-01 00:00"))
    deliver(book, day("03-24 09:00"))
    climb(book, "03-28 00:00")
    advance(book, day("03-28 09:00"))
    sent = [one for one in look(book, day("03-28 09:00")) if one.lines]
    assert said(sent) == {name: ["2023年3月 · 每月检查"] for name in ("一村", "二村", "三村")}
    assert [[line.sheet for line in one.lines] for one in sent] == [
        ["催办〔2023〕1号"],
        ["催办〔2023〕2号"],
        ["催办〔2023〕3号"],
    ]


def test_who_has_had_the_digest_of_the_day_is_told_in_the_next_one(march: Book) -> None:
    # What was to be said on Monday night waited for Tuesday; by ten its digest has left.
    advance(march, day("03-27 23:00"))
    deliver(march, day("03-28 09:00"))
    assert climb(march, "03-28 10:00") == [Climbed(issued=3)]
    queued = [one.key for one in messages(march) if one.state == "queued" and one.about is None]
    assert queued == ["d-2023-03-29-1", "d-2023-03-29-2", "d-2023-03-29-3"]


def test_a_report_that_comes_first_takes_the_line_out_again(march: Book) -> None:
    deliver(march, day("03-27 09:00"))
    climb(march, "03-28 00:00")
    submit(march, "cun1", day("03-28 08:00"))
    lines = [(one.unit, len(one.lines)) for one in look(march, day("03-28 09:00")) if one.lines]
    assert lines == [("二村", 1), ("三村", 1)]


def test_a_unit_without_a_contact_gets_a_sheet_and_a_notice_that_says_so(march: Book) -> None:
    with march.write() as session:
        for contact in session.scalars(select(Contact)):
            contact.active = False
    climb(march, "03-28 00:00")
    assert [one.responsible for one in sheets(march)] == ["", "", ""]
    assert notices(march)["no_contact"] >= 3


def test_the_leading_unit_gets_a_copy_of_what_went_to_the_others(march: Book) -> None:
    climb(march, "03-28 00:00")
    assert letters(march) == [
        (
            "sheets/jiancha",
            "【工作督办】抄送催办1项",
            COPY,
        )
    ]


def test_one_entry_for_a_run_says_how_many_and_which_numbers(march: Book) -> None:
    climb(march, "03-28 00:00")
    with march.read() as session:
        entries = list(session.scalars(select(JournalEntry).where(JournalEntry.action == "sheets.issued")))
    [entry] = entries
    assert (entry.actor, entry.subject) == ("duban", "jiancha")
    for part in ('"count":3', '"first":1', '"last":3', '"notices":3', '"rung":"cuiban"', '"year":2023'):
        assert part in entry.detail
