"""Photos and papers that come with a finding: of the place as it was found, of the work that was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from ..obligations.errors import DubanError
from . import journal
from .kept_findings import FILES
from .tables import FindingFile
from .upsert import insert_new

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from .attachments import FileFacts
    from .tables import FindingStep

MOST = 30  # files for one finding


def attach(session: Session, step: FindingStep, files: Sequence[FileFacts]) -> None:
    """Note that files, stored already, came with a step; the same file twice is one.

    Raises :class:`DubanError` when there are too many.
    """
    there = {row.sha256 for row in of(session, step.finding_id)}
    fresh = {file.sha256: file for file in files if file.sha256 not in there}
    if len(there) + len(fresh) > MOST:
        raise DubanError(f"每处隐患最多传{MOST}个附件，现在一共有{len(there) + len(fresh)}个。")
    rows = [row for file in fresh.values() if (row := _add(session, step, file)) is not None]
    notes = [journal.Note("finding.file", f"finding/{step.finding_id}", FILES.said(row)) for row in rows]
    journal.append_many(session, step.at, step.by, notes)


def _add(session: Session, step: FindingStep, file: FileFacts) -> FindingFile | None:
    values = {
        "finding_id": step.finding_id,
        "step_id": step.id,
        "sha256": file.sha256,
        "name": file.name,
        "media_type": file.media_type,
        "size": len(file.data),
        "at": step.at,
        "by": step.by,
    }
    written = insert_new(session, FindingFile, values, ("finding_id", "sha256"))
    return None if written is None else session.get(FindingFile, written)


def of(session: Session, finding_id: int) -> list[FindingFile]:
    """Give the files of a finding, in the order in which they came."""
    query = select(FindingFile).where(FindingFile.finding_id == finding_id).order_by(FindingFile.id)
    return list(session.scalars(query))


def one(session: Session, finding_id: int, sha256: str) -> FindingFile | None:
    """Give a file by its finding and its SHA-256."""
    here = FindingFile.finding_id == finding_id
    return session.scalar(select(FindingFile).where(here, FindingFile.sha256 == sha256))
