"""Papers as the desk takes them out: with a Chinese name, entered in the journal, for whom they may be."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import unquote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from duban.ledger.book import Book
from duban.ledger.tables import JournalEntry
from duban.obligations.words import Role
from support import sheets, sittings
from support.campaign import move_in, round_of
from support.desk import Desk, desk_over
from support.papers import paragraphs

from ..conftest import TOWN

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ASKED = {"plan": "jiancha", "year": "2023"}


@pytest.fixture
def leader(desk: Desk) -> TestClient:
    desk.clock.on("04-10 09:00")
    return desk.signed_in(Role.LEADER)


def name(answer: Response) -> str:
    return unquote(answer.headers["content-disposition"].partition("filename*=UTF-8''")[2])


def last_entry(desk: Desk) -> JournalEntry:
    with desk.book.read() as session:
        return session.scalars(select(JournalEntry).order_by(JournalEntry.seq.desc()).limit(1)).one()


def test_the_index_offers_the_last_quarter_of_each_plan(leader: TestClient) -> None:
    body = leader.get("/papers").text
    assert '<option value="jiancha">示例检查方案</option>' in body
    assert '<option value="1" selected>第一季度</option>' in body
    assert "<option selected>2023</option>" in body


def test_a_bulletin_comes_as_a_word_file_and_is_entered(desk: Desk, leader: TestClient) -> None:
    answer = leader.get("/papers/bulletin.docx", params=ASKED | {"quarter": "1"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, DOCX)
    assert name(answer) == "关于2023年第一季度示例检查工作情况的通报（草稿）.docx"
    text = paragraphs(answer.content)
    assert text[-1] == "（联系电话：0550-1234567）"
    assert text[-3:-1] == ["示例镇综治岗", "2023年4月10日"]
    entry = last_entry(desk)
    assert (entry.action, entry.actor) == ("paper.exported", "领导")
    assert json.loads(entry.detail)["quarter"] == 1


def test_a_bulletin_of_a_past_day_is_dated_on_it_and_stays_the_same(desk: Desk, leader: TestClient) -> None:
    asked = ASKED | {"quarter": "1", "as_of": "2023-03-20"}
    first = leader.get("/papers/bulletin.docx", params=asked)
    assert "2023年3月20日" in paragraphs(first.content)
    desk.clock.on("05-10 09:00")
    assert leader.get("/papers/bulletin.docx", params=asked).content == first.content


def test_a_summary_needs_no_quarter(leader: TestClient) -> None:
    answer = leader.get("/papers/summary.docx", params=ASKED)
    assert name(answer) == "2023年示例检查工作总结（草稿）.docx"


def test_a_bulletin_is_signed_by_a_leader_and_goes_to_the_units_as_it_left(desk: Desk) -> None:
    desk.clock.on("04-03 09:00")
    office, leader = desk.signed_in(Role.SUPERVISOR), desk.signed_in(Role.LEADER)
    asked = {"plan": "jiancha", "year": "2023", "quarter": "1"}
    assert office.post("/papers/circulars/draft", data=asked).headers["location"] == "/papers"
    assert "1份季度通报或年度总结待签发" in leader.get("/today").text
    assert name(leader.get("/papers/circulars/1.docx")) == (
        "关于2023年第一季度示例检查工作情况的通报（草稿）.docx"
    )
    assert leader.post("/papers/circulars/1/sign").status_code == 303
    body = leader.get("/papers").text
    assert "已签发，文号和正文已存入账簿" in body
    assert "情况通报〔2023〕1号" in body
    left = leader.get("/papers/circulars/1.docx")
    assert name(left) == "情况通报〔2023〕1号 关于2023年第一季度示例检查工作情况的通报.docx"
    assert {"情况通报〔2023〕1号", "示例镇综治岗", "2023年4月3日"} <= {*paragraphs(left.content)}
    village, token = desk.stranger(), desk.link("cun2")
    assert f"/l/{token}/circulars/1.docx" in village.get(f"/l/{token}").text
    assert village.get(f"/l/{token}/circulars/1.docx").content == left.content
    again = leader.post("/papers/circulars/1/sign")
    assert (again.status_code, "已经签发或者作废" in again.text) == (409, True)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"quarter": "3"}, "2023年第三季度在2023年4月10日（星期一）09:00还没有开始，没有可以通报的情况。"),
        ({"quarter": "5"}, "请选择第几季度。"),
        ({"quarter": "1", "year": "2022"}, "2022年没有执行方案“jiancha”，没有可以通报的情况。"),
        ({"quarter": "1", "as_of": "2023-05-01"}, "还没有到，请选今天或者以前的日期。"),
    ],
)
def test_what_cannot_be_told_is_said_on_the_page(
    leader: TestClient, asked: dict[str, str], wrong: str
) -> None:
    answer = leader.get("/papers/bulletin.docx", params=ASKED | asked)
    assert answer.status_code == 409
    assert wrong in answer.text


def test_a_sheet_comes_under_its_number_and_a_draft_without_one(desk: Desk, leader: TestClient) -> None:
    signed, drafted = sheets.draft(desk.book), sheets.draft(desk.book, unit="cun2")
    sheets.sign(desk.book, signed)
    desk.clock.on("04-10 09:00")
    answer = leader.get(f"/sheets/{signed}.docx")
    assert name(answer) == "督办〔2023〕1号 关于2023年3月每月检查的督办单.docx"
    assert (last_entry(desk).action, last_entry(desk).detail) == (
        "paper.exported",
        f'{{"kind":"sheet","sheet":{signed}}}',
    )
    assert name(leader.get(f"/sheets/{drafted}.docx")) == "关于2023年3月每月检查的督办单（草稿）.docx"


def test_the_notice_of_a_round_comes_from_its_page(desk: Desk, leader: TestClient) -> None:
    here = round_of(desk.book).id
    assert f'href="/rounds/{here}/notice.docx"' in leader.get(f"/rounds/{here}").text
    assert name(leader.get(f"/rounds/{here}/notice.docx")) == "关于做好2023年3月每月检查工作的通知.docx"


def test_a_round_that_has_not_opened_has_no_notice(desk: Desk, leader: TestClient) -> None:
    answer = leader.get(f"/rounds/{round_of(desk.book, period='2023-12').id}/notice.docx")
    assert answer.status_code == 409
    assert "“2023年12月 · 每月检查”尚未下达，还不能出通知。" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/sheets/99.docx", "/rounds/99999/notice.docx", "/meetings/99/notice.docx", "/meetings/99/minutes.docx"],
)
def test_what_is_not_there_is_absent(leader: TestClient, path: str) -> None:
    assert leader.get(path).status_code == 404


def test_a_stranger_is_sent_to_sign_in(desk: Desk) -> None:
    for path in ("/papers", "/papers/bulletin.docx", "/papers/summary.docx", "/sheets/1.docx"):
        assert desk.stranger().get(path).status_code == 303


def test_a_meeting_gives_its_notice_and_no_minutes_before_there_are_any(
    sqlite_book: Book, tmp_path: Path
) -> None:
    move_in(sqlite_book, TOWN)
    sittings.adopt(sqlite_book)
    sittings.turn(sqlite_book, "03-01 09:00")
    sittings.turn(sqlite_book, "03-08 18:01")
    desk = desk_over(sqlite_book, tmp_path)
    office, here = desk.signed_in(Role.OFFICE), sittings.meeting_of(sqlite_book)
    desk.clock.on("03-09 09:00")
    answer = office.get(f"/meetings/{here}/notice.docx")
    assert name(answer) == "会议〔2023〕1号 关于召开2023年第一季度联席会的通知.docx"
    refused = office.get(f"/meetings/{here}/minutes.docx")
    assert refused.status_code == 409
    assert "“2023年第一季度联席会”的会议纪要还没有印发。" in refused.text
    desk.clock.on("03-15 09:00")
    sittings.publish(sqlite_book, here, "03-15 09:00")
    assert name(office.get(f"/meetings/{here}/minutes.docx")) == "2023年第一季度联席会纪要.docx"
