"""The ledgers that a township files, as workbooks: reports, findings, sheets, meetings, appraisal (台账).

Each is as of a moment, in the order and with the columns that a clerk expects, and the same bytes for the
same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from ..documents.listing import Column, write_listing
from ..ledger.appraisal_list import appraisal_rows
from ..ledger.filed_meetings import filed_meetings
from ..ledger.filed_reports import filed_reports
from ..ledger.filed_sheets import filed_sheets
from ..ledger.finding_list import FindingFilters
from ..ledger.finding_rows import finding_rows
from ..ledger.standings import Filters
from ..obligations.appraisal_rules import points_text
from ..obligations.moments import in_words
from ..obligations.sheet_moves import SYSTEM

if TYPE_CHECKING:
    from ..ledger.appraisal_list import Paper
    from ..ledger.book import Session
    from ..ledger.filed_reports import FiledReport
    from ..ledger.filed_sheets import FiledSheet

Rows = Iterator[Sequence[object]]


@dataclass(frozen=True, slots=True)
class Scope:
    """What is filed: of a plan (slug), a year, one unit (code), one round (number); all if empty."""

    slug: str | None = None
    year: int | None = None
    unit: str | None = None
    round_id: int | None = None

    @property
    def filters(self) -> Filters:
        """Give the same, as the standings are asked."""
        return Filters(slug=self.slug, year=self.year, unit=self.unit)


class Content(NamedTuple):
    """What is in a ledger: its columns, its rows, and lines that say more of it under its name."""

    columns: Sequence[Column]
    rows: Rows
    said: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """One kind of ledger: its name, which is the file's too, and how its content is read."""

    name: str
    read: Callable[[Session, Scope, datetime], Content]

    def write(self, session: Session, scope: Scope, as_of: datetime, about: str) -> bytes:
        """Give the workbook; ``about`` says in words what it is about. Raises as ``write_listing`` does."""
        columns, rows, more = self.read(session, scope, as_of)
        said = [about, f"截至：{in_words(as_of)}", *more]
        return write_listing(self.name, said, columns, rows, "", sheet=self.name, dated=as_of)


_NUMBER: Final = Column("序号", 6, "number")
_REPORTS: Final = (
    *(_NUMBER, Column("责任单位", 18), Column("报送事项", 34), Column("依据", 14), Column("牵头", 14)),
    *(Column("下达时间", 17, "date"), Column("报送期限", 17, "date"), Column("延期至", 17, "date")),
    *(Column("收到时间", 17, "date"), Column("版次", 6, "number"), Column("报送方式", 9)),
    *(Column("报送人", 14), Column("按时情况", 9), Column("办理状态", 10), Column("接收时间", 17, "date")),
    *(Column("退回次数", 6, "number"), Column("提醒次数", 6, "number"), Column("督办文书", 30)),
)
FINDING_COLUMNS: Final = (
    *(_NUMBER, Column("检查时间", 17, "date"), Column("检查单位", 14), Column("检查人", 14)),
    *(Column("检查项目", 16), Column("检查地点", 18), Column("隐患问题描述", 36), Column("隐患类型", 12)),
    *(Column("隐患等级", 8), Column("整改要求（措施）", 30), Column("整改期限", 17, "date")),
    *(Column("整改责任单位", 16), Column("整改责任人", 12), Column("整改完成日期", 13, "date")),
    Column("销号情况", 24),
)
_SHEETS: Final = (
    *(_NUMBER, Column("文号", 22), Column("种类", 10), Column("督办事项", 36), Column("责任单位", 18)),
    *(Column("责任人", 12), Column("牵头", 14), Column("办理要求", 40), Column("依据", 30)),
    *(Column("签发人", 10), Column("签发时间", 17, "date"), Column("办理期限", 17, "date")),
    *(Column("签收时间", 17, "date"), Column("回复次数", 6, "number"), Column("办结情况", 36)),
)
_MEETINGS: Final = (
    *(_NUMBER, Column("会议", 26), Column("时间", 17, "date"), Column("地点", 16), Column("召集", 14)),
    *(Column("应到", 6, "number"), Column("实到", 6, "number"), Column("请假", 6, "number")),
    *(Column("议题", 36), Column("议定事项", 36), Column("责任单位", 24), Column("期限", 17, "date")),
    Column("落实情况", 24),
)


def _reports(session: Session, scope: Scope, as_of: datetime) -> Content:
    filed = filed_reports(session, scope.filters, as_of, scope.round_id)
    return Content(_REPORTS, (_report(one) for one in filed))


def _report(one: FiledReport) -> Sequence[object]:
    late = one.effective_due if one.effective_due != one.due_at else None
    return (
        *(one.number, one.unit, one.title, one.clause, one.lead, one.opened_at, one.due_at, late),
        *(one.received_at, one.version, one.via, one.by, one.outcome, one.state, one.accepted_at),
        *(one.returned, one.reminded, one.sheets),
    )


def _findings(session: Session, scope: Scope, as_of: datetime) -> Content:
    wanted = FindingFilters(slug=scope.slug, year=scope.year, unit=scope.unit, round_id=scope.round_id)
    return Content(FINDING_COLUMNS, finding_rows(session, wanted, as_of))


def _sheets(session: Session, scope: Scope, as_of: datetime) -> Content:
    filed = filed_sheets(session, scope.slug, scope.year, as_of, scope.unit, scope.round_id)
    return Content(_SHEETS, (_sheet(one) for one in filed))


def _sheet(one: FiledSheet) -> Sequence[object]:
    return (
        *(one.number, one.reference, one.rung, one.matter, one.unit, one.responsible, one.lead),
        *(
            one.requirement,
            one.basis,
            _signed(one.signed_by),
            one.issued_at,
            one.limit_at,
            one.acknowledged_at,
        ),
        *(one.replies, one.outcome),
    )


def _signed(by: str) -> str:
    return "程序自动发出" if by == SYSTEM else by


def _meetings(session: Session, scope: Scope, as_of: datetime) -> Content:
    return Content(_MEETINGS, filed_meetings(session, scope.filters, as_of, scope.round_id))


def _appraisal(session: Session, scope: Scope, as_of: datetime) -> Content:
    """Give the points of each period, one after the other; what a period has no item for stays empty."""
    papers = appraisal_rows(session, scope.slug, scope.year, as_of, scope.unit) if not scope.round_id else []
    items = list(dict.fromkeys(name for one in papers for name in one.items))
    columns = (
        *(_NUMBER, Column("考核期", 18), Column("考核对象", 18)),
        *(Column(name, 12, "number") for name in items),
        *(Column("加分和扣减", 10, "number"), Column("调整", 8, "number"), Column("总分", 8, "number")),
        *(Column("等次", 10), Column("一票否决", 16), Column("状态", 8), Column("公布时间", 17, "date")),
    )
    said = [f"{one.name}：满分{points_text(one.maximum)}分，数据截至{in_words(one.as_of)}" for one in papers]
    return Content(columns, (row for one in papers for row in _points(one, items)), said)


def _points(paper: Paper, items: Sequence[str]) -> Rows:
    for one in paper.rows:
        points = dict(zip(paper.items, one.items, strict=True))
        yield (
            *(one.number, paper.name, one.unit),
            *(None if (found := points.get(name)) is None else float(found) for name in items),
            *(float(one.bonus), float(one.adjusted), float(one.total)),
            *(one.grade, one.vetoes, one.state, one.published_at),
        )


FINDINGS: Final = Ledger("隐患台账", _findings)
LEDGERS: Final[dict[str, Ledger]] = {
    "reports": Ledger("报送台账", _reports),
    "findings": FINDINGS,
    "sheets": Ledger("督办台账", _sheets),
    "meetings": Ledger("会议台账", _meetings),
    "appraisal": Ledger("考核表", _appraisal),
}
