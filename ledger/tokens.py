"""Tokens that open a door: random, shown once, kept as their SHA-256 alone."""

from __future__ import annotations

import secrets
from hashlib import sha256

BYTES = 24
SEED_BYTES = 32


def new_token() -> str:
    """Give a fresh token of 32 characters that may stand in an address."""
    return secrets.token_urlsafe(BYTES)


def new_seed() -> str:
    """Give a fresh seed for a draw, 64 hexadecimal digits; see ``obligations.draw``."""
    return secrets.token_hex(SEED_BYTES)


def fingerprint(token: str) -> str:
    """Give what the book keeps of a token; a token is random, so a plain hash tells nothing."""
    return sha256(token.encode()).hexdigest()
