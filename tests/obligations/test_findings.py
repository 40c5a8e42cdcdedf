from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from duban.obligations import finding_moves as moves
from duban.obligations.errors import DubanError
from duban.obligations.finding_moves import Party, names_of
from duban.obligations.findings import Standing, Step, StepKind, called, in_words, standing_of
from duban.obligations.words import FindingState

START = datetime(2023, 3, 6, 2, 0, tzinfo=UTC)
LIMIT = datetime(2023, 3, 20, 15, 59, 59, tzinfo=UTC)
LATER = datetime(2023, 4, 10, 15, 59, 59, tzinfo=UTC)
NOW = datetime(2023, 3, 10, 1, 0, tzinfo=UTC)
VILLAGE = Party("一村", frozenset({"甲文书", "乙主任"}))
FOUND = Step(StepKind.FOUND, START, "王芳", until=LIMIT)
FIXED = Step(StepKind.FIXED, NOW, "一村 甲文书", "张三", done_on=date(2023, 3, 9))
CLOSED = Step(StepKind.CLOSED, NOW + timedelta(days=3), "王芳", "王芳、李强")
OPEN = standing_of([FOUND])


def after(*steps: Step) -> Standing:
    return standing_of([FOUND, *steps])


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("王芳", {"王芳"}),
        ("王芳、李强", {"王芳", "李强"}),
        ("王芳，李强；赵六/钱七", {"王芳", "李强", "赵六", "钱七"}),
        ("一村 甲文书", {"甲文书"}),
        ("镇应急办 王芳（副主任）", {"王芳"}),
        ("张三 李四", {"张三", "李四"}),
        ("李和平", {"李和平"}),
        ("张\u3000三", {"张三"}),
        ("一村 张 三", {"张三"}),
        ("", set[str]()),
        ("、 、", set[str]()),
    ],
)
def test_people_are_known_by_their_names_alone(text: str, names: set[str]) -> None:
    assert names_of(text) == names


def test_a_finding_goes_from_open_by_fixed_to_closed() -> None:
    assert standing_of([FOUND]) == Standing(FindingState.OPEN, LIMIT)
    fixed = after(FIXED)
    assert (fixed.state, fixed.fixed_at, fixed.fixed_on) == (FindingState.FIXED, NOW, date(2023, 3, 9))
    assert fixed.fixed_by == "张三"
    assert after(replace(FIXED, people="")).fixed_by == "一村 甲文书"
    closed = after(FIXED, CLOSED)
    assert (closed.state, closed.closed_at, closed.closed_by) == (
        FindingState.CLOSED,
        CLOSED.at,
        "王芳、李强",
    )


@pytest.mark.parametrize("kind", [StepKind.FAILED, StepKind.REOPENED])
def test_what_is_open_again_has_its_new_limit_and_nobody_has_fixed_it(kind: StepKind) -> None:
    again = after(FIXED, CLOSED, Step(kind, LATER, "王芳", until=LATER + timedelta(days=5)))
    assert (again.state, again.due_at) == (FindingState.OPEN, LATER + timedelta(days=5))
    assert (again.fixed_at, again.fixed_by, again.closed_at) == (None, None, None)
    assert again.reopened == (kind is StepKind.REOPENED)


def test_a_rectification_reported_after_its_limit_stays_late() -> None:
    late = replace(FIXED, at=LIMIT + timedelta(seconds=1))
    again = Step(StepKind.REOPENED, LATER, "王芳", until=LATER + timedelta(days=5))
    assert after(FIXED, CLOSED).late is False
    assert after(late, CLOSED, again).late is True


def test_it_is_overdue_only_while_it_is_open() -> None:
    assert not OPEN.overdue(LIMIT)
    assert OPEN.overdue(LIMIT + timedelta(seconds=1))
    assert not after(FIXED).overdue(LATER)


def test_a_request_waits_until_it_is_answered_or_needs_no_answer() -> None:
    asked = Step(StepKind.ASKED, NOW, "一村 甲文书", until=LATER)
    assert after(asked).asked == asked
    assert after(asked).due_at == LIMIT
    for answer in (Step(StepKind.REFUSED, NOW, "王芳"), FIXED):
        assert (after(asked, answer).asked, after(asked, answer).due_at) == (None, LIMIT)
    granted = after(asked, Step(StepKind.EXTENDED, NOW, "王芳", until=LATER))
    assert (granted.asked, granted.due_at) == (None, LATER)


def test_a_history_begins_with_a_limit() -> None:
    with pytest.raises(ValueError, match="begins by being found"):
        standing_of([FIXED])


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([], "未销号"),
        ([FIXED], "待复查"),
        ([FIXED, CLOSED], "已销号（2023-03-13，王芳、李强）"),
        ([Step(StepKind.REFUTED, NOW, "王芳")], "查否销号（2023-03-10，王芳）"),
        ([FIXED, CLOSED, Step(StepKind.REOPENED, LATER, "王芳")], "未销号，复发1次"),
        (
            [FIXED, CLOSED, Step(StepKind.REOPENED, LATER, "王芳"), FIXED, CLOSED],
            "已销号（2023-03-13，王芳、李强），复发1次",
        ),
    ],
)
def test_the_last_column_says_how_it_stands(steps: list[Step], said: str) -> None:
    assert in_words(after(*steps)) == said


def test_a_finding_is_called_by_its_place_in_the_year() -> None:
    assert called(2023, 12) == "2023年第12号"


@pytest.mark.parametrize(
    ("by", "people", "said"),
    [
        ("张三", "李强", "“张三”是这次整改的整改人"),
        ("王芳", "李强、张三", "“张三”是这次整改的整改人"),
        ("王芳", "甲文书", "“甲文书”是整改单位“一村”的人"),
        ("王芳", "乙主任", "“乙主任”是整改单位“一村”的人"),
        ("一村 丙会计", "李强", "是整改单位“一村”的人"),
        ("王芳", "一村 丙会计", "是整改单位“一村”的人"),
        ("王芳", "一村", "“一村”是整改单位“一村”的人"),
        ("王芳", "村里甲文书", "是整改单位“一村”的人"),
        ("王芳", "李强和张三", "“张三”是这次整改的整改人"),
        ("王芳", "李强 张三", "“张三”是这次整改的整改人"),
        ("王芳", "安监员张三等2人", "“张三”是这次整改的整改人"),
        ("王芳", " ", "请写明复查人"),
    ],
)
def test_neither_who_fixed_it_nor_its_unit_closes(by: str, people: str, said: str) -> None:
    with pytest.raises(DubanError, match=said):
        moves.check_close(after(FIXED), by, people, VILLAGE)
    with pytest.raises(DubanError, match=said):
        moves.check_fail(after(FIXED), NOW, by, people, VILLAGE, text="仍有", until=LATER)


def test_others_close() -> None:
    moves.check_close(after(FIXED), "王芳", "王芳、李强", VILLAGE)
    moves.check_close(after(FIXED), "接口：县平台", "李强", VILLAGE)


def test_who_only_wrote_down_what_others_did_may_close() -> None:
    moves.check_close(after(replace(FIXED, by="王芳")), "王芳", "李强", VILLAGE)
    with pytest.raises(DubanError, match="“王芳”是这次整改的整改人"):
        moves.check_close(after(replace(FIXED, by="王芳", people="")), "王芳", "李强", VILLAGE)


def test_a_program_may_enter_both_but_the_people_it_names_differ() -> None:
    fixed = after(replace(FIXED, by="接口：县平台"))
    moves.check_close(fixed, "接口：县平台", "李强", VILLAGE)
    with pytest.raises(DubanError, match="“张三”是这次整改的整改人"):
        moves.check_close(fixed, "接口：县平台", "张三", VILLAGE)
    with pytest.raises(DubanError, match="请写明整改人"):
        moves.check_fix(
            OPEN, NOW, ("接口：县平台", ""), done_on=date(2023, 3, 9), found_at=START, text="已清退"
        )


@pytest.mark.parametrize("by", ["张三", "一村 甲文书", "乙主任"])
def test_neither_strikes_it_out(by: str) -> None:
    with pytest.raises(DubanError, match="不能由"):
        moves.check_refute(after(FIXED), by, VILLAGE, reason="空箱")


@pytest.mark.parametrize(
    ("done_on", "text", "said"),
    [
        (date(2023, 3, 11), "已清退", "不能晚于今天；所填为2023-03-11"),
        (date(2023, 3, 5), "已清退", "不能早于检查之日2023-03-06"),
        (date(2023, 3, 9), " ", "请写明整改情况"),
    ],
)
def test_a_rectification_is_of_a_day_since_the_check_and_says_what_was_done(
    done_on: date, text: str, said: str
) -> None:
    with pytest.raises(DubanError, match=said):
        moves.check_fix(OPEN, NOW, ("一村 甲文书", ""), done_on=done_on, found_at=START, text=text)


def test_a_day_is_reckoned_where_the_plan_is() -> None:
    night = datetime(2023, 3, 10, 17, 0, tzinfo=UTC)  # 01:00 of the 11th
    moves.check_fix(
        OPEN, night, ("一村 甲文书", ""), done_on=date(2023, 3, 11), found_at=START, text="已清退"
    )


@pytest.mark.parametrize(
    ("steps", "said"),
    [([FIXED], "已报告整改完成，正等候复查"), ([FIXED, CLOSED], "已经销号")],
)
def test_only_what_is_open_is_fixed_changed_moved_or_given_time(steps: list[Step], said: str) -> None:
    here = after(*steps)
    with pytest.raises(DubanError, match=said):
        moves.check_fix(here, NOW, ("甲", ""), done_on=date(2023, 3, 9), found_at=START, text="好")
    with pytest.raises(DubanError, match=said):
        moves.check_change(here, reason="认定有误")
    with pytest.raises(DubanError, match=said):
        moves.check_move(here, NOW, until=LATER, reason="临近节日")
    with pytest.raises(DubanError, match=said):
        moves.check_ask(here, NOW, until=LATER, reason="等拆除队")


def test_only_what_was_fixed_is_looked_at_again_and_only_what_is_closed_comes_again() -> None:
    with pytest.raises(DubanError, match="还在整改"):
        moves.check_close(OPEN, "王芳", "李强", VILLAGE)
    for here in (OPEN, after(FIXED)):
        with pytest.raises(DubanError, match="不能登记复发"):
            moves.check_reopen(here, NOW, reason="又有", until=LATER)
    with pytest.raises(DubanError, match="已经销号，无需再办理查否"):
        moves.check_refute(after(FIXED, CLOSED), "王芳", VILLAGE, reason="空箱")


@pytest.mark.parametrize(
    ("now", "until", "reason", "said"),
    [
        (LIMIT + timedelta(seconds=1), LATER, "等拆除队", "已过，不能再延期"),
        (NOW, LIMIT, "等拆除队", "新期限须晚于原期限"),
        (NOW, LATER, " ", "延期须写明理由"),
        (NOW, datetime(2027, 1, 1, tzinfo=UTC), "等拆除队", "不能超过三年"),
    ],
)
def test_time_is_asked_for_before_the_limit_with_a_reason_until_a_later_day(
    now: datetime, until: datetime, reason: str, said: str
) -> None:
    with pytest.raises(DubanError, match=said):
        moves.check_ask(OPEN, now, until=until, reason=reason)


def test_time_may_be_asked_for_in_the_last_second_and_only_once() -> None:
    moves.check_ask(OPEN, LIMIT, until=LATER, reason="等拆除队")
    asked = after(Step(StepKind.ASKED, NOW, "一村 甲文书", until=LATER))
    with pytest.raises(DubanError, match="无需重复提出"):
        moves.check_ask(asked, NOW, until=LATER, reason="等拆除队")


def test_a_limit_that_has_passed_is_moved_no_more() -> None:
    moves.check_move(OPEN, NOW, until=NOW + timedelta(days=1), reason="临近节日")
    with pytest.raises(DubanError, match="已过，不能再调整"):
        moves.check_move(OPEN, LIMIT + timedelta(seconds=1), until=LATER, reason="放宽")
    with pytest.raises(DubanError, match="须晚于现在"):
        moves.check_move(OPEN, NOW, until=NOW, reason="放宽")


PEOPLE = st.sampled_from(["张三", "王芳", "李强", "甲文书", "一村 甲文书", "王芳、张三", "一村"])
DAYS = st.integers(min_value=-3, max_value=40)


class Office(RuleBasedStateMachine):
    """People do to a finding whatever comes to their minds; what is lawful is done."""

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        self.steps = [FOUND]
        self.fixers: frozenset[str] = frozenset()
        self.reopenings = 0

    @property
    def here(self) -> Standing:
        return standing_of(self.steps)

    def _add(self, kind: StepKind, by: str, people: str = "", until: datetime | None = None) -> None:
        self.steps.append(Step(kind, self.now, by, people, until, self.now.date()))

    @rule(days=st.integers(min_value=0, max_value=20))
    def wait(self, days: int) -> None:
        self.now += timedelta(days=days, hours=1)

    @rule(by=PEOPLE, people=PEOPLE)
    def fix(self, by: str, people: str) -> None:
        was = self.here
        try:
            moves.check_fix(
                was, self.now, (by, people), done_on=self.now.date(), found_at=START, text="已清退"
            )
        except DubanError:
            assert was.state is not FindingState.OPEN
            return
        self._add(StepKind.FIXED, by, people)
        self.fixers = names_of(people)

    @rule(by=PEOPLE, people=PEOPLE)
    def close(self, by: str, people: str) -> None:
        try:
            moves.check_close(self.here, by, people, VILLAGE)
        except DubanError:
            return
        closers = names_of(by) | names_of(people)
        assert not closers & self.fixers
        assert not closers & (VILLAGE.people | {VILLAGE.name})
        self._add(StepKind.CLOSED, by, people)

    @rule(by=PEOPLE, people=PEOPLE, days=DAYS)
    def fail(self, by: str, people: str, days: int) -> None:
        until = self.now + timedelta(days=days)
        try:
            moves.check_fail(self.here, self.now, by, people, VILLAGE, text="仍有", until=until)
        except DubanError:
            return
        self._add(StepKind.FAILED, by, people, until)

    @rule(days=DAYS)
    def reopen(self, days: int) -> None:
        until = self.now + timedelta(days=days)
        try:
            moves.check_reopen(self.here, self.now, reason="又有", until=until)
        except DubanError:
            return
        self._add(StepKind.REOPENED, "王芳", until=until)
        self.reopenings += 1

    @rule(by=PEOPLE)
    @precondition(lambda self: len(self.steps) > 1)
    def refute(self, by: str) -> None:
        try:
            moves.check_refute(self.here, by, VILLAGE, reason="空箱")
        except DubanError:
            return
        self._add(StepKind.REFUTED, by)

    @rule(days=DAYS)
    def ask_and_grant(self, days: int) -> None:
        was, until = self.here, self.now + timedelta(days=days)
        try:
            moves.check_ask(was, self.now, until=until, reason="等拆除队")
        except DubanError:
            return
        assert self.now <= was.due_at < until
        self._add(StepKind.ASKED, "一村 甲文书", until=until)
        self._add(StepKind.EXTENDED, "王芳", until=until)

    @invariant()
    def reopenings_are_counted(self) -> None:
        assert self.here.reopened == self.reopenings

    @invariant()
    def closed_means_that_somebody_else_has_looked_again(self) -> None:
        ended = [step for step in self.steps if step.kind is not StepKind.ASKED][-1]
        if self.here.state is FindingState.CLOSED:
            assert ended.kind is (StepKind.REFUTED if self.here.refuted else StepKind.CLOSED)
            assert self.here.refuted or StepKind.FIXED in {step.kind for step in self.steps}
        else:
            assert (self.here.closed_at, self.here.closed_by, self.here.refuted) == (None, None, False)

    @invariant()
    def what_is_open_has_been_fixed_by_nobody(self) -> None:
        if self.here.state is FindingState.OPEN:
            assert (self.here.fixed_at, self.here.fixed_by) == (None, None)


Office.TestCase.settings = settings(max_examples=150, stateful_step_count=25, deadline=None)
test_whatever_people_try = Office.TestCase
