"""Whether the pages can be reached: by the office, and by units from their phones."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from .doctor_finding import Finding, doubtful, fine, wrong

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .settings import Settings

PATIENCE = 5.0  # seconds for the pages to answer
HERE_ONLY = ("127.0.0.1", "localhost", "::1")


def portal_findings(settings: Settings) -> Iterator[Finding]:
    """Check that the pages answer, and that the address in reminders is one that a phone can open."""
    if not settings.portal:
        yield doubtful(
            "办事页面", "已关闭（DUBAN_PORTAL=false），提醒中没有链接", "需要时改为 true 后重新启动"
        )
        return
    if _answers(settings):
        yield fine("办事页面", f"{settings.portal_url} 有应答")
    else:
        yield wrong(
            "办事页面", f"端口 {settings.portal_port} 没有应答", "运行 duban up，或只启动页面：duban portal"
        )
    yield _address(settings)


def _address(settings: Settings) -> Finding:
    where = urlsplit(settings.portal_url)
    if where.hostname in HERE_ONLY:
        remedy = "设 DUBAN_PORTAL_HOST=0.0.0.0，并把 DUBAN_PUBLIC_URL 设为单位能打开的地址，如 https://duban.example.gov.cn"
        return doubtful("提醒中的链接", f"{settings.portal_url} 只能在本机打开", remedy)
    if where.scheme != "https":
        return doubtful(
            "提醒中的链接",
            f"{settings.portal_url} 没有加密",
            "配置 HTTPS（见 README），再改 DUBAN_PUBLIC_URL",
        )
    return fine("提醒中的链接", settings.portal_url)


def _answers(settings: Settings) -> bool:
    host = settings.portal_host if settings.portal_host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104
    connection = http.client.HTTPConnection(host, settings.portal_port, timeout=PATIENCE)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().read() == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
