"""Names in kebab case."""

from __future__ import annotations

import re

_BOUNDARY = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def kebab_word(text: str) -> str:
    """One name that may hold anything, dots too; camel humps and white space become hyphens."""
    return re.sub(r"\s+", "-", _BOUNDARY.sub("-", text.strip())).lower() or "_"
