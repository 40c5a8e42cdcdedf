"""``duban appraisal``: try rules of appraisal on a year of the book before they are adopted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...obligations.errors import DubanError
from .desk import JsonOption, NowOption, echo_json, iso, reading
from .run import DataOption

if TYPE_CHECKING:
    from ...ledger.appraisal_sets import RulesText
    from ...ledger.appraisal_simulating import Spread, Trial, Tried

app = typer.Typer(help="目标考核：起用规则之前先试算。", no_args_is_help=True)


@app.callback()
def root() -> None:
    """目标考核：起用规则之前先试算。"""


@app.command()
def simulate(
    plan: Annotated[
        str, typer.Argument(help="写有 appraisal 的方案文件，或随程序提供的方案", metavar="方案")
    ],
    year: Annotated[int | None, typer.Option("--year", help="用哪一年的账簿；不写则为去年")] = None,
    which: Annotated[int | None, typer.Option("--set", help="第几组规则；不写则为最后一组")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """用一年的账簿试算考核规则：各单位新旧得分、等次分布、变在哪里。不写入任何内容。

    JSON：{plan, year, digest, periods: [{period, name, as_of, old, new, units: [{unit, unit_name, old,
    old_grade, new, new_grade, change, moves: [{name, change, now}]}]}]}；分数为十进制文字，
    old、new 为 {grades, lowest, middle, highest}，没有对照则为 null。
    """
    from ...calendar import loader
    from ...calendar.dates import local_day
    from ...calendar.workdays import Workdays
    from ...ledger import appraisal_simulating
    from .. import clock

    loaded = loader.load(loader.find(plan)).plan
    text = _chosen(loaded.slug, _sets(loaded), which)
    moment = clock.moment(now)
    tried = year or local_day(moment).year - 1
    with reading(data).read() as session:
        trials = appraisal_simulating.simulate(session, loaded.slug, text, tried, moment, Workdays.load())
    if as_json:
        head = {"plan": loaded.slug, "year": tried, "digest": text.digest}
        echo_json(head | {"periods": [_period_json(one) for one in trials]})
        return
    if not any(one.units for one in trials):
        typer.echo(f"{tried}年的账簿中没有方案“{loaded.slug}”应考核的单位。")
    for one in trials:
        if one.units:
            _print(one)


def _sets(plan: Any) -> list[RulesText]:
    from ...ledger import appraisal_sets

    return appraisal_sets.of_plan(plan)


def _chosen(slug: str, sets: list[RulesText], which: int | None) -> RulesText:
    if not sets:
        raise DubanError(f"方案“{slug}”没有写 appraisal（考核规则），没有可以试算的。")
    number = len(sets) if which is None else which
    if not 1 <= number <= len(sets):
        raise DubanError(f"方案“{slug}”只有{len(sets)}组考核规则，没有第{number}组。")
    return sets[number - 1]


def _period_json(one: Trial) -> dict[str, Any]:
    units = [_unit_json(unit) for unit in one.units]
    head = {"period": one.period.code, "name": one.period.name, "as_of": iso(one.as_of)}
    return head | {"old": _spread_json(one.old), "new": _spread_json(one.new), "units": units}


def _spread_json(found: Spread | None) -> dict[str, Any] | None:
    if found is None:
        return None
    grades = {str(band): count for band, count in found.grades.items()}
    return {"grades": grades} | {
        name: _text(getattr(found, name)) for name in ("lowest", "middle", "highest")
    }


def _unit_json(one: Tried) -> dict[str, Any]:
    moves = [{"name": move.name, "change": _text(move.change), "now": _text(move.now)} for move in one.moves]
    return {
        "unit": one.code,
        "unit_name": one.unit,
        "old": _text(one.old.total) if one.old else None,
        "old_grade": str(one.old.grade) if one.old else None,
        "new": _text(one.new.total),
        "new_grade": str(one.new.grade),
        "change": None if one.change is None else _text(one.change),
        "moves": moves,
    }


def _text(points: Any) -> str:
    from ...obligations.appraisal_rules import points_text

    return points_text(points)


def _print(one: Trial) -> None:
    from rich import box
    from rich.table import Table

    from ...obligations.appraisal_rules import signed_text
    from .desk import short
    from .screen import screen

    typer.echo(f"{one.period.name}（按截至 {short(one.as_of)} 的账簿）")
    for name, found in (("现行规则", one.old), ("新规则", one.new)):
        if found is not None:
            typer.echo(f"{name}：{_spread_text(found)}")
    table = Table(box=box.HORIZONTALS, pad_edge=False)
    for heading in ("单位", "现行", "新规则", "变化", "变在哪里"):
        table.add_column(heading, no_wrap=heading != "变在哪里", overflow="fold")
    for unit in one.units:
        moves = "；".join(f"{move.name}{signed_text(move.change)}" for move in unit.moves)
        old = f"{_text(unit.old.total)} {unit.old.grade.zh}" if unit.old else "—"
        change = "—" if unit.change is None else signed_text(unit.change)
        table.add_row(unit.unit, old, f"{_text(unit.new.total)} {unit.new.grade.zh}", change, moves)
    screen().print(table)


def _spread_text(found: Spread) -> str:
    from ...obligations.appraisal_rules import Band

    grades = "，".join(f"{band.zh}{found.grades[band]}个" for band in Band if found.grades.get(band))
    lowest, middle, highest = (_text(one) for one in (found.lowest, found.middle, found.highest))
    return f"{grades}；最低{lowest}分，中间{middle}分，最高{highest}分"
