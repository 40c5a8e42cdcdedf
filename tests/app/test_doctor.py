"""``duban doctor``: each thing that can be wrong has its row, and says what to do."""

from __future__ import annotations

import os
import shutil
import socket
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, text, update

from duban.app import wiring
from duban.app.doctor import examine
from duban.app.doctor_finding import Finding
from duban.app.doctor_holidays import holiday_findings
from duban.app.doctor_portal import portal_findings
from duban.app.doctor_prefect import STALE, prefect_findings, schedule_findings
from duban.app.settings import Settings
from duban.app.supervise_lock import hold
from duban.app.supervise_prefect import Api
from duban.calendar.workdays import Workdays
from duban.ledger.book import Book
from duban.ledger.tables import Channel, Contact, Message, Notice, Obligation, PlanYear, Unit
from duban.obligations.errors import DubanError
from support import example
from support.scratch import SHANGHAI

NOW = datetime(2023, 3, 23, 10, 0, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [*os.environ]:
        if name.startswith(("PREFECT_", "DUBAN_")):
            monkeypatch.delenv(name)


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return Settings(data=tmp_path, database_url=sqlite_url, port=9)  # nobody listens on port 9


@pytest.fixture
def live(settings: Settings, sqlite_book: Book) -> Book:
    """Give the book of a township at work: the example, brought up to now, all reminders sent."""
    example.furnish(settings.data)
    example.fill_and_work(sqlite_book, NOW)
    return sqlite_book


def rows(settings: Settings, now: datetime = NOW, *, full: bool = False) -> dict[str, Finding]:
    return {one.item: one for one in examine(settings, now, full=full)}


def test_a_township_at_work_has_nothing_wrong_but_the_server(settings: Settings, live: Book) -> None:
    found = rows(settings)
    assert [one.item for one in found.values() if one.mark == "✗"] == ["办事页面", "Prefect 服务"]
    assert found["账簿"].mark == "✓"
    assert found["方案"].state == "2023年执行3个：changzhou-ranfang、erong-dafei、gongan-dafeizhiwei"
    assert found["到期事项"].state == "没有积压"
    assert found["待发消息"].state == "0条，最近发出 2023年3月23日（星期四）10:00"
    assert all(one.remedy for one in found.values() if one.mark != "✓")


def test_the_example_and_the_file_channel_are_called_what_they_are(settings: Settings, live: Book) -> None:
    found = rows(settings)
    assert found["单位"].mark == "！"
    assert "全部是示例单位" in found["单位"].state
    assert found["联系渠道"].mark == "！"
    assert "只写入发件箱文件夹，不对外发送" in found["联系渠道"].state


def test_whoever_would_hear_of_a_failure_or_keeps_the_line_is_named(settings: Settings, live: Book) -> None:
    assert rows(settings)["异常告知"] == Finding("✓", "异常告知", "打非办", "")
    assert "留痕公示" not in rows(settings)
    chosen = settings.model_copy(update={"alarm_to": "v01，nonesuch", "publish_to": "v01, v02"})
    found = rows(chosen)
    assert found["异常告知"].state == "名册中没有这些代码：nonesuch"
    assert found["留痕公示"] == Finding("✓", "留痕公示", "示例一村、示例二村", "")


def test_without_a_data_folder_or_a_book_it_says_how_to_make_one(tmp_path: Path) -> None:
    found = rows(Settings(data=tmp_path / "none", port=9))
    assert found["数据目录"].mark == "✗"
    assert "duban up" in found["数据目录"].remedy
    assert found["账簿"].mark == "✗"
    assert "还没有账簿" in found["账簿"].state
    assert not (tmp_path / "none").exists()


def test_a_book_of_another_shape_is_named(settings: Settings, sqlite_book: Book) -> None:
    with sqlite_book.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "更新版本的程序" in rows(settings)["账簿"].state
    with sqlite_book.write() as session:
        session.execute(text("DROP TABLE alembic_version"))
    assert rows(settings)["账簿"].mark == "✗"


def test_a_folder_that_cannot_be_written_is_named(
    settings: Settings, live: Book, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(settings.outbox)
    settings.outbox.write_text("a file")
    assert rows(settings)["发件箱"].mark == "✗"
    settings.outbox.unlink()
    assert rows(settings)["发件箱"].mark == "✓"
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "不能写入" in rows(settings)["数据目录"].state


@pytest.mark.parametrize(
    ("megabytes", "mark"), [(84_000, "✓"), (1000, "✓"), (999, "！"), (200, "！"), (199, "✗"), (0, "✗")]
)
def test_a_disk_that_fills_up_is_seen_coming(
    settings: Settings, live: Book, monkeypatch: pytest.MonkeyPatch, megabytes: int, mark: str
) -> None:
    usage = shutil.disk_usage(settings.data)._replace(free=megabytes * 1_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert rows(settings)["磁盘空间"].mark == mark


def test_a_book_that_is_not_backed_up_is_named(settings: Settings, live: Book) -> None:
    found = rows(settings)["备份"]
    assert (found.mark, "还没有备份" in found.state) == ("！", True)
    settings.backups.mkdir()
    (settings.backups / "duban-20230321-024000.duban").touch()
    assert rows(settings)["备份"] == Finding("✓", "备份", "最近一份 03-21 02:40", "")
    (settings.backups / "duban-20230321-024000.duban").rename(
        settings.backups / "duban-20230320-024000.duban"
    )
    assert "已有3天没有备份" in rows(settings)["备份"].state


@pytest.mark.skipif(os.name != "posix", reason="只有 POSIX 有文件权限位")
def test_a_key_that_others_can_read_is_named(settings: Settings, live: Book) -> None:
    assert rows(settings)["密钥"].mark == "✓"
    key = settings.data / "secret.key"
    key.chmod(0o640)
    found = rows(settings)["密钥"]
    assert (found.mark, found.remedy) == ("！", f"运行 chmod 600 {key}")


def test_a_channel_sealed_with_another_key_is_named(settings: Settings, live: Book) -> None:
    with live.write() as session:
        session.execute(
            insert(Channel).values(name="值班群", kind="wecom", secret=b"sealed elsewhere", active=True)
        )
    found = rows(settings)["渠道"]
    assert found.mark == "✗"
    assert "值班群" in found.state


def test_a_lost_key_is_named_and_neither_looking_nor_starting_makes_another(
    settings: Settings, live: Book
) -> None:
    key = settings.data / "secret.key"
    key.unlink()
    with live.write() as session:
        session.execute(insert(Channel).values(name="值班群", kind="wecom", secret=b"sealed", active=True))
    found = rows(settings)["渠道"]
    assert found.mark == "✗"
    assert found.state.startswith(f"渠道“值班群”：渠道密钥文件不见了，应在 {key}，")
    with pytest.raises(DubanError, match="请从备份找回并放回原处"):
        wiring.assemble(settings)
    assert not key.exists()


def test_a_key_is_made_on_the_first_start_when_nothing_is_sealed(settings: Settings, live: Book) -> None:
    key = settings.data / "secret.key"
    key.unlink()
    with pytest.raises(DubanError, match="渠道密钥文件不见了"):  # seeds of draws are
        wiring.assemble(settings)
    with live.write() as session:
        session.execute(text("UPDATE lots SET sealed = NULL"))
    wiring.assemble(settings).book.close()
    assert len(key.read_bytes().strip()) == 44


def test_a_journal_whose_end_was_cut_off_is_named(settings: Settings, live: Book) -> None:
    assert rows(settings)["留痕"].mark == "✓"
    assert rows(settings, full=True)["留痕"].state.startswith("逐条核对无误")
    with live.write() as session:
        session.execute(text("UPDATE journal_head SET seq = seq + 1"))
    assert rows(settings)["留痕"].state == "末尾与表头不符"
    assert "末尾被截去" in rows(settings, full=True)["留痕"].state


def test_a_clock_behind_the_journal_is_named(settings: Settings, live: Book) -> None:
    found = rows(settings, NOW - timedelta(minutes=3))["时钟"]
    assert found.mark == "✗"
    assert "duban clock accept" in found.remedy


def test_without_a_plan_for_the_year_nothing_is_asked_of_anybody(settings: Settings, live: Book) -> None:
    with live.write() as session:
        session.execute(update(PlanYear).values(year=2022, renews=False))
    found = rows(settings)["方案"]
    assert found == Finding("！", "方案", "2023年没有执行中的方案（最近的是2022年）", found.remedy)


def test_work_that_nobody_has_done_for_hours_is_named(settings: Settings, live: Book) -> None:
    # 24 March, 09:00: two quarterly duties remind on their last day.
    assert rows(settings, datetime(2023, 3, 24, 10, 59, tzinfo=SHANGHAI))["到期事项"].mark == "✓"
    found = rows(settings, datetime(2023, 3, 24, 11, 0, tzinfo=SHANGHAI))["到期事项"]
    assert found.mark == "✗"
    assert "duban advance" in found.remedy


def test_an_empty_roster_is_named(settings: Settings, sqlite_book: Book) -> None:
    found = rows(settings)["单位"]
    assert (found.mark, found.state) == ("✗", "名册是空的")
    assert "duban units import" in found.remedy


def test_a_unit_whom_nobody_can_tell_is_named(settings: Settings, live: Book) -> None:
    with live.write() as session:
        unit = session.scalars(select(Unit).where(Unit.code == "v01")).one()
        session.execute(update(Contact).where(Contact.unit_id == unit.id).values(active=False))
        session.execute(delete(Notice).where(Notice.contact_id.is_(None)))
        owed = session.scalars(
            select(Obligation.id).where(Obligation.unit_id == unit.id, Obligation.state == "owed")
        ).first()
        cue = session.scalars(select(Notice.cue_id).where(Notice.obligation_id == owed)).first()
        values = {"cue_id": cue, "obligation_id": owed, "state": "no_contact", "created_at": NOW}
        session.execute(insert(Notice).values(values))
    found = rows(settings)
    assert found["联系人"] == Finding(
        "！", "联系人", "没有联系人，收不到提醒：示例一村", found["联系人"].remedy
    )
    assert found["无人可提醒"].state == "有事项待报而无联系人：示例一村"


def messages(live: Book, **values: Any) -> None:
    with live.write() as session:
        some = session.scalars(select(Message.id).order_by(Message.id).limit(2)).all()
        session.execute(update(Message).where(Message.id.in_(some)).values(**values))


def test_messages_that_wait_hang_or_died_are_named(settings: Settings, live: Book) -> None:
    messages(live, state="queued", not_before=NOW - timedelta(minutes=61))
    found = rows(settings)["待发消息"]
    assert (found.mark, found.state) == ("✗", "2条消息到时已超过一小时仍未投递")
    messages(live, state="sending", claimed_at=NOW - timedelta(minutes=15))
    assert rows(settings)["滞留消息"].mark == "✓"
    messages(live, state="sending", claimed_at=NOW - timedelta(minutes=16))
    assert rows(settings)["滞留消息"].mark == "✗"
    messages(live, state="dead", answer="机器人已停用")
    assert rows(settings)["无法送达"].state == "2条；最近一条的答复：机器人已停用"


@pytest.mark.parametrize(
    ("now", "mark", "words"),
    [
        (datetime(2026, 9, 30, 9, 0, tzinfo=SHANGHAI), "✓", "2027年的尚未发布"),
        (datetime(2026, 10, 1, 0, 0, tzinfo=SHANGHAI), "！", "2027年的放假通知尚未收录"),
        (datetime(2025, 10, 1, 0, 0, tzinfo=SHANGHAI), "✓", "2026年"),
    ],
)
def test_from_october_on_a_missing_notice_for_next_year_is_a_warning(
    now: datetime, mark: str, words: str
) -> None:
    found = {one.item: one for one in holiday_findings(now)}["明年放假通知"]
    assert found.mark == mark
    assert words in found.state


def test_a_wrong_table_of_days_off_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "2023.yaml").write_text("year: 2022\n")
    load = Workdays.load
    monkeypatch.setattr(Workdays, "load", lambda: load(tmp_path))
    found = [*holiday_findings(NOW)]
    assert {one.mark for one in found} == {"✗"}
    assert "2023.yaml:1" in found[0].state


def test_a_server_that_does_not_answer_is_told_from_one_that_nobody_started(settings: Settings) -> None:
    [found] = prefect_findings(settings, NOW)
    assert found.state == "http://127.0.0.1:9/api 没有应答"
    assert "请运行 duban up" in found.remedy
    with hold(settings.data):
        [found] = prefect_findings(settings, NOW)
    assert f"duban up（进程号 {os.getpid()}）在运行" in found.remedy


class FakeApi(Api):
    """A server in memory, with all in order until a test changes it."""

    def __init__(self) -> None:
        self.known: dict[str, dict[str, Any]] = {
            name: {"id": name, "name": name, "paused": False, "schedules": []}
            for name in ("年度", "季度", "月度", "会议", "阶段", "时段")
        }
        for name, cron in (("推进", "0 * * * *"), ("投递", "*/10 * * * *")):
            schedule = {"active": True, "schedule": {"cron": cron}}
            self.known[name] = {"id": name, "name": name, "paused": False, "schedules": [schedule]}
        self.ended: dict[str, dict[str, Any]] = {
            name: {
                "end_time": "2023-03-23T01:00:00+00:00",
                "state_type": "COMPLETED",
                "state_name": "Completed",
            }
            for name in ("推进", "投递")
        }
        self.late: list[dict[str, Any]] = []

    def deployments(self) -> list[dict[str, Any]]:
        return [*self.known.values()]

    def runs(
        self, limit: int = 200, sort: str = "EXPECTED_START_TIME_ASC", **where: Any
    ) -> list[dict[str, Any]]:
        if "deployment_id" not in where:
            return self.late
        return [self.ended[name] for name in where["deployment_id"]["any_"] if name in self.ended]


def of(api: FakeApi, now: datetime = NOW) -> dict[str, Finding]:
    return {one.item: one for one in schedule_findings(api, now)}


def test_schedules_in_order_are_fine() -> None:
    found = of(FakeApi())
    assert {one.mark for one in found.values()} == {"✓"}
    assert found["最近推进"].state == "03-23 09:00 完成"


def test_a_schedule_that_is_paused_off_or_gone_is_named() -> None:
    api = FakeApi()
    api.known["推进"]["paused"] = True
    assert of(api)["日程：推进"].state == "已暂停"
    api.known["推进"] |= {
        "paused": False,
        "schedules": [{"active": False, "schedule": {"cron": "0 * * * *"}}],
    }
    assert of(api)["日程：推进"].state == "没有生效的时间表"
    del api.known["推进"], api.known["会议"]
    found = of(api)
    assert (found["日程：推进"].mark, found["日程：推进"].state) == ("✗", "没有登记")
    assert found["手动运行"].state == "没有登记：会议"


def test_a_last_run_that_failed_or_lies_far_back_is_named() -> None:
    api = FakeApi()
    nine = NOW - timedelta(hours=1)
    assert of(api, nine + timedelta(hours=1))["最近投递"].mark == "✓"
    assert of(api, nine + timedelta(hours=1, seconds=1))["最近投递"].mark == "✗"
    assert of(api, nine + timedelta(hours=2))["最近投递"].state == "03-23 09:00，已超过一小时"
    assert of(api, nine + timedelta(hours=3))["最近推进"].mark == "✓"
    assert of(api, nine + timedelta(hours=4))["最近推进"].state == "03-23 09:00，已超过三小时"
    failed = {"state_type": "FAILED", "state_name": "Failed", "state": {"message": "磁盘已满"}}
    api.ended["推进"] |= failed
    found = of(api)["最近推进"]
    assert (found.mark, found.state) == ("✗", "03-23 09:00 没有成功：磁盘已满")
    api.ended.clear()
    assert of(api)["最近推进"].mark == "！"


def test_the_schedules_that_are_held_to_hours_are_the_ones_of_the_settings() -> None:
    assert (Settings().advance_cron, Settings().deliver_cron) == ("0 * * * *", "*/10 * * * *")
    assert list(STALE) == [("推进", "0 * * * *"), ("投递", "*/10 * * * *")]


def test_on_a_schedule_of_the_offices_own_a_run_may_lie_a_day_back() -> None:
    api = FakeApi()
    for name in ("推进", "投递"):
        api.known[name]["schedules"][0]["schedule"]["cron"] = "30 8 * * *"
    later = of(api, NOW + timedelta(hours=25))
    assert (later["最近推进"].mark, later["最近投递"].mark) == ("✓", "✓")
    later = of(api, NOW + timedelta(hours=26))
    assert later["最近推进"].state == "03-23 09:00，已超过一天"
    assert later["最近投递"].state == "03-23 09:00，已超过一天"


def test_runs_that_pile_up_are_named_and_a_strange_answer_does_not_break_the_table() -> None:
    api = FakeApi()
    api.late = [{}, {}, {}]
    assert of(api)["逾时的运行"].state == "3次运行到时没有开始"
    api.known["推进"] = {"name": "推进"}
    assert of(api)["Prefect 服务"].state == "答复异常（KeyError）"


# The pages


def pages(**given: Any) -> dict[str, Finding]:
    return {one.item: one for one in portal_findings(Settings(**given))}


def test_pages_that_do_not_answer_are_named_with_what_starts_them(tmp_path: Path) -> None:
    found = pages(portal_port=free_port())["办事页面"]
    assert (found.mark, found.remedy) == ("✗", "运行 duban up，或只启动页面：duban portal")


def test_a_link_that_opens_on_this_machine_alone_is_doubtful() -> None:
    assert "只能在本机打开" in pages(portal_port=free_port())["提醒中的链接"].state


def test_a_link_without_tls_is_doubtful_and_one_with_it_is_fine() -> None:
    marks = {
        where: pages(portal_port=free_port(), public_url=where)["提醒中的链接"].mark
        for where in ("http://10.1.2.3:8080", "https://duban.example.gov.cn")
    }
    assert marks == {"http://10.1.2.3:8080": "！", "https://duban.example.gov.cn": "✓"}


def test_pages_that_are_off_say_that_messages_bring_no_link() -> None:
    assert list(pages(portal=False)) == ["办事页面"]
    assert "提醒中没有链接" in pages(portal=False)["办事页面"].state


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
