"""A channel's settings, checked once. Errors name the setting and never repeat its value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urlsplit

from ..obligations.errors import DubanError

if TYPE_CHECKING:
    from collections.abc import Mapping

HTTP_SETTINGS = ("timeout", "verify", "ca_file")
KNOWN = MappingProxyType(
    {
        "file": ("folder", "durable"),
        "email": ("host", "port", "security", "user", "password", "from", "from_name", *HTTP_SETTINGS),
        "webhook": ("url", "headers", "user", "password", *HTTP_SETTINGS),
        "wecom": ("url", "key", "base_url", "mention", *HTTP_SETTINGS),
        "dingtalk": ("url", "token", "secret", "base_url", "mention", *HTTP_SETTINGS),
        "feishu": ("url", "token", "secret", "base_url", *HTTP_SETTINGS),
    }
)
# The addresses that the providers publish: kind -> (base, path, the setting that completes it).
ROBOT_ADDRESSES = MappingProxyType(
    {
        "wecom": ("https://qyapi.weixin.qq.com", "/cgi-bin/webhook/send?key=", "key"),
        "dingtalk": ("https://oapi.dingtalk.com", "/robot/send?access_token=", "token"),
        "feishu": ("https://open.feishu.cn", "/open-apis/bot/v2/hook/", "token"),
    }
)
# Who answers 200 to what it refuses, and whose answers only a channel of the right kind reads.
ROBOT_HOSTS = MappingProxyType(
    {
        "qyapi.weixin.qq.com": "wecom（企业微信群机器人）",
        "oapi.dingtalk.com": "dingtalk（钉钉群机器人）",
        "api.dingtalk.com": "dingtalk（钉钉群机器人）",
        "open.feishu.cn": "feishu（飞书群机器人）",
        "open.larksuite.com": "feishu（飞书群机器人）",
    }
)
PORTS = MappingProxyType({"starttls": 587, "ssl": 465, "none": 25})
DEFAULT_TIMEOUT = 15.0
LONGEST_TIMEOUT = 120.0
# An address with its key, pasted where a name belongs, must not be repeated.
NAME = re.compile("[a-z_]{1,20}")


@dataclass(frozen=True, slots=True)
class Security:
    """How long to wait (seconds) and whom to trust; `ca_file` is for an office's own authority."""

    timeout: float = DEFAULT_TIMEOUT
    verify: bool = True
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Where a webhook or a robot listens; everything secret is kept out of the repr."""

    url: str = field(repr=False)
    security: Security
    secret: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    user: str = ""
    password: str = field(default="", repr=False)
    mention: bool = True


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How to reach a mail server; `mode` is starttls, ssl or none."""

    host: str
    port: int
    mode: str
    sender: str
    security: Security
    sender_name: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


def check_names(kind: str, name: str, settings: Mapping[str, object]) -> None:
    """Refuse an unknown kind or setting, and offer the nearest known one; raises DubanError."""
    if kind not in KNOWN:
        raise DubanError(f"渠道“{name}”的类型“{kind}”无法识别；应为{'、'.join(KNOWN)}之一")
    for setting in settings:
        if setting not in KNOWN[kind]:
            raise DubanError(f"渠道“{name}”{_unknown(kind, setting)}")


def _unknown(kind: str, setting: str) -> str:
    near = get_close_matches(setting, KNOWN[kind], 1)
    hint = f"；是否想写“{near[0]}”？" if near else f"；可用的有：{'、'.join(KNOWN[kind])}"
    named = f"有无法识别的设置“{setting}”" if NAME.fullmatch(setting) else "有一项设置的名称无法识别"
    return named + hint


def file_settings(name: str, settings: Mapping[str, object]) -> tuple[str, bool]:
    """Read the file channel's subfolder, and whether to wait for the disk; raises DubanError."""
    return _text(name, settings, "folder"), _flag(name, settings, "durable")


def mail_settings(name: str, settings: Mapping[str, object]) -> MailSettings:
    """Read an e-mail channel's settings; raises DubanError."""
    mode = _text(name, settings, "security") or "starttls"
    if mode not in PORTS:
        raise DubanError(f"渠道“{name}”的 security 应为{'、'.join(PORTS)}之一")
    sender = _required(name, settings, "from")
    if "@" not in sender:
        raise DubanError(f"渠道“{name}”的 from 应为发件邮箱地址")
    return MailSettings(
        host=_required(name, settings, "host"),
        port=int(_number(name, settings, "port", PORTS[mode], 65535)),
        mode=mode,
        sender=sender,
        sender_name=_text(name, settings, "from_name"),
        user=_text(name, settings, "user"),
        password=_text(name, settings, "password"),
        security=_security(name, settings),
    )


def webhook_settings(name: str, settings: Mapping[str, object]) -> HookSettings:
    """Read a generic webhook's settings; raises DubanError, also for what is a robot's address."""
    url = _address(name, "url", _required(name, settings, "url"))
    if kind := ROBOT_HOSTS.get((urlsplit(url).hostname or "").rstrip(".")):
        raise DubanError(
            f"渠道“{name}”的 url 是群机器人的地址，通用网络接口读不懂它的答复；请另建类型为 {kind} 的渠道"
        )
    return HookSettings(
        url=url,
        headers=_headers(name, settings.get("headers", {})),
        user=_text(name, settings, "user"),
        password=_text(name, settings, "password"),
        security=_security(name, settings),
    )


def robot_settings(kind: str, name: str, settings: Mapping[str, object]) -> HookSettings:
    """Read a robot's settings: its whole address (`url`), or its key or token; raises DubanError."""
    return HookSettings(
        url=_robot_address(kind, name, settings),
        secret=_text(name, settings, "secret"),
        mention=_flag(name, settings, "mention"),
        security=_security(name, settings),
    )


def _robot_address(kind: str, name: str, settings: Mapping[str, object]) -> str:
    base, path, setting = ROBOT_ADDRESSES[kind]
    whole, token = _text(name, settings, "url"), _text(name, settings, setting)
    if bool(whole) == bool(token):
        raise DubanError(f"渠道“{name}”应填写 url（机器人完整地址）或 {setting}，二者填且只填一项")
    if whole:
        return _address(name, "url", whole)
    base = _text(name, settings, "base_url") or base
    return _address(name, "base_url", base.rstrip("/") + path + quote(token, safe=""))


def _address(name: str, setting: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or any(char.isspace() for char in url):
        raise DubanError(f"渠道“{name}”的 {setting} 不是有效的网址；应以 http:// 或 https:// 开头")
    return url


def _headers(name: str, given: object) -> dict[str, str]:
    if not isinstance(given, dict):
        raise DubanError(f"渠道“{name}”的 headers 应为“名称: 值”的列表")
    headers = {str(key): str(value) for key, value in cast("dict[str, object]", given).items()}
    for key, value in headers.items():
        if not (key + value).isascii() or not (key + value).isprintable():
            raise DubanError(f"渠道“{name}”的 headers 只能使用英文字母、数字和符号")
    return headers


def _security(name: str, settings: Mapping[str, object]) -> Security:
    timeout = _number(name, settings, "timeout", DEFAULT_TIMEOUT, LONGEST_TIMEOUT)
    ca_file = _text(name, settings, "ca_file") or None
    return Security(timeout=timeout, verify=_flag(name, settings, "verify"), ca_file=ca_file)


def _required(name: str, settings: Mapping[str, object], setting: str) -> str:
    value = _text(name, settings, setting)
    if not value:
        raise DubanError(f"渠道“{name}”缺少设置“{setting}”")
    return value


def _text(name: str, settings: Mapping[str, object], setting: str) -> str:
    value = settings.get(setting, "")
    if value is None:
        return ""
    if isinstance(value, (dict, list, bool)):
        raise DubanError(f"渠道“{name}”的 {setting} 应为文字")
    return str(value).strip()


def _flag(name: str, settings: Mapping[str, object], setting: str) -> bool:
    value = settings.get(setting, True)
    if not isinstance(value, bool):
        raise DubanError(f"渠道“{name}”的 {setting} 应为 true 或 false")
    return value


def _number(name: str, settings: Mapping[str, object], setting: str, default: float, highest: float) -> float:
    value = settings.get(setting, default)
    try:
        number = float(str(value))
    except ValueError:
        number = 0.0
    if isinstance(value, bool) or not 0 < number <= highest:
        raise DubanError(f"渠道“{name}”的 {setting} 应为大于0且不超过{highest:g}的数")
    return number
