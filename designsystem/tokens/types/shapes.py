"""What every type's check is made of: the type itself, its parts, and the words for a value of the wrong shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from designsystem import codes
from designsystem.tokens.aliases import alias_of
from designsystem.tokens.pointers import REF
from designsystem.tokens.types.findings import Findings, Reference, Steps

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class ValueType:
    """A token type: how its value looks, in words and by example, and the check of a value that is no alias.

    ``close`` names types that an alias may lead to in older files where this one is asked for.
    """

    name: str
    shape: str
    example: str
    check: Callable[[Any, Steps, Findings], None]
    close: tuple[str, ...] = ()


def check_part(of: ValueType, value: Any, at: Steps, findings: Findings) -> None:
    """Checks a value or a part of one that may be an alias instead."""
    kind = type(value)
    if kind is str and "{" in value:
        path = alias_of(value)
        if path is not None:
            findings.references.append(Reference(path, at, (of.name,), of.close))
        else:
            message = f"{show(value)} is an expression; only a whole alias such as {{group.token}} is followed"
            findings.draft(codes.EXPRESSION, at, message)
    elif kind is dict and REF in value:
        path = alias_of(value)
        if path is not None:
            findings.references.append(Reference(path, at, (of.name,), of.close))
    else:
        of.check(value, at, findings)


def check_object(
    of: ValueType,
    value: dict[str, Any],
    at: Steps,
    findings: Findings,
    required: Mapping[str, ValueType],
    usual: Mapping[str, ValueType],
) -> None:
    """Checks the parts of a composite value; leaving out a ``usual`` part is read as its initial value."""
    for key, part in value.items():
        part_type = required.get(key) or usual.get(key)
        if part_type is None:
            known = ", ".join((*required, *usual))
            findings.draft(codes.UNKNOWN_VALUE_PROPERTY, (*at, key), f'a {of.name} has no "{key}"; it has {known}')
        else:
            check_part(part_type, part, (*at, key), findings)
    absent = [key for key in required if key not in value]
    if absent:
        findings.error(codes.BAD_VALUE, at, f"this {of.name} lacks {quoted(absent)}; {described(of)}")
    omitted = [key for key in usual if key not in value]
    if omitted:
        findings.draft(codes.INCOMPLETE_VALUE, at, f"this {of.name} leaves out {quoted(omitted)}; {described(of)}")


def wrong(of: ValueType, value: Any, at: Steps, findings: Findings) -> None:
    """Says that a value does not have the shape of its type."""
    findings.error(codes.BAD_VALUE, at, f"{described(of)}; found {show(value)}")


def described(of: ValueType) -> str:
    """The shape of a type in one clause, with an example."""
    return f"a {of.name} is {of.shape}, such as {of.example}"


def quoted(names: list[str]) -> str:
    """Names in a sentence."""
    return ", ".join(f'"{name}"' for name in names)


def show(value: Any) -> str:
    """A value as it appears in a message: its JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _SHOWN:
        text = f"{text[:_SHOWN]}…"
    if value is None or isinstance(value, bool):
        return text
    kind = "text" if isinstance(value, str) else "object" if isinstance(value, dict) else "number"
    return f"the {'list' if isinstance(value, list) else kind} {text}"


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number (``true`` is none)."""
    return type(value) is float or type(value) is int


def numbers_in_css(text: str) -> int:
    """How many words with digits a string has that could be a CSS value of several words; 0 where it could not."""
    words = text.split()
    return sum(any(char.isdecimal() for char in word) for word in words) if len(words) > 1 else 0
