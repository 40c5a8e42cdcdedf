"""Rosters in YAML, read as placed nodes so that every complaint names its line and column."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, cast, final

import yaml

from ..obligations.errors import InputError, Problem
from .roster_csv import decoded
from .roster_table import COLUMNS, CONTACT_FIELDS, Cell, Row, Table, refusal

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOT = ("title", "example", "units")
_UNIT = tuple(name for name in COLUMNS if name not in CONTACT_FIELDS)
_CONTACT = {"name": "contact", "phone": "phone", "email": "email", "channel": "channel"}
_NULL = "tag:yaml.org,2002:null"
_TRUTH = {"true": True, "false": False}


def read_table(file: str, data: bytes) -> Table:
    """Give the units of a YAML roster as rows, one for each contact. Raises InputError for other text."""
    root = _composed(file, decoded(file, data))
    if root is None:
        raise refusal(file, "文件是空的", "单位名册")
    walk = _Walk(file)
    walk.take_root(root)
    return walk.table


def _composed(file: str, text: str) -> yaml.Node | None:
    try:
        # PyYAML has no types of its own.
        return cast("yaml.Node | None", yaml.compose(text, yaml.CSafeLoader))  # pyright: ignore[reportUnknownMemberType]
    except yaml.MarkedYAMLError as error:
        raise _not_yaml(file, error.problem_mark or error.context_mark) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise _not_yaml(file, None) from error


def _not_yaml(file: str, mark: yaml.Mark | None) -> InputError:
    line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
    expected = "缩进一致，冒号后有空格，引号和括号成对"
    return InputError([Problem(file, "YAML 格式有误，读不下去", line, column, expected=expected)])


@final
class _Walk:
    """One walk over the nodes of one file."""

    def __init__(self, file: str) -> None:
        self.table = Table(file, spreadsheet=False)

    def take_root(self, node: yaml.Node) -> None:
        entries = self._entries(node, _ROOT)
        if "title" in entries:
            self.table.title = self._scalar("title", entries["title"])
        if "example" in entries:
            self.table.example = self._truth("example", entries["example"])
        if "units" in entries:
            for unit in self._items("units", entries["units"]):
                self._take_unit(unit)
        elif isinstance(node, yaml.MappingNode):
            self._complain(node, "units", "缺少 units", "units: 下列出各单位", "没有这一项")

    def _take_unit(self, node: yaml.Node) -> None:
        entries = self._entries(node, (*_UNIT, "contacts"))
        cells = {name: self._cell(name, entries[name]) for name in _UNIT if name in entries}
        people = self._items("contacts", entries["contacts"]) if "contacts" in entries else ()
        line, column = _place(node)
        for person in people:
            self.table.rows.append(Row(line, column, cells | self._person(person)))
        if not people and isinstance(node, yaml.MappingNode):
            self.table.rows.append(Row(line, column, cells))

    def _person(self, node: yaml.Node) -> dict[str, Cell]:
        entries = self._entries(node, tuple(_CONTACT))
        absent = Cell("", *_place(node))
        return {
            name: self._cell(f"contacts.{key}", entries[key]) if key in entries else absent
            for key, name in _CONTACT.items()
        }

    def _cell(self, name: str, node: yaml.Node) -> Cell:
        if name == "tags" and isinstance(node, yaml.SequenceNode):
            return Cell([self._scalar(name, item) for item in node.value], *_place(node))
        return Cell(self._scalar(name, node), *_place(node))

    def _scalar(self, name: str, node: yaml.Node) -> str:
        """Give a value as it is written: 013900000001 stays text, whatever YAML would make of it."""
        if isinstance(node, yaml.ScalarNode):
            return "" if node.tag == _NULL else str(node.value)
        self._complain(node, name, f"{name} 只能填一个值", "文字", _kind_of(node))
        return ""

    def _truth(self, name: str, node: yaml.Node) -> bool:
        text = self._scalar(name, node)
        if text.lower() not in _TRUTH:
            self._complain(node, name, f"{name} 只能是 true 或 false", "true 或 false", text)
        return _TRUTH.get(text.lower(), False)

    def _items(self, name: str, node: yaml.Node) -> Sequence[yaml.Node]:
        if isinstance(node, yaml.SequenceNode):
            return node.value
        if node.tag != _NULL:
            self._complain(node, name, f"{name} 应是列表", "以 - 开头的各项", _kind_of(node))
        return ()

    def _entries(self, node: yaml.Node, names: Sequence[str]) -> dict[str, yaml.Node]:
        if not isinstance(node, yaml.MappingNode):
            self._complain(node, None, "这里应是键值对", f"{names[0]}: … 等", _kind_of(node))
            return {}
        entries: dict[str, yaml.Node] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in names and name not in entries:
                entries[name] = value
            else:
                self._complain_key(key, name, names)
        return entries

    def _complain_key(self, node: yaml.Node, name: str, names: Sequence[str]) -> None:
        if name in names:
            self._complain(node, name, "这一项重复了", "只写一次的项", name)
            return
        hint = next(iter(get_close_matches(name, names, n=1)), None)
        expected = "、".join(names)
        self.table.note(
            Problem(self.table.file, "没有这个名称的项", *_place(node), name, expected, name, hint)
        )

    def _complain(self, node: yaml.Node, field: str | None, message: str, *said: str) -> None:
        """Note a problem at a node; `said` is what was expected and what was found."""
        self.table.note(Problem(self.table.file, message, *_place(node), field, *said))


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _kind_of(node: yaml.Node) -> str:
    if isinstance(node, yaml.ScalarNode):
        return f"“{node.value}”"
    return "列表" if isinstance(node, yaml.SequenceNode) else "键值对"
