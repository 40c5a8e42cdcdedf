"""Parts put together into one .docx file, the same to the byte for the same parts."""

from __future__ import annotations

import io
import zipfile
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


def pack(paper: Paper, body: bytes, charts: Sequence[DrawnChart]) -> bytes:
    """Give the file of a paper: its text, and what the text refers to."""
    package = _Package()
    main = package.part("/word/document.xml", CT.WML_DOCUMENT_MAIN, body)
    package.load_rel(RT.OFFICE_DOCUMENT, main, "rIdMain")
    core = package.part("/docProps/core.xml", CT.OPC_CORE_PROPERTIES, _properties(paper))
    package.load_rel(RT.CORE_PROPERTIES, core, "rIdCore")
    for name, kind, relation, content in (
        ("styles", CT.WML_STYLES, RT.STYLES, styles()),
        ("settings", CT.WML_SETTINGS, RT.SETTINGS, settings()),
        ("fontTable", CT.WML_FONT_TABLE, RT.FONT_TABLE, font_table()),
    ):
        part = package.part(f"/word/{name}.xml", kind, content)
        main.load_rel(relation, part, f"rId{name[0].upper()}{name[1:]}")
    for number, (key, content) in enumerate(footers().items(), 1):
        part = package.part(f"/word/footer{number}.xml", CT.WML_FOOTER, content)
        main.load_rel(RT.FOOTER, part, key)
    for number, chart in enumerate(charts, 1):
        main.load_rel(RT.CHART, package.chart(number, chart), chart_id(number))
    return package.bytes()


class _Package(OpcPackage):
    """An empty package, and ways to put parts into it."""

    def part(self, name: str, kind: str, content: bytes) -> Part:
        """Put a part into the package; it is written once something refers to it."""
        return Part(PackURI(name), kind, content, self)  # pyright: ignore[reportArgumentType] - any package does

    def chart(self, number: int, chart: DrawnChart) -> Part:
        """Put a chart and its workbook into the package."""
        part = self.part(f"/word/charts/chart{number}.xml", CT.DML_CHART, chart.xml)
        workbook = self.part(f"/word/embeddings/chart{number}.xlsx", CT.SML_SHEET, chart.workbook)
        part.load_rel(RT.PACKAGE, workbook, WORKBOOK_ID)
        return part

    def bytes(self) -> bytes:
        """Give the file, with every moment that a zip file keeps set to the same."""
        made, out = io.BytesIO(), io.BytesIO()
        self.save(made)
        with zipfile.ZipFile(made) as files, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as fixed:
            for name in files.namelist():
                entry = zipfile.ZipInfo(name, _ANY_DAY)
                entry.external_attr = 0o600 << 16
                fixed.writestr(entry, files.read(name), zipfile.ZIP_DEFLATED)
        return out.getvalue()


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
