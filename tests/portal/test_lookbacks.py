"""The pages of look-backs: the summary, a revisit at the desk and by the unit that makes it, false closes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.tables import Unit
from duban.obligations.draw_paper import repeat
from duban.obligations.looking_back import Found
from duban.obligations.words import Role
from support.campaign import day, move_in
from support.desk import Desk, desk_over
from support.finding_cast import look
from support.inspected import SEED, follow
from support.looked_back import lookback, looked_back, revisit_of, revisits, visit, write_findings

from ..conftest import TOWN

FALSE = {
    "found": "false",
    "text": "箱子还在后院🎆",
    "day": "2023-10-09",
    "time": "10:00",
    "by": "赵",
    "until": "2023-10-16",
}


@pytest.fixture
def found() -> list[int]:
    """Give the numbers of the findings, once ``desk`` has written them."""
    return []


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path, found: list[int]) -> Desk:
    """Give the site over a year whose look-back has been made; it is noon on 9 October 2023."""
    move_in(sqlite_book, TOWN)
    found += looked_back(sqlite_book)
    made = desk_over(sqlite_book, tmp_path)
    made.clock.on("10-09 12:00")
    return made


def proven(desk: Desk) -> bool:
    with desk.book.read() as session:
        return journal.verify(session).ok


def test_the_summary_names_what_is_to_be_visited_and_why(desk: Desk) -> None:
    said = desk.signed_in(Role.LEADER).get(f"/lookbacks/{lookback(desk.book).id}").text
    assert "<b>5</b>项应复查" in said
    assert said.index("重大隐患") < said.index("曾重新打开") < said.index("逾期整改") < said.index("随机抽查")
    assert SEED in said


def test_the_file_that_the_page_offers_repeats_the_draw(desk: Desk) -> None:
    answer = desk.signed_in(Role.LEADER).get(f"/lookbacks/{lookback(desk.book).id}/draw.json")
    assert [one.unit for one in repeat(json.loads(answer.text)).drawn] == ["4", "7"]


def test_a_look_back_to_come_shows_what_its_seed_is_committed_to(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    write_findings(sqlite_book)
    follow(sqlite_book, day("10-01 09:00"))
    here = desk_over(sqlite_book, tmp_path)
    here.clock.on("10-02 09:00")
    said = here.signed_in(Role.LEADER).get("/lookbacks").text
    assert "331ab04caa328927f706627b812f4139f9ec42a6d61f17e468a70c41a48d8f67" in said
    assert "4处隐患中抽2处" in said
    assert SEED not in said


def test_a_false_close_is_entered_at_the_desk_shown_red_and_led_to_a_sheet(
    desk: Desk, found: list[int]
) -> None:
    office = desk.signed_in(Role.OFFICE, "王文书")
    number = revisit_of(desk.book, found[0]).id
    answer = office.post(f"/revisits/{number}/result", data=FALSE)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/revisits/{number}")
    said = office.get(f"/revisits/{number}").text
    assert "该隐患已重新打开，整改单位将收到通知" in said
    assert len(desk.rung) == 1
    assert "整改情况：村文书，已清退" in said
    summary = office.get(f"/lookbacks/{lookback(desk.book).id}").text
    assert '<h2 id="false" class="late">虚假销号</h2>' in summary
    assert f'href="/sheets/new?finding={found[0]}"' in summary
    assert (look(desk.book, found[0]).state, look(desk.book, found[0]).reopened) == ("open", 1)
    assert proven(desk)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"found": ""}, "请选择复查结果"),
        ({"text": ""}, "请写明现场看到的情况"),
        ({"by": ""}, "请写明由谁复查"),
        ({"day": ""}, "请填写复查时间"),
        ({"until": ""}, "请填写新的整改期限"),
        ({"until": "2023-10-08"}, "新的整改期限须晚于现在"),
        ({"day": "2023-10-10"}, "复查时间不能晚于现在"),
    ],
)
def test_a_result_that_cannot_be_comes_back_with_what_was_typed(
    desk: Desk, found: list[int], change: dict[str, str], said: str
) -> None:
    number = revisit_of(desk.book, found[0]).id
    answer = desk.signed_in(Role.OFFICE).post(f"/revisits/{number}/result", data=FALSE | change)
    assert answer.status_code == 409
    assert said in answer.text
    assert "text" in change or "箱子还在后院🎆" in answer.text
    assert revisit_of(desk.book, found[0]).found is None


def test_the_unit_that_is_to_visit_finds_it_on_its_list_and_reports(desk: Desk, found: list[int]) -> None:
    token, village = desk.link("paichusuo"), desk.stranger()
    village.headers["origin"] = "http://testserver"
    number = revisit_of(desk.book, found[0]).id
    said = village.get(f"/l/{token}").text
    assert "复查一村" in said
    assert f"/l/{token}/revisits/{number}" in said
    page = village.get(f"/l/{token}/revisits/{number}").text
    assert "整改要求：立即清退，当场封存" in page
    data = FALSE | {"found": "true", "text": "柜台已清空", "until": ""}
    assert village.post(f"/l/{token}/revisits/{number}", data=data).status_code == 303
    assert "复查结果已报办公室" in village.get(f"/l/{token}/revisits/{number}").text
    assert f"/revisits/{number}" not in village.get(f"/l/{token}").text
    row = revisit_of(desk.book, found[0])
    assert (row.found, row.entered_by, row.visited_by) == ("true", "派出所 丁民警", "赵")
    assert proven(desk)


def test_what_a_unit_types_wrong_comes_back(desk: Desk, found: list[int]) -> None:
    token, village = desk.link("paichusuo"), desk.stranger()
    village.headers["origin"] = "http://testserver"
    number = revisit_of(desk.book, found[0]).id
    answer = village.post(f"/l/{token}/revisits/{number}", data=FALSE | {"until": ""})
    assert answer.status_code == 409
    assert "请填写新的整改期限" in answer.text
    assert "箱子还在后院🎆" in answer.text


def test_a_unit_sees_no_revisit_that_is_not_its_to_make(desk: Desk, found: list[int]) -> None:
    village = desk.stranger()
    village.headers["origin"] = "http://testserver"
    number, token = revisit_of(desk.book, found[0]).id, desk.link("cun1")
    assert village.get(f"/l/{token}/revisits/{number}").status_code == 404
    assert village.post(f"/l/{token}/revisits/{number}", data=FALSE).status_code == 404
    assert "回头看" not in village.get(f"/l/{token}").text


def test_the_desk_sends_somebody_else(desk: Desk, found: list[int]) -> None:
    office = desk.signed_in(Role.OFFICE)
    address = f"/revisits/{revisit_of(desk.book, found[0]).id}/assign"
    assert office.post(address, data={"unit": "二村", "people": "周"}).status_code == 303
    row = revisit_of(desk.book, found[0])
    assert (row.visitor_id, row.visitors) == (2, "周")
    refused = office.post(address, data={"unit": "一村", "people": ""})
    assert refused.status_code == 409
    assert "整改责任单位不能自己复查" in refused.text


@pytest.mark.parametrize("act", ["assign", "result"])
def test_who_only_looks_may_not_act(desk: Desk, found: list[int], act: str) -> None:
    number = revisit_of(desk.book, found[0]).id
    leader = desk.signed_in(Role.LEADER)
    assert leader.post(f"/revisits/{number}/{act}", data=FALSE).status_code == 403
    assert "登记复查结果" not in leader.get(f"/revisits/{number}").text


def test_what_nobody_is_to_visit_or_is_late_waits_for_the_desk(desk: Desk) -> None:
    with desk.book.write() as session:
        for number, one in enumerate(revisits(desk.book)):
            session.merge(one).visitor_id = None if number else 3
        session.get_one(Unit, 3).closed_on = day("10-09 09:00").date()
    office = desk.signed_in(Role.OFFICE)
    said = office.get("/today").text
    assert "5项回头看复查无人承担" in said
    assert "回头看复查逾期未办" not in said
    desk.clock.on("10-21 08:00")
    assert "5项回头看复查逾期未办" in office.get("/today").text


def test_a_revisit_that_is_not_there_is_not_found(desk: Desk) -> None:
    leader = desk.signed_in(Role.LEADER)
    assert [
        leader.get(one).status_code for one in ("/revisits/999", "/lookbacks/999", "/lookbacks/999/draw.json")
    ] == [
        404,
        404,
        404,
    ]


def test_the_list_counts_false_closes_and_what_is_left(desk: Desk, found: list[int]) -> None:
    visit(
        desk.book, revisit_of(desk.book, found[0]).id, "10-09 10:00", found=Found.FALSE, until="10-16 23:59"
    )
    desk.clock.at = day("10-21 09:00")
    said = desk.signed_in(Role.LEADER).get("/lookbacks").text
    assert '<span class="late">1</span>' in said
    assert '<span class="late">4</span>' in said
