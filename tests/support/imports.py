"""What a module of duban imports, read from its source without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeGuard

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One name that a module asks for: ``duban.ledger.tables.Unit``, ``sqlalchemy.orm.Session``, ``json``."""

    where: str
    name: str
    late: bool  # inside a function, or for the type checker only: not run when the module is imported
    relative: bool

    @property
    def ours(self) -> str | None:
        """The name inside the package (``ledger.tables.Unit``), or None for anybody else's."""
        return self.name.removeprefix("duban.") if self.name.startswith("duban.") else None

    @property
    def library(self) -> str:
        return self.name.partition(".")[0]


def modules(room: str) -> list[Path]:
    return sorted(path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts)


def imports(room: str) -> Iterator[Import]:
    for path in modules(room):
        yield from _imports(path)


def _imports(path: Path) -> Iterator[Import]:
    place = path.relative_to(ROOT)
    package = ["duban", *place.parts[:-1]]
    for node, late in _walk(ast.parse(path.read_text(encoding="utf-8")), late=False):
        where = f"{place}:{node.lineno}"
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(where, alias.name, late, relative=False)
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, package)
            for alias in node.names:
                yield Import(where, f"{base}.{alias.name}", late, relative=node.level > 0)
        elif isinstance(name := node.args[0], ast.Constant):
            yield Import(where, str(name.value), late, relative=False)


def _base(node: ast.ImportFrom, package: list[str]) -> str:
    above = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*above, *([node.module] if node.module else [])])


def _walk(tree: ast.AST, *, late: bool) -> Iterator[tuple[ast.Import | ast.ImportFrom | ast.Call, bool]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) or _is_import_call(node):
            yield node, late
        inside = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) or _is_for_types(node)
        yield from _walk(node, late=late or inside)


def _is_import_call(node: ast.AST) -> TypeGuard[ast.Call]:
    named = isinstance(node, ast.Call) and ast.unparse(node.func)
    return named in {"import_module", "importlib.import_module", "__import__"}


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
