"""A lottery that anybody can repeat: commit to a seed, fix the list, draw, reveal the seed (docs/draw.md).

The seed is 32 random bytes, written as 64 hexadecimal digits. Its SHA-256 is published before the draw, so
that nobody can choose the seed to suit the list; the list is fixed before the seed is made, so that nobody
can choose the list to suit the seed. Whoever was drawn less often this year, as the published list says,
comes first; within these, the order is that of SHA-256 over seed, context and code, which gives each the
same chance.
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
    from collections.abc import Iterable, Sequence

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
    ``inspectors``, none of whom may go where they are barred (inspector, unit). ``counted`` tells whether how
    often each unit was drawn before is part of what is published; of lists of an earlier program it is not.
    """

    context: str
    take: int
    units: tuple[Candidate, ...]
    team: int = 0
    inspectors: tuple[Candidate, ...] = ()
    barred: frozenset[tuple[str, str]] = frozenset()
    counted: bool = True

    def allowed(self, unit: str) -> list[Candidate]:
        """Give the inspectors who may go to a unit."""
        return [one for one in self.inspectors if (one.code, unit) not in self.barred]


@dataclass(frozen=True, slots=True)
class Drawn:
    """One unit that was drawn, by its code, and who is to go there, by theirs."""

    unit: str
    team: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Replaced:
    """Who goes to a unit (``into``) in place of one who was drawn and cannot (``out``), by their codes."""

    unit: str
    out: str
    into: str


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
    for unit in order(seed, terms.context, terms.units)[: terms.take]:
        chosen = line_for(seed, terms, unit.code, found)[: terms.team]
        _refuse_short(unit, len(chosen), terms.team)
        found.append(Drawn(unit.code, tuple(one.code for one in chosen)))
    return tuple(found)


def line_for(seed: str, terms: Terms, unit: str, earlier: Iterable[Drawn]) -> list[Candidate]:
    """Put the inspectors who may go to a unit into the order of its draw; ``earlier`` was drawn before it."""
    load = Counter(code for one in earlier for code in one.team)
    free = [Candidate(one.code, one.name, load[one.code]) for one in terms.allowed(unit)]
    return order(seed, f"{terms.context}/{unit}", free)


def standing(drawn: Iterable[Drawn], replaced: Iterable[Replaced]) -> dict[str, tuple[str, ...]]:
    """Give who goes to each unit, once some have been replaced; each takes the place of the other."""
    teams = {one.unit: one.team for one in drawn}
    for one in replaced:
        teams[one.unit] = tuple(one.into if code == one.out else code for code in teams[one.unit])
    return teams


def waiting_for(
    seed: str, terms: Terms, drawn: Sequence[Drawn], before: Sequence[Replaced], unit: str
) -> list[Candidate]:
    """Give who may still be sent to a unit, the next first: neither in its team nor replaced anywhere."""
    team, gone = standing(drawn, before)[unit], {one.out for one in before}
    place = [one.unit for one in drawn].index(unit)
    line = line_for(seed, terms, unit, drawn[:place])
    return [one for one in line if one.code not in gone and one.code not in team]


def substitute(
    seed: str, terms: Terms, drawn: Sequence[Drawn], before: Sequence[Replaced], unit: str, out: str
) -> Replaced:
    """Give who takes the place of one who cannot go to a unit: the next in the order of its own draw.

    ``before`` is who was replaced already, in order. Raises :class:`DubanError` for a unit that was not
    drawn, for one who does not go there, or when nobody is left.
    """
    if out not in standing(drawn, before).get(unit, ()):
        raise DubanError("要替换的人不在该单位的检查人员之中，请核对。")
    after = waiting_for(seed, terms, drawn, before, unit)
    if not after:
        raise DubanError("公布的名单中没有别的人可以去该单位，不能替换；请在结果中登记“未检查”并写明原因。")
    return Replaced(unit, out, after[0].code)


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
    values: dict[str, Any] = {
        "context": terms.context,
        "take": terms.take,
        "team": terms.team,
        "units": [{"code": one.code, "name": one.name, "times": one.times} for one in _by_code(terms.units)],
        "inspectors": [{"code": one.code, "name": one.name} for one in _by_code(terms.inspectors)],
        "barred": [list(pair) for pair in sorted(terms.barred)],
    }
    return values | {"counted": True} if terms.counted else values


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
            counted=values.get("counted") is True,
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise DubanError("抽签文件的内容不完整或不合格式：应有 terms 中的单位、检查人员和回避。") from wrong


def digest(terms: Terms, *, times: bool = True) -> str:
    """Give the SHA-256 of the list: of the JSON of :func:`listed` with sorted keys and without spaces.

    Without ``times`` every unit counts as not drawn yet: so lists are compared whose units may have been
    drawn meanwhile.
    """
    values = listed(terms)
    if not times:
        values["units"] = [one | {"times": 0} for one in values["units"]]
    return _sha256(json.dumps(values, sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def published(terms: Terms) -> str:
    """Give the SHA-256 of the list as it is published; that it is counted is part of what is hashed."""
    return digest(terms, times=terms.counted)


def seal(seed: str, drawn: Iterable[Drawn]) -> str:
    """Give what may be published of a draw that is still secret.

    The seed is part of it: the results alone are few enough to be tried one by one.
    """
    return _sha256("\n".join([seed, *(",".join((one.unit, *one.team)) for one in drawn)]))


def _by_code(candidates: tuple[Candidate, ...]) -> list[Candidate]:
    return sorted(candidates, key=lambda one: one.code)


def _sha256(text: str) -> str:
    return sha256(text.encode()).hexdigest()
