"""The binder (迎检资料): everything on file about a campaign, a unit or a round, as of a day, in one archive.

What is in it is told from the facts as they stood then, so that the same day gives the same bytes, whenever
it is made. It is written as it grows; nothing of it is held in memory but one part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from ..documents.archive import Archive, file_name
from ..documents.listing import Column, write_listing
from ..ledger import lookup
from ..ledger.filed_answers import FiledAnswer, FiledRound, filed_answers, filed_rounds
from ..ledger.filed_journal import chain, excerpt
from ..ledger.shelf import place
from ..ledger.tables import PlanRevision
from ..obligations.errors import DubanError
from ..obligations.forms import answer_in_words
from ..obligations.moments import SHANGHAI, in_words
from .ledgers import LEDGERS, Scope

if TYPE_CHECKING:
    from ..ledger.book import Session

FOLDERS = ("方案", "台账", "上报材料", "督办文书", "会议", "通报和总结", "留痕")


@dataclass(frozen=True, slots=True)
class Binding:
    """A binder in the making: what it is about, as of when (UTC), where files lie, and the archive."""

    session: Session
    scope: Scope
    as_of: datetime
    files: Path
    archive: Archive
    title: str

    def add(self, folder: str, name: str, content: bytes | Iterator[bytes]) -> None:
        """Write a part into one of the numbered folders."""
        self.archive.add(self.path(folder, name), content)

    def path(self, folder: str, name: str) -> str:
        """Give the path of a part: the folder bears its place in the table of contents."""
        return f"{FOLDERS.index(folder) + 1:02d} {folder}/{name}"


def bind(session: Session, scope: Scope, as_of: datetime, files: Path, out: IO[bytes]) -> str:
    """Write the binder to ``out``; gives the SHA-256 of its list of sums, to be noted on paper.

    ``scope`` names a plan and a year, and may name a unit or a round of it. Raises :class:`DubanError` when
    the plan is not in force that year, or unit or round are not in the book.
    """
    title, local = title_of(session, scope), as_of.astimezone(SHANGHAI).replace(tzinfo=None)
    with Archive(out, local) as archive:
        here = Binding(session, scope, as_of, files, archive, title)
        for part in PARTS:
            part(here)
        archive.add("00 目录.txt", _contents(here).encode())
        return archive.seal()


def title_of(session: Session, scope: Scope) -> str:
    """Give in words what is filed; raises as :func:`bind` does."""
    plan = _plan_of(session, scope)
    parts = [f"{scope.year}年 {plan.title}"]
    if scope.unit is not None:
        unit = lookup.unit_called(session, scope.unit)
        if unit is None or unit.code != scope.unit:
            raise DubanError(f"账簿中没有代码为“{scope.unit}”的单位。")
        parts.append(unit.name)
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


def _answers(here: Binding) -> None:
    scope = here.scope
    rounds = filed_rounds(here.session, scope.filters, here.as_of, scope.round_id)
    for number, one in enumerate(rounds, start=1):
        name = f"{number:03d} {file_name(one.title, 60)}"
        answers = list(filed_answers(here.session, one.id, here.as_of, scope.unit))
        if answers:
            here.add("上报材料", f"{name}.xlsx", _answer_sheet(one, answers, here.as_of))
        for answer in answers:
            _attachments(here, name, answer)


def _answer_sheet(found: FiledRound, answers: list[FiledAnswer], as_of: datetime) -> bytes:
    columns = [Column("单位", 18), Column("版次", 6, "number"), Column("收到时间", 17, "date")]
    columns += [Column("报送人", 12), *(Column(field["label"], 16) for field in found.form)]
    columns += [Column("备注", 24)]
    rows = [
        (
            *(one.unit, one.version, one.received_at, one.by),
            *(_said(field, one) for field in found.form),
            f"零报告。{one.note}" if one.nil else one.note,
        )
        for one in answers
    ]
    said = [f"依据：{found.clause}", f"截至：{in_words(as_of)}"]
    return write_listing(found.title, said, columns, rows, "", sheet="上报内容", dated=as_of)


def _said(field: dict[str, Any], one: FiledAnswer) -> str:
    return "" if one.nil else answer_in_words(field, one.answers, one.files)


def _attachments(here: Binding, round_name: str, answer: FiledAnswer) -> None:
    """Copy the files that the version which stood then names; one that is gone from the disk is told of."""
    named = str(answer.answers)
    for digest, name in answer.files.items():
        if digest not in named:
            continue
        where = f"{round_name} 附件/{file_name(answer.unit)}/{digest[:8]} {file_name(name)}"
        path = place(here.files, digest)
        if path.is_file():
            here.archive.add_file(here.path("上报材料", where), path)
        else:
            gone = f"附件“{name}”的文件不见了，校验码 {digest}。\n"
            here.add("上报材料", f"{where}（缺失）.txt", gone.encode())


def _journal(here: Binding) -> None:
    scope = here.scope
    told = excerpt(here.session, here.as_of, unit=scope.unit, round_id=scope.round_id)
    here.add("留痕", "留痕摘录.jsonl", told)
    here.add("留痕", "校验码.txt", chain(here.session, here.as_of))
    here.add("留痕", "怎样查验.txt", _HOW.encode())


_HOW = """一、文件没有改动过：解压后执行 sha256sum --check SHA256SUMS.txt，应当全部通过。
二、摘录的留痕没有改动过：留痕摘录.jsonl 每行一条。取 [seq, at, actor, action, subject]，写成不含空格的 JSON，
　　去掉末尾的方括号，接上逗号、detail 的原文、逗号、previous 的 JSON 和方括号，算出的 SHA-256 应等于 hash。
三、摘录与全部留痕相连：该条的 previous 应等于校验码.txt 中前一条的校验码，hash 应等于同一条的校验码。
四、校验码就是账簿里的：在督办的“留痕”页面粘贴条号和校验码，或执行 duban verify，程序逐条重算。
账号、链接、联系人和重点对象的查看记录不摘录；其校验码仍在校验码.txt 中，留痕的次序不因此中断。
"""


def _contents(here: Binding) -> str:
    lines = [f"{here.title}", f"迎检资料目录　截至{in_words(here.as_of)}", ""]
    folder = ""
    for name in sorted(here.archive.sums):
        head, _, rest = name.partition("/")
        if head != folder:
            folder = head
            lines += ["", folder]
        lines.append(f"　{rest}")
    return "\n".join([*lines, "", "各文件的 SHA-256 见 SHA256SUMS.txt。", ""])


PARTS: tuple[Callable[[Binding], None], ...] = (_plan, _ledgers, _answers, _journal)
