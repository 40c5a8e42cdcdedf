from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from duban.obligations import cases
from duban.obligations.cases import LINES, CaseState, LineFact, Part
from duban.obligations.errors import DubanError

OPEN, DONE = LineFact("没收原材料", settled=False), LineFact("没收生产设备", settled=True)


def test_the_lists_are_the_documents_own_words() -> None:
    assert LINES[Part.SIX] == (
        "涉案物品没有全部收缴的不放过",
        "来源流向没有查清的不放过",
        "贩运网络没有打掉的不放过",
        "制贩窝点没有端掉的不放过",
        "涉案人员没有得到依法惩处的不放过",
        "监管失职人员责任没有受到追究的不放过",
    )
    assert LINES[Part.OPERATOR] == (
        "没收原材料",
        "没收生产设备",
        "没收成品半成品",
        "对业主以行政或刑事拘留",
        "倒查原材料来源",
        "倒查产品去向",
        "倒查漏管责任人",
    )


@given(st.lists(st.booleans(), max_size=13))
def test_a_case_is_closed_only_when_no_line_is_open(settled: list[bool]) -> None:
    lines = [LineFact(f"第{n}项", one) for n, one in enumerate(settled)]
    if False in settled:
        with pytest.raises(DubanError, match=f"还有{settled.count(False)}项没有落实"):
            cases.check_close(CaseState.OPEN, lines, "已办结")
    else:
        cases.check_close(CaseState.OPEN, lines, "已办结")


def test_what_is_still_open_is_named() -> None:
    with pytest.raises(DubanError) as wrong:
        cases.check_close(CaseState.OPEN, [OPEN, DONE], "已办结")
    assert str(wrong.value) == "还有1项没有落实，不能结案：没收原材料。"


@pytest.mark.parametrize(
    ("move", "words"),
    [
        (lambda: cases.check_settle(CaseState.OPEN, OPEN, " "), "请写明“没收原材料”这一项做了什么"),
        (lambda: cases.check_settle(CaseState.OPEN, DONE, "已收"), "“没收生产设备”已登记落实"),
        (lambda: cases.check_settle(CaseState.CLOSED, DONE, "已收"), "本案已经结案，不能登记落实情况"),
        (lambda: cases.check_waive(CaseState.OPEN, OPEN, "", "李镇长", "王文书"), "不适用的，请写明理由"),
        (lambda: cases.check_waive(CaseState.OPEN, OPEN, "没有原材料", "", "王文书"), "请写明由谁批准"),
        (
            lambda: cases.check_waive(CaseState.OPEN, OPEN, "没有原材料", "文书王文", "王文"),
            "批准人不能是登记人本人",
        ),
        (
            lambda: cases.check_waive(CaseState.CLOSED, OPEN, "没有", "李", "王"),
            "本案已经结案，不能登记不适用",
        ),
        (lambda: cases.check_add(CaseState.OPEN, there=True), "不需要再增列"),
        (lambda: cases.check_add(CaseState.CLOSED, there=False), "本案已经结案，不能增列清单"),
        (lambda: cases.check_close(CaseState.CLOSED, [DONE], "已办结"), "本案已经结案"),
        (lambda: cases.check_close(CaseState.OPEN, [DONE], ""), "请写明结案情况"),
        (lambda: cases.check_reopen(CaseState.OPEN, [DONE], "又发现"), "本案正在办理"),
        (lambda: cases.check_reopen(CaseState.CLOSED, [], "又发现"), "请勾选需要重新落实的项目"),
        (lambda: cases.check_reopen(CaseState.CLOSED, [DONE], ""), "请写明重新办理的理由"),
    ],
)
def test_what_may_not_be_done_is_said(move: object, words: str) -> None:
    assert callable(move)
    with pytest.raises(DubanError, match=words):
        move()


def test_what_may_be_done_passes() -> None:
    cases.check_settle(CaseState.OPEN, OPEN, "已收缴")
    cases.check_waive(CaseState.OPEN, OPEN, "没有原材料", "李镇长", "王文书")
    cases.check_add(CaseState.OPEN, there=False)
    cases.check_reopen(CaseState.CLOSED, [DONE], "又发现一批")
    assert cases.called(2023, 3) == "案〔2023〕3号"
