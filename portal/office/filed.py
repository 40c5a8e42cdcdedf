"""What a township files, handed to a browser: the ledgers as workbooks, and the binder as one archive."""

from __future__ import annotations

from contextlib import contextmanager
from tempfile import TemporaryFile
from threading import Lock
from typing import IO, TYPE_CHECKING, Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends
from fastapi.responses import Response, StreamingResponse

from ...app.binder import bind, title_of
from ...app.ledgers import LEDGERS, Scope
from ...app.papers_meetings import host_of
from ...documents.archive import BLOCK, file_name
from ...ledger import journal, lookup
from ...obligations.errors import DubanError
from .. import asked
from ..access import AbsentError, Act, Here, may
from ..supervise.when import as_of
from ..supervise.workbook import hand_out
from .papers_index import offer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from fastapi import Request

    from ...ledger.book import Session
    from ..supervise.when import AsOf

router = APIRouter(include_in_schema=False)
Looking = Annotated[Here, Depends(may(Act.LOOK))]
_binding = Lock()


@router.get("/papers/ledgers/{kind}.xlsx")
def ledger(here: Looking, kind: str) -> Response:
    """Give a ledger of a plan and year, of one unit if asked, as of now or of a past day."""
    if kind not in LEDGERS:
        raise AbsentError
    chosen, when = LEDGERS[kind], as_of(here.request, here.now)
    if when.wrong:
        return offer(here, when.wrong)
    try:
        with here.read() as desk:
            scope = _scope(desk.session, here.request)
            content = chosen.write(desk.session, scope, when.at, title_of(desk.session, scope, when.at))
    except DubanError as wrong:
        return offer(here, str(wrong))
    name = f"{chosen.name}-截至{when.day or f'{when.now_day:%Y-%m-%d}'}.xlsx"
    detail = {"kind": kind, "plan": scope.slug, "year": scope.year, "unit": scope.unit, "as_of": when.at}
    return hand_out(here, "ledger", name, content, detail)


@router.get("/papers/binder.zip")
def binder(here: Looking) -> Response:
    """Give the binder of a campaign, a unit or a round, as of now or of a past day."""
    when = as_of(here.request, here.now)
    if when.wrong:
        return offer(here, when.wrong)
    try:
        return _bound(here, when)
    except DubanError as wrong:
        return offer(here, str(wrong))


def _bound(here: Here, when: AsOf) -> StreamingResponse:
    """Write the binder to the disk first, one at a time, to be sent block by block then."""
    # The file outlives this function: it is closed once it has been sent.
    file = TemporaryFile()  # noqa: SIM115
    try:
        with _one_at_a_time(), here.read() as desk:
            scope = _scope(desk.session, here.request)
            host = host_of(here.counter.public_url)
            digest = bind(desk.session, scope, when.at, here.counter.attachments, file, host=host)
            title = title_of(desk.session, scope, when.at)
        detail = {"plan": scope.slug, "year": scope.year, "unit": scope.unit, "round": scope.round_id}
        detail |= {"as_of": when.at, "sums": digest}
        with here.write() as desk:
            journal.append(
                desk.session, here.counter.now(), here.caller.by, "binder.exported", "binder", detail
            )
    except BaseException:
        file.close()
        raise
    name = file_name(title.replace("　", " "))
    return _sent(file, f"迎检资料-{name}-截至{when.day or f'{when.now_day:%Y-%m-%d}'}.zip")


def _scope(session: Session, request: Request) -> Scope:
    slug, year = asked.text(request, "plan"), asked.whole(request, "year")
    unit = asked.text(request, "unit")
    found = lookup.unit_called(session, slug or "", unit) if unit else None
    if unit and found is None:
        raise DubanError(f"账簿中没有单位“{unit[:40]}”。")
    return Scope(slug, year, found.code if found else None, asked.whole(request, "round"))


@contextmanager
def _one_at_a_time() -> Generator[None]:
    if not _binding.acquire(blocking=False):
        raise DubanError("另一份迎检资料正在装订，请几分钟后再来。")
    try:
        yield
    finally:
        _binding.release()


def _sent(file: IO[bytes], name: str) -> StreamingResponse:
    size = file.tell()
    named = f"attachment; filename=\"binder.zip\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"content-disposition": named, "content-length": str(size), "cache-control": "no-store"}
    return StreamingResponse(_blocks(file), media_type="application/zip", headers=headers)


def _blocks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        _ = file.seek(0)
        while block := file.read(BLOCK):
            yield block
