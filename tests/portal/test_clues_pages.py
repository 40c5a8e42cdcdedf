"""Clues from a unit's link and at the desk."""

from __future__ import annotations

import pytest

from duban.obligations.words import Role
from support.campaign import actions
from support.desk import Desk

SAID = {
    "key": "k1",
    "plan": "jiancha",
    "to": "派出所",
    "title": "集市兜售",
    "text": "集市北口有人流动兜售烟花。",
    "until": "2023-03-27",
}


def test_a_unit_hands_on_a_clue_and_the_next_signs_and_answers(desk: Desk) -> None:
    browser, token, police = desk.stranger(), desk.link("cun2"), desk.link("paichusuo")
    assert f'href="/l/{token}/clues/new"' in browser.get(f"/l/{token}").text
    form = browser.get(f"/l/{token}/clues/new").text
    assert 'value="2023-03-27"' in form
    assert '<option value="派出所">' in form
    assert '<option value="二村">' not in form
    made = browser.post(f"/l/{token}/clues/new", data=SAID)
    assert made.headers["location"] == f"/l/{token}/clues/1?done=clue"
    assert "已移送，给接收单位的通知已列入待发。" in browser.get(made.headers["location"]).text
    assert desk.rung == [desk.clock.at]
    listed = browser.get(f"/l/{police}").text
    assert f'href="/l/{police}/clues/1"' in listed
    assert "线索〔2023〕1号，请签收。" in listed
    browser.post(f"/l/{police}/clues/1/receive")
    assert "请核查后答复。" in browser.get(f"/l/{police}").text
    refused = browser.post(f"/l/{police}/clues/1/answer", data={"verdict": "true", "text": " "})
    assert refused.status_code == 409
    assert "请写明核查的情况。" in refused.text
    browser.post(f"/l/{police}/clues/1/answer", data={"verdict": "true", "text": "查获12箱"})
    assert "查获12箱" in browser.get(f"/l/{token}/clues/1").text
    assert "clues/1" not in browser.get(f"/l/{police}").text
    assert "集市兜售" in browser.get(f"/l/{token}/clues/new").text
    assert (
        browser.post(f"/l/{police}/clues/1/answer", data={"verdict": "false", "text": "错了"}).status_code
        == 409
    )


def test_a_unit_passes_on_what_is_not_its_own(desk: Desk) -> None:
    browser, token, police = desk.stranger(), desk.link("cun2"), desk.link("paichusuo")
    browser.post(f"/l/{token}/clues/new", data=SAID)
    onward = {"to": "三村", "note": "在三村地界", "until": "2023-03-30"}
    own = browser.post(f"/l/{police}/clues/1/pass", data=onward | {"to": "派出所"})
    assert "不能转给本单位" in own.text
    assert "在三村地界" in own.text
    browser.post(f"/l/{police}/clues/1/pass", data=onward)
    assert "转办说明：在三村地界" in browser.get(f"/l/{desk.link('cun3')}/clues/1").text
    assert browser.post(f"/l/{police}/clues/1/receive").status_code == 404
    assert browser.get(f"/l/{police}/clues/1").status_code == 200


def test_a_clue_is_not_there_for_whom_it_does_not_concern(desk: Desk) -> None:
    browser, other = desk.stranger(), desk.link("cun1")
    browser.post(f"/l/{desk.link('cun2')}/clues/new", data=SAID)
    assert browser.get(f"/l/{other}/clues/1").status_code == 404
    for act in ("receive", "answer", "pass"):
        assert browser.post(f"/l/{other}/clues/1/{act}", data=SAID).status_code == 404
    assert browser.get(f"/l/{desk.link('cun2', 'board')}/clues/1").status_code == 403


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"to": "九村"}, "单位“九村”没有找到"),
        ({"to": "二村"}, "不能移送给本单位"),
        ({"text": ""}, "请写明线索名称和线索内容。"),
        ({"until": ""}, "请填写答复期限。"),
        ({"until": "2023-03-19"}, "答复期限须晚于现在"),
    ],
)
def test_a_clue_that_cannot_be_handed_on_comes_back(desk: Desk, changed: dict[str, str], words: str) -> None:
    back = desk.stranger().post(f"/l/{desk.link('cun2')}/clues/new", data=SAID | changed)
    assert back.status_code == 409
    assert words in back.text


def test_the_desk_hands_on_a_clue_and_enters_what_it_is_told_by_telephone(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    assert "移送线索" in browser.get("/clues/new").text
    assert "单位“九村”没有找到" in browser.post("/clues/new", data=SAID | {"to": "九村"}).text
    made = browser.post("/clues/new", data=SAID)
    assert made.headers["location"] == "/clues/1"
    assert "待签收" in browser.get("/clues").text
    desk.clock.on("03-22 09:00")
    assert "1条线索逾期未签收或者未答复" in browser.get("/today").text
    assert "逾期未签收" in browser.get("/clues?state=late").text
    browser.post("/clues/1/receive")
    assert "请选择查实、查否，还是正在办理。" in browser.post("/clues/1/answer", data={"text": "有"}).text
    browser.post("/clues/1/answer", data={"verdict": "true", "text": "查获12箱"})
    assert "1条线索查实，还没有立案" in browser.get("/today").text
    shown = browser.get("/clues/1").text
    assert 'href="/cases/new?clue=1"' in shown
    form = browser.get("/cases/new?clue=1").text
    assert "由<strong>线索〔2023〕1号</strong>立案。" in form
    assert 'value="paichusuo"' in form
    browser.post(
        "/cases/new",
        data={"key": "c", "clue": "1", "unit": "paichusuo", "title": "兜售", "description": "查获"},
    )
    assert "已立案" in browser.get("/clues/1").text
    assert "集市兜售" in browser.get("/cases/1").text
    assert actions(desk.book)[-2:] == ["clue.answered", "case.opened"]
    assert browser.get("/clues/9").status_code == 404
    assert browser.post("/clues/9/receive").status_code == 404


def test_a_leader_looks_and_does_not_act(desk: Desk) -> None:
    desk.signed_in(Role.OFFICE).post("/clues/new", data=SAID)
    leader = desk.signed_in(Role.LEADER)
    assert "代为登记" not in leader.get("/clues/1").text
    assert leader.post("/clues/1/receive").status_code == 403
    assert leader.get("/clues/new").status_code == 403
