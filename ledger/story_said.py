"""What people did and said in the story of an obligation, in sentences."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ..obligations.moments import in_words
from ..obligations.words import RemarkKind, Via
from .story import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .matter import Version
    from .story import Story
    from .tables import Extension, Remark, Transfer

    Numbers = dict[tuple[str, int], int]


class StoryEvent(NamedTuple):
    """One thing that happened (``at`` in UTC): who, what, and what goes with it, in Chinese.

    ``seq`` is the number of its entry in the journal, None for what has none of its own.
    """

    at: datetime
    who: str
    what_zh: str
    detail_zh: str
    seq: int | None


def numbered(story: Story) -> Numbers:
    """Give the numbers of the story's entries in the journal by action and row."""
    return numbers(story.entries)


def said(story: Story) -> Iterator[StoryEvent]:
    """Give what the unit and the office did and said, kind by kind."""
    entered, here = numbered(story), story.matter
    yield from _acknowledged(story)
    for version in here.versions:
        yield from _of_version(version, entered)
    for asked in here.extensions:
        yield from _of_request(story, asked, entered)
        yield from _of_extension(asked, entered)
    for transfer in here.transfers:
        yield from _of_transfer(transfer, entered)
    for remark in here.remarks:
        yield _of_remark(remark, entered)
    for file in here.uploads:
        yield StoryEvent(
            file.at, file.by, f"上传附件“{file.name}”", "", entered.get(("file.received", file.id))
        )
    yield from _exempted(story, entered)


def _acknowledged(story: Story) -> Iterator[StoryEvent]:
    for one in story.entries:
        if one.action == "obligation.acknowledged":
            yield StoryEvent(one.at, one.actor, "签收", "", one.seq)


def _of_version(version: Version, entered: Numbers) -> Iterator[StoryEvent]:
    report, verdict = version
    what = f"{'零报告' if report.nil else '上报'}（第{report.version}版，{Via(report.via).zh}）"
    claimed = f"自称{in_words(report.claimed_at)}报出" if report.claimed_at else ""
    detail = "；".join(part for part in (report.note, claimed) if part)
    seq = entered.get(("submission.received", report.id))
    yield StoryEvent(report.received_at, report.by, what, detail, seq)
    if verdict is None:
        return
    seq = entered.get((f"submission.{verdict.verdict}", report.id))
    if verdict.verdict == "accepted":
        yield StoryEvent(verdict.at, verdict.by, f"接收第{report.version}版", verdict.reason, seq)
        return
    kind = "实质性问题" if verdict.material else "一般瑕疵，不影响按时认定"
    limit = f"；请于{in_words(verdict.correct_by)}前更正" if verdict.correct_by else ""
    what = f"退回第{report.version}版（{kind}）"
    yield StoryEvent(verdict.at, verdict.by, what, f"{verdict.reason}{limit}", seq)


def _of_request(story: Story, row: Extension, entered: Numbers) -> Iterator[StoryEvent]:
    """Tell of a request for more time when it came into the book, until the day that it named itself.

    The office may have granted another day. What was entered later than it is said to have been asked for is
    the word of whoever entered it, and is told as such.
    """
    seq = entered.get(("extension.asked", row.id))
    entry = next((one for one in story.entries if one.seq == seq), None)
    if entry is None:
        return
    until = in_words(datetime.fromisoformat(json.loads(entry.detail)["until"]))
    said = f"经办人自述：单位于{in_words(row.asked_at)}" if row.asked_at < entry.at else ""
    yield StoryEvent(entry.at, row.asked_by, f"{said}申请延期至{until}", row.reason, seq)


def _of_extension(row: Extension, entered: Numbers) -> Iterator[StoryEvent]:
    if row.decided_at is not None:
        action = "obligation.extended" if row.granted else "extension.refused"
        what = f"同意延期至{in_words(row.until)}" if row.granted else "不同意延期"
        seq = entered.get((action, row.id))
        yield StoryEvent(row.decided_at, row.by or "", what, row.answer or "", seq)


def _of_transfer(row: Transfer, entered: Numbers) -> Iterator[StoryEvent]:
    to = f"，建议转{row.to_unit}" if row.to_unit else ""
    seq = entered.get(("transfer.asked", row.id))
    yield StoryEvent(row.asked_at, row.asked_by, f"申请转办{to}", row.reason, seq)
    if row.decided_at is not None:
        what = "同意转办" if row.granted else "不同意转办"
        seq = entered.get(("transfer.decided", row.id))
        yield StoryEvent(row.decided_at, row.by or "", what, row.answer or "", seq)


def _of_remark(row: Remark, entered: Numbers) -> StoryEvent:
    kind = RemarkKind(row.kind)
    what = kind.zh
    if kind is RemarkKind.CALL:
        what = f"电话联系{row.whom}（{'已接通' if row.reached else '未接通'}）"
    return StoryEvent(row.at, row.by, what, row.text, entered.get((f"remark.{row.kind}", row.id)))


def _exempted(story: Story, entered: Numbers) -> Iterator[StoryEvent]:
    row = story.exemption
    if row is not None:
        seq = entered.get(("obligation.exempted", row.obligation_id))
        yield StoryEvent(row.at, row.by, "批准免报", row.reason, seq)
