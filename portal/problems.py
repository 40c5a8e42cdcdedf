"""Errors of the API as RFC 9457 asks, in kind words: what is wrong in ``detail``, and where in ``fields``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "请求有误",
    401: "未登录",
    403: "无权办理",
    404: "没有找到",
    405: "不支持的操作",
    409: "不能办理",
    410: "链接已失效",
    413: "内容过大",
    422: "内容有误",
    500: "程序差错",
    503: "暂时办不了",
}
_INSTEAD = {
    401: "没有有效的令牌。请在请求头中写明 Authorization: Bearer 令牌；令牌由管理员发给。",
    404: "没有找到，或者您无权查看。",
    405: "这个地址不支持这样的操作。",
    503: "系统暂时办不了，没有执行。请过几分钟再发；重发同一请求请用同一幂等键。",
}
_MOST_SHOWN = 5  # places named in the sentence; ``fields`` has them all
_SAID = {
    "missing": "缺少这一项",
    "extra_forbidden": "没有这一项，请核对名称",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应是 JSON 对象，且请求头写明 Content-Type: application/json",
    "string_type": "应是文字",
    "string_unicode": "含有无法识别的字符",
    "string_pattern_mismatch": "含有不能用的字符",
    "string_too_short": "不能为空",
    "string_too_long": "过长，最多{max_length}字",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "int_parsing_size": "数值过大",
    "greater_than_equal": "不能小于{ge}",
    "less_than_equal": "不能大于{le}",
    "bool_type": "应是 true 或 false",
    "enum": "应是{expected}之一",
    "literal_error": "应是{expected}之一",
    "dict_type": "应是 JSON 对象",
    "list_type": "应是列表",
    "too_short": "至少要有{min_length}项",
    "too_long": "最多{max_length}项",
    "value_error": "{error}",
}


def problem(status: int, said: str, **more: Any) -> JSONResponse:
    """Give an error: ``said`` is one Chinese sentence, ``more`` goes beside it."""
    body = {"type": "about:blank", "status": status, "title": TITLES.get(status, "办不了"), "detail": said}
    headers = {"www-authenticate": "Bearer"} if status == 401 else None  # noqa: PLR2004 - RFC 9110, 11.6.1
    return JSONResponse(body | more, status, headers, media_type=MEDIA_TYPE)


def sorry(status: int, said: str) -> JSONResponse:
    """Give an error that pages say of themselves in the words of the API."""
    return problem(status, _INSTEAD.get(status, said))


def unreadable(wrong: Sequence[Mapping[str, Any]]) -> JSONResponse:
    """Give the error for a request that is not as described, from what pydantic says of it."""
    fields = [{"at": _place(one), "said": _said(one)} for one in wrong]
    shown = "；".join(f"{one['at']} {one['said']}" for one in fields[:_MOST_SHOWN])
    return problem(422, f"请求的内容不合格式：{shown}。", fields=fields)


def _place(wrong: Mapping[str, Any]) -> str:
    # The names of unknown entries are the sender's own: cut, and never a half of a character.
    return _plain("/".join(map(str, wrong["loc"])))[:200]


def _said(wrong: Mapping[str, Any]) -> str:
    said = _SAID.get(wrong["type"])
    return "不合格式" if said is None else _plain(said.format(**wrong.get("ctx", {})))


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
