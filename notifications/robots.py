"""Group robots of WeCom, DingTalk and Feishu. HTTP 200 is not delivery: each reply's own code decides."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, ClassVar, cast
from urllib.parse import quote

from .codes import code_is_permanent
from .post import JsonPost, decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from .letters import Answer, Letter
    from .outcome import Outcome
    from .settings import HookSettings
    from .wire import ProxyWire, Wire

MOBILE = re.compile(r"(\+?86)?(?P<number>1\d{10})", re.ASCII)


class Robot(JsonPost):
    """What the three have in common: one text, and a reply with a code that must be zero."""

    kind: ClassVar[str]
    code_fields: ClassVar[tuple[str, ...]] = ("errcode",)
    words_fields: ClassVar[tuple[str, ...]] = ("errmsg",)

    def __init__(
        self,
        letter: Letter,
        settings: HookSettings,
        outcome: Outcome,
        wire: Wire | ProxyWire,
        wall_clock: Callable[[], float] | None = None,
    ) -> None:
        """Take also the clock (Unix seconds) that signatures are made with; only signed robots need it."""
        super().__init__(letter, settings, outcome, wire)
        self.wall_clock = wall_clock

    def mobiles(self) -> list[str]:
        """Give the mobile number to call upon in the group, if the letter is addressed to one."""
        mobile = MOBILE.fullmatch(self.letter.to.replace(" ", "").replace("-", ""))
        return [mobile["number"]] if mobile and self.settings.mention else []

    def seconds(self) -> int:
        """Give the real time for a signature; a robot refuses one that is an hour out."""
        if self.wall_clock is None:
            raise RuntimeError("a signed robot needs a clock")
        return int(self.wall_clock())

    def judge(self, status: int, said: bytes) -> Answer:
        """Give the Answer by the provider's own code; a 200 without one is not a delivery."""
        reply = _reply(said)
        code = _first(reply, self.code_fields)
        if code is None:
            return self._unread(status, said)
        words = str(_first(reply, self.words_fields) or "")
        text = f"HTTP {status} {self.code_fields[0]}={code} {words}"
        if status == HTTPStatus.OK and str(code) == "0":
            return self.outcome.sent(text)
        final = code_is_permanent(self.kind, status, _number(code), words)
        return self.outcome.refused(text, permanent=final)

    def _unread(self, status: int, said: bytes) -> Answer:
        if status >= HTTPStatus.MULTIPLE_CHOICES:
            return super().judge(status, said)
        text = f"HTTP {status} 答复中没有结果码，不能视为送达：{decode(said)}"
        return self.outcome.refused(text, permanent=False)


class WeCom(Robot):
    """企业微信群机器人; a text holds 2048 bytes, and a longer one is refused whole."""

    kind = "wecom"

    def payload(self, title: str, body: str) -> dict[str, Any]:
        """Give a text message that calls upon the addressee by mobile number."""
        text = {"content": one_text(title, body), "mentioned_mobile_list": self.mobiles()}
        return {"msgtype": "text", "text": text}


class DingTalk(Robot):
    """钉钉群自定义机器人, signed when the channel has a secret."""

    kind = "dingtalk"

    def address(self) -> str:
        """Give the address, with the time and the signature when there is a secret."""
        if not self.settings.secret:
            return self.settings.url
        stamp = str(self.seconds() * 1000)
        digest = _hmac(self.settings.secret, f"{stamp}\n{self.settings.secret}")
        joint = "&" if "?" in self.settings.url else "?"
        return f"{self.settings.url}{joint}timestamp={stamp}&sign={quote(digest, safe='')}"

    def payload(self, title: str, body: str) -> dict[str, Any]:
        """Give a text message; DingTalk calls upon a number only when the text names it too."""
        mobiles = self.mobiles()
        called = "".join(f"\n@{mobile}" for mobile in mobiles)
        text = {"content": one_text(title, body) + called}
        return {"msgtype": "text", "text": text, "at": {"atMobiles": mobiles, "isAtAll": False}}


class Feishu(Robot):
    """飞书群自定义机器人, signed when the channel has a secret; it cannot call upon a mobile number."""

    kind = "feishu"
    code_fields = ("code", "StatusCode")
    words_fields = ("msg", "StatusMessage")

    def payload(self, title: str, body: str) -> dict[str, Any]:
        """Give a text message, with the time and the signature when there is a secret."""
        message: dict[str, Any] = {"msg_type": "text", "content": {"text": one_text(title, body)}}
        if not self.settings.secret:
            return message
        stamp = str(self.seconds())
        return {"timestamp": stamp, "sign": _hmac(f"{stamp}\n{self.settings.secret}", ""), **message}


ROBOTS: dict[str, type[Robot]] = {robot.kind: robot for robot in (WeCom, DingTalk, Feishu)}


def one_text(subject: str, body: str) -> str:
    """Give what a robot says: the subject on a line of its own, then the body."""
    return f"{subject}\n{body}".strip()


def _hmac(key: str, message: str) -> str:
    digest = hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _reply(said: bytes) -> dict[str, Any]:
    try:
        reply = json.loads(decode(said))
    except ValueError:
        return {}
    return cast("dict[str, Any]", reply) if isinstance(reply, dict) else {}


def _first(reply: dict[str, Any], names: tuple[str, ...]) -> object | None:
    return next((reply[name] for name in names if reply.get(name) is not None), None)


def _number(code: object) -> int:
    try:
        return int(str(code))
    except ValueError:
        return -1
