"""The whole site: routes, errors in kind words, our own files; no route without a guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from ..ledger.explain import BookError
from ..ledger.integrations import KeyReusedError
from ..ledger.invitations import InvitationRefusedError
from ..ledger.knocks import TooManyTriesError
from ..ledger.links import LinkRefusedError
from ..obligations.errors import DubanError
from .access import AbsentError, ForbiddenError
from .allowed import allowed
from .api.once import KeyMissingError, KeyUnwantedError
from .callers import SignInNeededError
from .failing import UNAVAILABLE, note
from .guard import Guard
from .limits import TooLargeError
from .pages import STATIC, render
from .problems import problem, sorry, unreadable
from .routers import PUBLIC, ROUTERS
from .unit.visit import OwnLinkNeededError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi.dependencies.models import Dependant
    from starlette.types import Scope

    from .counter import Counter

STATUS: dict[type[DubanError], int] = {
    AbsentError: 404,
    LinkRefusedError: 410,
    InvitationRefusedError: 410,
    TooManyTriesError: 429,
    ForbiddenError: 403,
    OwnLinkNeededError: 403,
    SignInNeededError: 401,
    TooLargeError: 413,
    KeyMissingError: 400,
    KeyUnwantedError: 400,
    KeyReusedError: 422,
}
CONFLICT = 409
NOT_ALLOWED = 405
AGAIN = "60"  # seconds
_HTTP_SORRY = {
    400: "请求的内容读不懂，没有办理。",
    404: "没有这一页。",
    405: "这一页不支持这样的操作。",
    413: "内容过大，没有收下。",
}


class Ours(StaticFiles):
    """Files of our own, whose address changes with their content."""

    def file_response(self, *arguments: Any, **named: Any) -> Response:
        """Let browsers keep the file for good."""
        response = super().file_response(*arguments, **named)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def create(counter: Counter) -> FastAPI:
    """Give the site over a counter; raises RuntimeError for a route that names no act."""
    site = FastAPI(
        title="督办 duban", docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    site.state.counter = counter
    for router in ROUTERS:
        site.include_router(router)
    site.mount("/static", Ours(directory=STATIC), name="static")
    site.add_exception_handler(DubanError, _sorry)
    site.add_exception_handler(RequestValidationError, _unreadable)
    site.add_exception_handler(HTTPException, _http)
    site.add_middleware(Guard, public_url=counter.public_url, broken=_broken)
    refuse_unguarded(site)
    return site


def refuse_unguarded(site: FastAPI) -> None:
    """Raise RuntimeError for a route that neither names an act nor is listed as public."""
    bare = [path for path, acts in acts_of(site) if len(acts) != 1 and not (not acts and path in PUBLIC)]
    if bare:
        raise RuntimeError(f"these routes name no act, or several: {', '.join(bare)}")


def acts_of(site: FastAPI) -> Iterator[tuple[str, list[str]]]:
    """Give each route as ``GET /path`` with the acts that its dependencies name."""
    for one in iter_route_contexts(site.routes):
        route = one.original_route
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                yield f"{method} {one.path}", list(_acts(route.dependant))
        elif not isinstance(route, Mount):
            raise TypeError(f"a route of a kind that cannot be guarded: {route}")


def _acts(dependant: Dependant) -> Iterator[str]:
    for one in dependant.dependencies:
        act = getattr(one.call, "act", None)
        if act is not None:
            yield str(act)
        yield from _acts(one)


def _is_api(scope: Scope) -> bool:
    return str(scope["path"]).startswith("/api/")


def _sorry(request: Request, wrong: Exception) -> Response:
    """Say in one sentence what is wrong."""
    status = next((code for kind, code in STATUS.items() if isinstance(wrong, kind)), CONFLICT)
    if isinstance(wrong, BookError):
        return _failed(request, wrong)
    if _is_api(request.scope):
        return sorry(status, str(wrong))
    if isinstance(wrong, SignInNeededError) and request.method == "GET":
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        # By path alone: the host that a request names is anybody's word.
        return RedirectResponse(
            f"{request.app.url_path_for('sign_in_page')}?{urlencode({'next': where})}", 303
        )
    if isinstance(wrong, LinkRefusedError):
        token = request.path_params.get("token", "")
        known = wrong.contact_id is not None
        shown = {"wrong": wrong, "token": token, "known": known, "counter": request.app.state.counter}
        return HTMLResponse(render("unit/refused.html", **shown), status)
    return HTMLResponse(render("sorry.html", status=status, wrong=str(wrong)), status)


def _failed(request: Request, wrong: BookError) -> Response:
    """Say that the book fails just now; where it lies is for the office and for the log."""
    note(request, wrong)
    if _is_api(request.scope):
        answer: Response = sorry(UNAVAILABLE, wrong.said)
    else:
        said = str(wrong) if getattr(request.state, "of_office", False) else wrong.said
        answer = HTMLResponse(render("sorry.html", status=UNAVAILABLE, wrong=said), UNAVAILABLE)
    answer.headers["retry-after"] = AGAIN
    return answer


def _unreadable(request: Request, wrong: Exception) -> Response:
    if _is_api(request.scope):
        return unreadable(wrong.errors() if isinstance(wrong, RequestValidationError) else ())
    return HTMLResponse(render("sorry.html", status=422, wrong="提交的内容不完整或不合格式，没有办理。"), 422)


def _http(request: Request, wrong: Exception) -> Response:
    status = wrong.status_code if isinstance(wrong, HTTPException) else 500
    said = _HTTP_SORRY.get(status, "请求无法办理。")
    if _is_api(request.scope):
        answer: Response = sorry(status, said)
    else:
        answer = HTMLResponse(render("sorry.html", status=status, wrong=said), status)
    if isinstance(wrong, HTTPException):
        answer.headers.update(wrong.headers or {})
    if status == NOT_ALLOWED:
        answer.headers["allow"] = allowed(request.app, request.url.path)
    return answer


def _broken(request: Request, _wrong: Exception) -> Response:
    said = "程序出了差错，没有办理。请稍后再试；仍然不行的，请把时间告诉维护人员。"
    if _is_api(request.scope):
        return problem(500, said)
    return HTMLResponse(render("sorry.html", status=500, wrong=said), 500)
