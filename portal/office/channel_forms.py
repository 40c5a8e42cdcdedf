"""The forms of channels, by kind: what is asked for, and the settings that come of what was typed.

Secrets go in and never come out: an entry left blank keeps what is sealed in the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ...ledger.channels import NewChannel
from ...obligations.errors import DubanError
from ..asked import number
from ..filled import word

if TYPE_CHECKING:
    from starlette.datastructures import FormData

KINDS = {
    "wecom": "企业微信群机器人",
    "dingtalk": "钉钉群机器人",
    "feishu": "飞书群机器人",
    "email": "电子邮件",
    "webhook": "通用网络接口",
    "file": "本机文件夹（不向外发送）",
}
LONGEST_NAME, MOST_PER_MINUTE = 60, 10_000


class Entry(NamedTuple):
    """One setting as a form asks for it; of those that share a ``choice`` only one is filled in.

    A ``place`` says where messages go, and how, so who gets to see what is secret.
    """

    name: str
    label: str
    secret: bool = False
    must: bool = False
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    choice: str = ""
    place: bool = False


def _robot(token: str, label: str) -> tuple[Entry, ...]:
    hint = "在群设置中添加机器人后复制；与下一项填一项即可。"
    last = "只填地址中等号或斜杠后的一段。"
    whole = Entry("url", "机器人完整地址", secret=True, hint=hint, choice="where", place=True)
    return whole, Entry(token, label, secret=True, hint=last, choice="where", place=True)


_SIGNED = Entry("secret", "加签密钥", secret=True, hint="机器人安全设置选了“加签”的才填。")
FORMS: Mapping[str, tuple[Entry, ...]] = {
    "wecom": _robot("key", "机器人密钥（key）"),
    "dingtalk": (*_robot("token", "机器人令牌（access_token）"), _SIGNED),
    "feishu": (*_robot("token", "机器人令牌（hook 后的一段）"), _SIGNED),
    "email": (
        Entry("host", "发信服务器", must=True, hint="如 smtp.example.cn", place=True),
        Entry("port", "端口", hint="不填则按加密方式取常用端口", place=True),
        Entry(
            "security",
            "加密方式",
            options=(("starttls", "STARTTLS"), ("ssl", "SSL/TLS"), ("none", "不加密（只限内网）")),
            place=True,
        ),
        Entry("from", "发件邮箱", must=True),
        Entry("from_name", "发件人名称"),
        Entry("user", "登录名", hint="多与发件邮箱相同；不需登录的不填"),
        Entry("password", "密码或授权码", secret=True),
    ),
    "webhook": (
        Entry("url", "接口地址", secret=True, must=True, hint="以 http:// 或 https:// 开头", place=True),
        Entry("user", "登录名"),
        Entry("password", "密码", secret=True),
    ),
    "file": (Entry("folder", "子文件夹", hint="不填则按日期分文件夹"),),
}


def shown(kind: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Give what a form may begin with: settings that are no secret."""
    return {one.name: str(settings.get(one.name, "")) for one in FORMS[kind] if not one.secret}


def kept(kind: str, settings: Mapping[str, Any]) -> set[str]:
    """Give the names of the secrets that the book has, so that a form can say that they are there."""
    return {one.name for one in FORMS[kind] if one.secret and settings.get(one.name)}


def typed_channel(name: str, kind: str, typed: FormData, old: Mapping[str, Any]) -> NewChannel:
    """Give the channel that was typed; what is left blank of the secrets stays as ``old`` has it.

    Raises :class:`DubanError` for a name or a number that cannot be, and when what is sealed would go to
    another place than it was sealed for; the settings are for ``trial.check``.
    """
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise DubanError(f"请填写渠道名称，最多{LONGEST_NAME}字。")
    return NewChannel(name, kind, _per_minute(word(typed, "per_minute")), _settings(kind, typed, old))


def _per_minute(said: str) -> int | None:
    if not said:
        return None
    if (found := number(said)) is None or found > MOST_PER_MINUTE:
        raise DubanError(f"每分钟条数应是1至{MOST_PER_MINUTE}的整数，或不填。")
    return found


def _settings(kind: str, typed: FormData, old: Mapping[str, Any]) -> dict[str, Any]:
    settings = dict(old)
    given = {one: word(typed, f"s-{one.name}") for one in FORMS[kind]}
    for one, said in given.items():
        if said:
            settings[one.name] = said
        elif not one.secret or word(typed, f"clear-{one.name}"):
            settings.pop(one.name, None)
    # Of two ways to say the same the one just typed stands.
    chosen = {one.choice: one.name for one, said in given.items() if said and one.choice}
    for one in FORMS[kind]:
        if one.choice in chosen and chosen[one.choice] != one.name and not given[one]:
            settings.pop(one.name, None)
    _refuse_moved(given, old, settings)
    return settings


def _refuse_moved(given: Mapping[Entry, str], old: Mapping[str, Any], settings: Mapping[str, Any]) -> None:
    # Whoever may change the place would else read the secret there, which the form never shows.
    if all(_said(one, old) == _said(one, settings) for one in given if one.place):
        return
    if settings.get("headers"):
        raise DubanError("这个渠道另设有请求头，不能在这里改地址；请在本机用 duban channels 重新设置。")
    for one, said in given.items():
        if one.secret and not one.place and not said and settings.get(one.name):
            raise DubanError(f"改了收信的地址或加密方式，请重新填写{one.label}；不再需要的请勾选清除。")


def _said(one: Entry, settings: Mapping[str, Any]) -> str:
    otherwise = one.options[0][0] if one.options else ""
    return str(settings.get(one.name) or otherwise)
