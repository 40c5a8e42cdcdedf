from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
ROOMS = ("app", "calendar", "documents", "flows", "ledger", "notifications", "obligations", "portal", "tasks")
OUTSIDE = ("tests/", "bench/", "docs/", "tools/", ".ci/")


def entries(lock: str) -> list[str]:
    """Each requirement of a lock on one line, with its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def pinned(lock: str) -> dict[str, str]:
    found = (Requirement(line.partition(" --hash")[0].strip()) for line in entries(lock))
    return {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in found}


def declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return [Requirement(line) for line in project["project"]["dependencies"]]


def files_of_the_rooms() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "__init__.py", *ROOMS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from a copy, so that neither an old build/ nor a neighbour's build can show in it."""
    source = tmp_path_factory.mktemp("source")
    for name in {*files_of_the_rooms(), "pyproject.toml", "README.md", "LICENSE"}:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / "tests").mkdir()
    (source / "tests" / "test_nothing.py").touch()
    build = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(source / "dist"),
        str(source),
    ]
    made = subprocess.run(build, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stdout + made.stderr
    return next((source / "dist").glob("*.whl"))


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_registry_no_host_and_no_path(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.findall(r"(?m)^.*(?:://|@ |^-|/|\.whl|\.tar).*$", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_is_pinned_and_hashed(lock: str) -> None:
    line = re.compile(r"[a-z0-9-]+==\S+ (?:; [^\\]+?)?(?: *--hash=sha256:[0-9a-f]{64})+ *")
    assert [entry for entry in entries(lock) if not line.fullmatch(entry)] == []


def test_the_lock_holds_every_declared_requirement_at_a_version_it_allows() -> None:
    versions = pinned("requirements.lock")
    refused = [
        str(one) for one in declared() if not one.specifier.contains(versions[canonicalize_name(one.name)])
    ]
    assert refused == []


def test_the_lock_keeps_prefects_server_and_its_schedules_alive() -> None:
    versions = pinned("requirements.lock")
    assert versions["prefect"] == "3.8.8"
    assert Requirement("fastapi<0.151").specifier.contains(versions["fastapi"])
    assert Requirement("sqlalchemy<2.1").specifier.contains(versions["sqlalchemy"])


def test_the_development_lock_holds_the_run_lock_version_for_version() -> None:
    assert pinned("requirements.lock").items() <= pinned("requirements-dev.lock").items()


def test_the_wheel_holds_every_file_of_the_rooms_and_no_other(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
    packaged = {name.removeprefix("duban/") for name in names if name.startswith("duban/")}
    assert packaged == files_of_the_rooms()
    assert {name.partition("/")[0] for name in names} == {"duban", "duban-0.1.0.dist-info"}
    assert not [name for name in packaged if name.startswith(OUTSIDE)]


def test_the_wheel_carries_the_licence_and_the_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        assert "Apache License" in archive.read("duban-0.1.0.dist-info/licenses/LICENSE").decode()
        assert "duban = duban.app.cli:main" in archive.read("duban-0.1.0.dist-info/entry_points.txt").decode()
