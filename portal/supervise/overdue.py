"""What is overdue, by how long, who was told, and the last words about it: as a page and as a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse, Response

from ...documents.listing import Column, write_listing
from ...ledger import overdue as book, overdue_sums
from ...ledger.late_order import Sort, Window
from ...obligations.errors import DubanError
from ...obligations.moments import in_words
from .. import asked
from ..access import Act, Here, may
from ..pages import moment, page
from . import told_words
from .overdue_asked import SORTS, Question, choices, conditions, read
from .workbook import hand_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...ledger.book import Session
    from ...ledger.overdue import OverduePage, OverdueRow
    from ...ledger.overdue_sums import Sums

router = APIRouter(include_in_schema=False)
LIMIT = 50
UNREADABLE = 422
COLUMNS = (
    *(Column("单位代码", 12), Column("单位", 18), Column("方案", 28), Column("事项", 36)),
    *(Column("依据", 12), Column("牵头", 14), Column("期限", 26), Column("逾期天数", 9, "number")),
    *(Column("亮灯", 8), Column("状态", 12), Column("能否补报", 12), Column("已提醒次数", 10, "number")),
    *(Column("最近提醒", 17, "date"), Column("渠道", 24), Column("仅写入发件箱次数", 10, "number")),
    *(Column("待发次数", 9, "number"), Column("联系人", 10), Column("最近一次发送结果", 30)),
    *(Column("最后往来时间", 17, "date"), Column("最后往来由谁", 18), Column("最后往来内容", 48)),
)


@router.get("/overdue")
def overdue(here: Annotated[Here, Depends(may(Act.LOOK))]) -> HTMLResponse:
    """List what is overdue, now or as of a past day."""
    question, start = read(here.request, here.now), asked.start(here.request)
    with here.read() as desk:
        offered = choices(desk.session, question)
        found, sums, wrong = book.OverduePage((), 0), None, ""
        if not question.when.wrong:
            found, wrong = _found(desk.session, question, start)
            # Counting what stood on a past day costs as much as a page of it, so it is done for the first.
            sums = _sums(desk.session, question, found.total) if start == 0 else None
    return page(
        here,
        "supervise/overdue.html",
        status=UNREADABLE if question.when.wrong else 200,
        section="overdue",
        question=question,
        when=question.when,
        chosen=question.filters,
        offered=offered,
        said=[*conditions(question, offered), SORTS[question.sort]],
        found=found,
        sums=sums,
        wrong=wrong,
        start=start,
        limit=LIMIT,
        address=asked.filters("/overdue", question.said()),
        SORTS=SORTS,
        words=told_words,
    )


def _sums(session: Session, question: Question, items: int) -> Sums:
    when = question.when
    return overdue_sums.sums(session, question.filters, when.at, today=when.today, items=items)


def _found(session: Session, question: Question, start: int) -> tuple[OverduePage, str]:
    """Give a part of the list; in the plain order, and why, where there is too much to sort as asked."""
    filters, when, window = question.filters, question.when, Window(start, LIMIT)
    try:
        here = book.page(session, filters, when.at, today=when.today, sort=question.sort, window=window)
    except DubanError as too_many:
        here = book.page(session, filters, when.at, today=when.today, sort=Sort.LONGEST, window=window)
        return here, f"{too_many}现按{SORTS[Sort.LONGEST]}排列。"
    return here, ""


@router.get("/overdue.xlsx")
def export(here: Annotated[Here, Depends(may(Act.LOOK))]) -> Response:
    """Give the whole list as a workbook; raises :class:`DubanError` when the day cannot be shown."""
    question = read(here.request, here.now)
    when = question.when
    if when.wrong:
        raise DubanError(when.wrong)
    with here.read() as desk:
        said = list(conditions(question, choices(desk.session, question)))
        rows = book.everything(desk.session, question.filters, when.at, today=when.today, sort=question.sort)
        lines = _Counted(rows)
        content = write_listing(
            "逾期清单",
            [when.said, f"筛选：{'；'.join(said) or '无'}", f"排序：{SORTS[question.sort]}"],
            COLUMNS,
            lines,
            f"{here.caller.by}于{in_words(here.now)}导出",
        )
    detail = {"filters": question.said(), "as_of": when.at, "count": lines.count}
    name = f"逾期清单-截至{when.day or f'{when.now_day:%Y-%m-%d}'}.xlsx"
    return hand_out(here, "overdue", name, content, detail)


class _Counted:
    """The lines of the workbook, counted as they are written."""

    def __init__(self, rows: Iterable[OverdueRow]) -> None:
        self._rows = rows
        self.count = 0

    def __iter__(self) -> Iterator[tuple[object, ...]]:
        for row in self._rows:
            self.count += 1
            yield _line(row)


def _line(one: OverdueRow) -> tuple[object, ...]:
    told, said = one.told, one.last_word
    return (
        *(one.unit_code, one.unit, one.plan, one.title, one.clause, one.lead),
        *(_deadline(one), one.overdue.days, one.light.zh, told_words.STATES[one.state]),
        *("已截止补报" if one.final else "可补报", told.times, told.last_at),
        *(told_words.ways(told.ways), told.filed, told.waiting, "无联系人" if told.nobody else "有"),
        told_words.result(told),
        *((said.at, said.by, told_words.last_word(one)) if said else (None, "", "")),
    )


def _deadline(one: OverdueRow) -> str:
    """Give the deadline as it is written; a spreadsheet would show the last second of a day as 23:59."""
    return moment(one.due_at)
