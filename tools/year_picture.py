"""Draws docs/year.svg, the picture in the README, from the plans: ``python tools/year_picture.py``."""

from __future__ import annotations

from datetime import date, datetime
from html import escape
from itertools import pairwise
from pathlib import Path

from duban.calendar import loader
from duban.calendar.expansion import RoundSpec, StretchSpec, Year, expand
from duban.calendar.workdays import Workdays

YEAR = 2026
LEFT, WIDTH, ROW = 215, 940, 26
COLOURS = {"monthly": "#2f6f9f", "quarterly": "#b8452f", "once": "#2b2b2b", "yearly": "#2b2b2b"}
INK, FAINT, BAND = "#2b2b2b", "#8a8a8a", "#efe7d6"
SHOWN = 8


def across(at: date | datetime) -> float:
    """Give how far to the right a day lies."""
    day = at.timetuple().tm_yday if at.year == YEAR else (1 if at.year < YEAR else 365)
    return LEFT + (day - 1) / 365 * WIDTH


def text(x: float, y: float, words: str, size: int = 13, colour: str = INK, anchor: str = "start") -> str:
    """Give a piece of text."""
    look = f'font-size="{size}" fill="{colour}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {look}>{escape(words)}</text>'


def bar(spec: StretchSpec, y: float) -> str:
    """Give a phase or window as a bar."""
    start, end = across(spec.starts_at), across(spec.ends_at)
    place = f'x="{start:.1f}" y="{y - 11:.1f}" width="{max(end - start, 3):.1f}"'
    return f'<rect {place} height="14" rx="3" fill="#c9a24b" stroke="#fff"/>'


def dots(rounds: list[RoundSpec], y: float) -> str:
    """Give each deadline of a duty as a dot, over a thin line from its opening."""
    found: list[str] = []
    for spec in rounds:
        if spec.due_at is None:
            continue
        colour = COLOURS.get(spec.kind, INK)
        start, due = across(spec.opens_at), across(spec.due_at)
        found.append(
            f'<line x1="{start:.1f}" x2="{due:.1f}" y1="{y - 4}" y2="{y - 4}" '
            f'stroke="{colour}" stroke-opacity=".35"/>'
        )
        found.append(f'<circle cx="{due:.1f}" cy="{y - 4}" r="4" fill="{colour}"/>')
    return "".join(found)


def plan_rows(opened: Year, y: float) -> tuple[list[str], float]:
    """Give a plan's heading, its stretches in one row, and its busiest duties in a row each."""
    rows = [text(16, y, opened.plan.title[:34], 14, INK)]
    y += ROW
    if opened.stretches:
        rows += [
            text(LEFT - 12, y, "阶段、时段", 12, FAINT, "end"),
            *(bar(spec, y) for spec in opened.stretches),
        ]
        y += ROW
    by_duty: dict[str, list[RoundSpec]] = {}
    for spec in opened.rounds:
        by_duty.setdefault(spec.duty, []).append(spec)
    dated = [specs for specs in by_duty.values() if specs[0].due_at is not None]
    for specs in sorted(dated, key=lambda specs: (-len(specs), specs[0].opens_at))[:SHOWN]:
        name = next(duty.name for duty in opened.plan.duties if duty.key == specs[0].duty)
        rows += [text(LEFT - 12, y, name[:15], 12, INK, "end"), dots(specs, y)]
        y += ROW
    return rows, y + 12


def draw() -> str:
    """Give the whole picture as SVG."""
    workdays = Workdays.load()
    y = 70.0
    rows: list[str] = []
    for path in loader.shipped():
        found, y = plan_rows(expand(loader.load(path).plan, YEAR, workdays), y)
        rows += found
    months: list[str] = []
    edges = [*(across(date(YEAR, month, 1)) for month in range(1, 13)), LEFT + WIDTH]
    for month, (x, end) in enumerate(pairwise(edges), start=1):
        shade = BAND if month % 2 else "#ffffff"
        months.append(
            f'<rect x="{x:.1f}" y="44" width="{end - x:.1f}" height="{y - 44:.0f}" '
            f'fill="{shade}" fill-opacity=".6"/>'
        )
        months.append(text((x + end) / 2, 38, f"{month}月", 13, FAINT, "middle"))
    head = text(16, 24, f"{YEAR}年：横条是阶段和时段，圆点是截止日", 14, INK)
    size = f'width="{LEFT + WIDTH + 20}" height="{y + 10:.0f}" viewBox="0 0 {LEFT + WIDTH + 20} {y + 10:.0f}"'
    font = 'font-family="Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"'
    body = "".join([*months, head, *rows])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {font}>'
        f'<rect width="100%" height="100%" fill="#fff"/>{body}</svg>\n'
    )


if __name__ == "__main__":
    target = Path(__file__).parents[1] / "docs" / "year.svg"
    target.write_text(draw(), encoding="utf-8")
