"""``duban channels``: the ways out, with their secrets kept sealed."""

from __future__ import annotations

import json
import os
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...obligations.errors import DubanError
from .desk import ByOption, JsonOption, NowOption, desk, echo_json, pairs, reading
from .run import DataOption, settings_of

if TYPE_CHECKING:
    from ...ledger.channels import ChannelRow

app = typer.Typer(help="渠道：添加、列出、试发、指定给联系人。密钥加密保存，从不显示。", no_args_is_help=True)
SETTINGS_VARIABLE = "DUBAN_CHANNEL_SETTINGS"
# What is asked for at a terminal, and whether it is secret; the rest may be given by --set.
_ASKED: dict[str, tuple[tuple[str, bool], ...]] = {
    "file": (),
    "email": (("host", False), ("from", False), ("user", False), ("password", True)),
    "webhook": (("url", True),),
    "wecom": (("key", True),),
    "dingtalk": (("token", True), ("secret", True)),
    "feishu": (("token", True), ("secret", True)),
}
_ANYTHING = ("user", "password", "secret")  # may be left empty


class Kind(StrEnum):
    """A kind of channel."""

    FILE = "file"
    EMAIL = "email"
    WEBHOOK = "webhook"
    WECOM = "wecom"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"


@app.command()
def add(  # noqa: PLR0913 - its options
    name: Annotated[str, typer.Argument(help="渠道名称，自定，如 工作群")],
    kind: Annotated[Kind, typer.Option("--kind", help="类型")],
    per_minute: Annotated[
        int | None, typer.Option("--per-minute", min=1, help="每分钟最多几条；机器人不写则为 20")
    ] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="一项设置：名称=值，可写多次；密钥请改用提示输入、标准输入或环境变量",
            metavar="名称=值",
        ),
    ] = None,
    stdin: Annotated[bool, typer.Option("--stdin", help="从标准输入读设置")] = False,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """添加渠道，或更新同名渠道。设置加密存入账簿，不显示、不记入留痕。

    设置的来源依次合并：环境变量 DUBAN_CHANNEL_SETTINGS、标准输入（--stdin）、--set；前两种均为每行一项
    名称=值，或一个 JSON。在终端上运行且都没有给时，逐项提示输入（密钥不回显）。
    """
    from ...ledger import channels
    from .. import trial, wiring

    settings = _settings(kind, given or [], stdin=stdin)
    new = channels.NewChannel(name, str(kind), per_minute, settings)
    trial.check(new, settings_of(data=data).outbox)
    here = desk(data, now, by)
    with here.book.write() as session:
        fresh = channels.add(session, wiring.secret_box(here.settings), new, here.now, here.by)
    typer.echo(f"已{'添加' if fresh else '更新'}渠道“{name}”。请用 duban channels test {name} 试发一条。")


def _settings(kind: Kind, given: list[str], *, stdin: bool) -> dict[str, Any]:
    found = _read(os.environ.get(SETTINGS_VARIABLE, ""), f"环境变量 {SETTINGS_VARIABLE}")
    if stdin:
        found |= _read(sys.stdin.read(), "标准输入")
    found |= {name: _value(text) for name, text in pairs(given, "--set").items()}
    return found or _asked(kind)


def _read(text: str, where: str) -> dict[str, Any]:
    """Read settings as JSON or as lines; an error never repeats what was read."""
    if not text.strip():
        return {}
    if text.lstrip().startswith("{"):
        try:
            return dict(json.loads(text))
        except ValueError:
            raise DubanError(f"{where}中的设置不是有效的 JSON。") from None
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return {name: _value(value) for name, value in pairs(lines, where).items()}


def _value(text: str) -> Any:
    """Give true and false as such, and a JSON object as one; all else is text."""
    text = text.strip()
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            raise DubanError("以 { 开头的设置应是有效的 JSON。") from None
    return text


def _asked(kind: Kind) -> dict[str, Any]:
    if not sys.stdin.isatty():
        return {}
    said = {
        name: typer.prompt(
            name, hide_input=secret, default="" if name in _ANYTHING else None, show_default=False
        )
        for name, secret in _ASKED[kind]
    }
    return {name: text for name, text in said.items() if text}


@app.command("list")
def list_channels(as_json: JsonOption = False, data: DataOption = None) -> None:
    """列出渠道；不显示任何密钥。

    JSON：渠道的清单，每个有 name、kind、per_minute、active、contacts。
    """
    from ...ledger import channels

    with reading(data).read() as session:
        rows = channels.rows(session)
    if as_json:
        names = ("name", "kind", "per_minute", "active", "contacts")
        echo_json([{name: getattr(row, name) for name in names} for row in rows])
    else:
        _print(rows)


def _print(rows: list[ChannelRow]) -> None:
    from rich.table import Table

    from .screen import screen

    table = Table("名称", "类型", "每分钟", "状态", "联系人", title="渠道")
    for row in rows:
        pace = str(row.per_minute or "默认")
        table.add_row(row.name, row.kind, pace, "启用" if row.active else "停用", f"{row.contacts}人")
    screen().print(table)
    typer.echo("没有指定渠道的联系人，消息写入发件箱文件夹，不向外发送。")


@app.command("test")
def try_out(
    name: Annotated[str, typer.Argument(help="渠道名称")],
    to: Annotated[str, typer.Option("--to", help="收件邮箱或手机号；邮件渠道必填")] = "",
    data: DataOption = None,
) -> None:
    """试发一条，照实显示对方的答复；没有发成则退出码为 1。"""
    from ...ledger import channels
    from .. import clock, trial, wiring

    settings = settings_of(data=data)
    with reading(data).read() as session:
        facts = channels.named(session, wiring.secret_box(settings), name)
    answer = trial.send(facts, to, settings.outbox, clock.now())
    typer.echo(f"{'对方已收下' if answer.ok else '没有发成'}：{answer.text}", err=not answer.ok)
    if not answer.ok:
        raise typer.Exit(1)


@app.command()
def use(
    unit: Annotated[str, typer.Argument(help="单位名称或代码")],
    contact: Annotated[str, typer.Argument(help="联系人姓名")],
    name: Annotated[str, typer.Argument(help="渠道名称；写“默认”则改回发件箱文件夹")],
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """指定一个联系人从此用哪个渠道；已在发件箱中等待的也改走新渠道。"""
    from ...ledger import channels

    here = desk(data, now, by)
    with here.book.write() as session:
        moved = channels.use(session, (unit, contact), name, here.now, here.by)
    also = f"，{moved}条待发的消息随之改走" if moved else ""
    typer.echo(f"{unit} {contact} 今后使用渠道“{name}”{also}。")
