"""A sheet from its draft to its end, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from duban.ledger import addressed, journal, sheet_drafts, sheet_prefill
from duban.ledger.book import Book
from duban.ledger.sheet_drafts import Entry
from duban.ledger.sheet_prefill import Before
from duban.ledger.sheet_talks import Minuted
from duban.ledger.tables import Contact, Message, Obligation, Sheet
from duban.obligations.errors import DubanError
from duban.obligations.words import Rung
from support.campaign import actions, day, local, submit
from support.people import entered
from support.sheets import (
    MONDAY,
    acknowledge,
    arrange,
    close,
    decide,
    draft,
    follow,
    free,
    issued,
    locked,
    look,
    minute,
    obligation_id,
    open_march,
    reply,
    sign,
    withdraw,
)

pytestmark = pytest.mark.usefixtures("march")
TUESDAY = day("03-28 10:00")


@pytest.fixture
def march(book: Book, town: object) -> None:
    open_march(book)


def letters(book: Book, sheet_id: int) -> list[tuple[str, str]]:
    with book.read() as session:
        return [(one.subject, one.state) for one in addressed.told(session, f"sheet/{sheet_id}")]


def numbers(book: Book) -> list[tuple[str, int, int | None]]:
    with book.read() as session:
        rows = session.execute(select(Sheet.rung, Sheet.year, Sheet.number).order_by(Sheet.id))
        return list(rows.tuples())


def test_a_draft_by_hand_begins_with_the_facts(book: Book) -> None:
    found = look(book, draft(book))
    assert found.matter == (
        "2023年3月 · 每月检查，应于2023年3月24日（星期五）24时前完成，截至3月27日仍未报送，已逾期3天。"
    )
    assert (found.basis, found.clause, found.lead) == ("《示例检查方案》", "三（一）", "各部门")
    assert (found.responsible, found.limit_days, found.reason) == ("甲文书", 5, "屡催不办")
    assert (found.state, found.number, found.cause, found.made_by) == ("draft", None, "direct", "王文书")
    assert actions(book)[-1] == "sheet.drafted"


def test_signing_gives_number_limit_and_letters_and_lifts_the_matter(book: Book) -> None:
    sheet_id = draft(book)
    assert sign(book, sheet_id) == ()
    found = look(book, sheet_id)
    assert (found.state, found.year, found.number, found.signed_by) == ("issued", 2023, 1, "李镇长")
    assert (local(found.issued_at), local(found.limit_at)) == ("2023-03-27 09:00:00", "2023-04-03 23:59:59")
    assert local(found.next_at) == "2023-04-04 00:00:00"
    assert [subject.partition("：")[0] for subject, _ in letters(book, sheet_id)] == [
        "督办单（督办〔2023〕1号）"
    ]
    with book.read() as session:
        owed = session.get_one(Obligation, obligation_id(session))
        body = session.scalars(select(Message.wording).where(Message.about == f"sheet/{sheet_id}")).one()
    assert owed.rung == 2
    assert body is not None
    assert "期限：2023年4月3日（星期一）24时" in body
    assert "依据：《示例检查方案》三（一）" in body
    assert actions(book)[-1] == "sheet.issued"


def test_a_unit_without_contacts_is_named_to_whoever_signs(book: Book) -> None:
    with book.write() as session:
        session.execute(update(Contact).where(Contact.name == "甲文书").values(active=False))
    assert sign(book, draft(book)) == ("一村",)


def test_each_rung_has_a_series_of_its_own_without_gaps(book: Book) -> None:
    dropped = draft(book, unit="cun3")
    first = draft(book)
    with book.write() as session:
        sheet_drafts.drop(session, locked(session, dropped), MONDAY, "李镇长", "已口头说明")
    sign(book, first)
    withdraw(book, first, MONDAY)
    issued(book, unit="cun2")
    issued(book, Rung.YUETAN)
    assert numbers(book) == [
        ("duban", 2023, None),
        ("duban", 2023, 1),
        ("duban", 2023, 2),
        ("yuetan", 2023, 1),
    ]
    assert look(book, dropped).withdrawn_why == "已口头说明"


def test_the_number_starts_again_with_the_year_of_beijing(book: Book) -> None:
    issued(book)
    sign(book, draft(book, unit="cun2"), day("2024-01-01 00:00"))
    assert numbers(book) == [("duban", 2023, 1), ("duban", 2024, 1)]


def test_two_who_sign_at_once_leave_no_gap_and_no_number_twice(book: Book) -> None:
    waiting = [draft(book, unit=unit) for unit in ("cun1", "cun2", "cun3")] + [
        free(book, matter=f"第{n}件") for n in range(5)
    ]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda one: sign(book, one), waiting))
    assert sorted(number or 0 for _, _, number in numbers(book)) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_one_draft_that_two_sign_at_once_is_signed_once(book: Book) -> None:
    sheet_id = draft(book)

    def attempt(by: str) -> bool:
        try:
            sign(book, sheet_id, by=by)
        except DubanError:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(attempt, ("李镇长", "赵书记")))
    assert sorted(done) == [False, True]
    assert numbers(book) == [("duban", 2023, 1)]


def test_a_second_sheet_of_a_rung_about_the_same_matter_is_refused_while_the_first_runs(book: Book) -> None:
    first = draft(book)
    with pytest.raises(DubanError, match="该事项已有一份督办单（待签发），一事一单"):
        draft(book)
    sign(book, first)
    with pytest.raises(DubanError, match="已签发"):
        draft(book)
    withdraw(book, first, MONDAY)
    draft(book)


def test_a_free_sheet_needs_a_unit_and_a_plan_that_the_book_has(book: Book) -> None:
    known = replace(sheet_prefill.blank(Rung.DUBAN), matter="路边售卖烟花", basis="《示例检查方案》")
    for entry, missing in (
        (Entry("duban", "jiancha", 999, "影响恶劣"), "没有这个单位"),
        (Entry("duban", "nonesuch", 1, "影响恶劣"), "方案"),
    ):
        with book.write() as session, pytest.raises(DubanError, match=missing):
            sheet_drafts.enter(session, entry, known, MONDAY, "王文书")


def test_an_edited_draft_says_in_the_journal_what_stood_there(book: Book) -> None:
    sheet_id = draft(book)
    with book.write() as session:
        found = locked(session, sheet_id)
        known = sheet_prefill.of_obligation(session, obligation_id(session), Rung.DUBAN, MONDAY).draft
        assert not sheet_drafts.edit(session, found, known, MONDAY, "李镇长")
        assert sheet_drafts.edit(session, found, replace(known, limit_days=3), MONDAY, "李镇长")
    assert look(book, sheet_id).limit_days == 3
    (entry,) = entered(book, "sheet.edited")
    assert '"limit_days":[5,3]' in entry[3]


def test_the_unit_acknowledges_once_and_answers_one_at_a_time(book: Book) -> None:
    sheet_id = issued(book)
    acknowledge(book, sheet_id, TUESDAY)
    with pytest.raises(DubanError, match="无需再次签收"):
        acknowledge(book, sheet_id, TUESDAY)
    first = reply(book, sheet_id, TUESDAY)
    with pytest.raises(DubanError, match="等候答复"):
        reply(book, sheet_id, TUESDAY)
    decide(book, sheet_id, first, day("03-28 15:00"), accepted=False)
    reply(book, sheet_id, day("03-29 09:00"))
    assert look(book, sheet_id).acknowledged_by == "一村 甲文书"


def test_a_good_reason_stops_the_ladder_and_another_does_not(book: Book) -> None:
    good, bad = issued(book), issued(book, unit="cun2")
    decide(book, good, reply(book, good, TUESDAY), TUESDAY)
    decide(book, bad, reply(book, bad, TUESDAY), TUESDAY, accepted=False)
    assert look(book, good).next_at is None
    assert local(look(book, bad).next_at) == "2023-04-04 00:00:00"
    assert [subject.partition("：")[0] for subject, _ in letters(book, good)] == [
        "督办单（督办〔2023〕1号）",
        "督办单（督办〔2023〕1号）回复已答复",
    ]


def test_a_reply_of_another_sheet_is_not_decided_here(book: Book) -> None:
    one, other = issued(book), issued(book, unit="cun2")
    foreign = reply(book, other, TUESDAY)
    with pytest.raises(DubanError, match="没有这份回复"):
        decide(book, one, foreign, TUESDAY)


def test_closing_says_what_was_done_stops_the_ladder_and_tells_the_unit(book: Book) -> None:
    sheet_id = issued(book)
    submit(book, "cun1", TUESDAY)
    close(book, sheet_id, day("03-28 16:00"))
    found = look(book, sheet_id)
    assert (found.state, found.closing, found.next_at) == ("closed", "已报送，核实无误", None)
    assert letters(book, sheet_id)[-1][0].startswith("督办单（督办〔2023〕1号）已办结")


def test_what_is_withdrawn_keeps_its_number_and_what_had_not_left_does_not_leave(book: Book) -> None:
    sheet_id = issued(book)
    withdraw(book, sheet_id, TUESDAY)
    found = look(book, sheet_id)
    assert (found.state, found.number, found.withdrawn_why) == ("withdrawn", 1, "单位有误")
    assert [state for _, state in letters(book, sheet_id)] == ["withdrawn", "queued"]
    assert actions(book)[-2:] == ["messages.withdrawn", "sheet.withdrawn"]


def test_a_talk_goes_from_its_time_to_its_minutes_to_what_was_promised(book: Book) -> None:
    sheet_id = issued(book, Rung.YUETAN)
    heard = Minuted("约谈指出问题", "4月7日前补报", day("04-07 23:59"))
    with pytest.raises(DubanError, match="还没有开始"):
        minute(book, sheet_id, TUESDAY, heard)
    minute(book, sheet_id, day("03-29 17:00"), heard)
    assert local(look(book, sheet_id).next_at) == "2023-04-07 23:59:01"
    submit(book, "cun1", day("04-02 10:00"))
    with pytest.raises(DubanError, match="先登记跟进情况"):
        close(book, sheet_id, day("04-06 10:00"))
    follow(book, sheet_id, day("04-07 10:00"))
    assert look(book, sheet_id).next_at is None
    close(book, sheet_id, day("04-07 11:00"))
    assert look(book, sheet_id).closing == "已报送，核实无误"
    assert [one for one in actions(book) if one.startswith("talk.")] == [
        "talk.arranged",
        "talk.minuted",
        "talk.followed",
    ]


def test_a_talk_about_what_is_still_owed_says_what_follows_and_takes_the_place_of_the_sheet_below(
    book: Book,
) -> None:
    below, talk = issued(book), issued(book, Rung.YUETAN)
    other = issued(book, unit="cun2")
    minute(book, talk, day("03-29 17:00"), Minuted("谈了"))
    asked = reply(book, below, day("03-30 08:00"))
    with pytest.raises(DubanError, match="约谈所涉事项还没有办结，请写明后续处理"):
        close(book, talk, day("03-30 09:00"), "已约谈")
    with pytest.raises(DubanError, match=r"督办〔2023〕1号.*有回复还没有答复"):
        close(book, talk, day("03-30 09:00"), "已约谈", "4月7日前补报")
    decide(book, below, asked, day("03-30 09:10"), accepted=False)
    close(book, talk, day("03-30 09:20"), "已约谈", "4月7日前补报，驻村干部每周督促")
    assert look(book, talk).closing == ("已约谈\n所涉事项尚未办结，后续处理：4月7日前补报，驻村干部每周督促")
    ended = look(book, below)
    assert (ended.state, ended.closed_by, ended.closing) == (
        "closed",
        "王文书",
        "所涉事项尚未办结，已由约谈通知（约谈〔2023〕1号）接续。后续处理：4月7日前补报，驻村干部每周督促",
    )
    assert look(book, other).state == "issued"
    assert letters(book, below)[-1][0].startswith("督办单（督办〔2023〕1号）已办结，事项仍须办理：")
    assert actions(book)[-2:] == ["sheet.closed", "sheet.closed"]
    with book.read() as session:
        assert journal.verify(session).reason_zh == ""


def test_a_talk_that_is_put_off_is_told_once_it_has_been_called(book: Book) -> None:
    sheet_id = issued(book, Rung.YUETAN)
    arrange(book, sheet_id, day("03-30 09:00"), TUESDAY)
    assert letters(book, sheet_id)[-1][0].startswith("约谈通知（约谈〔2023〕1号）约谈变更")


def test_each_change_of_a_talk_is_told_also_one_back_to_what_was_before(book: Book) -> None:
    sheet_id = issued(book, Rung.YUETAN)
    before = len(letters(book, sheet_id))
    for n in (1, 2, 3):
        arrange(book, sheet_id, day("03-30 09:00"), day(f"03-28 09:0{n}"))
    assert len(letters(book, sheet_id)) == before + 3


def test_the_last_rung_goes_no_further(book: Book) -> None:
    assert look(book, issued(book, Rung.TONGBAO)).next_at is None


def test_a_bulletin_tells_which_sheets_went_before(book: Book) -> None:
    issued(book)
    issued(book, Rung.YUETAN)
    matter = look(book, draft(book, Rung.TONGBAO)).matter
    assert "经督办〔2023〕1号（3月27日）、约谈〔2023〕1号（3月27日）催办督办，截至3月27日仍未报送" in matter


def test_nothing_is_said_of_sheets_where_none_was_issued() -> None:
    assert sheet_prefill.said_before([]) == ""
    one = Before(1, "cuiban", 2023, 4, day("03-28 08:00"))
    assert sheet_prefill.said_before([one]) == "经催办〔2023〕4号（3月28日）催办督办"
