"""What an official paper is made of (GB/T 9704-2012), before it is laid out by :func:`official.write`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 4, which is numbered as it comes: 一、 （一） 1. （1）.

    With ``then`` it opens a paragraph, and the text follows on the same line.
    """

    level: Literal[1, 2, 3, 4]
    text: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """Running text; each line is a paragraph of its own."""

    text: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """A list after a word, as 出席 in minutes (10.3): broken lines stand under what follows the colon."""

    label: str
    text: str


class Column(NamedTuple):
    """One column of a table: its heading, its share of the width, and how its cells are set."""

    heading: str
    share: float
    align: Literal["left", "center", "right"] = "center"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its heading is repeated on each page. A ``wide`` one stands on pages turned on their side."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    caption: str = ""
    note: str = ""
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """A table of two columns without a heading: what is named on the left is said on the right."""

    rows: Sequence[tuple[str, str]]


class Bars(NamedTuple):
    """One set of bars of a chart: its name, and a value for each label; None where there is none."""

    name: str
    values: Sequence[float | None]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of bars that the reader's program draws itself; ``unit`` follows the values, as %."""

    caption: str
    labels: Sequence[str]
    bars: Sequence[Bars]
    unit: str = ""
    highest: float | None = None


Block = Heading | Text | Labelled | Table | Facts | Chart


@dataclass(frozen=True, slots=True)
class Paper:
    """An official paper.

    ``head`` is the red mark of who issues it (发文机关标志), empty for none; ``number`` the 发文字号;
    ``signer`` 签发人, for what goes upward; ``to`` 主送; ``signed`` 发文机关署名; ``dated`` 成文日期;
    ``enclosures`` 附件说明; ``copies`` 抄送; ``printed`` who prints it and the day, for the foot (版记).
    A ``draft`` says so before its title. ``remark`` (附注) stands in brackets under the date.
    """

    title: str
    blocks: Sequence[Block]
    dated: date
    signed: str = ""
    head: str = ""
    number: str = ""
    signer: str = ""
    to: str = ""
    enclosures: Sequence[str] = ()
    remark: str = ""
    copies: str = ""
    printed: tuple[str, date] | None = None
    draft: bool = False
