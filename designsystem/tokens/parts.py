"""Resolves values part by part, where tokens refer to parts of one another crosswise (DTCG Format §7.3, §7.5.3).

Such tokens lie on a circle though no chain of references leads back to itself: the first component of one may be that
of another whose second component is that of the first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from designsystem.tokens.aliases import BROKEN, is_single_object, reference_of
from designsystem.tokens.pointers import Steps, Target, walk
from designsystem.tokens.token import Token

MOST_LINKS = 64
"""How many references are followed one upon another this way; what goes on for longer counts as a circle."""

MOST_PARTS = 10_000

Settled = Callable[[str], Any]
"""The plain value of a token that is resolved already; BROKEN for every other."""


class Parts:
    """Follows references from part to part; a chain that comes back to where it was is BROKEN."""

    def __init__(self, tokens: Mapping[str, Token], settled: Settled) -> None:
        self._tokens = tokens
        self._settled = settled
        self._left = MOST_PARTS

    def value(self, path: str) -> Any:
        """The plain value of a token, or BROKEN."""
        self._left = MOST_PARTS
        return self._at(Target(path), ())

    def _at(self, target: Target, following: tuple[Target, ...]) -> Any:
        token = self._tokens.get(target.path)
        if token is None or target in following or len(following) >= MOST_LINKS or len(target.steps) > MOST_LINKS:
            return BROKEN
        known = self._settled(target.path)
        if known is not BROKEN:
            found, part = walk(known, target.steps)
            return part if found else BROKEN
        return self._below(token.meant, target.steps, (*following, target))

    def _below(self, value: Any, steps: Steps, following: tuple[Target, ...]) -> Any:
        """What stands at these steps of a value as written; a reference on the way is followed from there."""
        for place in range(len(steps) + 1):
            reference = reference_of(value)
            if reference is not None:
                return self._at(Target(reference.path, (*reference.steps, *steps[place:])), following)
            if place == len(steps):
                return self._filled(value, following)
            found, value = walk(value, steps[place : place + 1])
            if not found:
                break
        return BROKEN

    def _filled(self, value: Any, following: tuple[Target, ...]) -> Any:
        """The value with all that it refers to in place."""
        self._left -= 1
        if self._left < 0:
            return BROKEN
        if type(value) is dict:
            parts = {key: self._below(part, (), following) for key, part in value.items()}
            return BROKEN if any(part is BROKEN for part in parts.values()) else parts
        if type(value) is list:
            items = [self._item(item, following) for item in value]
            return BROKEN if any(item is BROKEN for item in items) else items
        return value

    def _item(self, value: Any, following: tuple[Target, ...]) -> Any:
        found = self._below(value, (), following)
        return found[0] if is_single_object(found) and reference_of(value) is not None else found
