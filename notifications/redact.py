"""Taking secrets out of anything that could be kept, logged or shown."""

from __future__ import annotations

import base64
import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable


MASK = "***"
SECRET_SETTINGS = frozenset({"key", "token", "secret", "password", "headers"})
URL_SETTINGS = frozenset({"url", "base_url"})
# A word of an address this long is an identifier, not a name such as "robot" or "webhook".
LONG_SEGMENT = 12

NAMED = re.compile(
    r"""(?P<name>\b(?:access_token|api_?key|key|token|sign|signature|secret|password|passwd|pwd)
        ["']?\s*[=:]\s*["']?)(?P<value>[^\s&"',;)\]}]+)""",
    re.IGNORECASE | re.VERBOSE,
)
BEARER = re.compile(r"(?P<name>\b(?:Bearer|Basic)\s+)(?P<value>[\w.~+/=-]+)", re.IGNORECASE)
USERINFO = re.compile(r"(?P<name>://)(?P<value>[^/\s@]+)(?=@)")
HOOK = re.compile(r"(?P<name>/hook/)(?P<value>[^\s/?\"'&]+)", re.IGNORECASE)


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """Give `text` with the named secrets, and whatever looks like one, replaced by `***`."""
    for secret in sorted(_spellings(secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    for pattern in (NAMED, BEARER, USERINFO, HOOK):
        text = pattern.sub(rf"\g<name>{MASK}", text)
    return text


def secrets_of(settings: Mapping[str, object]) -> frozenset[str]:
    """Give every value in a channel's settings that must never be seen outside."""
    found: set[str] = set()
    for name, value in settings.items():
        if name in SECRET_SETTINGS:
            found |= _values(value)
        elif name in URL_SETTINGS:
            found |= _in_address(str(value).strip())
    return frozenset(found)


def _values(value: object) -> set[str]:
    if isinstance(value, Mapping):
        return {str(part) for part in cast("Mapping[str, object]", value).values() if part}
    # settings.py strips what a clerk pasted, so that is how it travels
    return {str(value).strip()} if value else set()


def _in_address(address: str) -> set[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return {address}
    found = {value for _, value in parse_qsl(parts.query)}
    found |= {segment for segment in parts.path.split("/") if len(segment) >= LONG_SEGMENT}
    found |= {part for part in (parts.username, parts.password) if part}
    return {value for value in found if value}


def _spellings(secrets: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for secret in filter(None, secrets):
        coded = base64.b64encode(secret.encode()).decode()
        found |= {secret, quote(secret, safe=""), quote_plus(secret), coded}
    return found


class SecretFilter(logging.Filter):
    """Lets every record pass, with what looks like a secret replaced in its text."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the record's message in place; a record that cannot be formatted passes as it is."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            return True
        record.msg, record.args = redact(message), ()
        return True
