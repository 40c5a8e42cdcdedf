"""A quarter's bulletin (季度通报) and a year's summary (年度总结): facts as of a day, nobody ranked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ..calendar.dates import local_day
from ..documents.archive import file_name
from ..documents.official import Heading, Paper, Text
from ..documents.wording import listed, share, until
from ..ledger import duties, lookup
from ..ledger.bulletins import Bulletin, bulletin
from ..obligations import circular_names
from ..obligations.errors import DubanError
from ..obligations.moments import in_words
from ..obligations.words import Grade, Outcome
from . import papers_tables as tables
from .papers import office_of, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..calendar.plan import Plan
    from ..documents.official import Block
    from ..ledger.book import Session
    from ..ledger.tables import Circular
    from ..obligations.outcome import Tally

_SUMMED: Final = (
    *(Outcome.ON_TIME, Outcome.NIL, Outcome.EXTENDED, Outcome.LATE, Outcome.MISSING, Outcome.RETURNED),
    *(Outcome.PENDING,),
)
_MOST_NAMES: Final = 12
_NOT_HANDED_IN: Final = (Outcome.MISSING, Outcome.RETURNED)


@dataclass(frozen=True, slots=True)
class Reported:
    """What a paper is about: a plan (slug), a year, as of when (UTC), and a quarter of it or all of it."""

    slug: str
    year: int
    as_of: datetime
    quarter: int | None = None

    @property
    def days(self) -> tuple[date, date]:
        """Give the first and the last day."""
        return circular_names.days_of(self.year, self.quarter or 0)

    @property
    def name(self) -> str:
        """Give the stretch in words."""
        return circular_names.stretch(self.year, self.quarter or 0)

    @property
    def this(self) -> str:
        """Give the stretch as running text names it again."""
        return "本季度" if self.quarter else "全年"


def bulletin_paper(session: Session, about: Reported, name: str = "", phone: str = "") -> Paper:
    """Give the bulletin of a quarter, or with no quarter the summary of a year, as the facts stood then.

    ``name`` and ``phone`` are the office's. Raises :class:`DubanError` when the plan is not in force in that
    year, or nothing had begun by then.
    """
    revision = lookup.revision(session, about.slug, about.year)
    if revision is None:
        raise DubanError(f"{about.year}年没有执行方案“{about.slug}”，没有可以通报的情况。")
    if local_day(about.as_of) < about.days[0]:
        raise DubanError(f"{about.name}在{in_words(about.as_of)}还没有开始，没有可以通报的情况。")
    plan = duties.plan_of(session, revision.id)
    facts = bulletin(session, about.slug, about.year, about.days, about.as_of)
    office = office_of(plan, name, phone)
    return Paper(
        title=circular_names.circular_title(plan.title, about.year, about.quarter or 0),
        to="各有关单位" if about.quarter else "",
        blocks=[*_blocks(about, facts, plan)],
        dated=local_day(about.as_of),
        signed=office.name,
        remark=office.asked,
    )


def circular_paper(session: Session, row: Circular, name: str = "", phone: str = "") -> Paper:
    """Give a bulletin or a summary as it leaves, with its number once it is signed; else as a draft.

    Raises as :func:`bulletin_paper` does.
    """
    about = Reported(row.slug, row.year, row.as_of, row.quarter or None)
    paper = bulletin_paper(session, about, name, phone)
    if row.issued_at is None:
        return replace(paper, draft=True)
    dated = local_day(row.issued_at)
    number = circular_names.circular_number(row.kind, row.numbered_in or 0, row.number)
    head, printed = paper.signed, (paper.signed, dated)
    return replace(paper, head=head, number=number, dated=dated, printed=printed, draft=False)


def issued_name(row: Circular) -> str:
    """Give the name of the file of what was issued: its number and its title."""
    number = circular_names.circular_number(row.kind, row.numbered_in or 0, row.number)
    return f"{file_name(f'{number} {row.title}', 100)}.docx"


def _blocks(about: Reported, facts: Bulletin, plan: Plan) -> Iterator[Block]:
    counted = tables.Numbered()
    opening = f"根据{quoted(plan.title)}，现将{about.name}工作情况（{until(about.as_of)}）"
    yield Text(f"{opening}{'通报' if about.quarter else '总结'}如下：")
    yield Heading(1, "总体情况")
    yield Text(_overall(about, facts))
    yield from counted.chart(facts, about.days)
    yield Heading(1, "任务完成情况")
    yield from counted.rounds(facts) if about.quarter else counted.duties(facts, plan)
    yield Heading(1, "各单位完成情况")
    yield from counted.units(facts)
    yield Heading(1, "隐患排查整改情况")
    yield Text(_found(about, facts))
    yield from counted.findings(facts)
    yield Heading(1, "督办情况")
    yield Text(_supervised(about, facts))
    yield from counted.sheets(facts)
    yield Heading(1, "存在问题和下一步要求" if about.quarter else "存在问题和下一步打算")
    yield from _asked(facts)


def _overall(about: Reported, facts: Bulletin) -> str:
    whole = facts.whole()
    if not whole.expected:
        return f"{about.this}没有到期的报送事项。"
    units = len({one.unit_id for one in facts.owed})
    exempt = f"另有免报{whole.exempt}件，不计入应报。" if whole.exempt else ""
    return (
        f"{about.this}共有{len(facts.rounds)}期任务，涉及{units}个单位，应报{whole.obliged}件，"
        f"已报{whole.received}件，完整率{share(whole.completeness)}；及时报送{whole.timely}件，"
        f"及时率{share(whole.timeliness)}。其中，{_counts(whole)}。{exempt}"
    )


def _counts(tally: Tally) -> str:
    counts = ((one, getattr(tally, one.value)) for one in _SUMMED)
    return "，".join(f"{one.zh}{count}件" for one, count in counts if count)


def _found(about: Reported, facts: Bulletin) -> str:
    found = tables.real(facts)
    if not found:
        return f"{about.this}没有登记检查发现的隐患。"
    grave = sum(one.grade == Grade.GRAVE.zh for one in found)
    still = tables.unclosed(facts)
    late = sum(one.due_at < facts.as_of and tables.unfixed(one) for one in still)
    said = f"{about.this}检查发现隐患{len(found)}处" + (f"（重大隐患{grave}处）" if grave else "")
    if not still:
        return f"{said}，已全部整改销号。"
    over = f"，其中逾期未整改{late}处" if late else ""
    return f"{said}，已销号{len(found) - len(still)}处，未销号{len(still)}处{over}。"


def _supervised(about: Reported, facts: Bulletin) -> str:
    if not facts.sheets:
        return f"{about.this}没有发出催办、督办文书。"
    kinds: dict[str, int] = {}
    for one in facts.sheets:
        kinds[one.rung] = kinds.get(one.rung, 0) + 1
    done = sum(one.outcome.startswith("已办结") for one in facts.sheets)
    named = "、".join(f"{kind}{count}份" for kind, count in kinds.items())
    return f"{about.this}共发出{named}，已办结{done}份。"


def _asked(facts: Bulletin) -> Iterator[Block]:
    late = {(one.unit_code, one.unit) for one in facts.owed if one.outcome in _NOT_HANDED_IN}
    behind = [name for _, name in sorted(late)]
    still, running = tables.unclosed(facts), [one for one in facts.sheets if tables.runs(one)]
    if behind:
        text = f"{listed(behind, _MOST_NAMES)}有未报送或退回后未更正的事项，请查明原因，尽快补报。"
        yield Heading(2, "补齐未报事项。", text)
    if still:
        units = list(dict.fromkeys(one.unit for one in still))
        text = f"{listed(units, _MOST_NAMES)}尚有隐患没有销号，请按整改措施和期限整改到位，并申请复查销号。"
        yield Heading(2, "抓紧整改隐患。", text)
    if running:
        units = list(dict.fromkeys(one.unit for one in running))
        text = f"{listed(units, _MOST_NAMES)}收到的督办文书尚未办结，请在期限内办结并回复。"
        yield Heading(2, "按期办结督办事项。", text)
    if not (behind or still or running):
        yield Text("各单位已按要求完成报送和整改。请继续保持，按时完成下一步各项任务。")
