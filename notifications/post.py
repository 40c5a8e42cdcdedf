"""Apprise plugins that post JSON and read what comes back; the generic webhook is one of them."""

from __future__ import annotations

import base64
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from apprise.plugins.base import NotifyBase

from .carrier import ASSET
from .codes import status_is_permanent

if TYPE_CHECKING:
    from .letters import Answer, Letter
    from .outcome import Outcome
    from .settings import HookSettings
    from .wire import ProxyWire, Wire


class JsonPost(NotifyBase):
    """Posts one letter as JSON; `answer` is what came of it. Made anew for every letter."""

    service_name = "duban"
    request_rate_per_sec = 0

    def __init__(
        self, letter: Letter, settings: HookSettings, outcome: Outcome, wire: Wire | ProxyWire
    ) -> None:
        """Take the letter, the channel's checked settings, and the wire that its letters share."""
        super().__init__(asset=ASSET)  # pyright: ignore[reportUnknownMemberType]
        self.answer: Answer | None = None
        self.letter = letter
        self.settings = settings
        self.outcome = outcome
        self.wire = wire

    def send(self, body: str, title: str = "", *_args: object, **_kwargs: object) -> bool:
        """Post the letter and keep the answer; called by Apprise."""
        try:
            content = json.dumps(self.payload(title, body), ensure_ascii=False).encode()
            self.answer = self.judge(*self.wire.post(self.address(), content, self.headers()))
        except Exception as error:  # noqa: BLE001 - Apprise would log the traceback, address and all
            self.answer = self.outcome.failure(error)
        return self.answer.ok

    def address(self) -> str:
        """Give the address to post to."""
        return self.settings.url

    def headers(self) -> dict[str, str]:
        """Give the headers; the idempotency key is percent-encoded because headers are ASCII."""
        return {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": quote(self.letter.key, safe=":/@.-_~"),
        }

    def payload(self, title: str, body: str) -> dict[str, Any]:
        """Give what is posted."""
        raise NotImplementedError

    def judge(self, status: int, said: bytes) -> Answer:
        """Give the Answer for a reply, by its HTTP status alone."""
        text = f"HTTP {status} {decode(said)}"
        if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
            return self.outcome.sent(text)
        return self.outcome.refused(text, permanent=status_is_permanent(status))


class Webhook(JsonPost):
    """A generic receiver: the fields of Apprise's own `json://`, and ours beside them."""

    def headers(self) -> dict[str, str]:
        """Give the headers, with the office's own and its password where it has one."""
        headers = {**self.settings.headers, **super().headers()}
        if self.settings.user:
            pair = f"{self.settings.user}:{self.settings.password}".encode()
            headers["Authorization"] = "Basic " + base64.b64encode(pair).decode()
        return headers

    def payload(self, title: str, body: str) -> dict[str, Any]:
        """Give Apprise's five fields, and whom the letter is for."""
        letter = self.letter
        return {
            "version": "1.0",
            "title": title,
            "message": body,
            "attachments": [],
            "type": "warning" if letter.urgent else "info",
            "key": letter.key,
            "to": letter.to,
            "to_name": letter.to_name,
            "day": letter.day.isoformat(),
            "urgent": letter.urgent,
        }


def decode(said: bytes) -> str:
    """Give a provider's words as text: UTF-8, else GB18030, which mainland servers still speak."""
    try:
        return said.decode()
    except UnicodeDecodeError:
        return said.decode("gb18030", errors="replace")
