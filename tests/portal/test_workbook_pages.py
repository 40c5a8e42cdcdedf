from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from html import unescape
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import select

from duban.ledger import journal, reports
from duban.ledger.tables import Obligation, Submission, Unit
from duban.obligations.words import Role
from support.campaign import day, owing, return_, round_of, submit
from support.desk import Desk
from support.round_workbooks import book_of, bytes_of, filled

HEADINGS = 4  # the line of the headings in a workbook


@pytest.fixture(autouse=True)
def on_monday(desk: Desk) -> None:
    desk.clock.on("03-20 10:00")


@pytest.fixture
def office(desk: Desk) -> TestClient:
    return desk.signed_in(Role.OFFICE)


def march(desk: Desk) -> int:
    return round_of(desk.book, "yuecha", "2023-03").id


def downloaded(desk: Desk, office: TestClient, duty: str = "yuecha") -> bytes:
    number = round_of(desk.book, duty, "2023-03").id
    answer = office.get(f"/rounds/{number}/workbook.xlsx")
    assert answer.status_code == 200
    return answer.content


def fill(data: bytes, rows: Mapping[str, Mapping[str, object]]) -> bytes:
    """Fill in lines of a workbook as villages do: by unit code and heading."""
    book = book_of(data)
    page: Any = book["填报"]
    places = {str(cell.value).rstrip("*"): cell.column for cell in page[HEADINGS]}
    lines = {page.cell(n, 1).value: n for n in range(HEADINGS + 1, page.max_row + 1)}
    for code, cells in rows.items():
        for heading, value in cells.items():
            page.cell(lines[code], places[heading]).value = value
            if isinstance(value, str):
                page.cell(lines[code], places[heading]).data_type = "s"
    return bytes_of(book)


def send(office: TestClient, round_id: int, data: bytes, name: str = "填报表.xlsx") -> Response:
    return office.post(f"/rounds/{round_id}/import", files={"file": (name, data)})


def looked(office: TestClient, round_id: int, data: bytes) -> tuple[str, str]:
    """Send a workbook; gives where it is looked at, and that page."""
    answer = send(office, round_id, data)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"], office.get(answer.headers["location"]).text


def take(office: TestClient, address: str, page: str, *, everything: bool = False) -> Response:
    """Confirm what the page has chosen, or every row that it offers."""
    boxes = [part.partition(">")[0] for part in page.split('<input type="checkbox" name="row" ')[1:]]
    lines = [box.partition('value="')[2].partition('"')[0] for box in boxes if everything or "checked" in box]
    seen = {f"seen-{n}": page.partition(f'name="seen-{n}" value="')[2].partition('"')[0] for n in lines}
    return office.post(address, data={"row": lines, **seen})


def report_of(desk: Desk, unit: str = "cun1") -> list[Submission]:
    with desk.book.read() as session:
        query = select(Submission).join(Obligation, Obligation.id == Submission.obligation_id)
        query = query.join(Unit, Unit.id == Obligation.unit_id).where(Unit.code == unit)
        return list(session.scalars(query.order_by(Submission.version)))


def test_the_workbook_lists_the_units_and_what_they_have_reported(desk: Desk, office: TestClient) -> None:
    submit(desk.book, "cun2", day("03-19 10:00"))
    answer = office.get(f"/rounds/{march(desk)}/workbook.xlsx")
    page = book_of(answer.content)["填报"]
    cells = [[str(cell.value or "") for cell in row] for row in page.iter_rows(min_row=HEADINGS)]
    assert "检查数量（处）*" in cells[0]
    assert [row[1] for row in cells[2:]] == ["一村", "二村", "三村"]
    assert cells[3][-1] == "已报（03-19 周日 10:00）"
    assert "filename*=UTF-8''2023" in answer.headers["content-disposition"]


def test_right_rows_are_taken_and_wrong_cells_named_and_nothing_is_taken_before(
    desk: Desk, office: TestClient
) -> None:
    rows = {"cun1": {"检查数量（处）": 12, "填报人": "甲文书"}, "cun2": {"检查数量（处）": "很多"}}
    address, page = looked(office, march(desk), fill(downloaded(desk, office), rows))
    assert "检查数量：</span>12处" in page
    assert "应是数字，实际为“很多”" in page
    assert "第7行" in page
    assert owing(desk.book) == {"cun1": "owed", "cun2": "owed", "cun3": "owed"}
    done = take(office, address, page)
    assert "已登记1个单位的上报" in office.get(done.headers["location"]).text
    assert owing(desk.book) == {"cun1": "submitted", "cun2": "owed", "cun3": "owed"}
    (report,) = report_of(desk)
    assert (report.answers, report.via) == ({"shuliang": 12}, "excel")
    assert report.by == "甲文书（表格，办公室导入）"
    with desk.book.read() as session:
        assert journal.verify(session).ok


def test_the_same_workbook_again_takes_nothing_again_not_even_after_a_return(
    desk: Desk, office: TestClient
) -> None:
    data = fill(downloaded(desk, office), {"cun1": {"检查数量（处）": 12}})
    take(office, *looked(office, march(desk), data))
    _, again = looked(office, march(desk), data)
    assert "已有，不重复登记" in again
    assert "可登记" in again
    return_(desk.book, "cun1", day("03-21 10:00"))
    desk.clock.on("03-22 10:00")
    address, after = looked(office, march(desk), data)
    assert 'name="row"' not in after
    assert office.post(address, data={"row": ["6"], "seen-6": "1"}).status_code == 303
    assert len(report_of(desk)) == 1


def test_who_confirms_twice_is_told_that_nothing_new_was_taken(desk: Desk, office: TestClient) -> None:
    rows = {"cun1": {"检查数量（处）": 12}}
    address, page = looked(office, march(desk), fill(downloaded(desk, office), rows))
    take(office, address, page)
    again = office.get(take(office, address, page).headers["location"]).text
    assert "选中的行此前都已登记，这次没有新登记。" in again
    assert len(report_of(desk)) == 1


def test_a_corrected_row_of_the_same_workbook_is_taken_after_a_return(desk: Desk, office: TestClient) -> None:
    data = downloaded(desk, office)
    take(office, *looked(office, march(desk), fill(data, {"cun1": {"检查数量（处）": 12}})))
    return_(desk.book, "cun1", day("03-21 10:00"))
    desk.clock.on("03-22 10:00")
    take(office, *looked(office, march(desk), fill(data, {"cun1": {"检查数量（处）": 13}})))
    assert [one.answers["shuliang"] for one in report_of(desk)] == [12, 13]


def test_what_differs_from_a_report_not_judged_yet_is_shown_beside_it_and_not_chosen(
    desk: Desk, office: TestClient
) -> None:
    submit(desk.book, "cun1", day("03-19 10:00"))
    data = fill(downloaded(desk, office), {"cun1": {"检查数量（处）": 12}})
    address, page = looked(office, march(desk), data)
    assert "将替换" in page
    assert "检查数量：</span>3处" in page
    assert take(office, address, page).status_code == 422
    assert take(office, address, page, everything=True).status_code == 303
    assert [one.answers["shuliang"] for one in report_of(desk)] == [3, 12]


def test_who_answers_between_the_look_and_the_confirmation_is_not_passed_over(
    desk: Desk, office: TestClient
) -> None:
    rows = {code: {"检查数量（处）": 12} for code in ("cun1", "cun2")}
    address, page = looked(office, march(desk), fill(downloaded(desk, office), rows))
    submit(desk.book, "cun1", day("03-20 10:00"))
    answer = take(office, address, page)
    assert answer.status_code == 409
    assert "已登记1个单位（二村）" in answer.text
    assert "已经报了第1版" in answer.text
    assert [one.answers["shuliang"] for one in report_of(desk)] == [3]


def test_a_unit_whose_report_was_accepted_is_told_and_stops_no_other(desk: Desk, office: TestClient) -> None:
    submit(desk.book, "cun1", day("03-19 10:00"))
    with desk.book.write() as session:
        found = session.get_one(Obligation, desk.obligation("cun1"))
        reports.accept(session, found, day("03-19 11:00"), "李主任")
    rows = {code: {"检查数量（处）": 12} for code in ("cun1", "cun2")}
    address, page = looked(office, march(desk), fill(downloaded(desk, office), rows))
    assert "已接收办结" in page
    take(office, address, page)
    assert owing(desk.book)["cun2"] == "submitted"


def test_after_the_lock_nothing_of_a_workbook_is_taken(desk: Desk, office: TestClient) -> None:
    data = fill(downloaded(desk, office), {"cun1": {"检查数量（处）": 12}})
    desk.clock.on("04-04 09:00")
    _, page = looked(office, march(desk), data)
    assert "截止补报" in page
    assert 'name="row"' not in page


def test_formulas_rare_characters_and_emoji_are_text_and_nothing_else(desk: Desk, office: TestClient) -> None:
    said = '=HYPERLINK("http://evil.example","点我")'
    rows = {
        "cun1": {"检查数量（处）": 1, "备注": said, "填报人": "𠮷文书😀"},
        "cun2": {"零报告": "是", "备注": "<script>alert(1)</script>"},
    }
    address, page = looked(office, march(desk), fill(downloaded(desk, office), rows))
    assert "<script>alert(1)" not in page
    assert said in unescape(page)
    take(office, address, page)
    (report,) = report_of(desk)
    assert (report.note, report.by) == (said, "𠮷文书😀（表格，办公室导入）")
    (nil,) = report_of(desk, "cun2")
    assert nil.nil


def renamed(data: bytes) -> bytes:
    book = book_of(data)
    page: Any = book["填报"]
    for cell in page[HEADINGS]:
        if str(cell.value).startswith("检查数量"):
            cell.value = "数目"
    return bytes_of(book)


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    return out.getvalue()


def test_a_workbook_with_renamed_columns_says_which_is_missing(desk: Desk, office: TestClient) -> None:
    answer = send(office, march(desk), renamed(downloaded(desk, office)))
    assert answer.status_code == 422
    assert "缺少“检查数量（处）*”列" in answer.text
    assert "列名请改回原样" in answer.text


def test_another_rounds_and_another_plans_workbook_is_sent_there(desk: Desk, office: TestClient) -> None:
    other = send(office, march(desk), downloaded(desk, office, "qingkuang"))
    assert other.status_code == 422
    assert "这是另一期的填报表" in other.text
    assert "2023年3月 · 情况报告" in other.text
    foreign = send(office, march(desk), filled({"D6": 1}))
    assert "这是另一个方案的填报表" in foreign.text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("空.xlsx", b"", "打不开这个文件"),
        ("旧.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old excel", "旧版 .xls"),
        ("炸弹.xlsx", bomb(), "为安全起见不予读取"),
        ("网页.xlsx", b"<html></html>", "打不开这个文件"),
        ("大.xlsx", b"PK" + b"0" * 5_000_001, "文件过大"),
    ],
    ids=["empty", "old", "bomb", "html", "large"],
)
def test_what_is_no_workbook_is_refused_and_not_kept(
    desk: Desk, office: TestClient, name: str, data: bytes, said: str
) -> None:
    answer = send(office, march(desk), data, name)
    assert answer.status_code == 422
    assert said in answer.text
    assert not desk.counter.attachments.exists()


def test_no_file_chosen_is_asked_for(desk: Desk, office: TestClient) -> None:
    assert "请先选择文件" in office.post(f"/rounds/{march(desk)}/import", files={"x": ("", b"")}).text


def test_a_workbook_of_one_round_is_not_looked_at_under_another(desk: Desk, office: TestClient) -> None:
    address, _ = looked(office, march(desk), downloaded(desk, office))
    digest = address.rpartition("/")[2]
    other = round_of(desk.book, "qingkuang", "2023-03").id
    assert "这是另一期的填报表" in office.get(f"/rounds/{other}/import/{digest}").text
    assert office.get(f"/rounds/{march(desk)}/import/{'0' * 64}").status_code == 404
    assert office.get(f"/rounds/{march(desk)}/import/..%2f..%2fbook.db").status_code in (404, 422)


def test_workbooks_are_for_the_office_alone(desk: Desk) -> None:
    for role in (Role.SUPERVISOR, Role.LEADER):
        person = desk.signed_in(role)
        assert person.get(f"/rounds/{march(desk)}/workbook.xlsx").status_code == 403
        assert person.get(f"/rounds/{march(desk)}/import").status_code == 403


def test_a_round_that_has_not_opened_has_no_workbook(desk: Desk, office: TestClient) -> None:
    april = round_of(desk.book, "yuecha", "2023-04").id
    assert "尚未下达" in office.get(f"/rounds/{april}/workbook.xlsx").text
    assert "本期尚未下达" in office.get(f"/rounds/{april}/import").text
