"""A channel is a named way of reaching people; `build` turns one into something that sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..obligations.errors import DubanError
from .files import FileSender
from .letters import Answer, Letter, Sender
from .redact import secrets_of
from .settings import KNOWN, check_names, file_settings, mail_settings, robot_settings, webhook_settings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = [
    "KINDS",
    "ROBOT_KINDS",
    "ROBOT_PER_MINUTE",
    "Answer",
    "Channel",
    "Letter",
    "Sender",
    "build",
    "per_minute",
]

KINDS = tuple(KNOWN)
ROBOT_KINDS = ("wecom", "dingtalk", "feishu")
# WeCom counts 2048 bytes of text; DingTalk 20,000 and Feishu 20 KB for the whole request, envelope included.
TEXT_BYTES = MappingProxyType({"wecom": 2048, "dingtalk": 18_000, "feishu": 18_000})
ROBOT_PER_MINUTE = 20


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out: its kind (one of `KINDS`), its settings (secret: not in the repr), and its own limit."""

    name: str
    kind: str
    settings: Mapping[str, object] = field(default_factory=dict[str, object], repr=False, hash=False)
    per_minute: int | None = None

    @property
    def limit_bytes(self) -> int | None:
        """Give how many bytes of UTF-8 the subject, a line break and the body may have; None for any."""
        return TEXT_BYTES.get(self.kind)


def per_minute(channel: Channel) -> int | None:
    """Give how many letters a channel may take in any minute: its own figure, else 20 for a robot, else None.

    Raises DubanError for a figure below one. What has been taken is counted in the book, over all workers.
    """
    if channel.per_minute is not None and channel.per_minute < 1:
        raise DubanError(f"渠道“{channel.name}”的每分钟条数应为不小于1的整数")
    default = ROBOT_PER_MINUTE if channel.kind in ROBOT_KINDS else None
    return default if channel.per_minute is None else channel.per_minute


def build(channel: Channel, outbox: Path, wall_clock: Callable[[], float] | None = None) -> Sender:
    """Give the sender for a channel; raises DubanError, without secrets, when its settings are wrong.

    `outbox` is the folder of the file channel. `wall_clock` gives real Unix seconds, even in a
    rehearsal; only the signature of a DingTalk or Feishu robot needs it.
    """
    check_names(channel.kind, channel.name, channel.settings)
    if channel.kind == "file":
        folder, durable = file_settings(channel.name, channel.settings)
        return FileSender(outbox, folder, durable=durable)
    try:
        return _mail(channel) if channel.kind == "email" else _hook(channel, wall_clock)
    except OSError:
        raise DubanError(f"渠道“{channel.name}”的 ca_file 无法读取，或不是有效的证书文件") from None


# Apprise takes a fifth of a second to import: those who only write files do not wait for it.
def _mail(channel: Channel) -> Sender:
    from .carrier import Carrier  # noqa: PLC0415
    from .mail import Mail  # noqa: PLC0415
    from .outcome import Outcome  # noqa: PLC0415
    from .wire import trust  # noqa: PLC0415

    settings = mail_settings(channel.name, channel.settings)
    trust(settings.security)
    outcome = Outcome(secrets_of(channel.settings))
    return Carrier(partial(Mail, settings=settings, outcome=outcome), outcome)


def _hook(channel: Channel, wall_clock: Callable[[], float] | None) -> Sender:
    from .carrier import Carrier  # noqa: PLC0415
    from .outcome import Outcome  # noqa: PLC0415
    from .post import Webhook  # noqa: PLC0415
    from .robots import ROBOTS  # noqa: PLC0415
    from .wire import wire  # noqa: PLC0415

    outcome = Outcome(secrets_of(channel.settings))
    if channel.kind == "webhook":
        settings = webhook_settings(channel.name, channel.settings)
        make = partial(Webhook, settings=settings, outcome=outcome, wire=wire(settings))
        return Carrier(make, outcome)
    settings = robot_settings(channel.kind, channel.name, channel.settings)
    if settings.secret and wall_clock is None:
        raise DubanError(f"渠道“{channel.name}”启用了加签，但程序未提供时钟")
    make = partial(
        ROBOTS[channel.kind],
        settings=settings,
        outcome=outcome,
        wire=wire(settings),
        wall_clock=wall_clock,
    )
    return Carrier(make, outcome)
