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
from .wording import Fit, Item, Section, Wording

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime, tzinfo

__all__ = ["DigestLine", "OfficeFacts", "Wording", "digest", "fresh_link"]

NUMERALS = "一二三四五六"
CLIPPED = 40
_PARTS = ("subject", "body")
PRESSING = (Group.OVERDUE, Group.TODAY)
RANK = MappingProxyType({group: rank for rank, group in enumerate(Group)})


def digest(
    contact_name: str,
    unit_name: str,
    lines: Sequence[DigestLine],
    now: datetime,
    office: OfficeFacts,
    zone: tzinfo = SHANGHAI,
    limit_bytes: int | None = None,
) -> Wording:
    """Give the subject and the body of one message, in plain text; all-urgent lines get the short wording.

    With `limit_bytes`, the subject, a line break and the body together are no longer than that in UTF-8: the
    most pressing items stay whole, the others get a line each, and only what has no room even so is counted.
    Raises ValueError for no lines or a naive `now`.
    """
    if not lines or now.utcoffset() is None:
        raise ValueError("a digest needs at least one line, and a `now` with a zone")
    places, ordered = _in_order(lines, now, zone)
    writer = Writer(contact_name, unit_name, ordered, now, office, zone)
    subject = writer.subject()
    room = None if limit_bytes is None else limit_bytes - len(f"{subject}\n".encode())
    body, shown = writer.body(room)
    return Wording(subject, body, places[:shown])


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

    def body(self, room: int | None) -> tuple[str, int]:
        """Give the body in at most `room` bytes, and how many of the items it names."""
        text = ""
        for fit in self._fits():
            text = self._body(fit)
            if room is None or len(text.encode()) <= room:
                return text, fit.shown
        return text.encode()[: max(room or 0, 0)].decode(errors="ignore"), 0

    def _fits(self) -> Iterator[Fit]:
        """Give what to try, the most first; no item is left out while it could have a line of its own."""
        every = len(self.lines)
        yield from (Fit(every, whole) for whole in range(every, 0, -1))
        yield Fit(every, 1, brief=True)
        yield from (Fit(shown, 0) for shown in range(every, -1, -1))

    def _body(self, fit: Fit) -> str:
        sections = self.sections(fit)
        return self._render(
            "body.txt",
            sections=sections,
            items=[item for section in sections for item in section.items],
            hidden=len(self.lines) - fit.shown,
            short=fit.whole < fit.shown,
            today=day(self.now, self.now, self.zone),
            contact=_line(self.contact),
        )

    def _render(self, name: str, **facts: object) -> str:
        template = _templates().get_template(f"{self.folder}/{name}")
        return template.render(
            unit=_line(self.unit), total=len(self.lines), office=self.office, **facts
        ).strip()

    def sections(self, fit: Fit) -> list[Section]:
        """Give the parts that have something among the items that are shown."""
        found: list[Section] = []
        for group in Group:
            items = [
                self._item(number, line, fit)
                for number, (own, line) in enumerate(self.lines[: fit.shown], start=1)
                if own is group
            ]
            if items:
                found.append(Section(NUMERALS[len(found)], group.value, self._total(group), tuple(items)))
        return found

    def _item(self, number: int, line: DigestLine, fit: Fit) -> Item:
        ask, short = _line(line.ask), number > fit.whole
        mark = "【加急】" if line.urgent and self.folder == "digest" else ""
        return Item(
            number=number,
            title=mark + (self._in_one_line(line) if short else _line(line.title)),
            ask=_clip(ask) if fit.brief else ask,
            deadline=self._deadline(line),
            basis=self._basis(line),
            receiver=_line(line.receiver),
            emphasis="" if fit.brief else _line(line.emphasis),
            returned=self._returned(line, brief=fit.brief),
            urged=self._urged(line),
            event=line.kind == CueKind.EVENT,
            short=short,
        )

    def _in_one_line(self, line: DigestLine) -> str:
        """Give the title and the deadline that counts now."""
        title, limit, mark = _clip(_line(line.title)), line.due_at, "（暂定）" if line.provisional else ""
        if line.state == State.RETURNED:
            limit, mark = line.correct_by, "更正"
        words = f"{deadline(limit, self.now, self.zone)}{mark}" if limit else self._without_a_day(line)
        return "，".join(part for part in (title, words, self._urged(line)) if part)

    def _urged(self, line: DigestLine) -> str:
        """Give the number and the limit of the 催办单: `催办〔2023〕12号，限3月8日前`."""
        if not line.sheet or line.sheet_limit is None:
            return line.sheet
        local = line.sheet_limit.astimezone(self.zone)
        year = "" if local.year == self.now.astimezone(self.zone).year else f"{local.year}年"
        return f"{line.sheet}，限{year}{local.month}月{local.day}日前"

    def _without_a_day(self, line: DigestLine) -> str:
        return "请尽快更正" if line.state == State.RETURNED else self._deadline(line)

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
) -> tuple[tuple[int, ...], tuple[tuple[Group, DigestLine], ...]]:
    """Give the lines with their parts, most pressing first, and the place that each had."""
    paired = [(group_of(line, now, zone), line) for line in lines]
    rank = [(RANK[group], _pressing(line, now)) for group, line in paired]
    places = tuple(sorted(range(len(lines)), key=rank.__getitem__))
    return places, tuple(paired[place] for place in places)


def _pressing(line: DigestLine, now: datetime) -> tuple[bool, float]:
    limit = line.correct_by if line.state == State.RETURNED and line.correct_by else line.due_at
    return (not line.urgent, (limit - now).total_seconds() if limit else 0.0)


def _line(text: str) -> str:
    return " ".join(text.split()).rstrip("。；;")


def _clip(text: str) -> str:
    return text if len(text) <= CLIPPED else f"{text[:CLIPPED]}…"


def fresh_link(contact_name: str, unit_name: str, office: OfficeFacts, *, by_office: bool) -> Wording:
    """Give the message that only brings a new link, asked for by its reader or sent `by_office`."""
    named = {"contact": _line(contact_name), "unit": _line(unit_name)}
    facts: dict[str, object] = {**named, "office": office, "by_office": by_office}
    subject, body = (_templates().get_template(f"link/{name}.txt").render(**facts) for name in _PARTS)
    return Wording(subject.strip(), body.strip(), ())


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
