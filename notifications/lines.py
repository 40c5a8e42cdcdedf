"""What a digest is made of, and which part of it a line belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ..obligations.words import CueKind, State
from .when import days_left

if TYPE_CHECKING:
    from datetime import datetime, tzinfo


@dataclass(frozen=True, slots=True)
class OfficeFacts:
    """Who sends: the office's name, the telephone that answers questions, the link that takes reports.

    ``in_group`` says that people of several units read the message, which therefore has no link.
    """

    name: str
    phone: str = ""
    link: str = ""
    in_group: bool = False

    @property
    def contact(self) -> str:
        """Give the office and its telephone as one phrase."""
        return f"{self.name}（电话：{self.phone}）" if self.phone else self.name


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One obligation to remind of. `due_at` and `correct_by` are aware: the last second that is on time.

    `kind` is a CueKind and `state` is `owed` or `returned`; `source` is `document` or `local`. `sheet` is the
    number of a 催办单 that runs about it, `sheet_limit` (aware) its limit.
    """

    plan_title: str
    title: str
    clause: str
    due_at: datetime | None
    source: str = "document"
    provisional: bool = False
    ask: str = ""
    receiver: str = ""
    emphasis: str = ""
    kind: CueKind | str = CueKind.UPCOMING
    state: State | str = State.OWED
    return_reason: str = ""
    correct_by: datetime | None = None
    urgent: bool = False
    sheet: str = ""
    sheet_limit: datetime | None = None


class Group(Enum):
    """The parts of a digest, most pressing first."""

    OVERDUE = "已逾期"
    TODAY = "今日到期"
    RETURNED = "已退回需更正"
    SOON = "即将到期"
    NEW = "新下达"
    ONGOING = "正在进行"


def group_of(line: DigestLine, now: datetime, zone: tzinfo) -> Group:
    """Give the part that a line belongs to at `now`; the cue that brought it decides only what is new."""
    if line.state == State.RETURNED:
        return Group.RETURNED
    if line.due_at is None:
        return Group.NEW if line.kind == CueKind.OPENING else Group.ONGOING
    if now > line.due_at:
        return Group.OVERDUE
    if days_left(line.due_at, now, zone) == 0:
        return Group.TODAY
    return Group.NEW if line.kind == CueKind.OPENING else Group.SOON
