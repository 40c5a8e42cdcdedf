"""What a clerk's form says about a draft, as decisions; what is wrong with it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...calendar.reviewing.proposing import is_key
from ...calendar.reviewing.settling import HEAD, STRETCH, UNITS, WHOLE
from ...calendar.reviewing.shapes import DutyValues, Item, StretchValues, UnitsValues
from ...ledger.drafts import Decision
from ..filled import word, words
from .draft_typed import LAST_YEAR, LONGEST, LONGEST_NAMES, FormFaultError, date, duty_typed, names, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.datastructures import FormData

    from ...calendar.reviewing.settling import Settled, Standing

FIRST_YEAR = 1901
MOST_TOGETHER = 500  # decided about by one click
SURE = 0.75  # what is surer than this is confirmed together


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
    return [Decision(one.item.key, "confirmed", 0) for one in sure[:MOST_TOGETHER]]


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
    return [Decision(one.item.key, "struck", 0, reason=reason) for one in rest[:MOST_TOGETHER]]


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


def _head(settled: Settled, typed: FormData) -> list[Decision]:
    names = ("slug", "title", "issuer", "number", "office", "note")
    said: dict[str, str | int | None] = {
        name: text(typed, name, getattr(settled.head, name), HEAD) for name in names
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
    units = UnitsValues(kinds=tuple(words(typed, "kinds")), units=tuple(names(word(typed, "names"))))
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
        phase, clause = word(typed, "phase") == "yes", text(typed, "clause", "", item) or "未写明"
        found = StretchValues(
            key=key, name="", starts="", ends="", clause=clause, phase=phase, source="local"
        )
    said = {name: text(typed, name, getattr(found, name), item) for name in ("name", "starts", "ends")}
    if not all(said.values()):
        raise FormFaultError("名称和起止日期都要写。", item)
    for name in ("starts", "ends"):
        said[name] = date(said[name], settled, item).phrase
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
