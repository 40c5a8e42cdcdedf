from __future__ import annotations

import errno
import os
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, strategies as st

from duban.notifications.channels import Channel, Letter, build
from duban.notifications.files import FileSender, safe_name

if TYPE_CHECKING:
    from pathlib import Path


def test_a_letter_is_one_file_in_the_folder_of_its_day(letter: Letter, tmp_path: Path) -> None:
    answer = build(Channel("", "file"), tmp_path / "outbox").send(replace(letter, key="m-17"))

    assert (answer.ok, answer.permanent, answer.text) == (True, False, "已写入 2023-03-31/m-17.txt")
    assert (tmp_path / "outbox/2023-03-31/m-17.txt").read_bytes().decode() == (
        "收件人：张三（13800000000）\n"
        "主题：【督办提醒】示例一村：有1项工作需办理\n"
        "编号：m-17\n"
        "\n"
        "2023年3月每月检查，今日截止。\n"
    )


def test_the_same_key_is_the_same_file(letter: Letter, tmp_path: Path) -> None:
    sender = FileSender(tmp_path)

    sender.send(letter)
    sender.send(letter)

    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


def test_a_channel_may_name_a_folder_but_cannot_leave_the_outbox(letter: Letter, tmp_path: Path) -> None:
    sender = build(Channel("演练", "file", {"folder": "../../演练"}), tmp_path / "outbox")

    answer = sender.send(replace(letter, key="../../etc/passwd", urgent=True))

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert answer.ok
    assert [path.parent.parent for path in files] == [tmp_path / "outbox"]
    assert "加急：是" in files[0].read_text(encoding="utf-8")


def test_a_full_disk_is_said_in_chinese_and_leaves_nothing_behind(
    letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)

    answer = FileSender(tmp_path).send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text == "磁盘空间不足，消息未写入（OSError: No space left on device）"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_rehearsal_need_not_wait_for_the_disk(
    letter: Letter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)

    assert build(Channel("演练", "file", {"durable": False}), tmp_path).send(letter).ok
    assert synced == []
    assert build(Channel("", "file"), tmp_path).send(letter).ok
    assert len(synced) == 1


def test_an_outbox_that_is_a_file_is_a_failure_and_not_a_crash(letter: Letter, tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("")

    answer = FileSender(tmp_path / "outbox").send(letter)

    assert (answer.ok, answer.permanent) == (False, False)
    assert answer.text.startswith("无法写入发件文件夹")


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("m-17", "m-17"),
        ("2023-03-31_张三", "2023-03-31_张三"),
        ("con", "con-1143da2bc5"),
        ("a/b", "a_b-c14cddc033"),
        ("..", "_-5ec1f7e700"),
    ],
)
def test_a_file_is_named_after_its_key_as_far_as_is_safe(key: str, name: str) -> None:
    assert safe_name(key) == name


@given(st.text(min_size=1), st.text(min_size=1))
def test_two_keys_never_share_a_file_and_no_name_leaves_its_folder(one: str, other: str) -> None:
    name = safe_name(one)

    assert name not in {"", ".", ".."}
    assert not set("/\\:\0\n") & set(name)
    assert len(name.encode()) <= 140
    assert (name == safe_name(other)) is (one == other)
