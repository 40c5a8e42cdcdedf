"""What an installation may set, from the environment (``DUBAN_…``) or the command line."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..obligations.errors import DubanError


class Settings(BaseSettings):
    """Every setting, with the embedded default: one folder holds the book, the outbox and Prefect's state."""

    model_config = SettingsConfigDict(env_prefix="DUBAN_", frozen=True)

    data: Path = Field(default=Path("data"), description="数据目录")
    database_url: str = Field(default="", description="账簿数据库；不写则为数据目录下的 SQLite")
    host: str = Field(default="127.0.0.1", description="Prefect 页面的监听地址")
    port: int = Field(default=4200, ge=1, le=65535, description="Prefect 页面的端口")
    portal: bool = Field(default=True, description="是否提供办事页面，并在提醒中附上链接")
    portal_host: str = Field(default="127.0.0.1", description="办事页面的监听地址")
    portal_port: int = Field(default=8080, ge=1, le=65535, description="办事页面的端口")
    public_url: str = Field(
        default="", pattern=r"^(https?://[^/?#\s]+)?$", description="单位从手机上打开办事页面所用的地址"
    )
    advance_cron: str = Field(default="0 * * * *", description="推进的时间表（Asia/Shanghai）")
    deliver_cron: str = Field(default="*/10 * * * *", description="投递的时间表（Asia/Shanghai）")
    backup_cron: str = Field(
        default="40 * * * *", description="看当天有没有备份的时间表（Asia/Shanghai），没有才备份"
    )
    backup_to: Path | None = Field(default=None, description="备份写到哪里；不写则为数据目录下的 backups")
    backup_key_file: Path | None = Field(default=None, description="备份密钥文件；不写则备份不加密")
    quiet_from: time = Field(default=time(21), description="夜间免打扰从何时起")
    # Reminders fall due at 09:00; a digest that left earlier would put the day's own off to the next day.
    quiet_until: time = Field(default=time(9, 5), description="夜间免打扰到何时止")
    office_name: str = Field(default="", description="办公室名称，用于提醒的落款；不写则用方案的 office")
    office_phone: str = Field(default="", description="办公室电话，用于提醒")
    secret_key: SecretStr = Field(
        default=SecretStr(""), description="渠道密钥的加密钥；不写则为数据目录下的 secret.key"
    )
    work_pool: str = Field(
        default="",
        pattern=r"^[\w-]*$",
        description="Prefect 工作池的名称；不写则由本机直接运行日程，不用工作池",
    )
    publish_to: str = Field(
        default="", description="每个工作日把留痕的最后一行发给哪些单位（代码，用逗号隔开）；不写则不发"
    )
    publish_at: time = Field(default=time(10), description="从何时起发留痕的最后一行")
    alarm_to: str = Field(
        default="", description="程序运行异常时告知哪些单位（代码，用逗号隔开）；不写则为方案的办公室"
    )
    log: Literal["plain", "json"] = Field(
        default="plain", description="运行日志的样式：plain 给人看，json 每件事一行 JSON"
    )
    send_threads: int = Field(default=8, ge=1, le=64, description="同时投递的线程数")

    @property
    def url(self) -> str:
        """Give the book's database address."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'book.sqlite'}"

    @property
    def keepers(self) -> tuple[str, ...]:
        """Give the codes of the units that the journal's last line is sent to."""
        return _codes(self.publish_to)

    @property
    def alarmed(self) -> tuple[str, ...]:
        """Give the codes of the units that hear that the program itself fails."""
        return _codes(self.alarm_to)

    @property
    def attachments(self) -> Path:
        """Give the folder where files that came with reports lie, each under its SHA-256."""
        return self.data.resolve() / "attachments"

    @property
    def backups(self) -> Path:
        """Give the folder of the daily backups."""
        return (self.backup_to or self.data / "backups").resolve()

    @property
    def portal_url(self) -> str:
        """Give the address at which people open the pages: the public one, else that of this machine."""
        anywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to look, not where to listen
        host = anywhere.get(self.portal_host, self.portal_host)
        here = f"http://{f'[{host}]' if ':' in host else host}:{self.portal_port}"
        return self.public_url or here

    @property
    def outbox(self) -> Path:
        """Give the folder where the file channel writes."""
        return self.data.resolve() / "outbox"


def _codes(listed: str) -> tuple[str, ...]:
    return tuple(code for one in re.split("[,，、]", listed) if (code := one.strip()))


def given(**values: Any) -> Settings:
    """Give the settings: these values where they are not None, else the environment, else the defaults.

    Raises :class:`DubanError` naming every environment variable that is wrong.
    """
    try:
        return Settings(**{name: value for name, value in values.items() if value is not None})
    except ValidationError as wrong:
        names = ("_".join(map(str, error["loc"])).upper() for error in wrong.errors())
        raise DubanError(f"这些设置写得不对：{'、'.join(f'DUBAN_{name}' for name in names)}") from wrong
