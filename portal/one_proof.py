"""The whole book is read from end to end when it is proved, so one at a time, whoever asks."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Generator

_proving = Lock()


class ProofRunningError(DubanError):
    """Another proof is being made."""

    def __init__(self) -> None:
        super().__init__("另一次核对正在进行，请稍后再来。")


@contextmanager
def one_proof() -> Generator[None]:
    """Hold off every other proof meanwhile; raises :class:`ProofRunningError` when one is being made."""
    if not _proving.acquire(blocking=False):
        raise ProofRunningError
    try:
        yield
    finally:
        _proving.release()
