"""Each property of a token or group is of the kind that the format gives it (Format Module §5.2, §6.3, §6.4)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, Literal

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.groups import EXTENDS
from designsystem.tokens.pointers import REF
from designsystem.tokens.types.registry import TYPES

CODES: Final = (codes.BAD_PROPERTY,)


def check(key: str, value: Any) -> Verdict | None:
    """A value that this property cannot have."""
    match key:
        case "$type" if not isinstance(value, str):
            return _bad("$type is a text, one of " + ", ".join(TYPES), value)
        case "$description" if not isinstance(value, str):
            return _bad("$description is a text", value)
        case "$deprecated" if not isinstance(value, (bool, str)):
            return _bad("$deprecated is true, false or a text that says why", value)
        case "$extensions" if not isinstance(value, dict):
            return _bad('$extensions is an object with a key per tool, such as {"org.example.tool": {}}', value)
    return None


def check_reference(key: str, own: Mapping[str, Any], kind: Literal["token", "group"]) -> Verdict | None:
    """A ``$extends`` or ``$ref`` that is no text, or stands where it cannot."""
    if kind == "token" and key == EXTENDS:
        return Verdict(codes.BAD_PROPERTY, "only groups extend others; a token refers with a $value or a $ref")
    if len({"$value", EXTENDS, REF} & own.keys()) > 1:
        beside = "$value" if kind == "token" else EXTENDS
        return Verdict(codes.BAD_PROPERTY, f"$ref stands alone; drop it or the {beside}")
    if not isinstance(own[key], str):
        return _bad(f'{key} is a text such as "#/group/name"', own[key])
    return None


def _bad(rule: str, value: Any) -> Verdict:
    return Verdict(codes.BAD_PROPERTY, f"{rule}; found {json.dumps(value, ensure_ascii=False)[:60]}")
