"""The binder (迎检资料): everything on file about a campaign, a unit or a round, as of a day, in one archive.

What is in it is told from the facts as they stood then, so that the same day gives the same bytes, whenever
it is made: of the settings it takes only the host of the pages. It is written as it grows; nothing of it is
held in memory but one part.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from ..documents.archive import Archive, file_name
from ..ledger import lookup, unit_names
from ..ledger.filed_journal import chain, excerpt
from ..obligations.errors import DubanError
from ..obligations.moments import SHANGHAI
from .binder_answers import answers, notices
from .binder_contents import contents
from .binder_history import cases, findings
from .binder_papers import bulletins, meetings, sheets
from .binder_supervision import exposure, gates, inspections, nights, pursuits, talks
from .binding import Binding
from .ledgers import LEDGERS, Scope

_HOST: Final = "localhost"

if TYPE_CHECKING:
    from ..ledger.book import Session
    from ..ledger.tables import PlanRevision


def bind(
    session: Session, scope: Scope, as_of: datetime, files: Path, out: IO[bytes], *, host: str = _HOST
) -> str:
    """Write the binder to ``out``; gives the SHA-256 of its list of sums, to be noted on paper.

    ``scope`` names a plan and a year, and may name a unit or a round of it; ``host`` is where the pages are,
    by which a calendar takes a meeting for the same here and there. Raises :class:`DubanError` when the plan
    is not in force that year, or unit or round are not in the book.
    """
    title, local = title_of(session, scope, as_of), as_of.astimezone(SHANGHAI).replace(tzinfo=None)
    about = (scope.slug or "", scope.year or 0)
    with Archive(out, local) as archive:
        here = Binding(session, scope, as_of, files, archive, title, *about, host)
        for part in PARTS:
            part(here)
        return archive.seal()


def title_of(session: Session, scope: Scope, as_of: datetime) -> str:
    """Give in words what is filed, as it was called at a moment (UTC); raises as :func:`bind` does."""
    plan = _plan_of(session, scope)
    year = f"{scope.year}年"
    parts = [plan.title if plan.title.startswith(year) else f"{year} {plan.title}"]
    if scope.unit is not None:
        unit = lookup.unit_called(session, plan.slug, scope.unit)
        if unit is None or unit.code != scope.unit:
            raise DubanError(f"账簿中没有代码为“{scope.unit}”的单位。")
        parts.append(unit_names.renamed(session, as_of).get(unit.id, unit.name))
    if scope.round_id is not None:
        found = lookup.round_(session, scope.round_id)
        if found is None or found.slug != scope.slug:
            raise DubanError(f"方案“{scope.slug}”没有第{scope.round_id}号期次。")
        parts.append(found.title)
    return "　".join(parts)


def _plan_of(session: Session, scope: Scope) -> PlanRevision:
    plan = lookup.revision(session, scope.slug or "", scope.year or 0)
    if plan is None:
        raise DubanError(f"{scope.year}年没有执行方案“{scope.slug}”，没有可归档的资料。")
    return plan


def _plan(here: Binding) -> None:
    plan = _plan_of(here.session, here.scope)
    here.add("方案", f"{file_name(plan.title)}（修订{plan.revision}）.yaml", plan.content.encode())


def _ledgers(here: Binding) -> None:
    for ledger in LEDGERS.values():
        data = ledger.write(here.session, here.scope, here.as_of, here.title)
        here.add("台账", f"{ledger.name}.xlsx", data)


def _journal(here: Binding) -> None:
    here.add("留痕", "留痕摘录.jsonl", excerpt(here.session, here.filed))
    here.add("留痕", "校验码.txt", chain(here.session, here.as_of))
    here.add("留痕", "怎样查验.txt", _HOW.encode())


_HOW: Final = """一、文件没有改动过：解压后执行 sha256sum --check SHA256SUMS.txt，应当全部通过。
二、摘录的留痕没有改动过：留痕摘录.jsonl 每行一条。取 [seq, at, actor, action, subject]，写成不含空格的 JSON，
　　去掉末尾的方括号，接上逗号、detail 的原文、逗号、previous 的 JSON 和方括号，算出的 SHA-256 应等于 hash。
三、摘录与全部留痕相连：该条的 previous 应等于校验码.txt 中前一条的校验码，hash 应等于同一条的校验码。
四、校验码就是账簿里的：在督办的“留痕”页面粘贴条号和校验码，或执行 duban verify，程序逐条重算。
账号、链接、联系人和重点对象的查看记录不摘录；其校验码仍在校验码.txt 中，留痕的次序不因此中断。
"""
# In the order of the folders; the table of contents, which names what came before, is last.
PARTS: Final[tuple[Callable[[Binding], None], ...]] = (
    *(_plan, notices, _ledgers, exposure, answers, findings, cases, sheets, talks, meetings),
    *(bulletins, inspections, gates, nights, pursuits, _journal, contents),
)
