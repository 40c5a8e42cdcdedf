"""A rehearsed year as tables that a township clerk reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rich import box
from rich.table import Table

from ...obligations.words import Outcome, Via

if TYPE_CHECKING:
    from collections.abc import Iterable
    from fractions import Fraction

    from ...app.demo_figures import Figures
    from ...obligations.outcome import Tally

WIDEST = 18  # columns of a terminal, for what a plan is called above its numbers
MONTHS = range(1, 13)
NOTICES = {
    "sent": "送达",
    "withdrawn": "已报撤回",
    "superseded": "并入后一次",
    "no_contact": "无联系人",
    "due": "待发",
}
MESSAGES = {
    "sent": "送达渠道",
    "withdrawn": "因已报送而撤回",
    "queued": "待发",
    "sending": "发送中",
    "dead": "无法送达",
}
COUNTED = (
    Outcome.ON_TIME,
    Outcome.NIL,
    Outcome.EXTENDED,
    Outcome.LATE,
    Outcome.MISSING,
    Outcome.RETURNED,
    Outcome.EXEMPT,
    Outcome.PENDING,
)
# The worst that happened in a month speaks for it.
MARKS = (("missing", "漏"), ("returned", "退"), ("late", "迟"), ("pending", "未"))


class Sheet(NamedTuple):
    """A table and what is to be known to read it."""

    table: Table
    note: str = ""


def sheets(figures: Figures) -> list[Sheet]:
    """Give what the year came to: the calendar, the reminders, the units, the duties, the engine's runs."""
    counted = [_calendar(figures), _reminding(figures), _marks(figures), _units(figures), _duties(figures)]
    counted += [_supervising(figures)]
    return [*counted, _runs(figures)] if figures.runs else counted


def summary(figures: Figures) -> str:
    """Give what is said below the tables: messages, reports, the proof of the journal, what went wrong."""
    messages = "，".join(f"{zh} {figures.messages.get(state, 0)} 条" for state, zh in MESSAGES.items())
    reports = "，".join(f"{Via(via).zh} {count} 件" for via, count in figures.reports.items())
    proof = f"逐条核对，发现问题：{figures.broken}" if figures.broken else "逐条核对无误"
    lines = [f"消息：{messages}", f"上报：{reports}", f"处理：{_decisions(figures)}"]
    lines += [f"留痕：{figures.entries} 条，{proof}", figures.head]
    return "\n".join([*lines, *(f"【未能办理】{line}" for line in figures.failed)])


def _decisions(figures: Figures) -> str:
    material, trifles = (figures.returned.get(of_substance, 0) for of_substance in (True, False))
    back = f"因实质性问题退回 {material} 次，因一般瑕疵退回 {trifles} 次"
    return f"{back}，准予延期 {figures.extended} 次，免报 {figures.exempted} 次，突发事件 {figures.events} 起"


def _table(title: str, words: Iterable[str], numbers: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD)
    for name in words:
        table.add_column(name, overflow="fold")
    for name in numbers:
        table.add_column(name, justify="right", overflow="fold", max_width=WIDEST)
    return table


def _calendar(figures: Figures) -> Sheet:
    plans = list(figures.plans)
    named = (_short(title) for title in figures.plans.values())
    numbers = (*named, "下达合计", "阶段、时段开始", "到期期次", "到期事项")
    table = _table(f"一、{figures.span.year}年日历（各方案下达的期次和到期情况）", ["月份"], numbers)
    rows = [
        [one.opened.get(slug, 0) for slug in plans]
        + [sum(one.opened.values()), one.stretches, one.due, one.matters]
        for one in figures.calendar
    ]
    for one, row in zip(figures.calendar, rows, strict=True):
        table.add_row(f"{one.month}月", *map(_count, row))
    table.add_section()
    table.add_row("全年", *(str(sum(column)) for column in zip(*rows, strict=True)))
    return Sheet(table, "期次：一项任务的一期；事项：一期任务中一个单位应报的一件。")


def _reminding(figures: Figures) -> Sheet:
    used = [state for state in NOTICES if any(one.notices.get(state) for one in figures.reminding)]
    numbers = ("提醒点", "被替代", *(NOTICES[state] for state in used))
    table = _table("二、提醒（项次）", ["类别"], numbers)
    for one in figures.reminding:
        counts = (_count(one.notices.get(state, 0)) for state in used)
        table.add_row(one.kind, str(one.fired), _count(one.overtaken), *counts)
    note = "除加急外，每人每天至多一条消息，几件事合在一条里；只提醒还没有报的单位，发出前再核对一次。"
    return Sheet(table, note)


def _marks(figures: Figures) -> Sheet:
    table = _table("三、各单位逐月情况（按到期月份）", ["单位"], (f"{month}月" for month in MONTHS))
    for unit in figures.units:
        table.add_row(unit.name, *(_mark(unit.months.get(month)) for month in MONTHS))
    return Sheet(
        table,
        "齐：全部按时（含零报告、延期内）；迟：有迟报；退：有退回未改正；漏：有漏报；空白：无应报事项。",
    )


def _mark(tally: Tally | None) -> str:
    if tally is None or not tally.expected:
        return ""
    if not tally.obliged:
        return "免"
    return next((mark for name, mark in MARKS if getattr(tally, name)), "齐")


def _units(figures: Figures) -> Sheet:
    shown = _shown(figures)
    table = _table("四、各单位全年结果", ["单位"], _headings(shown))
    for unit in figures.units:
        table.add_row(unit.name, *_counts(unit.year, shown))
    return Sheet(table)


def _duties(figures: Figures) -> Sheet:
    shown = _shown(figures)
    table = _table("五、各方案、各任务结果", ["任务"], ("期次", *_headings(shown)))
    for line in figures.duties:
        counts = (str(line.rounds), *_counts(line.outcomes, shown))
        if line.name == figures.plans[line.plan]:
            table.add_section()
            table.add_row(_short(line.name), *counts, style="bold")
        else:
            table.add_row(f"　{line.name}", *counts)
    how = ("完整率＝已报（含迟报）÷（应报－免报）", "及时率＝按时报（含零报告、延期内）÷（应报－免报）")
    return Sheet(table, "；".join(how) + "。")


def _shown(figures: Figures) -> list[Outcome]:
    """Give the outcomes to show: all, but 未到期 only where the year is not over."""
    going_on = any(unit.year.pending for unit in figures.units)
    return [outcome for outcome in COUNTED if outcome is not Outcome.PENDING or going_on]


def _headings(shown: list[Outcome]) -> list[str]:
    return ["应报", *(outcome.zh for outcome in shown), "完整率", "及时率"]


def _counts(tally: Tally, shown: list[Outcome]) -> list[str]:
    counts = [_count(getattr(tally, outcome.value)) for outcome in shown]
    return [str(tally.expected), *counts, _percent(tally.completeness), _percent(tally.timeliness)]


def _supervising(figures: Figures) -> Sheet:
    table = _table("六、督查督办", ["事项"], ["数量"])
    for name, count in figures.supervising.items():
        table.add_row(name, str(count))
    note = "催办单由程序发出；督办单、约谈通知和通报由程序起草，由人签发后才发出。"
    return Sheet(table, note)


def _runs(figures: Figures) -> Sheet:
    table = _table("七、经 Prefect 引擎运行的流程", ("流程", "运行名称", "结果"), ())
    for run in figures.runs:
        table.add_row(run.flow, run.name, {"Completed": "完成"}.get(run.state, run.state))
    return Sheet(table, "每类流程经引擎运行一次；其余日子直接调用同样的函数，结果相同。")


def _short(title: str) -> str:
    """Give a plan's name without its year and the words that all plans share."""
    bare = title.lstrip("0123456789").removeprefix("年").strip("《》")
    for words in ("专项行动实施方案", "专项工作方案", "工作实施方案", "实施方案", "工作方案", "方案"):
        bare = bare.removesuffix(words)
    return bare


def _count(number: int) -> str:
    return str(number) if number else ""


def _percent(share: Fraction | None) -> str:
    return "" if share is None else f"{float(share):.1%}"
