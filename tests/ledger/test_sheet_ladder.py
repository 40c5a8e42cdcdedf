"""Sheets that people sign, answer and keep, and the ladder that climbs from them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import pytest
from sqlalchemy import select

from duban.ledger import journal, owed, reports, sheet_acts, sheet_drafts
from duban.ledger.book import Book
from duban.ledger.reports import Return
from duban.ledger.sheet_talks import Minuted
from duban.ledger.tables import Sheet
from duban.obligations.errors import DubanError
from duban.obligations.sheet_names import sheet_number
from duban.obligations.words import Rung
from support import ladders, sheets
from support.campaign import day, deliver, look, return_, submit
from support.ladders import climb, open_march

CLIMBING = """\
ladder:
  - since: 2023-01-01
    cuiban: {after: 0, limit: 2}
    duban: {after: 0, limit: 3}
    yuetan: {after: 0, limit: 3}
    tongbao: {after: 0, limit: 5}
"""


@pytest.fixture
def march(book: Book, town: object) -> Book:
    """Let 催办 run out on Wednesday 29 March, so that on the 30th there are drafts for three villages."""
    open_march(book, CLIMBING)
    climb(book, "03-27 09:00")
    climb(book, "03-30 08:00")
    return book


def drafts(book: Book) -> list[int]:
    with book.read() as session:
        return list(
            session.scalars(select(Sheet.id).where(Sheet.state == "draft").order_by(Sheet.obligation_id))
        )


def proved(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def signed(book: Book) -> int:
    """Sign the draft about the first village's check; gives its number in the book."""
    first, *_ = drafts(book)
    sheets.sign(book, first, day("03-30 09:00"))
    return first


def rungs(book: Book) -> list[str]:
    """Give the sheets about the first village's check: numbers, or the rung of a draft."""
    with book.read() as session:
        owed = sheets.obligation_id(session)
    mine = [one for one in ladders.sheets(book) if one.obligation_id == owed]
    return [sheet_number(one.rung, one.year, one.number) or one.rung for one in mine]


def test_anybody_who_signs_may_sign_what_the_program_drafted(march: Book) -> None:
    sheet_id = signed(march)
    found = sheets.look(march, sheet_id)
    assert (found.made_by, found.signed_by, found.number) == ("duban", "李镇长", 1)
    assert found.next_at == day("04-05 00:00")
    assert proved(march) == ""


def test_a_draft_is_not_signed_while_the_unit_has_been_given_time(march: Book) -> None:
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        when = {"asked_at": day("03-23 10:00"), "until": day("04-10 23:59")}
        reports.extend(session, found, day("03-30 08:30"), "办公室", **when, reason="台账重做")
    first, *_ = drafts(march)
    assert refused(march, first, "03-30 09:00") == (
        "单位的报送期限已延至2023年4月10日（星期一）23:59，届时仍未报送的再签发。"
    )
    sheets.sign(march, first, day("04-11 09:00"))
    assert sheets.look(march, first).number == 1


def test_a_draft_is_not_signed_while_a_report_waits_or_is_being_corrected(march: Book) -> None:
    submit(march, "cun1", day("03-30 08:10"))
    first, *_ = drafts(march)
    assert refused(march, first, "03-30 09:00") == (
        "单位已报送，正等候审核；请先审核，退回后仍未改正的再签发。"
    )
    why = Return("数字与台账不符", material=True, correct_by=day("04-03 12:00"))
    return_(march, "cun1", day("03-30 09:10"), why=why)
    assert refused(march, first, "03-30 09:20") == (
        "单位正在按退回要求补正，补正期限至2023年4月3日（星期一）12:00，届时仍未报送的再签发。"
    )
    sheets.sign(march, first, day("04-03 14:00"))


def test_a_draft_is_not_signed_once_the_matter_was_met(march: Book) -> None:
    submit(march, "cun1", day("03-30 08:10"))
    with march.write() as session:
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, found, day("03-30 08:20"), "办公室")
    first, *_ = drafts(march)
    assert refused(march, first, "03-30 09:00") == "该事项已接收，不再签发；请将草稿作废。"


def test_a_draft_is_not_signed_after_the_reason_was_accepted(march: Book) -> None:
    with march.read() as session:
        owing = sheets.obligation_id(session)
        below = session.scalars(
            select(Sheet.id).where(Sheet.rung == "cuiban", Sheet.obligation_id == owing)
        ).one()
    sheets.decide(march, below, sheets.reply(march, below, day("03-30 08:10")), day("03-30 08:20"))
    first, *_ = drafts(march)
    assert refused(march, first, "03-30 09:00") == (
        "单位对催办单说明的理由已被采纳，不再签发；请将草稿作废。确需督办的，请另行直接督办。"
    )


def test_a_draft_is_not_signed_once_the_sheet_below_was_withdrawn_or_closed(march: Book) -> None:
    first, second, _ = drafts(march)
    below = {one.obligation_id: one.id for one in ladders.sheets(march, "cuiban")}
    sheets.withdraw(march, below[sheets.look(march, first).obligation_id], day("03-30 08:30"))
    sheets.close(march, below[sheets.look(march, second).obligation_id], day("03-30 08:30"))
    end = "，不再签发；请将草稿作废。确需督办的，请另行直接督办。"
    assert refused(march, first, "03-30 09:00") == f"催办单（催办〔2023〕1号）已撤销{end}"
    assert refused(march, second, "03-30 09:00") == f"催办单（催办〔2023〕2号）已办结{end}"


def test_a_draft_is_not_signed_after_something_higher_was_issued(march: Book) -> None:
    first, *_ = drafts(march)
    talk = sheets.draft(march, Rung.YUETAN, now=day("03-30 08:30"))
    sheets.arrange(march, talk, day("04-06 15:00"), day("03-30 08:40"))
    sheets.sign(march, talk, day("03-30 08:50"))
    assert refused(march, first, "03-30 09:00") == (
        "该事项已发出约谈通知（约谈〔2023〕1号），不再签发；请将草稿作废。"
    )


def test_what_others_said_does_not_keep_a_matter_of_its_own_from_climbing(march: Book) -> None:
    one = next(sheet.id for sheet in ladders.sheets(march, "cuiban"))
    sheets.decide(march, one, sheets.reply(march, one, day("03-30 08:10")), day("03-30 08:20"))
    free = sheets.free(march, unit="cun3", now=day("03-30 08:40"))
    sheets.sign(march, free, day("03-30 09:00"))
    climb(march, "04-10 08:00")
    talk = next(sheet.id for sheet in ladders.sheets(march, "yuetan") if sheet.obligation_id is None)
    sheets.arrange(march, talk, day("04-12 15:00"), day("04-10 09:00"))
    sheets.sign(march, talk, day("04-10 10:00"))
    assert sheets.look(march, talk).number == 1


def test_a_persons_draft_that_is_dropped_lets_the_ladder_go_on(book: Book, town: object) -> None:
    open_march(book, CLIMBING)
    climb(book, "03-27 09:00")
    mine = sheets.draft(book, now=day("03-29 09:00"))
    climb(book, "03-30 08:00")
    assert causes(book, mine) == ["direct"]
    with book.write() as session:
        sheet_drafts.drop(session, sheets.locked(session, mine), day("03-30 09:00"), "王文书", "已口头说明")
    climb(book, "03-30 10:00")
    assert causes(book, mine) == ["direct", "ladder"]


def causes(book: Book, sheet_id: int) -> list[str]:
    """Give the causes of the sheets of the same rung about the same obligation, as they were made."""
    about = sheets.look(book, sheet_id)
    return [one.cause for one in ladders.sheets(book, about.rung) if one.obligation_id == about.obligation_id]


def refused(book: Book, sheet_id: int, at: str) -> str:
    """Give why a draft may not be signed; it stays a draft, without a number."""
    with pytest.raises(DubanError) as wrong:
        sheets.sign(book, sheet_id, day(at))
    found = sheets.look(book, sheet_id)
    assert (found.state, found.number) == ("draft", None)
    return str(wrong.value)


def test_the_unit_that_failed_has_a_copy_of_what_went_to_the_side_that_leads(march: Book) -> None:
    sheet_id = signed(march)
    told = [
        (subject, body) for about, subject, body in ladders.letters(march) if about == f"sheet/{sheet_id}"
    ]
    matter = sheets.look(march, sheet_id).matter
    assert [subject for subject, _ in told] == [
        f"督办单（督办〔2023〕1号）：{matter}",
        f"督办单（督办〔2023〕1号）（抄送）：{matter}",
    ]
    assert told[1][1].startswith("现将发给牵头单位派出所的督办单（督办〔2023〕1号）抄送你单位。")
    deliver(march, day("04-03 08:30"))
    sheets.withdraw(march, sheet_id, day("04-03 10:00"))
    gone = [one.unit for one in look(march, day("04-03 14:00")) if "已撤销" in one.subject]
    assert sorted(gone) == ["一村", "派出所"]


def test_what_goes_unmet_past_its_limit_is_drafted_a_rung_further(march: Book) -> None:
    signed(march)
    climb(march, "04-04 20:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号", "yuetan"]


def test_a_reason_that_was_accepted_ends_the_climb(march: Book) -> None:
    sheet_id = signed(march)
    reply = sheets.reply(march, sheet_id, day("03-31 09:00"))
    sheets.decide(march, sheet_id, reply, day("03-31 10:00"))
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]


@pytest.mark.parametrize("end", ["closed", "withdrawn"])
def test_a_sheet_that_has_ended_takes_its_matter_no_further(march: Book, end: str) -> None:
    sheet_id = signed(march)
    if end == "closed":
        sheets.close(march, sheet_id, day("03-31 10:00"))
    else:
        sheets.withdraw(march, sheet_id, day("03-31 10:00"))
    climb(march, "04-06 08:00")
    assert rungs(march) == ["催办〔2023〕1号", "督办〔2023〕1号"]
    assert proved(march) == ""


def test_what_the_program_urged_ends_with_the_higher_sheet_that_a_person_closes(march: Book) -> None:
    sheet_id = signed(march)
    sheets.close(march, sheet_id, day("03-31 10:00"))
    about = sheets.look(march, sheet_id).obligation_id
    [below] = [one for one in ladders.sheets(march, "cuiban") if one.obligation_id == about]
    assert (below.state, below.closed_by, below.closing) == (
        "closed",
        "duban",
        "同一事项的督办单（督办〔2023〕1号）已办结，随之办结。",
    )
    assert [one.state for one in ladders.sheets(march, "cuiban")].count("issued") == 2
    assert proved(march) == ""


def test_with_a_reply_that_waited_it_ends_once_that_is_answered(march: Book) -> None:
    sheet_id = signed(march)
    about = sheets.look(march, sheet_id).obligation_id
    [below] = [one.id for one in ladders.sheets(march, "cuiban") if one.obligation_id == about]
    asked = sheets.reply(march, below, day("03-31 09:00"))
    sheets.close(march, sheet_id, day("03-31 10:00"))
    assert sheets.look(march, below).state == "issued"
    sheets.decide(march, below, asked, day("03-31 11:00"), accepted=False)
    assert sheets.look(march, below).closing == "同一事项的督办单（督办〔2023〕1号）已办结，随之办结。"
    assert proved(march) == ""


def test_a_reply_of_the_same_moment_is_not_closed_over(march: Book) -> None:
    submit(march, "cun1", day("03-30 09:00"))
    with march.write() as session:
        first = session.scalars(select(Sheet.id).where(Sheet.rung == "cuiban").order_by(Sheet.id)).first()
        assert first is not None
        found = owed.find(session, "jiancha", "yuecha", "2023-03", "cun1")
        reports.accept(session, found, day("03-30 09:01"), "办公室")
    with ThreadPoolExecutor(1) as pool, march.write() as session:
        sheet_acts.reply(session, sheets.locked(session, first), day("03-30 09:02"), "一村 甲文书", "已报")
        other = pool.submit(climb, march, "03-30 10:00")
        wait([other], timeout=0.5)
        session.commit()
    other.result(timeout=20)
    assert sheets.look(march, first).state == "issued"


def test_a_person_may_answer_and_close_what_the_program_issued(march: Book) -> None:
    with march.read() as session:
        first = session.scalars(select(Sheet.id).where(Sheet.rung == "cuiban").order_by(Sheet.id)).first()
    assert first is not None
    sheets.acknowledge(march, first, day("03-30 09:00"))
    sheets.decide(march, first, sheets.reply(march, first, day("03-30 09:10")), day("03-30 09:20"))
    sheets.close(march, first, day("03-30 10:00"))
    assert proved(march) == ""


def test_a_promise_past_its_date_without_follow_up_makes_the_next_rung(march: Book) -> None:
    talk = talked(march)
    assert sheets.look(march, talk).next_at == day("04-14 00:00")
    climb(march, "04-13 20:00")
    assert "tongbao" not in rungs(march)
    climb(march, "04-14 08:00")
    assert rungs(march)[-1] == "tongbao"


def test_a_promise_that_was_seen_to_does_not(march: Book) -> None:
    sheets.follow(march, talked(march), day("04-13 10:00"))
    climb(march, "04-20 08:00")
    assert "tongbao" not in rungs(march)
    assert proved(march) == ""


def test_a_promise_that_was_broken_goes_on_climbing(march: Book) -> None:
    talk = talked(march)
    sheets.follow(march, talk, day("04-13 10:00"), "至今未报", kept=False)
    climb(march, "04-14 08:00")
    assert rungs(march)[-1] == "tongbao"
    assert proved(march) == ""


def test_a_promise_for_an_earlier_day_does_not_shorten_the_limit(march: Book) -> None:
    signed(march)
    climb(march, "04-05 08:00")
    talk = next(one for one in drafts(march) if sheets.look(march, one).rung == str(Rung.YUETAN))
    sheets.arrange(march, talk, day("04-06 15:00"), day("04-05 09:00"))
    sheets.sign(march, talk, day("04-05 10:00"))
    limit = sheets.look(march, talk).next_at
    sheets.minute(march, talk, day("04-06 16:00"), Minuted("谈了", "明日报", day("04-07 12:00")))
    assert sheets.look(march, talk).next_at == limit


def test_a_talk_of_which_the_ladder_has_gone_on_does_not_go_on_twice(march: Book) -> None:
    talk = sheets.free(march, Rung.YUETAN, now=day("03-30 08:40"))
    sheets.arrange(march, talk, day("04-03 15:00"), day("03-30 09:00"))
    sheets.sign(march, talk, day("03-30 10:00"))
    climb(march, "04-14 08:00")
    made = [one.id for one in ladders.sheets(march, "tongbao") if one.obligation_id is None]
    assert len(made) == 1
    sheets.minute(march, talk, day("04-14 09:00"), Minuted("谈了", "月底报", day("04-20 12:00")))
    climb(march, "04-24 08:00")
    assert [one.id for one in ladders.sheets(march, "tongbao") if one.obligation_id is None] == made


def talked(book: Book) -> int:
    """Talk about the first village's check on 6 April; it promised to report by the 13th."""
    signed(book)
    climb(book, "04-05 08:00")
    talk = next(one for one in drafts(book) if sheets.look(book, one).rung == str(Rung.YUETAN))
    sheets.arrange(book, talk, day("04-06 15:00"), day("04-05 09:00"))
    sheets.sign(book, talk, day("04-05 10:00"))
    heard = Minuted("谈了", "4月13日前报齐", day("04-13 23:59").replace(second=59))
    sheets.minute(book, talk, day("04-06 16:00"), heard)
    return talk
