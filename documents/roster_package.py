"""The zip package behind an .xlsx file, opened with care: it comes from outside and may be hostile."""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from typing import NamedTuple

from .roster_table import cell_name, refusal

MOST_BYTES = 50_000_000
MOST_PARTS = 2_000
# A reader lays out the whole rectangle up to the last cell, so one cell at XFD1048576 would fill the memory.
MOST_CELLS = 2_000_000
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_PLACE = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""")
_CELL = re.compile(rb"<(?:\w+:)?c\b[^>]*>")
_ERROR = re.compile(rb"""\bt\s*=\s*["']e["']""")
_ENTRY = re.compile(rb"<(?:\w+:)?(?:sheet|Relationship)\b[^>]*>")
_ATTRIBUTE = re.compile(rb"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


class Package(NamedTuple):
    """The text parts of a workbook, by name."""

    parts: dict[str, bytes]

    def repacked(self) -> io.BytesIO:
        """Give the parts as a new zip file that holds what was measured and nothing else."""
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
            for name, data in self.parts.items():
                archive.writestr(name, data)
        _ = out.seek(0)
        return out

    def error_cells(self, sheet: str) -> set[tuple[int, int]]:
        """Give the cells (line, column, from 1) of a sheet whose formula ended in an error such as #N/A."""
        cells = _CELL.findall(self.parts.get(self._part(sheet), b""))
        return {_place(match) for cell in cells if _ERROR.search(cell) and (match := _PLACE.search(cell))}

    def _part(self, sheet: str) -> str:
        """Give the name of the part that holds a sheet, as the workbook and its relations say; or nothing."""
        relations = self._entries("xl/_rels/workbook.xml.rels")
        targets = {one.get("Id"): one.get("Target", "") for one in relations}
        for entry in self._entries("xl/workbook.xml"):
            if entry.get("name") == sheet:
                target = targets.get(entry.get("r:id"), "")
                return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
        return ""

    def _entries(self, part: str) -> list[dict[str, str]]:
        return [_attributes(entry) for entry in _ENTRY.findall(self.parts.get(part, b""))]


def _attributes(entry: bytes) -> dict[str, str]:
    found = _ATTRIBUTE.findall(entry)
    return {key.decode(): html.unescape((one or other).decode(errors="replace")) for key, one, other in found}


def opened(file: str, data: bytes) -> Package:
    """Give the parts of an .xlsx file.

    Raises InputError when it is something else, is damaged, or would unpack to more than a roster can be.
    """
    if data.startswith(_OLD_EXCEL):
        found = "旧版 .xls 文件或加了密码的文件（请另存为不加密的 .xlsx）"
        raise refusal(file, "打不开这个文件", ".xlsx 表格", found)
    try:
        package = Package(_parts(file, data))
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise refusal(file, "打不开这个文件", ".xlsx 表格", "不是 .xlsx 文件，或文件已损坏") from None
    for name, part in package.parts.items():
        if name.startswith("xl/worksheets/"):
            _check_reach(file, part)
    return package


def _parts(file: str, data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > MOST_BYTES:
            limit = f"解压后不超过 {MOST_BYTES // 1_000_000} MB"
            raise refusal(file, "文件解压后过大，为安全起见不予读取", limit)
        # Reading stops at the size that an entry states, so the limit above holds even if the entry lies.
        return {entry.filename: archive.read(entry) for entry in entries if _is_text(entry.filename)}


def _is_text(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _check_reach(file: str, sheet: bytes) -> None:
    lines, columns = 1, 1
    for match in _PLACE.finditer(sheet):
        line, column = _place(match)
        lines, columns = max(lines, line), max(columns, column)
    if lines * columns > MOST_CELLS:
        found = f"内容一直延伸到 {cell_name(lines, columns)}"
        raise refusal(file, "工作表范围过大", "名册范围以内（请删去下方和右侧多余的单元格）", found)


def _place(match: re.Match[bytes]) -> tuple[int, int]:
    letters, digits = match.groups()
    column = 0
    for letter in letters:
        column = column * 26 + letter - ord("A") + 1
    return int(digits), column
