"""A title broken into lines: whole words, balanced, as the standard asks (GB/T 9704-2012, 7.3.1)."""

from __future__ import annotations

import math
import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Final

from .wording import width

_AFTER: Final = frozenset("的和、，》”）】　")
_BEFORE: Final = frozenset("《“（【")
_NEVER_FIRST: Final = frozenset("》”）】、，。：；！？%年月日号的")
_NEVER_LAST: Final = frozenset("《“（【〔")
# What titles of this trade are made of. A place that no word covers may end a line: nothing is guessed.
_WORDS: Final = frozenset(
    re.findall(
        r"\S+",
        """
        关于 工作 情况 通报 通知 总结 方案 实施 专项 行动 开展 进行 做好 加强 进一步 有关 事项 任务 要求 问题
        办理 落实 完成 报送 检查 督查 抽查 督办 督办单 催办 催办单 约谈 约谈通知 回头看 目录 资料 迎检资料
        台账 记录 纪要 汇总 考核 目标考核 季度 年度 月份 全年 每月 每季 第一季度 第二季度 第三季度 第四季度
        春节 元宵 除夕 除夕夜 初一 期间 重点 时段 高峰 高峰夜 会议 召开 联席会 联席会议 领导小组 办公室
        部门 单位 村民 社区 街道 派出所 政府 人民政府 示例镇 示例 应急管理 综合执法 行政执法
        非法 打击 打非 打非治违 治违 生产 经营 运输 储存 销售 燃放 禁放 禁限放 烟花 爆竹 烟花爆竹
        安全 安全生产 监管 管理 管控 防范 治理 整治 排查 整改 隐患 重大 重大隐患 一般 较大 隐患整改 销号 复查
        宣传 动员 部署 巡查 值守 值班 摸排 清理 清查 线索 举报 案件 查处 收缴 处置
        出租 房屋 闲置 厂房 网格 小卖部 零售点 零售 仓库 临时 工棚 山林 边缘 路口 市场 集市 村庄 学校 公司
        物流 快递 寄递 企业 示范
        """,
    )
)
_DATE: Final = re.compile(r"\d+年(?:\d+月(?:\d+日)?)?|\d+月(?:\d+日)?")
_LENGTHS: Final = sorted({len(word) for word in _WORDS}, reverse=True)
_OPEN, _CLOSE = "《“（【〔", "》”）】〕"
_INSIDE = 60.0
_ANYWHERE = 30.0
_IN_A_WORD = 3_000.0
_NEVER = 100_000.0


def title_lines(title: str, most: int) -> list[str]:
    """Break a title into as few lines as fit, of at most ``most`` characters each, near in length.

    Lines end after 的 or a mark where they can, before a title in 《》, or else between words; inside a
    number never, inside a word only if nothing else will do.
    A title that has line ends already keeps them.
    """
    if "\n" in title:
        return title.split("\n")
    fewest = math.ceil(width(title) / most)
    tried = (_best(title, count, most) for count in range(fewest, len(title) + 1))
    ends = next(filter(None, tried), (len(title),))
    return [title[start:end].strip() for start, end in pairwise([0, *ends])] or [title]


@lru_cache(maxsize=512)  # thousands of papers share a few titles
def _best(title: str, count: int, most: int) -> tuple[int, ...]:
    """Give where the lines end, by the least sum of what is bad about them; nothing when they do not fit."""
    aim, length, prices = width(title) / count, len(title), _prices(title)

    @cache
    def from_here(start: int, left: int) -> tuple[float, tuple[int, ...]]:
        if left == 0:
            return (0.0, ()) if start == length else (math.inf, ())
        found: tuple[float, tuple[int, ...]] = (math.inf, ())
        for end in range(start + 1, length + 1):
            long = width(title[start:end])
            if long > most:
                break
            rest, ends = from_here(end, left - 1)
            found = min(found, (rest + (long - aim) ** 2 + prices[end], (end, *ends)))
        return found

    return from_here(0, count)[1]


def _prices(title: str) -> list[float]:
    """Give how bad it is to end a line at each place."""
    depth, prices, within = 0, [_NEVER], _within_words(title)
    for place, (before, after) in enumerate(pairwise(title), start=1):
        depth += (before in _OPEN) - (before in _CLOSE)
        whole = _IN_A_WORD if place in within else 0.0
        prices.append(_price(before, after, inside=depth > 0) + whole)
    return [*prices, 0.0]


def _within_words(title: str) -> set[int]:
    """Give the places that lie inside a word, of which the longest counts where several begin."""
    found: set[int] = set()
    start = 0
    while start < len(title):
        if (dated := _DATE.match(title, start)) is not None:
            longest = len(dated[0])
        else:
            longest = next((n for n in _LENGTHS if title[start : start + n] in _WORDS), 1)
        found.update(range(start + 1, start + longest))
        start += longest
    return found


def _price(before: str, after: str, *, inside: bool) -> float:
    if before in _NEVER_LAST or after in _NEVER_FIRST or (before.isascii() and after.isascii()):
        return _NEVER
    nice = before in _AFTER or after in _BEFORE
    return (0.0 if nice else _ANYWHERE) + (_INSIDE if inside else 0.0)
