"""Takes the texts apart that tools write values as: lists, measures, references."""

from __future__ import annotations

import re
from collections.abc import Callable
from math import isfinite
from typing import Any

from designsystem.importers.drafts import NotCarried
from designsystem.tokens.types.fonts import WEIGHTS, normalised_weight

_WHOLE = re.compile(r"\{([^{}]+)\}")
_MEASURE = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-zA-Z]+|%)?")
_SLANTED = re.compile(r"[\s_-]*(?:italic|oblique)[\s_-]*", re.IGNORECASE)
_MOST = 100_000

CURVES = {
    "linear": [0, 0, 1, 1], "ease": [0.25, 0.1, 0.25, 1], "ease-in": [0.42, 0, 1, 1], "ease-out": [0, 0, 0.58, 1],
    "ease-in-out": [0.42, 0, 0.58, 1],
}  # fmt: skip
"""The timing words of CSS (Easing Functions 1 §2.2)."""

ABSOLUTE = {"pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 9.6 / 2.54, "q": 2.4 / 2.54}
"""How many px the absolute units of CSS are (Values and Units 4 §6.2)."""


def whole_reference(value: Any) -> str | None:
    """What a text refers to that is a reference and nothing else."""
    match = _WHOLE.fullmatch(value.strip()) if isinstance(value, str) else None
    return match[1].strip() if match else None


def holds_reference(text: str) -> bool:
    """Whether a text refers to anything."""
    return _WHOLE.search(text) is not None


def replace_references(text: str, look_up: Callable[[str], str]) -> str:
    """The text with every reference replaced."""
    return _WHOLE.sub(lambda match: look_up(match[1].strip()), text)


def measure_of(value: Any) -> tuple[float, str] | None:
    """A number and its unit in lower case, empty where there is none; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return value, ""
    match = _MEASURE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not isfinite(number := float(match[1])):
        return None
    return plain(number), (match[2] or "").lower()


def plain(number: float) -> float:
    """A whole number as one, so that 16.0 is written 16; without the noise of binary fractions."""
    if not isfinite(number):
        raise NotCarried("this number is too large")
    rounded = round(number, 6)
    return int(rounded) if rounded == int(rounded) else rounded


def split(text: str, by: str) -> list[str]:
    """The parts between commas (``by=","``) or blanks (``by=" "``) that stand in no bracket, brace or quotes."""
    if len(text) > _MOST:
        raise NotCarried("this text is too long for a value")
    parts, depth, quote, part = [], 0, "", ""
    for char in text.strip():
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "({[":
            depth += 1
        elif char in ")}]":
            depth -= 1
        if not quote and depth == 0 and (char == by or (by == " " and char.isspace())):
            parts.append(part)
            part = ""
        else:
            part += char
    return [found.strip() for found in (*parts, part) if found.strip()]


def unquoted(text: str) -> str:
    """A font's name without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text


def weight_of(text: str) -> tuple[Any, bool] | None:
    """A weight as the format spells it, and whether the text asks for a slant too; None where there is no weight."""
    upright = _SLANTED.sub(" ", text).strip()
    slanted = upright != text.strip()
    if not upright:
        return (400, True) if slanted else None
    known = upright if upright in WEIGHTS else normalised_weight(upright)
    if known is None:
        return None
    bare = known.strip('"')
    return (int(bare) if bare.isdecimal() else bare), slanted
