"""The paper of a draw: what its file must say to be believed, and how a shell repeats it (docs/draw.md)."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import draw as lottery
from .draw import Drawn, Replaced, Terms
from .errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .draw import Candidate

_EACH = (
    "while read -r times code; do printf '%s %s %s\\n' \"$times\" "
    '"$(printf \'%s\\n%s\\n%s\' "$SEED" "$CONTEXT" "$code" | sha256sum | cut -c1-64)" "$code"; done'
)


@dataclass(frozen=True, slots=True)
class Paper:
    """A draw that has been repeated: it came out as the paper says."""

    commitment: str
    listed: str
    terms: Terms
    drawn: tuple[Drawn, ...]
    replaced: tuple[Replaced, ...] = ()


def repeat(values: Any, noted: str = "") -> Paper:
    """Repeat the draw of a file; raises :class:`DubanError` naming the first thing that does not hold.

    ``noted`` is the commitment as somebody noted it when it was published.
    """
    try:
        seed, commitment, listed = values["seed"], values["commitment"], values["listed"]
        terms = lottery.read(values["terms"])
        said = tuple(Drawn(one["unit"], tuple(one["team"])) for one in values["drawn"])
        replaced = [Replaced(one["unit"], one["out"], one["into"]) for one in values.get("replaced", ())]
        published = lottery.commitment(seed)
    except (KeyError, TypeError, ValueError) as wrong:
        raise DubanError("抽签文件的内容不完整或不合格式：应有 seed、commitment、terms 和 drawn。") from wrong
    if noted and noted.strip().lower() != commitment:
        raise DubanError(f"文件中的承诺与您记下的不符：文件为 {commitment}，记下的为 {noted.strip()}。")
    if published != commitment:
        raise DubanError(f"种子与公布的承诺不符：承诺为 {commitment}，种子的 SHA-256 为 {published}。")
    if listed and (here := lottery.published(terms)) != listed:
        raise DubanError(f"名单与公布的不符：公布的 SHA-256 为 {listed}，名单的为 {here}。")
    drawn = lottery.draw(seed, terms) if terms.units else ()
    if drawn != said:
        raise DubanError(f"重算的结果不同：文件为{_said(said)}，重算为{_said(drawn)}。")
    _check_replaced(seed, terms, drawn, replaced)
    return Paper(commitment, listed, terms, drawn, tuple(replaced))


def _check_replaced(seed: str, terms: Terms, drawn: tuple[Drawn, ...], replaced: list[Replaced]) -> None:
    for place, one in enumerate(replaced):
        again = lottery.substitute(seed, terms, drawn, replaced[:place], one.unit, one.out)
        if again != one:
            raise DubanError(
                f"替换的人不是下一个：去{one.unit}替换{one.out}的应为{again.into}，文件为{one.into}。"
            )


def command(seed: str, context: str, candidates: Iterable[Candidate], take: int) -> str:
    """Give the shell command that draws: ``sha256sum`` for each candidate, sorted, the first ``take``."""
    lines = "\n".join(f"{one.times} {one.code}" for one in candidates)
    names = f"SEED={seed}\nCONTEXT={shlex.quote(context)}\n"
    return f"{names}{_EACH} <<'END' | LC_ALL=C sort -k1,1n -k2,2 | head -n {take}\n{lines}\nEND\n"


def _said(drawn: Iterable[Drawn]) -> str:
    return (
        "；".join(f"{one.unit}（{'、'.join(one.team)}）" if one.team else one.unit for one in drawn) or "无"
    )
