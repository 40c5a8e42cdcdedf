"""Which moves of a sheet and of a talk are lawful."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from duban.obligations import sheet_moves, talk_moves
from duban.obligations.errors import DubanError
from duban.obligations.sheet_moves import Draft, SheetFacts, TalkFacts
from duban.obligations.words import FindingState, Grade, Rung, SheetState

NOW = datetime(2023, 4, 10, 1, 0, tzinfo=UTC)  # 9:00 on a Monday
DAY = timedelta(days=1)
DRAFT = SheetFacts(Rung.DUBAN, SheetState.DRAFT, "duban")
ISSUED = SheetFacts(Rung.DUBAN, SheetState.ISSUED, "duban")
TALKED = SheetFacts(Rung.YUETAN, SheetState.ISSUED, "duban", talk=TalkFacts(NOW - DAY))
WRITTEN = Draft("四村未报", "请立即报送", "张三", "派出所", "《示例检查方案》", "三（一）", 5)
ENDED = (SheetState.CLOSED, SheetState.WITHDRAWN, SheetState.DROPPED)


def refused(move: object, *args: object, **named: object) -> str:
    with pytest.raises(DubanError) as wrong:
        move(*args, **named)  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
    return str(wrong.value)


@pytest.mark.parametrize("rung", ["duban", "yuetan", "tongbao"])
def test_a_person_may_enter_any_rung_from_duban_on_with_a_cause(rung: str) -> None:
    sheet_moves.check_enter(rung, "情节严重")
    assert "须写明事由" in refused(sheet_moves.check_enter, rung, "  ")


def test_nobody_enters_a_reminder_sheet_by_hand() -> None:
    assert "催办单由程序" in refused(sheet_moves.check_enter, "cuiban", "情节严重")


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("matter", " ", "督办事项"),
        ("requirement", "", "办理要求"),
        ("basis", "", "依据"),
        ("limit_days", 0, "1至60个工作日"),
        ("limit_days", 61, "1至60个工作日"),
    ],
)
def test_a_draft_says_what_of_whom_on_what_ground_and_by_when(name: str, value: object, said: str) -> None:
    sheet_moves.check_draft(WRITTEN)
    assert said in refused(sheet_moves.check_draft, replace(WRITTEN, **{name: value}))  # pyright: ignore[reportArgumentType]


def test_the_program_s_draft_is_signed_by_anybody_who_signs() -> None:
    sheet_moves.check_sign(DRAFT, NOW, "李镇长")


def test_who_drafted_by_hand_does_not_sign() -> None:
    by_hand = replace(DRAFT, made_by="李镇长")
    assert "请另一位有签发权的同志" in refused(sheet_moves.check_sign, by_hand, NOW, "李镇长")
    sheet_moves.check_sign(by_hand, NOW, "王书记")


def test_a_talk_is_arranged_before_it_is_called() -> None:
    called = replace(DRAFT, rung=Rung.YUETAN)
    assert "须先安排" in refused(sheet_moves.check_sign, called, NOW, "李镇长")
    over = replace(called, talk=TalkFacts(NOW))
    assert "已过" in refused(sheet_moves.check_sign, over, NOW, "李镇长")
    sheet_moves.check_sign(replace(called, talk=TalkFacts(NOW + DAY)), NOW, "李镇长")


@pytest.mark.parametrize("state", [SheetState.ISSUED, *ENDED])
def test_only_a_draft_is_edited_signed_or_dropped(state: SheetState) -> None:
    facts = replace(DRAFT, state=state)
    for said in (
        refused(sheet_moves.check_edit, facts),
        refused(sheet_moves.check_sign, facts, NOW, "李镇长"),
        refused(sheet_moves.check_drop, facts, "不需要"),
    ):
        assert f"目前是“{state.zh}”" in said


@pytest.mark.parametrize("state", [SheetState.DRAFT, *ENDED])
def test_only_an_issued_sheet_is_acknowledged_answered_closed_or_withdrawn(state: SheetState) -> None:
    facts = replace(TALKED, state=state)
    for said in (
        refused(sheet_moves.check_acknowledge, facts),
        refused(sheet_moves.check_reply, facts, "已办"),
        refused(sheet_moves.check_decide, facts, waits=True, accepted=True, answer="同意"),
        refused(sheet_moves.check_close, facts, "已办", person=True),
        refused(sheet_moves.check_withdraw, facts, "有误"),
        refused(talk_moves.check_minute, facts, NOW, minutes="谈了", promised="", promised_by=None),
        refused(talk_moves.check_follow, facts, "落实了", kept=True),
    ):
        assert f"目前是“{state.zh}”" in said


def test_a_draft_is_dropped_and_a_sheet_withdrawn_for_a_reason() -> None:
    sheet_moves.check_drop(DRAFT, "已报送")
    sheet_moves.check_withdraw(ISSUED, "有误")
    assert "理由" in refused(sheet_moves.check_drop, DRAFT, "")
    assert "理由" in refused(sheet_moves.check_withdraw, ISSUED, "")


def test_a_sheet_is_acknowledged_once() -> None:
    sheet_moves.check_acknowledge(ISSUED)
    again = replace(ISSUED, acknowledged_at=NOW)
    assert "2023年4月10日（星期一）09:00签收" in refused(sheet_moves.check_acknowledge, again)


def test_one_reply_waits_at_a_time() -> None:
    sheet_moves.check_reply(ISSUED, "已报送")
    assert "等候答复" in refused(sheet_moves.check_reply, replace(ISSUED, undecided=True), "已报送")
    assert "写明" in refused(sheet_moves.check_reply, ISSUED, " ")


def test_a_reply_is_decided_once_with_an_answer() -> None:
    sheet_moves.check_decide(ISSUED, waits=True, accepted=False, answer="理由不成立")
    said = refused(sheet_moves.check_decide, ISSUED, waits=False, accepted=True, answer="同意")
    assert "已经答复" in said
    assert "请选择" in refused(sheet_moves.check_decide, ISSUED, waits=True, accepted=None, answer="同意")
    assert "答复内容" in refused(sheet_moves.check_decide, ISSUED, waits=True, accepted=True, answer="")


def test_a_person_of_the_office_closes_with_what_was_done() -> None:
    sheet_moves.check_close(ISSUED, "已核实报送", person=True)
    assert "单位和程序不能" in refused(sheet_moves.check_close, ISSUED, "已报送", person=False)
    assert "办理结果" in refused(sheet_moves.check_close, ISSUED, "", person=True)
    waiting = replace(ISSUED, undecided=True)
    assert "先答复" in refused(sheet_moves.check_close, waiting, "已报送", person=True)


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (None, "先登记约谈记录"),
        (TalkFacts(NOW - DAY), "先登记约谈记录"),
        (TalkFacts(NOW - DAY, NOW, NOW + DAY), "先登记跟进情况"),
        (TalkFacts(NOW - DAY, NOW), ""),
        (TalkFacts(NOW - DAY, NOW, NOW + DAY, NOW), ""),
    ],
)
def test_a_talk_is_minuted_and_its_promise_seen_to_before_it_is_closed(
    talk: TalkFacts | None, said: str
) -> None:
    facts = replace(TALKED, talk=talk)
    if said:
        assert said in refused(sheet_moves.check_close, facts, "已整改", person=True)
    else:
        sheet_moves.check_close(facts, "已整改", person=True)
        owed = replace(facts, owed=True)
        assert "请写明后续处理" in refused(sheet_moves.check_close, owed, "谈了", person=True, follows=" ")
        sheet_moves.check_close(owed, "谈了", person=True, follows="每周报一次")


def test_a_talk_is_arranged_ahead_at_a_place_with_people() -> None:
    called = replace(DRAFT, rung=Rung.YUETAN)
    talk_moves.check_arrange(called, NOW, at=NOW + DAY, place="三楼", attending="李镇长、张三")
    arranged: dict[str, object] = {"at": NOW + DAY, "place": "三楼", "attending": "张三"}
    check = talk_moves.check_arrange
    assert "晚于现在" in refused(check, called, NOW, **(arranged | {"at": NOW}))
    assert "地点" in refused(check, called, NOW, **(arranged | {"place": " "}))
    assert "参加人" in refused(check, called, NOW, **(arranged | {"attending": ""}))
    assert "不需要安排约谈" in refused(check, DRAFT, NOW, **arranged)
    held = replace(called, state=SheetState.ISSUED, talk=TalkFacts(NOW - DAY, NOW))
    assert "不能再改" in refused(check, held, NOW, **arranged)
    assert "已撤销" in refused(check, replace(called, state=SheetState.WITHDRAWN), NOW, **arranged)


def test_minutes_are_written_once_after_the_talk_has_begun() -> None:
    talk_moves.check_minute(TALKED, NOW, minutes="谈了", promised="", promised_by=None)
    check, said = talk_moves.check_minute, {"minutes": "谈了", "promised": "", "promised_by": None}
    assert "没有安排约谈" in refused(check, ISSUED, NOW, **said)
    ahead = replace(TALKED, talk=TalkFacts(NOW + DAY))
    assert "还没有开始" in refused(check, ahead, NOW, **said)
    held = replace(TALKED, talk=TalkFacts(NOW - DAY, NOW))
    assert "已经登记" in refused(check, held, NOW, **said)
    assert "约谈记录" in refused(check, TALKED, NOW, **(said | {"minutes": ""}))


@pytest.mark.parametrize(
    ("promised", "by", "said"),
    [
        ("本周报齐", None, "一并填写"),
        ("", NOW + DAY, "一并填写"),
        ("本周报齐", NOW, "晚于现在"),
        ("本周报齐", NOW + DAY, ""),
        ("本周报齐", NOW + 90 * DAY, ""),
        ("本周报齐", NOW + 91 * DAY, "不能超过90天"),
    ],
)
def test_a_promise_has_a_date_ahead(promised: str, by: datetime | None, said: str) -> None:
    told: dict[str, object] = {"minutes": "谈了", "promised": promised, "promised_by": by}
    if said:
        assert said in refused(talk_moves.check_minute, TALKED, NOW, **told)
    else:
        talk_moves.check_minute(TALKED, NOW, **told)  # pyright: ignore[reportArgumentType]


def test_a_promise_is_followed_up_once_also_after_its_date() -> None:
    late = replace(TALKED, talk=TalkFacts(NOW - 9 * DAY, NOW - 8 * DAY, NOW - DAY))
    talk_moves.check_follow(late, "已报齐", kept=True)
    assert "落实情况" in refused(talk_moves.check_follow, late, "", kept=True)
    assert "先登记约谈记录" in refused(talk_moves.check_follow, TALKED, "已报齐", kept=True)
    bare = replace(TALKED, talk=TalkFacts(NOW - DAY, NOW))
    assert "没有作出承诺" in refused(talk_moves.check_follow, bare, "已报齐", kept=True)
    done = replace(TALKED, talk=TalkFacts(NOW - DAY, NOW, NOW + DAY, NOW))
    assert "无需重复" in refused(talk_moves.check_follow, done, "已报齐", kept=True)
    assert "请选择承诺是否落实" in refused(talk_moves.check_follow, late, "已报齐", kept=None)


def test_a_grave_finding_that_is_open_is_listed_once() -> None:
    sheet_moves.check_list(Grade.GRAVE, FindingState.OPEN, None)
    assert "一般隐患" in refused(sheet_moves.check_list, Grade.GENERAL, FindingState.OPEN, None)
    assert "已销号" in refused(sheet_moves.check_list, Grade.GRAVE, FindingState.CLOSED, None)
    assert "挂牌督办。" in refused(sheet_moves.check_list, Grade.GRAVE, FindingState.OPEN, NOW)


def test_a_finding_leaves_the_list_only_when_it_is_closed() -> None:
    sheet_moves.check_delist(FindingState.CLOSED, NOW, None, "现场已拆除")
    assert "销号后才能" in refused(sheet_moves.check_delist, FindingState.FIXED, NOW, None, "好了")
    assert "没有在挂牌" in refused(sheet_moves.check_delist, FindingState.CLOSED, None, None, "好了")
    assert "没有在挂牌" in refused(sheet_moves.check_delist, FindingState.CLOSED, NOW, NOW, "好了")
    assert "核实情况" in refused(sheet_moves.check_delist, FindingState.CLOSED, NOW, None, "")


@given(
    rung=st.sampled_from(Rung),
    state=st.sampled_from(SheetState),
    undecided=st.booleans(),
    minuted=st.sampled_from([None, NOW]),
    promised=st.sampled_from([None, NOW + DAY]),
    followed=st.sampled_from([None, NOW]),
)
def test_no_sheet_leaves_a_state_by_which_it_has_ended(
    *,
    rung: Rung,
    state: SheetState,
    undecided: bool,
    minuted: datetime | None,
    promised: datetime | None,
    followed: datetime | None,
) -> None:
    talk = TalkFacts(NOW - DAY, minuted, promised, followed)
    facts = SheetFacts(rung, state, "duban", undecided=undecided, talk=talk)
    moves = {
        "drop": lambda: sheet_moves.check_drop(facts, "理由"),
        "sign": lambda: sheet_moves.check_sign(facts, NOW, "李镇长"),
        "close": lambda: sheet_moves.check_close(facts, "办了", person=True),
        "withdraw": lambda: sheet_moves.check_withdraw(facts, "理由"),
    }
    lawful = {name for name, move in moves.items() if _passes(move)}
    if state is SheetState.DRAFT:
        assert lawful <= {"drop", "sign"}
    elif state is SheetState.ISSUED:
        assert lawful <= {"close", "withdraw"}
        assert "withdraw" in lawful
    else:
        assert lawful == set()


def _passes(move: object) -> bool:
    try:
        move()  # pyright: ignore[reportCallIssue, reportUnknownVariableType]
    except DubanError:
        return False
    return True
