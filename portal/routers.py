"""The routes of the site by room, and the few that anybody may open."""

from __future__ import annotations

from fastapi import APIRouter

from . import door
from .api import description as api
from .office import (
    entrance,
    finding_routes,
    inspection_routes,
    people_routes,
    pursuit_routes,
    routes as office,
)
from .supervise import routes as supervise
from .unit import routes as unit

# Units first: their pages are opened most, and each router before costs every request a look.
ROUTERS: tuple[APIRouter, ...] = (
    *unit.ROUTERS,
    *(
        door.router,
        office.router,
        people_routes.router,
        finding_routes.router,
        supervise.router,
        pursuit_routes.router,
        inspection_routes.router,
    ),
    *(*entrance.ROUTERS, api.router),
)

# Everything else names an act. A route is public only when its whole purpose is to be reached by strangers.
PUBLIC = entrance.PUBLIC | unit.PUBLIC | {"GET /", "GET /health", "GET /api/v1/openapi.json"}
