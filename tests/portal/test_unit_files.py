"""Photos and documents that come with a report."""

from __future__ import annotations

import io
import resource
import zipfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select, update

from duban.ledger.attachments import place
from duban.ledger.tables import Round, Upload
from duban.obligations.words import Role
from support.campaign import actions
from support.desk import Desk
from support.programs import program
from support.unit_pages import hidden, reports

NUMBER = {
    "key": "shuliang", "label": "检查数量", "type": "number", "unit": "处", "options": [],
    "min": 0, "max": 1000, "required": True, "help": "",
}  # fmt: skip
PHOTOS = NUMBER | {"key": "zhaopian", "label": "现场照片", "type": "files", "unit": "", "required": False}
NORTH = {1: "N", 2: (32.0, 18.0, 0.0)}


@pytest.fixture
def at(desk: Desk) -> str:
    """Give the address of an obligation of village one, which may send photos."""
    with desk.book.write() as session:
        session.execute(update(Round).where(Round.duty == "yuecha").values(form=[NUMBER, PHOTOS]))
    return f"/l/{desk.link('cun1')}/{desk.obligation('cun1')}"


def photo(side: int = 60, quality: int = 90) -> bytes:
    """Give a photo that says where it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "Phone of Zhang San"
    exif.get_ifd(0x8825).update(NORTH)
    out = io.BytesIO()
    Image.new("RGB", (side, side), (200, 30, 30)).save(out, "JPEG", exif=exif, quality=quality)
    return out.getvalue()


def uploads(desk: Desk) -> list[Upload]:
    with desk.book.read() as session:
        return list(session.scalars(select(Upload).order_by(Upload.id)))


def test_a_photo_comes_with_the_report_without_where_it_was_taken(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    files = [("up-zhaopian", ("现场.jpg", photo(), "image/jpeg"))]
    sent = browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "12"}, files=files)
    assert sent.status_code == 303
    [row] = uploads(desk)
    assert (row.name, row.media_type, row.by) == ("现场.jpg", "image/jpeg", "一村 甲文书")
    kept = place(desk.counter.attachments, row.sha256).read_bytes()
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert b"Zhang San" not in kept
    assert reports(desk.book)[0][2] == {"shuliang": 12, "zhaopian": [row.sha256]}
    assert actions(desk.book)[-2:] == ["file.received", "submission.received"]
    assert "现场.jpg" in browser.get(sent.headers["location"]).text


def test_a_file_is_given_back_to_its_own_unit_alone_and_as_an_attachment(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    answer = browser.post(
        f"{at}/file", files={"file": ("𠮷/../\u202egpj.现场.jpg", photo(), "image/jpeg")}
    ).json()
    given = browser.get(f"{at}/file/{answer['sha256']}")
    assert given.headers["content-type"] == "image/jpeg"
    assert given.headers["content-disposition"].startswith("attachment; filename*=UTF-8''")
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    assert Image.open(io.BytesIO(given.content)).size == (60, 60)
    assert answer["name"] == "gpj.现场.jpg"
    assert len(given.content) == answer["size"]
    token = desk.link("cun2")
    for number in (desk.obligation("cun1"), desk.obligation("cun2")):
        assert browser.get(f"/l/{token}/{number}/file/{answer['sha256']}").status_code == 404
    for name in ("0" * 64, "..%2f..%2f..%2fbook.db"):
        assert browser.get(f"{at}/file/{name}").status_code == 404


def test_a_wrong_entry_does_not_cost_the_photos(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    files = [("up-zhaopian", ("现场.jpg", photo(), "image/jpeg"))]
    back = browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "很多"}, files=files)
    assert back.status_code == 422
    assert "保留“现场.jpg”" in back.text
    [row] = uploads(desk)
    again = {**hidden(back), "f-shuliang": "3", "f-zhaopian": row.sha256}
    assert browser.post(at, data=again).status_code == 303
    assert reports(desk.book)[0][2] == {"shuliang": 3, "zhaopian": [row.sha256]}


def test_a_photo_sent_twice_with_one_draft_is_one_report(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    typed, files = {**hidden(browser.get(at)), "f-shuliang": "12"}, {"up-zhaopian": ("a.jpg", photo())}
    first, second = browser.post(at, data=typed, files=files), browser.post(at, data=typed, files=files)
    assert first.headers["location"] == second.headers["location"]
    assert (len(reports(desk.book)), len(uploads(desk))) == (1, 1)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.jpg", b"<!doctype html><script>alert(1)</script>"),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"x" * 100),
        ("a.exe", b"MZ" + b"\0" * 200),
        ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
    ],
)
def test_what_is_not_what_it_says_is_refused_and_named(desk: Desk, at: str, name: str, data: bytes) -> None:
    browser = desk.stranger()
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "note": "有照片"}
    back = browser.post(at, data=typed, files={"up-zhaopian": (name, data)})
    assert back.status_code == 422
    assert f"“{name}”" in back.text
    assert 'value="12"' in back.text
    assert "有照片" in back.text
    assert (reports(desk.book), uploads(desk)) == ([], [])
    assert browser.post(f"{at}/file", files={"file": (name, data)}).status_code == 422


def test_a_zip_bomb_is_refused(desk: Desk, at: str) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("[Content_Types].xml", "x")
        box.writestr("xl/workbook.xml", b"\0" * 300_000_000)
    answer = desk.stranger().post(f"{at}/file", files={"file": ("表.xlsx", bomb.getvalue())})
    assert answer.status_code == 422
    assert uploads(desk) == []


def test_a_photo_of_40_mb_is_refused_in_a_sentence_and_what_was_typed_is_kept(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "note": "照片很大"}
    large = photo() + b"\0" * 40_000_000
    back = browser.post(at, data=typed, files={"up-zhaopian": ("a.jpg", large)})
    assert back.status_code == 413
    assert "每个不超过15 MB，合计不超过40 MB" in back.text
    assert 'value="12"' in back.text
    assert "照片很大" in back.text
    assert (reports(desk.book), uploads(desk)) == ([], [])
    answer = browser.post(f"{at}/file", files={"file": ("a.jpg", large)})
    assert answer.status_code == 413
    assert "每个不超过15 MB" in answer.json()["detail"]


def test_what_is_larger_than_is_read_at_all_is_refused_as_it_comes(desk: Desk, at: str) -> None:
    def endless() -> Iterator[bytes]:
        yield b'--x\r\ncontent-disposition: form-data; name="up-zhaopian"; filename="a.jpg"\r\n\r\n'
        for _ in range(130):
            yield b"\0" * 1_000_000

    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = desk.stranger().post(at, content=endless(), headers=headers)
    assert answer.status_code == 413
    assert "提交的内容过大，没有收下" in answer.text
    assert uploads(desk) == []


def test_a_form_that_breaks_off_is_refused(desk: Desk, at: str) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    assert desk.stranger().post(at, content=b"--y\r\nnonsense", headers=headers).status_code == 400


def test_a_full_disk_loses_nothing_that_was_typed(desk: Desk, at: str, tmp_path: Path) -> None:
    browser = desk.stranger()
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "note": "磁盘满了"}
    desk.counter.attachments.parent.mkdir(exist_ok=True)
    desk.counter.attachments.write_bytes(b"")  # where the folder should be, so that nothing can be written
    back = browser.post(at, data=typed, files={"up-zhaopian": ("a.jpg", photo())})
    assert back.status_code == 503
    assert "文件没有收下：服务器存不下" in back.text
    assert 'value="12"' in back.text
    assert "磁盘满了" in back.text
    assert str(tmp_path) not in back.text
    assert (reports(desk.book), uploads(desk)) == ([], [])
    ahead = browser.post(f"{at}/file", files={"file": ("a.jpg", photo())})
    assert (ahead.status_code, ahead.json()["detail"][:14]) == (503, "文件没有收下：服务器存不下。")
    assert browser.post(at, data={**hidden(back), "f-shuliang": "12"}).status_code == 303


@contextmanager
def little_room() -> Generator[None]:
    """Let no file of this process grow above 2 MB, as on a disk that fills up."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_up_while_a_photo_comes_loses_nothing_that_was_typed(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "note": "磁盘满了"}
    large = photo() + b"\0" * 5_000_000
    with little_room():
        back = browser.post(at, data=typed, files={"up-zhaopian": ("a.jpg", large)})
        ahead = browser.post(f"{at}/file", files={"file": ("a.jpg", large)})
    assert back.status_code == 503
    assert "现场照片：文件没有收下：服务器存不下" in back.text
    assert 'value="12"' in back.text
    assert "磁盘满了" in back.text
    assert (ahead.status_code, ahead.json()["detail"][:14]) == (503, "文件没有收下：服务器存不下。")
    assert (reports(desk.book), uploads(desk)) == ([], [])


def test_a_disk_that_fills_up_while_a_workbook_comes_is_told_to_the_office(desk: Desk) -> None:
    browser = desk.signed_in(Role.OFFICE)
    with desk.book.read() as session:
        number = session.scalars(select(Round.id).where(Round.duty == "yuecha")).first()
    for path in (f"/rounds/{number}/import", "/units/roster"):
        with little_room():
            answer = browser.post(path, files={"file": ("a.xlsx", b"\0" * 5_000_000)})
        assert answer.status_code == 503
        assert "文件没有收下：服务器存不下（File too large）。" in answer.text


def test_where_the_files_lie_elsewhere_is_not_lost_beside_those_that_are_here(desk: Desk, at: str) -> None:
    browser = desk.stranger()
    typed = {**hidden(browser.get(at)), "f-shuliang": "12", "f-zhaopian-text": "其余在村部"}
    sent = browser.post(at, data=typed, files={"up-zhaopian": ("a.jpg", photo())})
    assert "现场照片：其余在村部" in browser.get(sent.headers["location"]).text


def test_a_file_too_many_is_not_written_to_the_disk(desk: Desk, at: str) -> None:
    def stored() -> int:
        return sum(path.is_file() for path in desk.counter.attachments.rglob("*"))

    browser = desk.stranger()
    many = [("up-zhaopian", (f"{number}.txt", f"第{number}页".encode())) for number in range(35)]
    back = browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "12"}, files=many)
    assert back.status_code == 422
    assert "“34.txt”：每项最多传30个附件，已经满了" in back.text
    assert (len(uploads(desk)), stored()) == (30, 30)
    answer = browser.post(f"{at}/file", files={"file": ("31.txt", "第31页".encode())})
    assert (answer.status_code, answer.json()["detail"]) == (422, "每项最多传30个附件，已经满了。")
    known = browser.post(f"{at}/file", files={"file": ("又一次.txt", "第1页".encode())})
    assert (known.status_code, stored()) == (200, 30)
    path = f"/api/v1/obligations/{desk.obligation('cun1')}/files?name=a.txt"
    by_api = program(desk).post(path, content="第32页".encode(), headers={"Idempotency-Key": "k"})
    assert (by_api.status_code, stored()) == (409, 30)


@pytest.mark.parametrize("digest", ["%00", "zz", "A" * 64, "a" * 65])
def test_what_is_no_digest_names_no_file(desk: Desk, at: str, digest: str) -> None:
    office, number = desk.signed_in(Role.OFFICE), desk.obligation("cun1")
    assert desk.stranger().get(f"{at}/file/{digest}").status_code == 422
    assert office.get(f"/obligations/{number}/file/{digest}").status_code == 422


def test_nothing_is_kept_for_what_takes_no_reports_any_more(desk: Desk, at: str) -> None:
    desk.clock.on("04-04 00:00")
    browser = desk.stranger()
    answer = browser.post(f"{at}/file", files={"file": ("a.jpg", photo())})
    assert answer.status_code == 422
    assert "截止补报" in answer.json()["detail"]
    back = browser.post(at, data={"f-shuliang": "1"}, files={"up-zhaopian": ("a.jpg", photo())})
    assert back.status_code == 409
    assert not desk.counter.attachments.exists()


def test_a_report_cannot_name_a_file_of_another_unit(desk: Desk, at: str) -> None:
    browser, foreign = desk.stranger(), f"/l/{desk.link('cun2')}/{desk.obligation('cun2')}"
    digest = browser.post(f"{foreign}/file", files={"file": ("a.jpg", photo())}).json()["sha256"]
    back = browser.post(at, data={**hidden(browser.get(at)), "f-shuliang": "1", "f-zhaopian": digest})
    assert back.status_code == 409
    assert "附件没有收到" in back.text
    assert reports(desk.book) == []
