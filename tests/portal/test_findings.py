"""Findings at the desk: registered, listed, rechecked by another, reopened; in tables and one by one."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient
from PIL import Image

from duban.ledger import journal, sheet_drafts, sheet_prefill
from duban.ledger.book import Book
from duban.ledger.sheet_drafts import Entry
from duban.ledger.tables import Finding
from duban.obligations.words import Role, Rung
from support.campaign import day
from support.desk import Desk
from support.finding_cast import fix, letters, look, paper, recheck, record, reopen, steps

SAID = {
    "plan": "jiancha",
    "found_at": "2023-03-17",
    "checked_by": "镇应急办",
    "inspectors": "王芳、李强",
    "item": "烟花零售点",
    "place": "一村小卖部",
    "description": "违规存放烟花12箱",
    "kind": "违规储存",
    "grade": "一般",
    "measures": "立即清退",
    "due_at": "2023-03-31",
    "unit": "一村",
    "responsible": "张三",
}


@pytest.fixture
def office(desk: Desk) -> TestClient:
    return desk.signed_in(Role.OFFICE, "王芳")


def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "JPEG")
    return out.getvalue()


def new(office: TestClient, key: str = "k1", **changed: str) -> Any:
    return office.post("/findings/new", data={**SAID, "key": key, **changed})


def proved(book: Book) -> str:
    with book.read() as session:
        return journal.verify(session).reason_zh


def test_the_form_begins_with_today_and_two_weeks_and_knows_the_units(desk: Desk, office: TestClient) -> None:
    page = office.get("/findings/new").text
    assert 'name="found_at" value="2023-03-20"' in page
    assert 'name="due_at" value="2023-04-04"' in page
    assert '<option value="一村">cun1</option>' in page


def test_a_finding_is_registered_and_its_unit_told(desk: Desk, office: TestClient) -> None:
    answer = new(office)
    assert (answer.status_code, answer.headers["location"]) == (303, "/findings/1")
    page = office.get("/findings/1").text
    for said in (
        "已登记，给整改责任单位的通知已列入待发",
        "2023年第1号",
        "违规存放烟花12箱",
        "立即清退",
        "镇应急办",
    ):
        assert said in page
    assert letters(desk.book) == [("finding/1", "隐患整改：一村小卖部", "queued")]
    assert len(desk.rung) == 1
    assert proved(desk.book) == ""


def test_a_form_sent_twice_registers_once(desk: Desk, office: TestClient) -> None:
    assert [new(office).headers["location"] for _ in range(2)] == ["/findings/1", "/findings/1"]
    assert len(letters(desk.book)) == 1


def test_what_is_wrong_is_said_at_its_entry_and_nothing_typed_is_lost(office: TestClient) -> None:
    answer = new(office, unit="四村", due_at="", description="摊位占道")
    assert answer.status_code == 422
    assert "有2处需要改正，还没有登记" in answer.text
    assert "整改责任单位名册中没有“四村”" in answer.text
    assert "整改期限必填，没有填写" in answer.text
    assert "摊位占道</textarea>" in answer.text
    assert office.get("/findings/1").status_code == 404


def test_the_next_finding_of_a_check_begins_with_what_they_share(office: TestClient) -> None:
    answer = new(office, more="1")
    page = office.get(answer.headers["location"]).text
    assert "已登记，可以接着登记下一处" in page
    assert 'name="inspectors" value="王芳、李强"' in page
    assert 'name="place" value=""' in page


def test_photos_come_with_a_finding_and_are_shown(desk: Desk, office: TestClient) -> None:
    files = {"photos": ("现场.jpg", photo(), "image/jpeg")}
    office.post("/findings/new", data={**SAID, "key": "k1"}, files=files)
    page = office.get("/findings/1").text
    [src] = {part.split('"')[0] for part in page.split('src="')[1:] if "/file/" in part}
    assert src.startswith("/findings/1/file/")
    shown = office.get(src)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/jpeg")
    assert office.get(f"/findings/1/file/{'0' * 64}").status_code == 404
    with desk.book.read() as session:
        assert journal.verify(session, files=desk.counter.attachments).ok


def test_a_file_of_another_kind_is_refused_and_nothing_is_registered(office: TestClient) -> None:
    files = {"photos": ("run.exe", b"MZ\x90\x00", "application/octet-stream")}
    answer = office.post("/findings/new", data={**SAID, "key": "k1"}, files=files)
    assert answer.status_code == 409
    assert office.get("/findings/1").status_code == 404


def test_the_list_counts_every_sort_and_filters(desk: Desk, office: TestClient) -> None:
    record(desk.book)
    record(desk.book, key="k2", unit="cun2", place="二村仓库", kind="标识不清", grade="grave")
    desk.clock.on("03-21 09:00")
    fix(desk.book, record(desk.book, day("03-06 17:00"), key="k3", place="一村祠堂"), day("03-10 09:00"))
    page = office.get("/findings").text
    assert page.index("一村小卖部") < page.index("一村祠堂")
    assert '<b class="late">2</b>超期未整改' in page
    assert "超期9小时" in page
    for query, there, gone in (
        ("which=fixed", "一村祠堂", "一村小卖部"),
        ("unit=二村", "二村仓库", "一村小卖部"),
        ("grade=grave", "二村仓库", "一村小卖部"),
        ("kind=标识不清", "二村仓库", "一村小卖部"),
        ("text=祠堂", "一村祠堂", "二村仓库"),
    ):
        page = office.get(f"/findings?{query}").text
        assert there in page
        assert gone not in page
    assert "没有符合条件的隐患" in office.get("/findings?which=closed").text


def test_a_recheck_closes_or_sends_back(desk: Desk, office: TestClient) -> None:
    one, two = record(desk.book), record(desk.book, key="k2", place="一村仓库")
    for finding in (one, two):
        fix(desk.book, finding, day("03-10 09:00"), people="张三")
    assert "张三报告2023-03-10整改完成" in office.get(f"/findings/{one}").text
    office.post(f"/findings/{one}/recheck", data={"passed": "yes", "people": "李强", "text": "已清空"})
    assert "复查通过，已销号" in office.get(f"/findings/{one}").text
    assert "已销号（2023-03-20，李强）" in office.get(f"/findings/{one}").text
    said = {"passed": "no", "people": "李强", "text": "仍有3箱", "until": "2023-04-10"}
    office.post(f"/findings/{two}/recheck", data=said)
    assert (look(desk.book, two).state, look(desk.book, two).due_at) == (
        "open",
        day("04-10 23:59").replace(second=59),
    )
    assert letters(desk.book)[-1][1] == "复查未通过：一村仓库"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"passed": "yes", "people": "张三"}, "“张三”是这次整改的整改人"),
        ({"passed": "yes", "people": "甲文书"}, "是整改单位“一村”的人"),
        ({"passed": "yes", "people": ""}, "请写明复查人"),
        ({"people": "李强"}, "请选择复查通过，还是未通过"),
        ({"passed": "no", "people": "李强", "text": "仍有3箱"}, "请填写新的整改期限"),
    ],
)
def test_a_recheck_that_is_not_lawful_is_refused_with_what_was_typed(
    desk: Desk, office: TestClient, said: dict[str, str], wrong: str
) -> None:
    one = record(desk.book)
    fix(desk.book, one, day("03-10 09:00"), people="张三")
    answer = office.post(f"/findings/{one}/recheck", data={"text": "看过现场", **said})
    assert answer.status_code == 409
    assert wrong in answer.text
    assert f"{said.get('text', '看过现场')}</textarea>" in answer.text
    assert look(desk.book, one).state == "fixed"


def test_the_desk_takes_down_a_rectification_and_names_who_did_it(desk: Desk, office: TestClient) -> None:
    one = record(desk.book)
    said = {"text": "电话报告已清退", "done_on": "2023-03-18", "people": ""}
    assert "请写明整改人" in office.post(f"/findings/{one}/fix", data=said).text
    office.post(f"/findings/{one}/fix", data={**said, "people": "张三"})
    assert (look(desk.book, one).fixed_by, look(desk.book, one).fixed_on) == ("张三", date(2023, 3, 18))
    office.post(f"/findings/{one}/recheck", data={"passed": "yes", "people": "李强"})
    assert look(desk.book, one).state == "closed"


def test_limits_and_measures_are_changed_and_a_request_answered(desk: Desk, office: TestClient) -> None:
    one = record(desk.book)
    office.post(f"/findings/{one}/limit", data={"how": "move", "until": "2023-03-25", "reason": "临近节日"})
    assert "整改期限已调整" in office.get(f"/findings/{one}").text
    office.post(f"/findings/{one}/limit", data={"how": "extend", "until": "2023-03-28", "reason": "下雨"})
    changed = {
        "unit": "二村",
        "responsible": "李四",
        "grade": "grave",
        "measures": "停业",
        "reason": "认定有误",
    }
    office.post(f"/findings/{one}/change", data=changed)
    here = look(desk.book, one)
    assert (here.due_at, here.grade, here.measures, here.responsible) == (
        day("03-28 23:59").replace(second=59),
        "grave",
        "停业",
        "李四",
    )
    assert steps(desk.book, one) == ["found", "moved", "extended", "changed"]
    answer = office.post(f"/findings/{one}/answer", data={"decision": "grant"})
    assert "没有等候答复的延期申请" in answer.text


def test_struck_out_and_come_again(desk: Desk, office: TestClient) -> None:
    one = record(desk.book)
    assert "查否须写明" in office.post(f"/findings/{one}/refute", data={"reason": " "}).text
    office.post(f"/findings/{one}/refute", data={"reason": "空箱"})
    assert "已查否销号" in office.get(f"/findings/{one}").text
    office.post(f"/findings/{one}/reopen", data={"reason": "又摆出来", "until": "2023-04-10"})
    page = office.get(f"/findings/{one}").text
    assert "已登记复发" in page
    assert "复发1次" in page


def test_what_waits_for_the_office_is_said_on_the_day_s_page(desk: Desk, office: TestClient) -> None:
    one, two = record(desk.book), record(desk.book, key="k2")
    fix(desk.book, two, day("03-10 09:00"))
    desk.clock.on("03-21 09:00")
    page = office.get("/today").text
    assert "1处隐患超期未整改" in page
    assert "1处隐患待复查" in page
    recheck(desk.book, two, day("03-21 09:00"))
    reopen(desk.book, two, day("03-21 09:00"), day("04-10 23:59"))
    fix(desk.book, one, day("03-21 09:00"))
    assert "超期未整改" not in office.get("/today").text


def test_a_leader_looks_and_does_nothing(desk: Desk) -> None:
    one = record(desk.book)
    leader = desk.signed_in(Role.LEADER)
    page = leader.get(f"/findings/{one}").text
    assert "违规存放" in page
    assert "查否" not in page
    assert "登记隐患" not in leader.get("/findings").text
    assert leader.get("/findings/new").status_code == 403
    assert leader.post(f"/findings/{one}/refute", data={"reason": "空箱"}).status_code == 403


LINE = (1, date(2023, 3, 6), "灭火器过期", "一村祠堂", "2023-03-31", "一村", "张三", None, None)
WRONG = (2, "上周", "占道经营", "一村路口", "2023-03-31", "四村", "", None, None)
CLOSED = (
    3,
    date(2023, 3, 6),
    "电线私拉",
    "一村码头",
    "2023-03-31",
    "一村",
    "张三",
    date(2023, 3, 9),
    "已销号（2023-03-10，李强）",
)


def send(office: TestClient, data: bytes) -> Any:
    return office.post("/findings/import", data={"plan": "jiancha"}, files={"file": ("台账.xlsx", data)})


def test_a_workbook_is_looked_at_its_right_lines_taken_and_a_second_time_nothing(
    desk: Desk, office: TestClient
) -> None:
    answer = send(office, paper(LINE, WRONG, CLOSED))
    assert answer.status_code == 303
    page = office.get(answer.headers["location"]).text
    assert "<b>2</b>可登记" in page
    assert "单元格 B3：应是日期，如 2026-03-22，实际为“上周”" in page
    assert "单元格 F3：名册中没有“四村”" in page
    assert "登记，并按台账销号" in page
    address = answer.headers["location"].partition("?")[0]
    taken = office.post(address, data={"plan": "jiancha", "row": ["2", "4"]})
    assert taken.headers["location"] == "/findings"
    assert "已登记2处隐患，其中待复查0处、已销号1处" in office.get("/findings").text
    assert "<b>2</b>已有，不重复" in office.get(answer.headers["location"]).text
    again = office.post(address, data={"plan": "jiancha", "row": ["2", "4"]})
    assert "此前都已登记" in office.get(again.headers["location"]).text
    with desk.book.read() as session:
        assert session.query(Finding).count() == 2
    assert proved(desk.book) == ""


def test_lines_that_were_not_chosen_are_not_taken(desk: Desk, office: TestClient) -> None:
    address = send(office, paper(LINE)).headers["location"].partition("?")[0]
    answer = office.post(address, data={"plan": "jiancha"})
    assert answer.status_code == 422
    assert "没有选中任何一行" in answer.text


def test_what_is_no_ledger_is_refused_in_words(office: TestClient) -> None:
    answer = send(office, b"not a workbook")
    assert answer.status_code == 422
    assert "这份文件不能导入，什么也没有登记" in answer.text
    assert office.post("/findings/import", data={"plan": "jiancha"}).status_code == 422


def test_the_empty_workbook_has_the_units_to_choose_from(office: TestClient, tmp_path: Path) -> None:
    answer = office.get("/findings/template.xlsx")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0]["A1"].value == "示例镇综治岗隐患台账"
    assert {cell.value for cell in book["_duban"]["D"]} >= {"一村", "二村", "三村", "派出所"}


def test_what_the_filters_leave_is_given_as_the_paper_ledger(desk: Desk, office: TestClient) -> None:
    record(desk.book)
    record(desk.book, key="k2", unit="cun2", place="二村仓库")
    answer = office.get("/findings.xlsx?unit=二村")
    page = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    lines = [[cell.value for cell in line] for line in page.iter_rows()]
    at = next(n for n, line in enumerate(lines) if line[0] == "序号")
    assert lines[at] == [
        *("序号", "检查时间", "检查单位", "检查人", "检查项目", "检查地点", "隐患问题描述", "隐患类型"),
        *(
            "隐患等级",
            "整改要求（措施）",
            "整改期限",
            "整改责任单位",
            "整改责任人",
            "整改完成日期",
            "销号情况",
        ),
    ]
    assert [(line[0], line[5], line[11], line[14]) for line in lines[at + 1 :] if line[0]] == [
        (2, "二村仓库", "二村", "未销号")
    ]
    assert office.get("/findings.xlsx?as_of=2023-03-99").status_code == 409


def test_the_sheets_about_a_finding_stand_on_its_page(desk: Desk, office: TestClient) -> None:
    one = record(desk.book)
    desk.clock.on("03-21 09:00")
    with desk.book.write() as session:
        known = sheet_prefill.of_finding(session, one, Rung.DUBAN, desk.clock.at)
        entry = Entry(str(Rung.DUBAN), known.series, known.unit_id, "逾期未整改", finding_id=one)
        number = sheet_drafts.enter(session, entry, known.draft, desk.clock.at, "王文书").id
    page = office.get(f"/findings/{one}").text
    assert f'href="/sheets/{number}"' in page
    assert f'href="/cases/new?finding={one}"' in page
    assert f'href="/sheets/new?finding={one}"' in page
