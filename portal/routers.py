"""The routes of the site by room, and the few that anybody may open."""

from __future__ import annotations

from fastapi import APIRouter

from . import door
from .office import entrance
from .supervise import routes as supervise

ROUTERS: tuple[APIRouter, ...] = (door.router, *entrance.ROUTERS, supervise.router)

# Everything else names an act. A route is public only when its whole purpose is to be reached by strangers.
PUBLIC = entrance.PUBLIC | {"GET /", "GET /health"}
