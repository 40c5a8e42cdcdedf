"""A site with something on each page, and the addresses of all of them."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from duban.ledger import asking, attachments, channels, invitations, owed, proposing
from duban.ledger.attachments import FileFacts
from duban.ledger.book import Book
from duban.ledger.channels import NewChannel
from duban.ledger.deciding import NewDecision
from duban.ledger.proposing import Draft
from duban.ledger.reports import Report
from duban.ledger.sheet_talks import Minuted
from duban.ledger.tables import Obligation, Submission
from duban.obligations.roster import ContactFact, Roster, UnitFact
from duban.obligations.words import RemarkKind, Role, Rung

from . import appraised, sheets, sittings
from .campaign import adopt, advance, day, deliver, move_in, return_, submit
from .desk import Desk, desk_over
from .drafted import drafted
from .finding_cast import WITH_FINDINGS, fill_findings, paper
from .inspection_pages import fill_inspections
from .pursued import pursue

VILLAGES = 22
TOWN = Roster(
    units=(
        *(UnitFact(f"cun{n:02}", f"第{n}村", "村", frozenset({"沿江"})) for n in range(1, VILLAGES + 1)),
        UnitFact("paichusuo", "派出所", "部门", frozenset({"牵头"})),
    ),
    contacts=tuple(ContactFact(f"cun{n:02}", f"文书{n}", f"139000000{n:02}") for n in range(1, VILLAGES + 1)),
    title="示例镇名册",
    example=True,
)

UNIT = (
    *("/l/{village}", "/l/{village}?done=acknowledge", "/l/{village}/{owed}", "/l/{village}/{reported}"),
    *("/l/{village}/{back}", "/l/{village}/{owed}/nil", "/l/{village}/receipt/{report}"),
    *("/l/{village}/meetings", "/l/{village}/meetings/{meeting}"),
    *("/l/{village}/calendar", "/l/{village}/qr", "/l/{village}/sheets/1"),
    "/l/{village}/appraisals/{appraisal}",
)
UNIT_PURSUED = (
    *("/l/{village}/alerts/new", "/l/{village}/alerts/1", "/l/{village}/clues/new", "/l/{village}/clues/1"),
    *("/l/{village}/nights/{roster}", "/l/{village}/watch/1"),
)
UNIT_INSPECTED = (
    *("/l/{village}/inspections/{part}", "/l/{village}/revisits/{revisit}", "/l/{village}/draws"),
)
NOBODY = ("/sign-in", "/lost", "/l/no-such-link", "/setup/{invitation}", "/setup/no-such-link", "/nowhere")
PAPER = (1, "2023-03-06", "灭火器过期", "祠堂", "2023-03-31", "第1村", "张三")
FINDINGS = (
    *("/findings", "/findings/1", "/findings/2", "/findings/3", "/findings/4", "/findings/5"),
    *("/findings/new", "/findings/import", "/findings/import/{paper}?plan=jiancha"),
)
UNIT_FINDINGS = (
    *("/l/{village}/{back}/findings", "/l/{village}/findings/1", "/l/{village}/findings/2"),
    *("/l/{village}/findings/3", "/l/{village}/findings/4", "/l/{village}/findings/5"),
)
OFFICE = (
    *("/today", "/year", "/year/grid", "/year/grid?unit=1", "/year/rehearsal", "/rounds", "/rounds/{round}"),
    *("/rounds/{round}/chase", "/rounds/{round}/import", "/obligations/{owed}", "/obligations/{reported}"),
    *("/obligations/{back}", "/obligations/{back}?as_of=2023-03-21", "/obligations/{owed}/enter"),
    *("/meetings", "/meetings/{meeting}", "/meetings/{next}", "/meetings/{next}/minutes", "/phases"),
    *("/calls", "/messages", "/messages?state=sent", "/messages/1"),
    *("/cases", "/cases/new", "/cases/1", "/clues", "/clues/new", "/clues/1"),
    *("/alerts", "/alerts/new", "/alerts/1", "/nights", "/nights/{tonight}", "/nights/{last_night}"),
    *("/nights/roster/{roster}", "/watch", "/watch/new", "/watch/1"),
    *("/sheets", "/sheets/1", "/sheets/2", "/sheets/3", "/sheets/new", "/sheets/new?obligation={back}"),
    *("/sheets/listed", "/sheets/exposure", "/papers"),
    *("/units", "/units/new", "/units/merge", "/units/roster", "/units/1", "/units/1/edit"),
    *("/appraisal", "/appraisal/{appraisal}", "/appraisal/entries", "/appraisal/rules"),
    *("/appraisal/simulate", "/appraisal/simulate/{trial}?year=2023"),
    *("/units/1/close", "/units/1/split", "/channels", "/channels/1", "/channels/new?kind=wecom", "/me"),
    *("/drafts", "/drafts/{draft}", "/drafts/{draft}?open=d1", "/drafts/{draft}?show=open", "/running"),
)
INSPECTED = (
    *("/inspections", "/inspections/1", "/inspections/2", "/inspections/inspectors", "/lookbacks"),
    *("/lookbacks/1", "/revisits/{revisit}", "/revisits/2"),
)
SUPERVISOR = (
    *("/below", "/overdue", "/overdue?as_of=2023-03-28", "/rates", "/rates?by=round", "/rates?by=plan"),
    *("/rates/set?plan=jiancha", "/verify", "/journal", "/journal/1", "/today", "/rounds/{round}"),
)
RULER = ("/accounts", "/accounts/1", "/integrations")
PAGES = [
    *(("", path) for path in (*NOBODY, *UNIT, *UNIT_PURSUED, *UNIT_INSPECTED)),
    *(("office", path) for path in FINDINGS),
    *(("", path) for path in UNIT_FINDINGS),
    *(("office", path) for path in (*OFFICE, *INSPECTED)),
    *(("supervisor", path) for path in SUPERVISOR),
    *(("administrator", path) for path in RULER),
]


def furnished(book: Book, folder: Path) -> tuple[Desk, dict[str, str]]:
    """Give a site over an empty book once it is filled, and what addresses name; everybody is signed in."""
    move_in(book, TOWN)
    adopt(book, WITH_FINDINGS)
    advance(book, day("03-01 09:00"))
    desk = desk_over(book, folder)
    numbers = fill(desk)
    for role in Role:
        desk.signed_in(role)
    return desk, numbers


def fill(desk: Desk) -> dict[str, str]:
    """Let March have something of everything; gives what addresses name."""
    book, token = desk.book, desk.link("cun01")
    met, next_one = meet(book)
    fill_findings(book, "cun01")
    submit(book, "cun02", day("03-20 10:00"))
    report = Report("plain", note="沿江巡查一遍，无异常", via="link", by="第1村 文书1")
    submit(book, "cun01", day("03-20 10:00"), duty="qingkuang", report=report)
    submit(book, "cun01", day("03-20 10:00"))
    return_(book, "cun01", day("03-21 10:00"))
    deliver(book, day("03-22 10:00"))
    with book.write() as session:
        found = owed.find(session, "jiancha", "qingkuang", "2023-03", "cun02")
        asking.ask_for_time(
            session, found, day("03-22 10:00"), "第2村", until=day("03-31 23:59"), reason="防汛"
        )
        asking.remark(
            *(session, found, day("03-22 11:00"), "王文书"),
            kind=RemarkKind.CALL,
            text="已告知",
            whom="文书2",
            reached=True,
        )
        photo = FileFacts("现场照片.jpg", "image/jpeg", b"no real photo")
        attachments.store(desk.counter.attachments, photo.data)
        attachments.receive(session, found, photo, day("03-22 12:00"), "第2村")
    advance(book, day("03-25 09:00"))
    fill_sheets(book)
    inspected = fill_inspections(book, "cun01", "cun02")
    with book.write() as session:
        group = NewChannel("工作群", "wecom", 20, {"key": "机密0001"})
        channels.add(session, desk.counter.box, group, day("03-29 10:00"), "管理员")
        invitations.invite(session, Role.OFFICE, "an-invitation", day("03-29 10:00"), "管理员")
    results = appraised.early(book, day("03-29 11:00"))
    desk.clock.on("03-30 09:00")
    pursued = pursue(book, desk.clock.at, "cun01")
    with book.read() as session:
        report = session.scalars(
            select(Submission.id).where(Submission.obligation_id == desk.obligation("cun01"))
        ).one()
        round_ = session.get_one(Obligation, desk.obligation("cun02")).round_id
    return {
        "village": token,
        "owed": str(desk.obligation("cun01", "zhishou", "2023/chuxi")),
        "back": str(desk.obligation("cun01")),
        "reported": str(desk.obligation("cun01", "qingkuang")),
        "report": str(report),
        "round": str(round_),
        "invitation": "an-invitation",
        "paper": attachments.store(desk.counter.attachments, paper(PAPER)),
        **inspected,
        **pursued,
        "meeting": str(met),
        "next": str(next_one),
        "appraisal": str(results["cun01"]),
        "draft": str(drafted(desk, desk.clock.at)),
        "trial": attachments.store(desk.counter.attachments, appraised.WHOLE.encode()),
    }


def fill_sheets(book: Book) -> None:
    """Let 1 be answered, 2 be a talk that has been held, 3 a draft."""
    first, talk = sheets.issued(book, unit="cun01"), sheets.draft(book, Rung.YUETAN, "cun03")
    sheets.arrange(book, talk, day("03-28 15:00"))
    sheets.sign(book, talk)
    sheets.draft(book, Rung.TONGBAO, "cun04")
    sheets.reply(book, first, day("03-28 10:00"))
    heard = Minuted("指出问题，分析原因", "本周内补报", day("03-31 23:59"))
    sheets.minute(book, talk, day("03-28 16:00"), heard)


def meet(book: Book) -> tuple[int, int]:
    """Hold a meeting that decides something, and prepare another; gives their numbers."""
    plan = sittings.PLAN.replace("units: [二村]", "units: [第2村]")
    sittings.adopt(book, plan, day("03-01 09:00"))
    sittings.turn(book, "03-01 09:00")
    met = sittings.meeting_of(book)
    sittings.turn(book, "03-08 18:01")
    sittings.answer(book, met, "cun01", "03-09 10:00")
    decided = NewDecision("清查出租房", ("第1村", "第2村"), day("04-10 18:00"), requirement="逐户登记")
    sittings.publish(book, met, "03-14 09:00", decided)
    with book.write() as session:
        draft = Draft("占道堆放烟花爆竹", "已劝导两次", "请派出所协同")
        proposing.propose(session, "lianxi", draft, day("03-15 09:00"), "第3村", key="k", unit_id=3)
    return met, sittings.meeting_of(book, "2023年二村专题会")
