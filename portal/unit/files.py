"""Photos and documents that a unit sends: looked at, cleaned, laid under their SHA-256, given back to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.responses import FileResponse, JSONResponse, Response

from ...documents.plain_text import plain_line
from ...documents.uploads import LONGEST_NAME
from ...ledger import attachments, reports
from ...ledger.attachments import FileFacts, NotStoredError
from ...ledger.explain import BookError
from ...ledger.tables import Round
from ...obligations import moves
from ...obligations.errors import DubanError
from ..access import AbsentError
from ..asked import Number
from ..failing import UNAVAILABLE, note, noted
from ..files import Digest, look_at, serve
from ..filled import given, words
from ..limits import LARGEST_FILE, LARGEST_FORM, Form, Sent
from .visit import Mine

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.datastructures import UploadFile

    from ..access import Here

    Field = Mapping[str, Any]

router = APIRouter(prefix="/l/{token}", include_in_schema=False)
TOO_LARGE = (
    f"有照片或附件过大，没有收下：每个不超过{LARGEST_FILE // 1_000_000} MB，"
    f"合计不超过{LARGEST_FORM // 1_000_000} MB"
)


@dataclass(slots=True)
class Taken:
    """Files that came with a form: the SHA-256 of those kept, and what is wrong with the others, by key."""

    digests: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    faults: dict[str, str] = field(default_factory=dict[str, str])


def take(here: Here, obligation_id: int, sent: Sent) -> Taken:
    """Keep the files of a form; they are in the book before the report that names them.

    What cannot be kept is a fault of its entry, and the rest is kept all the same.
    """
    taken = Taken()
    if not (sent.refused or sent.unstored or any(name.startswith("up-") for name in sent.form)):
        return taken
    for key in _keys(here, obligation_id):
        name = f"up-{key}"
        if name in sent.refused:
            taken.faults[key] = f"：{TOO_LARGE}"
        if name in sent.unstored:
            note(here.request, wrong := NotStoredError(sent.unstored[name]))
            taken.faults[key] = f"：{here.told(wrong).rstrip('。')}"
        _take_entry(here, obligation_id, key, sent.files(name), taken)
    return taken


def answers_with(files: Taken, form: Sequence[Field], sent: Sent) -> tuple[dict[str, str], str]:
    """Give the answers and the note of a form that came with files.

    Where others lie is noted beside those that are here: an entry holds files or words, never both.
    """
    texts, note = given(form, sent.form), sent.one("note")
    for key, label in ((one["key"], one["label"]) for one in form if one["type"] == "files"):
        digests = [*words(sent.form, f"f-{key}"), *files.digests.get(key, ())]
        if digests:
            elsewhere = sent.one(f"f-{key}-text")
            texts[key] = " ".join(dict.fromkeys(digests))
            note = "\n".join(part for part in (note, elsewhere and f"{label}：{elsewhere}") if part)
    return texts, note


def _keys(here: Here, obligation_id: int) -> list[str]:
    """Give the entries for files of a form that may be filled in; nothing is kept for any other."""
    with here.read() as desk:
        found = desk.obligation(obligation_id)
        try:
            moves.check_submit(reports.facts(desk.session, found), here.now)
        except DubanError:  # the report itself says so, with what was typed
            return []
        form: Sequence[Field] = desk.session.get_one(Round, found.round_id).form
        return [one["key"] for one in form if one["type"] == "files"]


def _take_entry(here: Here, obligation_id: int, key: str, files: Sequence[UploadFile], taken: Taken) -> None:
    kept: list[FileFacts] = []
    for file in files:
        try:
            kept.append(_stored(here, obligation_id, file, kept))
        except DubanError as wrong:
            name = plain_line(file.filename or "")[-LONGEST_NAME:]
            taken.faults[key] = f"“{name}”：{here.told(wrong).rstrip('。')}"
    if not kept:
        return
    try:
        _note(here, obligation_id, kept)
    except DubanError as wrong:
        taken.faults[key] = f"：{here.told(wrong).rstrip('。')}"
    else:
        taken.digests[key] = [one.sha256 for one in kept]


def _stored(here: Here, obligation_id: int, file: UploadFile, ahead: Sequence[FileFacts] = ()) -> FileFacts:
    facts = look_at(file.file.read(), file.filename or "")
    others = [one.sha256 for one in ahead]
    with here.read() as desk:
        attachments.check_room(desk.session, desk.obligation(obligation_id), facts.sha256, others)
    with noted(here.request):
        attachments.store(here.counter.attachments, facts.data)
    return facts


def _note(here: Here, obligation_id: int, kept: Sequence[FileFacts]) -> None:
    with here.write() as desk:
        found = desk.obligation(obligation_id, lock=True)
        for one in kept:
            attachments.receive(desk.session, found, one, here.now, here.caller.by)


@router.post("/{obligation_id:int}/file")
def upload(here: Mine, obligation_id: Number, sent: Form) -> Response:
    """Keep one file ahead of the report that will name it; for the script of the page."""
    if sent.refused:
        return JSONResponse({"detail": f"{TOO_LARGE}。"}, 413)
    try:
        with here.read() as desk:
            moves.check_submit(reports.facts(desk.session, desk.obligation(obligation_id)), here.now)
        facts = _stored(here, obligation_id, _only(sent))
        _note(here, obligation_id, [facts])
    except AbsentError:
        raise
    except BookError as wrong:
        note(here.request, wrong)
        return JSONResponse({"detail": wrong.said}, UNAVAILABLE)
    except DubanError as wrong:
        return JSONResponse({"detail": str(wrong)}, 422)
    return JSONResponse({"sha256": facts.sha256, "name": facts.name, "size": len(facts.data)})


def _only(sent: Sent) -> UploadFile:
    if sent.unstored:
        raise NotStoredError(next(iter(sent.unstored.values())))
    files = sent.files("file")
    if len(files) != 1:
        raise DubanError("请一次传一个文件。")
    return files[0]


@router.get("/{obligation_id:int}/file/{sha256}")
def download(here: Mine, obligation_id: Number, sha256: Digest) -> FileResponse:
    """Give a file back to the unit that sent it."""
    with here.read() as desk:
        row = desk.upload(obligation_id, sha256)
    return serve(here.counter.attachments, row)
