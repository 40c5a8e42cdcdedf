"""What a clerk's form says about a draft, as decisions; what is wrong with it, in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...calendar.phrases import RuleError
from ...calendar.plan import KINDS_ZH
from ...calendar.reviewing.proposing import is_key
from ...calendar.reviewing.settling import HEAD, STRETCH, UNITS, WHOLE
from ...calendar.reviewing.shapes import DutyValues, Item, StretchValues, UnitsValues
from ...calendar.reviewing.spoken import Spoken, spoken
from ...calendar.undecided import UNDECIDED
from ...ledger.drafts import Decision
from ...obligations.errors import DubanError
from ..filled import word, words

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...calendar.reviewing.settling import Settled, Standing

LONGEST = 200
LONGEST_NAMES = 2000
FIRST_YEAR, LAST_YEAR = 1901, 2099
SURE = 0.75  # what is surer than this is confirmed together
_PARTED = re.compile(r"[、，,；;\n]+")
_SPANNING = ("phase", "window")


class FormFaultError(DubanError):
    """What was typed cannot be kept; ``item`` is what it was about."""

    def __init__(self, message: str, item: str = "") -> None:
        self.item = item
        super().__init__(message)


def decisions(settled: Settled, typed: FormData) -> list[Decision]:
    """Give what a form decides. Raises :class:`FormFaultError` for what cannot be kept."""
    make = _DEEDS.get(word(typed, "do"))
    if make is None:
        raise FormFaultError("没有这样的操作。")
    return make(settled, typed)


def _item(settled: Settled, typed: FormData) -> Standing:
    found = settled.item(word(typed, "item"))
    if found is None:
        raise FormFaultError("草稿里没有这一项，请刷新页面。")
    return found


def _seen(typed: FormData) -> int:
    said = word(typed, "seen")
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 6 else 0  # noqa: PLR2004 - digits


def _confirm(settled: Settled, typed: FormData) -> list[Decision]:
    one = _item(settled, typed)
    if one.values.open:
        raise FormFaultError("这一项还有没定的内容，请先填写。", one.item.key)
    return [Decision(one.item.key, "confirmed", _seen(typed))]


def _confirm_sure(settled: Settled, _typed: FormData) -> list[Decision]:
    sure = [one for one in settled.waiting if can_go_together(one)]
    if not sure:
        raise FormFaultError("没有可以一并确认的任务了。")
    return [Decision(one.item.key, "confirmed", 0) for one in sure]


def can_go_together(one: Standing) -> bool:
    """Tell whether a proposal is sure and whole, and nobody has touched it."""
    return one.item.placed and one.item.sure >= SURE and not one.values.open and not one.acts


def _strike(settled: Settled, typed: FormData) -> list[Decision]:
    one = _item(settled, typed)
    return [Decision(one.item.key, "struck", _seen(typed), reason=_reason(typed, one.item.key))]


def _strike_rest(settled: Settled, typed: FormData) -> list[Decision]:
    rest = [one for one in settled.waiting if not one.item.placed and not one.acts]
    if not rest:
        raise FormFaultError("没有还没安排的句子了。", "rest")
    reason = _reason(typed, "rest")
    return [Decision(one.item.key, "struck", 0, reason=reason) for one in rest]


def _reason(typed: FormData, item: str) -> str:
    reason = " ".join(word(typed, "reason").split())
    if not reason:
        raise FormFaultError("请写明不列为任务的理由。", item)
    if len(reason) > LONGEST:
        raise FormFaultError(f"理由请不超过{LONGEST}字。", item)
    return reason


def _reopen(settled: Settled, typed: FormData) -> list[Decision]:
    one = _item(settled, typed)
    if one.state == "open":
        raise FormFaultError("这一项本来就没有定，不用恢复。", one.item.key)
    return [Decision(one.item.key, "reopened", _seen(typed))]


def _correct(settled: Settled, typed: FormData) -> list[Decision]:
    one = _item(settled, typed)
    values = duty_typed(settled, one, typed)
    if not values.name:
        raise FormFaultError("请写明做什么。", one.item.key)
    kind = "answered" if values.open else "corrected"
    return [Decision(one.item.key, kind, _seen(typed), {"duty": values.model_dump(mode="json")})]


def duty_typed(settled: Settled, one: Standing, typed: FormData) -> DutyValues:
    """Give a duty as the form has it; an entry that the form does not have stays as it is."""
    old, key = one.values, one.item.key
    kind, phrase = _kind(typed, old), _text(typed, "due", old.due, key)
    due = _date(phrase, settled, key)
    if due.kind and (kind == UNDECIDED or due.kind != "once"):
        kind = due.kind  # “每月26日前” says itself how often
    of = tuple(words(typed, "of")) if "with-of" in typed else old.of
    known = {stretch.key: stretch for stretch in settled.stretches}
    if any(one not in known for one in of):
        raise FormFaultError("没有这个阶段或时段，请重新选择。", key)
    opens = _date(_text(typed, "opens", old.opens, key), settled, key).phrase
    due_phrase = due.phrase if due.phrase or kind in _SPANNING else UNDECIDED
    said = {
        "name": _text(typed, "name", old.name, key), "who": _who(typed, old, key), "kind": kind,
        "due": due_phrase, "of": of, "opens": opens,
        "material": _text(typed, "material", old.material, key),
        "receiver": _text(typed, "receiver", old.receiver, key),
        "source": word(typed, "source") or old.source,
    }  # fmt: skip
    if said["source"] not in ("document", "local"):
        raise FormFaultError("请选择日期由谁定。", key)
    return old.model_copy(update=said)


def _kind(typed: FormData, old: DutyValues) -> str:
    kind = word(typed, "kind") or (UNDECIDED if "kind" in typed else old.kind)
    return kind if kind in KINDS_ZH else UNDECIDED


def _text(typed: FormData, name: str, old: str, item: str) -> str:
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
    return tuple(dict.fromkeys(_names(said)))


def _names(said: str) -> list[str]:
    return [" ".join(one.split()) for one in _PARTED.split(said) if one.strip()]


def _date(text: str, settled: Settled, item: str) -> Spoken:
    if text in ("", UNDECIDED):
        return Spoken(text if text == UNDECIDED else "")
    try:
        return spoken(text, settled.head.year or LAST_YEAR)
    except RuleError as wrong:
        raise FormFaultError(str(wrong), item) from None


def _head(settled: Settled, typed: FormData) -> list[Decision]:
    names = ("slug", "title", "issuer", "number", "office", "note")
    said: dict[str, str | int | None] = {
        name: _text(typed, name, getattr(settled.head, name), HEAD) for name in names
    }
    year = word(typed, "year")
    number = int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else 0  # noqa: PLR2004
    if year and not FIRST_YEAR <= number <= LAST_YEAR:
        raise FormFaultError("年份请写四位数，如 2023。", HEAD)
    if not is_key(str(said["slug"])):
        raise FormFaultError("方案的文件名只用小写字母、数字和连字符，以字母开头，如 yanhua-2023。", HEAD)
    head = settled.head.model_copy(update=said | {"year": number or None})
    return [Decision(HEAD, "corrected", _seen(typed), head.model_dump(mode="json"))]


def _units(settled: Settled, typed: FormData) -> list[Decision]:
    name = word(typed, "units-name")
    item = f"{UNITS}{name}"
    if name not in {one.name for one in settled.units}:
        raise FormFaultError("草稿里没有这个说法，请刷新页面。")
    units = UnitsValues(kinds=tuple(words(typed, "kinds")), units=tuple(_names(word(typed, "names"))))
    if units.open or len(word(typed, "names")) > LONGEST_NAMES:
        raise FormFaultError(f"请定下“{name}”是哪些单位：勾选类别，或者写单位名称。", item)
    return [Decision(item, "corrected", _seen(typed), units.model_dump(mode="json"))]


def _stretch(settled: Settled, typed: FormData) -> list[Decision]:
    key = word(typed, "stretch")
    found = next((one for one in settled.stretches if one.key == key), None)
    item = f"{STRETCH}{key}"
    if found is None:
        count = sum(1 for one in settled.stretches if one.key.startswith("zengjia-"))
        key, item = f"zengjia-{count + 1}", f"{STRETCH}{STRETCH}"
        phase, clause = word(typed, "phase") == "yes", _text(typed, "clause", "", item) or "未写明"
        found = StretchValues(
            key=key, name="", starts="", ends="", clause=clause, phase=phase, source="local"
        )
    said = {name: _text(typed, name, getattr(found, name), item) for name in ("name", "starts", "ends")}
    if not all(said.values()):
        raise FormFaultError("名称和起止日期都要写。", item)
    for name in ("starts", "ends"):
        said[name] = _date(said[name], settled, item).phrase
    made = found.model_copy(update=said).model_dump(mode="json")
    kind = "added" if item == f"{STRETCH}{STRETCH}" else "corrected"
    return [Decision(f"{STRETCH}{key}", kind, 0 if kind == "added" else _seen(typed), made)]


def _add(settled: Settled, typed: FormData) -> list[Decision]:
    """Add another duty that the same sentence asks for."""
    beside = _item(settled, typed)
    count = sum(1 for one in settled.items if one.item.key.startswith("n"))
    base = beside.item
    values = DutyValues(key=f"zengjia-{count + 1}")
    item = Item(
        key=f"n{count + 1}", placed=True, clause=base.clause, quote=base.quote, values=values,
        sentence=base.sentence, asks=("同一句里由办公室补列",),
    )  # fmt: skip
    return [
        Decision(
            item.key,
            "added",
            0,
            {"item": item.model_dump(mode="json"), "duty": values.model_dump(mode="json")},
        )
    ]


def _drop(_settled: Settled, typed: FormData) -> list[Decision]:
    return [Decision(WHOLE, "dropped", 0, reason=_reason(typed, WHOLE))]


_DEEDS: dict[str, Callable[[Settled, FormData], list[Decision]]] = {
    "confirm": _confirm, "sure": _confirm_sure, "strike": _strike, "rest": _strike_rest,
    "reopen": _reopen, "correct": _correct, "head": _head, "units": _units, "stretch": _stretch,
    "add": _add, "drop": _drop,
}  # fmt: skip
