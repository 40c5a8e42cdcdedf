"""Tells the sender that something in the outbox need not wait for its schedule."""

from __future__ import annotations

import http.client
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING

from .supervise_prefect import Api, api_url

if TYPE_CHECKING:
    from .settings import Settings

DELIVER = "投递"  # the name of its deployment in flows/serve.py


def ring(settings: Settings) -> None:
    """Ask Prefect to run ``deliver`` now, without waiting for its answer.

    Nothing is lost when it does not hear: the schedule sends within its ten minutes all the same.
    """
    Thread(target=_ask, args=(Api(api_url(settings)),), name="doorbell", daemon=True).start()


def _ask(api: Api) -> None:
    with suppress(OSError, ValueError, KeyError, http.client.HTTPException):
        found = next((one for one in api.deployments() if one["name"] == DELIVER), None)
        if found is not None:
            api.ask("POST", f"/deployments/{found['id']}/create_flow_run", {})
