"""The ``$`` properties of tokens and groups, each given to the rules about it (DTCG Format §5.2, §6.3)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal

from designsystem.jsontext.nodes import Node
from designsystem.tokens.file_rules import bad_id, bad_property, bad_reference, unknown_property, unknown_type
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.groups import EXTENDS
from designsystem.tokens.pointers import REF

Say = Callable[[Verdict | None, int, str, str], bool]
"""``say(verdict, offset, subject, pointer)``; whether there was anything to say."""

Kind = Literal["token", "group"]


def check_properties(say: Say, node: Node, own: Mapping[str, Any], path: str, at: str, kind: Kind) -> None:
    """Tells of every property of a token or group that is not as the format has it."""
    for key, value in own.items():
        verdict = _reference(key, own, kind) if key in (EXTENDS, REF) else _other(key, value, path)
        if verdict is not None:
            member = node.member(key)
            say(verdict, member.node.start if member else node.start, path, f"{at}/{key}")


def _reference(key: str, own: Mapping[str, Any], kind: Kind) -> Verdict | None:
    """``$extends`` of a group; ``$ref`` of a token that is nothing else, or of a group that extends by it (§6.4.1)."""
    return bad_property.check_reference(key, own, kind) or bad_reference.check(own[key], kind)


def _other(key: str, value: Any, path: str) -> Verdict | None:
    verdict = bad_property.check(key, value)
    if verdict is None and key == "$type":
        return unknown_type.check(value)
    if verdict is None and key == "$extensions":
        return bad_id.check(value)
    return verdict or unknown_property.check(key, path)
