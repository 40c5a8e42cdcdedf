"""E-mail: Apprise builds the message, and we hold the conversation with the server to hear its answer."""

from __future__ import annotations

import contextlib
import hashlib
import smtplib
import warnings
from email import message_from_string
from typing import TYPE_CHECKING, Any

from apprise import NotifyFormat
from apprise.utils.parse import is_email  # pyright: ignore[reportUnknownVariableType]

from .carrier import ASSET
from .post import decode
from .wire import trust

with warnings.catch_warnings():
    # Apprise looks for imghdr in order to do without it; Python 3.11 and 3.12 warn about the look.
    warnings.filterwarnings("ignore", "'imghdr' is deprecated", DeprecationWarning)
    from apprise.plugins.email.base import NotifyEmail

if TYPE_CHECKING:
    from .letters import Answer, Letter
    from .outcome import Outcome
    from .settings import MailSettings

# RFC 5321, 4.2: 250 done, 251 done and forwarded; 5xx never again in this form
DONE = frozenset({250, 251})
FINAL = 500
MODES = {"starttls": "starttls", "ssl": "ssl", "none": "insecure"}


class RefusedError(Exception):
    """The server's reply to a command was not the one that goes on."""

    def __init__(self, code: int, said: bytes) -> None:
        self.code = code
        self.said = said
        super().__init__(f"{code} {decode(said)}")


class Mail(NotifyEmail):
    """One letter by SMTP; `answer` is the server's own reply, 5xx permanent and 4xx temporary (RFC 5321)."""

    request_rate_per_sec = 0

    def __init__(self, letter: Letter, settings: MailSettings, outcome: Outcome) -> None:
        """Take the letter and the channel's checked settings."""
        super().__init__(  # pyright: ignore[reportUnknownMemberType]
            smtp_host=settings.host,
            from_addr=settings.sender,
            secure_mode=MODES[settings.mode],
            host=settings.host,
            port=settings.port,
            format=NotifyFormat.TEXT.value,
            asset=ASSET,
            secure=settings.mode != "none",
        )
        self.answer: Answer | None = None
        self.letter = letter
        self.settings = settings
        self.outcome = outcome

    def send(self, body: str, title: str = "", *_args: object, **_kwargs: object) -> bool:
        """Send the letter and keep the answer; called by Apprise."""
        try:
            self.answer = self._send(" ".join(title.split()), body)
        except Exception as error:  # noqa: BLE001 - Apprise would log the traceback, password and all
            self.answer = self._failure(error)
        return self.answer.ok

    def _send(self, subject: str, body: str) -> Answer:
        if not _plain_address(self.letter.to):
            return self.outcome.refused("收件人邮箱地址无效，未发送", permanent=True)
        message = self.compose(subject, body)
        server = self._connect()
        try:
            return self.outcome.sent(self._submit(server, message))
        finally:
            # The letter has its answer by now: a server that hangs up without a goodbye changes nothing.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                server.quit()

    def compose(self, subject: str, body: str) -> str:
        """Give the whole message; its Message-ID follows from the key, so that mail systems drop repeats."""
        draft = next(
            self.prepare_emails(  # pyright: ignore[reportUnknownMemberType]
                subject=subject,
                body=body,
                from_addr=(self.settings.sender_name or False, self.settings.sender),
                to=[(self.letter.to_name or False, self.letter.to)],
                smtp_host=self.settings.host,
                notify_format=NotifyFormat.TEXT,
                headers={"Auto-Submitted": "auto-generated"},
                tzinfo=self.tzinfo,
            )
        )
        message = message_from_string(draft.body)
        message.replace_header("Message-ID", self._message_id())
        if self.letter.urgent:
            message["X-Priority"] = "1"
        return message.as_string()

    def _message_id(self) -> str:
        digest = hashlib.sha256(self.letter.key.encode()).hexdigest()[:40]
        return f"<{digest}@{self.settings.sender.rpartition('@')[2]}>"

    def _connect(self) -> smtplib.SMTP:
        settings = self.settings
        # Named, because smtplib would otherwise ask the DNS for our own name, and wait.
        options: dict[str, Any] = {"local_hostname": settings.sender.rpartition("@")[2]}
        options["timeout"] = settings.security.timeout
        if settings.mode == "ssl":
            options["context"] = trust(settings.security)
        make = smtplib.SMTP_SSL if settings.mode == "ssl" else smtplib.SMTP
        server = make(settings.host, settings.port, **options)
        try:
            self._greet(server)
        except BaseException:
            server.close()
            raise
        return server

    def _greet(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self.settings.mode == "starttls":
            server.starttls(context=trust(self.settings.security))
            server.ehlo()
        if self.settings.user:
            server.login(self.settings.user, self.settings.password)

    def _submit(self, server: smtplib.SMTP, message: str) -> str:
        _expect(server.mail(self.settings.sender))
        _expect(server.rcpt(self.letter.to))
        code, said = _expect(server.data(message))
        return f"SMTP {code} {decode(said)}"

    def _failure(self, error: Exception) -> Answer:
        match error:
            case RefusedError():
                return self.outcome.refused(f"SMTP {error}", permanent=error.code >= FINAL)
            case smtplib.SMTPServerDisconnected():
                # smtplib says "disconnected" for a timeout as well, and keeps the cause behind it.
                cause = error.__context__
                return self.outcome.failure(
                    cause if isinstance(cause, OSError) else ConnectionError(str(error))
                )
            case smtplib.SMTPConnectError():
                # A server that turns everybody away has said nothing about this letter.
                return self.outcome.refused(_reply(error), permanent=False)
            case smtplib.SMTPResponseException():
                return self.outcome.refused(_reply(error), permanent=error.smtp_code >= FINAL)
            case smtplib.SMTPNotSupportedError():
                return self.outcome.refused(f"邮件服务器不支持所选的方式：{error}", permanent=True)
            case _:
                return self.outcome.failure(error)


def _expect(reply: tuple[int, bytes]) -> tuple[int, bytes]:
    if reply[0] not in DONE:
        raise RefusedError(*reply)
    return reply


def _reply(error: smtplib.SMTPResponseException) -> str:
    said = error.smtp_error
    return f"SMTP {error.smtp_code} {decode(said) if isinstance(said, bytes) else said}"


def _plain_address(address: str) -> bool:
    found = is_email(address)
    return bool(found) and address.isascii() and found["full_email"] == address
