from __future__ import annotations

import pytest

from duban.obligations import gates
from duban.obligations.errors import DubanError
from duban.obligations.gates import GateState, Need


@pytest.mark.parametrize(
    ("need", "duty", "words"),
    [
        (Need.RECEIVED, "部门方案", "“部门方案”已报齐"),
        (Need.ACCEPTED, "全面排查", "“全面排查”已全部接收"),
        (Need.NO_GRAVE_FINDING, "", "没有未销号的重大隐患"),
        (Need.NO_OPEN_FINDING, "", "没有未销号的隐患"),
    ],
)
def test_a_condition_is_said_in_words(need: Need, duty: str, words: str) -> None:
    assert gates.condition(need, duty) == words


@pytest.mark.parametrize(
    ("need", "count", "units", "words"),
    [
        (Need.RECEIVED, 2, ["一村", "二村"], "“方案”还有2项未报（一村、二村）"),
        (Need.ACCEPTED, 1, ["一村"], "“方案”还有1项未接收（一村）"),
        (Need.NO_GRAVE_FINDING, 1, ["三村"], "还有1处重大隐患未销号（三村）"),
        (
            Need.NO_OPEN_FINDING,
            9,
            ["一村", "二村", "三村", "四村", "五村", "六村"],
            "还有9处隐患未销号（一村、二村、三村、四村、五村等）",
        ),
    ],
)
def test_what_is_lacking_is_said_with_the_first_units(
    need: Need, count: int, units: list[str], words: str
) -> None:
    assert gates.lacks(need, "方案", count, units) == words


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (GateState.OPEN, " ", "批准通过须写明理由。"),
        (GateState.MET, "补办", "这一条件已经具备，无需批准通过。"),
        (GateState.PASSED, "补办", "这一条件已经批准通过，无需重复办理。"),
    ],
)
def test_a_person_passes_no_gate_without_a_reason_nor_one_that_is_settled(
    state: GateState, reason: str, words: str
) -> None:
    gates.check_pass(GateState.OPEN, "材料已口头报告")
    with pytest.raises(DubanError) as wrong:
        gates.check_pass(state, reason)
    assert str(wrong.value) == words
