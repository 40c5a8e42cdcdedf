from __future__ import annotations

import io
import zipfile

import pytest
import xlsxwriter

from duban.documents.uploads import DocumentKind, kind_of_document, safe_name
from duban.obligations.errors import DubanError

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ACCEPTED = "可以上传照片（JPEG、PNG、WebP）、PDF、Word、Excel、WPS 文件和纯文本。"


def ole(*streams: str) -> bytes:
    return OLE + bytes(504) + b"".join(f"{name}\0".encode("utf-16-le").ljust(128, b"\0") for name in streams)


def zipped(*names: str, content: bytes = b"<x/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return out.getvalue()


def workbook() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        _ = book.add_worksheet()
    return out.getvalue()


DOCX = zipped("[Content_Types].xml", "word/document.xml")


def refused(data: bytes, name: str = "材料") -> str:
    with pytest.raises(DubanError) as caught:
        _ = kind_of_document(data, name)
    return str(caught.value)


@pytest.mark.parametrize(
    ("data", "name", "media_type", "extension"),
    [
        (b"%PDF-1.7\n...", "扫描件.jpg", "application/pdf", "pdf"),
        (DOCX, "总结.docx", WORD, "docx"),
        (workbook(), "台账.xlsx", EXCEL, "xlsx"),
        (workbook(), "台账.exe", EXCEL, "xlsx"),
        (ole("Root Entry", "WordDocument"), "总结.doc", "application/msword", "doc"),
        (ole("Root Entry", "WordDocument"), "总结.WPS", "application/msword", "wps"),
        (ole("Root Entry", "Workbook"), "台账.xls", "application/vnd.ms-excel", "xls"),
        (ole("Root Entry", "Book"), "台账.et", "application/vnd.ms-excel", "et"),
        ("情况说明𠮷".encode(), "说明.txt", "text/plain", "txt"),
        (b"\xef\xbb\xbfabc\r\n", "说明.TXT", "text/plain", "txt"),
        ("情况说明".encode("gbk"), "说明.txt", "text/plain", "txt"),
    ],
)
def test_a_file_is_what_its_content_says(data: bytes, name: str, media_type: str, extension: str) -> None:
    assert kind_of_document(data, name) == DocumentKind(media_type, extension)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\x00" + bytes(100), "说明.txt"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "照片.jpg"),
        (b" <script>alert(1)</script>", "说明.txt"),
        ("情况说明".encode(), "说明.html"),
        (b"\x7fELF" + bytes(100), "程序"),
        (ole("Root Entry", "PowerPoint Document"), "汇报.ppt"),
        (bytes(100), "空.txt"),
        ("甲\x1b[31m".encode(), "说明.txt"),
    ],
)
def test_anything_else_is_refused_with_what_is_accepted(data: bytes, name: str) -> None:
    assert refused(data, name) == f"不收这种文件。{ACCEPTED}"


def test_an_archive_is_refused() -> None:
    assert refused(zipped("材料/一.docx"), "材料.docx") == f"不收压缩包和这种文件。{ACCEPTED}"
    assert refused(zipped("word/document.xml")) == f"不收压缩包和这种文件。{ACCEPTED}"


def test_macros_are_refused() -> None:
    assert "有宏" in refused(
        zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), "总结.docx"
    )
    assert "有宏" in refused(
        zipped("[Content_Types].xml", "xl/workbook.xml", "xl/VBAPROJECT.BIN"), "台账.xlsx"
    )
    assert "有宏" in refused(ole("WordDocument", "Macros", "_VBA_PROJECT"), "总结.doc")


def test_a_password_is_refused_with_the_way_out() -> None:
    assert refused(ole("EncryptedPackage")) == f"文件加了密码，请取消密码后再传。{ACCEPTED}"


def test_a_bomb_is_refused_unopened() -> None:
    bomb = zipped("[Content_Types].xml", "xl/workbook.xml", content=bytes(30_000_000))
    assert refused(bomb) == f"文件解压后有 60 MB，超过 50 MB，为安全起见不予读取。{ACCEPTED}"
    assert "2001 个部件" in refused(zipped(*[f"{number}.xml" for number in range(2001)]))


def test_an_empty_file_is_said() -> None:
    assert refused(b"", "说明.txt") == "文件是空的，没有内容；请重新选择。"


@pytest.mark.parametrize(
    ("name", "extension", "shown"),
    [
        ("会议记录.pdf", "pdf", "会议记录.pdf"),
        ("会议记录.PDF", "pdf", "会议记录.pdf"),
        ("照片.heic", "jpg", "照片.jpg"),
        ("../../etc/passwd", "txt", "passwd.txt"),
        ("C:\\Users\\某人\\桌面\\材料.docx", "docx", "材料.docx"),
        ("照片\u202egpj.exe", "jpg", "照片gpj.jpg"),
        ("材料.pdf.exe", "pdf", "材料.pdf"),
        ("示例𠮷村😀👨‍👩‍👧.png", "png", "示例𠮷村😀👨‍👩‍👧.png"),
        ("甲\r\nSet-Cookie: a=1\x00.txt", "txt", "甲 Set-Cookie_ a=1.txt"),
        ('a<b>"c"|d?*.pdf', "pdf", "a_b__c__d__.pdf"),
        ("", "jpg", "附件.jpg"),
        ("..", "jpg", "附件.jpg"),
        (".jpg", "jpg", "附件.jpg"),
        ("con.txt", "txt", "_con.txt"),
        ("第3.5期", "pdf", "第3.5期.pdf"),
        ("e\u0301te.pdf", "pdf", "\u00e9te.pdf"),
    ],
)
def test_a_name_is_shown_without_harm(name: str, extension: str, shown: str) -> None:
    assert safe_name(name, extension) == shown


def test_a_name_has_at_most_80_characters_and_keeps_its_ending() -> None:
    assert safe_name("长" * 300 + ".docx", "docx") == "长" * 75 + ".docx"
    assert safe_name("长" * 75 + "👨‍👩.pdf", "pdf") == "长" * 75 + "👨.pdf"
