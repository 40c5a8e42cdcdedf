"""A look into a .docx file: its parts as XML, its text as a reader has it."""

from __future__ import annotations

import io
import zipfile
from xml.etree import ElementTree as ET

from docx import Document

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
NAMES = {"w": W[1:-1]}


def part(data: bytes, name: str = "word/document.xml") -> ET.Element:
    """Give a part of the file."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return ET.fromstring(files.read(name))  # noqa: S314 - our own file


def names(data: bytes) -> list[str]:
    """Give the names of the parts, in order."""
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return files.namelist()


def paragraphs(data: bytes) -> list[str]:
    """Give the paragraphs that are not in tables and not empty; a broken line is one."""
    return [text for one in Document(io.BytesIO(data)).paragraphs if (text := one.text.replace("\n", ""))]


def tables(data: bytes) -> list[list[list[str]]]:
    """Give the cells of the tables."""
    found = Document(io.BytesIO(data)).tables
    return [[[cell.text for cell in row.cells] for row in one.rows] for one in found]


def paragraph_of(data: bytes, text: str) -> ET.Element:
    """Give the first paragraph that has this text."""
    for one in part(data).iter(f"{W}p"):
        if text in "".join(word.text or "" for word in one.iter(f"{W}t")):
            return one
    raise AssertionError(f"no paragraph says {text}")


def said(element: ET.Element, path: str) -> dict[str, str]:
    """Give the attributes of an element below another, without their namespace."""
    found = element.find(path, NAMES)
    return {} if found is None else {key.rpartition("}")[2]: value for key, value in found.attrib.items()}
