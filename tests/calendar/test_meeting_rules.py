from __future__ import annotations

import pytest

from duban.calendar import loader
from duban.calendar.plan import Meeting
from duban.obligations.errors import InputError
from support.small_plans import duty, plan, plan_text

SITS = "kind: quarterly, due: day 8, starts: month 3 day 12 09:30, ends: starts + 2 hours"
FORM = "form: [{key: wenti, label: 问题, type: text}]"


def test_a_meeting_that_the_office_calls_says_when_it_sits_and_where_matters_for_it_come_from() -> None:
    (found,) = plan(duty(f"{SITS}, meeting: {{place: 会议室, proposals: wenti}}, {FORM}")).duties
    assert found.meeting == Meeting(place="会议室", proposals="wenti", notice=3, minutes=5, convened="office")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "kind: once, due: 03-22, meeting: {place: 会议室}",
            "办公室召集的会议须写明任务的 starts 和 ends；应为starts: 日期和时刻",
        ),
        (
            f"{SITS}, meeting: {{proposals: wenit}}, {FORM}",
            "没有这个填报项；应为wenti之一；实际为“wenit”；是否想写“wenti”？",
        ),
    ],
)
def test_what_a_meeting_lacks_is_said_at_its_place(text: str, words: str) -> None:
    with pytest.raises(InputError) as refused:
        loader.read(plan_text(duty(text)), "方案.yaml")
    assert words in str(refused.value)


def test_what_the_units_hold_themselves_needs_no_hour() -> None:
    (found,) = plan(duty("kind: once, due: 03-22, meeting: {convened: units}")).duties
    assert found.meeting is not None
    assert found.meeting.convened == "units"


def test_no_duty_takes_the_key_of_what_meetings_decide() -> None:
    with pytest.raises(InputError) as refused:
        loader.read(plan_text(duty("kind: once, due: 03-22", key="yiding")), "方案.yaml")
    assert "这个键专用于会议议定事项；应为别的键；实际为“yiding”" in str(refused.value)
