"""Our own id of a token, kept where tools keep their data, is a UUID (Format Module §5.2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from designsystem import codes
from designsystem.tokens.file_rules.verdict import Verdict
from designsystem.tokens.token import EXTENSION_KEY, as_uuid

CODES: Final = (codes.BAD_ID,)


def check(extensions: Mapping[str, Any]) -> Verdict | None:
    """An id that is no UUID."""
    mine = extensions.get(EXTENSION_KEY)
    if not isinstance(mine, dict) or "id" not in mine or as_uuid(mine["id"]) is not None:
        return None
    message = f"the id under {EXTENSION_KEY} is a UUID; remove it and a new one is derived"
    return Verdict(codes.BAD_ID, message)
