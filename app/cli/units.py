"""``duban units``: the roster into the book, out of it, and the template to fill in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .desk import ByOption, JsonOption, NowOption, desk, echo_json, reading
from .run import DataOption

if TYPE_CHECKING:
    from ...ledger.units import ImportReport
    from ...obligations.roster import Roster, UnitFact

app = typer.Typer(help="单位和联系人：导入名册、写出模板、列出。", no_args_is_help=True)


@app.command("import")
def import_units(
    file: Annotated[Path, typer.Argument(help="名册文件：.xlsx、.csv（UTF-8 或 GBK）或 .yaml")],
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """把名册导入账簿：新单位加入，已有的按文件更新，文件里没有的保持不变。有一处错误就什么也不写。"""
    from ...documents.roster import read_roster
    from ...ledger.units import import_roster

    roster = read_roster(file, _known(data))
    here = desk(data, now, by, make=True)
    with here.book.write() as session:
        report = import_roster(session, roster, here.now, here.by)
    _say(report)


def _known(data: Path | None) -> frozenset[str]:
    """Give the codes of the units that are in the book; none when there is no book yet."""
    from ...ledger import units
    from ...ledger.book import known_revisions

    book = reading(data)
    if book.revision() != max(known_revisions()):
        return frozenset()
    with book.read() as session:
        return units.codes(session)


def _say(report: ImportReport) -> None:
    if report.nothing_new:
        typer.echo(f"账簿与文件一致，没有改动（{len(report.unchanged)}个单位）。")
    else:
        counts = [("新增", report.added), ("修改", report.changed), ("不变", report.unchanged)]
        typer.echo("单位：" + "，".join(f"{word}{len(codes)}个" for word, codes in counts))
        people = [("新增", report.contacts_added), ("修改", report.contacts_changed)]
        typer.echo("联系人：" + "，".join(f"{word}{len(names)}人" for word, names in people))
    if report.contacts_off:
        typer.echo(
            f"以下联系人已停用，不会收到提醒；需要的请到单位页重新启用：{'、'.join(report.contacts_off)}"
        )
    if report.absent:
        typer.echo(f"账簿中有、文件里没有的单位（没有改动；停用请填停用日期）：{'、'.join(report.absent)}")


@app.command()
def template(
    file: Annotated[Path, typer.Argument(help="写到哪个 .xlsx 文件；已有的文件不会覆盖")],
) -> None:
    """写出一份空白名册（.xlsx），附填写说明。"""
    from ...documents.roster import write_template

    write_template(file)
    typer.echo(f"已写出 {file}。填好后用 duban units import {file} 导入。")


@app.command("list")
def list_units(as_json: JsonOption = False, data: DataOption = None) -> None:
    """列出账簿中的单位和联系人。

    JSON：单位的清单，每个有 code、name、kind、tags、parent、opened_on、closed_on，
    contacts（name、phone、email、channel）。
    """
    from ...ledger import units

    with reading(data).read() as session:
        roster = units.roster(session)
    if as_json:
        echo_json([_row(roster, unit) for unit in roster.units])
    else:
        _print(roster)


def _row(roster: Roster, unit: UnitFact) -> dict[str, Any]:
    contacts = [one for one in roster.contacts if one.unit == unit.code]
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "tags": sorted(unit.tags),
        "parent": unit.parent,
        "opened_on": unit.opened_on and unit.opened_on.isoformat(),
        "closed_on": unit.closed_on and unit.closed_on.isoformat(),
        "contacts": [
            {"name": one.name, "phone": one.phone, "email": one.email, "channel": one.channel or None}
            for one in contacts
        ],
    }


def _print(roster: Roster) -> None:
    from rich.table import Table

    from .screen import screen

    table = Table(
        "代码", "名称", "类别", "标签", "上级", "停用", "联系人", title=f"单位（{len(roster.units)}个）"
    )
    for unit in roster.units:
        row = _row(roster, unit)
        people = "、".join(f"{one['name']}（{one['channel'] or '默认'}）" for one in row["contacts"])
        cells = (
            unit.code,
            unit.name,
            unit.kind,
            "、".join(row["tags"]),
            unit.parent or "",
            row["closed_on"] or "",
        )
        table.add_row(*cells, people or "（无联系人）")
    screen().print(table)
