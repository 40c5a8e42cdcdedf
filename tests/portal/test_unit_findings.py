"""Findings as a unit meets them: it registers what its check found, rectifies, asks for time."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlalchemy import select

from duban.ledger.book import Book
from duban.ledger.tables import Finding
from support.campaign import adopt, advance, day, move_in
from support.desk import Desk, desk_over
from support.finding_cast import WITH_FINDINGS, fix, letters, look, recheck, record

from ..conftest import TOWN


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book, WITH_FINDINGS)
    advance(sqlite_book, day("03-01 09:00"))
    return desk_over(sqlite_book, tmp_path)


@pytest.fixture
def phone(desk: Desk) -> TestClient:
    browser = desk.stranger()
    browser.headers["origin"] = "http://testserver"
    return browser


@pytest.fixture
def home(desk: Desk) -> str:
    return f"/l/{desk.link('cun1')}"


SAID = {
    "key": "draft-1",
    "found_at": "2023-03-18",
    "checked_by": "一村",
    "inspectors": "甲文书",
    "item": "每月检查",
    "place": "一村小卖部",
    "description": "违规存放烟花12箱",
    "kind": "违规储存",
    "grade": "一般",
    "measures": "清退",
    "due_at": "2023-04-02",
    "unit": "一村",
    "responsible": "张三",
}


def everything(book: Book) -> list[Finding]:
    with book.read() as session:
        return list(session.scalars(select(Finding).order_by(Finding.id)))


def test_the_page_of_a_report_leads_to_registering_what_was_found(
    desk: Desk, phone: TestClient, home: str
) -> None:
    owed, plain = desk.obligation("cun1"), desk.obligation("cun1", "qingkuang")
    assert f'href="{home}/{owed}/findings"' in phone.get(f"{home}/{owed}").text
    assert "/findings" not in phone.get(f"{home}/{plain}").text
    assert phone.get(f"{home}/{plain}/findings").status_code == 404
    page = phone.get(f"{home}/{owed}/findings").text
    assert "还没有登记隐患" in page
    for said in (
        'name="due_at" value="2023-04-04"',
        'name="unit" value="一村"',
        'name="inspectors" value="甲文书"',
    ):
        assert said in page


def test_the_receipt_leads_there_too(desk: Desk, phone: TestClient, home: str) -> None:
    owed = desk.obligation("cun1")
    sent = phone.post(f"{home}/{owed}", data={"key": "r1", "f-shuliang": "3"})
    assert f'href="{home}/{owed}/findings"' in phone.get(sent.headers["location"]).text


def test_what_was_found_is_registered_with_the_report_and_listed(
    desk: Desk, phone: TestClient, home: str
) -> None:
    owed = desk.obligation("cun1")
    answer, again = (phone.post(f"{home}/{owed}/findings", data=SAID) for _ in range(2))
    assert (answer.status_code, again.status_code) == (303, 303)
    [found] = everything(desk.book)
    assert (found.obligation_id, found.clause, found.via, found.entered_by) == (
        owed,
        "三（一）",
        "link",
        "一村 甲文书",
    )
    page = phone.get(answer.headers["location"]).text
    assert "已登记1处" in page
    assert f'href="{home}/findings/{found.id}"' in page
    assert letters(desk.book) == []


def test_another_unit_that_is_to_rectify_is_told_and_its_page_is_not_shown(
    desk: Desk, phone: TestClient, home: str
) -> None:
    owed = desk.obligation("cun1")
    phone.post(f"{home}/{owed}/findings", data={**SAID, "unit": "派出所"})
    [found] = everything(desk.book)
    assert letters(desk.book) == [(f"finding/{found.id}", "隐患整改：一村小卖部", "queued")]
    page = phone.get(f"{home}/{owed}/findings").text
    assert "一村小卖部" in page
    assert f"{home}/findings/{found.id}" not in page
    assert phone.get(f"{home}/findings/{found.id}").status_code == 404


def test_what_is_wrong_is_said_at_its_entry_and_nothing_typed_is_lost(
    desk: Desk, phone: TestClient, home: str
) -> None:
    owed = desk.obligation("cun1")
    answer = phone.post(f"{home}/{owed}/findings", data={**SAID, "description": "", "unit": "四村"})
    assert answer.status_code == 422
    assert "有2处需要改正，还没有登记" in answer.text
    assert "隐患问题描述必填，没有填写" in answer.text
    assert 'value="一村小卖部"' in answer.text
    assert everything(desk.book) == []


def test_the_code_on_the_notice_board_registers_nothing(desk: Desk, phone: TestClient) -> None:
    board = f"/l/{desk.link('cun1', 'board')}"
    owed = desk.obligation("cun1")
    assert "/findings" not in phone.get(f"{board}/{owed}").text
    assert phone.get(f"{board}/{owed}/findings").status_code == 403


def test_a_unit_sees_on_its_list_what_to_rectify_by_when(desk: Desk, phone: TestClient, home: str) -> None:
    one = record(desk.book)
    page = phone.get(home).text
    assert f'href="{home}/findings/{one}"' in page
    assert "报整改完成" in page
    desk.clock.on("03-21 09:00")
    assert "已超过整改期限，请抓紧整改" in phone.get(home).text
    fix(desk.book, one, day("03-21 09:00"))
    assert "整改完成已报，等候复查" in phone.get(home).text
    recheck(desk.book, one, day("03-21 09:00"))
    assert f"findings/{one}" not in phone.get(home).text


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    return out.getvalue()


def test_a_unit_reports_that_it_has_rectified_with_a_photo(desk: Desk, phone: TestClient, home: str) -> None:
    one = record(desk.book)
    at = f"{home}/findings/{one}"
    assert 'name="people" maxlength="200" autocomplete="off" value="甲文书"' in phone.get(at).text
    files = {"photos": ("整改后.jpg", photo(), "image/jpeg")}
    said = {"text": "已清退12箱", "done_on": "2023-03-19", "people": "张三"}
    answer = phone.post(f"{at}/fix", data=said, files=files)
    page = phone.get(answer.headers["location"]).text
    assert "整改完成情况已报，请等候复查" in page
    [src] = {part.split('"')[0] for part in page.split('src="')[1:] if "/file/" in part}
    assert phone.get(src).headers["content-type"] == "image/jpeg"
    here = look(desk.book, one)
    assert (here.state, here.fixed_by, str(here.fixed_on)) == ("fixed", "张三", "2023-03-19")


def test_a_report_without_words_or_of_tomorrow_is_refused_and_kept(
    desk: Desk, phone: TestClient, home: str
) -> None:
    at = f"{home}/findings/{record(desk.book)}"
    answer = phone.post(f"{at}/fix", data={"text": "已清退", "done_on": "2023-03-21", "people": "张三"})
    assert answer.status_code == 409
    assert "整改完成日期不能晚于今天" in answer.text
    assert "已清退</textarea>" in answer.text
    assert "请写明整改情况" in phone.post(f"{at}/fix", data={"text": " ", "done_on": "2023-03-19"}).text


def test_a_unit_asks_for_time_and_sees_what_became_of_it(desk: Desk, phone: TestClient, home: str) -> None:
    one = record(desk.book)
    at = f"{home}/findings/{one}"
    answer = phone.post(f"{at}/more-time", data={"until": "2023-04-10", "reason": "等拆除队"})
    assert "延期申请已提交" in phone.get(answer.headers["location"]).text
    assert "无需重复提出" in phone.post(f"{at}/more-time", data={"until": "2023-04-11", "reason": "雨"}).text
    page = phone.get(at).text
    assert "等候答复" in page
    assert "提交延期申请" not in page


def test_a_unit_reads_why_the_recheck_failed(desk: Desk, phone: TestClient, home: str) -> None:
    one = record(desk.book)
    fix(desk.book, one, day("03-10 09:00"))
    recheck(desk.book, one, day("03-13 09:00"), passed=False, text="仍有3箱未清", until=day("04-10 23:59"))
    page = phone.get(f"{home}/findings/{one}").text
    assert "复查未通过" in page
    assert "仍有3箱未清" in page
    assert "报告整改完成" in page


def test_a_unit_never_closes_and_sees_nothing_of_another_s(desk: Desk, phone: TestClient, home: str) -> None:
    one = record(desk.book)
    fix(desk.book, one, day("03-10 09:00"))
    other = f"/l/{desk.link('cun2')}"
    assert phone.get(f"{other}/findings/{one}").status_code == 404
    assert (
        phone.post(f"{other}/findings/{one}/fix", data={"text": "好", "done_on": "2023-03-10"}).status_code
        == 404
    )
    assert phone.post(f"{home}/findings/{one}/recheck", data={"passed": "yes"}).status_code in (404, 405)
    assert "复查人" not in phone.get(f"{home}/findings/{one}").text
