"""Sheets on the office's pages and the unit's, from the draft to the close, and on the API."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from duban.app.papers_sheets import sheet_paper
from duban.ledger import integrations, journal
from duban.ledger.sheet_talks import Minuted
from duban.ledger.tables import Sheet, Unit
from duban.obligations.words import Grade, Role, Rung
from support.campaign import advance, day
from support.desk import Desk
from support.finding_cast import fix, recheck, record
from support.sheets import draft, free, issued, look, minute, reply, sign

NAME = "督办单（督办〔2023〕1号）"


@pytest.fixture(autouse=True)
def _monday(desk: Desk) -> None:
    """Let the check's day pass: it is Monday 27 March, 9:00."""
    advance(desk.book, day("03-27 08:00"))
    desk.clock.on("03-27 09:00")


def proven(desk: Desk) -> str:
    with desk.book.read() as session:
        return journal.verify(session).reason_zh


def seen(browser: TestClient, sheet_id: int) -> dict[str, str]:
    """Give what the form for signing carries unseen."""
    page = browser.get(f"/sheets/{sheet_id}").text
    return dict(re.findall(r'name="(seen)" value="([0-9a-f]{16})"', page))


def test_the_office_drafts_from_an_obligation_and_a_leader_signs(desk: Desk) -> None:
    office, leader = desk.signed_in(Role.OFFICE, "王文书"), desk.signed_in(Role.LEADER, "李镇长")
    owed = desk.obligation("cun1")
    assert f'href="/sheets/new?obligation={owed}"' in office.get(f"/obligations/{owed}").text
    form = office.get(f"/sheets/new?obligation={owed}").text
    assert (
        "2023年3月 · 每月检查，应于2023年3月24日（星期五）24时前完成，截至3月27日仍未报送，已逾期3天。"
        in form
    )
    said = {"rung": "duban", "obligation": str(owed), "finding": "", "listing": ""}
    said |= {"reason": "屡催不办", "matter": "三月检查未报", "requirement": "立即补报", "responsible": "张三"}
    said |= {"lead": "", "basis": "《示例检查方案》", "clause": "三（一）", "limit_days": "5"}
    made = office.post("/sheets/new", data=said)
    assert made.headers["location"] == "/sheets/1"
    assert "草稿已保存，待签发。" in office.get("/sheets/1").text
    assert "1份督办文书待签发" in leader.get("/today").text
    done = leader.post("/sheets/1/sign", data=seen(leader, 1))
    assert done.status_code == 303
    page = leader.get("/sheets/1").text
    assert "已签发并编号，给该单位的通知已列入待发。" in page
    assert NAME in page
    assert "2023年4月3日（星期一）24时" in page
    assert "甲文书" in page
    assert desk.rung[-1] == day("03-27 09:00")
    assert NAME in office.get(f"/obligations/{owed}").text
    assert proven(desk) == ""


def test_a_form_that_cannot_be_kept_comes_back_with_what_was_typed(desk: Desk) -> None:
    office, owed = desk.signed_in(Role.OFFICE), desk.obligation("cun1")
    said = {"rung": "tongbao", "obligation": str(owed), "reason": "", "matter": "三月检查未报甲乙丙"}
    back = office.post("/sheets/new", data=said | {"basis": "方案", "requirement": "补报", "limit_days": "5"})
    assert back.status_code == 409
    assert "直接督办须写明事由" in back.text
    assert "三月检查未报甲乙丙" in back.text
    assert "起草通报" in back.text


def test_a_free_draft_names_its_plan_and_its_unit(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    said = {"rung": "duban", "reason": "影响恶劣", "matter": "路边售卖", "requirement": "取缔"}
    said |= {"basis": "《示例检查方案》", "limit_days": "3", "plan": "jiancha"}
    assert "没有找到" in office.post("/sheets/new", data=said | {"unit": "九村"}).text
    assert office.post("/sheets/new", data=said | {"unit": "二村"}).status_code == 303
    found = look(desk.book, 1)
    assert (found.series, found.unit_id, found.obligation_id, found.limit_days) == ("jiancha", 2, None, 3)


@pytest.mark.parametrize("role", [Role.OFFICE, Role.ADMINISTRATOR])
def test_the_office_does_not_sign(desk: Desk, role: Role) -> None:
    sheet_id, browser = draft(desk.book), desk.signed_in(role)
    assert f"/sheets/{sheet_id}/sign" not in browser.get(f"/sheets/{sheet_id}").text
    assert browser.post(f"/sheets/{sheet_id}/sign").status_code == 403
    assert look(desk.book, sheet_id).state == "draft"


def test_a_supervisor_who_drafted_does_not_sign_their_own(desk: Desk) -> None:
    sheet_id = draft(desk.book, by="督查甲")
    own, other = desk.signed_in(Role.SUPERVISOR, "督查甲"), desk.signed_in(Role.SUPERVISOR, "督查乙")
    refused = own.post(f"/sheets/{sheet_id}/sign", data=seen(own, sheet_id))
    assert refused.status_code == 409
    assert "起草人（督查甲）不能签发" in refused.text
    assert other.post(f"/sheets/{sheet_id}/sign", data=seen(other, sheet_id)).status_code == 303


def test_nobody_signs_what_was_changed_since_they_read_it(desk: Desk) -> None:
    sheet_id = draft(desk.book)
    office, leader = desk.signed_in(Role.OFFICE), desk.signed_in(Role.LEADER)
    read = seen(leader, sheet_id)
    changed = {"matter": "另一件", "requirement": "补报", "basis": "方案", "limit_days": "1"}
    assert office.post(f"/sheets/{sheet_id}/edit", data=changed).status_code == 303
    refused = leader.post(f"/sheets/{sheet_id}/sign", data=read)
    assert refused.status_code == 409
    assert "在您看过之后有修改" in refused.text
    assert leader.post(f"/sheets/{sheet_id}/sign").status_code == 409
    assert leader.post(f"/sheets/{sheet_id}/sign", data=seen(leader, sheet_id)).status_code == 303


def test_a_leader_declines_to_sign_with_a_reason(desk: Desk) -> None:
    sheet_id, leader = draft(desk.book), desk.signed_in(Role.LEADER)
    assert "理由" in leader.post(f"/sheets/{sheet_id}/drop", data={"reason": ""}).text
    leader.post(f"/sheets/{sheet_id}/drop", data={"reason": "已口头说明"})
    page = leader.get(f"/sheets/{sheet_id}").text
    assert "已作废，不予签发。" in page
    assert "已口头说明" in page


def test_a_unit_reads_signs_for_and_answers_what_was_issued_to_it(desk: Desk) -> None:
    sheet_id, unit, token = issued(desk.book), desk.stranger(), desk.link("cun1")
    at = f"/l/{token}/sheets/{sheet_id}"
    assert f'href="{at}"' in unit.get(f"/l/{token}").text
    assert "签收</button>" in unit.get(at).text
    assert unit.post(f"{at}/acknowledge").headers["location"] == f"{at}?done=acknowledge"
    assert unit.post(f"{at}/acknowledge").status_code == 303
    assert unit.post(f"{at}/reply", data={"text": " "}).status_code == 409
    sent = unit.post(f"{at}/reply", data={"text": "台账丢失，正在重做"})
    page = unit.get(sent.headers["location"]).text
    assert "回复已送到办公室" in page
    assert "等候答复" in page
    assert "<textarea" not in page
    refused = unit.post(f"{at}/reply", data={"text": "再说一遍"})
    assert refused.status_code == 409
    assert "再说一遍" in refused.text
    office = desk.signed_in(Role.OFFICE)
    assert "1份督办回复待答复" in office.get("/today").text
    answer = {"reply": "1", "accepted": "yes", "answer": "同意延至周五"}
    assert office.post(f"/sheets/{sheet_id}/decide", data=answer).status_code == 303
    page = unit.get(at).text
    assert "理由成立" in page
    assert "同意延至周五" in page
    assert look(desk.book, sheet_id).acknowledged_by == "一村 甲文书"
    assert proven(desk) == ""


def test_a_unit_sees_neither_drafts_nor_sheets_of_others(desk: Desk) -> None:
    mine, theirs = draft(desk.book), issued(desk.book, unit="cun2")
    unit, token = desk.stranger(), desk.link("cun1")
    for sheet_id in (mine, theirs, 999):
        assert unit.get(f"/l/{token}/sheets/{sheet_id}").status_code == 404
        assert unit.post(f"/l/{token}/sheets/{sheet_id}/acknowledge").status_code == 404
        assert unit.post(f"/l/{token}/sheets/{sheet_id}/reply", data={"text": "好"}).status_code == 404
    assert look(desk.book, theirs).acknowledged_at is None


def test_who_failed_reads_what_went_to_the_side_that_leads_and_does_not_answer_it(desk: Desk) -> None:
    mine = draft(desk.book)
    with desk.book.write() as session:
        lead = session.scalar(select(Unit.id).where(Unit.code == "paichusuo"))
        session.execute(update(Sheet).where(Sheet.id == mine).values(unit_id=lead))
    sign(desk.book, mine, day("03-27 09:00"))
    unit, token = desk.stranger(), desk.link("cun1")
    at = f"/l/{token}/sheets/{mine}"
    assert f'href="{at}"' in unit.get(f"/l/{token}").text
    page = unit.get(at).text
    assert "这份文书由牵头单位签收和回复，抄送你单位。" in page
    assert "去填报这一事项" in page
    assert "<form" not in page
    assert unit.post(f"{at}/acknowledge").status_code == 404
    assert unit.post(f"{at}/reply", data={"text": "好"}).status_code == 404
    with desk.book.read() as session:
        assert sheet_paper(session, mine).copies == "一村"


def test_the_code_on_the_notice_board_opens_no_sheet(desk: Desk) -> None:
    sheet_id, unit, token = issued(desk.book), desk.stranger(), desk.link("cun1", "board")
    assert "督办单" not in unit.get(f"/l/{token}").text
    page = unit.get(f"/l/{token}/sheets/{sheet_id}")
    assert page.status_code >= 400
    assert "三（一）" not in page.text


def test_the_office_enters_what_a_unit_said_on_the_phone(desk: Desk) -> None:
    sheet_id, office = issued(desk.book), desk.signed_in(Role.OFFICE, "王文书")
    at = f"/sheets/{sheet_id}"
    assert "请写明单位何人" in office.post(f"{at}/acknowledge", data={"whom": ""}).text
    office.post(f"{at}/acknowledge", data={"whom": "一村 甲文书"})
    office.post(f"{at}/reply", data={"whom": "一村 甲文书", "text": "明天报"})
    page = office.get(at).text
    assert "一村 甲文书（王文书代为登记）" in page
    assert "明天报" in page


def test_a_sheet_is_closed_with_what_was_done_and_withdrawn_with_a_reason(desk: Desk) -> None:
    done, wrong = issued(desk.book), issued(desk.book, unit="cun2")
    office, leader = desk.signed_in(Role.OFFICE), desk.signed_in(Role.LEADER)
    assert office.post(f"/sheets/{done}/close", data={"closing": ""}).status_code == 409
    office.post(f"/sheets/{done}/close", data={"closing": "已补报，核实无误"})
    assert "已办结，并通知该单位。" in office.get(f"/sheets/{done}").text
    assert office.post(f"/sheets/{wrong}/withdraw", data={"reason": "单位有误"}).status_code == 403
    leader.post(f"/sheets/{wrong}/withdraw", data={"reason": "单位有误"})
    unit, token = desk.stranger(), desk.link("cun2")
    page = unit.get(f"/l/{token}/sheets/{wrong}").text
    assert "撤销，请不再按它办理" in page
    assert "单位有误" in page
    assert "已撤销" in leader.get("/sheets").text


def test_a_talk_is_arranged_called_minuted_and_followed_up(desk: Desk) -> None:
    sheet_id = draft(desk.book, Rung.YUETAN)
    office, leader = desk.signed_in(Role.OFFICE), desk.signed_in(Role.LEADER)
    at = f"/sheets/{sheet_id}"
    assert "须先安排约谈" in leader.post(f"{at}/sign", data=seen(leader, sheet_id)).text
    where = {"day": "2023-03-29", "time": "15:00", "place": "三楼会议室", "attending": "李镇长、张三"}
    assert "日期和时刻" in office.post(f"{at}/talk", data=where | {"time": ""}).text
    assert office.post(f"{at}/talk", data=where).status_code == 303
    assert leader.post(f"{at}/sign", data=seen(leader, sheet_id)).status_code == 303
    desk.clock.on("03-29 17:00")
    assert "1次约谈待记录" in office.get("/today").text
    heard = {"minutes": "指出问题", "promised": "下周五前补报", "promised_by": "2023-04-07"}
    assert "一并填写" in office.post(f"{at}/minutes", data=heard | {"promised_by": ""}).text
    assert office.post(f"{at}/minutes", data=heard).status_code == 303
    assert "2023年4月7日（星期五）24时" in office.get(at).text
    assert "1次约谈的承诺待跟进" in office.get("/today").text
    desk.clock.on("04-10 09:00")
    assert "已过期限，没有跟进" in office.get(at).text
    assert office.post(f"{at}/follow", data={"kept": "yes", "text": "已补报"}).status_code == 303
    assert "过期跟进" in office.get(at).text
    # The report is owed still: what follows has to be said, and comes back with what was typed.
    refused = office.post(f"{at}/close", data={"closing": "已约谈", "follows": ""})
    assert (refused.status_code, "请写明后续处理" in refused.text) == (409, True)
    assert 'name="follows"' in refused.text
    then = {"closing": "已约谈", "follows": "驻村干部每周督促"}
    assert office.post(f"{at}/close", data=then).status_code == 303
    assert "所涉事项尚未办结，后续处理：驻村干部每周督促" in office.get(at).text
    assert proven(desk) == ""


def test_the_list_is_narrowed_by_kind_state_unit_and_limit(desk: Desk) -> None:
    issued(desk.book)
    over = issued(desk.book, Rung.TONGBAO, "cun2")
    waiting = issued(desk.book, unit="cun3")
    reply(desk.book, waiting, day("03-28 09:00"))
    draft(desk.book, Rung.YUETAN, now=day("03-28 09:00"))
    office = desk.signed_in(Role.OFFICE)

    def shown(query: str) -> list[str]:
        page = office.get(f"/sheets?{query}").text
        return re.findall(r'<th scope="row" class="nowrap"><a href="/sheets/\d+">([^<]+)</a>', page)

    assert shown("") == ["督办〔2023〕2号", "通报〔2023〕1号", "督办〔2023〕1号"]
    assert shown("rung=tongbao") == ["通报〔2023〕1号"]
    assert shown("unit=三村") == shown("unit=cun3") == ["督办〔2023〕2号"]
    assert shown("limit=reply") == ["督办〔2023〕2号"]
    assert shown("state=closed") == shown("plan=nonesuch") == []
    assert shown("state=draft") == ["约谈通知"]
    assert shown("rung=nonsense&state=nonsense&limit=nonsense") == shown("")
    desk.clock.on("04-04 09:00")
    assert len(shown("limit=over")) == 2
    assert look(desk.book, over).limit_days == 10
    assert "已超期9小时" in office.get("/sheets").text


def test_a_grave_finding_is_listed_by_signing_and_leaves_the_list_when_closed(desk: Desk) -> None:
    found = record(desk.book, grade=Grade.GRAVE, now=day("03-27 08:30"), due_at=day("04-10 23:59"))
    office, leader = desk.signed_in(Role.OFFICE), desk.signed_in(Role.LEADER)
    assert "提出挂牌督办" in office.get(f"/findings/{found}").text
    form = office.get(f"/sheets/new?finding={found}&listing=1").text
    assert "起草挂牌督办的督办单" in form
    said = {"rung": "duban", "finding": str(found), "listing": "1", "reason": "重大隐患"}
    said |= {"matter": "违规存放", "requirement": "清退", "basis": "方案", "limit_days": "5"}
    assert office.post("/sheets/new", data=said).status_code == 303
    assert "没有正在挂牌督办的隐患。" in office.get("/sheets/listed").text
    leader.post("/sheets/1/sign", data=seen(leader, 1))
    assert "督办〔2023〕1号" in office.get("/sheets/listed").text
    assert "提出挂牌督办" not in office.get(f"/findings/{found}").text
    assert "一村小卖部" in office.get("/sheets/exposure").text
    assert "先摘牌" in office.post("/sheets/1/close", data={"closing": "好了"}).text
    assert "销号后才能摘牌" in leader.post(f"/sheets/listed/{found}/delist", data={"why": "好了"}).text
    fix(desk.book, found, day("03-28 09:00"))
    recheck(desk.book, found, day("03-29 09:00"))
    desk.clock.on("03-29 10:00")
    assert leader.post(f"/sheets/listed/{found}/delist", data={"why": "现场已清空"}).status_code == 303
    assert "已摘牌，督办单已办结。" in leader.get("/sheets/listed").text
    assert look(desk.book, 1).closing == "摘牌：现场已清空"
    assert proven(desk) == ""


def test_a_general_finding_is_not_listed(desk: Desk) -> None:
    found, office = (
        record(desk.book, now=day("03-27 08:30"), due_at=day("04-10 23:59")),
        desk.signed_in(Role.OFFICE),
    )
    said = {"rung": "duban", "finding": str(found), "listing": "1", "reason": "重大隐患"}
    said |= {"matter": "违规存放", "requirement": "清退", "basis": "方案", "limit_days": "5"}
    assert "登记为一般隐患" in office.post("/sheets/new", data=said).text


def test_a_withdrawn_listing_takes_the_finding_off_the_list(desk: Desk) -> None:
    found = record(desk.book, grade=Grade.GRAVE, now=day("03-27 08:30"), due_at=day("04-10 23:59"))
    office, leader = desk.signed_in(Role.OFFICE), desk.signed_in(Role.LEADER)
    said = {"rung": "duban", "finding": str(found), "listing": "1", "reason": "重大隐患"}
    said |= {"matter": "违规存放", "requirement": "清退", "basis": "方案", "limit_days": "5"}
    office.post("/sheets/new", data=said)
    leader.post("/sheets/1/sign", data=seen(leader, 1))
    leader.post("/sheets/1/withdraw", data={"reason": "地点有误"})
    assert "没有正在挂牌督办的隐患。" in office.get("/sheets/listed").text
    assert proven(desk) == ""


def test_the_exposure_list_holds_bulletins_with_their_facts(desk: Desk) -> None:
    issued(desk.book)
    issued(desk.book, Rung.TONGBAO)
    page = desk.signed_in(Role.LEADER).get("/sheets/exposure").text
    assert "通报〔2023〕1号" in page
    assert "经督办〔2023〕1号（3月27日）催办督办，截至3月27日仍未报送" in page
    assert "默认不对外公开" in page
    assert desk.stranger().get("/sheets/exposure").status_code == 303


def test_a_program_reads_sheets(desk: Desk) -> None:
    first = issued(desk.book, Rung.YUETAN)
    free(desk.book, unit="cun2")
    minute(desk.book, first, day("03-29 16:00"), Minuted("谈了", "下周报", day("04-07 23:59")))
    program = desk.stranger()
    with desk.book.write() as session:
        integrations.make(session, "县平台", Role.SUPERVISOR, "a-token", day("03-29 17:00"), "管理员")
    program.headers["authorization"] = "Bearer a-token"
    page = program.get("/api/v1/sheets?limit=1").json()
    assert [(one["reference"], one["state"], one["unit"]) for one in page["items"]] == [
        ("约谈〔2023〕1号", "issued", "一村")
    ]
    rest = program.get(f"/api/v1/sheets?after={page['next']}").json()
    assert [(one["reference"], one["state"]) for one in rest["items"]] == [(None, "draft")]
    assert program.get("/api/v1/sheets?unit=cun2&rung=duban&state=draft&plan=jiancha").json()["items"]
    whole = program.get(f"/api/v1/sheets/{first}").json()
    assert whole["limit_at"] == "2023-04-03T23:59:59+08:00"
    assert (whole["talk"]["promised"], whole["replies"]) == ("下周报", [])
    assert program.get("/api/v1/sheets/999").status_code == 404


def test_what_is_not_there_is_not_found(desk: Desk) -> None:
    office = desk.signed_in(Role.OFFICE)
    for path in ("/sheets/999", "/sheets/new?obligation=999", "/sheets/new?finding=999"):
        assert office.get(path).status_code == 404
    assert office.post("/sheets/999/close", data={"closing": "好"}).status_code == 404
