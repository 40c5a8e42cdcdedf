"""A request that comes twice is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from duban.ledger import integrations
from duban.ledger.book import Book
from duban.ledger.tables import Remark, Replay, Submission
from duban.obligations.roster import Roster
from duban.obligations.words import Role
from support.campaign import actions, adopt, advance, day, submit
from support.desk import Desk, desk_over
from support.programs import get, post, program, refused
from support.query_plans import plan_of

NOTE = {"kind": "note", "text": "明日再催"}
UUID = "8e03978e-40d5-43e8-bc93-6894a57f9324"


@pytest.fixture
def counter(book: Book, town: Roster, tmp_path: Path) -> Desk:
    """Give the site over a book on either database."""
    adopt(book)
    advance(book, day("03-01 09:00"))
    return desk_over(book, tmp_path)


def remarks(desk: Desk) -> int:
    with desk.book.read() as session:
        return session.scalar(select(func.count()).select_from(Remark)) or 0


def test_the_same_request_is_answered_the_same_and_done_once(counter: Desk) -> None:
    client, path = program(counter), f"obligations/{counter.obligation('cun1')}/remarks"
    first = post(client, path, NOTE, UUID)
    counter.clock.on("03-21 09:00")
    again = post(client, path, NOTE, UUID)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert remarks(counter) == 1


def test_a_key_is_not_taken_for_another_request(counter: Desk) -> None:
    client, path = program(counter), f"obligations/{counter.obligation('cun1')}/remarks"
    post(client, path, NOTE, UUID)
    other = post(client, path, NOTE | {"text": "后天再催"}, UUID)
    assert refused(other, 422) == f"幂等键“{UUID}”已用于另一个请求，没有办理。请为每个请求各用一个键。"
    elsewhere = post(client, f"obligations/{counter.obligation('cun2')}/remarks", NOTE, UUID)
    assert refused(elsewhere, 422).startswith("幂等键")
    assert remarks(counter) == 1


def test_an_answer_is_kept_for_thirty_days_and_swept_by_the_next_key(counter: Desk) -> None:
    def keys() -> list[str]:
        with counter.book.read() as session:
            return list(session.scalars(select(Replay.key).order_by(Replay.id)))

    client, path = program(counter), f"obligations/{counter.obligation('cun1')}/remarks"
    post(client, path, NOTE, "first")
    counter.clock.on("03-21 09:00")
    post(client, path, NOTE, "second")
    counter.clock.on("04-19 09:00")  # 30 days after the first, to the second
    assert post(client, path, NOTE, "first").headers["idempotency-replayed"] == "true"
    assert post(client, path, NOTE, "third").status_code == 201
    assert keys() == ["first", "second", "third"]
    counter.clock.on("04-19 09:01")
    post(client, path, NOTE, "fourth")
    assert keys() == ["second", "third", "fourth"]


def test_old_answers_are_found_by_an_index(counter: Desk) -> None:
    client, path = program(counter), f"obligations/{counter.obligation('cun1')}/remarks"
    plan = plan_of(counter.book, "DELETE FROM replays", lambda: post(client, path, NOTE))
    assert "ix_replays_at" in plan


def test_two_programs_may_use_the_same_key(counter: Desk) -> None:
    path = f"obligations/{counter.obligation('cun1')}/remarks"
    assert post(program(counter), path, NOTE, "1").status_code == 201
    assert post(program(counter, name="应急平台"), path, NOTE, "1").status_code == 201
    assert remarks(counter) == 2


def test_what_was_refused_keeps_no_key(counter: Desk) -> None:
    client, number = program(counter), counter.obligation("cun1")
    assert "尚未上报" in refused(post(client, f"obligations/{number}/accept", {"version": 1}, UUID), 409)
    submit(counter.book, "cun1", day("03-20 09:00"))
    assert post(client, f"obligations/{number}/accept", {"version": 1}, UUID).status_code == 200


def test_an_act_and_its_key_are_kept_together_or_not_at_all(counter: Desk) -> None:
    client = program(counter)
    refused(post(client, "events", {"plan": "x", "duty": "y", "at": "2023-03-20T08:00:00+08:00"}, UUID), 409)
    with counter.book.read() as session:
        assert session.scalar(select(func.count()).select_from(Replay)) == 0


def test_of_many_that_come_at_once_one_is_done_and_all_are_answered_alike(counter: Desk) -> None:
    path, together = f"obligations/{counter.obligation('cun1')}/submissions", Barrier(6)
    clients = [program(counter)]
    for _ in range(5):
        clients.append(counter.stranger())
        clients[-1].headers["authorization"] = clients[0].headers["authorization"]

    def send(number: int) -> tuple[int, bytes]:
        together.wait()
        answer = post(clients[number], path, {"answers": {"shuliang": 4}}, UUID)
        return answer.status_code, answer.content

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(send, range(6)))
    assert {status for status, _ in answers} == {201}
    assert len({body for _, body in answers}) == 1
    with counter.book.read() as session:
        assert session.scalar(select(func.count()).select_from(Submission)) == 1
    assert actions(counter.book).count("submission.received") == 1


def test_an_answer_is_given_again_by_another_process_on_the_same_book(desk: Desk, tmp_path: Path) -> None:
    client, path = program(desk), f"obligations/{desk.obligation('cun1')}/remarks"
    first = post(client, path, NOTE, UUID)
    book = Book.open(f"sqlite:///{desk.book.name}")
    other = desk_over(book, tmp_path).stranger()
    other.headers["authorization"] = client.headers["authorization"]
    again = post(other, path, NOTE, UUID)
    book.close()
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")


def test_a_program_must_write_a_key(desk: Desk) -> None:
    client = program(desk)
    path = f"/api/v1/obligations/{desk.obligation('cun1')}/acknowledge"
    assert refused(client.post(path), 400).startswith("请在请求头中写明幂等键 Idempotency-Key")
    for wrong in ("", "有 空 格".encode().hex() + " x", "x" * 201):
        answer = client.post(path, headers={"Idempotency-Key": wrong})
        assert "header/Idempotency-Key" in refused(answer, 422)


def test_a_program_that_is_let_in_no_more_is_not_answered_again(desk: Desk) -> None:
    client, path = program(desk), f"obligations/{desk.obligation('cun1')}/remarks"
    post(client, path, NOTE, UUID)
    with desk.book.write() as session:
        integrations.revoke(session, 1, desk.clock.at, "管理员")
    assert refused(post(client, path, NOTE, UUID), 401).startswith("没有有效的令牌")


def test_the_journal_proves_what_programs_did(counter: Desk) -> None:
    client = program(counter)
    post(client, f"obligations/{counter.obligation('cun1')}/submissions", {"answers": {"shuliang": 4}})
    post(client, f"obligations/{counter.obligation('cun1')}/accept", {"version": 1})
    post(client, f"obligations/{counter.obligation('cun2')}/remarks", NOTE)
    assert get(program(counter, Role.SUPERVISOR, "督查平台"), "verify")["ok"] is True
