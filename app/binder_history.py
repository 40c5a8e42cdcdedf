"""In the binder: what was done to findings and cases, step by step (办理经过), and the photographs of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ..documents.listing import Column
from ..ledger.filed_history import case_history, finding_files, finding_history

if TYPE_CHECKING:
    from .binding import Binding

_FINDINGS: Final = (
    *(Column("编号", 14), Column("检查地点", 20), Column("时间", 17, "date"), Column("环节", 14)),
    *(Column("办理人", 14), Column("登记人", 14), Column("说明", 40), Column("期限", 17, "date")),
    Column("完成日期", 13, "date"),
)
_CASES: Final = (
    *(Column("编号", 14), Column("案由", 24), Column("单位", 16), Column("时间", 17, "date")),
    *(Column("环节", 10), Column("事项", 30), Column("说明", 40), Column("登记人", 14), Column("批准人", 12)),
)


def findings(here: Binding) -> None:
    """Write how each finding came to where it stood then, with its files; nothing where there is none."""
    about = (here.session, here.scope.filters, here.as_of, here.scope.round_id)
    here.listing("隐患", "隐患办理经过", _FINDINGS, finding_history(*about))
    for one in finding_files(*about):
        here.add_stored("隐患", f"附件/{one.called}", one.sha256, one.name)


def cases(here: Binding) -> None:
    """Write how each case came to where it stood then; nothing where there is none, or for one round."""
    if here.scope.round_id is None:
        rows = case_history(here.session, here.scope.filters, here.as_of)
        here.listing("案件", "案件办理经过", _CASES, rows)
