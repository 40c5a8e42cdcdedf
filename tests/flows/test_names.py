from __future__ import annotations

import pytest

from duban.flows.names import period_name


@pytest.mark.parametrize(
    ("period", "name"),
    [
        ("2023", "2023年"),
        ("2023-03", "2023年3月"),
        ("2023-Q1", "2023年第一季度"),
        ("2023-H2", "2023年下半年"),
        ("2023-W05", "2023年第5周"),
        ("2023/chuxi", "2023/chuxi"),
        ("", "到期事项"),
    ],
)
def test_a_period_is_named_as_people_say_it(period: str, name: str) -> None:
    assert period_name(period) == name
