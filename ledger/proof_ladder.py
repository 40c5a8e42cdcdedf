"""Holds the sheets that the program issued and closed by itself against the entries that cover them in bulk.

An entry names a run of numbers and a SHA-256 over what their sheets say, so that it stays small for a
million of them; closed ones are named by their numbers, a few hundred in an entry.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, String, cast, extract, func, select

from .digests import canonical
from .ladder_rows import PROGRAM
from .ladder_writing import Numbers
from .tables import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

ISSUED, CLOSED = "sheets.issued", "sheets.closed"
ACTIONS = (ISSUED, CLOSED)
CHUNK = 10_000
# No text that people or plans write has it, so that no two sheets read alike.
BETWEEN = "\x1f"


class Fault(NamedTuple):
    """What does not hold, as a Chinese sentence, and the number of the entry that it contradicts."""

    seq: int | None
    said: str


@dataclass(slots=True)
class Bulk:
    """What the journal says of sheets in bulk, gathered as it is walked."""

    issued: list[tuple[int, Numbers, datetime, str]] = field(
        default_factory=list[tuple[int, Numbers, datetime, str]]
    )
    closed: dict[tuple[str, str, int, int], tuple[int, str, str]] = field(
        default_factory=dict[tuple[str, str, int, int], tuple[int, str, str]]
    )

    def note(self, seq: int, action: str, said: Mapping[str, Any]) -> None:
        """Note what an entry says."""
        series, rung, year = said["series"], said["rung"], said["year"]
        if action == ISSUED:
            run = Numbers(series, rung, year, said["first"], said["last"])
            self.issued.append((seq, run, datetime.fromisoformat(said["at"]), said["sha256"]))
        else:
            for number in said["numbers"]:
                self.closed[series, rung, year, number] = (seq, said["at"], said["closing"])

    def fault(self, session: Session) -> Fault | None:
        """Give the first that does not hold."""
        return self._issued(session) or self._uncovered(session) or self._closed(session)

    def _issued(self, session: Session) -> Fault | None:
        for seq, run, at, digest in self.issued:
            if _of_program(session, run, at) != run.many or digest_of(session, run) != digest:
                which = f"{run.first}至{run.last}号" if run.many > 1 else f"{run.first}号"
                called = f"“{run.series}”{run.year}年催办单{which}"
                return Fault(seq, f"{called}与第{seq}条留痕所记的不符，被改动过")
        return None

    def _uncovered(self, session: Session) -> Fault | None:
        covered: Counter[tuple[str, str, int]] = Counter()
        for _, run, *_ in self.issued:
            covered[run.series, run.rung, run.year] += run.many
        of = (Sheet.series, Sheet.rung, Sheet.year)
        counted = select(*of, func.count()).where(Sheet.signed_by == PROGRAM).group_by(*of)
        for series, rung, year, many in session.execute(counted):
            if covered[series, rung, year] != many:
                return Fault(None, f"“{series}”{year}年由程序签发的催办单有{many}份，留痕所记的份数不同")
        return None

    def _closed(self, session: Session) -> Fault | None:
        query = select(
            *(Sheet.series, Sheet.rung, Sheet.year, Sheet.number, Sheet.closed_at, Sheet.closing)
        ).where(Sheet.closed_by == PROGRAM)
        entered = dict(self.closed)
        with session.execute(query.execution_options(yield_per=CHUNK)) as rows:
            for series, rung, year, number, closed_at, closing in rows:
                seq, at, words = entered.pop((series, rung, year, number), (None, "", ""))
                called = f"“{series}”{year}年催办单{number}号的办结"
                if seq is None:
                    return Fault(None, f"{called}没有留痕")
                if (_moment(closed_at), closing) != (at, words):
                    return Fault(seq, f"{called}与第{seq}条留痕所记的不符，被改动过")
        for (series, _, year, number), (seq, *_) in entered.items():
            return Fault(seq, f"第{seq}条留痕所记的“{series}”{year}年催办单{number}号的办结已不在账簿中")
        return None


def _moment(at: datetime | None) -> str:
    return canonical(at).strip('"')


def digest_of(session: Session, run: Numbers) -> str:
    """Give the SHA-256 over what the sheets of these numbers say, in order."""
    whole = sha256()
    query = select(_line()).where(*run.sheets).order_by(Sheet.number)
    # By the connection itself: a session looks at each row for objects.
    with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as rows:
        for part in rows.partitions():
            whole.update("".join([f"{line}\n" for (line,) in part]).encode())
    return whole.hexdigest()


def _line() -> ColumnElement[str]:
    """Spell as one text what differs from sheet to sheet; what is alike in a run is counted instead."""
    limit = cast(extract("epoch", Sheet.limit_at), BigInteger)
    numbers = (Sheet.number, Sheet.unit_id, Sheet.limit_days, limit)
    line: ColumnElement[str] = func.coalesce(cast(Sheet.obligation_id, String), "")
    line = line + BETWEEN + func.coalesce(cast(Sheet.finding_id, String), "")
    for column in numbers:
        line = line + BETWEEN + cast(column, String)
    texts = (Sheet.responsible, Sheet.lead, Sheet.reason, Sheet.clause, Sheet.basis, Sheet.matter)
    for text in (*texts, Sheet.requirement):
        line = line + BETWEEN + text
    return line


def _of_program(session: Session, run: Numbers, at: datetime) -> int:
    """Count the sheets of a run that the program made and signed at that moment, because of the ladder."""
    alike = (Sheet.cause == "ladder", Sheet.made_by == PROGRAM, Sheet.signed_by == PROGRAM)
    then = (Sheet.made_at == at, Sheet.issued_at == at)
    query = select(func.count()).select_from(Sheet).where(*run.sheets, *alike, *then)
    return session.scalar(query) or 0
