"""Which times of a sentence ask something, and which only tell of a meeting, a law or the past."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .readings import Read
    from .said import Time

# A day that tells of something past, of a paper or of a law, and asks nothing.
_MENTION_AFTER = re.compile(
    r"(?:[^。；，]{0,8}召开[^。；，]{0,8}会议(?:研究|决定|强调|要求))|(?:，?[^。；，]{0,10}(?:召开|举行|印发|下发|发生)了)|"
    r"(?:起)?(?:施行|实施|印发|发布|下发|以来|召开的|发生|下达的|公布|通过|修订|成立|出台|"
    r"会议|讲话|批示|为(?!期|止)|的(?:会议|通知|文件|讲话|批示|全|要求))|(?:以来|以后|来|的)"
)
# A heading asks nothing by itself: “（二）及时报送信息。”
_HEADING = re.compile(
    r"(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十\d]{1,3}）|\d{1,2}[.、])[^，；。]{2,20}。?"
)
_MENTION_BEFORE = re.compile(r"(?:截至|截止|到|自|针对|吸取|根据|按照|依据|汲取|总结|是)$")
_REPORTING = re.compile(
    r"^(?:[，]?(?:主动|如实|逐级|向[^，。；]{1,16}?|将[^，。；]{1,24}?|按要求)?)(?:上报|报送|报告|报|反馈|移交|录入|通报|汇报|提交|上传|备案)"
)
_REGULAR = re.compile(
    r"^(?:地)?(?:开展|召开|报送|上报|通报|检查|排查|巡查|分析|研判|组织|督查|督导|调度|对|进行|到|听取|汇总|更新|公布|抽查|研究|走访|回访|报告|会商)"
)
_LIST_GAP = re.compile(r"[、和及与，]{0,1}")
_LIMIT_LABEL = re.compile(r"(?:完成)?(?:时限|时间|期限)(?:要求)?：?$")


def groups_of(read: Read) -> list[list[Time]]:
    """Give the times that ask something, those of a list (1月21日、1月22日、1月26日) together."""
    groups: list[list[Time]] = []
    for time in read.times:
        if not _asks(time, read):
            continue
        last = groups[-1][-1] if groups else None
        gap = read.masked[last.end : time.start] if last else "-"
        if (
            last
            and last.kind == time.kind == "day"
            and _LIST_GAP.fullmatch(gap)
            and not (last.by and time.by and "前" in last.text)
        ):
            groups[-1].append(time)
        elif last and last.kind == time.kind == "vague" and _LIST_GAP.fullmatch(gap):
            continue
        else:
            groups.append([time])
    # A stretch says only for how long something recurs: “5月至9月每日报送”.
    groups = [
        group
        for n, group in enumerate(groups)
        if not (group[0].kind == "span" and any(later[0].kind == "every" for later in groups[n + 1 : n + 2]))
    ]
    if _HEADING.fullmatch(read.sentence.plain.strip()) and all(group[0].kind == "vague" for group in groups):
        return []
    sure = [group for group in groups if group[0].kind != "vague"]
    return [group for group in groups if group[0].kind != "vague" or not sure or _apart(group[0], sure, read)]


def _apart(vague: Time, sure: list[list[Time]], read: Read) -> bool:
    """Tell whether a vague word speaks of something else than the dates of its sentence."""
    return all(
        re.search(r"[，。；]", read.masked[min(one[-1].end, vague.end) : max(one[0].start, vague.start)])
        for one in sure
    )


def _asks(time: Time, read: Read) -> bool:
    before, after = read.masked[: time.start], read.masked[time.end :]
    if time.kind == "vague":
        pattern = _REGULAR if "定期" in time.text else _REPORTING
        return bool(pattern.match(after)) or (
            "定期" in time.text and any(one.end <= time.start for one in read.actors)
        )
    if re.match(r"已|[^，。；]{0,8}(?:共|累计|已经)", after):
        return False
    if time.kind == "festival":
        return time.by or (time.first is not None)
    if time.kind == "day" and time.last and not time.last.day and not time.by:
        return (
            bool(re.match(r"(?:份)?(?:完成|召开|开展|组织|前|底|报)", after))
            or _LIMIT_LABEL.search(before) is not None
        )
    if time.kind in ("day", "span") and not time.by and not (time.last and time.last.lunar):
        return not _MENTION_AFTER.match(after) and not _MENTION_BEFORE.search(before)
    return True
