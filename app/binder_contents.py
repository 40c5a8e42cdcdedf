"""In the binder: its table of contents, as a plain text that names every file, and as a paper to print."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from ..calendar.dates import local_day
from ..documents.archive import SUMS
from ..documents.official import Column, Heading, Paper, Table, Text, write
from ..ledger import duties, lookup
from ..obligations.moments import in_words
from .papers import office_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..documents.official import Block
    from .binding import Binding

_TEXT: Final = "00 目录.txt"
_PAPER: Final = "00 目录.docx"
_MOST: Final = 40  # lines of a folder within a folder; of a longer one the paper gives the number


def contents(here: Binding) -> None:
    """Write both, once all else has been written."""
    names = [*here.archive.sums]
    here.archive.add(_TEXT, _text(here, names).encode())
    here.archive.add(_PAPER, write(_paper(here, names)))


def _text(here: Binding, names: Sequence[str]) -> str:
    lines = [here.title, f"迎检资料目录　截至{in_words(here.as_of)}", ""]
    for folder, rest in _by_folder(names):
        lines += ["", folder, *(f"　{one}" for one in rest)]
    if here.lacking:
        lines += ["", _lacking(here)]
    return "\n".join([*lines, "", f"各文件的 SHA-256 见 {SUMS}。", ""])


def _paper(here: Binding, names: Sequence[str]) -> Paper:
    plan = lookup.revision(here.session, here.slug, here.year)
    office = office_of(duties.plan_of(here.session, plan.id)).name if plan else ""
    return Paper(
        title=f"{here.title}\n迎检资料目录",
        blocks=[*_blocks(here, names)],
        dated=local_day(here.as_of),
        signed=office,
    )


def _blocks(here: Binding, names: Sequence[str]) -> Iterator[Block]:
    yield Text(f"本册资料截至{in_words(here.as_of)}，共{len(names)}份文件，各文件的校验码见{SUMS}。")
    if here.lacking:
        yield Text(_lacking(here))
    for folder, rest in _by_folder(names):
        yield Heading(1, folder.partition(" ")[2])
        rows = [(str(number), *line) for number, line in enumerate(_lines(rest), start=1)]
        columns = [Column("序号", 8), Column("名称", 68, "left"), Column("份数", 8)]
        yield Table(columns, rows)


def _lacking(here: Binding) -> str:
    return f"截至当日尚未签发、没有装订的：{'、'.join(here.lacking)}。"


def _lines(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Give a line for each file, but for a long folder within the folder a line with their number."""
    for inner, some in groupby(names, key=lambda name: name.rpartition("/")[0].partition("/")[0]):
        own = [*some]
        if inner and len(own) > _MOST:
            yield inner, str(len(own))
        else:
            yield from ((name, "1") for name in own)


def _by_folder(names: Sequence[str]) -> Iterator[tuple[str, list[str]]]:
    for folder, some in groupby(names, key=lambda name: name.partition("/")[0]):
        yield folder, [name.partition("/")[2] for name in some]
