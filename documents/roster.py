"""Rosters of units and contacts, read from the files that clerks keep them in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .roster_rows import roster_of
from .roster_table import Table, refusal

if TYPE_CHECKING:
    from ..obligations.roster import Roster

EXAMPLE = Path(__file__).parent / "examples" / "roster.yaml"
MOST_BYTES = 20_000_000
_READABLE = ".xlsx、.csv 或 .yaml 文件"


def read_roster(path: Path, known: frozenset[str] = frozenset()) -> Roster:
    """Read a roster from an .xlsx, .csv (UTF-8 or GBK) or .yaml file.

    A unit may lie below one that the file leaves out when that one's code is ``known``, from the book. Raises
    InputError with every problem of the file at once: each names its line, its column and its field.
    """
    file = str(path)
    table = _table(file, path.suffix.lower(), _content(file, path))
    return roster_of(table, known)


def read_sent_roster(data: bytes, file: str, known: frozenset[str] = frozenset()) -> Roster:
    """Read a roster that came as bytes under the name ``file``; raises as :func:`read_roster`."""
    if not data.strip():
        raise refusal(file, "文件是空的", "单位名册")
    return roster_of(_table(file, Path(file).suffix.lower(), data), known)


def example_roster() -> Roster:
    """Give the invented township that ships with the program; `example` is set, and its title says so."""
    return read_roster(EXAMPLE)


def write_template(path: Path) -> None:
    """Write an empty .xlsx roster to fill in, with a sheet of instructions.

    Raises DubanError when a file of that name exists or none can be written; nothing half-written stays.
    """
    from .roster_template import write  # noqa: PLC0415 -- XlsxWriter takes longer to load than a plan to show

    write(path)


def _content(file: str, path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise refusal(file, "文件过大", f"不超过 {MOST_BYTES // 1_000_000} MB 的名册")
        data = path.read_bytes()
    except FileNotFoundError:
        raise refusal(file, "找不到这个文件", "已有的名册文件") from None
    except OSError as error:
        raise refusal(file, "读不了这个文件", "可以读取的名册文件", error.strerror) from error
    if not data.strip():
        raise refusal(file, "文件是空的", "单位名册")
    return data


def _table(file: str, suffix: str, data: bytes) -> Table:
    """Read by kind; each kind's library is loaded only when a file of that kind comes."""
    match suffix:
        case ".xlsx":
            from .roster_excel import read_table  # noqa: PLC0415

            return read_table(file, data)
        case ".csv":
            from .roster_csv import read_grid  # noqa: PLC0415
            from .roster_grid import table_of  # noqa: PLC0415

            return table_of(file, read_grid(file, data))
        case ".yaml" | ".yml":
            from .roster_yaml import read_table as read_yaml  # noqa: PLC0415

            return read_yaml(file, data)
        case _:
            found = f"{suffix} 文件" if suffix else "没有扩展名的文件"
            raise refusal(file, "这种文件不能作为名册", _READABLE, found)
