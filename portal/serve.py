"""Serves the pages: ``python -m duban.portal.serve``, as ``duban up`` and ``duban portal`` do."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import uvicorn

from ..app import logs
from ..app.settings import Settings
from . import counter, site

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

FORMAT = "%(asctime)s %(levelname)s %(name)s %(message)s"


def serve(settings: Settings, now: Callable[[], datetime] | None = None) -> None:
    """Serve the pages of an installation until asked to stop.

    Raises :class:`DubanError` when book or key cannot be used.
    """
    log = logging.StreamHandler(sys.stdout)
    log.setFormatter(logs.JsonLines() if settings.log == logs.JSON else logging.Formatter(FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[log])
    here = counter.from_settings(settings) if now is None else counter.from_settings(settings, now)
    # uvicorn's access log prints addresses, and addresses hold tokens; ours does not.
    uvicorn.run(
        site.create(here),
        host=settings.portal_host,
        port=settings.portal_port,
        access_log=False,
        server_header=False,
        log_config=None,
        proxy_headers=True,
        ws="none",  # nothing here speaks it, and a refused upgrade would print its address
    )


if __name__ == "__main__":
    serve(Settings())
