"""The page of one obligation as a unit sees it: what is asked, what was said, and the form to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...ledger.explain import BookError
from ...ledger.matter import last_time, matter
from ...obligations.forms import form_digest
from ...obligations.words import RemarkKind, State
from ..filled import entered, in_words, noted
from ..findings_seen import registers_findings
from ..pages import page
from .visit import done_words

if TYPE_CHECKING:
    from fastapi.responses import HTMLResponse

    from ...ledger.matter import Before, Matter
    from ...ledger.tables import Submission, Upload
    from ...obligations.errors import DubanError
    from ..access import Here

    Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed that could not be taken: answers by key, the note, what is wrong, and why not."""

    texts: Mapping[str, str]
    note: str
    key: str
    faults: Mapping[str, str]
    wrong: DubanError


@dataclass(frozen=True, slots=True)
class Request:
    """A request to the office that could not be taken: which, and what was typed into it."""

    what: str
    texts: Mapping[str, str]
    wrong: DubanError


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a form with what stands in it; ``value`` is a list for a checklist."""

    field: Field
    value: str | list[str]
    wrong: str
    before: str
    files: Sequence[Upload]


def answer_page(
    here: Here,
    obligation_id: int,
    *,
    status: int = 200,
    typed: Typed | None = None,
    request: Request | None = None,
) -> HTMLResponse:
    """Give the page of an obligation: fresh, or with what was typed and a sentence why it was not taken.

    Raises :class:`AbsentError`.
    """
    with here.read() as desk:
        found = matter(desk.session, desk.obligation(obligation_id), here.now)
        finds = not here.caller.board and registers_findings(desk, found.round)
        before = last_time(desk.session, found.round, found.obligation.unit_id)
    entries = _entries(found, typed, before)
    shown = {
        "m": found,
        "before": before,
        "entries": entries,
        "lines": told(found, found.last.report) if found.last else [],
        "own": _own(found),
        "kept": _kept(entries, typed),
        "note": typed.note if typed else noted(found.last.report if found.last else None),
        "key": fresh(here, found, typed.key if typed else ""),
        "form": form_digest(found.round.form),
        "open": found.takes_reports(here.now),
        "may_ask": _may_ask(here, found),
        "may_pass": found.standing.state in (State.OWED, State.RETURNED) and not waiting(found.transfers),
        "talk": [one for one in found.remarks if one.kind != str(RemarkKind.CALL)],
        "said": _said(here, found, typed, request),
        "typed": typed,
        "asked": request,
        "finds": finds,
        "done": done_words(here),
    }
    return page(here, "unit/answer.html", status=status, **shown)


def told(found: Matter, report: Submission) -> list[tuple[str, str]]:
    """Give what a version says, as labels with answers in words; what was left blank is left out."""
    form: Sequence[Field] = found.round.form
    lines = [(one["label"], in_words(one, report.answers, found.uploads)) for one in form]
    said = [("上报内容", "零报告（本期无情况）")] if report.nil else [one for one in lines if one[1]]
    return [*said, *([("备注", report.note)] if report.note else [])]


def fresh(here: Here, found: Matter, key: str) -> str:
    """Give the name under which a draft goes on: its own, or a new one when a report has that already."""
    return here.counter.new_token() if not key or _spent(found, key) else key


def key_kept(obligation_id: int, key: str) -> str:
    """Give the key under which the book keeps what a page sent under its own.

    A link may write what it likes into that; it must not take a key that another report would get.
    """
    return f"link-{obligation_id}-{key}"


def why(found: Matter, key: str, wrong: DubanError | None) -> str:
    """Give the sentence that says why a report was not taken; empty when nothing is wrong."""
    if isinstance(wrong, BookError):
        return f"{wrong.said}还没有报，填写的内容都在。"
    if wrong is not None and _spent(found, key):
        return "这一份此前已经报过，内容与现在填写的不同，没有覆盖。请核对；确需更正的，请再报一次。"
    return "" if wrong is None else str(wrong)


def _spent(found: Matter, key: str) -> bool:
    return any(one.report.key == key_kept(found.obligation.id, key) for one in found.versions)


def _said(here: Here, found: Matter, typed: Typed | None, request: Request | None) -> str:
    if typed is None:
        return here.told(request.wrong) if request else ""
    if typed.faults:
        return f"有{len(typed.faults)}处需要改正，还没有报；改好后请再报一次，已填的内容都在。"
    return why(found, typed.key, typed.wrong)


def _entries(found: Matter, typed: Typed | None, before: Before | None) -> list[Entry]:
    form: Sequence[Field] = found.round.form
    last = found.last.report.answers if found.last else {}
    texts = typed.texts if typed else entered(form, last)
    faults: Mapping[str, str] = typed.faults if typed else {}
    return [
        Entry(
            field=one,
            value=_value(one, texts.get(one["key"], ""), found),
            wrong=faults.get(one["key"], ""),
            before=_said_before(one, before),
            files=_files(texts.get(one["key"], ""), found),
        )
        for one in form
    ]


def _own(found: Matter) -> list[Upload]:
    """Give the files that the latest version names."""
    named = str(found.last.report.answers) if found.last else ""
    return [one for one in found.uploads if one.sha256 in named]


def _kept(entries: Sequence[Entry], typed: Typed | None) -> list[tuple[str, str]]:
    """Give what was typed in words, for a page that shows no form any more."""
    if typed is None:
        return []
    lines = [(one.field["label"], _words(one)) for one in entries]
    return [one for one in [*lines, ("备注", typed.note)] if one[1]]


def _words(entry: Entry) -> str:
    if entry.files:
        return "、".join(one.name for one in entry.files)
    return entry.value if isinstance(entry.value, str) else "、".join(entry.value)


def _value(entry: Field, text: str, found: Matter) -> str | list[str]:
    if entry["type"] == "checklist":
        return text.split("\n")
    return "" if entry["type"] == "files" and _files(text, found) else text


def _files(text: str, found: Matter) -> list[Upload]:
    digests = text.split()
    return [one for one in found.uploads if one.sha256 in digests]


def _said_before(entry: Field, before: Before | None) -> str:
    if before is None or before.nil:
        return ""
    answer = before.answers.get(entry["key"])
    if entry["type"] == "files" and isinstance(answer, list):
        return f"{len(answer)}个附件"  # pyright: ignore[reportUnknownArgumentType] - of JSON
    return in_words(entry, before.answers)


def _may_ask(here: Here, found: Matter) -> bool:
    due = found.standing.effective_due
    owed = found.standing.state in (State.OWED, State.RETURNED)
    return owed and due is not None and here.now <= due and not waiting(found.extensions)


def waiting(requests: Sequence[Any]) -> bool:
    """Tell whether one of these requests waits for its answer."""
    return any(one.decided_at is None for one in requests)
