"""docs/security.md tells the limits and waits that the code has."""

from __future__ import annotations

import re

from services.backoff import ACCOUNT, KEYS, KNOWN_DAYS, PAIR
from settings import Settings
from tests.house.source import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_rate_is_told_with_its_default() -> None:
    told = dict(re.findall(r"`XDS_(RATE_LIMIT_\w+)` \| (\S+) \|", PAGE))
    fields = Settings.model_fields
    assert told == {name.upper(): fields[name].default for name in fields if name.startswith("rate_limit_")}


def test_every_wait_is_told() -> None:
    rows = re.findall(r"\| (\d+) \| 1 s, 2 s, 4 s … \| (\d+) minutes? \| (\d+) hours? \|", PAGE)
    steps = (PAIR, ACCOUNT, KEYS)
    assert [tuple(map(int, row)) for row in rows] == [
        (step.free, step.longest // 60_000, step.kept // 3_600_000) for step in steps
    ]
    assert f"within {KNOWN_DAYS} days" in PAGE
