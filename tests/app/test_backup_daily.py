from __future__ import annotations

from pathlib import Path

import pytest

from duban.app import backup
from duban.app.backup_daily import daily, key_of
from duban.app.settings import Settings
from duban.ledger.book import Book
from duban.ledger.sealed import new_key
from duban.obligations.errors import DubanError
from support.campaign import day


def names(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.backups.iterdir() if path.suffix == ".duban")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path)


def test_a_day_is_backed_up_once_at_the_first_hour_at_which_the_machine_is_on(
    settings: Settings, sqlite_book: Book
) -> None:
    first = daily(settings, sqlite_book, day("03-01 08:40"))
    assert first.made is not None
    assert daily(settings, sqlite_book, day("03-01 09:40")) == (None, ())
    assert daily(settings, sqlite_book, day("03-01 23:59")) == (None, ())
    assert daily(settings, sqlite_book, day("03-02 00:40")).made is not None
    assert names(settings) == ["duban-20230301-084000.duban", "duban-20230302-004000.duban"]


def test_old_ones_go_once_a_new_one_has_been_written(settings: Settings, sqlite_book: Book) -> None:
    settings.backups.mkdir()
    for n in range(1, 29):
        (settings.backups / f"duban-202302{n:02}-024000.duban").touch()
    done = daily(settings, sqlite_book, day("03-01 02:40"))
    # Fourteen days stay, the Sundays 5 and 12 February, and the last of each month.
    assert done.gone == tuple(f"duban-202302{n:02}-024000.duban" for n in range(1, 16) if n not in (5, 12))


def test_a_backup_that_fails_lets_the_old_ones_stay(settings: Settings, sqlite_book: Book) -> None:
    settings.backups.mkdir()
    for hour in ("02", "03"):
        (settings.backups / f"duban-20230228-{hour}4000.duban").touch()
    wrong = settings.model_copy(update={"backup_key_file": settings.data / "nonesuch"})
    with pytest.raises(DubanError, match="读不到备份密钥文件"):
        daily(wrong, sqlite_book, day("03-01 02:40"))
    assert names(settings) == ["duban-20230228-024000.duban", "duban-20230228-034000.duban"]


def test_with_a_key_file_the_daily_backup_is_sealed(settings: Settings, sqlite_book: Book) -> None:
    path = settings.data / "backup.key"
    path.write_text(new_key(), encoding="utf-8")
    keyed = settings.model_copy(update={"backup_key_file": path})
    made = daily(keyed, sqlite_book, day("03-01 02:40")).made
    assert made is not None
    with pytest.raises(DubanError, match="这份备份是加密的"):
        backup.check(made.path)
    assert backup.check(made.path, key_of(path)) == made.manifest
