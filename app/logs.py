"""Logs as one JSON line for each event, where the settings ask for them.

No token, telephone number or secret gets into a line. Otherwise the Chinese lines for people stay.
"""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ..notifications.redact import MASK, redact

if TYPE_CHECKING:
    from collections.abc import Callable

JSON = "json"
# The addresses that hold tokens, as they stand or percent-encoded, and a token by itself.
_IN_ADDRESS = re.compile(r"(?P<name>(?:/|%2F)(?:l|setup|feed)(?:/|%2F))[\w%.~-]+", re.ASCII | re.IGNORECASE)
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{32}(?![\w-])", re.ASCII)
_MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)
_OF_PREFECT = ("flow_run_id", "flow_run_name", "task_run_name", "worker_name")
# Prefect's own logging, in all its processes, through the formatter of this module.
ENVIRONMENT = {
    "PREFECT_LOGGING_FORMATTERS_JSON_CLASS": f"{__name__}.JsonLines",
    "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json",
    "PREFECT_LOGGING_HANDLERS_DEBUG_FORMATTER": "json",
}


def masked(text: str) -> str:
    """Give a text without what would open a door or reach a person."""
    return _MOBILE.sub(MASK, _TOKEN.sub(MASK, _IN_ADDRESS.sub(rf"\g<name>{MASK}", redact(text))))


class JsonLines(logging.Formatter):
    """One JSON object on one line: when (UTC), how grave, what event, which process, its words and counts."""

    def __init__(self, *_given: object, **_named: object) -> None:
        """Take what ``logging.config`` hands to every formatter, which has no say here."""
        super().__init__()

    def format(self, record: logging.LogRecord) -> str:
        """Give the line of a record; ``extra`` may bring ``event``, and ``counts`` of any names."""
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", record.name),
            "process": f"{socket.gethostname()}/{os.getpid()}",
            "message": record.getMessage(),
        }
        said |= {name: getattr(record, name) for name in _OF_PREFECT if getattr(record, name, None)}
        said |= getattr(record, "counts", {})
        if record.exc_info:
            said["error"] = self.formatException(record.exc_info)
        plain = {key: one if isinstance(one, int | float) else masked(str(one)) for key, one in said.items()}
        return json.dumps(plain, ensure_ascii=False)


def begin(form: str) -> None:
    """Let what duban's own modules log leave this process as JSON lines, if the settings say so."""
    log = logging.getLogger("duban")
    if form == JSON and not log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def speaker(form: str, plainly: Callable[[str], None]) -> Callable[[str], None]:
    """Give what takes the lines of ``duban up``: ``plainly``, or the log in JSON."""
    if form != JSON:
        return plainly
    begin(form)
    log = logging.getLogger("duban.up")
    return lambda line: log.info("%s", line.strip(), extra={"event": "up"})
