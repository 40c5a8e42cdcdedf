from __future__ import annotations

from dataclasses import replace

from fastapi.testclient import TestClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from duban.app.doctor_finding import doubtful, fine, wrong
from duban.obligations.words import Role
from support.campaign import advance, day, deliver, submit
from support.desk import Desk


def figures(monitor: TestClient) -> dict[str, float]:
    answer = monitor.get("/api/v1/metrics")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    found = text_string_to_metric_families(answer.text)
    return {
        one.name + "".join(f" {label}" for label in one.labels.values()): one.value
        for family in found
        for one in family.samples
    }


def test_a_monitor_sees_what_waits_and_for_how_long(desk: Desk) -> None:
    desk.clock.on("03-27 09:00")
    monitor = desk.signed_in(Role.SUPERVISOR)
    before = figures(monitor)
    # Three villages' messages have waited since 1 March; February's check was to lock on 6 March at 24:00.
    assert before["duban_messages queued"] == 3
    assert before["duban_deliver_lag_seconds"] == 26 * 86_400
    assert before["duban_advance_lag_seconds"] == (20 * 24 + 9) * 3600
    open_ = before["duban_obligations_overdue"]
    submit(desk.book, "cun1", day("03-27 10:00"))
    advance(desk.book, day("03-27 10:00"))
    deliver(desk.book, day("03-27 10:00"))
    desk.clock.on("03-27 10:00")
    after = figures(monitor)
    assert (after["duban_due"], after["duban_advance_lag_seconds"], after["duban_deliver_lag_seconds"]) == (
        0,
        0,
        0,
    )
    assert (after["duban_messages queued"], after["duban_messages_of_today sent"]) == (0, 3)
    assert after["duban_obligations_overdue"] == open_ - 1
    assert after["duban_journal_entries_total"] > before["duban_journal_entries_total"]


def test_the_page_says_in_one_sentence_whether_all_is_well(desk: Desk) -> None:
    row = (
        fine("账簿", "可用"),
        doubtful("方案", "2024年没有执行中的方案", "启用"),
        wrong("待发消息", "3条未投递", "投递"),
    )
    for rows, said, kind in (
        (row[:1], "一切正常。", "good"),
        (row[:2], "运行正常，有1处请留意，先看“方案”：2024年没有执行中的方案。", "warn"),
        (row, "有1处需要处理，先看“待发消息”：3条未投递。", "bad"),
    ):
        looked = replace(desk, counter=replace(desk.counter, examine=lambda _now, rows=rows: rows))
        shown = looked.signed_in(Role.OFFICE, kind).get("/running").text
        assert f'<div class="note {kind}"' in shown
        assert f"<strong>{said}</strong>" in shown
        assert "2项，最早的已等13天" in shown
        assert "3条；最早的已等19天" in shown
