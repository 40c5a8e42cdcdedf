"""Doing what a request asks once, however often it comes: idempotency keys as the IETF draft has them.

What a program's request is answered is kept in the same transaction as what it did; the same key with the
same request is answered the same again. Refusals are not kept: what was refused may be tried again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, NamedTuple

from fastapi import Depends, Header, Request, Response

from ...ledger import integrations
from ...obligations.errors import DubanError
from ..access import Act, Here, may
from .kinds import VISIBLE, Shape

if TYPE_CHECKING:
    from ...ledger.tables import Replay
    from ..access import Desk

REPLAYED = "idempotency-replayed"
KeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=VISIBLE,
        description="幂等键：每个请求各用一个，如 UUID；重发同一请求用同一键，答复照旧。"
        "持令牌的接口必须写；登录的人不写。",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]


class KeyMissingError(DubanError):
    """A program wrote no idempotency key."""

    def __init__(self) -> None:
        super().__init__("请在请求头中写明幂等键 Idempotency-Key，每个请求各用一个；重发同一请求时用同一键。")


class KeyUnwantedError(DubanError):
    """A person wrote an idempotency key, which is kept for programs alone."""

    def __init__(self) -> None:
        super().__init__("幂等键只供持令牌的接口使用；上报如需编号，请写在 key 里。")


class Answer(NamedTuple):
    """What an act is answered, and whether it put something into the outbox that need not wait."""

    body: Shape
    status: int = 200
    ring: bool = False


@dataclass(frozen=True, slots=True)
class Acting:
    """A request that does something: who asks, by which key it is known again, and its body as it came."""

    here: Here
    key: str | None
    digest: str
    body: bytes

    def once(self, work: Callable[[Desk], Answer]) -> Response:
        """Do the work in one transaction and give its answer, or the answer that was given before.

        Raises :class:`DubanError`, and then nothing was done.
        """
        with self.here.write() as desk:
            claimed = self._claim(desk)
            if claimed is not None and not isinstance(claimed, int):
                return _response(claimed.status, claimed.body, {REPLAYED: "true"})
            body, status, ring = work(desk)
            text = body.model_dump_json()
            if claimed is not None:
                integrations.settle(desk.session, claimed, status, text)
        if ring:
            self.here.counter.ring()
        return _response(status, text)

    def _claim(self, desk: Desk) -> int | Replay | None:
        if self.key is None:
            return None
        return integrations.claim(desk.session, desk.caller.id, self.key, self.digest, desk.now)


def acting(act: Act) -> Callable[..., Awaitable[Acting]]:
    """Give the dependency that lets a request in for an act, and knows it again by its key.

    Raises :class:`KeyMissingError` and :class:`KeyUnwantedError` besides what ``access.may`` raises.
    """
    admitted = Depends(may(act))

    async def found(request: Request, here: Here = admitted, key: KeyHeader = None) -> Acting:
        if here.caller.program and key is None:
            raise KeyMissingError
        if not here.caller.program and key is not None:
            raise KeyUnwantedError
        body = await request.body()
        return Acting(here, key, _digest(request, body), body)

    return found


def _digest(request: Request, body: bytes) -> str:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n"
    return sha256(asked.encode() + body).hexdigest()


def _response(status: int, body: str, headers: dict[str, str] | None = None) -> Response:
    return Response(body, status, headers, "application/json")


Receiving = Annotated[Acting, Depends(acting(Act.RECEIVE))]
Chasing = Annotated[Acting, Depends(acting(Act.CHASE))]
