"""Names are not empty, do not begin with $ and hold no braces and no periods (Format Module §5.1.1)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.names import MAX_PATH, ROOT, why_bad_name

CODES: Final = (codes.BAD_NAME,)


def check(name: str, path: str, *, in_group: bool) -> Verdict | None:
    """A name that no token or group can carry, or that makes its path too long."""
    reason = None if name == ROOT and in_group else why_bad_name(name)
    if reason is None and len(path) > MAX_PATH:
        reason = f"this path is longer than {MAX_PATH} characters; nest less deeply or shorten the names"
    return Verdict(codes.BAD_NAME, reason) if reason is not None else None


def check_file(own: Mapping[str, Any]) -> Verdict | None:
    """A file that is a token itself, which has no name then."""
    if "$value" not in own:
        return None
    return Verdict(codes.BAD_NAME, "a token needs a name; put this $value inside a named object")
