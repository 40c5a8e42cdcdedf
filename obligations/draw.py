"""A lottery that anybody can repeat: commit to a seed, fix the list, draw, reveal the seed (docs/draw.md).

The seed is 32 random bytes, written as 64 hexadecimal digits. Its SHA-256 is published before the draw, so
that nobody can choose the seed to suit the list; the list is fixed before the seed is made, so that nobody
can choose the list to suit the seed. Whoever is drawn less often this year comes first; within these, the
order is that of SHA-256 over seed, context and code, which gives each the same chance.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from .errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEED = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be drawn: ``times`` is how often it has been drawn this year already."""

    code: str
    name: str
    times: int = 0


@dataclass(frozen=True, slots=True)
class Terms:
    """What is drawn from what, as it is fixed before the draw.

    ``context`` tells one draw from all others; ``take`` units are drawn, and to each ``team`` of the
    ``inspectors``, none of whom may go where they are barred (inspector, unit).
    """

    context: str
    take: int
    units: tuple[Candidate, ...]
    team: int = 0
    inspectors: tuple[Candidate, ...] = ()
    barred: frozenset[tuple[str, str]] = frozenset()

    def allowed(self, unit: str) -> list[Candidate]:
        """Give the inspectors who may go to a unit."""
        return [one for one in self.inspectors if (one.code, unit) not in self.barred]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One unit that was drawn, by its code, and who is to go there, by theirs."""

    unit: str
    team: tuple[str, ...] = ()


def commitment(seed: str) -> str:
    """Give what is published before the draw: the SHA-256 of the seed's 64 digits.

    Raises :class:`ValueError` for what is no seed.
    """
    if not _SEED.fullmatch(seed):
        message = "a seed is 64 hexadecimal digits"
        raise ValueError(message)
    return _sha256(seed)


def order(seed: str, context: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Put candidates into the order of the draw: fewer times first, then by lot."""
    return sorted(candidates, key=lambda one: (one.times, _sha256(f"{seed}\n{context}\n{one.code}")))


def draw(seed: str, terms: Terms) -> tuple[Drawn, ...]:
    """Draw units and their teams; where there are fewer units than are to be drawn, all of them.

    Each team is drawn under the context ``<context>/<unit>``, whoever has fewer units in this draw first.
    Raises :class:`DubanError` when there is no unit or too few inspectors: then nothing is drawn.
    """
    check(terms)
    found: list[Drawn] = []
    load: Counter[str] = Counter()
    for unit in order(seed, terms.context, terms.units)[: terms.take]:
        free = [Candidate(one.code, one.name, load[one.code]) for one in terms.allowed(unit.code)]
        chosen = order(seed, f"{terms.context}/{unit.code}", free)[: terms.team]
        _refuse_short(unit, len(chosen), terms.team)
        load.update(one.code for one in chosen)
        found.append(Drawn(unit.code, tuple(one.code for one in chosen)))
    return tuple(found)


def check(terms: Terms) -> None:
    """Raise :class:`DubanError` when nothing can be drawn on these terms, whatever the seed."""
    if not terms.units:
        raise DubanError("没有可以抽取的单位，没有抽签。请核对方案中的受众和单位名册。")
    for unit in terms.units:
        _refuse_short(unit, len(terms.allowed(unit.code)), terms.team)


def _refuse_short(unit: Candidate, there: int, team: int) -> None:
    if there < team:
        raise DubanError(
            f"检查人员不足，没有抽签：“{unit.name}”须派{team}人，除去回避的只有{there}人可派。"
            "请先登记检查人员，再重新公布名单。"
        )


def listed(terms: Terms) -> dict[str, Any]:
    """Give the terms as the file of a draw has them under ``terms``: plain values, in a fixed order."""
    return {
        "context": terms.context,
        "take": terms.take,
        "team": terms.team,
        "units": [{"code": one.code, "name": one.name, "times": one.times} for one in _by_code(terms.units)],
        "inspectors": [{"code": one.code, "name": one.name} for one in _by_code(terms.inspectors)],
        "barred": [list(pair) for pair in sorted(terms.barred)],
    }


def read(values: dict[str, Any]) -> Terms:
    """Read what :func:`listed` gives; raises :class:`DubanError` for anything else."""
    try:
        return Terms(
            context=str(values["context"]),
            take=int(values["take"]),
            team=int(values["team"]),
            units=tuple(Candidate(one["code"], one["name"], int(one["times"])) for one in values["units"]),
            inspectors=tuple(Candidate(one["code"], one["name"]) for one in values["inspectors"]),
            barred=frozenset((inspector, unit) for inspector, unit in values["barred"]),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise DubanError("抽签文件的内容不完整或不合格式：应有 terms 中的单位、检查人员和回避。") from wrong


def digest(terms: Terms, *, times: bool = True) -> str:
    """Give the SHA-256 of the list: of the JSON of :func:`listed` with sorted keys and without spaces.

    Without ``times`` every unit counts as not drawn yet: so the list is published, as how often each has been
    drawn is read from the record on the day of the draw.
    """
    values = listed(terms)
    if not times:
        values["units"] = [one | {"times": 0} for one in values["units"]]
    return _sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def seal(seed: str, drawn: Iterable[Drawn]) -> str:
    """Give what may be published of a draw that is still secret.

    The seed is part of it: the results alone are few enough to be tried one by one.
    """
    return _sha256("\n".join([seed, *(",".join((one.unit, *one.team)) for one in drawn)]))


def _by_code(candidates: tuple[Candidate, ...]) -> list[Candidate]:
    return sorted(candidates, key=lambda one: one.code)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
