"""Names that the format allows, for tokens of tools that allow others, and references led to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from designsystem.importers.drafts import Draft
from designsystem.tokens.names import ROOT

_FORBIDDEN = re.compile(r"[{}.]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_WRITTEN_VALUE = re.compile(r"\.\$?value(?=\.|$)")


class Found(NamedTuple):
    """What a reference leads to: a token, or a part of its value."""

    raw: str
    path: str
    steps: tuple[str, ...] = ()


def mended(name: str) -> str:
    """The name as the format allows it (Format Module §5.1.1)."""
    plain = _UNPRINTABLE.sub("", _FORBIDDEN.sub("-", name)).strip().lstrip("$")
    return plain or "unnamed"


def _mended_path(path: tuple[str, ...]) -> tuple[str, ...]:
    """A path of names that the format allows; a source that knows root tokens keeps them."""
    if len(path) > 1 and path[-1] == ROOT:
        return (*map(mended, path[:-1]), ROOT)
    return tuple(map(mended, path))


class Names:
    """The path that every token gets, by the path that its tool gave it."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        self._paths: dict[str, str] = {}
        self._drafts: dict[str, Draft] = {}
        for draft in drafts:
            self._drafts.setdefault(draft.raw, draft)
        inner = {path[:length] for path in self._mended() for length in range(1, len(path))}
        taken: dict[str, str] = {}
        for raw, draft in self._drafts.items():
            path = _mended_path(draft.path)
            final = ".".join((*path, ROOT) if path in inner else path)
            while taken.setdefault(final, raw) != raw:
                group = final.removesuffix(f".{ROOT}")
                final = f"{group}-2{final.removeprefix(group)}"
            self._paths[raw] = final
        self._raws = {path: raw for raw, path in self._paths.items()}

    def _mended(self) -> list[tuple[str, ...]]:
        return [_mended_path(draft.path) for draft in self._drafts.values()]

    def path(self, draft: Draft) -> str:
        """The path of a token in what is written."""
        return self._paths[draft.raw]

    def raw_of(self, path: str) -> str:
        """The path that a token has in its tool."""
        return self._raws[path]

    def renamed(self, draft: Draft) -> bool:
        """Whether a token does not keep its path."""
        return self._paths[draft.raw] != draft.raw

    def find(self, reference: str) -> Found | None:
        """What a reference means: a token by its own path, with or without ``.value``, or a part of one."""
        reference = reference.strip()
        for text in (reference, _WRITTEN_VALUE.sub("", reference)):
            if text in self._paths:
                return Found(text, self._paths[text])
        parts = _WRITTEN_VALUE.sub("", reference).split(".")
        for length in range(len(parts) - 1, 0, -1):
            raw = ".".join(parts[:length])
            if raw in self._paths:
                value = self._drafts[raw].value
                held = isinstance(value, dict) and parts[length] in value
                return Found(raw, self._paths[raw], tuple(parts[length:])) if held else None
        return None
