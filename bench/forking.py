"""Processes of our own: one that does one thing and ends, one that answers until it is no longer wanted."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import contextmanager
from subprocess import PIPE, Popen
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Generator


@contextmanager
def served(module: str, argument: float) -> Generator[int]:
    """Let a module that prints its port first answer in a process of its own; gives the port."""
    command = (sys.executable, "-m", module, str(argument))
    with Popen(command, stdout=PIPE, text=True) as process:  # noqa: S603 - our own program
        assert process.stdout
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def fork(act: Callable[[], object]) -> int:
    """Let a child process do something and give its number; it ends with 1 when that fails, else with 0."""
    if child := os.fork():
        return child
    code = 1
    try:
        act()
        code = 0
    except BaseException:  # noqa: BLE001 - it must not go on as the parent
        traceback.print_exc()
    finally:
        os._exit(code)


def ended_well(child: int) -> bool:
    """Wait for a child; tells whether it ended by itself and not by a signal.

    Raises AssertionError if it failed.
    """
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "a process that nobody killed has failed"
    return not os.WIFSIGNALED(status)
