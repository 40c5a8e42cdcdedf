from __future__ import annotations

from contextlib import closing
from io import BytesIO

import pytest
from hypothesis import given, strategies as st

from duban.ledger.sealed import Sealer, is_sealed, key_from, new_key, opened
from duban.obligations.errors import DubanError

KEY = bytes(range(32))
PIECE = 2**20


def sealed(*parts: bytes, key: bytes = KEY) -> bytes:
    out = BytesIO()
    with closing(Sealer(out, key)) as sealer:
        for part in parts:
            sealer.write(part)
    return out.getvalue()


def read(data: bytes, key: bytes = KEY) -> bytes:
    return b"".join(opened(BytesIO(data), key))


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE])
def test_what_was_sealed_is_opened_whole(length: int) -> None:
    said = bytes(length)
    found = sealed(said)
    assert is_sealed(BytesIO(found))
    assert read(found) == said


@given(st.lists(st.binary(max_size=50)))
def test_it_does_not_matter_in_what_parts_it_was_written(parts: list[bytes]) -> None:
    assert read(sealed(*parts)) == b"".join(parts)


def test_the_same_bytes_are_sealed_differently_each_time() -> None:
    assert sealed("台账".encode()) != sealed("台账".encode())
    assert "台账".encode() not in sealed("台账".encode())


WHOLE = sealed(bytes(PIECE), bytes(PIECE), b"end")
HEAD = len(b"duban sealed 1\n") + 32
STEP = PIECE + 16


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(WHOLE[:-1], id="a byte is cut off"),
        pytest.param(WHOLE[: HEAD + 2 * STEP], id="the last piece is cut off"),
        pytest.param(WHOLE[:HEAD], id="every piece is cut off"),
        pytest.param(WHOLE + b"x", id="a byte is added"),
        pytest.param(
            WHOLE[:HEAD]
            + WHOLE[HEAD + STEP : HEAD + 2 * STEP]
            + WHOLE[HEAD : HEAD + STEP]
            + WHOLE[HEAD + 2 * STEP :],
            id="two pieces are exchanged",
        ),
        pytest.param(WHOLE[:100] + bytes([WHOLE[100] ^ 1]) + WHOLE[101:], id="a bit is changed"),
        pytest.param(WHOLE[:20] + bytes([WHOLE[20] ^ 1]) + WHOLE[21:], id="the head is changed"),
    ],
)
def test_what_was_changed_or_cut_off_is_not_opened(changed: bytes) -> None:
    with pytest.raises(DubanError, match="密钥不是加密时所用的那一把，或者文件已损坏、不完整。"):
        read(changed)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(DubanError, match="密钥不是加密时所用的那一把"):
        read(WHOLE, bytes(32))


def test_a_key_is_forty_four_characters() -> None:
    key = new_key()
    assert len(key) == 44
    assert len(key_from(f" {key}\n")) == 32
    assert new_key() != key


@pytest.mark.parametrize("text", ["", "abc", "密钥", "A" * 44 + "=", "AAAA"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(DubanError, match="应为 44 个字符"):
        key_from(text)
