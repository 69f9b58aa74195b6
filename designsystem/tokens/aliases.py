"""Curly-brace references: ``{color.brand.500}`` as a whole value or inside a composite one (DTCG Format §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

BROKEN: Final = object()
"""What :func:`substitute`'s look-up answers for an alias that leads nowhere."""


def alias_of(value: Any) -> str | None:
    """The token path that this value is an alias of; None where it is a plain value."""
    if type(value) is str and value.startswith("{") and value.endswith("}"):
        path = value[1:-1]
        if path and "{" not in path and "}" not in path:
            return path
    return None


def alias_places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every token path that a value refers to, with the keys and indexes that lead to the alias, in order."""
    kind = type(value)
    if kind is str:
        path = alias_of(value)
        if path is not None:
            yield path, at
    elif kind is dict:
        for key, part in value.items():
            if type(part) is dict or type(part) is list or type(part) is str:
                yield from alias_places(part, (*at, key))
    elif kind is list:
        for index, part in enumerate(value):
            if type(part) is dict or type(part) is list or type(part) is str:
                yield from alias_places(part, (*at, index))


def aliases_in(value: Any) -> tuple[str, ...]:
    """Every token path that a value refers to, at any depth, in order, without repeats."""
    return tuple(dict.fromkeys(path for path, _ in alias_places(value)))


def substitute(value: Any, look_up: Callable[[str], Any]) -> Any:
    """The value with every alias replaced by what it stands for, or BROKEN.

    Inside a list an alias to a list contributes its items (a shadow of shadows, a font stack in a font stack).
    """
    if type(value) is str:
        path = alias_of(value)
        return value if path is None else look_up(path)
    if type(value) is dict:
        parts = {key: substitute(part, look_up) for key, part in value.items()}
        return BROKEN if any(part is BROKEN for part in parts.values()) else parts
    if type(value) is list:
        return _substitute_items(value, look_up)
    return value


def _substitute_items(items: list[Any], look_up: Callable[[str], Any]) -> Any:
    result: list[Any] = []
    for item in items:
        part = substitute(item, look_up)
        if part is BROKEN:
            return BROKEN
        if type(part) is list and type(item) is str:
            result.extend(part)
        else:
            result.append(part)
    return result
