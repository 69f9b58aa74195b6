"""One place that uses a token by name, and how tables of names are asked about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from designsystem.codemod.names import Table


@dataclass(frozen=True, slots=True)
class Usage:
    """What stands between two positions of a text, and what shall stand there: None where nothing can."""

    start: int
    end: int
    old: str
    new: str | None

    def moved(self, by: int) -> Usage:
        """The same in a text of which this one is a part."""
        return replace(self, start=self.start + by, end=self.end + by)


def look_up(table: Table, name: str, start: int, end: int, *, key: str | None = None) -> Iterator[Usage]:
    """The usage of a name that the table knows; ``key``: what it is called there."""
    wanted = name if key is None else key
    if wanted in table.renamed:
        yield Usage(start, end, name, table.renamed[wanted])
    elif wanted in table.gone:
        yield Usage(start, end, name, None)
