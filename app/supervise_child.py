"""Runs a module as ``python -m`` would, and ends it when the supervisor is gone.

A supervisor that is killed cannot tell its children, and only Linux has a signal for it. So each child looks
once a second whether its parent is still the same.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 8.0  # seconds to end by itself


def main() -> None:
    """Run ``sys.argv[2:]``, a module and its arguments, while the process ``sys.argv[1]`` is the parent."""
    parent, module = int(sys.argv[1]), sys.argv[2]
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    sys.argv = sys.argv[2:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    # The child leads its own group: what it has started itself ends with it.
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
