"""Which methods an address allows: several routes may serve it, and each knows only its own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import compile_path

if TYPE_CHECKING:
    import re

    from fastapi import FastAPI


def allowed(site: FastAPI, path: str) -> str:
    """Give the methods of all routes that serve a path, as the header ``Allow`` has them."""
    served = (methods for pattern, methods in _patterns(site) if pattern.match(path))
    return ", ".join(sorted(frozenset[str]().union(*served)))


@lru_cache(maxsize=4)
def _patterns(site: FastAPI) -> tuple[tuple[re.Pattern[str], frozenset[str]], ...]:
    return tuple(
        (compile_path(one.path or "")[0], frozenset(one.original_route.methods or ()))
        for one in iter_route_contexts(site.routes)
        if isinstance(one.original_route, APIRoute)
    )
