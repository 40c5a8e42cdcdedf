"""What happens unforeseen in the rehearsed year: two events, on days that the seed draws."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..ledger.events import Event
from ..obligations.moments import SHANGHAI
from .demo_cast import draws


def events(seed: int, year: int) -> list[Event]:
    """Give the year's events in order: a gathering at the lunar new year, and a cache found in autumn."""
    rng = draws(seed, "events", year)
    night = datetime(year, 1, 25, 19, rng.randrange(60), tzinfo=SHANGHAI) + timedelta(days=rng.randrange(12))
    day = datetime(year, 10, 10, 9, rng.randrange(60), tzinfo=SHANGHAI) + timedelta(days=rng.randrange(40))
    quarter, village = f"c{rng.randint(1, 3):02d}", f"v{rng.randint(1, 12):02d}"
    return [
        Event(
            "changzhou-ranfang", "zhongda-shijian", night, "群众反映有人聚集燃放烟花爆竹（演示）", (quarter,)
        ),
        Event(
            "erong-dafei", "faxian-jibao", day, "巡查发现闲置房屋内存放来源不明的烟花爆竹（演示）", (village,)
        ),
    ]
