"""From what a provider or the network did to an Answer; nothing secret passes through here."""

from __future__ import annotations

import socket
import ssl
from http.client import HTTPException
from urllib.error import URLError

from .letters import ANSWER_LIMIT, Answer
from .redact import redact

SENTENCES: tuple[tuple[type[BaseException], str], ...] = (
    (TimeoutError, "连接或等待答复超时"),
    (ConnectionRefusedError, "对方拒绝连接"),
    (ConnectionError, "连接中断"),
    (socket.gaierror, "域名无法解析"),
    (ssl.SSLCertVerificationError, "对方证书未通过验证"),
    (ssl.SSLError, "加密连接失败"),
    (HTTPException, "对方答复不完整"),
    (OSError, "网络或系统错误"),
)


class Outcome:
    """Makes the Answers of one channel; it knows that channel's secrets in order to leave them out."""

    def __init__(self, secrets: frozenset[str]) -> None:
        self._secrets = secrets

    def __repr__(self) -> str:
        """Say nothing: the secrets are in here."""
        return "Outcome(***)"

    def answer(self, *, ok: bool, permanent: bool, text: str) -> Answer:
        """Give an Answer with `text` on one line, redacted and cut to 500 characters."""
        clean = " ".join(redact(text, self._secrets).split())
        return Answer(ok=ok, permanent=permanent and not ok, text=clean[:ANSWER_LIMIT])

    def failure(self, error: BaseException) -> Answer:
        """Give the Answer for an exception: always worth another try, because it says nothing final."""
        if isinstance(error, URLError) and isinstance(error.reason, BaseException):
            error = error.reason
        named = (sentence for kind, sentence in SENTENCES if isinstance(error, kind))
        return self.answer(
            ok=False, permanent=False, text=f"{next(named, '发送时出错')}（{type(error).__name__}: {error}）"
        )

    def sent(self, text: str) -> Answer:
        """Give the Answer for a letter that the provider has taken."""
        return self.answer(ok=True, permanent=False, text=text)

    def refused(self, text: str, *, permanent: bool) -> Answer:
        """Give the Answer for a letter that the provider has not taken."""
        return self.answer(ok=False, permanent=permanent, text=text)
