"""What the guides for those who carry duban on name is there."""

from __future__ import annotations

import re

import pytest

from support.imports import ROOT

from .test_architecture import ROOMS

GUIDES = ("docs/architecture.md", "CONTRIBUTING.md")
# A path of the repository as a guide writes it: in code, with a slash or an extension.
_NAMED = re.compile(r"`([\w./-]+(?:/|\.(?:py|yaml|md)))`")
MADE_UP = {"NAME.yaml"}


@pytest.mark.parametrize("guide", GUIDES)
def test_every_file_that_a_guide_names_is_there(guide: str) -> None:
    named = set(_NAMED.findall((ROOT / guide).read_text(encoding="utf-8"))) - MADE_UP
    assert len(named) > 10
    assert sorted(name for name in named if not (ROOT / name).exists()) == []


def test_the_architecture_tells_of_every_room() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [room for room in ROOMS if f"\n| `{room}/` |" not in text] == []
