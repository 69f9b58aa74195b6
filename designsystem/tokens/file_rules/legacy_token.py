"""Tokens are written with $ signs, unlike before the format had them (Format Module §5.1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from designsystem import codes
from designsystem.jsontext.nodes import Member
from designsystem.tokens.file_rules.verdict import Verdict

CODES: Final = (codes.LEGACY_TOKEN,)


def check(children: Sequence[Member]) -> Verdict | None:
    """What holds a `value` of its own and no `$value`."""
    held = {member.key: member.node.kind for member in children}
    if "value" not in held or (held["value"] == "object" and held.get("type") != "string"):
        return None
    return Verdict(codes.LEGACY_TOKEN, 'this looks like a token without $ signs; write "$value" and "$type"')
