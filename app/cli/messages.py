"""``duban messages``: what is in the outbox, what became of it, and dead letters sent again."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...obligations.errors import DubanError
from .desk import ByOption, JsonOption, NowOption, desk, echo_json, iso, reading, short
from .run import DataOption

if TYPE_CHECKING:
    from ...ledger.letters import Sent

app = typer.Typer(help="消息：查看发件箱，重发无法送达的。", invoke_without_command=True)
MOST = 200
STATES = {
    "queued": "待发",
    "sending": "发送中",
    "sent": "已送达渠道",
    "dead": "无法送达",
    "withdrawn": "已撤回",
}


class MessageState(StrEnum):
    """Where a message may stand."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    DEAD = "dead"
    WITHDRAWN = "withdrawn"


@app.callback()
def messages(
    context: typer.Context,
    state: Annotated[
        MessageState | None,
        typer.Option(
            "--state",
            help="只看：queued 待发、sending 发送中、sent 已送达渠道、dead 无法送达、withdrawn 已撤回",
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多列出多少条，新的在前")] = MOST,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """列出消息：给谁、何时发、发了几次、渠道怎样答复。

    JSON：消息的清单，每条有 id、key、state、unit、contact、channel、urgent、send_on、not_before、
    sent_at、attempts、subject、answer。
    """
    if context.invoked_subcommand is not None:
        return
    from ...ledger import letters

    with reading(data).read() as session:
        found = letters.messages(session, state and str(state), limit)
    if as_json:
        echo_json([_row(one) for one in found])
    else:
        _print(found, limit)


def _row(one: Sent) -> dict[str, Any]:
    moments = {name: iso(getattr(one, name)) for name in ("not_before", "sent_at")}
    names = ("id", "key", "state", "unit", "contact", "channel", "urgent", "attempts", "subject", "answer")
    return {name: getattr(one, name) for name in names} | moments | {"send_on": one.send_on.isoformat()}


def _print(found: list[Sent], limit: int) -> None:
    from rich.table import Table

    from .screen import screen

    if not found:
        typer.echo("没有这样的消息。")
        return
    table = Table(
        "编号", "状态", "单位", "联系人", "渠道", "时间", "次数", "标题", "渠道的答复", title="消息"
    )
    for one in found:
        at = short(one.sent_at or one.not_before)
        channel = one.channel or "默认（文件夹）"
        cells = (str(one.id), STATES[one.state], one.unit, one.contact, channel, at, str(one.attempts))
        table.add_row(*cells, one.subject, one.answer)
    screen().print(table)
    if len(found) == limit:
        typer.echo(f"只列出最新的{limit}条；要看更多，请加 --limit。")


@app.command()
def retry(
    ids: Annotated[list[int] | None, typer.Argument(help="消息的编号，可写多个")] = None,
    everything: Annotated[bool, typer.Option("--all", help="全部无法送达的消息")] = False,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """把无法送达的消息放回发件箱，按联系人现在的渠道重发（由 deliver 发出，夜间和休息日顺延）。"""
    from ...ledger import outbox

    if bool(ids) == everything:
        raise DubanError("请写明消息的编号，或写 --all（二者选一）。")
    here = desk(data, now, by)
    with here.book.write() as session:
        woken = outbox.requeue_dead(session, ids, here.now, here.by)
    typer.echo(f"已放回{len(woken)}条。" if woken else "没有无法送达的消息可放回。")
    if missing := sorted(set(ids or ()) - set(woken)):
        typer.echo(
            f"这些不是无法送达的消息，或联系人已停用，没有改动：{'、'.join(map(str, missing))}", err=True
        )
        raise typer.Exit(1)
