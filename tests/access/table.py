"""The table of who gets what: ``table.txt``, read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TABLE = Path(__file__).with_name("table.txt")
CELLS = {"ok", "none", "401", "403", "404"}


@dataclass(frozen=True)
class Row:
    """What each caller gets of one entry, on a private or on a public system."""

    visibility: str
    name: str
    cells: dict[str, str]

    @property
    def entry(self) -> str:
        """The operation id or route name, without the variant in brackets."""
        return self.name.partition(" (")[0]

    def __str__(self) -> str:
        return f"{self.visibility}: {self.name}"


def read() -> list[Row]:
    """The rows; a line that does not fit its header is an error, as is a row said twice."""
    rows: dict[tuple[str, str], Row] = {}
    visibility, callers, width = "", [""], 0
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            visibility, callers = line[1 : line.index("]")], line.split()[1:]
            width = line.index(callers[0])
        elif line and visibility:  # what stands before the first header explains
            name, cells = line[:width].strip(), line[width:].split()
            assert len(cells) == len(callers), line
            assert set(cells) <= CELLS, line
            assert (visibility, name) not in rows, line
            rows[visibility, name] = Row(visibility, name, dict(zip(callers, cells, strict=True)))
    return list(rows.values())
