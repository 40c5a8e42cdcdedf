"""An official paper as a .docx file in the layout of GB/T 9704-2012."""

from __future__ import annotations

from .official_body import Body
from .official_chart import draw
from .official_head import head
from .official_package import pack
from .official_page import section
from .official_paper import Bars, Block, Chart, Column, Facts, Heading, Labelled, Paper, Table, Text
from .official_tail import tail
from .official_xml import root, w

__all__ = [
    "Bars",
    "Block",
    "Chart",
    "Column",
    "Facts",
    "Heading",
    "Labelled",
    "Paper",
    "Table",
    "Text",
    "write",
]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def write(paper: Paper) -> bytes:
    """Give the paper as a .docx file, the same to the byte for the same paper.

    Fonts are named as the standard names them and not put into the file.
    """
    body = Body()
    inner = [*head(paper), *body.set_(paper.blocks), *tail(paper), section()]
    charts = [draw(one, paper.dated) for one in body.charts]
    return pack(paper, root("document", w("body", *inner)), charts)
