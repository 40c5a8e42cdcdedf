"""What a clerk typed into the form of a duty, as its values; what is wrong with it, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...calendar.phrases import RuleError
from ...calendar.plan import KINDS_ZH
from ...calendar.reviewing.spoken import Spoken, spoken
from ...calendar.undecided import UNDECIDED
from ...obligations.errors import DubanError
from ..filled import word, words

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    from ...calendar.reviewing.settling import Settled, Standing
    from ...calendar.reviewing.shapes import DutyValues

LONGEST = 200
LONGEST_NAMES = 2000
LAST_YEAR = 2099
_PARTED = re.compile(r"[、，,；;\n]+")
_SPANNING = ("phase", "window")


class FormFaultError(DubanError):
    """What was typed cannot be kept; ``item`` is what it was about."""

    def __init__(self, message: str, item: str = "") -> None:
        self.item = item
        super().__init__(message)


def duty_typed(settled: Settled, one: Standing, typed: FormData) -> DutyValues:
    """Give a duty as the form has it; an entry that the form does not have stays as it is."""
    old, key = one.values, one.item.key
    kind, phrase = _kind(typed, old), text(typed, "due", old.due, key)
    due = date(phrase, settled, key)
    if due.kind and (kind == UNDECIDED or due.kind != "once"):
        kind = due.kind  # “每月26日前” says itself how often
    of = tuple(words(typed, "of")) if "with-of" in typed else old.of
    known = {stretch.key: stretch for stretch in settled.stretches}
    if any(one not in known for one in of):
        raise FormFaultError("没有这个阶段或时段，请重新选择。", key)
    opens = date(text(typed, "opens", old.opens, key), settled, key).phrase
    due_phrase = due.phrase if due.phrase or kind in _SPANNING else UNDECIDED
    said = {
        "name": text(typed, "name", old.name, key), "who": _who(typed, old, key), "kind": kind,
        "due": due_phrase, "of": of, "opens": opens,
        "material": text(typed, "material", old.material, key),
        "receiver": text(typed, "receiver", old.receiver, key),
        "source": word(typed, "source") or old.source,
    }  # fmt: skip
    if said["source"] not in ("document", "local"):
        raise FormFaultError("请选择日期由谁定。", key)
    return old.model_copy(update=said)


def _kind(typed: FormData, old: DutyValues) -> str:
    kind = word(typed, "kind") or (UNDECIDED if "kind" in typed else old.kind)
    return kind if kind in KINDS_ZH else UNDECIDED


def text(typed: FormData, name: str, old: str, item: str) -> str:
    """Give one line as it was typed; ``old`` when the form does not have it."""
    if name not in typed:
        return old
    found = " ".join(word(typed, name).split())
    if len(found) > LONGEST:
        raise FormFaultError(f"填写的内容过长，请不超过{LONGEST}字。", item)
    return found


def _who(typed: FormData, old: DutyValues, item: str) -> tuple[str, ...]:
    """Give the units that were typed, else those that were chosen among what the document names."""
    if "who" not in typed and "who-text" not in typed:
        return old.who
    said = word(typed, "who-text") or word(typed, "who")
    if len(said) > LONGEST_NAMES:
        raise FormFaultError("单位写得过长，请分成几项任务。", item)
    return tuple(dict.fromkeys(names(said)))


def names(said: str) -> list[str]:
    """Give the names of units in a text, parted by 、 or another such sign."""
    return [" ".join(one.split()) for one in _PARTED.split(said) if one.strip()]


def date(text: str, settled: Settled, item: str) -> Spoken:
    """Give the phrase that a typed date means; raises :class:`FormFaultError` for what is none."""
    if text in ("", UNDECIDED):
        return Spoken(text if text == UNDECIDED else "")
    try:
        return spoken(text, settled.head.year or LAST_YEAR)
    except RuleError as wrong:
        raise FormFaultError(str(wrong), item) from None
