"""``duban backup`` and ``duban restore`` as a clerk runs them."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from duban.app.cli import app
from duban.ledger.book import Book
from duban.obligations.errors import DubanError
from support.campaign import adopt, move_in

from ..conftest import TOWN


@pytest.fixture
def data(sqlite_book: Book, town: object, tmp_path: Path) -> Path:
    """Give the data folder of a town that has adopted a plan."""
    adopt(sqlite_book)
    sqlite_book.close()
    folder = tmp_path / "data"
    folder.mkdir()
    Path(sqlite_book.name).rename(folder / "book.sqlite")
    return folder


@pytest.fixture
def town(sqlite_book: Book) -> None:
    move_in(sqlite_book, TOWN)


def run(*words: str | Path) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_a_book_is_backed_up_rehearsed_and_restored_elsewhere(data: Path, tmp_path: Path) -> None:
    said = run("backup", "--data", data)
    [made] = (data / "backups").glob("*.duban")
    assert f"已备份并核对：{made}" in said
    assert "保留规则：最近14天每天留一份，最近8周每周留一份，最近12个月每月留一份；没有需要清理的。" in said
    assert "演练通过，可以恢复" in run("restore", made, "--verify")
    there = run("restore", made, "--data", tmp_path / "elsewhere")
    assert "已恢复并核验" in there
    assert "请把原来的 secret.key 放回数据目录" in there
    assert "核对无误" in run("verify", "--data", tmp_path / "elsewhere")
    with pytest.raises(DubanError, match="中已有内容，没有恢复"):
        run("restore", made, "--data", tmp_path / "elsewhere")


def test_a_key_is_made_once_and_opens_what_it_sealed(data: Path, tmp_path: Path) -> None:
    key, to = tmp_path / "backup.key", tmp_path / "usb"
    assert "没有它，加密的备份谁也打不开" in run("backup", "--new-key", key)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    with pytest.raises(DubanError, match="没有覆盖；旧的密钥丢了，旧的备份就打不开"):
        run("backup", "--new-key", key)
    assert "保留规则" not in run("backup", "--data", data, "--to", to, "--key", key)
    [made] = to.glob("*.duban")
    with pytest.raises(DubanError, match="这份备份是加密的，请用 --key 指明密钥文件"):
        run("restore", made, "--verify")
    assert "演练通过" in run("restore", made, "--verify", "--key", key)
