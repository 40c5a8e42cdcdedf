"""The story of an obligation told in sentences, in the order of time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from ..obligations.moments import in_words
from ..obligations.outcome import standing
from ..obligations.words import Outcome
from .story_said import StoryEvent, said
from .story_sent import sent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .story import Story

SYSTEM = "系统"
SECOND = timedelta(seconds=1)


def events(story: Story) -> tuple[StoryEvent, ...]:
    """Give what happened by the moment of the story, the earliest first; the actors are names as recorded.

    Of what happened in the same second, the plan and the round come first, then reminders, then people.
    """
    told = (*_of_plan(story), *_of_round(story), *sent(story), *said(story), *_of_deadline(story))
    return tuple(sorted((one for one in told if one.at <= story.as_of), key=lambda one: one.at))


def _of_plan(story: Story) -> Iterator[StoryEvent]:
    plan, here = story.plan, story.matter.round
    entry = next((one for one in story.entries if one.action == "plan.adopted"), None)
    yield StoryEvent(
        plan.adopted_at,
        entry.actor if entry else plan.office,
        f"启用《{plan.title}》第{plan.revision}版",
        f"本事项的依据：{here.clause}",
        entry.seq if entry else None,
    )


def _of_round(story: Story) -> Iterator[StoryEvent]:
    here = story.matter.round
    for one in story.entries:
        match one.action:
            case "round.moved":
                yield StoryEvent(one.at, SYSTEM, "放假安排公布，期限重新推算", _due(story), one.seq)
            case "round.changed":
                yield StoryEvent(one.at, one.actor, "方案改动，本期照新修订版调整", _due(story), one.seq)
            case "event.raised":
                yield StoryEvent(one.at, one.actor, "登记事件，下达即时任务", here.emphasis, one.seq)
            case "round.opened":
                owing = f"应报单位{here.expected}个；{_due(story)}"
                yield StoryEvent(one.at, SYSTEM, f"下达任务“{here.title}”", owing, one.seq)
            case "round.reminded":
                yield StoryEvent(one.at, one.actor, "提醒全部未报单位", "", one.seq)
            case "round.locked":
                yield StoryEvent(one.at, SYSTEM, "截止补报", "", one.seq)
            case _:
                continue


def _due(story: Story) -> str:
    here = story.matter.round
    if here.due_at is None:
        return "不定期限，有情况即报"
    return f"期限为{in_words(here.due_at)}{'（暂定）' if here.provisional else ''}"


def _of_deadline(story: Story) -> Iterator[StoryEvent]:
    """Say that the deadline passed, if nothing that counts had come by the second after it."""
    due = story.matter.standing.effective_due
    if due is None:
        return
    then = standing(story.matter.facts, due + SECOND)
    if then.outcome is Outcome.MISSING:
        yield StoryEvent(due + SECOND, SYSTEM, "期限已过，没有收到上报", "", None)
    elif then.overdue_by is not None and then.outcome is Outcome.RETURNED:
        yield StoryEvent(due + SECOND, SYSTEM, "期限已过，退回的上报尚未更正", "", None)
