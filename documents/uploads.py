"""Files that units send beside photos: told by their content, never by their name, and named harmlessly."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError
from .plain_text import plain_line
from .zip_guard import entries_of, fault_of, has_password, is_ole

if TYPE_CHECKING:
    import zipfile

ACCEPTED = "可以上传照片（JPEG、PNG、WebP）、PDF、Word、Excel、WPS 文件和纯文本"
LONGEST_NAME = 80
_MOST_ENTRIES = 2000
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_OLD = {
    # The stream that tells: media type, extension, and the extension by which WPS calls the same.
    "WordDocument": ("application/msword", "doc", "wps"),
    "Workbook": ("application/vnd.ms-excel", "xls", "et"),
    "Book": ("application/vnd.ms-excel", "xls", "et"),
}
_MARKUP = re.compile(r"\s*<(?:!doctype|!--|\?|[a-z])", re.IGNORECASE)
_ENDING = re.compile(
    r"\.(?:jpe?g|png|webp|hei[cf]|gif|bmp|tiff?|pdf|docx?|docm|xlsx?|xlsm|wps|et|txt|csv|html?|xml|svg|js"
    r"|zip|rar|7z|exe|com|bat|cmd|scr|apk)$",
    re.IGNORECASE,
)
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """What a file is: its media type, and the ending of its name without a dot."""

    media_type: str
    extension: str


def kind_of_document(data: bytes, name: str) -> DocumentKind:
    """Give what a file is by its content: PDF, Word, Excel, WPS or plain text.

    ``name`` only tells .wps from .doc, .et from .xls, and plain text from what merely looks like it. Raises
    DubanError, saying what is accepted, for anything else and for macros, passwords and bombs.
    """
    if not data:
        raise DubanError("文件是空的，没有内容；请重新选择。")
    if data.startswith(b"%PDF-"):
        return DocumentKind("application/pdf", "pdf")
    if is_ole(data):
        return _old_office(data, name)
    if (entries := entries_of(data)) is not None:
        return _office(data, entries)
    if name.strip().lower().endswith(".txt") and _is_plain_text(data):
        return DocumentKind("text/plain", "txt")
    raise _refused("不收这种文件")


def _refused(found: str) -> DubanError:
    return DubanError(f"{found}。{ACCEPTED}。")


def _old_office(data: bytes, name: str) -> DocumentKind:
    if has_password(data):
        raise _refused("文件加了密码，请取消密码后再传")
    if _holds(data, "_VBA_PROJECT"):
        raise _refused("文件里有宏，为安全起见不收，请另存为不含宏的文件")
    for stream, (media_type, extension, wps) in _OLD.items():
        if _holds(data, stream):
            said = name.strip().lower().rpartition(".")[2]
            return DocumentKind(media_type, wps if said == wps else extension)
    raise _refused("不收这种文件")


def _holds(data: bytes, stream: str) -> bool:
    """Tell whether an old container has a stream; its directory keeps names that end in nought."""
    return f"{stream}\0".encode("utf-16-le") in data


def _office(data: bytes, entries: tuple[zipfile.ZipInfo, ...]) -> DocumentKind:
    if fault := fault_of(data, entries, _MOST_ENTRIES):
        raise _refused(fault)
    names = [entry.filename.lower() for entry in entries]
    if any(name.endswith("vbaproject.bin") for name in names):
        raise _refused("文件里有宏，为安全起见不收，请另存为不含宏的 .docx 或 .xlsx")
    if "[content_types].xml" in names:
        if "word/document.xml" in names:
            return DocumentKind(_WORD, "docx")
        if "xl/workbook.xml" in names:
            return DocumentKind(_EXCEL, "xlsx")
    raise _refused("不收压缩包和这种文件")


def _is_plain_text(data: bytes) -> bool:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        controls = {sign for sign in text if unicodedata.category(sign) == "Cc"}
        return controls <= set("\t\n\r\f") and _MARKUP.match(text) is None
    return False


def safe_name(name: str, extension: str) -> str:
    """Give a name to show and to save under: no path, no signs that hide or turn, the right ending.

    At most 80 characters; Chinese, rare characters and emoji stay. ``extension`` comes without a dot.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", plain_line(name)))[-1]
    stem = _FORBIDDEN.sub("_", last)
    while _ENDING.search(stem):
        stem = _ENDING.sub("", stem)
    stem = _cut(stem.strip(" ."), LONGEST_NAME - len(extension) - 1)
    if _RESERVED.fullmatch(stem):
        stem = f"_{stem}"
    return f"{stem or '附件'}.{extension}"


def _cut(stem: str, longest: int) -> str:
    """Cut without leaving half of a joined sign at the end."""
    kept = stem[:longest]
    while kept != stem and kept and (unicodedata.combining(kept[-1]) or kept[-1] in "\u200d\ufe0f"):
        kept = kept[:-1]
    return kept.rstrip(" .")
