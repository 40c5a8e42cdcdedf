"""Trying a channel out: whether its settings can serve, and what the provider really answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from ..ledger.channels import ChannelFacts, NewChannel
    from ..notifications.channels import Answer

SUBJECT = "【督办】渠道试发"


def check(new: NewChannel, outbox: Path) -> None:
    """Raise :class:`DubanError`, without secrets, when a channel's settings cannot serve."""
    from ..notifications.channels import Channel, build
    from . import clock

    build(Channel(new.name, new.kind, new.settings, new.per_minute), outbox, clock.unix_seconds)


def send(facts: ChannelFacts, to: str, outbox: Path, now: datetime) -> Answer:
    """Send one message through a channel; gives the provider's own answer.

    ``to`` is an address or a telephone number; it may be empty where the channel itself knows whom it
    reaches. Raises :class:`DubanError` when the settings cannot serve, never for what the provider does.
    """
    from ..calendar.dates import local_day
    from ..notifications.channels import Channel, Letter, build
    from . import clock

    channel = Channel(facts.name, facts.kind, facts.settings, facts.per_minute)
    body = f"这是督办系统的试发消息，用来检查渠道“{facts.name}”是否可用。收到后无需办理，也无需回复。"
    key = f"test-{facts.id}-{int(now.timestamp())}"
    letter = Letter(key, to, to or "试发", SUBJECT, body, local_day(now))
    return build(channel, outbox, clock.unix_seconds).send(letter)
