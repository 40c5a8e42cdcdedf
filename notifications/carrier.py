"""Handing a letter to Apprise, one plugin for each letter.

Apprise answers True or False and no more, so a plugin of ours leaves what happened in `answer`.
A plugin lives for one call (about 50 microseconds), so nothing is shared between threads. No Apprise
object is made around it: that would choose among plugins by tag, at half the cost of the sending itself.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Protocol

import apprise

from .redact import SecretFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from .letters import Answer, Letter
    from .outcome import Outcome

TEXT = apprise.NotifyFormat.TEXT.value
ASSET = apprise.AppriseAsset(app_id="duban", async_mode=False)
# Apprise prints addresses when it is set to DEBUG; this keeps the secrets out even then.
logging.getLogger("apprise").addFilter(SecretFilter())


class Plugin(Protocol):
    """An Apprise plugin (a NotifyBase) that keeps the provider's answer."""

    answer: Answer | None

    def notify(self, *, body: str, title: str, body_format: str) -> bool:
        """Send what is said; `True` when it was taken."""
        ...


class Carrier:
    """A Sender that carries each letter through a fresh plugin."""

    def __init__(self, make: Callable[[Letter], Plugin], outcome: Outcome) -> None:
        """Take what makes the plugin for a letter, and what makes the answers."""
        self._make = make
        self._outcome = outcome

    def send(self, letter: Letter) -> Answer:
        """Send one letter through Apprise; never raises for what the provider or the network does."""
        if not letter.body.strip():
            return self._outcome.refused("消息正文为空，未发送", permanent=True)
        try:
            return self._carry(letter)
        except Exception as error:  # noqa: BLE001 - a sender that raised would leave its row in "sending"
            return self._outcome.failure(error)

    def _carry(self, letter: Letter) -> Answer:
        plugin = self._make(letter)
        taken = plugin.notify(body=letter.body, title=letter.subject, body_format=TEXT)
        if plugin.answer is None or plugin.answer.ok is not bool(taken):
            return self._outcome.refused("发送组件未给出结果", permanent=False)
        return plugin.answer
