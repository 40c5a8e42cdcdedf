"""The proof of the journal as a supervisor runs it, and the journal as it is read."""

from __future__ import annotations

import html
import re
import sqlite3
from datetime import datetime

import pytest
from httpx2 import Response
from sqlalchemy import select

from duban.ledger import heads, journal
from duban.ledger.book import Book
from duban.ledger.heads import HeadCheck, check_head, read_noted
from duban.ledger.tables import JournalEntry
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from duban.portal.one_proof import one_proof
from support.campaign import actions, day
from support.desk import Desk
from support.programs import program, refused

HASH = "a" * 64


@pytest.fixture
def desk(supervised_desk: Desk) -> Desk:
    return supervised_desk


def text_of(answer: Response) -> str:
    body = re.sub(r"(?s)<select.*?</select>", " ", answer.text)
    return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", body).split()))


def head(desk: Desk) -> str:
    with desk.book.read() as session:
        return journal.head_line(session)


def last(desk: Desk) -> JournalEntry:
    with desk.book.read() as session:
        return session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()


def tamper(desk: Desk, statement: str) -> None:
    """Change the book behind the program's back, triggers and all."""
    with sqlite3.connect(desk.book.name) as raw:
        for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            raw.execute(f"DROP TRIGGER {name}")
        raw.execute(statement)
    raw.close()


def compare(desk: Desk, noted: str, name: str = "") -> Response:
    return desk.signed_in(Role.SUPERVISOR, name or noted[:8]).post("/verify/line", data={"noted": noted})


# The proof


@pytest.mark.parametrize("role", list(Role))
def test_everybody_who_signs_in_may_prove_the_book(desk: Desk, role: Role) -> None:
    browser = desk.signed_in(role)
    assert head(desk) in html.unescape(browser.get("/verify").text)
    seen = text_of(browser.post("/verify"))
    assert "核对无误 ：共核对" in seen
    assert "4份上报，全部相符，用时" in seen


def test_there_is_one_proof_at_a_time_whoever_asks(desk: Desk) -> None:
    supervisor, there = desk.signed_in(Role.SUPERVISOR), program(desk)
    with one_proof():
        page = supervisor.post("/verify")
        by_api = there.get("/api/v1/verify")
    assert page.status_code == 409
    assert refused(by_api, 409) == "另一次核对正在进行，请稍后再来。"
    assert supervisor.post("/verify").status_code == there.get("/api/v1/verify").status_code == 200


def test_strangers_prove_nothing(desk: Desk) -> None:
    for path in ("/verify", "/journal", "/journal/1"):
        assert desk.stranger().get(path).status_code == 303
    assert desk.stranger().post("/verify").status_code == 401


def test_a_proof_asked_for_by_another_site_is_refused(desk: Desk) -> None:
    browser = desk.signed_in(Role.SUPERVISOR)
    for path in ("/verify", "/verify/line"):
        assert browser.post(path, headers={"origin": "https://evil.example"}).status_code == 403


def test_a_changed_report_is_named(desk: Desk) -> None:
    tamper(desk, "UPDATE submissions SET nil = 1 WHERE id = 1")
    seen = text_of(desk.signed_in(Role.SUPERVISOR).post("/verify"))
    assert "核对不符 ：1号上报的内容与它的校验码不符，被改动过。" in seen
    assert "请停止使用、保留现场，由维护人员与最近的备份核对。" in seen
    assert "核对无误" not in seen


def test_a_changed_entry_is_named_and_leads_to_it(desk: Desk) -> None:
    tamper(desk, "UPDATE journal SET actor = '别人' WHERE seq = 3")
    answer = desk.signed_in(Role.SUPERVISOR).post("/verify")
    assert "第3条留痕的内容与它的校验码不符，被改动过" in answer.text
    assert 'href="/journal/3"' in answer.text
    assert "在此之前的2条留痕相符" in text_of(answer)


def test_looking_at_the_proof_changes_nothing(desk: Desk) -> None:
    before = actions(desk.book)
    browser = desk.signed_in(Role.LEADER)
    browser.get("/verify")
    browser.post("/verify")
    browser.get("/journal")
    assert actions(desk.book) == before


# A line that was noted


def test_a_line_noted_earlier_is_found_again_after_more_was_entered(desk: Desk) -> None:
    noted = head(desk)
    seq = last(desk).seq
    with desk.book.write() as session:
        journal.append(session, desk.clock.at, "测试", "clock.seen", "clock", {})
    assert f"第{seq}条的校验码与所记一致" in text_of(compare(desk, noted))
    assert "只比对了" not in text_of(compare(desk, noted, "again"))


def test_a_short_line_is_compared_as_far_as_it_goes(desk: Desk) -> None:
    one = last(desk)
    seen = text_of(compare(desk, f"{one.seq} {one.hash[:16].upper()}"))
    assert f"第{one.seq}条的校验码与所记一致" in seen
    assert "只比对了前16位" in seen


def test_a_line_that_does_not_agree_is_said_so(desk: Desk) -> None:
    seq = last(desk).seq
    assert f"第{seq}条的校验码与所记不一致" in text_of(compare(desk, f"第{seq}条 校验码 {HASH}"))


def test_a_line_that_was_cut_off_is_said_so(desk: Desk) -> None:
    assert "第9999条不在账簿中" in text_of(compare(desk, f"9999 {HASH}"))


@pytest.mark.parametrize(
    ("noted", "why"),
    [
        ("", "没有看到条号。"),
        (HASH, "没有看到条号。"),
        ("第12条", "校验码应为64位数字和字母a至f，抄录时至少写出前16位；现有0位。"),
        ("12 abc", "现有3位。"),
        (f"12 {HASH}b", "现有65位。"),
        (f"12 {'g' * 64}", "现有64位。"),
        (f"0 {HASH}", "条号应为从1开始的整数"),
        (f"9999999999999999 {HASH}", "条号应为从1开始的整数"),
    ],
)
def test_what_cannot_be_compared_is_refused_with_what_was_expected(desk: Desk, noted: str, why: str) -> None:
    answer = compare(desk, noted)
    assert answer.status_code == 422
    assert why in answer.text
    assert noted in answer.text


def test_a_line_is_read_however_it_was_copied() -> None:
    line = f"留痕截至第12条（2023年1月3日（星期二）09:00），校验码 {HASH}"
    spaced = f"第 12 条，校验码：{HASH[:32]} {HASH[32:]}。"
    for noted in (line, spaced, f"12 {HASH}", f"  12\n{HASH}"):
        assert read_noted(noted) == heads.Noted(12, HASH)
    with pytest.raises(DubanError, match="没有看到条号"):
        read_noted("校验码 " + HASH)


def test_a_noted_head_is_held_against_the_chain_on_both_databases(book: Book) -> None:
    at = day("03-01 09:00")
    with book.write() as session:
        one = journal.append(session, at, "测试", "clock.seen", "clock", {})
    with book.read() as session:
        assert check_head(session, 1, one.hash) == HeadCheck(1, there=True, same=True, digits=64, at=at)
        assert check_head(session, 1, HASH) == HeadCheck(1, there=True, same=False, digits=64, at=at)
        assert check_head(session, 2, HASH) == HeadCheck(2, there=False, same=False, digits=64)


# The journal


def numbers(answer: Response) -> list[int]:
    return [int(one) for one in re.findall(r'href="/journal/(\d+)">第', answer.text)]


def test_the_journal_is_read_from_the_newest_on_in_words(desk: Desk) -> None:
    answer = desk.signed_in(Role.SUPERVISOR).get("/journal")
    seq = last(desk).seq
    assert numbers(answer) == list(range(seq, 0, -1))
    seen = text_of(answer)
    assert "王文书 登记电话 三村：2023年3月 · 每月检查" in seen
    assert "cun2 收到上报 二村：2023年3月 · 每月检查" in seen
    assert "办公室 启用方案 jiancha" in seen
    assert "其他办理" not in seen


def test_the_journal_is_paged_by_number(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("duban.portal.supervise.journal.LIMIT", 3)
    browser, seq = desk.signed_in(Role.SUPERVISOR), last(desk).seq
    first = browser.get("/journal")
    assert numbers(first) == [seq, seq - 1, seq - 2]
    assert f'rel="next" href="/journal?after={seq - 2}"' in first.text
    assert numbers(browser.get(f"/journal?after={seq - 2}")) == [seq - 3, seq - 4, seq - 5]
    end = browser.get("/journal?after=3")
    assert numbers(end) == [2, 1]
    assert 'rel="next"' not in end.text


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("action=submission.received", 4),
        ("action=submission.received&by=cun2", 1),
        ("by=王文书", 4),
        ("by=%00", 27),
        ("action=nonsense", 0),
        ("after=1", 0),
    ],
)
def test_the_journal_is_filtered(desk: Desk, query: str, count: int) -> None:
    answer = desk.signed_in(Role.SUPERVISOR).get(f"/journal?{query}")
    assert answer.status_code == 200
    assert len(numbers(answer)) == count


def test_all_entries_about_one_obligation_are_together(desk: Desk) -> None:
    four = desk.obligation("cun4")
    answer = desk.signed_in(Role.SUPERVISOR).get(f"/journal?subject=obligation/{four}")
    seen = text_of(answer)
    assert len(numbers(answer)) == 2
    assert "办公室 退回上报 四村" in seen
    assert "cun4 收到上报 四村" in seen


def test_one_entry_is_shown_as_it_is_hashed(desk: Desk) -> None:
    one = last(desk)
    seen = text_of(desk.signed_in(Role.SUPERVISOR).get(f"/journal/{one.seq}"))
    assert isinstance(one.at, datetime)
    assert all(said in seen for said in (one.hash, one.previous, one.detail, one.action))


def test_an_entry_that_is_not_there_is_said_kindly(desk: Desk) -> None:
    for seq in ("999999", "0", "x", "99999999999999999999"):
        assert desk.signed_in(Role.SUPERVISOR, seq).get(f"/journal/{seq}").status_code in (404, 422)
