"""A book moves from SQLite to PostgreSQL: all or nothing, proved equal, as often as one likes."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from ..ledger import copying
from ..ledger.copying import Head, Sum
from ..ledger.heads import check_head
from ..obligations.errors import DubanError
from .restoring import prove

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from sqlalchemy.orm import Session

    from ..ledger.book import Book


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved: each table's sum, equal in both books, the journal's head, and what stood there before.

    ``replaced`` is the head of the older copy that this one took the place of, if there was one.
    """

    tables: Mapping[str, Sum]
    head: Head
    replaced: Head | None

    @property
    def rows(self) -> int:
        """Give how many rows there are in all."""
        return sum(one.rows for one in self.tables.values())


def move(source: Book, target: Book, files: Path | None) -> Moved:
    """Copy one moment of a SQLite book to PostgreSQL, and prove the copy: counts, sums, the journal's chain.

    The source is only read. An older copy of the same book is replaced, so that one may rehearse the move and
    repeat it on the day. ``files`` is the folder of attachments, if their bytes are to be proved too. Raises
    :class:`DubanError` when the target holds what the source does not, and then changes nothing in it.
    """
    if not source.is_sqlite or target.is_sqlite:
        raise DubanError("只能从 SQLite 账簿迁到 PostgreSQL；其他情形请用 duban backup 和 duban restore。")
    target.migrate()
    with source.read() as reading, target.write() as writing:
        head, sums = copying.head(reading), dict[str, Sum]()
        before = _replaced(reading, writing, target.name)
        for table in copying.tables():
            copying.fill(writing, table, _summed(reading, table, sums))
        prove(writing, sums, head, files)
    return Moved(sums, head, before)


def _replaced(reading: Session, writing: Session, where: str) -> Head | None:
    if copying.is_empty(writing):
        return None
    before = copying.head(writing)
    if not check_head(reading, before.seq, before.hash).same:
        raise DubanError(
            f"账簿 {where} 中已有本账簿没有的内容（留痕至第{before.seq}条），没有改动；请迁到一个空的库。"
        )
    copying.clear(writing)
    return before


def _summed(session: Session, table: str, sums: dict[str, Sum]) -> Iterator[str]:
    count, digest = 0, sha256()
    for line in copying.lines(session, table):
        count += 1
        digest.update(f"{line}\n".encode())
        yield line
    sums[table] = Sum(count, digest.hexdigest())
