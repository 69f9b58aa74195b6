"""References: ``{color.brand}`` for a whole token, ``{"$ref": …}`` for it or a part of it (DTCG Format §7)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from designsystem.tokens.pointers import REF, Target, target_of, walk, write_pointer

BROKEN: Final = object()
"""What :func:`substitute`'s look-up answers for an alias that leads nowhere."""


def alias_of(value: Any) -> str | None:
    """The token path that this value is an alias of, in either way of writing; None where it is a plain value, or a
    reference to only a part of another."""
    if type(value) is str:
        return _braced(value)
    if type(value) is dict and REF in value:
        target = target_of(value)
        return target.path if target is not None and not target.steps else None
    return None


def _braced(text: str) -> str | None:
    if text.startswith("{") and text.endswith("}"):
        path = text[1:-1]
        if path and "{" not in path and "}" not in path:
            return path
    return None


def reference_of(value: Any) -> Target | None:
    """What this very value refers to; None where it is plain, whatever its parts are."""
    if type(value) is str:
        path = _braced(value)
        return None if path is None else Target(path)
    return target_of(value) if type(value) is dict and REF in value else None


def alias_places(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[Target, tuple[str | int, ...]]]:
    """Everything that a value refers to, with the keys and indexes that lead to the reference, in order."""
    target = reference_of(value)
    if target is not None:
        yield target, at
    elif type(value) is dict:
        for key, part in value.items():
            if type(part) is dict or type(part) is list or type(part) is str:
                yield from alias_places(part, (*at, key))
    elif type(value) is list:
        for index, part in enumerate(value):
            if type(part) is dict or type(part) is list or type(part) is str:
                yield from alias_places(part, (*at, index))


def aliases_in(value: Any) -> tuple[str, ...]:
    """Every token path that a value refers to, at any depth, in order, without repeats."""
    return tuple(dict.fromkeys(target.path for target, _ in alias_places(value)))


def substitute(value: Any, look_up: Callable[[str], Any]) -> Any:
    """The value with every reference replaced by what it stands for, or BROKEN.

    A reference inside a list stands for one item, also where that is a list itself: nothing is flattened. A list of a
    single object stands for that object, which is how a gradient refers to the stop of another (§9.7).
    """
    if type(value) is str:
        path = _braced(value)
        return value if path is None else look_up(path)
    if type(value) is dict:
        target = target_of(value) if REF in value else None
        if target is not None:
            return _part(look_up(target.path), target)
        parts = {key: substitute(part, look_up) for key, part in value.items()}
        return BROKEN if any(part is BROKEN for part in parts.values()) else parts
    if type(value) is list:
        items = [_item(item, look_up) for item in value]
        return BROKEN if any(item is BROKEN for item in items) else items
    return value


def _item(value: Any, look_up: Callable[[str], Any]) -> Any:
    """An item of a list, with every reference replaced."""
    found = substitute(value, look_up)
    return found[0] if is_single_object(found) and reference_of(value) is not None else found


def is_single_object(value: Any) -> bool:
    """Whether a value is a list that stands for its one object where a list refers to it."""
    return type(value) is list and len(value) == 1 and type(value[0]) is dict


def _part(whole: Any, target: Target) -> Any:
    if whole is BROKEN or not target.steps:
        return whole
    found, part = walk(whole, target.steps)
    return part if found else BROKEN


def with_paths(value: Any, paths: Mapping[str, str]) -> Any:
    """A value whose references lead to other paths."""
    if not paths:
        return value
    target = reference_of(value)
    if target is not None:
        new = paths.get(target.path)
        if new is None:
            return value
        return f"{{{new}}}" if isinstance(value, str) else {REF: write_pointer(new, target.steps)}
    if type(value) is dict:
        return {key: with_paths(part, paths) for key, part in value.items()}
    if type(value) is list:
        return [with_paths(part, paths) for part in value]
    return value
