"""A round's workbook, filled in as villages do: with a spreadsheet program that is not ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import openpyxl

from duban.documents.round_sheet import RoundSheet, SheetRow, Taken
from duban.documents.round_workbook import write_round_workbook
from duban.documents.round_workbook_read import read_round_workbook


def field(key: str, label: str, kind: str, **more: Any) -> dict[str, Any]:
    blank = {"unit": "", "options": [], "min": None, "max": None, "required": False, "help": ""}
    return {"key": key, "label": label, "type": kind, **blank, **more}


FORM = [
    field("shuliang", "检查数量", "number", unit="处", min=0, max=1000, required=True),
    field("leibie", "类别", "choice", options=["非法生产", "非法储存"]),
    field("cuoshi", "措施", "checklist", options=["查、收、打", "没收"]),
    field("riqi", "日期", "date"),
    field("qingkuang", "情况", "text", help="写清地点"),
    field("zhaopian", "照片", "files"),
]
ROUND = RoundSheet(
    plan_title="打击非法烟花爆竹",
    plan="yanhua",
    duty="yuejian",
    period="2026-03",
    title="每月检查（2026年3月）",
    clause="二（一）3",
    due_text="2026年3月25日（星期三）24时",
    office="示例镇打非办",
    form=FORM,
    form_digest="d" * 64,
    workbook_id="w-1",
    rows=[SheetRow("v01", "示例一村"), SheetRow("v02", "示例二村", "已报"), SheetRow("v03", "示例三村")],
)


def with_form(*fields: Mapping[str, Any]) -> RoundSheet:
    return replace(ROUND, form=fields)


def book_of(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def bytes_of(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(change: Callable[[Any], object], sheet: RoundSheet = ROUND) -> bytes:
    """The workbook after a change of its page 填报."""
    book = book_of(write_round_workbook(sheet))
    _ = change(book["填报"])
    return bytes_of(book)


def filled(cells: Mapping[str, object], sheet: RoundSheet = ROUND) -> bytes:
    """The workbook with some cells filled in; the first unit is at line 6."""

    def fill(page: Any) -> None:
        for name, value in cells.items():
            page[name] = value

    return changed(fill, sheet)


def read(data: bytes, expected: RoundSheet = ROUND) -> Taken:
    return read_round_workbook(data, "填报表.xlsx", expected)


def taken(cells: Mapping[str, object], sheet: RoundSheet = ROUND) -> Taken:
    return read(filled(cells, sheet), sheet)


def said(found: Taken) -> list[str]:
    return [problem.text().removeprefix("填报表.xlsx:") for problem in found.problems]


def patched(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    """A package with the bytes of one part changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new) if name == part else content)
    return out.getvalue()
