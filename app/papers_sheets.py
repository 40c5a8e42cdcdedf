"""The sheets of the ladder as official papers: 催办单, 督办单, 约谈通知 and 通报."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, NamedTuple

from ..calendar.dates import local_day
from ..documents.official import Facts, Heading, Paper, Text
from ..documents.wording import before, day_of, hour
from ..ledger import duties, lookup, sheet_facts, unit_names
from ..ledger.sheet_then import arranged_by, grade_by, issued, with_earlier
from ..ledger.tables import Finding
from ..obligations.errors import DubanError
from ..obligations.sheet_names import sheet_number
from ..obligations.words import Grade, Rung, SheetState
from .papers import called, office_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from ..documents.official import Block
    from ..ledger.book import Session
    from ..ledger.sheet_prefill import Before
    from ..ledger.sheet_talks import Arranged
    from ..ledger.tables import Sheet
    from ..ledger.unit_names import Renames
    from .papers import Office

_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_OPENINGS = {
    Rung.CUIBAN: "以下事项到期未办结，现予催办，请按要求抓紧办理。",
    Rung.DUBAN: "经研究，对以下事项予以督办，请按要求办理，并在期限内回复办理情况。",
    Rung.TONGBAO: "以下事项经督促仍未办结，现予通报，请各有关单位引以为戒，切实抓好工作落实。",
}
_DIRECT = {
    Rung.DUBAN: "以下事项须立即处理，经研究直接予以督办，请按要求办理，并在期限内回复办理情况。",
    Rung.TONGBAO: "现将有关情况通报如下，请各有关单位引以为戒，切实抓好工作落实。",
}
_CLOSING = "请收到后及时签收。确有困难、不能按期办结的，请在期限内书面说明理由。"
_CLOSINGS = {Rung.TONGBAO: "请责任单位对照通报事项抓紧整改，并在期限内书面报告整改情况。"}
_NAMED = {Rung.CUIBAN: "催办事项", Rung.DUBAN: "督办事项", Rung.TONGBAO: "通报事项"}


def sheet_paper(session: Session, sheet_id: int, name: str = "", phone: str = "") -> Paper:
    """Give a sheet as it is issued, or as a draft without a number; ``name`` and ``phone`` are the office's.

    Raises :class:`DubanError` when there is no sheet of this number, or it was dropped before it was signed.
    """
    found = sheet_facts.find(session, sheet_id)
    if found is None:
        raise DubanError("没有这份督办文书。")
    if SheetState(found.state) is SheetState.DROPPED:
        raise DubanError("这份文书没有签发，已经作废，不能出文。")
    ((_, earlier),) = with_earlier(session, [found])
    plan = duties.plan_of(
        session, lookup.revision_by(session, found.series, found.issued_at or found.made_at)
    )
    leaving = _Leaving(office_of(plan, name, phone), unit_names.renames(session, found.made_at))
    return _paper(session, found, leaving, earlier)


def issued_papers(session: Session, ids: Sequence[int], by: datetime) -> Iterator[tuple[Sheet, Paper]]:
    """Give issued sheets as they were at a moment: not withdrawn yet, and their talks not put off yet.

    The office is named as its plan did when the sheet was issued. Reads in chunks.
    """
    offices: dict[tuple[str, date], Office] = {}
    lost = unit_names.renames(session, _FIRST)
    for found, earlier in issued(session, ids):
        issued_at = found.issued_at or by
        key = (found.series, local_day(issued_at))
        if key not in offices:
            plan = duties.plan_of(session, lookup.revision_by(session, found.series, issued_at))
            offices[key] = office_of(plan)
        yield found, _paper(session, found, _Leaving(offices[key], lost, by), earlier)


class _Leaving(NamedTuple):
    """How a sheet leaves: in whose name, what units are called no longer, and as it was by when."""

    office: Office
    lost: Renames
    by: datetime | None = None

    def called(self, session: Session, found: Sheet, unit_id: int) -> str:
        """Give what a unit was called when the sheet was issued; a draft calls it as it is called now."""
        unit = lookup.unit(session, unit_id)
        if unit is None or found.issued_at is None:
            return unit.name if unit else ""
        return unit_names.name_at(self.lost, unit, found.issued_at)


def _paper(session: Session, found: Sheet, leaving: _Leaving, earlier: Sequence[Before]) -> Paper:
    rung, office, by = Rung(found.rung), leaving.office, leaving.by
    unit = leaving.called(session, found, found.unit_id)
    to = "各有关单位" if rung is Rung.TONGBAO or not unit else unit
    dated = local_day(found.issued_at or found.made_at)
    talk = arranged_by(session, found.id, by) if rung is Rung.YUETAN else None
    return Paper(
        title=_title(session, found, rung, unit),
        head=office.name,
        number=sheet_number(found.rung, found.year, found.number),
        to=to,
        blocks=[*_blocks(found, unit, earlier, talk)],
        dated=dated,
        signed=office.name,
        remark="；".join(filter(None, (office.asked, _withdrawn(found, by)))),
        copies=_copies(session, found, unit, leaving),
        printed=(office.name, dated),
        draft=found.issued_at is None,
    )


def _copies(session: Session, found: Sheet, unit: str, leaving: _Leaving) -> str:
    """Give who has a copy: the unit that failed where the leading side answers, else the leading side."""
    owed = lookup.obligation(session, found.obligation_id or 0)
    if owed is not None and owed.unit_id != found.unit_id:
        return leaving.called(session, found, owed.unit_id)
    return "" if found.lead == unit else found.lead


def _title(session: Session, found: Sheet, rung: Rung, unit: str) -> str:
    what = _matter(session, found)
    if rung is Rung.TONGBAO:
        return f"关于{unit}{what or '有关事项'}办理情况的通报"
    return f"关于{what}的{rung.zh}" if what else rung.zh


def _matter(session: Session, found: Sheet) -> str:
    """Name what a sheet is about in a few words; empty for a direct entry about neither."""
    if (owed := lookup.obligation(session, found.obligation_id or 0)) is not None:
        here = lookup.round_(session, owed.round_id)
        return called(here.title) if here else ""
    if (finding := session.get(Finding, found.finding_id or 0)) is not None:
        grade = grade_by(session, finding, found.issued_at) if found.issued_at else Grade(finding.grade)
        return f"{finding.place}{grade.zh}隐患整改"
    return ""


def _blocks(found: Sheet, unit: str, earlier: Sequence[Before], talk: Arranged | None) -> Iterator[Block]:
    rung = Rung(found.rung)
    if rung is Rung.YUETAN:
        yield from _talk_blocks(found, talk)
        return
    opening = _OPENINGS[rung] if found.cause == "ladder" else _DIRECT.get(rung, _OPENINGS[rung])
    yield Text(opening)
    yield Facts([row for row in _facts(found, rung, unit, earlier) if row[1]])
    yield Text(_CLOSINGS.get(rung, _CLOSING))


def _facts(found: Sheet, rung: Rung, unit: str, earlier: Sequence[Before]) -> Iterator[tuple[str, str]]:
    yield "责任单位", unit
    yield "责任人", found.responsible
    yield "牵头单位", found.lead
    yield _NAMED[rung], called(found.matter)
    yield "依据", _basis(found)
    yield "事由", found.reason if found.cause != "ladder" else ""
    yield "此前督办", "\n".join(_named(one) for one in earlier)
    yield "办理要求" if rung is not Rung.TONGBAO else "整改要求", found.requirement
    yield "办理期限", _limit(found)


def _talk_blocks(found: Sheet, talk: Arranged | None) -> Iterator[Block]:
    yield Text("经研究，决定对你单位进行约谈。现将有关事项通知如下：")
    yield Heading(1, "约谈事由", "")
    yield Text(f"{called(found.matter).rstrip('。')}。依据{_basis(found)}。")
    if talk is not None:
        yield Heading(1, "时间和地点")
        yield Text(f"时间：{hour(talk.at)}。\n地点：{talk.place}。")
        yield Heading(1, "约谈人和参加人")
        yield Text(f"{talk.attending.rstrip('。')}。")
        if talk.material:
            yield Heading(1, "准备材料")
            yield Text(f"{talk.material.rstrip('。')}。")
    yield Heading(1, "有关要求")
    yield Text(f"{found.requirement.rstrip('。')}。约谈事项请于{_limit(found)}办结。")


def _basis(found: Sheet) -> str:
    return f"{quoted(found.basis)}{found.clause}"


def _limit(found: Sheet) -> str:
    if found.limit_at is None:
        return f"签发之日起{found.limit_days}个工作日内"
    return before(found.limit_at)


def _named(one: Before) -> str:
    return f"{sheet_number(one.rung, one.year, one.number)}（{day_of(one.issued_at)}）"


def _withdrawn(found: Sheet, by: datetime | None) -> str:
    at = found.withdrawn_at
    if at is None or found.issued_at is None or (by is not None and at > by):
        return ""
    return f"本件已于{day_of(at)}撤销"
