"""How people come in and who may: the routers of signing in, one's own account, accounts and integrations."""

from __future__ import annotations

from . import accounts, integrations, me, second_factor, setup, sign_in

ROUTERS = tuple(one.router for one in (sign_in, setup, me, second_factor, accounts, integrations))
# A stranger becomes somebody by these alone.
PUBLIC = frozenset(
    {"GET /sign-in", "POST /sign-in", "POST /sign-in/code", "GET /setup/{token}", "POST /setup/{token}"}
)
