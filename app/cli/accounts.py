"""``duban accounts``: a way back in for whoever runs the machine, when nobody else can let them in."""

from __future__ import annotations

from typing import Annotated

import typer

from ...obligations.errors import DubanError
from .desk import ByOption, NowOption, desk, reading
from .run import DataOption, PortalPortOption

app = typer.Typer(help="账号：列出；忘记密码或换了手机时，在本机另发设置链接。", no_args_is_help=True)


@app.command("list")
def list_accounts(data: DataOption = None) -> None:
    """列出账号：用户名、姓名、角色、是否启用、是否有第二重验证。"""
    from rich.table import Table

    from ...ledger import accounts
    from .screen import screen

    with reading(data).read() as session:
        people = accounts.listed(session)
    table = Table("用户名", "姓名", "角色", "状态", "第二重验证", title=f"账号（{len(people)}个）")
    for one in people:
        states = ("启用" if one.active else "停用", "有" if one.second_factor else "无")
        table.add_row(one.name, one.shown, one.role.zh, *states)
    screen().print(table)


@app.command()
def link(
    name: Annotated[str, typer.Argument(help="用户名")],
    second_factor: Annotated[
        bool, typer.Option("--reset-second-factor", help="同时取消第二重验证（手机丢失时）")
    ] = False,
    by: ByOption = "",
    data: DataOption = None,
    portal_port: PortalPortOption = None,
    now: NowOption = None,
) -> None:
    """给一个账号发设置密码的链接：一次有效，72小时内。原来的密码在设置新密码之前仍然有效。"""
    from ...ledger import accounts, invitations, second_factor as factors
    from ...ledger.tokens import new_token
    from ...obligations.words import Role

    here, token = desk(data, now, by, portal_port=portal_port), new_token()
    with here.book.write() as session:
        row = accounts.named(session, name)
        if row is None:
            known = "、".join(one.name for one in accounts.listed(session)) or "（无）"
            raise DubanError(f"没有用户名为“{name}”的账号。现有：{known}。")
        if second_factor and accounts.has_second_factor(row):
            factors.turn_off(session, row.id, here.now, here.by, reset=True)
        invitations.invite(session, Role(row.role), token, here.now, here.by, row.id)
    typer.echo(f"{here.settings.portal_url}/setup/{token}")
