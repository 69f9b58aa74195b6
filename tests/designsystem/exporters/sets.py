"""Token sets for the exporters' tests."""

from __future__ import annotations

import json
from typing import Any

from designsystem.exporters import Header
from designsystem.tokens.document import parse_document
from designsystem.tokens.set import TokenSet

HEADER = Header("Acme UI", "1.2.0", "0123456789abcdef0123456789abcdef01234567")


def token_set(*documents: dict[str, Any]) -> TokenSet:
    """A set of one file per document."""
    parsed = [
        parse_document(f"tokens/{index}.tokens.json", json.dumps(document).encode())
        for index, document in enumerate(documents)
    ]
    return TokenSet.build(parsed)


def color(*components: float | str, space: str = "srgb", **more: Any) -> dict[str, Any]:
    return {"colorSpace": space, "components": list(components), **more}


def px(value: float, unit: str = "px") -> dict[str, Any]:
    return {"value": value, "unit": unit}
