"""What the description says of errors, for each route alike."""

from __future__ import annotations

from typing import Any

from ..problems import MEDIA_TYPE

_PROBLEM = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_SAID = {
    400: "请求读不懂，或没有写幂等键",
    401: "没有有效的令牌",
    403: "无权办理",
    404: "没有找到，或无权查看",
    409: "按规定或按目前的情况不能办理；detail 说明原因和办法",
    413: "内容过大",
    422: "内容不合格式，fields 逐项说明；或幂等键已用于另一个请求",
    503: "系统暂时办不了，没有执行；请过几分钟再发",
}


def errors(*more: int) -> dict[int | str, dict[str, Any]]:
    """Give the errors that a route may answer: those of all routes, and ``more``."""
    codes = sorted({401, 403, 409, 422, 503, *more})
    return {code: {"description": _SAID[code], "content": _PROBLEM} for code in codes}


LOOKING = errors()
LOOKING_AT_ONE = errors(404)
ACTING = errors(400, 404, 413)
# The description of errors goes into the components once.
PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "一律为 about:blank"},
        "title": {"type": "string", "description": "何种错误"},
        "status": {"type": "integer", "description": "HTTP 状态码"},
        "detail": {"type": "string", "description": "一句话：哪里不对，应当怎样"},
        "fields": {
            "type": "array",
            "description": "逐项说明，只有 422 有",
            "items": {
                "type": "object",
                "required": ["at", "said"],
                "properties": {
                    "at": {"type": "string", "examples": ["body/until"]},
                    "said": {"type": "string", "examples": ["缺少这一项"]},
                },
            },
        },
    },
}
