"""What is written into logs where they are JSON lines, and what is kept out of them."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from duban.app import logs
from duban.app.logs import JsonLines, masked
from duban.app.settings import Settings
from duban.app.supervise_prefect import environment

TOKEN = "Ab3_dEf-hIjKlMnOpQrStUvWxYz01234"
UUID = "0198f3c4-7d1e-7a42-9c55-2f6a1b3c4d5e"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET /l/{TOKEN}/findings", "GET /l/***/findings"),
        ("GET /l/short?x=1", "GET /l/***?x=1"),
        (f"referer https://a.cn%2Fl%2F{TOKEN}", "referer https://a.cn%2Fl%2F***"),
        (f"/setup/{TOKEN}", "/setup/***"),
        (f"/feed/{TOKEN}.ics", "/feed/***"),
        (f"'{TOKEN}' is no link", "'***' is no link"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("access_token=abcd&x=1", "access_token=***&x=1"),
        ("打给13900000001", "打给***"),
        (f"run {UUID} of {'a' * 64}", f"run {UUID} of {'a' * 64}"),
        ("第12条，5个单位", "第12条，5个单位"),
    ],
)
def test_what_opens_a_door_or_reaches_a_person_is_masked(said: str, kept: str) -> None:
    assert masked(said) == kept


def line(record: logging.LogRecord, **more: Any) -> dict[str, Any]:
    record.__dict__.update(created=0.25, **more)
    return json.loads(JsonLines().format(record))


def test_an_event_is_one_line_with_its_time_level_process_run_and_counts() -> None:
    made = logging.LogRecord("duban.flows", logging.INFO, "", 0, "两行\n%s", (f"/l/{TOKEN}",), None)
    said = line(made, event="advance", counts={"done": 3, "why": f"/l/{TOKEN}"}, flow_run_id=UUID)
    assert said.pop("process").endswith(f"/{os.getpid()}")
    assert said == {
        "time": "1970-01-01T00:00:00.250+00:00",
        "level": "info",
        "event": "advance",
        "message": "两行\n/l/***",
        "flow_run_id": UUID,
        "done": 3,
        "why": "/l/***",
    }


def test_an_error_is_told_without_the_token_that_it_names() -> None:
    wrong = ValueError(f"/l/{TOKEN}")
    why = (ValueError, wrong, None)
    said = line(logging.LogRecord("uvicorn.error", logging.ERROR, "", 0, "failed", (), why))
    assert (said["level"], said["event"]) == ("error", "uvicorn.error")
    assert "ValueError: /l/***" in said["error"]
    assert TOKEN not in json.dumps(said)


def test_lines_for_people_stay_as_they_are_unless_the_setting_says_json() -> None:
    lines: list[str] = []
    assert logs.speaker("plain", lines.append) == lines.append
    assert "PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER" not in environment(Settings())


def test_prefect_too_writes_json_lines_where_the_setting_says_so(tmp_path: Path) -> None:
    program = (
        "import logging\n"
        "from prefect.logging.configuration import setup_logging\n"
        "setup_logging()\n"
        f"logging.getLogger('prefect.flow_runs').warning('/l/{TOKEN} [x] :warning:')\n"
        "from duban.app import logs\n"
        "logs.speaker('json', print)('  账簿：/tmp/book')"
    )
    given = environment(Settings(log="json", data=tmp_path)) | {"PREFECT_LOGGING_TO_API_ENABLED": "false"}
    made = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, env=given
    )
    assert TOKEN not in made.stderr
    of_prefect, of_up = json.loads(made.stderr), json.loads(made.stdout)
    assert (of_prefect["event"], of_prefect["level"]) == ("prefect.flow_runs", "warning")
    assert of_prefect["message"].startswith("/l/*** [x]")
    assert (of_up["event"], of_up["message"]) == ("up", "账簿：/tmp/book")
