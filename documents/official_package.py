"""Parts put together into one .docx file, the same to the byte for the same parts.

All that does not depend on what a paper says is put together and compressed once, and what it says is then
added to a copy: thousands of papers are written at a time.
"""

from __future__ import annotations

import io
import zipfile
from functools import lru_cache
from html import escape
from typing import TYPE_CHECKING, Final

from docx.opc.constants import CONTENT_TYPE as CT, RELATIONSHIP_TYPE as RT
from docx.opc.package import OpcPackage
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from .official_chart import WORKBOOK_ID, chart_id
from .official_page import footers
from .official_styles import font_table, settings, styles
from .official_xml import HEADER
from .plain_text import plain_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .official_chart import DrawnChart
    from .official_paper import Paper

_ANY_DAY: Final = (1980, 1, 1, 0, 0, 0)  # the first day that a zip file can name
_TEXT: Final = "word/document.xml"
_CORE: Final = "docProps/core.xml"
_CHART: Final = "word/charts/chart{}.xml"
_WORKBOOK: Final = "word/embeddings/chart{}.xlsx"


def pack(paper: Paper, body: bytes, charts: Sequence[DrawnChart]) -> bytes:
    """Give the file of a paper: its text, and what the text refers to."""
    out = io.BytesIO()
    _ = out.write(_frame(len(charts)))
    said = {_TEXT: body, _CORE: _properties(paper)}
    for number, chart in enumerate(charts, 1):
        said |= {_CHART.format(number): chart.xml, _WORKBOOK.format(number): chart.workbook}
    with zipfile.ZipFile(out, "a") as files:
        for name, content in said.items():
            _add(files, name, content)
    return out.getvalue()


@lru_cache(maxsize=8)
def _frame(charts: int) -> bytes:
    """Give the file of a paper with so many charts, less what depends on what it says."""
    package, made, out = _Package(), io.BytesIO(), io.BytesIO()
    package.fill(charts)
    package.save(made)
    left = {_TEXT, _CORE}
    for number in range(1, charts + 1):
        left |= {_CHART.format(number), _WORKBOOK.format(number)}
    with zipfile.ZipFile(made) as files, zipfile.ZipFile(out, "w") as frame:
        for name in files.namelist():
            if name not in left:
                _add(frame, name, files.read(name))
    return out.getvalue()


def _add(files: zipfile.ZipFile, name: str, content: bytes) -> None:
    """Add a part, with every moment that a zip file keeps set to the same."""
    entry = zipfile.ZipInfo(name, _ANY_DAY)
    entry.external_attr = 0o600 << 16
    files.writestr(entry, content, zipfile.ZIP_DEFLATED)


class _Package(OpcPackage):
    """A package that knows how its parts refer to one another; the text and the charts are still empty."""

    def fill(self, charts: int) -> None:
        """Put the parts into the package."""
        main = self._part(_TEXT, CT.WML_DOCUMENT_MAIN)
        self.load_rel(RT.OFFICE_DOCUMENT, main, "rIdMain")
        self.load_rel(RT.CORE_PROPERTIES, self._part(_CORE, CT.OPC_CORE_PROPERTIES), "rIdCore")
        for name, kind, relation, content in (
            ("styles", CT.WML_STYLES, RT.STYLES, styles()),
            ("settings", CT.WML_SETTINGS, RT.SETTINGS, settings()),
            ("fontTable", CT.WML_FONT_TABLE, RT.FONT_TABLE, font_table()),
        ):
            main.load_rel(
                relation, self._part(f"word/{name}.xml", kind, content), f"rId{name[0].upper()}{name[1:]}"
            )
        for number, (key, content) in enumerate(footers().items(), 1):
            main.load_rel(RT.FOOTER, self._part(f"word/footer{number}.xml", CT.WML_FOOTER, content), key)
        for number in range(1, charts + 1):
            chart = self._part(_CHART.format(number), CT.DML_CHART)
            main.load_rel(RT.CHART, chart, chart_id(number))
            workbook = self._part(_WORKBOOK.format(number), CT.SML_SHEET)
            chart.load_rel(RT.PACKAGE, workbook, WORKBOOK_ID)

    def _part(self, name: str, kind: str, content: bytes = b"") -> Part:
        """Give a part of the package; it is written once something refers to it."""
        return Part(PackURI(f"/{name}"), kind, content, self)  # pyright: ignore[reportArgumentType] - any package does


def _properties(paper: Paper) -> bytes:
    """Give title and author; what was made and changed when is the paper's own date."""
    at = f'<dcterms:{{0}} xsi:type="dcterms:W3CDTF">{paper.dated:%Y-%m-%d}T00:00:00Z</dcterms:{{0}}>'
    said = (
        f"<dc:title>{escape(plain_line(paper.title), quote=False)}</dc:title>"
        f"<dc:creator>{escape(plain_line(paper.signed or paper.head), quote=False)}</dc:creator>"
        f"{at.format('created')}{at.format('modified')}"
    )
    return (
        f'{HEADER}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
        f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{said}</cp:coreProperties>'
    ).encode()
