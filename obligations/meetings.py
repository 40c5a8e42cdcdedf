"""A joint meeting (联席会): its words, and when one may call, answer, sign in, and publish what was decided.

Each check passes in silence or raises DubanError, saying why not and what to do. Moments may be in any zone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from .errors import DubanError
from .moments import in_words, whole_second
from .words import Word

if TYPE_CHECKING:
    from collections.abc import Sequence

EARLY = timedelta(minutes=30)  # before the sitting; from then on one may sign in


def because(reason: str) -> str:
    """Give a reason as a notice begins with it: 因台风蓝色预警."""
    plain = reason.strip().rstrip("。；，")
    for word in ("因为", "由于", "因"):
        plain = plain.removeprefix(word)
    return f"因{plain}"


class MeetingState(Word):
    """Where a meeting is; whether it has been held, the clock says."""

    PLANNED = "planned", "筹备中"
    CALLED = "called", "已通知"
    CANCELLED = "cancelled", "已取消"


class MeetingMove(Word):
    """What was done to a meeting's time, place or standing."""

    PREPARED = "prepared", "列入筹备"
    ARRANGED = "arranged", "安排"
    CALLED = "called", "发出通知"
    CHANGED = "changed", "变更"
    CANCELLED = "cancelled", "取消"


class Coming(Word):
    """What a unit answers to a notice of meeting."""

    COMING = "coming", "参加"
    DELEGATE = "delegate", "委托他人参加"
    LEAVE = "leave", "请假"


class PresentBy(Word):
    """How it came into the book that somebody was there."""

    LINK = "link", "链接签到"
    DESK = "desk", "现场登记"
    LATE = "late", "会后补登"


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting as it stands: its hours, its place, and when its minutes were published, if they were."""

    state: MeetingState
    starts_at: datetime
    ends_at: datetime
    place: str = ""
    minuted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit answers: whether it comes, who comes and as what, and why not, or why somebody else."""

    coming: Coming
    name: str = ""
    post: str = ""
    reason: str = ""


def check_hours(sitting: Sitting, now: datetime) -> None:
    """Let a meeting be arranged for these hours."""
    if whole_second(sitting.ends_at) <= whole_second(sitting.starts_at):
        message = f"会议结束时间须晚于开始时间{in_words(sitting.starts_at)}，请核对。"
        raise DubanError(message)
    if whole_second(sitting.starts_at) <= whole_second(now):
        message = f"会议时间须晚于现在；所填为{in_words(sitting.starts_at)}，请另定时间。"
        raise DubanError(message)


def check_arrange(was: Sitting, to: Sitting, now: datetime) -> None:
    """Let time and place be set while nobody has been told yet."""
    if was.state is MeetingState.CALLED:
        raise DubanError("会议通知已经发出，时间、地点请在“变更会议”中修改，以便重新通知各单位。")
    check_hours(to, now)


def check_call(was: Sitting, to: Sitting, now: datetime) -> None:
    """Let the notice go out: once, for a time ahead and a place that is known."""
    if was.state is MeetingState.CALLED:
        raise DubanError("会议通知已经发出，无需重复发出。")
    _refuse_minuted(was)
    check_hours(to, now)
    if not to.place.strip():
        raise DubanError("会议通知须写明地点，请填写后再发。")


def check_change(was: Sitting, to: Sitting, now: datetime, reason: str) -> None:
    """Let time or place of a called meeting be changed before it begins, with a reason."""
    _refuse_not_called(was)
    _refuse_begun(was, now, "不能再改期或改地点")
    check_hours(to, now)
    if not to.place.strip():
        raise DubanError("会议须写明地点，请填写。")
    _check_said(reason, "变更会议须写明原因，各单位会收到新的通知。")


def check_cancel(was: Sitting, now: datetime, reason: str) -> None:
    """Let a meeting be called off before it begins, with a reason."""
    if was.state is MeetingState.CANCELLED:
        raise DubanError("会议已经取消，无需重复办理。")
    if was.state is MeetingState.CALLED:
        _refuse_begun(was, now, "不能再取消")
    _check_said(reason, "取消会议须写明原因。")


def check_reply(sitting: Sitting, now: datetime, answer: Answer) -> None:
    """Let a unit answer, or answer anew, until the meeting begins."""
    _refuse_not_called(sitting)
    if whole_second(now) >= whole_second(sitting.starts_at):
        message = f"会议已于{in_words(sitting.starts_at)}开始，不能再回复；请与办公室联系。"
        raise DubanError(message)
    if answer.coming is Coming.LEAVE:
        _check_said(answer.reason, "请假须写明原因。")
        return
    _check_said(answer.name, "请填写参会人员的姓名。")
    _check_said(answer.post, "请填写参会人员的职务。")
    if answer.coming is Coming.DELEGATE:
        _check_said(answer.reason, "委托他人参加须写明原因。")


def may_sign_in(sitting: Sitting, now: datetime) -> bool:
    """Tell whether it is the time to sign in: from half an hour before the sitting until it ends."""
    here = whole_second(now)
    in_time = whole_second(sitting.starts_at) - EARLY <= here <= whole_second(sitting.ends_at)
    return sitting.state is MeetingState.CALLED and in_time and sitting.minuted_at is None


def check_sign_in(sitting: Sitting, now: datetime) -> None:
    """Let somebody sign in at the meeting; never before or after it, nor once its minutes are out."""
    _refuse_not_called(sitting)
    _refuse_minuted(sitting)
    if may_sign_in(sitting, now):
        return
    opens = in_words(whole_second(sitting.starts_at) - EARLY)
    message = f"只在会上签到：{opens}至{in_words(sitting.ends_at)}；现在不能签到。"
    raise DubanError(message)


def check_late_entry(sitting: Sitting, now: datetime, reason: str) -> None:
    """Let the office enter afterwards who was there, marked as such and with a reason, until the minutes."""
    _refuse_not_called(sitting)
    _refuse_minuted(sitting)
    if whole_second(now) <= whole_second(sitting.ends_at):
        raise DubanError("会议还没有结束，请在签到时间内登记，无需补登。")
    _check_said(reason, "会议已经结束，补登须写明原因，如“现场为纸质签到”。")


def check_publish(sitting: Sitting, now: datetime, text: str) -> None:
    """Let the minutes be published once the meeting has begun."""
    _refuse_not_called(sitting)
    _refuse_minuted(sitting)
    if whole_second(now) < whole_second(sitting.starts_at):
        message = f"会议{in_words(sitting.starts_at)}才开始，还不能印发纪要。"
        raise DubanError(message)
    _check_said(text, "请填写会议纪要。")


def check_correct(sitting: Sitting, text: str, reason: str) -> None:
    """Let published minutes be corrected by a new version that says why; the old one stays."""
    if sitting.minuted_at is None:
        raise DubanError("会议纪要还没有印发，无需更正。")
    _check_said(text, "请填写更正后的会议纪要。")
    _check_said(reason, "更正会议纪要须写明原因；原来的一版照样保留。")


def check_decision(text: str, units: Sequence[str], due_at: datetime | None, now: datetime) -> datetime:
    """Let something be decided: what, by whom, until when; gives the limit."""
    _check_said(text, "请写明议定事项的内容。")
    if not units:
        message = f"议定事项“{text[:20]}”没有写责任单位。"
        raise DubanError(message)
    if due_at is None:
        message = f"议定事项“{text[:20]}”没有写完成期限。"
        raise DubanError(message)
    if whole_second(due_at) <= whole_second(now):
        message = f"议定事项“{text[:20]}”的期限须晚于现在；所填为{in_words(due_at)}。"
        raise DubanError(message)
    return due_at


def _refuse_not_called(sitting: Sitting) -> None:
    if sitting.state is MeetingState.PLANNED:
        raise DubanError("会议通知还没有发出，不能办理。")
    if sitting.state is MeetingState.CANCELLED:
        raise DubanError("会议已经取消，不能办理。")


def _refuse_begun(sitting: Sitting, now: datetime, what: str) -> None:
    if whole_second(now) >= whole_second(sitting.starts_at):
        message = f"会议已于{in_words(sitting.starts_at)}开始，{what}。"
        raise DubanError(message)


def _refuse_minuted(sitting: Sitting) -> None:
    if sitting.minuted_at is not None:
        message = f"会议纪要已于{in_words(sitting.minuted_at)}印发，不能再改；确有错误的，请用“更正纪要”。"
        raise DubanError(message)


def _check_said(text: str, message: str) -> None:
    if not text.strip():
        raise DubanError(message)
