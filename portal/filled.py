"""What people type into a round's form, and its answers in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import Depends
from starlette.datastructures import FormData

from ..obligations.forms import answer_in_words, fault_of, plain_number
from ..obligations.words import Via
from .limits import Form

if TYPE_CHECKING:
    from ..ledger.tables import Submission, Upload

    Field = Mapping[str, Any]


# How a report reached the desk, and what the one who brought it is called in the note.
BROUGHT = {Via.PHONE: "电话报告人", Via.PAPER: "纸质材料报送人", Via.DESK: "到窗口报送人"}


async def _typed(sent: Form) -> FormData:
    return sent.form


# What was posted, for routes whose names of fields are only known when they run.
Typed = Annotated[FormData, Depends(_typed)]


def word(typed: FormData, name: str) -> str:
    """Give what was typed under a name, without the space around it; empty if nothing, or a file, was."""
    found = typed.get(name)
    return found.strip() if isinstance(found, str) else ""


def words(typed: FormData, name: str) -> list[str]:
    """Give all that was ticked or typed under a name."""
    return [one.strip() for one in typed.getlist(name) if isinstance(one, str) and one.strip()]


def given(form: Sequence[Field], typed: FormData) -> dict[str, str]:
    """Give what was typed into ``templates/form.html`` as ``forms.read_answers`` takes it, by key.

    A checklist's items stand one to a line; files that are kept, by their SHA-256.
    """
    texts = {field["key"]: _text(field, typed) for field in form}
    return {key: text for key, text in texts.items() if text}


def _text(field: Field, typed: FormData) -> str:
    name = f"f-{field['key']}"
    if field["type"] == "checklist":
        return "\n".join(words(typed, name))
    if field["type"] == "files":
        return " ".join(words(typed, name)) or word(typed, f"{name}-text")
    return word(typed, name)


def faults(form: Sequence[Field], texts: Mapping[str, str]) -> dict[str, str]:
    """Give what is wrong with each entry, by key, as a clause to follow its label."""
    found = {field["key"]: fault_of(field, texts.get(field["key"], "")) for field in form}
    return {key: wrong for key, wrong in found.items() if wrong}


def entered(form: Sequence[Field], answers: Mapping[str, Any]) -> dict[str, str]:
    """Give a report's answers as they would be typed, so that a form can begin with them."""
    return {key: _typed_as(answers[key]) for key in (one["key"] for one in form) if key in answers}


def _typed_as(answer: Any) -> str:
    if isinstance(answer, list):
        return "\n".join(map(str, cast("list[Any]", answer)))
    return plain_number(answer) if isinstance(answer, (int, float)) else str(answer)


def noted(report: Submission | None) -> str:
    """Give the note with which a correction of a report begins: what a nil report says of none is left out.

    So is the line that an office put before it to say who brought the report.
    """
    if report is None or report.nil:
        return ""
    first, _, rest = report.note.partition("\n")
    return rest if first.startswith(tuple(f"{called}：" for called in BROUGHT.values())) else report.note


def in_words(field: Field, answers: Mapping[str, Any], files: Sequence[Upload] = ()) -> str:
    """Give one answer for people: with its measure, its items, the names of its files; empty for none."""
    return answer_in_words(field, answers, {one.sha256: one.name for one in files})
