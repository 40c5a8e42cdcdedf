"""The versions of a report in words: what each says, and what it says differently from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...obligations.words import Via
from ..files import SHOWN
from ..filled import in_words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ...ledger.matter import Version
    from ...ledger.tables import Submission, Upload, Verdict

    Field = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One answer in words; ``was`` is what the version before said, None where it said the same."""

    label: str
    text: str
    was: str | None
    files: Sequence[Upload] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One version: the row, how it came, its answers, and what the office said to it, if anything yet."""

    report: Submission
    via: Via
    answers: Sequence[Said]
    verdict: Verdict | None
    note_was: str | None


def told(form: Sequence[Field], versions: Sequence[Version], uploads: Sequence[Upload]) -> list[Told]:
    """Give the versions in words, in their order."""
    found: list[Told] = []
    for index, one in enumerate(versions):
        before = versions[index - 1].report if index else None
        found.append(_told(form, one, before, uploads))
    return found


def _told(form: Sequence[Field], one: Version, before: Submission | None, uploads: Sequence[Upload]) -> Told:
    report = one.report
    answers = [_said(field, report, before, uploads) for field in form]
    changed = before is not None and before.note != report.note
    return Told(
        report=report,
        via=Via(report.via),
        answers=[] if report.nil else [one for one in answers if one.text or one.was],
        verdict=one.verdict,
        note_was=before.note if before is not None and changed else None,
    )


def _said(field: Field, report: Submission, before: Submission | None, uploads: Sequence[Upload]) -> Said:
    text = in_words(field, report.answers, uploads)
    was = in_words(field, before.answers, uploads) if before is not None and not before.nil else None
    answer = report.answers.get(field["key"])
    named: set[Any] = set(answer) if isinstance(answer, list) and field["type"] == "files" else set()  # pyright: ignore[reportUnknownArgumentType] - of JSON
    files = [one for one in uploads if one.sha256 in named]
    return Said(field["label"], text, None if was == text else was, files)


def shown(upload: Upload) -> bool:
    """Tell whether a file is a photo of our own encoding, which may be looked at inside a page."""
    return upload.media_type in SHOWN
