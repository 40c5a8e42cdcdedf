"""One digest for one contact: what is owed as it stands at the moment of sending."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..obligations.moments import SHANGHAI
from ..obligations.words import CueKind, State
from .lines import DigestLine, Group, OfficeFacts, group_of
from .when import day, deadline, remaining

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

__all__ = ["DigestLine", "OfficeFacts", "digest"]

NUMERALS = "一二三四五六"
CLIPPED = 40
PRESSING = (Group.OVERDUE, Group.TODAY)
RANK = MappingProxyType({group: rank for rank, group in enumerate(Group)})


@dataclass(frozen=True, slots=True)
class Item:
    """A line in words, numbered through the whole digest."""

    number: int
    title: str
    ask: str
    deadline: str
    basis: str
    receiver: str
    emphasis: str
    returned: str
    event: bool


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest with those of its items that are shown; `total` counts them all."""

    numeral: str
    name: str
    total: int
    items: tuple[Item, ...]


def digest(
    contact_name: str,
    unit_name: str,
    lines: Sequence[DigestLine],
    now: datetime,
    office: OfficeFacts,
    zone: tzinfo = SHANGHAI,
    limit_bytes: int | None = None,
) -> tuple[str, str]:
    """Give the subject and the body of one message, in plain text; all-urgent lines get the short wording.

    With `limit_bytes`, the subject, a line break and the body together are no longer than that in UTF-8: the
    most pressing items stay whole and the rest are counted. Raises ValueError for no lines or a naive `now`.
    """
    if not lines or now.utcoffset() is None:
        raise ValueError("a digest needs at least one line, and a `now` with a zone")
    writer = Writer(contact_name, unit_name, _in_order(lines, now, zone), now, office, zone)
    subject = writer.subject()
    room = None if limit_bytes is None else limit_bytes - len(f"{subject}\n".encode())
    return subject, writer.body(room)


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes one message from its lines, each with its part, most pressing first."""

    contact: str
    unit: str
    lines: tuple[tuple[Group, DigestLine], ...]
    now: datetime
    office: OfficeFacts
    zone: tzinfo

    @property
    def folder(self) -> str:
        """Give the folder of templates for these lines."""
        return "urgent" if all(line.urgent for _, line in self.lines) else "digest"

    def subject(self) -> str:
        """Give the subject line."""
        tally = "、".join(f"{group.value}{total}项" for group in PRESSING if (total := self._total(group)))
        return self._render("subject.txt", tally=tally, first=_line(self.lines[0][1].title))

    def _total(self, group: Group) -> int:
        return sum(own is group for own, _ in self.lines)

    def body(self, room: int | None) -> str:
        """Give the body in at most `room` bytes: as many whole items as fit, or the first in brief."""
        text = ""
        for shown, brief in self._attempts():
            text = self._body(shown, brief=brief)
            if room is None or len(text.encode()) <= room:
                return text
        return text.encode()[: max(room or 0, 0)].decode(errors="ignore")

    def _attempts(self) -> Iterator[tuple[int, bool]]:
        yield from ((shown, False) for shown in range(len(self.lines), 0, -1))
        yield from ((1, True), (0, True))

    def _body(self, shown: int, *, brief: bool) -> str:
        sections = self.sections(shown, brief=brief)
        return self._render(
            "body.txt",
            sections=sections,
            items=[item for section in sections for item in section.items],
            hidden=len(self.lines) - shown,
            today=day(self.now, self.now, self.zone),
            contact=_line(self.contact),
        )

    def _render(self, name: str, **facts: object) -> str:
        template = _templates().get_template(f"{self.folder}/{name}")
        return template.render(
            unit=_line(self.unit), total=len(self.lines), office=self.office, **facts
        ).strip()

    def sections(self, shown: int, *, brief: bool = False) -> list[Section]:
        """Give the parts that have something in their first `shown` items."""
        found: list[Section] = []
        for group in Group:
            items = [
                self._item(number, line, brief=brief)
                for number, (own, line) in enumerate(self.lines[:shown], start=1)
                if own is group
            ]
            if items:
                found.append(Section(NUMERALS[len(found)], group.value, self._total(group), tuple(items)))
        return found

    def _item(self, number: int, line: DigestLine, *, brief: bool) -> Item:
        ask = _line(line.ask)
        return Item(
            number=number,
            title=("【加急】" if line.urgent and self.folder == "digest" else "") + _line(line.title),
            ask=_clip(ask) if brief else ask,
            deadline=self._deadline(line),
            basis=self._basis(line),
            receiver=_line(line.receiver),
            emphasis="" if brief else _line(line.emphasis),
            returned=self._returned(line, brief=brief),
            event=line.kind == CueKind.EVENT,
        )

    def _deadline(self, line: DigestLine) -> str:
        if line.due_at is None:
            return "发现情况立即报告" if line.kind == CueKind.EVENT else ""
        mark = "（暂定，以正式通知为准）" if line.provisional else ""
        words = deadline(line.due_at, self.now, self.zone)
        if line.state == State.RETURNED and line.correct_by is not None:
            return f"{words}{mark}（原定）"
        return f"{words}{mark}，{remaining(line.due_at, self.now, self.zone)}"

    def _basis(self, line: DigestLine) -> str:
        plan, clause = _line(line.plan_title), _line(line.clause)
        named = plan if plan.startswith("《") else f"《{plan}》"
        chosen = f"（具体时间由{self.office.name}确定）" if line.source == "local" else ""
        return f"{named}{clause}{chosen}"

    def _returned(self, line: DigestLine, *, brief: bool) -> str:
        if line.state != State.RETURNED:
            return ""
        reason = _line(line.return_reason) or "请向退回单位了解"
        if line.correct_by is None:
            until = "请尽快更正后重新报送"
        else:
            left = remaining(line.correct_by, self.now, self.zone)
            until = f"请于{deadline(line.correct_by, self.now, self.zone)}更正后重新报送（{left}）"
        return f"{_clip(reason) if brief else reason}；{until}"


def _in_order(
    lines: Sequence[DigestLine], now: datetime, zone: tzinfo
) -> tuple[tuple[Group, DigestLine], ...]:
    paired = [(group_of(line, now, zone), line) for line in lines]
    return tuple(sorted(paired, key=lambda pair: (RANK[pair[0]], _pressing(pair[1], now))))


def _pressing(line: DigestLine, now: datetime) -> tuple[bool, float]:
    limit = line.correct_by if line.state == State.RETURNED and line.correct_by else line.due_at
    return (not line.urgent, (limit - now).total_seconds() if limit else 0.0)


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip("。；;")


def _clip(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED]}…"


@cache
def _templates() -> Environment:
    folder = FileSystemLoader(Path(__file__).parent / "templates")
    # Messages are plain text: escaping would put &lt; and &amp; in front of the reader.
    return Environment(
        loader=folder,
        auto_reload=False,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701
        trim_blocks=True,
        lstrip_blocks=True,
    )
