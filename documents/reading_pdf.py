"""The text of a PDF, page by page as printed, broken lines and page numbers included."""

from __future__ import annotations

import io

from pypdf import PdfReader

from ..obligations.errors import DubanError

MOST_PAGES = 300


def text_of_pdf(data: bytes) -> str:
    """Give the text of a PDF, pages parted by a form feed; empty when it holds pictures only.

    Raises :class:`DubanError` for a password and for what is no readable PDF.
    """
    try:
        return "\n\f\n".join(page.extract_text() for page in _opened(data).pages)
    except DubanError:
        raise
    except Exception as wrong:  # pypdf says of broken files that “other exceptions” may come
        raise DubanError("这个 PDF 坏了，读不了；请重新下载，或用 Word 文件。") from wrong


def _opened(data: bytes) -> PdfReader:
    reader = PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise DubanError("这个 PDF 加了密码，请取消密码后再读。")
    if len(reader.pages) > MOST_PAGES:
        raise DubanError(f"这个 PDF 有 {len(reader.pages)} 页，超过 {MOST_PAGES} 页，不像是一份方案或通知。")
    return reader
