"""The ``$`` properties of tokens and groups other than ``$value`` (DTCG Format §5.2, §6.3)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from designsystem import codes
from designsystem.jsontext.nodes import Node
from designsystem.tokens.groups import EXTENDS, group_target
from designsystem.tokens.pointers import REF, BadPointer, parse_pointer, place_of
from designsystem.tokens.token import EXTENSION_KEY
from designsystem.tokens.types.registry import TYPES

Report = Callable[..., None]
"""``report(code, offset, message, subject, pointer, severity="error")``."""

_KNOWN = frozenset({"$value", "$type", "$description", "$deprecated", "$extensions", EXTENDS, REF})
_AT_ROOT = frozenset({"$schema", "$defs", "$version", "$themes", "$metadata"})


def check_properties(
    report: Report, node: Node, own: Mapping[str, Any], path: str, at: str, kind: Literal["token", "group"]
) -> None:
    """Reports every property of a token or group that is not as the format has it."""
    for key, value in own.items():
        judged = _judge_reference(key, own, kind) if key in (EXTENDS, REF) else _judge(key, value, path)
        if judged is not None:
            code, message, severity = judged
            member = node.member(key)
            report(code, member.node.start if member else node.start, message, path, f"{at}/{key}", severity)


def _judge_reference(key: str, own: Mapping[str, Any], kind: str) -> tuple[str, str, str] | None:
    """``$extends`` of a group; ``$ref`` of a token that is nothing else, or of a group that extends by it (§6.4.1)."""
    value = own[key]
    if kind == "token" and key == EXTENDS:
        return codes.BAD_PROPERTY, "only groups extend others; a token refers with a $value or a $ref", "error"
    if len({"$value", EXTENDS, REF} & own.keys()) > 1:
        return (
            codes.BAD_PROPERTY,
            f"$ref stands alone; drop it or the {'$value' if kind == 'token' else EXTENDS}",
            "error",
        )
    if not isinstance(value, str):
        return _bad(f'{key} is a text such as "#/group/name"', value)
    if kind == "token" and place_of({REF: value}) is not None:
        return None  # judged with the value, which it is
    try:
        parse_pointer(value) if kind == "token" else group_target(value)
    except BadPointer as error:
        return codes.BAD_REFERENCE, str(error), "error"
    return None


def _judge(key: str, value: Any, path: str) -> tuple[str, str, str] | None:
    if key == "$value":
        return None
    if key == "$type":
        return _judge_type(value)
    if key == "$description":
        return None if isinstance(value, str) else _bad("$description is a text", value)
    if key == "$deprecated":
        rule = "$deprecated is true, false or a text that says why"
        return None if isinstance(value, (bool, str)) else _bad(rule, value)
    if key == "$extensions":
        return _judge_extensions(value)
    if key in _AT_ROOT and not path:
        return None
    return codes.UNKNOWN_PROPERTY, _unknown(key[:60]), "warning"


def _judge_type(value: Any) -> tuple[str, str, str] | None:
    if not isinstance(value, str):
        return _bad("$type is a text, one of " + ", ".join(TYPES), value)
    if value in TYPES:
        return None
    return codes.UNKNOWN_TYPE, _unknown_type(value[:60]), "warning"


@lru_cache(maxsize=256)
def _unknown_type(name: str) -> str:
    close = get_close_matches(name, TYPES, 1, 0.7)
    hint = f'did you mean "{close[0]}"?' if close else "it is one of " + ", ".join(TYPES)
    return f'"{name}" is not a type of the format, so its values are not checked; {hint}'


def _judge_extensions(value: Any) -> tuple[str, str, str] | None:
    if not isinstance(value, dict):
        return _bad('$extensions is an object with a key per tool, such as {"org.example.tool": {}}', value)
    mine = value.get(EXTENSION_KEY)
    if isinstance(mine, dict) and "id" in mine and _uuid(mine["id"]) is None:
        return codes.BAD_ID, f"the id under {EXTENSION_KEY} is a UUID; remove it and a new one is derived", "error"
    return None


def identifier(own: Mapping[str, Any]) -> UUID | None:
    """The explicit id among the properties of a token."""
    extensions = own.get("$extensions")
    mine = extensions.get(EXTENSION_KEY) if isinstance(extensions, dict) else None
    return _uuid(mine.get("id")) if isinstance(mine, dict) else None


def _uuid(text: Any) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _bad(rule: str, value: Any) -> tuple[str, str, str]:
    return codes.BAD_PROPERTY, f"{rule}; found {json.dumps(value, ensure_ascii=False)[:60]}", "error"


@lru_cache(maxsize=256)
def _unknown(key: str) -> str:
    close = get_close_matches(key, _KNOWN, 1, 0.75)
    hint = f"did you mean {close[0]}?" if close else "put your own data under $extensions"
    return f"{key} is not a property of the format and is not read; {hint}"
