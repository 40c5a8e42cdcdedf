"""The outbox folder: one text file for each letter. It is the default, so that nothing leaves by surprise."""

from __future__ import annotations

import errno
import hashlib
import os
import re
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from .letters import Answer

if TYPE_CHECKING:
    from .letters import Letter

LONGEST_NAME = 120
UNSAFE = re.compile(r"[^\w.-]+")
# Names that Windows keeps for itself, with or without an ending.
RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
SENTENCES = {
    errno.ENOSPC: "磁盘空间不足，消息未写入",
    errno.EDQUOT: "磁盘配额已满，消息未写入",
    errno.EACCES: "没有权限写入发件文件夹",
    errno.EROFS: "发件文件夹所在磁盘为只读",
}


class FileSender:
    """Writes each letter to `outbox/<day>/<key>.txt`, whole or not at all; the same key is one file."""

    def __init__(self, outbox: Path, folder: str = "", *, durable: bool = True) -> None:
        """Take the outbox folder, made when first needed, and a subfolder to use in place of the day.

        A rehearsal, which nobody needs after a power cut, may do without `durable` and be faster.
        """
        self._durable = durable
        self._outbox = outbox
        self._folder = safe_name(folder) if folder else ""

    def send(self, letter: Letter) -> Answer:
        """Write one letter; a full disk or a missing right is worth another try."""
        place = Path(self._folder or letter.day.isoformat()) / f"{safe_name(letter.key)}.txt"
        try:
            _write_whole(self._outbox / place, page(letter), durable=self._durable)
        except OSError as error:
            return Answer(ok=False, permanent=False, text=_sentence(error))
        return Answer(ok=True, permanent=False, text=f"已写入 {place.as_posix()}")


def page(letter: Letter) -> str:
    """Give the text of the file: whom it is for, what it is about, and the letter itself."""
    address = f"（{letter.to}）" if letter.to else ""
    head = [f"收件人：{letter.to_name}{address}", f"主题：{letter.subject}", f"编号：{letter.key}"]
    head += ["加急：是"] if letter.urgent else []
    return "\n".join([*head, "", letter.body.rstrip(), ""])


def safe_name(key: str) -> str:
    """Give a file name for a key: readable, legal on every system, and never the same for two keys."""
    plain = UNSAFE.sub("_", key).strip(". ")
    short = plain.encode()[:LONGEST_NAME].decode(errors="ignore")
    if short == key and not RESERVED.fullmatch(short):
        return short
    return f"{short.strip('. ') or '_'}-{hashlib.sha256(key.encode()).hexdigest()[:10]}".replace("..", "._")


def _sentence(error: OSError) -> str:
    sentence = SENTENCES.get(error.errno or 0, "无法写入发件文件夹")
    return f"{sentence}（{type(error).__name__}: {error.strerror}）"


def _write_whole(path: Path, text: str, *, durable: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not tempfile, whose files only their owner may read: a clerk may not be who runs the program.
    draft = path.parent / f".{token_hex(8)}.tmp"
    try:
        with draft.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
