"""Guards: every problem code is unique, described, and listed in docs/codes.md."""

from __future__ import annotations

import re

from designsystem import codes
from tests.house.source import ROOT


def stated() -> dict[str, str]:
    return {
        name: value
        for name, value in vars(codes).items()
        if isinstance(value, str) and re.fullmatch(r"XDS\d{3}", value)
    }


def test_no_code_has_two_names() -> None:
    assert len(set(stated().values())) == len(stated())


def test_every_code_is_described_and_documented() -> None:
    assert set(stated().values()) == set(codes.ALL_CODES)
    documented = (ROOT / "docs" / "codes.md").read_text(encoding="utf-8")
    missing = [code for code, text in codes.ALL_CODES.items() if f"| {code} | {text} |" not in documented]
    assert not missing
