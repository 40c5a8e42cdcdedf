from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from duban.ledger.secrets import KeylessBox, SecretBox, load_or_create_key
from duban.obligations.errors import DubanError

SETTINGS = {"address": "https://robot.example/send?key=hunter2", "sign": "密"}


def test_settings_come_back_and_cannot_be_read_meanwhile(tmp_path: Path) -> None:
    box = SecretBox(load_or_create_key(tmp_path / "key"))
    sealed = box.seal(SETTINGS)
    assert b"hunter2" not in sealed
    assert box.open(sealed) == SETTINGS


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "new" / "key"
    with ThreadPoolExecutor(4) as pool:
        keys = set(pool.map(lambda _: load_or_create_key(path), range(8)))
    assert keys == {load_or_create_key(path)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in path.parent.iterdir()] == ["key"]


def test_a_key_that_is_given_is_used_and_nothing_is_written(tmp_path: Path) -> None:
    key = Fernet.generate_key()
    assert load_or_create_key(tmp_path / "key", key.decode() + "\n") == key
    assert list(tmp_path.iterdir()) == []


def test_another_key_does_not_open_the_settings(tmp_path: Path) -> None:
    sealed = SecretBox(load_or_create_key(tmp_path / "one")).seal(SETTINGS)
    with pytest.raises(DubanError, match="现在的密钥不是当初加密所用的") as refused:
        SecretBox(load_or_create_key(tmp_path / "two")).open(sealed)
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("key", [b"", b"short", b"!" * 44])
def test_a_key_that_is_no_key_is_refused_and_not_repeated(key: bytes) -> None:
    with pytest.raises(DubanError, match="渠道密钥的格式不对") as refused:
        SecretBox(key)
    assert "!!" not in str(refused.value)


def test_a_key_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DubanError, match="读不出或建不了"):
        load_or_create_key(tmp_path / "file" / "key")


def test_a_lost_key_is_not_made_anew_by_opening_and_it_is_told_where_it_should_be(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    sealed = SecretBox(Fernet.generate_key()).seal(SETTINGS)
    with pytest.raises(DubanError) as refused:
        KeylessBox(path).open(sealed)
    assert str(refused.value) == (
        f"渠道密钥文件不见了，应在 {path}，账簿中的渠道设置因此解不开。"
        "请从备份找回并放回原处；确实找不回的，用 duban channels add 逐个重新填写渠道设置。"
    )
    assert list(tmp_path.iterdir()) == []


def test_settings_entered_again_after_a_loss_make_a_key_and_can_be_opened(tmp_path: Path) -> None:
    box = KeylessBox(tmp_path / "secret.key")
    sealed = box.seal(SETTINGS)
    assert box.open(sealed) == SETTINGS
    assert SecretBox(load_or_create_key(tmp_path / "secret.key")).open(sealed) == SETTINGS
