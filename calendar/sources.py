"""A plan file as written: YAML with the place of each value, so that an error names its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..obligations.errors import InputError, Problem
from .faults import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MOST_BYTES = 1_000_000
_DEEPEST = 40
_SHAPE = "缩进一致，冒号用半角、后面有空格，引号和括号成对"
_SAID = (
    ("tab", "缩进用了制表符", "空格"),
    ("flow", "括号没有成对，或少了逗号", _SHAPE),
    ("quoted", "引号没有成对", _SHAPE),
    ("cannot start any token", "这里的字符不能直接写", "空格缩进；以 @、%、` 开头的文字加引号"),
    ("mapping values", "这里多了一个冒号，或缩进不对", _SHAPE),
    ("single document", "一个文件只能写一个方案", "去掉单独一行的 ---"),
)
_MOST_REFUSED = 20
_WIDE_COLON = re.compile(r"^[ -]*[A-Za-z_]+(：)", re.MULTILINE)
Position = tuple[int, int]


class _Yaml(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # pyright: ignore[reportGeneralTypeIssues, reportUntypedBaseClass]  # libyaml is ten times faster
    """YAML whose plain scalars are text unless plainly a number, true, false or null.

    PyYAML would read 12:00 as 720, ``no`` as false and a date as an object.
    """

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - PyYAML's own name


for _tag, _pattern, _first in (
    ("bool", r"true|false", "tf"),
    ("int", r"-?(?:0|[1-9]\d*)", "-0123456789"),
    ("float", r"-?\d+\.\d+", "-0123456789"),
    ("null", r"~|null|", ["~", "n", ""]),
):
    _Yaml.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), list(_first))  # pyright: ignore[reportUnknownMemberType]

_MADE: dict[str, Callable[[str], object]] = {"int": int, "float": float, "bool": "true".__eq__}


@dataclass(frozen=True, slots=True)
class Source:
    """A plan file as read: its name, its text, its values, and where each value and key stands (from 1)."""

    file: str
    text: str
    values: dict[str, Any] = field(default_factory=dict[str, Any])
    marks: dict[Place, Position] = field(default_factory=dict[Place, Position])
    keys: dict[Place, Position] = field(default_factory=dict[Place, Position])
    faults: list[Fault] = field(default_factory=list[Fault])

    def problem(self, fault: Fault) -> Problem:
        """Turn a fault into a problem with the line and column of the nearest value that is in the file."""
        line, column = self._mark(fault)
        return Problem(
            self.file, fault.message, line, column, fault.field, fault.expected, fault.found, fault.hint
        )

    def _mark(self, fault: Fault) -> Position:
        if fault.on_key and fault.place in self.keys:
            return self.keys[fault.place]
        place = fault.place
        while place and place not in self.marks:
            place = place[:-1]
        return self.marks.get(place, (1, 1))


def read_file(path: Path) -> str:
    """Give the text of a plan file. Raises :class:`InputError` when it cannot be read or is not UTF-8."""
    try:
        raw = path.read_bytes()
    except OSError as wrong:
        raise InputError([Problem(str(path), _unopened(wrong))]) from None
    if len(raw) > MOST_BYTES:
        raise InputError(
            [Problem(str(path), "文件过大，不像是方案", expected=f"不超过 {MOST_BYTES // 1000} KB")]
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line, column = _position(raw[: wrong.start].decode("utf-8-sig"))
        found = "GBK 编码" if _is_gbk(raw) else f"第{wrong.start + 1}字节不是 UTF-8"
        problem = Problem(str(path), "方案文件须另存为 UTF-8 编码", line, column, None, "UTF-8 编码", found)
        raise InputError([problem]) from None


def _unopened(wrong: OSError) -> str:
    if isinstance(wrong, FileNotFoundError):
        return "没有这个文件"
    if isinstance(wrong, IsADirectoryError):
        return "这是文件夹，不是方案文件"
    return f"打不开方案文件（{wrong.strerror}）"


def _position(before: str) -> Position:
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def _is_gbk(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def read_source(text: str, file: str) -> Source:
    """Read the YAML of a plan; ``file`` is the name to show.

    Keys written twice are kept as faults. Raises :class:`InputError` for what is no YAML mapping, and for
    anchors, aliases and tags, which are not part of the language: a few of them can stand for gigabytes.
    """
    try:
        if refused := list(islice(_refused(text, file), _MOST_REFUSED)):
            raise InputError(refused)
        node = cast("yaml.Node | None", yaml.compose(text, Loader=_Yaml))  # pyright: ignore[reportUnknownMemberType]
    except yaml.MarkedYAMLError as wrong:
        raise InputError([_unreadable(wrong, text, file)]) from None
    except yaml.YAMLError as wrong:
        at = _position(text[: getattr(wrong, "position", None) or 0])
        raise InputError([Problem(file, "文件里有不能用的字符", *at, None, "文字")]) from None
    if node is None:
        raise InputError([Problem(file, "文件是空的", 1, 1, None, "一个方案")])
    if not isinstance(node, yaml.MappingNode):
        raise InputError(
            [Problem(file, "方案应是“键: 值”的清单", *_at(node.start_mark), None, "slug: … 等", _kind(node))]
        )
    source = Source(file, text)
    source.values.update(_mapping(node, (), source))
    return source


def _refused(text: str, file: str) -> Iterator[Problem]:
    depth = 0
    for event in yaml.parse(text, Loader=_Yaml):  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
        event = cast("yaml.Event", event)
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if message := _not_ours(event):
            yield Problem(file, message, *_at(event.start_mark), None, "把内容直接写出来")
        if depth > _DEEPEST:
            yield Problem(file, "缩进或括号的层数太多", *_at(event.start_mark), None, f"不超过 {_DEEPEST} 层")
            return


def _not_ours(event: yaml.Event) -> str | None:
    if isinstance(event, yaml.AliasEvent):
        return "方案里不能用引用（*）"
    if getattr(event, "anchor", None):
        return "方案里不能用锚点（&）"
    if isinstance(event, yaml.NodeEvent) and getattr(event, "tag", None):
        return "方案里不能用标签（!）"
    return None


def _unreadable(wrong: yaml.MarkedYAMLError, text: str, file: str) -> Problem:
    if slip := _WIDE_COLON.search(text):
        at = _position(text[: slip.start(1)])
        return Problem(file, "冒号用了全角", *at, None, "半角冒号和一个空格", "“：”")
    line, column = at = _blamed(wrong)
    shown = [*text.splitlines(), ""][min(line, text.count("\n") + 1) - 1]
    said = "tab" if shown[column - 1 :].startswith("\t") else f"{wrong.context} {wrong.problem}"
    message, expected = next((rest for part, *rest in _SAID if part in said), ("写法不对，读不下去", _SHAPE))
    return Problem(file, f"不是正确的 YAML：{message}", *at, None, expected)


def _blamed(wrong: yaml.MarkedYAMLError) -> Position:
    """Give where to look: a bracket or quote that is never closed, else where reading stopped."""
    opened = re.search("flow|quoted", wrong.context or "") and wrong.context_mark
    mark = opened or wrong.problem_mark or wrong.context_mark
    return _at(mark) if mark else (1, 1)


def _at(mark: yaml.Mark) -> Position:
    return mark.line + 1, mark.column + 1


def _kind(node: yaml.Node) -> str:
    return "清单" if isinstance(node, yaml.SequenceNode) else "文字"


def _plain(node: yaml.Node, place: Place, source: Source) -> Any:
    source.marks[place] = _at(node.start_mark)
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, source)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, n), source) for n, item in enumerate(node.value)]
    kind = node.tag.rsplit(":", 1)[-1]
    return None if kind == "null" else _MADE.get(kind, str)(node.value)


def _mapping(node: yaml.MappingNode, place: Place, source: Source) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            place_of = (*place, "?")
            source.keys[place_of] = _at(key_node.start_mark)
            source.faults.append(Fault(place_of, "键应是一个词", "“键: 值”", _kind(key_node), on_key=True))
            continue
        here = (*place, str(key_node.value))
        if here in source.keys:
            message = f"键“{key_node.value}”写了两次"
            first = f"只写一次（第一次在第{source.keys[here][0]}行）"
            source.faults.append(Fault(here, message, first, on_key=True))
        source.keys[here] = _at(key_node.start_mark)
        found[str(key_node.value)] = _plain(value_node, here, source)
    return found
