"""Findings for those who may see them, and what the forms about them have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..ledger import attachments, duties, finding_files, finding_importing, findings
from ..ledger.attachments import FileFacts, NotStoredError
from ..ledger.tables import Finding
from ..obligations.errors import DubanError
from ..obligations.finding_entry import COLUMNS, read_entry
from .access import AbsentError
from .failing import note, noted
from .files import look_at
from .limits import LARGEST_FILE, LARGEST_FORM

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..ledger.tables import FindingFile, Round
    from ..obligations.finding_entry import Read
    from .access import Desk, Here
    from .limits import Sent

PHOTOS = "photos"
MOST_FILES = 9
NAMES = tuple(column.key for column in COLUMNS if column.key not in ("number", "fixed_on", "closing"))


def finding_of(desk: Desk, finding_id: int, *, lock: bool = False) -> Finding:
    """Give a finding, locked for this transaction if asked; a unit sees those that it has to rectify.

    Raises :class:`AbsentError`.
    """
    found = findings.locked(desk.session, finding_id) if lock else desk.session.get(Finding, finding_id)
    unit_id = desk.caller.unit_id
    if found is None or (unit_id is not None and found.unit_id != unit_id):
        raise AbsentError
    return found


def file_of(desk: Desk, finding_id: int, sha256: str) -> FindingFile:
    """Give a file of a finding that the caller may see; raises :class:`AbsentError`."""
    found = finding_files.one(desk.session, finding_of(desk, finding_id).id, sha256)
    if found is None:
        raise AbsentError
    return found


def registers_findings(desk: Desk, found: Round) -> bool:
    """Tell whether findings are registered with the reports of a round, as its duty says."""
    duty = duties.duty_of(desk.session, found)
    return duty is not None and duty.findings


def typed_of(sent: Sent) -> dict[str, str]:
    """Give what was typed into the entries of a finding, by column."""
    return {name: sent.one(name) for name in NAMES}


def read_typed(desk: Desk, typed: Mapping[str, str]) -> Read:
    """Read what was typed, held against the units that there are."""
    units = finding_importing.units_by_code(desk.session, desk.now, of=desk.caller.unit_id)
    return read_entry(typed, units, desk.now)


def photos_of(here: Here, sent: Sent) -> list[FileFacts]:
    """Keep the photos and papers of a form, cleaned; raises :class:`DubanError` for one that is not taken."""
    if PHOTOS in sent.refused:
        size = f"每个不超过{LARGEST_FILE // 1_000_000} MB，合计不超过{LARGEST_FORM // 1_000_000} MB"
        raise DubanError(f"有照片或附件过大，没有收下：{size}。")
    if PHOTOS in sent.unstored:
        note(here.request, wrong := NotStoredError(sent.unstored[PHOTOS]))
        raise wrong
    files = sent.files(PHOTOS)
    if len(files) > MOST_FILES:
        raise DubanError(f"一次最多传{MOST_FILES}个照片或附件，选了{len(files)}个。")
    kept = [look_at(file.file.read(), file.filename or "") for file in files]
    with noted(here.request):
        for one in kept:
            attachments.store(here.counter.attachments, one.data)
    return kept
