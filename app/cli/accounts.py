"""``duban accounts``: a way back in for whoever runs the machine, when nobody else can let them in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .desk import ByOption, NowOption, desk, reading
from .run import DataOption, PortalPortOption

if TYPE_CHECKING:
    from ...ledger.book import Session
    from ...ledger.tables import Account
    from ...obligations.words import Role

app = typer.Typer(help="账号：列出；忘记密码或换了手机时，在本机另发设置链接。", no_args_is_help=True)


@app.command("list")
def list_accounts(data: DataOption = None) -> None:
    """列出账号：用户名、姓名、角色、是否启用、是否有第二重验证。"""
    from rich.table import Table

    from ...ledger import accounts
    from .screen import screen

    with reading(data).read() as session:
        people = accounts.listed(session)
    table = Table(
        "用户名", "姓名", "角色", "管理范围", "状态", "第二重验证", title=f"账号（{len(people)}个）"
    )
    for one in people:
        states = ("启用" if one.active else "停用", "有" if one.second_factor else "无")
        table.add_row(one.name, one.shown, one.role.zh, one.root or "全账簿", *states)
    screen().print(table)


@app.command()
def invite(
    role: Annotated[str, typer.Option("--role", help="角色：office、supervisor、leader、administrator")],
    under: Annotated[
        str, typer.Option("--under", help="管理范围：单位代码或名称，只看到它和它的下级；不写则为全账簿")
    ] = "",
    by: ByOption = "",
    data: DataOption = None,
    portal_port: PortalPortOption = None,
    now: NowOption = None,
) -> None:
    """邀请新人员：给出一次有效的链接，72小时内由本人填写姓名、用户名和密码。"""
    from ...ledger import homes, invitations
    from ...ledger.tokens import new_token

    here, token = desk(data, now, by, portal_port=portal_port), new_token()
    with here.book.write() as session:
        root = homes.root_called(session, under).id if under else None
        invitations.invite(session, _role(role), token, here.now, here.by, unit_id=root)
    typer.echo(f"{here.settings.portal_url}/setup/{token}")


@app.command()
def scope(
    name: Annotated[str, typer.Argument(help="用户名")],
    under: Annotated[str, typer.Option("--under", help="单位代码或名称，只看到它和它的下级")] = "",
    whole: Annotated[bool, typer.Option("--whole", help="改为全账簿")] = False,
    by: ByOption = "",
    data: DataOption = None,
    now: NowOption = None,
) -> None:
    """改一个账号的管理范围，下一次打开页面即生效。"""
    from ...ledger import accounts, homes

    if bool(under) is whole:
        raise DubanError("请写 --under 单位，或 --whole。")
    here = desk(data, now, by)
    with here.book.write() as session:
        row = _account(session, name)
        root = homes.root_called(session, under) if under else None
        accounts.change_root(session, row.id, root.id if root else None, here.now, here.by)
    typer.echo(f"{row.shown}的管理范围：{root.name if root else '全账簿'}。")


def _role(said: str) -> Role:
    from ...obligations.words import Role

    try:
        return Role(said)
    except ValueError:
        raise DubanError(f"没有角色“{said}”，应为{'、'.join(Role)}之一。") from None


def _account(session: Session, name: str) -> Account:
    from ...ledger import accounts

    row = accounts.named(session, name)
    if row is None:
        known = "、".join(one.name for one in accounts.listed(session)) or "（无）"
        raise DubanError(f"没有用户名为“{name}”的账号。现有：{known}。")
    return row


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
        row = _account(session, name)
        if second_factor and accounts.has_second_factor(row):
            factors.turn_off(session, row.id, here.now, here.by, reset=True)
        invitations.invite(session, Role(row.role), token, here.now, here.by, row.id)
    typer.echo(f"{here.settings.portal_url}/setup/{token}")
