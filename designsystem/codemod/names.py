"""The names that tokens have in each language, old and new, from the pairs of a migration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from designsystem.exporters.names import camel, custom_property, less_name, scss_name
from designsystem.exporters.values import TYPOGRAPHY_PARTS

_PARTS = tuple(name for name, _ in TYPOGRAPHY_PARTS.values())


@dataclass(frozen=True, slots=True)
class Renaming:
    """One token that has another path now; ``new`` is None where nothing takes its place."""

    old: str
    new: str | None
    is_typography: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """The names of one language: ``renamed`` from old to new, ``gone`` those that nothing takes the place of."""

    renamed: Mapping[str, str] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.renamed or self.gone)


@dataclass(frozen=True, slots=True)
class Names:
    """Every language's names. ``unclear`` are those that two tokens share that went different ways: left alone."""

    properties: Table
    scss: Table
    less: Table
    constants: Table
    paths: Table
    unclear: tuple[str, ...] = ()


def renamings(migration: Mapping[str, Any], *, least: float = 0.0) -> list[Renaming]:
    """What a migration (see designsystem.migration) asks to rename; of renames that were only recognised those that are
    at least so sure (0 to 1)."""
    return [
        Renaming(entry["old"], entry["new"], entry.get("type") == "typography")
        for entry in migration["tokens"]
        if entry.get("confidence", 1.0) >= least
    ]


def names_of(pairs: Iterable[Renaming], *, prefix: str = "") -> Names:
    """The names of these tokens, as the exporters write them with this prefix."""
    pairs = list(pairs)
    unclear: set[str] = set()

    def table(name: Callable[[str], str], *, parts: bool = True) -> Table:
        return _table(pairs, name, unclear, parts=parts)

    return Names(
        properties=table(lambda path: custom_property(path, prefix)),
        scss=table(lambda path: scss_name(path, prefix).replace("_", "-")),
        less=table(lambda path: less_name(path, prefix)),
        constants=table(lambda path: camel(path, prefix), parts=False),
        paths=table(lambda path: path, parts=False),
        unclear=tuple(sorted(unclear)),
    )


def _table(pairs: Iterable[Renaming], name: Callable[[str], str], unclear: set[str], *, parts: bool) -> Table:
    found: dict[str, set[str | None]] = {}
    for pair in pairs:
        for part in ("", *(f".{each}" for each in _PARTS)) if parts and pair.is_typography else ("",):
            new = name(pair.new + part) if pair.new is not None else None
            found.setdefault(name(pair.old + part), set()).add(new)
    unclear |= {old for old, ways in found.items() if len(ways) > 1}
    clear = {old: next(iter(ways)) for old, ways in found.items() if len(ways) == 1}
    return Table(
        {old: new for old, new in clear.items() if new is not None and new != old},
        frozenset(old for old, new in clear.items() if new is None),
    )
