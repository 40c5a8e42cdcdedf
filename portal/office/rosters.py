"""A roster file brought in: looked at first, written only when somebody has seen what would change."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path as InPath
from fastapi.responses import HTMLResponse, Response

from ...documents.roster import read_sent_roster, write_template
from ...ledger import attachments
from ...ledger.attachments import NotStoredError
from ...ledger.units import codes, import_roster, preview_roster
from ...obligations.errors import DubanError, InputError
from ..access import AbsentError, Act, Here, may
from ..limits import Form
from ..pages import go, page
from .history_words import changes
from .sent_files import download, kept, only_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...obligations.errors import Problem
    from ...obligations.roster import Roster

router = APIRouter(include_in_schema=False)
People = Annotated[Here, Depends(may(Act.PEOPLE))]
Digest = Annotated[str, InPath(pattern="^[0-9a-f]{64}$")]
Kind = Annotated[str, InPath(pattern="^(xlsx|csv|yaml|yml)$")]
TEMPLATE = "单位名册.xlsx"
_KINDS = ("xlsx", "csv", "yaml", "yml")


@router.get("/units/roster")
def roster(here: People) -> HTMLResponse:
    """Show how to bring a roster in."""
    return _ask(here)


@router.get("/units/template.xlsx", dependencies=[Depends(may(Act.PEOPLE))])
def template() -> Response:
    """Give an empty roster to fill in."""
    with TemporaryDirectory() as folder:
        write_template(Path(folder) / TEMPLATE)
        return download((Path(folder) / TEMPLATE).read_bytes(), TEMPLATE)


@router.post("/units/roster")
def upload(here: People, form: Form) -> Response:
    """Take a file to look at; nothing of it is written yet."""
    try:
        name, data = only_file(form, "file")
        kind = name.rpartition(".")[2].lower()
        read_sent_roster(data, name, _known(here))
    except NotStoredError:
        raise
    except DubanError as wrong:
        return _ask(here, wrong)
    digest = attachments.store(here.counter.attachments, data)
    return go(f"/units/roster/{digest}.{kind if kind in _KINDS else 'xlsx'}")


@router.get("/units/roster/{digest}.{kind}")
def look(here: People, digest: Digest, kind: Kind) -> HTMLResponse:
    """Show what a file would change."""
    try:
        found = _roster(here, digest, kind)
        with here.read() as desk:
            report, changed = preview_roster(desk.session, found, desk.now)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _ask(here, wrong)
    return page(
        *(here, "office/roster_preview.html"),
        report=report,
        roster=found,
        names={unit.code: unit.name for unit in found.units},
        changed={code: changes(said) for code, said in changed.items()},
        address=here.request.url.path,
        section="units",
    )


@router.post("/units/roster/{digest}.{kind}")
def bring_in(here: People, digest: Digest, kind: Kind) -> Response:
    """Write what was looked at into the book, all or nothing."""
    try:
        found = _roster(here, digest, kind)
        with here.write() as desk:
            report = import_roster(desk.session, found, desk.now, desk.caller.by)
    except AbsentError:
        raise
    except DubanError as wrong:
        return _ask(here, wrong)
    return page(here, "office/roster_done.html", report=report, section="units")


def _roster(here: Here, digest: str, kind: str) -> Roster:
    return read_sent_roster(kept(here, digest), f"名册.{kind}", _known(here))


def _known(here: Here) -> frozenset[str]:
    with here.read() as desk:
        return codes(desk.session)


def _ask(here: Here, wrong: DubanError | None = None) -> HTMLResponse:
    problems: Sequence[Problem] = wrong.problems if isinstance(wrong, InputError) else ()
    said = "" if wrong is None or problems else str(wrong)
    status = 422 if wrong else 200
    return page(here, "office/roster.html", status=status, problems=problems, wrong=said, section="units")
