"""The OpenAPI 3.1 description of the API, made from its routes alone; it holds no data."""

from __future__ import annotations

from functools import cache
from typing import Any, cast

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse

from ..callers import COOKIE
from . import acting_on, events, files, findings, metrics, proving, reading, sheets
from .described import PROBLEM_SCHEMA

ABOUT = """督办的程序接口：与页面和命令行办同样的事，规则相同，同样逐条留痕。

* **进入**：管理员为每个对接的程序发一个令牌，写在请求头 `Authorization: Bearer 令牌`。
  权限随令牌的角色：办公室可以办理，督查、领导只能查看。
* **时间**：一律 ISO 8601；给出的是 +08:00，收下的须带时区。以服务器收到的时刻为准。
* **幂等键**：每个 POST 都要写 `Idempotency-Key`。同一键、同一请求（逐字节相同）只办一次，
  30 天内再发则照旧答复，并带 `Idempotency-Replayed: true`；同一键、另一请求答 422。被拒绝的请求不占用键。
* **分页**：把答复中的 `next` 作为下一次的 `after`，直到它为 null。
* **错误**：`application/problem+json`（RFC 9457），`detail` 是一句可以给人看的话。

The same acts as the pages and the command line, by the same rules.
Moments are ISO 8601; `detail` of an error is a sentence for people.
"""
TAGS: tuple[tuple[str, str, APIRouter], ...] = (
    ("查看", "方案、单位、期次、事项", reading.router),
    ("督查", "逾期、完成情况、发送记录、留痕", proving.router),
    ("隐患", "登记、整改完成、复查", findings.router),
    ("督办", "催办单、督办单、约谈通知、通报", sheets.router),
    ("办理", "上报、接收、退回、延期、免报、签收、转办、记录", acting_on.router),
    ("事件", "即时任务", events.router),
    ("附件", "上传、下载", files.router),
    ("运行", "供监控系统读取的指标", metrics.router),
)
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "管理员发给程序的令牌"},
    "person": {"type": "apiKey", "in": "cookie", "name": COOKIE, "description": "登录后的浏览器"},
}

router = APIRouter(prefix="/api/v1", generate_unique_id_function=lambda route: route.name)
for _name, _about, _part in TAGS:
    router.include_router(_part, tags=[_name])


@router.get("/openapi.json", include_in_schema=False)
def description() -> JSONResponse:
    """Give the description of the API."""
    return JSONResponse(made())


@cache
def made() -> dict[str, Any]:
    """Give the description as the routes make it, with what they share: errors, ways in, the required key."""
    found: dict[str, Any] = get_openapi(
        title="督办 duban",
        version="1",
        summary="乡镇年度工作督办的程序接口",
        description=ABOUT,
        routes=router.routes,
        tags=[{"name": name, "description": about} for name, about, _ in TAGS],
    )
    found["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
    found["components"]["securitySchemes"] = SCHEMES
    found["security"] = [{name: []} for name in SCHEMES]
    for operations in found["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", ()):
                _tell(parameter)
    return found


def _tell(parameter: dict[str, Any]) -> None:
    """Say of a parameter what is so: a program must write the key, and an address cannot hold null."""
    if parameter["name"] == "Idempotency-Key":
        parameter["required"] = True
    schema = cast("dict[str, Any]", parameter["schema"])
    if "anyOf" in schema:
        parts = [part for part in schema.pop("anyOf") if part != {"type": "null"}]
        schema |= parts[0] if len(parts) == 1 else {"anyOf": parts}
        if schema.get("default", ...) is None:
            del schema["default"]
    parameter["schema"] = schema
