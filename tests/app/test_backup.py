from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from duban.app import backup, restoring
from duban.ledger import attachments, journal, owed
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.reports import Report
from duban.ledger.sealed import key_from, new_key
from duban.ledger.tables import JournalEntry, Obligation, Unit
from duban.ledger.units import import_roster
from duban.obligations.errors import DubanError
from duban.obligations.roster import Roster, UnitFact
from support.campaign import advance, day, deliver, submit
from support.looked_back import looked_back

NOW = day("10-02 02:30")
PHOTO = FileFacts("现场.txt", "text/plain", "现场照片".encode())


@pytest.fixture
def files(tmp_path: Path) -> Path:
    return tmp_path / "attachments"


@pytest.fixture
def full(book: Book, town: object, files: Path) -> Book:
    """Give a year with findings, a look-back, an attachment, messages, and units below one another."""
    looked_back(book)
    with book.write() as session:
        below = (UnitFact("aaa", "新设社区", "社区", parent="zzz"), UnitFact("zzz", "新设片区", "片区"))
        import_roster(session, Roster(below), day("10-08 10:00"), "办公室")
    attachments.store(files, PHOTO.data)
    with book.write() as session:
        found = owed.find(session, "jiancha", "huitoukan", "2023", "paichusuo")
        attachments.receive(session, found, PHOTO, day("10-08 12:00"), "丁民警")
    submit(
        book,
        "paichusuo",
        day("10-08 12:01"),
        duty="huitoukan",
        period="2023",
        report=Report("k1", {}, note="已回看"),
    )
    deliver(book, day("10-08 15:00"))
    return book


@pytest.fixture
def other(request: pytest.FixtureRequest, book: Book, tmp_path: Path) -> Iterator[Book]:
    """Give an address where there is no book yet, on the database that `book` is not on."""
    if not book.is_sqlite:
        with closing(Book.open(f"sqlite:///{tmp_path / 'other' / 'book.sqlite'}")) as opened:
            yield opened
        return
    server = request.getfixturevalue("postgres_server")
    with server.empty() as url, closing(Book.open(url)) as opened:
        yield opened


def counted(book: Book) -> tuple[int, int]:
    with book.read() as session:
        count = select(func.count())
        return (
            session.scalar(count.select_from(JournalEntry)) or 0,
            session.scalar(count.select_from(Obligation)) or 0,
        )


def test_a_backup_is_restored_on_the_other_database_and_proved_equal(
    full: Book, other: Book, files: Path, tmp_path: Path
) -> None:
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    restored = restoring.restore(made.path, other, tmp_path / "files")
    assert restored == made.manifest
    assert counted(other) == counted(full)
    assert made.manifest.tables["units"].rows == 6
    assert made.manifest.files == (PHOTO.sha256,)
    with other.read() as session:
        parent = select(Unit.parent_id).where(Unit.code == "aaa").scalar_subquery()
        assert session.scalar(select(Unit.code).where(Unit.id == parent)) == "zzz"
        found = journal.verify(session, files=tmp_path / "files")
    assert (found.ok, found.reason_zh) == (True, "")
    again = backup.make(other, tmp_path / "files", tmp_path / "b.duban", NOW)
    assert again.manifest == made.manifest


def test_a_restored_book_is_written_on(full: Book, other: Book, files: Path, tmp_path: Path) -> None:
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    restoring.restore(made.path, other, tmp_path / "files")
    advance(other, day("10-20 09:00"))
    deliver(other, day("10-20 10:00"))
    with other.write() as session:
        import_roster(session, Roster((UnitFact("cun9", "九村", "村"),)), day("10-20 11:00"), "办公室")
    assert counted(other)[0] > made.manifest.head.seq
    with other.read() as session:
        assert journal.verify(session).reason_zh == ""


def test_a_backup_is_of_one_moment_though_others_write_meanwhile(
    full: Book, files: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, lines = counted(full), backup.copying.lines

    def slow(session: object, table: str) -> Iterator[str]:
        if table == "units":
            advance(full, day("10-20 09:00"))
        return lines(session, table)  # pyright: ignore[reportArgumentType]

    monkeypatch.setattr(backup.copying, "lines", slow)
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    assert counted(full)[0] > before[0]
    assert (made.manifest.tables["journal"].rows, made.manifest.tables["obligations"].rows) == before


def test_a_sealed_backup_is_read_with_its_key_alone(full: Book, files: Path, tmp_path: Path) -> None:
    key = key_from(new_key())
    made = backup.make(full, files, tmp_path / "a.duban", NOW, key)
    assert backup.check(made.path, key) == made.manifest
    with pytest.raises(DubanError, match="请用 --key 指明密钥文件"):
        backup.check(made.path)
    with pytest.raises(DubanError, match="密钥不是加密时所用的那一把"):
        backup.check(made.path, key_from(new_key()))
    assert "一村".encode() not in made.path.read_bytes()


def test_the_sum_beside_it_is_as_sha256sum_writes_it(sqlite_book: Book, tmp_path: Path) -> None:
    made = backup.make(sqlite_book, tmp_path, tmp_path / "a.duban", NOW)
    assert (tmp_path / "a.duban.sha256").read_text() == f"{made.sha256}  a.duban\n"
    assert made.size == made.path.stat().st_size
    assert backup.name_at(day("10-02 02:30")) == "duban-20231002-023000.duban"


def test_a_book_with_anything_in_it_is_not_restored_over(full: Book, files: Path, tmp_path: Path) -> None:
    made, before = backup.make(full, files, tmp_path / "a.duban", NOW), counted(full)
    with pytest.raises(DubanError, match="中已有内容，没有恢复"):
        restoring.restore(made.path, full, files)
    assert counted(full) == before


def test_a_file_is_not_written_over(sqlite_book: Book, tmp_path: Path) -> None:
    (tmp_path / "a.duban").write_text("别的文件")
    with pytest.raises(DubanError, match=r"已有文件 .*a\.duban，没有覆盖"):
        backup.make(sqlite_book, tmp_path, tmp_path / "a.duban", NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["a.duban"]


def test_an_attachment_that_is_gone_is_said_and_the_rest_is_backed_up(
    full: Book, files: Path, other: Book, tmp_path: Path
) -> None:
    for path in list(files.rglob("*")):
        if path.is_file():
            path.unlink()
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    assert (made.manifest.files, made.manifest.missing) == ((), (PHOTO.sha256,))
    assert restoring.restore(made.path, other, tmp_path / "files").missing == (PHOTO.sha256,)


def changed(path: Path, name: str, change: bytes | None, *, sums: bool = False) -> Path:
    """Write a copy in which one part says something else, or is not there; with ``sums`` those fit again."""
    out = path.with_name("changed.duban")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(out, "w") as target:
        parts = {one: source.read(one) for one in source.namelist()}
        if change is None:
            del parts[name]
        else:
            parts[name] = change
        if sums:
            digest = backup.sha256(parts[name]).hexdigest()
            listed = parts["SHA256SUMS.txt"].decode().splitlines()
            fitted = [f"{digest}  {name}" if line.endswith(f"  {name}") else line for line in listed]
            parts["SHA256SUMS.txt"] = "".join(f"{line}\n" for line in fitted).encode()
        for one, data in parts.items():
            target.writestr(one, data)
    return out


def test_what_was_changed_is_named_and_nothing_is_restored(
    full: Book, files: Path, other: Book, tmp_path: Path
) -> None:
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    for name, change, sums, said in (
        ("tables/units.jsonl", b"[]\n", False, "备份中的“tables/units.jsonl”与校验清单不符"),
        ("tables/units.jsonl", None, False, "有文件缺少，或者多出"),
        ("tables/units.jsonl", b"[]\n", True, "备份说明中“units”的校验与内容不符"),
        ("备份说明.json", None, False, "没有备份说明和校验清单"),
        (f"attachments/{PHOTO.sha256}", b"x", False, "与校验清单不符"),
    ):
        with pytest.raises(DubanError, match=said):
            restoring.restore(changed(made.path, name, change, sums=sums), other, tmp_path / "files")
    with pytest.raises(DubanError, match="不是备份文件，或者已损坏"):
        restoring.restore(cut(made.path), other, tmp_path / "files")
    with pytest.raises(DubanError, match="没有文件"):
        restoring.restore(tmp_path / "nonesuch.duban", other, tmp_path / "files")
    assert other.revision() is None


def cut(path: Path) -> Path:
    out = path.with_name("cut.duban")
    out.write_bytes(path.read_bytes()[:-100])
    return out


def test_a_book_that_was_tampered_with_before_it_was_backed_up_is_not_restored(
    full: Book, files: Path, other: Book, tmp_path: Path
) -> None:
    with full.write() as session:
        session.execute(text("UPDATE obligations SET state = 'accepted' WHERE id = 1"))
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    with pytest.raises(DubanError, match="写入的账簿没有通过核验，全部撤回，没有写入"):
        restoring.restore(made.path, other, tmp_path / "files")
    assert counted(other) == (0, 0)


def test_a_backup_of_another_shape_is_restored_by_its_own_program(
    full: Book, files: Path, other: Book, tmp_path: Path
) -> None:
    made = backup.make(full, files, tmp_path / "a.duban", NOW)
    with zipfile.ZipFile(io.BytesIO(made.path.read_bytes())) as archive:
        said = json.loads(archive.read("备份说明.json"))
    said["revision"] = "0008"
    old = changed(made.path, "备份说明.json", json.dumps(said).encode(), sums=True)
    with pytest.raises(DubanError, match="备份的结构版本是 0008，本程序是 0017"):
        restoring.restore(old, other, tmp_path / "files")
