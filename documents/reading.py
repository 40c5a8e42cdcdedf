"""The text of a document that somebody sends: .docx, .pdf with text, .html or .txt, told by its content."""

from __future__ import annotations

from pathlib import Path

from ..obligations.errors import DubanError
from .decoding import text_in
from .plain_text import plain_text
from .zip_guard import entries_of, fault_of, is_ole

READABLE = ".docx、.pdf（有文字的）、.html 或 .txt 文件"
MOST_BYTES = 20_000_000
MOST_SIGNS = 400_000
_MOST_ENTRIES = 2000
_LEAST_SIGNS = 10


def read_document(path: Path) -> str:
    """Give the text of a document, a line for each paragraph or printed line.

    Raises :class:`DubanError` saying in one sentence why it cannot be read and what to do.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DubanError(f"{path}：文件超过 {MOST_BYTES // 1_000_000} MB，不像是一份文件的正文。")
        data = path.read_bytes()
    except FileNotFoundError:
        raise DubanError(f"{path}：没有这个文件。") from None
    except IsADirectoryError:
        raise DubanError(f"{path}：这是文件夹，不是文件。") from None
    except OSError as wrong:
        raise DubanError(f"{path}：打不开这个文件（{wrong.strerror}）。") from None
    return text_of(data, str(path))


def text_of(data: bytes, name: str) -> str:
    """Give the text of a document that came as bytes under a name; raises as :func:`read_document`."""
    if not data.strip():
        raise DubanError(f"{name}：文件是空的，没有内容。")
    try:
        text = plain_text(_text(data, Path(name).suffix.lower()))
    except DubanError as wrong:
        raise DubanError(f"{name}：{wrong}") from None
    if not text.strip():
        raise DubanError(f"{name}：文件里没有文字。")
    if len(text) > MOST_SIGNS:
        raise DubanError(f"{name}：文字有 {len(text)} 个，超过 {MOST_SIGNS} 个，不像是一份方案或通知。")
    return text


def _text(data: bytes, suffix: str) -> str:
    """Read by content; each kind's reader is loaded only when a file of that kind comes."""
    if data.startswith(b"%PDF-"):
        from .reading_pdf import text_of_pdf  # noqa: PLC0415 - pypdf takes longer to load than a text to read

        text = text_of_pdf(data)
        if len(text.strip()) < _LEAST_SIGNS:
            raise DubanError(
                "这个 PDF 里没有文字，可能是扫描件；请用文字识别转成 Word 或文本，或者用原来的 Word 文件。"
            )
        return text
    if is_ole(data):
        raise DubanError(
            "这是旧格式的 .doc 或加了密码的文件，读不了；请用 Word 或 WPS 另存为不加密码的 .docx。"
        )
    if data.startswith(b"PK"):
        return _text_of_package(data)
    if suffix in (".html", ".htm") or data.lstrip()[:200].lower().startswith((b"<!doctype html", b"<html")):
        from .reading_html import text_of_html  # noqa: PLC0415

        return text_of_html(data)
    if suffix in (".txt", ".md", ""):
        return decoded(data)
    raise DubanError(f"不能读这种文件；请用{READABLE}。")


def _text_of_package(data: bytes) -> str:
    entries = entries_of(data)
    if entries is None:
        raise DubanError("文件坏了，打不开；请重新下载，或用 Word 打开后另存一份。")
    if fault := fault_of(data, entries, _MOST_ENTRIES):
        raise DubanError(f"{fault}。")
    if "word/document.xml" not in {entry.filename for entry in entries}:
        raise DubanError(f"这不是 Word 文件；请用{READABLE}。")
    from .reading_docx import text_of_docx  # noqa: PLC0415

    return text_of_docx(data)


def decoded(data: bytes) -> str:
    """Give a plain text, as :func:`decoding.text_in` does. Raises :class:`DubanError` otherwise."""
    if (text := text_in(data)) is not None:
        return text
    raise DubanError("不是文本文件，或者编码认不出来；请另存为 UTF-8 编码的文本。")
