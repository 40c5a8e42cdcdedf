"""Receiving a round from its page: side by side with last round's, many at once, none unseen."""

from __future__ import annotations

import io

import openpyxl
import pytest

from duban.ledger import attachments, journal, lookup
from duban.ledger.attachments import FileFacts
from duban.ledger.reports import Report
from duban.obligations.words import Role
from support.campaign import advance, day, owing, round_of, submit
from support.desk import Desk

UNITS = ("cun1", "cun2", "cun3")


def path(desk: Desk, rest: str = "") -> str:
    return f"/rounds/{round_of(desk.book).id}{rest}"


def ticked(desk: Desk, **versions: int) -> dict[str, object]:
    ids = {unit: desk.obligation(unit) for unit in versions}
    return {"take": list(ids.values()), **{f"version-{ids[unit]}": n for unit, n in versions.items()}}


def test_a_round_shows_reports_beside_those_of_last_round(desk: Desk) -> None:
    with desk.book.write() as session:
        journal.append(session, desk.clock.at, "测试", "test", "test", {})
    submit(
        desk.book,
        "cun1",
        day("03-20 09:00"),
        report=Report("k1", {"shuliang": "17"}, note="含🙂", by="𠮷文书"),
    )
    advance(desk.book, day("04-03 09:00"))
    submit(desk.book, "cun1", day("04-10 09:00"), period="2023-04")
    desk.clock.on("04-11 09:00")
    said = (
        desk.signed_in(Role.OFFICE).get(f"/rounds/{round_of(desk.book, period='2023-04').id}?show=all").text
    )
    assert "2023年3月 · 每月检查" in said
    assert "17处" in said
    earlier = desk.signed_in(Role.OFFICE, "另一人").get(path(desk, "?show=all")).text
    assert "𠮷文书" in earlier
    assert "含🙂" in earlier


def test_the_figures_have_the_expected_set_as_their_denominator(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    said = desk.signed_in(Role.SUPERVISOR).get(path(desk)).text
    assert "<b>3</b>应报" in said
    assert "<b>1</b>已报" in said
    assert "<b>33%</b>完成率" in said


def test_all_that_wait_are_taken_in_one_click(desk: Desk) -> None:
    for unit in UNITS:
        submit(desk.book, unit, day("03-20 09:00"))
    desk.clock.on("03-21 09:00")
    office = desk.signed_in(Role.OFFICE, "王文书")
    answer = office.post(path(desk, "/accept"), data=ticked(desk, cun1=1, cun2=1, cun3=1))
    assert answer.headers["location"] == path(desk)
    assert "已接收3份" in office.get(answer.headers["location"]).text
    assert owing(desk.book) == dict.fromkeys(UNITS, "accepted")
    with desk.book.read() as session:
        assert journal.verify(session).ok


def test_what_came_meanwhile_is_left_and_told_and_the_rest_is_taken(desk: Desk) -> None:
    for unit in UNITS:
        submit(desk.book, unit, day("03-20 09:00"))
    submit(desk.book, "cun2", day("03-20 10:00"))
    desk.clock.on("03-21 09:00")
    answer = desk.signed_in(Role.OFFICE).post(
        path(desk, "/accept"), data=ticked(desk, cun1=1, cun2=1, cun3=1)
    )
    assert answer.status_code == 409
    assert "已接收2份" in answer.text
    assert "二村</a>：该单位又报了新的一版（第2版）" in answer.text
    assert owing(desk.book) == {"cun1": "accepted", "cun2": "submitted", "cun3": "accepted"}


def test_accepting_nothing_says_what_to_do(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    answer = desk.signed_in(Role.OFFICE).post(path(desk, "/accept"), data={})
    assert answer.status_code == 409
    assert "还没有选中" in answer.text


@pytest.mark.parametrize("role", [Role.LEADER, Role.SUPERVISOR])
def test_who_only_looks_sees_no_buttons_and_takes_nothing(desk: Desk, role: Role) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    browser = desk.signed_in(role)
    said = browser.get(path(desk)).text
    assert "一村" in said
    assert "接收选中的" not in said
    assert ">退回<" not in said
    assert browser.post(path(desk, "/accept"), data=ticked(desk, cun1=1)).status_code == 403
    assert owing(desk.book)["cun1"] == "submitted"


def test_the_page_begins_with_what_waits_and_ticks_all_without_javascript(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    submit(desk.book, "cun2", day("03-20 09:00"))
    office = desk.signed_in(Role.OFFICE)
    said = office.get(path(desk)).text
    assert ("一村" in said, "三村" in said) == (True, False)
    assert office.get(path(desk, "?all=1")).text.count(" checked> ") == 2


def test_a_return_opens_in_the_row(desk: Desk) -> None:
    submit(desk.book, "cun1", day("03-20 09:00"))
    said = desk.signed_in(Role.OFFICE).get(path(desk, f"?return={desk.obligation('cun1')}")).text
    assert "退回一村的上报" in said
    assert "实质性问题" in said


def test_a_round_that_is_not_there_is_not_found(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    assert office.get("/rounds/999999").status_code == 404
    assert office.get(f"/rounds/{10**30}").status_code == 422


def test_the_answers_come_as_a_workbook_with_formulas_as_text(desk: Desk) -> None:
    note = "=HYPERLINK('http://evil.example')"
    submit(desk.book, "cun1", day("03-20 09:00"), report=Report("k1", {"shuliang": "17"}, note=note, by="甲"))
    answer = desk.signed_in(Role.LEADER).get(path(desk, "/answers.xlsx"))
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''2023")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(values_only=True))
    [first] = [row for row in rows if row[1] == "一村"]
    assert first[9] == 17
    assert first[10] == note
    assert [cell.data_type for cell in sheet[len(rows) - 2]][10] == "s"


def test_a_file_is_given_as_an_attachment_that_can_do_nothing(desk: Desk) -> None:
    digest = _file(desk, FileFacts("台账𠮷.pdf", "application/pdf", b"%PDF-1.4 "))
    answer = desk.signed_in(Role.OFFICE).get(f"/obligations/{desk.obligation('cun1')}/file/{digest}?inline=1")
    assert answer.content == b"%PDF-1.4 "
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''%E5%8F%B0")
    assert answer.headers["content-type"] == "application/pdf"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_only_photos_of_our_own_encoding_are_shown_in_the_page(desk: Desk) -> None:
    digest = _file(desk, FileFacts("现场.jpg", "image/jpeg", b"\xff\xd8\xff"))
    address = f"/obligations/{desk.obligation('cun1')}/file/{digest}"
    office = desk.signed_in(Role.OFFICE)
    assert office.get(f"{address}?inline=1").headers["content-disposition"].startswith("inline")
    assert office.get(address).headers["content-disposition"].startswith("attachment")


def test_a_file_is_found_only_where_it_came(desk: Desk) -> None:
    digest = _file(desk, FileFacts("现场.jpg", "image/jpeg", b"\xff\xd8\xff"))
    office = desk.signed_in(Role.OFFICE)
    assert office.get(f"/obligations/{desk.obligation('cun2')}/file/{digest}").status_code == 404
    assert office.get(f"/obligations/{desk.obligation('cun1')}/file/{'0' * 64}").status_code == 404
    assert office.get(f"/obligations/{desk.obligation('cun1')}/file/..%2f..%2fetc").status_code == 404


def _file(desk: Desk, facts: FileFacts) -> str:
    attachments.store(desk.counter.attachments, facts.data)
    with desk.book.write() as session:
        found = lookup.obligation(session, desk.obligation("cun1"), lock=True)
        assert found is not None
        attachments.receive(session, found, facts, desk.clock.at, "一村 甲文书")
    return facts.sha256
