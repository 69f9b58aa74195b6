"""JSON numbers as plain decimal text."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite
from typing import Any

_PLAIN_EXPONENT = 21
"""Beyond this magnitude a plain decimal is longer than anyone reads; JavaScript draws the same line."""


def number_text(value: Any) -> str | None:
    """A finite number without exponent or trailing zeros (``0.50`` → ``0.5``), None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not isfinite(value):
        return None
    number = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if not number:
        return "0"
    if abs(number.adjusted()) > _PLAIN_EXPONENT:
        return None
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
