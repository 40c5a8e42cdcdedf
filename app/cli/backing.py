"""``duban backup``, ``restore`` and ``migrate-data``: the whole book as one checked file, back, and moved."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from ...obligations.errors import DubanError
from .run import DataOption, settings_of

if TYPE_CHECKING:
    from ..backup import Manifest

KeyOption = Annotated[Path | None, typer.Option("--key", help="密钥文件：备份时加密，恢复时解密")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    for command in (backup, restore):
        app.command()(command)
    app.command("migrate-data")(migrate_data)


def backup(
    to: Annotated[
        Path | None, typer.Option("--to", help="写到哪个文件夹；不写则为数据目录下的 backups，并按期清理旧的")
    ] = None,
    key: KeyOption = None,
    new_key: Annotated[
        Path | None, typer.Option("--new-key", help="只生成一把备份密钥，写入这个文件（请另行妥善保管）")
    ] = None,
    data: DataOption = None,
) -> None:
    """备份账簿和附件为一个文件：不停机，写完即重读核对。不含渠道密钥 secret.key，请另行保管。"""
    from ...ledger.book import Book
    from .. import backup as backups, backup_daily, backup_shelf, clock

    if new_key is not None:
        _write_key(new_key)
        return
    settings = settings_of(data=data)
    folder = to or settings.backups
    now, secret = clock.now(), backup_daily.key_of(key or settings.backup_key_file)
    with closing(Book.open(settings.url)) as book:
        made = backups.make(book, settings.attachments, folder / backups.name_at(now), now, secret)
    typer.echo(f"已备份并核对：{made.path}")
    typer.echo(f"{_said(made.manifest)}；{made.size}字节，SHA-256 {made.sha256}")
    for digest in made.manifest.missing:
        typer.echo(f"注意：账簿中登记的附件 {digest} 不在磁盘上，备份中没有。", err=True)
    if to is None:
        gone = backup_shelf.thin(folder)
        cleared = f"清理了{len(gone)}份旧的。" if gone else "没有需要清理的。"
        typer.echo(f"保留规则：{backup_shelf.RULE}；{cleared}")


def restore(
    file: Annotated[Path, typer.Argument(help="备份文件", metavar="文件")],
    verify: Annotated[
        bool, typer.Option("--verify", help="只演练：恢复到临时的账簿并核验，然后删除")
    ] = False,
    key: KeyOption = None,
    data: DataOption = None,
) -> None:
    """把备份恢复到一本空的账簿（--data 或 DUBAN_DATABASE_URL 所指）：全部恢复或全不恢复，并核验相同。"""
    from ...ledger.book import Book
    from .. import backup_daily, restoring

    secret = backup_daily.key_of(key)
    if verify:
        with TemporaryDirectory(prefix="duban-restore-") as scratch:
            url = f"sqlite:///{Path(scratch) / 'book.sqlite'}"
            with closing(Book.open(url)) as book:
                manifest = restoring.restore(file, book, Path(scratch) / "attachments", secret)
        typer.echo(f"演练通过，可以恢复：{_said(manifest)}")
    else:
        settings = settings_of(data=data)
        with closing(Book.open(settings.url)) as book:
            manifest = restoring.restore(file, book, settings.attachments, secret)
            where = book.name
        typer.echo(f"已恢复并核验：{_said(manifest)}（账簿：{where}）")
        typer.echo("请把原来的 secret.key 放回数据目录，否则渠道设置须重新填写。")
    for digest in manifest.missing:
        typer.echo(f"注意：附件 {digest} 在备份时就已缺少。", err=True)


def migrate_data(
    to: Annotated[
        str,
        typer.Option(
            "--to", help="新账簿的地址：postgresql://用户:口令@主机/库名", envvar="DUBAN_NEW_DATABASE_URL"
        ),
    ],
    data: DataOption = None,
) -> None:
    """把 SQLite 账簿迁到 PostgreSQL，逐表核对相同；可先演练，停用旧账簿后再执行一次，旧的副本会被替换。"""
    from ...ledger.book import Book
    from .. import moving

    settings = settings_of(data=data)
    with closing(Book.open(settings.url)) as source, closing(Book.open(to)) as target:
        moved = moving.move(source, target, settings.attachments)
        where = target.name
    what = f"{len(moved.tables)}张表{moved.rows}行，留痕至第{moved.head.seq}条（{moved.head.hash[:16]}…）"
    typer.echo(f"已迁移并核验，逐表相同：{what}（账簿：{where}）")
    if moved.replaced:
        typer.echo(f"替换了以前迁过去的副本（留痕至第{moved.replaced.seq}条）。")
    typer.echo("迁移期间旧账簿若仍在使用，请停止 duban 后再执行一次。")
    typer.echo("然后把 DUBAN_DATABASE_URL 设为新地址；附件和 secret.key 仍在数据目录中，请一并带到新机器。")


def _said(manifest: Manifest) -> str:
    from ...obligations.moments import in_words

    head, what = manifest.head, f"{len(manifest.tables)}张表{manifest.rows}行，附件{len(manifest.files)}个"
    return f"{in_words(manifest.made_at)}的账簿，{what}，留痕至第{head.seq}条（{head.hash[:16]}…）"


def _write_key(path: Path) -> None:
    from ...ledger.sealed import new_key

    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise DubanError(f"已有文件 {path}，没有覆盖；旧的密钥丢了，旧的备份就打不开。") from None
    except OSError as wrong:
        raise DubanError(f"密钥文件写不成：{wrong.strerror}（{path}）。") from wrong
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{new_key()}\n")
    typer.echo(f"已生成备份密钥：{path}。请抄写或复制到别处保管：没有它，加密的备份谁也打不开。")
