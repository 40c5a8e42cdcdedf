"""The text of documents as they come: Word, PDF, web pages, plain text, and what cannot be read."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from duban.documents.reading import read_document, text_of
from duban.obligations.errors import DubanError
from support.small_pdf import pdf_of

LINE = "请各村于1月29日前报送工作总结至镇综治岗。"
NUMBERED = (
    f'<w:abstractNum {nsdecls("w")} w:abstractNumId="90"><w:lvl w:ilvl="0">'
    '<w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl></w:abstractNum>'
)


def docx_bytes(document: object) -> bytes:
    out = io.BytesIO()
    document.save(out)  # pyright: ignore[reportAttributeAccessIssue]
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_plain_text_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    assert text_of(LINE.encode(encoding), "通知.txt") == LINE


def test_a_word_file_gives_paragraphs_and_the_rows_of_its_tables() -> None:
    document = Document()
    document.add_paragraph("关于报送总结的通知")
    table = document.add_table(rows=2, cols=4)
    for cell, text in zip(table.rows[0].cells, ["序号", "任务", "责任单位", "完成时限"], strict=True):
        cell.text = text
    for cell, text in zip(table.rows[1].cells, ["1", "排查隐患", "各村", "3月底前"], strict=True):
        cell.text = text
    document.add_paragraph(LINE)
    assert text_of(docx_bytes(document), "通知.docx").split("\n") == [
        "关于报送总结的通知",
        "序号　任务　责任单位　完成时限",
        "排查隐患（责任单位：各村；完成时限：3月底前）。",
        LINE,
    ]


def test_the_automatic_numbers_of_a_word_file_are_read_as_word_shows_them() -> None:
    document = Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERED))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    for text in ("总体要求", "工作任务"):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="0"/><w:numId w:val="90"/></w:numPr>')
        )
    assert text_of(docx_bytes(document), "a.docx") == "一、总体要求\n二、工作任务"


def test_a_pdf_gives_the_text_of_its_pages() -> None:
    text = text_of(pdf_of([["关于报送总结的通知", LINE], ["第二页"]]), "通知.pdf")
    assert [line for line in text.split() if line] == ["关于报送总结的通知", LINE, "第二页"]


def test_a_web_page_gives_its_blocks_without_scripts() -> None:
    body = f"<script>1</script><h1>通知</h1><p>请各村<br>{LINE}</p>"
    page = f"<html><head><title>x</title></head><body>{body}</body></html>"
    assert text_of(page.encode(), "通知.html") == f"通知\n请各村\n{LINE}"


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"", "空.txt", "空.txt：文件是空的，没有内容。"),
        (pdf_of([[]]), "扫描.pdf", "扫描.pdf：这个 PDF 里没有文字，可能是扫描件；"),
        (b"%PDF-1.7 broken", "坏.pdf", "坏.pdf：这个 PDF 坏了，读不了；"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....",
            "旧.doc",
            "旧.doc：这是旧格式的 .doc 或加了密码的文件，读不了；",
        ),
        (b"PK\x03\x04 broken", "坏.docx", "坏.docx：文件坏了，打不开；"),
        (b"hello", "图.png", "图.png：不能读这种文件；请用.docx"),
        (b"\xff\xff\x00\x01", "乱.txt", "乱.txt：不是文本文件，或者编码认不出来；"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(data: bytes, name: str, said: str) -> None:
    with pytest.raises(DubanError) as refused:
        text_of(data, name)
    assert str(refused.value).startswith(said)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="没有这个文件"):
        read_document(tmp_path / "无.txt")
