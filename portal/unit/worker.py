"""The service worker of the unit's pages: from this address it may serve everything under a link."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import FileResponse

from ..pages import STATIC

router = APIRouter(prefix="/l", include_in_schema=False)


@router.get("/sw.js")
def service_worker() -> FileResponse:
    """Give the script, which browsers ask for again and again to see whether it has changed."""
    fresh = {"cache-control": "no-cache"}
    return FileResponse(STATIC / "sw.js", media_type="text/javascript; charset=utf-8", headers=fresh)
