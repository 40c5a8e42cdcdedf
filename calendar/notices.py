"""One year's days off and make-up working days, and the reading of our own tables of them.

A table is one of the State Council's yearly notices (国务院办公厅关于…年部分节假日安排的通知), kept as
``holidays/<year>.yaml`` so that a clerk can add the next one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

import yaml

from ..obligations.errors import InputError, Problem
from .faults import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TABLE_KEYS = {"year": True, "notice": True, "source": False, "holidays": True}
_HOLIDAY_KEYS = {"name": True, "from": True, "to": False, "makeup": False}
# Every notice since 2008 arranges these seven; a table without one of them is not finished.
STATUTORY = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
SATURDAY = 5
_LONGEST = 15


@dataclass(frozen=True, slots=True)
class YearTable:
    """What is arranged for one year: each day off and each make-up working day, with its holiday's name.

    A notice may also arrange the last days of December before its year.
    """

    year: int
    source: str
    off: Mapping[date, str]
    makeup: Mapping[date, str]
    provisional: bool = False


def read_table(path: Path, year: int) -> YearTable:
    """Read our own table for ``year``.

    Raises :class:`InputError` with every problem of the file, each with its line and column.
    """
    return _Reader(str(path), year).read(path)


class _Reader:
    def __init__(self, file: str, year: int) -> None:
        self.file = file
        self.year = year
        self.problems: list[Problem] = []
        self.off: dict[date, str] = {}
        self.makeup: dict[date, str] = {}
        self.makeup_nodes: list[tuple[date, yaml.Node]] = []

    def read(self, path: Path) -> YearTable:
        root = self._compose(path)
        keys = self._mapping(root, _TABLE_KEYS)
        notice = self._text(keys["notice"], "notice") if "notice" in keys else ""
        self._check_year(keys.get("year"))
        if "holidays" in keys:
            self._holidays(keys["holidays"])
        if self.problems:
            self.problems.sort(key=lambda problem: (problem.line or 0, problem.column or 0))
            raise InputError(self.problems)
        return YearTable(self.year, notice, self.off, self.makeup)

    def _compose(self, path: Path) -> yaml.Node:
        try:
            text = path.read_text(encoding="utf-8-sig")
            node = cast("yaml.Node | None", yaml.compose(text, Loader=_Loader))  # pyright: ignore[reportUnknownMemberType]
        except UnicodeDecodeError:
            raise self._stop("文件不是 UTF-8 编码，请另存为 UTF-8") from None
        except OSError as why:
            raise self._stop(f"文件读不出来（{why.strerror}）") from None
        except yaml.MarkedYAMLError as why:
            mark = why.problem_mark or why.context_mark
            raise self._stop("不是正确的 YAML，请检查缩进、冒号和括号", mark) from None
        except yaml.YAMLError:
            raise self._stop("不是正确的 YAML，文件里有不能用的字符") from None
        if node is None:
            raise self._stop("文件是空的")
        return node

    def _stop(self, message: str, mark: yaml.Mark | None = None) -> InputError:
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        return InputError([Problem(self.file, message, line, column)])

    def _say(self, node: yaml.Node, message: str, field: str | None = None, **details: str | None) -> None:
        mark = node.start_mark
        self.problems.append(Problem(self.file, message, mark.line + 1, mark.column + 1, field, **details))

    def _mapping(self, node: yaml.Node, known: Mapping[str, bool]) -> dict[str, yaml.Node]:
        """Give the known keys of a mapping; report the unknown, the repeated and the missing."""
        if not isinstance(node, yaml.MappingNode):
            self._say(node, "写法不对", expected=f"“键: 值”，键有{'、'.join(known)}")
            return {}
        keys: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if name not in known:
                self._say(key, "不认识的键", found=f"“{name}”", hint=nearest(name, known))
            elif name in keys:
                self._say(key, "同一个键写了两次", name)
            else:
                keys[name] = value
        for name, required in known.items():
            if required and name not in keys:
                self._say(node, "缺少这个键", name)
        return keys

    def _text(self, node: yaml.Node, field: str) -> str:
        if isinstance(node, yaml.ScalarNode) and node.value.strip():
            return node.value.strip()
        self._say(node, "不能为空", field, expected="文字")
        return ""

    def _items(self, node: yaml.Node, field: str) -> list[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return node.value
        self._say(node, "写法不对", field, expected="列表")
        return []

    def _check_year(self, node: yaml.Node | None) -> None:
        text = "" if node is None else self._text(node, "year")
        if node is not None and text not in ("", str(self.year)):
            self._say(node, "年份与文件名不一致", "year", expected=str(self.year), found=f"“{text}”")

    def _holidays(self, node: yaml.Node) -> None:
        names = [self._holiday(item) for item in self._items(node, "holidays")]
        for day, at in self.makeup_nodes:
            self._check_makeup(day, at)
        for holiday in STATUTORY:
            if names and not any(holiday in name for name in names):
                self._say(node, f"缺少{holiday}的安排", "holidays")
        if not names:
            self._say(node, "没有任何节假日", "holidays")

    def _holiday(self, node: yaml.Node) -> str:
        keys = self._mapping(node, _HOLIDAY_KEYS)
        name = self._text(keys["name"], "name") if "name" in keys else ""
        if "from" in keys:
            for day in self._range(keys["from"], keys.get("to")):
                if day in self.off:
                    self._say(keys["from"], f"{day}已列入{self.off[day]}", "from")
                self.off[day] = name
        for item in self._items(keys["makeup"], "makeup") if "makeup" in keys else ():
            day = self._day(item, "makeup")
            if day is not None:
                self.makeup_nodes.append((day, item))
                self._add_makeup(day, name, item)
        return name

    def _range(self, start: yaml.Node, end: yaml.Node | None) -> Iterator[date]:
        first = self._day(start, "from")
        last = first if end is None else self._day(end, "to")
        if first is None or last is None:
            return
        if not 0 <= (last - first).days < _LONGEST:
            expected = f"{first}起{_LONGEST}天以内"
            self._say(end or start, "放假起止不对", "to", expected=expected, found=str(last))
            return
        yield from (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))

    def _add_makeup(self, day: date, name: str, node: yaml.Node) -> None:
        if day in self.makeup:
            self._say(node, "同一个调休上班日写了两次", "makeup", found=str(day))
        self.makeup[day] = name

    def _check_makeup(self, day: date, node: yaml.Node) -> None:
        if day in self.off:
            self._say(node, f"{day}已列为{self.off[day]}放假，不能又上班", "makeup")
        elif day.weekday() < SATURDAY:
            found = f"{day}，周{'一二三四五'[day.weekday()]}"
            self._say(node, "调休上班日应是周六或周日", "makeup", found=found)

    def _day(self, node: yaml.Node, field: str) -> date | None:
        text = str(node.value) if isinstance(node, yaml.ScalarNode) else ""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = None
        if day is None or day.isoformat() != text:
            self._say(node, "日期不对", field, expected=f"如 {self.year}-10-01", found=f"“{text}”")
            return None
        if not date(self.year - 1, 12, 25) <= day <= date(self.year, 12, 31):
            self._say(node, "日期不在这一年的安排之内", field, expected=f"{self.year}年的日期", found=text)
            return None
        return day
