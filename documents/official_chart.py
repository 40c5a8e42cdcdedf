"""A chart that Word draws itself: the chart that XlsxWriter makes, with its workbook to be edited."""

# XlsxWriter is only partly typed.
# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from html import escape
from itertools import cycle
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import xlsxwriter

from .official_page import WIDTH
from .official_styles import FANGSONG
from .official_xml import paragraph, run, styled, w
from .plain_text import cell_text, plain_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from .official_paper import Chart

WORKBOOK_ID: Final = "rIdWorkbook"
_SHEET: Final = "数据"
_HEIGHT = 80
_EMU = 36_000
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
# Colours that can still be told apart when printed in black.
_COLOURS: Final = ("#1F4E79", "#BDD7EE", "#7F7F7F")
_FONT: Final = {"name": FANGSONG, "size": 10.5}


class DrawnChart(NamedTuple):
    """The two parts of a chart: its own XML, and the workbook that it is drawn from."""

    xml: bytes
    workbook: bytes


def placed(chart: Chart, number: int) -> Iterator[str]:
    """Give the paragraph in which the chart of this number stands, and its caption under it."""
    name, wide, high = plain_line(chart.caption), WIDTH * _EMU, _HEIGHT * _EMU
    drawing = (
        f'<w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing"'
        ' distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{wide}" cy="{high}"/>'
        f'<wp:docPr id="{number}" name="图表 {number}" descr="{escape(name)}"/><wp:cNvGraphicFramePr/>'
        f'<a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData uri="{_DRAWING}/chart">'
        f'<c:chart xmlns:c="{_DRAWING}/chart" r:id="{chart_id(number)}"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing>"
    )
    room = (w("keepNext"), w("spacing", before=120, line=240, lineRule="auto"))
    yield paragraph(w("r", drawing), *room, w("jc", val="center"))
    yield styled("Caption", run(name), w("keepNext", val=0))


def chart_id(number: int) -> str:
    """Give the name by which the text refers to a chart."""
    return f"rIdChart{number}"


def draw(chart: Chart, dated: date) -> DrawnChart:
    """Make the parts of a chart; ``dated`` is the day that its workbook bears."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        # Without a date of its own a workbook has that of the moment.
        book.set_properties({"created": datetime(dated.year, dated.month, dated.day)})  # noqa: DTZ001
        page = book.add_worksheet(_SHEET)
        _fill(page, chart)
        _ = page.insert_chart(1, len(chart.bars) + 2, _bars(book, chart))
    data = out.getvalue()
    with zipfile.ZipFile(io.BytesIO(data)) as files:
        return DrawnChart(_for_word(files.read("xl/charts/chart1.xml").decode()), data)


def _fill(page: Worksheet, chart: Chart) -> None:
    for line, label in enumerate(chart.labels, 1):
        _ = page.write_string(line, 0, cell_text(label))
    for column, bars in enumerate(chart.bars, 1):
        _ = page.write_string(0, column, cell_text(bars.name))
        for line, value in enumerate(bars.values, 1):
            if value is not None:
                _ = page.write_number(line, column, value)


def _bars(book: Workbook, chart: Chart) -> Any:
    made: Any = book.add_chart({"type": "column"})
    last = len(chart.labels)
    for column, colour in zip(range(1, len(chart.bars) + 1), cycle(_COLOURS), strict=False):
        made.add_series(
            {
                "name": [_SHEET, 0, column],
                "categories": [_SHEET, 1, 0, last, 0],
                "values": [_SHEET, 1, column, last, column],
                "fill": {"color": colour},
                "gap": 60,
            }
        )
    made.set_legend({"position": "bottom", "font": _FONT})
    made.set_x_axis({"num_font": _FONT})
    scale = {"min": 0, "max": chart.highest, "num_format": f'0"{chart.unit}"' if chart.unit else "0"}
    lines = {"visible": True, "line": {"color": "#D9D9D9"}}
    made.set_y_axis({"num_font": _FONT, "major_gridlines": lines, **scale})
    return made


def _for_word(xml: str) -> bytes:
    """Make the chart of a workbook one of a paper: its data beside it, its font for hanzi too."""
    xml = re.sub(r"<c:printSettings>.*</c:printSettings>", "", xml)
    beside = f'<c:externalData r:id="{WORKBOOK_ID}"><c:autoUpdate val="0"/></c:externalData>'
    xml = xml.replace("</c:chartSpace>", f"{beside}</c:chartSpace>").replace('val="en-US"', 'val="zh-CN"')
    return re.sub(
        r'<a:latin typeface="([^"]*)"/>', r'<a:latin typeface="\1"/><a:ea typeface="\1"/>', xml
    ).encode()
