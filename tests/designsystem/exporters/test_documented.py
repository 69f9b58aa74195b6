"""Guards: docs/exporters.md lists every format, as it is."""

from __future__ import annotations

from pathlib import Path

from designsystem.exporters import FORMATS

DOCUMENT = Path(__file__).parents[3] / "docs" / "exporters.md"


def test_every_format_is_in_the_table() -> None:
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `") and line.count("|") == 4]
    assert rows == [f"| `{each.name}` | `.{each.extension}` | {each.title} |" for each in FORMATS.values()]
