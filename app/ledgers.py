"""The ledgers that a township files, as workbooks: reports, findings, sheets, meetings, appraisal (台账).

Each is as of a moment, in the order and with the columns that a clerk expects, and the same bytes for the
same moment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ..documents.listing import Column, write_listing
from ..ledger.filed_reports import filed_reports
from ..ledger.filed_sheets import filed_sheets
from ..ledger.finding_list import FindingFilters
from ..ledger.finding_rows import finding_rows
from ..ledger.standings import Filters
from ..obligations.moments import in_words

if TYPE_CHECKING:
    from ..ledger.book import Session

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


@dataclass(frozen=True, slots=True)
class Ledger:
    """One kind of ledger: its name, which is the file's too, its columns, and how its rows are read."""

    name: str
    columns: tuple[Column, ...]
    rows: Callable[[Session, Scope, datetime], Rows]

    def write(self, session: Session, scope: Scope, as_of: datetime, about: str) -> bytes:
        """Give the workbook; ``about`` says in words what it is about. Raises as ``write_listing`` does."""
        said = [about, f"截至：{in_words(as_of)}"]
        rows = self.rows(session, scope, as_of)
        return write_listing(self.name, said, self.columns, rows, "", sheet=self.name, dated=as_of)


def _reports(session: Session, scope: Scope, as_of: datetime) -> Rows:
    for one in filed_reports(session, scope.filters, as_of, scope.round_id):
        late = one.effective_due if one.effective_due != one.due_at else None
        yield (
            *(one.number, one.unit, one.title, one.clause, one.lead, one.opened_at, one.due_at, late),
            *(one.received_at, one.version, one.via, one.by, one.outcome, one.state, one.accepted_at),
            *(one.returned, one.reminded, one.sheets),
        )


def _sheets(session: Session, scope: Scope, as_of: datetime) -> Rows:
    for one in filed_sheets(session, scope.slug, scope.year, as_of, scope.unit):
        yield (
            *(one.number, one.reference, one.rung, one.matter, one.unit, one.responsible, one.lead),
            *(one.requirement, one.basis, one.signed_by, one.issued_at, one.limit_at, one.acknowledged_at),
            *(one.replies, one.outcome),
        )


def _findings(session: Session, scope: Scope, as_of: datetime) -> Rows:
    wanted = FindingFilters(slug=scope.slug, year=scope.year, unit=scope.unit, round_id=scope.round_id)
    yield from finding_rows(session, wanted, as_of)


REPORTS = Ledger(
    "报送台账",
    (
        *(Column("序号", 6, "number"), Column("责任单位", 18), Column("报送事项", 34), Column("依据", 14)),
        *(Column("牵头", 14), Column("下达时间", 17, "date"), Column("报送期限", 17, "date")),
        *(Column("延期至", 17, "date"), Column("收到时间", 17, "date"), Column("版次", 6, "number")),
        *(Column("报送方式", 9), Column("报送人", 14), Column("按时情况", 9), Column("办理状态", 10)),
        *(Column("接收时间", 17, "date"), Column("退回次数", 6, "number"), Column("提醒次数", 6, "number")),
        Column("督办文书", 26),
    ),
    _reports,
)
SHEETS = Ledger(
    "督办台账",
    (
        *(Column("序号", 6, "number"), Column("文号", 18), Column("种类", 10), Column("督办事项", 36)),
        *(Column("责任单位", 18), Column("责任人", 12), Column("牵头", 14), Column("办理要求", 40)),
        *(Column("依据", 30), Column("签发人", 10), Column("签发时间", 17, "date")),
        *(Column("办理期限", 17, "date"), Column("签收时间", 17, "date"), Column("回复次数", 6, "number")),
        Column("办结情况", 36),
    ),
    _sheets,
)
FINDINGS = Ledger(
    "隐患台账",
    (
        *(Column("序号", 6, "number"), Column("检查时间", 17, "date"), Column("检查单位", 14)),
        *(Column("检查人", 14), Column("检查项目", 16), Column("检查地点", 18), Column("隐患问题描述", 36)),
        *(Column("隐患类型", 12), Column("隐患等级", 8), Column("整改要求（措施）", 30)),
        *(Column("整改期限", 17, "date"), Column("整改责任单位", 16), Column("整改责任人", 12)),
        *(Column("整改完成日期", 13, "date"), Column("销号情况", 24)),
    ),
    _findings,
)
LEDGERS: dict[str, Ledger] = {"reports": REPORTS, "findings": FINDINGS, "sheets": SHEETS}
