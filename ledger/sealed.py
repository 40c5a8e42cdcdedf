"""A file sealed with a key, written and read as a stream: AES-256-GCM over pieces that cannot be exchanged.

The layout is that of STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015): each piece's nonce is its number and
whether it is the last, so that pieces cannot be left out, exchanged or cut off unseen. Each file has a key of
its own, derived (HKDF-SHA-256) from the given one and 32 random bytes at its head.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from io import RawIOBase
from typing import IO, TYPE_CHECKING, Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Iterator

MAGIC = b"duban sealed 1\n"
KEY_BYTES = 32
_SALT = 32
_PIECE = 2**20
_TAG = 16


def new_key() -> str:
    """Give a fresh key as 44 characters."""
    return urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def key_from(text: str) -> bytes:
    """Read a key as :func:`new_key` writes it; raises :class:`DubanError` for what is none."""
    try:
        key = urlsafe_b64decode(text.strip().encode("ascii"))
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise DubanError("备份密钥的格式不对；应为 44 个字符，由 duban backup --new-key 生成。")
    return key


def is_sealed(source: IO[bytes]) -> bool:
    """Tell whether a file that has just been opened is sealed; it is then at its beginning again."""
    found = source.read(len(MAGIC)) == MAGIC
    source.seek(0)
    return found


class Sealer(RawIOBase):
    """A stream that seals what is written to it; what is not closed cannot be opened."""

    def __init__(self, target: IO[bytes], key: bytes) -> None:
        salt = os.urandom(_SALT)
        target.write(MAGIC + salt)
        self._target, self._aead = target, _aead(key, salt)
        self._number, self._held = 0, bytearray()

    def writable(self) -> bool:
        """Tell that it can be written to."""
        return True

    def write(self, data: Any, /) -> int:
        """Take bytes; gives how many."""
        before = len(self._held)
        self._held += data
        taken = len(self._held) - before
        # A whole piece stays until more comes, since it may be the last.
        while len(self._held) > _PIECE:
            self._put(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]
        return taken

    def close(self) -> None:
        """Seal the last piece; the file below stays open."""
        if not self.closed:
            self._put(bytes(self._held), last=True)
        super().close()

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._target.write(self._aead.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


def opened(source: IO[bytes], key: bytes) -> Iterator[bytes]:
    """Give what was sealed, piece by piece.

    Raises :class:`DubanError` when the key is another, or the file was changed or cut off.
    """
    source.read(len(MAGIC))
    aead, number = _aead(key, source.read(_SALT)), 0
    piece = source.read(_PIECE + _TAG)
    while True:
        following = source.read(_PIECE + _TAG)
        try:
            yield aead.decrypt(_nonce(number, last=not following), piece, None)
        except InvalidTag:
            raise DubanError("备份打不开：密钥不是加密时所用的那一把，或者文件已损坏、不完整。") from None
        if not following:
            return
        piece, number = following, number + 1


def _aead(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), KEY_BYTES, salt, MAGIC).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")
