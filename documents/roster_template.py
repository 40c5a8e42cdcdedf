"""The .xlsx template of a roster."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import xlsxwriter

from ..obligations.errors import DubanError
from .roster_table import COLUMNS, SHEET

if TYPE_CHECKING:
    from pathlib import Path

    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_NOTES = "填写说明"
_DATES = {"启用日期", "停用日期"}
_HELP = {
    "单位代码": ("必填", "每个单位一个，不重复；字母、数字、-、_、. 组成。", "v01"),
    "单位名称": ("必填", "单位全称。", "示例一村"),
    "类别": ("必填", "如镇街、村、社区、部门、派出所、学校、县局、县局部门。方案按类别确定任务对象。", "村"),
    "标签": ("选填", "方案可按标签确定任务对象；多个标签用顿号分开。", "重点村、周界"),
    "上级单位代码": ("选填", "填上级单位的单位代码，该单位须在名册中。", "town"),
    "启用日期": ("选填", "单位从这一天起承担任务；留空表示一直存在。", "2026-01-31"),
    "停用日期": ("选填", "单位从这一天起不再承担任务；留空表示没有停用。", "2026-12-31"),
    "联系人": ("选填", "接收提醒的人。有几人填几行，代码、名称照填，其余单位信息可留空。", "示例联系人1"),
    "手机号": ("选填", "按文本填写。", "13900000001"),
    "邮箱": ("选填", "接收邮件提醒时填写。", "name@example.cn"),
    "发送渠道": ("选填", "发送渠道的名称；留空则写入本机文件夹，不向外发送。", ""),
}
_RULES = (
    "在“单位”表中填写，一行一个单位；列的顺序可以调整，列名不能改，列不能删。",
    "不要合并单元格，不要使用公式。",
    "填好后导入；如有错误，会一次列出全部有误的单元格。",
)


def write(path: Path) -> None:
    """Write the template to a new file. Raises DubanError when the name is taken or writing fails."""
    if path.exists():
        message = f"{path} 已存在，为免覆盖已填内容，没有写入；请换一个文件名。"
        raise DubanError(message)
    try:
        _put(path, _content())
    except OSError as error:
        message = f"写不了 {path}：{error.strerror or error}；请检查磁盘空间和文件夹权限，或换一个位置。"
        raise DubanError(message) from error


def _put(path: Path, content: bytes) -> None:
    """Write beside the place and move it in whole, so that a full disk leaves nothing half-written."""
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            _ = file.write(content)
            file.flush()
            os.fsync(file.fileno())
        _ = part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _content() -> bytes:
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1, "num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
        _fill_units(book.add_worksheet(SHEET), bold, text, day)
        _fill_notes(book.add_worksheet(_NOTES), bold, wrapped)
    return out.getvalue()


def _fill_units(sheet: Worksheet, bold: Format, text: Format, day: Format) -> None:
    for index, column in enumerate(COLUMNS.values()):
        sheet.set_column(index, index, 16, day if column in _DATES else text)
        sheet.write_string(0, index, column, bold)
    sheet.freeze_panes(1, 0)


def _fill_notes(sheet: Worksheet, bold: Format, wrapped: Format) -> None:
    sheet.set_column(0, 1, 14)
    sheet.set_column(2, 2, 70)
    sheet.set_column(3, 3, 20)
    for line, rule in enumerate(_RULES):
        sheet.write_string(line, 0, f"{line + 1}. {rule}")
    top = len(_RULES) + 1
    for index, title in enumerate(("列名", "是否必填", "说明", "示例")):
        sheet.write_string(top, index, title, bold)
    for line, column in enumerate(COLUMNS.values(), start=top + 1):
        for index, value in enumerate((column, *_HELP[column])):
            sheet.write_string(line, index, value, wrapped)
