"""Settings of channels and seeds of draws, sealed before they are kept in the book; the key stays outside."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Mapping


class SecretBox:
    """Seals and opens settings with one key. Raises :class:`DubanError` for a key that is not one."""

    def __init__(self, key: bytes) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError as wrong:
            raise DubanError(
                "渠道密钥的格式不对；应为 44 个字符的 Fernet 密钥。"
                "请检查密钥文件或环境变量 DUBAN_SECRET_KEY。"
            ) from wrong

    @property
    def at_hand(self) -> bool:
        """Tell whether there is a key to open with; whether it is the right one, opening tells."""
        return True

    def seal(self, settings: Mapping[str, Any]) -> bytes:
        """Give the settings as bytes that tell nothing without the key."""
        return self._fernet.encrypt(json.dumps(dict(settings), ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Give the settings back. Raises :class:`DubanError` when they were sealed with another key."""
        try:
            return json.loads(self._fernet.decrypt(sealed))
        except InvalidToken as wrong:
            raise DubanError(
                "渠道设置无法解开：现在的密钥不是当初加密所用的。请找回原来的密钥文件，或重新填写渠道设置。"
            ) from wrong


class KeylessBox(SecretBox):
    """Stands in while there is no key file: the first settings to be sealed make one, and nothing opens.

    Looking must not make a key: the office would then not see that the real one is lost.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def at_hand(self) -> bool:
        """Tell whether a key was made or put back since."""
        return self._path.exists()

    def seal(self, settings: Mapping[str, Any]) -> bytes:
        """Seal with a key that is made now, so that lost settings can be entered again."""
        return SecretBox(load_or_create_key(self._path)).seal(settings)

    def open(self, sealed: bytes) -> dict[str, Any]:
        """Open with a key that was made or put back since. Raises :class:`DubanError` without one."""
        if not self._path.exists():
            raise self.lost()
        return SecretBox(load_or_create_key(self._path)).open(sealed)

    def lost(self) -> DubanError:
        """Give what to say of settings that were sealed with a key that is not there."""
        return DubanError(
            f"渠道密钥文件不见了，应在 {self._path}，账簿中的渠道设置因此解不开。"
            "请从备份找回并放回原处；确实找不回的，用 duban channels add 逐个重新填写渠道设置。"
        )


def load_or_create_key(path: Path, given: str | None = None) -> bytes:
    """Give the key that was ``given`` (from DUBAN_SECRET_KEY), else the one in the file, made if need be.

    The file is for its owner only (0600); two programs that make it at once get the same key. Raises
    :class:`DubanError` when the file cannot be read or made.
    """
    if given:
        return given.strip().encode()
    try:
        if not path.exists():
            _create(path)
        return path.read_bytes().strip()
    except OSError as wrong:
        raise DubanError(
            f"渠道密钥文件 {path} 读不出或建不了：{wrong.strerror}。请检查该文件夹的读写权限。"
        ) from wrong


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = mkstemp(dir=path.parent, prefix=".key-")  # mkstemp makes it 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Fernet.generate_key() + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never in place of another program's key.
        with suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
