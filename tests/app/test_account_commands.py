"""A way back in, for whoever runs the machine."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from duban.app.cli import app
from duban.ledger import accounts, invitations
from duban.ledger.accounts import New
from duban.ledger.book import Book
from duban.ledger.tables import Account
from duban.obligations.errors import DubanError
from duban.obligations.words import Role
from support.campaign import actions, day


@pytest.fixture
def data(sqlite_book: Book, tmp_path: Path) -> Path:
    """Give the data folder of a book with one administrator, who has a second factor."""
    with sqlite_book.write() as session:
        new = New("guanli", "管理员甲", "$argon2id$not-a-real-one")
        row = accounts.make(session, new, Role.ADMINISTRATOR, day("03-01 09:00"), "duban")
        row.totp, row.totp_step = b"sealed", 1
    sqlite_book.close()
    Path(sqlite_book.name).rename(tmp_path / "book.sqlite")
    return tmp_path


def run(*words: str) -> str:
    done = CliRunner().invoke(app, ["accounts", *words], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_accounts_are_listed_with_their_roles(data: Path) -> None:
    said = run("list", "--data", str(data))
    assert "guanli" in said
    assert "管理员" in said


def test_a_link_sets_a_password_anew_and_takes_the_second_factor_off(data: Path) -> None:
    said = run("link", "guanli", "--reset-second-factor", "--by", "李工", "--data", str(data))
    token = said.strip().rpartition("/setup/")[2]
    book = Book.open(f"sqlite:///{data / 'book.sqlite'}")
    with book.read() as session:
        assert session.scalars(select(Account.totp)).one() is None
        made = invitations.open_invitation(session, token, day("2026-11-25 09:00"))
    assert actions(book)[-2:] == ["totp.reset", "account.invited"]
    book.close()
    assert (made.name, made.role) == ("guanli", Role.ADMINISTRATOR)


def test_a_link_leads_to_the_port_on_which_the_pages_are(data: Path) -> None:
    said = run("link", "guanli", "--portal-port", "8090", "--data", str(data))
    assert said.startswith("http://127.0.0.1:8090/setup/")


def test_doctor_asks_the_port_on_which_the_pages_are(data: Path) -> None:
    words = ["doctor", "--portal-port", "9", "--port", "9", "--data", str(data)]
    assert "端口 9 没有应答" in CliRunner(env={"COLUMNS": "300"}).invoke(app, words).output


def test_a_name_that_is_not_there_is_answered_with_those_that_are(data: Path) -> None:
    with pytest.raises(DubanError, match="现有：guanli"):
        run("link", "admin", "--data", str(data))
