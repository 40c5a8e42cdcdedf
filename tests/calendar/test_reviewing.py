"""A draft as the office settles it: what is proposed, what was decided, and the plan that comes of it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from duban.calendar import loader
from duban.calendar.phrases import RuleError
from duban.calendar.reviewing.composing import Origin, compose
from duban.calendar.reviewing.days import check_plan, tried
from duban.calendar.reviewing.proposing import key_of_file, propose
from duban.calendar.reviewing.settling import Act, Settled, settle
from duban.calendar.reviewing.shapes import DutyValues
from duban.calendar.reviewing.spoken import spoken
from duban.calendar.workdays import Workdays
from duban.obligations.errors import InputError

NOON = datetime(2023, 1, 3, 4, tzinfo=UTC)
ORIGIN = Origin("通知.txt", "a" * 64)
SEEDS = Path(__file__).parents[1] / "drafting" / "seeds"
NOTICE = """\
清溪镇人民政府办公室
关于做好元旦春节期间安全生产工作的通知
各村（居）民委员会：
一、排查隐患
各村（居）要于1月5日18：00前将隐患清单报镇应急办。各村（居）要于1月5日18：00前将隐患清单报镇应急办。
（二）动员部署阶段（1月6日至1月15日）。各有关部门要制定方案。
要切实加强组织领导，确保各项工作落到实处。
清溪镇人民政府办公室
2022年12月20日
"""


def act(item: str, kind: str, n: int = 1, reason: str = "", **values: object) -> Act:
    return Act(item, n, kind, NOON, "王文书", values, reason)  # pyright: ignore[reportArgumentType]


def duty(values: DutyValues, **changed: object) -> dict[str, object]:
    return {"duty": values.model_copy(update=changed).model_dump(mode="json")}


def settled(*acts: Act) -> Settled:
    return settle(propose(NOTICE, "tongzhi"), acts)


@pytest.mark.parametrize(
    ("typed", "kind", "phrase"),
    [
        ("03-22", "", "03-22"),
        ("除夕 - 8 days", "", "除夕 - 8 days"),
        ("3月22日", "once", "03-22"),
        ("３月２２日前", "once", "03-22"),
        ("2024年1月5日前", "once", "12-31 + 5 days"),
        ("每月26日前", "monthly", "day 26"),
        ("每周五12点前", "weekly", "周五 12:00"),
        ("每季度末月20日前", "quarterly", "month 3 day 20"),
        ("收到通知后5个工作日内", "event", "event + 5 workdays"),
        ("2小时内", "event", "event + 2 hours"),
        ("6月底前", "once", "06-30"),
    ],
)
def test_a_clerk_may_write_days_as_documents_do(typed: str, kind: str, phrase: str) -> None:
    assert spoken(typed, 2023) == (phrase, kind)


@pytest.mark.parametrize(
    "typed", ["尽快", "1月13日至1月19日", "每月", "3月22日和3月25日", "2月30日", "99-99"]
)
def test_what_names_no_one_day_is_refused(typed: str) -> None:
    with pytest.raises(RuleError, match=f"看不懂“{typed}”是什么时候"):
        spoken(typed, 2023)


def test_every_proposal_has_its_sentence_in_the_text_and_its_date_words_in_the_sentence() -> None:
    found = propose(NOTICE, "tongzhi")
    for item in found.items:
        assert item.sentence is not None
        place = found.sentences[item.sentence]
        assert found.text[place.start : place.end] == item.quote
    assert [found.items[0].quote[start:end] for start, end in found.items[0].lit] == ["1月5日18：00前"]


def test_proposals_come_in_the_order_of_the_document() -> None:
    text = (SEEDS / "erong-dafei.txt").read_text(encoding="utf-8")
    found = propose(text, "erong")
    starts = [found.sentences[one.sentence].start for one in found.items if one.sentence is not None]
    assert starts == sorted(starts)
    assert len(starts) == 17


@pytest.mark.parametrize(
    ("stem", "key"), [("Yanhua 2023", "yanhua-2023"), ("通知", "fangan-2023"), ("2023-yanhua", "fangan-2023")]
)
def test_a_draft_has_the_key_of_its_file_where_that_can_be_one(stem: str, key: str) -> None:
    assert key_of_file(stem, 2023) == key


def test_an_answer_in_part_leaves_a_proposal_open() -> None:
    before = settled().item("d2")
    assert before is not None
    answer = Act("d2", 1, "answered", NOON, "王文书", duty(before.values, who=("镇应急办",)))
    part = settled(answer).item("d2")
    assert part is not None
    assert (part.state, part.values.who, part.values.open) == ("open", ("镇应急办",), before.values.open)


def test_a_plan_is_finished_when_nothing_waits_and_every_unit_is_known() -> None:
    first = settled()
    acts = [act(one.item.key, "struck", reason="不列") for one in first.items if one.item.key != "d1"]
    head = first.head.model_copy(update={"office": "镇应急办"}).model_dump()
    assert not settled(*acts, Act("head", 1, "corrected", NOON, "王文书", head)).finished
    done = settled(*acts, Act("head", 1, "corrected", NOON, "王文书", head), act("d1", "confirmed"))
    assert done.finished
    text = compose(done, ORIGIN)
    assert check_plan(text, "tongzhi.yaml", Workdays.load()) == []
    plan = loader.read(text, "tongzhi.yaml").plan
    assert [(one.name, one.due and one.due.on, one.clause) for one in plan.duties] == [
        ("报隐患清单", "01-05 18:00", "一")
    ]
    assert {one.reason for one in plan.not_duties} == {"不列"}


def test_a_struck_duty_stays_in_the_plan_with_its_sentence_and_the_reason() -> None:
    text = compose(settled(act("d1", "struck", reason="县里已另有部署")), ORIGIN)
    assert "# 核定：王文书 2023-01-03 不列" in text
    assert '    text: "各村（居）要于1月5日18：00前将隐患清单报镇应急办。"' in text
    assert "    reason: 县里已另有部署" in text


def test_a_window_that_was_made_for_a_duty_goes_with_it() -> None:
    text = (SEEDS / "changzhou-ranfang.txt").read_text(encoding="utf-8")
    found = propose(text, "changzhou")
    [week] = [one.key for one in found.items if one.said == "1月13日至1月19日"]
    assert "rizi-1" in compose(settle(found, ()), ORIGIN)
    assert "rizi-1" not in compose(settle(found, [act(week, "struck", reason="不办")]), ORIGIN)


def test_a_phase_is_a_duty_s_own_limit() -> None:
    found = settled()
    values = DutyValues(key="x", name="制定方案", who=("甲",), kind="phase", due="", of=("jieduan-1",))
    [one] = tried([values], found.stretches, 2023, Workdays.load()).values()
    assert [str(spec.due_at.date()) for spec in one.rounds if spec.due_at] == ["2023-01-15"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "once", "due": "day 26"}, "“day 26”只用于每月任务"),
        ({"kind": "once", "due": "event + 2 hours"}, "只有即时任务才能从事情发生起算"),
        ({"kind": "phase", "due": ""}, "还没有写阶段，任务无处可挂"),
        ({"kind": "once", "due": "02-29"}, "没有2023年2月29日"),
    ],
)
def test_a_duty_whose_days_cannot_be_says_why(changed: dict[str, str], said: str) -> None:
    values = DutyValues(key="x", name="报方案", who=("甲",)).model_copy(update=changed)
    [one] = tried([values], (), 2023, Workdays.load()).values()
    assert [spec.due_at for spec in one.rounds if spec.due_at] == []
    assert said in one.faults[0]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_whatever_is_typed_the_yaml_says_it_and_nothing_else(name: str, reason: str, who: str) -> None:
    first = settled().item("d1")
    assert first is not None
    values = first.values.model_copy(update={"name": name, "who": (who,), "material": name, "receiver": who})
    acts = (
        act("d1", "corrected", duty=values.model_dump(mode="json")),
        act("u1", "struck", reason=reason),
    )
    with pytest.raises(InputError) as refused:
        loader.read(compose(settled(*acts), ORIGIN), "x.yaml")
    # Only what is empty or undecided is refused; the text is always YAML, with no key of its own making.
    problems = refused.value.problems
    assert [one for one in problems if "不认识的键" in one.message or one.field is None] == []
