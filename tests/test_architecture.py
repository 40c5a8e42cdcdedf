from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from graphlib import TopologicalSorter

import pytest

from support.imports import ROOT, Import, imports, modules


@dataclass(frozen=True)
class May:
    """What a room may import; `late` names what it may import inside a function, or for the type checker."""

    ours: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


# The table of the design; the longest name that fits a module speaks for it.
TABLE = {
    "obligations": May(),
    "calendar": May(("obligations",), ("borax", "holidays", "pendulum", "pydantic", "pydantic_core", "yaml")),
    "ledger": May(
        ("obligations", "calendar"), ("alembic", "cryptography", "psycopg", "pwdlib", "pyotp", "sqlalchemy")
    ),
    "notifications": May(("obligations",), ("apprise", "jinja2")),
    "documents": May(
        ("obligations",),
        ("PIL", "docx", "filetype", "icalendar", "pypdf", "python_calamine", "segno", "xlsxwriter", "yaml"),
    ),
    "tasks": May(("obligations", "calendar", "ledger", "notifications", "documents"), ("prefect",)),
    "flows": May(("tasks", "app.clock", "app.wiring"), ("prefect",)),
    "portal": May(
        ("ledger", "obligations", "calendar", "documents", "app"),
        (
            "fastapi",
            "jinja2",
            "markupsafe",
            "prometheus_client",
            "pydantic",
            "python_multipart",
            "starlette",
            "uvicorn",
        ),
    ),
    "app": May(
        ("obligations", "calendar", "ledger", "notifications", "documents"),
        ("pendulum", "pydantic", "pydantic_settings", "sqlalchemy"),
        late=("tasks", "flows", "prefect"),
    ),
    "app.cli": May(
        ("obligations", "calendar", "ledger", "notifications", "documents", "app"),
        ("rich", "typer"),
        late=("tasks", "flows", "portal", "prefect"),
    ),
}
ROOMS = [room for room in TABLE if "." not in room]
BESIDE_THE_ROOMS = {"tests", "bench", "docs", "tools"}


def rule_for(module: str) -> May:
    longest = max((name for name in TABLE if f"{module}.".startswith(f"{name}.")), key=len)
    return TABLE[longest]


def allowed(name: str, names: tuple[str, ...]) -> bool:
    return any(f"{name}.".startswith(f"{one}.") for one in names)


def lawful(one: Import, room: str) -> bool:
    file = one.where.partition(":")[0]
    rule = rule_for(file.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    name = one.ours or one.library
    if one.ours is not None and allowed(one.ours, (room,)):
        return True
    if one.ours is None and one.library in sys.stdlib_module_names:
        return True
    known = rule.ours if one.ours is not None else rule.libraries
    return allowed(name, known) or (one.late and allowed(name, rule.late))


def python(*arguments: str) -> str:
    made = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    return made.stdout


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    unlawful = [f"{one.where} imports {one.name}" for one in imports(room) if not lawful(one, room)]
    assert unlawful == []


@pytest.mark.parametrize("room", ROOMS)
def test_rooms_name_each_other_by_relative_import(room: str) -> None:
    # Alembic loads its steps by path, outside any package, so that nothing is relative to them.
    steps = "ledger/migrations/versions/"
    absolute = [
        f"{one.where} imports {one.name}"
        for one in imports(room)
        if one.ours and not one.relative and not one.where.startswith(steps)
    ]
    assert absolute == []


def test_every_folder_with_python_in_it_is_a_room_of_the_table() -> None:
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    folders -= {"build", "dist", *BESIDE_THE_ROOMS}
    assert {name for name in folders if modules(name)} <= set(ROOMS)


def test_the_calendar_room_has_no_init_file() -> None:
    assert not (ROOT / "calendar" / "__init__.py").exists()


def test_python_started_in_the_root_gets_the_calendar_of_the_standard_library() -> None:
    said = python("-c", "import calendar, ssl, email.utils; print(calendar.__file__, calendar.isleap(2024))")
    assert str(ROOT) not in said.replace(sys.prefix, "")
    assert said.endswith(" True\n")


def test_the_calendar_room_is_a_namespace_beside_it() -> None:
    said = python(
        "-c",
        "import calendar, duban.calendar as d; print(d.__file__, [*d.__path__], calendar.isleap(2024))",
    )
    assert said == f"None {[str(ROOT / 'calendar')]} True\n"


def test_prefect_is_not_loaded_by_any_room_but_tasks_and_flows() -> None:
    names = [
        f"duban.{'.'.join(path.relative_to(ROOT).with_suffix('').parts)}".removesuffix(".__init__")
        for room in ROOMS
        if room not in {"tasks", "flows"}
        for path in modules(room)
        if "migrations" not in path.parts
    ]
    load = "import importlib, sys; [*map(importlib.import_module, sys.argv[1:])]"
    assert python("-c", f"{load}; print('prefect' in sys.modules)", *names) == "False\n"


@pytest.mark.parametrize("room", ROOMS)
def test_no_module_wants_another_loaded_that_wants_it(room: str) -> None:
    # What is loaded first would otherwise decide whether it loads at all.
    graph: dict[str, set[str]] = {}
    for one in imports(room):
        folder, *here = one.where.partition(".py:")[0].split("/")
        wanted = (one.ours or "").split(".")
        if len(here) == 1 and not one.late and wanted[0] == folder and len(wanted) > 1:
            graph.setdefault(here[0], set()).add(wanted[1])
    TopologicalSorter(graph).prepare()
