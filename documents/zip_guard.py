"""Looks at a zip package before anything unpacks it: it comes from outside and may be a bomb."""

from __future__ import annotations

import io
import struct
import zipfile

MOST_BYTES = 50_000_000
_RATIO = 100
# XML of a few megabytes may well pack a hundredfold; only beyond this is it a sign of a bomb.
_HARMLESS_BYTES = 10_000_000
_ENCRYPTED = 0x1
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BROKEN = (zipfile.BadZipFile, struct.error, EOFError, OSError, NotImplementedError, ValueError, LookupError)


def is_ole(data: bytes) -> bool:
    """Tell whether these are the bytes of an old Office file, or of one with a password."""
    return data.startswith(_OLE)


def has_password(data: bytes) -> bool:
    """Tell whether an old container holds an Office file under a password."""
    return is_ole(data) and "EncryptedPackage".encode("utf-16-le") in data


def entries_of(data: bytes) -> tuple[zipfile.ZipInfo, ...] | None:
    """Give what a zip package says that it holds, without unpacking; None when it is not one."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(archive.infolist())
    except _BROKEN:
        return None


def fault_of(data: bytes, entries: tuple[zipfile.ZipInfo, ...], most_entries: int) -> str:
    """Give why a package should not be unpacked, as a clause; empty when it may be."""
    if any(entry.flag_bits & _ENCRYPTED for entry in entries):
        return "文件加了密码，读不了"
    if len(entries) > most_entries:
        return f"文件里有 {len(entries)} 个部件，多得不正常，为安全起见不予读取"
    size = sum(entry.file_size for entry in entries)
    if size > MOST_BYTES:
        return f"文件解压后有 {size // 1_000_000} MB，超过 {MOST_BYTES // 1_000_000} MB，为安全起见不予读取"
    if size > _HARMLESS_BYTES and size > _RATIO * len(data):
        return "文件解压后大了一百倍以上，像是压缩炸弹，为安全起见不予读取"
    return ""
