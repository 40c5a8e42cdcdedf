"""In the binder, round by round: the notice (下达通知), and what units answered (上报材料) with its files.

A round bears the same number in both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..documents.archive import file_name
from ..documents.listing import Column, write_listing
from ..documents.official import write
from ..ledger.filed_answers import filed_answers, filed_rounds, filed_silent
from ..obligations.forms import answer_in_words
from ..obligations.moments import in_words
from .papers import name_of
from .papers_rounds import notice_paper

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from ..ledger.filed_answers import FiledAnswer, FiledRound, FiledSilence
    from .binding import Binding

_FOLDER = "上报材料"


def notices(here: Binding) -> None:
    """Write the notice of each round that had opened, as it went out."""
    for number, one in _numbered(here):
        paper = notice_paper(here.session, one.id)
        here.add("方案", f"下达通知/{number:03d} {name_of(paper)}", write(paper))


def answers(here: Binding) -> None:
    """Write what was answered in each round, as it stood then; where nothing was, who was let off or owes.

    So no number is left out, and who inspects sees that nothing was taken away.
    """
    scope = here.scope
    for number, one in _numbered(here):
        name = f"{number:03d} {file_name(one.title, 60)}"
        found = list(filed_answers(here.session, one.id, here.as_of, scope.unit))
        if found:
            here.add(_FOLDER, f"{name}.xlsx", _workbook(one, found, here.as_of))
        else:
            silent = filed_silent(here.session, one.id, here.as_of, scope.unit)
            here.add(_FOLDER, f"{name}（{_why(silent)}）.xlsx", _silence(one, silent, here.as_of))
        for answer in found:
            _attachments(here, name, answer)


def _numbered(here: Binding) -> Iterator[tuple[int, FiledRound]]:
    """Give the rounds with their numbers, from 1 in the order of their opening."""
    scope = here.scope
    return enumerate(filed_rounds(here.session, scope.filters, here.as_of, scope.round_id), start=1)


def _workbook(found: FiledRound, answers: list[FiledAnswer], as_of: datetime) -> bytes:
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


def _why(silent: list[FiledSilence]) -> str:
    """Say in a word why a round has no answer."""
    if not silent:
        return "没有责任单位"
    return "免报" if all(one.exempt for one in silent) else "无人报送" if len(silent) > 1 else "未报送"


def _silence(found: FiledRound, silent: list[FiledSilence], as_of: datetime) -> bytes:
    columns = [Column("单位", 18), Column("情况", 16), Column("免报理由", 40)]
    rows = [(one.unit, "免报" if one.exempt else "未报送", one.exempt) for one in silent]
    said = [f"依据：{found.clause}", f"截至：{in_words(as_of)}，没有收到报送"]
    return write_listing(found.title, said, columns, rows, "", sheet="上报内容", dated=as_of)


def _said(field: dict[str, Any], one: FiledAnswer) -> str:
    return "" if one.nil else answer_in_words(field, one.answers, one.files)


def _attachments(here: Binding, round_name: str, answer: FiledAnswer) -> None:
    """Copy the files that the version which stood then names."""
    named = str(answer.answers)
    for digest, name in answer.files.items():
        if digest in named:
            here.add_stored(_FOLDER, f"{round_name} 附件/{file_name(answer.unit)}", digest, name)
