"""Keys for drafted duties, and what is handed in on paper."""

from __future__ import annotations

import re

_PAPERS = re.compile(
    "(?:总结|方案|报告|台账|台帐|清单|名单|表|材料|计划|预案|情况|信息|资料|简报|照片|统计)(?:（[^）]*）)?$"
)
_STEMS = {
    "总结": "zongjie", "方案": "fangan", "台账": "taizhang", "台帐": "taizhang", "联席会": "lianxihui",
    "会议": "huiyi", "信息": "xinxi", "报表": "baobiao", "排查": "paicha", "检查": "jiancha",
    "宣传": "xuanchuan", "整改": "zhenggai", "责任书": "zerenshu", "名单": "mingdan", "计划": "jihua",
}  # fmt: skip


def is_paper(thing: str) -> bool:
    """Tell whether what is sent is a paper, so that the form asks for a file."""
    return _PAPERS.search(thing) is not None


def stem_key(name: str, used: dict[str, int]) -> str:
    """Give a key that no duty has had: by a word of its name, numbered. ``used`` counts those given."""
    stem = next((key for word, key in _STEMS.items() if word in name), "renwu")
    used[stem] = used.get(stem, 0) + 1
    return stem if used[stem] == 1 and stem != "renwu" else f"{stem}-{used[stem]}"
