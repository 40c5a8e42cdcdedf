from __future__ import annotations

import io
import subprocess
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from duban.documents.archive import Archive, file_name
from duban.obligations.errors import DubanError

DAY = datetime.fromisoformat("2023-12-31T23:59:59")


def written(*parts: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with Archive(out, DAY) as archive:
        for name, content in parts:
            archive.add(name, content)
        archive.seal()
    return out.getvalue()


def test_the_same_parts_give_the_same_bytes() -> None:
    parts = [("01 目录.txt", "目录".encode()), ("02 台账/报送台账.xlsx", b"PK")]
    assert written(*parts) == written(*parts)


def test_the_list_of_sums_is_one_that_sha256sum_checks(tmp_path: Path) -> None:
    made = written(("01 目录.txt", b"abc"), ("02 台账/报送台账.xlsx", b""))
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        archive.extractall(tmp_path)
    assert (tmp_path / "SHA256SUMS.txt").read_text(encoding="utf-8") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  01 目录.txt\n"
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  02 台账/报送台账.xlsx\n"
    )
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS.txt"], cwd=tmp_path, check=False)
    assert checked.returncode == 0


def test_two_parts_of_one_name_are_refused() -> None:
    with Archive(io.BytesIO(), DAY) as archive:
        archive.add("目录.txt", b"1")
        with pytest.raises(DubanError, match=r"资料中有两份文件同名：目录\.txt。"):
            archive.add("目录.txt", b"2")


def test_a_large_file_goes_through_in_blocks(tmp_path: Path) -> None:
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(200 << 20)
    with (tmp_path / "binder.zip").open("wb") as out:
        tracemalloc.start()
        with Archive(out, DAY) as archive:
            archive.add_file("附件/large.pdf", large)
            archive.seal()
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < 20 << 20


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("督办〔2023〕3号", "督办〔2023〕3号"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\x00b\n?*", "ab__"),
        ("  . ", "未命名"),
        ("长" * 100, "长" * 80),
    ],
)
def test_whatever_a_thing_is_called_its_file_has_a_name_that_every_system_takes(text: str, name: str) -> None:
    assert file_name(text) == name
