"""The appraisal on the office's pages and the unit's, from the trial of rules to the published result."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import update

from duban.ledger import journal
from duban.ledger.book import Book
from duban.ledger.tables import Message
from duban.obligations.words import Role
from support.appraised import (
    WHOLE,
    appeal,
    appraisal,
    bonus,
    drafted,
    draw_up,
    publish,
    quarter,
    run,
    standing,
    veto,
)
from support.campaign import adopt, day, move_in
from support.desk import Desk, desk_over

from ..conftest import TOWN


@pytest.fixture
def desk(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site over the drafts of the first quarter, on Wednesday 12 April."""
    move_in(sqlite_book, TOWN)
    drafted(sqlite_book)
    return at(desk_over(sqlite_book, tmp_path), "04-12 09:00")


@pytest.fixture
def before(sqlite_book: Book, tmp_path: Path) -> Desk:
    """Give the site over the quarter before anything is drawn up, on Thursday 6 April."""
    move_in(sqlite_book, TOWN)
    quarter(sqlite_book)
    return at(desk_over(sqlite_book, tmp_path), "04-06 09:00")


def at(desk: Desk, text: str) -> Desk:
    desk.clock.on(text)
    return desk


def office(desk: Desk) -> TestClient:
    return desk.signed_in(Role.OFFICE, "王文书")


def leader(desk: Desk) -> TestClient:
    return desk.signed_in(Role.LEADER, "张镇长")


def here(desk: Desk, unit: str) -> str:
    return f"/appraisal/{appraisal(desk.book, unit)}"


def own(desk: Desk, unit: str) -> str:
    return f"/l/{desk.link(unit)}/appraisals/{appraisal(desk.book, unit)}"


def proven(desk: Desk) -> str:
    with desk.book.read() as session:
        return journal.verify(session).reason_zh


# Results


def test_units_stand_in_the_order_of_the_roster_without_a_ranking(desk: Desk) -> None:
    text = office(desk).get("/appraisal?by=points").text
    assert "按名册次序排列，不作排名" in text
    assert text.index("一村") < text.index("二村") < text.index("三村")
    assert "得分高的在前" not in text
    assert "截至2023年4月10日（星期一）24时" in text


def test_the_list_is_narrowed_by_unit_and_by_state(desk: Desk) -> None:
    browser = office(desk)
    assert "共1个单位" in browser.get("/appraisal?unit=二村").text
    assert "没有符合条件的单位" in browser.get("/appraisal?state=published").text
    assert "共3个单位" in browser.get("/appraisal?state=nonsense&run=99").text


def test_only_where_the_rules_say_so_is_there_a_sorted_table(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    drafted(sqlite_book, WHOLE + "    public: true\n")
    desk = at(desk_over(sqlite_book, tmp_path), "04-12 09:00")
    bonus_late = office(desk).post(
        f"{here(desk, 'cun3')}/adjust", data={"points": "7", "why": "漏记", "clause": "六"}
    )
    assert bonus_late.status_code == 303
    text = desk.signed_in(Role.SUPERVISOR).get("/appraisal?by=points").text
    assert text.index("三村") < text.index("一村") < text.index("二村")
    assert "共3个单位，按得分排列" in text


def test_each_line_leads_to_what_it_is_about(desk: Desk) -> None:
    text = office(desk).get(here(desk, "cun2")).text
    owed = desk.obligation("cun2")
    assert f'<a href="/obligations/{owed}">2023年3月 · 每月检查，迟报</a>' in text
    assert "依据：六（一）" in text
    assert ">-0.5</span>" in text
    assert "99.5" in text


def test_the_button_computes_the_result_again(desk: Desk) -> None:
    browser = office(desk)
    assert browser.post(f"{here(desk, 'cun2')}/check").status_code == 303
    assert "已按当时的账簿重新计算，与这份结果一致。" in browser.get(here(desk, "cun2")).text


# The unit


def test_a_unit_finds_its_draft_on_its_list_and_appeals_against_a_line(desk: Desk) -> None:
    village, mine = desk.stranger(), own(desk, "cun2")
    listed = mine.partition("/appraisals")[0]
    assert "2023年第一季度目标考核结果（拟定）" in village.get(listed).text
    page = village.get(mine).text
    assert "第2项：按时报送，2023年3月 · 每月检查，迟报（-0.5分）" in page
    assert f'href="{listed}/{desk.obligation("cun2")}"' in page
    sent = village.post(f"{mine}/appeal", data={"line": "2", "text": "停电"})
    assert sent.headers["location"].endswith("?done=appeal")
    assert "等候答复" in village.get(mine).text
    assert standing(desk.book, "cun2").appeals == 1


def test_an_appeal_without_a_reason_is_refused_with_what_was_typed(desk: Desk) -> None:
    answer = desk.stranger().post(f"{own(desk, 'cun2')}/appeal", data={"line": "2", "text": " "})
    assert answer.status_code == 409
    assert "请写明申诉的理由" in answer.text
    assert '<option value="2" selected>' in answer.text


def test_an_appeal_that_comes_too_late_keeps_its_text_on_the_page(desk: Desk) -> None:
    at(desk, "04-19 09:00")
    answer = desk.stranger().post(f"{own(desk, 'cun2')}/appeal", data={"line": "2", "text": "停电"})
    assert answer.status_code == 409
    assert "申诉已于2023年4月18日（星期二）24时截止" in answer.text
    assert "您填写的内容（没有送出，可抄录）" in answer.text


def test_a_unit_does_not_see_another_units_result(desk: Desk) -> None:
    other = f"/l/{desk.link('cun1')}/appraisals/{appraisal(desk.book, 'cun2')}"
    assert desk.stranger().get(other).status_code == 404
    assert desk.stranger().post(f"{other}/appeal", data={"line": "0", "text": "不服"}).status_code == 404


def test_the_code_on_the_notice_board_does_not_open_a_result(desk: Desk) -> None:
    token = desk.link("cun2", "board")
    assert "目标考核" not in desk.stranger().get(f"/l/{token}").text
    opened = desk.stranger().get(f"/l/{token}/appraisals/{appraisal(desk.book, 'cun2')}")
    assert opened.status_code == 403


# The office's answer


def answered(desk: Desk, **said: str) -> Response:
    number = appeal(desk.book)
    whole = {"appeal": str(number), "upheld": "yes", "points": "0.5", "answer": "属实，停电有公告"}
    return office(desk).post(f"{here(desk, 'cun2')}/answer", data=whole | said)


def test_the_office_answers_and_the_points_are_put_right_beside_the_draft(desk: Desk) -> None:
    assert answered(desk).status_code == 303
    text = desk.stranger().get(own(desk, "cun2")).text
    assert "申诉成立" in text
    assert "属实，停电有公告" in text
    assert ">+0.5</span>" in text
    assert "<b>100</b>" in text
    assert desk.rung != []


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"upheld": ""}, "请选择申诉成立，还是不成立"),
        ({"points": "半分"}, "分数应写成数字，最多两位小数，如 0.5；填的是“半分”"),
        ({"points": "0.125"}, "分数应写成数字"),
        ({"points": ""}, "申诉成立的，请写明更正几分"),
        ({"appeal": "999"}, "没有找到这件申诉"),
    ],
)
def test_an_answer_that_is_not_whole_is_refused_with_what_was_typed(
    desk: Desk, said: dict[str, str], why: str
) -> None:
    answer = answered(desk, **said)
    assert answer.status_code == 409
    assert why in answer.text
    assert said.get("appeal") or "属实，停电有公告</textarea>" in answer.text


def test_the_desk_enters_an_appeal_made_by_telephone(desk: Desk) -> None:
    said = {"line": "0", "who": "乙文书，电话", "text": "总分算少了"}
    assert office(desk).post(f"{here(desk, 'cun2')}/appeal", data=said).status_code == 303
    text = desk.signed_in(Role.LEADER).get(here(desk, "cun2")).text
    assert "乙文书，电话（王文书代为登记）" in text
    assert "<strong>整个结果</strong>" in text
    nobody = office_again(desk).post(f"{here(desk, 'cun1')}/appeal", data=said | {"who": ""})
    assert "请写明单位提出申诉的人" in nobody.text


def office_again(desk: Desk) -> TestClient:
    return desk.signed_in(Role.OFFICE, "李文书")


# Bonuses, vetoes, publication


def test_a_bonus_and_a_veto_are_entered_and_a_leader_signs(before: Desk) -> None:
    browser, chief = office(before), leader(before)
    period = {"plan": "jiancha", "period": "2023-Q1"}
    given = {"unit": "三村", "key": "chahuo", "points": "1.5", "reason": "通报", "approver": "李镇长"}
    assert browser.post("/appraisal/entries/bonus", data=period | given).status_code == 303
    given = {"unit": "cun2", "key": "shigu", "reason": "3月2日爆炸"}
    assert browser.post("/appraisal/entries/veto", data=period | given).status_code == 303
    listed = browser.get("/appraisal/entries?plan=jiancha&period=2023-Q1").text
    assert "查获窝点，1.5分" in listed
    assert "待签批" in listed
    assert "1件一票否决待签批" in chief.get("/today").text
    assert browser.post("/appraisal/entries/2/sign", data=period).status_code == 403
    assert chief.post("/appraisal/entries/2/sign", data=period).status_code == 303
    refused = browser.post("/appraisal/entries/2/withdraw", data=period | {"why": "误记"})
    assert "一票否决已经签批，只能由签批人撤销" in refused.text
    assert chief.post("/appraisal/entries/1/revoke", data=period | {"why": "误记"}).status_code == 409
    assert chief.post("/appraisal/entries/2/revoke", data=period | {"why": "查明无关"}).status_code == 303
    assert browser.post("/appraisal/entries/1/withdraw", data=period | {"why": "误记"}).status_code == 303
    assert proven(before) == ""


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"unit": "四村"}, "没有名称或代码为“四村”的单位"),
        ({"points": "9"}, "本项加分应大于0、不超过3分"),
        ({"key": "wuyuqi"}, "请选择由办公室登记的加分项"),
        ({"period": "2021"}, "2021年度没有考核规则"),
    ],
)
def test_what_cannot_be_entered_comes_back_with_what_was_typed(
    before: Desk, said: dict[str, str], why: str
) -> None:
    whole = {"plan": "jiancha", "period": "2023-Q1", "unit": "三村", "key": "chahuo", "points": "1"}
    whole |= {"reason": "县局通报〔2023〕5号", "approver": "李镇长"}
    answer = office(before).post("/appraisal/entries/bonus", data=whole | said)
    assert answer.status_code == 409
    assert why in answer.text
    assert "县局通报〔2023〕5号</textarea>" in answer.text


def test_entries_are_for_the_first_period_that_is_not_drawn_up_yet(before: Desk) -> None:
    browser = office(before)
    assert "<h2>2023年第一季度</h2>" in browser.get("/appraisal/entries").text
    draw_up(before.book)
    at(before, "04-12 09:00")
    assert "<h2>2023年第二季度</h2>" in browser.get("/appraisal/entries").text
    assert "<h2>2023年第一季度</h2>" in browser.get("/appraisal/entries?period=2023-Q1").text


def test_what_waits_leads_to_where_it_is(desk: Desk) -> None:
    appeal(desk.book)
    veto(desk.book, now="04-12 09:00")
    text = leader(desk).get("/today").text
    assert f'href="/appraisal?run={run(desk.book).row.id}">1件考核申诉待答复' in text
    assert 'href="/appraisal/entries?plan=jiancha&amp;period=2023-Q1">1件一票否决待签批' in text


def test_a_leader_publishes_when_the_time_for_appeals_has_passed(desk: Desk) -> None:
    browser, number = leader(desk), run(desk.book).row.id
    refused = browser.post(f"/appraisal/runs/{number}/publish")
    assert refused.status_code == 409
    assert "一村：申诉期到2023年4月18日（星期二）24时止，还不能公布。" in refused.text
    at(desk, "04-19 09:00")
    assert "3个单位的考核结果待公布" in browser.get("/today").text
    assert office(desk).post(f"/appraisal/runs/{number}/publish").status_code == 403
    assert browser.post(f"/appraisal/runs/{number}/publish").status_code == 303
    assert "已公布3个单位的结果。" in browser.get(f"/appraisal?run={number}").text
    assert "已于2023年4月19日（星期三）09:00公布。" in desk.stranger().get(own(desk, "cun1")).text
    assert proven(desk) == ""


def test_of_a_published_result_nothing_can_be_changed_on_the_page(desk: Desk) -> None:
    publish(desk.book)
    at(desk, "04-20 09:00")
    page = office(desk).get(here(desk, "cun1")).text
    assert "主动更正" not in page
    assert "代单位登记申诉" not in page
    refused = office_again(desk).post(
        f"{here(desk, 'cun1')}/adjust", data={"points": "1", "why": "漏", "clause": "六"}
    )
    assert refused.status_code == 409
    assert "考核结果已经公布，不能再更正" in refused.text


def test_appeals_wait_for_the_office_on_its_day(desk: Desk) -> None:
    appeal(desk.book)
    assert "1件考核申诉待答复" in office(desk).get("/today").text


# Rules


def test_rules_are_shown_in_words_with_who_adopted_them(desk: Desk) -> None:
    text = desk.signed_in(Role.LEADER).get("/appraisal/rules").text
    assert "《示例检查方案》2023-02-01起用" in text
    assert "王文书于2023年1月10日（星期二）09:00起用" in text
    assert "漏报一次-2分；迟报一次-0.5分；因实质性问题退回一次-1分；扣完为止；只计每月检查" in text
    assert "隐患逾期整改一处-1分；隐患到期未整改一处-3分；隐患复发一处-2分" in text
    assert "满分100分；加分合计不超过3分。98分以上优秀，90分以上良好，60分以上合格，不到的不合格。" in text
    assert "分值由镇综治岗自定。" in text


def test_rules_are_tried_from_a_file_and_then_adopted(desk: Desk) -> None:
    browser = office(desk)
    changed = WHOLE.replace("late: 0.5", "late: 12").encode()
    sent = browser.post("/appraisal/simulate", files={"file": ("方案.yaml", changed)}, data={"year": "2023"})
    assert sent.status_code == 303
    page = browser.get(sent.headers["location"]).text
    assert "方案“jiancha”第1版中的第1组规则，用2023年的账簿试算" in page
    assert "按时报送-13.5（为46）" in page
    assert "等次变化" in page
    digest = sent.headers["location"].partition("?")[0].rpartition("/")[2]
    assert "起用前须用上一年（2022年）的账簿试算。" in page
    assert 'action="/appraisal/rules"' not in page
    said = {"digest": digest, "set": "1", "since": "2023-07-01"}
    untried = browser.post("/appraisal/rules", data=said)
    assert untried.status_code == 409
    assert "考核规则起用前须用上一年（2022年）的账簿试算，请先试算。" in untried.text
    last_year = browser.get(f"/appraisal/simulate/{digest}?year=2022").text
    said["seen"] = last_year.partition('name="seen" value="')[2].partition('"')[0]
    refused = browser.post("/appraisal/rules", data=said | {"since": "2023-04-11"})
    assert refused.status_code == 409
    assert "起用日期不能早于今天（2023-04-12），填的是2023-04-11" in refused.text
    assert browser.post("/appraisal/rules", data=said).status_code == 303
    assert "2023-07-01起用" in browser.get("/appraisal/rules").text


def test_the_rules_that_a_plan_proposes_are_tried_from_the_book(sqlite_book: Book, tmp_path: Path) -> None:
    move_in(sqlite_book, TOWN)
    adopt(sqlite_book, WHOLE)
    desk = at(desk_over(sqlite_book, tmp_path), "01-10 09:00")
    browser = office(desk)
    assert "尚未起用的规则" in browser.get("/appraisal/rules").text
    assert "还没有考核结果" in browser.get("/appraisal").text
    assert "还没有起用考核规则" in browser.get("/appraisal/entries").text
    sent = browser.post("/appraisal/simulate", data={"plan": "jiancha"})
    page = browser.get(sent.headers["location"]).text
    assert "用2022年的账簿试算" in page
    assert "这一期没有应考核的单位。" in page
    assert 'value="2023-02-01"' in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (WHOLE.replace("missing: 2,", "missing: 两分,"), "应是数字"),
        (WHOLE.partition("appraisal:")[0], "没有写 appraisal（考核规则），没有可以试算的"),
        ("slug: [", "不是正确的 YAML"),
        ("方案".encode("gb18030"), "方案文件须另存为 UTF-8 编码"),
    ],
)
def test_a_file_that_is_no_plan_with_rules_is_refused_in_words(
    desk: Desk, content: str | bytes, said: str
) -> None:
    data = content if isinstance(content, bytes) else content.encode()
    answer = office(desk).post("/appraisal/simulate", files={"file": ("方案.yaml", data)})
    assert answer.status_code == 422
    assert said in answer.text


def test_nothing_chosen_and_nothing_sent_is_said(desk: Desk) -> None:
    browser = office(desk)
    assert "请先选择文件" in browser.post("/appraisal/simulate").text
    assert "请选择账簿中的方案" in browser.post("/appraisal/simulate", data={"plan": "nonesuch"}).text
    assert browser.get(f"/appraisal/simulate/{'a' * 64}").status_code == 404
    assert browser.post("/appraisal/rules", data={"digest": "../x", "set": "1"}).status_code == 404


def test_the_journal_says_what_was_done_in_words(before: Desk) -> None:
    bonus(before.book)
    veto(before.book)
    text = office(before).get("/journal").text
    assert "登记考核加分" in text
    assert "登记一票否决" in text
    assert "起用考核规则" in text
    assert day("04-06 09:00") == before.clock.at


def test_a_unit_appeals_against_a_veto_of_later_and_who_cannot_be_told_is_shown(desk: Desk) -> None:
    number = veto(desk.book, "cun2", now="04-11 10:00", sign="04-11 11:00")
    unit, address = desk.stranger(), own(desk, "cun2")
    page = unit.get(address).text
    assert f'<option value="{-2 * number}">一票否决：发生事故</option>' in page
    assert (
        unit.post(f"{address}/appeal", data={"line": f"{-2 * number}", "text": "与本村无关"}).status_code
        == 303
    )
    assert f'value="{-2 * number}"' not in unit.get(address).text
    browser = office(desk)
    assert "<strong>一票否决：发生事故</strong>" in browser.get(here(desk, "cun2")).text
    with desk.book.write() as session:
        session.execute(update(Message).values(state="dead"))
    assert "该单位还没有得到通知" in browser.get(here(desk, "cun3")).text
    browser.post(f"{here(desk, 'cun3')}/told", data={"how": "电话告知丙文书"})
    assert "该单位还没有得到通知" not in browser.get(here(desk, "cun3")).text
    assert proven(desk) == ""
